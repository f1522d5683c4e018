"""What people decided that names mean: listed, changed, taken back."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import streamlit as st

from dashboard.design import Html
from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field, Form, form_button
from dashboard.parts.markup import draw, element
from dashboard.parts.notices import remark
from dashboard.parts.reports_table import taxonomy
from dashboard.wording import count, day, moment
from data.taxonomy import listed_taxonomy
from problems.events import Subject
from problems.feed_names import Decision, decisions
from problems.use_cases import reviewing

_SHOWN: Final = 30


@lru_cache(maxsize=1)
def choices() -> Mapping[str, str]:
    """Return the categories to choose from, by code, in the order of their groups."""
    named = {each.code: f"{each.group.label}: {each.name}" for each in taxonomy().categories.values()}
    # What fits nowhere else stands at the end, where it is looked for last.
    return dict(sorted(named.items(), key=lambda pair: (pair[0].startswith("OTH"), pair[1])))


def days_asked() -> tuple[Field, Field]:
    """Return the questions for the days on which a name means this; both may stay empty."""
    return (
        Field("valid_from", "Only from (may stay empty)", "day"),
        Field("valid_to", "Only until (may stay empty)", "day"),
    )


def show_decided(desk: Desk) -> None:
    """Draw the decisions in force, newest first, each with a way to change it and to take it back."""
    made = decisions(desk.store.events(Subject.STORE))
    if not made:
        return
    may = desk.principal.has(*reviewing.MAY_MAP)
    with st.expander(f"What people decided ({len(made)})"):
        for place, each in enumerate(made[:_SHOWN]):
            with st.container(
                horizontal=True, vertical_alignment="center", gap="small", key=f"unmapped-decided-{place}"
            ):
                draw(_told(desk, each))
                if may:
                    form_button(_change_form(each), key=f"remap-{place}", label="Change")
                    form_button(_take_back_form(each), key=f"unmap-{place}", label="Take back")
        if len(made) > _SHOWN:
            remark(f"{len(made) - _SHOWN} older ones are in the list of names under Setup.")


def _told(desk: Desk, each: Decision) -> Html:
    row = each.row
    spans = [f"from {day(row.valid_from)}"] if row.valid_from else []
    spans += [f"until {day(row.valid_to)}"] if row.valid_to else []
    of = "all sources" if row.source == "*" else row.source
    means = f" · {of} · is “{_means(row.code)}” {' '.join(spans)}".rstrip()
    made = f"{count(each.reports, 'report')} at once · {each.by_name}, {moment(each.at, desk.zone)}"
    name = element("b", row.name or "(no name)")
    return element("div", element("p", name, means, css="fx-row"), element("p", made, css="fx-quiet"))


def _means(code: str) -> str:
    category = taxonomy().categories.get(code)
    return category.name if category else code


def _source(each: Decision) -> str | None:
    return None if each.row.source == "*" else each.row.source


def _change_form(each: Decision) -> Form:
    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        code = str(answers.get("code") or "")
        changed = reviewing.map_name(
            *at.asking,
            source=_source(each),
            name=each.row.name,
            code=code,
            taxonomy=listed_taxonomy(at.store),
            instead_of=each.row.code,
            valid_from=answers.get("valid_from"),
            valid_to=answers.get("valid_to"),
        )
        return f"“{each.row.name}” is “{_means(code)}” now: {count(changed, 'report')} changed."

    intro = f"“{each.row.name}” means “{_means(each.row.code)}” so far. Its reports change with it."
    question = Field("code", "Category", "choice", each.row.code, choices(), needed=True)
    return Form("What is it?", "Use this category", (question, *days_asked()), save, None, intro)


def _take_back_form(each: Decision) -> Form:
    def save(at: Desk, _answers: Answers, _seen_version: int) -> str:
        changed = reviewing.unmap_name(
            *at.asking, source=_source(each), name=each.row.name, taxonomy=listed_taxonomy(at.store)
        )
        return f"What “{each.row.name}” means was taken back: {count(changed, 'report')} changed."

    intro = (
        f"“{each.row.name}” no longer means “{_means(each.row.code)}”. Its reports mean what the list of names says; "
        "where it says nothing, they wait for a category again. No report is lost."
    )
    return Form("Take this back?", "Take it back", (), save, None, intro)
