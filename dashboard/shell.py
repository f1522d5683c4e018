"""The script of the app: the frame around every page. ``dashboard/app.py`` serves it."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import streamlit as st

from dashboard import design, session
from dashboard.mapping.layers import last_day, only_by_area
from dashboard.views import (
    board,
    combine,
    draw,
    duplicates,
    imports,
    inbox,
    map,  # noqa: A004 - the page is called Map
    problem,
    quality,
    report,
    setup,
)
from dashboard.wording import day
from data.importing import ALL_SYNTHETIC, MIXED, SYNTHETIC_FACT
from problems.errors import ProblemError
from problems.sources import PlacePrecision
from problems.store import Store

_MARK: Final = Path(__file__).parent / "assets" / "mark.png"
_PAGES: Final = (
    (map.show, "Map", ""),
    (problem.show, "Problems", "problem"),
    (board.show, "Board", "board"),
    (report.show, "Report", "report"),
    (inbox.show, "Inbox", "inbox"),
    (duplicates.show, "Duplicates", "duplicates"),
    (imports.show, "Import", "import"),
    (quality.show, "Data quality", "quality"),
    (setup.show, "Setup", "setup"),
)
#: Pages that are reached from another one and are not in the bar.
_HIDDEN: Final = ((draw.show, "New area", draw.PATH), (combine.show, "Merge or split", combine.PATH))
SYNTHETIC: Final = "The data shown are synthetic: a made-up sample city. Nobody and nothing in it is real."
PARTLY_SYNTHETIC: Final = "This is the made-up sample city, together with reports that you imported."
_BANNERS: Final = {ALL_SYNTHETIC: SYNTHETIC, MIXED: PARTLY_SYNTHETIC}


def main() -> None:
    """Draw the frame, and in it the page that the address names."""
    st.set_page_config(page_title="Fixpoint", page_icon=str(_MARK), layout="wide", initial_sidebar_state="collapsed")
    st.logo(str(_MARK), size="medium")
    page = st.navigation(
        [
            *(st.Page(show, title=title, url_path=path or None, default=not path) for show, title, path in _PAGES),
            *(st.Page(show, title=title, url_path=path, visibility="hidden") for show, title, path in _HIDDEN),
        ],
        position="top",
    )
    try:
        store = session.get_store()
    except ProblemError as refusal:
        _dress()
        st.html(design.error_state(refusal.asked, refusal.why, refusal.possible))
        return
    _bar()
    _dress()
    banner = _BANNERS.get(store.fact(SYNTHETIC_FACT) or "")
    if banner:
        st.html(f'<p class="fx-banner">{design.safe_html(banner)}</p>')
    try:
        page.run()
    except ProblemError as refusal:
        st.html(design.error_state(refusal.asked, refusal.why, refusal.possible))
    _footer(store)


def _dress() -> None:
    """Add the style sheet; after the switch for high contrast, which is only known once it was drawn."""
    st.html(design.css(dark=session.is_dark(), contrast=session.wants_contrast()))


def _bar() -> None:
    """Draw who is working and how it is shown, on the right of the bar with the pages."""
    with st.container(key="fx-bar", horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        people = {person.key: person for person in session.people_to_work_as()}
        if people:
            # The label of the box itself is for screen readers: above it there is no room in the bar.
            st.html('<span class="fx-bar-label" aria-hidden="true">Working as</span>', width="content")
            st.selectbox(
                "Working as",
                ["", *people],
                format_func=lambda key: session.called(people[key]) if key else "This computer",
                key=session.WORKING_AS,
                bind="query-params",
                label_visibility="collapsed",
            )
        with st.popover("Display", width="content"):
            st.toggle("High contrast", key=session.CONTRAST, bind="query-params")
            st.html(
                design.note(
                    "Light or dark follows your device. Change it in its settings, under Display or Appearance."
                )
            )


def _footer(store: Store) -> None:
    counts = store.counts()
    zone = session.get_settings().zone
    today = session.get_clock()().astimezone(zone).date()
    parts = [
        f"Reports up to {day(last_day(store, today, zone))}" if counts.reports else "No reports yet",
        hot_spot_words(store),
        f"Times in {zone}",
        f"Fixpoint {program_version()}",
    ]
    st.html(f'<footer class="fx-footer">{"".join(f"<span>{design.safe_html(part)}</span>" for part in parts)}</footer>')


def hot_spot_words(store: Store) -> str:
    """Return as of when there are hot spots, or why there are none."""
    latest = store.latest_refresh()
    if latest:
        return f"Hot spots as of {day(latest.as_of)}"
    # Without an inexact source the reports need not be read for it.
    if any(source.precision is PlacePrecision.SNAPPED for source in store.sources()) and only_by_area(store):
        return "No hot spots: all reports count by area"
    return "No hot spots looked for yet"


def program_version() -> str:
    """Return the version of the program, also where it runs from the checkout."""
    try:
        return version("fixpoint")
    except PackageNotFoundError:
        import tomllib

        root = Path(__file__).resolve().parent.parent
        return str(tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


if __name__ == "__main__":
    main()
