"""How a measure went over a time, in words that stand up to a test.

Six themes are tested at once, so each is called a rise or fall only at a sixth of the usual chance of a false one.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.change_over_time import count_change, pace_change, share_change, two_shares
from problems.service import FEWEST_TOLD
from problems.targets import day_number
from problems.themes.page import Course, Direction, Piece, Span, Theme

LEVEL: Final = 0.05 / len(Theme)
_TOO_FEW: Final = "Too few to say whether it rises or falls."
_NO_LINE: Final = (
    "Over the whole of this time it neither rises nor falls by more than chance; two single weeks may still differ."
)


def course_of_share(pieces: Sequence[Piece], counted: str, of: str) -> Course:
    """Return the course of a share whose pieces are of different things each."""
    totals = [one.total or 0 for one in pieces]
    counts = [one.count for one in pieces]
    if sum(totals) < FEWEST_TOLD or sum(total > 0 for total in totals) < 4:
        return Course(tuple(pieces), Direction.TOO_FEW, _TOO_FEW, counted, of)
    found = share_change(counts, totals)
    if found.p >= LEVEL:
        return Course(tuple(pieces), Direction.NO_CHANGE, _NO_LINE, counted, of)
    half = len(pieces) // 2
    before, after = (_share_words(part) for part in (pieces[:half], pieces[half:]))
    rises = found.z > 0
    said = f"It {'rises' if rises else 'falls'} by more than chance: {before} in the first half, {after} in the second."
    return Course(tuple(pieces), Direction.RISING if rises else Direction.FALLING, said, counted, of)


def _share_words(pieces: Sequence[Piece]) -> str:
    return f"{sum(one.count for one in pieces):,} of {sum(one.total or 0 for one in pieces):,}"


def course_of_state(pieces: Sequence[Piece], counted: str, of: str) -> Course:
    """Return the course of a share that stands at the end of each piece, mostly of the same things each time.

    Only the first and the last are compared: the pieces between them are no new evidence.
    """
    first, last = pieces[0], pieces[-1]
    numbers = (last.count, last.total or 0, first.count, first.total or 0)
    if min(numbers[1], numbers[3]) < FEWEST_TOLD:
        return Course(tuple(pieces), Direction.TOO_FEW, _TOO_FEW, counted, of)
    told = f"{first.count} of {first.total} at the beginning, {last.count} of {last.total} at the end"
    if two_shares(*numbers) >= LEVEL:
        said = f"No change beyond chance: {told}."
        return Course(tuple(pieces), Direction.NO_CHANGE, said, counted, of)
    rises = (last.share or 0.0) > (first.share or 0.0)
    said = f"It {'rose' if rises else 'fell'} by more than chance: {told}."
    return Course(tuple(pieces), Direction.RISING if rises else Direction.FALLING, said, counted, of)


def course_of_count(pieces: Sequence[Piece], counted: str) -> Course:
    """Return the course of a plain count."""
    counts = [one.count for one in pieces]
    if sum(counts) < FEWEST_TOLD:
        return Course(tuple(pieces), Direction.TOO_FEW, _TOO_FEW, counted)
    found = count_change(counts)
    if found.p >= LEVEL:
        return Course(tuple(pieces), Direction.NO_CHANGE, _NO_LINE, counted)
    half = len(counts) // 2
    rises = found.z > 0
    said = (
        f"It {'rises' if rises else 'falls'} by more than chance: {sum(counts[:half]):,} in the first "
        f"{half} of {len(counts)} pieces, {sum(counts[half:]):,} in the rest."
    )
    return Course(tuple(pieces), Direction.RISING if rises else Direction.FALLING, said, counted)


def course_of_pace(
    pieces: Sequence[Piece],
    days: npt.NDArray[np.float64],
    ended: npt.NDArray[np.bool_],
    began: npt.NDArray[np.float64],
    counted: str,
    of: str,
) -> Course:
    """Return the course of how soon something happens; arrays as in :func:`geo.change_over_time.pace_change`."""
    if len(days) < FEWEST_TOLD:
        return Course(
            tuple(pieces), Direction.TOO_FEW, "Too few to say whether it becomes sooner or later.", counted, of
        )
    found = pace_change(days, ended, began)
    if found.p >= LEVEL:
        said = "Over this time it becomes neither sooner nor later by more than chance."
        return Course(tuple(pieces), Direction.NO_CHANGE, said, counted, of)
    sooner = found.z > 0
    said = f"It becomes {'sooner' if sooner else 'later'} over this time, by more than chance."
    # Days fall where it becomes sooner.
    return Course(tuple(pieces), Direction.FALLING if sooner else Direction.RISING, said, counted, of)


def pieces_of(span: Span, day: npt.NDArray[np.int64], counted: npt.NDArray[np.bool_]) -> list[Piece]:
    """Cut what happened on days (since 1970) into the pieces of a time: how many, and how many of them count."""
    found = []
    for first, last in span.pieces():
        inside = (day >= day_number(first)) & (day <= day_number(last))
        found.append(Piece(first, last, int((inside & counted).sum()), int(inside.sum())))
    return found
