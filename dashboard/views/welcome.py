"""What an empty store says: where to begin, instead of an empty map."""

from typing import Final

import streamlit as st

from dashboard import design, jobs, session
from dashboard.parts.markup import draw, link
from dashboard.wording import count
from data.sample.beside import fill_open_store, is_in_a_file
from data.sample.city import LOADING, SampleCounts
from problems.progress import Progress
from problems.store import Store

SAMPLE_JOB: Final = "Loading the sample city"
_ALL_OR_NOTHING: Final = "It is built beside your store and moved in when it is complete; you can stop it at any time."
_LEAVES_A_PART: Final = (
    "In a database server the city is loaded step by step: stopping half-way leaves a part of it, "
    "and the database must then be emptied."
)
_IN_PART: Final = design.error_state(
    "The sample city is here in part only.",
    "It is being loaded by another program, or a load was stopped half-way.",
    "Wait a minute and load this page again. If it stays: empty the store (remove its file, or drop and create "
    "the database) and start Fixpoint again.",
)


def shown_instead(store: Store) -> bool:
    """Draw the welcome where the store is empty or is just being filled; tell whether it was drawn."""
    job = jobs.find(SAMPLE_JOB)
    running = job is not None and job.is_running
    if not running and store.fact(LOADING):
        st.html(_IN_PART)
        return True
    if not running and not store.counts().is_empty:
        if job:
            jobs.watch(SAMPLE_JOB, done=_loaded)
        return False
    st.html(
        design.page_head(
            "Nothing here yet",
            "Fixpoint finds where residents’ reports concentrate, turns each place into a problem with an owner, "
            "and follows it to a fix that somebody has checked. It needs reports to begin.",
            kicker="Welcome",
        )
    )
    if job:
        jobs.watch(SAMPLE_JOB, done=_loaded)
    if running:
        st.html(design.note(_ALL_OR_NOTHING if is_in_a_file(_url()) else _LEAVES_A_PART))
        return True
    _offers()
    return True


def _url() -> str:
    return session.get_settings().store_url


def _offers() -> None:
    sample, own = st.columns(2, gap="large")
    with sample:
        st.html(design.section_head("Look round a sample city"))
        st.html(
            design.note(
                "Three years of made-up reports, with hot spots, partners and work in every state. "
                "No street, person or report in it is real. It takes about half a minute."
            )
        )
        if not is_in_a_file(_url()):
            st.html(design.note(_LEAVES_A_PART))
        if st.button("Load the sample city", type="primary"):
            _start()
            st.rerun()
    with own:
        st.html(design.section_head("Use your own reports"))
        st.html(
            design.note(
                "What your report system exports, with a row for each report: CSV, Excel, JSON, GeoJSON and others. "
                "You see what was understood, row by row, before anything is kept."
            )
        )
        draw(link("/import", "Import a file", css="fx-button"))


def _start() -> None:
    store, clock, seed, settings = (
        session.get_store(),
        session.get_clock(),
        session.get_seed(),
        session.get_settings(),
    )

    def work(progress: Progress) -> object:
        return fill_open_store(store, settings.store_url, clock, seed, zone=settings.zone, progress=progress)

    jobs.start(SAMPLE_JOB, work)


def _loaded(result: object) -> str:
    if not isinstance(result, SampleCounts):
        raise TypeError("loading the sample city returns its counts")
    return (
        f"The sample city is loaded: {count(result.reports, 'report')}, {count(result.problems, 'problem')} and "
        f"{count(result.actions, 'action')}."
    )
