"""Where the reports that a store holds lie: a box, from some of them or else from its boundaries."""

from collections.abc import Iterator

import numpy as np

from geo.errors import GeoError
from geo.geojson import bounds
from geo.grids import Box
from problems.store import Store

#: So many reports tell where the others are: one look-up by number, however many there are.
_MOST_SAMPLED = 500
#: Fewer reports than this say nothing about where a city is.
_ENOUGH_KNOWN = 20
#: Single wild coordinates at the ends are left out of the box.
_ENDS_PERCENT = 1.0


def known_box(store: Store, beside_deg: float, *, boundaries: bool = False) -> Box | None:
    """Return west, south, east, north of the reports of a store, or None where they are too few to tell.

    Parameters
    ----------
    beside_deg
        The box is so many degrees wider on each side.
    boundaries
        Where the reports do not tell, the boundaries that were set up do.
    """
    places = _sampled_places(store)
    if len(places) >= _ENOUGH_KNOWN:
        west, south = np.percentile(places, _ENDS_PERCENT, axis=0)
        east, north = np.percentile(places, 100 - _ENDS_PERCENT, axis=0)
    elif boundaries and (boxes := list(_boundary_boxes(store))):
        west, south = np.min(boxes, axis=0)[:2]
        east, north = np.max(boxes, axis=0)[2:]
    else:
        return None
    return float(west - beside_deg), float(south - beside_deg), float(east + beside_deg), float(north + beside_deg)


def _sampled_places(store: Store) -> list[tuple[float, float]]:
    # Reports are numbered as they come, those of undone imports among them and those that people sent in one by one.
    newest = max(1, store.counts().reports, sum(batch.accepted for batch in store.batches()))
    numbers = np.unique(np.linspace(1, newest, _MOST_SAMPLED).astype(np.int64)).tolist()
    return [report.lon_lat for report in store.reports(numbers) if report.lon_lat and not report.undone]


def _boundary_boxes(store: Store) -> Iterator[Box]:
    for area in store.areas():
        try:
            yield bounds(area.geometry)
        except GeoError:
            continue
