"""Report: write a report down for a resident, see what is known nearby, and look a receipt up."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import streamlit as st

from dashboard.design import plain_label
from dashboard.parts import entry as form
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.markup import draw, element, page_head, section, show_sheet
from dashboard.parts.notices import refusal, remark, said
from dashboard.parts.receipt import show_look_up
from dashboard.parts.reports_table import category_words, taxonomy
from dashboard.wording import moment
from data.alike import likeness
from data.reading.masks import mask_contacts
from problems.entries import BY_HAND, Entry
from problems.errors import ProblemError
from problems.people import Role
from problems.reports import Report, ReportStatus
from problems.suggesting import Likely, reach_of, suggest_for
from problems.use_cases import reporting

#: The part that is shown is in the address, under this name.
PART: Final = "part"
WRITE, LOOK_UP = "Write a report down", "Look up a receipt"


def show() -> None:
    """Draw the page."""
    desk = this_desk()
    show_sheet()
    page_head(
        "Report", "Write down what a resident tells you, or what you saw; the receipt number is for the resident."
    )
    said()
    if not desk.principal.has(*reporting.MAY_REPORT):
        remark("Reports are written down by officers, coordinators and administrators.")
        return
    part = st.segmented_control(
        "What to do",
        (WRITE, LOOK_UP),
        default=WRITE,
        required=True,
        key=PART,
        bind="query-params",
        label_visibility="collapsed",
    )
    if part == LOOK_UP:
        show_look_up(desk)
    elif form.SAVED in st.session_state:
        _saved(desk)
    else:
        _write(desk)


def _write(desk: Desk) -> None:
    form.begin(desk)
    what, where = st.columns([1, 1], gap="large")
    with what:
        form.ask_what(desk)
        form.ask_who()
    with where:
        form.ask_where(desk)
    answered = form.answered(desk)
    found = _nearby(desk, answered.entry)
    refused = form.refused(desk)
    if refused is not None:
        refusal(refused)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        label = "Save as new" if found else "Save the report"
        st.button(label, key="rep-save", type="primary", on_click=_save, args=(None, None))
        st.button("Start again", key="rep-clear", on_click=form.clear)
    remark(f"Receipt number of this report: {form.receipt()}. It is valid once the report is saved.")


def _nearby(desk: Desk, entry: Entry) -> Sequence[tuple[Report, Likely]]:
    section("Open reports nearby", "is it known already?")
    if entry.category not in taxonomy().categories or entry.lon_lat is None:
        missing = "a point on the map" if entry.category else "a category and a point on the map"
        remark(f"With {missing}, open reports nearby are shown here before you save.")
        return ()
    category = taxonomy().categories[entry.category]
    reach = reach_of(category)
    try:
        found = suggest_for(desk.store, _draft(desk, entry), categories=taxonomy().categories, alike=likeness)
    except ProblemError as refused:
        refusal(refused)
        return ()
    if not found:
        remark(
            f"No open report about {category.group.label.lower()} within {reach.metres:.0f} m and {reach.days} days."
        )
        return ()
    if not reach.duplicates:
        remark("Every event of this kind is an incident of its own. These are related, not the same.")
    for report, likely in found:
        _show_near(desk, report, likely)
    return found


def _draft(desk: Desk, entry: Entry) -> Report:
    now = desk.clock()
    return Report(
        id=0,
        source=BY_HAND,
        source_id="",
        category=entry.category,
        category_name=entry.category,
        reported_at=now,
        status=ReportStatus.NEW,
        lon_lat=entry.lon_lat,
        address=entry.address,
        text=entry.text,
    )


def _show_near(desk: Desk, report: Report, likely: Likely) -> None:
    kind = category_words(report.category, report.category_name)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key=f"near-{report.id}"):
        draw(
            element(
                "p",
                element("b", f"{report.ref} {kind}"),
                f", {likely.why} · {report.status.label}",
                element("br"),
                element("span", f"{moment(report.reported_at, desk.zone)}, {report.address or 'no address'}: "),
                element("span", report.text or "no words"),
                css="fx-row",
            )
        )
        if likely.is_duplicate and desk.principal.has(Role.OFFICER):
            st.button(
                plain_label(f"The same: add to {report.ref}"),
                key=f"add-{report.id}",
                on_click=_save,
                args=(report.id, report.version),
            )


# -- saving --


def _save(same_as: int | None, seen_version: int | None) -> None:
    desk = this_desk()
    answered = form.answered(desk)
    form.forget_refusal()
    if answered.wrong is not None:
        form.refuse(desk, answered.wrong)
        return
    try:
        sealed, reporter = form.sealed_caller(answered.caller)
        saved = reporting.add_report(
            *desk.asking,
            entry=replace(answered.entry, reporter=reporter),
            receipt=form.receipt(),
            categories=taxonomy().categories,
            mask=mask_contacts,
            sealed=sealed,
            same_as=same_as,
            seen_version=seen_version,
        )
    except ProblemError as refused:
        form.refuse(desk, refused)
        return
    form.clear()
    st.session_state[form.SAVED] = saved.id


def _saved(desk: Desk) -> None:
    kept = desk.store.reports([int(st.session_state[form.SAVED])])
    if not kept:
        form.clear()
        st.rerun()
    report = kept[0]
    section("Saved", report.ref)
    draw(element("p", report.source_id, css="fx-receipt", role="status", aria_label=f"Receipt {report.source_id}"))
    tell = f"Thank you. Your receipt number is {report.source_id}. With it you can ask at any time what became of it."
    draw(element("blockquote", tell, css="fx-tell"))
    kind = category_words(report.category, report.category_name)
    if report.main_id is not None:
        remark(f"{kind}: added to R-{report.main_id:06d}, which now has one more reporter.")
    elif report.lon_lat is None:
        remark(f"{kind}: kept without a point, so it is not on the map until somebody corrects its place.")
    else:
        remark(f"{kind}{f', {report.area}' if report.area else ''}: it is on the map now.")
    st.button("Write down another", key="rep-another", type="primary", on_click=form.clear)
