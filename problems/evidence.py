"""What an assessment is made from: two windows, counts in them, and how the place was picked."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from problems.errors import InputRefused


@dataclass(frozen=True, slots=True)
class Window:
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days the window holds."""
        return (self.last - self.first).days + 1

    def overlaps(self, other: "Window") -> bool:
        """Tell whether the two have a day in common."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class PlaceCounts:
    """Distinct incidents in one place: in the window before, in the one after, and by week before.

    ``id`` is the place's own: a problem's number, or that of a comparison place. ``weekly_before``
    holds whole weeks inside the window before, the weeks without any incident included.
    """

    id: int
    before: int
    after: int
    weekly_before: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """How the place was picked: the window of the refresh, its count there, and all places there.

    ``mean`` and ``dispersion`` (variance over mean) are those of every place that could have been
    picked (:func:`geo.regression_to_mean.comparable_places`).
    """

    window: Window
    count: int
    mean: float
    dispersion: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that an assessment is computed from, so that it can be computed again.

    ``controls`` are comparison places without the response; ``controls_same_band`` tells that they
    were picked from the same ranking band of the selection's window
    (:func:`geo.regression_to_mean.control_candidates`). ``ring`` is the catchment round the
    footprint, ``ring_controls`` the catchments of the controls. ``selection`` is None for a problem
    that was drawn by hand and not picked for its count.
    """

    before: Window
    after: Window
    assessed_on: date
    treated: PlaceCounts
    controls: tuple[PlaceCounts, ...] = ()
    controls_same_band: bool = False
    ring: PlaceCounts | None = None
    ring_controls: tuple[PlaceCounts, ...] = ()
    selection: Selection | None = None

    @property
    def picked_in_baseline(self) -> bool:
        """Tell whether the place was picked for being high in the time before."""
        return self.selection is not None and self.selection.window.overlaps(self.before)


@dataclass(frozen=True, slots=True)
class AssessmentSettings:
    """How an assessment is made. Kept with every assessment; see ``docs/statistics.md``.

    ``alpha`` is the error rate, ``power`` the certainty for which the smallest fall is told,
    ``min_count`` what a place needs before or after, ``min_after_days`` and ``min_before_weeks``
    how long must have been counted, ``incomplete_days`` how long reports still come in, and
    ``telling_share`` which fall, as a share of what was to be expected, must be ruled out before
    anybody says that a place did not fall.
    """

    alpha: float = 0.05
    power: float = 0.8
    min_count: int = 10
    min_after_days: int = 28
    min_before_weeks: int = 8
    incomplete_days: int = 14
    telling_share: float = 1 / 3


def checked(evidence: Evidence) -> Evidence:
    """Return the evidence with its controls in order of id.

    Raises
    ------
    InputRefused
        When windows are the wrong way round or overlap, a count is negative or does not fit its
        weeks, a place is compared with itself or twice, or the ring has no control.
    """
    _check_windows(evidence)
    ring = () if evidence.ring is None else (evidence.ring,)
    for place in (evidence.treated, *evidence.controls, *ring, *evidence.ring_controls):
        _check_counts(place, evidence.before)
    for places in (evidence.controls, evidence.ring_controls):
        ids = [place.id for place in places]
        if len(set(ids)) < len(ids) or evidence.treated.id in ids:
            raise _refused("A place cannot be compared with itself, nor be counted twice.", "Name each place once.")
    if bool(ring) != bool(evidence.ring_controls):
        raise _refused(
            "The surroundings have to be compared with the surroundings of the comparison places.",
            "Count both or neither.",
        )
    if len({len(place.weekly_before) for place in (evidence.treated, *evidence.controls)}) > 1:
        raise _refused("The places were not counted over the same weeks.", "Count the same weeks in every place.")
    if evidence.selection is not None and min(evidence.selection.mean, evidence.selection.dispersion) < 0:
        raise _refused("A mean or a dispersion is below 0.", "Both are 0 or more.")
    return replace(
        evidence,
        controls=tuple(sorted(evidence.controls, key=lambda place: place.id)),
        ring_controls=tuple(sorted(evidence.ring_controls, key=lambda place: place.id)),
    )


def _check_windows(evidence: Evidence) -> None:
    windows = [evidence.before, evidence.after]
    if evidence.selection is not None:
        windows.append(evidence.selection.window)
    if any(window.last < window.first for window in windows):
        raise _refused("A window ends before it begins.", "Give the first day, then the last.")
    if evidence.after.first <= evidence.before.last:
        raise _refused(
            f"The time after begins on {evidence.after.first} and the time before ends on {evidence.before.last}.",
            "The time before has to end earlier.",
        )


def _check_counts(place: PlaceCounts, before: Window) -> None:
    if min(place.before, place.after, *place.weekly_before) < 0:
        raise _refused(f"Place {place.id} has a count below 0.", "Counts are 0 or more.")
    if len(place.weekly_before) * 7 > before.days or sum(place.weekly_before) > place.before:
        raise _refused(
            f"The weeks of place {place.id} hold more than its time before.",
            "Count whole weeks inside the window only.",
        )


def _refused(why: str, possible: str) -> InputRefused:
    return InputRefused("The assessment was not made.", why, possible)


def as_plain(evidence: Evidence) -> dict[str, object]:
    """Return the evidence as JSON-ready values; :func:`from_plain` reads them back."""
    plain: dict[str, object] = _plain(asdict(evidence))
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def from_plain(plain: Mapping[str, Any]) -> Evidence:
    """Return the evidence that :func:`as_plain` wrote.

    Raises
    ------
    KeyError, ValueError, TypeError
        When the values are not those of :func:`as_plain`: they were changed outside of the store.
    """
    ring, selection = plain["ring"], plain["selection"]
    return Evidence(
        before=_window(plain["before"]),
        after=_window(plain["after"]),
        assessed_on=date.fromisoformat(plain["assessed_on"]),
        treated=_place(plain["treated"]),
        controls=_places(plain["controls"]),
        controls_same_band=bool(plain["controls_same_band"]),
        ring=None if ring is None else _place(ring),
        ring_controls=_places(plain["ring_controls"]),
        selection=None
        if selection is None
        else Selection(
            window=_window(selection["window"]),
            count=selection["count"],
            mean=selection["mean"],
            dispersion=selection["dispersion"],
        ),
    )


def _window(plain: Mapping[str, str]) -> Window:
    return Window(date.fromisoformat(plain["first"]), date.fromisoformat(plain["last"]))


def _place(plain: Mapping[str, Any]) -> PlaceCounts:
    return PlaceCounts(plain["id"], plain["before"], plain["after"], tuple(plain["weekly_before"]))


def _places(plain: Sequence[Mapping[str, Any]]) -> tuple[PlaceCounts, ...]:
    return tuple(_place(one) for one in plain)
