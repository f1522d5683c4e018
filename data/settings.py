"""What a deployment can set: three environment variables, one of which names an optional file.

``FIXPOINT_STORE``
    Where everything is kept (see :func:`data.stores.open_store`).
``FIXPOINT_ZONE``
    The time zone in which times are shown and days begin, such as ``Europe/London``.
``FIXPOINT_SETTINGS``
    A TOML file with the sections ``[detection]``, ``[base_map]``, ``[server]``, ``[open311]``,
    ``[duplicates]``, ``[priority]``, ``[drawing]``, ``[targets]``, ``[photos]``, ``[briefing]`` and ``[mail]``.

A setting that is not understood is refused, never skipped: a misspelt radius would otherwise go
unnoticed until somebody wonders about the map.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from data.briefing_pages.parts import Paper
from data.calendars import CALENDARS, WEEK, CalendarSettings
from data.feeds.servers import FORMATS, Feeds, FeedServer, why_not_an_address
from data.mail_settings import MailSettings, read_mail
from data.pictures.limits import PhotoLimits
from data.settings_sections import Limit, Section, read_sections, refused_key
from data.taxonomy import load_taxonomy
from problems.categories import Group
from problems.drawing import DrawingSettings
from problems.errors import InputRefused
from problems.hot_spots import DetectionSettings
from problems.priority import PriorityWeights
from problems.trends import TrendWord

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
    #: What counts how much when open problems are put in order.
    priority: PriorityWeights = field(default_factory=PriorityWeights)
    drawing: DrawingSettings = field(default_factory=DrawingSettings)
    #: The days that targets and clocks count.
    calendar: CalendarSettings = field(default_factory=CalendarSettings)
    photos: PhotoLimits = field(default_factory=PhotoLimits)
    #: The size of the printed pages of a briefing.
    paper: Paper = Paper.A4
    #: Who is mailed the briefing, and through which server; None where nobody is.
    mail: MailSettings | None = None


_DETECTION_LIMITS = {
    "radius_m": Limit(5, 2_000),
    "min_incidents": Limit(2, 10_000),
    "window_days": Limit(1, 3_660),
    "max_width_m": Limit(50, 20_000),
    "shrink": Limit(0.1, 0.95),
    "same_place_m": Limit(0.01, 50),
    "pile_min_reports": Limit(2, 1_000_000),
    "pile_kept_out_reports": Limit(2, 1_000_000),
    "pile_kept_out_share": Limit(0, 1),
    "pile_kept_out_groups": Limit(1, 9),
    "pile_beside_m": Limit(1, 1_000),
    "match_min_jaccard": Limit(0.01, 1),
    "dormant_after_misses": Limit(1, 1_000),
    "wake_within_weeks": Limit(0, 520),
    "recurrence_min_incidents": Limit(1, 10_000),
    "recurrence_watch_days": Limit(0, 3_650),
    "most_chance": Limit(1e-12, 1),
    "most_false": Limit(1e-6, 1),
    "background_days": Limit(0, 3_660),
    "around_m": Limit(200, 16_000),
    "around_worth": Limit(0.1, 100),
    "usual_spread": Limit(0, 2),
    "unknown_swing": Limit(1, 20),
    "min_reference": Limit(1, 1_000_000),
}
_WEIGHT_LIMIT = Limit(0, 100)
_PRIORITY_LIMITS = {
    "version": (Limit(1, 1_000_000), True),
    "half_life_days": (Limit(1, 3_650), False),
    "overdue_per_day": (_WEIGHT_LIMIT, False),
    "overdue_most_days": (Limit(0, 3_650), True),
}
_PORT_LIMIT = Limit(1, 65_535)
_REVIEW_LIMIT = Limit(1, 3_660)
_LARGEST_LIMIT = Limit(0.01, 400)
_PHOTO_LIMITS = {"max_mb": Limit(1, 40), "max_megapixels": Limit(1, 60)}
_FEED_LIMITS = {"page_size": Limit(1, 10_000), "window_days": Limit(1, 90), "overlap_days": Limit(1, 366)}


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
    sections: Mapping[str, Callable[[Settings, Section], Settings]] = {
        "detection": _with_detection,
        "base_map": _with_base_map,
        "server": _with_server,
        "open311": _with_open311,
        "duplicates": _with_duplicates,
        "priority": _with_priority,
        "drawing": _with_drawing,
        "targets": _with_targets,
        "photos": _with_photos,
        "briefing": _with_briefing,
        "mail": _with_mail,
    }
    for name, content in read_sections(path).items():
        if name not in sections:
            raise refused_key(path, name, "is not a section", f"The sections are {', '.join(sections)}.")
        if not isinstance(content, dict):
            raise refused_key(path, name, "is not a section", f"Write it as [{name}] on a line of its own.")
        settings = sections[name](settings, Section(path, name, content))
    return settings


def _with_detection(settings: Settings, section: Section) -> Settings:
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


def _with_base_map(settings: Settings, section: Section) -> Settings:
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


def _with_server(settings: Settings, section: Section) -> Settings:
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


def _with_duplicates(settings: Settings, section: Section) -> Settings:
    section.allow("review_days")
    if "review_days" not in section.content:
        return settings
    return replace(settings, review_days=int(section.number("review_days", _REVIEW_LIMIT, whole=True)))


def _with_priority(settings: Settings, section: Section) -> Settings:
    section.allow(*_PRIORITY_LIMITS, "severity", "trend")
    chosen: dict[str, Any] = {
        key: section.number(key, limit, whole=whole)
        for key, (limit, whole) in _PRIORITY_LIMITS.items()
        if key in section.content
    }
    weights = settings.priority
    leaves = load_taxonomy().categories
    severity, trend = (_subsection(section, name) for name in ("severity", "trend"))
    for key in severity.content:
        if key not in tuple(Group) and key not in leaves:
            possible = f"Groups are {', '.join(Group)}; a category is written like {next(iter(leaves))}."
            raise severity.refused(key, "is neither a category nor a group", possible)
    trend.allow(*TrendWord)
    told = {name: one.number(name, _WEIGHT_LIMIT, whole=False) for one in (severity, trend) for name in one.content}
    changed = replace(
        weights,
        **chosen,
        severity={**weights.severity, **{name: told[name] for name in severity.content}},
        trend={**weights.trend, **{TrendWord(name): told[name] for name in trend.content}},
    )
    if changed != weights and changed.version == weights.version:
        possible = f"It can be {weights.version + 1}; raise it whenever a weight is changed."
        raise section.refused("version", f"is {weights.version}, which stands for the built-in weights", possible)
    return replace(settings, priority=changed)


def _subsection(section: Section, name: str) -> Section:
    content = section.content.get(name, {})
    if not isinstance(content, dict):
        raise section.refused(name, "is not a section", f"Write it as [{section.name}.{name}] on a line of its own.")
    return Section(section.path, f"{section.name}.{name}", content)


def _with_drawing(settings: Settings, section: Section) -> Settings:
    section.allow("largest_km2")
    if "largest_km2" not in section.content:
        return settings
    largest = section.number("largest_km2", _LARGEST_LIMIT, whole=False)
    return replace(settings, drawing=replace(settings.drawing, largest_km2=largest))


def _with_targets(settings: Settings, section: Section) -> Settings:
    section.allow("calendar", "working_week", "closed_days")
    chosen = settings.calendar
    if "calendar" in section.content:
        possible = f"It can be {', '.join(CALENDARS)}."
        name = section.text("calendar", possible)
        if name not in CALENDARS:
            raise section.refused("calendar", f"is “{name}”, which is not a calendar", possible)
        chosen = replace(chosen, calendar=name)
    if "working_week" in section.content:
        week = section.listed("working_week", 'Write days such as ["mon", "tue"].')
        if not week or set(week) - set(WEEK):
            raise section.refused("working_week", "is not a list of days", f"Days are {', '.join(WEEK)}.")
        chosen = replace(chosen, week=frozenset(week))
    if "closed_days" in section.content:
        possible = "Write days as [2026-12-24, 2026-12-31]."
        closed = section.listed("closed_days", possible)
        # A moment is a day for Python, and no day for people.
        if not all(isinstance(day, date) and not isinstance(day, datetime) for day in closed):
            raise section.refused("closed_days", "is not a list of days", possible)
        chosen = replace(chosen, closed=frozenset(closed))
    return replace(settings, calendar=chosen)


def _with_photos(settings: Settings, section: Section) -> Settings:
    section.allow(*_PHOTO_LIMITS)
    chosen = {key: int(section.number(key, _PHOTO_LIMITS[key], whole=True)) for key in section.content}
    return replace(settings, photos=replace(settings.photos, **chosen))


def _with_briefing(settings: Settings, section: Section) -> Settings:
    section.allow("paper")
    sizes = "|".join(Paper)
    told = section.matching("paper", sizes, "is no size of paper", f"It can be {' or '.join(Paper)}.")
    return replace(settings, paper=Paper(told)) if told else settings


def _with_mail(settings: Settings, section: Section) -> Settings:
    return replace(settings, mail=read_mail(section))


def _with_open311(settings: Settings, section: Section) -> Settings:
    section.allow("servers", "folder")
    listed = section.content.get("servers", [])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise section.refused(
            "servers", "is not a list of servers", "Begin each server with a line [[open311.servers]]."
        )
    servers: list[FeedServer] = []
    for number, content in enumerate(listed, start=1):
        server = _feed_server(Section(section.path, f"{section.name}.servers, number {number}", content))
        if any(server.source.casefold() == known.source.casefold() for known in servers):
            raise section.refused(
                "servers", f"names the source “{server.source}” twice", "Give each a name of its own."
            )
        servers.append(server)
    folder = None
    if "folder" in section.content:
        folder = Path(section.text("folder", "It can be the path of a folder.")).expanduser().absolute()
    return replace(settings, feeds=Feeds(tuple(servers), folder))


def _feed_server(section: Section) -> FeedServer:
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
