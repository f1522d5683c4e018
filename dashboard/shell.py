"""The script of the app: the frame around every page. ``dashboard/app.py`` serves it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard import design, session
from dashboard.lasting import set_aside
from dashboard.mapping.layers import last_day, only_by_area
from dashboard.parts import looking_back, viewing
from dashboard.views import (
    areas,
    board,
    briefing,
    combine,
    decisions,
    draw,
    duplicates,
    imports,
    inbox,
    map,  # noqa: A004 - the page is called Map
    organisation,
    problem,
    quality,
    report,
    search,
    serving,
    setup,
    told,
)
from dashboard.wording import day
from problems.errors import ProblemError
from problems.people import LAPTOP, Principal, Role, any_of
from problems.sample_city import made_up_words
from problems.seeing import READS_EVERYTHING
from problems.sharing import EVERYWHERE
from problems.sources import PlacePrecision
from problems.store import Store
from problems.use_cases.briefing import MAY_READ, MAY_READ_SOME
from problems.use_cases.drawing import MAY_LOOK
from problems.use_cases.owing import MAY_SEE
from problems.use_cases.reporting import MAY_REPORT

_MARK: Final = Path(__file__).parent / "assets" / "mark.png"


@dataclass(frozen=True)
class _Page:
    """A page of the bar, and whose it is; ``roles`` empty for everybody's."""

    show: Callable[[], None]
    title: str
    path: str = ""
    roles: tuple[Role, ...] = ()
    in_bar: bool = True
    #: Whether it can be looked at as known on a past day.
    can_look_back: bool = False
    #: The list of the bar that it stands in; empty for the bar itself.
    under: str = ""

    def is_for(self, who: Principal) -> bool:
        """Tell whether somebody is shown this page."""
        return not self.roles or who.has(*self.roles)


RESULTS: Final = "Results"
DATA: Final = "Data"

_PAGES: Final = (
    _Page(map.show, "Map"),
    _Page(problem.show, "Problems", "problem", can_look_back=True),
    _Page(organisation.show, "My organisation", organisation.PATH, MAY_SEE, can_look_back=True),
    _Page(decisions.show, "Decisions", decisions.PATH, READS_EVERYTHING, can_look_back=True),
    _Page(board.show, "Board", "board", (*EVERYWHERE, Role.PARTNER, Role.ADMIN), can_look_back=True),
    _Page(briefing.show, "Briefing", briefing.PATH, MAY_READ_SOME, can_look_back=True),
    _Page(inbox.show, "Inbox", "inbox", (Role.OFFICER, Role.COORDINATOR, Role.PARTNER), can_look_back=True),
    _Page(report.show, "Report", "report", MAY_REPORT),
    _Page(areas.show, "Areas", areas.PATH, MAY_READ_SOME, can_look_back=True, under=RESULTS),
    _Page(serving.show, "Service", serving.PATH, MAY_READ, can_look_back=True, under=RESULTS),
    _Page(told.show, "You said, we did", told.PATH, MAY_READ, can_look_back=True, under=RESULTS),
    _Page(imports.show, "Import", "import", READS_EVERYTHING, under=DATA),
    _Page(duplicates.show, "Duplicates", "duplicates", READS_EVERYTHING, can_look_back=True, under=DATA),
    _Page(quality.show, "Data quality", "quality", READS_EVERYTHING, can_look_back=True, under=DATA),
    _Page(setup.show, "Setup", "setup", READS_EVERYTHING, under=DATA),
    # Reached from other pages, and not in the bar.
    _Page(draw.show, "New area", draw.PATH, MAY_LOOK, in_bar=False),
    _Page(combine.show, "Merge or split", combine.PATH, READS_EVERYTHING, in_bar=False, can_look_back=True),
    _Page(search.show, "Search", search.PATH, in_bar=False, can_look_back=True),
)


def main() -> None:
    """Draw the frame, and in it the page that the address names."""
    st.set_page_config(page_title="Fixpoint", page_icon=str(_MARK), layout="wide", initial_sidebar_state="collapsed")
    st.logo(str(_MARK), size="medium")
    try:
        store = session.get_store()
    except ProblemError as refusal:
        _pages_for(LAPTOP)
        _dress()
        st.html(design.error_state(refusal.asked, refusal.why, refusal.possible))
        return
    # Before the pages: only once it was drawn is it known who looks, and which pages are theirs.
    _bar()
    session.keep_stays()
    shown, page = _pages_for(session.principal())
    st.set_page_config(page_title=f"{page.title} · Fixpoint")
    _dress()
    viewing.go_where_asked(shown, page)
    banner = made_up_words(store)
    if banner:
        st.html(f'<p class="fx-banner">{design.safe_html(banner)}</p>')
    viewing.show_banner()
    past = {f"/{each.path}": each for each in _PAGES if each.can_look_back and each.is_for(session.principal())}
    looking_back.show_banner(
        {path: each.title for path, each in past.items() if each.in_bar},
        can_look_back=f"/{page.url_path}" in past,
        of_its_own=briefing.day_of_knowledge() if page.url_path == briefing.PATH else None,
    )
    try:
        page.run()
    except ProblemError as refusal:
        st.html(design.error_state(refusal.asked, refusal.why, refusal.possible))
    _footer(store)
    # Each page loads libraries of its own when it is first drawn.
    set_aside(page.title)


def _pages_for(who: Principal) -> tuple[Mapping[str, StreamlitPage], StreamlitPage]:
    """Return the pages by their path, and the one that the address names; those of others say whose they are."""
    pages = {
        each.path: st.Page(
            each.show if each.is_for(who) else partial(_not_yours, each),
            title=each.title,
            url_path=each.path or None,
            default=not each.path,
            visibility="visible" if each.in_bar and each.is_for(who) else "hidden",
        )
        for each in _PAGES
    }
    return pages, st.navigation(
        {under: [pages[path] for path in paths] for under, paths in _lists(who).items()}, position="top"
    )


def _lists(who: Principal) -> Mapping[str, Sequence[str]]:
    """Return the paths of all pages by the list of the bar that they stand in, the bar itself ("") first.

    A list of one page would cost a click more than the page: it stands in the bar.
    """
    seen = Counter(each.under for each in _PAGES if each.in_bar and each.is_for(who))
    lists: dict[str, list[str]] = {"": []}
    for each in _PAGES:
        lists.setdefault(each.under if seen[each.under] > 1 else "", []).append(each.path)
    return lists


def _not_yours(page: _Page) -> None:
    """Say whose page this is, to somebody whose it is not."""
    who = session.principal()
    st.html(design.page_head(page.title))
    st.html(
        design.error_state(
            f"“{page.title}” is not shown to {who.name}.",
            f"It is for {any_of(page.roles)}.",
            "The bar above has the pages that are yours; ask somebody with one of these roles for the rest.",
        )
    )


def _dress() -> None:
    """Add the style sheet; after the switch for high contrast, which is only known once it was drawn."""
    st.html(design.css(dark=session.is_dark(), contrast=session.wants_contrast()))


def _bar() -> None:
    """Draw the search, who is looking and how it is shown, on the right of the bar with the pages."""
    with st.container(key="fx-bar", horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        viewing.search_box()
        viewing.choose_person()
        with st.popover("Display", width="content"):
            st.toggle("High contrast", key=session.CONTRAST, bind="query-params")
            looking_back.choose_day()
            st.html(
                design.note(
                    "Light or dark follows your device. Change it in its settings, under Display or Appearance."
                )
            )


def _footer(store: Store) -> None:
    zone = session.get_settings().zone
    if looking_back.day_chosen() is not None:
        # What there is today says nothing of the day that is looked at.
        parts = []
    else:
        today = session.get_clock()().astimezone(zone).date()
        newest = f"Reports up to {day(last_day(store, today, zone))}" if store.counts().reports else "No reports yet"
        parts = [newest, hot_spot_words(store)]
    parts += [f"Times in {zone}", f"Fixpoint {program_version()}"]
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
