"""What a file leaves open: questions with proposed answers, instead of guesses."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from data.reading.columns import CONFIRMABLE, DATE_FIELDS, FIELDS, Columns, columns_from, has_columns
from problems.errors import InputRefused

_ASKED = "The file cannot be read yet: it leaves something open."
_MOST_ANSWERS = 6
#: Kinds of questions besides the fields; :func:`answered` knows each.
EPSG, ZONE, SWAPPED, NO_PLACE = "epsg", "zone", "swapped", "no_place"
FIXED_DATE, FIXED_CATEGORY = "fixed_reported", "fixed_category"
#: Whether reports without ids, read from other columns than last time, are other reports.
OTHER_COLUMNS = "other_columns"
#: Whether numbers that are known from other dates and places stand for the same reports all the same.
SAME_NUMBERS = "same_numbers"
#: What an answer is: one of those listed, or a day or month.
CHOICE, DATE = "choice", "date"
AS_IT_IS, SWAP = "as it is", "swap"
#: An answer to these may be another one than those listed.
_OWN = (EPSG, ZONE, FIXED_DATE, FIXED_CATEGORY)


@dataclass(frozen=True, slots=True)
class Answer:
    """One possible answer: its value for :func:`answered`, what it means, and what the file says by it."""

    value: str
    label: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the values of a file leave open.

    ``field`` is a field of the mapping (a date field: in which order; any other: which column) or one of
    the kinds above. ``proposed`` is the value of the most likely answer. ``toml`` is the line of a columns
    file that gives it. Where ``needed`` is False, the import may go on without an answer.
    """

    field: str
    text: str
    answers: tuple[Answer, ...]
    proposed: str | None = None
    toml: str = ""
    needed: bool = True
    confidence: float = 0.5
    #: Fields whose columns are written alike: the answer holds for them too.
    alike: tuple[str, ...] = ()
    #: :data:`CHOICE`, or :data:`DATE` where a day (2022-03-05) or a month (2022-03) is to be typed in.
    kind: str = CHOICE

    def told(self) -> str:
        """Return the question with its answers as one piece of text."""
        listed = "; ".join(
            f"{answer.label} ({answer.example})" if answer.example else answer.label
            for answer in self.answers[:_MOST_ANSWERS]
        )
        return f"{self.text} Possible: {listed}." if listed else self.text


def answered(columns: Columns, question: Question, value: str) -> Columns:
    """Return the mapping with a question answered.

    Parameters
    ----------
    value
        The value of one of its answers; for a coordinate system, a time zone or a category also another
        one, for a date any day or month.

    Raises
    ------
    InputRefused
        For a value that answers nothing.
    """
    listed = value in {answer.value for answer in question.answers}
    if not listed and (value == AS_IT_IS or question.field not in _OWN):
        raise InputRefused(question.text, f"“{value}” is not an answer to it.", question.told())
    if value == AS_IT_IS and question.field in CONFIRMABLE:
        return replace(columns, confirmed=_confirmed(columns, question.field))
    match question.field:
        case "epsg":
            return replace(columns, epsg=_epsg(question, value))
        case "zone":
            return replace(columns, zone=value)
        case "swapped":
            return _swapped(columns)
        case "other_columns":
            return columns_from(value)
        case "no_place":
            return replace(columns, no_place=True)
        case "fixed_reported" | "fixed_category" as kind:
            return columns.with_fixed(kind.removeprefix("fixed_"), value)
        case field if field in DATE_FIELDS and field in columns.names:
            return replace(
                columns, date_orders={**columns.date_orders, **dict.fromkeys((field, *question.alike), value)}
            )
        case field:
            names = {name: column for name, column in columns.names.items() if column != value}
            return replace(columns, names={**names, field: value})


def _epsg(question: Question, value: str) -> int:
    if not value.isascii() or not value.isdigit():
        raise InputRefused(question.text, f"“{value}” is not an EPSG number.", "Write one such as 27700.")
    return int(value)


def _confirmed(columns: Columns, kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*columns.confirmed, kind)))


def _swapped(columns: Columns) -> Columns:
    if not {"lat", "lon"} <= columns.names.keys():
        return replace(columns, lon_first=not columns.lon_first)
    names = {**columns.names, "lat": columns.names["lon"], "lon": columns.names["lat"]}
    return replace(columns, names=names)


def check_answered(questions: Iterable[Question], header: Sequence[str] = ()) -> None:
    """Refuse to go on while a needed question is open.

    Parameters
    ----------
    header
        Listed where no column was found for what is asked.

    Raises
    ------
    InputRefused
        With every open question, its possible answers, and the line of a columns file that answers it.
    """
    needed = [question for question in questions if question.needed]
    if needed:
        raise InputRefused(
            _ASKED,
            " ".join(question.told() for question in needed),
            " ".join(filter(None, (_answers(needed), _listed(needed, header)))),
        )


def _answers(needed: Sequence[Question]) -> str:
    lines = " and ".join(f"“{line}”" for question in needed for line in question.toml.splitlines())
    return f"Answer it when you choose the columns, or in a columns file, for example with {lines}." if lines else ""


def _listed(needed: Sequence[Question], header: Sequence[str]) -> str:
    missing = any(question.field in (NO_PLACE, FIXED_DATE) for question in needed)
    return has_columns(header) if missing and header else ""


def gone_on_without(questions: Iterable[Question]) -> tuple[str, ...]:
    """Say how the dates are read where nobody says in which time zone they are, and how to read them otherwise."""
    return tuple(
        f"{question.text.rpartition(':')[0]}; the dates were read as {as_it_is.label}."
        f" To read them otherwise: {question.toml} in a columns file."
        for question in questions
        for as_it_is in question.answers
        if question.field == ZONE and as_it_is.value == AS_IT_IS
    )


def order_question(field: str, column: str, proposed: str, why: str, example: str) -> Question:
    """Ask whether the dates of a column are day first or month first."""
    first, second = re.split(r"[-/.]", example)[:2]
    answers = (
        Answer("dmy", "day first", f"“{example}” is day {int(first)} of month {int(second)}"),
        Answer("mdy", "month first", f"“{example}” is day {int(second)} of month {int(first)}"),
    )
    return Question(
        field,
        f"{FIELDS[field]}: the values of “{column}” could be day/month or month/day; {why}.",
        answers if proposed == "dmy" else answers[::-1],
        proposed,
        f'date_order.{field} = "{proposed}"',
    )
