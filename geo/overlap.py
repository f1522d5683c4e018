"""How much two sets of hot spots share: the figures behind "the same problem next week"."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from geo.arrays import Floats, Ints


@dataclass(frozen=True, slots=True)
class LiveOverlap:
    """Shared members of every earlier set (a) with every later set (b), among the live ones.

    ``shared`` (a, b), ``before_size`` (a,) and ``now_size`` (b,) are int64 counts of live members;
    ``jaccard`` (a, b) is shared / (either), 0 where both sets have no live member.
    """

    shared: Ints
    before_size: Ints
    now_size: Ints
    jaccard: Floats


def live_overlap(before: Sequence[npt.ArrayLike], now: Sequence[npt.ArrayLike], live_ids: npt.ArrayLike) -> LiveOverlap:
    """Compare the members of two families of sets, counting only live ids.

    Parameters
    ----------
    before, now : sequence of array_like, integer
        Ids of the members of each set, ascending at best (others are sorted first). An id that is
        repeated inside a set counts once.
    live_ids : array_like, integer
        The ids that could be in both: reports inside both windows.

    Returns
    -------
    LiveOverlap
        In the order of ``before`` and ``now``.

    Notes
    -----
    Time and memory grow with the number of members plus a * b, not with a * b * members. Without
    the restriction to live ids, a rolling window lowers the overlap of an unchanged hot spot by
    itself; it says nothing about where the sets lie.

    Examples
    --------
    >>> found = live_overlap([[1, 2, 3, 4]], [[3, 4, 5], [9]], [2, 3, 4, 5, 9])
    >>> found.shared.tolist(), found.before_size.tolist(), found.now_size.tolist()
    ([[2, 0]], [3], [3, 1])
    >>> found.jaccard.tolist()
    [[0.5, 0.0]]
    """
    live = _ascending(live_ids)
    before_members = _membership(before, live)
    now_members = _membership(now, live)
    shared = (before_members @ now_members.T).toarray().astype(np.int64)
    before_size = np.diff(before_members.indptr).astype(np.int64)
    now_size = np.diff(now_members.indptr).astype(np.int64)
    either = before_size[:, None] + now_size[None, :] - shared
    jaccard = np.divide(shared, either, out=np.zeros(shared.shape), where=either > 0)
    return LiveOverlap(shared, before_size, now_size, jaccard)


def _membership(sets: Sequence[npt.ArrayLike], live: Ints) -> csr_array:
    """Return the (sets, live) matrix of ones; row k holds the live members of set k once each."""
    columns: list[Ints] = [np.empty(0, dtype=np.int64)]
    ends = [0]
    for members in sets:
        ids = _ascending(members)
        position = np.searchsorted(live, ids)
        found = position < len(live)
        found[found] = live[position[found]] == ids[found]
        columns.append(position[found])
        ends.append(ends[-1] + int(found.sum()))
    column = np.concatenate(columns)
    return csr_array((np.ones(len(column), dtype=np.int64), column, ends), shape=(len(sets), max(len(live), 1)))


def _ascending(ids: npt.ArrayLike) -> Ints:
    # Stores hand ids over in ascending order: looking is 50 times faster than numpy's unique.
    array = np.asarray(ids, dtype=np.int64)
    return array if (array[1:] > array[:-1]).all() else np.unique(array)
