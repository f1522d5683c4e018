"""What a refresh proposed about a problem, for a coordinator to accept or to decline."""

from typing import Final

import streamlit as st

from dashboard.design import Html, plain_label
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.forms import Answers, Field, Form, form_button
from dashboard.parts.markup import draw, element, joined, problem_link
from dashboard.parts.notices import refusal, say
from dashboard.wording import count, day_of
from problems.errors import ProblemError
from problems.events import Subject
from problems.problem import Problem
from problems.proposals import REPEAT_DAYS, Proposal, ProposalKind, merges_into, open_proposals
from problems.use_cases.proposing import MAY_ANSWER, accept_proposal, decline_proposal

_REFUSED: Final = "fx_proposal_refused"


def show_proposals(desk: Desk, problem: Problem) -> None:
    """Draw what is proposed about a problem and not answered yet; coordinators can answer with one click."""
    refused = st.session_state.pop(_REFUSED, None)
    if isinstance(refused, ProblemError):
        refusal(refused)
    by_id = {each.id: each for each in desk.store.problems()}
    events = desk.store.events(Subject.PROBLEM, problem.id)
    for proposal in open_proposals(problem, events, by_id, desk.clock()):
        _show(desk, proposal)


def _show(desk: Desk, proposal: Proposal) -> None:
    head, accept, decline = _words(desk, proposal)
    with st.container(key=f"proposal-{proposal.event_id}", gap="small"):
        asked = f"Proposed by the refresh of {day_of(proposal.at, desk.zone)}"
        draw(element("p", asked, css="fx-kicker"))
        draw(element("p", head, css="fx-proposal"))
        if desk.on is not None:
            return
        if not desk.principal.has(*MAY_ANSWER):
            draw(element("p", "A coordinator can accept or decline it.", css="fx-quiet"))
            return
        with st.container(horizontal=True, gap="small"):
            if accept:
                st.button(
                    plain_label(accept),
                    key=f"accept-{proposal.event_id}",
                    type="primary",
                    on_click=_accept,
                    args=(proposal.problem.id, proposal.event_id),
                )
            form_button(_decline_form(proposal, decline), key=f"decline-{proposal.event_id}")


def _words(desk: Desk, proposal: Proposal) -> tuple[Html, str, str]:
    """Return what is proposed and what each answer does, and the words on the two buttons (empty: not possible)."""
    problem = proposal.problem
    if proposal.kind is ProposalKind.SPLIT:
        return _split_words(proposal)
    (other,) = proposal.others
    asked = joined([Html("Its place has grown together with "), problem_link(other), Html(". ")])
    way = merges_into(problem, other)
    if way is None:
        states = f"“{problem.status.label}” and “{other.status.label}” cannot be merged away; leave them two for now."
        return element("span", asked, states), "", "Leave them two"
    goes, stays = way
    owed = sum(action.status.is_owed for action in desk.store.actions(goes.id))
    along = f" with {count(owed, 'open action')}" if owed else ""
    told = f"Merging ends {goes.ref} and goes on as {stays.ref}{along}; there is no way back."
    return element("span", asked, told), f"Merge {goes.ref} into {stays.ref}", "Leave them two"


def _split_words(proposal: Proposal) -> tuple[Html, str, str]:
    note = f"{proposal.note} " if proposal.note else "Its reports now lie in separate places. "
    if not proposal.others:
        return element("span", note, "Nobody has to do anything unless this is one place to you."), "Noted", "One place"
    parts = joined((problem_link(each) for each in proposal.others), ", ")
    told = element("span", note, "The new part is ", parts, ". Kept as one, it is merged back into this problem.")
    return told, "Keep the parts apart", "It is still one place"


def _accept(problem_id: int, proposal_id: int) -> None:
    desk = this_desk()
    try:
        goes_on = accept_proposal(*desk.asking, problem_id=problem_id, proposal_id=proposal_id)
    except ProblemError as refused:
        st.session_state[_REFUSED] = refused
    else:
        say(f"Accepted. It goes on as {goes_on.ref}.")


def _decline_form(proposal: Proposal, verb: str) -> Form:
    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        problem_id, note = proposal.problem.id, str(answers.get("note") or "")
        decline_proposal(*at.asking, problem_id=problem_id, proposal_id=proposal.event_id, note=note)
        return f"Declined. It is not proposed again for {REPEAT_DAYS} days."

    question = Field("note", "Why", "text", placeholder="Such as: two owners, two causes", needed=True)
    return Form(f"{proposal.problem.ref}: {verb}", verb, (question,), save, None)
