"""The boxes before reports, in the inbox and below the map: what is ticked, until something is done with it."""

from collections.abc import Iterable, Sequence
from typing import Final

import streamlit as st

_INBOX: Final = "tick-"
_MAP: Final = "map-report-"


def tick_key(number: int) -> str:
    """Return the key of the box before a report of the inbox."""
    return f"{_INBOX}{number}"


def map_tick_key(number: int) -> str:
    """Return the key of the box before a report below the map."""
    return f"{_MAP}{number}"


def tick_all(ids: Sequence[int], ticked: bool) -> None:
    """Tick or untick the boxes of the inbox before these reports."""
    for number in ids:
        st.session_state[tick_key(number)] = ticked


def untick(ids: Iterable[int]) -> None:
    """Untick these reports wherever they are ticked, so that the next thing that is done is not done with them."""
    for number in ids:
        for key in (tick_key(number), map_tick_key(number)):
            if st.session_state.get(key):
                st.session_state[key] = False


def tick_all_words(shown: int) -> str:
    """Return what the button says that ticks every box that is shown."""
    return f"Tick all {shown:,} on this page"
