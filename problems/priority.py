"""Which problem first: one figure, never without the parts it is made of and how sure it is.

priority = what its reports weigh (severity x recency, drawn towards what is usual) x trend factor
+ points for overdue work. The weights are choices of a council, not findings: they bear a version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from geo.shrinkage import shrink
from problems.categories import Group
from problems.errors import InputRefused
from problems.trends import TrendWord

Floats = npt.NDArray[np.float64]

#: Draws behind the intervals of ranks; fewer (down to 200) where there are thousands of problems.
DRAWS = 2_000
_MOST_DRAWN = 4_000_000

_SEVERITY: Mapping[str, float] = MappingProxyType(
    {
        Group.ANTISOCIAL.value: 2.0,
        Group.DISPUTES.value: 1.5,
        Group.PROPERTY.value: 1.5,
        Group.OVERGROWTH.value: 0.5,
    }
)
_TREND: Mapping[TrendWord, float] = MappingProxyType(
    {
        TrendWord.NEW: 1.2,
        TrendWord.GROWING: 1.25,
        TrendWord.STEADY: 1.0,
        TrendWord.FALLING: 0.8,
        TrendWord.GONE: 0.5,
        TrendWord.TOO_FEW: 1.0,
    }
)


@dataclass(frozen=True, slots=True)
class PriorityWeights:
    """What counts how much. Whoever changes a weight raises ``version``, which is kept with results.

    ``severity`` maps a category code or the three letters of its group to a weight (the code wins;
    1 where neither is named). A report counts half after ``half_life_days``. Each day that the most
    overdue action is late adds ``overdue_per_day`` points, up to ``overdue_most_days`` days.
    """

    version: int = 1
    half_life_days: float = 30.0
    overdue_per_day: float = 0.1
    overdue_most_days: int = 90
    severity: Mapping[str, float] = field(default_factory=lambda: _SEVERITY)
    trend: Mapping[TrendWord, float] = field(default_factory=lambda: _TREND)

    def __post_init__(self) -> None:
        amounts = [*self.severity.values(), *self.trend.values(), self.overdue_per_day, self.overdue_most_days]
        if not all(np.isfinite(amount) and amount >= 0 for amount in amounts) or not self.half_life_days > 0:
            raise InputRefused(
                f"Version {self.version} of the priority weights has a weight below 0 or no half-life.",
                "A report cannot count less than nothing.",
                "Give weights of 0 or more and a half-life above 0 days.",
            )
        if missing := set(TrendWord) - set(self.trend):
            raise InputRefused(
                f"Version {self.version} of the priority weights has no factor for {', '.join(sorted(missing))}.",
                "Every word of the trend needs one.",
                "Give 1 for words that should not matter.",
            )

    def severity_of(self, category: str) -> float:
        """Return what one report of a category code counts on the day it is made."""
        return self.severity.get(category, self.severity.get(category[:3], 1.0))


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of a problem: one category code and age in days for each distinct incident.

    ``days_late`` holds one number for each overdue action.
    """

    problem_id: int
    categories: Sequence[str]
    ages_days: Sequence[float]
    trend: TrendWord = TrendWord.TOO_FEW
    days_late: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Priority:
    """The priority of a problem and its parts.

    ``score`` = ``shrunk`` x ``trend_factor`` + ``overdue_points``, in units of one report of
    severity 1 made today. ``reported`` is the plain weighted sum that was shrunk. ``low`` to
    ``high`` and ``rank_low`` to ``rank_high`` are 95 % intervals; rank 1 comes first.
    """

    problem_id: int
    score: float
    low: float
    high: float
    rank: int
    rank_low: int
    rank_high: int
    incidents: int
    reported: float
    shrunk: float
    trend: TrendWord
    trend_factor: float
    overdue_points: float
    weights_version: int

    @property
    def sentence(self) -> str:
        """The figure, its parts and how sure its place in the list is."""
        ranks = (
            f"place {self.rank}"
            if self.rank_low == self.rank_high
            else f"place {self.rank} (somewhere from {self.rank_low} to {self.rank_high})"
        )
        noun = "incident" if self.incidents == 1 else "incidents"
        late = f", and {self.overdue_points:.1f} for overdue work" if self.overdue_points else ""
        return (
            f"{self.score:.1f} points, {ranks}: {self.incidents} {noun} that weigh {self.reported:.1f}, "
            f"{self.shrunk:.1f} after allowing for chance, times {self.trend_factor:g} "
            f"({self.trend.label.casefold()}){late}."
        )


def priorities(
    candidates: Sequence[Candidate], weights: PriorityWeights | None = None, *, seed: int = 1
) -> list[Priority]:
    """Rank problems by what their reports weigh, where they are going, and what is overdue.

    Parameters
    ----------
    candidates
        The problems to be compared, each once. All of their incidents come from one window.
    weights
        What counts how much; the built-in version 1 by default.
    seed
        Of the draws behind the intervals of ranks: the same seed gives the same intervals.

    Returns
    -------
    list of Priority
        The highest score first; equal scores by the older problem. The result does not depend on
        the order of the candidates or of their reports.

    Raises
    ------
    InputRefused
        For a problem named twice, ages that do not fit the categories, or a negative age or delay.

    Notes
    -----
    The weighted sums are shrunk (:func:`geo.shrinkage.shrink`) in units of one typical report,
    sum(w^2) / sum(w) over all problems, which keeps their variance; with under ten problems nothing
    is shrunk. The intervals are about chance in the number of reports only: not about the weights,
    nor about who reports and who does not. Where intervals of ranks overlap, the order is not a
    finding. Priority is not need: places where nobody reports have none.

    Examples
    --------
    >>> quiet, loud = Candidate(7, ["WST001"] * 2, [0, 30]), Candidate(8, ["ASB001"] * 12, [0] * 12, days_late=[20])
    >>> [(one.problem_id, one.score, one.rank) for one in priorities([quiet, loud])]
    [(8, 26.0, 1), (7, 1.5, 2)]
    """
    used = weights or PriorityWeights()
    ordered = sorted(candidates, key=lambda one: one.problem_id)
    _check(ordered)
    if not ordered:
        return []
    weighed = [_weigh(one, used) for one in ordered]
    # Sorted before adding, so that the order of the reports does not show in the last digits.
    reported = np.array([float(np.sort(weight).sum()) for weight in weighed])
    every = np.sort(np.concatenate(weighed))
    unit = float((every**2).sum() / every.sum()) if every.any() else 1.0
    shrunk = shrink(reported / unit)
    factor = np.array([used.trend[one.trend] for one in ordered])
    overdue = np.array(
        [used.overdue_per_day * min(max(one.days_late, default=0), used.overdue_most_days) for one in ordered]
    )
    score = shrunk.mean * unit * factor + overdue
    low, high = (edge * unit * factor + overdue for edge in (shrunk.low, shrunk.high))
    many = max(200, min(DRAWS, _MOST_DRAWN // len(ordered)))
    draws = np.random.default_rng(seed).gamma(shrunk.shape, unit / shrunk.rate, (many, len(ordered)))
    rank_low, rank_high = _rank_interval(draws * factor + overdue)
    # Adding up in another unit can differ in the last digit: such scores are equal.
    order = np.lexsort((np.arange(len(ordered)), -np.round(score, 9)))
    return [
        Priority(
            problem_id=ordered[place].problem_id,
            score=round(float(score[place]), 9),
            low=float(low[place]),
            high=float(high[place]),
            rank=rank,
            rank_low=min(int(rank_low[place]), rank),
            rank_high=max(int(rank_high[place]), rank),
            incidents=len(weighed[place]),
            reported=float(reported[place]),
            shrunk=float(shrunk.mean[place] * unit),
            trend=ordered[place].trend,
            trend_factor=float(factor[place]),
            overdue_points=float(overdue[place]),
            weights_version=used.version,
        )
        for rank, place in enumerate(order.tolist(), 1)
    ]


def _check(ordered: Sequence[Candidate]) -> None:
    seen: set[int] = set()
    for one in ordered:
        if one.problem_id in seen:
            why = "it is named twice"
        elif len(one.categories) != len(one.ages_days):
            why = f"it has {len(one.categories)} categories and {len(one.ages_days)} ages"
        elif not all(np.isfinite(age) and age >= 0 for age in [*one.ages_days, *one.days_late]):
            why = "an age or a delay is below 0 or missing"
        else:
            seen.add(one.problem_id)
            continue
        raise InputRefused(
            f"The priority of problem {one.problem_id} was asked for, but {why}.",
            "",
            "Give each problem once, with one category and one age of 0 or more for each incident.",
        )


def _weigh(one: Candidate, weights: PriorityWeights) -> Floats:
    severity = np.array([weights.severity_of(category) for category in one.categories], dtype=np.float64)
    ages = np.asarray(one.ages_days, dtype=np.float64)
    return np.asarray(severity * 0.5 ** (ages / weights.half_life_days), dtype=np.float64)


def _rank_interval(draws: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return between which ranks each problem is in 95 % of the draws (draws, n)."""
    order = np.argsort(-draws, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, draws.shape[1] + 1)[None, :], axis=1)
    low, high = np.quantile(ranks, [0.025, 0.975], axis=0, method="nearest")
    return low.astype(np.int64), high.astype(np.int64)
