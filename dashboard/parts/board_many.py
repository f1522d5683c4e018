"""Working on several actions of the board at once: tick them, then give them away or move their due dates."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

import streamlit as st

from dashboard.design import Html
from dashboard.parts.action_forms import given_day
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.forms import Answers, Field, Form, open_form
from dashboard.parts.markup import draw, element, problem_link
from dashboard.parts.notices import NAMED, refusal, remark, stayed
from dashboard.parts.ticks import tick_all_words
from dashboard.wording import count, day, lateness, listed
from problems.actions import Action, ActionStatus
from problems.errors import InputRefused, ProblemError
from problems.people import Role
from problems.problem import Problem
from problems.sharing import is_own
from problems.use_cases import bulk_acting
from problems.use_cases.bulk_acting import ActionOutcomes

ROWS: Final = 50
GIVE, POSTPONE = "Give to somebody else", "Move the due dates"
_OUTCOMES: Final = "board_outcomes"
_REFUSED: Final = "board_refused"
_DO: Final = "board_do"
_SAME: Final = 0  # the organisation that has each of them: a select box cannot hold None among other choices


def show_many(desk: Desk, actions: Sequence[Action], problems: Mapping[int, Problem]) -> None:
    """Draw, once it is asked for, a list of ``actions`` to tick, and what can be done with those that are ticked."""
    _show_outcomes()
    if desk.on is not None:
        return
    mine = [one for one in actions if is_own(desk.principal, one) and (one.status.is_owed or _is_declined(one))]
    tasks = _tasks(desk)
    if not tasks or not mine:
        return
    if not st.toggle("Work on several at once", key="several", bind="query-params"):
        return
    rows = mine[:ROWS]
    if len(mine) > len(rows):
        remark(f"The {len(rows)} that are due first, of {len(mine):,}. Choose an organisation to see others.")
    versions = {one.id: one.version for one in rows}
    with st.form("board-form", border=False, enter_to_submit=False):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="board-bar"):
            st.selectbox(
                "With the actions that are ticked",
                list(tasks),
                index=None,
                key=_DO,
                width=300,
                placeholder="Choose what to do",
            )
            st.form_submit_button("Go on", key="board-go", type="primary", on_click=_go_on, args=(versions,))
            words = tick_all_words(len(rows))
            st.form_submit_button(words, key="board-all", on_click=_tick_all, args=(tuple(versions), True))
            st.form_submit_button("Untick all", key="board-none", on_click=_tick_all, args=(tuple(versions), False))
        for one in rows:
            with st.container(horizontal=True, gap="small", key=f"doing-{one.id}"):
                st.checkbox(one.ref, key=_tick_key(one.id), width=118)
                draw(_row(desk, one, problems.get(one.problem_id)))


def _is_declined(action: Action) -> bool:
    return action.status is ActionStatus.DECLINED


def _row(desk: Desk, action: Action, problem: Problem | None) -> Html:
    who = ", ".join(part for part in (desk.names.organisation(action.organisation_id), action.person) if part)
    when = f"Due {day(action.due_on)}" if action.due_on else ""
    late = action.days_late(desk.today)
    return element(
        "div",
        element(
            "p",
            element("span", action.title, css="fx-mail-kind"),
            problem_link(problem) if problem else "",
        ),
        element("p", element("span", who), element("span", action.status.label, css="fx-due")),
        element(
            "p",
            element("span", lateness(action, desk.today), css="fx-late" if late else ""),
            element("span", when, css="fx-due"),
        ),
        css="fx-mail",
    )


def _tasks(desk: Desk) -> dict[str, Callable[[Desk, Mapping[int, int]], Form]]:
    found: dict[str, Callable[[Desk, Mapping[int, int]], Form]] = {}
    if desk.principal.has(*bulk_acting.MAY_ASSIGN):
        found[GIVE] = _give_form
    if desk.principal.has(*bulk_acting.MAY_POSTPONE):
        found[POSTPONE] = _postpone_form
    return found


def _tick_key(number: int) -> str:
    return f"work-tick-{number}"


def _tick_all(ids: Sequence[int], ticked: bool) -> None:
    for number in ids:
        st.session_state[_tick_key(number)] = ticked


def _go_on(seen: Mapping[int, int]) -> None:
    desk = this_desk()
    ticked = {number: version for number, version in seen.items() if st.session_state.get(_tick_key(number))}
    form = _tasks(desk).get(str(st.session_state.get(_DO)))
    asked = "Nothing was done."
    if not ticked:
        st.session_state[_REFUSED] = InputRefused(asked, "No action is ticked.", "Tick the actions first.")
    elif form is None:
        st.session_state[_REFUSED] = InputRefused(asked, "It is not chosen what to do.", "Choose it from the list.")
    else:
        open_form(form(desk, ticked))


def _give_form(desk: Desk, versions: Mapping[int, int]) -> Form:
    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        outcomes = bulk_acting.assign_actions(
            *at.asking,
            seen_versions=versions,
            organisation_id=answers.get("organisation_id") or None,
            person=str(answers.get("person") or ""),
            note=str(answers.get("note") or ""),
        )
        return _remember(outcomes, "changed hands")

    choices = {_SAME: "The organisation that has it", **desk.open_organisations()}
    questions = (
        Field("organisation_id", "Organisation", "choice", _SAME, choices),
        Field("person", "Person (if known)", placeholder=_someone(desk)),
        Field("note", "Why (needed where the organisation changes)", "text"),
    )
    intro = "Another organisation is asked first: what was accepted already is proposed to it anew."
    return Form(f"{count(len(versions), 'action')}: {GIVE}", GIVE, questions, save, None, intro)


def _postpone_form(desk: Desk, versions: Mapping[int, int]) -> Form:
    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        due_on = given_day("The due dates were not moved.", answers.get("due_on"))
        note = str(answers.get("note") or "")
        outcomes = bulk_acting.postpone_actions(*at.asking, seen_versions=versions, due_on=due_on, note=note)
        return _remember(outcomes, f"due on {day(due_on)} now", is_state=True)

    questions = (
        Field("due_on", "New due date of all of them", "day", desk.today + timedelta(days=7), needed=True),
        Field("note", "Why it moves", "text", needed=True),
    )
    intro = "What was promised first stays with each of them."
    return Form(f"{count(len(versions), 'action')}: {POSTPONE}", POSTPONE, questions, save, None, intro)


def _someone(desk: Desk) -> str:
    partners = [each.name for each in desk.store.people() if each.active and each.role is Role.PARTNER]
    return partners[0] if partners else "Name of the person"


def _remember(outcomes: ActionOutcomes, what: str, *, is_state: bool = False) -> str:
    """Keep what became of each for the page, untick what was done, and return the sentence to say."""
    st.session_state[_OUTCOMES] = outcomes
    _tick_all([one.id for one in outcomes.done], False)
    done = len(outcomes.done)
    verb = ("is " if done == 1 else "are ") if is_state else ""
    return f"{count(done, 'action')} {verb}{what}: {_named(outcomes)}." if done else ""


def _named(outcomes: ActionOutcomes) -> str:
    refs = [one.ref for one in outcomes.done]
    more = [f"{len(refs) - NAMED} more"] if len(refs) > NAMED else []
    return listed([*refs[:NAMED], *more])


def _show_outcomes() -> None:
    """Draw what was refused of the last work on several actions, each with its reason, once."""
    refused = st.session_state.pop(_REFUSED, None)
    if isinstance(refused, ProblemError):
        refusal(refused)
    outcomes = st.session_state.pop(_OUTCOMES, None)
    if isinstance(outcomes, ActionOutcomes):
        stayed(outcomes.refused, "action")
