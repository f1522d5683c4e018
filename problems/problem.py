"""A problem: what a team has taken on. It has an owner and outlives the hot spots it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from problems.categories import Group
from problems.errors import NotFound


class SaraStage(StrEnum):
    """The four stages of problem solving: scanning, analysis, response, assessment."""

    SCANNING = "scanning"
    ANALYSIS = "analysis"
    RESPONSE = "response"
    ASSESSMENT = "assessment"
    ENDED = "ended"

    @property
    def label(self) -> str:
        """Plain name of the stage."""
        return {
            SaraStage.SCANNING: "Scan",
            SaraStage.ANALYSIS: "Analyse",
            SaraStage.RESPONSE: "Respond",
            SaraStage.ASSESSMENT: "Assess",
            SaraStage.ENDED: "Ended",
        }[self]


class ProblemStatus(StrEnum):
    """Where a problem stands. The moves between these are in :mod:`problems.lifecycle`."""

    DETECTED = "detected"
    CONFIRMED = "confirmed"
    ANALYSING = "analysing"
    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    REMEDIATED = "remediated"
    VERIFIED = "verified"
    CLOSED = "closed"
    RECURRED = "recurred"
    NO_ACTION = "no_action"
    DISMISSED = "dismissed"
    SUPERSEDED = "superseded"

    @property
    def label(self) -> str:
        """Plain name of the status."""
        return _STATUS[self][0]

    @property
    def stage(self) -> SaraStage:
        """The SARA stage that the status belongs to."""
        return _STATUS[self][1]

    @property
    def remediation(self) -> "Remediation":
        """The remediation status, the four-step summary that map and legend show."""
        return _STATUS[self][2]

    @property
    def is_open(self) -> bool:
        """Tell whether the problem still asks for somebody's work or decision."""
        return self not in _ENDED


class Remediation(StrEnum):
    """How far the remediation is, in the four words (and shapes) of the map, or that it ended."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    AWAITING_CHECK = "awaiting_check"
    RESOLVED = "resolved"
    SET_ASIDE = "set_aside"

    @property
    def label(self) -> str:
        """Plain name of the remediation status."""
        return {
            Remediation.NOT_STARTED: "Not started",
            Remediation.IN_PROGRESS: "In progress",
            Remediation.AWAITING_CHECK: "Awaiting check",
            Remediation.RESOLVED: "Resolved",
            Remediation.SET_ASIDE: "Set aside",
        }[self]


_STATUS: Mapping[ProblemStatus, tuple[str, SaraStage, Remediation]] = {
    ProblemStatus.DETECTED: ("Detected", SaraStage.SCANNING, Remediation.NOT_STARTED),
    ProblemStatus.CONFIRMED: ("Taken on", SaraStage.SCANNING, Remediation.NOT_STARTED),
    ProblemStatus.ANALYSING: ("Being analysed", SaraStage.ANALYSIS, Remediation.NOT_STARTED),
    ProblemStatus.PLANNED: ("Response planned", SaraStage.RESPONSE, Remediation.NOT_STARTED),
    ProblemStatus.IN_PROGRESS: ("Work under way", SaraStage.RESPONSE, Remediation.IN_PROGRESS),
    ProblemStatus.REMEDIATED: ("Work done, awaiting check", SaraStage.RESPONSE, Remediation.AWAITING_CHECK),
    ProblemStatus.VERIFIED: ("Fix verified", SaraStage.ASSESSMENT, Remediation.RESOLVED),
    ProblemStatus.CLOSED: ("Closed", SaraStage.ASSESSMENT, Remediation.RESOLVED),
    ProblemStatus.RECURRED: ("Came back", SaraStage.SCANNING, Remediation.NOT_STARTED),
    ProblemStatus.NO_ACTION: ("No action", SaraStage.ENDED, Remediation.SET_ASIDE),
    ProblemStatus.DISMISSED: ("Dismissed", SaraStage.ENDED, Remediation.SET_ASIDE),
    ProblemStatus.SUPERSEDED: ("Merged or split", SaraStage.ENDED, Remediation.SET_ASIDE),
}

_ENDED = frozenset({ProblemStatus.CLOSED, ProblemStatus.NO_ACTION, ProblemStatus.DISMISSED, ProblemStatus.SUPERSEDED})

#: Nobody works on these yet, so a refresh may redraw, merge or split them without asking.
UNTOUCHED = frozenset({ProblemStatus.DETECTED})


#: What a refresh sees of a problem and writes without a new version; people edit none of it.
SIGHTING_FIELDS = (
    "lon_lat",
    "width_m",
    "footprint",
    "category",
    "reports",
    "incidents",
    "hot_spot_id",
    "last_seen_on",
    "misses",
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem as it stands.

    ``footprint`` (GeoJSON geometry in lon/lat) is what evaluation counts in: it follows the hot
    spot while the problem is only detected and is pinned from the moment it is taken on.
    ``reports`` and ``incidents`` are those of the last hot spot matched to it, ``hot_spot_id``.
    ``misses`` counts the refreshes in a row without enough incidents; ``dormant_since`` is set
    after two of them: a fact beside the status, because a quiet problem may well be under way.
    ``last_event_at`` is when anybody last did something with it. ``shares`` maps the number of an
    organisation (as text) to the level on which the problem is shared with it, see
    :mod:`problems.sharing`; organisations that are absent have the level that follows from the rules.
    """

    id: int
    name: str
    group: Group
    category: str
    status: ProblemStatus
    lon_lat: tuple[float, float]
    width_m: float
    footprint: Mapping[str, object]
    created_at: datetime
    reports: int = 0
    incidents: int = 0
    owner: str = ""
    owner_organisation_id: int | None = None
    objective: str = ""
    review_on: date | None = None
    area: str = ""
    outcome: str = ""
    hot_spot_id: int | None = None
    last_seen_on: date | None = None
    misses: int = 0
    dormant_since: date | None = None
    remediated_on: date | None = None
    parent_id: int | None = None
    successor_ids: tuple[int, ...] = ()
    reopened: int = 0
    done_by: str = ""
    last_event_at: datetime | None = None
    shares: Mapping[str, str] = field(default_factory=dict)
    version: int = 1

    @property
    def ref(self) -> str:
        """The identity that people use and addresses carry, such as ``P-0042``."""
        return problem_ref(self.id)

    @property
    def stage(self) -> SaraStage:
        """The SARA stage."""
        return self.status.stage


def problem_ref(number: int) -> str:
    """Return the reference of problem ``number``: ``P-0042``."""
    return f"P-{number:04d}"


def problem_number(ref: str) -> int:
    """Return the number in a reference such as ``P-0042`` or ``42``.

    Raises
    ------
    NotFound
        When ``ref`` is not a problem's reference at all.
    """
    digits = ref.strip().upper().removeprefix("P-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 12:
        raise NotFound(
            f"“{ref[:40]}” is not a problem's reference.", "", "A reference looks like P-0042; the list shows them all."
        )
    return int(digits)
