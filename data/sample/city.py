"""The sample city: a generated town with three years of reports and a year and a half of problem solving.

:func:`load_sample_city` fills an empty store through the same use cases that people and schedules
use. Nothing comes from outside; equal seeds and an equal moment give an equal city.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from data.sample.answers import ANSWERED_DAYS, counter_days
from data.sample.command import ask_for_one, meetings
from data.sample.desk import open_desk
from data.sample.files import COLUMNS, SOURCE, CouncilFiles, file_digest
from data.sample.ground import EPSG, Ground, build_ground
from data.sample.names import CITY_NAME
from data.sample.reports import DAY_S, build_reports
from data.sample.spots import DAYS, plant_spots
from data.sample.story import FINAL_DAYS, Story, fill_stages
from data.sealing import Sealer
from data.taxonomy import load_taxonomy
from problems.clock import Clock
from problems.errors import InputRefused
from problems.hot_spots import DetectionSettings
from problems.people import SYSTEM
from problems.progress import Progress, silent
from problems.store import Store
from problems.use_cases.importing import accept_import
from problems.use_cases.refreshing import refresh

#: Weekly refreshes that are replayed; the reports before them come in one archive.
WEEKS = 78
#: The fact that stands while a city is being loaded.
LOADING = "sample_loading"
#: The fact that holds what the rules refused to the people of the city, a line each; empty where the story is sound.
REFUSED = "sample_refused"
_QUARTER_WEEKS = 13


@dataclass(frozen=True, slots=True)
class SampleCounts:
    """How much of a city was loaded."""

    reports: int
    problems: int
    actions: int
    refreshes: int


def load_sample_city(
    store: Store,
    clock: Clock,
    seed: int,
    *,
    zone: tzinfo,
    progress: Progress = silent,
    sealer: Sealer | None = None,
) -> SampleCounts:
    """Fill an empty store with the sample city as of today.

    A simulated clock replays :data:`WEEKS` weeks: every Monday, and before each refresh, a file of
    the council is imported; every week hot spots are found, and people work on what was found. The
    facts ``synthetic``, ``sample_seed`` and ``city_name`` stand from the beginning, so that a part
    of a city is never taken for reports.

    Parameters
    ----------
    store
        Empty. The city is many units; a load that is cancelled or killed leaves its part and the
        fact ``sample_loading``, and the store is then refused until it is removed. Whoever wants
        all or nothing loads into a new file and moves it into place.
    clock
        Tells the moment at which the three years end.
    seed
        Which city: from 0.
    sealer
        Seals how the made-up callers can be reached, and the originals of the photos; without it nobody
        in the city waits to be told, and there are no photos.

    Raises
    ------
    InputRefused
        When the store holds anything, or what an interrupted load left.
    Cancelled
        When ``progress`` says so.
    """
    require_empty(store)
    progress(f"Drawing the streets of {CITY_NAME}", 0.0)
    now = clock().astimezone(UTC).replace(microsecond=0)
    ground = build_ground(seed)
    with store.writing() as unit:
        unit.set_fact(LOADING, "1")
        unit.set_fact("synthetic", "1")
        unit.set_fact("epsg", str(EPSG))
        unit.set_fact("city_name", CITY_NAME)
        unit.set_fact("sample_seed", str(seed))
        unit.add_areas(ground.areas())
        unit.add_streets(ground.drawn_streets())
    progress("Writing three years of reports", 0.04)
    refusals = _replay(store, ground, now, seed, zone, progress, sealer)
    with store.writing() as unit:
        unit.set_fact(LOADING, "")
        unit.set_fact(REFUSED, "\n".join(refusals))
    progress(f"{CITY_NAME} is ready", 1.0)
    counts = store.counts()
    return SampleCounts(counts.reports, counts.problems, counts.actions, counts.refreshes)


def require_empty(store: Store) -> None:
    """Make sure that a store can take the sample city.

    Raises
    ------
    InputRefused
        When it holds anything, or what an interrupted load left.
    """
    asked = "The sample city was not loaded."
    if store.fact(LOADING):
        raise InputRefused(
            asked,
            "An earlier load into this store was stopped half-way.",
            "Remove the store's file (or name another store) and load again.",
        )
    # Grows with everything that was ever written, whatever it was.
    if store.version() > 0:
        raise InputRefused(
            asked,
            "The store already holds something.",
            "Name a new, empty store: the sample city never mixes with real reports.",
        )


def _replay(
    store: Store,
    ground: Ground,
    now: datetime,
    seed: int,
    zone: tzinfo,
    progress: Progress,
    sealer: Sealer | None,
) -> list[str]:
    now_s = int(now.timestamp())
    first_s = (now_s // DAY_S - DAYS) * DAY_S
    spots = plant_spots(ground, seed)
    files = CouncilFiles(ground, build_reports(ground, spots, seed, first_s, now_s), load_taxonomy(), seed)
    start = now - timedelta(weeks=WEEKS)
    desk = open_desk(store, seed, start - timedelta(hours=2), zone)
    desk.seal_photo = sealer.seal_bytes if sealer else None
    story = Story(desk, spots, ground, now)
    categories = load_taxonomy().categories
    sent_s = 0
    for week in range(WEEKS + 1):
        at = start + timedelta(weeks=week)
        if week and (monday := _monday_morning(at, zone)) > start:
            story.play(monday)
            desk.now = monday
            sent_s = _import_file(store, desk.clock, seed, files, sent_s, monday)
        story.play(at - timedelta(minutes=20))
        if week == WEEKS - ANSWERED_DAYS // 7:
            story.begin(counter_days(desk, ground, categories, desk.now, now, sealer.seal if sealer else None))
        if week == 0:
            story.begin(meetings(desk))
        if week == WEEKS - FINAL_DAYS // 7:
            story.begin_site_meeting()
        if week == WEEKS:
            fill_stages(desk)
            ask_for_one(desk)
        desk.now = at - timedelta(minutes=15)
        sent_s = _import_file(store, desk.clock, seed, files, sent_s, at, week)
        desk.now = at
        found = refresh(
            store, SYSTEM, desk.clock, seed, settings=DetectionSettings(), zone=zone, as_of=at.astimezone(zone).date()
        )
        story.look(store.problems())
        story.review_real_address()
        progress(f"Week {week} of {WEEKS}: {found.hot_spots} hot spots", 0.1 + 0.89 * (week + 1) / (WEEKS + 1))
    return story.refusals


def _monday_morning(at: datetime, zone: tzinfo) -> datetime:
    """Return the early morning of the last Monday before the day of ``at``, where that is not a Monday itself.

    On Mondays people meet about the week before: by then its reports have to be there.
    """
    local = at.astimezone(zone)
    if local.weekday() == 0:
        return datetime.min.replace(tzinfo=UTC)
    monday = local.replace(hour=5, minute=0, second=0) - timedelta(days=local.weekday())
    return monday.astimezone(UTC)


def _import_file(
    store: Store, clock: Clock, seed: int, files: CouncilFiles, sent_s: int, at: datetime, week: int | None = None
) -> int:
    """Import the file of a refresh (the archive first) or of a Monday, and return the time up to which it tells."""
    until_s = int(at.timestamp()) - 1800
    everything_open = week is not None and (week in (0, WEEKS) or week % _QUARTER_WEEKS == 0)
    rows = files.rows(sent_s, until_s, everything_open=everything_open)
    name = f"reports-archive-{at:%Y-%m-%d}.csv" if week == 0 else f"reports-{at:%Y-%m-%d}.csv"
    accept_import(
        store, SYSTEM, clock, seed,
        source=SOURCE, file_name=name, sha256=file_digest(rows, name), columns=COLUMNS, rows=rows,
    )  # fmt: skip
    return until_s
