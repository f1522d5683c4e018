"""What may be said of a place: its count beside what is usual there, and the words for it.

No word claims more than the test: a candidate is never called a hot spot, and what could not be
compared says so.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from geo.background import Background
from geo.significance import judge, q_values
from problems.categories import Group
from problems.hot_spots import DetectionSettings, Standing

Floats = npt.NDArray[np.float64]
GROUPS = tuple(Group)
#: With fewer than this, found and usual, there are too few to say anything.
FEWEST = 5.0
#: Where fewer are usual no “times the usual” is told: such a ratio swings with every single incident.
FEWEST_FOR_A_RATIO = 1.0

_NAMED = {
    Group.LIGHTING: ("street-light incident", "street-light incidents"),
    Group.PROPERTY: ("incident at buildings and on land", "incidents at buildings and on land"),
    Group.DISPUTES: ("incident of noise or dispute", "incidents of noise and disputes"),
    Group.ANTISOCIAL: ("incident of antisocial behaviour", "incidents of antisocial behaviour"),
    Group.DAMAGE: ("incident of graffiti or damage", "incidents of graffiti and damage"),
    Group.WASTE: ("incident of rubbish or litter", "incidents of rubbish and litter"),
    Group.VEHICLES: ("vehicle incident", "vehicle incidents"),
    Group.OVERGROWTH: ("incident of overgrowth", "incidents of overgrowth"),
    Group.OTHER: ("incident of another kind", "incidents of other kinds"),
    None: ("incident of any kind", "incidents of all kinds"),
}


class Compared(Protocol):
    """A place with what it was compared with: a hot spot as kept or just found, or an area that was drawn."""

    @property
    def group(self) -> Group | None:
        """The group, or None for all together."""

    @property
    def incidents(self) -> int:
        """Distinct incidents."""

    @property
    def standing(self) -> Standing:
        """What may be said."""

    @property
    def expected(self) -> float | None:
        """The usual number of incidents, or None where nothing was there to compare with."""

    @property
    def ratio_low(self) -> float | None:
        """Lower end of incidents over the usual number."""

    @property
    def ratio_high(self) -> float | None:
        """Upper end of incidents over the usual number."""


def sentence(place: Compared, *, days: int) -> str:
    """Say in one sentence how a place stands against a place like it: other reports there, its kind round about.

    Parameters
    ----------
    place
        What was found, kept or judged.
    days
        Length of the window; 0 stands for all reports so far.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> bad = SimpleNamespace(group=Group.LIGHTING, incidents=14, standing=Standing.HOT_SPOT,
    ...     expected=0.4, ratio_low=2.39, ratio_high=7.34)
    >>> sentence(bad, days=90)
    '14 street-light incidents in 90 days where fewer than 1 would be usual for a place like it.'
    """
    one, many = _NAMED[place.group]
    counted = f"{place.incidents:,} {one if place.incidents == 1 else many} {_span(days)}"
    if place.standing is Standing.UNTESTED or place.expected is None:
        return f"{counted}: nothing to compare with yet."
    # All kinds together have no others beside them: they are held against what the same place had before.
    like = "there before" if place.group is None else "for a place like it"
    told = f"{counted} where {usual_words(place.expected)} would be usual {like}"
    if max(place.incidents, place.expected) < FEWEST:
        return f"{told}: too few to say."
    if place.standing is Standing.CANDIDATE:
        return f"{told}: not clearly more than usual, chance could bring as many."
    times = times_words(place)
    return f"{told}: {times}." if times else f"{told}."


@dataclass(frozen=True, slots=True)
class Judgement:
    """A count beside what is usual; the fields are those of :class:`problems.hot_spots.HotSpot`."""

    group: Group | None
    incidents: int
    standing: Standing
    expected: float | None = None
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    q_value: float | None = None
    dispersion: float | None = None


def judged(
    groups: Sequence[Group | None],
    incidents: Sequence[int],
    usual: Background,
    swings: Sequence[float],
    *,
    family: int,
    settings: DetectionSettings,
    densest: Floats | None = None,
) -> list[Judgement]:
    """Judge the counts of places against what is usual there.

    Parameters
    ----------
    groups, incidents, usual, swings
        Of each place (k,): its group, distinct incidents, what is usual, and the variance of counts over
        their mean.
    family
        How many places were looked at in all to find these; 1 for one that was chosen beforehand.
    densest
        The chance of the densest place in each, where they were found by it.
    """
    if not groups:
        return []
    family = max(family, len(groups))
    found = judge(
        np.array(incidents, dtype=np.float64),
        usual.expected,
        dispersion=np.array(swings, dtype=np.float64),
        expected_se=usual.expected_se,
        family=family,
        most_false=settings.most_false,
    )
    q = found.q
    if densest is not None:
        # Two looks at each, at its densest place and at all of it: the better one counts, and pays for both.
        p = np.minimum(2.0 * np.fmin(found.p, densest), 1.0)
        q = q_values(np.where(np.isnan(found.p), np.nan, p), family=family)
    result = []
    for row, (group, count, swing) in enumerate(zip(groups, incidents, swings, strict=True)):
        if usual.count[row] <= 0.0:
            result.append(Judgement(group, count, Standing.UNTESTED))
            continue
        is_more = q[row] <= settings.most_false and found.ratio_low[row] > 1.0
        result.append(
            Judgement(
                group,
                count,
                Standing.HOT_SPOT if is_more else Standing.CANDIDATE,
                expected=float(usual.expected[row]),
                ratio=float(found.ratio[row]),
                ratio_low=float(found.ratio_low[row]),
                ratio_high=float(found.ratio_high[row]),
                q_value=float(q[row]),
                dispersion=float(swing),
            )
        )
    return result


def usual_words(expected: float) -> str:
    """Return the usual number in words, no more exact than it is: “about 3”, “fewer than 1”."""
    return "fewer than 1" if expected < 1.0 else f"about {round(expected):,}"


def times_words(place: Compared) -> str:
    """Return “likely 2.3 to 7.4 times the usual”, or an empty text where so few are usual that it says little."""
    if place.expected is None or place.ratio_low is None or place.ratio_high is None:
        return ""
    if place.expected < FEWEST_FOR_A_RATIO:
        return ""
    return f"likely {_lower(place.ratio_low)} to {_upper(place.ratio_high)} times the usual"


def _span(days: int) -> str:
    if days == 0:
        return "so far"
    return "in one day" if days == 1 else f"in {days:,} days"


def _lower(value: float) -> str:
    return f"{math.floor(value):,}" if value >= 10.0 else f"{math.floor(10.0 * value) / 10.0:g}"


def _upper(value: float) -> str:
    return f"{math.ceil(value):,}" if value >= 10.0 else f"{math.ceil(10.0 * value) / 10.0:g}"
