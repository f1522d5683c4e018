"""The questions of the problem analysis: who causes it, who suffers, who looks after the place, what was tried."""

from collections.abc import Sequence

import streamlit as st

from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field, Form, form_button
from dashboard.parts.markup import draw, element, joined, section
from dashboard.parts.notices import remark
from dashboard.wording import count, moment
from problems.events import Event, Subject
from problems.problem import Problem
from problems.questions import Answer, Question, answers_in
from problems.use_cases.questioning import MAY_ANSWER, answer_question


def show_triangle(desk: Desk, problem: Problem, events: Sequence[Event]) -> None:
    """Draw each question with the answer that holds now, and the way to write another one."""
    kept = answers_in(events)
    open_questions = sum(not _text(kept[question]) for question in Question)
    told = f"{count(open_questions, 'question')} open" if open_questions else "all answered"
    section("What is behind it", told)
    writes = desk.principal.has(*MAY_ANSWER) and problem.status.is_open
    with st.container(key="triangle", gap="medium"):
        for question in Question:
            _one(desk, problem, question, kept[question], writes=writes)
    if not any(kept.values()) and not writes:
        remark("Nobody has written anything yet. Officers and coordinators answer these questions.")


def _text(versions: Sequence[Answer]) -> str:
    return versions[-1].text if versions else ""


def _one(desk: Desk, problem: Problem, question: Question, versions: Sequence[Answer], *, writes: bool) -> None:
    now = _text(versions)
    lines = [element("p", element("b", question.label))]
    if now:
        last = versions[-1]
        lines.append(element("p", now, css="fx-answer"))
        lines.append(element("p", f"{last.by_name}, {moment(last.at, desk.zone)}", css="fx-quiet"))
    else:
        lines.append(element("p", question.hint, css="fx-quiet"))
    with st.container(gap="xsmall"):
        draw(element("div", joined(lines)))
        if writes:
            label = "Change the answer" if now else "Answer"
            form_button(answer_form(problem, question, versions), key=f"answer-{question}", label=label)
        if len(versions) > 1:
            with st.expander(f"Earlier answers ({len(versions) - 1})"):
                earlier = [
                    element("li", f"{moment(one.at, desk.zone)}, {one.by_name}: ", one.text or "taken back")
                    for one in reversed(versions[:-1])
                ]
                draw(element("ul", joined(earlier)))


def answer_form(problem: Problem, question: Question, versions: Sequence[Answer]) -> Form:
    """Return the form that writes the next version of an answer; whoever is second reads the first one's."""

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        text = str(answers.get("text") or "")
        answer_question(*at.asking, problem_id=problem.id, question=question, text=text, seen_version=len(versions))
        return "The answer is kept." if text.strip() else "The answer is taken back."

    def renew(at: Desk) -> Form:
        now = answers_in(at.store.events(Subject.PROBLEM, problem.id))[question]
        return answer_form(at.store.problem(problem.id), question, now)

    last = versions[-1] if versions else None
    intro = f"{last.by_name} wrote: “{last.text}”" if last and last.text else question.hint
    field = Field("text", question.label, "text", last.text if last else "", help=question.hint)
    return Form(f"{problem.ref}: What is behind it", "Keep the answer", (field,), save, problem, intro, renew=renew)
