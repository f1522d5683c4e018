"""From a table of reports to outlined hot spots, against the script that one would write for it.

``python benchmarks/pipeline.py [--rows N] [--peer-up-to N]``; ratios matter, seconds depend on the machine. Each way
runs in a process of its own on the same made-up CSV. Fixpoint's way is what ``import`` and ``refresh`` do without the
store between them: every cell is recognised and checked, default points are kept out, each category group is looked
at by itself, and what is too wide is split. The short script reads the table with pandas, projects it with geopandas,
and draws the hulls round what scikit-learn's DBSCAN finds with the same radius and minimum, all categories together.
The long one does so for each category and for all together, and keeps the hulls that hold more than the other
categories there let one expect (Poisson, Benjamini and Hochberg): as much of Fixpoint's work as those means do.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]

from clustering import city, peak_mb  # noqa: E402 - the path comes first

ROWS = 20_000
PEER_UP_TO = 100_000
EPSG = 27700
RADIUS_M = 75.0
MIN_REPORTS = 8
ZONE = "Europe/London"
_DAYS = 90
_FIRST_S = 1_750_000_000
#: One report in so many belongs to a planted spot; there is a spot for every so many reports.
_PLANTED_SHARE, _REPORTS_A_SPOT, _SPOT_M = 20, 2_000, 20.0
_CATEGORIES = (
    "Pothole", "Street light out", "Fly tipping", "Graffiti", "Abandoned vehicle", "Noise", "Litter",
    "Broken pavement", "Blocked drain",
)  # fmt: skip


def write_reports(file: Path, rows: int) -> None:
    """Write a table of made-up reports in degrees."""
    from geo.projection import to_lon_lat

    xy_m, rng = city(rows), np.random.default_rng(2)
    moment_s = np.sort(rng.integers(_FIRST_S, _FIRST_S + _DAYS * 86_400, rows))
    kind = rng.integers(0, len(_CATEGORIES), rows)
    # What there is to be found: places where one category comes far more often than the others.
    spots = rng.uniform(xy_m.min(axis=0), xy_m.max(axis=0), (rows // _REPORTS_A_SPOT, 2))
    there = rng.permutation(rows)[: rows // _PLANTED_SHARE]
    spot = rng.integers(0, len(spots), len(there))
    xy_m[there] = spots[spot] + rng.normal(0, _SPOT_M, (len(there), 2))
    kind[there] = spot % len(_CATEGORIES)
    lon_lat = to_lon_lat(xy_m, EPSG)
    with file.open("w", encoding="utf-8", newline="") as stream:
        stream.write("reference,reported,category,longitude,latitude\n")
        for row in range(rows):
            told = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(int(moment_s[row])))
            lon, lat = lon_lat[row]
            stream.write(f"F{row:07d},{told},{_CATEGORIES[kind[row]]},{lon:.7f},{lat:.7f}\n")


# -- the ways --


def fixpoint(file: Path) -> dict[str, float]:
    """Read as an import does and find as a refresh does."""
    from zoneinfo import ZoneInfo

    from data.importing import preview
    from data.reading.rows import RowReader
    from data.reading.tables import open_table
    from data.taxonomy import load_taxonomy
    from problems.finding import GROUPS, find_hot_spots
    from problems.hot_spots import DetectionSettings
    from problems.reports import ReportPoints

    zone = ZoneInfo(ZONE)
    started = time.perf_counter()
    columns = preview(file, zone=zone).columns
    numbers = {group: number for number, group in enumerate(GROUPS)}
    lon_lat, reported_us, group = [], [], []
    with open_table(file) as table:
        reader = RowReader(columns, table.header, source="council", taxonomy=load_taxonomy(), zone=zone)
        for stretch in reader.stretches(table.blocks()):
            reports = stretch.reports
            lon_lat.append(reports.lon_lat)
            reported_us.append(reports.reported_at)
            group.append(np.array([numbers[code[:3]] if code else -1 for code in reports.category], dtype=np.int8))
    read_s = time.perf_counter() - started
    count = sum(map(len, group))
    nobody = np.zeros(count, dtype=np.int64)
    points = ReportPoints(
        np.arange(1, count + 1), np.concatenate(lon_lat), np.concatenate(group),
        np.concatenate(reported_us) // 1_000_000, nobody, nobody.astype(np.bool_), nobody,
    )  # fmt: skip
    settings = DetectionSettings(radius_m=RADIUS_M, min_incidents=MIN_REPORTS)
    finding = find_hot_spots(points, (), epsg=EPSG, settings=settings, zone=zone)
    took = time.perf_counter() - started
    return {"seconds": took, "read": read_s, "rows": count, "hot spots": len(finding.found)}


def _read(file: Path) -> Any:
    import geopandas
    import pandas as pd

    frame = pd.read_csv(file, parse_dates=["reported"])
    return geopandas.GeoDataFrame(
        frame, geometry=geopandas.points_from_xy(frame.longitude, frame.latitude), crs=4326
    ).to_crs(EPSG)


def _hulls(points: Any) -> Any:
    from sklearn.cluster import DBSCAN

    xy_m = np.column_stack((points.geometry.x, points.geometry.y))
    dense = points.assign(cluster=DBSCAN(eps=RADIUS_M, min_samples=MIN_REPORTS).fit_predict(xy_m))
    return dense[dense.cluster >= 0].dissolve("cluster", aggfunc={"reference": "count"}).assign(
        geometry=lambda found: found.convex_hull
    )  # fmt: skip


def dense_only(file: Path) -> dict[str, float]:
    """Do it as it is mostly done: where anything is dense, whatever is usual there."""
    started = time.perf_counter()
    points = _read(file)
    read_s = time.perf_counter() - started
    hulls = _hulls(points)
    hulls.to_crs(4326).to_json()
    return {"seconds": time.perf_counter() - started, "read": read_s, "rows": len(points), "hot spots": len(hulls)}


def tested(file: Path) -> dict[str, float]:
    """Do what Fixpoint does with the same means: each category, and all together, held against the others there."""
    import pandas as pd
    from scipy.stats import false_discovery_control, poisson

    started = time.perf_counter()
    points = _read(file)
    read_s = time.perf_counter() - started
    found = []
    for category, own in points.groupby("category"):
        hulls = _hulls(own)
        others = points[points.category != category]
        inside = hulls[["geometry"]].sjoin(others[["geometry"]], predicate="contains")
        hulls["others"] = inside.groupby(level=0).size().reindex(hulls.index, fill_value=0)
        hulls["expected"] = (hulls.others + 1.0) * len(own) / len(others)
        found.append(hulls.assign(category=category))
    hot = pd.concat(found)
    chance = poisson.sf(hot.reference - 1, hot.expected)
    hot = hot[false_discovery_control(chance) < 0.05]
    hot.to_crs(4326).to_json()
    _hulls(points).to_crs(4326).to_json()
    return {"seconds": time.perf_counter() - started, "read": read_s, "rows": len(points), "hot spots": len(hot)}


WAYS: dict[str, Callable[[Path], dict[str, float]]] = {"Fixpoint": fixpoint, "script": dense_only, "tested": tested}


def measured(way: str, file: Path) -> dict[str, float]:
    """Run one way in a process of its own."""
    command = [sys.executable, __file__, "--run", way, str(file)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - this very program
    found: dict[str, float] = json.loads(told.splitlines()[-1])
    return found


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--peer-up-to", type=int, default=PEER_UP_TO, help="some 14 GB at a million")
    parser.add_argument("--run", nargs=2, metavar=("WAY", "CSV"), help=argparse.SUPPRESS)
    parser.add_argument("--make", nargs=2, metavar=("CSV", "ROWS"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.make:
        write_reports(Path(asked.make[0]), int(asked.make[1]))
        return
    if asked.run:
        told = WAYS[asked.run[0]](Path(asked.run[1]))
        print(json.dumps({**told, "peak MB": peak_mb(), "cpu": time.process_time()}))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "reports.csv"
        make = [sys.executable, __file__, "--make", str(file), str(asked.rows)]
        subprocess.run(make, check=True)  # noqa: S603 - as above
        ours = measured("Fixpoint", file)
        print(f"{ours['rows']:,} rows, {file.stat().st_size / 1e6:,.0f} MB")
        for way in WAYS if asked.rows <= asked.peer_up_to else ("Fixpoint",):
            told = ours if way == "Fixpoint" else measured(way, file)
            row = f"  {way:10}{told['seconds']:8.2f} s (reading {told['read']:.2f}){told['cpu']:9.2f} s of work"
            row += f"{told['peak MB']:9,.0f} MB   {told['hot spots']:,} hot spots"
            if told is not ours:
                times, work, memory = (told[name] / ours[name] for name in ("seconds", "cpu", "peak MB"))
                row += f"   {times:.1f} times as long, {work:.1f} times the work, {memory:.1f} times the memory"
            print(row, flush=True)


if __name__ == "__main__":
    main()
