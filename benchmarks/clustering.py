"""How fast, and in how much memory, dense places are found, against the engines that others use.

``python benchmarks/clustering.py [SIZE …] [--raw-up-to N] [--times N]``; ratios matter, seconds depend on the
machine. A made-up city: 26 % of the reports repeat the coordinates of another, 15,685 in a million lie on one
point. Each engine runs in a process of its own; the best of a few runs counts. All must find the same core points,
or it ends with an error. Then a second thread ticks every millisecond: its longest wait is what a page would feel.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

Points = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

RADIUS_M = 50.0
MIN_REPORTS = 8
SIDE_M = 12_000.0
SIZES = (10_000, 100_000)
RAW_UP_TO = 100_000
_ORIGIN_M = (430_000.0, 434_000.0)
_PILE_SHARE = 0.015685
_REPEATED = 0.25
_CENTRES = 400


def city(reports: int, seed: int = 1) -> Points:
    """Return reports (n, 2) in metres: a third spread evenly, the rest round centres that differ in size and weight."""
    rng = np.random.default_rng(seed)
    pile = round(reports * _PILE_SHARE)
    spread = rng.uniform(0, SIDE_M, ((reports - pile) * 3 // 10, 2))
    rest = reports - pile - len(spread)
    middles, weights = rng.uniform(0, SIDE_M, (_CENTRES, 2)), rng.dirichlet(np.full(_CENTRES, 0.5))
    scatter_m = rng.choice([60.0, 250.0, 900.0], rest, p=[0.2, 0.4, 0.4])
    lumps = middles[rng.choice(_CENTRES, rest, p=weights)] + rng.normal(0, 1, (rest, 2)) * scatter_m[:, None]
    xy_m = np.concatenate([spread, lumps])
    repeats = rng.permutation(len(xy_m))[: round(reports * _REPEATED)]
    others = np.setdiff1d(np.arange(len(xy_m)), repeats)
    xy_m[repeats] = xy_m[others[rng.integers(0, len(others), len(repeats))]]
    xy_m = np.round(np.concatenate([xy_m, np.full((pile, 2), SIDE_M / 2)]), 2) + _ORIGIN_M
    return xy_m[rng.permutation(reports)]


# -- the engines: each is loaded first, and returns what finds the core points --


def fixpoint() -> Callable[[Points], Mask]:
    """Return our own clustering, its compiled loops loaded."""
    from geo import engine
    from geo.clusters import find_clusters

    engine.load()
    return lambda xy_m: find_clusters(xy_m, radius_m=RADIUS_M, min_weight=MIN_REPORTS).core


def pypi_dbscan() -> Callable[[Points], Mask]:
    """Return parallel DBSCAN in C++, on all cores."""
    from dbscan import DBSCAN

    return lambda xy_m: np.asarray(DBSCAN(xy_m, RADIUS_M, MIN_REPORTS)[1], dtype=np.bool_)


def sklearn_weighted() -> Callable[[Points], Mask]:
    """Return scikit-learn on distinct coordinates with weights."""
    from sklearn.cluster import DBSCAN

    def cores(xy_m: Points) -> Mask:
        places, place, count = np.unique(xy_m, axis=0, return_inverse=True, return_counts=True)
        core = np.zeros(len(places), dtype=np.bool_)
        found = DBSCAN(eps=RADIUS_M, min_samples=MIN_REPORTS).fit(places, sample_weight=count)
        core[found.core_sample_indices_] = True
        return np.asarray(core[place])

    return cores


def sklearn_raw() -> Callable[[Points], Mask]:
    """Return scikit-learn as it is mostly used."""
    from sklearn.cluster import DBSCAN

    def cores(xy_m: Points) -> Mask:
        core = np.zeros(len(xy_m), dtype=np.bool_)
        core[DBSCAN(eps=RADIUS_M, min_samples=MIN_REPORTS).fit(xy_m).core_sample_indices_] = True
        return core

    return cores


ENGINES: dict[str, Callable[[], Callable[[Points], Mask]]] = {
    "Fixpoint": fixpoint,
    "dbscan": pypi_dbscan,
    "scikit-learn, distinct": sklearn_weighted,
    "scikit-learn": sklearn_raw,
}


# -- measuring --


def run(name: str, file: Path, times: int) -> dict[str, float | str]:
    """Run one engine in this process and return what it took."""
    xy_m = np.load(file)
    started = time.perf_counter()
    cores = ENGINES[name]()
    loaded = time.perf_counter() - started
    wall, work = np.inf, np.inf
    for _ in range(times):
        started, worked = time.perf_counter(), time.process_time()
        core = cores(xy_m)
        wall, work = min(wall, time.perf_counter() - started), min(work, time.process_time() - worked)
    told: dict[str, float | str] = {"load": loaded, "wall": wall, "work": work, "peak MB": peak_mb()}
    told["cores"] = hashlib.sha256(np.packbits(core).tobytes()).hexdigest()
    told["core share"] = float(core.mean())
    if not name.startswith("scikit"):
        told["stall"] = longest_wait(lambda: cores(xy_m))
    return told


def peak_mb() -> float:
    """Return the most memory that this process has held; what its parent held does not count."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1000
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def longest_wait(work: Callable[[], object]) -> float:
    """Return how long a thread that asks for its turn every millisecond had to wait at most, while ``work`` ran."""
    ended, longest = threading.Event(), 0.0

    def tick() -> None:
        nonlocal longest
        last = time.perf_counter()
        while not ended.wait(0.001):
            now = time.perf_counter()
            longest, last = max(longest, now - last), now
        longest = max(longest, time.perf_counter() - last)

    thread = threading.Thread(target=tick)
    thread.start()
    work()
    ended.set()
    thread.join()
    return longest


def measured(name: str, file: Path, times: int) -> dict[str, float | str]:
    """Run one engine in a process of its own."""
    command = [sys.executable, __file__, "--run", name, str(file), "--times", str(times)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - this very program
    found: dict[str, float | str] = json.loads(told.splitlines()[-1])
    return found


def compare(size: int, folder: Path, *, raw_up_to: int, distinct_up_to: int, times: int) -> None:
    """Measure every engine on one city and print its table."""
    file = folder / f"{size}.npy"
    # In a process of its own too: this one stays small.
    subprocess.run([sys.executable, __file__, "--make", str(file), str(size)], check=True)  # noqa: S603 - as above
    ours: dict[str, float | str] = {}
    for name in ENGINES:
        if size > {"scikit-learn": raw_up_to, "scikit-learn, distinct": distinct_up_to}.get(name, size):
            continue
        told = measured(name, file, times)
        if not ours:
            ours = told
            print(f"{size:,} reports, {told['core share']:.1%} of them core points (the same in all)")
        elif told["cores"] != ours["cores"]:
            raise SystemExit(f"{name} found other core points among {size:,} reports")
        print(_row(name, told, ours), flush=True)
    file.unlink()


def _row(name: str, told: dict[str, float | str], ours: dict[str, float | str]) -> str:
    row = f"  {name:24s}{told['wall']:9.3f} s {told['work']:9.3f} s of work {told['peak MB']:8,.0f} MB"
    if told is not ours:
        ratios = [float(told[part]) / float(ours[part]) for part in ("wall", "work", "peak MB")]
        row += "   {:.1f} times as long, {:.1f} times the work, {:.1f} times the memory".format(*ratios)
    if "stall" in told:
        row += f"; others waited {float(told['stall']) * 1000:.0f} ms at most"
    return row + (f"; loaded in {told['load']:.2f} s" if told is ours else "")


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int)
    parser.add_argument("--raw-up-to", type=int, default=RAW_UP_TO, help="13 GB at a million")
    parser.add_argument("--distinct-up-to", type=int, default=10 * RAW_UP_TO, help="3 GB at a million")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--run", nargs=2, metavar=("ENGINE", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument("--make", nargs=2, metavar=("FILE", "SIZE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.make:
        np.save(asked.make[0], city(int(asked.make[1])))
        return
    if asked.run:
        print(json.dumps(run(asked.run[0], Path(asked.run[1]), asked.times)))
        return
    with tempfile.TemporaryDirectory() as folder:
        for size in asked.sizes or SIZES:
            compare(
                size,
                Path(folder),
                raw_up_to=asked.raw_up_to,
                distinct_up_to=asked.distinct_up_to,
                times=asked.times,
            )


if __name__ == "__main__":
    main()
