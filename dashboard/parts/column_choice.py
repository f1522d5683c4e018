"""Which column holds what: shown as recognised, correctable, with examples."""

from collections.abc import Mapping
from typing import Final
from zoneinfo import available_timezones

import streamlit as st

from dashboard.design import plain_label
from dashboard.parts.markup import draw, element
from data.importing import Preview
from data.reading.columns import DATE_FIELDS, FIELDS, Columns

_ABSENT: Final = ""
#: Asked for at first; the others are behind one click.
_CHIEF: Final = ("id", "category", "reported", "lat", "lon", "text", "address", "status")
_ORDERS: Final[Mapping[str, str]] = {
    "iso": "Year first: 2026-01-31",
    "dmy": "Day first: 31/01/2026",
    "mdy": "Month first: 01/31/2026",
    "epoch": "Seconds since 1970",
    "serial": "Days as a spreadsheet counts them",
}
_IN_A_ROW: Final = 4


def chosen_columns(upload_id: str, found: Preview) -> Columns | None:
    """Draw a choice for every field and return the corrected mapping, or None where nothing differs."""
    recognised = dict(found.columns.names)
    chosen: dict[str, str] = {}
    _choices(upload_id, found, _CHIEF, recognised, chosen)
    others = tuple(field for field in FIELDS if field not in _CHIEF)
    used = [FIELDS[field] for field in others if field in recognised]
    label = f"More columns ({', '.join(used)})" if used else "More columns"
    with st.expander(plain_label(label)):
        _choices(upload_id, found, others, recognised, chosen)
        no_place = st.checkbox(
            "This file has no places (its reports are kept, but are not on the map)", key=f"no-place-{upload_id}"
        )
    before = found.columns
    orders, zone, epsg = _reading(upload_id, before, chosen)
    columns = Columns(names=chosen, date_orders=orders, zone=zone, epsg=epsg, no_place=no_place)
    return None if columns == before else columns


def keep_for_later(columns: Columns) -> None:
    """Draw the columns as the file that the command line reads."""
    with st.expander("Keep these columns for the command line"):
        st.code(columns.to_toml(), language="toml", wrap_lines=True)


def _reading(
    upload_id: str, before: Columns, chosen: Mapping[str, str]
) -> tuple[dict[str, str], str | None, int | None]:
    """Draw how dates and coordinates are to be read; return date orders, time zone and EPSG number."""
    orders: dict[str, str] = {}
    epsg = before.epsg
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="fx-reading"):
        for field in (each for each in DATE_FIELDS if each in chosen):
            # An order that was recognised is for that column; another one may be written differently.
            known = before.date_orders.get(field) if chosen[field] == before.names.get(field) else None
            picked = st.selectbox(
                f"{FIELDS[field]}: written as",
                [*([] if known else [_ABSENT]), *_ORDERS],
                index=list(_ORDERS).index(known) if known else 0,
                format_func=lambda order: _ORDERS.get(order, "Find out"),
                key=f"order-{upload_id}-{field}-{chosen[field]}",
            )
            if picked:
                orders[field] = picked
        zones = sorted(available_timezones())
        zone = st.selectbox(
            "Time zone of the dates",
            [_ABSENT, *zones],
            index=zones.index(before.zone) + 1 if before.zone in zones else 0,
            format_func=lambda name: name or "That of this installation",
            key=f"zone-{upload_id}",
        )
        if "easting" in chosen or "northing" in chosen:
            epsg = st.number_input(
                "Coordinate system (EPSG number)",
                min_value=1024,
                max_value=32767,
                value=before.epsg,
                step=1,
                key=f"epsg-{upload_id}",
                help="27700 is the British National Grid. Whoever made the file knows the number.",
            )
    return orders, zone or None, epsg


def _choices(
    upload_id: str, found: Preview, fields: tuple[str, ...], recognised: Mapping[str, str], chosen: dict[str, str]
) -> None:
    told = {each.field: each for each in found.recognised}
    options = [_ABSENT, *found.header]
    for start in range(0, len(fields), _IN_A_ROW):
        for column, field in zip(st.columns(_IN_A_ROW), fields[start : start + _IN_A_ROW], strict=False):
            with column:
                value = recognised.get(field, _ABSENT)
                picked = st.selectbox(
                    plain_label(FIELDS[field]),
                    options,
                    index=options.index(value) if value in options else 0,
                    format_func=lambda name: name or "Not in the file",
                    key=f"column-{upload_id}-{field}",
                )
                if picked:
                    chosen[field] = picked
                sure = told.get(field)
                if sure and sure.column == picked:
                    draw(element("p", _examples(sure.examples, sure.confidence), css="fx-quiet"))


def _examples(examples: tuple[str, ...], confidence: float) -> str:
    certainty = "sure" if confidence >= 0.8 else "likely" if confidence >= 0.5 else "unsure, please check"
    shown = ", ".join(text if len(text) <= 40 else f"{text[:39]}…" for text in examples[:2])
    return f"{certainty}: {shown}" if shown else certainty
