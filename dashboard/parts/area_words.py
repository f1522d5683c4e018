"""What the counts of an area say, in words that do not say more than is known."""

from typing import Final

from dashboard.wording import NOTHING, count
from geo.significance import Verdict
from problems.drawn_standing import KindJudged

#: What is said of every area that somebody chose while looking at the map.
CAVEAT: Final = (
    "A place that is picked because much was seen there looks worse than it is, and part of it goes away by itself. "
    "That is why each kind is judged twice: as a place chosen beforehand, and as the worst of all places of its size."
)

#: What “usual” is worked out from.
USUAL_FROM: Final = (
    "Usual: from all other reports in the same area, now and in the year before, and the part of all reports "
    "that the kind has round about. A place that has always been bad is still more than usual."
)
#: Where fewer are usual, no ratio is told.
FEWEST_FOR_A_RATIO: Final = 1.0


def usual(value: float | None) -> str:
    """Return an expected count no more exact than it is: “about 3”, “fewer than 1”."""
    if value is None:
        return "not known"
    return "fewer than 1" if value < FEWEST_FOR_A_RATIO else f"about {round(value):,}"


def ratio_words(one: KindJudged) -> str:
    """Return how many times the usual count it is, with the interval that the counts are in keeping with."""
    if one.ratio is None or one.ratio_low is None or one.ratio_high is None or _is_rare(one):
        return NOTHING
    return f"{_times(one.ratio)} ({_times(one.ratio_low)} to {_times(one.ratio_high)})"


def _is_rare(one: KindJudged) -> bool:
    """Tell whether so few are usual that “times the usual” would swing with every single incident."""
    return one.expected is not None and one.expected < FEWEST_FOR_A_RATIO


def _times(value: float) -> str:
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}"


def verdict_words(one: KindJudged) -> str:
    """Return the judgement in a few words, for a table."""
    if one.verdict is Verdict.NO_REFERENCE:
        return "nothing to compare with"
    if one.verdict is Verdict.TOO_FEW:
        return "too few to say"
    if one.verdict is Verdict.MORE:
        return "more than usual" if one.verdict_picked is Verdict.MORE else "more, unless it was picked"
    if one.ratio_high is not None and one.ratio_high < 1:
        return "fewer than usual"
    return "not sure" if _alone(one) else "no more than chance brings"


def _alone(one: KindJudged) -> bool:
    """Tell whether the kind stands out by itself, but not among all kinds that were looked at together."""
    return one.ratio_low is not None and one.ratio_low > 1


def sentence(one: KindJudged, days: int) -> str:
    """Return what the counts of one kind say, in one or two plain sentences."""
    told = f"{_counted(one)} in {count(days, 'day')}"
    if one.expected is None:
        return f"{told}. Nothing was reported here before or besides, so nobody can say what is usual."
    would = f"where {usual(one.expected)} would be usual for a place like it"
    if one.verdict is Verdict.TOO_FEW:
        return f"{told} {would}: too few to say whether that is more than chance."
    times = f"{told} {would}{_compared(one)}"
    if one.verdict is not Verdict.MORE:
        if _alone(one):
            return f"{times}. Of nine kinds that are looked at together one may look like this by chance: not sure."
        fewer = one.ratio_high is not None and one.ratio_high < 1
        return f"{times}. That is {'fewer than chance would leave' if fewer else 'no more than chance brings'}."
    if one.verdict_picked is Verdict.MORE:
        return f"{times}. That is more than chance brings, even to the worst of {_places(one)}."
    return (
        f"{times}. At a place chosen beforehand that is more than chance brings. Picked from the map as the worst "
        f"of {_places(one)}, chance alone could show as much."
    )


def _counted(one: KindJudged) -> str:
    incidents = count(one.incidents, "distinct incident")
    return f"{incidents} of {one.group.label.lower()}" if one.incidents else f"No incident of {one.group.label.lower()}"


def _compared(one: KindJudged) -> str:
    if one.ratio is None or one.ratio_low is None or one.ratio_high is None or _is_rare(one):
        return ""
    return f": likely {_times(one.ratio_low)} to {_times(one.ratio_high)} times the usual"


def _places(one: KindJudged) -> str:
    return f"about {count(_rounded(one.places), 'place')} of this size"


def _rounded(value: int) -> int:
    """Return a count to two figures: more would pretend to know how many other places there are."""
    step = int(10 ** max(0, len(str(value)) - 2))
    return round(value / step) * step


def surface_words(km2: float) -> str:
    """Return a surface: in square metres up to a tenth of a square kilometre.

    >>> surface_words(0.0042), surface_words(0.31), surface_words(2.0)
    ('4,200 m²', '0.31 km²', '2.0 km²')
    """
    if km2 < 0.1:
        return f"{round(km2 * 1e6, -2):,.0f} m²"
    return f"{km2:.2f} km²" if km2 < 1 else f"{km2:,.1f} km²"
