"""What problems and actions tell: working together, meeting people, advice, fixes, and how soon work begins."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np

from geo.survival import kaplan_meier
from problems.actions import ActionStatus, ActionType
from problems.advice import AdviceGiven
from problems.briefing.figure import TOO_FEW, Figure, Listed, Unit, counted, shared
from problems.briefing.remedying import fixes_and_returns, worked_of
from problems.briefing.scope import Scope
from problems.categories import Group
from problems.clock import day_end
from problems.problem import ProblemStatus
from problems.repeats import REPEAT_DAYS, Repeats, RepeatSummary, summed, watched
from problems.service import FEWEST_TOLD, days_words
from problems.themes.answers import survey
from problems.themes.course import course_of_count, course_of_pace, course_of_state
from problems.themes.page import Course, Ints, Measure, Piece, Span, Theme, ThemeFigures
from problems.themes.states import States
from problems.time_to_fix import WATCHED_DAYS
from problems.verified_spells import verified_spells

#: Somebody was met who lives there, so lately.
CONTACT: Final = timedelta(days=28)
ADVISED_GROUPS: Final = (Group.PROPERTY, Group.DISPUTES)
_GONE: Final = frozenset({ActionStatus.DECLINED, ActionStatus.CANCELLED})
_MET: Final = frozenset({ActionStatus.IN_PROGRESS, ActionStatus.DONE, ActionStatus.VERIFIED})
#: In which problems and of these which count, just before a moment.
_AtMoment = Callable[[datetime], tuple[list[int], list[int]]]


def sharing(scope: Scope, span: Span, states: States) -> ThemeFigures:
    """Return in how many problems two or more organisations are active, and how soon they say yes."""

    def together(at: datetime) -> tuple[list[int], list[int]]:
        some = states.in_work(at)
        return some, [one for one in some if len(states.active_organisations(one, at)) > 1]

    main, course = _at_ends(scope, span, together, "together", "Two or more organisations at work", "Two or more")
    to_do = "" if main.figure.n else "No problem is being worked on: take one on from the map or the Board."
    return ThemeFigures(
        Theme.SHARING,
        main,
        (_accepted(scope, span),),
        course,
        caveat="An organisation is active once it has accepted an action and while it has not given it back.",
        to_do=to_do,
    )


def _accepted(scope: Scope, span: Span) -> Measure:
    """Return the middle time from proposed to accepted; what still waits counts as long as it waits."""
    until = scope.moment.ends_at
    rows = [
        (one, one.proposed_at or one.created_at)
        for one in scope.actions
        if _is_within(scope, span, one.proposed_at or one.created_at)
        and (one.accepted_at is not None or one.status is ActionStatus.PROPOSED)
    ]
    days = [_days(start, one.accepted_at or until) for one, start in rows]
    yes = [one.accepted_at is not None for one, _ in rows]
    figure = _time("accepted", "From proposed to accepted, half within", days, yes)
    said_yes = _ids(one.id for one, _ in rows if one.accepted_at is not None)
    return Measure(figure, Listed.ACTIONS, _ids(one.id for one, _ in rows), said_yes, "Accepted")


def relations(scope: Scope, span: Span, states: States) -> ThemeFigures:
    """Return in how many problems residents were met lately, and how many promises were kept by their day."""
    met = _meetings(scope)

    def lately(at: datetime) -> tuple[list[int], list[int]]:
        some = states.in_work(at)
        return some, [one for one in some if any(at - CONTACT <= when < at for when in met.get(one, ()))]

    main, course = _at_ends(scope, span, lately, "met", "Residents met in the last 28 days", "Met")
    to_do = ""
    if not any(met.values()):
        to_do = (
            "No meeting with residents is recorded. On the page of a problem, under Respond, add an action of the "
            f"kind “{ActionType.ENGAGE.label}”: who is to be met, where, and what is promised. Start it on the day; "
            "report it as done with who was met."
        )
    caveat = (
        f"A meeting is an action “{ActionType.ENGAGE.label}”, on the days on which it was started and done; calls and "
        "mails are none."
    )
    return ThemeFigures(Theme.RELATIONS, main, (_kept(scope, span),), course, caveat, to_do)


def _meetings(scope: Scope) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = {}
    for one in scope.actions:
        if one.type is ActionType.ENGAGE:
            told = scope.then.work.action_events.get(one.id, ())
            found.setdefault(one.problem_id, []).extend(
                each.at for each in told if each.changes.get("status") in _MET and each.before.get("status") not in _MET
            )
            found[one.problem_id].extend(each.at for each in told if each.changes.get("status") == ActionStatus.DONE)
    return found


def _kept(scope: Scope, span: Span) -> Measure:
    """Return how much of what was first promised for a day of the time was done by that day."""
    due = [
        one
        for one in scope.actions
        if one.first_promised_on is not None
        and span.first_on <= one.first_promised_on <= min(span.last_on, scope.moment.as_of)
        and one.status not in _GONE
    ]
    zone = scope.moment.zone
    done = [
        one for one in due
        if one.done_at is not None and one.first_promised_on is not None
        and one.done_at.astimezone(zone).date() <= one.first_promised_on
    ]  # fmt: skip
    figure = shared("kept", "Promises kept by the day first named", len(done), len(due))
    return Measure(figure, Listed.ACTIONS, _ids(one.id for one in due), _ids(one.id for one in done), "By its day")


def prevention(
    scope: Scope, span: Span, states: States, given: Sequence[AdviceGiven], repeats: Sequence[Repeats]
) -> ThemeFigures:
    """Return where advice was given, and how many places came again within ninety days beside what is usual."""
    of = {one.id for one in scope.problems if one.group in ADVISED_GROUPS}
    days: dict[int, list[date]] = {}
    for one in given:
        days.setdefault(one.problem_id, []).append(one.given_on)
    zone = scope.moment.zone

    def advised(at: datetime) -> tuple[list[int], list[int]]:
        some = [one for one in states.in_work(at) if one in of]
        last = (at - timedelta(seconds=1)).astimezone(zone).date()
        return some, [one for one in some if any(day <= last for day in days.get(one, ()))]

    main, course = _at_ends(
        scope, span, advised, "advised", "Property and dispute problems with advice given", "Advised"
    )
    to_do = ""
    if not given:
        to_do = (
            f"No advice is recorded. Add an action of the kind “{ActionType.ADVISE.label}” to a problem; its text can "
            "be changed. Under Respond, “Advice given” keeps where and when it was handed out."
        )
    caveat = (
        "Repeats are described and not explained: places that get advice are those with many reports, which fall "
        "by themselves."
    )
    ids = _ids(one.problem_id for one in given)
    told = _places_told(ids.tolist(), watched(repeats))
    again = Measure(_again(summed(repeats)), Listed.PROBLEMS, np.unique(ids), said="Reported again", told=told)
    return ThemeFigures(Theme.PREVENTION, main, (again,), course, caveat, to_do)


def _places_told(ids: Iterable[int], over: Sequence[Repeats]) -> dict[int, str]:
    """Say of each problem with advice how many of its places count, and at how many there were reports again."""
    places, again = (
        Counter(one.given.problem_id for one in over),
        Counter(one.given.problem_id for one in over if one.after > 0),
    )
    return {
        one: f"{again[one]} of {places[one]} {'place' if places[one] == 1 else 'places'}"
        if places[one]
        else f"Not counted: not known for all of {REPEAT_DAYS} days before and after"
        for one in ids
    }


def _again(repeats: RepeatSummary) -> Figure:
    label = f"Reported again within {REPEAT_DAYS} days of advice"
    found, usual = repeats.again, repeats.again_usual
    if found is None or usual is None or found.total < FEWEST_TOLD:
        said = f"{label}: {repeats.places} places were watched for all of that time, {TOO_FEW}."
        return Figure("again", label, Unit.SHARE, None, said, repeats.places)
    said = (
        f"{label}: {found.count} of {found.total} places; before the advice {round(100 * usual.share)} % of such "
        "stretches had a report."
    )
    return Figure("again", label, Unit.SHARE, found.share, said, found.total, found.low, found.high)


def perception(scope: Scope, span: Span) -> ThemeFigures:
    """Return how many fixes were verified, and what those who were told said."""
    zone = scope.moment.zone
    rows = [
        (problem.id, one.began)
        for problem in scope.problems
        for one in verified_spells(scope.then.work.events.get(problem.id, ()), zone)
    ]
    inside = [(number, day) for number, day in rows if span.first_on <= day <= span.last_on]
    pieces = [Piece(first, last, sum(first <= day <= last for _, day in inside)) for first, last in span.pieces()]
    number, on = len(inside), Counter(problem for problem, _ in inside)
    where = "" if len(on) == number else f", of {len(on):,} {'problem' if len(on) == 1 else 'problems'}"
    said = (
        f"{number:,} {'fix was' if number == 1 else 'fixes were'} verified on site{where}: all there are, so no range."
    )
    figure = counted("verified", "Fixes verified on site", Unit.PROBLEMS, number, None, said)
    told = {problem: f"{times:,}" for problem, times in on.items()}
    main = Measure(figure, Listed.PROBLEMS, _ids(on), said="Fixes verified", told=told)
    to_do = (
        ""
        if rows
        else "No fix was verified yet. When work is done somebody else goes to see it: “Verify on site” on "
        "the page of the problem."
    )
    caveat = (
        "Reporters are asked one question, whether the matter was dealt with to their satisfaction; a second survey "
        "question is not asked yet. Those who answer are not all who reported."
    )
    return ThemeFigures(Theme.PERCEPTION, main, survey(scope, span), course_of_count(pieces, "verified"), caveat, to_do)


def proactive(scope: Scope, span: Span) -> ThemeFigures:
    """Return how soon hot spots that a refresh found were taken on, and what became of the work."""
    until, rows = scope.moment.ends_at, []
    for problem in scope.problems:
        told = scope.then.work.events.get(problem.id, ())
        if not told or told[0].details.get("drawn") or not _is_within(scope, span, told[0].at):
            continue
        if told[0].changes.get("status") != ProblemStatus.DETECTED:
            continue
        end = next((one for one in told if one.changes.get("status") not in (None, ProblemStatus.DETECTED)), None)
        taken = end is not None and end.changes["status"] == ProblemStatus.CONFIRMED
        rows.append((problem.id, told[0].at, _days(told[0].at, end.at if end else until), taken))
    days, taken_on = [row[2] for row in rows], [row[3] for row in rows]
    figure = _time("adopted", "From found to taken on, half within", days, taken_on)
    adopted = _ids(row[0] for row in rows if row[3])
    main = Measure(figure, Listed.PROBLEMS, _ids(row[0] for row in rows), adopted, "Taken on")
    zone = scope.moment.zone
    pieces = []
    for first, last in span.pieces():
        own = [row for row in rows if first <= row[1].astimezone(zone).date() <= last]
        pieces.append(Piece(first, last, sum(row[3] for row in own), len(own)))
    began = np.array([row[1].timestamp() for row in rows])
    course = course_of_pace(
        pieces, np.array(days), np.array(taken_on, dtype=np.bool_), began, "taken on so far", "found"
    )
    to_do = "" if rows else "No hot spot was found in this time: refresh the hot spots after an import."
    caveat = "What was dismissed or set aside counts as long as it was looked at, and not as taken on."
    return ThemeFigures(Theme.PROACTIVE, main, (_assessed(scope, span), _came_back(scope)), course, caveat, to_do)


def _came_back(scope: Scope) -> Measure:
    """Return how many fixes came back; a problem that was fixed again counts again."""
    figure, rows = worked_of(scope).recurrence, fixes_and_returns(scope)
    fixes = Counter(number for number, _, _ in rows)
    back = Counter(
        number for number, fixed_on, returned_on in rows
        if returned_on is not None and (returned_on - fixed_on).days <= WATCHED_DAYS
    )  # fmt: skip
    if len(rows) > len(fixes):
        number = f"{len(fixes):,} {'problem' if len(fixes) == 1 else 'problems'}"
        figure = replace(figure, sentence=f"{figure.sentence} What was fixed again counts again: {number} in all.")
    told = {
        one: f"{back[one]} of {times} fixes" if times > 1 else ("Yes" if back[one] else "No")
        for one, times in fixes.items()
    }
    return Measure(figure, Listed.PROBLEMS, _ids(fixes), said="Came back", told=told)


def _assessed(scope: Scope, span: Span) -> Measure:
    kept = {one.problem_id for one in scope.then.work.assessments}
    closed = [
        problem.id
        for problem in scope.problems
        if any(
            one.changes.get("status") == ProblemStatus.CLOSED and _is_within(scope, span, one.at)
            for one in scope.then.work.events.get(problem.id, ())
        )
    ]
    assessed = [one for one in closed if one in kept]
    figure = shared("assessed", "Closed with an assessment", len(assessed), len(closed))
    return Measure(figure, Listed.PROBLEMS, _ids(closed), _ids(assessed), "Assessed")


# -- what they share --


def _at_ends(scope: Scope, span: Span, look: _AtMoment, key: str, label: str, said: str) -> tuple[Measure, Course]:
    """Return a share as it stood at the end of the time, and at the end of each of its pieces."""
    pieces = []
    some: list[int] = []
    yes: list[int] = []
    for first, last in span.pieces():
        at = min(day_end(last, scope.moment.zone), scope.moment.ends_at)
        some, yes = look(at)
        pieces.append(Piece(first, last, len(yes), len(some)))
    figure = shared(key, label, len(yes), len(some))
    measure = Measure(figure, Listed.PROBLEMS, _ids(some), _ids(yes), said)
    return measure, course_of_state(pieces, said.lower(), "at work at the end")


def _time(key: str, label: str, days: Sequence[float], ended: Sequence[bool]) -> Figure:
    if len(days) < FEWEST_TOLD:
        said = f"{label}: {len(days)}, {TOO_FEW}." if days else f"{label}: none to tell of."
        return Figure(key, label, Unit.DAYS, None, said, len(days))
    middle = kaplan_meier(np.array(days), np.array(ended, dtype=np.bool_)).quantile(0.5)
    if middle.days is None:
        said = f"{label}: not reached, fewer than half of {len(days)} by the end of the time."
    else:
        said = f"{label} {days_words(middle.days)}, of {len(days)}; those that still wait are counted."
    return Figure(key, label, Unit.DAYS, middle.days, said, len(days), middle.low_days, middle.high_days)


def _is_within(scope: Scope, span: Span, at: datetime) -> bool:
    return span.first_on <= at.astimezone(scope.moment.zone).date() <= span.last_on


def _days(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds() / 86_400)


def _ids(numbers: Iterable[int]) -> Ints:
    return np.array(list(numbers), dtype=np.int64)
