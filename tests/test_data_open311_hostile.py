"""Servers that are slow, broken, lying or hostile: refused in words, in bounded time and memory."""

import gzip
import socket
import ssl
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from data.feeds import addresses, fetching
from data.feeds.addresses import why_not_public
from data.feeds.fetching import Interrupted
from data.feeds.servers import FeedServer, find_server, shown_address
from problems.errors import Cancelled, InputRefused
from tests.open311_server import PATH, City, Handler, Trick, body_of, requests_over, serving
from tests.test_data_open311 import FAST, Desk, desk, desks

__all__ = ["desk", "desks"]
KEY_VALUE = "k3y-of-the-city"


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Take note of what would be waited for between attempts."""
    waited: list[float] = []
    monkeypatch.setattr(fetching.Line, "_pause", lambda _line, seconds: waited.append(seconds))
    return waited


def answering(body: bytes, **how: Any) -> Trick:
    """Answer every third and later page with ``body``."""

    def trick(handler: Handler, _query: dict[str, str], number: int) -> bool:
        if number >= 3:
            handler.answer(body, **how)
        return number >= 3

    return trick


def answering_always(body: bytes, **how: Any) -> Trick:
    """Answer every page with ``body``."""

    def trick(handler: Handler, _query: dict[str, str], _number: int) -> bool:
        handler.answer(body, **how)
        return True

    return trick


def stalling(handler: Handler, _query: dict[str, str], number: int) -> bool:
    """Send the beginning of the third page and then nothing."""
    if number >= 3:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b'[{"service_request_id": "A"')
        handler.city.over.wait(20)
    return number >= 3


def trickling(handler: Handler, _query: dict[str, str], number: int) -> bool:
    """Send one byte after the other, each in time, without an end."""
    if number >= 3:
        handler.send_response(200)
        handler.end_headers()
        while not handler.city.over.wait(0.05):
            handler.wfile.write(b" ")
    return number >= 3


def endless(handler: Handler, _query: dict[str, str], number: int) -> bool:
    """Send a page that says no length and never ends."""
    if number >= 3:
        handler.send_response(200)
        handler.end_headers()
        while not handler.city.over.is_set():
            handler.wfile.write(b"[" + b" " * (1 << 20))
    return number >= 3


WHOLE = body_of(requests_over(80, 5), "json")
WHOLE_XML = body_of(requests_over(80, 5), "xml")
BOMB = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<service_requests><request><service_request_id>&b;</service_request_id></request></service_requests>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<service_requests><request><service_request_id>&a;</service_request_id></request></service_requests>"""

LATER: dict[str, tuple[str, Trick, str]] = {
    "a stall": ("json", stalling, "sent nothing for 0.3 seconds"),
    "a trickle": ("json", trickling, "needs more than 1 seconds for one page"),
    "half a page": ("json", answering(WHOLE[:300], length=len(WHOLE)), "broke off after 300 of"),
    "JSON cut off": ("json", answering(WHOLE[:300]), "sent JSON that ends in the middle"),
    "XML cut off": ("xml", answering(WHOLE_XML[:300]), "sent XML that ends in the middle"),
    "nothing at all": ("json", answering(b""), "sent an empty answer"),
    "a packed half": ("json", answering(gzip.compress(WHOLE)[:90], packed=True), "middle of a packed answer"),
    "no gzip": ("json", answering(b"plain", packed=True), "cannot be unpacked"),
    "not JSON": ("json", answering(b"[{'a': 1}]"), "sent something that is not JSON"),
    "a fault": ("json", answering(b"oh", status=500), r"reports a fault of its own \(500\)"),
    "too busy": ("json", answering(b"", status=429), "asked too often"),
    "closed for now": ("json", answering(b"", status=503, Retry_After="3600"), "asks to wait for 3,600 seconds"),
}
NEVER: dict[str, tuple[str, Trick, str]] = {
    "a web page": ("json", answering(b"<html>Sign in</html>", kind="text/html"), "answered with a web page"),
    "a web page in disguise": ("xml", answering(b"<!DOCTYPE html><html></html>"), "answered with a web page"),
    "XML for JSON": ("json", answering(WHOLE_XML), "set format = “xml”"),
    "JSON for XML": ("xml", answering(WHOLE), "set format = “json”"),
    "other XML": ("xml", answering(b"<rss><channel/></rss>"), r"XML of another kind \(<rss>\)"),
    "an entity bomb": ("xml", answering(BOMB), "definitions of its own"),
    "a file of this computer": ("xml", answering(OUTSIDE), "definitions of its own"),
    "an endless number": ("json", answering(b'[{"lat": ' + b"9" * 9_000 + b"}]"), "too long to be read"),
    "deep brackets": ("json", answering(b"[" * 100_000), "nested too deeply"),
    "deep elements": ("xml", answering(b"<service_requests>" * 9_000), "nested too deeply"),
    "the list of services": ("json", answering(b'[{"service_code": "1"}]'), "no entry has a service_request_id"),
    "an error": ("json", answering(b'[{"code": 400, "description": "Bad date"}]'), r"an error \(400: Bad date\)"),
    "an error in XML": ("xml", answering(b"<errors><error><code>7</code></error></errors>"), r"an error \(7\)"),
    "no permission": ("json", answering(b"", status=403), "refuses the request"),
    "too large": ("json", answering(b"", length=51 << 20), "larger than 50 MB"),
    "no end": ("json", endless, "larger than 50 MB"),
    "a gzip bomb": ("json", answering(gzip.compress(b" " * (60 << 20)), packed=True), "larger than 50 MB"),
    "another packing": ("json", answering(WHOLE, Content_Encoding="br"), "packs its answers as “br”"),
    "a redirect": (
        "json",
        answering(b"", status=302, Location="http://169.254.169.254/latest?token=abc"),
        r"sends to another address: http://169\.254\.169\.254/latest\. Fixpoint does not follow",
    ),
}


@pytest.mark.parametrize("what", LATER)
def test_what_may_work_later_is_tried_again_and_goes_on_from_there(desk: Desk, what: str) -> None:
    form, trick, why = LATER[what]
    limits = fetching.Limits(connect_s=2, read_s=0.3, page_s=1, attempts=2, longest_pause_s=30)
    with serving(City(requests_over(80, 45), form=form, trick=trick)) as city:
        with pytest.raises(Interrupted, match=why):
            desk.pull(city.server(), limits=limits)
        assert desk.store.counts().reports == 0
        assert [name for name in desk.spooled() if name.startswith("page-") and name.endswith(".json")] == [
            "page-000001.json",
            "page-000002.json",
        ]
        city.trick = None
        assert desk.pull(city.server()).kept_pages == 2
    assert len(desk.reports()) == 45


@pytest.mark.parametrize("what", NEVER)
def test_what_would_be_the_same_again_is_refused_at_once(desk: Desk, what: str) -> None:
    form, trick, why = NEVER[what]
    with serving(City(requests_over(80, 45), form=form, trick=trick)) as city:
        tracemalloc.start()
        with pytest.raises(InputRefused, match=why) as refused:
            desk.pull(city.server())
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(city.asked) == 3
    assert not isinstance(refused.value, Interrupted)
    assert "token=abc" not in str(refused.value)
    assert desk.store.counts().reports == 0
    assert most < 30 << 20


def test_a_server_that_recovers_is_not_noticed(desk: Desk, pauses: list[float]) -> None:
    def trick(handler: Handler, _query: dict[str, str], number: int) -> bool:
        if number == 3:
            handler.answer(b"", status=503, Retry_After="7")
        return number == 3

    limits = fetching.Limits(connect_s=2, read_s=0.3, attempts=2)
    with serving(City(requests_over(80, 45), trick=trick)) as city:
        desk.pull(city.server(), limits=limits)
    assert len(desk.reports()) == 45
    assert pauses == [7.0]


def test_a_pause_until_a_time_is_understood() -> None:
    until = datetime.now(UTC) + timedelta(seconds=60)
    seconds = fetching._seconds(until.strftime("%a, %d %b %Y %H:%M:%S GMT"))
    assert seconds is not None
    assert 50 < seconds <= 60
    assert [fetching._seconds(told) for told in ("", None, "soon", "Wed, 21 Oct 2015 07:28:00 GMT")] == [None] * 3 + [0]


def test_a_stalled_pull_can_be_cancelled_while_it_waits(desk: Desk) -> None:
    with serving(City(requests_over(80, 45), trick=stalling)) as city:
        ticks: list[str] = []

        def progress(message: str, _share: float) -> None:
            ticks.append(message)
            if ticks.count(message) > 4 and "page 3" in message:
                raise Cancelled

        with pytest.raises(Cancelled):
            desk.pull(city.server(), progress=progress, limits=fetching.Limits(read_s=60))
    assert not any(name.endswith("000003.json") for name in desk.spooled())


def test_a_first_page_that_does_not_come_leaves_nothing_to_go_on_from(desk: Desk) -> None:
    refused = pytest.raises(InputRefused, match=r"no list of requests at this address \(404\)")
    with serving(City([], trick=answering_always(b"", status=404))) as city, refused:
        desk.pull(city.server())
    assert desk.spooled() == []
    with pytest.raises(Interrupted, match="cannot be reached"):
        desk.pull(city.server())


def test_a_key_is_sent_and_never_said(desk: Desk) -> None:
    def echo(handler: Handler, query: dict[str, str], number: int) -> bool:
        if number >= 2:
            handler.answer(f'[{{"code": 403, "description": "{query["api_key"]} expired"}}]'.encode())
        return number >= 2

    with serving(City(requests_over(80, 45), trick=echo)) as city:
        server = city.server(api_key_env="CITY_KEY")
        with pytest.raises(InputRefused, match=r"CITY_KEY, which is not set"):
            desk.pull(server)
        assert city.asked == []
        with pytest.raises(InputRefused, match=r"\[key\] expired") as refused:
            desk.pull(server, environ={"CITY_KEY": KEY_VALUE})
    assert city.asked[0]["api_key"] == KEY_VALUE
    assert KEY_VALUE not in str(refused.value)
    assert not any(KEY_VALUE in said for said in desk.said)
    kept = b"".join(path.read_bytes() for path in (desk.folder / "open311").rglob("*") if path.is_file())
    assert KEY_VALUE.encode() not in kept


# -- where a connection may go --


INSIDE = (
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.1.2.3",
    "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
    "::7f00:1", "2002:7f00:1::", "2002:808:808::", "2001:0:1::1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    "64:ff9b:1::1", "192.88.99.1", "192.0.0.8", "3fff::1", "5f00::1", "2001:2::1", "4000::1", "::ffff:0:10.0.0.1",
    "2606:4700::5efe:a00:1", "2606:4700::200:5efe:a00:1", "2606:4700::5efe:808:808", "not an address",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside_a_network_are_refused(address: str) -> None:
    assert why_not_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "151.101.1.1", "2606:4700::1111", "64:ff9b::808:808"])
def test_addresses_of_the_internet_are_not(address: str) -> None:
    assert why_not_public(address) == ""
    assert ip_address(address).is_global


@pytest.fixture
def nothing_leaves(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Take note of connections in place of making them."""
    tried: list[str] = []

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        tried.append(address[0])
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "create_connection", connect)
    return tried


@pytest.mark.parametrize("answers", [["10.0.0.8"], ["151.101.1.1", "127.0.0.1"], ["::ffff:151.101.1.1"]])
def test_a_name_for_an_address_inside_is_never_connected_to(
    desk: Desk, nothing_leaves: list[str], answers: list[str]
) -> None:
    server = FeedServer("city", f"https://311.example.org{PATH}")
    with pytest.raises(InputRefused, match="an address inside a network, not on the internet"):
        desk.pull(server, resolver=lambda _host, _port: answers)
    assert nothing_leaves == []


def test_this_computer_is_refused_unless_that_is_set(desk: Desk, nothing_leaves: list[str]) -> None:
    with pytest.raises(InputRefused, match=r"127\.0\.0\.1, which is loopback"):
        desk.pull(FeedServer("city", f"https://localhost{PATH}"), resolver=lambda _host, _port: ["127.0.0.1"])
    with pytest.raises(InputRefused, match=r"192\.168\.1\.1, which is private"):
        desk.pull(
            FeedServer("city", f"https://localhost{PATH}", allow_local=True),
            resolver=lambda _host, _port: ["192.168.1.1"],
        )
    assert nothing_leaves == []


def test_a_name_that_changes_its_meaning_is_looked_up_once(desk: Desk, nothing_leaves: list[str]) -> None:
    """The trick of DNS rebinding: public when it is checked, private when it is used."""
    told = iter([["151.101.1.1"], ["127.0.0.1"], ["127.0.0.1"]])
    with pytest.raises(Interrupted, match="cannot be reached"):
        desk.pull(FeedServer("city", f"https://311.example.org{PATH}"), resolver=lambda _host, _port: next(told))
    assert nothing_leaves == ["151.101.1.1"] * FAST.attempts
    assert next(told) == ["127.0.0.1"]


def test_an_unknown_name_is_told(desk: Desk) -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(InputRefused, match="could not be found: Name or service not known"):
        desk.pull(FeedServer("city", f"https://311.example.org{PATH}"), resolver=unknown)


def test_the_systems_own_resolver_is_asked_for_what_a_number_means() -> None:
    assert addresses.system_resolver("127.0.0.1", 80) == ["127.0.0.1"]


# -- https --


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Write a certificate for city.test with its key, signed by itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "city.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("city.test")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "city.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure_city(certificate: Path) -> Iterator[City]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(City(requests_over(80, 45)), context) as city:
        yield city


def here(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


def test_the_certificate_is_checked_for_the_name_though_the_connection_goes_to_the_address(
    desk: Desk, secure_city: City, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    url = f"https://city.test:{secure_city.port}{PATH}"
    desk.pull(secure_city.server(url=url), resolver=here)
    assert len(desk.reports()) == 45
    assert secure_city.hosts == {f"city.test:{secure_city.port}"}


def test_a_server_that_cannot_prove_its_name_is_refused(
    desk: Desk, secure_city: City, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputRefused, match=r"cannot prove that it is city\.test"):
        desk.pull(secure_city.server(url=f"https://city.test:{secure_city.port}{PATH}"), resolver=here)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(InputRefused, match=r"cannot prove that it is other\.test"):
        desk.pull(secure_city.server(url=f"https://other.test:{secure_city.port}{PATH}"), resolver=here)
    assert secure_city.asked == []


# -- the list of servers --


LISTED = (
    FeedServer("boston", "https://311.boston.example/open311/v2"),
    FeedServer("boston-test", "https://311.boston.example/open311/v2/test"),
    FeedServer("leeds", "https://leeds.example:8443"),
)


@pytest.mark.parametrize(
    ("asked", "source"),
    [
        ("boston", "boston"),
        ("https://311.boston.example/open311/v2", "boston"),
        ("https://311.BOSTON.example:443/open311/v2/requests.json?page=2", "boston"),
        ("https://311.boston.example/open311/v2/test/", "boston-test"),
        ("https://leeds.example:8443/anything", "leeds"),
    ],
)
def test_a_server_is_found_by_name_or_by_an_address_below_its_own(asked: str, source: str) -> None:
    assert find_server(LISTED, asked).source == source


@pytest.mark.parametrize(
    "asked",
    [
        "https://evil.example/open311/v2",
        "http://311.boston.example/open311/v2",
        "https://311.boston.example:444/open311/v2",
        "https://311.boston.example/open311",
        "https://311.boston.example/open311/v20",
        "https://311.boston.example/open311/v2/../admin",
        "https://311.boston.example/open311/v2/%2e%2e/admin",
        "https://311.boston.example@evil.example/open311/v2",
        "https://me:pw@311.boston.example/open311/v2",
        "https://311.boston.example\\@evil.example/open311/v2",
        "https://leeds.example",
        "file:///etc/passwd",
        "berlin",
        "",
    ],
)
def test_an_address_that_is_not_on_the_list_is_refused_and_how_to_add_it_is_said(asked: str) -> None:
    with pytest.raises(InputRefused, match=r"not among the servers.*\[\[open311\.servers\]\]") as refused:
        find_server(LISTED, asked)
    assert "pw" not in str(refused.value)


def test_addresses_are_shown_without_secrets() -> None:
    assert shown_address("https://me:pw@city.example/a?api_key=1#x") == "https://city.example/a"
