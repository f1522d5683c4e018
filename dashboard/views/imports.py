"""Importing a file of reports: match the columns, look at the rows, count, and only then keep."""

from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard import jobs
from dashboard.parts.batches import counts_words, show_counts, show_history
from dashboard.parts.column_choice import chosen_columns, keep_for_later
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.forms import draw_open_form
from dashboard.parts.markup import draw, page_head, section, show_sheet, table
from dashboard.parts.notices import refusal, remark, said
from dashboard.parts.refreshing import offer_refresh, watch_refresh
from dashboard.parts.reports_table import category_words
from dashboard.parts.unmapped import show_unmapped
from dashboard.parts.upload import Upload, keep
from dashboard.wording import NOTHING, count, moment
from data.importing import DEFAULT_SOURCE, Preview, import_file, preview
from data.reading.columns import Columns
from problems.errors import ProblemError
from problems.progress import Progress
from problems.reports import Batch

IMPORT_JOB: Final = "import"
_CHECK_JOB: Final = "fx_check_job"
_SEEN: Final = "fx_preview"


def show() -> None:
    """Draw the import page."""
    desk = this_desk()
    show_sheet()
    page_head("Import", "Bring in reports from a table. Nothing is kept before you have seen what it holds.")
    said()
    done = jobs.watch(IMPORT_JOB, done=_done_words)
    watch_refresh()
    if done is not None and done.state is jobs.JobState.DONE:
        offer_refresh(desk, primary=True)
    if done is None:
        _choose_file(desk)
    section("Names without a category")
    show_unmapped(desk)
    section("Imports so far")
    show_history(desk)
    draw_open_form()


def _done_words(result: object) -> str:
    return counts_words(result) if isinstance(result, Batch) else "The import is done."


def _choose_file(desk: Desk) -> None:
    left, right = st.columns([2, 1], vertical_alignment="top", gap="large")
    with left:
        uploaded = st.file_uploader(
            "File with reports (CSV, Excel, JSON, GeoJSON, Open311, GeoPackage, Shapefile, Parquet; also .gz or .zip)",
            key="upload",
        )
    with right:
        source = st.text_input(
            "Where it comes from",
            DEFAULT_SOURCE,
            key="source",
            help="The same name every time, so that a report is recognised when it comes again.",
        )
    upload = keep(uploaded)
    if upload is None:
        remark(
            "One row for each report: a date, a kind, if possible a place. Telephone numbers in the text are masked."
        )
        return
    try:
        found = _preview(desk, upload, None, source)
        read_as = ", ".join(word for word in (found.encoding, found.format_name) if word)
        section("Columns", f"{upload.name}: {read_as}")
        columns = chosen_columns(upload.upload_id, found)
        shown = found if columns is None else _preview(desk, upload, columns, source)
    except ProblemError as refused:
        refusal(refused)
        return
    _rows(desk, shown)
    if not shown.refusal:
        keep_for_later(shown.columns)
        _check_and_import(desk, _Plan(upload, source, shown.columns))


@dataclass(frozen=True)
class _Plan:
    """What is going to be imported, and how."""

    upload: Upload
    source: str
    columns: Columns

    @property
    def key(self) -> str:
        """Equal only for the same file read in the same way, so that counts cannot be for another."""
        return f"{self.upload.upload_id} {self.source} {self.columns}"


def _preview(desk: Desk, upload: Upload, columns: Columns | None, source: str) -> Preview:
    """Look at the file once for each way of reading it."""
    key = f"{upload.upload_id} {source} {columns} {desk.store.version()}"
    kept: dict[str, Preview] = st.session_state.setdefault(_SEEN, {})
    if key not in kept:
        while len(kept) > 3:
            kept.pop(next(iter(kept)))
        kept[key] = preview(
            upload.path, columns, source=source, zone=desk.zone, store=desk.store, file_name=upload.name
        )
    return kept[key]


def _rows(desk: Desk, shown: Preview) -> None:
    section("First rows", f"{count(shown.rows_seen, 'row')} looked at")
    for note in shown.notes:
        remark(note)
    if shown.refusal:
        remark(shown.refusal, tone="warn")
        return
    rows = [
        (
            moment(report.reported_at, desk.zone),
            category_words(report.category, report.category_name),
            "" if report.category else "no category yet",
            f"{report.lon_lat[1]:.5f}, {report.lon_lat[0]:.5f}" if report.lon_lat else "no place",
            report.address or NOTHING,
            report.text or NOTHING,
        )
        for report in shown.first_reports
    ]
    draw(table("How the first rows are understood", ("Reported", "Kind", "", "Place", "Address", "Text"), rows))
    if shown.first_errors:
        errors = [(f"{each.line:,}", each.column, each.value, each.reason) for each in shown.first_errors]
        draw(table("Rows that cannot become reports", ("Line", "Column", "Value", "Why not"), errors))


def _check_and_import(desk: Desk, plan: _Plan) -> None:
    section("Count, then keep")
    name, key = st.session_state.get(_CHECK_JOB, ("", ""))
    job = jobs.find(name) if key == plan.key else None
    if job is None:
        if st.button("Count the whole file", type="primary", key="check"):
            _start_check(desk, plan)
            st.rerun()
        return
    if not isinstance(job.result, Batch):
        jobs.watch(name, done=_done_words)
        return
    batch = job.result
    show_counts(batch)
    if batch.accepted + batch.updated + batch.rejected == 0:
        remark("This file would change nothing: every row is here already.")
        return
    label = f"Import {count(batch.accepted + batch.updated, 'report')}"
    if st.button(label, type="primary", key="commit"):
        _start_import(desk, plan)
        st.rerun()


def _start_check(desk: Desk, plan: _Plan) -> None:
    name = f"count-{plan.upload.upload_id}"
    jobs.dismiss(name)
    jobs.start(name, lambda progress: _import(desk, plan, progress, dry_run=True))
    st.session_state[_CHECK_JOB] = (name, plan.key)


def _start_import(desk: Desk, plan: _Plan) -> None:
    jobs.start(IMPORT_JOB, lambda progress: _import(desk, plan, progress, dry_run=False))
    st.session_state.pop(_CHECK_JOB, None)


def _import(desk: Desk, plan: _Plan, progress: Progress, *, dry_run: bool) -> Batch:
    return import_file(
        *desk.asking,
        path=plan.upload.path,
        file_name=plan.upload.name,
        source=plan.source,
        columns=plan.columns,
        zone=desk.zone,
        dry_run=dry_run,
        progress=progress,
    )
