"""How fast and in how much memory reports come into the store, against what a user would write with pandas.

``python benchmarks/importing.py [--rows N] [--sizes N,N,…]``; the ratios matter, the seconds depend on the
machine. Each way runs in a process of its own on the same made-up file of 33 columns, writes into a SQLite
file, and builds the same indexes. All must keep the same number of rows, or it ends with an error.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

ROWS = 20_000
SIZES = (5_000, 20_000)
_ROWS_AT_ONCE = 50_000
_START_S, _SPAN_S = 1_420_070_400, 31_536_000
_INDEXES = (
    'CREATE UNIQUE INDEX own ON report ("CASE_ENQUIRY_ID")',
    'CREATE INDEX seen ON report ("LATITUDE", "LONGITUDE", opened, "TYPE")',
    "CREATE INDEX by_time ON report (opened)",
)

HEADER = (
    "CASE_ENQUIRY_ID", "OPEN_DT", "TARGET_DT", "CLOSED_DT", "OnTime_Status", "CASE_STATUS", "CLOSURE_REASON",
    "CASE_TITLE", "SUBJECT", "REASON", "TYPE", "QUEUE", "Department", "SubmittedPhoto", "ClosedPhoto", "Location",
    "fire_district", "pwd_district", "city_council_district", "police_district", "neighborhood",
    "neighborhood_services_district", "ward", "precinct", "land_usage", "LOCATION_STREET_NAME", "LOCATION_ZIPCODE",
    "Property_Type", "Property_ID", "LATITUDE", "LONGITUDE", "Source", "Geocoded_Location",
)  # fmt: skip
_TYPES = (
    "Street Light Outages", "Requests for Street Cleaning", "Improper Storage of Trash (Barrels)", "Graffiti Removal",
    "Abandoned Vehicles", "Pothole Repair", "Sidewalk Repair", "Illegal Dumping", "Tree Maintenance Requests",
    "Unsatisfactory Living Conditions", "Parking Enforcement", "Schedule a Bulk Item Pickup",
)  # fmt: skip
_QUEUES = ("PWDx_Street Light", "PWDx_District 02", "ISD_Code", "BTDT_District 06", "PARK_Maintenance")
_STREETS = ("Mill Lane", "High Street", "Station Road", "Chapel Row", "Quarry Hill", "Canal Street", "North Parade")
_WORDS = ("noted", "removed", "repaired", "swept", "no issue found", "sent to contractor", "visited", "cleared")


def write_reports(path: Path, rows: int, seed: int = 1) -> None:
    """Write a table of made-up reports: quoted cells, empty cells and bad places among them."""
    rng = np.random.default_rng(seed)
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(",".join(HEADER) + "\n")
        for first in range(0, rows, _ROWS_AT_ONCE):
            stream.writelines(_lines(rng, first, min(_ROWS_AT_ONCE, rows - first), rows))


def _lines(rng: np.random.Generator, first: int, count: int, rows: int) -> list[str]:
    opened_s = _START_S + (np.arange(first, first + count) * (_SPAN_S / rows)).astype(np.int64)
    lasts_s = rng.exponential(400_000, count).astype(np.int64)
    opened, closed, due = (_written(moments) for moments in (opened_s, opened_s + lasts_s, opened_s + 864_000))
    is_closed = rng.random(count) < 0.85
    has_due = rng.random(count) < 0.8
    kind = rng.integers(0, len(_TYPES), count)
    words = rng.integers(0, len(_WORDS), (count, 3))
    number, street = rng.integers(1, 400, count), rng.integers(0, len(_STREETS), count)
    place = rng.integers(0, 40_000, count)
    lat, lon = 42.23 + (place % 200) * 8e-4, -71.17 + (place // 200) * 8e-4
    missing = rng.random(count) < 0.01
    ward = rng.integers(1, 23, count)
    lines = []
    for n in range(count):
        name, done = _TYPES[kind[n]], is_closed[n]
        where = f"{number[n]} {_STREETS[street[n]]}"
        ends = closed[n] if done else ""
        told = ", ".join(_WORDS[word] for word in words[n])
        at = ("", "") if missing[n] else (f"{lat[n]:.4f}", f"{lon[n]:.4f}")
        lines.append(
            f"{101_000_000_000 + first + n},{opened[n]},{due[n] if has_due[n] else ''},{ends},"
            f"{'ONTIME' if number[n] % 3 else 'OVERDUE'},{'Closed' if done else 'Open'},"
            f'"Case Closed Case Resolved {told}. {ends}",{name},Public Works Department,Street Services,{name},'
            f"{_QUEUES[kind[n] % 5]},PWDx,,,{where}  Boston  MA  02{ward[n]:03d},{ward[n] % 9}.0,1C,{ward[n] % 8}.0,"
            f"D{ward[n] % 12},Area {ward[n]},{ward[n] % 14}.0,Ward {ward[n]},{ward[n] * 101}.0,R1,{where},"
            f"2{ward[n]:03d}.0,Address,{72_000 + place[n]}.0,{at[0]},{at[1]},Citizens Connect App,"
            f'"({at[0]}, {at[1]})"\n'
        )
    return lines


def _written(moments_s: np.ndarray) -> list[str]:
    return [time.strftime("%m/%d/%Y %I:%M:%S %p", time.gmtime(moment)) for moment in moments_s.tolist()]


# -- the ways --


def import_with_fixpoint(csv: Path, store_path: Path) -> dict[str, float]:
    """Import as the command line does, and tell when the first progress came."""
    from zoneinfo import ZoneInfo

    from data.importing import import_file
    from data.stores import open_store
    from problems.clock import utc_now
    from problems.people import SYSTEM

    store = open_store(str(store_path))
    started = time.perf_counter()
    seen: list[float] = []
    batch = import_file(
        store, SYSTEM, utc_now, 1, path=csv, zone=ZoneInfo("America/New_York"),
        progress=lambda _message, _share: seen.append(time.perf_counter() - started),
    )  # fmt: skip
    took = time.perf_counter() - started
    store.close()
    gaps = np.diff([0.0, *seen, took])
    return {"seconds": took, "rows": batch.accepted, "first progress": seen[0], "longest silence": float(gaps.max())}


def import_with_pandas(csv: Path, store_path: Path) -> dict[str, float]:
    """Read, turn three columns into dates, write and index."""
    import pandas as pd

    started = time.perf_counter()
    frame = pd.read_csv(csv, low_memory=False)
    return _write_frame(frame, store_path, started)


def import_with_geopandas(csv: Path, store_path: Path) -> dict[str, float]:
    """Read with geopandas, turn three columns into dates, write and index."""
    import geopandas
    import pandas as pd

    started = time.perf_counter()
    frame = pd.DataFrame(geopandas.read_file(csv))
    for name in ("LATITUDE", "LONGITUDE"):
        frame[name] = pd.to_numeric(frame[name], errors="coerce")
    return _write_frame(frame, store_path, started)


def _write_frame(frame, store_path: Path, started: float) -> dict[str, float]:  # type: ignore[no-untyped-def] # pandas is loaded by the peers alone
    import pandas as pd
    from sqlalchemy import create_engine, text

    for name, column in (("opened", "OPEN_DT"), ("due", "TARGET_DT"), ("closed", "CLOSED_DT")):
        frame[name] = pd.to_datetime(frame[column], format="%m/%d/%Y %I:%M:%S %p")
    engine = create_engine(f"sqlite:///{store_path}")
    frame.to_sql("report", engine, index=False, chunksize=50_000)
    with engine.begin() as connection:
        for statement in _INDEXES:
            connection.execute(text(statement))
    return {"seconds": time.perf_counter() - started, "rows": len(frame)}


WAYS: dict[str, Callable[[Path, Path], dict[str, float]]] = {
    "Fixpoint": import_with_fixpoint,
    "pandas": import_with_pandas,
    "geopandas": import_with_geopandas,
}


def measured(way: str, csv: Path, folder: Path) -> dict[str, float]:
    """Run one way in a process of its own; return what it told and the most memory it held, in MB."""
    store_path = folder / f"{way}.db"
    command = [sys.executable, __file__, "--run", way, str(csv), str(store_path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - this very program
    for left in folder.glob(f"{store_path.name}*"):
        left.unlink()
    found: dict[str, float] = json.loads(told)
    return found


def compare(rows: int, folder: Path) -> None:
    """Measure every way on one file and print one table."""
    csv = folder / "reports.csv"
    write_reports(csv, rows)
    print(f"{rows:,} rows of {len(HEADER)} columns, {csv.stat().st_size / 1e6:,.0f} MB, into SQLite with its indexes")
    ours = measured("Fixpoint", csv, folder)
    _print("Fixpoint", ours, "")
    print(f"    first progress after {ours['first progress']:.2f} s, never silent for {ours['longest silence']:.2f} s")
    for way in ("pandas", "geopandas"):
        peer = measured(way, csv, folder)
        if peer["rows"] != ours["rows"]:
            raise SystemExit(f"{way} kept {peer['rows']:,} rows, Fixpoint {ours['rows']:,}")
        times, work, memory = (peer[name] / ours[name] for name in ("seconds", "cpu", "peak MB"))
        _print(way, peer, f"   {times:.1f} times as long, {work:.1f} times the work, {memory:.1f} times the memory")


def grow(sizes: tuple[int, ...], folder: Path) -> None:
    """Import ever larger files and print how many reports came in each second."""
    print("As files grow:")
    for rows in sizes:
        csv = folder / "reports.csv"
        write_reports(csv, rows)
        ours = measured("Fixpoint", csv, folder)
        print(f"  {rows:>10,} rows {rows / ours['seconds']:>10,.0f} a second {ours['peak MB']:>8,.0f} MB")


def _print(way: str, told: dict[str, float], end: str) -> None:
    print(f"  {way:10} {told['seconds']:8.2f} s, {told['cpu']:7.2f} s of work {told['peak MB']:8,.0f} MB{end}")


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--sizes", default=",".join(str(size) for size in SIZES))
    parser.add_argument("--run", nargs=3, metavar=("WAY", "CSV", "STORE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        way, csv, store_path = asked.run
        told = WAYS[way](Path(csv), Path(store_path))
        # Linux counts in KiB.
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps({**told, "peak MB": used.ru_maxrss / 1000, "cpu": used.ru_utime + used.ru_stime}))
        return
    with tempfile.TemporaryDirectory() as folder:
        if asked.rows:
            compare(asked.rows, Path(folder))
        sizes = tuple(int(size) for size in asked.sizes.split(",") if size)
        if sizes:
            grow(sizes, Path(folder))


if __name__ == "__main__":
    main()
