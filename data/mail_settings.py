"""How briefings are mailed: what stands in the section ``[mail]`` of the settings file, and the password beside it."""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from data.settings_sections import Limit, Section
from problems.errors import InputRefused

#: The kinds of files that can be attached: those that :data:`data.briefing_files.RENDERERS` can write.
FORMATS: Final = ("pdf", "pptx", "html", "csv")
_ADDRESS_WORDS: Final = "It can be an address such as name@city.example.org."
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?", re.ASCII)
_HOST: Final = r"[A-Za-z0-9.-]{1,253}|[\da-fA-F:.]{2,45}"
_LONGEST_LOCAL, _LONGEST_ADDRESS = 64, 254
_PORTS = Limit(1, 65_535)
_NUMBERS = {"timeout_s": Limit(1, 300), "attempts": Limit(1, 6)}
#: What the section can say.
MAIL_KEYS: Final = (
    "host", "port", "security", "ca_file", "user", "password_env", "password_file", "from", "from_name", "page",
    "formats", *_NUMBERS, "recipients",
)  # fmt: skip
_SHARED = stat.S_IRGRP | stat.S_IROTH | stat.S_IWGRP | stat.S_IWOTH


class Security(StrEnum):
    """How the way to the mail server is kept from being read."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"

    @property
    def port(self) -> int:
        """The port that servers usually have for it."""
        return {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}[self]


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who gets the briefing of an area (empty: of the whole place), seen as which organisation, as which files."""

    to: tuple[str, ...]
    area: str = ""
    organisation: str = ""
    formats: tuple[str, ...] = (".pdf",)


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server, who sends, and who gets what. The password is never in it: see :func:`password_of`."""

    host: str
    port: int
    security: Security
    sender: str
    recipients: tuple[Recipients, ...]
    sender_name: str = "Fixpoint"
    user: str = ""
    password_env: str = ""
    password_file: Path | None = None
    ca_file: Path | None = None
    #: The public address of the installation, to which a mail leads.
    page: str = ""
    timeout_s: int = 30
    attempts: int = 4
    formats: tuple[str, ...] = field(default=(".pdf",))


def checked_address(section: Section, key: str, text: str) -> str:
    """Return an address as mail servers write it: names of domains in other scripts become ASCII.

    Raises
    ------
    InputRefused
        When it is not one; a line end in it above all.
    """
    local, _, domain = text.strip().rpartition("@")
    try:
        name = domain.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    labels = name.split(".")
    fits = len(local) <= _LONGEST_LOCAL and len(local) + 1 + len(name) <= _LONGEST_ADDRESS
    is_domain = name == "localhost" or (len(labels) > 1 and all(map(_LABEL.fullmatch, labels)))
    if not (fits and is_domain and _LOCAL.fullmatch(local)):
        shown = "".join(one if one.isprintable() else "�" for one in text[:80])
        raise section.refused(key, f"has “{shown}”, which is not an address for mail", _ADDRESS_WORDS)
    return f"{local}@{name}"


def read_mail(section: Section) -> MailSettings:
    """Return what the section ``[mail]`` says.

    Raises
    ------
    InputRefused
        For a setting that cannot be used, a password in the file, and a password over a way that others can read.
    """
    if "password" in section.content:
        # Its value is not repeated: what is refused is shown and logged.
        why = "is a password, which does not belong into a file of settings"
        raise section.refused("password", why, "Name a variable in password_env, or a file in password_file.")
    section.allow(*MAIL_KEYS)
    host = section.text("host", "It can be a name such as smtp.example.org.")
    if not re.fullmatch(_HOST, host, re.ASCII):
        raise section.refused("host", "is not the name of a server", "It can be a name such as smtp.example.org.")
    security = _security(section)
    formats = _formats(section, (".pdf",))
    user, variable, file = _account(section)
    if user and security is Security.NONE and not _is_here(host):
        why = f"is “none”, and the password would go to “{host}” for everybody to read"
        raise section.refused("security", why, "It can be starttls or tls; none only for this computer (127.0.0.1).")
    numbers: dict[str, Any] = {
        key: int(section.number(key, limit, whole=True)) for key, limit in _NUMBERS.items() if key in section.content
    }
    return MailSettings(
        host=host,
        port=int(section.number("port", _PORTS, whole=True)) if "port" in section.content else security.port,
        security=security,
        sender=checked_address(section, "from", section.text("from", _ADDRESS_WORDS)),
        sender_name=_sender_name(section),
        user=user,
        password_env=variable,
        password_file=file,
        ca_file=_path(section, "ca_file"),
        page=_page(section),
        formats=formats,
        recipients=_recipients(section, formats),
        **numbers,
    )


def _security(section: Section) -> Security:
    told = section.matching("security", "|".join(Security), "is not a way", f"It can be {', '.join(Security)}.")
    return Security(told) if told else Security.STARTTLS


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def _account(section: Section) -> tuple[str, str, Path | None]:
    user = section.text("user", "It can be the name of an account.") if "user" in section.content else ""
    if not (user.isascii() and user.isprintable()):
        raise section.refused("user", "holds signs that mail servers do not know", "Write the name of the account.")
    variable = section.matching(
        "password_env",
        r"[A-Z_][A-Z0-9_]{0,99}",
        "is not the name of an environment variable",
        "Write the name of the variable that holds the password, such as MAIL_PASSWORD, never the password itself.",
    )
    file = _path(section, "password_file")
    if bool(user) is not bool(variable or file) or (variable and file):
        possible = "Name a user together with password_env or password_file, one of the two; or none of the three."
        raise section.refused("user", "needs a password, and a password a user", possible)
    return user, variable, file


def _path(section: Section, key: str) -> Path | None:
    if key not in section.content:
        return None
    return Path(section.text(key, "It can be the path of a file.")).expanduser().absolute()


def _sender_name(section: Section) -> str:
    if "from_name" not in section.content:
        return "Fixpoint"
    name = section.text("from_name", "It can be a name such as Weekly briefing.")
    if not name.isprintable():
        raise section.refused("from_name", "holds a line end or signs that nobody sees", "Write it on one line.")
    return name


def _page(section: Section) -> str:
    if "page" not in section.content:
        return ""
    possible = "It can be an address such as https://fixpoint.city.example.org, without a question mark."
    address = section.text("page", possible)
    try:
        parts = urlsplit(address)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname or ""))
        is_plain = not (parts.query or parts.fragment or "@" in parts.netloc)
    except ValueError:
        is_safe = is_plain = False
    if not (is_safe and is_plain and parts.hostname and address.isascii() and address.isprintable()) or " " in address:
        raise section.refused("page", "is not the address of a page", possible)
    return address.rstrip("/")


def _formats(section: Section, usual: tuple[str, ...]) -> tuple[str, ...]:
    if "formats" not in section.content:
        return usual
    possible = f'Write it as ["pdf", "csv"]; kinds are {", ".join(FORMATS)}.'
    listed = section.listed("formats", possible)
    if not listed or set(listed) - set(FORMATS) or len(set(listed)) < len(listed):
        raise section.refused("formats", "is not a list of different kinds of files", possible)
    return tuple(f".{one}" for one in listed)


def _recipients(section: Section, formats: tuple[str, ...]) -> tuple[Recipients, ...]:
    listed = section.content.get("recipients", [])
    possible = "Begin each group of recipients with a line [[mail.recipients]]."
    if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
        raise section.refused("recipients", "is no list of recipients", possible)
    found = [
        _group(Section(section.path, f"{section.name}.recipients, number {at}", one), formats)
        for at, one in enumerate(listed, start=1)
    ]
    seen: set[tuple[str, str]] = set()
    for one in found:
        for address in one.to:
            if (address.casefold(), one.area.casefold()) in seen:
                of = f"of {one.area}" if one.area else "of the whole place"
                why = f"name {address} twice for the briefing {of}"
                raise section.refused("recipients", why, "Name an address once for each area.")
            seen.add((address.casefold(), one.area.casefold()))
    return tuple(found)


def _group(section: Section, formats: tuple[str, ...]) -> Recipients:
    section.allow("to", "area", "organisation", "formats")
    possible = 'Write addresses as ["one@example.org", "two@example.org"].'
    if "to" not in section.content:
        raise section.refused("to", "is missing", possible)
    listed = section.listed("to", possible)
    if not listed or not all(isinstance(one, str) for one in listed):
        raise section.refused("to", "is not a list of addresses", possible)
    return Recipients(
        tuple(checked_address(section, "to", one) for one in listed),
        section.text("area", "It can be the name of an area.") if "area" in section.content else "",
        section.text("organisation", "It can be the name of a partner.") if "organisation" in section.content else "",
        _formats(section, formats),
    )


def password_of(mail: MailSettings, environ: Mapping[str, str] = os.environ) -> str:
    """Return the password of the account, empty where none is needed; it is read each time and kept nowhere.

    Raises
    ------
    InputRefused
        When the variable or the file is not there, is empty, or other people of this computer can read the file.
    """
    if not mail.user:
        return ""
    asked = "No mail can be sent."
    if mail.password_file is None:
        if not (found := environ.get(mail.password_env, "")):
            why = f"The variable {mail.password_env}, which should hold the password, is not set."
            raise InputRefused(asked, why, "Set it where the command runs.")
        return _in_ascii(asked, found)
    path = mail.password_file
    try:
        mode, found = path.stat().st_mode, path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = f"The password file “{path}” cannot be read: {getattr(error, 'strerror', None) or 'it is not text'}."
        raise InputRefused(asked, why, "Correct password_file, or its owner.") from error
    if os.name == "posix" and mode & _SHARED:
        raise InputRefused(asked, f"Others can read the password file “{path}”.", f"Run: chmod 600 {path}")
    if not found:
        raise InputRefused(asked, f"The password file “{path}” is empty.", "Write the password into it.")
    return _in_ascii(asked, found)


def _in_ascii(asked: str, password: str) -> str:
    if not (password.isascii() and password.isprintable()):
        why = "The password holds letters that mail servers do not know."
        raise InputRefused(asked, why, "Use one of plain letters, figures and signs.")
    return password
