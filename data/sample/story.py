"""The story of the sample city: who takes which hot spot on, and what happens week by week."""

import heapq
from datetime import datetime, timedelta

import numpy as np

from data.sample import courses
from data.sample.courses import Case, Course
from data.sample.desk import A, Desk, P
from data.sample.ground import EPSG, ORIGIN_M, Ground
from data.sample.people import BLOCKED_NOTES, OBJECTIVES, WORKS
from data.sample.spots import DAYS, Fate, Spot
from geo.projection import to_metres
from problems.errors import MoveRefused
from problems.hot_spots import PileDecision
from problems.people import Role
from problems.problem import Problem
from problems.reasons import Reason
from problems.use_cases.reviewing import decide_pile

_WORKED_ON = frozenset({Fate.WORKED, Fate.FAILED, Fate.DISPLACED, Fate.ECHO, Fate.RECURRED, Fate.LIVE})
#: A problem this near to a planted spot of its group is that spot.
_SAME_SPOT_M = 160.0
#: So many days before the end the partners meet on one large problem; what they promise earlier is late by then.
FINAL_DAYS = 21
_LEAST_IN_PROGRESS = 9
_LEAST_REMEDIATED = 3
_MOST_RECURRED = 5
_LEAST_TO_CLOSE = 2


class Story:
    """Plays the people of the city between refreshes, on a simulated clock that never goes back."""

    def __init__(self, desk: Desk, spots: list[Spot], ground: Ground, today: datetime) -> None:
        self.desk = desk
        self._spots = spots
        self._town_hall_m = ground.town_hall_m
        self._first = today - timedelta(days=DAYS)
        self._waiting: list[tuple[datetime, int, Course]] = []
        self._begun = 0
        self._cases: dict[int, Case] = {}
        self._back: dict[int, int] = {}
        self._reviewed = False
        self.refusals: list[str] = []

    def play(self, until: datetime) -> None:
        """Let everything happen that is due before ``until``."""
        while self._waiting and self._waiting[0][0] < until:
            when, _, course = heapq.heappop(self._waiting)
            self.desk.now = max(self.desk.now, when)
            self._go_on(course)
        self.desk.now = max(self.desk.now, until)

    def look(self, problems: list[Problem]) -> None:
        """Take note of what a refresh brought: new problems and problems that came back."""
        for problem in problems:
            if problem.id not in self._cases:
                self._cases[problem.id] = self._case(problem)
                self._begin(self._course(self._cases[problem.id]))
            if problem.status is P.RECURRED and self._back.get(problem.id) != problem.reopened:
                self._back[problem.id] = problem.reopened
                self._begin(courses.again(self.desk, self._cases[problem.id], self._begin))

    def review_real_address(self) -> None:
        """Review the largest pile that is not the Town Hall as a real address; the Town Hall stays on the list."""
        if self._reviewed:
            return
        for pile in self.desk.store.piles():
            xy = to_metres(np.array([pile.lon_lat]), EPSG)[0] - ORIGIN_M
            if float(np.hypot(*(xy - self._town_hall_m))) > 50.0:
                decide_pile(
                    self.desk.store, self.desk.who(Role.OFFICER), self.desk.clock, self.desk.seed,
                    pile_id=pile.id, decision=PileDecision.REPEAT_ADDRESS, seen_version=pile.version,
                )  # fmt: skip
                self._reviewed = True
                return

    def begin(self, course: Course) -> None:
        """Weave another course into the story."""
        self._begin(course)

    def begin_site_meeting(self) -> None:
        """Let all partners meet on one large problem, so that its page shows an action in every status."""
        self._begin(_everything_at_once(self.desk))

    def _go_on(self, course: Course) -> None:
        try:
            when = next(course, None)
        except MoveRefused as refusal:
            # The city is as of today, so no two are alike: whoever is refused leaves the matter as it is.
            self.refusals.append(str(refusal))
            return
        if when is not None:
            heapq.heappush(self._waiting, (max(when, self.desk.now), self._begun, course))
            self._begun += 1

    def _begin(self, course: Course | None) -> None:
        if course is not None:
            self._go_on(course)

    def _case(self, problem: Problem) -> Case:
        xy = to_metres(np.array([problem.lon_lat]), EPSG)[0] - ORIGIN_M
        day = (self.desk.now - self._first).total_seconds() / 86400
        best, nearest_m = None, _SAME_SPOT_M
        for spot in self._spots:
            if spot.group != problem.group or not spot.begin <= day:
                continue
            apart_m = float(np.hypot(*(xy - np.array(spot.centre_m))))
            if apart_m < nearest_m:
                best, nearest_m = spot, apart_m
        if best is None:
            return Case(problem.id, None)
        fixed_at = None if best.fixed_on is None else self._first + timedelta(days=best.fixed_on)
        # Work that was over before the place was found cannot be this problem's.
        return Case(problem.id, best.fate, fixed_at if fixed_at and fixed_at > self.desk.now else None)

    def _course(self, case: Case) -> Course | None:
        draw = self.desk.rng.random()
        if case.fate in _WORKED_ON:
            return courses.worked_on(self.desk, case, self._begin)
        if case.fate in (Fate.DISMISSED, Fate.ONE_CALLER):
            return courses.dismissed(self.desk, case)
        if case.fate is Fate.NO_ACTION or (case.fate is Fate.FADED and draw < 0.2):
            return courses.set_aside(self.desk, case)
        if case.fate in (Fate.FADED, None) and draw < 0.5:
            return courses.dismissed(self.desk, case)
        if case.fate is Fate.STALE and draw < 0.2:
            return courses.worked_on(self.desk, case, self._begin)
        return None


def fill_stages(desk: Desk) -> None:
    """Take some hot spots as far as a stage that too few would be seen in otherwise, by ordinary moves."""
    back = [problem.id for problem in desk.store.problems() if problem.status is P.RECURRED]
    for problem_id in back[: max(0, len(back) - _MOST_RECURRED)]:
        desk.move(problem_id, P.ANALYSING, Role.COORDINATOR)
    while _count(desk, P.IN_PROGRESS) < _LEAST_IN_PROGRESS + _LEAST_REMEDIATED - _count(desk, P.REMEDIATED):
        if not _start_work(desk):
            break
    while _count(desk, P.REMEDIATED) < _LEAST_REMEDIATED:
        if not _report_as_done(desk):
            break
    _merge_two(desk)
    _assess_some(desk)
    for target in (P.CONFIRMED, P.ANALYSING, P.PLANNED):
        problems = desk.store.problems()
        fresh = [one for one in problems if one.status is P.DETECTED and one.dormant_since is None]
        if not fresh or any(one.status is target for one in problems):
            continue
        problem = fresh[-1]
        review_on = (desk.now + timedelta(days=30)).date()
        desk.take_on(problem.id, P.CONFIRMED, OBJECTIVES[problem.group], review_on)
        if target is not P.CONFIRMED:
            desk.move(problem.id, P.ANALYSING, Role.OFFICER)
        if target is P.PLANNED:
            desk.move(problem.id, P.PLANNED, Role.COORDINATOR, note="Partners are being asked.")


def _count(desk: Desk, status: P) -> int:
    return sum(problem.status is status for problem in desk.store.problems())


def _start_work(desk: Desk) -> bool:
    """Let partners start on one problem; tell whether there was any (some stay in each stage)."""
    problems = [one for one in desk.store.problems() if one.dormant_since is None]
    planned, analysing = ([one for one in problems if one.status is status] for status in (P.PLANNED, P.ANALYSING))
    ready = [*planned[1:], *analysing[2:]]
    if not ready:
        return False
    problem = ready[0]
    if problem.status is P.ANALYSING:
        desk.move(problem.id, P.PLANNED, Role.COORDINATOR, note="Agreed with the partners this week.")
    onward = {A.PROPOSED: A.ACCEPTED, A.ACCEPTED: A.IN_PROGRESS}
    owed = [action for action in desk.store.actions(problem.id) if action.status in onward]
    action = owed[0] if owed else desk.propose(problem.id, WORKS[problem.group][0], 30)
    while action.status in onward:
        action = desk.act(action.id, onward[action.status])
    return True


def _report_as_done(desk: Desk) -> bool:
    """Let partners finish what is owed on one problem and the coordinator report its work as done."""
    started = [one for one in desk.store.problems() if one.status is P.IN_PROGRESS]
    actions = {one.id: desk.store.actions(one.id) for one in started}
    some = [one for one in started if any(act.status.is_owed or act.done_at for act in actions[one.id])]
    if not some:
        return False
    problem = min(some, key=lambda one: (sum(act.status.is_owed for act in actions[one.id]), one.id))
    onward = {A.PROPOSED: A.ACCEPTED, A.BLOCKED: A.IN_PROGRESS, A.ACCEPTED: A.DONE, A.IN_PROGRESS: A.DONE}
    for action in actions[problem.id]:
        status = action.status
        while status in onward:
            status = desk.act(action.id, onward[status], note="Finished this week.").status
    desk.move(problem.id, P.REMEDIATED, Role.COORDINATOR, note="All agreed work is done; a visit follows.")
    return True


def _assess_some(desk: Desk) -> None:
    """Let officers assess what was verified longest ago and enough is known of, so that command has some to close."""
    verified = [one for one in desk.store.problems() if one.status is P.VERIFIED]
    waiting = [one for one in verified if desk.store.assessments(one.id)]
    left = sorted((one for one in verified if one not in waiting), key=lambda one: (one.remediated_on, one.id))
    for problem in left:
        if len(waiting) >= _LEAST_TO_CLOSE:
            return
        if desk.assess(problem.id) is not None:
            waiting.append(problem)


def _merge_two(desk: Desk) -> None:
    """Let a coordinator merge an old, quiet hot spot into a neighbour of its group that is worked on."""
    problems = desk.store.problems()
    quiet = [one for one in problems if one.status is P.DETECTED and one.dormant_since is not None]
    if any(one.status is P.SUPERSEDED for one in problems):
        return
    pairs = [
        (_apart(one, other), one, other)
        for one in quiet
        for other in problems
        if other.group is one.group and other.status in (P.IN_PROGRESS, P.PLANNED, P.ANALYSING)
    ]
    if pairs:
        _, one, other = min(pairs, key=lambda pair: (pair[0], pair[1].id, pair[2].id))
        note = f"Part of the same trouble as {other.ref}; followed up there."
        desk.move(one.id, P.SUPERSEDED, Role.COORDINATOR, target_id=other.id, note=note)


def _apart(one: Problem, other: Problem) -> float:
    at = to_metres(np.array([one.lon_lat, other.lon_lat]), EPSG)
    return float(np.hypot(*(at[0] - at[1])))


def _everything_at_once(desk: Desk) -> Course:
    busy = [one for one in desk.store.problems() if one.status in (P.IN_PROGRESS, P.PLANNED)]
    if not busy:
        return
    problem = max(busy, key=lambda one: (one.status is P.IN_PROGRESS, one.reports, -one.id))
    works = WORKS[problem.group]
    statuses = (A.ACCEPTED, A.BLOCKED, A.DONE, A.VERIFIED, A.DECLINED, A.CANCELLED, A.IN_PROGRESS, A.PROPOSED)
    due_in_days = (5, 11, 17, 23, 29, 35, FINAL_DAYS - 3, 47)
    made = {
        status: desk.propose(problem.id, works[k % len(works)], due_in_days[k]).id for k, status in enumerate(statuses)
    }
    yield courses.later(desk, 4, 7)
    for status in (A.ACCEPTED, A.BLOCKED, A.DONE, A.VERIFIED, A.IN_PROGRESS):
        desk.act(made[status], A.ACCEPTED)
    desk.act(made[A.DECLINED], A.DECLINED, reason=str(Reason.NOT_OURS), note="The wall belongs to the railway.")
    note = "Covered by the larger scheme."
    desk.act(made[A.CANCELLED], A.CANCELLED, Role.COORDINATOR, reason=str(Reason.COST), note=note)
    yield courses.later(desk, 4, 7)
    for status in (A.BLOCKED, A.IN_PROGRESS):
        desk.act(made[status], A.IN_PROGRESS)
    desk.act(made[A.BLOCKED], A.BLOCKED, reason=str(Reason.ACCESS), note=BLOCKED_NOTES["access"])
    for status in (A.DONE, A.VERIFIED):
        desk.act(made[status], A.DONE, note="Finished this morning.")
    desk.note(problem.id, "Site meeting held with all partners; the list of actions was agreed.")
    yield courses.later(desk, 2, 5)
    desk.act(made[A.VERIFIED], A.VERIFIED, Role.OFFICER, note="Seen on site: done as reported.")
