"""Several problems become one: which, which of them goes on, and what goes along."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.design import plain_label
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.markup import draw, element, link, problem_link, section, table
from dashboard.parts.nearness import nearest_first
from dashboard.parts.notices import refusal, remark
from dashboard.wording import count, listed, metres
from problems.combining import MergePreview, goes_on_best
from problems.errors import ProblemError
from problems.problem import Problem
from problems.use_cases.combining import look_at_merge, merge_problems

_REFUSED: Final = "merge_refused"
_MADE: Final = "merge_made"


def show_merge(desk: Desk, problem: Problem) -> None:
    """Draw the choice of the problems, what a merge will do, and the button that does it."""
    made = st.session_state.pop(_MADE, None)
    if isinstance(made, int):
        goes_on = desk.store.problem(made)
        told = f"Done. It goes on as {goes_on.ref}, with everything that hung on the others."
        draw(element("p", told, css="fx-note fx-note-accent", role="status"))
        ways = link("/problem", f"Open {goes_on.ref}", query={"problem": goes_on.ref}, css="fx-button")
        draw(element("p", ways, css="fx-ways"))
        return
    if isinstance(refused := st.session_state.pop(_REFUSED, None), ProblemError):
        refusal(refused)
    others = _others_nearest_first(desk, problem)
    if not others:
        remark(f"There is no other open problem about {problem.group.label.lower()} to merge it with.")
        return
    words = {one.id: f"{one.ref} {one.name}, {metres(away)} away, {one.status.label.lower()}" for one, away in others}
    chosen = st.multiselect(
        f"Which problems are one with {problem.ref}?",
        list(words),
        format_func=lambda number: plain_label(words[number]),
        key=f"merge-with-{problem.ref}",
        placeholder="Choose one or more, the nearest first",
        # One press too many would make one problem of a whole city's.
        select_all=False,
    )
    if not chosen:
        remark("Choose at least one; then you see what will happen, and nothing happens before you say so.")
        return
    named = [problem, *(one for one, _ in others if one.id in chosen)]
    stays = _which_goes_on(problem, named)
    goes = [one for one in named if one.id != stays.id]
    try:
        seen = look_at_merge(*desk.asking, survivor_id=stays.id, other_ids=[one.id for one in goes])
    except ProblemError as refused:
        refusal(refused)
        return
    _preview(seen)
    _do(problem, stays, goes)


def _others_nearest_first(desk: Desk, problem: Problem) -> list[tuple[Problem, float]]:
    others = [
        one
        for one in desk.store.problems()
        if one.id != problem.id and one.group is problem.group and one.status.is_open
    ]
    return nearest_first(desk, problem.lon_lat, others)


def _which_goes_on(problem: Problem, named: Sequence[Problem]) -> Problem:
    by_id = {one.id: one for one in named}
    best = goes_on_best(named)
    number = st.radio(
        "Which one goes on?",
        list(by_id),
        index=list(by_id).index(best.id),
        format_func=lambda number: plain_label(f"{by_id[number].ref} {by_id[number].name}"),
        captions=[f"{one.status.label}, owner: {one.owner or 'nobody yet'}" for one in named],
        key=f"merge-stays-{problem.ref}-{'-'.join(map(str, by_id))}",
    )
    return by_id[number or best.id]


def _preview(seen: MergePreview) -> None:
    section("What will happen")
    refs = listed([one.ref for one, _ in seen.goes])
    ends = "ends and goes on" if len(seen.goes) == 1 else "end and go on"
    draw(element("p", f"{refs} {ends} as {seen.stays.ref}. This goes along:"))
    rows = [
        (
            problem_link(one),
            f"{len(has.actions)} ({len(has.owed)} owed)" if has.actions else "0",
            len(has.visits),
            len(has.photos),
            len(has.report_ids),
        )
        for one, has in seen.goes
    ]
    heads = ("Problem", "Actions", "Visits", "Photos", "Linked reports")
    draw(table(f"What goes along to {seen.stays.ref}", heads, rows, numeric=(1, 2, 3, 4), stacked=True))
    remark(
        f"{count(seen.entries, 'entry', 'entries')} of the timeline and {count(seen.assessments, 'assessment')} stay "
        f"with {refs} and are shown with {seen.stays.ref} too. Its outline becomes the ground of all of them."
    )
    for at, words in enumerate(seen.warnings):
        remark(words, tone="warn" if at == 0 else "quiet")


def _do(problem: Problem, stays: Problem, goes: Sequence[Problem]) -> None:
    key = f"merge-note-{problem.ref}"
    st.session_state.setdefault(key, f"One place with {stays.ref}, and followed up there.")
    st.text_area("What residents could be told", key=key, height=80)
    refs = listed([one.ref for one in goes])
    versions = {one.id: one.version for one in (stays, *goes)}
    st.button(
        plain_label(f"Merge {refs} into {stays.ref}"),
        key="merge-do",
        type="primary",
        on_click=_merge,
        args=(key, stays.id, tuple(one.id for one in goes), versions),
    )


def _merge(key: str, survivor_id: int, other_ids: tuple[int, ...], versions: dict[int, int]) -> None:
    note = str(st.session_state.get(key) or "")
    try:
        merge_problems(
            *this_desk().asking, survivor_id=survivor_id, other_ids=other_ids, note=note, seen_versions=versions
        )
    except ProblemError as refused:
        st.session_state[_REFUSED] = refused
    else:
        st.session_state[_MADE] = survivor_id
