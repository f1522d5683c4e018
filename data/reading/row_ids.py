"""The ids that rows bring along: what stands for none, and how any other is kept without loss."""

from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.reading.strings import MISSING_WORDS, bytes_of
from problems.report_columns import Objects

_LONGEST = 300
#: Of an id that cannot be kept as it stands, so many characters stay readable before its digest.
_READABLE = 267
_DIGEST_BYTES = 16
#: With which exports write that a row has no number, besides the words for no date and no number.
_NO_IDS = frozenset(
    {
        *("---", "?", "n.a.", "n\\a", "unknown", "unknown id", "not known", "unassigned", "not assigned"),
        *("not available", "not applicable", "not recorded", "not given", "none given", "no number", "no reference"),
        *("tbc", "tbd", "tba", "pending", "blank", "empty", "undefined", "missing", "(blank)", "(empty)", "[null]"),
    }
)
_NO_ID_WORDS = pa.array(sorted(_NO_IDS | MISSING_WORDS), pa.large_string())
_STROKES_ALONE = r"^[-–—_.]*$"


def read_ids(values: pa.Array) -> Objects:
    """Return the id of each row, "" where it has none; different ids stay different, whatever is in them.

    None is an empty cell, one with strokes alone, and words such as “N/A”, “NULL”, “unknown” or “TBC”.
    “0” is an id: whatever may count something is one. An id that is too long for the store, or holds
    what no database keeps, is its readable beginning with a digest of the whole.

    Parameters
    ----------
    values : large strings without nulls, n of them, without plain white space around
    """
    offsets, letters = bytes_of(values)
    ids: Objects = values.to_numpy(zero_copy_only=False).copy()
    words = pc.utf8_lower(pc.utf8_trim_whitespace(values))
    none = pc.or_(pc.is_in(words, _NO_ID_WORDS), pc.match_substring_regex(words, _STROKES_ALONE))
    odd = np.diff(offsets) > _LONGEST
    if not letters.all():
        odd |= pc.match_substring(values, "\0").to_numpy(zero_copy_only=False)
    for place in np.flatnonzero(odd).tolist():
        ids[place] = _kept(ids[place])
    ids[none.to_numpy(zero_copy_only=False)] = ""
    return ids


def _kept(value: str) -> str:
    if len(value) <= _LONGEST and "\0" not in value:
        return value
    start = value[:_READABLE].replace("\0", "\ufffd")
    return f"{start}~{blake2b(value.encode(), digest_size=_DIGEST_BYTES).hexdigest()}"
