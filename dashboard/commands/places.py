"""What ``areas`` does: keep the boundaries of a file, and put every report into its own."""

from collections.abc import Iterator
from pathlib import Path

from dashboard.commands.opening import opened_store
from dashboard.commands.output import FINE, Output, count
from data.boundaries import BoundaryFile, boundaries_of, look_at, remarks
from data.settings import SEED
from problems.areas import AreaKind
from problems.clock import utc_now
from problems.errors import InputRefused
from problems.people import SYSTEM
from problems.use_cases.areas import AreasImported, import_areas


def run_areas(output: Output, *, path: Path, kind: str, name_column: str, add: bool, dry_run: bool) -> int:
    """Import the boundaries of one file."""
    if kind not in tuple(AreaKind):
        raise InputRefused(f"“{kind[:40]}” is no kind of boundary.", "", f"Kinds are: {', '.join(AreaKind)}.")
    read = boundaries_of(look_at(path, progress=output.progress), AreaKind(kind), name_column)
    with opened_store() as (store, _settings):
        done = import_areas(
            store,
            SYSTEM,
            utc_now,
            SEED,
            kind=read.kind,
            areas=read.areas,
            file_name=read.file_name,
            replace=not add,
            dry_run=dry_run,
            progress=output.progress,
        )
    output.answer(_values(read, done, dry_run=dry_run), _lines(read, done, dry_run=dry_run))
    return FINE


def _values(read: BoundaryFile, done: AreasImported, *, dry_run: bool) -> dict[str, object]:
    return {
        "file": done.file_name,
        "kind": str(done.kind),
        "name_column": read.name_column,
        "areas": done.areas,
        "removed": done.removed,
        "reports_placed": done.placed,
        "reports_inside": done.inside,
        "reports_outside": done.outside,
        "problems_renamed": done.renamed,
        **{name: getattr(read, name) for name in ("mended", "merged", "told_apart", "unnamed", "empty")},
        "dry_run": dry_run,
    }


def _lines(read: BoundaryFile, done: AreasImported, *, dry_run: bool) -> Iterator[str]:
    yield (
        f"{done.file_name}: {count(done.areas, done.kind.label.lower())} by the column “{read.name_column}”"
        f"{f', in place of {done.removed:,}' if done.removed else ''}."
    )
    yield from (f"  {remark}" for remark in remarks(read))
    if done.placed:
        yield f"  {done.inside:,} of {count(done.placed, 'placed report')} lie in them, {done.outside:,} outside."
    if done.renamed:
        yield f"  {count(done.renamed, 'problem has', 'problems have')} another area now."
    if dry_run:
        yield "This was a dry run: nothing was kept."
