"""Read the table in an Excel or OpenDocument workbook; runs in the child process."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from data.reading.arrow_texts import number_text
from data.reading.blocks import MAX_COLUMNS, Block, Row, in_blocks
from data.reading.child import Opened, Tell
from problems.errors import InputRefused

#: Rows among which the column names are looked for: a title, a date of export and a filter may stand above.
_SEARCHED_ROWS: Final = 40


@dataclass(frozen=True, slots=True)
class _Found:
    """A table in a sheet: its column names, the row they are in (from 0), and what people are told."""

    sheet: str
    header: list[str]
    header_row: int
    rows: int
    notes: list[str]

    @property
    def cells(self) -> int:
        return self.rows * len(self.header)


def open_table(path: Path, tell: Tell, layout: Mapping[str, Any] | None) -> Opened:
    """Open the largest table in ``path``; see :class:`data.reading.child.Opened`."""
    workbook = _open(path)
    if layout:
        found = _Found(**layout)
        sheet = _sheet(workbook, found.sheet)
    else:
        found, sheet = _largest(workbook, tell)
    kind = "OpenDocument workbook" if _is_open_document(path) else "Excel workbook"
    name = f"{kind}, sheet “{found.sheet}”"
    return Opened(tuple(found.header), name, _blocks(sheet, found, tell), tuple(found.notes), asdict(found))


def _open(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError as error:
        raise InputRefused(
            "", "The workbook is protected by a password.", "Save it without a password, or as CSV."
        ) from error
    except (CalamineError, OSError) as error:
        raise InputRefused(
            "", "The workbook is cut off or damaged, or it is another kind of document.", "Save it again, or as CSV."
        ) from error


def _is_open_document(path: Path) -> bool:
    with path.open("rb") as stream:
        return b"opendocument" in stream.read(200)


def _sheet(workbook: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return workbook.get_sheet_by_name(name)
    except CalamineError as error:
        raise InputRefused("", f"Its sheet “{name[:60]}” is damaged.", "Save it again, or as CSV.") from error


def _largest(workbook: CalamineWorkbook, tell: Tell) -> tuple[_Found, CalamineSheet]:
    """Choose the sheet with the most cells, and find its column names."""
    names = _sheet_names(workbook)
    best: tuple[_Found, CalamineSheet] | None = None
    others: list[_Found] = []
    for number, name in enumerate(names):
        tell("Looking at the sheets", number / len(names))
        sheet = _sheet(workbook, name)
        found = _table_in(name, sheet)
        if found is None:
            continue
        if best is None or found.cells > best[0].cells:
            others += [best[0]] if best else []
            best = found, sheet
        else:
            others.append(found)
    if best is None:
        raise InputRefused("", "No sheet of the workbook holds a table.", "One row must name the columns.")
    best[0].notes.extend(_sheet_notes(best[0].sheet, others))
    return best


def _sheet_names(workbook: CalamineWorkbook) -> list[str]:
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    shown = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
    return shown or [sheet.name for sheet in sheets]


def _sheet_notes(read: str, others: Sequence[_Found]) -> list[str]:
    if not others:
        return []
    listed = ", ".join(f"“{other.sheet}” ({other.rows:,} rows)" for other in others[:8])
    told = f"The workbook has more sheets with rows. The largest, “{read}”, was read; not read: {listed}."
    return [f"{told} To import another, save it as a file of its own."]


def _table_in(name: str, sheet: CalamineSheet) -> _Found | None:
    """Find the column names of a sheet; None where there is no table."""
    first = [[_text(cell) for cell in cells] for cells in islice(sheet.iter_rows(), _SEARCHED_ROWS)]
    filled = [sum(map(bool, cells)) for cells in first]
    if max(filled, default=0) < 2:
        return None
    # A title or a filter above the table fills few cells; the column names fill most of them.
    row = next(number for number, count in enumerate(filled) if count >= max(2, 0.5 * max(filled)))
    rows = _last_row(sheet) - row
    if rows < 1:
        return None
    if len(first[row]) > MAX_COLUMNS:
        raise InputRefused("", f"It has {len(first[row]):,} columns; {MAX_COLUMNS} are possible.", "")
    above = f"The column names were found in row {row + 1}; what stands above was not read."
    return _Found(name, first[row], row, rows, [above] if any(filled[:row]) else [])


def _last_row(sheet: CalamineSheet) -> int:
    return sheet.end[0] if sheet.end else 0


def _blocks(sheet: CalamineSheet, found: _Found, tell: Tell) -> Iterator[tuple[Block, float]]:
    share = [0.0]
    for block in in_blocks(_rows(sheet, found, share, tell), len(found.header)):
        yield block, share[0]


def _rows(sheet: CalamineSheet, found: _Found, share: list[float], tell: Tell) -> Iterator[Row]:
    for number, cells in enumerate(sheet.iter_rows()):
        if number > found.header_row:
            share[0] = number / max(1, _last_row(sheet))
            tell("Reading the rows", share[0])
            row = [_text(cell) for cell in cells]
            if any(row):
                yield Row(number + 1, row)


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return number_text(cell)
    if isinstance(cell, datetime):
        return _moment_text(cell)
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return "" if cell is None else str(cell)


def _moment_text(moment: datetime) -> str:
    """Return a moment at whole seconds where it is one: a workbook keeps moments as shares of a day."""
    whole = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    if abs(moment - whole) <= timedelta(milliseconds=2):
        moment = whole
    return moment.isoformat()
