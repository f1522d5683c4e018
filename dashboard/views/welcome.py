"""What an empty store says: where to begin, instead of an empty map."""

from typing import Final

import streamlit as st

from dashboard import design, jobs, session
from dashboard.wording import count
from problems.progress import Progress
from problems.store import Store

SAMPLE_JOB: Final = "Loading the sample city"


def shown_instead(store: Store) -> bool:
    """Draw the welcome where the store is empty or is just being filled; tell whether it was drawn."""
    job = jobs.find(SAMPLE_JOB)
    if not (job and job.is_running) and not store.counts().is_empty:
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
        if job.is_running:
            return True
    sample, own = st.columns(2, gap="large")
    with sample:
        st.html(design.section_head("Look round a sample city"))
        st.html(
            design.note(
                "Three years of made-up reports, with hot spots, partners and work in every state. "
                "No street, person or report in it is real. It takes about half a minute."
            )
        )
        if st.button("Load the sample city", type="primary"):
            _start()
            st.rerun()
    with own:
        st.html(design.section_head("Use your own reports"))
        st.html(
            design.note(
                "A CSV, Excel or GeoJSON file from your report system. You see what was understood, row by row, "
                "before anything is kept."
            )
        )
        st.html('<a class="fx-button" href="/import" target="_self">Import a file</a>')
    return True


def _start() -> None:
    store, clock, seed, zone = session.get_store(), session.get_clock(), session.get_seed(), session.get_settings().zone

    from data.sample.city import load_sample_city  # its generator is needed once in the life of a store

    def work(progress: Progress) -> object:
        return load_sample_city(store, clock, seed, zone=zone, progress=progress)

    jobs.start(SAMPLE_JOB, work)


def _loaded(result: object) -> str:
    from data.sample.city import SampleCounts

    if not isinstance(result, SampleCounts):
        raise TypeError("loading the sample city returns its counts")
    return (
        f"The sample city is loaded: {count(result.reports, 'report')}, {count(result.problems, 'problem')} and "
        f"{count(result.actions, 'action')}."
    )
