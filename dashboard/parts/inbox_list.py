"""The list of the inbox: a page of reports that can be ticked and worked on together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import streamlit as st

from dashboard.design import Html
from dashboard.handouts import handouts
from dashboard.parts.adopt_forms import ADOPT, adopt_form
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.forms import open_form
from dashboard.parts.inbox_filters import key
from dashboard.parts.markup import draw, element, joined, link, table
from dashboard.parts.notices import refusal, say, stayed
from dashboard.parts.report_forms import OUTCOMES, Task, do_many, many_form, tasks_for
from dashboard.parts.reports_table import category_words, taxonomy
from dashboard.parts.ticks import tick_all, tick_all_words, tick_key
from dashboard.wording import NOTHING, count, day, day_of, days
from data.inbox_files import inbox_csv
from problems.errors import InputRefused, ProblemError
from problems.followups import Matter
from problems.inbox import Clocks, InboxColumns, Sight, shows_place
from problems.reasons import Reason
from problems.targets import NO_TARGET, Days, Lateness
from problems.targets import day_of as day_from
from problems.use_cases.answer_changes import Outcomes, matters_of
from problems.use_cases.drawing import MAY_DRAW

ROWS: Final = 25
_MOST_IN_FILE: Final = 20_000
#: Why the last button did nothing.
REFUSED: Final = "inbox_refused"
_FILE: Final = "inbox_file"
_DO: Final = "inbox_do"


@dataclass(frozen=True)
class Row:
    """One report of the list, with when it is due and by how many working days it is late."""

    matter: Matter
    due_on: date | None
    late_days: int
    lateness: Lateness


def rows_of(desk: Desk, columns: InboxColumns, held: Clocks, places: Days) -> list[Row]:
    """Return the reports at these places of the columns, in that order."""
    found = {one.id: one for one in matters_of(desk.store, columns.ids[places].tolist())}
    return [
        Row(
            found[number],
            None if held.due[place] == NO_TARGET else day_from(int(held.due[place])),
            int(held.late[place]),
            Lateness(int(held.lateness[place])),
        )
        for place in places.tolist()
        if (number := int(columns.ids[place])) in found
    ]


def show_outcomes() -> None:
    """Draw what was refused of the last work on several reports, each with its reason, once."""
    refused = st.session_state.pop(REFUSED, None)
    if isinstance(refused, ProblemError):
        refusal(refused)
    outcomes = st.session_state.pop(OUTCOMES, None)
    if isinstance(outcomes, Outcomes):
        stayed(outcomes.refused, "report")


def show_rows(desk: Desk, sight: Sight, rows: Sequence[Row]) -> None:
    """Draw a page of reports with a box to tick before each, and what can be done with those that are ticked.

    Of a past day there are the reports alone: it cannot be changed.
    """
    if desk.on is not None:
        for row in rows:
            with st.container(horizontal=True, gap="small", key=f"mail-{row.matter.id}"):
                with st.container(width=118):
                    draw(element("p", row.matter.ref, css="fx-quiet"))
                draw(_row(desk, sight, row))
        return
    tasks = tasks_for(desk, [row.matter for row in rows])
    with st.form("inbox-form", border=False, enter_to_submit=False):
        if tasks:
            versions = {row.matter.id: row.matter.version for row in rows}
            with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="inbox-bar"):
                st.selectbox(
                    "With the reports that are ticked",
                    [*tasks, *([ADOPT] if desk.principal.has(*MAY_DRAW) else [])],
                    index=None,
                    key=_DO,
                    width=300,
                    placeholder="Choose what to do",
                )
                st.form_submit_button("Go on", key="inbox-go", type="primary", on_click=_go_on, args=(versions,))
                words = tick_all_words(len(rows))
                st.form_submit_button(words, key="inbox-all", on_click=tick_all, args=(tuple(versions), True))
                st.form_submit_button("Untick all", key="inbox-none", on_click=tick_all, args=(tuple(versions), False))
        for row in rows:
            with st.container(horizontal=True, gap="small", key=f"mail-{row.matter.id}"):
                st.checkbox(row.matter.ref, key=tick_key(row.matter.id), disabled=not tasks, width=118)
                draw(_row(desk, sight, row))


def _go_on(seen: Mapping[int, int]) -> None:
    """Open the form of what was chosen for the reports that are ticked, or do it where nothing is to be asked."""
    desk = this_desk()
    ticked = {number: version for number, version in seen.items() if st.session_state.get(tick_key(number))}
    label = st.session_state.get(_DO)
    asked = "Nothing was done."
    if not ticked:
        st.session_state[REFUSED] = InputRefused(asked, "No report is ticked.", "Tick the reports first.")
        return
    if label == ADOPT:
        _adopt(desk, ticked)
        return
    task = tasks_for(desk, matters_of(desk.store, list(ticked))).get(str(label))
    if task is None:
        why = f"“{label}” is not possible for any of the ticked reports." if label else "It is not chosen what to do."
        st.session_state[REFUSED] = InputRefused(asked, why, "Choose what to do with them.")
        return
    if task.questions:
        open_form(many_form(ticked, task))
        return
    _do(desk, task, ticked)


def _adopt(desk: Desk, ticked: Mapping[int, int]) -> None:
    try:
        open_form(adopt_form(desk, ticked))
    except ProblemError as refused:
        st.session_state[REFUSED] = refused


def _do(desk: Desk, task: Task, versions: Mapping[int, int]) -> None:
    try:
        told = do_many(desk, task, {}, versions)
    except ProblemError as refused:
        st.session_state[REFUSED] = refused
        return
    if told:
        say(told)


# -- a row --


def where(sight: Sight, matter: Matter) -> str:
    """Return where a report is from, as far as the reader may see it."""
    report = matter.report
    if not shows_place(sight, taxonomy().categories.get(report.category or "")):
        return "The place is shown to officers"
    return report.address or report.area or "No address"


def stands(row: Row) -> Html:
    """Return how a report stands against what was promised, in words."""
    matter = row.matter
    parts = [element("span", matter.status.label, css="fx-mail-status")]
    if row.late_days:
        over = ", over three times the target" if row.lateness is Lateness.VERY_LATE else ""
        parts.append(element("span", f"{count(row.late_days, 'working day')} late{over}", css="fx-late"))
    elif row.due_on is not None:
        parts.append(element("span", f"Due {day(row.due_on)}", css="fx-due"))
    if matter.is_waiting:
        parts.append(element("span", waiting_words(matter), css="fx-due"))
    if matter.followup.reopened:
        parts.append(element("span", reopened_words(matter.followup.reopened), css="fx-due"))
    return joined(parts)


def waiting_words(matter: Matter) -> str:
    """Return for what a report waits."""
    reason = matter.followup.waiting_for
    words = Reason(reason).label if reason in tuple(Reason) else "Waiting"
    return words if words.startswith("Waiting") else f"Waiting: {words.lower()}"


def reopened_words(times: int) -> str:
    """Return how often a report was re-opened."""
    return {1: "Re-opened once", 2: "Re-opened twice"}.get(times, f"Re-opened {times} times")


def _row(desk: Desk, sight: Sight, row: Row) -> Html:
    matter, report = row.matter, row.matter.report
    kind = category_words(report.category, report.category_name)
    said = report.text if sight is Sight.ALL else ""
    followup = matter.followup
    given = desk.names.organisation(followup.organisation_id) if followup.organisation_id else ""
    who = ", ".join(part for part in (given, followup.owner) if part) or "Nobody yet"
    return element(
        "div",
        element(
            "p",
            link("/inbox", kind, query={"report": matter.ref}, css="fx-link fx-mail-kind"),
            element("span", where(sight, matter)),
            element("span", said, css="fx-mail-said") if said else "",
        ),
        element(
            "p",
            element("span", f"Reported {day_of(report.reported_at, desk.zone)}"),
            element("span", who, css="fx-due"),
        ),
        element("p", stands(row)),
        css="fx-mail",
    )


def show_table(desk: Desk, sight: Sight, rows: Sequence[Row]) -> None:
    """Draw the same page of reports as a plain table."""
    heads = ("Report", "Kind", "Where", "Reported", "Status", "Due", "Late", "Given to", "Owner")
    body = [
        (
            link("/inbox", row.matter.ref, query={"report": row.matter.ref}),
            category_words(row.matter.report.category, row.matter.report.category_name),
            where(sight, row.matter),
            day_of(row.matter.report.reported_at, desk.zone),
            row.matter.status.label,
            day(row.due_on),
            days(row.late_days) if row.late_days else NOTHING,
            desk.names.organisation(row.matter.followup.organisation_id)
            if row.matter.followup.organisation_id
            else NOTHING,
            row.matter.followup.owner or NOTHING,
        )
        for row in rows
    ]
    draw(table("Reports on this page of the inbox", heads, body, stacked=True))


# -- pages, and the whole list as a file --


def page_places(total: int) -> tuple[int, int]:
    """Return from which and up to which place this page of the list goes; asks for the page where there are several."""
    pages = max(1, -(-total // ROWS))
    name = key("page")
    if int(st.session_state.get(name) or 1) > pages:
        st.session_state[name] = pages
    if pages == 1:
        return 0, total
    chosen = st.number_input(f"Page, 1 to {pages:,}", 1, pages, key=name, bind="query-params", width=150)
    start = (int(chosen or 1) - 1) * ROWS
    return start, min(total, start + ROWS)


def offer_file(desk: Desk, sight: Sight, columns: InboxColumns, held: Clocks, places: Days) -> None:
    """Draw the way to the whole list as CSV."""

    def make() -> None:
        st.session_state[_FILE] = _file(this_desk(), sight, columns, held, places[:_MOST_IN_FILE])

    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="inbox-file"):
        more = f" (the first {_MOST_IN_FILE:,})" if len(places) > _MOST_IN_FILE else ""
        st.button(f"Make a CSV file of all {len(places):,}{more}", key="inbox-csv", on_click=make)
        waiting = st.session_state.get(_FILE)
        if waiting and handouts.is_waiting(waiting):
            draw(
                element(
                    "p",
                    link(f"/api/handout/{waiting}", f"Download {_file_name(desk)}"),
                    " It is handed out once.",
                    role="status",
                )
            )


def _file(desk: Desk, sight: Sight, columns: InboxColumns, held: Clocks, places: Days) -> str:
    numbers = columns.ids[places].tolist()
    due = dict(zip(numbers, held.due[places].tolist(), strict=True))
    late = dict(zip(numbers, held.late[places].tolist(), strict=True))
    rows = ((one, due[one.id], late[one.id]) for one in matters_of(desk.store, numbers))
    organisations = {each.id: each.name for each in desk.organisations}
    content = inbox_csv(rows, categories=taxonomy().categories, organisations=organisations, sight=sight)
    return handouts.keep(_file_name(desk), content)


def _file_name(desk: Desk) -> str:
    return "inbox.csv" if desk.on is None else f"inbox-as-known-on-{desk.on.isoformat()}.csv"
