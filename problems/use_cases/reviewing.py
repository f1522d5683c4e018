"""Reviewing what the records cannot say by themselves: default points and unmapped names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from problems.categories import FeedName, Meaning, Taxonomy, folded
from problems.clock import Clock, day_start
from problems.errors import InputRefused, NotFound, Stale
from problems.events import EventKind, Subject, event
from problems.feed_names import NAMES_FACT, Decision, all_rows, decisions, in_force, name_key
from problems.hot_spots import Pile, PileDecision
from problems.people import Principal, Role
from problems.store import NameUse, Store, Unit
from problems.use_cases.saving import require

#: Who may say what a name means.
MAY_MAP = (Role.COORDINATOR, Role.ADMIN)


def decide_pile(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    pile_id: int,
    decision: PileDecision,
    seen_version: int,
) -> Pile:
    """Say what many reports on one point are; the next refresh goes by it. Can be taken back.

    Raises
    ------
    NotAllowed
        When the principal is neither officer, coordinator nor administrator.
    NotFound
        When no such point is on the list.
    Stale
        When somebody else decided since ``seen_version``.
    """
    require(principal, "The point was not reviewed.", Role.OFFICER, Role.COORDINATOR, Role.ADMIN)
    with store.writing() as unit:
        for pile in store.piles():
            if pile.id == pile_id:
                break
        else:
            raise NotFound(f"There is no point {pile_id} under review.", "", "The list shows them all.")
        by = "" if decision is PileDecision.UNREVIEWED else principal.name
        saved = unit.save_pile_decision(replace(pile, decision=decision, decided_by=by), seen_version)
        unit.add_events(
            [
                event(
                    clock(),
                    principal,
                    Subject.DEFAULT_POINT,
                    pile.id,
                    EventKind.REVIEWED,
                    changes={"decision": str(decision)},
                    before={"decision": str(pile.decision)},
                    details={"lon_lat": list(pile.lon_lat), "reports": pile.reports},
                )
            ]
        )
    return saved


def map_name(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    source: str | None,
    name: str,
    code: str,
    taxonomy: Taxonomy,
    instead_of: str | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> int:
    """Say what ``name`` means: for every report that has it already, and for every later one.

    Spellings that differ in case, marks and spaces are one name. Reports that people gave a
    category by themselves keep it.

    Parameters
    ----------
    source
        The source whose name it is, or None for all of them.
    taxonomy
        The listed names, without what people decided one by one.
    instead_of
        The category that the name means so far: its reports change too. None for an unmapped name.
    valid_from, valid_to
        The first and the last day on which it means this; None for open ends.

    Returns
    -------
    int
        How many reports have another category now.

    Raises
    ------
    NotAllowed
        When the principal is neither coordinator nor administrator.
    InputRefused
        When the category does not exist or is the one that it means already, or the days are in the
        wrong order.
    NotFound
        When no unmapped report has this name.
    Stale
        When the name no longer means ``instead_of``.
    """
    asked = f"“{name}” was not mapped."
    require(principal, asked, *MAY_MAP)
    _check_meaning(asked, name, code, taxonomy, valid_from, valid_to)
    if code == instead_of:
        raise InputRefused(asked, "It means that already.", "To change the days, take it back and choose again.")
    row = FeedName(source or "*", name, code, valid_from, valid_to)
    with store.writing() as unit:
        decided = decisions(store.events(Subject.STORE))
        if instead_of is not None:
            _check_seen(asked, row, instead_of, taxonomy, decided)
        spans = [Meaning(valid_from, _after(valid_to), code)]
        names = _spellings(store, source, name, unmapped_only=instead_of is None)
        if instead_of is None and not _is_waiting(store, names):
            raise NotFound(asked, "No unmapped report has this name.", "It may have been mapped a moment ago.")
        was = {None, instead_of} - {code}
        mapped = _apply(unit, clock, names, was, spans)
        details = {"name": name, "source": source, "reports": mapped}
        days = {"valid_from": valid_from, "valid_to": valid_to}
        unit.add_events(
            [
                event(
                    clock(),
                    principal,
                    Subject.STORE,
                    0,
                    EventKind.REVIEWED,
                    changes={"category": code},
                    before={"category": instead_of},
                    details=details | {end: day.isoformat() for end, day in days.items() if day},
                )
            ]
        )
    return mapped


def unmap_name(
    store: Store, principal: Principal, clock: Clock, seed: int, *, source: str | None, name: str, taxonomy: Taxonomy
) -> int:
    """Take back what people decided about ``name``; return how many reports have another category now.

    It means again what the listed names say, mostly nothing: its reports wait in the queue again.

    Raises
    ------
    NotAllowed
        When the principal is neither coordinator nor administrator.
    NotFound
        When nothing was decided about this name.
    """
    asked = f"What “{name}” means was not taken back."
    require(principal, asked, *MAY_MAP)
    key = name_key(source or "*", name)
    with store.writing() as unit:
        decided = decisions(store.events(Subject.STORE))
        codes = {one.row.code for one in decided if one.key == key}
        if not codes:
            raise NotFound(asked, "Nothing is decided about it.", "It may have been taken back a moment ago.")
        left = in_force(taxonomy.categories.values(), all_rows(taxonomy), [one for one in decided if one.key != key])
        names = _spellings(store, source, name)
        changed = sum(
            _apply(unit, clock, [(of, spelt)], {code}, left.meanings(of, spelt))
            for of, spelt in names
            for code in codes
        )
        unit.add_events(
            [
                event(
                    clock(),
                    principal,
                    Subject.STORE,
                    0,
                    EventKind.REVIEWED,
                    changes={"category": None},
                    before={"category": min(codes)},
                    details={"name": name, "source": source, "reports": changed},
                )
            ]
        )
    return changed


def leave_name(
    store: Store, principal: Principal, clock: Clock, seed: int, *, source: str, name: str, later: bool = True
) -> None:
    """Leave a name for later, or take it up again: it stays unmapped, at the end of the queue.

    Raises
    ------
    NotAllowed
        When the principal is neither coordinator nor administrator.
    """
    require(principal, f"“{name}” stays where it is.", *MAY_MAP)
    with store.writing() as unit:
        details = {"name": name, "source": source, "later": later}
        unit.add_events([event(clock(), principal, Subject.STORE, 0, EventKind.NOTED, details=details)])


@dataclass(frozen=True, slots=True)
class NamesChange:
    """What another list of names changes: names by kind of change, and reports kept already."""

    added: int
    changed: int
    removed: int
    reports: int

    @property
    def is_nothing(self) -> bool:
        """Tell whether both lists say the same."""
        return not (self.added or self.changed or self.removed)


def replace_names(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    text: str,
    names: Sequence[FeedName],
    taxonomy: Taxonomy,
    past_too: bool,
    dry_run: bool = False,
) -> NamesChange:
    """Put another list of names in place of the list and of all that people decided one by one.

    Parameters
    ----------
    text
        The list as it is kept; ``names`` are its rows. Empty goes back to the list of the program.
    taxonomy
        The listed names before, without what people decided one by one.
    past_too
        Give reports that are kept already the categories of the new list. Reports that people gave
        a category by themselves keep it.
    dry_run
        Count everything (the reports as with ``past_too``) and keep nothing.

    Raises
    ------
    NotAllowed
        When the principal is neither coordinator nor administrator.
    """
    require(principal, "The list of names was not changed.", *MAY_MAP)
    after = Taxonomy.build(taxonomy.categories.values(), names)
    try:
        with store.writing() as unit:
            decided = decisions(store.events(Subject.STORE))
            before = in_force(taxonomy.categories.values(), all_rows(taxonomy), decided)
            counted = NamesChange(*_compared(all_rows(before), names), reports=0)
            if past_too or dry_run:
                changed = sum(_follow(unit, clock, use, before, after) for use in store.names_in_use())
                counted = replace(counted, reports=changed)
            unit.set_fact(NAMES_FACT, text)
            told = {"added": counted.added, "changed": counted.changed, "removed": counted.removed}
            unit.add_events(
                [
                    event(
                        clock(),
                        principal,
                        Subject.STORE,
                        0,
                        EventKind.EDITED,
                        changes={NAMES_FACT: len(names)},
                        before={NAMES_FACT: len(all_rows(before))},
                        details={**told, "reports": counted.reports},
                    )
                ]
            )
            if dry_run:
                raise _DryRun
    except _DryRun:
        return counted
    return counted


class _DryRun(Exception):
    """Ends the unit of a dry run."""


def _follow(unit: Unit, clock: Clock, use: NameUse, before: Taxonomy, after: Taxonomy) -> int:
    """Give the reports of one name and category what the new list says; return how many changed."""
    if use.code is not None and use.code not in before.codes_of(use.source, use.name):
        return 0  # somebody chose it for these very reports
    spans = after.meanings(use.source, use.name)
    return _apply(unit, clock, [(use.source, use.name)], {use.code}, spans)


def _compared(before: Iterable[FeedName], after: Iterable[FeedName]) -> tuple[int, int, int]:
    old, new = _by_name(before), _by_name(after)
    changed = sum(1 for key in old.keys() & new.keys() if old[key] != new[key])
    return len(new.keys() - old.keys()), changed, len(old.keys() - new.keys())


def _by_name(rows: Iterable[FeedName]) -> dict[tuple[str, str], set[tuple[object, ...]]]:
    found: dict[tuple[str, str], set[tuple[object, ...]]] = {}
    for row in rows:
        found.setdefault(name_key(row.source, row.name), set()).add((row.code, row.valid_from, row.valid_to))
    return found


def _check_meaning(
    asked: str, name: str, code: str, taxonomy: Taxonomy, valid_from: date | None, valid_to: date | None
) -> None:
    if code not in taxonomy.categories:
        raise InputRefused(asked, f"There is no category “{code}”.", "Choose one from the list.")
    if name.strip().upper() in taxonomy.categories:
        raise InputRefused(asked, "It is the code of a category, which always means that category.")
    if valid_from and valid_to and valid_to < valid_from:
        raise InputRefused(asked, "The last day is before the first.", "Change one of the days, or leave both empty.")


def _check_seen(asked: str, row: FeedName, seen: str, taxonomy: Taxonomy, decided: Sequence[Decision]) -> None:
    now = in_force(taxonomy.categories.values(), all_rows(taxonomy), decided).codes_of(row.source, row.name)
    if seen not in now:
        last = next((one for one in decided if one.key == name_key(row.source, row.name)), None)
        raise Stale(
            asked,
            "Somebody changed what it means in the meantime.",
            "Look at the list again, then decide.",
            changed_by=last.by_name if last else "",
        )


def _spellings(store: Store, source: str | None, name: str, *, unmapped_only: bool = False) -> list[tuple[str, str]]:
    """Return (source, name) of every spelling of a name in use, by reports of undone imports too.

    These come back when the file is imported again, and have to mean then what the others mean.
    """
    uses = [use for use in store.names_in_use() if use.code is None or not unmapped_only]
    used = [(use.source, use.name) for use in uses]
    wanted = folded(name)
    return sorted({(of, spelt) for of, spelt in used if folded(spelt) == wanted and source in (None, of)})


def _is_waiting(store: Store, names: Sequence[tuple[str, str]]) -> bool:
    """Tell whether any of these names waits in the queue."""
    return not {(of, spelt) for of, spelt, _ in store.unmapped_names()}.isdisjoint(names)


def _apply(
    unit: Unit,
    clock: Clock,
    names: Iterable[tuple[str, str]],
    was: Iterable[str | None],
    spans: Sequence[Meaning],
) -> int:
    """Give the reports of ``names`` that have a category of ``was`` what they mean; return how many changed."""
    zone = clock().tzinfo or UTC
    changed = 0
    for source, name in names:
        for before in was:
            for span in spans:
                if span.code != before:
                    since: datetime | None = day_start(span.since, zone) if span.since else None
                    until: datetime | None = day_start(span.until, zone) if span.until else None
                    changed += unit.map_category(source, name, span.code, was=before, since=since, until=until)
    return changed


def _after(day: date | None) -> date | None:
    return day + timedelta(days=1) if day else None
