"""The list of problems with its filters, each kept in the address, so that a list can be shared."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

import streamlit as st

from dashboard import analysed
from dashboard.parts.desk import Desk
from dashboard.parts.flags import flag_words, flags_by_problem
from dashboard.parts.markup import draw, element, problem_link, status_mark, table
from dashboard.parts.notices import empty
from dashboard.parts.priority import rank_words, show_priority
from dashboard.parts.trend_marks import trend_mark
from dashboard.parts.untold import if_told
from dashboard.wording import NOTHING, count, day, review_state
from problems.categories import Group
from problems.events import Subject
from problems.figures import is_live
from problems.flags import Flag
from problems.people import Role
from problems.priority import Priority
from problems.problem import Problem, ProblemStatus
from problems.proposals import REPEAT_DAYS, waiting
from problems.seeing import READS_EVERYTHING
from problems.trends import Trend, TrendWord

ANY: Final = "All"
#: What the map, the areas and the briefing count as open.
OPEN: Final = "Open"
#: Found, taken on by nobody, and with no hot spot any more: watched for a return.
QUIET: Final = "Gone quiet"
ENDED: Final = "Ended"
#: The orders of the list.
BY_PRIORITY: Final = "Priority"
BY_INCIDENTS: Final = "Most incidents"
BY_TREND: Final = "Trend, growing first"
BY_REVIEW: Final = "Next review"
BY_SEEN: Final = "Last seen"
NOBODY: Final = "Nobody yet"
_ROWS_AT_FIRST: Final = 60
_PROPOSALS_NAMED: Final = 6
_ORDERS: Final = (BY_PRIORITY, BY_INCIDENTS, BY_TREND, BY_REVIEW, BY_SEEN)
_URGENT_FIRST: Final = (
    TrendWord.GROWING,
    TrendWord.NEW,
    TrendWord.STEADY,
    TrendWord.FALLING,
    TrendWord.GONE,
    TrendWord.TOO_FEW,
)


def _nothing(desk: Desk, *, shared_only: bool) -> None:
    if desk.on is not None:
        which = "No problem that your organisation sees" if shared_only else "No problem"
        empty(f"{which} was known on {day(desk.on)}", "Choose a later day under Display.")
    elif shared_only:
        empty(
            "No problem is shared with your organisation",
            "It sees the problems on which it has work, and those that a coordinator shares with it.",
            [("/board", "See what is owed")],
        )
    else:
        empty(
            "No problems yet",
            "Import reports and find hot spots: each hot spot can be taken on as a problem.",
            [("/import", "Import a file"), ("/", "Go to the map")],
        )


def show_list(desk: Desk) -> None:
    """Draw the filters and the problems that pass them, those that ask for most first."""
    problems = desk.store.problems()
    everything = desk.principal.has(*READS_EVERYTHING)
    if not problems:
        _nothing(desk, shared_only=desk.principal.has(Role.PARTNER) and not everything)
        return
    _proposed(desk, problems)
    wanted = _filters(problems)
    chosen = [problem for problem in problems if _passes(problem, wanted)]
    told = f"{count(len(chosen), 'problem')} of {len(problems):,}"
    draw(element("p", f"{told}{_also_quiet(problems, wanted)}", css="fx-quiet", role="status"))
    if not chosen:
        empty("No problem fits", "Take one of the filters away.", [("/problem", "Show all open problems")])
        return
    priority, trends = analysed.priorities_for(desk, problems), analysed.trends_for(desk, problems)
    ordered = _ordered(chosen, str(st.session_state.get("list_order") or BY_PRIORITY), priority, trends)
    shown = len(ordered) if st.session_state.get("list_all") else _ROWS_AT_FIRST
    flags = flags_by_problem(desk, ordered[:shown]) if everything else {}
    rows = [
        _row(
            desk,
            problem,
            priority.get(problem.id),
            trends.get(problem.id),
            flags.get(problem.id, ()),
        )
        for problem in ordered[:shown]
    ]
    draw(table("Problems", _HEADS, rows, numeric=(5,), narrow_without=(2, 6, 8, 9), stacked=True))
    if len(ordered) > _ROWS_AT_FIRST:
        st.toggle(f"Show all {len(ordered):,}", key="list_all")
    show_priority(priority, chosen)


def _proposed(desk: Desk, problems: Sequence[Problem]) -> None:
    """Say which problems have a proposal that nobody answered: it is found on no other page."""
    now = desk.clock()
    told = waiting(problems, desk.store.events(Subject.PROBLEM, since=now - timedelta(days=REPEAT_DAYS)), now)
    if not told:
        return
    said = f"{count(len(told), 'proposal waits', 'proposals wait')} for a coordinator’s answer: "
    links = [problem_link(proposal.problem) for proposal in told[:_PROPOSALS_NAMED]]
    more = f" and {len(told) - len(links)} more" if len(told) > len(links) else ""
    draw(element("p", said, *[part for link in links for part in (link, " ")], more, css="fx-reading", role="status"))


def _also_quiet(problems: Sequence[Problem], wanted: tuple[str, str, str, str, str]) -> str:
    """Say how many that pass the other filters are left out of the open ones because they have gone quiet."""
    words, status, *others = wanted
    if status != OPEN:
        return ""
    quiet = sum(_passes(problem, (words, QUIET, others[0], others[1], others[2])) for problem in problems)
    return f"; {quiet:,} more that nobody took on {'has' if quiet == 1 else 'have'} gone quiet" if quiet else ""


def _filters(problems: Sequence[Problem]) -> tuple[str, str, str, str, str]:
    statuses = [OPEN, QUIET, ENDED, ANY, *(status.label for status in ProblemStatus)]
    groups = [ANY, *(group.label for group in Group)]
    areas = [ANY, *sorted({problem.area for problem in problems if problem.area})]
    owners = [ANY, NOBODY, *sorted({_owner(problem) for problem in problems} - {NOBODY})]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="list-filters"):
        words = st.text_input("Find by name or number", key="find", bind="query-params", width=240)
        status = st.selectbox("Status", statuses, key="list_status", bind="query-params", width=200)
        group = st.selectbox("Kind", groups, key="list_kind", bind="query-params", width=200)
        area = st.selectbox("Area", areas, key="list_area", bind="query-params", width=180)
        owner = st.selectbox("Owner", owners, key="list_owner", bind="query-params", width=180)
        st.selectbox("Order", _ORDERS, key="list_order", bind="query-params", width=190)
    return words or "", status or OPEN, group or ANY, area or ANY, owner or ANY


def _passes(problem: Problem, wanted: tuple[str, str, str, str, str]) -> bool:
    words, status, group, area, owner = wanted
    return (
        all(word in f"{problem.ref} {problem.name}".casefold() for word in words.casefold().split())
        and _has_status(problem, status)
        and group in (ANY, problem.group.label)
        and area in (ANY, problem.area)
        and owner in (ANY, _owner(problem))
    )


def _owner(problem: Problem) -> str:
    """Return who has a problem, as the filter names it: an owner who is not told is not nobody."""
    return str(if_told(problem, problem.owner or NOBODY))


def _has_status(problem: Problem, wanted: str) -> bool:
    if wanted == OPEN:
        return is_live(problem)
    if wanted in (QUIET, ENDED):
        return not is_live(problem) and problem.status.is_open == (wanted == QUIET)
    return wanted in (ANY, problem.status.label)


def _ordered(
    chosen: Sequence[Problem], order: str, priority: Mapping[int, Priority], trends: Mapping[int, Trend]
) -> list[Problem]:
    """Return open problems before ended ones, each in the order that is asked for, then by their incidents."""

    def place(problem: Problem) -> tuple[bool, float, int, int]:
        far = float("inf")
        ranked = priority.get(problem.id)
        going = trends.get(problem.id)
        asked: Mapping[str, float] = {
            BY_PRIORITY: ranked.rank if ranked else far,
            BY_TREND: _URGENT_FIRST.index(going.word if going else TrendWord.TOO_FEW),
            BY_REVIEW: problem.review_on.toordinal() if problem.review_on else far,
            BY_SEEN: -problem.last_seen_on.toordinal() if problem.last_seen_on else far,
        }
        return not problem.status.is_open, asked.get(order, 0.0), -problem.incidents, problem.id

    return sorted(chosen, key=place)


_HEADS: Final = (
    *(
        "Problem",
        "Status",
        "Kind",
        "Trend",
        "Priority",
        "Incidents",
        "Area",
        "Owner",
        "Last seen",
        "Next review",
        "Calls for attention",
    ),
)


def _row(
    desk: Desk, problem: Problem, priority: Priority | None, trend: Trend | None, flags: Sequence[Flag]
) -> tuple[object, ...]:
    return (
        problem_link(problem),
        status_mark(problem.status),
        problem.group.label,
        if_told(problem, trend_mark(trend)),
        if_told(problem, rank_words(priority)),
        if_told(problem, problem.incidents),
        problem.area or NOTHING,
        if_told(problem, problem.owner or NOTHING),
        if_told(problem, day(problem.last_seen_on)),
        if_told(problem, review_state(problem.review_on, desk.today) if problem.review_on else NOTHING),
        flag_words(flags),
    )
