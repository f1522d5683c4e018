"""The arrow keys of the board: a small script of our own that moves between the cards."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.parts.markup import draw, element

_SCRIPT = Path(__file__).parents[1] / "assets" / "board-keys.js"


def show_keys() -> None:
    """Let arrow keys move between the cards of the page, and say so."""
    _mounted()(key="board-keys", height="content")
    words = "With the keyboard: Tab to a card, arrow keys to the others, Enter to its first button."
    draw(element("p", words, css="fx-quiet fx-wide-only"))


@lru_cache(maxsize=1)
def _mounted() -> Any:
    return st.components.v2.component("fixpoint_board_keys", js=_SCRIPT.read_text(encoding="utf-8"))
