"""The lists of reports behind the figures of a briefing, each by its name."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from problems.areas import AreaKind
from problems.briefing import scope as of
from problems.briefing import serving
from problems.briefing.scope import Mask, Scope
from problems.reports import ReportFlag

LISTS: Final[Mapping[str, Callable[[Scope], Mask]]] = {
    "received": of.received,
    "aside": of.aside,
    "closed": of.closed,
    "backlog": of.backlog,
    "instant": of.instant,
    "administrative": of.administrative,
    "unplaced": of.unplaced,
    "unmapped": of.unmapped,
    "to_tell": of.to_tell,
    "told": of.told,
    "answered": of.answered,
    "satisfied": of.satisfied,
    "reopened": of.reopened,
    "responded": serving.responded_in_week,
    "due_net": serving.due_net,
    "due_gross": serving.due_gross,
    "fix": serving.timed,
    "of_late": of.of_late,
}


def listed(scope: Scope, figure: str, of: str) -> list[int]:
    """Return the ids of the reports behind a figure.

    ``of`` narrows it: to a kind of report (``LGT``, ``LGT-OUT``), one in an area (``LGT@ward:3``), those with a flag
    (``#LATE``), or those that were given to an organisation (``+4``).

    Raises
    ------
    KeyError
        When there is no such list.
    """
    mask, own = LISTS[figure](scope), scope.reports.columns
    code, _, area = of.partition("@")
    if code.startswith("#"):
        mask = mask & ((own.flags & int(ReportFlag[code[1:]])) != 0)
    elif code.startswith("+"):
        mask = mask & (own.organisation == int(code[1:]))
    elif code:
        mask = mask & np.isin(own.leaf, [at for at, word in enumerate(own.words) if word.startswith(code)])
    if area:
        kind, _, number = area.partition(":")
        mask = mask & (getattr(own, str(AreaKind(kind))) == int(number))
    return [int(one) for one in own.ids[mask]]
