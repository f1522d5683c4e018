"""Inbox: reports by what they wait for, each worked on alone or many at once; nothing falls through."""

from typing import Final

import numpy as np
import streamlit as st

from dashboard.parts import inbox_filters
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.forms import draw_open_form
from dashboard.parts.inbox_list import offer_file, page_places, rows_of, show_outcomes, show_rows, show_table
from dashboard.parts.inbox_report import show_report
from dashboard.parts.looking_back import show_lost, wait_for_reports
from dashboard.parts.markup import draw, element, key_figures, page_head, show_sheet
from dashboard.parts.notices import empty, remark, said
from dashboard.parts.report_forms import calendar
from dashboard.parts.to_be_told import show_to_be_told
from dashboard.wording import count, day, number
from data.targets import targets_of
from problems.inbox import WAITING, Asked, Clocks, InboxColumns, Sight, clocks, counts_of, limited, ordered, sight_of
from problems.reports import ReportStatus

#: The part that is shown, and the one report, are in the address under these names.
PART: Final = "part"
REPORT: Final = "report"
INBOX, TO_BE_TOLD = "Waiting for us", "To be told"


def show() -> None:
    """Draw the page."""
    desk = this_desk()
    show_sheet()
    sight = sight_of(desk.principal)
    if sight is not Sight.NONE:
        wait_for_reports(desk.store, desk.on)
    asked_for = st.query_params.get(REPORT)
    if asked_for and sight is not Sight.NONE:
        show_report(desk, sight, asked_for)
        draw_open_form()
        return
    page_head("Inbox", "Every report waits for somebody until it ends with a sentence that its reporter can be told.")
    said()
    show_lost(desk.store)
    show_outcomes()
    if sight is Sight.NONE:
        remark("Single reports are shown to officers and coordinators, and to partners those that were given to them.")
        return
    part = INBOX
    if sight is Sight.ALL:
        part = (
            st.segmented_control(
                "Part of the inbox",
                (INBOX, TO_BE_TOLD),
                default=INBOX,
                required=True,
                key=PART,
                bind="query-params",
                label_visibility="collapsed",
            )
            or INBOX
        )
    if part == TO_BE_TOLD:
        show_to_be_told(desk)
    else:
        _inbox(desk, sight)
    draw_open_form()


def _inbox(desk: Desk, sight: Sight) -> None:
    _figures(desk, sight)
    chosen = inbox_filters.ask(desk, sight)
    columns = desk.store.inbox(limited(chosen.asked, desk.principal))
    held = _held(desk, columns)
    kept = chosen.keeps(held)
    places = ordered(columns, held, chosen.order)
    places = places[kept[places]]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large", key="inbox-pages"):
        draw(element("p", count(len(places), "report"), css="fx-quiet", role="status"))
        start, end = page_places(len(places))
        plain = st.toggle("Plain table", key="plain", bind="query-params", help="For screen readers and for printing")
    if not len(places):
        _nothing(desk, chosen)
        return
    rows = rows_of(desk, columns, held, places[start:end])
    if plain:
        show_table(desk, sight, rows)
    else:
        show_rows(desk, sight, rows)
    offer_file(desk, sight, columns, held, np.asarray(places, dtype=np.int64))


def _held(desk: Desk, columns: InboxColumns) -> Clocks:
    return clocks(columns, targets_of(desk.store), calendar(), desk.today, desk.zone)


def _figures(desk: Desk, sight: Sight) -> None:
    waiting = desk.store.inbox(limited(Asked(statuses=frozenset(WAITING)), desk.principal))
    counts = counts_of(waiting, _held(desk, waiting))
    if sight is Sight.ALL:
        unchecked = desk.store.statuses()[ReportStatus.RESOLVED]
    else:
        unchecked = len(desk.store.inbox(limited(Asked(statuses=frozenset({ReportStatus.RESOLVED})), desk.principal)))
    key_figures(
        [
            ("New", number(counts.new), ""),
            ("Acknowledged", number(counts.acknowledged), ""),
            ("Under way", number(counts.in_progress), f"{counts.waiting:,} waiting for others"),
            ("Late", number(counts.late), f"{counts.very_late:,} over three times the target"),
            ("Said to be fixed", number(unchecked), "not checked on site"),
        ]
    )


def _nothing(desk: Desk, chosen: inbox_filters.Chosen) -> None:
    if chosen.is_narrowed:
        empty("No report fits", "Take one of the filters away.", [("/inbox", "Show everything that waits")])
    elif desk.on is not None:
        why = "Every report that was known had ended." if desk.store.counts().reports else "No report was known yet."
        empty(f"Nothing waited at the end of {day(desk.on)}", f"{why} Choose another day under Display.")
    elif sight_of(desk.principal) is not Sight.ALL:
        empty(
            "Nothing waits for you",
            "No report that was given to your organisation is open. The work that it owes has a page of its own.",
            [("/organisation", "See what we owe")],
        )
    elif desk.store.counts().reports:
        empty("Nothing waits for you", "Every report has ended.", [("/inbox?part=To+be+told", "See who is to be told")])
    else:
        empty(
            "No reports yet",
            "Import what your system exports, or write down what somebody tells you.",
            [("/import", "Import reports"), ("/report", "Write a report down")],
        )
