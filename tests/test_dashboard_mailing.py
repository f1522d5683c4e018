"""``brief --mail``: to a real mail server on this computer, kind or not."""

import csv
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from dashboard.commands import mailing as command
from dashboard.commands.doctor import run_doctor
from dashboard.commands.main import main
from dashboard.commands.output import Output
from data.briefing_files import briefing_csv
from data.stores import open_store
from problems.briefing.weeks import IsoWeek
from tests.briefed import briefed
from tests.mail_server import PASSWORD, USER, Certificate, Mood, certificate, free_port, serving
from tests.mailing_cases import ALL, MONDAY, VARIABLE, Run, run, set_clock, settle, store_file, store_once, waits
from tests.scenes import Scene

__all__ = ["certificate", "run", "settle", "store_file", "store_once", "waits"]


def attached(message: EmailMessage, name: str) -> bytes:
    (found,) = (one for one in message.iter_attachments() if one.get_filename() == name)
    content = found.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def words_of(message: EmailMessage) -> str:
    body = message.get_body()
    assert body is not None
    return str(body.get_content())


# -- what arrives --


def test_the_last_whole_week_arrives_over_tls_with_the_printed_pages(
    settle: Callable[..., None], certificate: Certificate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from pypdf import PdfReader

    mood = Mood()
    with serving(mood, tls=certificate, asks=True) as port:
        settle(
            port, {"to": ["chief@city.example.org"]}, security="starttls", user=USER, password_env=VARIABLE,
            ca_file=str(certificate.file), page="https://fixpoint.city.example.org", formats=["pdf", "html"],
        )  # fmt: skip
        with (tmp_path / "settings.toml").open("a", encoding="utf-8") as file:
            file.write('\n[briefing]\npaper = "letter"\n')
        assert main(["brief", "--latest", "--mail"]) == 0
    told = capsys.readouterr()
    assert PASSWORD not in told.out + told.err
    ((address, message),) = mood.taken
    assert address == message["To"] == "chief@city.example.org"
    assert message["From"] == "Fixpoint <fixpoint@city.example.org>"
    assert message["Subject"] == "Weekly briefing: week 10 of 2026, 2 to 8 March"
    assert parsedate_to_datetime(message["Date"]) == MONDAY
    assert message["Message-ID"].endswith("@city.example.org>")
    assert message["Auto-Submitted"] == "auto-generated"
    body = words_of(message)
    assert "Told up to 8 Mar 2026, as known on 9 Mar 2026." in body
    assert "3 reports came in; 0 ended." in body
    assert "Decisions wanted today" in body
    assert "https://fixpoint.city.example.org/briefing?week=2026-W10&known=2026-03-09" in body
    assert "Attached: briefing-2026-W10.pdf, briefing-2026-W10.html" in body
    pages = PdfReader(io.BytesIO(attached(message, "briefing-2026-W10.pdf"))).pages
    assert [round(page.mediabox.width) for page in pages] == [612, 612]
    assert attached(message, "briefing-2026-W10.html").startswith(b"<!doctype html>")


def test_tls_from_the_first_word_on_is_spoken_too(
    settle: Callable[..., None], certificate: Certificate, run: Run
) -> None:
    mood = Mood()
    with serving(mood, tls=certificate, at_once=True, asks=True) as port:
        settle(port, security="tls", user=USER, password_env=VARIABLE, ca_file=str(certificate.file))
        assert run() == 0
    assert mood.receivers == list(ALL)


def test_each_gets_a_mail_of_their_own_and_sees_no_other_address(settle: Callable[..., None], run: Run) -> None:
    mood = Mood()
    with serving(mood) as port:
        settle(port)
        assert run() == 0
    assert [message["To"] for _, message in mood.taken] == list(ALL)
    assert all(str(message).count("@city.example.org") == 3 for _, message in mood.taken)  # from, to, identity
    assert len({message["Message-ID"] for _, message in mood.taken}) == 3


def test_a_partner_is_mailed_what_it_is_shown_and_no_more(
    settle: Callable[..., None], store_file: Path, run: Run
) -> None:
    mood = Mood()
    with serving(mood) as port:
        settle(port, {"to": ["chief@city.example.org"]}, {"to": ["parks@city.example.org"], "organisation": "parks"})
        assert run() == 0
    by_address = dict(mood.taken)
    whole, partly = (
        attached(by_address[f"{name}@city.example.org"], "briefing-2026-W10.csv") for name in ("chief", "parks")
    )
    assert len(list(csv.reader(whole.decode().splitlines()))) > len(list(csv.reader(partly.decode().splitlines())))
    assert "This is not shared with partner organisations." in words_of(by_address["parks@city.example.org"])
    store = open_store(str(store_file))
    (parks,) = store.organisations()
    partner = command.reader_for(
        store, command.SYSTEM, lambda: MONDAY, 1, organisation="Parks", addresses=("parks@city.example.org",)
    )
    assert (partner.organisation_id, [str(one) for one in partner.roles]) == (parks.id, ["partner"])
    scene = Scene(store)
    scene.today = MONDAY.date()
    expected = briefing_csv(briefed(scene, IsoWeek.read("2026-W10"), who=partner, known_on=MONDAY.date()))
    assert partly == expected
    store.close()


def test_the_address_of_a_partner_is_never_mailed_everything(
    settle: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    settle(1, {"to": ["Parks@city.example.org"]})
    assert main(["brief", "--latest", "--mail"]) == 2
    assert 'would be told everything. Write organisation = "Parks"' in capsys.readouterr().err


# -- once, and again --


def test_nobody_gets_a_week_twice_unless_it_is_wanted(settle: Callable[..., None], run: Run) -> None:
    mood = Mood()
    with serving(mood) as port:
        settle(port)
        assert [run(), run()] == [0, 0]
        assert mood.receivers == list(ALL)
        assert run(again=True) == 0
    assert mood.receivers == list(ALL) * 2
    assert len({message["Message-ID"] for _, message in mood.taken}) == 6


def test_one_refused_address_keeps_nobody_else_from_their_mail(
    settle: Callable[..., None], run: Run, waits: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    mood = Mood({ALL[1]: ["550 no such person"]})
    with serving(mood) as port:
        settle(port)
        assert run() == 2
        assert mood.receivers == [ALL[0], ALL[2]]
        told = capsys.readouterr().out
        assert f"{ALL[1]}: not sent. The mail server does not take mail for this address (550 no such person)." in told
        assert "2 mails sent. 1 could not be: see above." in told
        assert waits == []
        assert run() == 0
    assert mood.receivers == [ALL[0], ALL[2], ALL[1]]


def test_a_server_that_says_later_is_asked_later_with_longer_and_longer_waits(
    settle: Callable[..., None], run: Run, waits: list[float]
) -> None:
    mood = Mood({ALL[0]: ["450 greylisted", "451 still greylisted"]})
    with serving(mood) as port:
        settle(port)
        assert run() == 0
    assert waits == [15, 30]
    assert mood.receivers == [ALL[1], ALL[2], ALL[0]]


def test_what_stays_refused_for_now_is_told_when_the_attempts_are_used_up(
    settle: Callable[..., None], run: Run, waits: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    mood = Mood({ALL[0]: ["450 greylisted"] * 3})
    with serving(mood) as port:
        settle(port)
        assert run() == 2
    assert (waits, mood.receivers) == ([15, 30], [ALL[1], ALL[2]])
    assert "(450 greylisted)" in capsys.readouterr().out


def test_a_server_that_hangs_up_halfway_gets_only_what_is_missing(
    settle: Callable[..., None], run: Run, waits: list[float]
) -> None:
    mood = Mood(drops=1)
    with serving(mood) as port:
        settle(port)
        assert run() == 0
    assert waits == [15]
    assert sorted(mood.receivers) == sorted(ALL)


def test_a_run_that_ended_halfway_goes_on_with_the_same_figures_and_identities(
    settle: Callable[..., None], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Mood({ALL[2]: ["550 full"]}), Mood()
    with serving(first) as port:
        settle(port)
        run()
    set_clock(monkeypatch, MONDAY + timedelta(days=2))
    with serving(second) as port:
        settle(port)
        assert run() == 0
    ((address, message),) = second.taken
    assert address == ALL[2]
    # The others were told what was known on Monday.
    assert "as known on 9 Mar 2026" in words_of(message)


def test_the_record_of_changes_tells_of_every_mail_and_holds_no_address(
    settle: Callable[..., None], store_file: Path, run: Run
) -> None:
    mood = Mood({ALL[1]: ["550 no such person"]})
    with serving(mood) as port:
        settle(port)
        run()
    with closing(sqlite3.connect(store_file)) as connection:
        kept = [row[0] for row in connection.execute("SELECT details FROM event WHERE kind = 'mailed' ORDER BY id")]
    states = [json.loads(one)["state"] for one in kept]
    assert states == ["begun", "sent", "begun", "not_sent", "begun", "sent"]
    assert not any("@" in one for one in kept)


# -- asking --


def test_a_dry_run_says_who_would_get_what_and_changes_nothing(
    settle: Callable[..., None], store_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(free_port(), {"to": ["chief@city.example.org"], "formats": ["pdf", "csv"]},
           {"to": ["parks@city.example.org"], "organisation": "Parks"})  # fmt: skip
    store = open_store(str(store_file))
    before = store.version()
    assert main(["brief", "--latest", "--mail", "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["week"], told["known_on"], told["dry_run"]) == ("2026-W10", "2026-03-09", True)
    assert [(one["to"], one["as"], one["files"], one["state"]) for one in told["mails"]] == [
        ("chief@city.example.org", "", ["pdf", "csv"], "would be sent"),
        ("parks@city.example.org", "Parks", ["csv"], "would be sent"),
    ]
    assert store.version() == before
    store.close()


def test_an_area_that_is_not_there_keeps_nobody_else_from_their_mail(
    settle: Callable[..., None], run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    mood = Mood()
    with serving(mood) as port:
        settle(port, {"to": [ALL[0]], "area": "Nowhere"}, {"to": [ALL[1]]})
        assert run() == 2
    assert mood.receivers == [ALL[1]]
    assert "No wards, beats or neighbourhoods were known then." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--latest", "--week", "2026-W10"], "Give --week WEEK or --latest, one of the two."),
        (["--mail"], "Give --week WEEK or --latest, one of the two."),
        (["--latest", "--mail", "--out", "b.pdf"], "--mail sends files and writes none"),
        (["--latest", "--dry-run"], "--again and --dry-run are for --mail"),
        (["--latest", "--mail", "--area", "Northside"], "The settings name recipients for: the whole place alone."),
        (["--latest", "--mail", "--known-on", "soon"], "“soon” is not a day for --known-on."),
        (["--week", "2027-W01", "--mail", "--dry-run"], "It has not begun."),
    ],
)
def test_what_cannot_be_mailed_is_refused_in_words(
    settle: Callable[..., None], capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    settle(1)
    assert main(["brief", *arguments]) == 2
    shown = capsys.readouterr()
    assert told in shown.err + shown.out


def test_without_a_mail_server_the_way_to_one_is_told(
    store_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "settings.toml").write_text("", encoding="utf-8")
    assert main(["brief", "--latest", "--mail"]) == 2
    assert "Put a section [mail] into the settings file (docs/mail.md shows one)." in capsys.readouterr().err


def test_the_latest_week_is_the_last_whole_one_without_mail_too(
    store_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "settings.toml").write_text("", encoding="utf-8")
    assert main(["brief", "--latest"]) == 0
    assert capsys.readouterr().out.startswith("Briefing of week 10 of 2026, 2 to 8 March")


def test_doctor_says_whether_mail_could_be_sent(
    settle: Callable[..., None], certificate: Certificate, capsys: pytest.CaptureFixture[str]
) -> None:
    mood = Mood()
    with serving(mood, tls=certificate, asks=True) as port:
        settle(port, security="starttls", user=USER, password_env=VARIABLE, ca_file=str(certificate.file))
        run_doctor(Output())
        assert f"(port {port}, starttls) lets “fixpoint” in; 3 addresses get briefings." in capsys.readouterr().out
        settle(port, security="starttls", user=USER, password_env=VARIABLE)
        assert run_doctor(Output()) == 1
    assert "is not one to trust" in capsys.readouterr().out
    assert mood.heard == []
