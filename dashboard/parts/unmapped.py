"""Category names that nobody has mapped yet: choose a category once, for all their reports."""

from typing import Final

import streamlit as st

from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field, Form, form_button
from dashboard.parts.markup import draw, element
from dashboard.parts.notices import remark
from dashboard.parts.reports_table import taxonomy
from dashboard.wording import count
from problems.people import Role
from problems.use_cases import reviewing

_SHOWN: Final = 12


def show_unmapped(desk: Desk) -> None:
    """Draw the names, those with most reports first, each with a button to choose its category."""
    names = desk.store.unmapped_names()
    if not names:
        remark("Every category name is known. Nothing waits here.")
        return
    reports = sum(number for _, _, number in names)
    remark(
        f"{count(reports, 'report')} under {count(len(names), 'name')} that Fixpoint does not know. "
        "They are kept, but no hot spot is looked for among them until somebody chooses a category."
    )
    may = desk.principal.has(Role.COORDINATOR, Role.ADMIN)
    for place, (source, name, number) in enumerate(names[:_SHOWN]):
        with st.container(horizontal=True, vertical_alignment="center", gap="medium", key=f"unmapped-{place}"):
            words = element("b", name or "(no name)"), f" · {source} · {count(number, 'report')}"
            draw(element("p", *words, css="fx-row"))
            if may:
                form_button(map_form(source, name, number), key=f"map-{place}", label="Choose category")
    if len(names) > _SHOWN:
        remark(f"{len(names) - _SHOWN} more names follow when these are done.")


def map_form(source: str, name: str, number: int) -> Form:
    """Return the form that gives a name its category."""
    categories = taxonomy().categories.values()
    choices = {category.code: f"{category.group.label}: {category.name}" for category in categories}

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        mapped = reviewing.map_name(
            *at.asking,
            source=source,
            name=name,
            code=str(answers.get("code") or ""),
            taxonomy=taxonomy(),
        )
        return f"{count(mapped, 'report')} called “{name}” {'has' if mapped == 1 else 'have'} a category now."

    question = Field("code", "Category", "choice", choices=dict(sorted(choices.items(), key=lambda pair: pair[1])))
    intro = f"“{name}” from {source}: {count(number, 'report')}."
    return Form("What is it?", "Use this category", (question,), save, None, intro)
