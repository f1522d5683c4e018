"""What the work on a place achieved: the comparison, the verdict, and what the verdict does not say.

Nothing here reads or writes: counts go in, an :class:`Assessment` comes out, the same one each time.
"""

from dataclasses import dataclass
from datetime import timedelta

from geo.dispersion import mean_dispersion
from geo.displacement import (
    BeforeAfter,
    Difference,
    Displacement,
    Quotient,
    counting_variance,
    dispersion_of_changes,
    displacement_difference,
    displacement_quotient,
)
from geo.regression_to_mean import expected_next
from geo.two_counts import RateRatio, e_test, rate_ratio, smallest_drop
from problems.evidence import AssessmentSettings, Evidence, PlaceCounts, checked
from problems.reasons import Outcome
from problems.verdicts import UNFAIR, Obstacle, Verdict, caveats_of, sentence_of, surroundings_of

#: Changed with every change of the rules below, so that an old assessment can be told from a new one.
METHOD = "wdd-2"


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers behind a verdict, for an analyst; counts per window after.

    ``displacement`` and ``expected`` (what the place would have had, had it gone as the comparison
    places did) are None without controls. ``dispersion`` is as measured by week before the work,
    ``freedom`` its degrees of freedom, ``control_dispersion`` that of the changes of the controls
    (None with fewer than three); ``swing`` is the larger one, never below 1, which was used.
    ``smallest_fall`` is the smallest fall that would be found with the wanted power,
    None when not even a fall to nothing would. ``by_itself`` is what a place picked for its count
    would have had with no action at all. ``p_value`` and ``ratio`` compare the place with itself
    only, ``quotient`` compares the ring with the place (None without a ring): they describe, and
    decide nothing.
    """

    displacement: Displacement | None
    expected: float | None
    dispersion: float | None
    freedom: int
    control_dispersion: float | None
    swing: float
    smallest_fall: float | None
    by_itself: float | None
    p_value: float | None
    ratio: RateRatio | None
    quotient: Quotient | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """A verdict with everything that it was made from: ``assess(a.evidence, a.settings) == a``.

    ``sentence`` and ``caveats`` are ready to be shown, ``surroundings`` says whether trouble may
    have moved and is empty when no ring was counted. ``method`` is the version of the rules.
    """

    evidence: Evidence
    settings: AssessmentSettings
    method: str
    figures: Figures
    verdict: Verdict
    obstacle: Obstacle | None
    sentence: str
    caveats: tuple[str, ...]
    surroundings: str

    @property
    def suggested_outcome(self) -> Outcome:
        """The outcome to offer when the problem is closed; a person decides."""
        moved = self.figures.displacement is not None and _rose(self.figures.displacement.ring)
        return {
            Verdict.FELL: Outcome.INCONCLUSIVE if moved else Outcome.EFFECTIVE,
            Verdict.DID_NOT_FALL: Outcome.NO_EFFECT,
            Verdict.ROSE: Outcome.WORSE,
            Verdict.TOO_FEW: Outcome.INCONCLUSIVE,
            Verdict.NO_FAIR_COMPARISON: Outcome.NOT_ASSESSABLE,
        }[self.verdict]


def assess(evidence: Evidence, settings: AssessmentSettings | None = None) -> Assessment:
    """Return what the counts say about the work on a place.

    Parameters
    ----------
    evidence : Evidence
        Windows and counts; the order of the controls does not matter.
    settings : AssessmentSettings or None
        None: the defaults.

    Returns
    -------
    Assessment
        *Fell* or *rose* when the interval of the change in the place, against its comparison
        places, lies below or above 0; *did not fall* when it holds 0 and rules out a telling fall
        (by a third, unless the settings say otherwise); *too few to say* when it does neither, or the
        counts or the time are too short; *no fair comparison* without comparison places, or when
        the place was picked for being high in one of the two windows and they were not.

    Raises
    ------
    InputRefused
        When the evidence contradicts itself.

    Notes
    -----
    The verdict is about the place; what happened round it is said beside it. A fall is not proof
    that the work caused it.
    """
    settings = settings or AssessmentSettings()
    evidence = checked(evidence)
    figures = _figures(evidence, settings)
    obstacle = _obstacle(evidence, settings, figures)
    verdict = _verdict(figures, settings, obstacle)
    if verdict is Verdict.TOO_FEW and obstacle is None:
        obstacle = Obstacle.WIDE_INTERVAL
    expected = figures.expected or 0.0
    here = None if figures.displacement is None else figures.displacement.local
    return Assessment(
        evidence=evidence,
        settings=settings,
        method=METHOD,
        figures=figures,
        verdict=verdict,
        obstacle=obstacle,
        sentence=sentence_of(verdict, obstacle, evidence, settings, here, expected),
        caveats=caveats_of(verdict, evidence, settings, figures.by_itself, figures.smallest_fall, expected),
        surroundings=""
        if figures.displacement is None or figures.displacement.ring is None or obstacle in UNFAIR
        else surroundings_of(figures.displacement.ring),
    )


def _figures(evidence: Evidence, settings: AssessmentSettings) -> Figures:
    treated, lengths = evidence.treated, _lengths(evidence)
    weeks = [place.weekly_before for place in (treated, *evidence.controls)]
    dispersion = mean_dispersion(weeks) if weeks[0] else None
    freedom = sum(any(week) for week in weeks) * max(0, len(weeks[0]) - 1)
    areas = [BeforeAfter(place.before, place.after) for place in evidence.controls]
    drift = dispersion_of_changes(areas, lengths)
    swing = max(1.0, dispersion or 1.0, drift or 1.0)
    displacement, expected, smallest = None, None, None
    if evidence.controls:
        control = _together(evidence.controls)
        displacement = displacement_difference(
            BeforeAfter(treated.before, treated.after),
            control,
            ring=None if evidence.ring is None else BeforeAfter(evidence.ring.before, evidence.ring.after),
            ring_control=_together(evidence.ring_controls) if evidence.ring_controls else None,
            time_weights=lengths,
            dispersion=swing,
            freedom=freedom or None,
            alpha=settings.alpha,
        )
        expected = treated.after - displacement.local.change
        compared = counting_variance([control, BeforeAfter(treated.before, 0)], lengths)
        smallest = smallest_drop(
            max(0.0, expected), compared, dispersion=swing, power=settings.power, alpha=settings.alpha
        )
    return Figures(
        displacement=displacement,
        expected=expected,
        dispersion=dispersion,
        freedom=freedom,
        control_dispersion=drift,
        swing=swing,
        smallest_fall=smallest,
        by_itself=_by_itself(evidence, max(1.0, dispersion or 1.0)),
        p_value=e_test(treated.after, treated.before, exposure=lengths[1], other_exposure=lengths[0], dispersion=swing),
        ratio=rate_ratio(
            treated.after,
            treated.before,
            exposure=lengths[1],
            other_exposure=lengths[0],
            dispersion=swing,
            alpha=settings.alpha,
        ),
        quotient=_quotient(evidence),
    )


def _quotient(evidence: Evidence) -> Quotient | None:
    if evidence.ring is None or not evidence.controls:
        return None
    treated, ring = evidence.treated, evidence.ring
    return displacement_quotient(
        BeforeAfter(treated.before, treated.after),
        BeforeAfter(ring.before, ring.after),
        _together(evidence.controls),
    )


def _lengths(evidence: Evidence) -> tuple[float, float]:
    """Return the lengths of the two windows, in windows after: changes are told per window after."""
    return evidence.before.days / evidence.after.days, 1.0


def _together(places: tuple[PlaceCounts, ...]) -> BeforeAfter:
    """Return several control places as one area of their number's size: the mean of them counts."""
    return BeforeAfter(
        before=sum(place.before for place in places),
        after=sum(place.after for place in places),
        size=float(len(places)),
    )


def _by_itself(evidence: Evidence, swing: float) -> float | None:
    """Return what the picked place would have brought in the window after with no action at all."""
    picked = evidence.selection
    if picked is None:
        return None
    again = expected_next(picked.count, mean=picked.mean, dispersion=picked.dispersion, own_dispersion=swing)
    return again * evidence.after.days / picked.window.days


def _obstacle(evidence: Evidence, settings: AssessmentSettings, figures: Figures) -> Obstacle | None:
    """Return the first reason why the counts cannot be judged, or None."""
    treated, after, picked = evidence.treated, evidence.after, evidence.selection
    in_baseline = evidence.picked_in_baseline and not evidence.controls_same_band
    complete_on = after.last + timedelta(days=settings.incomplete_days)
    fewest = settings.min_count
    return next(
        (
            obstacle
            for obstacle, is_there in (
                (Obstacle.NO_CONTROLS, not evidence.controls),
                (Obstacle.PICKED_AFTERWARDS, picked is not None and picked.window.overlaps(after)),
                (Obstacle.PICKED_IN_BASELINE, in_baseline),
                (Obstacle.INCOMPLETE, evidence.assessed_on < complete_on),
                (Obstacle.SHORT_AFTER, after.days < settings.min_after_days),
                (Obstacle.SHORT_BEFORE, len(treated.weekly_before) < settings.min_before_weeks),
                (Obstacle.FEW_HERE, max(treated.before, treated.after) < fewest or figures.dispersion is None),
                (Obstacle.FEW_ELSEWHERE, sum(place.before for place in evidence.controls) < fewest),
                # Fewer than none cannot be expected: such a sum would call a place that fell to none risen.
                (Obstacle.UNLIKE, figures.expected is not None and figures.expected < 0.0),
            )
            if is_there
        ),
        None,
    )


def _verdict(figures: Figures, settings: AssessmentSettings, obstacle: Obstacle | None) -> Verdict:
    if obstacle is not None or figures.displacement is None:
        return Verdict.NO_FAIR_COMPARISON if obstacle in UNFAIR else Verdict.TOO_FEW
    here = figures.displacement.local
    if here.high < 0:
        return Verdict.FELL
    if _rose(here):
        return Verdict.ROSE
    telling = settings.telling_share * (figures.expected or 0.0)
    return Verdict.DID_NOT_FALL if here.low > -telling else Verdict.TOO_FEW


def _rose(change: Difference | None) -> bool:
    return change is not None and change.low > 0
