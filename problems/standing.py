"""What may be said of a place where incidents lie close together, in words.

The figures come from :mod:`problems.finding`; here is how they are told. No word claims more than the
test: a candidate is never called a hot spot, and what could not be compared says so.
"""

import math
from typing import Protocol

from problems.categories import Group
from problems.hot_spots import Standing

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
    """Say in one sentence how a place stands against what is usual there.

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
    ...     expected=3.2, ratio_low=2.39, ratio_high=7.34)
    >>> sentence(bad, days=90)
    '14 street-light incidents in 90 days where about 3 would be usual: likely 2.3 to 7.4 times the usual.'
    """
    one, many = _NAMED[place.group]
    counted = f"{place.incidents:,} {one if place.incidents == 1 else many} {_span(days)}"
    if place.standing is Standing.UNTESTED or place.expected is None:
        return f"{counted}: nothing to compare with yet."
    told = f"{counted} where {usual_words(place.expected)} would be usual"
    if place.standing is Standing.CANDIDATE:
        return f"{told}: not clearly more than usual, chance could bring as many."
    times = times_words(place)
    return f"{told}: {times}." if times else f"{told}."


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
