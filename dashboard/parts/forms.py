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
from dashboard.parts.looking_back import day_chosen
from dashboard.parts.markup import draw, element
from dashboard.parts.notices import conflict, refusal, say
from dashboard.parts.report_telling import changed_words
from dashboard.parts.telling import changed_fields
from dashboard.wording import listed
from problems.actions import Action
from problems.errors import ProblemError, Stale
from problems.events import Subject
from problems.followups import Matter
from problems.guides import Guide
from problems.hot_spots import Pile
from problems.problem import Problem
from problems.sources import Source
from problems.use_cases.answer_changes import matters_of

Record = Problem | Action | Pile | Source | Matter | Guide
Answers = Mapping[str, Any]  # what the widgets hold: text, a day, a key of the choices, a file, or None

_OPEN: Final = "fx_form"
#: Wide enough for every day that anybody means; whether it may be is for the rules to say, in words.
_FIRST_DAY, _LAST_DAY = date(1950, 1, 1), date(2199, 12, 31)
_PREFIX: Final = "form_"
_SUBJECTS: Final[Mapping[type[Record], Subject]] = {
    Problem: Subject.PROBLEM,
    Action: Subject.ACTION,
    Pile: Subject.DEFAULT_POINT,
    Source: Subject.SOURCE,
    Matter: Subject.REPORT,
    Guide: Subject.GUIDE,
}


@dataclass(frozen=True)
class Field:
    """One question of a form. ``choices`` maps a value to its words.

    Of a ``many`` any number can be chosen: its value is a tuple of keys of ``choices``. One that stands
    ``beside`` is drawn in one row with the question before it, where there is room. What is ``needed`` is named
    above the questions. A ``file`` is of one of the ``endings`` and has at most ``max_mb``.
    """

    name: str
    label: str
    kind: Literal["line", "text", "day", "choice", "many", "file"] = "line"
    value: Any = None
    choices: Mapping[Any, str] = field(default_factory=dict)
    help: str | None = None
    placeholder: str | None = None
    beside: bool = False
    needed: bool = False
    endings: tuple[str, ...] = ()
    max_mb: int | None = None


@dataclass(frozen=True)
class Form:
    """What a form asks and what saving it does.

    ``save`` gets the desk, the answers and the version that was seen, and returns the sentence to
    say when it worked. ``onward`` are forms that can be chosen instead of asking anything. ``renew``
    returns the form for the record as it is now, after somebody else saved it.
    """

    title: str
    verb: str
    questions: tuple[Field, ...] = ()
    save: Callable[[Desk, Answers, int], str] | None = None
    seen: Record | None = None
    intro: str = ""
    onward: tuple[tuple[str, "Form"], ...] = ()
    renew: Callable[[Desk], "Form"] | None = None


@dataclass
class _Opened:
    form: Form
    seen: Record | None
    refused: ProblemError | None = None
    changed_by: str = ""
    changes: list[tuple[str, str, str]] | None = None
    written: Answers = field(default_factory=dict)
    answers: Answers = field(default_factory=dict)


def open_form(form: Form | Callable[[], Form], written: Answers | None = None) -> None:
    """Open ``form`` (a button's ``on_click``); ``written`` is what was already said in another one."""
    if not isinstance(form, Form):
        form = form()
    for key in [key for key in st.session_state if str(key).startswith(_PREFIX)]:
        del st.session_state[key]
    st.session_state[_OPEN] = _Opened(form, form.seen)
    _fill_in(form, written or {})


def _fill_in(form: Form, written: Answers, *, only_lost: bool = False) -> None:
    for question in form.questions:
        if question.kind == "file":
            continue  # only the browser can put one there; what it has put there stays
        if only_lost and f"{_PREFIX}{question.name}" in st.session_state:
            continue
        value = written.get(question.name, question.value)
        if question.kind == "choice" and value not in question.choices:
            value = question.value if question.value in question.choices else None
        if question.kind == "many":
            value = [one for one in value or () if one in question.choices]
        st.session_state[f"{_PREFIX}{question.name}"] = _empty(question) if value is None else value


def _empty(question: Field) -> str | None:
    return "" if question.kind in ("line", "text") else None


def close_form() -> None:
    """Close the open form, if any."""
    st.session_state.pop(_OPEN, None)


def form_button(
    form: Form | Callable[[], Form],
    *,
    key: str,
    label: str = "",
    primary: bool = False,
    width: Any = "content",
    written: Answers | None = None,
) -> None:
    """Draw the button that opens ``form``, with what was ``written`` elsewhere filled in.

    What makes the form when the button is clicked can be given with a ``label``: of many forms on a page one is opened.
    While a past day is looked at there is none: the past cannot be changed.
    """
    if day_chosen() is not None:
        return
    st.button(
        plain_label(label or (form.verb if isinstance(form, Form) else "")),
        key=key,
        type="primary" if primary else "secondary",
        on_click=open_form,
        args=(form, written),
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
    for text in opened.written.values() if form.save is None else ():
        if isinstance(text, str) and " " in text:
            draw(element("p", f"You wrote: “{text}”", css="fx-note"))
    for at, (label, next_form) in enumerate(form.onward):
        form_button(next_form, key=f"onward_{at}", label=label, width="stretch", written=opened.written)
    if form.save is not None:
        # A run that was broken off before the form was drawn may have dropped what its fields held.
        _fill_in(form, opened.answers or opened.written, only_lost=True)
        needed = [question.label for question in form.questions if question.needed]
        if needed:
            draw(element("p", f"Needed: {listed([f'“{label}”' for label in needed])}.", css="fx-quiet"))
        with st.form("fx_form_fields", border=False, enter_to_submit=False):
            _ask_all(form.questions)
            again = opened.changes is not None
            label = "Look again and retry" if again else form.verb
            st.form_submit_button(plain_label(label), type="primary", key="form-save", on_click=_submit)


def _ask_all(questions: tuple[Field, ...]) -> None:
    rows: list[list[Field]] = []
    for question in questions:
        if question.beside and rows:
            rows[-1].append(question)
        else:
            rows.append([question])
    for row in rows:
        for column, question in zip(st.columns(len(row)), row, strict=True) if len(row) > 1 else ():
            with column:
                _ask(question)
        if len(row) == 1:
            _ask(row[0])


def _ask(question: Field) -> None:
    key, label = f"{_PREFIX}{question.name}", plain_label(question.label)
    if question.kind == "text":
        st.text_area(label, key=key, help=question.help, placeholder=question.placeholder)
    elif question.kind == "day":
        # No narrower bounds: a day beyond them that is typed is dropped without a word, and the one before it is saved.
        st.date_input(label, None, _FIRST_DAY, _LAST_DAY, key=key, format="DD/MM/YYYY", help=question.help)
    elif question.kind == "file":
        st.file_uploader(label, list(question.endings), key=key, help=question.help, max_upload_size=question.max_mb)
    elif question.kind == "choice":
        st.selectbox(
            label,
            list(question.choices),
            index=None,
            format_func=lambda value: question.choices[value],
            key=key,
            help=question.help,
            placeholder=question.placeholder or "Choose",
        )
    elif question.kind == "many":
        st.multiselect(
            label,
            list(question.choices),
            format_func=lambda value: question.choices[value],
            key=key,
            help=question.help,
            placeholder=question.placeholder or "Choose",
            select_all=False,
        )
    else:
        st.text_input(label, key=key, help=question.help, placeholder=question.placeholder)


def _submit() -> None:
    opened = st.session_state.get(_OPEN)
    if not isinstance(opened, _Opened) or opened.form.save is None:
        return
    answers = {question.name: st.session_state.get(f"{_PREFIX}{question.name}") for question in opened.form.questions}
    desk = this_desk()
    opened.refused, opened.changes, opened.answers = None, None, answers
    try:
        sentence = opened.form.save(desk, answers, opened.seen.version if opened.seen else 0)
    except Stale as stale:
        _look_again(desk, opened, stale, answers)
    except ProblemError as refused:
        opened.refused = refused
    else:
        close_form()
        say(sentence)


def _look_again(desk: Desk, opened: _Opened, stale: Stale, answers: Answers) -> None:
    """Note what changed since the form was opened, and go on from there.

    What the person wrote stays; what they left alone shows what it is now, so that saving again
    does not take back what the other person changed.
    """
    form = opened.form
    if opened.seen is None:
        opened.refused = stale
        return
    if form.renew is not None:
        written = {each.name: answers[each.name] for each in form.questions if _is_written(each, answers[each.name])}
        opened.form, opened.written, opened.answers = form.renew(desk), written, {}
        _fill_in(opened.form, written)
    before, now = opened.seen, opened.form.seen if form.renew else _as_it_is(desk, opened.seen)
    if now is None:
        opened.refused = stale
        return
    opened.changes = _changes(desk, before, now, stale)
    opened.changed_by = stale.changed_by or _last_hand(desk, now)
    opened.seen = now


def _changes(desk: Desk, before: Record, now: Record, stale: Stale) -> list[tuple[str, str, str]]:
    """Return (field, was, is now) in words for what the other person changed."""
    if isinstance(now, Matter):
        return changed_words(stale.changes, desk.names)
    changes: dict[str, tuple[object, object]] = {
        each.name: (getattr(before, each.name), getattr(now, each.name))
        for each in fields(before)
        if getattr(before, each.name) != getattr(now, each.name)
    }
    return changed_fields(changes, desk.names, of_action=isinstance(now, Action))


def _is_written(question: Field, answer: object) -> bool:
    if question.kind == "many":
        chosen = list(answer) if isinstance(answer, (list, tuple)) else []
        return chosen != list(question.value or ())
    return answer != (_empty(question) if question.value is None else question.value)


def _as_it_is(desk: Desk, record: Record) -> Record:
    if isinstance(record, Problem):
        return desk.store.problem(record.id)
    if isinstance(record, Action):
        return desk.store.action(record.id)
    if isinstance(record, Source):
        return desk.store.source(record.name) or record
    if isinstance(record, Guide):
        return next((one for one in desk.store.guides() if one.id == record.id), record)
    if isinstance(record, Matter):
        return next(iter(matters_of(desk.store, [record.id])), record)
    return next((pile for pile in desk.store.piles() if pile.id == record.id), record)


def _last_hand(desk: Desk, record: Record) -> str:
    events = desk.store.events(_SUBJECTS[type(record)], record.id)
    return events[-1].by_name if events else ""
