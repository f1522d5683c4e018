"""The category taxonomy from its two editable CSV files.

``categories.csv`` holds the leaves with their defaults, ``category_names.csv`` what each feed calls
them. Both may be edited with a spreadsheet; a mistake in them is refused with its line.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from problems.categories import Category, FeedName, Group, Sensitivity, Taxonomy, folded
from problems.errors import InputRefused

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
    leaves = _read_categories(categories)
    return Taxonomy.build(leaves.values(), _read_names(category_names, leaves))


def _read_categories(path: Path) -> dict[str, Category]:
    leaves: dict[str, Category] = {}
    for line, row in _rows(path, _CATEGORY_COLUMNS):
        code = row["code"].upper()
        if code[:3] not in tuple(Group) or code[3:4] != "-" or len(code) < 5:
            raise _refused(path, line, f"“{row['code']}” is not a category code", f"A code is {_groups()}, then “-…”.")
        if code in leaves:
            raise _refused(path, line, f"the code {code} is there twice")
        if not row["name"]:
            raise _refused(path, line, f"{code} has no name")
        if row["sensitivity"] not in tuple(Sensitivity):
            raise _refused(path, line, f"“{row['sensitivity']}” is not a sensitivity", "Use O, P or R.")
        leaves[code] = Category(
            code=code,
            name=row["name"],
            sensitivity=Sensitivity(row["sensitivity"]),
            lead=row["lead"],
            duplicate_distance_m=_amount(path, line, row, "duplicate_distance_m"),
            duplicate_days=_days(path, line, row, "duplicate_days"),
            response_days=_days(path, line, row, "response_days"),
            resolution_days=_days(path, line, row, "resolution_days"),
        )
    if not leaves:
        raise InputRefused(f"The category file {path.name} cannot be used.", "It holds no category.")
    return leaves


def _read_names(path: Path, leaves: Mapping[str, Category]) -> list[FeedName]:
    names: list[FeedName] = []
    seen: dict[tuple[str, str], list[FeedName]] = {}
    for line, row in _rows(path, _NAME_COLUMNS):
        code = row["code"].upper()
        if code not in leaves:
            raise _refused(path, line, f"the code “{row['code']}” is not in the list of categories")
        if not row["source"] or not row["name"]:
            raise _refused(path, line, "the source or the name is empty", "Use * for a name that holds in every feed.")
        name = FeedName(
            source=row["source"],
            name=row["name"],
            code=code,
            valid_from=_day(path, line, row, "valid_from"),
            valid_to=_day(path, line, row, "valid_to"),
        )
        if name.valid_from and name.valid_to and name.valid_to < name.valid_from:
            raise _refused(path, line, "valid_to is before valid_from")
        rivals = seen.setdefault((name.source.casefold(), folded(name.name)), [])
        for rival in rivals:
            if rival.code != code and _overlap(rival, name):
                raise _refused(path, line, f"“{name.name}” already means {rival.code} at the same time")
        rivals.append(name)
        names.append(name)
    return names


def _overlap(one: FeedName, other: FeedName) -> bool:
    start = max(one.valid_from or date.min, other.valid_from or date.min)
    end = min(one.valid_to or date.max, other.valid_to or date.max)
    return start <= end


def _rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise _refused(path, 1, f"the column {missing[0]} is missing", f"Columns are: {', '.join(columns)}.")
            for row in reader:
                if None in row:
                    raise _refused(path, reader.line_num, "the row has more cells than there are columns")
                yield reader.line_num, {column: (row[column] or "").strip() for column in columns}
    except OSError as error:
        raise InputRefused(f"The category file {path.name} cannot be read.", f"{error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputRefused(
            f"The category file {path.name} cannot be read.", "It is not CSV text in UTF-8.", "Save it as CSV UTF-8."
        ) from error


def _amount(path: Path, line: int, row: Mapping[str, str], column: str) -> float | None:
    if not row[column]:
        return None
    try:
        amount = float(row[column])
    except ValueError:
        amount = -1.0
    # The comparison is false for NaN, which float() reads without complaint.
    if not 0 <= amount < 1e6:
        raise _refused(path, line, f"{column} is “{row[column]}”", "It must be a number from 0, or empty.")
    return amount


def _days(path: Path, line: int, row: Mapping[str, str], column: str) -> int | None:
    amount = _amount(path, line, row, column)
    if amount is not None and amount != int(amount):
        raise _refused(path, line, f"{column} is “{row[column]}”", "It must be whole days, or empty.")
    return None if amount is None else int(amount)


def _day(path: Path, line: int, row: Mapping[str, str], column: str) -> date | None:
    if not row[column]:
        return None
    try:
        return date.fromisoformat(row[column])
    except ValueError as error:
        raise _refused(path, line, f"{column} is “{row[column]}”", "Write dates as 2026-01-31.") from error


def _groups() -> str:
    return ", ".join(Group)


def _refused(path: Path, line: int, why: str, possible: str = "") -> InputRefused:
    return InputRefused(f"The category file {path.name} cannot be used.", f"Line {line}: {why}.", possible)
