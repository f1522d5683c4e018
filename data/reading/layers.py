"""Read the areas of a boundary layer: wards, districts, neighbourhoods.

From GeoJSON, GeoPackages and zipped Shapefiles, in the guarded child process.
"""

import json
from pathlib import Path
from typing import Any

from data.reading.files import asked_for, inspect
from data.reading.formats import Kind
from data.reading.guarded import run_child
from problems.errors import InputRefused
from problems.progress import Progress, silent

MAX_FEATURES = 20_000
MAX_GEOMETRY_BYTES = 64 << 20

#: The properties of an area as text, and its Polygon or MultiPolygon as GeoJSON, longitude first.
Feature = tuple[dict[str, str], dict[str, Any]]


def read_layer(path: Path, *, progress: Progress = silent) -> list[Feature]:
    """Return every area of the layer in ``path``, in its order; rows without an area are left out.

    Returns
    -------
    list
        (properties, geometry): all properties as text; a GeoJSON Polygon or MultiPolygon in degrees
        (WGS 84), longitude first, at 7 decimals, whatever the coordinate system of the file. Rings
        are as the file has them: they may touch or cross themselves.

    Raises
    ------
    InputRefused
        For other formats, several layers, an unknown coordinate system, no areas, more than 20,000
        areas or more than 64 MB of outlines.
    """
    facts = inspect(path, progress=progress)
    if facts.kind not in {Kind.JSON, Kind.GEOPACKAGE, Kind.SHAPEFILE}:
        raise InputRefused(
            asked_for(path), "It is no layer of areas.", "Choose a GeoJSON, a GeoPackage, or a Shapefile in a zip."
        )
    found: list[Feature] = []
    size = 0
    with run_child(facts, "features", progress) as frames:
        for tag, payload in frames:
            if tag != b"F":
                continue
            size += len(payload)
            if len(found) >= MAX_FEATURES or size > MAX_GEOMETRY_BYTES:
                raise InputRefused(
                    asked_for(path),
                    f"It holds more than {MAX_FEATURES:,} areas or {MAX_GEOMETRY_BYTES >> 20} MB of outlines.",
                    "Choose the layer of one town, or a simplified one.",
                )
            properties, geometry = json.loads(payload)
            found.append((properties, geometry))
    if not found:
        raise InputRefused(asked_for(path), "It holds no areas.", "Choose a layer of polygons.")
    return found
