"""The files of a briefing: made when they are asked for, and handed out once to whoever asked."""

from typing import Final

import streamlit as st

from dashboard.handouts import handouts
from dashboard.parts.briefing_figures import Reading
from dashboard.parts.markup import draw, element, link
from data.briefing_files import RENDERERS

_FILES: Final = "briefing-files"
_NAMES: Final = {".pdf": "PDF, two pages", ".pptx": "PowerPoint", ".html": "HTML", ".csv": "CSV annex"}


def show_files(reading: Reading) -> None:
    """Draw a button for each kind of file that there is, and the way to the one that was made."""
    made: dict[str, tuple[str, str]] = st.session_state.setdefault(_FILES, {})
    name = file_name(reading)
    for suffix in sorted(RENDERERS, key=_order):
        if st.button(f"Make {_NAMES.get(suffix, suffix)}", key=f"make{suffix}"):
            with st.spinner(f"Making {name}{suffix}"):
                content = RENDERERS[suffix](reading.briefing)
            made[suffix] = (name, handouts.keep(f"{name}{suffix}", content))
    for suffix, (of, token) in sorted(made.items(), key=lambda one: _order(one[0])):
        if of == name and handouts.is_waiting(token):
            words = f"Download {name}{suffix}"
            draw(element("p", link(f"/api/handout/{token}", words), " It is handed out once.", role="status"))


def file_name(reading: Reading) -> str:
    """Return what a file is called, without its suffix: week, area and day of knowledge."""
    asked, area = reading.asked, reading.briefing.header.area
    place = "" if area is None else "-" + "".join(one if one.isascii() and one.isalnum() else "-" for one in area.name)
    return f"briefing-{asked.week}{place}-known-{asked.known_on.isoformat()}"


def _order(suffix: str) -> tuple[int, str]:
    known = list(_NAMES)
    return (known.index(suffix) if suffix in known else len(known), suffix)
