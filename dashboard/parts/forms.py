"""Forms that change something: opened by a button, saved once, never losing what was typed.

A form is opened with the record as the person saw it. When somebody else saves in between, the
form stays open with the person's own words, says field by field what changed, and a second click
saves on top of what they have now seen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Final, Literal

import streamlit as st

from dashboard.design import plain_label
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.markup import draw, element
from dashboard.parts.notices import conflict, refusal, say
from dashboard.parts.telling import changed_fields
from problems.actions import Action
from problems.errors import ProblemError, Stale
from problems.events import Subject
from problems.hot_spots import Pile
from problems.problem import Problem

Record = Problem | Action | Pile
Answers = Mapping[str, Any]  # what the widgets hold: text, a day, a key of the choices, or None

_OPEN: Final = "fx_form"
_PREFIX: Final = "form_"


@dataclass(frozen=True)
class Field:
    """One question of a form. ``choices`` maps a value to its words; ``low``/``high`` bound a day."""

    name: str
    label: str
    kind: Literal["line", "text", "day", "choice"] = "line"
    value: Any = None
    choices: Mapping[Any, str] = field(default_factory=dict)
    low: date | None = None
    high: date | None = None
    help: str | None = None
    placeholder: str | None = None


@dataclass(frozen=True)
class Form:
    """What a form asks and what saving it does.

    ``save`` gets the desk, the answers and the version that was seen, and returns the sentence to
    say when it worked. ``onward`` are forms that can be chosen instead of asking anything.
    """

    title: str
    verb: str
    questions: tuple[Field, ...] = ()
    save: Callable[[Desk, Answers, int], str] | None = None
    seen: Record | None = None
    intro: str = ""
    onward: tuple[tuple[str, "Form"], ...] = ()


@dataclass
class _Opened:
    form: Form
    seen: Record | None
    refused: ProblemError | None = None
    changed_by: str = ""
    changes: list[tuple[str, str, str]] | None = None


def open_form(form: Form) -> None:
    """Open ``form`` with fresh answers (a button's ``on_click``)."""
    for key in [key for key in st.session_state if str(key).startswith(_PREFIX)]:
        del st.session_state[key]
    st.session_state[_OPEN] = _Opened(form, form.seen)


def close_form() -> None:
    """Close the open form, if any."""
    st.session_state.pop(_OPEN, None)


def form_button(form: Form, *, key: str, label: str = "", primary: bool = False, width: Any = "content") -> None:
    """Draw the button that opens ``form``."""
    st.button(
        plain_label(label or form.verb),
        key=key,
        type="primary" if primary else "secondary",
        on_click=open_form,
        args=(form,),
        width=width,
    )


def draw_open_form() -> None:
    """Draw the form that is open over the page; each page calls this once, at its end."""
    opened = st.session_state.get(_OPEN)
    if isinstance(opened, _Opened):
        st.dialog(plain_label(opened.form.title), width="medium", on_dismiss=close_form)(_draw)()


def _draw() -> None:
    opened = st.session_state.get(_OPEN)
    if not isinstance(opened, _Opened):
        st.rerun()  # saved or closed inside the dialog: the page beneath is drawn anew
    form = opened.form
    if form.intro:
        draw(element("p", form.intro, css="fx-quiet"))
    if opened.changes is not None:
        conflict(opened.changed_by, opened.changes)
    if opened.refused is not None:
        refusal(opened.refused)
    for at, (label, next_form) in enumerate(form.onward):
        form_button(next_form, key=f"onward_{at}", label=label, width="stretch")
    if form.save is not None:
        with st.form("fx_form_fields", border=False, enter_to_submit=False):
            for question in form.questions:
                _ask(question)
            again = opened.changes is not None
            label = "Look again and retry" if again else form.verb
            st.form_submit_button(plain_label(label), type="primary", key="form-save", on_click=_submit)


def _ask(question: Field) -> None:
    key, label = f"{_PREFIX}{question.name}", plain_label(question.label)
    if question.kind == "text":
        st.text_area(label, question.value or "", key=key, help=question.help, placeholder=question.placeholder)
    elif question.kind == "day":
        st.date_input(label, question.value, question.low, question.high, key=key, format="DD/MM/YYYY")
    elif question.kind == "choice":
        values = list(question.choices)
        st.selectbox(
            label,
            values,
            index=values.index(question.value) if question.value in question.choices else None,
            format_func=lambda value: question.choices[value],
            key=key,
            help=question.help,
            placeholder=question.placeholder or "Choose",
        )
    else:
        st.text_input(label, question.value or "", key=key, help=question.help, placeholder=question.placeholder)


def _submit() -> None:
    opened = st.session_state.get(_OPEN)
    if not isinstance(opened, _Opened) or opened.form.save is None:
        return
    answers = {question.name: st.session_state.get(f"{_PREFIX}{question.name}") for question in opened.form.questions}
    desk = this_desk()
    opened.refused, opened.changes = None, None
    try:
        sentence = opened.form.save(desk, answers, opened.seen.version if opened.seen else 0)
    except Stale as stale:
        _look_again(desk, opened, stale)
    except ProblemError as refused:
        opened.refused = refused
    else:
        close_form()
        say(sentence)


def _look_again(desk: Desk, opened: _Opened, stale: Stale) -> None:
    """Note what changed since the form was opened, and go on from there."""
    if opened.seen is None:
        opened.refused = stale
        return
    before, now = opened.seen, _as_it_is(desk, opened.seen)
    changes: dict[str, tuple[object, object]] = {
        each.name: (getattr(before, each.name), getattr(now, each.name))
        for each in fields(before)
        if getattr(before, each.name) != getattr(now, each.name)
    }
    opened.changes = changed_fields(changes, desk.names, of_action=isinstance(now, Action))
    opened.changed_by = stale.changed_by or _last_hand(desk, now)
    opened.seen = now


def _as_it_is(desk: Desk, record: Record) -> Record:
    if isinstance(record, Problem):
        return desk.store.problem(record.id)
    if isinstance(record, Action):
        return desk.store.action(record.id)
    return next((pile for pile in desk.store.piles() if pile.id == record.id), record)


def _last_hand(desk: Desk, record: Record) -> str:
    subject = {Problem: Subject.PROBLEM, Action: Subject.ACTION, Pile: Subject.DEFAULT_POINT}[type(record)]
    events = desk.store.events(subject, record.id)
    return events[-1].by_name if events else ""
