"""A real week of Boston: what the briefing tells, beside the same figures worked out by hand from the city's file."""

import io
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from shapely import intersects_xy
from shapely.geometry import shape

from data.boundaries import boundaries_of, look_at
from data.briefing_files import RENDERERS, briefing_csv
from data.calendars import CalendarSettings, working_days
from data.importing import import_file
from data.stores import SqlStore, open_store
from data.targets import targets_of
from data.taxonomy import names_of_kinds
from problems.areas import AreaKind
from problems.briefing.briefing import Briefing
from problems.briefing.weeks import IsoWeek
from problems.errors import InputRefused
from problems.hot_spots import DetectionSettings
from problems.people import SYSTEM
from problems.use_cases.areas import import_areas
from problems.use_cases.briefing import brief
from problems.use_cases.refreshing import refresh

BOSTON = ZoneInfo("America/New_York")
WEEK = IsoWeek.read("2015-W39")
SUNDAY = pd.Timestamp("2015-09-27")
END = pd.Timestamp("2015-09-28")
KNOWN = date(2016, 1, 19)
#: The names of the city's file that mean something here, and by how many working days such a report should end.
KINDS = {
    "Street Light Outages": ("Street lighting", 14), "Street Light Knock Downs": ("Street lighting", 28),
    "Abandoned Building": ("Buildings and land", 180), "Poor Conditions of Property": ("Buildings and land", 180),
    "Maintenance - Homeowner": ("Buildings and land", 14), "Trash on Vacant Lot": ("Buildings and land", 56),
    "Animal Noise Disturbances": ("Noise and disputes", 28),
    "Automotive Noise Disturbance": ("Antisocial behaviour", 28),
    "Needle Pickup": ("Antisocial behaviour", 14), "Graffiti Removal": ("Graffiti and damage", 10),
    "PWD Graffiti": ("Graffiti and damage", 10), "Illegal Posting of Signs": ("Graffiti and damage", 10),
    "Illegal Dumping": ("Rubbish and litter", 5), "Empty Litter Basket": ("Rubbish and litter", 7),
    "Improper Storage of Trash (Barrels)": ("Rubbish and litter", 7),
    "Overflowing or Un-kept Dumpster": ("Rubbish and litter", 7), "Rodent Activity": ("Rubbish and litter", 7),
    "Abandoned Vehicles": ("Vehicles", 21), "Tree Maintenance Requests": ("Overgrowth", 56),
}  # fmt: skip
HOLIDAYS = ["2015-01-01", "2015-01-19", "2015-02-16", "2015-05-25", "2015-07-03", "2015-09-07", "2015-10-12"]


@dataclass(frozen=True)
class City:
    """The store with the briefing of the week, and the city's own file as a table."""

    store: SqlStore
    briefing: Briefing
    table: pd.DataFrame


def ask(store: SqlStore, week: IsoWeek = WEEK, known_on: date = KNOWN, area: str = "") -> Briefing:
    return brief(
        store,
        SYSTEM,
        lambda: datetime(2016, 1, 19, 12, tzinfo=UTC),
        1,
        week=week,
        zone=BOSTON,
        settings=DetectionSettings(),
        targets=targets_of(store),
        days=working_days(CalendarSettings("us-federal")),
        kinds=names_of_kinds(),
        area=area,
        known_on=known_on,
    )


@pytest.fixture(scope="module")
def city(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> City:
    """Import the year with the boundaries of the neighbourhoods, look for hot spots, and tell the week."""
    folder = shared / "realdata" / "boston311_2015"
    store = open_store(str(tmp_path_factory.mktemp("boston") / "boston.db"), durable=False)

    def clock() -> datetime:
        return datetime(2016, 1, 19, 12, tzinfo=UTC)

    file = folder / "boston311_2015_all159types.csv.gz"
    import_file(store, SYSTEM, clock, 1, path=file, source="boston", columns=None, fixed={}, zone=BOSTON)
    read = boundaries_of(look_at(folder / "boston_neighborhoods.geojson"), AreaKind.NEIGHBOURHOOD)
    import_areas(store, SYSTEM, clock, 1, kind=read.kind, areas=read.areas, file_name=read.file_name)
    refresh(store, SYSTEM, clock, 1, settings=DetectionSettings(), zone=BOSTON, as_of=SUNDAY.date())
    return City(store, ask(store), by_hand(file))


def by_hand(file: Path) -> pd.DataFrame:
    """Return the file with times of the wall clock and, where an end comes before the beginning, that beginning."""
    wanted = ["OPEN_DT", "CLOSED_DT", "TYPE", "LATITUDE", "LONGITUDE"]
    table = pd.read_csv(file, usecols=wanted)
    for told, name in (("OPEN_DT", "opened"), ("CLOSED_DT", "ended")):
        table[name] = pd.to_datetime(table[told], format="%m/%d/%Y %I:%M:%S %p")
    table["quick"] = (table.ended - table.opened) <= pd.Timedelta(minutes=10)
    table.loc[table.ended < table.opened, "ended"] = table.opened
    table["group"] = table.TYPE.map(lambda name: KINDS.get(name, ("", 0))[0])
    return table


def in_week(moments: "pd.Series[pd.Timestamp]") -> "pd.Series[bool]":
    return (moments >= "2015-09-21") & (moments < END)


def still_open(table: pd.DataFrame, at: pd.Timestamp) -> "pd.Series[bool]":
    return (table.opened < at) & ~(table.ended < at)


# -- section 6, and the header --


def test_what_came_in_went_out_and_is_open_is_what_the_file_says(city: City) -> None:
    table, header, service = city.table, city.briefing.header, city.briefing.service
    assert header.received.value == service.received.value == in_week(table.opened).sum() == 2703
    assert header.closed.value == service.closed.value == in_week(table.ended).sum() == 2647
    assert service.backlog.value == still_open(table, END).sum() == 19_287
    assert header.unmapped.value == (in_week(table.opened) & (table.group == "")).sum()
    assert service.instant.value == (in_week(table.ended) & table.quick).sum()


def test_every_week_of_stock_and_flow_is_what_the_file_says(city: City) -> None:
    table = city.table
    assert len(city.briefing.service.weeks) == 13
    for week in city.briefing.service.weeks:
        start = pd.Timestamp(week.starts_on)
        after = start + pd.Timedelta(days=7)
        came = ((table.opened >= start) & (table.opened < after)).sum()
        went = ((table.ended >= start) & (table.ended < after)).sum()
        assert (week.received, week.closed, week.open_at_end) == (came, went, still_open(table, after).sum())


def test_the_age_of_what_is_open_is_what_the_file_says(city: City) -> None:
    left = city.table[still_open(city.table, END)]
    days = (SUNDAY - left.opened.dt.normalize()).dt.days
    service = city.briefing.service
    assert (service.median_age.value, service.ninetieth_age.value) == (days.median(), days.quantile(0.9))


def test_what_was_in_time_is_what_the_file_and_the_calendar_say(city: City) -> None:
    """In time is whoever ended on the day of the target or before; late is decided on the working day after it."""
    table = city.table[city.table.group != ""]
    begun = table.opened.dt.normalize().to_numpy().astype("datetime64[D]")
    ended = table.ended.dt.normalize().to_numpy().astype("datetime64[D]")
    promised = table.TYPE.map(lambda name: KINDS[name][1]).to_numpy()
    # A clock counts working days after the first; on a day off it begins as on the last working day before.
    late_from = np.busday_offset(begun, promised + 1, roll="backward", holidays=np.array(HOLIDAYS, "datetime64[D]"))
    first, last = np.datetime64("2015-09-21"), np.datetime64("2015-09-27")
    in_time = (ended < late_from) & (ended >= first) & (ended <= last)
    late = ~(ended < late_from) & (late_from >= first) & (late_from <= last)
    found = city.briefing.service.on_time
    assert found.net is not None
    assert found.gross is not None
    assert (found.net.count, found.net.total) == (in_time.sum(), in_time.sum() + late.sum())
    assert (found.gross.count, found.gross.total) == (found.net.count, found.net.total)


def curve(days: npt.NDArray[np.float64], entered: npt.NDArray[np.float64], fixed: npt.NDArray[np.bool_]) -> float:
    """Return Kaplan and Meier's median, written as in a textbook: step by step over the times of ends."""
    left = 1.0
    for at, ends in zip(*np.unique(days[fixed], return_counts=True), strict=True):
        at_risk = ((entered < at) & (days >= at)).sum()
        left *= 1 - ends / at_risk
        if left <= 0.5:
            return float(at)
    return np.inf


@pytest.mark.parametrize("group", ["", "Street lighting", "Rubbish and litter", "Overgrowth", "Antisocial behaviour"])
def test_the_middle_time_to_a_fix_is_that_of_a_textbook(city: City, group: str) -> None:
    service, since = city.briefing.service, pd.Timestamp("2015-06-29")
    table = city.table[(city.table.group == group) | (not group)]
    end = table.ended.where(table.ended < END, END)
    rows = (table.opened < END) & (end >= since) & ~(table.quick & (table.ended < END))
    days = ((end - table.opened) / pd.Timedelta(days=1))[rows].to_numpy()
    entered = ((since - table.opened) / pd.Timedelta(days=1)).clip(lower=0)[rows].to_numpy()
    fixed = (table.ended < END)[rows].to_numpy()
    expected = curve(days, entered, fixed)
    found = service.fix_all if not group else next(one for one in service.fix_by_category if one.times.name == group)
    assert (found.times.count, found.times.fixed) == (rows.sum(), fixed.sum())
    assert found.times.median is not None
    median = found.times.median
    if np.isinf(expected):
        assert median.days is None
        return
    assert median.days == pytest.approx(expected, abs=0.05)  # an hour more or less where clocks were changed
    assert median.low_days is not None
    assert median.low_days <= expected
    assert median.high_days is None or expected <= median.high_days


# -- section 5 --


def weekly(city: City, group: str, area: str) -> list[int]:
    """Return how many reports of a group came in an area in each of 53 weeks, the last one this week's."""
    around = shape(next(one for one in city.store.areas() if one.name == area).geometry)
    own = city.table[city.table.group == group]
    inside = own[intersects_xy(around, own.LONGITUDE, own.LATITUDE)]
    back = (END - pd.Timedelta(seconds=1) - inside.opened).dt.days // 7
    return [int((back == week).sum()) for week in range(52, -1, -1)]


def test_what_is_called_out_is_in_the_file_and_so_is_its_chart(city: City) -> None:
    called = city.briefing.changes.called_out
    assert [one.signal.name for one in called] == ["Overgrowth in South End"]
    (change,) = called
    counts = weekly(city, "Overgrowth", "South End")
    assert list(change.weeks[-53:]) == counts
    assert change.signal.count == counts[-1] == 73
    assert change.signal.band is not None
    # Far above anything in the year before, and above the band that the last eight weeks make.
    assert counts[-1] > 2 * max(counts[:-1])
    assert change.signal.band.low <= np.mean(counts[-9:-1]) <= change.signal.band.high < counts[-1]


def test_no_louder_series_was_passed_over(city: City) -> None:
    """The plain difference of square roots, too quick with alarms to be used, finds nothing louder."""
    every = [one for one in city.briefing.changes.every if len(one.weeks) > 8 and " in " in one.signal.name]
    loud = {one.signal.name: np.sqrt(one.weeks[-1]) - np.sqrt(np.mean(one.weeks[-9:-1])) for one in every}
    assert len(every) > 100
    assert max(loud, key=lambda name: loud[name]) == "Overgrowth in South End"


# -- section 3 --


def test_the_ten_at_the_top_count_places_and_days_in_their_footprints(city: City) -> None:
    board = city.briefing.board
    assert len(board.top) == 10
    problems = {one.ref: one for one in city.store.problems()}
    recent = city.table[(city.table.opened < END) & (city.table.opened >= END - pd.Timedelta(days=28))]
    for one in board.top:
        problem = problems[one.ref]
        own = recent[recent.group == problem.group.label]
        inside = own[intersects_xy(shape(problem.footprint), own.LONGITUDE, own.LATITUDE)]
        distinct = inside.assign(day=inside.opened.dt.normalize()).drop_duplicates(["LATITUDE", "LONGITUDE", "day"])
        assert one.incidents.value == len(distinct), one.ref


# -- the files --


def flat(text: str) -> str:
    return " ".join(text.replace("\u200b", "").replace("\xa0", " ").split())


@pytest.fixture(scope="module")
def printed(city: City) -> str:
    """Return the text of the two printed pages."""
    from pypdf import PdfReader

    pages = PdfReader(io.BytesIO(RENDERERS[".pdf"](city.briefing))).pages
    assert len(pages) == 2
    return flat(" ".join(page.extract_text() for page in pages))


@pytest.fixture(scope="module")
def page(city: City) -> str:
    """Return the words of the page for a browser."""
    whole = re.sub(r"<style>.*?</style>", "", RENDERERS[".html"](city.briefing).decode(), flags=re.DOTALL)
    return flat(unescape(re.sub(r"<[^>]*>", " ", whole)))


def test_the_files_tell_the_figures_of_the_briefing(city: City, printed: str, page: str) -> None:
    service, top = city.briefing.service, city.briefing.board.top
    for text in (printed, page):
        for one in ("Reports in 2,703", "Open at the end 19,287", "Overgrowth in South End", "73 this week, 0 to 38"):
            assert one in text
        assert service.sentence in text
        for fix in service.fix_by_category:
            counts = f"{fix.times.count:,} {fix.times.fixed:,} {fix.times.open:,}"
            assert re.search(rf"{fix.times.name} .{{1,40}} {counts}\b", text), fix.times.name
        for one in top:
            assert re.search(rf"{one.ref} .{{1,80}} {one.incidents.words} ", text), one.ref
        assert not re.search(r"\bnan\b|\bNone\b|\binf\b", text.replace("None of", ""))


def test_numbers_of_four_digits_have_a_comma_but_for_years(page: str) -> None:
    bare = re.findall(r"(?<![\d,.P-])\d{4,}(?![\d,])", page)
    assert set(bare) <= {"2014", "2015", "2016"}


def test_the_chart_of_the_slides_holds_the_weeks_of_the_file(city: City) -> None:
    from pptx import Presentation

    deck = Presentation(io.BytesIO(RENDERERS[".pptx"](city.briefing)))
    charts = {shape.name: shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart}
    counts, *_bands = charts["Overgrowth in South End"].plots[0].series
    assert list(counts.values) == weekly(city, "Overgrowth", "South End")
    flows = {one.name: list(one.values) for one in charts["In, out and open, the last 13 weeks"].plots[0].series}
    assert (flows["In"][-1], flows["Out"][-1]) == (2703, 2647)


# -- areas, days and lists --


def test_an_area_is_told_from_what_lies_in_it(city: City) -> None:
    around = shape(next(one for one in city.store.areas() if one.name == "South End").geometry)
    own = city.table[intersects_xy(around, city.table.LONGITUDE, city.table.LATITUDE)]
    told = ask(city.store, area="South End")
    assert told.header.received.value == in_week(own.opened).sum()
    assert told.service.backlog.value == still_open(own, END).sum()


def test_the_year_was_not_known_before_it_was_imported(city: City) -> None:
    with pytest.raises(InputRefused):
        ask(city.store, known_on=date(2016, 1, 18))


def test_the_same_week_told_again_is_the_same_to_the_byte(city: City) -> None:
    assert briefing_csv(ask(city.store)) == briefing_csv(city.briefing)
