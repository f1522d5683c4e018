"""A small map of comparison places: the streets as hairlines, the problem as a ring, the places as letters."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from dashboard import session
from dashboard.design import SANS, Html, Palette
from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, element, joined
from geo import projection
from problems.kept_assessments import ControlArea, letters
from problems.problem import Problem
from problems.store import Store

_WIDTH: Final = 640.0
_HEIGHT: Final = 400.0
_MARGIN: Final = 40.0
_MARK: Final = 13.0
#: With more streets than this only the main ones are drawn.
_MOST_STREETS: Final = 3_000


def streets_in_metres(store: Store, epsg: int) -> list[npt.NDArray[np.float64]]:
    """Return the streets as lines in metres; where there are very many, the main ones."""
    found = []
    for street in store.streets():
        line = street.geometry.get("coordinates")
        if street.geometry.get("type") == "LineString" and isinstance(line, list):
            found.append((street.rank, np.asarray(line, dtype=np.float64)[:, :2]))
    main = min((rank for rank, _ in found), default=0)
    drawn = [line for rank, line in found if len(found) <= _MOST_STREETS or rank == main]
    if not drawn:
        return []
    # All corners at once: each call of the projection costs more than a thousand points.
    ends = np.cumsum([len(line) for line in drawn])[:-1]
    return np.split(projection.to_metres(np.concatenate(drawn), epsg), ends)


def show_sketch(desk: Desk, problem: Problem, areas: Sequence[ControlArea], *, epsg: int) -> None:
    """Draw where the comparison places lie; those that are left out are drawn hollow."""
    at = projection.to_metres(np.array([problem.lon_lat, *(area.lon_lat for area in areas)]), epsg)
    low, high = at.min(axis=0), at.max(axis=0)
    span = np.maximum(high - low, 600.0)
    scale = float(min((_WIDTH - 2 * _MARGIN) / span[0], (_HEIGHT - 2 * _MARGIN) / span[1]))
    middle = (low + high) / 2

    def place(x: float, y: float) -> tuple[float, float]:
        return round(_WIDTH / 2 + (x - middle[0]) * scale, 1), round(_HEIGHT / 2 - (y - middle[1]) * scale, 1)

    lines = _lines([[place(x, y) for x, y in line.tolist()] for line in streets_in_metres(desk.store, epsg)])
    named = letters(areas)
    marks = [_letter(place(x, y), named[area.id], taken=area.taken) for area, (x, y) in zip(areas, at[1:], strict=True)]
    own = _own(place(float(at[0][0]), float(at[0][1])), problem.ref, [place(x, y) for x, y in at[1:].tolist()])
    box = f"0 0 {_WIDTH:.0f} {_HEIGHT:.0f}"
    drawn = element(
        "svg", _sheet(session.colours()), lines, joined(marks), own, xmlns="http://www.w3.org/2000/svg", viewBox=box
    )
    taken = sum(area.taken for area in areas)
    told = f"Sketch of the city: {problem.ref} and {taken} of {len(areas)} comparison places, listed beside."
    # As a picture: pages let no drawing through as markup, and a picture runs nothing.
    draw(element("img", css="fx-sketch", src=f"data:image/svg+xml,{quote(drawn)}", alt=told))


def _sheet(colours: Palette) -> Html:
    font = SANS.replace("'", "")
    return element(
        "style",
        f"text{{font:600 17px {font};fill:{colours.ink}}}"
        f".street{{fill:none;stroke:{colours.edge};stroke-width:.8;opacity:.5}}"
        f".in circle{{fill:{colours.accent};stroke:{colours.paper};stroke-width:2}}"
        f".in text{{fill:{colours.on_accent};text-anchor:middle}}"
        f".out circle{{fill:{colours.paper};stroke:{colours.edge};stroke-width:2}}"
        f".out text{{fill:{colours.muted};text-anchor:middle}}"
        f".own circle{{fill:none;stroke:{colours.warn};stroke-width:3}}",
    )


def _lines(lines: Sequence[Sequence[tuple[float, float]]]) -> Html:
    seen = [line for line in lines if any(0 <= x <= _WIDTH and 0 <= y <= _HEIGHT for x, y in line)]
    path = " ".join("M" + " L".join(f"{x:.0f} {y:.0f}" for x, y in line) for line in seen)
    return element("path", css="street", d=path or "M0 0")


def _letter(at: tuple[float, float], letter: str, *, taken: bool) -> Html:
    x, y = at
    circle = element("circle", cx=f"{x}", cy=f"{y}", r=f"{_MARK}")
    words = element("text", letter, x=f"{x}", y=f"{y + 5.5}")
    return element("g", circle, words, css="in" if taken else "out")


def _own(at: tuple[float, float], ref: str, others: Sequence[tuple[float, float]]) -> Html:
    """Return the mark of the problem, named on the side where the most room is."""
    x, y = at
    rings = joined(element("circle", cx=f"{x}", cy=f"{y}", r=f"{radius}") for radius in (6, 15))

    def room(side: tuple[float, float, str]) -> float:
        middle_x, middle_y = x + 2.6 * side[0] if side[0] else x, y + side[1]
        inside = 30 < middle_x < _WIDTH - 30 and 15 < middle_y < _HEIGHT - 10
        return min((abs(middle_x - east) + abs(middle_y - north) for east, north in others), default=1.0) * inside

    sides = ((20.0, 5.5, "start"), (-20.0, 5.5, "end"), (0.0, 34.0, "middle"), (0.0, -22.0, "middle"))
    dx, dy, anchor = max(sides, key=room)
    return element("g", rings, element("text", ref, x=f"{x + dx}", y=f"{y + dy}", text_anchor=anchor), css="own")
