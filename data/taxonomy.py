"""The category taxonomy from its two editable CSV files, and what a store keeps in their place.

``categories.csv`` holds the leaves with their defaults, ``category_names.csv`` what each feed calls
them. Both may be edited with a spreadsheet; a mistake in them is refused with its line. An edited
list of names is kept in the store as the text that it came as, so that every part of one
deployment goes by the same list.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from data.writing import csv_writer, safe_cell
from problems.categories import Category, FeedName, Group, Sensitivity, Taxonomy, folded
from problems.clock import check_day
from problems.errors import InputRefused
from problems.events import Subject
from problems.feed_names import NAMES_FACT, all_rows, decisions, in_force
from problems.store import Store

CATEGORIES_CSV = Path(__file__).with_name("categories.csv")
CATEGORY_NAMES_CSV = Path(__file__).with_name("category_names.csv")

_CATEGORY_COLUMNS = (
    "code",
    "name",
    "sensitivity",
    "lead",
    "duplicate_distance_m",
    "duplicate_days",
    "response_days",
    "resolution_days",
)
_NAME_COLUMNS = ("source", "name", "code", "valid_from", "valid_to")


_MAX_BYTES = 4_000_000
_MAX_NAMES = 50_000
#: What stands in the list for reports that name no category.
_NO_NAME = "(no name)"


def load_taxonomy(categories: Path = CATEGORIES_CSV, category_names: Path = CATEGORY_NAMES_CSV) -> Taxonomy:
    """Read the taxonomy and check that it holds together.

    Parameters
    ----------
    categories
        CSV with one leaf per row.
    category_names
        CSV with one feed name per row; ``source`` ``*`` holds for every feed, empty dates are open ends.

    Raises
    ------
    InputRefused
        With the file and the line, when a column is missing, a value cannot be read, a code is
        given twice or is unknown, or one name means two categories at the same time.
    """
    leaves = _read_categories(categories.name, _bytes_of(categories))
    return Taxonomy.build(leaves.values(), read_names(category_names.name, _bytes_of(category_names), leaves))


def listed_taxonomy(store: Store) -> Taxonomy:
    """Return the taxonomy by the list of this store (the shipped one where it has none), without decisions."""
    kept = store.fact(NAMES_FACT)
    return _taxonomy_by(kept) if kept else _shipped()


def names_of_kinds() -> dict[str, str]:
    """Return what the categories are called, by leaf code."""
    return {code: category.name for code, category in load_taxonomy().categories.items()}


def taxonomy_of(store: Store) -> Taxonomy:
    """Return the taxonomy in force in ``store``: the names that people decided one by one, then the list."""
    listed = listed_taxonomy(store)
    return in_force(listed.categories.values(), all_rows(listed), decisions(store.events(Subject.STORE)))


def names_csv(names: Iterable[FeedName]) -> str:
    """Return names as the CSV text that :func:`read_names` reads back."""
    out = io.StringIO(newline="")
    writer = csv_writer(out)
    writer.writerow(_NAME_COLUMNS)
    for row in names:
        name = safe_cell(row.name or _NO_NAME)
        writer.writerow((safe_cell(row.source), name, row.code, row.valid_from or "", row.valid_to or ""))
    return out.getvalue()


def listable(names: Sequence[FeedName]) -> list[FeedName]:
    """Return ``names``, of which the first that holds wins, as rows that hold by themselves.

    Where a row is wholly behind an earlier one of the same source and name it is left out; where it
    is partly behind one, it is cut to the days that are left.
    """
    kept: list[FeedName] = []
    by_key: dict[tuple[str, str], list[FeedName]] = {}
    for row in names:
        before = by_key.setdefault((row.source.casefold(), folded(row.name)), [])
        pieces = [(row.valid_from or date.min, row.valid_to or date.max)]
        for earlier in before:
            pieces = [part for piece in pieces for part in _outside(piece, earlier)]
        for start, end in pieces:
            left = FeedName(
                row.source,
                row.name,
                row.code,
                None if start == date.min else start,
                None if end == date.max else end,
            )
            before.append(left)
            kept.append(left)
    return kept


def _outside(piece: tuple[date, date], row: FeedName) -> Iterator[tuple[date, date]]:
    start, end = piece
    low, high = row.valid_from or date.min, row.valid_to or date.max
    if high < start or low > end:
        yield piece
        return
    if start < low:
        yield start, date.fromordinal(low.toordinal() - 1)
    if high < end:
        yield date.fromordinal(high.toordinal() + 1), end


@lru_cache(maxsize=1)
def _shipped() -> Taxonomy:
    return load_taxonomy()


@lru_cache(maxsize=2)
def _taxonomy_by(kept: str) -> Taxonomy:
    leaves = _shipped().categories
    return Taxonomy.build(leaves.values(), read_names("category_names.csv", kept.encode(), leaves))


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputRefused(f"The category file {path.name} cannot be read.", f"{error.strerror}.") from error


def _read_categories(file_name: str, content: bytes) -> dict[str, Category]:
    leaves: dict[str, Category] = {}
    for line, row in rows_of(file_name, content, _CATEGORY_COLUMNS):
        code = row["code"].upper()
        if code[:3] not in tuple(Group) or code[3:4] != "-" or len(code) < 5:
            why = f"“{row['code']}” is not a category code"
            raise refused(file_name, line, why, f"A code is {_groups()}, then “-…”.")
        if code in leaves:
            raise refused(file_name, line, f"the code {code} is there twice")
        if not row["name"]:
            raise refused(file_name, line, f"{code} has no name")
        if row["sensitivity"] not in tuple(Sensitivity):
            raise refused(file_name, line, f"“{row['sensitivity']}” is not a sensitivity", "Use O, P or R.")
        leaves[code] = Category(
            code=code,
            name=row["name"],
            sensitivity=Sensitivity(row["sensitivity"]),
            lead=row["lead"],
            duplicate_distance_m=_amount(file_name, line, row, "duplicate_distance_m"),
            duplicate_days=whole_days(file_name, line, row, "duplicate_days"),
            response_days=whole_days(file_name, line, row, "response_days"),
            resolution_days=whole_days(file_name, line, row, "resolution_days"),
        )
    if not leaves:
        raise InputRefused(f"The category file {file_name} cannot be used.", "It holds no category.")
    return leaves


def read_names(file_name: str, content: bytes, leaves: Mapping[str, Category]) -> list[FeedName]:
    """Read a list of feed names, such as a person edited it in a spreadsheet, and check every row.

    Commas or semicolons may part the cells.

    Raises
    ------
    InputRefused
        With the line, when the list cannot be used as a whole.
    """
    if len(content) > _MAX_BYTES:
        raise InputRefused(
            f"The category file {file_name} cannot be used.",
            f"It is larger than {_MAX_BYTES // 1_000_000} MB, which a list of names never is.",
        )
    names: list[FeedName] = []
    seen: dict[tuple[str, str], list[FeedName]] = {}
    for line, row in rows_of(file_name, content, _NAME_COLUMNS):
        name = _name_in(file_name, line, row, leaves)
        rivals = seen.setdefault((name.source.casefold(), folded(name.name)), [])
        for rival in rivals:
            if rival.code != name.code and _overlap(rival, name):
                raise refused(file_name, line, f"“{name.name}” already means {rival.code} at the same time")
        rivals.append(name)
        names.append(name)
        if len(names) > _MAX_NAMES:
            raise refused(file_name, line, f"there are more than {_MAX_NAMES:,} names")
    return names


def _name_in(file_name: str, line: int, row: Mapping[str, str], leaves: Mapping[str, Category]) -> FeedName:
    code = row["code"].upper()
    if code not in leaves:
        raise refused(
            file_name,
            line,
            f"the code “{row['code']}” is not in the list of categories",
            f"Codes are: {', '.join(leaves)}.",
        )
    if not row["source"] or not row["name"]:
        raise refused(file_name, line, "the source or the name is empty", "Use * for a name that holds in every feed.")
    name = FeedName(
        source=row["source"],
        name="" if row["name"] == _NO_NAME else row["name"],
        code=code,
        valid_from=_day(file_name, line, row, "valid_from"),
        valid_to=_day(file_name, line, row, "valid_to"),
    )
    if name.valid_from and name.valid_to and name.valid_to < name.valid_from:
        raise refused(file_name, line, "valid_to is before valid_from")
    return name


def _overlap(one: FeedName, other: FeedName) -> bool:
    start = max(one.valid_from or date.min, other.valid_from or date.min)
    end = min(one.valid_to or date.max, other.valid_to or date.max)
    return start <= end


def rows_of(file_name: str, content: bytes, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the line and the cells of each row of an edited list that has these columns."""
    try:
        text = content.decode("utf-8-sig")
        head = text.partition("\n")[0]
        # Where the comma parts decimals, spreadsheets part the cells with semicolons.
        reader = csv.DictReader(
            io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ","
        )
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise refused(file_name, 1, f"the column “{missing[0]}” is missing", f"Columns are: {', '.join(columns)}.")
        for row in reader:
            if None in row:
                raise refused(file_name, reader.line_num, "the row has more cells than there are columns")
            told = {column: _plain(row[column] or "") for column in columns}
            if any(told.values()):  # spreadsheets leave rows of empty cells at the end
                yield reader.line_num, told
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputRefused(
            f"The category file {file_name} cannot be read.", "It is not CSV text in UTF-8.", "Save it as CSV UTF-8."
        ) from error


def _plain(cell: str) -> str:
    """Return a cell without the apostrophe that keeps spreadsheets from running it."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and safe_cell(text[1:]) == text else text


def _amount(file_name: str, line: int, row: Mapping[str, str], column: str) -> float | None:
    if not row[column]:
        return None
    try:
        amount = float(row[column])
    except ValueError:
        amount = -1.0
    # The comparison is false for NaN, which float() reads without complaint.
    if not 0 <= amount < 1e6:
        raise refused(file_name, line, f"{column} is “{row[column]}”", "It must be a number from 0, or empty.")
    return amount


def whole_days(file_name: str, line: int, row: Mapping[str, str], column: str) -> int | None:
    """Return a cell as whole days, or None where it is empty."""
    amount = _amount(file_name, line, row, column)
    if amount is not None and amount != int(amount):
        raise refused(file_name, line, f"{column} is “{row[column]}”", "It must be whole days, or empty.")
    return None if amount is None else int(amount)


def _day(file_name: str, line: int, row: Mapping[str, str], column: str) -> date | None:
    if not row[column]:
        return None
    try:
        day = date.fromisoformat(row[column])
        check_day(day)
        return day
    except (ValueError, InputRefused) as error:
        raise refused(file_name, line, f"{column} is “{row[column]}”", "Write dates as 2026-01-31.") from error


def _groups() -> str:
    return ", ".join(Group)


def refused(file_name: str, line: int, why: str, possible: str = "") -> InputRefused:
    """Return the refusal of an edited list because of one of its lines."""
    return InputRefused(f"The category file {file_name} cannot be used.", f"Line {line}: {why}.", possible)
