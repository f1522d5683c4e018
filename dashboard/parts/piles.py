"""Points with very many reports: a person says whether each is a real address or a default point."""

from typing import Final

import streamlit as st

from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Form, form_button
from dashboard.parts.markup import draw, element
from dashboard.parts.notices import remark
from dashboard.wording import count, share
from problems.hot_spots import Pile, PileDecision
from problems.people import Role
from problems.use_cases import reviewing

_SHOWN: Final = 40
_VERBS: Final = {
    PileDecision.DEFAULT_POINT: "Default point",
    PileDecision.REPEAT_ADDRESS: "Real address",
    PileDecision.UNREVIEWED: "Undo",
}


def show_piles(desk: Desk) -> None:
    """Draw the points, most reports first, each with the decision that was or can be taken."""
    piles = desk.store.piles()
    if not piles:
        remark("No point stands out. Points appear here when a refresh finds many reports on one spot.")
        return
    kept_out = [pile for pile in piles if pile.kept_out]
    remark(
        "Records without a known place are often put on one default point, such as the town hall. "
        "Such points would make false hot spots. "
        f"{count(len(kept_out), 'point')} with {count(sum(pile.reports for pile in kept_out), 'report')} "
        f"{'is' if len(kept_out) == 1 else 'are'} kept out at present; a decision holds from the next refresh on."
    )
    for pile in piles[:_SHOWN]:
        _show_pile(desk, pile)
    if len(piles) > _SHOWN:
        remark(f"{len(piles) - _SHOWN} more points with fewer reports are not shown.")


def _show_pile(desk: Desk, pile: Pile) -> None:
    lon, lat = pile.lon_lat
    state = "kept out" if pile.kept_out else "counted"
    by = f", {pile.decided_by}" if pile.decided_by else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key=f"pile-{pile.id}"):
        draw(
            element(
                "p",
                element("b", f"{lat:.5f}, {lon:.5f}"),
                f" · {count(pile.reports, 'report')} in {count(pile.groups, 'kind')}, {share(pile.share)} of all",
                element("br"),
                element("span", f"{pile.decision.label}{by}: {state}", css="fx-quiet"),
                css="fx-row",
            )
        )
        if desk.principal.has(Role.OFFICER, Role.COORDINATOR, Role.ADMIN):
            for decision, verb in _VERBS.items():
                if decision is not pile.decision:
                    form_button(_decision_form(pile, decision), key=f"pile-{pile.id}-{decision}", label=verb)


def _decision_form(pile: Pile, decision: PileDecision) -> Form:
    def save(at: Desk, _answers: Answers, seen_version: int) -> str:
        saved = reviewing.decide_pile(*at.asking, pile_id=pile.id, decision=decision, seen_version=seen_version)
        return f"The point is noted as “{saved.decision.label}”. It holds from the next refresh on."

    lon, lat = pile.lon_lat
    intro = f"{lat:.5f}, {lon:.5f} with {count(pile.reports, 'report')}: “{decision.label}”."
    return Form("Review a point", _VERBS[decision], (), save, pile, intro)
