"""Where a file comes from: chosen from what is known, so that one source keeps one name."""

from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from dashboard.parts import kept
from dashboard.parts.desk import Desk
from dashboard.parts.notices import remark
from dashboard.wording import listed
from data.importing import AS_LAST_TIME, DEFAULT_SOURCE, Preview
from data.reading.columns import Columns, columns_from
from data.remembering import lasting
from data.source_names import checked_source, known_names
from data.suggesting import near_names
from problems.errors import InputRefused

_KEY: Final = "source"


def chosen_source(desk: Desk) -> str:
    """Draw the choice of the source and return its name; a name that is nearly a known one is remarked on."""
    known = known_sources(desk)
    latest = next((batch.source for batch in desk.store.batches()), DEFAULT_SOURCE)
    own = kept.begin(_KEY, latest)
    options = known if own_name(own) in known else [*known, own_name(own)]
    st.selectbox(
        "Where it comes from",
        options,
        key=_KEY,
        accept_new_options=True,
        help="The same name every time, so that a report is recognised when it comes again. Type to add a new one.",
    )
    typed = str(kept.keep(_KEY) or "")
    source = _kept_spelling(desk, typed)
    if source != " ".join(typed.split()):
        remark(f"“{source}” is there already: the file is read as one of it.")
    near = [] if source in known else near_names(known, source)
    if near:
        remark(f"There is {listed([f'“{name}”' for name in near])} already. Is it the same?", tone="warn")
    return source


def _kept_spelling(desk: Desk, typed: str) -> str:
    try:
        return checked_source(desk.store, typed)
    except InputRefused:
        return typed  # told where the file is looked at


def own_name(key: str) -> str:
    """Return what the widget with this key holds."""
    return str(st.session_state.get(key) or DEFAULT_SOURCE)


def known_sources(desk: Desk) -> list[str]:
    """Return the names of the sources that are known, by name; the usual one when there is none."""
    return sorted(known_names(desk.store), key=str.casefold) or [DEFAULT_SOURCE]


@dataclass(frozen=True)
class Start:
    """What the columns of a file start from: given ones, or recognised anew."""

    columns: Columns | None = None
    anew: bool = False


def start_from(desk: Desk, source: str, found: Preview) -> Start:
    """Offer the columns that this source had last time, and return what the person wants to start from."""
    if any(each.why == AS_LAST_TIME for each in found.recognised):
        return Start(anew=not _wanted(source, "Read it as last time", yes=True))
    remembered = desk.store.source(source)
    if remembered is None or not remembered.columns:
        return Start()
    try:
        kept_columns = columns_from(remembered.columns)
        columns = replace(kept_columns, fixed=lasting(kept_columns))
    except InputRefused:
        return Start()  # kept by another version: the file is recognised anew
    missing = [f"“{column}”" for column in columns.names.values() if column not in found.header]
    if missing:
        remark(
            f"The columns of last time for “{source}” do not fit this file: it has no {listed(missing[:3])}. "
            "They were recognised anew."
        )
        return Start()
    return Start(columns if _wanted(source, "Read it as last time, although it has other columns", yes=False) else None)


def _wanted(source: str, label: str, *, yes: bool) -> bool:
    key = kept.begin(f"last-time-{source}", yes)
    st.checkbox(label, key=key, help="With the columns that this source had at its last import.")
    return bool(kept.keep(key))
