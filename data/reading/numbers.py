"""Numbers as feeds write them: one value, or a whole column to the same result."""

import math

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.reading.strings import Strings, as_strings, trimmed

#: What the fast path reads: digits with a decimal point at most.
_PLAIN = r"^-?\d{1,15}(\.\d{1,17})?$"


def read_number(value: str) -> float | None:
    """Return ``value`` as a finite number, with a point or a comma before the decimals, or None."""
    value = value.strip()
    if "," in value and "." not in value and value.count(",") == 1:
        value = value.replace(",", ".")
    # float() also reads inf, nan and, with underscores, names that are no number.
    if not value or value[-1] not in "0123456789." or "_" in value:
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def read_numbers(values: Strings) -> npt.NDArray[np.float64]:
    """Read a column of numbers.

    Parameters
    ----------
    values
        Text, n values.

    Returns
    -------
    ndarray, shape (n,), float64
        NaN for what :func:`read_number` does not read, empty cells among them.
    """
    told = trimmed(as_strings(values))
    plain = pc.match_substring_regex(told, _PLAIN)
    numbers: npt.NDArray[np.float64] = (
        pc.if_else(plain, told, pa.scalar(None, told.type)).cast(pa.float64()).to_numpy(zero_copy_only=False).copy()
    )
    left = np.flatnonzero(pc.and_not(pc.not_equal(told, ""), plain).to_numpy(zero_copy_only=False))
    if len(left):
        coded = told.take(left).dictionary_encode()
        read = [read_number(value) for value in coded.dictionary.to_pylist()]
        table = np.array([math.nan if number is None else number for number in read], dtype=np.float64)
        numbers[left] = table[coded.indices.to_numpy()]
    return numbers
