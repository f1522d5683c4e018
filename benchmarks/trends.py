"""How often a steady place is called growing, and how often a place that changes is found.

``python benchmarks/trends.py [TOWNS]``: simulated towns (30) with 40 places of one kind and 120 other
incidents of it a week, a season of 40 % and weekly weather that all of them share. Each row is one
kind of place; what is counted are the words of :func:`problems.analysing.trends_of` over 26 weeks.
"""

import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from problems.analysing import TownIncidents, place_weeks, trends_of
from problems.categories import Group
from problems.problem import Problem, ProblemStatus
from problems.trends import TrendWord

PLACES, CHANGING, REST, EPSG, FIRST = 40, 4, 120, 27700, date(2024, 1, 1)
STEP, LON, LAT = 0.004, -1.2, 52.9
WINDOW_WEEKS = 13

Shape = Callable[[int], npt.NDArray[np.float64]]


def towns(
    rng: np.random.Generator,
    number: int,
    weeks: int,
    rate: float,
    shape: Shape,
    *,
    dispersion: float = 1.0,
    picked: bool = False,
) -> Counter[TrendWord]:
    """Return how often each word was said of places whose weekly mean is ``rate`` times ``shape(weeks)``.

    Where the shape is not that of a steady place, a tenth of the town's places has it and is counted.
    """
    words: Counter[TrendWord] = Counter()
    for _ in range(number):
        season = 1.0 + 0.4 * np.sin(np.arange(weeks) / 52 * 2 * np.pi + rng.uniform(0, 6))
        usual = season * rng.gamma(50.0, 1 / 50.0, weeks)
        mean = rate * usual * np.ones((PLACES, 1))
        mean[:CHANGING] *= shape(weeks)
        if dispersion > 1.0:
            mean = rng.gamma(np.maximum(mean, 1e-9) / (dispersion - 1.0)) * (dispersion - 1.0)
        counts = rng.poisson(mean)
        town, places = town_of(rng, counts, rng.poisson(REST * usual)), [place_at(at) for at in range(PLACES)]
        told = trends_of(place_weeks(town, places, EPSG))
        late = counts[:, -WINDOW_WEEKS:].sum(axis=1)
        chosen = np.argsort(-late)[:CHANGING] if picked else range(PLACES if shape is steady else CHANGING)
        words.update(told[int(place)].word for place in chosen)
    return words


def town_of(
    rng: np.random.Generator, counts: npt.NDArray[np.int64], rest: npt.NDArray[np.int64], *, last: date | None = None
) -> TownIncidents:
    """Return a town with places of these weekly counts (places, weeks) in a row, and ``rest`` beyond them."""
    places, weeks = counts.shape
    week = np.concatenate([np.repeat(np.arange(weeks), row) for row in (*counts, rest)])
    sizes = np.append(counts.sum(axis=1), rest.sum())
    lon = np.repeat(LON + STEP * np.append(np.arange(places), PLACES), sizes)
    day = (FIRST - date(1970, 1, 1)).days + 7 * week + rng.integers(0, 7, len(week))
    # The town begins on its first day, whichever day the first report fell on.
    end = FIRST + timedelta(days=7 * weeks - 1) if last is None else last
    known = day <= (end - date(1970, 1, 1)).days
    lon_lat = np.column_stack([lon, np.full(len(week), LAT)])[known]
    return TownIncidents(
        lon_lat, np.zeros(len(lon), np.int8)[known], day[known], np.arange(len(lon))[known], FIRST, end
    )


def place_at(at: int) -> Problem:
    """Return a problem round the place with this number."""
    west, half = LON + STEP * at, STEP / 4
    ring = [[west - half, LAT - half], [west + half, LAT - half], [west + half, LAT + half], [west - half, LAT + half]]
    shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    made = datetime(2024, 1, 1, tzinfo=UTC)
    status = ProblemStatus.DETECTED
    return Problem(at, "place", Group.LIGHTING, "LGT-OUT", status, (west, LAT), 10.0, shape, made)


def steady(weeks: int) -> npt.NDArray[np.float64]:
    """Return the course of a place that does not change."""
    return np.ones(weeks)


def doubling(weeks: int) -> npt.NDArray[np.float64]:
    """Return the course of a place that doubles over the last half year."""
    return np.append(np.ones(weeks - 28), np.linspace(1.0, 2.0, 28))


def halving(weeks: int) -> npt.NDArray[np.float64]:
    """Return the course of a place that halves over the last half year."""
    return np.append(np.ones(weeks - 28), np.linspace(1.0, 0.5, 28))


def begun(weeks: int) -> npt.NDArray[np.float64]:
    """Return the course of a place that began ten complete weeks ago."""
    return np.append(np.zeros(weeks - 12), np.ones(12))


def ended(weeks: int) -> npt.NDArray[np.float64]:
    """Return the course of a place that ended six complete weeks ago."""
    return np.append(np.ones(weeks - 8), np.zeros(8))


def main() -> None:
    """Print a row for each kind of place."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    rng = np.random.default_rng(20_240_229)
    print(f"{'share of places called, in %':44s}" + "".join(f"{word.value:>9s}" for word in TrendWord))
    rows: list[tuple[str, Counter[TrendWord]]] = [
        *((f"steady, {rate:g} a week", towns(rng, number, 80, rate, steady)) for rate in (0.5, 1, 2, 5)),
        ("steady, 2 a week, variance twice the mean", towns(rng, number, 80, 2, steady, dispersion=2.0)),
        ("steady, 2 a week, 28 weeks known", towns(rng, number, 28, 2, steady)),
        ("steady, 2 a week, 13 weeks known", towns(rng, number, 15, 2, steady)),
        ("steady, 1 a week, picked for the last 13 weeks", towns(rng, 5 * number, 80, 1, steady, picked=True)),
        ("steady, 2 a week, picked for the last 13 weeks", towns(rng, 5 * number, 80, 2, steady, picked=True)),
        *(
            (f"from {rate:g} to {2 * rate:g} a week in half a year", towns(rng, 5 * number, 80, rate, doubling))
            for rate in (1, 2, 5)
        ),
        *(
            (f"from {rate:g} to {rate / 2:g} a week in half a year", towns(rng, 5 * number, 80, rate, halving))
            for rate in (2, 5)
        ),
        *((f"nothing, then {rate:g} a week for 10 weeks", towns(rng, 5 * number, 80, rate, begun)) for rate in (2, 3)),
        *((f"{rate:g} a week, then nothing for 6 weeks", towns(rng, 5 * number, 80, rate, ended)) for rate in (1, 2)),
    ]
    for name, words in rows:
        total = sum(words.values())
        print(f"{name:48s}"[:44] + "".join(f"{100 * words[word] / total:9.1f}" for word in TrendWord))


if __name__ == "__main__":
    main()
