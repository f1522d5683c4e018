"""My organisation: what a partner owes, what waits for its answer and for others, and how it kept its dates."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import streamlit as st

from dashboard.parts.cards import action_card
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.forms import draw_open_form, form_button
from dashboard.parts.markup import (
    draw,
    element,
    facts,
    key_figures,
    link,
    page_head,
    problem_link,
    section,
    show_sheet,
    status_mark,
    table,
)
from dashboard.parts.move_forms import action_moves, more_form, move_action_form
from dashboard.parts.notices import empty, refusal, remark, said, say
from dashboard.wording import NOTHING, count, day_of, days_in_status, lateness, number
from problems.actions import Action, ActionStatus
from problems.errors import ProblemError
from problems.figures import is_live
from problems.lifecycle import Move, MoveAnswers
from problems.owing import FEWEST_FOR_A_MIDDLE, OrganisationWork, Record
from problems.people import Organisation
from problems.problem import Problem
from problems.sharing import EVERYWHERE
from problems.use_cases import acting
from problems.use_cases.owing import organisation_work

PATH: Final = "organisation"
#: The address parameter that names the organisation, for those who may see others.
ORG: Final = "org"
_REFUSED: Final = "fx_organisation_refused"
#: Buttons beside a card; the rest is behind “More”.
_BUTTONS: Final = 2
_ROWS_AT_FIRST: Final = 8


def show() -> None:
    """Draw the page."""
    desk = this_desk()
    show_sheet()
    chosen = _chosen(desk)
    if chosen is None:
        page_head("My organisation")
        empty(
            "No organisation yet",
            "Organisations that work on problems are added under Setup; then each has its own page here.",
            [("/setup", "Go to Setup")],
        )
        return
    work = organisation_work(*desk.asking, organisation_id=chosen.id, zone=desk.zone)
    page_head(chosen.name, _lead(work), kicker="My organisation" if _is_own(desk, chosen) else "Organisation")
    said()
    refused = st.session_state.pop(_REFUSED, None)
    if isinstance(refused, ProblemError):
        refusal(refused)
    _choose(desk)
    _figures(desk, work)
    problems = {problem.id: problem for problem in desk.store.problems()}
    if not work.live and not work.waiting_for_check:
        empty(
            "Nothing is owed",
            "No work is given to this organisation now. What is proposed to it appears here first.",
            [("/board", "See the board")],
        )
    _list(desk, "Waits for your answer", "proposed: accept it, or decline with a reason", work.to_answer, problems)
    _sent_back(desk, work, problems)
    _list(desk, "To be done", "accepted, what is due first on top", work.owed, problems)
    _list(desk, "Blocked", "the days until it goes on do not count as yours", work.blocked, problems)
    _waiting(desk, work, problems)
    _shared(desk, work)
    _record(work.record)
    draw_open_form()


# -- which organisation --


def _chosen(desk: Desk) -> Organisation | None:
    """Return the organisation of whoever looks, else the one chosen, else the first that owes something."""
    by_id = {one.id: one for one in desk.organisations}
    own = by_id.get(desk.principal.organisation_id or 0)
    if not desk.principal.has(*EVERYWHERE):
        return own
    names = {one.name: one for one in desk.organisations}
    named = names.get(str(st.session_state.get(ORG) or st.query_params.get(ORG) or ""))
    return named or own or _busiest(desk)


def _busiest(desk: Desk) -> Organisation | None:
    owed = [action for action in desk.store.actions() if action.status.is_owed]
    counts = {one.id: sum(action.organisation_id == one.id for action in owed) for one in desk.organisations}
    open_ones = [one for one in desk.organisations if not one.closed] or list(desk.organisations)
    return max(open_ones, key=lambda one: counts[one.id], default=None)


def _choose(desk: Desk) -> None:
    if not desk.principal.has(*EVERYWHERE):
        return
    chosen = _chosen(desk)
    names = [one.name for one in desk.organisations]
    start = names.index(chosen.name) if chosen and chosen.name in names else 0
    st.selectbox("Organisation", names, index=start, key=ORG, bind="query-params", width=320)


def _is_own(desk: Desk, chosen: Organisation) -> bool:
    return desk.principal.organisation_id == chosen.id


def _lead(work: OrganisationWork) -> str:
    if work.to_answer:
        return f"{count(len(work.to_answer), 'request')} for work {_waits(len(work.to_answer))} for an answer."
    if work.sent_back:
        return f"{count(len(work.sent_back), 'piece')} of work came back from the check."
    return "What is due first is on top."


def _waits(number_of: int) -> str:
    return "waits" if number_of == 1 else "wait"


def _figures(desk: Desk, work: OrganisationWork) -> None:
    late = [action.days_late(desk.today) for action in work.live if action.days_late(desk.today)]
    key_figures(
        [
            ("Wait for an answer", len(work.to_answer), ""),
            ("Sent back", len(work.sent_back) + len(work.failed_visits), "not good enough yet"),
            (
                "Owed in all",
                len(work.live),
                f"{len(late)} late, up to {count(max(late), 'day')}" if late else "none late",
            ),
            ("Blocked", len(work.blocked), ""),
            ("Wait for others", len(work.waiting_for_check), "done, not checked yet"),
        ]
    )


# -- the lists, with what can be done in place --


def _list(desk: Desk, title: str, note: str, actions: Sequence[Action], problems: Mapping[int, Problem]) -> None:
    if not actions:
        return
    section(title, f"{len(actions)}: {note}")
    for action in _first(title, actions):
        _row(desk, action, problems)


def _first(title: str, actions: Sequence[Action]) -> Sequence[Action]:
    if len(actions) <= _ROWS_AT_FIRST:
        return actions
    everything = st.toggle(f"Show all {len(actions)}", key=f"all-{title}")
    return actions if everything else actions[:_ROWS_AT_FIRST]


def _row(desk: Desk, action: Action, problems: Mapping[int, Problem], *, extra: object = "") -> None:
    with st.container(key=f"work-{action.ref}"):
        words, buttons = st.columns([3, 2], vertical_alignment="center", gap="medium")
        with words:
            others = {one.id: one for one in desk.store.actions(action.problem_id)} if action.waits_for else None
            draw(action_card(desk, action, problems.get(action.problem_id), others))
            if action.status is ActionStatus.BLOCKED and action.last_note:
                draw(element("p", f"“{action.last_note}”", css="fx-quiet"))
            if extra:
                draw(element("p", extra, css="fx-quiet"))
        with buttons, st.container(horizontal=True, gap="small", horizontal_alignment="right"):
            _buttons(desk, action)


def _buttons(desk: Desk, action: Action) -> None:
    moves = action_moves(desk, action)
    for place, move in enumerate(moves[:_BUTTONS]):
        if not move.needs and place == 0:
            # Nothing has to be asked: one click does it, and a note can follow on the timeline.
            st.button(
                move.verb,
                key=f"do-{action.ref}-{move.target}",
                on_click=_do(action, move),
                type="primary" if action.status is ActionStatus.PROPOSED else "secondary",
            )
        else:
            form_button(move_action_form(desk, action, move), key=f"move-{action.ref}-{move.target}")
    rest = moves[_BUTTONS:]
    if moves and (rest or action.status.is_owed):
        form_button(more_form(desk, action, rest), key=f"more-{action.ref}", label="More")


def _do(action: Action, move: Move) -> Callable[[], None]:
    target = ActionStatus(str(move.target))

    def done() -> None:
        desk = this_desk()
        try:
            saved = acting.move_action(
                *desk.asking,
                action_id=action.id,
                target=target,
                answers=MoveAnswers(),
                seen_version=action.version,
            )
        except ProblemError as refused:
            st.session_state[_REFUSED] = refused
        else:
            say(f"“{saved.title}” is now “{saved.status.label}”.")

    return done


def _sent_back(desk: Desk, work: OrganisationWork, problems: Mapping[int, Problem]) -> None:
    if not work.sent_back and not work.failed_visits:
        return
    section("Sent back", "reported as done, and not so on site")
    for told in work.sent_back:
        why = f"{told.by_name}, {day_of(told.at, desk.zone)}: “{told.note}”" if told.note else f"By {told.by_name}."
        _row(desk, told.action, problems, extra=why)
    for failed in work.failed_visits:
        words = f"{failed.by_name}, {day_of(failed.at, desk.zone)}: “{failed.note}”"
        draw(
            element(
                "div",
                element("p", "A visit found it still there", css="fx-card-title"),
                element("p", problem_link(failed.problem), css="fx-card-problem"),
                element("p", words, css="fx-quiet"),
                css="fx-card",
            )
        )


def _waiting(desk: Desk, work: OrganisationWork, problems: Mapping[int, Problem]) -> None:
    if not work.waiting_for_check:
        return
    section("Waits for others", f"{count(len(work.waiting_for_check), 'piece')} of work done, to be checked on site")
    rows = [
        (
            action.title,
            problem_link(problems[action.problem_id]) if action.problem_id in problems else NOTHING,
            day_of(action.done_at, desk.zone),
            days_in_status(action, desk.today, desk.zone),
        )
        for action in work.waiting_for_check
    ]
    heads = ("Work", "Problem", "Done on", "Days waiting")
    draw(table("Done, waiting to be checked by an officer", heads, rows, numeric=(3,), stacked=True))


def _shared(desk: Desk, work: OrganisationWork) -> None:
    live = [problem for problem in work.shared if is_live(problem)]
    quiet = sum(problem.status.is_open for problem in work.shared) - len(live)
    beside = f"{quiet} gone quiet, " if quiet else ""
    section("Problems shared with this organisation", f"{len(live)} open, {beside}{len(work.shared)} in all")
    if not live:
        remark("None is open. Problems are shared with the organisations that own them or have an action on them.")
        return
    own: dict[int, list[Action]] = {}
    for action in work.live:
        own.setdefault(action.problem_id, []).append(action)
    rows = [
        (
            problem_link(problem),
            status_mark(problem.status),
            problem.group.label,
            problem.area or NOTHING,
            _owed_words(desk, own.get(problem.id, [])),
        )
        for problem in live
    ]
    heads = ("Problem", "Status", "Kind", "Area", "What we owe there")
    draw(table("Open problems that are shared", heads, rows, stacked=True))


def _owed_words(desk: Desk, actions: Sequence[Action]) -> object:
    if not actions:
        return "Nothing now"
    late = max((action.days_late(desk.today) for action in actions), default=0)
    first = min(
        (action for action in actions), key=lambda one: (one.due_on is None, one.due_on or one.created_at.date())
    )
    words = f"{count(len(actions), 'action')}, {lateness(first, desk.today).lower()}"
    return element("span", words, css="fx-late") if late else words


# -- how dates were kept --


def _record(record: Record) -> None:
    section("How the dates were kept", f"{count(record.ended, 'action')} reported as done so far")
    if not record.ended and not record.answered:
        remark("Nothing is done yet: there is nothing to say.")
        return
    with st.container(key="record"):
        _kept(record)
    draw(
        element(
            "p",
            "Counts, not percentages: of so few, one action more or less would change any percentage. ",
            link("/board", "All work on the board"),
            css="fx-quiet",
        )
    )


def _kept(record: Record) -> None:
    draw(
        facts(
            [
                ("On time by the date promised first", _of(record.by_first, record.dated)),
                ("On time by the date that held in the end", _of(record.by_last, record.dated)),
                ("From proposed to an answer", _middle(record.answer_days, record.answered, "answer")),
                ("From accepted to done, every day", _middle(record.gross_days, record.timed, "action")),
                ("The same without days blocked", _middle(record.net_days, record.timed, "action")),
                ("Declined", _of(record.declined, record.answered, "answers")),
            ]
        )
    )


def _of(part: int, whole: int, what: str = "with a due date") -> str:
    return f"{part:,} of {whole:,} {what}" if whole else "None yet"


def _middle(days: float | None, of: int, what: str) -> str:
    if not of:
        return "None yet"
    if days is None:
        return f"Too few to say ({count(of, what)}, from {FEWEST_FOR_A_MIDDLE} on it is told)"
    return f"{number(round(days, 1))} days in the middle, of {count(of, what)}"
