"""Answering the questions of the problem analysis."""

from problems.clock import Clock
from problems.errors import InputRefused, Stale
from problems.events import EventKind, Subject, event
from problems.people import Principal, Role
from problems.problem import problem_ref
from problems.questions import QUESTION, VERSION, Answer, Question, answers_in
from problems.store import Store
from problems.use_cases.checks import LONGEST_NOTE, checked_text
from problems.use_cases.saving import require

MAY_ANSWER = (Role.OFFICER, Role.COORDINATOR)


def answer_question(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    problem_id: int,
    question: Question,
    text: str,
    seen_version: int,
) -> Answer:
    """Keep a new version of the answer to a question about a problem and return it.

    Parameters
    ----------
    text
        Empty takes the answer back; earlier versions stay in the record.
    seen_version
        The version of this answer that the person had on the screen, 0 for none.

    Raises
    ------
    NotAllowed
        When the principal is neither officer nor coordinator.
    InputRefused
        When the text is too long, or it is the answer already.
    NotFound, Stale
        When there is no such problem, or somebody else answered since.
    """
    asked = f"The answer about {problem_ref(problem_id)} was not kept."
    require(principal, asked, *MAY_ANSWER)
    with store.writing() as unit:
        now = clock()
        problem = store.problem(problem_id)
        told = checked_text(asked, text, LONGEST_NOTE)
        versions = answers_in(store.events(Subject.PROBLEM, problem.id))[question]
        if len(versions) != seen_version:
            last = versions[-1]
            raise Stale(
                asked,
                f"{last.by_name} answered in the meantime: “{last.text}”.",
                "Your words are still here: add what is missing and save again.",
                changes={"answer": ("", last.text)},
                changed_by=last.by_name,
            )
        if told == (versions[-1].text if versions else ""):
            raise InputRefused(asked, "It says the same already." if told else "It is empty.", "Write what is known.")
        answer = Answer(question, told, len(versions) + 1, now, principal.name)
        details = {QUESTION: str(question), VERSION: answer.version}
        unit.add_events(
            [event(now, principal, Subject.PROBLEM, problem.id, EventKind.NOTED, note=told, details=details)]
        )
        return answer
