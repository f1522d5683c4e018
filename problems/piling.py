"""The review list: many reports on one point, and which of these points stay out of clustering."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from geo import projection
from geo.piles import Places, find_piles
from problems.hot_spots import DetectionSettings, Pile, PileDecision
from problems.reports import ReportPoints

#: A pile this close to a known one, in metres, is the known one: one more report may move its corner.
SAME_PILE_M = 1.0


def review_list(
    points: ReportPoints, places: Places, known: Sequence[Pile], settings: DetectionSettings, epsg: int
) -> list[Pile]:
    """Return the piles of a window, most reports first, each with the identity and decision it has."""
    if len(points) == 0:
        return []
    flagged = find_piles(
        places,
        points.group,
        min_reports=settings.pile_min_reports,
        kept_out_reports=settings.pile_kept_out_reports,
        kept_out_share=settings.pile_kept_out_share,
        kept_out_groups=settings.pile_kept_out_groups,
        beside_m=settings.pile_beside_m,
    )
    known_xy_m = _xy_m(known, epsg)
    taken: set[int] = set()
    listed: list[Pile] = []
    for pile in flagged:
        before = _nearest(known, known_xy_m, places.xy_m[pile.place], taken)
        lon, lat = projection.to_lon_lat(places.xy_m[[pile.place]], epsg)[0]
        listed.append(
            Pile(
                id=before.id if before else 0,
                lon_lat=before.lon_lat if before else (round(float(lon), 7), round(float(lat), 7)),
                reports=int(pile.reports),
                groups=int(pile.groups),
                share=float(pile.share),
                heavy=bool(pile.heavy),
                last_refresh_id=None,
                decision=before.decision if before else PileDecision.UNREVIEWED,
                decided_by=before.decided_by if before else "",
                version=before.version if before else 1,
            )
        )
    return listed


def kept_out(places: Places, piles: Sequence[Pile], known: Sequence[Pile], epsg: int) -> npt.NDArray[np.bool_]:
    """Return which places (k,) stay out of clustering.

    A point that somebody called a default point stays out, however few reports the window has on
    it; about the piles of this window, ``piles`` say more than what was ``known`` of them.
    """
    out = np.zeros(len(places.xy_m), dtype=np.bool_)
    current = {pile.id for pile in piles if pile.id}
    points = [pile for pile in [*piles, *(old for old in known if old.id not in current)] if pile.kept_out]
    for target in _xy_m(points, epsg):
        out |= np.hypot(*(places.xy_m - target).T) <= SAME_PILE_M
    return out


def on_default_points(lon_lat: npt.NDArray[np.float64], piles: Sequence[Pile], epsg: int) -> npt.NDArray[np.bool_]:
    """Return which points (n,) of ``lon_lat`` (n, 2) lie on a point of the review list that is kept out."""
    on = np.zeros(len(lon_lat), dtype=np.bool_)
    targets = _xy_m([pile for pile in piles if pile.kept_out], epsg)
    if not len(lon_lat) or not len(targets):
        return on
    xy_m = projection.to_metres(lon_lat, epsg)
    for target in targets:
        on |= np.hypot(*(xy_m - target).T) <= SAME_PILE_M
    return on


def _xy_m(piles: Sequence[Pile], epsg: int) -> npt.NDArray[np.float64]:
    if not piles:
        return np.empty((0, 2))
    return projection.to_metres(np.array([pile.lon_lat for pile in piles], dtype=np.float64), epsg)


def _nearest(
    known: Sequence[Pile], known_xy_m: npt.NDArray[np.float64], place: npt.NDArray[np.float64], taken: set[int]
) -> Pile | None:
    """Return the known pile at a place, each at most once, and remember that it is taken."""
    away_m = np.hypot(*(known_xy_m - place).T)
    for index in np.argsort(away_m, kind="stable")[:4].tolist():
        pile = known[int(index)]
        if away_m[index] <= SAME_PILE_M and pile.id not in taken:
            taken.add(pile.id)
            return pile
    return None
