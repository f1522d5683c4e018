"""The verdicts of an assessment, and their words for a team meeting: no jargon, no share of a small count."""

import math
from enum import StrEnum

from geo.displacement import Difference
from problems.evidence import AssessmentSettings, Evidence

#: No percentage is said where any count behind it is smaller.
SMALLEST_FOR_SHARES = 10


class Verdict(StrEnum):
    """What the counts say about a place, in the words of a team meeting."""

    FELL = "fell"
    DID_NOT_FALL = "did_not_fall"
    ROSE = "rose"
    TOO_FEW = "too_few"
    NO_FAIR_COMPARISON = "no_fair_comparison"

    @property
    def label(self) -> str:
        """Plain words for the verdict."""
        return {
            Verdict.FELL: "Fell",
            Verdict.DID_NOT_FALL: "Did not fall",
            Verdict.ROSE: "Rose",
            Verdict.TOO_FEW: "Too early or too few to say",
            Verdict.NO_FAIR_COMPARISON: "No fair comparison",
        }[self]


class Obstacle(StrEnum):
    """Why the counts cannot be judged."""

    NO_CONTROLS = "no_controls"
    PICKED_IN_BASELINE = "picked_in_baseline"
    PICKED_AFTERWARDS = "picked_afterwards"
    INCOMPLETE = "incomplete"
    SHORT_AFTER = "short_after"
    SHORT_BEFORE = "short_before"
    FEW_HERE = "few_here"
    FEW_ELSEWHERE = "few_elsewhere"
    UNLIKE = "unlike"
    WIDE_INTERVAL = "wide_interval"


_HEADLINES = {
    Obstacle.INCOMPLETE: "Too early to say",
    Obstacle.SHORT_AFTER: "Too early to say",
    Obstacle.SHORT_BEFORE: "Too little known before to say",
    Obstacle.FEW_HERE: "Too few here to say",
    Obstacle.FEW_ELSEWHERE: "Too few to compare with",
    Obstacle.WIDE_INTERVAL: "Too few to say",
}

#: Without these a comparison would mislead, however many incidents there are.
UNFAIR = frozenset({Obstacle.NO_CONTROLS, Obstacle.PICKED_IN_BASELINE, Obstacle.PICKED_AFTERWARDS, Obstacle.UNLIKE})


def headline_of(sentence: str) -> tuple[str, str]:
    """Return the first words of a verdict's sentence, for a headline, and the rest of it."""
    headline, _stop, rest = sentence.partition(". ")
    return headline, rest


def sentence_of(
    verdict: Verdict,
    obstacle: Obstacle | None,
    evidence: Evidence,
    settings: AssessmentSettings,
    here: Difference | None,
    expected: float,
) -> str:
    """Return the verdict as one or two sentences, with the counts that it rests on.

    ``here`` is the change in the place against its comparison places, ``expected`` what it would
    have had otherwise.
    """
    counted = _counted(evidence)
    if obstacle is not None or here is None:
        headline = (
            verdict.label
            if verdict is not Verdict.TOO_FEW
            else _HEADLINES.get(obstacle or Obstacle.WIDE_INTERVAL, verdict.label)
        )
        return f"{headline}. {counted} {_why_not(obstacle, evidence, settings, expected)}"
    compared = f"{_about(expected)} would be expected from {_places(len(evidence.controls))}"
    if verdict is Verdict.DID_NOT_FALL:
        ruled_out = f"a fall by {_telling(expected, settings)} can be ruled out"
        return f"{verdict.label}. {counted} {compared.capitalize()}, and {ruled_out}."
    lower = verdict is Verdict.FELL
    how_many = f"{round(abs(here.change))} {'fewer' if lower else 'more'} than expected"
    share = _share(evidence, here, expected)
    likely = _likely(here, expected)
    told = f"{counted} {compared.capitalize()}: that is {how_many} ({likely}){share}."
    return f"{_first_word(verdict, evidence)} {told}"


def caveats_of(
    verdict: Verdict,
    evidence: Evidence,
    settings: AssessmentSettings,
    by_itself: float | None,
    smallest_fall: float | None,
    expected: float,
) -> tuple[str, ...]:
    """Return what the verdict does not say, the weightiest first."""
    said = []
    if evidence.picked_in_baseline and evidence.selection is not None:
        picked = evidence.selection
        fall = "" if by_itself is None else _fall_by_itself(picked.count, picked.window.days, by_itself, evidence)
        said.append(
            "The time before is the time for which this place was picked as a hot spot, and places that are "
            f"picked for being high mostly fall by themselves.{fall}"
        )
    if verdict in (Verdict.TOO_FEW, Verdict.DID_NOT_FALL) and evidence.controls:
        said.append(
            "With so few incidents even a fall to none would often be missed."
            if smallest_fall is None
            else f"Only a fall by {math.ceil(smallest_fall)} or more from {_about(expected)} would be found "
            f"{round(10 * settings.power)} times in 10."
        )
    if evidence.controls and not _alike(evidence):
        said.append("The comparison places had far more or far fewer incidents before than this place.")
    if verdict in (Verdict.FELL, Verdict.ROSE, Verdict.DID_NOT_FALL):
        said.append("This compares counts of reports. It does not prove that the work is the cause.")
    return tuple(said)


def surroundings_of(ring: Difference) -> str:
    """Return whether the streets round the place rose or fell against other surroundings."""
    if ring.low > 0:
        return (
            f"Round about it rose: {round(ring.change)} more than expected ({_likely(ring)}). "
            "Trouble may have moved there."
        )
    if ring.high < 0:
        return f"Round about it fell too: {round(-ring.change)} fewer than expected ({_likely(ring)})."
    return "Round about no clear change was found. That does not rule out a small one."


def _counted(evidence: Evidence) -> str:
    treated = evidence.treated
    return (
        f"{_incidents(treated.before)} in the {evidence.before.days} days before, "
        f"{treated.after} in the {evidence.after.days} days after."
    )


def _why_not(obstacle: Obstacle | None, evidence: Evidence, settings: AssessmentSettings, expected: float) -> str:
    return {
        Obstacle.NO_CONTROLS: "There is no comparable place without the work.",
        Obstacle.PICKED_IN_BASELINE: (
            "The time before is the time for which this place was picked for being high, "
            "and the comparison places were not picked that way."
        ),
        Obstacle.PICKED_AFTERWARDS: "The place was picked for being high in the time after the work.",
        Obstacle.INCOMPLETE: f"Reports up to {evidence.after.last} still come in.",
        Obstacle.SHORT_AFTER: f"Only {evidence.after.days} days since the work are known in full.",
        Obstacle.SHORT_BEFORE: "The time before is too short to know how much the weeks differ.",
        Obstacle.FEW_HERE: f"This place had fewer than {settings.min_count} incidents both before and after.",
        Obstacle.FEW_ELSEWHERE: f"The comparison places had fewer than {settings.min_count} incidents before.",
        Obstacle.UNLIKE: "The comparison places fell by more incidents than this place ever had: they are not like it.",
        Obstacle.WIDE_INTERVAL: (
            f"From the comparison places {_about(expected)} would be expected: so few that chance could make the "
            f"difference, and a fall by {_telling(expected, settings)} cannot be ruled out either."
        ),
        None: "",
    }[obstacle]


def _first_word(verdict: Verdict, evidence: Evidence) -> str:
    """Return the verdict, with a warning where the place's own rate went the other way."""
    own = evidence.treated.after * evidence.before.days - evidence.treated.before * evidence.after.days
    if verdict is Verdict.FELL and own >= 0:
        return "Fell only in comparison: the place itself did not fall, it rose less than the comparison places."
    if verdict is Verdict.ROSE and own <= 0:
        return "Rose only in comparison: the place itself did not rise, it fell less than the comparison places."
    return f"{verdict.label}."


def _telling(expected: float, settings: AssessmentSettings) -> str:
    return f"{max(1, round(settings.telling_share * expected))} or more"


def _share(evidence: Evidence, here: Difference, expected: float) -> str:
    treated, controls = evidence.treated, evidence.controls
    behind = (
        treated.before,
        treated.after,
        expected,
        sum(place.before for place in controls),
        sum(place.after for place in controls),
    )
    if min(behind) < SMALLEST_FOR_SHARES:
        return ""
    return f", or {round(100 * abs(here.change) / expected)} %"


def _fall_by_itself(count: int, days: int, by_itself: float, evidence: Evidence) -> str:
    before = count * evidence.after.days / days
    if round(by_itself) >= round(before):
        return ""
    return (
        f" In {evidence.after.days} days this one would have gone from about {round(before)} to {_about(by_itself)} "
        "with no action at all."
    )


def _alike(evidence: Evidence) -> bool:
    mean = sum(place.before for place in evidence.controls) / len(evidence.controls)
    return evidence.treated.before <= 2 * mean and mean <= 2 * evidence.treated.before


def _likely(change: Difference, most_fewer: float = math.inf) -> str:
    """Return the interval in words, without its sign; nothing can fall by more than there was."""
    low, high = (change.low, change.high) if change.change > 0 else (-change.high, min(-change.low, most_fewer))
    if round(low) < 1:
        # The interval leaves 0 out, if by less than one incident: “between 0 and …” would say the opposite.
        return f"likely at most {max(1, round(high))}"
    return f"likely between {round(low)} and {round(high)}"


def _about(number: float) -> str:
    return "fewer than one" if number < 0.5 else f"about {round(number)}"


def _incidents(number: int) -> str:
    return "1 incident" if number == 1 else f"{number} incidents"


def _places(number: int) -> str:
    return "one comparison place" if number == 1 else f"{number} comparison places"
