"""Bytes of a file for a parser that keeps one record in memory at a time; runs in the child process."""

from collections.abc import Callable
from typing import BinaryIO, Final

from problems.errors import InputRefused

MAX_RECORD_BYTES: Final = 32 << 20


class RecordStream:
    """A file that refuses to be read on where a single record never ends; ``on_read`` hears of every reading."""

    def __init__(self, stream: BinaryIO, on_read: Callable[[], None]) -> None:
        self._stream = stream
        self._on_read = on_read
        self._since = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; called by the parser."""
        self._on_read()
        told = self._stream.read(size)
        self._since += len(told)
        if self._since > MAX_RECORD_BYTES:
            raise InputRefused(
                "", f"One of its records is larger than {MAX_RECORD_BYTES >> 20} MB, or never ends.", "Export it again."
            )
        return told

    def tell(self) -> int:
        """Return how many bytes were read."""
        return self._stream.tell()

    def next_record(self) -> None:
        """Take note that a record has ended."""
        self._since = 0
