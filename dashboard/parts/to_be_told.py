"""Reporters who wait to hear what became of it, letters to them, and what they answered."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import streamlit as st

from dashboard import session
from dashboard.design import Html
from dashboard.handouts import handouts
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.inbox_list import REFUSED
from dashboard.parts.markup import draw, element, key_figures, link, section, table
from dashboard.parts.notices import empty, remark, say
from dashboard.parts.report_forms import OUTCOMES, tell
from dashboard.parts.reports_table import category_words, taxonomy
from dashboard.parts.ticks import tick_all, tick_all_words, tick_key
from dashboard.wording import count, day, day_of, share
from data.inbox_files import letters_csv
from data.sealing import sealer_for
from geo.proportions import proportion
from problems.errors import InputRefused, ProblemError
from problems.followups import Matter, Satisfaction
from problems.use_cases import telling
from problems.use_cases.answer_changes import Outcomes

#: A share of fewer answers than this would say more than it knows.
LEAST_ANSWERS: Final = 10
_SHOWN: Final = 50
_FILE: Final = "letters_file"


def show_to_be_told(desk: Desk) -> None:
    """Draw who is still to be told, the ways to tell them, and how satisfied those were who answered."""
    waiting = telling.to_be_told(desk.store)
    _figures(desk, len(waiting))
    if desk.on is not None:
        _show_past(desk, desk.on, waiting)
        return
    _offer_file()
    if not waiting:
        empty(
            "Nobody waits to hear from you",
            "Reports that ended with a sentence for the reporter are listed here, where the reporter left a way to"
            " be reached. Write reports down with a telephone number or an e-mail address, and end them with a"
            " sentence.",
            [("/inbox", "Go to the inbox"), ("/report", "Write a report down")],
        )
        return
    section(f"{count(len(waiting), 'reporter')} to be told", "those whose report ended first come first")
    shown = waiting[:_SHOWN]
    if st.toggle("Plain table", key="plain", bind="query-params", help="For screen readers and for printing"):
        _show_table(desk, shown)
    with st.form("told-form", border=False, enter_to_submit=False):
        versions = {matter.id: matter.version for matter, _ in shown}
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="inbox-bar"):
            st.form_submit_button("They were told", key="told-mark", type="primary", on_click=_mark, args=(versions,))
            st.form_submit_button("Make letters of them", key="told-letters", on_click=_write, args=(versions,))
            words = tick_all_words(len(shown))
            st.form_submit_button(words, key="told-all", on_click=tick_all, args=(tuple(versions), True))
            st.form_submit_button("Untick all", key="told-none", on_click=tick_all, args=(tuple(versions), False))
        for matter, told_of in shown:
            with st.container(horizontal=True, gap="small", key=f"mail-{matter.id}"):
                st.checkbox(matter.ref, key=tick_key(matter.id), width=118)
                draw(_row(desk, matter, told_of))
    if len(waiting) > _SHOWN:
        remark(f"{count(len(waiting) - _SHOWN, 'more reporter')} follow when these were told.")
    remark(
        "Letters hold names and addresses: that you made them is noted for each report. The file is handed out once."
    )


def _show_past(desk: Desk, on: date, waiting: Sequence[tuple[Matter, Matter]]) -> None:
    """Draw who was to be told at the end of a past day: nothing can be noted of it any more."""
    if not waiting:
        empty(f"Nobody waited to hear from you at the end of {day(on)}", "Choose another day under Display.")
        return
    section(f"{count(len(waiting), 'reporter')} to be told", "those whose report ended first come first")
    _show_table(desk, waiting[:_SHOWN])
    if len(waiting) > _SHOWN:
        remark(f"{count(len(waiting) - _SHOWN, 'more reporter')} are not listed.")


def _figures(desk: Desk, waiting: int) -> None:
    answers = desk.store.answers_on_satisfaction()
    asked = sum(answers.values())
    if asked < LEAST_ANSWERS:
        value, note = "Too few answers", f"{asked} of the {LEAST_ANSWERS} that it takes"
    else:
        found = proportion(answers[Satisfaction.YES], asked)
        value, note = share(found.share), f"between {share(found.low)} and {share(found.high)}, of {asked} answers"
    told = ", ".join(f"{answers[each]} {each.label.lower()}" for each in Satisfaction)
    key_figures([("To be told", waiting, ""), ("Satisfied", value, note), ("Answers", asked, told)])


def _row(desk: Desk, matter: Matter, told_of: Matter) -> Html:
    report = matter.report
    kind = category_words(report.category, report.category_name)
    merged = f", followed up as {told_of.ref}" if told_of.id != matter.id else ""
    return element(
        "div",
        element(
            "p",
            link("/inbox", kind, query={"report": matter.ref}, css="fx-link fx-mail-kind"),
            element("span", f"{report.address or report.area or 'No address'}{merged}"),
        ),
        element(
            "p",
            element("span", told_of.status.label, css="fx-mail-status"),
            element("span", f"Ended {day_of(told_of.report.closed_at, desk.zone)}", css="fx-due"),
        ),
        element("p", element("span", f"“{told_of.followup.outcome}”")),
        css="fx-mail",
    )


def _show_table(desk: Desk, shown: Sequence[tuple[Matter, Matter]]) -> None:
    heads = ("Report", "Kind", "Status", "Ended", "What the reporter is told")
    rows = [
        (
            link("/inbox", matter.ref, query={"report": matter.ref}),
            category_words(matter.report.category, matter.report.category_name),
            told_of.status.label,
            day_of(told_of.report.closed_at, desk.zone),
            told_of.followup.outcome,
        )
        for matter, told_of in shown
    ]
    draw(table("Reporters to be told", heads, rows, stacked=True))


# -- what the buttons do --


def _ticked(seen: Mapping[int, int]) -> dict[int, int]:
    ticked = {number: version for number, version in seen.items() if st.session_state.get(tick_key(number))}
    if not ticked:
        raise InputRefused("Nothing was done.", "No report is ticked.", "Tick the reports first.")
    return ticked


def _mark(seen: Mapping[int, int]) -> None:
    try:
        outcomes = tell(this_desk(), {}, _ticked(seen))
    except ProblemError as refused:
        st.session_state[REFUSED] = refused
        return
    st.session_state[OUTCOMES] = outcomes
    tick_all(list(seen), False)
    if outcomes.done:
        say(f"{count(len(outcomes.done), 'reporter')} noted as told.")


def _write(seen: Mapping[int, int]) -> None:
    desk = this_desk()
    try:
        ticked = _ticked(seen)
        sealer = sealer_for(session.get_settings().store_url)
        letters = telling.write_letters(*desk.asking, report_ids=list(ticked), opened=sealer.open)
    except ProblemError as refused:
        st.session_state[REFUSED] = refused
        return
    st.session_state[OUTCOMES] = Outcomes(refused=letters.refused)
    if letters.made:
        content = letters_csv(letters.made, categories=taxonomy().categories)
        st.session_state[_FILE] = handouts.keep("letters.csv", content)
        say(f"{count(len(letters.made), 'letter')} made. Note that they were told when the letters are sent.")


def _offer_file() -> None:
    waiting = st.session_state.get(_FILE)
    if waiting and handouts.is_waiting(waiting):
        way = link(f"/api/handout/{waiting}", "Download letters.csv")
        draw(element("p", way, " for the mail merge of your word processor. It is handed out once.", role="status"))
