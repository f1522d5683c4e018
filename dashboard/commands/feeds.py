"""What ``import open311`` does: pull a configured server, go on where it broke off, and say what came of it."""

import time
from collections.abc import Iterator

from dashboard.commands.opening import day, opened_store
from dashboard.commands.output import FINE, Output, count
from data.feeds.open311 import Pulled, pull
from data.feeds.planning import feed_state, stamp
from data.feeds.servers import FeedServer, find_server
from data.settings import SEED, Settings
from problems.clock import utc_now
from problems.errors import Cancelled, InputRefused
from problems.people import SYSTEM
from problems.store import Store

#: The word that stands where a file would: ``import open311 SERVER``.
OPEN311 = "open311"
_COUNTS = ("rows", "accepted", "unchanged", "updated", "rejected", "unplaced", "unmapped")


def run_pull(
    output: Output, *, asked: list[str], since: str | None, until: str | None, restart: bool, dry_run: bool
) -> int:
    """Pull the one server that ``asked`` names by its source or address."""
    if len(asked) != 1:
        raise InputRefused(
            "Which server is to be pulled is not clear.",
            "There must be exactly one name or address behind open311.",
            "For example: import open311 boston. A file that is called so can be named ./open311.",
        )
    first, last = (day(text, option) if text else None for text, option in ((since, "--since"), (until, "--until")))
    with opened_store() as (store, settings):
        server = find_server(settings.feeds.servers, asked[0])
        started = time.monotonic()
        try:
            pulled = pull(
                store,
                SYSTEM,
                utc_now,
                SEED,
                settings=settings,
                server=server,
                since=first,
                until=last,
                restart=restart,
                dry_run=dry_run,
                progress=output.progress,
            )
        except (KeyboardInterrupt, Cancelled):
            _say_how_to_go_on(output, store, settings, server)
            raise
    output.answer(_values(pulled, time.monotonic() - started), _lines(pulled))
    return FINE


def _say_how_to_go_on(output: Output, store: Store, settings: Settings, server: FeedServer) -> None:
    kept = feed_state(store, settings, server).waiting_pages
    if kept:
        output.note(
            f"{count(kept, 'page')} of {server.source} wait here. The same command goes on after them;"
            " with --restart it begins anew."
        )


def _values(pulled: Pulled, duration_s: float) -> dict[str, object]:
    return {
        "source": pulled.source,
        "since": stamp(pulled.since),
        "until": stamp(pulled.until),
        "pages": pulled.pages,
        "pages_kept_before": pulled.kept_pages,
        "asked": pulled.asked,
        "requests": pulled.records,
        **{name: getattr(pulled.batch, name) if pulled.batch else 0 for name in _COUNTS},
        "notes": list(pulled.notes),
        "dry_run": pulled.dry_run,
        "duration_s": round(duration_s, 3),
    }


def _lines(pulled: Pulled) -> Iterator[str]:
    before = f", {pulled.kept_pages:,} of them from an earlier attempt" if pulled.kept_pages else ""
    yield (
        f"{pulled.source}: {count(pulled.records, 'request')} of {stamp(pulled.since)} to {stamp(pulled.until)}"
        f" on {count(pulled.pages, 'page')}{before}."
    )
    yield from pulled.notes
    batch = pulled.batch
    if batch is None:
        yield "There was nothing to import."
    else:
        yield (
            f"{count(batch.rows, 'row')} = {batch.accepted:,} new + {batch.updated:,} changed"
            f" + {batch.unchanged:,} here already + {batch.rejected:,} rejected."
        )
        if batch.unplaced:
            yield f"  {count(batch.unplaced, 'report')} without a usable place: kept, but not on the map."
        if batch.unmapped:
            yield f"  {count(batch.unmapped, 'report')} of a kind that no category is known for: map them under Setup."
    if pulled.dry_run:
        yield "This was a dry run: nothing was imported. The pages wait here for the same command without --dry-run."
