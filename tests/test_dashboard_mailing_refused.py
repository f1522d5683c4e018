"""``brief --mail`` to servers that will not: said plainly, and nothing goes where it should not."""

from collections.abc import Callable

import pytest

from dashboard.commands.main import main
from tests.mail_server import PASSWORD, USER, Certificate, Mood, certificate, free_port, serving, silent
from tests.mail_server import strange_certificate as strange
from tests.mailing_cases import ALL, VARIABLE, Run, run, settle, store_file, store_once, waits

__all__ = ["certificate", "run", "settle", "store_file", "store_once", "strange", "waits"]


def _told(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_a_wrong_password_ends_the_run_at_once_and_is_not_repeated(
    settle: Callable[..., None],
    certificate: Certificate,
    run: Run,
    waits: list[float],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "wrong-and-secret")
    mood = Mood()
    with serving(mood, tls=certificate, asks=True) as port:
        settle(port, security="starttls", user=USER, password_env=VARIABLE, ca_file=str(certificate.file))
        assert run() == 2
        told = capsys.readouterr()
        assert "did not let “fixpoint” in (535" in told.out
        assert "wrong-and-secret" not in told.out + told.err
        monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
        assert run() == 0
    assert waits == []
    assert mood.receivers == list(ALL)


def test_nothing_is_sent_in_the_clear_where_tls_is_asked_for(
    settle: Callable[..., None], run: Run, waits: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    mood = Mood()
    with serving(mood) as port:
        settle(port, security="starttls")
        assert run() == 2
        assert "does not offer TLS" in _told(capsys)
        settle(port, security="tls")
        assert run() == 2
    assert "does not speak TLS at once on this port" in _told(capsys)
    assert (mood.heard, waits) == ([], [])


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    settle: Callable[..., None], certificate: Certificate, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    mood = Mood()
    with serving(mood, tls=certificate) as port:
        settle(port, security="starttls")
        assert run() == 2
    assert "is not one to trust: self-signed certificate" in _told(capsys)
    assert mood.heard == []


def test_a_certificate_of_another_server_is_not_trusted(
    settle: Callable[..., None], strange: Certificate, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    mood = Mood()
    with serving(mood, tls=strange) as port:
        settle(port, security="starttls", ca_file=str(strange.file))
        assert run() == 2
    assert "is not one to trust: IP address mismatch" in _told(capsys)
    assert mood.heard == []


def test_a_server_that_is_not_there_is_tried_as_often_as_the_settings_say(
    settle: Callable[..., None], run: Run, waits: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    settle(free_port())
    assert run() == 2
    assert waits == [15, 30]
    assert "cannot be reached: Connection refused. Check host and port" in _told(capsys)


def test_a_server_that_never_answers_is_not_waited_for_without_end(
    settle: Callable[..., None], run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with silent() as port:
        settle(port, timeout_s=1, attempts=1)
        assert run() == 2
    assert "did not answer within 1 seconds" in _told(capsys)


def test_a_missing_password_is_told_before_anything_is_sent(
    settle: Callable[..., None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MAIL_PASSWORD")
    settle(1, user=USER, password_env=VARIABLE)
    assert main(["brief", "--latest", "--mail"]) == 2
    assert "The variable MAIL_PASSWORD, which should hold the password, is not set." in capsys.readouterr().err


def test_a_week_that_has_not_begun_is_the_reason_told_and_not_the_area(
    settle: Callable[..., None], run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    mood = Mood()
    with serving(mood) as port:
        settle(port, {"to": [ALL[0]], "area": "Nowhere"})
        assert main(["brief", "--week", "2030-W10", "--mail"]) == 2
    told = _told(capsys)
    assert f"Nowhere, {ALL[0]}: not made. The briefing of week 10 of 2030" in told
    assert "It has not begun." in told
    assert "The mail server was not asked. " in told
    assert "is the area of a group" not in told
    assert mood.heard == []
