"""Areas beside each other: which differ from the rest, never which is first and which is last."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from geo.funnel import LEAST_AREAS, funnel
from problems.errors import InputRefused

#: Where neither the count nor what is expected reaches it, there are too few to say.
FEWEST: Final = 5
#: With fewer areas there is nothing to be compared with.
LEAST_COMPARED: Final = 3


class Place(StrEnum):
    """Where an area lies against the funnel of all."""

    FAR_ABOVE = "far_above"
    ABOVE = "above"
    USUAL = "usual"
    BELOW = "below"
    FAR_BELOW = "far_below"
    TOO_FEW = "too_few"

    @property
    def label(self) -> str:
        """Plain words for it."""
        return {
            Place.FAR_ABOVE: "Above what chance explains",
            Place.ABOVE: "Rather high, may be chance",
            Place.USUAL: "As usual",
            Place.BELOW: "Rather low, may be chance",
            Place.FAR_BELOW: "Below what chance explains",
            Place.TOO_FEW: "Too few to say",
        }[self]

    @property
    def is_clear(self) -> bool:
        """Whether one area in five hundred at most would lie there by chance."""
        return self in (Place.FAR_ABOVE, Place.FAR_BELOW)


@dataclass(frozen=True, slots=True)
class ComparedArea:
    """One area: its count, what its size makes one expect, and the usual counts (95 and 99.8 %), ends included.

    ``rate`` is the count by one unit of ``size``; None where the area is too few to say. Limits of the rate are
    the limits of the count over the size.
    """

    name: str
    count: int
    size: float
    rate: float | None
    expected: float
    low95: int
    high95: int
    low998: int
    high998: int
    place: Place

    @property
    def sentence(self) -> str:
        """What the numbers support, in words."""
        return f"{self.count}, {self.low95} to {self.high95} usual for its size: {self.place.label.lower()}."


@dataclass(frozen=True, slots=True)
class Comparison:
    """All areas in the order they were given. ``left_out`` have no size; ``dispersion`` is how they swing, from 1."""

    areas: tuple[ComparedArea, ...]
    left_out: tuple[str, ...]
    target: float
    dispersion: float

    @property
    def sentence(self) -> str:
        """Say how many areas stand out, and what the limits allow for."""
        clear = [one.name for one in self.areas if one.place.is_clear]
        found = f"None of {len(self.areas)} areas differs from the rest by more than chance."
        if clear:
            differ = "differs" if len(clear) == 1 else "differ"
            found = f"{len(clear)} of {len(self.areas)} areas {differ} from the rest by more than chance: "
            found += f"{', '.join(clear)}."
        if len(self.areas) < LEAST_AREAS:
            return f"{found} With fewer than {LEAST_AREAS} areas, how unlike they usually are is not known."
        return found


def compare_areas(names: Sequence[str], counts: Sequence[int], sizes: Sequence[float | None]) -> Comparison:
    """Hold areas against what is usual for their size.

    Parameters
    ----------
    names, counts
        Each area and its reports of one period.
    sizes
        What the counts are held against, in one unit: residents in thousands, or open reports. None or 0 where it
        is not known, or nobody lives: such an area is left out, and named.

    Returns
    -------
    Comparison
        In the order of the areas, never in that of the rates.

    Raises
    ------
    InputRefused
        When fewer than three areas are left, or a count or size is negative.
    """
    if not len(names) == len(counts) == len(sizes) or any(count < 0 for count in counts):
        raise InputRefused(
            f"{len(names)} areas with {len(counts)} counts and {len(sizes)} sizes were to be compared.",
            "Each area has a count of 0 or more and a size or none.",
            "Give one of each for every area.",
        )
    if any(size is not None and not 0 <= size < float("inf") for size in sizes):
        raise InputRefused(
            "Areas of a negative or infinite size were to be compared.", "A size is 0 or more.", "Check the residents."
        )
    known = [(name, count, size) for name, count, size in zip(names, counts, sizes, strict=True) if size]
    left_out = tuple(name for name, size in zip(names, sizes, strict=True) if not size)
    if len(known) < LEAST_COMPARED:
        raise InputRefused(
            f"{len(known)} areas with a known size were to be compared.",
            "What is usual takes at least three.",
            "Load how many people live in each area, or compare by open reports.",
        )
    found = funnel([count for _, count, _ in known], [size for _, _, size in known])
    areas = []
    for at, (name, count, size) in enumerate(known):
        near = int(found.low95[at]), int(found.high95[at])
        far = int(found.low998[at]), int(found.high998[at])
        place = _place(count, float(found.expected[at]), near, far)
        rate = None if place is Place.TOO_FEW else float(found.rate[at])
        areas.append(ComparedArea(name, count, size, rate, float(found.expected[at]), *near, *far, place))
    return Comparison(tuple(areas), left_out, found.target, found.dispersion)


def _place(count: int, expected: float, near: tuple[int, int], far: tuple[int, int]) -> Place:
    if max(count, expected) < FEWEST:
        return Place.TOO_FEW
    if count > far[1]:
        return Place.FAR_ABOVE
    if count < far[0]:
        return Place.FAR_BELOW
    if count > near[1]:
        return Place.ABOVE
    return Place.BELOW if count < near[0] else Place.USUAL
