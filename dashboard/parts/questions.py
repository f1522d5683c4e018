"""What a file leaves open, asked as plain choices: nothing is guessed, nothing goes on without an answer."""

import re
from calendar import month_name
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard.design import plain_label
from dashboard.parts import kept
from dashboard.parts.markup import draw, element, section
from dashboard.parts.notices import refusal
from dashboard.wording import count
from data.importing import Preview
from data.reading.columns import DATE_FIELDS, FIELDS, Columns
from data.reading.questions import DATE, EPSG, ZONE, Question, answered
from problems.errors import InputRefused

_OTHER: Final = "\x00other"
#: An answer may lead to another question; no file leaves more open than this.
_ROUNDS: Final = 8
#: More answers than this are a list to open.
_MOST_AT_ONCE: Final = 8
_DAY_OF_MONTH: Final = re.compile(r"“(.+)” is day (\d{1,2}) of month (\d{1,2})$")


def ask(upload_id: str, found: Preview, look: Callable[[Columns], Preview]) -> Preview:
    """Ask what ``found`` leaves open, one choice each, and return the file as it is read with the answers.

    ``look`` reads the file with other columns. Questions that were answered stay where they are, so that an answer
    can be changed; those that are open are still in the ``questions`` of what is returned.
    """
    asked: set[str] = set()
    shown = found
    for _ in range(_ROUNDS):
        fresh = [each for each in shown.questions if each.field not in asked]
        if not fresh:
            break
        if not asked:
            section("Please say", "the file itself does not tell")
        columns = shown.columns
        for question in fresh:
            asked.add(question.field)
            columns = _with_answer(upload_id, question, columns)
        if columns == shown.columns:
            break
        shown = look(columns)
    return shown


def open_words(shown: Preview) -> str:
    """Say what has to be answered before the file can be counted; empty where nothing has."""
    waits = [question for question in shown.questions if _waits(question)]
    return f"Answer {count(len(waits), 'question')} above: then the rows are shown and can be counted." if waits else ""


@dataclass(frozen=True)
class _Words:
    """A question as people are asked it: text, and by value of an answer its label and its example."""

    text: str
    labels: Mapping[str, str]
    examples: Mapping[str, str]


def _words(question: Question) -> _Words:
    labels = {each.value: each.label[:1].upper() + each.label[1:] for each in question.answers}
    examples = {each.value: each.example for each in question.answers}
    if question.field in DATE_FIELDS and {"dmy", "mdy"} == labels.keys():
        found = {value: _DAY_OF_MONTH.search(example) for value, example in examples.items()}
        if all(found.values()):
            days = {value: _day_words(int(match[2]), int(match[3])) for value, match in found.items() if match}
            written = next(match[1] for match in found.values() if match)
            first, second = days.values()
            text = f"{FIELDS[question.field]}: is {written} the {first}, or the {second}?"
            return _Words(
                text,
                {value: f"The {words}" for value, words in days.items()},
                {value: f"{labels[value]}, in every row." for value in labels},
            )
    if question.field == EPSG:
        numbers = {value: f"{examples[value]} (EPSG:{value})".strip() for value in labels}
        plain = {value: label.removeprefix(f"EPSG:{value} ") for value, label in labels.items()}
        text = question.text.replace(" Give its EPSG number.", "").replace("projected coordinates", "metres or feet")
        return _Words(text, plain, numbers)
    return _Words(question.text, labels, examples)


def _day_words(day: int, month: int) -> str:
    ending = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending} of {month_name[month]}"


def _with_answer(upload_id: str, question: Question, columns: Columns) -> Columns:
    key = f"answer-{upload_id}-{question.field}-{columns.names.get(question.field, '')}"
    words = _words(question)
    labels, captions = dict(words.labels), [words.examples[value] for value in words.labels]
    if question.field in (EPSG, ZONE):
        labels[_OTHER] = "Another one"
        captions.append("Whoever made the file can tell.")
    with st.container(key=f"fx-question-{question.field}", gap=None):
        value = _day_or_month(key, words) if question.kind == DATE else _chosen(key, words.text, labels, captions)
        if question.proposed in labels and not value:
            draw(element("p", f"Most likely: {labels[question.proposed]}. Please choose.", css="fx-quiet"))
        if value == _OTHER:
            value = _another(key, question)
        if not _waits(question) and not value:
            draw(element("p", "You may go on without an answer.", css="fx-quiet"))
    if not value:
        return columns
    try:
        return answered(columns, question, value)
    except InputRefused as refused:
        refusal(refused)
        return columns


def _chosen(key: str, text: str, labels: Mapping[str, str], captions: Sequence[str]) -> str | None:
    """Draw the answers one below the other, or as one list where they are many."""
    begun = kept.begin(key, None, list(labels))
    if len(labels) > _MOST_AT_ONCE:
        value = st.selectbox(
            plain_label(text),
            list(labels),
            index=None,
            format_func=lambda value: labels[value],
            placeholder="Choose one",
            key=begun,
            width=480,
        )
    else:
        value = st.radio(
            plain_label(text),
            list(labels),
            index=None,
            format_func=lambda value: plain_label(labels[value]),
            captions=[plain_label(caption) for caption in captions],
            key=begun,
        )
    kept.keep(key)
    return value


def _day_or_month(key: str, words: _Words) -> str:
    text = st.text_input(
        plain_label(words.text),
        key=kept.begin(key, ""),
        placeholder="2022-03-05, or 2022-03 for a month",
        width=480,
    )
    kept.keep(key)
    return str(text).strip()


def _another(key: str, question: Question) -> str:
    own = f"{key}-own"
    label = "Number of the system (EPSG)" if question.field == EPSG else "Time zone, such as Europe/London"
    text = st.text_input(label, key=kept.begin(own, ""), width=320)
    kept.keep(own)
    return str(text).strip()


def needed(questions: Sequence[Question]) -> bool:
    """Tell whether one of the questions must be answered first."""
    return any(map(_waits, questions))


def _waits(question: Question) -> bool:
    """Tell whether the page waits for an answer: also for the time zone, which somebody who is there can tell."""
    return question.needed or question.field == ZONE
