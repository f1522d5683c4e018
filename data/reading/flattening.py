"""Turn a record with nested fields into cells of text."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

_GEOMETRIES: Final = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)
#: What open data portals write for a place: the pair, and beside it an address as JSON text.
_PAIR: Final = frozenset({"latitude", "longitude"})
_PAIR_EXTRAS: Final = frozenset({"human_address", "needs_recoding"})
_DEEPEST: Final = 6


def flatten(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of ``record`` as text; a field inside of another is called "outer.inner".

    A place becomes "POINT (lon lat)" or "(lat, lon)", a list its JSON text, null and an empty list "".
    """
    cells: dict[str, str] = {}
    for name, value in record.items():
        if type(value) is str:
            cells[name] = value
        elif type(value) is dict:
            cells.update(_nested(name, value, 1))
        else:
            cells[name] = text_of(value)
    return cells


def text_of(value: object) -> str:
    """Return a single value as text."""
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_number) if value else ""
    return str(value)


def _number(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)


def _nested(name: str, value: Mapping[str, Any], depth: int) -> Iterator[tuple[str, str]]:
    keys = value.keys()
    if not keys:
        yield name, ""
    elif value.get("type") in _GEOMETRIES and ("coordinates" in keys or "geometries" in keys):
        yield name, _geometry_text(value)
    elif keys >= _PAIR and keys <= _PAIR | _PAIR_EXTRAS:
        latitude, longitude = text_of(value["latitude"]), text_of(value["longitude"])
        yield name, f"({latitude}, {longitude})" if latitude and longitude else ""
        if address := _human_address(value.get("human_address")):
            yield f"{name}.address", address
    elif depth >= _DEEPEST:
        yield name, text_of(value)
    else:
        for inner, part in value.items():
            if isinstance(part, dict):
                yield from _nested(f"{name}.{inner}", part, depth + 1)
            else:
                yield f"{name}.{inner}", text_of(part)


def _geometry_text(value: Mapping[str, Any]) -> str:
    coordinates = value.get("coordinates")
    if value["type"] == "Point" and isinstance(coordinates, list) and len(coordinates) >= 2:
        return f"POINT ({text_of(coordinates[0])} {text_of(coordinates[1])})"
    return text_of(value) if coordinates or value.get("geometries") else ""


def _human_address(told: object) -> str:
    if not isinstance(told, str) or not told.startswith("{"):
        return ""
    try:
        parts = json.loads(told)
    except ValueError:
        return ""
    named = (parts.get(name) for name in ("address", "city", "state", "zip"))
    return ", ".join(str(part) for part in named if part)
