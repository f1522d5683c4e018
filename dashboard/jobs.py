"""Long work beside the pages: a refresh, an import, loading the sample city.

A job runs in a thread of this process, tells how far it is and can be stopped. A refusal is an
ending like any other and is shown where the job is watched; a bug is logged in full and the person
is told that nothing was kept, because every use case keeps all of its work or none.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Event as Signal
from threading import Lock, Thread
from typing import Final

import streamlit as st

from dashboard import design
from problems.errors import Cancelled, ProblemError
from problems.progress import Progress

_log = logging.getLogger(__name__)

#: Looking for hot spots: the map and the pages start it under one name, so that there is one at a time.
REFRESH: Final = "Finding hot spots"


class JobState(StrEnum):
    """Where a job stands."""

    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(slots=True)
class Job:
    """A piece of long work. ``result`` is what it returned, ``refusal`` why it would not.

    ``title`` says for everybody what is being done, ``owner`` is compared with ``is`` by whoever started it.
    """

    name: str
    title: str = ""
    owner: object = None
    state: JobState = JobState.RUNNING
    message: str = "Starting"
    share: float = 0.0
    result: object = None
    refusal: ProblemError | None = None
    stop_asked: Signal = field(default_factory=Signal)
    ended: Signal = field(default_factory=Signal)

    @property
    def is_running(self) -> bool:
        """Tell whether the work still goes on."""
        return self.state is JobState.RUNNING

    def cancel(self) -> None:
        """Ask the work to stop at its next step; nothing of it is kept."""
        self.stop_asked.set()

    def progress(self, message: str, share: float) -> None:
        """Take note of how far the work is; the :data:`problems.progress.Progress` of this job."""
        if self.stop_asked.is_set():
            raise Cancelled
        self.message, self.share = message, min(1.0, max(0.0, share))


_jobs: dict[str, Job] = {}
_lock = Lock()


def start(name: str, work: Callable[[Progress], object], *, title: str = "", owner: object = None) -> Job:
    """Start ``work`` in the background under ``name`` and return its job.

    One job of a name runs at a time, for everybody: while it runs it is returned instead of a second
    one being started, with the ``owner`` that it was started with. ``work`` is given the progress
    callback and must not touch the page.
    """
    with _lock:
        running = _jobs.get(name)
        if running and running.is_running:
            return running
        job = _jobs[name] = Job(name, title, owner)
    Thread(target=_run, args=(job, work), name=f"job-{name}", daemon=True).start()
    return job


def find(name: str) -> Job | None:
    """Return the last job of this name, running or ended, or None."""
    return _jobs.get(name)


def dismiss(name: str) -> None:
    """Forget an ended job, so that its outcome is no longer shown."""
    with _lock:
        job = _jobs.get(name)
        if job and not job.is_running:
            del _jobs[name]


def _run(job: Job, work: Callable[[Progress], object]) -> None:
    try:
        job.result = work(job.progress)
        job.state = JobState.DONE
    except Cancelled:
        job.state = JobState.CANCELLED
    except ProblemError as refusal:
        job.refusal = refusal
        job.state = JobState.REFUSED
    except Exception:
        job.state = JobState.FAILED
        _log.exception("The job “%s” ended with a fault", job.name)
        raise  # a bug stays a bug: the thread's own hook reports it too
    finally:
        job.ended.set()


@st.fragment(run_every=0.7)
def _watch_running(name: str) -> None:
    job = find(name)
    if job is None or not job.is_running:
        st.rerun()
    st.progress(job.share, text=design.plain_label(job.message))
    if st.button("Stop", key=f"stop-{name}", disabled=job.stop_asked.is_set()):
        job.cancel()


def watch(name: str, *, done: Callable[[object], str]) -> Job | None:
    """Draw the job of this name: its progress with a button to stop it, or how it ended.

    ``done`` turns the result into one sentence. Return the job, or None where there is none.
    The page is run again when the job ends.
    """
    job = find(name)
    if job is None:
        return None
    if job.is_running:
        _watch_running(name)
        return job
    st.html(_ending(job, done))
    if st.button("Close this message", key=f"close-{name}"):
        dismiss(name)
        st.rerun()
    return job


def _ending(job: Job, done: Callable[[object], str]) -> str:
    if job.state is JobState.DONE:
        return design.note(done(job.result), tone="accent")
    if job.state is JobState.CANCELLED:
        return design.note("Stopped. Nothing was changed.")
    if job.refusal is not None:
        return design.error_state(job.refusal.asked, job.refusal.why, job.refusal.possible)
    return design.error_state(
        "This did not finish.",
        "The program made a mistake, and nothing was changed.",
        "The fault is written down in the log; please tell whoever looks after this installation.",
    )
