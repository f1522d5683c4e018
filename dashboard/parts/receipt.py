"""A receipt looked up: where the report stands, what the resident can be told, and how to reach them."""

from typing import Final

import streamlit as st

from dashboard import session
from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field, Form, draw_open_form, form_button
from dashboard.parts.markup import draw, element, facts, link, section
from dashboard.parts.notices import refusal, remark
from dashboard.parts.place_picker import place_words, read_place
from dashboard.parts.reports_table import category_words, taxonomy
from dashboard.wording import NOTHING, moment
from data.reading.masks import mask_contacts
from data.sealing import sealer_for
from problems.entries import BY_HAND
from problems.errors import NotFound, ProblemError
from problems.followups import Followup
from problems.receipts import read_receipt
from problems.reports import Report, ReportStatus
from problems.use_cases import contacting, reporting

_TYPED: Final = "receipt_typed"
_SHOWN: Final = "receipt_contact"


def show_look_up(desk: Desk) -> None:
    """Draw the box for a receipt number and, below it, what it stands for."""
    with st.form("receipt-form", border=False):
        st.text_input("Receipt number", key=_TYPED, placeholder="FX-7K3M-9QPD", width=320, autocomplete="off")
        st.form_submit_button("Look it up", type="primary", key="receipt-look")
    typed = st.session_state.get(_TYPED) or ""
    if not typed.strip():
        remark("Type the number as the resident reads it out: capital or small, with or without dashes.")
        return
    try:
        report = _found(desk, typed)
    except ProblemError as refused:
        refusal(refused)
        return
    _show(desk, report)
    draw_open_form()


def _found(desk: Desk, typed: str) -> Report:
    receipt = read_receipt(typed)
    report = desk.store.report_known_as(BY_HAND, receipt)
    if report is None:
        why = "No report was saved with it."
        raise NotFound(f"Nothing is known under {receipt}.", why, "Read it out once more, or write the report down.")
    return report


def _show(desk: Desk, report: Report) -> None:
    main = desk.store.reports([report.main_id])[0] if report.main_id is not None else None
    telling = main or report
    section(f"{report.source_id}: {telling.status.label}", report.ref)
    outcome = desk.store.followups([telling.id]).get(telling.id, Followup(telling.id)).outcome
    draw(element("blockquote", f"{_tell(report, main)} {outcome}".strip(), css="fx-tell"))
    pairs: list[tuple[str, object]] = [
        ("What", category_words(report.category, report.category_name)),
        ("Reported", moment(report.reported_at, desk.zone)),
        ("Happened", moment(report.occurred_at, desk.zone)),
        ("Where", ", ".join(part for part in (report.address, report.area, report.asset) if part) or NOTHING),
        ("Point", place_words(*report.lon_lat) if report.lon_lat else "None: not on the map"),
        ("What was seen", report.text or NOTHING),
    ]
    if main is not None:
        pairs.append(("Added to", f"{main.ref}, {moment(main.reported_at, desk.zone)}"))
    left, right = st.columns([3, 2], gap="large")
    with left:
        draw(facts(pairs))
    if not desk.principal.has(*contacting.MAY_SEE_CONTACTS):
        return
    with right:
        show_contact(desk, report)
        draw(element("p", link("/inbox", "Work on it in the inbox", query={"report": report.ref}), css="fx-ways"))


def show_contact(desk: Desk, report: Report) -> None:
    """Draw the ways to correct a report and to reach its reporter."""
    with st.container(horizontal=True, gap="small"):
        form_button(_correction(desk, report), key="rep-correct", label="Correct")
        if desk.store.contact(report.id) is not None:
            st.button("Show contact", key="rep-contact", on_click=_look, args=(report.id,))
    _contact(report)


def _tell(report: Report, main: Report | None) -> str:
    """Return what the resident can be told."""
    told = {
        ReportStatus.NEW: "Your report was received; nobody has looked at it yet.",
        ReportStatus.ACKNOWLEDGED: "Your report was seen, and somebody is responsible for it.",
        ReportStatus.IN_PROGRESS: "Work on it has begun or is planned.",
        ReportStatus.RESOLVED: "It is said to be fixed.",
        ReportStatus.VERIFIED: "It is fixed; somebody has checked it on site.",
        ReportStatus.NO_ACTION: "No further action will be taken.",
        ReportStatus.NOT_OURS: "Somebody else is responsible; it was passed on.",
        ReportStatus.WITHDRAWN: "The report was withdrawn.",
        ReportStatus.DUPLICATE: "It was reported before and is followed up there.",
    }
    if main is None:
        return told[report.status]
    return f"Somebody had reported it before you; both are followed up together. {told[main.status]}"


# -- the contact --


def _look(report_id: int) -> None:
    from dashboard.parts.desk import this_desk

    try:
        sealer = sealer_for(session.get_settings().store_url)
        caller = contacting.show_contact(*this_desk().asking, report_id=report_id, opened=sealer.open)
    except ProblemError as refused:
        st.session_state[_SHOWN] = (report_id, refused)
        return
    st.session_state[_SHOWN] = (report_id, caller)


def _contact(report: Report) -> None:
    """Draw the contact that was asked for a moment ago; the next run of the page does not show it again."""
    number, caller = st.session_state.pop(_SHOWN, (0, None))
    if number != report.id or caller is None:
        return
    if isinstance(caller, ProblemError):
        refusal(caller)
        return
    draw(
        facts(
            [
                ("Name", caller.name or NOTHING),
                ("Telephone", caller.phone or NOTHING),
                ("E-mail", caller.email or NOTHING),
            ]
        )
    )
    remark("That you looked was noted.")


# -- corrections --


def _correction(desk: Desk, report: Report) -> Form:
    categories = taxonomy().categories

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        saved = reporting.correct_report(
            *at.asking,
            report_id=report.id,
            seen_version=report.version,
            categories=categories,
            mask=mask_contacts,
            category=str(answers.get("category") or ""),
            lon_lat=read_place(str(answers.get("point") or "")),
            address=str(answers.get("address") or ""),
            asset=str(answers.get("asset") or ""),
            text=str(answers.get("text") or ""),
        )
        return f"{saved.ref} is corrected."

    choices = {code: f"{each.group.label}: {each.name}" for code, each in categories.items()}
    questions = (
        Field("category", "Category", "choice", report.category, dict(sorted(choices.items(), key=lambda it: it[1]))),
        Field("text", "What was seen", "text", report.text),
        Field("point", "Latitude, longitude", value=place_words(*report.lon_lat) if report.lon_lat else ""),
        Field("address", "Address or description of the place", value=report.address),
        Field("asset", "Asset number", value=report.asset),
    )
    return Form(f"Correct {report.ref}", "Save the correction", questions, save)
