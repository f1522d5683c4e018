"""Importing a file of reports: match the columns, answer what is open, count, and only then keep."""

from typing import Final

import streamlit as st

from dashboard import jobs, session
from dashboard.jobs import Job, JobState
from dashboard.parts.batches import SHOWN, show_batch, show_counts, show_history, shown_batch
from dashboard.parts.by_area import show_next_by_area
from dashboard.parts.column_choice import corrected_columns, loaded_columns, offer_columns_file
from dashboard.parts.counting import IMPORT_JOB, Plan, count_and_import, done_words, is_mine
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.feeds import show_feeds
from dashboard.parts.first_rows import show_rows
from dashboard.parts.forms import draw_open_form
from dashboard.parts.markup import draw, element, link, page_head, section, show_sheet
from dashboard.parts.notices import refusal, remark, said
from dashboard.parts.questions import ask, needed, open_words
from dashboard.parts.refreshing import offer_refresh, watch_refresh
from dashboard.parts.source_choice import Start, chosen_source, start_from
from dashboard.parts.unmapped import show_unmapped
from dashboard.parts.upload import Upload, forget_upload, keep, kept_upload
from dashboard.wording import count
from data.importing import Preview, preview
from data.reading.columns import Columns
from problems.errors import ProblemError
from problems.reports import Batch, BatchState

_SEEN: Final = "fx_preview"
_SEEN_AT_ONCE: Final = 12


def show() -> None:
    """Draw the import page."""
    desk = this_desk()
    show_sheet()
    page_head("Import", "Bring in reports from a file. Nothing is kept before you have seen what it holds.")
    said()
    one = shown_batch(desk)
    if one is not None:
        show_batch(desk, one)
        draw_open_form()
        return
    job = _import_job(desk)
    # What comes and goes has a place of its own: nothing below it is drawn anew, and no click is lost.
    with st.container():
        _under_way(desk, job)
    if job is None or not is_mine(job) or job.state not in (JobState.RUNNING, JobState.DONE):
        with st.container():
            _choose_file(desk)
    else:
        st.empty()
    pulls = bool(session.get_settings().feeds.servers)
    if pulls:
        show_feeds(desk)
    section("Names without a category")
    show_unmapped(desk)
    _history(desk)
    if not pulls:
        show_feeds(desk)
    draw_open_form()


def _import_job(desk: Desk) -> Job | None:
    """Return the import that runs or has ended; one that was undone since has nothing to say any more."""
    job = jobs.find(IMPORT_JOB)
    if job is not None and isinstance(job.result, Batch):
        undone = {batch.id for batch in desk.store.batches() if batch.state is BatchState.UNDONE}
        if job.result.id in undone:
            jobs.dismiss(IMPORT_JOB)
            return None
    return job


def _under_way(desk: Desk, job: Job | None) -> None:
    """Draw the import that runs or has ended, and what to do next."""
    if job is not None and job.is_running:
        remark(f"{job.title or 'An import'}. You may leave this page; the import goes on.", tone="accent")
    ended_well = job is not None and job.state is JobState.DONE and is_mine(job)
    if not ended_well:
        jobs.watch(IMPORT_JOB, done=done_words)
    watch_refresh()
    if job is not None and job.state is JobState.DONE and isinstance(job.result, Batch):
        _what_next(desk, job.result, mine=ended_well)


def _history(desk: Desk) -> None:
    section("Imports so far")
    show_history(desk)


def _what_next(desk: Desk, batch: Batch, *, mine: bool) -> None:
    """Draw what an import brought, and what to do with it; in full for the one who made it."""
    if not mine:
        offer_refresh(desk)
        return
    forget_upload()
    remark(done_words(batch), tone="accent")
    show_counts(batch)
    section("What to do next")
    show_next_by_area(desk, batch.source)
    offer_refresh(desk, primary=True)
    ways = []
    if batch.rejected:
        words = f"Look at {count(batch.rejected, 'rejected row')}"
        ways.append(link("/import", words, query={SHOWN: str(batch.id)}))
    if batch.unmapped:
        remark(f"{count(batch.unmapped, 'report')} came without a known category: choose below what their names mean.")
    ways.append(link("/import", "See this import in full", query={SHOWN: str(batch.id)}))
    ways.append(link("/duplicates", "Review duplicates"))
    ways.append(link("/quality", "See how good the records are"))
    draw(element("p", *ways, css="fx-ways"))
    if st.button("Import another file", key="another"):
        jobs.dismiss(IMPORT_JOB)
        st.rerun()


def _choose_file(desk: Desk) -> None:
    left, right = st.columns([2, 1], vertical_alignment="top", gap="large")
    with left:
        uploaded = st.file_uploader(
            "File with reports (CSV, Excel, JSON, GeoJSON, Open311, GeoPackage, Shapefile, Parquet; also .gz or .zip)",
            key="upload",
            on_change=_changed,
        )
        upload = keep(uploaded) if uploaded is not None else kept_upload()
        if upload is not None and uploaded is None:
            _still_here(upload)
    with right:
        source = chosen_source(desk)
    if upload is None:
        remark(
            "One row for each report: a date, a kind, if possible a place. Telephone numbers in the text are masked."
        )
        return
    try:
        _read_and_count(desk, upload, source)
    except ProblemError as refused:
        refusal(refused)


def _changed() -> None:
    if st.session_state.get("upload") is None:
        forget_upload()


def _still_here(upload: Upload) -> None:
    """Say that the file is kept although the page was left, which empties the field."""
    remark(f"{upload.name} is still here.", tone="accent")
    if st.button("Put it away", key="put-away"):
        forget_upload()
        st.rerun()


def _read_and_count(desk: Desk, upload: Upload, source: str) -> None:
    found = _preview(desk, upload, None, source)
    read_as = ", ".join(word for word in (found.format_name, found.encoding) if word)
    remark(f"{upload.name} was read as {read_as}: {count(len(found.header), 'column')}.")
    loaded = loaded_columns(upload.upload_id)
    with st.container():
        start = Start(loaded) if loaded else start_from(desk, source, found)
    if start != Start():
        found = _preview(desk, upload, start.columns, source, anew=start.anew)
    questions, columns = st.container(), st.container()
    with columns:
        section("Columns", "please check")
        corrected = corrected_columns(upload.upload_id, found)
    seen = found if corrected == found.columns else _preview(desk, upload, corrected, source)
    with questions:
        shown = ask(upload.upload_id, seen, lambda answered: _preview(desk, upload, answered, source))
    with st.container():
        show_rows(desk, shown, open_words(shown))
    offer_columns_file(upload.upload_id, shown.columns)
    if not shown.refusal and not needed(shown.questions):
        count_and_import(desk, Plan(upload, source, shown.columns))


def _preview(desk: Desk, upload: Upload, columns: Columns | None, source: str, *, anew: bool = False) -> Preview:
    """Look at the file once for each way of reading it."""
    key = f"{upload.upload_id} {source} {columns} {anew} {desk.store.version()}"
    kept: dict[str, Preview] = st.session_state.setdefault(_SEEN, {})
    if key not in kept:
        while len(kept) >= _SEEN_AT_ONCE:
            kept.pop(next(iter(kept)))
        kept[key] = preview(
            upload.path,
            columns,
            source=source,
            zone=desk.zone,
            store=desk.store,
            file_name=upload.name,
            anew=anew,
        )
    return kept[key]
