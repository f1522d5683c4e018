"""Write ``docs/lifecycle.md`` from the one table of moves: ``python tests/lifecycle_page.py``.

``test_docs.py`` fails while the page and the table differ, so that the page is never out of date.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from problems.actions import ActionStatus as A  # noqa: E402 - started as a script, the path comes first
from problems.lifecycle import ACTION_MOVES, PROBLEM_MOVES, REPORT_MOVES, Move, State  # noqa: E402 - as above
from problems.people import Role  # noqa: E402 - as above
from problems.problem import ProblemStatus as P  # noqa: E402 - as above
from problems.reports import ReportStatus as R  # noqa: E402 - as above

PAGE = ROOT / "docs" / "lifecycle.md"

# Three tables, because members of different enumerations with the same word are equal.
_REPORT_MEANINGS: dict[State, str] = {
    R.NEW: "It came in and nobody has looked at it.",
    R.ACKNOWLEDGED: "Somebody has read it and it has an owner.",
    R.IN_PROGRESS: "Work is planned or has begun.",
    R.RESOLVED: "Whoever did the work says that it is mended.",
    R.VERIFIED: "Somebody else went there, or saw a photo, and it is.",
    R.NO_ACTION: "It was decided not to act, for a reason that a resident could be told.",
    R.NOT_OURS: "Another body has to act; it says which.",
    R.DUPLICATE: "It tells of the same thing as another report, which it points to.",
    R.WITHDRAWN: "It should not have come in: a mistake of the reporter or in the entry.",
}
_PROBLEM_MEANINGS: dict[State, str] = {
    P.DETECTED: "A refresh found it, or somebody drew it; nobody has decided about it.",
    P.CONFIRMED: "A team has taken it on: it has an owner, an objective and a day for the next review.",
    P.ANALYSING: "The team finds out what causes it, when, and who is affected.",
    P.PLANNED: "The response is written down and actions are proposed to partners.",
    P.IN_PROGRESS: "At least one action has started.",
    P.REMEDIATED: "The partners say that the work is done; nobody has checked.",
    P.VERIFIED: "Somebody who did not report the work as done has seen that it is.",
    P.CLOSED: "The assessment is made and says what the work achieved.",
    P.RECURRED: "The reports came back to the same place.",
    P.NO_ACTION: "It was decided not to act; the day for looking again is set.",
    P.DISMISSED: "It was never a problem: a fault in the records, a default point, one caller.",
    P.SUPERSEDED: "It was merged into others or split; it points to them.",
}
_ACTION_MEANINGS: dict[State, str] = {
    A.PROPOSED: "An organisation has been asked.",
    A.ACCEPTED: "The organisation has said yes.",
    A.IN_PROGRESS: "The work has begun.",
    A.BLOCKED: "The work cannot go on, for a reason that is named; the net clock stands still.",
    A.DONE: "The organisation says that it is done.",
    A.VERIFIED: "Somebody else has checked it.",
    A.DECLINED: "The organisation has said no, and why.",
    A.CANCELLED: "It is no longer wanted.",
}

_HEAD = """# Where a matter stands

A status says where a matter stands and nothing else. Being late, quiet or important are facts beside it.
Every change of status is kept for good: who, when, from what, to what, why.

This page is written from `problems/lifecycle.py` by `make docs`; change the table there, not here.

“Not by whoever did it” marks a move that needs a second pair of eyes: the person who reported the work as done cannot
make it.
“Fixpoint” makes a move by itself, because another one implies it.

An action that waits for others cannot become `in_progress` or `done` for the first time before each of these is `done`,
`verified` or `cancelled`. Work that was accepted or begun goes to another organisation in two moves of one unit: it is
cancelled (“Goes to another organisation”) and proposed again, so that nobody owes what they were not asked.
A problem does not become `remediated`, `verified`, `closed` or `no_action` while an action on it is owed. A visit that
confirms or denies work is of the day on which the work was reported done, or later. What residents could be told has
words: an emoji alone is no sentence. A report that others were merged into is not withdrawn before they are taken
apart. Nothing is proposed to an organisation that is closed, and what it had done is not sent back to it: it is opened
again, or the work is added as an action of another one.
“A kept assessment” is one of the work that was last reported done, kept on the tab *Assess* of the problem.
"""


def _who(move: Move) -> str:
    names = [role.label for role in Role if role in move.roles]
    return " or ".join(names) + (", not by whoever did it" if move.four_eyes else "")


def _diagram(moves: Iterable[Move], first: State) -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"    [*] --> {first}"
    for pair in dict.fromkeys((move.source, move.target) for move in moves):
        yield f"    {pair[0]} --> {pair[1]}"
    yield "```"


def _report_table() -> Iterator[str]:
    yield "| status | meaning |"
    yield "|---|---|"
    for state in R:
        yield f"| `{state}` | {_REPORT_MEANINGS[state]} |"


def _problem_table() -> Iterator[str]:
    yield "| status | on the screen | SARA stage | on the map | meaning |"
    yield "|---|---|---|---|---|"
    for state in P:
        shown = f"{state.label} | {state.stage.label} | {state.remediation.label}"
        yield f"| `{state}` | {shown} | {_PROBLEM_MEANINGS[state]} |"


def _action_table() -> Iterator[str]:
    yield "| status | on the screen | meaning |"
    yield "|---|---|---|"
    for state in A:
        yield f"| `{state}` | {state.label} | {_ACTION_MEANINGS[state]} |"


def _move_table(moves: Iterable[Move]) -> Iterator[str]:
    yield "| from | to | called | who | asks for | reasons |"
    yield "|---|---|---|---|---|---|"
    for move in moves:
        asked = [need.label for need in move.needs] + (["A kept assessment"] if move.assessed else [])
        needs = ", ".join(asked) or "–"
        reasons = ", ".join(reason.label for reason in move.reasons) or "–"
        yield f"| `{move.source}` | `{move.target}` | {move.verb} | {_who(move)} | {needs} | {reasons} |"


def page() -> str:
    """Return the text of ``docs/lifecycle.md``."""
    lines = [_HEAD]
    parts = (
        ("Report", REPORT_MOVES, R.NEW, _report_table()),
        ("Problem", PROBLEM_MOVES, P.DETECTED, _problem_table()),
        ("Action", ACTION_MOVES, A.PROPOSED, _action_table()),
    )
    for title, moves, first, statuses in parts:
        lines += [f"## {title}", "", *statuses, "", *_diagram(moves, first), "", *_move_table(moves), ""]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
