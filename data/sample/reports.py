"""The reports of the sample city over three years, as columns, and as rows of the council's file.

Background reports follow the houses, lamps, seasons and weekdays; planted hot spots
(:mod:`data.sample.spots`) come on top; a share of everything is put on the Town Hall because its
address could not be found; one tower block reports again and again; a few people report often.
Equal seeds and an equal last day give equal reports.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data.sample.ground import Ground
from data.sample.spots import DAYS, Fate, Spot
from data.sample.streets import MAIN, RESIDENTIAL
from data.sample.texts import LEAVES

TOTAL = 30_000
PILE_SHARE = 0.04
DAY_S = 86_400
#: Marks a report that has no end (yet): far beyond any day of the city.
NEVER = np.int64(2**62)
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Leaf:
    """How reports of one leaf come about.

    ``share`` of the background, season (``swing`` 0-1 with its ``peak`` day of the year), the extra
    weight of weekends, the hour it happens at, days until it is closed, and where it happens.
    """

    share: float
    swing: float
    peak: int
    weekend: float
    hour: float
    close_days: float
    place: str


_LEAVES: dict[str, Leaf] = {
    "LGT-OUT": Leaf(0.115, 0.55, 355, 0.8, 19.0, 9.0, "kerb"),
    "LGT-DAMAGE": Leaf(0.02, 0.25, 10, 1.0, 17.0, 14.0, "kerb"),
    "LGT-DARK": Leaf(0.012, 0.6, 350, 0.9, 20.0, 45.0, "kerb"),
    "PRP-OPEN": Leaf(0.015, 0.1, 200, 1.1, 18.0, 6.0, "house"),
    "PRP-EMPTY": Leaf(0.02, 0.1, 100, 0.8, 13.0, 60.0, "house"),
    "PRP-LAND": Leaf(0.022, 0.4, 190, 0.9, 12.0, 40.0, "house"),
    "PRP-ENTRY": Leaf(0.02, 0.1, 20, 0.9, 16.0, 10.0, "house"),
    "DSP-NOISE": Leaf(0.075, 0.45, 200, 1.7, 23.0, 12.0, "house"),
    "DSP-NEIGH": Leaf(0.025, 0.25, 190, 1.1, 18.0, 25.0, "house"),
    "DSP-ANIMAL": Leaf(0.03, 0.2, 180, 1.0, 9.0, 14.0, "house"),
    "ASB-GROUP": Leaf(0.055, 0.4, 205, 1.5, 20.5, 8.0, "kerb"),
    "ASB-SUBST": Leaf(0.03, 0.25, 195, 1.2, 17.0, 7.0, "kerb"),
    "ASB-ROUGH": Leaf(0.014, 0.2, 340, 1.0, 7.5, 4.0, "kerb"),
    "ASB-VEHICLE": Leaf(0.022, 0.35, 185, 1.6, 22.0, 10.0, "kerb"),
    "DMG-GRAF": Leaf(0.05, 0.15, 150, 0.9, 10.0, 8.0, "kerb"),
    "DMG-VAND": Leaf(0.035, 0.2, 170, 1.2, 11.0, 15.0, "kerb"),
    "WST-DUMP": Leaf(0.135, 0.15, 15, 1.0, 9.0, 5.0, "kerb"),
    "WST-LITTER": Leaf(0.09, 0.25, 190, 1.1, 12.0, 4.0, "kerb"),
    "VEH-ABAND": Leaf(0.045, 0.05, 60, 0.8, 13.0, 18.0, "kerb"),
    "VEH-PARK": Leaf(0.07, 0.1, 300, 0.5, 8.7, 7.0, "kerb"),
    "VIS-VEG": Leaf(0.06, 0.75, 190, 0.8, 12.0, 21.0, "kerb"),
    "OTH-OTHER": Leaf(0.04, 0.0, 0, 0.8, 14.0, 10.0, "kerb"),
}
#: Groups whose trouble is drawn to the centre and the main streets, and how strongly.
_CENTRAL = {"ASB": 2.5, "DMG": 2.0, "VEH": 1.2, "WST": 0.8}


@dataclass(frozen=True)
class CityReports:
    """Every report as columns, ordered by the time of reporting. Times in seconds since 1970 UTC.

    ``leaf`` indexes :data:`data.sample.texts.LEAVES`; ``house`` is the house beside, -1 for the
    Town Hall; ``placed`` tells whether the file gives coordinates; ``ending`` indexes
    :data:`ENDINGS`, ``spot`` the planted hot spot or -1, ``reporter`` is 0 where unknown.
    """

    leaf: Ints
    xy_m: Floats
    house: Ints
    placed: npt.NDArray[np.bool_]
    mapped: npt.NDArray[np.bool_]
    occurred_s: Ints
    reported_s: Ints
    acknowledged_s: Ints
    started_s: Ints
    closed_s: Ints
    verified_s: Ints
    ending: Ints
    reporter: Ints
    channel: Ints
    spot: Ints
    draw: Floats

    def __len__(self) -> int:
        """Return the number of reports."""
        return len(self.leaf)


ENDINGS = ("resolved", "no_action", "not_ours", "duplicate", "withdrawn")
CHANNELS = ("web", "app", "phone", "email", "officer")


def build_reports(ground: Ground, spots: list[Spot], seed: int, first_s: int, last_s: int) -> CityReports:
    """Return about 30,000 reports between ``first_s`` (start of day 0) and ``last_s`` (now).

    Parameters
    ----------
    first_s, last_s : seconds since 1970 UTC
    """
    rng = np.random.default_rng([seed, 3])
    first_weekday = (first_s // DAY_S + 3) % 7
    first_yearday = int((first_s // DAY_S) % 365.25)
    parts = [_planted(spot, k, ground, rng) for k, spot in enumerate(spots)]
    parts.append(_tower_block(ground, rng))
    planted = sum(len(part[0]) for part in parts)
    pile = int(TOTAL * PILE_SHARE)
    wanted = TOTAL + int(rng.normal(0, 120)) - planted - pile
    parts.append(_background(ground, wanted, first_yearday, first_weekday, rng))
    parts.append(_pile(ground, pile, first_yearday, first_weekday, rng))
    leaf, day, house, xy, spot, person = (np.concatenate(column) for column in zip(*parts, strict=True))
    columns = _timed(leaf, day, first_s, rng)
    keep = columns[1] <= last_s
    order = np.argsort(columns[1][keep], kind="stable")
    chosen = np.flatnonzero(keep)[order]
    occurred, reported, acknowledged, started, closed, verified, ending = (column[chosen] for column in columns)
    return CityReports(
        leaf[chosen], np.round(xy[chosen], 2), house[chosen], rng.random(len(chosen)) > 0.004,
        ~((leaf[chosen] == LEAVES.index("OTH-OTHER")) & (rng.random(len(chosen)) < 0.05)),
        occurred, reported, acknowledged, started, closed, verified, ending,
        _reporters(person[chosen], house[chosen], rng), rng.choice(5, len(chosen), p=(0.38, 0.27, 0.22, 0.08, 0.05)),
        spot[chosen], rng.random((len(chosen), 3)),
    )  # fmt: skip


def reporter_key(seed: int, reporter: int) -> str:
    """Return the one-way key of a reporter, or nothing for an unknown one."""
    if reporter == 0:
        return ""
    return hashlib.blake2b(f"{seed}/{reporter}".encode(), digest_size=8).hexdigest()


_Part = tuple[Ints, Ints, Ints, Floats, Ints, Ints]


def _planted(spot: Spot, number: int, ground: Ground, rng: np.random.Generator) -> _Part:
    days = np.arange(DAYS + 1)
    day = np.repeat(days, rng.poisson(spot.intensity(days)))
    codes = [LEAVES.index(code) for code, _ in spot.leaves]
    leaf = rng.choice(codes, len(day), p=[share for _, share in spot.leaves])
    offset = np.clip(rng.normal(0, spot.spread_m, (len(day), 2)), -1.9 * spot.spread_m, 1.9 * spot.spread_m)
    xy = np.array(spot.centre_m) + offset
    near = np.argsort(np.hypot(*(ground.houses.kerb_m - np.array(spot.centre_m)).T))[:24]
    apart = ((xy[:, None, :] - ground.houses.kerb_m[near][None]) ** 2).sum(axis=2)
    house = near[np.argmin(apart, axis=1)]
    if spot.group in {"PRP", "DSP"}:
        xy = ground.houses.xy_m[house]
    person = np.zeros(len(day), dtype=np.int64)
    if spot.fate is Fate.ONE_CALLER:
        person = np.where(rng.random(len(day)) < 0.85, 100 + number, 0)
    if spot.fate is Fate.LIVE and spot.group in {"DSP", "ASB"}:
        # Beside those who write once there is a household that suffers most, and writes again and again.
        person = np.where(rng.random(len(day)) < 0.2, 100 + number, 0)
    return leaf, day, house, xy, np.full(len(day), number), person


def _tower_block(ground: Ground, rng: np.random.Generator) -> _Part:
    # One address with many households: a pile that a person has reviewed as a real place.
    day = np.sort(rng.integers(300, DAYS + 1, 190))
    codes = [LEAVES.index(code) for code in ("PRP-ENTRY", "DSP-NOISE", "WST-LITTER", "ASB-GROUP")]
    reach = np.abs(np.hypot(*ground.houses.xy_m.T) - 1400) + 1e4 * (ground.houses.rank != RESIDENTIAL)
    house = np.full(len(day), int(np.argmin(reach)))
    leaf = rng.choice(codes, len(day), p=(0.45, 0.3, 0.15, 0.1))
    return leaf, day, house, ground.houses.xy_m[house], np.full(len(day), -1), np.zeros(len(day), dtype=np.int64)


def _days(leaf: Leaf, count: int, first_yearday: int, first_weekday: int, rng: np.random.Generator) -> Ints:
    day = np.arange(DAYS + 1)
    season = 1 + leaf.swing * np.cos(2 * np.pi * (day + first_yearday - leaf.peak) / 365.25)
    weekend = np.where((day + first_weekday) % 7 >= 5, leaf.weekend, 1.0)
    weight = season * weekend * (1 + 0.14 * day / 365) * rng.gamma(30, 1 / 30, len(day))
    return rng.choice(day, count, p=weight / weight.sum())


def _background(ground: Ground, wanted: int, yearday: int, weekday: int, rng: np.random.Generator) -> _Part:
    houses = ground.houses
    reach = np.hypot(houses.xy_m[:, 0], houses.xy_m[:, 1])
    hardship = rng.gamma(5.0, 0.2, len(ground.quarters))[houses.quarter]
    shares = np.array([_LEAVES[code].share for code in LEAVES])
    counts = rng.multinomial(wanted, shares / shares.sum())
    parts: list[_Part] = []
    for k, code in enumerate(LEAVES):
        leaf, count, pull = _LEAVES[code], int(counts[k]), _CENTRAL.get(code[:3], 0.3)
        weight = hardship**0.6 * (1 + pull * np.exp(-reach / 1300)) * np.where(houses.rank == MAIN, 1 + 0.5 * pull, 1.0)
        house = rng.choice(len(houses), count, p=weight / weight.sum())
        on_kerb = houses.kerb_m[house] + np.clip(rng.normal(0, 5.0, (count, 2)), -15, 15)
        xy = houses.xy_m[house] if leaf.place == "house" else on_kerb
        nobody = np.zeros(count, dtype=np.int64)
        parts.append((np.full(count, k), _days(leaf, count, yearday, weekday, rng), house, xy, nobody - 1, nobody))
    return _joined(parts)


def _pile(ground: Ground, wanted: int, yearday: int, weekday: int, rng: np.random.Generator) -> _Part:
    leaf, day, house, xy, spot, person = _background(ground, wanted, yearday, weekday, rng)
    return leaf, day, np.full_like(house, -1), np.broadcast_to(ground.town_hall_m, xy.shape), spot, person


def _joined(parts: list[_Part]) -> _Part:
    leaf, day, house, xy, spot, person = (np.concatenate(column) for column in zip(*parts, strict=True))
    return leaf, day, house, xy, spot, person


def _timed(leaf: Ints, day: Ints, first_s: int, rng: np.random.Generator) -> tuple[Ints, ...]:
    n = len(leaf)
    hour = np.array([_LEAVES[code].hour for code in LEAVES])[leaf] + rng.normal(0, 2.6, n)
    occurred = (first_s + day * DAY_S + (hour % 24) * 3600).astype(np.int64)
    # Most people write within hours; some only days later.
    lag_s = np.where(rng.random(n) < 0.8, rng.exponential(2.5 * 3600, n), rng.exponential(2.2 * DAY_S, n))
    reported = occurred + 60 + lag_s.astype(np.int64)
    acknowledged = reported + (rng.lognormal(np.log(0.8), 0.9, n) * DAY_S).astype(np.int64)
    usual_days = np.array([_LEAVES[code].close_days for code in LEAVES])[leaf]
    work_s = (usual_days * rng.lognormal(0.0, 0.95, n) * DAY_S).astype(np.int64)
    started = acknowledged + (work_s * rng.uniform(0.1, 0.7, n)).astype(np.int64)
    closed = np.where(rng.random(n) < 0.035, NEVER, acknowledged + work_s)
    ending = rng.choice(5, n, p=(0.80, 0.105, 0.04, 0.03, 0.025))
    checked = (ending == 0) & (closed < NEVER) & (rng.random(n) < 0.3)
    verified = np.where(checked, closed + (rng.gamma(2.0, 2.5, n) * DAY_S).astype(np.int64), NEVER)
    return occurred, reported, acknowledged, started, closed, verified, ending


def _reporters(person: Ints, house: Ints, rng: np.random.Generator) -> Ints:
    # A third stays unknown; most others write once or twice; fourteen people write all the time.
    n = len(person)
    usual = 1000 + rng.integers(0, 11_000, n)
    often = 10 + rng.choice(14, n)
    found = np.where(rng.random(n) < 0.34, 0, np.where(rng.random(n) < 0.03, often, usual))
    return np.where(person > 0, person, np.where(house < 0, np.where(found < 1000, 0, found), found)).astype(np.int64)
