"""What a deployment can set: three environment variables, one of which names an optional file.

``FIXPOINT_STORE``
    Where everything is kept (see :func:`data.stores.open_store`).
``FIXPOINT_ZONE``
    The time zone in which times are shown and days begin, such as ``Europe/London``.
``FIXPOINT_SETTINGS``
    A TOML file with the sections ``[detection]``, ``[base_map]``, ``[server]``, ``[open311]``,
    ``[duplicates]`` and ``[photos]``.

A setting that is not understood is refused, never skipped: a misspelt radius would otherwise go
unnoticed until somebody wonders about the map.
"""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from data.feeds.servers import FORMATS, Feeds, FeedServer, why_not_an_address
from data.pictures.limits import PhotoLimits
from problems.errors import InputRefused
from problems.hot_spots import DetectionSettings

#: Any fixed number: the same input gives the same hot spots and the same sample city on every machine.
SEED = 20_240_229
_ROOT = Path(__file__).resolve().parent.parent
DEFAULT_STORE = f"sqlite:///{_ROOT / 'var' / 'fixpoint.db'}"
DEFAULT_ZONE = "Europe/London"


@dataclass(frozen=True, slots=True)
class BaseMap:
    """Background tiles from the deployment's own or a public server.

    ``url`` is an https address with ``{z}``, ``{x}`` and ``{y}``; ``attribution`` is plain text.
    """

    url: str
    attribution: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a deployment can set. ``base_map`` is None where no tiles are wanted."""

    store_url: str
    zone: ZoneInfo
    detection: DetectionSettings = field(default_factory=DetectionSettings)
    base_map: BaseMap | None = None
    host: str = "127.0.0.1"
    port: int = 8501
    feeds: Feeds = field(default_factory=Feeds)
    #: How far back the review list of duplicates looks.
    review_days: int = 90
    photos: PhotoLimits = field(default_factory=PhotoLimits)


@dataclass(frozen=True, slots=True)
class _Limit:
    """What a number may be: at least ``low``, at most ``high``."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"from {self.low:g} to {self.high:g}"


_DETECTION_LIMITS = {
    "radius_m": _Limit(5, 2_000),
    "min_incidents": _Limit(2, 10_000),
    "window_days": _Limit(1, 3_660),
    "max_width_m": _Limit(50, 20_000),
    "shrink": _Limit(0.1, 0.95),
    "same_place_m": _Limit(0.01, 50),
    "pile_min_reports": _Limit(2, 1_000_000),
    "pile_kept_out_reports": _Limit(2, 1_000_000),
    "pile_kept_out_share": _Limit(0, 1),
    "pile_kept_out_groups": _Limit(1, 9),
    "pile_beside_m": _Limit(1, 1_000),
    "match_min_jaccard": _Limit(0.01, 1),
    "dormant_after_misses": _Limit(1, 1_000),
    "wake_within_weeks": _Limit(0, 520),
    "recurrence_min_incidents": _Limit(1, 10_000),
    "recurrence_watch_days": _Limit(0, 3_650),
}
_PORT_LIMIT = _Limit(1, 65_535)
_REVIEW_LIMIT = _Limit(1, 3_660)
_PHOTO_LIMITS = {"max_mb": _Limit(1, 40), "max_megapixels": _Limit(1, 60)}
_FEED_LIMITS = {"page_size": _Limit(1, 10_000), "window_days": _Limit(1, 90), "overlap_days": _Limit(1, 366)}


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of this deployment.

    Parameters
    ----------
    environ : mapping of str to str
        The environment; names that are absent or empty mean the default.

    Raises
    ------
    InputRefused
        For a zone, a file, a key or a value that cannot be used; it names what is allowed.
    """
    settings = Settings(
        store_url=environ.get("FIXPOINT_STORE", "").strip() or DEFAULT_STORE,
        zone=_zone(environ.get("FIXPOINT_ZONE", "").strip() or DEFAULT_ZONE),
    )
    file_name = environ.get("FIXPOINT_SETTINGS", "").strip()
    return _with_file(settings, Path(file_name).expanduser()) if file_name else settings


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:
        # Depending on the name, ZoneInfo complains about a key, a path or a folder.
        raise InputRefused(
            f"FIXPOINT_ZONE is “{name[:60]}”, which is not a time zone.", "", "Use a name such as Europe/London."
        ) from error


def _with_file(settings: Settings, path: Path) -> Settings:
    sections: Mapping[str, Callable[[Settings, _Section], Settings]] = {
        "detection": _with_detection,
        "base_map": _with_base_map,
        "server": _with_server,
        "open311": _with_open311,
        "duplicates": _with_duplicates,
        "photos": _with_photos,
    }
    for name, content in _read(path).items():
        if name not in sections:
            raise _refused(path, name, "is not a section", f"The sections are {', '.join(sections)}.")
        if not isinstance(content, dict):
            raise _refused(path, name, "is not a section", f"Write it as [{name}] on a line of its own.")
        settings = sections[name](settings, _Section(path, name, content))
    return settings


def _read(path: Path) -> dict[str, Any]:
    asked = f"The settings file “{path}” (from FIXPOINT_SETTINGS) cannot be used."
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise InputRefused(asked, f"{error.strerror or error}.", "Correct the path or unset it.") from error
    except UnicodeDecodeError as error:
        raise InputRefused(asked, "It is not text in UTF-8.", "Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise InputRefused(asked, f"It is not TOML: {error}.", "Correct that line.") from error


def _refused(path: Path, key: str, why: str, possible: str) -> InputRefused:
    return InputRefused(f"“{key}” in “{path}” {why}.", "", possible)


@dataclass(frozen=True, slots=True)
class _Section:
    """One section of the file, asked for its values one by one."""

    path: Path
    name: str
    content: Mapping[str, Any]

    def refused(self, key: str, why: str, possible: str) -> InputRefused:
        return _refused(self.path, f"{self.name}.{key}", why, possible)

    def allow(self, *keys: str) -> None:
        for key in self.content:
            if key not in keys:
                raise self.refused(key, "is not a setting", f"The settings of [{self.name}] are {', '.join(keys)}.")

    def number(self, key: str, limit: _Limit, *, whole: bool) -> float:
        value = self.content[key]
        kind = "a whole number" if whole else "a number"
        # TOML's true is Python's True, which would pass for 1.
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            raise self.refused(key, f"is {value!r}, not {kind}", f"It can be {kind} {limit}.")
        # Written so that "nan", which TOML allows, is not between anything.
        if not limit.low <= value <= limit.high:
            raise self.refused(key, f"is {value}", f"It can be {kind} {limit}.")
        return int(value) if whole else float(value)

    def text(self, key: str, possible: str) -> str:
        value = self.content.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.refused(key, "is missing" if value is None else "is not a text", possible)
        return value.strip()

    def switch(self, key: str) -> bool:
        value = self.content.get(key, False)
        if not isinstance(value, bool):
            raise self.refused(key, "is neither true nor false", "Write true or false, without quotation marks.")
        return value

    def matching(self, key: str, pattern: str, why: str, possible: str) -> str:
        """Return a text of which the pattern holds, empty where the key is absent; its value is never repeated."""
        if key not in self.content:
            return ""
        text = self.text(key, possible)
        if not re.fullmatch(pattern, text, re.ASCII):
            raise self.refused(key, why, possible)
        return text


def _with_detection(settings: Settings, section: _Section) -> Settings:
    whole = {one.name: one.type in {int, "int"} for one in fields(DetectionSettings)}
    section.allow(*whole)
    chosen: dict[str, Any] = {
        key: section.number(key, _DETECTION_LIMITS[key], whole=whole[key]) for key in section.content
    }
    detection = replace(settings.detection, **chosen)
    if detection.max_width_m < 2 * detection.radius_m:
        raise section.refused(
            "max_width_m",
            f"is {detection.max_width_m:g}, but two neighbours may already be {detection.radius_m:g} metres apart",
            f"It can be {2 * detection.radius_m:g} (twice radius_m) or more.",
        )
    return replace(settings, detection=detection)


def _with_base_map(settings: Settings, section: _Section) -> Settings:
    section.allow("url", "attribution")
    possible = "It can be an address such as https://tiles.example.org/{z}/{x}/{y}.png."
    url = section.text("url", possible)
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        is_usable = False
    has_places = all(f"{{{place}}}" in url for place in "zxy")
    if not (is_usable and has_places) or any(mark in url for mark in "\"'<>\\`") or any(map(str.isspace, url)):
        raise section.refused("url", "is not the address of map tiles", possible)
    attribution = section.text("attribution", "Tile servers ask to be named, such as “© OpenStreetMap contributors”.")
    return replace(settings, base_map=BaseMap(url, attribution))


_HOST = re.compile(r"[\w.-]{1,253}|[\da-fA-F:.]{2,45}", re.ASCII)


def _with_server(settings: Settings, section: _Section) -> Settings:
    section.allow("host", "port")
    if "host" in section.content:
        possible = "It can be 127.0.0.1, or another address of this computer."
        host = section.text("host", possible)
        if not _HOST.fullmatch(host):
            raise section.refused("host", "is not an address", possible)
        settings = replace(settings, host=host)
    if "port" in section.content:
        settings = replace(settings, port=int(section.number("port", _PORT_LIMIT, whole=True)))
    return settings


def _with_duplicates(settings: Settings, section: _Section) -> Settings:
    section.allow("review_days")
    if "review_days" not in section.content:
        return settings
    return replace(settings, review_days=int(section.number("review_days", _REVIEW_LIMIT, whole=True)))


def _with_photos(settings: Settings, section: _Section) -> Settings:
    section.allow(*_PHOTO_LIMITS)
    chosen = {key: int(section.number(key, _PHOTO_LIMITS[key], whole=True)) for key in section.content}
    return replace(settings, photos=replace(settings.photos, **chosen))


def _with_open311(settings: Settings, section: _Section) -> Settings:
    section.allow("servers", "folder")
    listed = section.content.get("servers", [])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise section.refused(
            "servers", "is not a list of servers", "Begin each server with a line [[open311.servers]]."
        )
    servers: list[FeedServer] = []
    for number, content in enumerate(listed, start=1):
        server = _feed_server(_Section(section.path, f"{section.name}.servers, number {number}", content))
        if any(server.source.casefold() == known.source.casefold() for known in servers):
            raise section.refused(
                "servers", f"names the source “{server.source}” twice", "Give each a name of its own."
            )
        servers.append(server)
    folder = None
    if "folder" in section.content:
        folder = Path(section.text("folder", "It can be the path of a folder.")).expanduser().absolute()
    return replace(settings, feeds=Feeds(tuple(servers), folder))


def _feed_server(section: _Section) -> FeedServer:
    section.allow(*(one.name for one in fields(FeedServer)))
    source = section.text("source", "It can be a name such as boston.")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}", source, re.ASCII) or source.endswith("."):
        raise section.refused(
            "source", "is not a name", "It can be 1 to 60 letters, digits, spaces, and . _ - between."
        )
    allow_local = section.switch("allow_local")
    possible = (
        "It can be an address such as https://311.example.org/open311/v2: https, no password, and without what"
        " Fixpoint appends (/requests.json). Plain http is for this computer only, and only with allow_local = true."
    )
    url = section.text("url", possible).rstrip("/")
    if why := why_not_an_address(url, allow_local=allow_local):
        raise section.refused("url", why, possible)
    chosen: dict[str, Any] = {
        key: int(section.number(key, limit, whole=True))
        for key, limit in _FEED_LIMITS.items()
        if key in section.content
    }
    if "format" in section.content:
        chosen["format"] = section.matching("format", "|".join(FORMATS), "is not a format", "It can be json or xml.")
    zone = section.matching("zone", r"[A-Za-z0-9_+/-]{1,60}", "is not a time zone", "Use a name such as Europe/London.")
    if zone and not _is_zone(zone):
        raise section.refused("zone", f"is “{zone}”, which is not a time zone", "Use a name such as Europe/London.")
    return FeedServer(
        source=source,
        url=url,
        jurisdiction_id=section.matching(
            "jurisdiction_id", r"[ -~]{1,200}", "is not a jurisdiction", "It can be a name such as city.example.org."
        ),
        # Somebody who writes the key itself here must not find it again in a log: it is not repeated.
        api_key_env=section.matching(
            "api_key_env",
            r"[A-Z_][A-Z0-9_]{0,99}",
            "is not the name of an environment variable",
            "Write the name of the variable that holds the key, such as CITY_311_KEY, never the key itself.",
        ),
        updated_param=section.matching(
            "updated_param", r"[A-Za-z_]\w{0,59}", "is not a parameter", "It can be a name such as updated_after."
        ),
        zone=zone,
        allow_local=allow_local,
        **chosen,
    )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return False
    return True
