"""The first rows of a file as they will be understood, and those that cannot become reports."""

from typing import Final

from dashboard.parts.batches import rejected_words
from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, section, table
from dashboard.parts.notices import remark
from dashboard.parts.reports_table import category_words
from dashboard.wording import NOTHING, count, moment
from data.importing import Preview
from problems.reports import PLACE_FAULTS, Report, ReportFlag

_LONGEST: Final = 160
_COLUMNS_SHOWN: Final = 8


def show_rows(desk: Desk, shown: Preview, waits_for: str) -> None:
    """Draw the first rows: understood where the file can be read, else as they stand in it."""
    section("First rows", f"{count(shown.rows_seen, 'row')} looked at")
    for note in shown.notes:
        if note not in {question.text for question in shown.questions}:
            remark(note)
    if waits_for:
        remark(waits_for, tone="accent")
    elif shown.refusal:
        remark(shown.refusal, tone="warn")
    if waits_for or shown.refusal:
        _as_they_stand(shown)
        return
    rows = [
        (
            moment(report.reported_at, desk.zone),
            category_words(report.category, report.category_name),
            "" if report.category else "no category yet",
            _place(report),
            report.address or NOTHING,
            _short(report.text) or NOTHING,
        )
        for report in shown.first_reports
    ]
    heads = ("Reported", "Kind", "", "Place", "Address", "Text")
    draw(table("How the first rows are understood", heads, rows, narrow_without=(2, 4)))
    if shown.first_errors:
        errors = [
            (f"{each.line:,}", each.column or NOTHING, _short(rejected_words(each)), each.reason)
            for each in shown.first_errors
        ]
        reasons = ("Line", "Column", "Value", "Why not")
        draw(table("Rows that cannot become reports", reasons, errors, narrow_without=(1,)))


def _as_they_stand(shown: Preview) -> None:
    used = list(dict.fromkeys([*shown.columns.names.values(), *shown.header]))
    columns = [column for column in used if column in shown.header][:_COLUMNS_SHOWN]
    rows = [[_short(row.get(column, "")) for column in columns] for row in shown.first_rows]
    if columns and rows:
        draw(table("The first rows as they stand in the file", columns, rows))


def _place(report: Report) -> str:
    if report.lon_lat:
        return f"{report.lon_lat[1]:.5f}, {report.lon_lat[0]:.5f}"
    faults = [flag.label.lower() for flag in ReportFlag if flag & PLACE_FAULTS & report.flags]
    return f"no place: {faults[0]}" if faults else "no place"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
