"""Categories as they were: what people decided later about the names that feeds use is taken back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from problems.categories import folded
from problems.events import Event, EventKind
from problems.store import Store
from problems.then.changes import ReportChange

#: The list of names of a whole deployment was replaced, and its reports followed: that cannot be taken back.
LIST_REPLACED: Final = "The list of category names was replaced later: categories are those of the new list."


def categories_then(store: Store, changes: Sequence[ReportChange], told: Iterable[Event]) -> dict[int, str | None]:
    """Return the category that reports had before ``changes`` and the events ``told`` about names, where it is known.

    Parameters
    ----------
    changes, told
        What was kept later; only the reports that either is about are in the answer.
    """
    named = [one for one in told if _is_about_a_name(one)]
    if not named:
        return {}
    tracked: dict[int, str | None] = {}
    own = sorted({one.report_id for one in changes if "category" in one.before})
    names = {one.id: (one.source, folded(one.category_name)) for one in store.reports(own)}
    # Backwards, so that each step finds the categories that it left behind.
    steps: list[ReportChange | Event] = sorted([*changes, *named], key=lambda one: -one.id)
    for one in steps:
        if isinstance(one, ReportChange):
            if "category" in one.before:
                tracked[one.report_id] = one.before["category"]
            continue
        for number in _of_name(store, one, tracked, names):
            tracked[number] = _text(one.before.get("category"))
    return tracked


def lists_replaced(told: Iterable[Event]) -> bool:
    """Tell whether the whole list of names was replaced, and reports that were kept already followed it."""
    return any(one.kind is EventKind.EDITED and int(str(one.details.get("reports", 0))) > 0 for one in told)


def _is_about_a_name(one: Event) -> bool:
    return one.kind is EventKind.REVIEWED and "name" in one.details and "category" in one.changes


def _of_name(
    store: Store, one: Event, tracked: Mapping[int, str | None], names: dict[int, tuple[str, str]]
) -> list[int]:
    """Return the reports of the name that had the category which the event gave them, at the time it was kept."""
    source, name = _text(one.details.get("source")), folded(str(one.details["name"]))
    now = _text(one.changes["category"])
    found = [number for number, has in tracked.items() if has == now and _fits(names.get(number), source, name)]
    for spelt in _spellings(store, str(one.details["name"])):
        for number in store.named_reports(source, spelt, now):
            if number not in tracked:
                found.append(number)
                names.setdefault(number, (source or "", name))
    return found


def _fits(known: tuple[str, str] | None, source: str | None, name: str) -> bool:
    return known is not None and known[1] == name and (source is None or known[0] in ("", source))


def _text(value: Any) -> str | None:
    return str(value) if value else None


def _spellings(store: Store, name: str) -> list[str]:
    wanted = folded(name)
    return sorted({use.name for use in store.names_in_use() if folded(use.name) == wanted} | {name})
