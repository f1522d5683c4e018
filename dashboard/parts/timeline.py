"""The timeline of a problem as a list of plain sentences, and the stepper of its stages."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.design import Html
from dashboard.parts.markup import draw, element, joined
from dashboard.parts.telling import Line
from problems.events import Event
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


def show_stepper(status: ProblemStatus, events: Sequence[Event]) -> None:
    """Draw the four stages: where the problem is now, or how far it came before it ended."""
    steps = joined(
        element("li", element("b", stage.label), element("span", words), css=css, aria_current=current)
        for stage, (words, css, current) in zip(_STAGES, stages(status, events), strict=True)
    )
    draw(element("ol", steps, css="fx-steps", aria_label="Stage of problem solving"))


def stages(status: ProblemStatus, events: Sequence[Event]) -> list[tuple[str, str, str]]:
    """Return words, style and ``aria-current`` of each stage."""
    if status is ProblemStatus.CLOSED:
        return [("done", "fx-done", "")] * len(_STAGES)
    ended = status.stage not in _STAGES
    at = _STAGES.index(_left(status, events) if ended else status.stage)
    here = ("ended here", "fx-done", "") if ended else ("now", "fx-now", "step")
    ahead = "not reached" if ended else "to come"
    return [("done", "fx-done", "")] * at + [here] + [(ahead, "", "")] * (len(_STAGES) - 1 - at)


def _left(status: ProblemStatus, events: Sequence[Event]) -> SaraStage:
    """Return the stage from which a problem went into ``status``, one of those that end it."""
    for each in reversed(events):
        before = each.before.get("status")
        if each.changes.get("status") == status and before in tuple(ProblemStatus):
            stage = ProblemStatus(str(before)).stage
            return stage if stage in _STAGES else SaraStage.SCANNING
    return SaraStage.SCANNING
