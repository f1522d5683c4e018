"""Files that the inbox hands out: the list as it is filtered, and what reporters are told, for a mail merge."""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from data.writing import csv_writer, safe_cell
from problems.categories import Category
from problems.followups import Matter
from problems.inbox import Sight, shows_place
from problems.targets import NO_TARGET, day_of
from problems.use_cases.telling import Letter

INBOX_COLUMNS: Final = (
    *("report", "source", "source_id", "status", "category", "category_name", "reported_at", "due_on"),
    *("working_days_late", "organisation", "owner", "waiting_for", "problem", "reopened", "ward", "address", "text"),
)
LETTER_COLUMNS: Final = ("receipt", "name", "e_mail", "telephone", "reported_at", "category", "status", "outcome")
#: Marks a file as UTF-8, so that spreadsheets read names beyond English right.
_MARK: Final = "\ufeff"


def inbox_csv(
    rows: Iterable[tuple[Matter, int, int]],
    *,
    categories: Mapping[str, Category],
    organisations: Mapping[int, str],
    sight: Sight,
) -> bytes:
    """Return reports as CSV: each with the day it is due (:data:`NO_TARGET` for none) and the working days it is late.

    What the reader may not see is left empty.
    """
    lines = []
    for matter, due, late in rows:
        report, followup = matter.report, matter.followup
        place = shows_place(sight, categories.get(report.category or ""))
        lines.append(
            (
                matter.ref,
                report.source,
                report.source_id,
                report.status,
                report.category or "",
                report.category_name,
                report.reported_at,
                None if due == NO_TARGET else day_of(due),
                late,
                organisations.get(followup.organisation_id or 0, ""),
                followup.owner,
                followup.waiting_for if matter.is_waiting else "",
                f"P-{followup.problem_id:04d}" if followup.problem_id else "",
                followup.reopened,
                report.area,
                report.address if place else "",
                report.text if sight is Sight.ALL else "",
            )
        )
    return _written(INBOX_COLUMNS, lines)


def letters_csv(letters: Sequence[Letter], *, categories: Mapping[str, Category]) -> bytes:
    """Return what reporters are told as CSV for a mail merge, a line for each."""
    lines = []
    for letter in letters:
        report, told_of = letter.matter.report, letter.told_of
        category = categories.get(report.category or "")
        lines.append(
            (
                letter.receipt,
                letter.caller.name,
                letter.caller.email,
                letter.caller.phone,
                report.reported_at,
                category.name if category else report.category_name,
                told_of.status.label,
                told_of.followup.outcome,
            )
        )
    return _written(LETTER_COLUMNS, lines)


def _written(head: Sequence[str], lines: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv_writer(out)
    writer.writerow(head)
    for line in lines:
        writer.writerow([_cell(value) for value in line])
    return f"{_MARK}{out.getvalue()}".encode()


def _cell(value: object) -> object:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if value is None:
        return ""
    return safe_cell(str(value)) if isinstance(value, str) else value
