"""A place for a form: press the map, or type the coordinates; the map is a help, never a must."""

import re
from typing import Final

import streamlit as st

from dashboard import session
from dashboard.mapping import layers, live_layer
from dashboard.mapping.features import STEP_DEGREES
from dashboard.mapping.layers import Asked
from dashboard.parts.desk import Desk
from problems.errors import InputRefused

_DAYS: Final = 28
_LABEL: Final = (
    "Map to give the place: press it, or move it with the arrow keys and press Enter for its middle. "
    "The coordinates can be typed too."
)
_NUMBER: Final = re.compile(r"[-+]?\d+(?:[.]\d+)?")


def place_words(lon: float, lat: float) -> str:
    """Return a place as it is typed: latitude first, to about a metre."""
    return f"{lat:.5f}, {lon:.5f}"


def read_place(typed: str) -> tuple[float, float] | None:
    """Return the (longitude, latitude) that somebody typed, latitude first; None where nothing is.

    Raises
    ------
    InputRefused
        When it is not two numbers.

    >>> read_place(" 53.8001, -1.5490 "), read_place("")
    ((-1.549, 53.8001), None)
    """
    if not typed.strip():
        return None
    numbers = _NUMBER.findall(typed)
    if len(numbers) != 2 or re.search(r"[^\d\s.,;°+-]", typed):
        raise InputRefused(
            f"“{typed.strip()[:40]}” is not a place.", "", "Type latitude and longitude such as 53.80010, -1.54900."
        )
    return float(numbers[1]), float(numbers[0])


def show_place_picker(desk: Desk, lon_lat: tuple[float, float] | None, *, key: str, into: str) -> None:
    """Draw a small map with the reports of the past weeks; a press on it writes the place into the field ``into``."""

    def placed(lon: float, lat: float) -> None:
        st.session_state[into] = place_words(lon, lat)

    asked = Asked(days=_DAYS, last=layers.last_day(desk.store, desk.today, desk.zone))
    at = [round(degree / STEP_DEGREES) for degree in lon_lat] if lon_lat else None
    state = {
        **layers.map_state(desk.store, session.get_settings(), asked, session.colours(), None, []),
        "pick": {"at": at},
        "at": at,
        "label": _LABEL,
    }
    with st.container(key="fx-place"):
        live_layer.draw(state, key=key, placed=placed)
