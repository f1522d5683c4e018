"""Numbers as feeds write them: one value, or a whole column to the same result."""

import math
import re
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.reading.strings import Strings, as_strings, trimmed

#: What arrow casts for certain: digits with a decimal point at most.
_PLAIN = r"^-?[0-9]{1,15}(\.[0-9]{1,17})?$"
#: Numbers with a mark between their thousands.
_GROUPED = {
    ",": re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"),
    ".": re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?"),
}


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


def grouping_of(values: Iterable[str]) -> str:
    """Return the mark between the thousands of a column of large numbers: a comma, a point, or nothing.

    Only where every value is written with it. Three digits after a mark may as well be decimals, so this is
    for numbers that can be nothing but thousands, such as metres and feet.

    Examples
    --------
    >>> grouping_of(["530,076", "1,012,345.6"]), grouping_of(["530.076,5"]), grouping_of(["530,076", "0,5"])
    (',', '.', '')
    """
    marks = set(_GROUPED)
    for value in values:
        marks = {mark for mark in marks if _GROUPED[mark].fullmatch(value.strip())}
        if not marks:
            break
    return marks.pop() if len(marks) == 1 else ""


def read_grouped(values: Strings, mark: str) -> npt.NDArray[np.float64]:
    """Read a column of numbers, as :func:`read_numbers`, with ``mark`` between the thousands of some.

    What is not written with it is read as it stands.
    """
    if not mark:
        return read_numbers(values)
    told = trimmed(as_strings(values))
    plain = pc.replace_substring(pc.replace_substring(told, mark, ""), ",", ".")
    return read_numbers(pc.if_else(pc.match_substring_regex(told, f"^(?:{_GROUPED[mark].pattern})$"), plain, told))


def _cast(told: pa.Array) -> npt.NDArray[np.float64] | None:
    """Cast texts to numbers; None where one is no number that arrow reads. What it reads, float() reads alike."""
    try:
        cast: npt.NDArray[np.float64] = told.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    return np.where(np.isfinite(cast), cast, np.nan)
