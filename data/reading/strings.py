"""A column of text as one array, and the words with which exports write that nothing is there."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

#: Read as empty where a date or a number is wanted, and never in text: “None” may be a street.
MISSING_WORDS = frozenset({"", "-", "--", "n/a", "na", "#n/a", "nan", "nat", "null", "none", "nil", "<null>", "(null)"})
_LONGEST_MISSING = max(map(len, MISSING_WORDS))

#: A column: an arrow array of text, whole or in chunks or as a dictionary, or any sequence of text and None.
Strings: TypeAlias = pa.Array | pa.ChunkedArray | Sequence[str | None] | npt.NDArray[Any]


def is_missing(value: str) -> bool:
    """Tell whether ``value`` says that no date or no number is there: empty, “N/A”, “NULL”, “-”, “NaN”."""
    value = value.strip()
    return len(value) <= _LONGEST_MISSING and value.casefold() in MISSING_WORDS


def as_strings(values: Strings) -> pa.Array:
    """Return a column as one arrow array of strings without nulls: nothing becomes the empty string."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if not isinstance(values, pa.Array):
        told = values.tolist() if isinstance(values, np.ndarray) else values
        values = pa.array([value or "" for value in told], type=pa.large_string())
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if values.type != pa.large_string():
        values = values.cast(pa.large_string())
    return pc.fill_null(values, "") if values.null_count else values


def trimmed(values: pa.Array) -> pa.Array:
    """Return an array of strings without the plain white space round each; rare kinds of it may be left."""
    return pc.ascii_trim_whitespace(values)


def bytes_of(values: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """Return (offsets, bytes) of an array of large strings: value i is ``bytes[offsets[i]:offsets[i + 1]]``."""
    _validity, offsets, letters = values.buffers()
    if len(values) == 0 or letters is None:
        return np.zeros(len(values) + 1, dtype=np.int64), np.zeros(0, dtype=np.uint8)
    told = np.frombuffer(offsets, dtype=np.int64)[values.offset : values.offset + len(values) + 1]
    return told, np.frombuffer(letters, dtype=np.uint8)
