"""Which time a pull is for: what was asked, what an unfinished pull was for, what the last one brought."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from data.feeds.servers import FeedServer
from data.feeds.spool import Pull, Spool
from data.settings import DEFAULT_STORE, Settings
from data.sql.engine import address_of
from problems.clock import Clock, day_end, day_start
from problems.errors import InputRefused, StoreRefused
from problems.reports import Batch, BatchState
from problems.store import Store

FIRST_PULL_DAYS = 90
#: A server that is asked for what changed needs no long look back, only one past its own delays.
_OVERLAP_BY_UPDATE = timedelta(days=3)
_FACT = "open311 "
_REMEMBERED = 20


@dataclass(frozen=True, slots=True)
class FeedState:
    """How pulling one server stands: up to when it was pulled, and the unfinished pull, if there is one."""

    server: FeedServer
    pulled_until: datetime | None
    waiting_pages: int
    waiting_until: datetime | None


def feed_state(store: Store, settings: Settings, server: FeedServer) -> FeedState:
    """Return how pulling ``server`` stands, without asking it anything."""
    waiting = spool_of(settings, server).waiting()
    pages = waiting.count() if waiting else 0
    until = moment(waiting.plan["until"]) if waiting and pages else None
    return FeedState(server, last_until(store, server.source), pages, until)


def spool_of(settings: Settings, server: FeedServer) -> Spool:
    """Return where the pages of ``server`` wait: ``open311`` beside the store, or in the folder that is set."""
    file = _file_of(settings.store_url)
    key = sha256(str(file or settings.store_url).encode()).hexdigest()[:16]
    beside = (file or Path(DEFAULT_STORE.removeprefix("sqlite:///"))).parent / "open311"
    return Spool((settings.feeds.folder or beside) / server.source, key)


def _file_of(store_url: str) -> Path | None:
    try:
        return address_of(store_url).path
    except StoreRefused:  # it could not be opened either, so that nobody pulls into it
        return None


def begin(
    spool: Spool,
    store: Store,
    clock: Clock,
    settings: Settings,
    server: FeedServer,
    since: date | None,
    until: date | None,
) -> Pull:
    """Return the unfinished pull of ``server``, or a new one.

    Raises
    ------
    InputRefused
        When the days make no sense, or an unfinished pull is for others or for another address.
    """
    first = day_start(since, settings.zone) if since else None
    last = day_end(until, settings.zone) if until else None
    waiting = spool.waiting()
    if waiting and not waiting.count():
        waiting.remove()
        waiting = None
    if waiting:
        _check_same(waiting, server, first, last)
        return waiting
    return spool.begin(*_plan(store, clock, server, first, last))


def _check_same(waiting: Pull, server: FeedServer, first: datetime | None, last: datetime | None) -> None:
    plan = waiting.plan
    asked = f"“{server.source}” was not pulled."
    if (plan["url"], plan["jurisdiction_id"]) != (server.url, server.jurisdiction_id):
        raise InputRefused(
            asked,
            f"There is an unfinished pull of {count_pages(waiting.count())} from another address or jurisdiction.",
            "Run it with --restart to throw that away, or set the address back and finish it.",
        )
    ends_elsewhere = last is not None and min(last, moment(plan["asked_at"])) != moment(plan["until"])
    if (first is not None and first != moment(plan["since"])) or ends_elsewhere:
        raise InputRefused(
            asked,
            f"There is an unfinished pull of {count_pages(waiting.count())} for {plan['since']} to {plan['until']}.",
            "Run it without --since and --until to finish that one, or with --restart to throw it away.",
        )


def count_pages(number: int) -> str:
    """Return “1 page” or “12 pages”."""
    return f"{number:,} page{'' if number == 1 else 's'}"


def _plan(
    store: Store, clock: Clock, server: FeedServer, first: datetime | None, last: datetime | None
) -> tuple[str, Mapping[str, Any]]:
    now = clock().astimezone(UTC).replace(microsecond=0)
    until = min(last or now, now)
    pulled_until = last_until(store, server.source)
    by_update = bool(server.updated_param) and first is None and last is None and pulled_until is not None
    overlap = _OVERLAP_BY_UPDATE if by_update else timedelta(days=server.overlap_days)
    since = first or min(pulled_until or until, until) - (overlap if pulled_until else timedelta(days=FIRST_PULL_DAYS))
    if since >= until:
        raise InputRefused(
            f"“{server.source}” was not pulled.",
            f"The time asked for ends ({stamp(until)}) before it begins ({stamp(since)}).",
            "Give days of the past, the first one with --since, the last one with --until.",
        )
    return f"{now:%Y%m%dT%H%M%SZ}", {
        "url": server.url,
        "jurisdiction_id": server.jurisdiction_id,
        "since": stamp(since),
        "until": stamp(until),
        "asked_at": stamp(now),
        "by_update": by_update,
        "window_days": server.window_days,
        "page_size": server.page_size,
    }


def stamp(at: datetime) -> str:
    """Return a time as the protocol writes it: UTC, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def moment(told: str) -> datetime:
    """Return the time that :func:`stamp` wrote."""
    return datetime.fromisoformat(told)


# -- what was pulled --


def last_until(store: Store, source: str) -> datetime | None:
    """Return up to when a source was pulled, leaving out imports that were undone; None before the first pull."""
    standing = {batch.id for batch in store.batches() if batch.state is not BatchState.UNDONE}
    ends = [moment(end) for batch_id, end in _remembered(store, source) if not batch_id or batch_id in standing]
    return max(ends, default=None)


def remember(store: Store, source: str, until: datetime, batch: Batch | None) -> None:
    """Keep the fact that ``source`` was pulled up to ``until`` with ``batch``."""
    told = [*_remembered(store, source), (batch.id if batch else 0, stamp(until))]
    with store.writing() as unit:
        unit.set_fact(_FACT + source, json.dumps(sorted(told, key=lambda one: one[1])[-_REMEMBERED:]))


def _remembered(store: Store, source: str) -> list[tuple[int, str]]:
    return [(int(batch_id), str(end)) for batch_id, end in json.loads(store.fact(_FACT + source) or "[]")]
