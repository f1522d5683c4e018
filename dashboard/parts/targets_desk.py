"""The targets of the categories and the days that they count: to look at, to edit, to put in place."""

from typing import Final

import streamlit as st

from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Form, form_button
from dashboard.parts.markup import draw, element, joined, link, section, table
from dashboard.parts.notices import refusal, remark, say
from dashboard.parts.report_forms import calendar
from dashboard.parts.reports_table import taxonomy
from dashboard.wording import NOTHING, count, day
from data.calendars import LAST_YEAR
from data.targets import read_targets, shipped_targets, targets_of
from problems.errors import ProblemError
from problems.targets import TARGETS_FACT, Target, Targets
from problems.use_cases import promising

_DAYS_SHOWN: Final = 8
_USED: Final = "targets_used"


def show_targets(desk: Desk) -> None:
    """Draw the targets, the calendar, and the way to others."""
    targets = targets_of(desk.store)
    own = bool(desk.store.fact(TARGETS_FACT))
    section("Targets", "those of this installation" if own else "those that came with Fixpoint")
    remark(
        "Working days to the first response and to the end. Due dates follow at once, those of open reports too. To"
        " change them, download the list, edit it in a spreadsheet, and put it in place here."
    )
    draw(element("p", joined([link("/api/export/targets.csv", "Download the targets as CSV")]), css="fx-ways"))
    _show(targets)
    if desk.principal.has(*promising.MAY_PROMISE):
        _ask_for_list(desk, targets)
        if own:
            form_button(_shipped_form(), key="targets-shipped", label="Back to the targets that came with Fixpoint")
    _show_calendar(desk)


def _show(targets: Targets) -> None:
    rows = [
        (each.name, each.group.label, each.code, *_days_of(targets.get(each.code, Target())))
        for each in taxonomy().categories.values()
    ]
    heads = ("Category", "Group", "Code", "First response", "To the end")
    draw(table("Targets in working days", heads, rows, numeric=(3, 4), narrow_without=(1, 2)))


def _days_of(target: Target) -> tuple[str, str]:
    response, resolution = (
        NOTHING if each is None else f"{each:,}" for each in (target.response_days, target.resolution_days)
    )
    return response, resolution


def _pair(targets: Targets, code: str) -> str:
    return " and ".join(_days_of(targets.get(code, Target())))


def _show_calendar(desk: Desk) -> None:
    days = calendar()
    section("Working days", days.name)
    ahead = sorted(each for each in days.closed if each >= desk.today)[:_DAYS_SHOWN]
    if ahead:
        remark(f"The next days off: {', '.join(day(each) for each in ahead)}.")
    remark(
        "The calendar is chosen in the settings file, in the section [targets]. Public holidays are known up to"
        f" {LAST_YEAR}."
    )


def _ask_for_list(desk: Desk, before: Targets) -> None:
    uploaded = st.file_uploader("Other targets (CSV)", type=["csv"], key="targets_list")
    if uploaded is None:
        return
    try:
        after = read_targets(uploaded.name, uploaded.getvalue(), taxonomy().categories)
    except ProblemError as refused:
        refusal(refused)
        return
    changed = [code for code in taxonomy().categories if before.get(code) != after.get(code)]
    if not changed:
        used, told = st.session_state.get(_USED, ("", ""))
        remark(told if used == uploaded.file_id else "This list says what is in force already. Nothing would change.")
        return
    rows = [
        (
            taxonomy().categories[code].name,
            *(" and ".join(_days_of(one.get(code, Target()))) for one in (before, after)),
        )
        for code in changed
    ]
    draw(table("What would change", ("Category", "Now", "Then"), rows))
    if st.button("Use these targets", type="primary", key="targets-use"):
        try:
            number = promising.replace_targets(
                *desk.asking, text=uploaded.getvalue().decode("utf-8-sig"), before=before, after=after
            )
        except ProblemError as refused:
            refusal(refused)
            return
        told = f"The targets are in place: {count(number, 'category', 'categories')} changed."
        st.session_state[_USED] = (uploaded.file_id, told)
        say(told)
        st.rerun()


def _shipped_form() -> Form:
    def save(at: Desk, _answers: Answers, _seen_version: int) -> str:
        before = targets_of(at.store)
        number = promising.replace_targets(*at.asking, text="", before=before, after=shipped_targets())
        words = count(number, "category", "categories")
        return f"The targets that came with Fixpoint are in place again: {words} changed."

    intro = "Download the targets first if you may want them back."
    return Form("Back to the targets that came with Fixpoint?", "Use those targets", (), save, None, intro)
