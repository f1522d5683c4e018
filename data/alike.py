"""How much the words of two reports agree."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process


def likeness(these: Sequence[str], those: Sequence[str]) -> npt.NDArray[np.float64]:
    """Return how much each of ``these`` (n,) says what its counterpart of ``those`` (n,) says.

    Words count whatever their order and case, and a text that is part of a longer one agrees with it.

    Returns
    -------
    ndarray, shape (n,), float64
        From 0 (nothing in common) to 1; 0 where one of the two is empty.

    Examples
    --------
    >>> likeness(["Mill Lane 4, lamp is out", ""], ["Lamp out, 4 Mill Lane", "x"]).tolist()
    [1.0, 0.0]
    """
    if len(these) != len(those):
        raise ValueError(f"{len(these)} texts cannot be compared with {len(those)}, one by one")
    if not these:
        return np.zeros(0)
    one, other = ([_words(text) for text in texts] for texts in (these, those))
    return np.asarray(process.cpdist(one, other, scorer=fuzz.token_set_ratio), dtype=np.float64) / 100.0


def _words(text: str) -> str:
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text.casefold()).split())
