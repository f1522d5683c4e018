"""Many people who edit the same few problems at the same time, each through the use cases that the pages call.

Every editor opens what they want to change before anybody saves, as a page would show it, and saves with the version
that they saw. Who is told of a conflict looks again and saves their own text on top of what they have now seen.

``python -m tests.editors URL FIRST COUNT THREADS`` lets some of them work from a process of their own.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from data.stores import SqlStore, open_store
from problems.actions import Action, ActionStatus, ActionType, Particulars
from problems.categories import Group
from problems.errors import Stale
from problems.followups import Matter, told_fields
from problems.lifecycle import MoveAnswers
from problems.people import LAPTOP, Principal
from problems.problem import Problem, ProblemStatus
from problems.reports import ReportStatus
from problems.targets import WorkingDays
from problems.use_cases import acting, answering, drawing, organising, particulars, referring, working
from problems.use_cases.answer_changes import matters_of
from problems.use_cases.saving import plain, told
from tests.storing import a_report, keep_reports

#: So few that many want the same one at the same time.
PROBLEMS, ACTIONS, REPORTS = 6, 12, 12
EDITS_EACH = 5
DAYS = WorkingDays()
_WORDS = "Words of editor "
#: Where each kind of record goes next, round and round, so that there is always a move.
_PROBLEM_ROUND = {
    ProblemStatus.CONFIRMED: ProblemStatus.ANALYSING,
    ProblemStatus.ANALYSING: ProblemStatus.PLANNED,
    ProblemStatus.PLANNED: ProblemStatus.ANALYSING,
    ProblemStatus.IN_PROGRESS: ProblemStatus.PLANNED,
}
_ACTION_ROUND = {
    ActionStatus.PROPOSED: ActionStatus.ACCEPTED,
    ActionStatus.ACCEPTED: ActionStatus.IN_PROGRESS,
    ActionStatus.IN_PROGRESS: ActionStatus.BLOCKED,
    ActionStatus.BLOCKED: ActionStatus.IN_PROGRESS,
}
_REPORT_ROUND = {
    ReportStatus.ACKNOWLEDGED: ReportStatus.IN_PROGRESS,
    ReportStatus.IN_PROGRESS: ReportStatus.ACKNOWLEDGED,
}


def clock() -> datetime:
    """Return the moment that it is."""
    return datetime.now(UTC)


def _square(number: int) -> dict[str, object]:
    """Return a square that touches no other one."""
    west = number / 100
    corners = [(west, 52.0), (west + 0.002, 52.0), (west + 0.002, 52.001), (west, 52.001), (west, 52.0)]
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in corners]]}


def prepare(store: SqlStore) -> None:
    """Put the problems, actions and reports into an empty store that the editors share."""
    asking = (store, LAPTOP, clock, 1)
    team = organising.add_organisation(*asking, name="Street cleansing", kind="council")
    for number in range(PROBLEMS):
        drawing.draw_problem(*asking, name=f"Alley {number}", group=Group.WASTE, geometry=_square(number))
        answers = MoveAnswers(owner="Cora", objective="Clean", review_on=clock().date() + timedelta(days=60))
        (problem,) = [one for one in store.problems() if one.name == f"Alley {number}"]
        working.move_problem(
            *asking, problem_id=problem.id, target=ProblemStatus.CONFIRMED, answers=answers,
            seen_version=problem.version,
        )  # fmt: skip
    for number in range(ACTIONS):
        acting.add_action(
            *asking, problem_id=1 + number % PROBLEMS, organisation_id=team.id, type=ActionType.CLEAN,
            title=f"Sweep {number}",
        )  # fmt: skip
    keep_reports(store, [a_report(number, closed_at=None) for number in range(1, REPORTS + 1)])


@dataclass
class Told:
    """What one process saw: accepted texts, how many conflicts of each kind, and everything that went wrong."""

    texts: list[str] = field(default_factory=list)
    conflicts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


@dataclass
class Editor:
    """One person with five edits to make; ``seen`` is what their pages show now, by the kind of edit."""

    store: SqlStore
    number: int
    told: Told
    seen: dict[str, Any] = field(default_factory=dict)

    @property
    def who(self) -> Principal:
        return Principal(f"editor-{self.number}", f"Editor {self.number}", LAPTOP.roles)

    @property
    def asking(self) -> tuple[SqlStore, Principal, Callable[[], datetime], int]:
        return self.store, self.who, clock, 1

    @property
    def kinds(self) -> list[str]:
        """The edits of this person, in an order that differs from their neighbours'."""
        names = list(_EDITS)
        return [names[(self.number + at) % len(names)] for at in range(EDITS_EACH)]

    def look(self, kind: str) -> None:
        """Open the page that an edit is made on."""
        number = 1 + self.number % {"action": ACTIONS, "report": REPORTS}.get(_RECORDS[kind], PROBLEMS)
        if _RECORDS[kind] == "action":
            self.seen[kind] = self.store.action(number)
        elif _RECORDS[kind] == "report":
            (self.seen[kind],) = matters_of(self.store, [number])
        else:
            self.seen[kind] = self.store.problem(number)

    def save(self, kind: str) -> None:
        """Save one edit, however often somebody else was quicker; their own text stays in their hand."""
        text = f"{_WORDS}{self.number} on {kind}"
        while True:
            try:
                _EDITS[kind](self, self.seen[kind], text)
            except Stale as stale:
                self.told.conflicts[kind] += 1
                self.told.failures += [f"{kind}: {why}" for why in wrong_with(stale, self.seen[kind])]
                self.look(kind)
            else:
                self.told.texts.append(text)
                return

    def open(self) -> None:
        """Open every page that is edited on."""
        for kind in self.kinds:
            self.look(kind)

    def work(self) -> None:
        """Make all edits."""
        for kind in self.kinds:
            self.save(kind)


def wrong_with(stale: Stale, seen: Problem | Action | Matter) -> Iterator[str]:
    """Say what is wrong about how a conflict was told to somebody who saw ``seen``."""
    if not stale.changed_by:
        yield "nobody is named"
    if not stale.changes:
        yield "nothing is said to have changed"
    before = told_fields(seen) if isinstance(seen, Matter) else told(seen)
    for name, (was, now) in stale.changes.items():
        if plain(before[name]) != was:
            yield f"{name} was {before[name]!r} on the page, not {was!r}"
        if was == now:
            yield f"{name} did not change from {was!r}"


def _edit_problem(editor: Editor, seen: Problem, text: str) -> None:
    working.edit_problem(*editor.asking, problem_id=seen.id, seen_version=seen.version, objective=text)


def _move_problem(editor: Editor, seen: Problem, text: str) -> None:
    working.move_problem(
        *editor.asking, problem_id=seen.id, target=_PROBLEM_ROUND[seen.status],
        answers=MoveAnswers(note=text, owner=text), seen_version=seen.version,
    )  # fmt: skip


def _note_problem(editor: Editor, seen: Problem, text: str) -> None:
    working.note_problem(*editor.asking, problem_id=seen.id, note=text)


def _add_action(editor: Editor, seen: Problem, text: str) -> None:
    acting.add_action(
        *editor.asking, problem_id=seen.id, organisation_id=1, type=ActionType.CLEAN, title=text,
    )  # fmt: skip


def _move_action(editor: Editor, seen: Action, text: str) -> None:
    target = _ACTION_ROUND[seen.status]
    reason = "weather" if target is ActionStatus.BLOCKED else ""
    acting.move_action(
        *editor.asking, action_id=seen.id, target=target, answers=MoveAnswers(note=text, reason=reason),
        seen_version=seen.version,
    )  # fmt: skip


def _edit_action(editor: Editor, seen: Action, text: str) -> None:
    particulars.edit_action(
        *editor.asking, action_id=seen.id, title=seen.title, person=text, particulars=Particulars(cost=seen.cost),
        seen_version=seen.version,
    )  # fmt: skip


def _move_report(editor: Editor, seen: Matter, text: str) -> None:
    answering.move_report(
        *editor.asking, report_id=seen.id, target=_REPORT_ROUND[seen.status],
        answers=MoveAnswers(note=text, owner=text), seen_version=seen.version, days=DAYS,
    )  # fmt: skip


def _give_report(editor: Editor, seen: Matter, text: str) -> None:
    outcomes = referring.give_reports(
        *editor.asking, report_ids=[seen.id], organisation_id=1, owner=text, note=text,
        seen_versions={seen.id: seen.version},
    )  # fmt: skip
    for _, why in outcomes.refused:
        raise why


_EDITS: dict[str, Callable[[Editor, Any, str], None]] = {
    "edit problem": _edit_problem,
    "note": _note_problem,
    "move action": _move_action,
    "move report": _move_report,
    "add action": _add_action,
    "move problem": _move_problem,
    "edit action": _edit_action,
    "give report": _give_report,
}
_RECORDS = {kind: kind.split()[-1] if kind not in ("note", "add action") else "problem" for kind in _EDITS}


def opened(stores: Sequence[SqlStore], numbers: Sequence[int]) -> list[Editor]:
    """Return the editors with these numbers, in turn on each store; all of them have opened what they edit."""
    told_to = Told()
    editors = [Editor(stores[number % len(stores)], number, told_to) for number in numbers]
    for editor in editors:
        editor.open()
    return editors


def work_together(editors: Sequence[Editor], threads: int) -> Told:
    """Let editors make their edits, ``threads`` of them at the same time, and return what they were told."""
    told_to = editors[0].told
    with ThreadPoolExecutor(threads) as pool:
        ends = [pool.submit(editor.work) for editor in editors]
    for end in ends:
        fault = end.exception()
        if fault is not None:
            told_to.failures.append(f"{type(fault).__name__}: {fault}")
    return told_to


def texts_in(store: SqlStore) -> list[str]:
    """Return the text of every event that an editor's edit left, in order."""
    found = []
    for one in store.events():
        if one.by.startswith("editor-"):
            texts = {str(text) for text in (one.note, *one.changes.values()) if str(text).startswith(_WORDS)}
            found += sorted(texts) or [f"nobody's words: {one}"]
    return found


def main() -> None:
    """Work as the editors that the command line names, once a line comes in, and print what they were told."""
    url, first, count, threads = sys.argv[1], *map(int, sys.argv[2:])
    with closing(open_store(url)) as store:
        editors = opened([store], range(first, first + count))
        _tell("ready")
        sys.stdin.readline()
        found = work_together(editors, threads)
        _tell(json.dumps([found.texts, dict(found.conflicts), found.failures]))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
