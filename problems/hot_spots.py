"""What one refresh found: hot spots, default points, and the refresh itself.

A hot spot has no identity beyond its refresh. What lasts is the problem it is matched to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from problems.categories import Group


@dataclass(frozen=True, slots=True)
class DetectionSettings:
    """How hot spots are found. Versioned with every refresh; see ``docs/statistics.md``.

    Distances in metres, times in days, shares between 0 and 1.
    """

    radius_m: float = 75.0
    min_incidents: int = 8
    window_days: int = 90
    max_width_m: float = 400.0
    shrink: float = 0.75
    same_place_m: float = 0.5
    pile_min_reports: int = 10
    pile_kept_out_reports: int = 50
    pile_kept_out_share: float = 0.01
    pile_kept_out_groups: int = 4
    pile_beside_m: float = 25.0
    match_min_jaccard: float = 0.3
    dormant_after_misses: int = 2
    wake_within_weeks: int = 12
    recurrence_min_incidents: int = 3
    recurrence_watch_days: int = 180
    most_chance: float = 1e-4
    most_false: float = 0.05
    background_days: int = 365
    around_m: float = 1000.0
    around_worth: float = 2.0
    usual_spread: float = 0.2
    min_reference: int = 30
    unknown_swing: float = 2.0


#: Among the settings of a refresh: how many days of its window lie after the first report of the store.
DAYS_KNOWN = "days_known"


class Standing(StrEnum):
    """What may be said of a place where incidents lie close together."""

    #: More than the place would usually bring, after allowing for having looked everywhere.
    HOT_SPOT = "hot_spot"
    #: Compared with what is usual there, and not clearly more.
    CANDIDATE = "candidate"
    #: Dense, and nothing was there to compare it with; so are all that were found before schema 0003.
    UNTESTED = "untested"


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A place where the distinct incidents of one group concentrate in one refresh.

    ``reports`` counts rows, ``incidents`` distinct incidents, ``reporters`` distinct known
    reporters. ``outline`` is a GeoJSON geometry in lon/lat. ``members`` are report ids, ascending.
    ``problem_id`` is the problem it was matched to, ``change`` how (an :class:`EventKind` value:
    created, survived, split, merged, recurred, woke).

    ``standing`` says what may be claimed. ``expected`` is how many incidents would be usual there in
    such a window, ``ratio`` the incidents over it with its interval ``ratio_low`` to ``ratio_high`` (95 %),
    ``q_value`` the chance of it adjusted for all that was looked at, ``dispersion`` the variance of such
    counts over their mean that was allowed for. All are None where nothing was there to compare with.

    ``group`` is None in the mixed view of all groups together: that is a layer to look at, and never
    belongs to a problem.
    """

    id: int
    refresh_id: int
    group: Group | None
    category: str
    lon_lat: tuple[float, float]
    width_m: float
    outline: Mapping[str, object]
    reports: int
    incidents: int
    reporters: int
    first_at: datetime
    last_at: datetime
    members: tuple[int, ...]
    problem_id: int | None = None
    change: str = ""
    expected: float | None = None
    q_value: float | None = None
    standing: Standing = Standing.UNTESTED
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    dispersion: float | None = None


class PileDecision(StrEnum):
    """What a person decided about many reports on identical coordinates."""

    UNREVIEWED = "unreviewed"
    DEFAULT_POINT = "default_point"
    REPEAT_ADDRESS = "repeat_address"

    @property
    def label(self) -> str:
        """Plain words for the decision."""
        return {
            PileDecision.UNREVIEWED: "Not reviewed yet",
            PileDecision.DEFAULT_POINT: "Default point: not a real place",
            PileDecision.REPEAT_ADDRESS: "Real address with repeat reports",
        }[self]


@dataclass(frozen=True, slots=True)
class Pile:
    """Many reports on identical coordinates, up for review: a default geocode or a real address.

    ``share`` is the share of the placed reports in the window of the last refresh. ``heavy`` piles
    are kept out of clustering until somebody says that the address is real.
    """

    id: int
    lon_lat: tuple[float, float]
    reports: int
    groups: int
    share: float
    heavy: bool
    last_refresh_id: int | None
    decision: PileDecision = PileDecision.UNREVIEWED
    decided_by: str = ""
    version: int = 1

    @property
    def kept_out(self) -> bool:
        """Tell whether the reports on this point stay out of clustering."""
        if self.decision is PileDecision.UNREVIEWED:
            return self.heavy
        return self.decision is PileDecision.DEFAULT_POINT


@dataclass(frozen=True, slots=True)
class Refresh:
    """One run of clustering over the reports of a window, with what it found and what changed.

    The window ends with the day ``as_of`` (included, in the deployment's time zone) and is
    ``window_days`` long; 0 means every report up to that day. ``unmapped`` counts its placed reports
    without a category, which took no part. ``input_digest`` is equal for equal input and settings.
    """

    id: int
    as_of: date
    window_days: int
    started_at: datetime
    duration_s: float
    by: str
    reports: int
    distinct_incidents: int
    clusters: int
    hot_spots: int
    excluded_default_points: int
    excluded_reports: int
    new: int
    survived: int
    split: int
    merged: int
    dormant: int
    recurred: int
    epsg: int
    input_digest: str
    settings: Mapping[str, float] = field(default_factory=dict)
    unmapped: int = 0

    @property
    def days_known(self) -> int:
        """How many days of the window the reports reach back; 0 where the window is everything."""
        return int(self.settings.get(DAYS_KNOWN, self.window_days))
