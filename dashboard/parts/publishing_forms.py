"""The forms that say what residents are told of a problem, and which of its photos they may see."""

from collections.abc import Container, Sequence
from typing import Final

from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field, Form
from dashboard.wording import day_of
from problems.errors import InputRefused
from problems.problem import Problem
from problems.public import PublicLevel, chosen_public_level, default_public_level
from problems.use_cases.publishing import allow_photo, set_public_level
from problems.visits import Photo

_BY_THE_KIND: Final = "kind"
_YES, _NO = "yes", "no"


def level_words(problem: Problem) -> str:
    """Return what residents are told of a problem, and who says so."""
    chosen = chosen_public_level(problem)
    level = chosen or default_public_level(problem.group)
    words = level.label[:1].lower() + level.label[1:]
    return f"{words} ({'chosen by a coordinator' if chosen else 'usual for its kind'})"


def level_form(desk: Desk, problem: Problem) -> Form:
    """Return the form that says how much of a problem residents are told."""

    def save(at: Desk, answers: Answers, seen_version: int) -> str:
        told = str(answers.get("level") or "")
        if not told:
            raise InputRefused("Nothing was changed.", "No level is chosen.", "Choose one from the list.")
        level = None if told == _BY_THE_KIND else PublicLevel(told)
        saved = set_public_level(*at.asking, problem_id=problem.id, level=level, seen_version=seen_version)
        return f"Residents, once the fix is verified: {level_words(saved)}."

    usual = default_public_level(problem.group).label
    levels = {_BY_THE_KIND: f"What is usual for its kind: {usual[:1].lower()}{usual[1:]}"}
    levels |= {str(one): one.label for one in PublicLevel}
    chosen = chosen_public_level(problem)
    question = Field("level", "Residents are told", "choice", str(chosen or _BY_THE_KIND), levels, needed=True)
    intro = (
        "This is what “You said, we did” tells once the fix is verified. Who reported, what they wrote and exact "
        "places are never told; noise and disputes never with their street."
    )
    return Form(
        f"{problem.ref}: What residents are told",
        "Save",
        (question,),
        save,
        problem,
        intro,
        renew=lambda at: level_form(at, at.store.problem(problem.id)),
    )


def photo_form(desk: Desk, photos: Sequence[Photo], public: Container[int]) -> Form:
    """Return the form that says whether the public may be shown one of ``photos``."""
    seen = {photo.id: photo for photo in photos}

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        photo, may = seen.get(answers.get("photo_id") or 0), answers.get("may")
        if photo is None or may not in (_YES, _NO):
            raise InputRefused("Nothing was changed.", "Not everything is chosen.", "Choose a photo, and yes or no.")
        allow_photo(*at.asking, photo_id=photo.id, public=may == _YES, seen_version=photo.version)
        return "Residents may see the photo." if may == _YES else "Residents are not shown the photo any more."

    choices = {
        one.id: f"{one.shows.label}: {one.alt} ({day_of(one.at, desk.zone)}"
        f"{', residents may see it' if one.id in public else ''})"
        for one in photos
    }
    questions = (
        Field("photo_id", "Photo", "choice", choices=choices, needed=True),
        Field("may", "Residents may see it", "choice", choices={_YES: "Yes", _NO: "No"}, needed=True),
    )
    intro = (
        "Look at it first: no face, no number plate, no house number, nobody’s belongings. Its description is shown "
        "with it. Without a yes nobody outside sees it."
    )
    return Form("Photos for residents", "Save", questions, save, intro=intro)
