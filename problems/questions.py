"""The questions of the problem analysis triangle, in plain words, and what people answered over time.

Trouble needs somebody who causes it, somebody or something that suffers, and a place; each of the three has somebody
who could hold it back. An answer is an event about the problem: every version stays, with who gave it and when.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from problems.events import Event, EventKind, Subject

#: What an answer carries in the details of its event.
QUESTION, VERSION = "question", "answer_version"


class Question(StrEnum):
    """What is asked about a problem before anybody decides what to do."""

    CAUSES = "causes"
    SUFFERS = "suffers"
    PLACE = "place"
    TRIED = "tried"

    @property
    def label(self) -> str:
        """The question in plain words."""
        return {
            Question.CAUSES: "Who causes it, and who could hold them back?",
            Question.SUFFERS: "Who or what suffers, and who could protect them?",
            Question.PLACE: "Who looks after the place, and what could they change?",
            Question.TRIED: "What was tried before, and what came of it?",
        }[self]

    @property
    def hint(self) -> str:
        """What an answer could speak of."""
        return {
            Question.CAUSES: "Groups, not names. Parents, school, landlord, licensing, probation.",
            Question.SUFFERS: "Residents, shops, passers-by, a kind of property. Neighbours, staff, security.",
            Question.PLACE: "Owner, council service, caretaker, transport. Light, locks, sight lines, opening hours.",
            Question.TRIED: "What was done, by whom, when, and for how long it held.",
        }[self]


@dataclass(frozen=True, slots=True)
class Answer:
    """One version of the answer to a question; an empty ``text`` takes the answer back."""

    question: Question
    text: str
    version: int
    at: datetime
    by_name: str


def answers_in(events: Iterable[Event]) -> Mapping[Question, tuple[Answer, ...]]:
    """Return every version of every answer in the events about one problem, the oldest first."""
    found: dict[Question, tuple[Answer, ...]] = dict.fromkeys(Question, ())
    for one in events:
        told = str(one.details.get(QUESTION, ""))
        if one.kind is EventKind.NOTED and one.subject is Subject.PROBLEM and told in tuple(Question):
            question = Question(told)
            before = found[question]
            found[question] = (*before, Answer(question, one.note, len(before) + 1, one.at, one.by_name))
    return found


def current(answers: Mapping[Question, tuple[Answer, ...]]) -> Mapping[Question, str]:
    """Return the text that holds now for each question, empty where there is none."""
    return {question: versions[-1].text if versions else "" for question, versions in answers.items()}
