"""What a page says beside its content: refusals, empty states, conflicts, a word that it worked."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard import design
from dashboard.design import Html
from dashboard.parts.markup import draw, element, joined, link
from dashboard.wording import count
from problems.errors import ProblemError

_SAID: Final = "fx_said"
#: So many of several refusals are named one by one.
NAMED: Final = 12


def refusal(error: ProblemError) -> None:
    """Draw a refusal in its three parts: what was asked, why not, what is possible."""
    draw(Html(design.error_state(error.asked or "That is not possible.", error.why, error.possible)))


def stayed(refused: Sequence[tuple[str, ProblemError]], noun: str) -> None:
    """Draw which of several things were not changed, each with its reason; ``noun`` is one of them: “report”."""
    left = len(refused)
    if not left:
        return
    lines = [
        element("li", element("b", ref), f" {why.why or why.asked} {why.possible}".rstrip())
        for ref, why in refused[:NAMED]
    ]
    if left > NAMED:
        lines.append(element("li", f"{left - NAMED:,} more."))
    head = f"{count(left, noun)} stayed as {'it is' if left == 1 else 'they are'}:"
    draw(
        element(
            "div", element("p", head, css="fx-error-asked"), element("ul", joined(lines)), css="fx-error", role="alert"
        )
    )


def remark(text: str, *, tone: str = "quiet") -> None:
    """Draw a remark; ``tone`` is ``quiet``, ``accent`` or ``warn``."""
    draw(Html(design.note(text, tone=tone)))


def empty(title: str, text: str, links: Sequence[tuple[str, str]] = ()) -> None:
    """Draw what a page says when it has nothing to show, and where to go: (address, words)."""
    draw(Html(design.empty_state(title, text)))
    if links:
        draw(element("p", joined((link(address, words) for address, words in links), " "), css="fx-ways"))


def say(text: str) -> None:
    """Remember a sentence that the next run of the page shows once."""
    st.session_state[_SAID] = text


def said() -> None:
    """Draw the sentence that the last run remembered, if any."""
    text = st.session_state.pop(_SAID, "")
    # Its place is kept where there is none: else all that follows moves by one, and a browser makes anew what moves.
    with st.empty():
        if text:
            draw(element("p", text, css="fx-note fx-note-accent", role="status"))


def conflict(who: str, changes: Sequence[tuple[str, str, str]]) -> None:
    """Tell the second of two people what the first one changed: (field, was, is now)."""
    rows = joined(
        element("li", element("strong", name), f" was “{was}”, is now “{now}”.") for name, was, now in changes
    )
    draw(
        element(
            "div",
            element("p", f"{who or 'Somebody else'} saved first.", css="fx-error-asked"),
            element("ul", rows) if changes else Html(""),
            element("p", "Nothing you wrote is lost. Look at what changed, then decide whether to save yours."),
            css="fx-error",
            role="alert",
        )
    )
