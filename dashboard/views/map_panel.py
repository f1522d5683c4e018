"""Beside and below the map: the selected problem, and the table that says the same as the map."""

from collections.abc import Callable, Sequence
from typing import Final

import pandas as pd
import streamlit as st

from dashboard import design, session
from dashboard.wording import NOTHING, count, day, metres
from problems.problem import Problem, Remediation
from problems.store import Store

_SIGNS: Final = {
    Remediation.NOT_STARTED: "▲",
    Remediation.IN_PROGRESS: "■",
    Remediation.AWAITING_CHECK: "◆",
    Remediation.RESOLVED: "●",
    Remediation.SET_ASIDE: "✕",
}
_TABLE: Final = "map-table"
_HEAD: Final = ("Problem", "Name", "Status", "Category", "Distinct incidents", "Owner", "Area", "Last seen")
_FIRST: Final = 8


def draw(store: Store, problem: Problem | None, seen: Sequence[Problem], choose: Callable[[str], None]) -> None:
    """Draw the panel: the selected problem, or the largest ones to choose from."""
    if problem is None:
        _largest(seen, choose)
        return
    st.html(_head(problem))
    st.html(design.terms(_facts(store, problem)))
    if problem not in seen:
        st.html(design.note("The filters above leave this problem out of the map."))
    with st.container(horizontal=True, gap="small"):
        st.html(
            f'<a class="fx-button" href="/problem?problem={design.safe_html(problem.ref)}" target="_self">'
            f"Open {design.safe_html(problem.ref)}</a>"
        )
        st.button("Close", key="panel-close", on_click=choose, args=("",))


def _head(problem: Problem) -> str:
    return (
        f'<div class="fx-panel-head"><p class="fx-kicker">{design.safe_html(problem.ref)} · '
        f"{design.safe_html(problem.group.label)}</p><h2>{design.safe_html(problem.name)}</h2>"
        f"<p>{design.status_html(problem.status.remediation, problem.status.label)}</p></div>"
    )


def _facts(store: Store, problem: Problem) -> list[tuple[str, str]]:
    zone = session.get_settings().zone
    today = session.get_clock()().astimezone(zone).date()
    organisations = {each.id: each.name for each in store.organisations()}
    owner = problem.owner or "Nobody yet"
    if problem.owner_organisation_id in organisations:
        owner = f"{owner}, {organisations[problem.owner_organisation_id]}"
    actions = [action for action in store.actions(problem.id) if action.status.is_owed]
    late = sum(action.days_late(today) > 0 for action in actions)
    due = min((action.due_on for action in actions if action.due_on), default=None)
    open_actions = count(len(actions), "action") + (f", {late} late" if late else "") if actions else "None"
    return [
        ("Owner", owner),
        ("Stage", problem.stage.label),
        ("Last hot spot", f"{count(problem.incidents, 'distinct incident')} in {count(problem.reports, 'report')}"),
        ("Width", metres(problem.width_m)),
        ("Still to be done", open_actions),
        ("Next due", day(due)),
        ("Last seen", day(problem.last_seen_on)),
        ("Quiet since", day(problem.dormant_since)),
    ]


def _largest(seen: Sequence[Problem], choose: Callable[[str], None]) -> None:
    st.html(design.section_head("Largest on the map", "choose one here, on the map or in the table"))
    ordered = sorted(seen, key=lambda problem: (-problem.incidents, problem.id))[:_FIRST]
    if not ordered:
        st.html(design.empty_state("Nothing here", "No problem fits the filters. Widen them to see more."))
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


def table(seen: Sequence[Problem], chosen: Problem | None, choose: Callable[[str], None]) -> None:
    """Draw the table of what is on the map; a row chosen there is chosen on the map."""
    st.html(design.section_head("The same as a table", f"{count(len(seen), 'problem')}"))
    ordered = sorted(seen, key=lambda problem: (-problem.incidents, problem.id))
    if not ordered:
        st.html(design.note("No problem fits the filters."))
        return
    plain = st.toggle("Plain table", key="plain", bind="query-params", help="For screen readers and for printing")
    if plain:
        st.html(design.plain_table(_HEAD, [_row(problem) for problem in ordered], caption="Problems on the map"))
    else:
        _canvas(ordered, choose)
    st.html(
        '<p class="fx-note"><a href="/api/export/problems.csv" download>All problems as a CSV file</a> · '
        '<a href="/api/export/problems.geojson" download>as GeoJSON for a map program</a></p>'
    )


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
