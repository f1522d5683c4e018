"""How kernels are compiled, and the types that they share."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from numba import float64, int32, njit, types

from geo.arrays import Floats

Indices = npt.NDArray[np.int32]
# Order of the points; x and y of the places; first point of each place (and the end), first place
# of each cell (and the end), column of each cell, first cell of each row (and the end).
Layout = tuple[Indices, Floats, Floats, Indices, Indices, Indices, Indices]
# Smallest x and y, width of a cell, height of a row.
Frame = tuple[float, float, float, float]

FLOATS, INTS, MASK = float64[::1], int32[::1], types.boolean[::1]
READ_FLOATS = types.Array(float64, 1, "C", readonly=True)
READ_POINTS = types.Array(float64, 2, "C", readonly=True)
LAYOUT = types.Tuple((INTS, FLOATS, FLOATS, INTS, INTS, INTS, INTS))
FRAME = types.UniTuple(float64, 4)

_Function = TypeVar("_Function", bound=Callable[..., Any])


def part(function: _Function) -> _Function:
    """Mark what kernels of the same file call; it is compiled with them."""
    made: Any = njit(error_model="numpy")(function)
    answer: _Function = made
    return answer


def compiled(signature: Any) -> Callable[[_Function], _Function]:
    """Compile now, for these types only, and keep the result where a folder can be written.

    Whatever a kernel calls must be in its own file: numba only looks at that file to see whether
    what it kept is still true.
    """

    def compile_now(function: _Function) -> _Function:
        made: Any
        try:
            made = njit(signature, nogil=True, error_model="numpy", cache=True)(function)
        except (RuntimeError, OSError):
            # No folder for the cache (a read-only install and no home), or no room in it.
            made = njit(signature, nogil=True, error_model="numpy")(function)
        answer: _Function = made
        return answer

    return compile_now
