"""A made-up town for one whole life of a problem: its files of reports, its people, and a clock to turn.

The server under test is the real one. Only its clock is another: a folder that Python looks into
before everything else puts in place one that reads the moment from a file, which the test writes.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from data.stores import SqlStore, open_store
from problems.people import SYSTEM, Role
from problems.use_cases import organising
from tests.browsing import ROOT, serving
from tests.scenes import CENTRE, DEGREE_EAST, DEGREE_NORTH

LONDON = ZoneInfo("Europe/London")
#: The day on which the story begins: a Monday.
FIRST_DAY = date(2025, 6, 2)
LIGHTS, HIGHWAYS = "Street lighting", "Highways"
COORDINATOR, OFFICER, OTHER_OFFICER, COMMANDER = "Cora Reid", "Omar Hale", "Ines Vance", "Clio Marsh"
OF_LIGHTS, OF_HIGHWAYS = "Piet Lamb", "Hana Wirth"
_PEOPLE = (
    (COORDINATOR, Role.COORDINATOR, ""),
    (OFFICER, Role.OFFICER, ""),
    (OTHER_OFFICER, Role.OFFICER, ""),
    (COMMANDER, Role.COMMAND, ""),
    (OF_LIGHTS, Role.PARTNER, LIGHTS),
    (OF_HIGHWAYS, Role.PARTNER, HIGHWAYS),
)
#: Metres east and north of the centre: the place that is worked on, then three like it that nobody works on.
PLACES = ((0.0, 0.0), (1500.0, 0.0), (0.0, 1500.0), (-1500.0, 200.0))
STREETS = ("Mill Lane", "Quay Street", "Station Road", "Abbey Walk")
_HEAD = "reference,category,reported at,latitude,longitude,address,description"
#: Python runs a module of this name when it starts, before the program.
_TURNED = """
from datetime import datetime
from pathlib import Path

import problems.clock

problems.clock.utc_now = lambda: datetime.fromisoformat(Path({moment!r}).read_text())
problems.clock.clock_in = lambda zone: lambda: problems.clock.utc_now().astimezone(zone)
"""


@dataclass
class Town:
    """A store with a server on it, whose day only changes when the test changes it."""

    folder: Path
    url: str = ""
    today: date = FIRST_DAY

    @property
    def file(self) -> Path:
        """Where the store is kept."""
        return self.folder / "town.db"

    def turn_to(self, day: date, hour: int = 10) -> None:
        """Make it ten in the morning, or another hour, of a day."""
        self.today = day
        now = datetime.combine(day, time(hour), tzinfo=LONDON).astimezone(UTC)
        (self.folder / "moment").write_text(now.isoformat())

    def opened(self) -> SqlStore:
        """Open the store beside the server, to look at what it holds; whoever asks closes it."""
        return open_store(f"sqlite:///{self.file}")


@contextmanager
def lived_in(folder: Path) -> Iterator[Town]:
    """Serve an empty store with its people and organisations, on the first day of the story."""
    town = Town(folder)
    town.turn_to(FIRST_DAY)
    _settle(town)
    before = folder / "before"
    before.mkdir()
    (before / "sitecustomize.py").write_text(_TURNED.format(moment=str(folder / "moment")))
    with serving(town.file, folder / "server.log", PYTHONPATH=f"{before}:{ROOT}") as url:
        town.url = url
        yield town


def _settle(town: Town) -> None:
    store = town.opened()
    asking = (store, SYSTEM, lambda: datetime.combine(FIRST_DAY, time(8), tzinfo=UTC), 1)
    numbers = {
        name: organising.add_organisation(*asking, name=name, kind="Council service").id for name in (LIGHTS, HIGHWAYS)
    }
    for name, role, organisation in _PEOPLE:
        organising.add_person(*asking, name=name, role=role, organisation_id=numbers.get(organisation))
    store.close()


# -- the files --


def days(first: date, last: date, step: int) -> list[date]:
    """Return every ``step``-th day from ``first`` to ``last``."""
    return [first + timedelta(days=at) for at in range(0, (last - first).days + 1, step)]


def first_file() -> bytes:
    """Return a year of scattered reports, and three months in which four places stand out."""
    rng = np.random.default_rng(5)
    scattered = [
        _row((float(east), float(north)), FIRST_DAY - timedelta(days=int(back)), street=STREETS[at % 4])
        for at, (east, north, back) in enumerate(
            zip(rng.uniform(-2400, 2400, 320), rng.uniform(-2400, 2400, 320), rng.integers(1, 365, 320), strict=True)
        )
    ]
    return _file("a", [*scattered, *_at_places(FIRST_DAY - timedelta(days=88), FIRST_DAY - timedelta(days=1), 3, 3)])


def second_file(done: date) -> bytes:
    """Return what came until the work was done: as before."""
    return _file("b", _at_places(FIRST_DAY + timedelta(days=1), done, 3, 3))


def later_file(done: date, until: date) -> bytes:
    """Return what came in the months after: next to nothing where the work was, as before elsewhere."""
    return _file("c", _at_places(done + timedelta(days=1), until - timedelta(days=1), 40, 3))


def third_file(first: date, until: date) -> bytes:
    """Return what came after the problem was closed: the reports are back, at the place of the work too."""
    return _file("d", _at_places(first, until, 1, 3))


def _at_places(first: date, last: date, step: int, step_elsewhere: int) -> list[str]:
    rows = []
    for place, (east, north) in enumerate(PLACES):
        for at, day in enumerate(days(first, last, step_elsewhere if place else step)):
            angle = at * 2.4
            point = (east + 20 * float(np.cos(angle)), north + 20 * float(np.sin(angle)))
            rows.append(_row(point, day, street=STREETS[place], number=at % 40 + 1))
    return rows


def _row(place_m: tuple[float, float], day: date, *, street: str, number: int = 1) -> str:
    lat, lon = CENTRE[1] + place_m[1] * DEGREE_NORTH, CENTRE[0] + place_m[0] * DEGREE_EAST
    return f'Street light not working,{day} 09:30,{lat:.6f},{lon:.6f},"{number} {street}",The lamp is dark'


def _file(prefix: str, rows: Iterable[str]) -> bytes:
    return "\n".join([_HEAD, *(f"{prefix}{at},{row}" for at, row in enumerate(rows, start=1)), ""]).encode()
