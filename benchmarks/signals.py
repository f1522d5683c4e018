"""How often each alert errs and finds, how often each interval holds, and what closed ones alone say of a time.

``python benchmarks/signals.py [--whole]``: weekly counts without any change and with a planted one, at means of 1
to 60 and variances of 1 to 5 times the mean; whole weeks of 400 series; intervals of every figure of the briefing;
times to a fix of which part is still open. Prints tables; everything is drawn from fixed seeds.
"""

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from geo.funnel import funnel
from geo.proportions import proportion
from geo.survival import kaplan_meier
from geo.weekly import BAND_WEEKS, WeekTest, judge_week, latest_weeks, root_score, week_swing
from problems.signals import weekly_signals

MEANS, DISPERSIONS = (1, 2, 4, 8, 16, 30, 60), (1.0, 2.0, 3.0, 5.0)
WEEKS, SERIES, PLANTED = 52, 400, 20
FIRST = date(2024, 1, 1)

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def drawn(rng: np.random.Generator, mean: npt.ArrayLike, dispersion: float, shape: tuple[int, ...]) -> Counts:
    """Return counts of this mean whose variance is ``dispersion`` times as large."""
    usual = np.broadcast_to(np.asarray(mean, dtype=np.float64), shape)
    if dispersion == 1.0:
        return rng.poisson(usual)
    return rng.negative_binomial(usual / (dispersion - 1.0), 1.0 / dispersion)


def judged(table: Counts) -> WeekTest:
    """Hold the last week of each series against its band, as the briefing does."""
    before = table[:, :-1]
    fit = np.ones(before.shape, dtype=np.bool_)
    return judge_week(table[:, -1], before, latest_weeks(fit, BAND_WEEKS), week_swing(before, fit))


def alarms(table: Counts) -> dict[str, float]:
    """Return the share of series, in percent, that each rule flags in their last week."""
    now, last, band = table[:, -1], table[:, -2], table[:, -1 - BAND_WEEKS : -1].mean(axis=1)
    fit = np.ones((len(table), table.shape[1] - 1), dtype=np.bool_)
    spread = week_swing(table[:, :-1], fit, common_freedom=0.0).dispersion
    flagged = {
        "+50 %": now >= 1.5 * np.maximum(last, 1),
        "2(r-r)": np.abs(2.0 * (np.sqrt(now) - np.sqrt(last))) >= 3.0,
        "root/phi": np.abs(root_score(now, band, dispersion=spread, weeks=BAND_WEEKS)) >= 3.0,
        "Fixpoint": np.abs(judged(table).z) >= 3.0,
    }
    return {name: 100.0 * float(found.mean()) for name, found in flagged.items()}


def print_alarms(number: int) -> None:
    """Print false alarms by mean and dispersion, for a year and for eight weeks known."""
    rng = np.random.default_rng(1)
    for weeks in (WEEKS, BAND_WEEKS):
        print(f"\nfalse alarms in %, nothing changed, {weeks} weeks known ({number} series a cell)")
        names = ("+50 %", "2(r-r)", "root/phi", "Fixpoint")
        print(f"{'mean':>6s}" + "".join(f"{f'{name}, {spread:g}':>13s}" for name in names for spread in DISPERSIONS))
        every: dict[str, list[float]] = {name: [] for name in names}
        for mean in MEANS:
            cells = [alarms(drawn(rng, mean, spread, (number, weeks + 1))) for spread in DISPERSIONS]
            print(f"{mean:6d}" + "".join(f"{cell[name]:13.2f}" for name in names for cell in cells))
            for name in names:
                every[name] += [cell[name] for cell in cells]
        for name in names:
            low, high, middle = min(every[name]), max(every[name]), np.mean(every[name])
            print(f"  {name:10s} {low:6.2f} to {high:6.2f}, all cells {middle:6.2f}")


def print_power(number: int) -> None:
    """Print how often a week with another mean is beyond three standard deviations."""
    rng = np.random.default_rng(2)
    print(f"\nfound at 3 sigma in %, a year known, by dispersion ({number} series a cell)")
    times = (0.0, 0.5, 1.5, 2.0, 3.0)
    print(f"{'mean':>6s}" + "".join(f"{f'x{factor:g}, {spread:g}':>10s}" for factor in times for spread in DISPERSIONS))
    for mean in MEANS:
        cells = []
        for factor in times:
            for spread in DISPERSIONS:
                table = drawn(rng, mean, spread, (number, WEEKS + 1))
                table[:, -1] = drawn(rng, factor * mean, spread, (number,)) if factor else 0
                cells.append(100.0 * float((np.abs(judged(table).z) >= 3.0).mean()))
        print(f"{mean:6d}" + "".join(f"{cell:10.0f}" for cell in cells))


def print_weeks(runs: int) -> None:
    """Print what is called out of whole weeks of many series, with and without planted ones."""
    rng = np.random.default_rng(3)
    names = [f"{number:03d}" for number in range(SERIES)]
    starts = [FIRST + timedelta(weeks=week) for week in range(WEEKS + 1)]
    print(f"\n{SERIES} series a week of means 1 to 60 and dispersions 1 to 5 mixed, {runs} weeks, called out at q 5 %")
    print(f"{'planted':>28s}{'weeks with any':>16s}{'false a week':>14s}{'found':>8s}{'false of called':>17s}")
    for label, factor in (
        ("none", 1.0),
        (f"{PLANTED} doubled", 2.0),
        (f"{PLANTED} tripled", 3.0),
        (f"{PLANTED} halved", 0.5),
    ):
        some = wrong = right = 0
        for _ in range(runs):
            table = np.vstack([_mixed(rng, spread, SERIES // 4) for spread in DISPERSIONS])
            chosen = rng.choice(SERIES, PLANTED, replace=False)
            if factor != 1.0:
                table[chosen, -1] = [_again(rng, int(at), factor) for at in chosen]
            called = np.array([one.word.is_called_out for one in weekly_signals(table, names, starts).every])
            planted = np.isin(np.arange(SERIES), chosen) & (factor != 1.0)
            some += bool(called.any())
            right += int((called & planted).sum())
            wrong += int((called & ~planted).sum())
        found = f"{right / (runs * PLANTED):8.0%}" if factor != 1.0 else "       -"
        false = f"{wrong / max(1, wrong + right):17.1%}" if factor != 1.0 else "                -"
        print(f"{label:>28s}{some / runs:16.1%}{wrong / runs:14.2f}{found}{false}")


def _mean_of(at: int) -> float:
    return float(np.geomspace(1, 60, SERIES // 4)[at % (SERIES // 4)])


def _mixed(rng: np.random.Generator, spread: float, number: int) -> Counts:
    return drawn(rng, np.geomspace(1, 60, number)[:, None], spread, (number, WEEKS + 1))


def _again(rng: np.random.Generator, at: int, factor: float) -> int:
    return int(drawn(rng, factor * _mean_of(at), DISPERSIONS[at // (SERIES // 4)], (1,))[0])


def print_seasons(runs: int) -> None:
    """Print how often a season that comes every year is taken for a change, with and without allowing for it."""
    rng = np.random.default_rng(7)
    weeks, areas = 3 * WEEKS + 1, 20
    starts = [FIRST + timedelta(weeks=week) for week in range(weeks)]
    names = [f"{number:03d}" for number in range(areas + 1)]
    print(f"\na season of 0.6 (busiest week 3.3 times the calmest), three years known, {runs} weeks of {areas} areas")
    print(f"{'mean':>6s}{'dispersion':>12s}{'plain, beyond 3 sigma':>24s}{'season known':>16s}{'in its range':>16s}")
    for mean in (4, 16, 60):
        for spread in (1.0, 2.0):
            beyond, inside = {False: 0, True: 0}, 0
            for _ in range(runs):
                course = mean * np.exp(0.6 * np.cos(2 * np.pi * (np.arange(weeks) / 52.18 - rng.random())))
                table = drawn(rng, course, spread, (areas, weeks))
                table = np.vstack([table, table.sum(axis=0)])
                for known in (False, True):
                    pools = np.full(areas + 1, areas) if known else None
                    found = weekly_signals(table, names, starts, pools=pools).every[:areas]
                    bands = [(one.count, one.band) for one in found if one.band is not None]
                    beyond[known] += sum(abs(band.z) >= 3.0 for _, band in bands)
                    inside += known * sum(band.low <= count <= band.high for count, band in bands)
            plain, allowed, held = (100 * each / (runs * areas) for each in (beyond[False], beyond[True], inside))
            print(f"{mean:6d}{spread:12g}{plain:24.2f}{allowed:16.2f}{held:16.1f}")


# -- intervals --


def print_ranges(number: int) -> None:
    """Print how many usual weeks lie in the range that is shown for them."""
    rng = np.random.default_rng(4)
    print(f"\nusual weeks within the range of 95 %, in %, a year known ({number} series a cell)")
    print(f"{'mean':>6s}" + "".join(f"{spread:10g}" for spread in DISPERSIONS))
    for mean in MEANS:
        cells = []
        for spread in DISPERSIONS:
            table = drawn(rng, mean, spread, (number, WEEKS + 1))
            test = judged(table)
            cells.append(100.0 * float(((table[:, -1] >= test.low) & (table[:, -1] <= test.high)).mean()))
        print(f"{mean:6d}" + "".join(f"{cell:10.1f}" for cell in cells))


def print_intervals(runs: int) -> None:
    """Print how often each other interval holds what is true."""
    rng = np.random.default_rng(5)
    print(f"\nintervals of 95 % that hold the truth, in % ({runs} runs each)")
    for name, hits in (
        *_times(rng, runs),
        *_returns(rng, runs),
        *_shares(rng, runs),
        *_funnels(rng, max(20, runs // 20)),
    ):
        print(f"{name:60s}{hits:8.1f}")


def _times(rng: np.random.Generator, runs: int) -> Iterator[tuple[str, float]]:
    """Yield times to a fix of 60.5 days in the middle, with 29 % still open; and of a window that cuts in."""
    for number in (20, 50, 150):
        for share, truth in ((0.5, 60.5), (0.9, 60.5 * np.log(10) / np.log(2))):
            held = told = 0
            for _ in range(runs):
                last, ended, _ = _fixes(rng, number, 295.0)
                found = kaplan_meier(last, ended).quantile(share)
                told += found.days is not None
                held += (found.low_days or 0.0) <= truth and (found.high_days is None or truth <= found.high_days)
            yield f"time to fix, {share:.0%} of {number} (told in {told / runs:.0%})", 100 * held / runs
    held = 0
    for _ in range(runs):
        last, ended, entered = _window(rng, 150)
        found = kaplan_meier(last, ended, entered_days=entered).quantile(0.5)
        held += (found.low_days or 0.0) <= 60.5 and (found.high_days is None or found.high_days >= 60.5)
    yield "time to fix, 50% in a window of 90 days, about 100", 100 * held / runs


def _fixes(rng: np.random.Generator, number: int, span: float) -> tuple[Floats, npt.NDArray[np.bool_], Floats]:
    true = rng.exponential(60.5 / np.log(2), number)
    known = rng.uniform(0.0, span, number)
    return np.minimum(true, known), true <= known, true


def _window(rng: np.random.Generator, number: int) -> tuple[Floats, npt.NDArray[np.bool_], Floats]:
    received = rng.uniform(-300.0, 90.0, 2 * number)
    end = received + rng.exponential(60.5 / np.log(2), 2 * number)
    seen = end > 0.0
    received, end = received[seen], end[seen]
    return np.minimum(end, 90.0) - received, end <= 90.0, np.maximum(0.0, -received)


def _returns(rng: np.random.Generator, runs: int) -> Iterator[tuple[str, float]]:
    """Yield problems that come back within 180 days, fixed at any time of the last year."""
    for number, share in ((15, 0.2), (40, 0.1), (40, 0.3), (120, 0.2)):
        held = told = 0
        for _ in range(runs):
            back = np.where(rng.random(number) < share, rng.uniform(1.0, 180.0, number), 9_999.0)
            known = rng.uniform(0.0, 365.0, number)
            age, ended = np.minimum(np.minimum(back, known), 180.0), (back <= known) & (back <= 180.0)
            found = kaplan_meier(age, ended).ended_by(180.0)
            if found is not None:
                told += 1
                held += found.low <= share <= found.high
        yield f"came back within 180 days, {share:.0%} of {number}", 100 * held / told


def _shares(rng: np.random.Generator, runs: int) -> Iterator[tuple[str, float]]:
    """Yield shares in time with Wilson's interval."""
    for number in (10, 30, 100):
        for share in (0.5, 0.8, 0.95):
            ranges = [proportion(count, number) for count in range(number + 1)]
            counts = rng.binomial(number, share, 20 * runs)
            held = np.array([one.low <= share <= one.high for one in ranges])[counts].mean()
            yield f"in time, {share:.0%} of {number}", 100 * float(held)


def _funnels(rng: np.random.Generator, runs: int) -> Iterator[tuple[str, float]]:
    """Yield areas within the inner limits (and beyond the outer ones) when no area differs."""
    for spread in (1.0, 2.0, 4.0):
        for mean in (10, 40):
            near = far = 0
            for _ in range(runs):
                size = rng.uniform(0.3, 2.0, 30)
                counts = drawn(rng, mean * size, spread, (30,))
                found = funnel(counts, size)
                near += int(((counts >= found.low95) & (counts <= found.high95)).sum())
                far += int(((counts < found.low998) | (counts > found.high998)).sum())
            yield (
                f"30 areas, mean {mean}, dispersion {spread:g} (beyond 99.8: {100 * far / runs / 30:.2f} %)",
                100 * near / runs / 30,
            )


def print_truth(runs: int) -> None:
    """Print what three figures say of a time to fix whose middle is 60.5 days."""
    rng = np.random.default_rng(6)
    print(f"\ntime to fix, true middle 60.5 days, true mean {60.5 / np.log(2):.0f}; {runs} runs of 600 reports")
    print(
        f"{'still open':>12s}{'closed, mean':>14s}{'closed, middle':>16s}{'last 100, mean':>16s}{'Kaplan-Meier':>14s}"
    )
    for span in (90.0, 180.0, 295.0, 1_200.0):
        rows = []
        for _ in range(runs):
            true, known = rng.exponential(60.5 / np.log(2), 600), rng.uniform(0.0, span, 600)
            ended = true <= known
            newest = true[ended][np.argsort(known[ended] - true[ended])[:100]]
            middle = kaplan_meier(np.minimum(true, known), ended).quantile(0.5).days
            rows.append((1 - ended.mean(), true[ended].mean(), np.median(true[ended]), newest.mean(), middle or np.nan))
        still, mean, median, late, curve = np.nanmean(np.array(rows, dtype=float), axis=0)
        print(f"{still:12.0%}{mean:14.1f}{median:16.1f}{late:16.1f}{curve:14.1f}")


def main() -> None:
    """Print every table; ``--whole`` with twenty times the draws, as in docs/statistics.md."""
    quick = "--whole" not in sys.argv[1:]
    print_alarms(1_000 if quick else 20_000)
    print_power(300 if quick else 3_000)
    print_weeks(5 if quick else 100)
    print_seasons(5 if quick else 150)
    print_ranges(1_000 if quick else 20_000)
    print_intervals(100 if quick else 2_000)
    print_truth(10 if quick else 200)


if __name__ == "__main__":
    main()
