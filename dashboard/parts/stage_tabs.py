"""The four stages of a problem's page as tabs, of which only the open one is made."""

from collections.abc import Callable, Mapping
from typing import Final

import streamlit as st

from problems.problem import Problem, SaraStage

#: The address parameter that names the open tab: a link to it opens it.
TAB: Final = "tab"
STAGES: Final[Mapping[str, SaraStage]] = {
    stage.label.lower(): stage
    for stage in (SaraStage.SCANNING, SaraStage.ANALYSIS, SaraStage.RESPONSE, SaraStage.ASSESSMENT)
}
_LABELS: Final = [stage.label for stage in STAGES.values()]


def show_stage_tabs(
    problem: Problem, parts: Mapping[SaraStage, Callable[[], None]], begin_with: SaraStage = SaraStage.SCANNING
) -> None:
    """Draw the tabs and, of ``parts``, the one that is open: the address names it, else it is ``begin_with``.

    Another problem begins with the tab of the address again, which is the one that was open before.
    """
    key = f"stage-tab-{problem.ref}"
    if key not in st.session_state:
        asked = STAGES.get(st.query_params.get(TAB, "").lower(), begin_with)
        st.session_state[key] = asked.label
    tabs = st.tabs(_LABELS, key=key, on_change=_keep_in_address, args=(key, begin_with.label))
    for tab, stage in zip(tabs, STAGES.values(), strict=True):
        if tab.open:
            with tab:
                parts[stage]()


def _keep_in_address(key: str, first: str) -> None:
    label = str(st.session_state[key])
    if label == first:
        st.query_params.pop(TAB, None)
    else:
        st.query_params[TAB] = label.lower()
