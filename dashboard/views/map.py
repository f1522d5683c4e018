"""The Map: where reports concentrate, which problems they became, and what is being done about them."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from dashboard import design, jobs, session
from dashboard.mapping import layers as map_layers
from dashboard.mapping import live_layer
from dashboard.mapping.layers import Asked, Picture
from dashboard.views import map_filters, map_panel, map_reading, welcome
from dashboard.wording import count, day, share
from problems.errors import NotFound, ProblemError
from problems.figures import map_figures
from problems.hot_spots import Refresh
from problems.problem import Problem, problem_number
from problems.progress import Progress
from problems.store import Store
from problems.use_cases.refreshing import refresh

REFRESH_JOB: Final = "Finding hot spots"
_PROBLEM: Final = "problem"


def show() -> None:
    """Draw the Map page, or the welcome of an empty store."""
    store = session.get_store()
    if welcome.shown_instead(store):
        return
    head = st.container()
    asked = map_filters.draw(store)
    seen = map_layers.picture(store, asked, session.get_settings().zone)
    head.html(design.page_head("Where reports concentrate", map_reading.sentence(asked, seen)))
    _figures(store, asked, seen)
    _desk(asked)
    _refresh_row(store)


def _figures(store: Store, asked: Asked, seen: Picture) -> None:
    zone = session.get_settings().zone
    today = session.get_clock()().astimezone(zone).date()
    wanted = asked.of_problems().wanted
    figures = map_figures(seen.problems, store.actions(), seen.reports, wanted, today)
    cells = [
        design.KeyFigure("Open problems", f"{figures.open_problems:,}", map_reading.under_way(seen.problems)),
        design.KeyFigure("Nobody has taken on yet", f"{figures.not_taken_on:,}", "hot spots waiting for a decision"),
        design.KeyFigure("Reports", f"{figures.reports:,}", map_reading.compared(asked, seen)),
        design.KeyFigure("Actions late", f"{figures.late_actions:,}", "promised, due and not done"),
    ]
    st.html(design.key_figures(cells))


# -- map, panel and table: one fragment, so that choosing a problem runs only this ------------------


@st.fragment
def _desk(asked: Asked) -> None:
    store, settings = session.get_store(), session.get_settings()
    seen = map_layers.picture(store, asked, settings.zone)
    chosen, missing = _chosen(store)
    map_side, panel_side = st.columns([2, 1], gap="medium")
    with map_side:
        state = map_layers.map_state(store, settings, asked, session.colours(), chosen)
        with st.container(key="fx-map"):
            live_layer.draw(state, key="map", chosen=_choose)
        st.html(map_reading.legend())
    with panel_side, st.container(key="fx-panel"):
        if missing:
            st.html(design.error_state(missing.asked, missing.why, missing.possible))
        map_panel.draw(store, chosen, seen.problems, _choose)
    map_panel.table(seen.problems, chosen, _choose)


def _choose(ref: str) -> None:
    if ref:
        st.query_params[_PROBLEM] = ref
    else:
        st.query_params.pop(_PROBLEM, None)


def _chosen(store: Store) -> tuple[Problem | None, ProblemError | None]:
    """Return the problem that the address names, or the refusal where there is none."""
    ref = st.query_params.get(_PROBLEM, "")
    if not ref:
        return None, None
    try:
        return store.problem(problem_number(ref)), None
    except NotFound as missing:
        return None, missing


# -- the refresh ---------------------------------------------------------------------------------


def _refresh_row(store: Store) -> None:
    latest = store.latest_refresh()
    st.html(design.section_head("Where the hot spots come from"))
    words, button = st.columns([3, 1], vertical_alignment="top", gap="medium")
    with words:
        for remark in _about(latest):
            st.html(design.note(remark))
        if latest and latest.excluded_reports:
            st.html('<p class="fx-note"><a href="/setup" target="_self">Look at the default points in Setup</a></p>')
    with button:
        job = jobs.find(REFRESH_JOB)
        if not (job and job.is_running) and st.button("Find hot spots again", width="stretch"):
            _start_refresh()
            st.rerun()
    jobs.watch(REFRESH_JOB, done=_found)


def _about(latest: Refresh | None) -> list[str]:
    if latest is None:
        return ["Nobody has looked for hot spots yet. “Find hot spots again” does so; it takes a few seconds."]
    window = f"the {latest.window_days} days up to then" if latest.window_days else "everything up to then"
    found = (
        f"As of {day(latest.as_of)}, from {count(latest.distinct_incidents, 'distinct incident')} in {window}: "
        f"{count(latest.hot_spots, 'hot spot')}."
    )
    if not latest.excluded_reports:
        return [found]
    part = share(map_layers.kept_out_share(latest))
    out = (
        f"Kept out: {count(latest.excluded_reports, 'report')} ({part}) on "
        f"{count(latest.excluded_default_points, 'default point')}. "
        "Those are places that stand for “somewhere in town”, so no hot spot is made of them."
    )
    return [found, out]


def _start_refresh() -> None:
    store, settings = session.get_store(), session.get_settings()
    asking, clock, seed = session.principal(), session.get_clock(), session.get_seed()

    def work(progress: Progress) -> Refresh:
        return refresh(store, asking, clock, seed, settings=settings.detection, zone=settings.zone, progress=progress)

    jobs.start(REFRESH_JOB, work)


def _found(result: object) -> str:
    if not isinstance(result, Refresh):
        raise TypeError("a refresh returns a Refresh")
    changes: Mapping[str, int] = {
        "new": result.new,
        "went on": result.survived,
        "split": result.split,
        "merged": result.merged,
        "went quiet": result.dormant,
        "came back": result.recurred,
    }
    told = ", ".join(f"{number} {words}" for words, number in changes.items() if number) or "nothing changed"
    return f"{count(result.hot_spots, 'hot spot')} as of {day(result.as_of)}: {told}."
