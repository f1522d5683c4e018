"""Sending mail through the server of the settings: what went wrong is told in words, and whether waiting helps."""

import smtplib
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from types import TracebackType
from typing import Final, Self

from data.mail_settings import MailSettings, Security, password_of
from data.sql.checks import Check
from problems.errors import InputRefused

_TYPES: Final[Mapping[str, tuple[str, str]]] = {
    ".pdf": ("application", "pdf"),
    ".pptx": ("application", "vnd.openxmlformats-officedocument.presentationml.presentation"),
    ".html": ("text", "html"),
    ".csv": ("text", "csv"),
}
#: Not every server takes eight bits, and those that do want to be told first: texts go as quoted-printable or base64.
_POLICY: Final = SMTP.clone(cte_type="7bit")
_SHOWN = 160
#: So long at most a check waits for an answer.
_CHECK_S = 10
#: From here on a reply of a mail server says no for good; from 400 on, no for now.
_FOR_GOOD, _FOR_NOW = 500, 400
_LOCKED_OUT = "Check user and password, or whether the account may send."


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a mail did not go: ``passes`` where it may go later, ``of_server`` where no other mail would go either."""

    why: str
    possible: str
    passes: bool = False
    of_server: bool = False

    @property
    def words(self) -> str:
        """The failure in one sentence or two."""
        return f"{self.why} {self.possible}".strip()


class NotSent(Exception):
    """A mail was not taken by the server."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(failure.words)


def written(
    settings: MailSettings,
    *,
    to: str,
    subject: str,
    body: str,
    files: Mapping[str, bytes],
    identity: str,
    at: datetime,
) -> EmailMessage:
    """Return a mail as it goes over the wire; ``files`` are attached under their names.

    Raises
    ------
    ValueError
        When a line end is in what stands in the head: callers take them out before.
    """
    message = EmailMessage(policy=_POLICY)
    local, _, domain = settings.sender.rpartition("@")
    message["From"] = Address(settings.sender_name, local, domain)
    local, _, domain = to.rpartition("@")
    message["To"] = Address("", local, domain)
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = identity
    # Answers of machines (“out of office”) are not sent to what says this.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body, charset="utf-8")
    for name, content in files.items():
        kind, part = _TYPES[name[name.rindex(".") :]]
        # Texts are in UTF-8; a reader that is not told takes them for ASCII.
        told = {"charset": "utf-8"} if kind == "text" else None
        message.add_attachment(content, kind, part, filename=name, params=told)
    return message


@dataclass
class Post:
    """The way to the mail server. One connection serves all mails; after a failure the next mail opens another.

    Certificates are checked against those that this computer trusts, or ``ca_file`` of the settings.
    """

    settings: MailSettings
    password: str = field(repr=False)
    _line: smtplib.SMTP | None = field(default=None, repr=False)

    def __enter__(self) -> Self:
        """Return the post; the connection is opened by the first mail."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take leave of the server."""
        self.close()

    def close(self) -> None:
        """Take leave of the server, if there is a connection."""
        line, self._line = self._line, None
        if line is not None:
            with suppress(OSError):
                line.quit()
            line.close()

    def send(self, message: EmailMessage, to: str) -> None:
        """Hand one mail to the server.

        Raises
        ------
        NotSent
            When the server did not take it, or cannot be reached.
        """
        line = self.connected()
        try:
            line.send_message(message, self.settings.sender, [to])
        except OSError as error:
            # Whatever state the connection is in now, the next mail must not depend on it.
            self.close()
            raise NotSent(_told(error, self.settings)) from error

    def connected(self) -> smtplib.SMTP:
        """Return the open connection, signed in where the settings name an account.

        Raises
        ------
        NotSent
            When there is no server, no safe way to it, or it does not let us in.
        """
        if self._line is None:
            try:
                self._line = self._opened()
            except OSError as error:
                raise NotSent(_told_of_server(error, self.settings)) from error
        return self._line

    def _opened(self) -> smtplib.SMTP:
        settings, timeout = self.settings, float(self.settings.timeout_s)
        context = None if settings.security is Security.NONE else _context(settings)
        line: smtplib.SMTP
        if settings.security is Security.TLS:
            line = smtplib.SMTP_SSL(settings.host, settings.port, timeout=timeout, context=context)
        else:
            line = smtplib.SMTP(settings.host, settings.port, timeout=timeout)
        try:
            if settings.security is Security.STARTTLS:
                line.starttls(context=context)
            if settings.user:
                line.login(settings.user, self.password)
        except OSError:
            line.close()
            raise
        return line


def _context(settings: MailSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
    except (OSError, ssl.SSLError) as error:
        why = f"The file of certificates “{settings.ca_file}” cannot be used: {getattr(error, 'strerror', error)}."
        raise NotSent(Failure(why, "Correct ca_file.", of_server=True)) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _told_of_server(error: OSError, settings: MailSettings) -> Failure:
    """Return what went wrong before any mail was offered: it would hold for every other one too."""
    server = f"“{settings.host}” (port {settings.port})"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        passes = error.smtp_code < _FOR_GOOD
        why = f"The mail server {server} did not let “{settings.user}” in{_reply(error)}."
        return Failure(why, "" if passes else _LOCKED_OUT, passes, of_server=True)
    if type(error) is smtplib.SMTPException or _is_about_sign_in(error):
        why = f"The mail server {server} takes no password, or none in a way that is known here."
        return Failure(why, "Take user out of the settings, or ask for another port.", of_server=True)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        why = f"The mail server {server} does not offer TLS, so that everybody on the way could read along."
        return Failure(why, "Nothing was sent. Ask whoever runs it, or try security = tls.", of_server=True)
    if isinstance(error, ssl.SSLError):
        return _told_of_tls(error, server)
    if isinstance(error, smtplib.SMTPResponseException):
        passes = error.smtp_code < _FOR_GOOD
        return Failure(f"The mail server {server} refuses to talk{_reply(error)}.", "", passes, of_server=True)
    if isinstance(error, smtplib.SMTPServerDisconnected) and not isinstance(error.__context__, TimeoutError):
        return Failure(f"The mail server {server} hung up.", "", passes=True, of_server=True)
    return _told_of_network(error, server, settings)


def _is_about_sign_in(error: OSError) -> bool:
    return isinstance(error, smtplib.SMTPNotSupportedError) and "AUTH" in str(error)


def _told_of_tls(error: ssl.SSLError, server: str) -> Failure:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = f"The certificate of the mail server {server} is not one to trust: {error.verify_message}."
        return Failure(
            why, "Nothing was sent. Correct host, or name the file of its own authority in ca_file.", of_server=True
        )
    why = f"The mail server {server} does not speak TLS at once on this port."
    return Failure(why, "Nothing was sent. Try security = starttls, or another port.", of_server=True)


def _told_of_network(error: OSError, server: str, settings: MailSettings) -> Failure:
    if isinstance(error, socket.gaierror):
        why = f"No mail server is called “{settings.host}”, or names cannot be looked up now."
    elif isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        why = f"The mail server {server} did not answer within {settings.timeout_s} seconds."
    else:
        why = f"The mail server {server} cannot be reached: {error.strerror or error}."
    return Failure(why, "Check host and port, and whether the server runs.", passes=True, of_server=True)


def _told(error: OSError, settings: MailSettings) -> Failure:
    """Return what went wrong with one mail on an open connection."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        ((code, reply),) = error.recipients.values()
        words = _shown(reply)
        passes = code < _FOR_GOOD
        later = "" if passes else "Correct the address, or take it out."
        return Failure(f"The mail server does not take mail for this address ({code} {words}).", later, passes)
    if isinstance(error, smtplib.SMTPSenderRefused):
        passes = error.smtp_code < _FOR_GOOD
        why = f"The mail server takes no mail from {settings.sender}{_reply(error)}."
        return Failure(why, "" if passes else "Correct from.", passes, of_server=True)
    if isinstance(error, smtplib.SMTPResponseException):
        return Failure(f"The mail server did not take the mail{_reply(error)}.", "", error.smtp_code < _FOR_GOOD)
    return _told_of_server(error, settings)


def _reply(error: smtplib.SMTPResponseException) -> str:
    return f" ({error.smtp_code} {_shown(error.smtp_error)})"


def _shown(reply: bytes | str) -> str:
    """Return what a server said on one line: it is somebody else's text."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:_SHOWN]


def check_mail(settings: MailSettings | None) -> Check:
    """Tell whether mail could be sent: the server answers, its certificate holds, and it lets us in."""
    if settings is None:
        return Check("mail", True, "No mail server is set: briefings are not mailed.")
    try:
        with Post(replace(settings, timeout_s=min(_CHECK_S, settings.timeout_s)), password_of(settings)) as post:
            post.connected()
    except InputRefused as refusal:
        return Check("mail", False, str(refusal))
    except NotSent as error:
        return Check("mail", False, error.failure.words)
    addresses = len({one for group in settings.recipients for one in group.to})
    as_whom = f" lets “{settings.user}” in" if settings.user else " answers"
    of = "1 address gets" if addresses == 1 else f"{addresses:,} addresses get"
    return Check(
        "mail", True, f"“{settings.host}” (port {settings.port}, {settings.security}){as_whom}; {of} briefings."
    )
