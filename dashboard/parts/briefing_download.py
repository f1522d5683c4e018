"""The files of a briefing: made when they are asked for, and handed out once to whoever asked."""

from pathlib import Path
from typing import Final

import streamlit as st

from dashboard.handouts import handouts
from dashboard.parts.briefing_figures import Reading
from dashboard.parts.markup import draw, element, link
from dashboard.session import get_settings
from data.briefing_files import RENDERERS, renderer_for
from problems.file_names import plain_name

_FILES: Final = "briefing-files"
#: What the kinds of file are called, in the order they are offered.
NAMES: Final = {".pdf": "PDF, two pages", ".pptx": "PowerPoint", ".html": "HTML", ".csv": "CSV annex"}


def show_files(reading: Reading) -> None:
    """Draw a button for each kind of file that there is, and the way to the one that was made."""
    made: dict[str, tuple[str, str]] = st.session_state.setdefault(_FILES, {})
    name = file_name(reading)
    for suffix in sorted(RENDERERS, key=_order):
        if st.button(f"Make {NAMES.get(suffix, suffix)}", key=f"make{suffix}"):
            with st.spinner(f"Making {name}{suffix}"):
                content = renderer_for(Path(f"{name}{suffix}"), get_settings().paper)(reading.briefing)
            made[suffix] = (name, handouts.keep(f"{name}{suffix}", content))
    for suffix, (of, token) in sorted(made.items(), key=lambda one: _order(one[0])):
        if of == name and handouts.is_waiting(token):
            words = f"Download {name}{suffix}"
            draw(element("p", link(f"/api/handout/{token}", words), " It is handed out once.", role="status"))


def file_name(reading: Reading) -> str:
    """Return what a file is called, without its suffix: week, area and day of knowledge."""
    asked, area = reading.asked, reading.briefing.header.area
    place = "" if area is None else f"-{plain_name(area.name) or f'{area.kind}-{area.id}'}"
    return f"briefing-{asked.week}{place}-known-{asked.known_on.isoformat()}"


def _order(suffix: str) -> tuple[int, str]:
    known = list(NAMES)
    return (known.index(suffix) if suffix in known else len(known), suffix)
