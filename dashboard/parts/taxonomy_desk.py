"""The categories and the list of names that feeds use for them: to look at, to edit, to put in place."""

from collections import Counter
from typing import Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Form, form_button
from dashboard.parts.markup import draw, element, joined, link, section, table
from dashboard.parts.notices import refusal, remark, say
from dashboard.parts.reports_table import taxonomy
from dashboard.wording import NOTHING, count, day, listed
from data.taxonomy import listable, listed_taxonomy, load_taxonomy, read_names, taxonomy_of
from problems.categories import FeedName, Sensitivity
from problems.errors import ProblemError
from problems.feed_names import NAMES_FACT, all_rows, name_key
from problems.use_cases import reviewing
from problems.use_cases.reviewing import NamesChange

_SHOWN: Final = 500
_COUNTED: Final = "fx_names_counted"
_USED: Final = "fx_names_used"
_NAMED: Final = 20
_WHO_SEES: Final = {
    Sensitivity.OPEN: "Everyone",
    Sensitivity.PARTNERS: "Partners",
    Sensitivity.RESTRICTED: "Restricted: about people",
}


def show_taxonomy(desk: Desk) -> None:
    """Draw the categories, the names that mean them, and the way to another list of names."""
    names = listable(all_rows(taxonomy_of(desk.store)))
    section("Categories", f"{count(len(taxonomy().categories), 'category', 'categories')}")
    _show_categories(names)
    own = bool(desk.store.fact(NAMES_FACT))
    section("Names of categories", "a list of this installation" if own else "the list that came with Fixpoint")
    remark(
        f"{count(len(names), 'name')} that sources use, and what each means. To change many at once, download the "
        "list, edit it in a spreadsheet, and put it in place here. It holds what people decided one by one, too."
    )
    draw(
        element(
            "p",
            joined(
                [
                    link("/api/export/category-names.csv", "Download the names as CSV"),
                    link("/api/export/categories.csv", "Download the categories as CSV"),
                ],
                " ",
            ),
            css="fx-ways",
        )
    )
    _show_names(names)
    if desk.principal.has(*reviewing.MAY_MAP):
        _ask_for_list(desk)
        if own:
            form_button(_shipped_form(), key="names-shipped", label="Back to the list that came with Fixpoint")


def _show_categories(names: list[FeedName]) -> None:
    known = Counter(row.code for row in names)
    rows = [
        (
            each.name,
            each.group.label,
            each.code,
            each.lead or NOTHING,
            _WHO_SEES[each.sensitivity],
            f"{known[each.code]:,}",
        )
        for each in taxonomy().categories.values()
    ]
    heads = ("Category", "Group", "Code", "Who leads by default", "Who sees single reports", "Names")
    draw(table("Categories", heads, rows, numeric=(5,), narrow_without=(2, 3, 4)))


def _show_names(names: list[FeedName]) -> None:
    with st.expander(f"All names ({len(names):,})"):
        rows = [
            (
                row.name or "(no name)",
                "all" if row.source == "*" else row.source,
                taxonomy().categories[row.code].name,
                day(row.valid_from) if row.valid_from else "",
                day(row.valid_to) if row.valid_to else "",
            )
            for row in sorted(names, key=lambda row: (row.code, row.name.casefold()))[:_SHOWN]
        ]
        draw(
            table(
                "Names and what they mean", ("Name", "Source", "Category", "From", "Until"), rows, narrow_without=(3, 4)
            )
        )
        if len(names) > _SHOWN:
            remark(f"{len(names) - _SHOWN:,} more are in the file to download.")


def _ask_for_list(desk: Desk) -> None:
    uploaded = st.file_uploader("Another list of names (CSV)", type=["csv"], key="names_list")
    if uploaded is None:
        return
    try:
        text, names = _read(desk, uploaded)
        change = _counted(desk, uploaded.file_id, text, names)
    except ProblemError as refused:
        refusal(refused)
        return
    if change.is_nothing:
        used, told = st.session_state.get(_USED, ("", ""))
        remark(told if used == uploaded.file_id else "This list says what is known already. Nothing would change.")
        return
    _show_change(change)
    _show_names_of(desk, names)
    past_too = False
    if change.reports:
        label = (
            f"Change {count(change.reports, 'report')} that {'is' if change.reports == 1 else 'are'} here already, too"
        )
        past_too = st.checkbox(label, value=True, key="names_past")
    if st.button("Use this list", type="primary", key="names-use"):
        try:
            kept = _replace(desk, text, names, past_too=past_too)
        except ProblemError as refused:
            refusal(refused)
            return
        st.session_state.pop(_COUNTED, None)
        told = f"The list of names is in place: {count(kept.reports, 'report')} changed."
        st.session_state[_USED] = (uploaded.file_id, told)
        say(told)
        st.rerun()


def _show_change(change: NamesChange) -> None:
    numbers = ((change.added, "new"), (change.changed, "changed"), (change.removed, "no longer known"))
    parts = [f"{number:,} {word}" for number, word in numbers if number]
    remark(f"Names: {listed(parts)}.", tone="accent")
    if change.removed:
        remark("Reports whose name is no longer known wait for a category again. No report is lost.")


def _show_names_of(desk: Desk, names: list[FeedName]) -> None:
    """Name what the list knows for the first time, and what it knows no longer."""
    before = {name_key(row.source, row.name): row.name for row in all_rows(taxonomy_of(desk.store))}
    after = {name_key(row.source, row.name): row.name for row in names}
    new = [name for key, name in after.items() if key not in before]
    gone = [name for key, name in before.items() if key not in after]
    for word, found in (("New", new), ("No longer known", gone)):
        if found:
            more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
            remark(f"{word}: {', '.join(f'“{name}”' for name in found[:_NAMED])}{more}.")


def _read(desk: Desk, uploaded: UploadedFile) -> tuple[str, list[FeedName]]:
    content = uploaded.getvalue()
    names = read_names(uploaded.name, content, listed_taxonomy(desk.store).categories)
    return content.decode("utf-8-sig"), names


def _counted(desk: Desk, file_id: str, text: str, names: list[FeedName]) -> NamesChange:
    """Count what the list would change, once for each state of the store."""
    key = (file_id, desk.store.version())
    kept = st.session_state.get(_COUNTED)
    if kept is None or kept[0] != key:
        kept = st.session_state[_COUNTED] = (key, _replace(desk, text, names, past_too=True, dry_run=True))
    change: NamesChange = kept[1]
    return change


def _replace(desk: Desk, text: str, names: list[FeedName], *, past_too: bool, dry_run: bool = False) -> NamesChange:
    return reviewing.replace_names(
        *desk.asking,
        text=text,
        names=names,
        taxonomy=listed_taxonomy(desk.store),
        past_too=past_too,
        dry_run=dry_run,
    )


def _shipped_form() -> Form:
    def save(at: Desk, _answers: Answers, _seen_version: int) -> str:
        change = _replace(at, "", all_rows(load_taxonomy()), past_too=True)
        return f"The list that came with Fixpoint is in place again: {count(change.reports, 'report')} changed."

    intro = (
        "The list of this installation and what people decided about single names are put aside. Reports whose name "
        "that list does not know wait for a category again. Download the names first if you may want them back."
    )
    return Form("Back to the list that came with Fixpoint?", "Use that list", (), save, None, intro)
