"""The same problem next week: which hot spot of this refresh belongs to which problem.

Live set: the reports that lie inside both windows. Hot spots keep a problem's identity by the
largest total Jaccard index of live sets; what happened is then named by how much of each side the
other holds. All of it is arithmetic on ids: nothing is loaded or saved here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from geo.assignment import best_pairs
from geo.overlap import live_overlap
from problems.finding import Found

Ids = npt.NDArray[np.int64]

#: A child that holds this share of its parent continues it; a parent of which a hot spot holds this
#: share went into it.
CONTINUES = 0.5
#: The smallest share of the parent that makes a child of a split.
CHILD = 0.25


@dataclass(frozen=True, slots=True)
class Before:
    """A problem as the last refresh that matched it left it.

    ``members`` are the report ids of its last hot spot, ``seen_until_s`` the end of that refresh's
    window (seconds UTC): reports from later on are not in both windows.
    """

    problem_id: int
    group: str
    members: Ids
    seen_until_s: int


@dataclass(frozen=True, slots=True)
class Matching:
    """What became of what. Indices are positions in the two sequences that were matched.

    ``kept`` maps a hot spot to the problem whose identity it keeps; ``split`` a problem to the hot
    spots it fell into; ``merged`` a hot spot to the problems that went into it. Problems are
    positions in ``before``.
    """

    kept: dict[int, int]
    split: dict[int, tuple[int, ...]] = field(default_factory=dict)
    merged: dict[int, tuple[int, ...]] = field(default_factory=dict)


def match(
    before: Sequence[Before],
    now: Sequence[Found],
    window_ids: Ids,
    window_s: npt.NDArray[np.int64],
    *,
    min_jaccard: float,
) -> Matching:
    """Match the hot spots of a refresh to problems by their live sets.

    Parameters
    ----------
    before
        Problems with their last hot spot, older problems first: ties go to them.
    now
        Hot spots of this refresh; within a group by their lowest report id: ties go to them next.
    window_ids, window_s : (n,)
        Every report of this refresh's window, ascending by id, and when it was reported.
    min_jaccard
        Smallest Jaccard index of live sets that keeps an identity.

    Returns
    -------
    Matching
        Deterministic, whatever the order of the reports.
    """
    result = Matching(kept={})
    for group in sorted({old.group for old in before} & {str(found.group) for found in now}):
        rows = [index for index, old in enumerate(before) if old.group == group]
        columns = [index for index, found in enumerate(now) if str(found.group) == group]
        _match_group(result, before, now, rows, columns, window_ids, window_s, min_jaccard)
    return result


def _match_group(
    result: Matching,
    before: Sequence[Before],
    now: Sequence[Found],
    rows: Sequence[int],
    columns: Sequence[int],
    window_ids: Ids,
    window_s: npt.NDArray[np.int64],
    min_jaccard: float,
) -> None:
    shared = np.zeros((len(rows), len(columns)), dtype=np.int64)
    size_before = np.zeros(len(rows), dtype=np.int64)
    size_now = np.zeros((len(rows), len(columns)), dtype=np.int64)
    jaccard = np.zeros((len(rows), len(columns)))
    # Problems last seen by one refresh share their live reports: a week without a match is rare.
    for seen_until_s in {before[row].seen_until_s for row in rows}:
        block = [place for place, row in enumerate(rows) if before[row].seen_until_s == seen_until_s]
        overlap = live_overlap(
            [before[rows[place]].members for place in block],
            [now[column].members for column in columns],
            window_ids[window_s < seen_until_s],
        )
        shared[block], size_before[block] = overlap.shared, overlap.before_size
        size_now[block], jaccard[block] = overlap.now_size, overlap.jaccard
    for row, column in best_pairs(jaccard, minimum=min_jaccard):
        result.kept[columns[column]] = rows[row]
    went_into = shared / np.maximum(size_before, 1)[:, None]
    for place, row in enumerate(rows):
        children = _children(went_into[place])
        if children:
            result.split[row] = tuple(columns[child] for child in children)
    for place, column in enumerate(columns):
        parents = [rows[int(row)] for row in np.flatnonzero(went_into[:, place] >= CONTINUES)]
        if len(parents) > 1:
            result.merged[column] = tuple(parents)


def _children(share: npt.NDArray[np.float64]) -> list[int]:
    """Return the hot spots that a problem split into, or nothing when it did not split.

    It split when at least two hot spots hold a quarter of it each and together half of it.
    """
    children = [int(child) for child in np.flatnonzero(share >= CHILD)]
    if len(children) < 2 or float(share[children].sum()) < CONTINUES:
        return []
    return sorted(children, key=lambda child: (-share[child], child))
