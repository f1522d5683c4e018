"""Search: one box for problems, work, reports, assets, addresses, streets and areas."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.design import Html
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.looking_back import wait_for_reports
from dashboard.parts.markup import draw, element, joined, link, page_head, section, show_sheet, status_mark, table
from dashboard.parts.notices import empty, remark
from dashboard.parts.reports_table import category_words, taxonomy
from dashboard.parts.viewing import SEARCH_PATH, SEARCHED
from dashboard.wording import NOTHING, count, day_of, lateness
from problems.actions import Action
from problems.areas import Area
from problems.inbox import Sight, shows_place, sight_of
from problems.problem import Problem
from problems.reports import Report
from problems.search_store import FoundText
from problems.use_cases.searching import MOST, Results, search

PATH: Final = SEARCH_PATH


def show() -> None:
    """Draw the page."""
    desk = this_desk()
    show_sheet()
    page_head("Search", "A name, a number, a street: what you may see, the closest first.")
    typed = st.text_input(
        "What to look for",
        key=SEARCHED,
        bind="query-params",
        max_chars=200,
        placeholder="P-0042, R-000123, a receipt, a lamp column, a street, a ward",
    )
    wait_for_reports(desk.store, desk.on)
    if desk.on is not None:
        remark("Found by the names of today and of that day; what was not known yet is not found.")
    found = search(*desk.asking, words=typed or "")
    if found.words and found.is_empty:
        empty(
            f"Nothing fits “{found.words}”",
            "Try fewer words or a part of a name. Numbers look like P-0042, A-0007, R-000123 or FX-7K3M-9QPD.",
            [("/problem", "See all problems"), ("/", "Look on the map")],
        )
    elif found.words:
        draw(element("p", _told(found), css="fx-quiet", role="status"))
    _problems(found)
    _actions(desk, "Work", found.actions, "actions" in found.more)
    _reports(desk, found)
    _assets(desk, found)
    _addresses(found)
    _streets(found)
    _areas(found)
    if not found.words:
        _own(desk, found)


def _told(found: Results) -> str:
    kinds = (
        (found.problems, "problem", ""),
        (found.actions, "action", ""),
        (found.reports, "report", ""),
        (found.assets, "asset", ""),
        (found.addresses, "address", "addresses"),
        (found.streets, "street", ""),
        (found.areas, "area", ""),
    )
    return "Found: " + ", ".join(count(len(one), word, many) for one, word, many in kinds if one) + "."


def _more(kind: str, found: Results) -> str:
    return f"the closest {MOST}; more words narrow it" if kind in found.more else ""


def _problems(found: Results) -> None:
    if found.problems:
        section("Problems", _more("problems", found))
        rows = [_problem(one) for one in found.problems]
        draw(table("Problems found", ("Problem", "Status", "Kind", "Area"), rows, stacked=True))


def _problem(one: Problem) -> tuple[object, ...]:
    name = link("/problem", f"{one.ref} {one.name}", query={"problem": one.ref})
    return name, status_mark(one.status), one.group.label, one.area or NOTHING


def _actions(desk: Desk, title: str, actions: Sequence[Action], more: bool) -> None:
    if not actions:
        return
    section(title, f"the closest {MOST}; more words narrow it" if more else "")
    refs = {one.id: one for one in desk.store.problems()}
    rows = [
        (
            f"{one.ref} {one.title}",
            _respond(refs[one.problem_id]) if one.problem_id in refs else NOTHING,
            desk.names.organisation(one.organisation_id),
            one.status.label,
            lateness(one, desk.today) or NOTHING,
        )
        for one in actions
    ]
    heads = ("Work", "Problem", "Organisation", "Status", "How it stands")
    draw(table(f"{title} found", heads, rows, stacked=True))


def _respond(problem: Problem) -> Html:
    return link("/problem", f"{problem.ref} {problem.name}", query={"problem": problem.ref, "tab": "respond"})


def _reports(desk: Desk, found: Results) -> None:
    if not found.reports:
        return
    section("Reports", _more("reports", found))
    rows = [_report(desk, one) for one in found.reports]
    draw(table("Reports found", ("Report", "Kind", "Where", "Reported", "Status"), rows, stacked=True))


def _report(desk: Desk, one: Report) -> tuple[object, ...]:
    sight = sight_of(desk.principal)
    shown = sight is Sight.ALL or shows_place(sight, taxonomy().categories.get(one.category or ""))
    return (
        link("/inbox", one.ref, query={"report": one.ref}),
        category_words(one.category, one.category_name),
        (one.address or one.area or NOTHING) if shown else "The place is shown to officers",
        day_of(one.reported_at, desk.zone),
        one.status.label,
    )


def _assets(desk: Desk, found: Results) -> None:
    if not found.assets:
        return
    section("Assets", _more("assets", found))
    rows = [(one.text, one.reports, _newest(one)) for one in found.assets]
    draw(table("Assets found", ("Asset", "Reports", "The newest"), rows, numeric=(1,), stacked=True))


def _newest(one: FoundText) -> Html:
    refs = [f"R-{number:06d}" for number in one.newest]
    return joined([link("/inbox", ref, query={"report": ref}) for ref in refs], " ")


def _addresses(found: Results) -> None:
    if not found.addresses:
        return
    section("Addresses", _more("addresses", found))
    rows = [
        (link("/inbox", one.text, query={"inbox_find": one.text, "inbox_status": "All"}), one.reports)
        for one in found.addresses
    ]
    draw(table("Addresses found", ("Address", "Reports"), rows, numeric=(1,)))


def _streets(found: Results) -> None:
    if not found.streets:
        return
    section("Streets", _more("streets", found))
    ways = [link("/problem", name, query={"find": name, "list_status": "All"}) for name in found.streets]
    draw(element("p", "Problems named after: ", joined(ways, " · "), css="fx-found"))


def _areas(found: Results) -> None:
    if not found.areas:
        return
    section("Areas", _more("areas", found))
    rows = [_area(one) for one in found.areas]
    draw(table("Areas found", ("Area", "Kind", "Problems there"), rows, stacked=True))


def _area(one: Area) -> tuple[object, ...]:
    kind = one.kind.value.capitalize()
    return (
        link("/", one.name, query={"area": f"{kind}: {one.name}"}),
        kind,
        link("/problem", f"Problems in {one.name}", query={"list_area": one.name}),
    )


def _own(desk: Desk, found: Results) -> None:
    _actions(desk, "Your own open work", found.own, more=False)
    if not found.own:
        remark(f"No open work names {desk.principal.name}. Type above to look for anything else.")
