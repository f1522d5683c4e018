"""What the inbox is limited to: every choice is in the address, so that a list can be shared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard.parts.desk import Desk
from dashboard.parts.reports_table import taxonomy
from problems.areas import AreaKind
from problems.categories import Group
from problems.inbox import WAITING, Asked, Clocks, Order, Sight
from problems.reports import ReportStatus
from problems.targets import Lateness

ANY: Final = "All"
OPEN: Final = "Open"
UNCHECKED: Final = "Said to be fixed, not checked"
NO_CATEGORY: Final = "Without a category"
NOBODY: Final = "Nobody yet"
LATE, VERY_LATE, WAITING_FOR = "Late", "Over three times late", "Waiting for somebody else"


def key(name: str) -> str:
    """Return the name under which a choice is in the address."""
    return f"inbox_{name}"


@dataclass(frozen=True)
class Chosen:
    """What was chosen: what the store is asked, what is kept of the answer, and in which order."""

    asked: Asked
    order: Order
    state: str = ANY

    def keeps(self, held: Clocks) -> npt.NDArray[np.bool_]:
        """Return which of the reports that the store named are shown."""
        if self.state in (LATE, VERY_LATE):
            least = Lateness.LATE if self.state == LATE else Lateness.VERY_LATE
            return np.asarray(held.lateness >= least)
        return np.ones(len(held.late), dtype=np.bool_)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the open reports of everybody is asked for."""
        everything = Asked(statuses=frozenset(WAITING), in_text=self.asked.in_text)
        return self.asked != everything or self.state != ANY


def ask(desk: Desk, sight: Sight) -> Chosen:
    """Draw the filters and return what is chosen."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="list-filters"):
        words = st.text_input(
            "Find", key=key("find"), bind="query-params", width=160, placeholder="Number, street, word"
        )
        status = _choice("Status", _statuses(), "status", width=190)
        category = _choice("Category", _categories(), "category", width=190)
        area = _choice("Area", _areas(desk), "area", width=140)
        state = st.selectbox(
            "How it stands", [ANY, LATE, VERY_LATE, WAITING_FOR], key=key("state"), bind="query-params", width=145
        )
        assigned = _choice("Given to", _assigned(desk), "assigned", width=145) if sight is Sight.ALL else _same
        source = _choice("Source", _sources(desk), "source", width=110)
        orders = {order.label: order for order in Order}
        chosen = st.selectbox("Order", list(orders), key=key("order"), bind="query-params", width=145)
    asked = Asked(words=words or "", waiting=True if state == WAITING_FOR else None)
    for limit in (status, category, area, assigned, source):
        asked = limit(asked)
    return Chosen(asked, orders.get(chosen or "", Order.LATE), state or ANY)


_Limit = Callable[[Asked], Asked]


def _same(asked: Asked) -> Asked:
    return asked


def _choice(label: str, choices: Mapping[str, _Limit], name: str, *, width: int) -> _Limit:
    chosen = st.selectbox(label, list(choices), key=key(name), bind="query-params", width=width)
    return choices.get(chosen or "", _same)


def _with(**changes: object) -> _Limit:
    return lambda asked: replace(asked, **changes)  # type: ignore[arg-type] # each names a field of what is asked


def _statuses() -> dict[str, _Limit]:
    found: dict[str, _Limit] = {OPEN: _with(statuses=frozenset(WAITING))}
    found |= {status.label: _with(statuses=frozenset({status})) for status in WAITING}
    found[UNCHECKED] = _with(statuses=frozenset({ReportStatus.RESOLVED}))
    ended = [status for status in ReportStatus if not status.is_open and status is not ReportStatus.RESOLVED]
    found |= {status.label: _with(statuses=frozenset({status})) for status in ended}
    return found | {ANY: _same}


def _categories() -> dict[str, _Limit]:
    found: dict[str, _Limit] = {ANY: _same}
    leaves = taxonomy().categories.values()
    for group in Group:
        found[group.label] = _with(group=group)
        found |= {f"{group.label}: {leaf.name}": _with(category=leaf.code) for leaf in leaves if leaf.group is group}
    return found | {NO_CATEGORY: _with(unmapped=True)}


def _areas(desk: Desk) -> dict[str, _Limit]:
    known = desk.store.areas()
    kinds = [AreaKind.WARD, *(kind for kind in AreaKind if kind is not AreaKind.WARD)]
    found: dict[str, _Limit] = {ANY: _same}
    for kind in kinds:
        found |= {f"{kind.label}: {area.name}": _with(area=(kind, area.id)) for area in known if area.kind is kind}
    return found


def _assigned(desk: Desk) -> dict[str, _Limit]:
    own = {each.name: _with(organisation_id=each.id) for each in desk.organisations}
    return {ANY: _same, NOBODY: _with(assigned=False), **own}


def _sources(desk: Desk) -> dict[str, _Limit]:
    return {ANY: _same, **{name: _with(source=name) for name in desk.store.report_sources()}}
