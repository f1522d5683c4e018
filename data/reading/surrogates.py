"""Halves of characters in JSON, which no text can hold: written out, so that different ids stay different."""

import re
from collections.abc import Callable
from typing import BinaryIO, Final

from data.reading.streams import RecordStream

#: So many times a little more is read to come to the end of an escape.
_MOST_STEPS: Final = 64
_STEP_BYTES: Final = 64
#: No escape of JSON, a pair of halves at most, is as long.
_ESCAPE_BYTES: Final = 12
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
#: A pair, a half alone, or any other escape: read from left to right, a backslash is never taken for the next one’s.
_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\(u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.", re.DOTALL
)


def written_out(told: bytes) -> bytes:
    r"""Return JSON in which the half of a character alone is the six characters of its escape.

    Parameters
    ----------
    told
        Begins and ends outside of escapes.

    Examples
    --------
    >>> written_out(rb'"A\ud800 \ud83d\ude00 \\ud800"')
    b'"A\\\\ud800 \\ud83d\\ude00 \\\\ud800"'
    """
    if _HALF.search(told) is None:
        return told
    return _ESCAPE.sub(lambda found: rb"\\" + found[1] if found[1] else found[0], told)


class JsonStream(RecordStream):
    """JSON in which halves of characters are written out; the parser would read each of them as “?”."""

    def __init__(self, stream: BinaryIO, on_read: Callable[[], None]) -> None:
        super().__init__(stream, on_read)
        self._begins_whole = True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, a few more than ``size`` where an escape would be cut in two."""
        told = super().read(size)
        steps = 0
        while b"\\" in told[-_ESCAPE_BYTES:] and steps < _MOST_STEPS and (more := super().read(_STEP_BYTES)):
            told += more
            steps += 1
        # Where an escape may be cut all the same, the bytes are left as they are.
        begins_whole, self._begins_whole = self._begins_whole, steps < _MOST_STEPS
        return written_out(told) if begins_whole and self._begins_whole else told
