"""The forms that add photos and visits, and withdraw a photo."""

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field, Form
from dashboard.parts.notices import refusal, say
from dashboard.parts.photo_questions import PHOTO_KINDS, WHAT_IS_SEEN, photo_limits_words, photo_max_mb, picture_of
from dashboard.wording import day, day_of
from problems.actions import Action
from problems.errors import InputRefused, ProblemError
from problems.people import Role
from problems.problem import Problem
from problems.sharing import is_own
from problems.use_cases import evidencing
from problems.visits import Photo, Shows, Visit

_THE_PROBLEM: Final = 0  # a select box cannot hold None among other choices
_ROUND: Final = "fx_photo_round"


def visit_form(desk: Desk, problem: Problem, actions: Sequence[Action]) -> Form:
    """Return the form that adds a visit."""

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        visit = evidencing.add_visit(
            *at.asking,
            problem_id=problem.id,
            visited_on=answers.get("visited_on"),
            note=str(answers.get("note") or ""),
            action_id=answers.get("action_id") or None,
        )
        return f"The visit on {day(visit.visited_on)} is kept."

    questions = (
        Field("visited_on", "Day of the visit", "day", desk.today, needed=True),
        Field("note", "What was seen", "text", needed=True),
        Field("action_id", "What it was about", "choice", _THE_PROBLEM, _subjects(actions)),
    )
    return Form(f"{problem.ref}: Add a visit", "Add the visit", questions, save)


def withdraw_form(desk: Desk, photos: Sequence[Photo]) -> Form:
    """Return the form that withdraws one of ``photos``."""
    seen = {photo.id: photo for photo in photos}

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        photo = seen.get(answers.get("photo_id") or 0)
        if photo is None:
            raise InputRefused("No photo was withdrawn.", "None is chosen.", "Choose one from the list.")
        why = str(answers.get("why") or "")
        evidencing.remove_photo(*at.asking, photo_id=photo.id, why=why, seen_version=photo.version)
        return "The photo is withdrawn. That it was there, and why it is not shown, stays in the record."

    choices = {
        photo.id: f"{photo.shows.label}: {photo.alt} ({photo.by_name}, {day_of(photo.at, desk.zone)})"
        for photo in photos
    }
    questions = (
        Field("photo_id", "Photo", "choice", choices=choices, needed=True),
        Field("why", "Why it should not be shown", "text", placeholder="A face can be recognised", needed=True),
    )
    intro = "Nothing is erased: nobody is shown it any more, and who withdrew it and why is."
    return Form("Withdraw a photo", "Withdraw", questions, save, intro=intro)


def _subjects(actions: Sequence[Action]) -> Mapping[int, str]:
    return {_THE_PROBLEM: "The problem", **{action.id: f"{action.ref} {action.title}" for action in actions}}


def ask_for_photo(desk: Desk, problem: Problem, actions: Sequence[Action], visits: Sequence[Visit]) -> None:
    """Draw the form that adds a photo; what was typed stays until it is kept."""
    own = [action for action in actions if is_own(desk.principal, action)]
    subjects = dict(_subjects(own))
    # Most photos are taken when the work was done, and of what was done last.
    done = max((one for one in own if one.done_at), key=lambda one: one.done_at or desk.clock(), default=None)
    if not desk.principal.has(Role.OFFICER, Role.COORDINATOR) and desk.principal.organisation_id is not None:
        # Partners add photos of their own actions.
        del subjects[_THE_PROBLEM]
    if not subjects or desk.on is not None:
        return
    # A new round of widgets after each photo: a file cannot be taken out of its field otherwise.
    turn = f"{problem.id}-{st.session_state.get(_ROUND, 0)}"
    with st.expander("Add a photo"), st.form(f"photo-{turn}", border=False, enter_to_submit=False):
        uploaded = st.file_uploader(
            f"Photo: {photo_limits_words()}",
            type=list(PHOTO_KINDS),
            key=f"photo-file-{turn}",
            max_upload_size=photo_max_mb(),
            help="Where it was taken and what else a camera writes into a photo is left out of what is shown.",
        )
        shows = st.radio(
            "It shows the place",
            list(Shows),
            index=list(Shows).index(Shows.AFTER if done else Shows.BEFORE),
            format_func=lambda each: each.label,
            horizontal=True,
            key=f"photo-shows-{turn}",
        )
        about = st.selectbox(
            "It is about",
            list(subjects),
            index=list(subjects).index(done.id) if done and _THE_PROBLEM not in subjects else 0,
            format_func=lambda each: subjects[each],
            key=f"photo-about-{turn}",
        )
        alt = st.text_input(
            WHAT_IS_SEEN,
            key=f"photo-alt-{turn}",
            placeholder="Six broken lamps along the path, seen from the gate",
        )
        visit = _ask_for_visit(visits, turn)
        note = st.text_area("Note (if there is more to say)", key=f"photo-note-{turn}")
        asked = st.form_submit_button("Add the photo", type="primary", key=f"photo-save-{turn}")
    if not asked:
        return
    try:
        with st.spinner("Looking at the photo"):
            content = uploaded.getvalue() if uploaded else b""
            _keep(desk, problem, content, shows or Shows.OTHER, alt, note, about, visit)
    except ProblemError as refused:
        refusal(refused)
        return
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    say("The photo is kept.")
    st.rerun()


def _ask_for_visit(visits: Sequence[Visit], turn: str) -> int | None:
    if not visits:
        return None
    words = {visit.id: f"{day(visit.visited_on)}, {visit.by_name}" for visit in visits}
    chosen: int | None = st.selectbox(
        "Taken during the visit (if it was)",
        list(words),
        index=None,
        format_func=lambda each: words[each],
        key=f"photo-visit-{turn}",
        placeholder="No visit, or not known",
    )
    return chosen


def _keep(
    desk: Desk,
    problem: Problem,
    content: bytes,
    shows: Shows,
    alt: str,
    note: str,
    about: int,
    visit_id: int | None,
) -> None:
    if not content:
        raise InputRefused("The photo was not kept.", "No file is chosen.", "Choose a photo.")
    evidencing.add_photo(
        *desk.asking,
        problem_id=problem.id,
        picture=picture_of(desk, content),
        shows=shows,
        alt=alt,
        note=note,
        action_id=about or None,
        visit_id=visit_id,
    )
