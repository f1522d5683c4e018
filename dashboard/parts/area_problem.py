"""From an area to a problem: name, owner, objective, and what is there already about the same kind."""

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from dashboard import session
from dashboard.design import plain_label
from dashboard.parts.area_address import AskedArea
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.draw_area import town
from dashboard.parts.markup import draw, element, joined, link, problem_link, section
from dashboard.parts.notices import refusal, remark
from dashboard.parts.take_on_questions import REVIEW_AFTER
from dashboard.wording import share
from problems.categories import Group
from problems.drawing import Drawn, Overlap, is_too_large
from problems.errors import ProblemError
from problems.figures import area_points
from problems.naming import Names
from problems.people import Role
from problems.problem import Problem
from problems.use_cases.drawing import MAY_DRAW, Plan, draw_problem

_MADE: Final = "area_made"
_REFUSED: Final = "area_problem_refused"
_NOBODY: Final = 0
_NAMED_BY: Final = 200


def show_problem_form(
    desk: Desk, asked: AskedArea, drawn: Drawn, group: Group, overlaps: Sequence[Overlap], epsg: int
) -> None:
    """Draw the way from the area to a problem, or why there is none for this person or this area."""
    decides = desk.principal.has(Role.COORDINATOR)
    section("Make it a problem", group.label)
    made = _made(desk, asked, group)
    if made is not None:
        _tell_made(made)
        return
    if not desk.principal.has(*MAY_DRAW):
        remark(f"Coordinators make problems and officers propose them; {desk.principal.name} may only look.")
        return
    settings = session.get_settings().drawing
    if is_too_large(drawn, settings):
        remark(
            f"It is too large for one problem: {drawn.km2:,.1f} km². At most {settings.largest_km2:g} km² can be one: "
            "draw the part that a team can walk."
        )
        return
    there = [one for one in overlaps if one.is_same_place and one.problem.status.is_open and one.problem.group is group]
    if there and not _wants_its_own(asked, group, there):
        return
    if not decides:
        remark("You propose it; a coordinator takes it on, with an owner and an objective, or dismisses it.")
    _form(desk, asked, drawn, group, [one.problem.id for one in there], epsg, decides=decides)


def _key(asked: AskedArea, group: Group, name: str = "") -> str:
    return f"area-{name}-{group}-{abs(hash(asked.spec))}"


def _made(desk: Desk, asked: AskedArea, group: Group) -> Problem | None:
    spec, kind, number = st.session_state.get(_MADE, ("", "", 0))
    return desk.store.problem(number) if (spec, kind) == (asked.spec, group) else None


def _tell_made(problem: Problem) -> None:
    told = f"{problem.ref} is on the map and in the list of problems, as “{problem.status.label}”."
    draw(element("p", told, css="fx-note fx-note-accent", role="status"))
    ways = [
        link("/problem", f"Open {problem.ref}", query={"problem": problem.ref}, css="fx-button"),
        link("/", "Show it on the map", query={"problem": problem.ref}),
    ]
    draw(element("p", joined(ways, " "), css="fx-ways"))


def _wants_its_own(asked: AskedArea, group: Group, there: Sequence[Overlap]) -> bool:
    """Tell of the problems that are there already, and ask whether this is to stand beside them."""
    first = there[0]
    told = element(
        "p",
        "An open problem about the same kind is here already: ",
        joined((problem_link(one.problem) for one in there[:3]), ", "),
        f". It covers {share(first.of_area)} of this area.",
        css="fx-note fx-note-warn",
    )
    draw(told)
    ref = first.problem.ref
    draw(element("p", link("/problem", f"Open {ref} instead", query={"problem": ref}, css="fx-button"), css="fx-ways"))
    return st.checkbox("Make a problem of its own all the same", key=_key(asked, group, "beside"))


def _form(
    desk: Desk, asked: AskedArea, drawn: Drawn, group: Group, beside: Sequence[int], epsg: int, *, decides: bool
) -> None:
    keys = {name: _key(asked, group, name) for name in ("name", "owner", "organisation", "objective", "review")}
    st.session_state.setdefault(keys["name"], suggested_name(desk, asked, drawn, group, epsg))
    with st.form("area-problem", border=False, enter_to_submit=False):
        st.text_input("Name", key=keys["name"], max_chars=120)
        if decides:
            organisations = {_NOBODY: "None", **desk.open_organisations()}
            left, right = st.columns(2, gap="medium")
            with left:
                st.text_input("Owner", key=keys["owner"], placeholder="Who sees to it", max_chars=120)
                st.selectbox(
                    "Organisation of the owner",
                    list(organisations),
                    format_func=lambda number: plain_label(organisations[number]),
                    key=keys["organisation"],
                )
            with right:
                st.text_area("Objective", key=keys["objective"], placeholder="What is to be different", height=96)
                st.date_input(
                    "Next review", desk.today + REVIEW_AFTER, desk.today, key=keys["review"], format="DD/MM/YYYY"
                )
            remark("With an owner and an objective it is taken on at once. Left empty, it waits to be taken on.")
        st.form_submit_button(
            "Make it a problem" if decides else "Propose it as a problem",
            type="primary",
            key="area-save",
            on_click=_save,
            args=(asked, drawn, group, tuple(beside), keys, epsg),
        )
    refused = st.session_state.pop(_REFUSED, None)
    if isinstance(refused, ProblemError):
        refusal(refused)


def _save(
    asked: AskedArea, drawn: Drawn, group: Group, beside: tuple[int, ...], keys: dict[str, str], epsg: int
) -> None:
    answers: dict[str, Any] = {name: st.session_state.get(key) for name, key in keys.items()}
    desk = this_desk()
    settings = session.get_settings()
    plan = Plan(
        owner=answers["owner"] or "",
        owner_organisation_id=answers["organisation"] or None,
        objective=answers["objective"] or "",
        review_on=answers["review"],
    )
    try:
        saved = draw_problem(
            *desk.asking,
            name=answers["name"] or "",
            group=group,
            geometry=drawn.geometry,
            epsg=epsg,
            plan=plan,
            beside=beside,
            how=asked.how,
            town=town(desk),
            drawing=settings.drawing,
            detection=settings.detection,
            zone=desk.zone,
        )
    except ProblemError as refused:
        st.session_state[_REFUSED] = refused
        return
    st.session_state[_MADE] = (asked.spec, group, saved.id)


def suggested_name(desk: Desk, asked: AskedArea, drawn: Drawn, group: Group, epsg: int) -> str:
    """Return a first name for a problem in an area: its kind and the street, boundary or place that it is in."""
    names = Names(desk.store)
    place = asked.place
    if not place:
        points = area_points(desk.store, drawn.geometry, [group], *_all_time(desk), epsg)
        newest = points.ids[-_NAMED_BY:].tolist()
        lon, lat = drawn.lon_lat
        place = names.street_at(newest, drawn.lon_lat) or names.area(drawn.lon_lat) or f"near {lat:.4f}, {lon:.4f}"
    return f"{group.label}, {place}"[:120]


def _all_time(desk: Desk) -> tuple[Any, Any]:
    counts = desk.store.counts()
    now = desk.clock()
    return counts.oldest_report_at or now, now
