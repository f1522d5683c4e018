"""Counting a whole file, and only then keeping it: two jobs beside the page, one after the other."""

from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard import jobs
from dashboard.jobs import Job
from dashboard.parts.batches import counts_words, show_counts
from dashboard.parts.desk import Desk
from dashboard.parts.markup import section
from dashboard.parts.notices import refusal, remark
from dashboard.parts.upload import Upload
from dashboard.wording import count
from data.importing import import_file
from data.reading.columns import Columns
from problems.errors import InputRefused
from problems.progress import Progress
from problems.reports import Batch

IMPORT_JOB: Final = "import"
_CHECK_JOB: Final = "fx_check_job"
_OWNER: Final = "fx_import_owner"
_STEPS: Final = ("count", "wait", "import")


@dataclass(frozen=True)
class Plan:
    """What is going to be imported, and how."""

    upload: Upload
    source: str
    columns: Columns

    @property
    def key(self) -> str:
        """Equal only for the same file read in the same way, so that counts cannot be for another."""
        return f"{self.upload.upload_id} {self.source} {self.columns}"


def done_words(result: object) -> str:
    """Say what became of an import."""
    return counts_words(result) if isinstance(result, Batch) else "The import is done."


def is_mine(job: Job | None) -> bool:
    """Tell whether this session started the job."""
    owner = st.session_state.get(_OWNER)
    return job is not None and owner is not None and job.owner is owner


def count_and_import(desk: Desk, plan: Plan) -> None:
    """Draw the step that comes next: count, look at the counts, import."""
    section("Count, then keep")
    now = _step(plan)
    for step in _STEPS:
        # Each step has a place of its own: its buttons stay where they were drawn, and the step before goes at once.
        place = st.container() if step == now else st.empty()
        if step == now:
            with place:
                _draw_step(desk, plan)


def _step(plan: Plan) -> str:
    name, key = st.session_state.get(_CHECK_JOB, ("", ""))
    job = jobs.find(name) if key == plan.key else None
    if job is None:
        return "count"
    return "import" if isinstance(job.result, Batch) else "wait"


def _draw_step(desk: Desk, plan: Plan) -> None:
    name, key = st.session_state.get(_CHECK_JOB, ("", ""))
    job = jobs.find(name) if key == plan.key else None
    if job is None:
        remark("Every row is read and counted. Nothing is kept yet.")
        if st.button("Count the whole file", type="primary", key="check"):
            _start_count(desk, plan)
            st.rerun()
        return
    if not isinstance(job.result, Batch):
        jobs.watch(name, done=done_words)
        return
    batch = job.result
    show_counts(batch)
    taken = batch.accepted + batch.updated
    if taken == 0:
        remark("This file would change nothing: every report in it is here already.")
        if batch.rejected and st.button(f"Keep {count(batch.rejected, 'rejected row')} to be corrected", key="commit"):
            _start_import(desk, plan)
        return
    if batch.rejected:
        many = "row cannot become a report. It is" if batch.rejected == 1 else "rows cannot become reports. They are"
        remark(f"{batch.rejected:,} {many} kept with the reason, to be corrected and imported later.")
    if st.button(f"Import {count(taken, 'report')}", type="primary", key="commit"):
        _start_import(desk, plan)


def _start_count(desk: Desk, plan: Plan) -> None:
    name = f"count-{plan.upload.upload_id}"
    running = jobs.find(name)
    if running is not None and running.is_running:
        running.cancel()  # it counts the same file read in another way
        running.ended.wait(_STOPS_WITHIN_S)
    jobs.dismiss(name)
    jobs.start(name, lambda progress: _import(desk, plan, progress, dry_run=True))
    st.session_state[_CHECK_JOB] = (name, plan.key)


_STOPS_WITHIN_S: Final = 20.0


def _start_import(desk: Desk, plan: Plan) -> None:
    owner = object()
    job = jobs.start(
        IMPORT_JOB,
        lambda progress: _import(desk, plan, progress, dry_run=False),
        title=f"{desk.principal.name} imports {plan.upload.name}",
        owner=owner,
    )
    if job.owner is not owner:
        refusal(
            InputRefused(
                f"{plan.upload.name} is not imported yet.",
                f"Another import is running: {job.title}.",
                "Your file stays here. Try again when it has ended; its progress is shown above.",
            )
        )
        return
    st.session_state[_OWNER] = owner
    st.session_state.pop(_CHECK_JOB, None)
    st.rerun()


def _import(desk: Desk, plan: Plan, progress: Progress, *, dry_run: bool) -> Batch:
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
