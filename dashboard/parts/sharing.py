"""With whom a problem is shared: each organisation with what it sees, and the form that changes it."""

from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field, Form, form_button
from dashboard.parts.markup import draw, section, table
from dashboard.parts.notices import remark
from dashboard.parts.publishing_forms import level_form, level_words
from problems.categories import Group
from problems.errors import InputRefused
from problems.problem import Problem
from problems.seeing import too_few_behind
from problems.sharing import EVERYWHERE, LEAST_ADDRESSES, LEAST_REPORTS, SharingLevel
from problems.use_cases.publishing import MAY_PUBLISH
from problems.use_cases.sharing import MAY_SHARE, Shared, look_at_sharing, set_sharing

_BY_THE_RULES = "rules"


def show_sharing(desk: Desk, problem: Problem) -> None:
    """Draw who sees what of a problem, for those who work on every problem."""
    if not desk.principal.has(*EVERYWHERE):
        return
    found = look_at_sharing(*desk.asking, problem_id=problem.id)
    section("Who sees it")
    if not found:
        remark("There is no partner organisation yet. Officers, coordinators and command see every problem.")
        _public(desk, problem)
        return
    seeing = [one for one in found if one.level is not SharingLevel.NOTHING]
    if seeing:
        rows = [(one.name, one.level.label, _why(problem, one)) for one in seeing]
        draw(table("Which organisation sees what of this problem", ("Organisation", "Sees", "Why"), rows, stacked=True))
    else:
        remark("No partner organisation sees it.")
    hidden = len(found) - len(seeing)
    if hidden and seeing:
        remark(f"{hidden} other organisations see nothing of it. Nobody outside sees who reported.")
    if problem.group is Group.DISPUTES and too_few_behind(desk.store, problem):
        remark(
            f"It is about people who live side by side: with fewer than {LEAST_REPORTS} reports from "
            f"{LEAST_ADDRESSES} addresses in a year, partners see that it exists and no more."
        )
    if desk.principal.has(*MAY_SHARE):
        form_button(sharing_form(desk, problem, found), key="share", label="Change who sees it")
    _public(desk, problem)


def _public(desk: Desk, problem: Problem) -> None:
    """Draw what residents are told of the problem once its fix is verified, and the form that changes it."""
    remark(f"Residents, once the fix is verified: {level_words(problem)}.")
    if desk.principal.has(*MAY_PUBLISH):
        form_button(level_form(desk, problem), key="publish", label="Change what residents are told")


def _why(problem: Problem, one: Shared) -> str:
    if one.told is one.level:
        return "Chosen by a coordinator"
    if one.told is not None:
        return f"Chosen: “{one.told.label}”, held back by the rules"
    return "Owns it" if problem.owner_organisation_id == one.organisation_id else "Has work on it"


def sharing_form(desk: Desk, problem: Problem, found: list[Shared]) -> Form:
    """Return the form that says what an organisation sees of a problem."""

    def save(at: Desk, answers: Answers, seen_version: int) -> str:
        number, level = answers.get("organisation_id"), str(answers.get("level") or "")
        if not isinstance(number, int) or not level:
            raise InputRefused("Nothing was changed.", "Not everything is chosen.", "Choose who sees how much.")
        chosen = None if level == _BY_THE_RULES else SharingLevel(level)
        set_sharing(*at.asking, problem_id=problem.id, organisation_id=number, level=chosen, seen_version=seen_version)
        words = chosen.label if chosen else "What follows from its work"
        return f"{at.names.organisation(number)}: {words[:1].lower()}{words[1:]}."

    def renew(at: Desk) -> Form:
        now = at.store.problem(problem.id)
        return sharing_form(at, now, look_at_sharing(*at.asking, problem_id=now.id))

    levels = {_BY_THE_RULES: "What follows from its work and the kind", **{str(one): one.label for one in SharingLevel}}
    questions = (
        Field(
            "organisation_id",
            "Organisation",
            "choice",
            choices={one.organisation_id: one.name for one in found},
            needed=True,
        ),
        Field("level", "Sees", "choice", choices=levels, needed=True),
    )
    intro = "Its own actions an organisation always sees. Who reported is shown to officers only."
    return Form(f"{problem.ref}: Who sees it", "Save", questions, save, problem, intro, renew=renew)
