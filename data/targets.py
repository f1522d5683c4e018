"""The targets of a deployment: working days to a first response and to an end, for each category.

They come with the categories; a deployment may put a list of its own in their place, as CSV. It is kept
in the store as the text that it came as, so that every part of one deployment goes by the same targets.
"""

import io
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from data.taxonomy import load_taxonomy, refused, rows_of, whole_days
from data.writing import csv_writer, safe_cell
from problems.categories import Category
from problems.errors import InputRefused
from problems.looking_back import targets_that_day
from problems.seeing import whole
from problems.store import Store
from problems.targets import LONGEST_TARGET, TARGETS_FACT, Target, Targets

COLUMNS: Final = ("code", "response_days", "resolution_days")
_NAME: Final = "name"
_MAX_BYTES: Final = 200_000


def shipped_targets() -> Targets:
    """Return the targets that came with the categories."""
    return {
        code: Target(category.response_days, category.resolution_days)
        for code, category in load_taxonomy().categories.items()
    }


def targets_of(store: Store) -> Targets:
    """Return the targets in force in ``store``: its own, else those that came with the categories.

    Of a past day those that were in force then.
    """
    kept = store.fact(TARGETS_FACT)
    now = _targets_in(kept) if kept else _shipped()
    then = targets_that_day(whole(store))
    return {**now, **then} if then else now


def targets_csv(targets: Targets, categories: Mapping[str, Category]) -> str:
    """Return targets as the CSV text that :func:`read_targets` reads back, with the names of the categories."""
    out = io.StringIO(newline="")
    writer = csv_writer(out)
    writer.writerow((COLUMNS[0], _NAME, *COLUMNS[1:]))
    for code, category in categories.items():
        target = targets.get(code, Target())
        days = ("" if each is None else each for each in (target.response_days, target.resolution_days))
        writer.writerow((code, safe_cell(category.name), *days))
    return out.getvalue()


def read_targets(file_name: str, content: bytes, categories: Mapping[str, Category]) -> Targets:
    """Read targets such as a person edited them in a spreadsheet, and check every row.

    An empty cell promises nothing. Every category has to be there once, so that none loses its target
    by an oversight.

    Raises
    ------
    InputRefused
        With the line, when the targets cannot be used as a whole.
    """
    if len(content) > _MAX_BYTES:
        raise InputRefused(
            f"The category file {file_name} cannot be used.",
            f"It is larger than {_MAX_BYTES // 1000} kB, which a list of targets never is.",
        )
    found: dict[str, Target] = {}
    for line, row in rows_of(file_name, content, COLUMNS):
        code = row["code"].upper()
        if code not in categories:
            why = f"the code “{row['code']}” is not in the list of categories"
            raise refused(file_name, line, why, f"Codes are: {', '.join(categories)}.")
        if code in found:
            raise refused(file_name, line, f"the code {code} is there twice")
        target = Target(
            whole_days(file_name, line, row, "response_days"), whole_days(file_name, line, row, "resolution_days")
        )
        for days in (target.response_days, target.resolution_days):
            if days is not None and days > LONGEST_TARGET:
                raise refused(file_name, line, f"{days:,} working days is no target", f"At most {LONGEST_TARGET:,}.")
        if None not in (target.response_days, target.resolution_days):
            response, resolution = target.response_days or 0, target.resolution_days or 0
            if response > resolution:
                why = f"{code} has {response} days to a first response and {resolution} to the end"
                raise refused(file_name, line, why, "The first response comes first.")
        found[code] = target
    missing = [code for code in categories if code not in found]
    if missing:
        raise InputRefused(
            f"The category file {file_name} cannot be used.",
            f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing.",
            "Give every category a row; leave its cells empty where nothing is promised.",
        )
    return found


@lru_cache(maxsize=1)
def _shipped() -> Targets:
    return shipped_targets()


@lru_cache(maxsize=2)
def _targets_in(kept: str) -> Targets:
    return read_targets("targets.csv", kept.encode(), load_taxonomy().categories)
