"""Which old thing is which new thing: one-to-one pairs with the largest total score."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment


def best_pairs(score: npt.NDArray[np.float64], *, minimum: float) -> list[tuple[int, int]]:
    """Pair rows with columns so that the sum of the scores is largest.

    Every row and every column is in one pair at most; pairs that score below ``minimum`` are left
    out. Ties go to the lower row, then to the lower column, so the caller decides them by the
    order it gives. The pairs are sorted by row.

    Parameters
    ----------
    score : (a, b) float64, at least 0
        What pairing row i with column j is worth, such as a Jaccard index.
    minimum : float
        Smallest score that makes a pair.

    Returns
    -------
    list of (row, column)

    Notes
    -----
    Solved exactly with the modified Jonker-Volgenant algorithm of
    ``scipy.optimize.linear_sum_assignment`` (Crouse 2016). A pair says that two sets overlap best
    among all pairings, not that they are the same thing.

    Examples
    --------
    >>> best_pairs(np.array([[0.9, 0.6], [0.8, 0.1]]), minimum=0.3)
    [(0, 1), (1, 0)]
    >>> best_pairs(np.array([[0.5, 0.5], [0.5, 0.5]]), minimum=0.3)
    [(0, 0), (1, 1)]
    """
    if score.size == 0:
        return []
    rows, columns = score.shape
    eligible = np.where(score >= minimum, score, 0.0)
    # Pairing low rows with low columns earns the most, and all of it together less than the
    # smallest difference between the Jaccard indices of two sets of a few thousand.
    earlier = np.outer(np.arange(rows, 0, -1), np.arange(columns, 0, -1))
    nudge = 1e-7 / (rows * columns * min(rows, columns))
    preferred = np.where(eligible > 0, eligible + nudge * earlier, 0.0)
    chosen_rows, chosen_columns = linear_sum_assignment(preferred, maximize=True)
    return [
        (int(row), int(column))
        for row, column in zip(chosen_rows, chosen_columns, strict=True)
        if score[row, column] >= minimum and score[row, column] > 0
    ]
