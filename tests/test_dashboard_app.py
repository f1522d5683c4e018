from collections.abc import Generator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import design, jobs, session
from problems.errors import InputRefused
from problems.progress import Progress

SHELL = Path(design.__file__).parent / "shell.py"


@pytest.fixture
def empty_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    monkeypatch.setenv("FIXPOINT_STORE", f"sqlite:///{tmp_path / 'empty.db'}")
    session.forget()
    yield
    session.forget()


@pytest.mark.usefixtures("empty_store")
def test_an_empty_store_greets_and_says_where_to_begin() -> None:
    app = AppTest.from_file(SHELL, default_timeout=60).run()
    assert not app.exception
    assert "Load the sample city" in [button.label for button in app.button]


def test_a_store_that_cannot_be_opened_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIXPOINT_STORE", "nonsense://")
    session.forget()
    app = AppTest.from_file(SHELL, default_timeout=60).run()
    session.forget()
    assert not app.exception
    assert not app.button


def test_a_job_tells_its_result() -> None:
    job = jobs.start("adding", lambda _progress: 2 + 2)
    assert job.ended.wait(30)
    assert (job.state, job.result) == (jobs.JobState.DONE, 4)
    jobs.dismiss("adding")
    assert jobs.find("adding") is None


def test_a_job_can_be_stopped_and_only_one_of_a_name_runs() -> None:
    def endless(progress: Progress) -> None:
        while True:
            progress("Going on", 0.5)

    job = jobs.start("endless", endless)
    assert jobs.start("endless", endless) is job
    job.cancel()
    assert job.ended.wait(30)
    assert job.state is jobs.JobState.CANCELLED


def test_a_refusal_is_kept_to_be_shown() -> None:
    def refusing(progress: Progress) -> None:
        raise InputRefused("It was asked.", "It cannot be.", "Do this instead.")

    job = jobs.start("refusing", refusing)
    assert job.ended.wait(30)
    assert job.state is jobs.JobState.REFUSED
    assert str(job.refusal) == "It was asked. It cannot be. Do this instead."
