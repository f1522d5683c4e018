"""The problem board and the map: where problems stand, what moved in the week, and the ten at the top."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np

from geo.footprints import near
from geo.geojson import bounds
from geo.weekly import LEAST_WEEKS, judge_week, week_swing
from problems.actions import Action, ActionStatus
from problems.briefing.briefing import AreaThen, Board, MapOfProblems, MapPlace, StateCount, TopProblem
from problems.briefing.figure import NOT_TOLD, Behind, Figure, Listed, Unit, counted
from problems.briefing.happened import BoardMove
from problems.briefing.heading import kind_of_areas
from problems.briefing.scope import Scope
from problems.briefing.then import Then
from problems.events import Event
from problems.figures import is_live
from problems.finding import GROUPS, incident_index, local_days
from problems.hot_spots import DetectionSettings
from problems.problem import Problem, ProblemStatus, Remediation
from problems.report_columns import Ints
from problems.reports import ReportPoints
from problems.signals import range_words
from problems.targets import day_number

TOP: Final = 10
DAYS_OF_TOP: Final = 28
#: Spans of 28 days that tell what is usual, before the present one.
SPANS: Final = 13
WEEKS_OF_PERSISTENCE: Final = 26
_NEXT: Final = {
    ProblemStatus.DETECTED: "Take it on, or dismiss it",
    ProblemStatus.CONFIRMED: "Analyse it",
    ProblemStatus.ANALYSING: "Plan a response",
    ProblemStatus.PLANNED: "Start the first action",
    ProblemStatus.IN_PROGRESS: "Report the work as done",
    ProblemStatus.REMEDIATED: "Visit and verify",
    ProblemStatus.VERIFIED: "Assess, then close",
    ProblemStatus.RECURRED: "Analyse again why it came back",
}


def behind_problems(problems: Sequence[Problem]) -> Behind:
    """Return the list of these problems."""
    return Behind(Listed.PROBLEMS, tuple(one.id for one in problems))


def board_of(scope: Scope, settings: DetectionSettings) -> Board:
    """Return how the problems stand."""
    moves = _moves(scope)
    states = []
    quiet = [one for one in scope.problems if one.status is ProblemStatus.DETECTED and not is_live(one)]
    for status in ProblemStatus:
        own = [one for one in scope.problems if one.status is status and one not in quiet]
        came = _moved(f"came_{status}", f"Came: {status.label}", [one for one in moves if one.now is status])
        left = _moved(f"left_{status}", f"Left: {status.label}", [one for one in moves if one.was is status])
        if not own and not came.value and not left.value:
            continue
        figure = counted(f"state_{status}", status.label, Unit.PROBLEMS, len(own), behind_problems(own))
        states.append(StateCount(status, figure, came, left))
    opened = [one.problem_id for one in moves if one.was is None]
    ended = [one.problem_id for one in moves if one.was is not None and one.was.is_open and not one.now.is_open]
    back = [one.problem_id for one in moves if one.now is ProblemStatus.RECURRED]
    figures = (
        counted("opened", "New on the board", Unit.PROBLEMS, len(set(opened)), _ids(opened)),
        counted("ended", "Off the board", Unit.PROBLEMS, len(set(ended)), _ids(ended)),
        counted("recurred", "Came back", Unit.PROBLEMS, len(set(back)), _ids(back)),
    )
    live = [one for one in scope.problems if is_live(one)]
    whose = "" if scope.told is None else " that is shared with you"
    said = f"No problem{whose} is on the board." if not live else _said(live, [int(one.value or 0) for one in figures])
    if quiet:
        said += f" {len(quiet):,} that nobody took on {'has' if len(quiet) == 1 else 'have'} gone quiet."
    return Board(tuple(states), *figures, tuple(_top(scope, live, settings)), said, tuple(moves))


def _said(live: Sequence[Problem], moved: Sequence[int]) -> str:
    untouched = sum(one.status is ProblemStatus.DETECTED for one in live)
    number = "1 problem is" if len(live) == 1 else f"{len(live):,} problems are"
    new, off, back = moved
    return (
        f"{number} on the board, of which nobody has taken on {untouched:,}; "
        f"in the week {new} {'was' if new == 1 else 'were'} new, {off} left it and {back} came back."
    )


def _ids(problems: Sequence[int]) -> Behind:
    return Behind(Listed.PROBLEMS, tuple(sorted(set(problems))))


def _moved(key: str, label: str, moves: Sequence[BoardMove]) -> Figure:
    return counted(key, label, Unit.MOVES, len(moves), Behind(Listed.MOVES, tuple(one.id for one in moves)))


def _moves(scope: Scope) -> list[BoardMove]:
    """Return every change of status in the week."""
    found = []
    for problem in scope.problems:
        for one in scope.then.work.events.get(problem.id, ()):
            if one.at < scope.moment.starts_at or "status" not in one.changes:
                continue
            was, now = one.before.get("status"), ProblemStatus(str(one.changes["status"]))
            who = one.by_name if scope.told is None or one.id in scope.told else ""
            began = ProblemStatus(str(was)) if was else None
            found.append(BoardMove(one.id, problem.id, problem.ref, problem.name, one.at, began, now, who))
    return found


# -- the ten at the top --


def _top(scope: Scope, live: Sequence[Problem], settings: DetectionSettings) -> list[TopProblem]:
    told = [one for one in live if scope.tells(one)]
    every = _spans(scope.then, settings, told)
    counts = {one.id: every[one.id] for one in told}
    today = scope.moment.as_of

    def order(one: Problem) -> tuple[int, int, int]:
        incidents = int(counts[one.id][-1]) if one.id in counts else 0
        return -incidents, -_days_late(one, scope.actions_on(one.id), today), one.id

    first = sorted(live, key=order)[:TOP]
    known_from = spans_known(scope.then)
    rows = [(one, counts[one.id]) for one in first if one.id in counts]
    figures = {one.id: figure for (one, _), figure in zip(rows, _bands(rows, known_from), strict=True)}
    steps = {one.id: next_step(scope, one) for one in first}
    return [
        TopProblem(
            problem_id=one.id,
            ref=one.ref,
            name=one.name,
            area=one.area,
            kind=one.group.label,
            weeks_active=max(0, (today - one.created_at.astimezone(scope.moment.zone).date()).days // 7),
            incidents=figures.get(one.id) or _withheld(one),
            before=_before(one, counts[one.id], known_from) if one.id in figures else None,
            owner=one.owner if one.id in figures else NOT_TOLD,
            next_step=steps[one.id][0],
            due_on=steps[one.id][1],
            days_late=max(0, (today - (steps[one.id][1] or today)).days),
            status=one.status,
        )
        for one in first
    ]


def _withheld(problem: Problem) -> Figure:
    said = "Incidents are not told: only that it exists is shared with you."
    return Figure(f"incidents_{problem.id}", f"{problem.ref} {problem.name}", Unit.INCIDENTS, None, said, withheld=True)


def next_step(scope: Scope, problem: Problem) -> tuple[str, date | None]:
    """Return what has to be done next on a problem, and by when: the owed action that is due first, else its move."""
    owed = [one for one in scope.actions_on(problem.id) if one.status.is_owed]
    if owed:
        first = min(owed, key=lambda one: (one.due_on is None, one.due_on or date.max, one.id))
        who = scope.then.work.organisations.get(first.organisation_id, "")
        blocked = " (blocked)" if first.status is ActionStatus.BLOCKED else ""
        return f"{first.title}{blocked}" + (f": {who}" if who else ""), first.due_on
    return _NEXT.get(problem.status, problem.status.label), problem.review_on


def _days_late(problem: Problem, actions: Sequence[Action], today: date) -> int:
    late = [one.days_late(today) for one in actions]
    if problem.review_on is not None and problem.status.is_open:
        late.append(max(0, (today - problem.review_on).days))
    return max(late, default=0)


def _spans(then: Then, settings: DetectionSettings, problems: Sequence[Problem]) -> dict[int, Ints]:
    """Return the distinct incidents of each problem's place in spans of 28 days, the one up to now last."""
    known: dict[int, Ints] = then.shared.setdefault("spans", {})
    epsg = then.work.epsg
    if epsg is None:
        return {one.id: np.zeros(SPANS + 1, dtype=np.int64) for one in problems}
    points, span = _points(then)
    for one in problems:
        if one.id not in known:
            found = _incidents(points, span, one, then, settings, epsg)
            known[one.id] = np.bincount(found.span, minlength=SPANS + 1).astype(np.int64)[::-1]
    return known


def _points(then: Then) -> tuple[ReportPoints, Ints]:
    if "points" not in then.shared:
        then.shared["points"] = _placed(then)
    found: tuple[ReportPoints, Ints] = then.shared["points"]
    return found


def _placed(then: Then) -> tuple[ReportPoints, Ints]:
    points = then.reports.points()
    day = local_days(points.reported_s, then.moment.zone)
    span = (day_number(then.moment.as_of) - day) // DAYS_OF_TOP
    keep = (span >= 0) & (span <= SPANS)
    return points.where(keep), span[keep]


@dataclass(frozen=True, slots=True)
class Incidents:
    """Distinct incidents, each by its ``first`` report: how many spans of 28 days ago, and how many reports tell it."""

    first: Ints
    span: Ints
    reports: Ints


_NONE: Final = Incidents(*(np.zeros(0, dtype=np.int64),) * 3)


def _incidents(
    points: ReportPoints, span: Ints, problem: Problem, then: Then, settings: DetectionSettings, epsg: int
) -> Incidents:
    if not problem.footprint.get("coordinates"):
        return _NONE
    west, south, east, north = bounds(problem.footprint)
    lon, lat = points.lon_lat[:, 0], points.lon_lat[:, 1]
    box = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    at = np.flatnonzero(box & (points.group == GROUPS.index(problem.group)))
    at = at[near(points.lon_lat[at], problem.footprint, epsg=epsg)] if len(at) else at
    if not len(at):
        return _NONE
    here = np.zeros(len(points), dtype=np.bool_)
    here[at] = True
    own, spans = points.where(here), span[here]
    incident = incident_index(own, epsg=epsg, settings=settings, zone=then.moment.zone)
    # An incident counts in the span of its first report.
    by_time = np.lexsort((own.ids, own.reported_s))
    _, first, sizes = np.unique(incident[by_time], return_index=True, return_counts=True)
    return Incidents(own.ids[by_time[first]], spans[by_time[first]], sizes.astype(np.int64))


def incidents_of(then: Then, settings: DetectionSettings, problem: Problem) -> Incidents:
    """Return the distinct incidents at the place of a problem, of the present span of 28 days and the 13 before."""
    epsg = then.work.epsg
    return _NONE if epsg is None else _incidents(*_points(then), problem, then, settings, epsg)


def _before(problem: Problem, counts: Ints, known: int) -> Figure:
    """Return the incidents that the present ones are held against."""
    total = int(counts[SPANS - known : SPANS].sum())
    spans = "1 span" if known == 1 else f"{known} spans"
    said = f"{total} in the {spans} of {DAYS_OF_TOP} days before: what makes one expect how many there are now."
    behind = Behind(Listed.REPORTS, figure="incidents_before", of=str(problem.id))
    return Figure(f"before_{problem.id}", f"{problem.ref} {problem.name}, before", Unit.INCIDENTS, total, said, total,
                  behind=behind)  # fmt: skip


def spans_known(then: Then) -> int:
    """Return how many whole spans of 28 days before the present one are known."""
    if then.first_day is None:
        return 0
    days = day_number(then.moment.as_of) - then.first_day + 1
    return max(0, min(SPANS, days // DAYS_OF_TOP - 1))


def _bands(rows: Sequence[tuple[Problem, Ints]], known: int) -> list[Figure]:
    if not rows:
        return []
    table = np.array([counts for _, counts in rows], dtype=np.float64)
    usable = np.zeros((len(rows), SPANS), dtype=np.bool_)
    usable[:, SPANS - known :] = True
    swing = week_swing(table[:, :-1], usable)
    found = judge_week(table[:, -1], table[:, :-1], usable, swing, least_weeks=LEAST_WEEKS)
    figures = []
    for at, (problem, counts) in enumerate(rows):
        now = int(counts[-1])
        low, high = int(found.low[at]), int(found.high[at])
        said = f"{now} in {DAYS_OF_TOP} days"
        told = bool(np.isfinite(found.p[at]))
        said += (
            f", {range_words(low, high)} expected from the year before." if told else ": too little known to compare."
        )
        key = f"incidents_{problem.id}"
        figure = Figure(key, f"{problem.ref} {problem.name}", Unit.INCIDENTS, now, said, now)
        figure = replace(figure, low=low if told else None, high=high if told else None)
        behind = Behind(Listed.REPORTS, figure="incidents", of=str(problem.id))
        figures.append(replace(figure, behind=behind))
    return figures


# -- 4: the map --


def map_of(scope: Scope) -> MapOfProblems:
    """Return the footprints with their state and how persistent they are."""
    hot, looked = _weeks_hot(scope.then)
    shown = [
        one for one in scope.problems if one.footprint.get("coordinates") and (is_live(one) or _ended_now(scope, one))
    ]
    places = tuple(
        MapPlace(
            one.id, one.ref, one.name, one.footprint, one.lon_lat, one.status.remediation,
            len(hot.get(one.id, ())), looked,
        )
        for one in shown
    )  # fmt: skip
    figures = []
    for remediation in Remediation:
        own = [one for one in shown if one.status.remediation is remediation]
        if own:
            figures.append(
                counted(f"map_{remediation}", remediation.label, Unit.PROBLEMS, len(own), behind_problems(own))
            )
    lasting = sum(one.lasts for one in places)
    said = f"{len(places):,} {'place is' if len(places) == 1 else 'places are'} on the map"
    if looked > 1:
        were = "was" if lasting == 1 else "were"
        said += f"; {lasting:,} of them {were} hot in more than half of the {looked} weeks that were looked at"
    whose = "" if scope.told is None else " that is shared with you"
    said = f"{said}." if places else f"No place{whose} is on the map."
    return MapOfProblems(places, tuple(figures), said, _outlines(scope))


def _outlines(scope: Scope) -> tuple[AreaThen, ...]:
    if scope.area is not None:
        return (scope.area,)
    kind = kind_of_areas(scope.then, None)
    return tuple(one for one in scope.then.areas if one.kind is kind)


def _ended_now(scope: Scope, problem: Problem) -> bool:
    """Tell whether a problem was closed in the week: it is shown once more as resolved."""
    if problem.status is not ProblemStatus.CLOSED:
        return False
    told: Sequence[Event] = scope.then.work.events.get(problem.id, ())
    return any(one.changes.get("status") == problem.status and one.at >= scope.moment.starts_at for one in told)


def _weeks_hot(then: Then) -> tuple[dict[int, set[date]], int]:
    """Return the weeks in which each problem was a hot spot, and in how many of the last ones anybody looked."""
    first = then.moment.week.first - timedelta(weeks=WEEKS_OF_PERSISTENCE - 1)
    week_of = {one.id: one.as_of - timedelta(days=one.as_of.weekday()) for one in then.work.refreshes}
    found: dict[int, set[date]] = {}
    for one in then.work.spots:
        if one.is_hot and week_of[one.refresh_id] >= first:
            found.setdefault(one.problem_id, set()).add(week_of[one.refresh_id])
    return found, len({week for week in week_of.values() if week >= first})
