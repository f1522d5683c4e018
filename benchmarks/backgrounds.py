"""Other things a place could be compared with: tried beside what Fixpoint uses (docs/decisions/0013).

*All categories* in the window say how busy a place is now; the *same category earlier* says what it always
had; a *blend* weighs the two as gamma distributions (Clayton and Kaldor 1987, Biometrics 43(3)).
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from geo.background import Background, weight_within
from geo.significance import upper_tail

Floats = npt.NDArray[np.float64]
#: Where fewer reference reports lie within the radius it is doubled until there are as many, four times at most.
ENOUGH, DOUBLED = 20.0, 4
MOST_CHANCE = 1e-4


def from_reference(at_xy_m: Floats, reference_xy_m: Floats, *, radius_m: float, scale: float) -> Background:
    """Return what is expected round every point, each reference report standing for ``scale`` reports."""
    count, times = np.zeros(len(at_xy_m)), np.ones(len(at_xy_m))
    few = np.arange(len(at_xy_m))
    for step in range(DOUBLED + 1):
        times[few] = 2.0**step
        count[few] = weight_within(at_xy_m[few], reference_xy_m, radius_m=radius_m * 2.0**step)
        few = few[count[few] < ENOUGH]
    return Background(count, scale / np.square(times), radius_m * times)


def blend(prior: Background, local: Background, *, prior_weight: float = 5.0) -> Background:
    """Return the local background, drawn towards a prior one that is worth ``prior_weight`` expected reports."""
    worth = prior_weight * prior.count / (prior_weight + prior.count)
    rate = 1.0 / local.factor + np.divide(worth, prior.expected, out=np.zeros(len(worth)), where=worth > 0.0)
    return Background(local.count + worth, 1.0 / rate, np.maximum(prior.radius_m, local.radius_m))


def core_test(background: Background, *, unsure: bool = False) -> Callable[[Floats], npt.NDArray[np.bool_]]:
    """Return the test by which a point is dense only where chance hardly brings as many."""
    error = background.expected_se if unsure else np.zeros(len(background.expected))

    def test(within: Floats) -> npt.NDArray[np.bool_]:
        dense: npt.NDArray[np.bool_] = upper_tail(within, background.expected, expected_se=error) < MOST_CHANCE
        return dense

    return test
