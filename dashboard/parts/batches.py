"""What imports brought: counts in words, the history, one import in full, and its rejected rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from dashboard.parts.changed import show_changed
from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, element, facts, key_figures, link, section, table
from dashboard.parts.notices import remark
from dashboard.parts.undo import offer_undo, show_undone
from dashboard.wording import NOTHING, count, listed, moment
from data.reading.columns import FIELDS
from problems.people import LAPTOP, SYSTEM
from problems.reports import PLACE_FAULTS, Batch, BatchState, RejectedRow, ReportFlag

#: The import that is shown in full; also in the address, so that it can be linked to.
SHOWN: Final = "import"
_REJECTED_SHOWN: Final = 100
_BATCHES_SHOWN: Final = 30
_LONGEST: Final = 120


def counts_words(batch: Batch) -> str:
    """Say in one sentence what became of a file's rows."""
    parts = [f"{batch.accepted:,} new"]
    parts += [f"{batch.updated:,} changed"] if batch.updated else []
    parts += [f"{batch.unchanged:,} here already"] if batch.unchanged else []
    parts += [f"{batch.rejected:,} rejected"] if batch.rejected else []
    return f"{batch.file_name}: of {count(batch.rows, 'row')}, {listed(parts)}."


def show_counts(batch: Batch) -> None:
    """Draw the counts of a file: every row once, and what is odd about those that are taken."""
    key_figures(
        [
            ("Rows", f"{batch.rows:,}", ""),
            ("New reports", f"{batch.accepted:,}", ""),
            ("Changed", f"{batch.updated:,}", "said something new"),
            ("Here already", f"{batch.unchanged:,}", "nothing new"),
            ("Rejected", f"{batch.rejected:,}", "kept with the reason"),
        ]
    )
    odd = oddities(batch)
    if odd:
        taken = f"Of the {count(batch.accepted + batch.updated, 'new or changed report')}"
        draw(table(taken, ("", "Reports", ""), odd, numeric=(1,)))


def oddities(batch: Batch) -> list[tuple[str, str, str]]:
    """Return (what, how many, what it means) of everything that is worth knowing about taken rows."""
    rows = [("Without a place", batch.unplaced, "kept, but not on the map")]
    rows += [(f"– {label[:1].lower()}{label[1:]}", number, "") for label, number in _by_flag(batch, place=True)]
    rows.append(
        (
            "Without a category",
            batch.unmapped,
            "their names wait to be mapped after the import" if batch.id == 0 else "their names wait to be mapped",
        )
    )
    rows.append(("Came late", batch.late, "dated in a time that an earlier import covered already"))
    rows += [(label, number, _FLAG_MEANS.get(flag, "")) for flag, label, number in _other_flags(batch)]
    rows.append(("Contact details masked", batch.masked, "telephone numbers, e-mail addresses and the like in texts"))
    return [(what, f"{number:,}", means) for what, number, means in rows if number]


_FLAG_MEANS: Final[Mapping[ReportFlag, str]] = {
    ReportFlag.CLOSED_BEFORE_REPORTED: "the dates contradict each other",
    ReportFlag.CLOSED_AT_ONCE: "often closed by a machine",
    ReportFlag.REPORTED_IN_FUTURE: "please check the dates",
    ReportFlag.SNAPPED: "counted by area, not drawn as points",
    ReportFlag.MONTH_ONLY: "the day is not known",
}
#: These have figures of their own.
_TOLD: Final = ReportFlag.LATE | ReportFlag.MASKED


def _by_flag(batch: Batch, *, place: bool) -> list[tuple[str, int]]:
    found = [(flag, batch.flagged.get(flag.name or "", 0)) for flag in ReportFlag if bool(flag & PLACE_FAULTS) is place]
    return [(flag.label, number) for flag, number in sorted(found, key=lambda one: -one[1]) if number]


def _other_flags(batch: Batch) -> list[tuple[ReportFlag, str, int]]:
    found = ((flag, batch.flagged.get(flag.name or "", 0)) for flag in ReportFlag if not flag & (PLACE_FAULTS | _TOLD))
    return [(flag, flag.label, number) for flag, number in found if number]


def show_history(desk: Desk) -> None:
    """Draw the imports, newest first, and one of them in full."""
    batches = desk.store.batches()
    if not batches:
        remark("Nothing was imported yet.")
        return
    who = people_by_key(desk)
    rows = [
        (
            f"{batch.id:,}",
            moment(batch.finished_at, desk.zone),
            who.get(batch.by, batch.by),
            link("/import", batch.file_name or f"Import {batch.id}", query={SHOWN: str(batch.id)}),
            batch.source,
            *(f"{number:,}" for number in (batch.rows, batch.accepted, batch.updated, batch.unchanged, batch.rejected)),
            state_words(batch),
        )
        for batch in batches[:_BATCHES_SHOWN]
    ]
    heads = ("Number", "When", "Who", "File", "Source", "Rows", "New", "Changed", "Here already", "Rejected", "State")
    shown = table(
        "Imports, newest first", heads, rows, numeric=(0, 5, 6, 7, 8, 9), narrow_without=(0, 2, 4, 5, 7, 8, 9)
    )
    draw(shown)
    if len(batches) > _BATCHES_SHOWN:
        remark(f"{count(len(batches) - _BATCHES_SHOWN, 'older import')} can be chosen below.")
    _choose_one(desk, batches)


def people_by_key(desk: Desk) -> dict[str, str]:
    """Return the names of those who may have imported something."""
    people = {each.key: each.name for each in desk.store.people()}
    return {LAPTOP.key: LAPTOP.name, SYSTEM.key: SYSTEM.name, **people}


def state_words(batch: Batch) -> str:
    """Say in a word or two what became of an import."""
    return {
        BatchState.RUNNING: "Running or cut short",
        BatchState.DONE: "Done",
        BatchState.CANCELLED: "Stopped: nothing kept",
        BatchState.UNDONE: "Undone",
    }[batch.state]


def shown_batch(desk: Desk) -> Batch | None:
    """Return the import that the address names, or None."""
    wanted = st.query_params.get(SHOWN)
    return next((batch for batch in desk.store.batches() if str(batch.id) == wanted), None) if wanted else None


def show_batch(desk: Desk, batch: Batch) -> None:
    """Draw one import in full, and the way back to all of them."""
    draw(element("p", link("/import", "All imports"), css="fx-ways"))
    section(f"Import {batch.id:,}: {batch.file_name}")
    _show_one(desk, batch, people_by_key(desk))


def _follow_choice() -> None:
    chosen = st.session_state.get(SHOWN)
    if chosen is not None:
        st.query_params[SHOWN] = chosen
        st.session_state[SHOWN] = None


def _choose_one(desk: Desk, batches: Sequence[Batch]) -> None:
    by_id = {str(batch.id): batch for batch in batches}
    st.selectbox(
        "Look at one import",
        list(by_id),
        index=None,
        format_func=lambda key: f"{key}: {by_id[key].file_name}, {moment(by_id[key].finished_at, desk.zone)}",
        key=SHOWN,
        placeholder="Choose an import",
        on_change=_follow_choice,
    )
    if any(batch.rejected for batch in batches):
        ways = link("/api/export/rejected.csv", "Download the rejected rows of all imports as CSV")
        draw(element("p", ways, css="fx-ways"))


def _show_one(desk: Desk, batch: Batch, who: Mapping[str, str]) -> None:
    pairs: list[tuple[str, object]] = [
        ("File", batch.file_name),
        ("Source", batch.source),
        ("Imported by", f"{who.get(batch.by, batch.by)}, {moment(batch.finished_at, desk.zone)}"),
        ("State", _full_state(desk, batch, who)),
    ]
    pairs += [("Format", batch.kind)] if batch.kind else []
    pairs += _columns_told(batch)
    draw(facts(pairs))
    show_counts(batch)
    show_changed(desk, batch)
    show_undone(desk, batch, who)
    offer_undo(desk, batch)
    if batch.rejected:
        _show_rejected(desk, batch)


def _full_state(desk: Desk, batch: Batch, who: Mapping[str, str]) -> str:
    if batch.state is BatchState.UNDONE:
        by = who.get(batch.undone_by, batch.undone_by) or "somebody"
        return f"Undone by {by}, {moment(batch.undone_at, desk.zone)}"
    if batch.state is BatchState.RUNNING:
        return "Running just now, or cut short; of one that was cut short nothing was kept"
    return state_words(batch)


_ORDER: Final = " date order"
_EVERY_ROW: Final = " of every row"
_ORDER_WORDS: Final[Mapping[str, str]] = {
    "iso": "year first",
    "dmy": "day first",
    "mdy": "month first",
    "epoch": "seconds since 1970",
    "serial": "days as a spreadsheet counts them",
}


def _columns_told(batch: Batch) -> list[tuple[str, object]]:
    """Return how the file was read, in words: its columns, its dates, their time zone, and the rest."""
    columns = dict(batch.columns)
    orders = {key.removesuffix(_ORDER): columns.pop(key) for key in list(columns) if key.endswith(_ORDER)}
    zone = columns.pop("time zone", "")
    pairs: list[tuple[str, object]] = []
    if columns:
        pairs.append(("Columns", "; ".join(f"{_field_words(field)}: {told}" for field, told in columns.items())))
    if orders:
        said = {field: _ORDER_WORDS.get(order, order) for field, order in orders.items()}
        same = len(set(said.values())) == 1
        listing = (f"{_field_words(field)}: {words}" for field, words in said.items())
        pairs.append(("Dates", next(iter(said.values())) if same else "; ".join(listing)))
    return [*pairs, ("Dates read as of", zone)] if zone else pairs


def _field_words(field: str) -> str:
    name = field.removesuffix(_EVERY_ROW)
    return f"{FIELDS.get(name, name).lower()}{_EVERY_ROW if name != field else ''}"


def _show_rejected(desk: Desk, batch: Batch) -> None:
    rejected = desk.store.rejected_rows(batch.id)
    draw(table("Rejected rows by reason", ("Why", "Rows"), reasons(rejected), numeric=(1,)))
    rows = [
        (f"{each.line:,}", each.column or NOTHING, _short(rejected_words(each)), each.reason)
        for each in rejected[:_REJECTED_SHOWN]
    ]
    draw(table("Rejected rows", ("Line", "Column", "Value", "Why"), rows))
    if len(rejected) > _REJECTED_SHOWN:
        remark(f"{len(rejected) - _REJECTED_SHOWN:,} more are in the file to download.")
    remark(
        "Correct these rows in the downloaded file and import it from the same source: "
        "only they are added, because what is here already is recognised."
    )
    query = {"import": str(batch.id)}
    ways = link("/api/export/rejected.csv", f"Download {count(len(rejected), 'rejected row')} as CSV", query=query)
    draw(element("p", ways, css="fx-ways"))


def reasons(rejected: Sequence[RejectedRow]) -> list[tuple[str, str]]:
    """Return (reason, how many), the most frequent first."""
    found = Counter(each.reason for each in rejected)
    return [(reason or NOTHING, f"{number:,}") for reason, number in found.most_common()]


def rejected_words(row: RejectedRow) -> str:
    """Return the value that a row was rejected for; where no single one is at fault, how the row begins."""
    return row.value or ", ".join(value for value in row.row.values() if value) or NOTHING


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
