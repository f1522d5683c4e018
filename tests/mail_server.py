"""A real mail server for the tests, on this computer: with TLS and passwords, and bad moods on demand."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HERE = "127.0.0.1"
USER, PASSWORD = "fixpoint", "correct horse battery staple"


@dataclass
class Mood:
    """What a server does to whom, and what it took: ``replies`` are given in turn, then it takes everything."""

    replies: dict[str, list[str]] = field(default_factory=dict)
    drops: int = 0
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the server's own name for it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.heard.append(address)
        waiting = self.replies.get(address, [])
        if waiting:
            return waiting.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        if self.drops:
            self.drops -= 1
            assert server.transport is not None
            server.transport.abort()
            return "421 gone"
        assert envelope.original_content is not None
        message = message_from_bytes(envelope.original_content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken += [(address, message) for address in envelope.rcpt_tos]
        return "250 taken"

    @property
    def receivers(self) -> list[str]:
        """Who got mail, in order."""
        return [address for address, _ in self.taken]


@dataclass(frozen=True)
class Certificate:
    """A self-made certificate and its key, as files."""

    file: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


def self_made(folder: Path, name: x509.GeneralName) -> Certificate:
    """Return a certificate for a name that nobody but its own file vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, key_file = folder / "certificate.pem", folder / "key.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return Certificate(file, key_file)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Return a certificate for this computer."""
    return self_made(tmp_path_factory.mktemp("certificate"), x509.IPAddress(ip_address(HERE)))


@pytest.fixture(scope="session")
def strange_certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Return a certificate for another computer."""
    return self_made(tmp_path_factory.mktemp("strange"), x509.DNSName("mail.example.org"))


def free_port() -> int:
    with socket.socket() as one:
        one.bind((HERE, 0))
        return int(one.getsockname()[1])


def _let_in(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, told: Any) -> AuthResult:
    is_right = isinstance(told, LoginPassword) and (told.login, told.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=False)


@contextmanager
def serving(
    mood: Mood,
    *,
    tls: Certificate | None = None,
    at_once: bool = False,
    asks: bool = False,
    seven_bits: bool = False,
) -> Iterator[int]:
    """Run a server and yield its port.

    ``at_once``: TLS before the first word; ``asks``: for user and password; ``seven_bits``: it takes nothing but ASCII.
    """
    offered = tls.context() if tls else None
    options: dict[str, Any] = {"authenticator": _let_in, "auth_required": True} if asks else {}
    if at_once:
        # It takes only STARTTLS for TLS: this way it offers sign-in without.
        options = {"ssl_context": offered, "authenticator": _let_in, "auth_require_tls": False}
    elif offered:
        options |= {"tls_context": offered, "require_starttls": True}
    if seven_bits:
        options |= {"decode_data": True, "enable_SMTPUTF8": False}
    controller = Controller(mood, hostname=HERE, port=free_port(), ready_timeout=20, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def silent() -> Iterator[int]:
    """Yield the port of a server that takes calls and never says a word."""
    with socket.socket() as one:
        one.bind((HERE, 0))
        one.listen(8)
        yield int(one.getsockname()[1])
