"""The timeline of a problem as a list of plain sentences, and the stepper of its stages."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.parts.markup import Html, draw, element, joined
from dashboard.parts.telling import Line
from problems.problem import ProblemStatus, SaraStage

_AT_FIRST: Final = 8
_STAGES: Final = (SaraStage.SCANNING, SaraStage.ANALYSIS, SaraStage.RESPONSE, SaraStage.ASSESSMENT)


def show_timeline(lines: Sequence[Line]) -> None:
    """Draw the newest lines, and the older ones behind one click."""
    draw(_listed(lines[:_AT_FIRST]))
    older = lines[_AT_FIRST:]
    if older:
        with st.expander(f"{len(older)} older"):
            draw(_listed(older))


def _listed(lines: Sequence[Line]) -> Html:
    return element("ol", joined(_line(line) for line in lines), css="fx-timeline")


def _line(line: Line) -> Html:
    head = element("p", element("time", line.when, datetime=line.at.isoformat()), " · ", line.who, css="fx-when")
    note = element("blockquote", line.note) if line.note else Html("")
    return element("li", head, element("p", line.what) if line.what else Html(""), note)


def show_stepper(status: ProblemStatus) -> None:
    """Draw the four stages with the present one marked; nothing for a problem that was set aside."""
    if status.stage not in _STAGES:
        return
    at = _STAGES.index(status.stage)
    steps = joined(
        element(
            "li",
            element("b", stage.label),
            element("span", _state(place, at)),
            css=("fx-now" if place == at else "fx-past" if place < at else ""),
            aria_current="step" if place == at else "",
        )
        for place, stage in enumerate(_STAGES)
    )
    draw(element("ol", steps, css="fx-steps", aria_label="Stage of problem solving"))


def _state(place: int, at: int) -> str:
    if place == at:
        return "now"
    return "behind us" if place < at else "to come"
