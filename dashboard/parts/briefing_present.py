"""The briefing on the wall: a screen at a time in large type, gone through by buttons or arrow keys."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.parts.briefing_asked import week_words
from dashboard.parts.briefing_choice import present
from dashboard.parts.briefing_figures import Reading
from dashboard.parts.briefing_meeting import is_at_meeting, meeting_buttons, show_meeting
from dashboard.parts.briefing_slides import slides_of
from dashboard.parts.markup import draw, element, page_head

_SCRIPT = Path(__file__).parents[1] / "assets" / "present-keys.js"


def show_slide(reading: Reading) -> None:
    """Draw the slide that is presented, the ways to the others, and the notes at hand."""
    slides = slides_of(reading)
    place = min(max(1, reading.slide), len(slides))
    title, drawn = slides[place - 1]
    with st.container(key="fx-present"):
        area = reading.briefing.header.area
        where = f", {area.name}" if area else ""
        page_head(title, kicker=f"{week_words(reading.asked.week)}{where}")
        drawn(reading)
    _ways(reading, place, len(slides))
    _mounted()(key="present-keys", height="content")


def _ways(reading: Reading, place: int, slides: int) -> None:
    with st.container(key="fx-present-ways", horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Previous", key="slide-before", disabled=place == 1, on_click=present, kwargs={"slide": place - 1})
        draw(element("p", f"{place} of {slides}", css="fx-slide-place", role="status"))
        st.button(
            "Next",
            key="slide-after",
            type="primary",
            disabled=place == slides,
            on_click=present,
            kwargs={"slide": place + 1},
        )
        if is_at_meeting(reading.desk):
            meeting_buttons(reading, suffix="-slide")
            if place < slides:
                with st.popover("Notes", width="content"):
                    show_meeting(reading, buttons=False)
        st.button("Leave", key="slide-leave", on_click=present, kwargs={"slide": None})


@lru_cache(maxsize=1)
def _mounted() -> Any:
    return st.components.v2.component("fixpoint_present_keys", js=_SCRIPT.read_text(encoding="utf-8"))
