"""Which keys came by already: millions of them in sixteen bytes each."""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


class SeenKeys:
    """Numbers with a value each. Kept sorted in a few stretches, each at least twice as long as the next."""

    def __init__(self) -> None:
        self._stretches: list[tuple[Ints, Ints]] = []

    def __len__(self) -> int:
        """Return how many different keys there are, at most: one may stand in two stretches."""
        return sum(len(keys) for keys, _ in self._stretches)

    def find(self, keys: Ints) -> tuple[npt.NDArray[np.bool_], Ints]:
        """Return which of ``keys`` (n,) were put in, and the latest value of each (0 where not)."""
        found = np.zeros(len(keys), dtype=np.bool_)
        values = np.zeros(len(keys), dtype=np.int64)
        for kept, kept_values in self._stretches:
            place = np.minimum(np.searchsorted(kept, keys), len(kept) - 1)
            here = kept[place] == keys
            values[here] = kept_values[place[here]]
            found |= here
        return found, values

    def put(self, keys: Ints, values: Ints | None = None) -> None:
        """Put in ``keys`` (n,) with their values, 0 without any, in place of older ones.

        Of equal keys among them, the first holds.
        """
        if not len(keys):
            return
        told = np.zeros(len(keys), dtype=np.int64) if values is None else values
        order = np.argsort(keys, kind="stable")
        self._stretches.append((keys[order], told[order]))
        while len(self._stretches) > 1 and 2 * len(self._stretches[-1][0]) > len(self._stretches[-2][0]):
            newer, older = self._stretches.pop(), self._stretches.pop()
            self._stretches.append(_merged(newer, older))


def _merged(newer: tuple[Ints, Ints], older: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    keys = np.concatenate([newer[0], older[0]])
    # Stable, so that the newer of two equal keys stands first.
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    first = np.ones(len(keys), dtype=np.bool_)
    first[1:] = keys[1:] != keys[:-1]
    return keys[first], np.concatenate([newer[1], older[1]])[order][first]
