"""Decisions: those that are wanted today, each with a recommendation, and what became of those of the week before."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from problems.actions import ActionStatus
from problems.briefing.boarding import next_step
from problems.briefing.briefing import (
    DecisionState,
    DecisionsWanted,
    DecisionTaken,
    LastDecisions,
    OwnerCount,
    Wanted,
    WantedKind,
)
from problems.briefing.figure import Behind, Figure, Listed, Unit, counted
from problems.briefing.meetings import MeetingDecision, meeting_decisions
from problems.briefing.scope import Scope
from problems.briefing.serving import case_reviews_then
from problems.case_review import CaseReview
from problems.clock import day_words
from problems.decisions import CASE_REVIEW, STANDS, Decision, DecisionKind, Docket, Taken, docket
from problems.events import Event
from problems.figures import is_live
from problems.kept_assessments import KeptAssessment, of_its_work
from problems.problem import Problem, ProblemStatus
from problems.reasons import NO_ACTION_REASONS
from problems.verdicts import Verdict, headline_of

#: At most so many are put before the meeting; the others are counted.
MOST_WANTED: Final = 5
#: An action so many days late is put before command.
LATE_DAYS: Final = 14
#: A place that nobody has taken on is put before the meeting once it was found in so many weeks.
LASTING_WEEKS: Final = 3
_NOBODY: Final = "Nobody named"
_KIND: Final = {
    DecisionKind.CLOSE: WantedKind.CLOSE,
    DecisionKind.RECURRED: WantedKind.MOVE_RESOURCES,
    DecisionKind.NO_ACTION_ASKED: WantedKind.NO_ACTION,
    DecisionKind.REVIEW_DUE: WantedKind.NO_ACTION,
    DecisionKind.CASE_REVIEW: WantedKind.ESCALATE,
}
#: In turns, so that the five are not all of one kind.
_TURNS: Final = (
    WantedKind.ESCALATE,
    WantedKind.NO_ACTION,
    WantedKind.MOVE_RESOURCES,
    WantedKind.ADOPT,
    WantedKind.CLOSE,
)


def docket_then(scope: Scope) -> Docket:
    """Return what waited for command, and what it had decided."""
    moment, work = scope.moment, scope.then.work
    now = moment.ends_at - timedelta(seconds=1)
    verified = [one for one in scope.problems if one.status in (ProblemStatus.VERIFIED, ProblemStatus.RECURRED)]
    newest: dict[int, KeptAssessment] = {}
    for problem in verified:
        kept = of_its_work(problem, [one for one in work.assessments if one.problem_id == problem.id])
        if kept is not None:
            newest[problem.id] = kept
    reviews = case_reviews_then(scope)
    return docket(scope.problems, scope.actions, work.events, newest, reviews, today=moment.as_of, now=now)


def decisions_wanted(scope: Scope, waiting: Docket) -> DecisionsWanted:
    """Return the decisions that are wanted, at most five, and how many others of each kind."""
    by_kind: dict[WantedKind, list[Wanted]] = defaultdict(list)
    of_command = tuple(_of_command(scope, waiting))
    for one in (*of_command, *_late(scope), *_not_taken_on(scope)):
        by_kind[one.kind].append(one)
    for own in by_kind.values():
        own.sort(key=lambda one: (-one.waits_days, one.problem_id))
    every = sum(map(len, by_kind.values()))
    wanted = _in_turns(by_kind)
    shown = Counter(one.kind for one in wanted)
    rest = {kind: len(by_kind[kind]) - shown[kind] for kind in _TURNS if len(by_kind[kind]) > shown[kind]}
    in_order = tuple(one for kind in _TURNS for one in by_kind[kind])
    # All of them begin with those that are listed.
    listed = (*wanted, *(one for one in in_order if not any(one is each for each in wanted)))
    said = (
        "No decision is wanted." if not every else f"{every} {'decision is' if every == 1 else 'decisions are'} wanted"
    )
    if every:
        said += f": {_whose(scope, len(of_command), every - len(of_command))}."
        said += f" {len(wanted)} are listed, the most pressing of each kind in turn." if rest else ""
    ids = tuple(range(1, every + 1))
    problems = tuple(dict.fromkeys(one.problem_id for one in in_order))
    figure = counted("wanted", "Decisions wanted", Unit.DECISIONS, every, Behind(Listed.WANTED, ids, problems=problems))
    others = tuple(_others(kind, listed, len(wanted)) for kind in rest)
    return DecisionsWanted(tuple(wanted), rest, figure, said, listed, others)


def _whose(scope: Scope, of_command: int, of_meeting: int) -> str:
    """Return who decides: the page Decisions has what waits for command alone, and has it of today."""
    told = (
        (of_command, f"by command on {day_words(scope.moment.as_of)} (the page Decisions shows those of today)"),
        (of_meeting, "by the meeting: work that is long late, and places that nobody has taken on"),
    )
    return "; ".join(f"{number} {where}" for number, where in told if number)


def _others(kind: WantedKind, every: Sequence[Wanted], listed: int) -> Figure:
    """Return how many decisions of a kind are wanted beside those that are listed, which come first."""
    ids = tuple(at for at, one in enumerate(every, start=1) if at > listed and one.kind is kind)
    behind = Behind(Listed.WANTED, ids)
    return counted(f"rest_{kind}", f"Also wanted: {kind.label}", Unit.DECISIONS, len(ids), behind)


def _in_turns(by_kind: dict[WantedKind, list[Wanted]]) -> list[Wanted]:
    found: list[Wanted] = []
    for turn in range(MOST_WANTED):
        found += [by_kind[kind][turn] for kind in _TURNS if turn < len(by_kind[kind])]
    return found[:MOST_WANTED]


def _of_command(scope: Scope, waiting: Docket) -> Iterator[Wanted]:
    for one in waiting.waiting:
        advice, why = _advice(one)
        yield _wanted(scope, _KIND[one.kind], one.problem, advice, why, one.since.astimezone(scope.moment.zone).date())


def _wanted(scope: Scope, kind: WantedKind, problem: Problem, advice: str, why: str, since: date) -> Wanted:
    days = max(0, (scope.moment.as_of - since).days)
    return Wanted(kind, problem.id, problem.ref, problem.name, advice, why, days, problem.owner)


def _advice(one: Decision) -> tuple[str, str]:
    """Return what is recommended, and why."""
    if one.kind is DecisionKind.CLOSE and one.assessment is not None:
        headline, rest = headline_of(one.assessment.sentence)
        fell = one.assessment.verdict is Verdict.FELL
        advice = "Close it as effective." if fell else f"Close it with the outcome that was found: {headline.lower()}."
        return advice, rest or headline
    if one.kind is DecisionKind.RECURRED:
        priced = f" What is noted as the cost of its actions comes to {one.cost:,}." if one.cost is not None else ""
        return (
            "Put it back to analysis with more or other means than before.",
            f"It came back after {_number(len(one.done), 'action')} that was reported as done.{priced}"
            if len(one.done) == 1
            else f"It came back after {_number(len(one.done), 'action')} that were reported as done.{priced}",
        )
    if one.kind is DecisionKind.NO_ACTION_ASKED and one.asked is not None:
        reasons = {str(each): each.label for each in NO_ACTION_REASONS}
        reason = reasons.get(one.asked.reason, one.asked.reason)
        return "Answer the request: agree, or say what is to be done instead.", f"{one.asked.by_name} asks: {reason}."
    if one.kind is DecisionKind.REVIEW_DUE:
        still = f" {one.problem.incidents} incidents were found there last." if one.problem.incidents else ""
        return "Let the decision on no action stand, or take it up again.", f"Its review was due.{still}"
    return "Hold the case review that residents may ask for.", _review_words(one.review)


def _review_words(review: CaseReview | None) -> str:
    if review is None:
        return "A case review is due."
    who = "One reporter" if review.reporters == 1 else f"{review.reporters} reporters"
    return f"{who} told of it {review.reports} times within six months."


def _number(count: int, one: str) -> str:
    return f"{count} {one}" if count == 1 else f"{count} {one}s"


def _late(scope: Scope) -> Iterator[Wanted]:
    """Yield the problems with work that is so late, or blocked so long, that somebody above has to ask."""
    today, names = scope.moment.as_of, scope.then.work.organisations
    for problem in scope.problems:
        if not problem.status.is_open or problem.status is ProblemStatus.DETECTED:
            continue
        late = [one for one in scope.actions_on(problem.id) if one.days_late(today) >= LATE_DAYS]
        if not late:
            continue
        worst = max(late, key=lambda one: (one.days_late(today), -one.id))
        who = names.get(worst.organisation_id, "the organisation")
        blocked = worst.status is ActionStatus.BLOCKED
        why = f"“{worst.title}” is {worst.days_late(today)} days late{' and blocked' if blocked else ''}"
        why += f"; its date was moved {worst.moved_count} times." if worst.moved_count > 1 else "."
        yield _wanted(scope, WantedKind.ESCALATE, problem, f"Ask {who} at a higher level.", why, worst.due_on or today)


def _not_taken_on(scope: Scope) -> Iterator[Wanted]:
    weeks: dict[int, set[date]] = defaultdict(set)
    week_of = {one.id: one.as_of - timedelta(days=one.as_of.weekday()) for one in scope.then.work.refreshes}
    for spot in scope.then.work.spots:
        if spot.is_hot:
            weeks[spot.problem_id].add(week_of[spot.refresh_id])
    for problem in scope.problems:
        if problem.status is not ProblemStatus.DETECTED or not is_live(problem):
            continue
        found = len(weeks[problem.id])
        if found >= LASTING_WEEKS:
            why = f"Found as a hot spot in {found} weeks, with {problem.incidents} incidents the last time."
            since = problem.created_at.astimezone(scope.moment.zone).date()
            yield _wanted(scope, WantedKind.ADOPT, problem, "Take it on, with an owner and a date.", why, since)


# -- 2: last week's decisions --


def last_decisions(scope: Scope, waiting: Docket) -> LastDecisions:
    """Return what was decided in the week before, on problems and in the meeting about its briefing."""
    before = scope.moment.week.before
    since, until = before.starts_at(scope.moment.zone), before.ends_at(scope.moment.zone)
    taken = [_taken(scope, one) for one in waiting.taken if since <= one.event.at < until]
    taken += [_adopted(scope, problem, one) for problem, one in _adoptions(scope) if since <= one.at < until]
    ids = {one.id for one in scope.problems}
    for decision in meeting_decisions(scope.then.work.store_events):
        own = decision.problem_id in ids or (decision.problem_id is None and scope.area is None)
        if own and decision.week == before:
            taken.append(_of_meeting(scope, decision))
    taken.sort(key=lambda one: (one.at, one.problem_id or 0, one.title))
    owners: dict[str, dict[DecisionState, list[int]]] = defaultdict(lambda: defaultdict(list))
    for at, one in enumerate(taken, start=1):
        owners[one.owner or _NOBODY][one.state].append(at)
    counts = []
    for state in DecisionState:
        held = [(at, one.problem_id) for at, one in enumerate(taken, start=1) if one.state is state]
        problems = tuple(number for _, number in held if number is not None)
        label = f"Decisions {state.label.lower()}"
        counts.append(_stand(f"decided_{state}", label, tuple(at for at, _ in held), problems))
    by_owner = tuple(
        OwnerCount(
            owner,
            {state: len(ids) for state, ids in owners[owner].items()},
            tuple(
                _stand(f"decided_{place}_{state}", f"{state.label}: {owner}", tuple(ids))
                for state, ids in owners[owner].items()
            ),
        )
        for place, owner in enumerate(sorted(owners, key=str.casefold))
    )
    return LastDecisions(tuple(taken), by_owner, tuple(counts), _said(taken))


def _stand(key: str, label: str, ids: tuple[int, ...], problems: tuple[int, ...] | None = None) -> Figure:
    return counted(key, label, Unit.DECISIONS, len(ids), Behind(Listed.DECISIONS, ids, problems=problems))


def _said(taken: Sequence[DecisionTaken]) -> str:
    if not taken:
        return "Nothing was decided in the week before."
    states = Counter(one.state for one in taken)
    told = ", ".join(f"{states[state]} {state.label.lower()}" for state in DecisionState if states[state])
    return f"{_number(len(taken), 'decision')} in the week before: {told}."


def _adoptions(scope: Scope) -> Iterator[tuple[Problem, Event]]:
    for problem in scope.problems:
        for one in scope.then.work.events.get(problem.id, ()):
            was = one.before.get("status")
            if one.changes.get("status") == ProblemStatus.CONFIRMED and was == ProblemStatus.DETECTED:
                yield problem, one


def _taken(scope: Scope, taken: Taken) -> DecisionTaken:
    one, problem = taken.event, taken.problem
    status = one.changes.get("status")
    words = ProblemStatus(str(status)).label if status in tuple(ProblemStatus) else _answer_words(one)
    # Closing, and deciding on no action, is done when it is decided, unless it was taken back since.
    if status is None or not ProblemStatus(str(status)).is_open:
        state = DecisionState.DONE if status in (None, problem.status) else DecisionState.MOVED
        why = "" if state is DecisionState.DONE else f"It is “{problem.status.label}” by now."
    else:
        state, why = _standing(scope, problem)
    return _decision(one, problem, words, state, why, problem.review_on)


def _answer_words(one: Event) -> str:
    """Return what a decision was that moved no problem."""
    if one.details.get("decision") == STANDS:
        return "No action stands"
    return "Case reviewed" if one.details.get(CASE_REVIEW) else "No action declined"


def _adopted(scope: Scope, problem: Problem, one: Event) -> DecisionTaken:
    state, why = _standing(scope, problem)
    return _decision(one, problem, "Taken on", state, why, next_step(scope, problem)[1])


def _decision(
    one: Event, problem: Problem, words: str, state: DecisionState, why: str, due_on: date | None
) -> DecisionTaken:
    return DecisionTaken(
        one.at, words, one.by_name, problem.id, problem.ref, problem.name, problem.owner, due_on, state, why,
        in_meeting=False,
    )  # fmt: skip


def _standing(scope: Scope, problem: Problem) -> tuple[DecisionState, str]:
    """Return how the work that was decided on stands, and why it is so."""
    today, actions = scope.moment.as_of, scope.actions_on(problem.id)
    if problem.status in (ProblemStatus.REMEDIATED, ProblemStatus.VERIFIED, ProblemStatus.CLOSED):
        return DecisionState.DONE, problem.status.label
    if blocked := [one for one in actions if one.status is ActionStatus.BLOCKED]:
        return DecisionState.BLOCKED, f"“{blocked[0].title}” is blocked."
    if late := [one for one in actions if one.days_late(today)]:
        return DecisionState.LATE, f"“{late[0].title}” is {late[0].days_late(today)} days late."
    if problem.review_on is not None and problem.review_on < today and problem.status.is_open:
        return DecisionState.LATE, f"Its review was due on {problem.review_on.isoformat()}."
    if moved := [one for one in actions if one.status.is_owed and one.moved_count]:
        return DecisionState.MOVED, f"The date of “{moved[0].title}” was moved."
    return (DecisionState.OPEN if problem.status.is_open else DecisionState.DONE), problem.status.label


def _of_meeting(scope: Scope, one: MeetingDecision) -> DecisionTaken:
    problem = next((each for each in scope.problems if each.id == one.problem_id), None)
    state = DecisionState(str(one.settled))
    why = one.why
    if state in (DecisionState.OPEN, DecisionState.MOVED) and one.due_on and one.due_on < scope.moment.as_of:
        state, why = DecisionState.LATE, f"It was due on {one.due_on.isoformat()}."
    return DecisionTaken(
        one.at, one.text, one.by_name, one.problem_id, problem.ref if problem else "", problem.name if problem else "",
        one.owner or (problem.owner if problem else ""), one.due_on, state, why, in_meeting=True,
    )  # fmt: skip
