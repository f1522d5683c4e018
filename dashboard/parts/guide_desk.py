"""Setting up what is usually done and advised for each kind of problem, and going back to what came with Fixpoint."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import streamlit as st

from dashboard.parts.advice_given import show_repeats
from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field, Form, form_button
from dashboard.parts.markup import draw, element, section, table
from dashboard.parts.notices import remark
from dashboard.wording import NOTHING, count, day_of
from data.guides import actions_of, advice_of, guide_of
from problems.actions import ActionType
from problems.categories import Group
from problems.errors import InputRefused
from problems.events import Subject
from problems.guides import Guide, GuideKind, UsualAction, as_rows, organisation_for
from problems.people import Role
from problems.sharing import EVERYWHERE
from problems.use_cases import guiding

_GROUPS: Final = {group.label: group for group in Group}
_KINDS: Final = {
    "council": "Council service",
    "police": "Police team",
    "landlord": "Landlord",
    "outreach": "Outreach",
    "health": "Health",
    "school": "School",
    "residents": "Residents",
    "other": "Other",
}
_MOST_SHOWN: Final = 8


def show_guides(desk: Desk) -> None:
    """Draw the usual actions and the advice for one kind of problem, and the ways to change them."""
    label = st.selectbox("Kind of problem", list(_GROUPS), key="guide-group", bind="query-params", width=300)
    group = _GROUPS[label or next(iter(_GROUPS))]
    _actions(desk, group)
    _advice(desk, group)
    if desk.principal.has(*EVERYWHERE, Role.ADMIN):
        show_repeats(desk, group)
    _history(desk, group)


def _source(guide: Guide, desk: Desk) -> str:
    if not guide.is_own:
        return "as they came with Fixpoint" if guide.kind is GuideKind.ACTIONS else "as it came with Fixpoint"
    return f"edited by {guide.edited_by} on {day_of(guide.edited_at, desk.zone)}"


def _actions(desk: Desk, group: Group) -> None:
    guide, usual = guide_of(desk.store, GuideKind.ACTIONS, group), actions_of(desk.store, group)
    section("Usual actions", _source(guide, desk))
    remark("“Add the usual actions” proposes these on a problem’s page, in this order; each can be changed there.")
    rows = [
        (
            at,
            _with_steps(one),
            one.type.label,
            _who(desk, one),
            count(one.due_days, "day"),
            ", ".join(str(number) for number in one.after) or NOTHING,
        )
        for at, one in enumerate(usual, 1)
    ]
    heads = ("", "What is to be done", "Kind of work", "Proposed to", "Due in", "After")
    draw(table(f"Usual actions: {group.label}", heads, rows, stacked=True))
    if not desk.principal.has(*guiding.MAY_GUIDE):
        return
    with st.container(horizontal=True, gap="small", key="guide-ways"):
        form_button(_choose_form(guide, usual), key="guide-change", label="Change one")
        form_button(_line_form(guide, usual, None), key="guide-add", label="Add one")
        if guide.is_own:
            form_button(_restore_form(guide), key="guide-restore", label="Back to the list that came with Fixpoint")


def _with_steps(usual: UsualAction) -> object:
    if not usual.checklist:
        return usual.title
    return element("span", usual.title, element("br"), element("small", "; ".join(usual.checklist)))


def _who(desk: Desk, usual: UsualAction) -> str:
    found = organisation_for(usual, desk.organisations)
    kind = _KINDS.get(usual.kind, usual.kind)
    return found.name if found else f"{kind}: nobody known yet"


def _advice(desk: Desk, group: Group) -> None:
    guide, text = guide_of(desk.store, GuideKind.ADVICE, group), advice_of(desk.store, group)
    section("Advice", _source(guide, desk))
    draw(element("p", text, css="fx-tell fx-advice"))
    if not desk.principal.has(*guiding.MAY_GUIDE):
        return
    with st.container(horizontal=True, gap="small", key="advice-guide-ways"):
        form_button(_advice_form(guide, text), key="advice-change", label="Change the advice")
        if guide.is_own:
            form_button(_restore_form(guide), key="advice-restore", label="Back to the advice that came with Fixpoint")


def _history(desk: Desk, group: Group) -> None:
    told = [one for one in desk.store.events(Subject.GUIDE) if one.details.get("group") == group][::-1]
    if not told:
        return
    with st.expander(f"Earlier versions ({len(told)})", key="guide-history"):
        rows = [
            (
                day_of(one.at, desk.zone),
                one.by_name,
                GuideKind(str(one.details.get("kind"))).label,
                _content_words(one.before.get("content")),
                _content_words(one.changes.get("content")),
            )
            for one in told[:_MOST_SHOWN]
        ]
        draw(table("Changes", ("When", "Who", "What", "Before", "After"), rows, stacked=True))


def _content_words(content: object) -> str:
    if not isinstance(content, dict) or not content:
        return "As it came with Fixpoint"
    if "text" in content:
        return str(content["text"])
    return "; ".join(str(one.get("title")) for one in content.get("actions", []))


# -- the forms --


def _choose_form(guide: Guide, usual: Sequence[UsualAction]) -> Form:
    onward = tuple((f"{at + 1}. {one.title}", _line_form(guide, usual, at)) for at, one in enumerate(usual))
    return Form("Which one?", "Change one", intro=f"Usual actions: {guide.group.label}", onward=onward)


def _line_form(guide: Guide, usual: Sequence[UsualAction], at: int | None) -> Form:
    """Return the form that changes the line at a place of the list, or adds one at its end."""
    blank = UsualAction(ActionType.INSPECT, "", "council", 14)
    line = blank if at is None else usual[at]
    last = len(usual) + (at is None)
    place = last if at is None else at + 1

    def save(desk: Desk, answers: Answers, _seen_version: int) -> str:
        if answers.get("place") == _REMOVE:
            rows = _without(usual, place - 1)
        else:
            changed = _answered(line, answers)
            kept = [*usual, changed] if at is None else [*usual[:at], changed, *usual[at + 1 :]]
            rows = _moved(kept, place - 1, int(answers.get("place") or place) - 1)
        guiding.replace_usual_actions(*desk.asking, group=guide.group, rows=rows, seen_version=guide.version)
        return f"The usual actions for {guide.group.label.lower()} are saved."

    places: dict[int, str] = {number: f"{number}." for number in range(1, last + 1)}
    if at is not None:
        places[_REMOVE] = "Remove it from the list"
    kinds = _KINDS if line.kind in _KINDS else {**_KINDS, line.kind: line.kind}
    questions = [
        Field("title", "What is to be done", value=line.title),
        Field("type", "Kind of work", "choice", line.type, {one: one.label for one in ActionType}),
        Field("kind", "Kind of organisation", "choice", line.kind, kinds),
        Field("known_by", "Words in its name, the best first", value=", ".join(line.known_by), placeholder="lighting"),
        Field("due_days", "Days until it is due", value=str(line.due_days)),
    ]
    earlier = {number: f"{number}. {one.title}" for number, one in enumerate(usual[: place - 1], 1)}
    if earlier:
        questions.append(Field("after", "Waits for", "many", line.after, earlier, placeholder="Nothing"))
    questions.append(Field("checklist", "Steps, one on each line", "text", "\n".join(line.checklist)))
    questions.append(Field("place", "Place in the list", "choice", place, places))
    title = f"{guide.group.label}: {'Add a usual action' if at is None else 'Change a usual action'}"
    return Form(title, "Save", tuple(questions), save)


_REMOVE: Final = 0


def _answered(line: UsualAction, answers: Answers) -> UsualAction:
    typed = str(answers.get("due_days") or "").strip()
    if not typed.isascii() or not typed.isdigit() or len(typed) > 6:
        raise InputRefused("The list was not changed.", f"“{typed[:40]}” are no days.", "Give a number such as 14.")
    return replace(
        line,
        title=str(answers.get("title") or "").strip(),
        type=ActionType(str(answers.get("type") or line.type)),
        kind=str(answers.get("kind") or line.kind),
        due_days=int(typed),
        known_by=tuple(word.strip() for word in str(answers.get("known_by") or "").split(",") if word.strip()),
        after=tuple(answers.get("after") or ()),
        checklist=tuple(step for one in str(answers.get("checklist") or "").splitlines() if (step := one.strip())),
    )


def _moved(lines: Sequence[UsualAction], start: int, goal: int) -> list[dict[str, Any]]:
    """Return the list with one line at another place, and what waits for what pointing at the same lines as before."""
    order = list(range(len(lines)))
    order.insert(goal, order.pop(start))
    now = {old: new for new, old in enumerate(order)}
    return as_rows(
        [replace(lines[old], after=tuple(sorted(now[number - 1] + 1 for number in lines[old].after))) for old in order]
    )


def _without(lines: Sequence[UsualAction], gone: int) -> list[dict[str, Any]]:
    """Return the list without one line; what waited for it waits for what it waited for."""
    before = lines[gone].after

    def place(number: int) -> int:
        return number - (number - 1 > gone)

    kept = []
    for at, line in enumerate(lines):
        after = {*line.after, *(before if gone + 1 in line.after else ())} - {gone + 1}
        if at != gone:
            kept.append(replace(line, after=tuple(sorted(place(number) for number in after))))
    return as_rows(kept)


def _advice_form(guide: Guide, text: str) -> Form:
    def save(desk: Desk, answers: Answers, seen_version: int) -> str:
        written = str(answers.get("text") or "")
        guiding.replace_advice(*desk.asking, group=guide.group, text=written, seen_version=seen_version)
        return f"The advice for {guide.group.label.lower()} is saved. Actions that have it already keep theirs."

    def renew(desk: Desk) -> Form:
        return _advice_form(guide_of(desk.store, GuideKind.ADVICE, guide.group), advice_of(desk.store, guide.group))

    questions = (Field("text", "What people can do, in plain sentences", "text", text),)
    return Form(f"{guide.group.label}: Change the advice", "Save", questions, save, guide, renew=renew)


def _restore_form(guide: Guide) -> Form:
    def save(desk: Desk, _answers: Answers, _seen_version: int) -> str:
        guiding.restore_guide(*desk.asking, kind=guide.kind, group=guide.group, seen_version=guide.version)
        return f"{guide.kind.label} for {guide.group.label.lower()}: what came with Fixpoint is in force again."

    intro = "What you have now stays among the earlier versions."
    return Form(f"Back to what came with Fixpoint: {guide.kind.label.lower()}?", "Go back", (), save, None, intro)
