"""Reading ahead gives the same parts, stops when nobody takes them, and hides no error."""

import threading
from collections.abc import Iterator

import pytest

from data.reading.ahead import read_ahead


def test_the_parts_come_in_their_order() -> None:
    with read_ahead(iter(range(1_000))) as parts:
        assert list(parts) == list(range(1_000))


def test_an_error_is_raised_after_the_parts_before_it() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("torn page")

    taken: list[int] = []
    with pytest.raises(ValueError, match="torn page"), read_ahead(broken()) as parts:
        taken.extend(parts)
    assert taken == [1]


def test_nothing_is_made_after_the_block_although_parts_are_left() -> None:
    made: list[int] = []

    def endless() -> Iterator[int]:
        while True:
            made.append(len(made))
            yield made[-1]

    with read_ahead(endless()) as parts:
        assert next(parts) == 0
    count = len(made)
    assert "reading ahead" not in {thread.name for thread in threading.enumerate()}
    assert len(made) == count < 10
