"""Pull reports from an Open311 server: page by page into the spool, and from there in one import, all or nothing."""

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from data.feeds.addresses import Resolver, system_resolver
from data.feeds.elsewhere import home_of_store
from data.feeds.fetching import Limits, Line, TryAgain
from data.feeds.georeport import BrokenPage, OtherContent, Record, moment_of
from data.feeds.mapping import TABLE, columns_for, table_row
from data.feeds.paging import Elsewhere, PageReader, ReadPage, check_home, key_of
from data.feeds.planning import begin, moment, remember, spool_of, stamp
from data.feeds.servers import FeedServer, api_key
from data.feeds.spool import Page, Pull, read_records
from data.feeds.walking import SLACK, Ask, PageFacts, Walk
from data.importing import import_file
from data.settings import Settings
from problems.clock import Clock
from problems.errors import InputRefused
from problems.people import Principal, Role
from problems.progress import Progress, silent
from problems.reports import Batch
from problems.store import Store
from problems.use_cases.saving import require

MAY_PULL = (Role.OFFICER, Role.COORDINATOR, Role.ADMIN, Role.SYSTEM)
#: More than a large city gets in years; a server that never ends is stopped here.
_MOST_RECORDS = 2_000_000
_FETCH_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull brought. ``batch`` is None where the server had nothing.

    ``pages`` came in all, ``kept_pages`` of them in an earlier attempt; ``asked`` counts the requests
    of this one, ``records`` what was handed to the import.
    """

    source: str
    since: datetime
    until: datetime
    pages: int
    kept_pages: int
    asked: int
    records: int
    batch: Batch | None
    notes: tuple[str, ...] = ()
    dry_run: bool = False


def pull(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    settings: Settings,
    server: FeedServer,
    since: date | None = None,
    until: date | None = None,
    restart: bool = False,
    dry_run: bool = False,
    environ: Mapping[str, str] = os.environ,
    limits: Limits | None = None,
    resolver: Resolver = system_resolver,
    progress: Progress = silent,
) -> Pulled:
    """Pull the reports of one configured server, going on from where an earlier attempt broke off.

    Parameters
    ----------
    since, until
        First and last day, in the zone of the deployment. By default from the last pull of this
        source, less the overlap, or from 90 days ago; until now.
    restart
        Throw the pages of an unfinished pull away.
    dry_run
        Count what an import would do; the pages stay, so that a pull after it imports exactly these.

    Raises
    ------
    InputRefused
        When the server, its answers or the span of time cannot be used; nothing of it is in the
        store. :class:`data.feeds.fetching.Interrupted` where asking again later may help.
    NotAllowed
        When the principal may not import.
    Cancelled
        From ``progress``; whole pages are kept for the next attempt.
    """
    require(principal, f"“{server.source}” was not pulled.", *MAY_PULL)
    secret = api_key(server, environ)
    spool = spool_of(settings, server)
    with spool.held():
        if restart:
            spool.clear()
        begun = begin(spool, store, clock, settings, server, since, until)
        begun.tidy()
        try:
            run = _Run(store, settings, server, begun, secret, limits, resolver, progress)
            run.fetch_all()
        except BaseException:
            if begun.folder.is_dir() and not begun.count():
                begun.remove()
            raise
        batch, records = run.imported(store, principal, clock, seed, dry_run=dry_run)
        pulled = run.outcome(batch, records, dry_run=dry_run)
        if not dry_run:
            remember(store, server.source, pulled.until, pulled.batch)
            begun.remove()
        return pulled


class _Run:
    """One attempt at a pull."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        server: FeedServer,
        begun: Pull,
        secret: str,
        limits: Limits | None,
        resolver: Resolver,
        progress: Progress,
    ) -> None:
        plan = begun.plan
        self._server = server
        self._begun = begun
        self._secret = secret
        self._progress = progress
        self._message = f"Asking {server.source}"
        self._by_update = bool(plan["by_update"])
        self.since, self.until = moment(plan["since"]), moment(plan["until"])
        # As planned and not as set now: the kept pages are walked again, which must go the same way.
        self._walk = Walk(
            self.since,
            self.until,
            window=timedelta(days=plan["window_days"]),
            page_size=plan["page_size"],
            by_update=self._by_update,
        )
        self._page_size = int(plan["page_size"])
        self._deployment_zone = settings.zone
        self._zone: tzinfo = ZoneInfo(server.zone) if server.zone else settings.zone
        self._line = Line(server, limits=limits, tick=self._tick, secret=secret, resolver=resolver)
        self._reader = PageReader(server.format, server.jurisdiction_id, self._zone, home_of_store(store))
        self._seen: set[int] = set()
        self._pages: list[Page] = []
        self._records = self._placed = self._far = self._kept_pages = 0

    def _tick(self) -> None:
        self._progress(self._message, self._walk.share * _FETCH_SHARE)

    # -- fetching --

    def fetch_all(self) -> None:
        """Fetch every page that is not here yet."""
        self._walk_again()
        number = self._kept_pages
        while ask := self._walk.ask():
            number += 1
            self._message = f"{self._server.source}: page {number:,}, {self._records:,} requests so far"
            self._tick()
            self._fetch(number, ask)
            if self._records > _MOST_RECORDS:
                raise self._line.refused(
                    f"It has more than {_MOST_RECORDS:,} requests for this time.",
                    "Pull it in parts, with --since and --until, and with --restart for the first.",
                )
        self._check_home(at_end=True)

    def _walk_again(self) -> None:
        window_pages: list[Page] = []
        for page in self._begun.pages():
            ask = self._walk.ask()
            if ask is None or page.entry["asked"] != _asked(ask):
                raise InputRefused(
                    f"The pull of “{self._server.source}” cannot go on from where it was.",
                    f"Kept page {page.number} is not the one that comes next.",
                    "Run it with --restart: the pages are fetched anew.",
                )
            window_pages = [page] if ask.page == 1 else [*window_pages, page]
            self._count(page)
        self._kept_pages = len(self._pages)
        if self._kept_pages:
            self._progress(f"Going on after page {self._kept_pages:,}, which is here already", 0.0)
        for page in window_pages:
            self._seen.update(key_of(record) for record in read_records(page.records))

    def _count(self, page: Page) -> None:
        entry = page.entry
        self._pages.append(page)
        self._records += entry["kept"]
        self._placed += entry["placed"]
        self._far += entry["far"]
        self._walk.take(PageFacts(**entry["facts"]))

    def _fetch(self, number: int, ask: Ask) -> None:
        if ask.page == 1:
            self._seen.clear()
        raw, kept = self._begun.part(f"page-{number:06d}.answer"), self._begun.part(f"page-{number:06d}.records")
        try:
            read = self._line.fetch(self._request(ask), raw, lambda fetched: self._read(fetched, kept, ask))
        finally:
            raw.unlink(missing_ok=True)
        if read is None:
            read = self._nothing_there(ask, kept)
        entry = {
            "asked": _asked(ask),
            "facts": read.facts.told(),
            "kept": sum(1 for _ in read_records(kept)),
            "placed": read.placed,
            "far": read.far,
        }
        self._seen |= read.ids
        self._begun.keep(number, kept, entry)
        self._count(Page(number, entry, self._begun.records_of(number)))
        self._check_home(at_end=False)

    def _read(self, fetched: Path, kept: Path, ask: Ask) -> ReadPage:
        try:
            return self._reader.read(fetched, kept, ask.window, self._seen)
        except BrokenPage as error:
            raise TryAgain(str(error)) from error
        except OtherContent as error:
            raise self._line.refused(
                f"The server {error}.", "Check its address, jurisdiction, key and format in the settings."
            ) from error
        except Elsewhere as error:
            raise self._refused_elsewhere(error) from error

    def _is_wanted(self, record: Record) -> bool:
        if not self._walk.ignores_dates:
            return True
        earliest = self.since - SLACK
        dates = [moment_of(record, name, self._zone) for name in ("requested_datetime", "updated_datetime")]
        return any(at is not None and at >= earliest for at in dates) or not any(dates)

    def _nothing_there(self, ask: Ask, kept: Path) -> ReadPage:
        if ask.page == 1:
            raise self._line.refused(
                "The server has no list of requests at this address (404).",
                "Check the url and the jurisdiction_id in the settings.",
            )
        # Some servers say so in place of an empty page behind the last one.
        kept.write_bytes(b"")
        return ReadPage(PageFacts(0, 0, 0, 0, None), frozenset(), 0, 0)

    def _check_home(self, *, at_end: bool) -> None:
        try:
            check_home(self._placed, self._far, at_end=at_end)
        except Elsewhere as error:
            raise self._refused_elsewhere(error) from error

    def _refused_elsewhere(self, error: Elsewhere) -> InputRefused:
        self._begun.tidy()
        folder = self._begun.refuse()
        return InputRefused(
            f"“{self._server.source}” was not imported: it looks like another city’s data.",
            str(error),
            f"Check the address in the settings; another city needs a store of its own (FIXPOINT_STORE)."
            f" The pages are kept apart in “{folder}”, for whoever wants to look at them.",
        )

    def _request(self, ask: Ask) -> str:
        told = {"jurisdiction_id": self._server.jurisdiction_id}
        if self._by_update:
            told[self._server.updated_param] = stamp(ask.window.since)
        else:
            told |= {"start_date": stamp(ask.window.since), "end_date": stamp(ask.window.until)}
        told |= {"page": str(ask.page), "page_size": str(self._page_size), "api_key": self._secret}
        query = urlencode({name: value for name, value in told.items() if value})
        return f"{self._server.path}/requests.{self._server.format}?{query}"

    # -- importing --

    def imported(
        self, store: Store, principal: Principal, clock: Clock, seed: int, *, dry_run: bool
    ) -> tuple[Batch | None, int]:
        """Import all pages in one go; return the batch, or None where there is nothing, and the records."""
        merged = self._begun.part("requests.csv")
        records = self._merge(merged)
        for note in self._walk.notes:
            self._progress(note, _FETCH_SHARE)
        if not records:
            return None, 0
        batch = import_file(
            store,
            principal,
            clock,
            seed,
            path=merged,
            file_name=f"Open311 {self.since:%Y-%m-%d} to {self.until:%Y-%m-%d}",
            source=self._server.source,
            columns=columns_for(self._server.zone),
            zone=self._deployment_zone,
            dry_run=dry_run,
            progress=lambda message, share: self._progress(message, _FETCH_SHARE + (1 - _FETCH_SHARE) * share),
        )
        merged.unlink()
        return batch, records

    def _merge(self, target: Path) -> int:
        records = 0
        with target.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, quoting=csv.QUOTE_ALL)
            table.writerow(TABLE)
            for page in self._pages:
                self._progress("Putting the pages together", _FETCH_SHARE)
                for record in filter(self._is_wanted, read_records(page.records)):
                    table.writerow(table_row(record, self._zone))
                    records += 1
        return records

    def outcome(self, batch: Batch | None, records: int, *, dry_run: bool) -> Pulled:
        """Return what this attempt did."""
        return Pulled(
            source=self._server.source,
            since=self.since,
            until=self.until,
            pages=len(self._pages),
            kept_pages=self._kept_pages,
            asked=self._line.requests,
            records=records,
            batch=batch,
            notes=tuple(self._walk.notes),
            dry_run=dry_run,
        )


def _asked(ask: Ask) -> list[object]:
    return [stamp(ask.window.since), stamp(ask.window.until), ask.page]
