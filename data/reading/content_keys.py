"""Identities for rows of tables that have none: made from the content, and numbered where it repeats."""

from collections.abc import Callable
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from problems.report_columns import Floats, Ints, Objects, moment_of
from problems.seen_keys import SeenKeys

_START = "content-"
_DIGEST_BYTES = 12
_KEY_LENGTH = len(_START) + 2 * _DIGEST_BYTES


class ContentKeys:
    """Makes the keys of one table. What repeats is found by 8 bytes a row, so that millions of rows fit."""

    def __init__(self) -> None:
        self._seen = SeenKeys()

    def fill(
        self,
        ids: Objects,
        reported_at: Ints,
        lon_lat: Callable[[Ints], Floats],
        names: Objects,
        texts: Objects,
        addresses: Objects,
    ) -> Objects:
        """Return ``ids`` with a key wherever there is none.

        Parameters
        ----------
        lon_lat
            Returns what the rows at these places (m,) themselves say of where they lie, (m, 2) in degrees.
        """
        missing = np.flatnonzero(np.equal(ids, "").astype(np.bool_))
        if not len(missing):
            return ids
        digests = [
            _digest(*row)
            for row in zip(
                reported_at[missing].tolist(),
                lon_lat(missing).tolist(),
                names[missing].tolist(),
                texts[missing].tolist(),
                addresses[missing].tolist(),
                strict=True,
            )
        ]
        filled: Objects = ids.copy()
        numbers = self._numbers(digests)
        for place, digest, again in zip(missing.tolist(), digests, numbers.tolist(), strict=True):
            filled[place] = f"{_START}{digest.hex()}-{again}"
        return filled

    def _numbers(self, digests: list[bytes]) -> npt.NDArray[np.int64]:
        """Return for each digest how many times it has come by now, 1 for the first."""
        keys = np.frombuffer(b"".join(digest[:8] for digest in digests), dtype="<i8").astype(np.int64)
        _found, before = self._seen.find(keys)
        different, first, which, counts = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
        self._seen.put(different, before[first] + counts)
        if len(different) == len(keys):
            return before + 1
        # Within this stretch, equal keys stand in their order after a stable sort.
        order = np.argsort(which, kind="stable")
        starts = np.repeat(np.cumsum(counts) - counts, counts)
        turns = np.empty(len(keys), dtype=np.int64)
        turns[order] = np.arange(len(keys)) - starts
        return before + turns + 1


def numbered_key(own: str) -> tuple[str, int] | None:
    """Return a key that was made here without its number, and the number; None for an id of another kind."""
    if not own.startswith(_START):
        return None
    key, _, number = own.rpartition("-")
    return (key, int(number)) if len(key) == _KEY_LENGTH and number.isdecimal() and number.isascii() else None


def _digest(reported_us: int, lon_lat: list[float], name: str, text: str, address: str) -> bytes:
    moment = moment_of(reported_us)
    place = None if lon_lat[0] != lon_lat[0] else tuple(lon_lat)
    content = repr((moment.isoformat() if moment else "", place, name, text, address)).encode()
    return blake2b(content, digest_size=_DIGEST_BYTES).digest()
