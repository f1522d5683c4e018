"""How single values are kept: one kind of column for each kind of value, on every database.

Instants are whole microseconds since 1970 in UTC, days are ISO text, words of a fixed list are
their text, long lists of ids are packed. Each is one decorator, so that no query ever converts.
"""

# ruff: noqa: ARG002 - SQLAlchemy hands every decorator the dialect; none of these needs it
import zlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

import numpy as np
from sqlalchemy import JSON, BigInteger, Integer, LargeBinary, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from problems.actions import Step
from problems.reports import ReportFlag

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECONDS = 1_000_000

#: SQLite numbers rows by itself only in a column that is declared INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")


def microseconds(moment: datetime) -> int:
    """Return whole microseconds since 1970 UTC; a moment without a zone is a bug and is refused."""
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * MICROSECONDS + since.microseconds


def plain(text: str) -> str:
    """Return ``text`` as every database can keep it: no NUL, no half of a surrogate pair."""
    if text.isascii() and "\x00" not in text:
        return text
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


class Instant(TypeDecorator[datetime]):
    """A moment, kept as microseconds since 1970 UTC, given back as aware UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn an aware moment into its number."""
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Turn the number back into a moment."""
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Day(TypeDecorator[date]):
    """A calendar day, kept as ISO text: it sorts and compares as a day does."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """Turn a day into text."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        """Turn the text back into a day."""
        return None if value is None else date.fromisoformat(value)


class Words(TypeDecorator[str]):
    """Free text as people and feeds write it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace what a database would refuse or cut."""
        return None if value is None else plain(value)


class Code(TypeDecorator[StrEnum]):
    """A word of a fixed list, such as a status."""

    impl = String(32)
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words
        # Looked up: calling the list takes five times as long, and every row has some.
        self._texts: dict[str, str] = {word: word.value for word in words}
        self._words = {word.value: word for word in words}

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        """Turn the word into its text; a word that is not in the list is a bug."""
        if value is None:
            return None
        return self._texts.get(value) or self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """Turn the text back into the word."""
        if value is None:
            return None
        return self._words.get(value) or self.words(value)


class Flags(TypeDecorator[ReportFlag]):
    """What is odd about a report, kept as one whole number."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """Turn the flags into their number."""
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> ReportFlag | None:
        """Turn the number back into flags."""
        return None if value is None else ReportFlag(value)


class PackedIds(TypeDecorator[tuple[int, ...]]):
    """Many ids, kept as compressed little-endian 64-bit numbers (a hot spot may have thousands)."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Iterable[int] | None, dialect: Dialect) -> bytes | None:
        """Pack the ids."""
        if value is None:
            return None
        return zlib.compress(np.asarray(tuple(value), dtype="<i8").tobytes())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> tuple[int, ...] | None:
        """Unpack the ids."""
        if value is None:
            return None
        return tuple(np.frombuffer(zlib.decompress(value), dtype="<i8").tolist())


class ListedIds(TypeDecorator[tuple[int, ...]]):
    """A few ids, kept as a JSON list that can be read by eye."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Iterable[int] | None, dialect: Dialect) -> list[int] | None:
        """Turn the ids into a list."""
        return None if value is None else [int(one) for one in value]

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[int, ...] | None:
        """Turn the list back into ids."""
        return None if value is None else tuple(value)


class Steps(TypeDecorator[tuple[Step, ...]]):
    """A checklist, kept as a JSON list of (text, when ticked in ISO 8601 or null, by whom)."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Iterable[Step] | None, dialect: Dialect) -> list[list[str | None]] | None:
        """Turn the steps into a list."""
        if value is None:
            return None
        return [
            [plain(one.text), None if one.ticked_at is None else one.ticked_at.isoformat(), plain(one.ticked_by)]
            for one in value
        ]

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Step, ...] | None:
        """Turn the list back into steps."""
        if value is None:
            return None
        return tuple(Step(text, datetime.fromisoformat(at) if at else None, by) for text, at, by in value)
