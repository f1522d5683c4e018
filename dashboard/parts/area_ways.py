"""Ways to give an area without the map: a boundary, a street, an address, reports by number, GeoJSON text."""

from collections.abc import Callable, Mapping
from typing import Final

import streamlit as st

from dashboard.design import plain_label
from dashboard.parts import area_address
from dashboard.parts.area_address import AREA, FARTHEST_M, MOST_REPORTS, NEAREST_M
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.markup import draw, element
from dashboard.parts.notices import refusal, remark
from dashboard.parts.place_picker import read_place
from dashboard.wording import count
from problems.drawing import read_pasted, usable
from problems.entries import BY_HAND
from problems.errors import InputRefused, NotFound, ProblemError
from problems.naming import in_naming_order
from problems.receipts import read_receipt
from problems.use_cases.drawing import metric_epsg

MAP: Final = "Draw it on the map"
BOUNDARY: Final = "A ward, beat or neighbourhood"
STREET: Final = "Along a street"
ADDRESS: Final = "Round an address or a point"
REPORTS: Final = "Round reports, by their numbers"
PASTED: Final = "From GeoJSON text"
_REFUSED: Final = "area_refused"
_FOUND_AT_MOST: Final = 20
_LISTED_AT_MOST: Final = 5
_TAKE: Final = "Show this area"


def show_ways(desk: Desk) -> None:
    """Draw the choice of ways and, below it, what the chosen one asks for."""
    way = st.radio("How to give the area", tuple(_WAYS), key="area_way", on_change=forget)
    _WAYS[way or MAP](desk)
    refused = st.session_state.get(_REFUSED)
    if isinstance(refused, ProblemError):
        refusal(refused)


def forget() -> None:
    """Forget what was refused last."""
    st.session_state.pop(_REFUSED, None)


def take(spec: str) -> None:
    """Put an area into the address; an empty text takes it away."""
    forget()
    if spec:
        st.query_params[AREA] = spec
    else:
        st.query_params.pop(AREA, None)


def _take(made: Callable[[Desk], str]) -> None:
    """Take the area that ``made`` names, or keep why there is none (a button's ``on_click``)."""
    try:
        take(made(this_desk()))
    except ProblemError as refused:
        st.session_state[_REFUSED] = refused


def _button(made: Callable[[Desk], str], *, key: str, label: str = _TAKE) -> None:
    st.button(label, key=key, type="primary", on_click=_take, args=(made,))


def _metres(label: str, key: str, usual: int) -> None:
    st.number_input(label, NEAREST_M, FARTHEST_M, usual, 5, key=key, width=220)


def _map(_desk: Desk) -> None:
    mouse = (
        "Press the map corner by corner, and the first corner again to close it. “Circle”: press its middle and pull."
    )
    keyboard = "With the keyboard: arrows move the map, Enter sets a corner in its middle, Backspace takes it back."
    for line in (mouse, keyboard):
        draw(element("p", line, css="fx-quiet"))


def _boundary(desk: Desk) -> None:
    areas = {area.id: area for area in in_naming_order(desk.store.areas())}
    if not areas:
        remark("No boundaries are here yet. They are imported under Setup.")
        return
    words = {number: plain_label(f"{area.kind.label}: {area.name}") for number, area in areas.items()}
    st.selectbox("Boundary", list(areas), format_func=words.__getitem__, key="area_boundary")
    _button(lambda _at: area_address.boundary_spec(areas[st.session_state["area_boundary"]]), key="area-take")


def _street(desk: Desk) -> None:
    names = sorted({street.name for street in desk.store.streets() if street.name})
    if not names:
        remark("No streets are drawn here. “Round an address or a point” finds the addresses that reports name.")
        return
    st.selectbox("Street", names, format_func=plain_label, key="area_street")
    _metres("Metres to each side of its middle", "area_street_m", 30)
    _button(
        lambda _at: area_address.street_spec(st.session_state["area_street"], st.session_state["area_street_m"]),
        key="area-take",
    )


def _address(desk: Desk) -> None:
    typed = st.text_input(
        "Address, or latitude and longitude", key="area_typed", placeholder="12 Mill Lane, or 53.8001, -1.5490"
    )
    _metres("Radius in metres", "area_radius_m", 100)
    try:
        point = read_place(typed) if typed and not any(letter.isalpha() for letter in typed) else None
    except ProblemError as refused:
        refusal(refused)
        return
    if point is not None:
        _button(lambda _at: area_address.circle_spec(point, st.session_state["area_radius_m"]), key="area-take")
        return
    if not typed.strip():
        remark("Addresses are found among those that reports name.")
        return
    found = {one.address: one for one in desk.store.addresses(typed, _FOUND_AT_MOST)}
    if not found:
        remark(f"No report names “{typed.strip()[:60]}”. Try fewer words, or type latitude and longitude.")
        return
    told: Mapping[str, str] = {
        name: plain_label(f"{name} ({count(one.reports, 'report')})") for name, one in found.items()
    }
    chosen = st.selectbox("Which one", list(found), format_func=told.__getitem__, key="area_address")
    _button(
        lambda _at: area_address.circle_spec(found[chosen].lon_lat, st.session_state["area_radius_m"]), key="area-take"
    )


def _reports(_desk: Desk) -> None:
    st.text_area(
        "Receipt or report numbers",
        key="area_numbers",
        placeholder="FX-7K3M-9QPD, R-000123",
        max_chars=2_000,
        height=110,
    )
    _metres("Metres round each", "area_reports_m", 75)
    _button(_numbers_spec, key="area-take")


def _numbers_spec(desk: Desk) -> str:
    """Return the area round the reports whose numbers were typed; one that is unknown is named."""
    asked = "There is no area from these numbers."
    typed = [part for part in str(st.session_state.get("area_numbers") or "").replace(",", " ").split() if part]
    if not typed:
        raise InputRefused(asked, "None was typed.", "Type receipt or report numbers, with a space between them.")
    if len(typed) > MOST_REPORTS:
        raise InputRefused(asked, f"{len(typed)} were typed.", f"Type at most {MOST_REPORTS}.")
    ids = {text: _report_id(desk, text) for text in typed}
    unknown = [text[:30] for text, number in ids.items() if number is None]
    if unknown:
        more = f" and {len(unknown) - _LISTED_AT_MOST} more" if len(unknown) > _LISTED_AT_MOST else ""
        why = f"No report with a place is known as {', '.join(unknown[:_LISTED_AT_MOST])}{more}."
        raise NotFound(asked, why, "Look the number up once more, or leave it out.")
    known = [number for number in ids.values() if number is not None]
    return area_address.reports_spec(known, st.session_state["area_reports_m"])


def _report_id(desk: Desk, text: str) -> int | None:
    digits = text.upper().removeprefix("R-")
    if digits.isascii() and digits.isdigit() and len(digits) <= 12:
        found = next(iter(desk.store.reports([int(digits)])), None)
    else:
        try:
            found = desk.store.report_known_as(BY_HAND, read_receipt(text))
        except InputRefused:
            return None
    return found.id if found and found.lon_lat and not found.undone else None


def _pasted(_desk: Desk) -> None:
    st.text_area(
        "GeoJSON text of one area",
        key="area_pasted",
        placeholder='{"type": "Polygon", "coordinates": [[[-1.2, 52.9], …]]}',
        max_chars=100_000,
        height=170,
    )
    remark("Longitude first, in degrees. Corners are taken to the metre.")
    _button(_pasted_spec, key="area-take")


def _pasted_spec(desk: Desk) -> str:
    from dashboard import session

    geometry = read_pasted(str(st.session_state.get("area_pasted") or ""))
    settings = session.get_settings().drawing
    drawn = usable(geometry, epsg=metric_epsg(desk.store, geometry), settings=settings)
    return area_address.ring_spec(drawn.geometry)


_WAYS: Final[Mapping[str, Callable[[Desk], None]]] = {
    MAP: _map,
    BOUNDARY: _boundary,
    STREET: _street,
    ADDRESS: _address,
    REPORTS: _reports,
    PASTED: _pasted,
}
