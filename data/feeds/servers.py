"""The Open311 servers that this installation may pull from: the administrators' list, and how one is found in it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from data.feeds.addresses import why_not_public
from problems.errors import InputRefused

FORMATS = ("json", "xml")
_PORTS = {"https": 443, "http": 80}
_HOST_NAME = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.?"
)
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|\d+)")
_SAFE_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")
_ENDPOINT = re.compile(r"/(?:requests|services|discovery)(?:\.\w+)?$")

HOW_TO_CONFIGURE = (
    "An administrator can allow it in the file that FIXPOINT_SETTINGS names: a section [[open311.servers]] with"
    ' the lines source = "a name" and url = "https://…" (docs/operations.md, Pulling from a server).'
)


@dataclass(frozen=True, slots=True)
class FeedServer:
    """One GeoReport v2 server that may be pulled.

    Attributes
    ----------
    source : the name under which its reports are kept
    url : the address that ``/requests.json`` is appended to, without a slash at its end
    jurisdiction_id : sent along where the server asks for one
    api_key_env : name of the environment variable that holds the key, never the key
    page_size : reports asked for at a time
    window_days : days asked for at a time; many servers answer for 90 at most
    format : ``json`` or ``xml``
    overlap_days : how far a pull reaches back behind the last one, for what changed since
    updated_param : name of the server's own parameter for "changed since", if it has one
    zone : time zone of dates without one; empty for the zone of the deployment
    allow_local : this computer itself may be asked, also without https; for tests
    """

    source: str
    url: str
    jurisdiction_id: str = ""
    api_key_env: str = ""
    page_size: int = 100
    window_days: int = 30
    overlap_days: int = 28
    format: str = "json"
    updated_param: str = ""
    zone: str = ""
    allow_local: bool = False

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port."""
        parts = urlsplit(self.url)
        return parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme]

    @property
    def path(self) -> str:
        """The path below which everything is asked for, without a slash at its end."""
        return urlsplit(self.url).path


@dataclass(frozen=True, slots=True)
class Feeds:
    """All that a deployment set about pulling; ``folder`` is where pages wait, None for beside the store."""

    servers: tuple[FeedServer, ...] = ()
    folder: Path | None = None


def why_not_an_address(url: str, *, allow_local: bool) -> str:
    """Say why ``url`` cannot be the address of a server, or return an empty text."""
    parts = _split(url)
    if parts is None or not parts.hostname or parts.scheme not in _PORTS:
        return "is not a web address"
    if parts.username is not None or parts.password is not None:
        return "holds a name or a password"
    if parts.query or parts.fragment or "?" in url or "#" in url:
        return "holds more than a path"
    path = parts.path.rstrip("/")
    if not _SAFE_PATH.fullmatch(path) or any(part in {".", ".."} for part in path.split("/")):
        return "holds a path with unusual signs"
    if _ENDPOINT.search(path):
        return "names one list of the server"
    if parts.scheme == "http" and not (allow_local and is_loopback_name(parts.hostname)):
        return "is not https"
    return "" if _is_plain_host(parts.hostname, allow_local=allow_local) else "names no server of the internet"


def _is_plain_host(host: str, *, allow_local: bool) -> bool:
    """Tell whether ``host`` is a name, or an address of the internet in its usual form."""
    try:
        ip_address(host)
    except ValueError:
        # What ends in a number is an address to some programs, also where it begins with 0x or has one part only.
        return bool(_HOST_NAME.fullmatch(host)) and not _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2])
    why = why_not_public(host)
    return not why or (allow_local and is_loopback_name(host))


def _split(url: str) -> SplitResult | None:
    # Signs that programs disagree about: what one takes for the host is a path to another.
    if not url.isascii() or any(letter.isspace() or letter in '\\"<>`' or not letter.isprintable() for letter in url):
        return None
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def is_loopback_name(host: str) -> bool:
    """Tell whether ``host`` is this computer by its very name, without asking anybody."""
    if host.casefold() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def find_server(servers: Sequence[FeedServer], asked: str) -> FeedServer:
    """Return the configured server that ``asked`` names, by its source or by an address at or below its own.

    Raises
    ------
    InputRefused
        When no server, or more than one, is configured for it; it says how to configure one.
    """
    wanted = asked.strip()
    found = [one for one in servers if one.source == wanted]
    if not found and (parts := _split(wanted)) and parts.hostname:
        matching = [one for one in servers if _covers(one, parts)]
        longest = max((len(one.path) for one in matching), default=0)
        found = [one for one in matching if len(one.path) == longest]
    if len(found) == 1:
        return found[0]
    shown = shown_address(wanted)
    if found:
        names = ", ".join(f"“{one.source}”" for one in found)
        raise InputRefused(f"“{shown}” cannot be pulled.", f"Several sources have this address: {names}.", "Name one.")
    known = f"Configured are: {', '.join(f'“{one.source}”' for one in servers)}." if servers else "None is configured."
    raise InputRefused(
        f"“{shown}” cannot be pulled.", f"It is not among the servers of this installation. {known}", HOW_TO_CONFIGURE
    )


def _covers(server: FeedServer, asked: SplitResult) -> bool:
    if asked.username is not None or asked.scheme not in _PORTS:
        return False
    if (asked.scheme, asked.hostname, asked.port or _PORTS[asked.scheme]) != server.origin:
        return False
    path = asked.path.rstrip("/")
    if ".." in path.split("/") or "%" in path:
        return False
    return path == server.path or path.startswith(f"{server.path}/")


def shown_address(url: str) -> str:
    """Return an address fit for a message: without name, password, query (which may hold a key) and strange signs."""
    shown = "".join(letter for letter in url[:400] if letter.isprintable())
    shown = re.split(r"[?#]", shown)[0]
    shown = re.sub(r"//[^/]*@", "//", shown)
    return shown[:160] + ("…" if len(shown) > 160 else "")


def api_key(server: FeedServer, environ: Mapping[str, str]) -> str:
    """Return the key that the server asks for, or an empty text where it asks for none.

    Raises
    ------
    InputRefused
        When the settings name a variable that is not set.
    """
    if not server.api_key_env:
        return ""
    key = environ.get(server.api_key_env, "").strip()
    if not key:
        raise InputRefused(
            f"“{server.source}” cannot be pulled.",
            f"Its key is expected in the environment variable {server.api_key_env}, which is not set.",
            "Set it for the user who runs Fixpoint, or take api_key_env out of the settings.",
        )
    if not key.isascii() or not key.isprintable():
        raise InputRefused(
            f"“{server.source}” cannot be pulled.",
            f"What {server.api_key_env} holds cannot be a key: it has signs that no key has.",
            "Set it to the key alone.",
        )
    return key
