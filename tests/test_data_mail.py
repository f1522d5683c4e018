"""The settings of mail: what is accepted, and that nothing unsafe or unclear is."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.briefing_files import RENDERERS
from data.briefing_pages.parts import Paper
from data.mail import Post, written
from data.mail_settings import FORMATS, MailSettings, Recipients, Security, password_of
from data.settings import Settings, read_settings
from problems.briefing.mailing import one_line
from problems.errors import InputRefused
from tests.mail_server import HERE, Mood, serving

WHOLE: dict[str, Any] = {"host": "smtp.example.org", "from": "fixpoint@city.example.org"}
VARIABLE = "MAIL_PASSWORD"
SECRET = "hunter2 and more"  # noqa: S105 - it is to be found nowhere


def settings_of(folder: Path, *groups: dict[str, Any], **mail: Any) -> Settings:
    """Return the settings of a file with these values of ``[mail]``; those that are None are left out."""
    named = WHOLE | {"from" if key == "sender" else key: value for key, value in mail.items()}
    lines = ["[mail]", *(f"{key} = {json.dumps(value)}" for key, value in named.items() if value is not None)]
    for group in groups or ({"to": ["chief@city.example.org"]},):
        lines += ["[[mail.recipients]]", *(f"{key} = {json.dumps(value)}" for key, value in group.items())]
    file = folder / "settings.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return read_settings({"FIXPOINT_SETTINGS": str(file)})


def mail_of(folder: Path, *groups: dict[str, Any], **mail: Any) -> MailSettings:
    found = settings_of(folder, *groups, **mail).mail
    assert found is not None
    return found


def test_what_is_left_out_is_safe(tmp_path: Path) -> None:
    found = mail_of(tmp_path)
    assert (found.security, found.port, found.user, found.attempts) == (Security.STARTTLS, 587, "", 4)
    assert found.recipients == (Recipients(("chief@city.example.org",)),)


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_each_way_has_its_usual_port(tmp_path: Path, security: str, port: int) -> None:
    assert mail_of(tmp_path, security=security).port == port
    assert mail_of(tmp_path, security=security, port=2525).port == 2525


def test_groups_of_recipients_have_their_own_area_eyes_and_files(tmp_path: Path) -> None:
    found = mail_of(
        tmp_path,
        {"to": ["a@city.example.org", "b@city.example.org"]},
        {"to": ["a@city.example.org"], "area": "Northside", "formats": ["csv"]},
        {"to": ["x@parks.example.org"], "organisation": "Parks"},
        formats=["pdf", "pptx"],
    )
    assert found.recipients == (
        Recipients(("a@city.example.org", "b@city.example.org"), formats=(".pdf", ".pptx")),
        Recipients(("a@city.example.org",), area="Northside", formats=(".csv",)),
        Recipients(("x@parks.example.org",), organisation="Parks", formats=(".pdf", ".pptx")),
    )


def test_every_file_that_can_be_made_can_be_attached() -> None:
    assert tuple(f".{one}" for one in FORMATS) == tuple(RENDERERS)


def test_domains_in_other_scripts_are_written_as_servers_know_them(tmp_path: Path) -> None:
    found = mail_of(tmp_path, {"to": ["chef@köln.example"]})
    assert found.recipients[0].to == ("chef@xn--kln-sna.example",)


@pytest.mark.parametrize(
    "address",
    [
        "", "chief", "@city.example.org", "chief@", "chief@city", "chief@city..org", "a b@city.example.org",
        "chief@city.example.org\nBcc: all@city.example.org", "chief@city.\rexample.org", "<chief@city.example.org>",
        "chief@city.example.org, desk@city.example.org", "Chief <chief@city.example.org>", "ché@city.example.org",
        ".chief@city.example.org", "chief@-city.example.org", f"{'a' * 65}@city.example.org", "chief\x00@example.org",
        "chief@" + "a." * 130 + "org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_at_once_and_in_words(tmp_path: Path, address: str) -> None:
    for groups, mail in (([{"to": [address]}], {}), ([], {"sender": address or "@"})):
        with pytest.raises(InputRefused) as refused:
            settings_of(tmp_path, *groups, **mail)
        told = str(refused.value)
        assert "not an address for mail" in told
        assert "\n" not in told
        assert "\r" not in told


def test_nothing_is_no_address_either(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=r"“mail\.from” in “.*” is not a text\."):
        settings_of(tmp_path, sender=" ")


@pytest.mark.parametrize(
    ("mail", "told"),
    [
        ({"password": SECRET}, "is a password, which does not belong into a file of settings"),
        ({"user": "fixpoint"}, "needs a password, and a password a user"),
        ({"password_env": VARIABLE}, "needs a password, and a password a user"),
        ({"user": "u", "password_env": VARIABLE, "password_file": "/x"}, "one of the two"),
        ({"user": "u", "password_env": SECRET}, "is not the name of an environment variable"),
        ({"user": "u\r\n", "password_env": VARIABLE, "security": "ssl"}, "is not a way"),
        ({"user": "ü", "password_env": VARIABLE}, "holds signs that mail servers do not know"),
        ({"user": "u", "password_env": VARIABLE, "security": "none"}, "for everybody to read"),
        ({"host": "smtp example org"}, "is not the name of a server"),
        ({"host": "smtp.example.org\r\nX"}, "is not the name of a server"),
        ({"host": None}, "is missing"),
        ({"from_name": "Fix\nBcc: all@example.org"}, "holds a line end"),
        ({"page": "http://city.example.org"}, "is not the address of a page"),
        ({"page": "https://user:secret@city.example.org"}, "is not the address of a page"),
        ({"page": "https://city.example.org/?x=1"}, "is not the address of a page"),
        ({"page": "https://[bad"}, "is not the address of a page"),
        ({"formats": ["doc"]}, "is not a list of different kinds of files"),
        ({"formats": []}, "is not a list of different kinds of files"),
        ({"formats": ["pdf", "pdf"]}, "is not a list of different kinds of files"),
        ({"port": 0}, "It can be a whole number from 1 to 65535"),
        ({"attempts": 99}, "It can be a whole number from 1 to 6"),
        ({"timeout_s": 0.5}, "It can be a whole number from 1 to 300"),
        ({"reply_to": "x@example.org"}, "is not a setting"),
    ],
)
def test_what_is_unsafe_or_unclear_is_refused(tmp_path: Path, mail: dict[str, Any], told: str) -> None:
    with pytest.raises(InputRefused) as refused:
        settings_of(tmp_path, **mail)
    assert told in str(refused.value)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("groups", "told"),
    [
        ([{"to": []}], "is not a list of addresses"),
        ([{"area": "Northside"}], "is missing"),
        ([{"to": ["a@b.example", "A@B.example"]}], "twice for the briefing of the whole place"),
        ([{"to": ["a@b.example"], "area": "x"}, {"to": ["a@b.example"], "area": "X"}], "twice for the briefing of X"),
        ([{"to": ["a@b.example"], "cc": ["c@b.example"]}], "is not a setting"),
        ([{"to": [1]}], "is not a list"),
    ],
)
def test_recipients_are_named_once_and_clearly(tmp_path: Path, groups: list[dict[str, Any]], told: str) -> None:
    with pytest.raises(InputRefused, match=told):
        settings_of(tmp_path, *groups)


def test_somebody_must_get_it(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[mail]\nhost = "smtp.example.org"\nfrom = "fixpoint@city.example.org"\n', encoding="utf-8")
    with pytest.raises(InputRefused, match=r"\[\[mail.recipients\]\]"):
        read_settings({"FIXPOINT_SETTINGS": str(file)})


def test_the_paper_is_a_setting(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[briefing]\npaper = "letter"\n', encoding="utf-8")
    assert read_settings({"FIXPOINT_SETTINGS": str(file)}).paper is Paper.LETTER
    file.write_text('[briefing]\npaper = "a3"\n', encoding="utf-8")
    with pytest.raises(InputRefused, match="It can be a4 or letter"):
        read_settings({"FIXPOINT_SETTINGS": str(file)})


# -- passwords --


def test_a_password_comes_from_the_variable_and_is_in_no_setting(tmp_path: Path) -> None:
    found = mail_of(tmp_path, user="fixpoint", password_env=VARIABLE)
    assert password_of(found, {VARIABLE: SECRET}) == SECRET
    assert SECRET not in repr(found)
    with pytest.raises(InputRefused, match="is not set"):
        password_of(found, {})
    with pytest.raises(InputRefused, match="letters that mail servers do not know") as refused:
        password_of(found, {VARIABLE: "pässword"})
    assert "pässword" not in str(refused.value)


@pytest.mark.skipif(os.name != "posix", reason="only there files have such permissions")
def test_a_password_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "password"
    found = mail_of(tmp_path, user="fixpoint", password_file=str(file))
    with pytest.raises(InputRefused, match="No such file"):
        password_of(found)
    file.write_text(f"{SECRET}\n", encoding="utf-8")
    file.chmod(0o640)
    with pytest.raises(InputRefused, match="Others can read the password file"):
        password_of(found)
    file.chmod(0o400)
    assert password_of(found) == SECRET
    file.chmod(0o600)
    file.write_text("\n", encoding="utf-8")
    with pytest.raises(InputRefused, match="is empty"):
        password_of(found)


# -- the mail itself --


@given(st.text(max_size=60))
def test_no_name_adds_a_line_to_the_head_of_a_mail(name: str) -> None:
    settings = MailSettings("h", 25, Security.NONE, "fixpoint@city.example.org", ())
    message = written(
        settings,
        to="chief@city.example.org",
        subject=f"Weekly briefing, {one_line(name)}",
        body=f"{one_line(name)}\n",
        files={},
        identity="<1@city.example.org>",
        at=datetime(2026, 3, 9, 8, tzinfo=UTC),
    )
    head, _, _body = message.as_bytes().partition(b"\r\n\r\n")
    # A line that begins with a space goes on with the one before it.
    names = [line.split(b":")[0] for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    assert sorted(names) == sorted(
        [b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted", b"Content-Type",
         b"Content-Transfer-Encoding", b"MIME-Version"]
    )  # fmt: skip


def test_a_server_that_takes_seven_bits_only_gets_every_sign() -> None:
    to, body, page = "chief@city.example.org", "Señor Núñez: “Größer” – 40 % more.\n", "<p>Größer</p>\n"
    mood = Mood()
    with serving(mood, seven_bits=True) as port:
        settings = MailSettings(HERE, port, Security.NONE, "fixpoint@city.example.org", (), "Sécurité")
        mail = written(
            settings,
            to=to,
            subject="Größer",
            body=body,
            files={"a.html": page.encode()},
            identity="<1@city.example.org>",
            at=datetime(2026, 3, 9, 8, tzinfo=UTC),
        )
        with Post(settings, "") as post:
            post.send(mail, to)
    ((_, taken),) = mood.taken
    assert (taken["From"], taken["Subject"]) == ("Sécurité <fixpoint@city.example.org>", "Größer")
    (attached,) = taken.iter_attachments()
    told = taken.get_body()
    assert told is not None
    assert told.get_content().splitlines() == body.splitlines()
    assert attached.get_payload(decode=True) == page.encode()
