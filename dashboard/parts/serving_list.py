"""The list behind a measure of the service themes: every one of it, and whether it counts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from dashboard.parts.desk import Desk
from dashboard.parts.listed_rows import Row, Rows, draw_rows, paged, report_rows, told_in_all
from dashboard.parts.markup import draw, element, link, page_head, problem_link, status_mark
from dashboard.parts.notices import empty
from dashboard.wording import NOTHING, count, day
from problems.briefing.figure import Listed
from problems.themes.page import Measure, ServicePage


def show_theme_list(desk: Desk, page: ServicePage, measure: Measure, query: Mapping[str, str]) -> None:
    """Draw the list behind a measure."""
    told = f"{page.place}, {day(page.span.first_on)} to {day(page.moment.as_of)}"
    page_head(measure.figure.label, told, kicker="The list behind a figure")
    draw(element("p", measure.figure.sentence, css="fx-reading"))
    draw(element("p", link("/serving", "Back to the themes", query=query), css="fx-ways"))
    ids = measure.ids.tolist()
    if not ids:
        empty("Nothing is in this list", "The figure counts none.")
        return
    rows = _ROWS[measure.listed](desk, paged(ids[::-1], "theme-page"))
    counted = None if measure.counted is None else frozenset(measure.counted.tolist())
    caption = f"Behind the figure: {measure.figure.label}"
    draw_rows(caption, rows, counted=counted, told=measure.told, said=measure.said)
    noun = {Listed.REPORTS: "report", Listed.ACTIONS: "action"}.get(measure.listed, "problem")
    told_in_all(count(len(ids), noun), counted, f"The figure is as known on {day(page.moment.known_on)}.")


def _reports(desk: Desk, ids: Sequence[int]) -> Rows:
    return report_rows(desk, ids, "Status today" if desk.on is None else f"Status on {day(desk.on)}")


def _problems(desk: Desk, ids: Sequence[int]) -> Rows:
    known = {one.id: one for one in desk.store.problems()}
    rows: dict[int, Row] = {
        one.id: (problem_link(one), status_mark(one.status), one.area or NOTHING, one.owner or "Nobody")
        for one in (known[number] for number in ids if number in known)
    }
    return ("Problem", "State", "Area", "Owner"), rows


def _actions(desk: Desk, ids: Sequence[int]) -> Rows:
    known = {one.id: one for one in desk.store.actions()}
    problems = {one.id: one for one in desk.store.problems()}
    rows: dict[int, Row] = {}
    for one in (known[number] for number in ids if number in known):
        problem = problems.get(one.problem_id)
        rows[one.id] = (
            f"{one.ref} {one.title}",
            problem_link(problem) if problem else NOTHING,
            desk.names.organisation(one.organisation_id),
            day(one.first_promised_on),
            one.status.label,
        )
    return ("Action", "Problem", "Organisation", "First promised for", "Status"), rows


_ROWS: Final[Mapping[Listed, Callable[[Desk, Sequence[int]], Rows]]] = {
    Listed.REPORTS: _reports,
    Listed.PROBLEMS: _problems,
    Listed.ACTIONS: _actions,
}
