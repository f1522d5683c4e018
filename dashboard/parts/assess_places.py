"""The comparison places of an assessment: on a sketch and in a list, to be taken out and put back."""

import math

import numpy as np
import streamlit as st

from dashboard.design import plain_label
from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, element
from dashboard.parts.notices import remark
from dashboard.parts.places_sketch import show_sketch
from dashboard.wording import count, metres
from geo import projection
from problems.kept_assessments import ControlArea, Layout, letters
from problems.naming import area_names, in_naming_order
from problems.problem import Problem

_DIRECTIONS = ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")


def chosen_places(problem: Problem) -> tuple[int, ...] | None:
    """Return the places that were chosen on the page, or None where nobody has chosen yet."""
    chosen = st.session_state.get(_key(problem))
    return chosen if isinstance(chosen, tuple) else None


def forget_places(problem: Problem) -> None:
    """Forget which places were chosen on the page, so that the rules choose again."""
    st.session_state.pop(_key(problem), None)
    for key in [key for key in st.session_state if str(key).startswith(f"assess-place-{problem.ref}-")]:
        del st.session_state[key]


def _key(problem: Problem) -> str:
    return f"assess-places-{problem.ref}"


def show_place_choice(desk: Desk, problem: Problem, layout: Layout, epsg: int) -> None:
    """Draw the sketch beside the list of places with their counts before; the choice holds for the next run."""
    if not layout.areas:
        remark(
            "No comparison place was found: nowhere else did the same concentrate as much at the same time "
            "without anybody working on it.",
            tone="warn",
        )
        return
    draw(
        element(
            "p",
            f"Comparison places are as large as this one ({metres(2 * layout.radius_m)} across), had about as many "
            "incidents when it was picked, and nobody has worked on them. Take out a place that you know is not "
            "comparable: new building, another campaign, a different street life.",
            css="fx-quiet",
        )
    )
    sketch, listed = st.columns([3, 4], gap="medium")
    with sketch:
        show_sketch(desk, problem, layout.areas, epsg=epsg)
    with listed:
        _list(desk, problem, layout, epsg)


def _list(desk: Desk, problem: Problem, layout: Layout, epsg: int) -> None:
    named = letters(layout.areas)
    wards = area_names(in_naming_order(desk.store.areas()), [area.lon_lat for area in layout.areas])
    ways = _ways(problem, layout, epsg)
    for area, ward, way in zip(layout.areas, wards, ways, strict=True):
        where = f"{ward}, {way}" if ward else way
        counts = f"{count(area.picked_count, 'incident')} when it was picked, {area.before} in the time before"
        with st.container(gap=None, key=f"assess-area-{area.id}"):
            st.checkbox(
                plain_label(f"{named[area.id]}: {where}"),
                value=area.taken,
                key=f"assess-place-{problem.ref}-{area.id}",
                on_change=_choose,
                args=(problem, tuple(layout.areas), area.id),
            )
            draw(element("p", counts, css="fx-quiet fx-under-box"))
    taken = sum(area.taken for area in layout.areas)
    if taken < 3:
        remark("With fewer than three comparison places nobody can tell how much such places drift by themselves.")


def _choose(problem: Problem, areas: tuple[ControlArea, ...], changed: int) -> None:
    taken = {area.id for area in areas if area.taken}
    st.session_state[_key(problem)] = tuple(area.id for area in areas if (area.id in taken) != (area.id == changed))


def _ways(problem: Problem, layout: Layout, epsg: int) -> list[str]:
    """Return how far away each place is, and in which direction."""
    at = projection.to_metres(np.array([problem.lon_lat, *(area.lon_lat for area in layout.areas)]), epsg)
    ways = []
    for east, north in (at[1:] - at[0]).tolist():
        turn = round(math.atan2(north, east) / (math.pi / 4)) % len(_DIRECTIONS)
        ways.append(f"{metres(math.hypot(east, north))} {_DIRECTIONS[turn]}")
    return ways
