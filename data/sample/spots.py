"""The planted hot spots of the sample city: where, what, from when to when, and how they end.

Days count from the first day of the three years (0) to today (:data:`DAYS`). What becomes of a
spot is its *fate*; :mod:`data.sample.story` lets the people of the city act accordingly.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from data.sample.ground import Ground
from data.sample.streets import MAIN

DAYS = 3 * 365


class Fate(StrEnum):
    """What becomes of a planted hot spot."""

    WORKED = "worked"
    FAILED = "failed"
    DISPLACED = "displaced"
    ECHO = "echo"
    RECURRED = "recurred"
    LIVE = "live"
    STALE = "stale"
    FADED = "faded"
    DISMISSED = "dismissed"
    ONE_CALLER = "one_caller"
    NO_ACTION = "no_action"
    JOINED = "joined"
    ENDURING = "enduring"


@dataclass(frozen=True)
class Spot:
    """One planted hot spot.

    ``leaves`` maps leaf codes to shares; ``per_90_days`` is the mean number of reports in 90 days
    between ``begin`` and ``end`` (days), ``rest`` the share that goes on afterwards, ``returns``
    the day from which it is as bad as before. ``fixed_on`` is the day on which the city's work
    takes effect (or was meant to); None where nobody does anything.
    """

    fate: Fate
    leaves: tuple[tuple[str, float], ...]
    centre_m: tuple[float, float]
    spread_m: float
    begin: int
    end: int
    per_90_days: float
    rest: float = 0.0
    returns: int | None = None
    fixed_on: int | None = None

    @property
    def group(self) -> str:
        """The first three letters of its leaves."""
        return self.leaves[0][0][:3]

    def intensity(self, day: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Return the expected reports on each ``day`` (n,): a rise over three weeks, then level."""
        rise = np.clip((day - self.begin) / 21.0, 0.0, 1.0)
        level = np.where(day < self.end, rise, self.rest * (day >= self.end))
        if self.returns is not None:
            level = np.where(day >= self.returns, np.clip((day - self.returns) / 10.0, 0.0, 1.2), level)
        return np.asarray(level * self.per_90_days / 90.0, dtype=np.float64)


_KINDS: tuple[tuple[tuple[tuple[str, float], ...], bool], ...] = (
    ((("LGT-OUT", 0.8), ("LGT-DARK", 0.2)), False),
    ((("LGT-OUT", 0.5), ("LGT-DAMAGE", 0.3), ("LGT-DARK", 0.2)), True),
    ((("PRP-OPEN", 0.6), ("PRP-EMPTY", 0.4)), False),
    ((("PRP-LAND", 0.8), ("PRP-EMPTY", 0.2)), False),
    ((("PRP-ENTRY", 1.0),), False),
    ((("DSP-NOISE", 0.9), ("DSP-NEIGH", 0.1)), False),
    ((("DSP-NEIGH", 0.6), ("DSP-NOISE", 0.4)), False),
    ((("DSP-ANIMAL", 1.0),), False),
    ((("ASB-GROUP", 0.8), ("ASB-SUBST", 0.2)), True),
    ((("ASB-SUBST", 0.7), ("ASB-ROUGH", 0.3)), True),
    ((("ASB-VEHICLE", 1.0),), True),
    ((("ASB-GROUP", 0.6), ("ASB-VEHICLE", 0.4)), False),
    ((("DMG-GRAF", 1.0),), True),
    ((("DMG-VAND", 0.7), ("DMG-GRAF", 0.3)), False),
    ((("WST-DUMP", 1.0),), False),
    ((("WST-DUMP", 0.7), ("WST-LITTER", 0.3)), False),
    ((("WST-LITTER", 1.0),), True),
    ((("VEH-PARK", 1.0),), True),
    ((("VEH-ABAND", 0.7), ("VEH-PARK", 0.3)), False),
    ((("VIS-VEG", 1.0),), False),
    ((("OTH-OTHER", 1.0),), False),
)

# (fate, how many, earliest and latest begin, shortest and longest life), in days
_PLAN: tuple[tuple[Fate, int, tuple[int, int], tuple[int, int]], ...] = (
    (Fate.WORKED, 6, (400, 520), (150, 260)),
    (Fate.WORKED, 32, (470, 860), (130, 260)),
    (Fate.FAILED, 3, (480, 660), (380, 420)),
    (Fate.LIVE, 17, (880, 1050), (400, 500)),
    (Fate.STALE, 6, (640, 860), (500, 600)),
    (Fate.FADED, 12, (60, 380), (60, 160)),
    (Fate.FADED, 14, (400, 540), (70, 160)),
    (Fate.FADED, 26, (560, 950), (60, 110)),
    (Fate.DISMISSED, 4, (540, 960), (60, 110)),
    (Fate.ONE_CALLER, 3, (540, 900), (70, 130)),
    (Fate.NO_ACTION, 5, (520, 900), (120, 260)),
)
#: When it began, the fall after the work, and when it came back.
_RECURRED = ((520, 660, 755), (570, 725, 830), (720, 890, 1000), (800, 915, 1048), (810, 930, 1052))


def plant_spots(ground: Ground, seed: int) -> list[Spot]:
    """Return the planted hot spots for ``seed``, in a fixed order."""
    rng = np.random.default_rng([seed, 2])
    spots: list[Spot] = []
    for fate, count, begins, lives in _PLAN:
        for _ in range(count):
            begin = int(rng.integers(*begins))
            end = begin + int(rng.integers(*lives))
            spots.append(_ended(_spot(fate, begin, end, ground, spots, rng), rng))
    for begin, fixed, back in _RECURRED:
        spot = _spot(Fate.RECURRED, begin, fixed, ground, spots, rng)
        spots.append(replace(spot, rest=0.03, returns=back, fixed_on=fixed, per_90_days=max(18.0, spot.per_90_days)))
    spots.extend(_displaced(ground, spots, rng))
    for begin in (600, 770, 905):
        spots.extend(_joined(begin, ground, spots, rng))
    spots.extend(_compared(ground, spots, np.random.default_rng([seed, 7])))
    return spots


def _ended(spot: Spot, rng: np.random.Generator) -> Spot:
    if spot.fate is Fate.WORKED:
        return replace(spot, fixed_on=spot.end, rest=0.005)
    if spot.fate is Fate.FAILED:
        return replace(spot, fixed_on=spot.begin + 170 + int(rng.integers(0, 40)))
    return spot


def _spot(fate: Fate, begin: int, end: int, ground: Ground, others: list[Spot], rng: np.random.Generator) -> Spot:
    leaves, central = _KINDS[int(rng.integers(len(_KINDS)))]
    group = leaves[0][0][:3]
    same = np.array([other.centre_m for other in others if other.group == group]).reshape(-1, 2)
    houses = ground.houses
    reach = np.hypot(houses.xy_m[:, 0], houses.xy_m[:, 1])
    while True:
        house = int(rng.integers(len(houses)))
        # Trouble on main streets sits near the centre, the rest anywhere where people live.
        if (central and houses.rank[house] != MAIN and rng.random() < 0.8) or rng.random() < reach[house] / 5200:
            continue
        centre = houses.kerb_m[house]
        if not len(same) or np.hypot(*(same - centre).T).min() > 620:
            break
    return Spot(
        fate=fate,
        leaves=leaves,
        centre_m=(float(centre[0]), float(centre[1])),
        spread_m=float(rng.uniform(24, 42)),
        begin=begin,
        end=end,
        per_90_days=float(rng.gamma(7.0, 2.2) + 9.0),
    )


def _displaced(ground: Ground, others: list[Spot], rng: np.random.Generator) -> list[Spot]:
    first = replace(
        _spot(Fate.DISPLACED, 560, 745, ground, others, rng),
        leaves=(("ASB-SUBST", 0.7), ("ASB-GROUP", 0.3)), per_90_days=34.0, rest=0.005, fixed_on=745,
    )  # fmt: skip
    away = np.hypot(*(ground.houses.kerb_m - np.array(first.centre_m)).T)
    house = int(np.argmin(np.abs(away - 230.0)))
    centre = ground.houses.kerb_m[house]
    moved = (float(centre[0]), float(centre[1]))
    return [first, replace(first, fate=Fate.ECHO, centre_m=moved, begin=737, end=2000, rest=0.0, fixed_on=None)]


def _compared(ground: Ground, others: list[Spot], rng: np.random.Generator) -> list[Spot]:
    # One place where work helps, and three alike that nobody gets round to: what a fair comparison needs.
    found: list[Spot] = []
    kind = (("DMG-GRAF", 0.8), ("DMG-VAND", 0.2))
    for number, fate in enumerate((Fate.WORKED, *[Fate.ENDURING] * 3)):
        alike = [one for one in others if one.group == kind[0][0][:3]]
        while True:
            spot = _spot(fate, 566 + 3 * number, 2000, ground, others, rng)
            away = [float(np.hypot(*(np.array(spot.centre_m) - one.centre_m))) for one in (*alike, *found)]
            if min(away) > 800:
                break
        found.append(replace(spot, leaves=kind, spread_m=32.0, per_90_days=46.0))
    found[0] = replace(found[0], end=800, fixed_on=800, rest=0.1)
    return found


def _joined(begin: int, ground: Ground, others: list[Spot], rng: np.random.Generator) -> list[Spot]:
    # Two spots side by side that grow into one when reports begin to come from between them.
    first = replace(_spot(Fate.JOINED, begin, begin + 190, ground, others, rng), per_90_days=18.0, spread_m=24.0)
    turn = rng.uniform(0, 2 * np.pi)
    offset = 190.0 * np.array([np.cos(turn), np.sin(turn)])
    second, middle = (tuple((np.array(first.centre_m) + offset * part).tolist()) for part in (1.0, 0.5))
    bridge = replace(first, centre_m=middle, spread_m=38.0, begin=begin + 70, per_90_days=34.0)
    return [first, replace(first, centre_m=second), bridge]
