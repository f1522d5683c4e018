"""Pulling from the Open311 servers that the settings name, as a job beside the import page."""

from typing import Final

import streamlit as st

from dashboard import design, jobs, session
from dashboard.parts.batches import counts_words
from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, section, table
from dashboard.parts.notices import remark
from dashboard.wording import NOTHING, count, moment
from data.feeds.open311 import MAY_PULL, Pulled, pull
from data.feeds.planning import FIRST_PULL_DAYS, FeedState, feed_state
from data.feeds.servers import HOW_TO_CONFIGURE, FeedServer
from problems.people import Role
from problems.progress import Progress

_JOB: Final = "pull "


def job_of(server: FeedServer) -> str:
    """Return the name of the job that pulls ``server``: one at a time for everybody."""
    return f"{_JOB}{server.source}"


def show_feeds(desk: Desk) -> None:
    """Draw the servers that may be pulled, how each stands, and the buttons that pull them."""
    servers = session.get_settings().feeds.servers
    if not servers:
        if desk.principal.has(Role.ADMIN):
            with st.expander("Pull reports from a server (Open311)"):
                remark(f"No server is configured. {HOW_TO_CONFIGURE}")
        return
    section("Pull from a server", "Open311 GeoReport v2")
    states = [feed_state(desk.store, session.get_settings(), server) for server in servers]
    rows = [
        (state.server.source, state.server.origin[1], moment(state.pulled_until, desk.zone), _standing(state, desk))
        for state in states
    ]
    draw(table("Servers", ("Source", "Server", "Pulled up to", ""), rows))
    for state in states:
        jobs.watch(job_of(state.server), done=_done_words)
    if desk.principal.has(*MAY_PULL):
        _buttons(desk, states)


def _standing(state: FeedState, desk: Desk) -> str:
    if state.waiting_pages:
        return f"not finished: {count(state.waiting_pages, 'page')} up to {moment(state.waiting_until, desk.zone)} wait"
    return NOTHING if state.pulled_until else f"the first pull brings the last {FIRST_PULL_DAYS} days"


def _buttons(desk: Desk, states: list[FeedState]) -> None:
    for state in states:
        job = jobs.find(job_of(state.server))
        if job is not None and job.is_running:
            continue
        source = state.server.source
        label = f"Go on with {source}" if state.waiting_pages else f"Pull {source} now"
        if st.button(design.plain_label(label), key=f"pull-{source}"):
            _start(desk, state.server)
            st.rerun()
        if state.waiting_pages and st.button(design.plain_label(f"Begin {source} anew"), key=f"repull-{source}"):
            _start(desk, state.server, restart=True)
            st.rerun()


def _start(desk: Desk, server: FeedServer, *, restart: bool = False) -> None:
    settings = session.get_settings()

    def work(progress: Progress) -> Pulled:
        return pull(*desk.asking, settings=settings, server=server, restart=restart, progress=progress)

    jobs.dismiss(job_of(server))
    jobs.start(job_of(server), work)


def _done_words(result: object) -> str:
    if not isinstance(result, Pulled):
        return "The pull is done."
    told = counts_words(result.batch) if result.batch else f"{result.source} has nothing for this time."
    return " ".join([told, *result.notes])
