"""One answer of a server, fetched into a file: checked address, no redirects, limited time and size, and complete."""

import http.client
import io
import os
import select
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urljoin

from data.feeds.addresses import Resolver, resolve, system_resolver
from data.feeds.servers import FeedServer, shown_address
from problems.errors import InputRefused

#: Called while something is waited for; raises :class:`problems.errors.Cancelled` to stop.
Tick = Callable[[], None]
Read = TypeVar("Read")

_CHUNK = 1 << 16
_SLICE_S = 0.25
_ENCODINGS = {"": None, "identity": None, "gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS}
_BUSY, _UNAVAILABLE, _NOT_FOUND = 429, 503, 404
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how large an answer may be, and how patient the pull is."""

    connect_s: float = 10.0
    read_s: float = 10.0
    page_s: float = 120.0
    page_bytes: int = 50 * _MIB
    attempts: int = 3
    #: A server that asks for a longer pause than this is left alone until the next pull.
    longest_pause_s: float = 90.0


class Interrupted(InputRefused):
    """The server did not answer this time; what came so far is kept, and asking again later goes on from there."""


class TryAgain(Exception):
    """An attempt failed in a way that another may not: “the server ``why``”.

    ``pause_s`` is the pause that the server asked for, if it did.
    """

    def __init__(self, why: str, pause_s: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.pause_s = pause_s


class _Timed(io.RawIOBase):
    """What comes from a connection; each wait is limited, all of them together are, and each can be cancelled."""

    def __init__(self, connection: socket.socket, read_s: float, until: float, tick: Tick) -> None:
        super().__init__()
        self._connection = connection
        self._read_s = read_s
        self._until = until
        self._tick = tick

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # any buffer would do, a BufferedReader gives this
        stalled_at = time.monotonic() + self._read_s
        while True:
            self._tick()
            now = time.monotonic()
            if now >= min(stalled_at, self._until):
                raise TimeoutError("too slow" if now >= self._until else "stalled")
            self._connection.settimeout(min(_SLICE_S, max(0.01, min(stalled_at, self._until) - now)))
            try:
                return self._connection.recv_into(buffer)
            except TimeoutError:
                continue


class _Wire:
    """The part of a socket that ``http.client`` uses, over :class:`_Timed`."""

    def __init__(self, connection: socket.socket, incoming: _Timed, send_s: float) -> None:
        self._connection = connection
        self._incoming = incoming
        self._send_s = send_s

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._incoming, _CHUNK)

    def sendall(self, sent: bytes) -> None:
        self._connection.settimeout(self._send_s)
        self._connection.sendall(sent)

    def close(self) -> None:
        """Leave the connection open: the answer is still being read when ``http.client`` calls this."""


class Line:
    """The way to one server for the length of a pull: its address is looked up once, with the first request."""

    def __init__(
        self,
        server: FeedServer,
        *,
        limits: Limits | None = None,
        tick: Tick = lambda: None,
        secret: str = "",
        resolver: Resolver = system_resolver,
    ) -> None:
        self.server = server
        self.limits = limits or Limits()
        self.requests = 0
        self._tick = tick
        self._secret = secret
        self._resolver = resolver
        self._scheme, self._host, self._port = server.origin
        self._addresses: list[str] = []
        self._context = ssl.create_default_context()

    def fetch(self, path_and_query: str, target: Path, read: Callable[[Path], Read]) -> Read | None:
        """Write the whole answer, expanded, into ``target`` and return what ``read`` makes of it.

        None is returned where the server has no such page (404).

        Parameters
        ----------
        path_and_query
            What is asked for, beginning with a slash; it may hold a key and is never shown.
        read
            Looks at the file; raises :class:`TryAgain` where asking again may help.

        Raises
        ------
        Interrupted
            When there is no whole answer after all attempts: no connection, a stall, a half
            answer, a fault of the server, or a request to come back later.
        InputRefused
            When another attempt would be the same: a redirect, a refusal, too large an answer.
        Cancelled
            From ``tick``.
        """
        why = ""
        for attempt in range(self.limits.attempts):
            self._tick()
            try:
                return read(target) if self._attempt(path_and_query, target) else None
            except TryAgain as failed:
                why = failed.why
                if failed.pause_s is not None and failed.pause_s > self.limits.longest_pause_s:
                    why += f" and asks to wait for {failed.pause_s:,.0f} seconds"
                    break
                if attempt + 1 < self.limits.attempts:
                    self._pause(2.0**attempt if failed.pause_s is None else failed.pause_s)
        raise Interrupted(
            self._asked,
            f"The server {why}.",
            "What has come so far is kept: run the same pull again later, and it goes on from here.",
        )

    @property
    def _asked(self) -> str:
        return f"“{self.server.source}” could not be pulled to the end."

    def refused(self, why: str, possible: str) -> InputRefused:
        """Return a refusal of this pull in which no secret is repeated, whoever wrote it into ``why``."""
        return InputRefused(self._asked, self.hidden(why), possible)

    def hidden(self, text: str) -> str:
        """Return ``text`` without the key of this server."""
        return text.replace(self._secret, "[key]") if self._secret else text

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._tick()
            time.sleep(min(_SLICE_S, left))

    def _attempt(self, path_and_query: str, target: Path) -> bool:
        self.requests += 1
        until = time.monotonic() + self.limits.page_s
        try:
            with self._connected(until) as connection:
                incoming = _Timed(connection, self.limits.read_s, until, self._tick)
                answer = self._ask(_Wire(connection, incoming, self.limits.read_s), path_and_query)
                with closing(answer):
                    return self._answered(answer, target)
        except TimeoutError as error:
            slow = str(error) == "too slow"
            span = self.limits.page_s if slow else self.limits.read_s
            what = "needs more than" if slow else "sent nothing for"
            raise TryAgain(f"{what} {span:g} seconds{' for one page' if slow else ''}") from error
        except ssl.SSLCertVerificationError as error:
            raise self.refused(
                f"The server cannot prove that it is {self._host}: {error.verify_message}.",
                "Ask whoever runs the server to mend its certificate.",
            ) from error
        except http.client.IncompleteRead as error:
            raise TryAgain("broke off in the middle of an answer") from error
        except http.client.HTTPException as error:
            raise TryAgain("did not answer as a web server does") from error
        except OSError as error:
            raise TryAgain(f"cannot be reached ({_reason(error)})") from error

    def _ask(self, wire: _Wire, path_and_query: str) -> http.client.HTTPResponse:
        talk = http.client.HTTPConnection(self._host, self._port)
        talk.sock = wire
        talk.request(
            "GET",
            path_and_query,
            headers={
                "Host": self._host_header(),
                "Accept": {"json": "application/json", "xml": "application/xml, text/xml"}[self.server.format],
                "Accept-Encoding": "gzip, identity",
                "User-Agent": "Fixpoint (Open311 GeoReport v2)",
                "Connection": "close",
            },
        )
        return talk.getresponse()

    def _host_header(self) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        is_usual = self._port == {"https": 443, "http": 80}[self._scheme]
        return host if is_usual else f"{host}:{self._port}"

    # -- the connection --

    @contextmanager
    def _connected(self, until: float) -> Iterator[socket.socket]:
        if not self._addresses:
            self._addresses = resolve(
                self._host,
                self._port,
                allow_local=self.server.allow_local,
                resolver=self._resolver,
                wait_s=self.limits.connect_s,
            )
        with closing(self._open()) as plain:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._scheme == "http":
                yield plain
                return
            # The name is checked against the certificate, the connection goes to the checked address.
            with self._context.wrap_socket(plain, server_hostname=self._host, do_handshake_on_connect=False) as secure:
                self._shake_hands(secure, min(until, time.monotonic() + self.limits.connect_s))
                yield secure

    def _open(self) -> socket.socket:
        failed: OSError = OSError("no address")
        for address in self._addresses:
            self._tick()
            try:
                return socket.create_connection((address, self._port), timeout=self.limits.connect_s)
            except TimeoutError:
                failed = OSError("no connection in time")
            except OSError as error:
                failed = error
        raise failed

    def _shake_hands(self, secure: ssl.SSLSocket, until: float) -> None:
        secure.setblocking(False)
        while True:
            self._tick()
            reading, writing = [secure], [secure]
            try:
                secure.do_handshake()
                return
            except ssl.SSLWantReadError:
                writing = []
            except ssl.SSLWantWriteError:
                reading = []
            if time.monotonic() >= until:
                raise OSError("no secure connection in time")
            select.select(reading, writing, [], _SLICE_S)

    # -- the answer --

    def _answered(self, answer: http.client.HTTPResponse, target: Path) -> bool:
        status = answer.status
        if 300 <= status < 400:
            raise self._redirected(answer)
        if status in {_BUSY, _UNAVAILABLE}:
            what = "says that it is asked too often" if status == _BUSY else "is not available at the moment"
            raise TryAgain(what, _seconds(answer.headers.get("Retry-After")))
        if status >= 500:
            raise TryAgain(f"reports a fault of its own ({status})")
        if status == _NOT_FOUND:
            return False
        if status != http.client.OK:
            raise self.refused(
                f"The server refuses the request ({status} {_plain(answer.reason)}).",
                "Check the address, the jurisdiction and the key in the settings.",
            )
        self._refuse_other_kinds(answer)
        self._keep(answer, target)
        return True

    def _redirected(self, answer: http.client.HTTPResponse) -> InputRefused:
        told = answer.headers.get("Location", "")
        try:
            pointed = shown_address(urljoin(self.server.url, told))
        except ValueError:
            pointed = shown_address(told)
        return self.refused(
            f"The server sends to another address: {pointed or 'it does not say which'}. Fixpoint does not follow.",
            "If that is where the reports are now, an administrator can set it as the url of this server.",
        )

    def _refuse_other_kinds(self, answer: http.client.HTTPResponse) -> None:
        if answer.headers.get_content_type() in {"text/html", "application/xhtml+xml"}:
            raise self.refused(
                f"The server answered with a web page, not with {self.server.format.upper()}.",
                "Check the address in the settings; a page may be a sign-in or a message that the server moved.",
            )

    def _keep(self, answer: http.client.HTTPResponse, target: Path) -> None:
        encoding = answer.headers.get("Content-Encoding", "").strip().casefold()
        if encoding not in _ENCODINGS:
            raise self.refused(f"The server packs its answers as “{_plain(encoding)}”.", "Only gzip can be read.")
        told = answer.length
        if told is not None and told > self.limits.page_bytes:
            raise self._too_large()
        with target.open("wb") as file:
            packed = 0
            expand = _Expanding(_ENCODINGS[encoding])
            while chunk := answer.read1(_CHUNK):
                packed += len(chunk)
                for part in expand.parts(chunk):
                    file.write(part)
                    if max(packed, expand.written) > self.limits.page_bytes:
                        raise self._too_large()
            if told is not None and packed < told:
                raise TryAgain(f"broke off after {packed:,} of {told:,} bytes")
            if not expand.is_whole:
                raise TryAgain("broke off in the middle of a packed answer")
            file.flush()
            os.fsync(file.fileno())

    def _too_large(self) -> InputRefused:
        return self.refused(
            f"One page of it is larger than {self.limits.page_bytes / _MIB:,.0f} MB.",
            "Set a smaller page_size or window_days for this server.",
        )


class _Expanding:
    """Unpacks an answer piece by piece, never more than a chunk at a time: a small answer may expand without end."""

    def __init__(self, bits: int | None) -> None:
        self._unpack = None if bits is None else zlib.decompressobj(bits)
        self.written = 0

    def parts(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what ``chunk`` expands to, in pieces that the caller counts between."""
        if self._unpack is None:
            self.written += len(chunk)
            yield chunk
            return
        is_full = True
        while chunk or is_full:
            try:
                part = self._unpack.decompress(chunk, _CHUNK)
            except zlib.error as error:
                raise TryAgain("sent a packed answer that cannot be unpacked") from error
            self.written += len(part)
            yield part
            # A full piece may have left more inside, even where all of the chunk was taken in.
            chunk, is_full = self._unpack.unconsumed_tail, len(part) == _CHUNK

    @property
    def is_whole(self) -> bool:
        """Tell whether the end of a packed answer has come."""
        return self._unpack is None or self._unpack.eof


def _seconds(told: str | None) -> float | None:
    """Return the pause that a server asks for in seconds; a date is read against this computer's clock."""
    if not told:
        return None
    if told.strip().isascii() and told.strip().isdigit():
        return float(told.strip()[:9])
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    try:
        at = parsedate_to_datetime(told)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return "no secure connection"
    return (error.strerror or str(error) or type(error).__name__).casefold()


def _plain(text: str) -> str:
    return "".join(letter for letter in text[:60] if letter.isprintable())
