"""Where a problem came from and what became of it: what it went into, a small picture, and the same as a table."""

from collections.abc import Iterable
from typing import Final

import streamlit as st

from dashboard import session
from dashboard.design import Html
from dashboard.parts.desk import Desk
from dashboard.parts.lineage_picture import address, height_px, mark_picture, picture, rows
from dashboard.parts.markup import draw, element, joined, link, problem_link, section, table
from dashboard.parts.proposals import show_proposals
from dashboard.wording import count, day, listed
from problems.events import Subject
from problems.lineage import Line, Lineage, Mark, Turn, lineage, relatives
from problems.problem import Problem, problem_ref
from problems.seeing import READS_EVERYTHING

#: Turns that say with whom, in the words that come before the other's reference.
_WITH: Final = {
    Turn.SPLIT_OFF: "Split off from",
    Turn.SPLIT: "Split: a part became",
    Turn.MERGED_IN: "Merged in:",
    Turn.MERGED_AWAY: "Merged into",
}


def show_relations(desk: Desk, problem: Problem) -> None:
    """Draw where a problem goes on or came from, and what is proposed about it."""
    related = problem.successor_ids or problem.parent_id
    known = {each.id: each for each in desk.store.problems()} if related else {}
    _where_it_goes_on(problem, known)
    if desk.principal.has(*READS_EVERYTHING):
        show_proposals(desk, problem)


def show_lineage(desk: Desk, problem: Problem) -> None:
    """Draw the weeks of a problem and of those that touched it; nothing until hot spots were looked for twice."""
    problems = desk.store.problems()
    told = _told(desk, problem, relatives(problem, problems))
    if len(told.looked) > 1 and told.first < told.last:
        _show_picture(desk, told)


def _where_it_goes_on(problem: Problem, known: dict[int, Problem]) -> None:
    successors = [known[number] for number in problem.successor_ids if number in known]
    if successors:
        onward = joined((problem_link(each) for each in successors), ", ")
        draw(element("p", "This problem was merged or split. It goes on as ", onward, css="fx-note fx-note-accent"))
    if problem.parent_id in known:
        draw(element("p", "It came out of ", problem_link(known[problem.parent_id]), css="fx-note"))


def _told(desk: Desk, problem: Problem, others: list[Problem]) -> Lineage:
    everybody = [problem, *others]
    return lineage(
        problem,
        others,
        {each.id: desk.store.hot_spots_of(each.id) for each in everybody},
        {each.id: desk.store.events(Subject.PROBLEM, each.id) for each in everybody},
        desk.store.refreshes(),
        desk.zone,
    )


def _show_picture(desk: Desk, told: Lineage) -> None:
    colours, dark = session.colours(), session.is_dark()
    section("From week to week", f"{day(told.first)} to {day(told.last)}")
    drawn = element(
        "img",
        role="img",
        src=address(picture(told, colours, dark=dark)),
        alt=reading(told),
        style=f"width:100%;height:{height_px(told)}px",
    )
    names = joined(_name(row.line, row.top_px, own=row.line is told.own) for row in rows(told))
    draw(element("div", drawn, names, css="fx-lineage"))
    draw(_legend(told))
    if told.more:
        draw(element("p", f"{count(told.more, 'more problem')} touched it; the table lists the first.", css="fx-quiet"))
    with st.expander("The same as a table"):
        draw(table("What happened week by week", ("Day", "Problem", "What"), _table_rows(told)))
        seen = [(day(each.on), each.incidents) for each in reversed(told.own.seen)]
        if seen:
            caption = f"Distinct incidents of {told.own.problem.ref} by refresh, newest first"
            draw(table(caption, ("Hot spots as of", "Distinct incidents"), seen, numeric=(1,)))


def _name(line: Line, top_px: int, *, own: bool) -> Html:
    problem = line.problem
    name = element("b", problem.ref) if own else link("/problem", problem.ref, query={"problem": problem.ref})
    status = f" {problem.status.label}"
    return element("p", name, element("span", f"{status} · {problem.name}"), style=f"top:{top_px}px")


def _legend(told: Lineage) -> Html:
    turns = {mark.turn for line in (told.own, *told.relatives) for mark in line.marks}
    colours, dark = session.colours(), session.is_dark()
    # Both sides of a split bear the same mark: one picture, both words.
    words_of: dict[str, list[str]] = {}
    for turn in Turn:
        if turn in turns:
            words_of.setdefault(mark_picture(turn, colours, dark=dark), []).append(turn.label)
    marks = joined(
        element(
            "li",
            element("img", src=address(mark), role="presentation", width="18", height="18"),
            element("span", ", ".join([words[0], *(word.lower() for word in words[1:])])),
        )
        for mark, words in words_of.items()
    )
    width = "Width: distinct incidents in the window. Dotted: quiet. Thin: fewer than make a hot spot."
    return element("ul", marks, element("li", width), css="fx-legend")


def reading(told: Lineage) -> str:
    """Return the picture in sentences, for those who cannot see it."""
    own = told.own
    looks = sum(own.first <= on <= own.last for on in told.looked)
    sentences = [f"{own.problem.ref} was a hot spot in {len(own.seen)} of {count(looks, 'refresh', 'refreshes')}."]
    if own.seen:
        most = max(own.seen, key=lambda each: each.incidents)
        sentences.append(f"At most {count(most.incidents, 'distinct incident')}, on {day(most.on)}.")
    sentences += [f"{mark_words(mark)} on {day(mark.on)}." for mark in own.marks]
    if told.relatives:
        refs = listed([line.problem.ref for line in told.relatives])
        sentences.append(f"Branches lead to {refs}.")
    return " ".join(sentences)


def mark_words(mark: Mark) -> str:
    """Return what happened, and with whom."""
    if mark.other_id is None or mark.turn not in _WITH:
        return mark.turn.label
    return f"{_WITH[mark.turn]} {problem_ref(mark.other_id)}"


def _table_rows(told: Lineage) -> list[tuple[object, ...]]:
    lines: Iterable[Line] = (told.own, *told.relatives)
    marks = sorted(((mark, line) for line in lines for mark in line.marks), key=lambda pair: pair[0].on, reverse=True)
    return [(day(mark.on), problem_link(line.problem), mark_words(mark)) for mark, line in marks]
