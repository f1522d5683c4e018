"""How fast clusters are found, against scikit-learn on the same points in the same run.

``python benchmarks/refresh.py [REPORTS]``; the ratios matter, the seconds depend on the machine.
Both must find the same core points, or it ends with an error.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from geo.clusters import find_clusters
from geo.piles import collapse

RADIUS_M = 75.0
MIN_REPORTS = 8
SIDE_M = 12_000.0
REPORTS = 20_000


def town(reports: int, seed: int = 1) -> npt.NDArray[np.float64]:
    """Return reports (n, 2) in metres: half spread evenly, half round 60 places, a tenth repeated."""
    rng = np.random.default_rng(seed)
    spread = rng.uniform(0, SIDE_M, (reports // 2, 2))
    middles = rng.uniform(0, SIDE_M, (60, 2))
    dense = middles[rng.integers(0, 60, reports - len(spread))] + rng.normal(0, 60, (reports - len(spread), 2))
    xy_m = np.round(np.concatenate([spread, dense]), 1)
    repeated = rng.integers(0, reports, reports // 10)
    xy_m[repeated] = xy_m[repeated[0]]
    return xy_m


def timed(work: Callable[[], npt.NDArray[np.bool_]]) -> tuple[float, npt.NDArray[np.bool_]]:
    """Return the seconds that ``work`` took and what it returned."""
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def main(reports: int) -> None:
    """Measure and print one table."""
    from sklearn.cluster import DBSCAN

    xy_m = town(reports)

    def ours() -> npt.NDArray[np.bool_]:
        places = collapse(xy_m)
        found = find_clusters(places.xy_m, radius_m=RADIUS_M, min_weight=MIN_REPORTS, weights=places.count)
        return np.asarray(found.core[places.place])

    def peer() -> npt.NDArray[np.bool_]:
        core = np.zeros(len(xy_m), dtype=np.bool_)
        core[DBSCAN(eps=RADIUS_M, min_samples=MIN_REPORTS).fit(xy_m).core_sample_indices_] = True
        return core

    our_s, our_core = timed(ours)
    peer_s, peer_core = timed(peer)
    if not np.array_equal(our_core, peer_core):
        raise SystemExit(f"{np.count_nonzero(our_core != peer_core)} of {reports} core points differ")
    print(f"{reports:,} reports, {np.count_nonzero(our_core):,} of them core points (the same in both)")
    print(f"  Fixpoint      {our_s:8.3f} s")
    print(f"  scikit-learn  {peer_s:8.3f} s   {peer_s / our_s:.1f} times as long")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REPORTS)
