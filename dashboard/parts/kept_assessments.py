"""The assessments of a problem that were kept: listed, made again, downloaded."""

from typing import Final

import streamlit as st

from dashboard.parts.assess_figures import show_analyst, show_counts, show_places
from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, element, joined, link, section
from dashboard.parts.notices import refusal, remark
from dashboard.parts.run_chart import show_run_chart
from dashboard.wording import count, moment
from problems.assessment import METHOD
from problems.combining import merged_in
from problems.errors import InputRefused
from problems.kept_assessments import KeptAssessment
from problems.problem import Problem, problem_ref
from problems.seeing import READS_EVERYTHING
from problems.use_cases import assessing
from problems.verdicts import headline_of

_OPEN: Final = "fx_assessment_again"


def show_kept(desk: Desk, problem: Problem) -> None:
    """Draw the kept assessments, newest first, each with a way to make it again and to download it."""
    records = desk.store.assessments(problem.id)
    if desk.principal.has(*READS_EVERYTHING):
        # They were made about ground that is part of it now.
        for one in merged_in(desk.store.problems(), problem.id):
            records += desk.store.assessments(one.id)
    section("Kept assessments", count(len(records), "assessment") if records else "")
    if not records:
        remark("None kept yet.")
    for record in records:
        with st.container(key=f"assessment-{record.id}"):
            if record.problem_id != problem.id:
                remark(f"About {problem_ref(record.problem_id)}, which was merged into this one.")
            _one(desk, record)


def _one(desk: Desk, record: KeptAssessment) -> None:
    who = f"{moment(record.made_at, desk.zone)} · {record.by_name}"
    headline, rest = headline_of(record.sentence)
    draw(
        element(
            "div",
            element("p", element("strong", f"{record.id}: {headline}"), css="fx-row"),
            element("p", who, css="fx-quiet"),
            element("p", rest, css="fx-row"),
        )
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Compute again", key=f"again-{record.id}", on_click=_toggle, args=(record.id,))
        ways = [
            link(f"/api/assessment/{record.id}.{kind}", f"Download {kind.upper()}", css="fx-link fx-download")
            for kind in ("csv", "json")
        ]
        draw(element("p", joined(ways, " "), css="fx-ways"))
    if st.session_state.get(_OPEN) == record.id:
        _again(desk, record)


def _toggle(number: int) -> None:
    is_open = st.session_state.get(_OPEN) == number
    st.session_state[_OPEN] = None if is_open else number


def _again(desk: Desk, record: KeptAssessment) -> None:
    try:
        again = assessing.compute_again(*desk.asking, assessment_id=record.id)
    except InputRefused as broken:
        refusal(broken)
        return
    if again.same:
        told = "Computed again from what was kept: the same verdict and the same figures."
    else:
        told = f"Computed again, it comes out differently: {again.assessment.sentence}"
    if again.method_was is not None:
        told += f" The method has changed since: it was {again.method_was}, today it is {METHOD}."
    draw(element("p", told, css=f"fx-note {'fx-note-accent' if again.same else 'fx-note-warn'}", role="status"))
    show_counts(again.assessment)
    show_run_chart(again.layout, again.assessment.evidence)
    show_places(again.assessment, again.layout)
    show_analyst(again.assessment)
