"""The last stage of a problem's page: did it work? Counted anew each time, and kept when somebody says so."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import streamlit as st

from dashboard import session
from dashboard.design import plain_label
from dashboard.parts.assess_figures import show_analyst, show_counts, show_places, show_verdict, window_words
from dashboard.parts.assess_places import chosen_places, forget_places, show_place_choice
from dashboard.parts.before_after import show_before_after
from dashboard.parts.desk import Desk
from dashboard.parts.footprint import metric_epsg
from dashboard.parts.kept_assessments import show_kept
from dashboard.parts.markup import draw, element, section
from dashboard.parts.move_forms import is_onward, problem_moves
from dashboard.parts.notices import empty, refusal, remark, say
from dashboard.parts.run_chart import show_run_chart
from dashboard.wording import count, day
from problems.assessment import assess
from problems.baseline import Baseline
from problems.errors import InputRefused, ProblemError
from problems.evidence import Window
from problems.gathering import Choices, Gathered, Rules
from problems.problem import Problem, ProblemStatus
from problems.use_cases import assessing

_REFUSED: Final = "fx_assess_refused"


def rules_here() -> Rules:
    """Return the settings of this installation by which evidence is gathered."""
    settings = session.get_settings()
    return Rules(settings.detection, settings.zone)


def show_assessment(desk: Desk, problem: Problem) -> None:
    """Draw what the work achieved, what it is compared with, and the assessments that were kept."""
    refused = st.session_state.pop(_REFUSED, None)
    if isinstance(refused, ProblemError):
        refusal(refused)
    try:
        choices, gathered = _looked_at(desk, problem)
    except InputRefused as not_yet:
        _nothing_yet(desk, problem, not_yet)
    else:
        _one(desk, problem, choices, gathered)
    show_kept(desk, problem)


def _looked_at(desk: Desk, problem: Problem) -> tuple[Choices, Gathered]:
    """Count with what was chosen on the page; what does not fit the chosen day any more is forgotten."""
    choices = _choices(problem)
    rules = rules_here()
    try:
        return choices, assessing.look_at(*desk.asking, problem_id=problem.id, choices=choices, rules=rules)
    except InputRefused:
        if choices.baseline is None and choices.controls is None:
            raise
    st.session_state.pop(_key(problem, "baseline"), None)
    forget_places(problem)
    choices = Choices(done_on=choices.done_on)
    return choices, assessing.look_at(*desk.asking, problem_id=problem.id, choices=choices, rules=rules)


def _one(desk: Desk, problem: Problem, choices: Choices, gathered: Gathered) -> None:
    assessment, layout = assess(gathered.evidence), gathered.layout
    section("Did it work?", f"reports to {day(layout.reports_to)}")
    if layout.baseline is Baseline.WHEN_FOUND:
        remark(layout.baseline.note, tone="warn")
    show_verdict(assessment, "" if layout.baseline is Baseline.WHEN_FOUND else layout.baseline.note)
    _keep(desk, problem, choices)
    if problem.status is ProblemStatus.VERIFIED:
        draw(
            element("p", f"Fitting outcome when it is closed: “{assessment.suggested_outcome.label}”.", css="fx-quiet")
        )
    show_counts(assessment)
    show_run_chart(layout, assessment.evidence)
    show_before_after(desk, problem, gathered, rules_here(), epsg=metric_epsg(desk, problem))
    _compared(desk, problem, gathered)
    show_places(assessment, layout)
    show_analyst(assessment)


def _keep(desk: Desk, problem: Problem, choices: Choices) -> None:
    if desk.on is not None:
        return
    if not desk.principal.has(*assessing.MAY_ASSESS):
        remark("Officers and coordinators can keep an assessment; you can look at it.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="keep-assessment-row"):
        st.button(
            "Keep this assessment",
            key="keep-assessment",
            # Where the problem itself can go on, that is the one thing to do first.
            type="secondary" if any(map(is_onward, problem_moves(desk, problem))) else "primary",
            on_click=_save,
            args=(desk, problem.id, choices),
        )
        draw(element("p", "Stores what you see, with its date, for the timeline and for closing.", css="fx-quiet"))


def _save(desk: Desk, problem_id: int, choices: Choices) -> None:
    try:
        record = assessing.keep_assessment(*desk.asking, problem_id=problem_id, choices=choices, rules=rules_here())
    except ProblemError as refused:
        st.session_state[_REFUSED] = refused
    else:
        say(f"Assessment {record.id} is kept: {record.verdict.label.lower()}.")


# -- what a person may choose --


def _choices(problem: Problem) -> Choices:
    """Return what was chosen on the page so far; nothing chosen leaves it to the rules."""
    done_on = st.session_state.get(_key(problem, "done"))
    baseline = st.session_state.get(_key(problem, "baseline"))
    return Choices(
        done_on=done_on if isinstance(done_on, date) and done_on != problem.remediated_on else None,
        baseline=baseline if isinstance(baseline, Baseline) else None,
        controls=chosen_places(problem),
    )


def _key(problem: Problem, name: str) -> str:
    return f"assess-{name}-{problem.ref}"


def _compared(desk: Desk, problem: Problem, gathered: Gathered) -> None:
    layout, evidence = gathered.layout, gathered.evidence
    section("What is compared", f"{count(len(evidence.controls), 'comparison place')}")
    chosen = " (a day chosen here, not the day that was reported)" if layout.chosen else ""
    draw(
        element(
            "p",
            f"Work done on {day(layout.done_on)}{chosen}. Before: {window_words(evidence.before)} "
            f"({layout.baseline.label.lower()}). After: {window_words(evidence.after)}.",
        )
    )
    with st.expander("Choose other times"):
        _day_input(desk, problem)
        _baseline_input(problem, gathered.possible, layout.baseline)
    show_place_choice(desk, problem, layout, metric_epsg(desk, problem))


def _day_input(desk: Desk, problem: Problem) -> None:
    key = _key(problem, "done")
    done_on = problem.remediated_on and min(problem.remediated_on, desk.today)
    given: dict[str, Any] = {} if key in st.session_state else {"value": done_on}
    st.date_input("Work done on", key=key, format="DD/MM/YYYY", max_value=desk.today, width=260, **given)


def _baseline_input(problem: Problem, possible: Mapping[Baseline, Window], shown: Baseline) -> None:
    if len(possible) < 2:
        return
    kinds = list(possible)
    st.radio(
        "Time before",
        kinds,
        index=kinds.index(shown) if shown in kinds else 0,
        format_func=lambda kind: plain_label(f"{kind.label}: {window_words(possible[kind])}"),
        key=_key(problem, "baseline"),
    )


def _nothing_yet(desk: Desk, problem: Problem, why: InputRefused) -> None:
    section("Did it work?")
    empty(why.asked, f"{why.why} {why.possible}".strip())
    _day_input(desk, problem)
