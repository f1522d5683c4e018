"""Gzip files, member after member; one that is made of countless members with next to nothing in them is refused."""

import io
import zlib
from pathlib import Path
from typing import BinaryIO, Final

from data.reading.formats import GZIP_MAGIC, asked_for
from problems.errors import InputRefused

#: Small, because what follows a member is copied for the next one.
_READ_BYTES: Final = 1 << 14
_WITH_HEADER: Final = 31
#: Programs that pack in parallel, and logs that are appended to, make members of some kilobytes.
_MEMBERS_CHECKED_FROM: Final = 1_000
_LEAST_PER_MEMBER: Final = 64


class Expanded(io.RawIOBase):
    """The bytes in a gzip file. Damage is told as EOFError or zlib.error."""

    def __init__(self, path: Path, raw: BinaryIO) -> None:
        self._path = path
        self._raw = raw
        self._packed = b""
        self._member = zlib.decompressobj(_WITH_HEADER)
        self._members = 1
        self._expanded = 0
        self._is_done = False

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, room: bytearray | memoryview, /) -> int:  # type: ignore[override]  # every buffer is one of these
        """Expand into ``room``; return how many bytes, 0 at the end."""
        while not self._is_done:
            if self._member.eof:
                self._next_member()
                continue
            self._packed = self._packed or self._raw.read(_READ_BYTES)
            if not self._packed:
                raise EOFError("the last member is cut off")
            told = self._member.decompress(self._packed, len(room))
            self._packed = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            if told:
                self._expanded += len(told)
                room[: len(told)] = told
                return len(told)
        return 0

    def _next_member(self) -> None:
        # Tapes fill up what follows with zeros.
        rest = self._packed.lstrip(b"\0")
        while not rest and (more := self._raw.read(_READ_BYTES)):
            rest = more.lstrip(b"\0")
        if not rest:
            self._is_done = True
            return
        rest += self._raw.read(1) if len(rest) == 1 else b""
        if not rest.startswith(GZIP_MAGIC):
            raise zlib.error("what follows is no member")
        self._packed = rest
        self._member = zlib.decompressobj(_WITH_HEADER)
        self._members += 1
        if self._members > _MEMBERS_CHECKED_FROM and self._expanded < _LEAST_PER_MEMBER * self._members:
            raise InputRefused(
                asked_for(self._path),
                f"It is made of more than {_MEMBERS_CHECKED_FROM:,} packed parts with next to nothing in them.",
                "Expand it yourself and import the table.",
            )
