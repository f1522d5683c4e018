"""One report: what is known of it, how its clocks stand, what can be done next, and all that happened."""

from typing import Final

import streamlit as st

from dashboard.design import Html, plain_label
from dashboard.parts.desk import Desk
from dashboard.parts.forms import form_button
from dashboard.parts.inbox_list import reopened_words, waiting_words, where
from dashboard.parts.markup import draw, element, facts, joined, key_figures, link, page_head, section
from dashboard.parts.notices import refusal, remark, said
from dashboard.parts.place_picker import place_words
from dashboard.parts.receipt import show_contact
from dashboard.parts.report_forms import calendar, one_form, report_number, satisfaction_form, tasks_for
from dashboard.parts.report_telling import report_lines
from dashboard.parts.reports_table import category_words, taxonomy
from dashboard.parts.telling import Line
from dashboard.wording import NOTHING, count, day, day_of, moment, number
from data.targets import targets_of
from problems.entries import Channel
from problems.errors import NotFound, ProblemError
from problems.events import Subject
from problems.followups import Matter
from problems.inbox import Sight, clocks_of, shows_place
from problems.people import Role
from problems.problem import Problem
from problems.reasons import Reason
from problems.reports import ReportStatus
from problems.targets import Lateness, Standing
from problems.use_cases.answer_changes import check_sees, matters_of
from problems.use_cases.contacting import MAY_SEE_CONTACTS

_FIRST: Final = 12


def show_report(desk: Desk, sight: Sight, typed: str) -> None:
    """Draw the page of the report that the address names."""
    try:
        matter = _asked_for(desk, sight, typed)
    except ProblemError as refused:
        page_head("Inbox")
        refusal(refused)
        draw(element("p", link("/inbox", "Back to the inbox"), css="fx-ways"))
        return
    report = matter.report
    page_head(
        category_words(report.category, report.category_name), where(sight, matter), kicker=f"Report {matter.ref}"
    )
    said()
    draw(element("p", link("/inbox", "Back to the inbox"), css="fx-ways"))
    _show_clocks(desk, matter)
    if desk.on is None:
        _show_tasks(desk, matter)
    left, right = st.columns([3, 2], gap="large")
    with left:
        section("What is known", report.status.label)
        draw(facts([*_said(desk, sight, matter), *_work(desk, matter)]))
    with right:
        _show_history(desk, matter)
        if desk.on is None and desk.principal.has(*MAY_SEE_CONTACTS):
            show_contact(desk, report)


def _asked_for(desk: Desk, sight: Sight, typed: str) -> Matter:
    wanted = report_number(typed)
    found = matters_of(desk.store, [wanted])
    if not found:
        why = "" if desk.on is None else f"It was not known on {day(desk.on)}."
        if why and sight is not Sight.ALL:
            # Whether others knew of it is not told to whom it was not given.
            why = f"It was not known on {day(desk.on)}, or it is not your organisation’s."
        raise NotFound(f"There is no report R-{wanted:06d}.", why, "Look for it in the inbox.")
    check_sees("The report was not shown.", desk.principal, found[0], as_other=sight is Sight.ALL)
    return found[0]


# -- the clocks --


def _show_clocks(desk: Desk, matter: Matter) -> None:
    earliest = desk.store.earliest_of_duplicates([matter.id]).get(matter.id)
    days_off = calendar()
    response, resolution = clocks_of(matter, earliest, targets_of(desk.store), days_off, desk.today, desk.zone)
    key_figures(
        [
            ("First response, working days", *_first_response(matter, response)),
            ("To the end, working days", _of_target(resolution), _against(resolution, runs=matter.status.is_open)),
            ("To the end, every day", number(resolution.gross_days), "as the resident sees it"),
            ("Waited for others, working days", number(resolution.waited_days), _waiting_note(matter)),
        ]
    )
    for held, what in ((response, "The first response"), (resolution, "The end")):
        unanswered = matter.status is ReportStatus.NEW and matter.followup.responded_at is None
        running = matter.status.is_open and (held is resolution or unanswered)
        if running and held.lateness is not Lateness.ON_TIME:
            over = " That is over three times as long as promised." if held.lateness is Lateness.VERY_LATE else ""
            remark(f"{what} is {count(held.late_days, 'working day')} late.{over}", tone="warn")
    remark(f"Working days: {days_off.name}.")


def _first_response(matter: Matter, held: Standing) -> tuple[str, str]:
    answered = matter.followup.responded_at is not None
    if not answered and matter.status is not ReportStatus.NEW:
        return "Not known", "the feed does not tell when"
    return _of_target(held), _against(held, runs=not answered)


def _of_target(held: Standing) -> str:
    return number(held.net_days) if held.target_days is None else f"{held.net_days:,} of {held.target_days:,}"


def _against(held: Standing, *, runs: bool) -> str:
    if held.target_days is None or held.due_on is None:
        return "nothing was promised"
    late = f", {held.late_days:,} late" if held.late_days and not runs else ""
    return f"{'due' if runs else 'was due'} {day(held.due_on)}{late}"


def _waiting_note(matter: Matter) -> str:
    return waiting_words(matter) if matter.is_waiting else ""


# -- what can be done --


def _show_tasks(desk: Desk, matter: Matter) -> None:
    tasks = list(tasks_for(desk, [matter]).values())
    section("What can be done now")
    if not tasks:
        remark("Nothing is waiting for you here now.")
        return
    with st.container(horizontal=True, gap="small", key="report-tasks"):
        first = next((task for task in tasks if task.is_onward), None)
        for at, task in enumerate(tasks):
            form_button(one_form(desk, matter, task), key=f"task-{at}", label=task.label, primary=task is first)
        if matter.followup.told_at is not None and desk.principal.has(Role.OFFICER, Role.COORDINATOR):
            form_button(satisfaction_form(matter), key="task-satisfied", label="What the reporter answered")


# -- what is known --


def _said(desk: Desk, sight: Sight, matter: Matter) -> list[tuple[str, object]]:
    report = matter.report
    pairs: list[tuple[str, object]] = [
        ("Reported", moment(report.reported_at, desk.zone)),
        ("Happened", moment(report.occurred_at, desk.zone)),
        ("Where", where(sight, matter)),
    ]
    if shows_place(sight, taxonomy().categories.get(report.category or "")):
        pairs.append(("Point", place_words(*report.lon_lat) if report.lon_lat else "None: not on the map"))
    if sight is Sight.ALL:
        pairs.append(("What was seen", report.text or NOTHING))
    channel = Channel(report.channel).label if report.channel in tuple(Channel) else report.channel
    pairs.append(
        ("Came in", ", ".join(part for part in (channel, f"{report.source}, number {report.source_id}") if part))
    )
    if report.main_id is not None:
        ref = f"R-{report.main_id:06d}"
        pairs.append(("Duplicate of", link("/inbox", ref, query={"report": ref})))
    duplicates = desk.store.duplicates_of([matter.id]).get(matter.id, ())
    if duplicates:
        refs = [f"R-{one:06d}" for one in duplicates]
        pairs.append(("Its duplicates", joined([link("/inbox", ref, query={"report": ref}) for ref in refs], " ")))
    return pairs


def _work(desk: Desk, matter: Matter) -> list[tuple[str, object]]:
    report, followup = matter.report, matter.followup
    pairs: list[tuple[str, object]] = [("Owner", followup.owner or "Nobody yet")]
    if followup.organisation_id is not None:
        pairs.append(("Given to", f"{desk.names.organisation(followup.organisation_id)}, {day(followup.referred_on)}"))
    if followup.body:
        pairs.append(("Responsible body", f"{followup.body}, referred {day(followup.referred_on)}"))
    if followup.problem_id is not None:
        pairs.append(("Tells of", _problem(desk.store.problem(followup.problem_id))))
    if not report.status.is_open:
        reason = Reason(report.resolution).label if report.resolution in tuple(Reason) else report.resolution
        pairs.append(("Ended", f"{moment(report.closed_at, desk.zone)}{f', {reason.lower()}' if reason else ''}"))
        pairs.append(("What the reporter is told", followup.outcome or "Nothing was written for them"))
    if followup.told_at is not None:
        pairs.append(("Reporter told", f"{moment(followup.told_at, desk.zone)} by {followup.told_by}"))
    if followup.satisfied is not None:
        pairs.append(("Satisfied", followup.satisfied.label))
    if followup.reopened:
        pairs.append(("Came back", reopened_words(followup.reopened)))
    return pairs


def _problem(problem: Problem) -> Html:
    return link("/problem", f"{problem.ref} {problem.name}", query={"problem": problem.ref})


# -- what happened --


def _show_history(desk: Desk, matter: Matter) -> None:
    lines = report_lines(desk.store.events(Subject.REPORT, matter.id), desk.names)
    section("What happened", count(len(lines), "entry", "entries") if lines else "")
    if not lines:
        remark(_as_it_came(desk, matter))
        return
    draw(element("ol", joined(_line(line) for line in lines[:_FIRST]), css="fx-timeline"))
    if len(lines) > _FIRST:
        with st.expander(plain_label(f"{len(lines) - _FIRST:,} earlier")):
            draw(element("ol", joined(_line(line) for line in lines[_FIRST:]), css="fx-timeline"))


def _as_it_came(desk: Desk, matter: Matter) -> str:
    report = matter.report
    batch = next((one for one in desk.store.batches() if one.id == report.batch_id), None)
    when = f" on {day_of(batch.finished_at, desk.zone)}" if batch else ""
    came = f"It came in from “{report.source}”{when}"
    if matter.status is ReportStatus.NEW:
        return f"{came}. Nobody has done anything with it yet."
    # What its source did with it before is not known here: “nobody has done anything” would be untrue.
    return f"{came}, and was “{matter.status.label}” there already. Nothing was done with it here since."


def _line(line: Line) -> Html:
    return element(
        "li",
        element("p", f"{line.when}, {line.who}", css="fx-when"),
        element("p", line.what),
        element("blockquote", line.note) if line.note else "",
    )
