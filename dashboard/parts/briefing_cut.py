"""How much of a long section stands on one slide, reckoned in pixels of a screen of 1440 x 800."""

from collections.abc import Sequence
from typing import Final

#: What is left for a section between the heading and the bar with the ways.
ROOM: Final = 645
#: The head of a table.
TABLE_HEAD: Final = 54
#: A line of a table or a text, what is round the lines of a row, and a small line beneath.
_LINE, _ROUND, _SMALL = 31, 14, 26


def short(text: str, longest: int) -> str:
    """Return text of so many letters at most, cut after a word where there is one; … stands for what is left out.

    >>> short("Rubbish and litter, Long Lane", 20)
    'Rubbish and litter…'
    """
    if len(text) <= longest:
        return text
    cut_off = text[:longest]
    word = cut_off.rsplit(" ", 1)[0] if " " in cut_off[longest // 2 :] else cut_off[:-1]
    return word.rstrip(" ,;:.(“") + "…"


def height_of_text(text: str, letters: int, *, line: int = _LINE) -> int:
    """Return how high a text is whose lines hold so many letters."""
    return max(1, -(-len(text) // letters)) * line


def height_of_row(*cells: tuple[str, int], under: bool = False) -> int:
    """Return how high a row is: cells, each with the letters of a line of its column; ``under`` has a small line."""
    most = max((height_of_text(text, letters) for text, letters in cells), default=_LINE)
    return _ROUND + most + (_SMALL if under else 0)


def cut(heights: Sequence[int], first: int, later: int, below: int = 0) -> list[tuple[int, int]]:
    """Return from where to where each slide shows rows of these heights, as even as they fit.

    ``first`` and ``later`` are the room of the first slide and of the others; ``below`` is kept free on the last. A row
    higher than a slide stands alone; a first slide without room for a row has none of them left over: it takes one.

    >>> cut([100] * 7, 400, 400)
    [(0, 4), (4, 7)]
    """
    if not heights:
        return []
    greedy = _filled(heights, first, later, below, len(heights))
    even = -(-len(heights) // len(greedy))
    for most in range(even, len(heights) + 1):
        found = _filled(heights, first, later, below, most)
        if len(found) == len(greedy):
            return found
    return greedy


def _filled(heights: Sequence[int], first: int, later: int, below: int, most: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = 0
    while start < len(heights):
        room = later if found else first
        stop = start + 1
        while stop < len(heights) and stop - start < most and sum(heights[start : stop + 1]) <= room:
            stop += 1
        if stop == len(heights) and stop - start > 1 and sum(heights[start:stop]) + below > room:
            stop -= 1
        found.append((start, stop))
        start = stop
    return found
