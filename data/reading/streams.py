"""Bytes of a file for a parser that keeps one record in memory at a time; runs in the child process."""

from collections.abc import Callable
from typing import BinaryIO, Final

from problems.errors import InputRefused

MAX_RECORD_BYTES: Final = 32 << 20
#: The time to read a whole number grows with the square of its digits: longer ones would hold up everything.
MAX_DIGITS: Final = 4_300
_ANY_DIGIT: Final = bytes.maketrans(b"0123456789", b"0000000000")
_TOO_LONG: Final = b"0" * (MAX_DIGITS + 1)


def has_long_number(told: bytes) -> bool:
    """Tell whether more digits than :data:`MAX_DIGITS` stand in a row."""
    return len(told) > MAX_DIGITS and _TOO_LONG in told.translate(_ANY_DIGIT)


class RecordStream:
    """A file that refuses to be read on where a record never ends, or a number; ``on_read`` hears of every reading."""

    def __init__(self, stream: BinaryIO, on_read: Callable[[], None]) -> None:
        self._stream = stream
        self._on_read = on_read
        self._since = 0
        self._end = b""

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; called by the parser."""
        self._on_read()
        told = self._stream.read(size)
        self._since += len(told)
        if self._since > MAX_RECORD_BYTES:
            raise InputRefused(
                "", f"One of its records is larger than {MAX_RECORD_BYTES >> 20} MB, or never ends.", "Export it again."
            )
        seen = self._end + told
        if has_long_number(seen):
            raise InputRefused("", f"One of its numbers has more than {MAX_DIGITS:,} digits.", "Export it again.")
        self._end = seen[-MAX_DIGITS:]
        return told

    def tell(self) -> int:
        """Return how many bytes were read."""
        return self._stream.tell()

    def next_record(self) -> None:
        """Take note that a record has ended."""
        self._since = 0
