"""What imports brought: counts in words, the history, and the rows that were rejected."""

from typing import Final

import streamlit as st

from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, element, key_figures, link, table
from dashboard.parts.notices import remark
from dashboard.wording import count, listed, moment
from problems.people import LAPTOP, SYSTEM
from problems.reports import Batch

_REJECTED_SHOWN: Final = 100
_BATCHES_SHOWN: Final = 30


def counts_words(batch: Batch) -> str:
    """Say in one sentence what became of a file's rows."""
    parts = [f"{batch.accepted:,} new"]
    parts += [f"{batch.updated:,} updated"] if batch.updated else []
    parts += [f"{batch.unchanged:,} here already"] if batch.unchanged else []
    parts += [f"{batch.rejected:,} rejected"] if batch.rejected else []
    return f"{batch.file_name}: of {count(batch.rows, 'row')}, {listed(parts)}."


def show_counts(batch: Batch) -> None:
    """Draw the counts of a file."""
    key_figures(
        [
            ("Rows", f"{batch.rows:,}", ""),
            ("New reports", f"{batch.accepted:,}", ""),
            ("Updated", f"{batch.updated:,}", "said something new"),
            ("Here already", f"{batch.unchanged:,}", "nothing new"),
            ("Rejected", f"{batch.rejected:,}", "kept with the reason"),
            ("Without a place", f"{batch.unplaced:,}", "not on the map"),
            ("Without a category", f"{batch.unmapped:,}", "names to be chosen"),
        ]
    )


def show_history(desk: Desk) -> None:
    """Draw the imports, newest first, and the rejected rows of one of them."""
    batches = desk.store.batches()
    if not batches:
        remark("Nothing was imported yet.")
        return
    who = {LAPTOP.key: LAPTOP.name, SYSTEM.key: SYSTEM.name, **{each.key: each.name for each in desk.store.people()}}
    rows = [
        (
            moment(batch.finished_at, desk.zone),
            who.get(batch.by, batch.by),
            batch.file_name,
            batch.source,
            *(f"{number:,}" for number in (batch.rows, batch.accepted, batch.updated, batch.unchanged, batch.rejected)),
        )
        for batch in batches[:_BATCHES_SHOWN]
    ]
    heads = ("When", "Who", "File", "Source", "Rows", "New", "Updated", "Here already", "Rejected")
    draw(table("Imports, newest first", heads, rows, numeric=(4, 5, 6, 7, 8)))
    if len(batches) > _BATCHES_SHOWN:
        remark(f"{len(batches) - _BATCHES_SHOWN} older imports are not shown.")
    _show_rejected(desk, [batch for batch in batches if batch.rejected])


def _show_rejected(desk: Desk, batches: list[Batch]) -> None:
    if not batches:
        return
    labels = {batch.id: f"{batch.file_name}, {moment(batch.finished_at, desk.zone)}" for batch in batches}
    chosen = st.selectbox(
        "Rejected rows of",
        list(labels),
        index=None,
        format_func=lambda number: labels[number],
        key="rejected_of",
        placeholder="Choose an import",
    )
    if chosen is not None:
        rejected = desk.store.rejected_rows(chosen)
        rows = [(f"{each.line:,}", each.column, each.value, each.reason) for each in rejected[:_REJECTED_SHOWN]]
        draw(table("Rejected rows", ("Line", "Column", "Value", "Why"), rows, numeric=(0,)))
        if len(rejected) > _REJECTED_SHOWN:
            remark(f"{len(rejected) - _REJECTED_SHOWN:,} more are in the file to download.")
    draw(element("p", link("/api/export/rejected.csv", "Download all rejected rows as CSV"), css="fx-ways"))
