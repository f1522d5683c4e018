"""Advice on the problem's page: what is said, where it was given, and whether reports came again."""

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from dashboard import session
from dashboard.parts.action_forms import given_day
from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field, Form, form_button
from dashboard.parts.markup import draw, element, section, table
from dashboard.parts.notices import remark
from dashboard.wording import NOTHING, count, day, listed, local_day, number, share
from problems.actions import Action, ActionStatus, ActionType
from problems.advice import AdviceGiven
from problems.categories import Group
from problems.errors import InputRefused
from problems.people import Role
from problems.problem import Problem
from problems.repeats import REPEAT_DAYS, Repeats, RepeatSummary, repeats_at, summed
from problems.sharing import EVERYWHERE, is_own, shares_in
from problems.use_cases import advising

_WHOLE: Final = ""  # the place of advice that was given to the whole problem
_MOST_PLACES: Final = 60
#: Nobody gives the advice of work that nobody does; where it was given before stays in the list.
_GONE: Final = (ActionStatus.DECLINED, ActionStatus.CANCELLED)


def show_advice(desk: Desk, problem: Problem, actions: Sequence[Action]) -> None:
    """Draw the advice of a problem's actions, where it was given, and the way to write that down."""
    own = [one for one in actions if one.type is ActionType.ADVISE and one.advice and one.status not in _GONE]
    given = records_to_see(desk, problem, actions)
    if not own and not given:
        return
    section("Advice", count(sum(one.stands for one in given), "time given", "times given") if given else "")
    for text in dict.fromkeys(one.advice for one in own):
        titles = [f"{one.ref} {one.title}" for one in own if one.advice == text]
        draw(element("p", element("b", listed(titles)), css="fx-line"))
        draw(element("p", text, css="fx-tell fx-advice"))
    if given:
        _records(desk, problem, given)
    else:
        remark("Write down where and when it was given: only then can be said whether reports came again.")
    _ways(desk, problem, own, given)


def records_to_see(desk: Desk, problem: Problem, actions: Sequence[Action]) -> list[AdviceGiven]:
    """Return where advice was given, as far as the person may see it: a partner what their own organisation wrote."""
    if not shares_in(desk.principal, problem, actions):
        return []
    given = desk.store.advice_given(problem.id)
    if desk.principal.has(*EVERYWHERE):
        return given
    return [one for one in given if desk.principal.organisation_id in (None, one.organisation_id)]


def _records(desk: Desk, problem: Problem, given: Sequence[AdviceGiven]) -> None:
    counted = {one.given.id: one for one in repeats_of(desk, given, {problem.id: problem})}
    rows = [
        (
            day(one.given_on),
            one.place,
            one.by_name,
            *(_counts(counted.get(one.id)) if one.stands else ("withdrawn", one.withdrawn_why)),
        )
        for one in given
    ]
    heads = ("Given on", "Place", "By", f"Incidents in the {REPEAT_DAYS} days after", "Usual there")
    draw(table("Where advice was given", heads, rows, stacked=True))


def _counts(found: Repeats | None) -> tuple[str, str]:
    if found is None:
        return NOTHING, NOTHING
    after = str(found.after) if found.is_over else f"{found.after} in the {found.days} days so far"
    return after, number(round(found.usual, 1)) if found.before else "not known"


def repeats_of(desk: Desk, given: Sequence[AdviceGiven], problems: Mapping[int, Problem]) -> list[Repeats]:
    """Count what came after each record of advice that stands, the newest of them where there are very many."""
    refresh, counts = desk.store.latest_refresh(), desk.store.counts()
    if refresh is None or counts.oldest_report_at is None or counts.newest_report_at is None:
        return []
    newest = min(desk.today, local_day(counts.newest_report_at, desk.zone))
    known = (local_day(counts.oldest_report_at, desk.zone), newest)
    settings = session.get_settings().detection
    return [
        repeats_at(
            one,
            problems[one.problem_id].footprint,
            desk.store,
            known=known,
            epsg=refresh.epsg,
            settings=settings,
            zone=desk.zone,
        )
        for one in given[:_MOST_PLACES]
        if one.stands and one.problem_id in problems
    ]


def show_repeats(desk: Desk, group: Group) -> None:
    """Draw what came after all advice of one group, beside what is usual at those places."""
    section("What came after", f"distinct incidents within {REPEAT_DAYS} days at the places where it was given")
    given = [one for one in desk.store.advice_given() if one.group is group and one.stands]
    if not given:
        remark("Nobody has written down yet that this advice was given. It is done on a problem’s page, under Respond.")
        return
    problems = {problem.id: problem for problem in desk.store.problems()}
    found = summed(repeats_of(desk, given, problems))
    remark(repeat_words(found))
    rows = [
        ("Places whose ninety days are over", count(found.places, "place")),
        ("Places where they still run", count(found.running, "place")),
        ("Incidents in the ninety days after", f"{found.after:,}"),
        ("Usual there in ninety days", number(round(found.usual, 1))),
    ]
    draw(table("Repeats after advice", ("What", "How many"), rows, numeric=(1,)))


def repeat_words(found: RepeatSummary) -> str:
    """Return in one reading what the places tell together, with n and intervals, or that they are too few."""
    if found.too_few or found.again is None or found.again_usual is None or found.ratio is None:
        return f"Too few to say: {count(found.places, 'place')} whose ninety days are over."
    again, usual, ratio = found.again, found.again_usual, found.ratio
    told = (
        f"At {again.count} of {again.total} places ({share(again.share)}; 95% between {share(again.low)} and "
        f"{share(again.high)}) something was reported again within {REPEAT_DAYS} days. In the year before it was "
        f"{usual.count} of {usual.total} such stretches at the same places ({share(usual.share)})."
    )
    if ratio.ratio is not None:
        told += f" Incidents were {ratio.ratio:.2f} times the usual (95% {ratio.low:.2f} to {ratio.high:.2f})."
    return f"{told} Advice is given where much was reported of late, and such places often calm down by themselves."


# -- the forms --


def _ways(desk: Desk, problem: Problem, actions: Sequence[Action], given: Sequence[AdviceGiven]) -> None:
    who = desk.principal
    mine = [one for one in actions if is_own(who, one)]
    if not who.has(*advising.MAY_ADVISE):
        return
    own = [one for one in given if one.stands and _may_withdraw(desk, one)]
    with st.container(horizontal=True, gap="small", key="advice-ways"):
        if mine:
            form_button(_give_form(desk, problem, mine), key="give-advice", label="Advice was given")
        if own:
            form_button(_withdraw_form(problem, own), key="withdraw-advice", label="Withdraw a record")


def _may_withdraw(desk: Desk, one: AdviceGiven) -> bool:
    who = desk.principal
    return who.has(Role.OFFICER, Role.COORDINATOR) or who.organisation_id in (None, one.organisation_id)


def _give_form(desk: Desk, problem: Problem, actions: Sequence[Action]) -> Form:
    addresses = _addresses(desk, problem)

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        asked = "That the advice was given was not kept."
        action_id = answers.get("action_id")
        if not isinstance(action_id, int):
            raise InputRefused(asked, "No action is chosen.", "Choose the advice that was given.")
        place = str(answers.get("place") or _WHOLE)
        given = advising.give_advice(
            *at.asking,
            action_id=action_id,
            given_on=given_day(asked, answers.get("given_on")),
            place=place,
            lon_lat=addresses.get(place),
        )
        return f"Kept: advice was given at “{given.place}” on {day(given.given_on)}."

    titles = {one.id: f"{one.ref} {one.title}" for one in actions}
    questions = [
        Field("action_id", "Which advice", "choice", next(iter(titles)), titles, needed=True),
        Field("given_on", "Day", "day", desk.today, needed=True),
    ]
    if addresses:
        choices = {_WHOLE: "The whole problem", **{place: place for place in addresses}}
        questions.append(Field("place", "Where", "choice", _WHOLE, choices))
    return Form(f"{problem.ref}: Advice was given", "Keep it", tuple(questions), save)


def _addresses(desk: Desk, problem: Problem) -> dict[str, tuple[float, float]]:
    """Return the addresses of the problem's last hot spot with their places; partners are shown none."""
    if not desk.principal.has(Role.OFFICER, Role.COORDINATOR):
        return {}
    spots = desk.store.hot_spots_of(problem.id)
    reports = desk.store.reports(spots[-1].members[-500:]) if spots else []
    found = {one.address: one.lon_lat for one in reports if one.address and one.lon_lat is not None}
    return dict(sorted(found.items()))


def _withdraw_form(problem: Problem, given: Sequence[AdviceGiven]) -> Form:
    seen = {one.id: one for one in given}

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        one = seen.get(answers.get("advice_id") or 0)
        if one is None:
            raise InputRefused("No record was withdrawn.", "None is chosen.", "Choose one from the list.")
        advising.withdraw_advice(
            *at.asking,
            problem_id=problem.id,
            advice_id=one.id,
            why=str(answers.get("why") or ""),
            seen_version=one.version,
        )
        return "The record is withdrawn: it is counted no more, and stays in the list."

    choices = {one.id: f"{day(one.given_on)}, {one.place} ({one.by_name})" for one in given}
    questions = (
        Field("advice_id", "Record", "choice", choices=choices, needed=True),
        Field("why", "Why it was a mistake", "text", needed=True),
    )
    return Form(f"{problem.ref}: Withdraw a record of advice", "Withdraw", questions, save)
