"""Setting up: who works here, points that are not places, unknown names, settings and health."""

from collections.abc import Callable, Mapping
from typing import Final

import streamlit as st

from dashboard import session
from dashboard.parts.boundaries_desk import show_boundaries
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.forms import Answers, Field, Form, draw_open_form, form_button, open_form
from dashboard.parts.guide_desk import show_guides
from dashboard.parts.health import show_health, show_settings
from dashboard.parts.leaving_forms import back_form, close_form, leave_form, open_again_form
from dashboard.parts.markup import draw, page_head, section, show_sheet, table
from dashboard.parts.notices import remark, said
from dashboard.parts.piles import show_piles
from dashboard.parts.refreshing import offer_refresh, watch_refresh
from dashboard.parts.targets_desk import show_targets
from dashboard.parts.taxonomy_desk import show_taxonomy
from dashboard.parts.unmapped import show_unmapped
from dashboard.wording import NOTHING
from problems.people import Role
from problems.use_cases import leaving, organising

_KINDS: Final = ("Council service", "Police team", "Landlord", "Outreach", "Health", "School", "Residents", "Other")
#: The part that is shown is in the address, under this name.
PART: Final = "part"
POINTS: Final = "Points under review"
NAMES: Final = "Names of categories"
BOUNDARIES: Final = "Boundaries"
TARGETS: Final = "Targets"
GUIDES: Final = "Usual actions and advice"
_NONE: Final = 0  # "no organisation": a select box cannot hold None among other choices


def show() -> None:
    """Draw the setup page."""
    desk = this_desk()
    show_sheet()
    page_head(
        "Setup", "Who works with Fixpoint, what it should know about the records, and how it looks for hot spots."
    )
    said()
    watch_refresh()
    part = st.segmented_control(
        "Part of the setup",
        PARTS,
        default=PARTS[0],
        required=True,
        key=PART,
        bind="query-params",
        label_visibility="collapsed",
    )
    _PARTS[part or PARTS[0]](desk)
    draw_open_form()


def _who(desk: Desk) -> None:
    _organisations(desk)
    _people(desk)


def _organisations(desk: Desk) -> None:
    section("Organisations", "who can be given work")
    if desk.organisations:
        rows = [
            (each.name, each.kind or NOTHING, each.email or NOTHING, "closed" if each.closed else "")
            for each in desk.organisations
        ]
        draw(table("Organisations", ("Name", "Kind", "E-mail", ""), rows, narrow_without=(2, 3)))
    else:
        remark("None yet. Add the services, teams and landlords that can be given work.")
    if not desk.principal.has(Role.ADMIN, Role.COORDINATOR):
        return
    with st.container(horizontal=True, gap="small", key="organisation-ways"):
        form_button(_organisation_form(), key="add-organisation", primary=not desk.organisations)
        if any(not each.closed for each in desk.organisations) and desk.principal.has(*leaving.MAY_CLOSE):
            st.button("Close an organisation", key="close-organisation", on_click=_open_closing)
        if any(each.closed for each in desk.organisations) and desk.principal.has(*leaving.MAY_CLOSE):
            form_button(open_again_form(desk.organisations), key="open-organisation", label="Open one again")


def _points(desk: Desk) -> None:
    section("Points under review", "many reports on one and the same point")
    show_piles(desk)


def _names(desk: Desk) -> None:
    section("Names without a category")
    show_unmapped(desk)
    show_taxonomy(desk)


def _boundaries(desk: Desk) -> None:
    show_boundaries(desk)


def _settings(desk: Desk) -> None:
    section("How hot spots are found")
    show_settings(desk, session.get_settings())
    offer_refresh(desk)


def _health(desk: Desk) -> None:
    section("Health")
    show_health(desk, session.get_settings())


def _organisation_form() -> Form:
    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        saved = organising.add_organisation(
            *at.asking,
            name=str(answers.get("name") or ""),
            kind=str(answers.get("kind") or ""),
            email=str(answers.get("email") or ""),
        )
        return f"{saved.name} can be given work now."

    questions = (
        Field("name", "Name", placeholder="Street lighting team", needed=True),
        Field("kind", "Kind", "choice", _KINDS[0], {kind: kind for kind in _KINDS}),
        Field("email", "E-mail (if there is one for work orders)"),
    )
    return Form("Add an organisation", "Add organisation", questions, save)


def _people(desk: Desk) -> None:
    section("People", "who works with Fixpoint, and as what")
    people = desk.store.people()
    if people:
        rows = [
            (
                each.name,
                each.role.label,
                desk.names.organisation(each.organisation_id) if each.organisation_id else NOTHING,
                "" if each.active else "no longer active",
            )
            for each in people
        ]
        draw(table("People", ("Name", "Role", "Organisation", ""), rows, narrow_without=(3,)))
    else:
        remark("Nobody yet. Until people are added, everything is done as “This computer”, which may do everything.")
    if not desk.principal.has(Role.ADMIN):
        return
    with st.container(horizontal=True, gap="small", key="people-ways"):
        form_button(_person_form(desk), key="add-person")
        if any(each.active for each in people):
            st.button("Somebody has left", key="end-person", on_click=_open_leaving)
        if any(not each.active for each in people):
            form_button(back_form(people), key="back-person", label="Somebody is back")


def _open_leaving() -> None:
    # Only now: what each of them still owes takes a question to the store.
    desk = this_desk()
    open_form(leave_form(desk, desk.store.people()))


def _open_closing() -> None:
    desk = this_desk()
    open_form(close_form(desk, desk.organisations))


def _person_form(desk: Desk) -> Form:
    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        saved = organising.add_person(
            *at.asking,
            name=str(answers.get("name") or ""),
            role=Role(str(answers.get("role") or Role.OFFICER)),
            organisation_id=answers.get("organisation_id") or None,
        )
        return f"{saved.name} can be chosen under “Working as” now."

    questions = (
        Field("name", "Name", needed=True),
        Field("role", "Role", "choice", Role.OFFICER, {role: role.label for role in organising.HUMAN_ROLES}),
        Field("organisation_id", "Organisation", "choice", _NONE, {_NONE: "None", **desk.open_organisations()}),
    )
    return Form("Add a person", "Add person", questions, save)


_PARTS: Final[Mapping[str, Callable[[Desk], None]]] = {
    "Organisations and people": _who,
    POINTS: _points,
    NAMES: _names,
    BOUNDARIES: _boundaries,
    TARGETS: show_targets,
    GUIDES: show_guides,
    "Settings": _settings,
    "Health": _health,
}
PARTS: Final = tuple(_PARTS)
