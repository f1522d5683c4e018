"""Numbers as feeds write them: one value, or a whole column to the same result."""

import math

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.reading.strings import Strings, as_strings, trimmed

#: What arrow casts for certain: digits with a decimal point at most.
_PLAIN = r"^-?[0-9]{1,15}(\.[0-9]{1,17})?$"


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
    numbers = _cast(pc.if_else(pc.equal(told, ""), pa.scalar(None, told.type), told))
    if numbers is not None:
        return numbers
    plain = pc.match_substring_regex(told, _PLAIN)
    numbers = _cast(pc.if_else(plain, told, pa.scalar(None, told.type)))
    if numbers is None:
        raise AssertionError("digits with a point can be cast")
    left = np.flatnonzero(pc.and_not(pc.not_equal(told, ""), plain).to_numpy(zero_copy_only=False))
    coded = told.take(left).dictionary_encode()
    read = [read_number(value) for value in coded.dictionary.to_pylist()]
    table = np.array([math.nan if number is None else number for number in read], dtype=np.float64)
    numbers[left] = table[coded.indices.to_numpy()]
    return numbers


def _cast(told: pa.Array) -> npt.NDArray[np.float64] | None:
    """Cast texts to numbers; None where one is no number that arrow reads. What it reads, float() reads alike."""
    try:
        cast: npt.NDArray[np.float64] = told.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    return np.where(np.isfinite(cast), cast, np.nan)
