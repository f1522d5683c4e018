"""GeoReport v2 servers on this computer, good ones and bad ones, each in a thread of its own."""

import gzip
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from data.feeds.servers import FeedServer

NOW = datetime(2025, 3, 29, 12, tzinfo=UTC)
PATH = "/open311/v2"
Request = dict[str, Any]
#: Answers in place of the server: (handler, query, number of the request from 1). True when it did.
Trick = Callable[["Handler", dict[str, str], int], bool]


def request(number: int, hours_ago: float, **changes: Any) -> Request:
    """Return a service request in a town in England; each has a place and a time of its own."""
    at = NOW - timedelta(hours=hours_ago)
    return {
        "service_request_id": f"SR-{number}",
        "status": "open",
        "service_name": "Street light not working",
        "service_code": "lamp",
        "description": f"Lamp {number} is dark",
        "requested_datetime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "updated_datetime": None,
        "lat": 52.9 + number % 100 * 1e-4,
        "long": -1.2 - number % 100 * 1e-4,
        **changes,
    }


def requests_over(days: int, number: int, **changes: Any) -> list[Request]:
    """Return ``number`` requests spread evenly over the last ``days`` days."""
    return [request(n, days * 24 * (n - 0.5) / number, **changes) for n in range(1, number + 1)]


@dataclass
class City:
    """What a server holds and how it behaves."""

    held: list[Request]
    form: str = "json"
    most: int = 1_000
    newest_first: bool = False
    ignores_page: bool = False
    ignores_dates: bool = False
    repeats_last: bool = False
    packed: bool = False
    trick: Trick | None = None
    port: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    #: Set when the test ends: whoever stalls may go.
    over: threading.Event = field(default_factory=threading.Event)

    def server(self, **changes: Any) -> FeedServer:
        """Return the settings with which it can be pulled."""
        told = {"source": "city", "url": f"http://127.0.0.1:{self.port}{PATH}", "allow_local": True, "page_size": 10}
        return FeedServer(**{**told, "format": self.form, **changes})

    def pages_asked(self) -> list[tuple[str, str]]:
        """Return (start, page) of every request that came."""
        return [(query.get("start_date", ""), query["page"]) for query in self.asked]

    def page(self, query: dict[str, str]) -> list[Request]:
        chosen = sorted(self.held, key=lambda one: one["requested_datetime"], reverse=self.newest_first)
        if "updated_after" in query:
            chosen = [one for one in chosen if (one["updated_datetime"] or "") >= query["updated_after"]]
        elif not self.ignores_dates:
            chosen = [one for one in chosen if query["start_date"] <= one["requested_datetime"] <= query["end_date"]]
        size = min(self.most, int(query["page_size"]))
        if self.ignores_page:
            return chosen[:size]
        number = int(query["page"])
        if self.repeats_last:
            number = min(number, max(1, -(-len(chosen) // size)))
        return chosen[(number - 1) * size : number * size]


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    city: City

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        self.city.asked.append(query)
        self.city.hosts.add(self.headers["Host"])
        if self.city.trick and self.city.trick(self, query, len(self.city.asked)):
            return
        if parts.path != f"{PATH}/requests.{self.city.form}":
            self.send_error(404)
            return
        body = body_of(self.city.page(query), self.city.form)
        self.answer(gzip.compress(body) if self.city.packed else body, packed=self.city.packed)

    def answer(
        self,
        body: bytes,
        *,
        status: int = 200,
        kind: str = "",
        length: int | None = None,
        packed: bool = False,
        **more: str,
    ) -> None:
        """Send a whole answer, or one that claims to be longer than it is."""
        self.send_response(status)
        self.send_header("Content-Type", kind or f"application/{self.city.form}; charset=utf-8")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's own name
        """Say nothing."""


def body_of(requests: list[Request], form: str) -> bytes:
    """Return the body of a page."""
    return json.dumps(requests).encode() if form == "json" else xml_of(requests)


def xml_of(requests: list[Request]) -> bytes:
    """Return requests as GeoReport v2 XML."""
    each = (
        "".join(f"<{name}>{'' if value is None else escape(str(value))}</{name}>" for name, value in one.items())
        for one in requests
    )
    inner = "".join(f"<request>{fields}</request>" for fields in each)
    return f'<?xml version="1.0" encoding="utf-8"?><service_requests>{inner}</service_requests>'.encode()


@contextmanager
def serving(city: City, secure: ssl.SSLContext | None = None) -> Iterator[City]:
    """Serve ``city`` on a free port of this computer, over TLS where ``secure`` is given."""
    handler = type("CityHandler", (Handler,), {"city": city})
    server = _Quiet(("127.0.0.1", 0), handler)
    if secure is not None:
        server.socket = secure.wrap_socket(server.socket, server_side=True)
    city.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield city
    finally:
        city.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Quiet(ThreadingHTTPServer):
    """Says nothing when a client goes away, which clients here do on purpose."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over it: what matters is what the client makes of it."""
