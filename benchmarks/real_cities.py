"""What plain clustering ranks first in real cities, and what Fixpoint says of the same place.

``FIXPOINT_SHARED=FOLDER python benchmarks/real_cities.py``: FOLDER/realdata holds the public reports of Boston
(2015) and Chicago (2018 to 2022); without it there is nothing to do. Plain clustering is scikit-learn's DBSCAN of
all rows of a category group in the window, 75 m and 8 rows; its clusters are ranked by rows.
"""

import os
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from data.importing import import_file
from data.stores import SqlStore, open_store
from geo.outlines import width_m
from geo.projection import to_metres
from problems.categories import Group
from problems.clock import day_end
from problems.hot_spots import DetectionSettings, HotSpot, Standing
from problems.people import SYSTEM
from problems.piling import SAME_PILE_M
from problems.standing import GROUPS, judged, sentence
from problems.use_cases.refreshing import references, refresh

RADIUS_M, FEWEST, SHOWN = 75.0, 8, 3


@dataclass(frozen=True)
class Case:
    """A city's file, the window (its last day, its length in days), and the groups that are looked at."""

    name: str
    file: str
    zone: ZoneInfo
    as_of: date
    days: int
    groups: tuple[Group, ...]


CASES = (
    Case(
        "Boston",
        "boston311_2015/boston311_2015_all159types.csv.gz",
        ZoneInfo("America/New_York"),
        date(2015, 9, 30),
        90,
        (Group.LIGHTING, Group.DAMAGE, Group.DISPUTES),
    ),
    Case(
        "Chicago",
        "chicago311_vacant_buildings/chicago311_vacant_and_snow.csv.gz",
        ZoneInfo("America/Chicago"),
        date(2019, 12, 31),
        365,
        (Group.PROPERTY,),
    ),
)


def clock() -> datetime:
    """Return the moment of the run."""
    return datetime.now(tz=UTC)


def look(case: Case, store: SqlStore) -> None:
    """Print the first places of plain clustering with what Fixpoint says, then Fixpoint's own."""
    settings = DetectionSettings()
    done = refresh(store, SYSTEM, clock, 1, settings=settings, zone=case.zone, as_of=case.as_of, window_days=case.days)
    print(
        f"{case.name}, {case.days} days to {case.as_of}: {done.reports:,} reports, {done.excluded_reports:,} on default"
        f" points kept out, {done.hot_spots} hot spots, {done.duration_s:.1f} s"
    )
    places = store.places_of(done.id)
    since = day_end(case.as_of, case.zone) - timedelta(days=case.days)
    points = store.report_points(since, day_end(case.as_of, case.zone))
    xy_m = to_metres(points.lon_lat, done.epsg)
    out = _kept_out(store, xy_m, done.epsg)
    compared = references(store, case.as_of, settings=settings, zone=case.zone, window_days=case.days)
    for group in case.groups:
        index = GROUPS.index(group)
        rows = np.flatnonzero(points.group == index)
        from sklearn.cluster import DBSCAN

        fitted = DBSCAN(eps=RADIUS_M, min_samples=FEWEST).fit(xy_m[rows])
        sizes = np.bincount(fitted.labels_[fitted.labels_ >= 0])
        own = [one for one in places if one.group is group and one.standing is Standing.HOT_SPOT]
        print(f"  {group.label}: {len(rows):,} rows, {len(sizes)} plain clusters, {len(own)} hot spots")
        for rank, label in enumerate(np.argsort(-sizes, kind="stable")[:SHOWN].tolist(), start=1):
            part = rows[fitted.labels_ == label]
            cores = np.intersect1d(part, rows[fitted.core_sample_indices_])
            discs = np.unique(np.round(xy_m[cores]), axis=0)
            usual = compared.surroundings(index).usual_inside([discs], [np.full(len(discs), RADIUS_M)])
            inside = _inside(compared.now.xy_m[compared.now.group == index], discs)
            (told,) = judged([group], [inside], usual, [compared.swing(index)], family=1, settings=settings)
            on_point = np.unique(np.round(xy_m[part] * 2), axis=0, return_counts=True)[1].max()
            print(
                f"    plain {rank}: {len(part)} rows, {width_m(xy_m[part]):,.0f} m wide, {on_point} on one point,"
                f" {int(out[part].sum())} kept out."
                f" {sentence(told, days=case.days)} {_shown(points.ids[part], own)}"
            )
        for spot in sorted(own, key=lambda one: -(one.ratio_low or 0.0))[:SHOWN]:
            print(f"    Fixpoint: {spot.width_m:,.0f} m wide. {sentence(spot, days=case.days)}")


def _kept_out(store: SqlStore, xy_m: npt.NDArray[np.float64], epsg: int) -> npt.NDArray[np.bool_]:
    out = np.zeros(len(xy_m), dtype=np.bool_)
    for pile in store.piles():
        if pile.kept_out:
            out |= np.hypot(*(xy_m - to_metres(np.array([pile.lon_lat]), epsg)[0]).T) <= SAME_PILE_M
    return out


def _inside(xy_m: npt.NDArray[np.float64], discs_m: npt.NDArray[np.float64]) -> int:
    inside = np.zeros(len(xy_m), dtype=np.bool_)
    for disc in discs_m:
        inside |= np.square(xy_m - disc).sum(axis=1) <= RADIUS_M * RADIUS_M
    return int(inside.sum())


def _shown(ids: npt.NDArray[np.int64], own: list[HotSpot]) -> str:
    within = [one for one in own if len(np.intersect1d(one.members, ids)) >= 0.5 * len(one.members)]
    if not within:
        return "Fixpoint shows nothing here."
    widest_m = max(one.width_m for one in within)
    return f"Fixpoint shows {len(within)} hot spot(s) in it, at most {widest_m:,.0f} m wide."


def main() -> None:
    """Import each city into a store that is thrown away, and look."""
    shared = os.environ.get("FIXPOINT_SHARED", "")
    if not shared or not (Path(shared) / "realdata").is_dir():
        print("FIXPOINT_SHARED names no folder with realdata: nothing to look at.")
        return
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            store = open_store(str(Path(folder) / "city.db"), durable=False)
            import_file(
                store, SYSTEM, clock, 1, path=Path(shared) / "realdata" / case.file, source=case.name,
                columns=None, fixed={}, zone=case.zone,
            )  # fmt: skip
            look(case, store)
            store.close()


if __name__ == "__main__":
    main()
