"""How often an assessment errs, and how often it finds a fall that is there.

``python benchmarks/assessment.py [RUNS]``; counts are drawn with a fixed seed, so that two runs print the same table.
An error is a change that is called more than chance (at 5 %) where nothing was changed.
"""

import math
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from geo.dispersion import mean_dispersion
from geo.displacement import BeforeAfter, Difference, dispersion_of_changes, displacement_difference
from geo.regression_to_mean import comparable_places, control_candidates, expected_next
from geo.run_chart import run_chart
from geo.two_counts import e_test, smallest_drop
from problems.assessment import assess
from problems.evidence import Evidence, PlaceCounts, Window
from problems.verdicts import Verdict

RUNS = 2_000
WEEKS = 13
Counts = npt.NDArray[np.int64]


def draw(
    rng: np.random.Generator, mean: float | npt.NDArray[np.float64], swing: float, shape: tuple[int, ...]
) -> Counts:
    """Return counts with a mean, and a variance of ``swing`` times that."""
    if swing == 1:
        return rng.poisson(mean, shape).astype(np.int64)
    return rng.negative_binomial(np.asarray(mean) / (swing - 1), 1 / swing, shape).astype(np.int64)


def found(change: Difference) -> bool:
    """Tell whether a change is called more than chance."""
    return change.high < 0 or change.low > 0


def differences(runs: int, mean: float, swing: float, drop: float, controls: int) -> tuple[float, float, float]:
    """Return how often a change is found: plain, scaled by the true and by the measured dispersion."""
    rng = np.random.default_rng(11)
    weekly = draw(rng, mean / WEEKS, swing, (runs, controls + 1, WEEKS))
    treated_after = draw(rng, mean * (1 - drop), swing, (runs,))
    control_after = draw(rng, mean, swing, (runs, controls)).sum(axis=1)
    hits = np.zeros(3)
    for before, treated, control in zip(weekly, treated_after.tolist(), control_after.tolist(), strict=True):
        here = BeforeAfter(int(before[0].sum()), treated)
        there = BeforeAfter(int(before[1:].sum()), control, size=controls)
        measured, freedom = mean_dispersion(before), int(before.any(axis=1).sum()) * (WEEKS - 1)
        for way, (dispersion, known_from) in enumerate(
            [(1.0, None), (swing, None), (measured or 1.0, freedom or None)]
        ):
            result = displacement_difference(here, there, dispersion=dispersion, freedom=known_from)
            hits[way] += found(result.local)
    plain, known, own = (hits / runs).tolist()
    return plain, known, own


def table_of_differences(runs: int) -> None:
    """Print error rates and power of the displacement difference."""
    print(f"Weighted displacement difference, {runs:,} runs a line, {WEEKS} weeks before")
    print(
        "                                  error rate                       found (scaled, measured)   80 % of the time"
    )
    print("  mean  variance/mean  controls   plain  scaled, known  measured   25 % drop  50 % drop       a drop of")
    for mean in (20, 50, 100):
        for swing in (1.0, 2.0, 3.0):
            for controls in (1, 5):
                plain, known, own = differences(runs, mean, swing, 0.0, controls)
                quarter, half = (differences(runs, mean, swing, drop, controls)[2] for drop in (0.25, 0.5))
                least = smallest_drop(mean, mean + 2 * mean / controls, dispersion=swing)
                print(
                    f"  {mean:4}  {swing:13.0f}  {controls:8}  {plain:6.1%}  {known:13.1%}  {own:8.1%}"
                    f"  {quarter:10.1%}  {half:9.1%}  {'none' if least is None else f'{least:.0f}':>14}"
                )


def table_of_slow_swings(runs: int) -> None:
    """Print what happens when rates drift between windows, which weekly counts before cannot show."""
    print("\nRates that drift between the windows, each place by itself; 50 per area, Poisson, 5 controls")
    print("  drift (1 sd)   error rate: by week  by week and by control   50 % drop: by week  by week and by control")
    for drift in (0.0, 0.1, 0.2, 0.3):
        (weekly, both), (weekly_found, both_found) = (_drifting(runs, drift, drop) for drop in (0.0, 0.5))
        print(f"  {drift:12.0%}  {weekly:20.1%}  {both:22.1%}  {weekly_found:18.1%}  {both_found:22.1%}")


def _drifting(runs: int, drift: float, drop: float) -> tuple[float, float]:
    rng = np.random.default_rng(12)
    hits = np.zeros(2)
    for _ in range(runs):
        rate = 50 * np.exp(rng.normal(0, drift, (2, 6)) - drift * drift / 2)
        rate[1, 0] *= 1 - drop
        before = draw(rng, np.repeat(rate[0][:, None], WEEKS, 1) / WEEKS, 1, (6, WEEKS))
        after = draw(rng, rate[1], 1, (6,))
        areas = [BeforeAfter(int(week.sum()), int(later)) for week, later in zip(before, after, strict=True)]
        control = BeforeAfter(sum(one.before for one in areas[1:]), sum(one.after for one in areas[1:]), size=5)
        by_week, by_control = mean_dispersion(before) or 1.0, dispersion_of_changes(areas[1:]) or 1.0
        for way, swing in enumerate([by_week, max(by_week, by_control)]):
            result = displacement_difference(areas[0], control, dispersion=swing, freedom=6 * (WEEKS - 1))
            hits[way] += found(result.local)
    by_week_only, both = (hits / runs).tolist()
    return by_week_only, both


def table_of_picked_places(runs: int) -> None:
    """Print what happens to the 5 highest of 200 places when nothing is done, and who is told that it worked."""
    print("\nThe 5 highest of 200 places, nothing done; the time before is the time that picked them")
    print(
        "  mean  places   fall in fact  fall foretold   called fallen: against itself  any controls  same band  (runs)"
    )
    for mean in (5.0, 20.0):
        for unlike in (1.0, 3.0):
            print(_picked(max(40, runs // 10), mean, unlike))


def _picked(runs: int, mean: float, unlike: float) -> str:
    rng = np.random.default_rng(13)
    counted, fell, foretold, judged = 0, 0.0, 0.0, np.zeros(4)
    for _ in range(runs):
        rate = mean if unlike == 1 else rng.gamma(mean / (unlike - 1), unlike - 1, 200)
        before, after = draw(rng, rate, 1, (200,)), draw(rng, rate, 1, (200,))
        all_of_them = comparable_places(before)
        top = np.argsort(-before, kind="stable")[:5]
        for place in top:
            count, others = int(before[place]), np.setdiff1d(np.arange(200), top)
            band = control_candidates(others, before[others], np.full(195, 9e3), treated_count=count, ring_m=100)
            chance = others[rng.permutation(195)[:5]].tolist()
            itself = e_test(int(after[place]), count) or 1.0
            judged += [
                itself < 0.05 and after[place] < count,
                _called_fallen(before, after, int(place), chance),
                bool(band) and _called_fallen(before, after, int(place), list(band)),
                bool(band),
            ]
            counted += count
            fell += count - after[place]
            foretold += count - expected_next(count, mean=all_of_them.mean, dispersion=all_of_them.dispersion or 1.0)
    picked = 5 * runs
    itself_share, any_share = (judged[:2] / picked).tolist()
    return (
        f"  {mean:4.0f}  {'alike' if unlike == 1 else 'unlike':6}  {fell / counted:13.1%}  {foretold / counted:13.1%}"
        f"  {itself_share:29.1%}  {any_share:12.1%}  {judged[2] / judged[3]:9.1%}  ({int(judged[3])} of {picked})"
    )


def _called_fallen(before: Counts, after: Counts, place: int, controls: list[int]) -> bool:
    result = displacement_difference(
        BeforeAfter(int(before[place]), int(after[place])),
        BeforeAfter(int(before[controls].sum()), int(after[controls].sum()), size=len(controls)),
    )
    return result.local.high < 0


def table_of_verdicts(runs: int) -> None:
    """Print what :func:`problems.assessment.assess` says of places that changed by a known share."""
    print(f"\nVerdicts, variance/mean 1.5, 5 controls, {runs:,} runs a line")
    print("  mean     change   fell  did not fall   rose  too few")
    for mean in (20, 50, 100, 200):
        for change in (0.0, -0.25, -0.5, 0.5):
            counts = _verdicts(runs, mean, change)
            told = (Verdict.FELL, Verdict.DID_NOT_FALL, Verdict.ROSE, Verdict.TOO_FEW)
            fell, not_fell, rose, few = (counts[verdict] / runs for verdict in told)
            print(f"  {mean:4}  {change:8.0%}  {fell:6.1%}  {not_fell:12.1%} {rose:6.1%}  {few:7.1%}")


def _verdicts(runs: int, mean: float, change: float) -> Counter[Verdict]:
    rng = np.random.default_rng(15)
    start = date(2025, 1, 6)
    before = Window(start, start + timedelta(weeks=WEEKS, days=-1))
    after = Window(start + timedelta(weeks=WEEKS), start + timedelta(weeks=2 * WEEKS, days=-1))
    said: Counter[Verdict] = Counter()
    for _ in range(runs):
        weekly = draw(rng, mean / WEEKS, 1.5, (6, WEEKS))
        later = [*draw(rng, mean * (1 + change), 1.5, (1,)), *draw(rng, mean, 1.5, (5,))]
        places = [
            PlaceCounts(number, int(weeks.sum()), int(count), tuple(weeks.tolist()))
            for number, (weeks, count) in enumerate(zip(weekly, later, strict=True), 1)
        ]
        evidence = Evidence(before, after, after.last + timedelta(days=30), places[0], tuple(places[1:]))
        said[assess(evidence).verdict] += 1
    return said


def table_of_charts(runs: int) -> None:
    """Print how often a run chart of an unchanged place signals, and one of a place that fell by half."""
    print("\nRun chart, 26 weeks of baseline and 13 after: charts with a long run, or a week outside, in the 13 weeks")
    print("  a week  variance/mean   nothing changed: run  outside   fell by half: run  outside")
    for mean in (0.3, 2.0, 8.0):
        for swing in (1.0, 2.0):
            shares = [_signals(runs, mean, swing, drop) for drop in (0.0, 0.5)]
            (calm_run, calm_out), (run, out) = shares
            print(f"  {mean:6}  {swing:13.0f}  {calm_run:21.1%}  {calm_out:7.1%}  {run:18.1%}  {out:7.1%}")


def _signals(runs: int, mean: float, swing: float, drop: float) -> tuple[float, float]:
    rng = np.random.default_rng(14)
    hits = np.zeros(2)
    for _ in range(runs):
        weeks = np.concatenate([draw(rng, mean, swing, (26,)), draw(rng, mean * (1 - drop), swing, (13,))])
        chart = run_chart(weeks, baseline_weeks=26)
        if chart is None:
            raise SystemExit("The chart of 26 weeks was refused.")
        hits += [any(one.stop > 26 for one in chart.runs), any(week >= 26 for week in chart.outside)]
    run, outside = (hits / runs).tolist()
    return run, outside


def table_of_two_counts() -> None:
    """Print the exact error rate of the test of two counts: no drawing, all pairs are added up."""
    print("\nTest of two Poisson counts (E-test) at 5 %, exact error rate")
    for mean in (2, 5, 10, 20):
        most = math.ceil(mean + 8 * math.sqrt(mean))
        chance = np.exp([n * math.log(mean) - mean - math.lgamma(n + 1) for n in range(most + 1)])
        error = sum(
            chance[one] * chance[two]
            for one in range(most + 1)
            for two in range(most + 1)
            if (e_test(one, two) or 1.0) < 0.05
        )
        print(f"  {mean:3} expected in both  {error:6.1%}")


def main(runs: int) -> None:
    """Measure and print the tables."""
    table_of_differences(runs)
    table_of_slow_swings(runs)
    table_of_picked_places(runs)
    table_of_verdicts(max(1, runs // 2))
    table_of_charts(max(1, runs // 2))
    table_of_two_counts()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
