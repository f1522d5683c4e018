"""Which column holds what: shown as recognised, correctable, with examples."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from dashboard.design import plain_label
from dashboard.parts.markup import draw, element
from data.importing import Preview
from data.reading.columns import FIELDS, Columns

_ABSENT: Final = ""
#: Asked for at first; the others are behind one click.
_CHIEF: Final = ("id", "category", "reported", "lat", "lon", "text", "address", "status")
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
            "This file tells no places (its reports are kept, but are not on the map)", key=f"no-place-{upload_id}"
        )
    if chosen == recognised and no_place == found.columns.no_place:
        return None
    return Columns(names=chosen, no_place=no_place)


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
