"""Files to download, through our own address and never through the framework's open media store."""

import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from starlette.responses import Response

from dashboard import session
from dashboard.priority_file import priorities_file
from data.reading.columns import columns_from
from data.rejects import rejected_csv
from data.targets import targets_csv, targets_of
from data.taxonomy import CATEGORIES_CSV, listable, load_taxonomy, names_csv, taxonomy_of
from data.writing import export
from problems.errors import InputRefused
from problems.feed_names import all_rows
from problems.sharing import is_limited
from problems.store import Store
from problems.use_cases.seeing import check_takes_all, see_problems

_KINDS: Final = ("problems", "hot-spots", "reports", "rejected")
_MEDIA: Final = {
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "toml": "application/toml; charset=utf-8",
}
_NAME: Final = re.compile(r"([a-z-]{1,20})\.([a-z]{1,10})")
#: Files that hold everything of a kind, whoever it is shared with.
_EVERYTHING: Final = ("hot-spots", "reports", "rejected", "priorities")
_MAX_DIGITS: Final = 15
_MAX_COLUMNS: Final = 20_000


def exported(open_store: Callable[[], Store], name: str, asked: Mapping[str, str] | None = None) -> Response:
    """Return the file ``name``, such as ``problems.csv`` or ``hot-spots.geojson``, as a download.

    ``rejected.csv`` may be asked for one ``import``, ``columns.toml`` needs the ``columns``.

    Raises
    ------
    InputRefused
        When there is no such file.
    NotFound
        When there is no such import.
    """
    asked = asked or {}
    who = session.principal_named(asked.get(session.WORKING_AS, ""))
    if name.partition(".")[0] in _EVERYTHING:
        check_takes_all(f"The file “{name[:40]}” was not handed out.", who)
    if name == "rejected.csv" and "import" in asked:
        return _rejected(open_store(), asked["import"])
    if name == "columns.toml":
        return _columns(asked.get("columns", ""))
    if name == "category-names.csv":
        # Marked as UTF-8, so that spreadsheets read names beyond English right.
        text = names_csv(listable(all_rows(taxonomy_of(open_store()))))
        return _download(f"\ufeff{text}".encode(), "category_names.csv", "csv")
    if name == "priorities.csv":
        return _download(priorities_file(open_store()).encode("utf-8-sig"), "fixpoint-priorities.csv", "csv")
    if name == "targets.csv":
        text = targets_csv(targets_of(open_store()), load_taxonomy().categories)
        return _download(f"\ufeff{text}".encode(), "targets.csv", "csv")
    if name == "categories.csv":
        return _download(CATEGORIES_CSV.read_bytes(), "categories.csv", "csv")
    match = _NAME.fullmatch(name)
    if match is None or match[1] not in _KINDS or match[2] not in ("csv", "geojson"):
        raise InputRefused(
            f"There is no file “{name[:40]}” to download.",
            "",
            f"Ask for {', '.join(_KINDS)} as .csv or .geojson.",
        )
    with tempfile.TemporaryDirectory(prefix="fixpoint-") as folder:
        out = Path(folder) / name
        store = open_store()
        problems = see_problems(store, who, session.get_clock(), session.get_seed()) if is_limited(who) else None
        export(store, match[1], match[2], out, problems=problems)
        content = out.read_bytes()
    return _download(content, f"fixpoint-{name}", match[2])


def _rejected(store: Store, told: str) -> Response:
    if not (told.isascii() and told.isdigit()) or len(told) > _MAX_DIGITS:
        raise InputRefused(
            "These rejected rows cannot be downloaded.", f"“{told[:40]}” is not the number of an import."
        )
    batch, text = rejected_csv(store, int(told))
    return _download(f"\ufeff{text}".encode(), f"rejected-rows-of-import-{batch.id}.csv", "csv")


def _columns(told: str) -> Response:
    """Return the columns as they were chosen; only what the command line would read is handed out."""
    if len(told) > _MAX_COLUMNS:
        raise InputRefused("These columns cannot be downloaded.", "They are too long for a file of columns.")
    return _download(columns_from(told).to_toml().encode(), "columns.toml", "toml")


def _download(content: bytes, file_name: str, kind: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{file_name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=_MEDIA[kind], headers=headers)
