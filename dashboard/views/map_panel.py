"""Beside and below the map: the selected problem, and the table that says the same as the map."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final

import pandas as pd
import streamlit as st

from dashboard import design
from dashboard.mapping import past
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.markup import draw as draw_markup
from dashboard.parts.markup import element, joined, link, terms
from dashboard.parts.move_forms import problem_moves
from dashboard.parts.standing import standing_words
from dashboard.parts.trend_marks import problem_trend_mark
from dashboard.wording import NOTHING, count, day, listed, review_state, width_words
from problems.actions import Action
from problems.figures import is_review_late, known_reporters
from problems.problem import Problem, Remediation

_SIGNS: Final = {
    Remediation.NOT_STARTED: "▲",
    Remediation.IN_PROGRESS: "■",
    Remediation.AWAITING_CHECK: "◆",
    Remediation.RESOLVED: "●",
    Remediation.SET_ASIDE: "×",
}
_TABLE: Final = "map-table"
_HEAD: Final = ("Problem", "Name", "Status", "Category", "Distinct incidents", "Owner", "Area", "Last seen")
_FIRST: Final = 12
_WIDEN: Final = "Widen them to see more."
_MORE: Final = "Bring more reports in under Import, or draw an area yourself under New area."
_THEN: Final = "So it stood on {}. The page of the problem shows how it stands now."
_FIND: Final = "“Find hot spots again” below does so; it takes a few seconds."


def draw(
    problem: Problem | None, seen: Sequence[Problem], choose: Callable[[str], None], *, on: date | None = None
) -> None:
    """Draw the panel: the selected problem, or the largest ones to choose from, as known on a past day (None: now)."""
    if problem is None:
        _largest(seen, choose)
        return
    desk = this_desk()
    st.html(_head(problem))
    if problem not in seen:
        st.html(design.note("The filters above leave this problem out; it is shown because it is chosen."))
    draw_markup(terms(_facts(desk, problem, on)))
    st.html(design.note(_next_words(desk, problem) if on is None else _THEN.format(day(on))))
    with st.container(horizontal=True, gap="small"):
        draw_markup(link("/problem", f"Open {problem.ref}", query={"problem": problem.ref}, css="fx-button"))
        st.button("Close", key="panel-close", on_click=choose, args=("",))


def _head(problem: Problem) -> str:
    return (
        f'<div class="fx-panel-head"><p class="fx-kicker">{design.safe_html(problem.ref)} · '
        f"{design.safe_html(problem.group.label)}</p><h2>{design.safe_html(problem.name)}</h2>"
        f"<p>{design.status_html(problem.status.remediation, problem.status.label)}</p></div>"
    )


def _facts(desk: Desk, problem: Problem, on: date | None) -> list[tuple[str, object]]:
    today = on or desk.today
    owner = problem.owner or "Nobody yet"
    if problem.owner_organisation_id is not None:
        owner = f"{owner}, {desk.names.organisation(problem.owner_organisation_id)}"
    facts: list[tuple[str, object]] = [("Owner", owner)]
    if problem.objective:
        facts.append(("Objective", problem.objective))
    facts.append(("Compared", standing_words(desk, problem)))
    if on is None:
        facts.append(("Where it is going", problem_trend_mark(desk, problem)))
    facts += [
        ("Last hot spot", _told_words(desk, problem)),
        ("Width", width_words(problem.width_m)),
        ("Still to be done", _owed(past.actions_known(desk.store, on, problem.id), today)),
        ("Next review", _review(problem, today)),
        ("Last seen", day(problem.last_seen_on)),
    ]
    if problem.dormant_since:
        facts.append(("Quiet since", day(problem.dormant_since)))
    return facts


def _told_words(desk: Desk, problem: Problem) -> str:
    told = f"{count(problem.incidents, 'distinct incident')} in {count(problem.reports, 'report')}"
    reporters = known_reporters(desk.store, problem)
    return f"{told} from {count(reporters, 'known reporter')}" if reporters else told


def _owed(actions: Iterable[Action], today: date) -> str:
    owed = [action for action in actions if action.status.is_owed]
    if not owed:
        return "No action is open"
    late = sum(action.days_late(today) > 0 for action in owed)
    due = min((action.due_on for action in owed if action.due_on), default=None)
    words = [count(len(owed), "action"), f"{late} late" if late else "", f"the first due {day(due)}" if due else ""]
    return ", ".join(word for word in words if word)


def _review(problem: Problem, today: date) -> object:
    words = review_state(problem.review_on, today)
    return element("span", words, css="fx-late") if is_review_late(problem, today) else words


def _next_words(desk: Desk, problem: Problem) -> str:
    """Say what the person can do next; the page of the problem asks for what each step needs."""
    moves = [move.verb for move in problem_moves(desk, problem)]
    if not moves:
        return "No step is waiting for you here."
    return f"What you can do next: {listed([f'“{verb}”' for verb in moves])}. Open the problem to do it."


def _looked() -> bool:
    return this_desk().store.latest_refresh() is not None


def _why_none() -> str:
    if not _looked():
        return "Hot spots were not looked for yet."
    if not this_desk().store.problems():
        return "No place has clearly more than is usual, or there are too few reports to say: there is no problem yet."
    return "No problem fits the filters."


def _what_then() -> str:
    if not _looked():
        return _FIND
    return _WIDEN if this_desk().store.problems() else _MORE


def _largest(seen: Sequence[Problem], choose: Callable[[str], None]) -> None:
    st.html(design.section_head("Largest on the map", "choose one here, on the map or in the table"))
    ordered = sorted(seen, key=lambda problem: (-problem.incidents, problem.id))[:_FIRST]
    if not ordered:
        st.html(design.empty_state("Nothing here", f"{_why_none()} {_what_then()}"))
    with st.container(key="fx-choices"):
        for problem in ordered:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.html(design.status_mark_html(problem.status.remediation, labelled=True), width="content")
                label = f"{problem.ref}  {problem.name}"
                st.button(
                    design.plain_label(label),
                    key=f"pick-{problem.id}",
                    type="tertiary",
                    on_click=choose,
                    args=(problem.ref,),
                )
                st.html(f'<span class="fx-count">{problem.incidents:,}</span>', width="content")


def table(seen: Sequence[Problem], choose: Callable[[str], None], *, on: date | None = None) -> None:
    """Draw the table of what is on the map; a row chosen there is chosen on the map. Files are of today only."""
    st.html(design.section_head("The same as a table", f"{count(len(seen), 'problem')}"))
    ordered = sorted(seen, key=lambda problem: (-problem.incidents, problem.id))
    if not ordered:
        st.html(design.note(_why_none()))
        return
    plain = st.toggle("Plain table", key="plain", bind="query-params", help="For screen readers and for printing")
    if plain:
        st.html(design.plain_table(_HEAD, [_row(problem) for problem in ordered], caption="Problems on the map"))
    else:
        _canvas(ordered, choose)
    if on is not None:
        return
    files = [("csv", "All problems as a CSV file"), ("geojson", "as GeoJSON for a map program")]
    ways = [link(f"/api/export/problems.{kind}", words, css="fx-link fx-download") for kind, words in files]
    draw_markup(element("p", joined(ways, " · "), css="fx-note"))


def _canvas(ordered: Sequence[Problem], choose: Callable[[str], None]) -> None:
    def picked() -> None:
        rows = st.session_state[_TABLE].selection.rows
        choose(ordered[rows[0]].ref if rows else "")

    frame = pd.DataFrame([_row(problem) for problem in ordered], columns=list(_HEAD))
    st.dataframe(
        frame,
        hide_index=True,
        width="stretch",
        height="content" if len(ordered) <= _FIRST else 340,
        on_select=picked,
        selection_mode="single-row",
        key=_TABLE,
        column_config={"Name": st.column_config.TextColumn(width="large")},
    )


def _row(problem: Problem) -> tuple[str, str, str, str, int, str, str, str]:
    return (
        problem.ref,
        problem.name,
        f"{_SIGNS[problem.status.remediation]} {problem.status.label}",
        problem.group.label,
        problem.incidents,
        problem.owner or NOTHING,
        problem.area or NOTHING,
        day(problem.last_seen_on),
    )
