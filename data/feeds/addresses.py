"""Which computer a name stands for, decided once and only for addresses of the open internet."""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from threading import Thread

from problems.errors import InputRefused

#: Turns (host, port) into addresses written as numbers. Replaced in tests, which never leave this computer.
Resolver = Callable[[str, int], Sequence[str]]

#: Networks in which the last 32 bits are an IPv4 address: that one is judged.
_TRANSLATED = IPv6Network("64:ff9b::/96")
_IP4_RELAYS = (
    *(IPv6Network(relay) for relay in ("2002::/16", "2001::/32", "::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48")),
)
#: The middle of an address whose last 32 bits are an IPv4 address (ISATAP), whatever network it is in.
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})
#: Set apart, but taken for public by the tables of this language: protocol assignments, the relays of
#: 6to4, documentation, and a block that is handed out to nobody.
_SET_APART: tuple[IPv4Network | IPv6Network, ...] = (
    *(IPv4Network(block) for block in ("192.0.0.0/24", "192.88.99.0/24", "192.31.196.0/24", "192.52.193.0/24")),
    IPv4Network("192.175.48.0/24"),
    *(
        IPv6Network(block)
        for block in ("3fff::/20", "2001::/23", "2001:db8::/32", "5f00::/16", "100::/64", "fec0::/10")
    ),
)
#: All that is handed out on the internet today.
_GLOBAL_UNICAST = IPv6Network("2000::/3")


def system_resolver(host: str, port: int) -> list[str]:
    """Ask this computer's own resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # A dict keeps the resolver's order, which prefers what works from here.
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def why_not_public(address: str) -> str:
    """Say in a word or two why ``address`` is not of the open internet, or return an empty text."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "no address"
    if isinstance(ip, IPv6Address):
        if ip.scope_id is not None:
            return "link-local"
        if ip.ipv4_mapped is not None:
            return "an IPv4 address in disguise"
        if ip in _TRANSLATED:
            return why_not_public(str(IPv4Address(int(ip) & 0xFFFFFFFF)))
        if (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP:
            return "an IPv4 address in disguise"
        if not ip.is_loopback and not ip.is_unspecified and any(ip in relay for relay in _IP4_RELAYS):
            return "an IPv4 address in disguise"
    return _kind_of(ip)


def _kind_of(ip: IPv4Address | IPv6Address) -> str:
    kinds = (
        (ip.is_unspecified, "unspecified"),
        (ip.is_loopback, "loopback"),
        (ip.is_link_local, "link-local"),
        (ip.is_multicast, "multicast"),
        (isinstance(ip, IPv6Address) and ip.is_site_local, "private"),
        (ip.is_private, "private"),
        (ip.is_reserved, "reserved"),
        (not ip.is_global or any(ip in block for block in _SET_APART), "not public"),
        (isinstance(ip, IPv6Address) and ip not in _GLOBAL_UNICAST, "not public"),
    )
    return next((name for holds, name in kinds if holds), "")


def resolve(host: str, port: int, *, allow_local: bool, resolver: Resolver, wait_s: float) -> list[str]:
    """Return the addresses of ``host``, all of which may be connected to.

    Asked once for each pull: what a name stands for later in the pull is never looked up again, so
    that a name cannot be public when it is checked and private when it is used.

    Parameters
    ----------
    allow_local
        This computer's own addresses are allowed too.
    wait_s
        How long the answer may take.

    Raises
    ------
    InputRefused
        When the name is unknown, or one of its addresses is private, loopback, link-local,
        multicast, reserved or an IPv4 address in disguise.
    """
    asked = f"The server {host} was not contacted."
    addresses = _looked_up(host, port, resolver, wait_s, asked)
    for address in addresses:
        why = why_not_public(address)
        if why and not (allow_local and why == "loopback"):
            raise InputRefused(
                asked,
                f"Its name stands for {address}, which is {why}: an address inside a network, not on the internet.",
                "Fixpoint pulls from public servers only, so that a feed can never reach into your own network.",
            )
    return addresses


def _looked_up(host: str, port: int, resolver: Resolver, wait_s: float, asked: str) -> list[str]:
    found: list[str] = []
    failed: list[str] = []

    def look_up() -> None:
        try:
            found.extend(resolver(host, port))
        except (OSError, UnicodeError) as error:
            failed.append(getattr(error, "strerror", None) or "the name is not usable")

    # The system's resolver knows no time limit of ours, so that it is left behind when it takes too long.
    thread = Thread(target=look_up, name="look-up", daemon=True)
    thread.start()
    thread.join(wait_s)
    if found and not thread.is_alive():
        return found
    why = failed[0] if failed else "there was no answer in time"
    raise InputRefused(
        asked, f"Its address could not be found: {why}.", "Check the address and this computer’s network."
    )
