"""Which column holds what: shown as recognised, with examples and why, and correctable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Final
from zoneinfo import available_timezones

import streamlit as st

from dashboard.design import plain_label
from dashboard.parts import kept
from dashboard.parts.markup import draw, element, link
from dashboard.parts.notices import refusal, remark
from data.importing import Preview
from data.reading.columns import DATE_FIELDS, FIELDS, Columns, columns_from
from problems.errors import InputRefused

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
_SURE, _LIKELY = 0.8, 0.5
_LONGEST: Final = 40
_MAX_TOML: Final = 100_000
_LOADED: Final = "fx_columns"


@dataclass(frozen=True)
class _Choice:
    """The widgets for one file as it was recognised: their keys, and what they start from."""

    upload_id: str
    found: Preview

    @property
    def stamp(self) -> str:
        """What the widgets start from: after another start they are other widgets."""
        return blake2b(self.found.columns.to_toml().encode(), digest_size=4).hexdigest()

    def key(self, *parts: str) -> str:
        return "-".join((parts[0], self.upload_id, self.stamp, *parts[1:]))


def corrected_columns(upload_id: str, found: Preview) -> Columns:
    """Draw a choice for every field and return the mapping as it was corrected."""
    choice = _Choice(upload_id, found)
    chosen: dict[str, str] = {}
    _choices(choice, _CHIEF, chosen)
    others = tuple(field for field in FIELDS if field not in _CHIEF)
    used = [FIELDS[field] for field in others if field in found.columns.names]
    label = f"More columns ({', '.join(used)})" if used else "More columns"
    with st.expander(plain_label(label)):
        _choices(choice, others, chosen)
    with st.expander("How dates and places are written"):
        return _reading(choice, {field: chosen[field] for field in FIELDS if field in chosen})


def _choices(choice: _Choice, fields: Sequence[str], chosen: dict[str, str]) -> None:
    told = {each.field: each for each in choice.found.recognised}
    recognised = choice.found.columns.names
    options = [_ABSENT, *choice.found.header]
    for start in range(0, len(fields), _IN_A_ROW):
        for column, field in zip(st.columns(_IN_A_ROW), fields[start : start + _IN_A_ROW], strict=False):
            with column:
                key = kept.begin(choice.key("column", field), recognised.get(field, _ABSENT), options)
                picked = st.selectbox(
                    plain_label(FIELDS[field]), options, format_func=lambda name: name or "Not in the file", key=key
                )
                kept.keep(key)
                if not picked:
                    continue
                chosen[field] = picked
                sure = told.get(field)
                if sure and sure.column == picked:
                    asked = {question.field for question in choice.found.questions}
                    why = "please say above" if field in asked else sure.why
                    lines = _certainty(sure.confidence, why), _examples(sure.examples)
                else:
                    seen = (row.get(picked, "") for row in choice.found.first_rows)
                    lines = "as you said", _examples(tuple(dict.fromkeys(value for value in seen if value)))
                told_lines = [element("p", line, css="fx-quiet") for line in lines if line]
                draw(element("div", *told_lines, css="fx-about"))


def _certainty(confidence: float, why: str) -> str:
    if why == "as you said":
        return why
    word = "sure" if confidence >= _SURE else "likely" if confidence >= _LIKELY else "please check"
    return f"{word}: {why}" if why else word


def _examples(examples: Sequence[str]) -> str:
    shown = (text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…" for text in examples[:2])
    told = " · ".join(shown)
    return f"e.g. {told}" if told else ""


def _reading(choice: _Choice, chosen: Mapping[str, str]) -> Columns:
    """Draw how dates and places are to be read; return the mapping with it.

    What was found out is for the column that it was found in: another one may be written differently.
    """
    before = choice.found.columns
    same = {field for field in chosen if chosen[field] == before.names.get(field)}
    orders: dict[str, str] = {}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="fx-reading"):
        for field in (each for each in DATE_FIELDS if each in chosen):
            known = before.date_orders.get(field) if field in same else None
            options = [*([] if known else [_ABSENT]), *_ORDERS]
            key = kept.begin(choice.key("order", field, chosen[field]), known or _ABSENT, options)
            picked = st.selectbox(
                f"{FIELDS[field]}: written as",
                options,
                format_func=lambda order: _ORDERS.get(order, "Find out"),
                key=key,
            )
            kept.keep(key)
            if picked:
                orders[field] = picked
        zone = _zone(choice)
        epsg = _system(choice) if {"easting", "northing"} & chosen.keys() else before.epsg
    key = kept.begin(choice.key("no-place"), before.no_place)
    no_place = st.checkbox("This file has no places (its reports are kept, but are not on the map)", key=key)
    kept.keep(key)
    return replace(
        before,
        names=dict(chosen),
        date_orders=orders,
        date_precision={
            field: precision
            for field, precision in before.date_precision.items()
            if field in same
            and orders.get(field) == before.date_orders.get(field)
            and (f"{field}_time" in chosen) == (f"{field}_time" in before.names)
        },
        zone=zone,
        epsg=epsg,
        no_place=no_place,
        fixed={field: value for field, value in before.fixed.items() if field not in chosen},
    )


def _zone(choice: _Choice) -> str | None:
    options = [_ABSENT, *sorted(available_timezones())]
    key = kept.begin(choice.key("zone"), choice.found.columns.zone or _ABSENT, options)
    picked = st.selectbox(
        "Time zone of the dates", options, format_func=lambda name: name or "That of this installation", key=key
    )
    kept.keep(key)
    return picked or None


def _system(choice: _Choice) -> int | None:
    key = kept.begin(choice.key("epsg"), choice.found.columns.epsg)
    picked = st.number_input(
        "Coordinate system (its EPSG number)",
        min_value=1024,
        max_value=32767,
        value=None,
        step=1,
        key=key,
        help="27700 is the British National Grid. Whoever made the file knows the number.",
    )
    kept.keep(key)
    return picked


# -- columns as a file --


def loaded_columns(upload_id: str) -> Columns | None:
    """Return the columns that were loaded from a file for this upload, or None."""
    kept_for, columns = st.session_state.get(_LOADED, ("", None))
    return columns if kept_for == upload_id and isinstance(columns, Columns) else None


def offer_columns_file(upload_id: str, columns: Columns) -> None:
    """Draw the columns as the file that the command line reads, to copy or download, and a way to load one."""
    with st.expander("Columns as a file"):
        remark("The same file works on the command line: python -m dashboard import reports.csv --columns columns.toml")
        text = columns.to_toml()
        st.code(text, language=None, wrap_lines=True)  # colours of a language would be too faint to read
        draw(
            element(
                "p",
                link("/api/export/columns.toml", "Download columns.toml", query={"columns": text}),
                css="fx-ways",
            )
        )
        uploaded = st.file_uploader("Use the columns of such a file", type=["toml"], key=f"toml-{upload_id}")
        seen = f"{_LOADED}-{uploaded.file_id}" if uploaded else ""
        if uploaded is None or st.session_state.get("fx_columns_seen") == seen:
            return
        try:
            content = uploaded.getvalue()
            if len(content) > _MAX_TOML:
                raise InputRefused("These columns cannot be used.", "The file is too long to hold columns.")
            loaded = columns_from(content.decode("utf-8-sig", "replace"), f"{uploaded.name} cannot be used.")
        except InputRefused as refused:
            refusal(refused)
            return
        st.session_state["fx_columns_seen"] = seen
        st.session_state[_LOADED] = (upload_id, loaded)
        st.rerun()
