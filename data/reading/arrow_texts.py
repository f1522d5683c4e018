"""Columns of typed values as columns of text."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.reading.blocks import MAX_CELL_CHARACTERS, Block, in_blocks
from data.reading.flattening import text_of

#: Beyond it a float no longer tells whole numbers apart.
_LARGEST_WHOLE = 2.0**53


def number_text(number: float) -> str:
    """Return a number as it would be written: an id that was kept as a float has no decimals."""
    if number != number or number in {float("inf"), float("-inf")}:
        return ""
    return str(int(number)) if number.is_integer() and abs(number) < _LARGEST_WHOLE else repr(number)


def as_text(column: pa.Array) -> pa.Array:
    """Return a column as text without nulls: dates as in ISO 8601, lists and records as JSON."""
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind) or _is_text(kind):
        return pc.fill_null(column.cast(pa.string()), "")
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    return pa.array([_text(cell) for cell in column.to_pylist()], pa.string())


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return number_text(cell)
    if isinstance(cell, bytes):
        # Some programs write text as bytes; what is none, such as a photo, is left out.
        try:
            return cell.decode()
        except UnicodeDecodeError:
            return ""
    return cell.isoformat() if hasattr(cell, "isoformat") else text_of(cell)


def blocks_of(columns: list[pa.Array], first: int) -> Iterator[Block]:
    """Yield columns of text as blocks whose records count from ``first``; a cell that is too long is a fault."""
    length = len(columns[0]) if columns else 0
    block = Block(np.arange(first, first + length, dtype=np.int64), tuple(columns))
    if any((pc.max(pc.binary_length(column)).as_py() or 0) > MAX_CELL_CHARACTERS for column in columns):
        yield from in_blocks(block.rows(), len(columns))
    else:
        yield block
