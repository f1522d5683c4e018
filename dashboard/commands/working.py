"""What ``import``, ``refresh``, ``problems`` and ``export`` do."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from dashboard.commands.opening import day, opened_store
from dashboard.commands.output import FINE, REFUSED, Output, count, table
from data.importing import import_file
from data.reading.columns import FIELDS, read_columns
from data.run_folder import sweep
from data.settings import SEED, read_settings
from data.stores import open_store
from problems.clock import utc_now
from problems.errors import InputRefused, ProblemError
from problems.hot_spots import Refresh
from problems.people import SYSTEM
from problems.problem import Problem
from problems.reports import Batch, RejectedRow, ReportFlag
from problems.sample_city import MIXED, SYNTHETIC_FACT
from problems.use_cases.importing import Trial

_COUNTS = ("rows", "accepted", "unchanged", "updated", "rejected", "unplaced", "unmapped", "late", "masked")
_EXPORTS = ("problems", "hot-spots", "reports", "rejected")
_AUDIT = "audit"
_FORMATS = ("csv", "geojson")
_SHOWN_REJECTED = 5


# -- import --


@dataclass(frozen=True)
class _Imported:
    """One file's batch and how long it took."""

    batch: Batch
    duration_s: float
    notes: tuple[str, ...] = ()
    first_rejected: tuple[RejectedRow, ...] = ()

    def values(self) -> dict[str, object]:
        return {
            "file": self.batch.file_name,
            "format": self.batch.kind,
            **{name: getattr(self.batch, name) for name in _COUNTS},
            "flagged": {name.lower(): number for name, number in self.batch.flagged.items()},
            "notes": list(self.notes),
            "columns": dict(self.batch.columns),
            "first_rejected": [
                {"line": row.line, "column": row.column, "value": row.value, "reason": row.reason}
                for row in self.first_rejected
            ],
            "duration_s": round(self.duration_s, 3),
        }


def run_import(
    output: Output,
    *,
    files: Sequence[Path],
    source: str,
    columns_file: Path | None,
    fixed: Mapping[str, str],
    dry_run: bool,
) -> int:
    """Import ``files`` in order, each in a unit of its own; the first refusal ends it and says what was kept."""
    if not source.strip():
        raise InputRefused("The name of the source is empty.", "", "Leave --source out, or name the feed.")
    # A command that was killed leaves copies of what it read; whoever only uses the command line never serves.
    sweep()
    done: list[_Imported] = []
    trial = Trial() if dry_run else None
    with opened_store() as (store, settings):
        columns = None
        if columns_file is not None:
            columns = read_columns(columns_file)
        for path in files:
            started = time.monotonic()
            notes: list[str] = []
            try:
                batch = import_file(
                    store,
                    SYSTEM,
                    utc_now,
                    SEED,
                    path=path,
                    source=source.strip(),
                    columns=columns,
                    fixed=fixed,
                    zone=settings.zone,
                    trial=trial,
                    progress=output.progress,
                    note=notes.append,
                )
            except ProblemError as error:
                return _refused_after(output, error, path, done, dry_run=dry_run)
            rejected = tuple(trial.rejected(batch.source)) if trial is not None else ()
            done.append(_Imported(batch, time.monotonic() - started, tuple(notes), rejected))
            for told in notes:
                output.note(f"Warning: {path.name}: {told}")
        if store.fact(SYNTHETIC_FACT) == MIXED:
            output.note(
                "This store holds the made-up sample city, together with reports that you imported."
                " For real work, name a store of your own in FIXPOINT_STORE."
            )
    output.answer(_totals(done, dry_run=dry_run), _import_lines(done, dry_run=dry_run))
    return FINE


def _refused_after(output: Output, error: ProblemError, path: Path, done: Sequence[_Imported], *, dry_run: bool) -> int:
    sentence = str(error) if path.name in str(error) else f"{path.name}: {error}"
    if done and not dry_run:
        kept = ", ".join(imported.batch.file_name for imported in done)
        sentence += f" Already imported and kept: {kept}."
    output.refuse(type(error).__name__, sentence, file=str(path), files=[imported.values() for imported in done])
    return REFUSED


def _totals(done: Sequence[_Imported], *, dry_run: bool) -> dict[str, object]:
    return {
        **{name: sum(getattr(imported.batch, name) for imported in done) for name in _COUNTS},
        "duration_s": round(sum(imported.duration_s for imported in done), 3),
        "dry_run": dry_run,
        "files": [imported.values() for imported in done],
    }


def _import_lines(done: Sequence[_Imported], *, dry_run: bool) -> Iterator[str]:
    for imported in done:
        batch = imported.batch
        yield (
            f"{batch.file_name}: {count(batch.rows, 'row')} = {batch.accepted:,} new"
            f" + {batch.updated:,} changed + {batch.unchanged:,} here already + {batch.rejected:,} rejected."
        )
        if dry_run:
            yield from _read_lines(imported)
        if batch.unplaced:
            yield f"  {count(batch.unplaced, 'report')} without a usable place: kept, but not on the map."
        if batch.unmapped:
            yield f"  {count(batch.unmapped, 'report')} of a kind that no category is known for: map them under Setup."
        if batch.late:
            yield f"  {count(batch.late, 'report')} came late: dated in a time that an earlier file covered."
        if batch.masked:
            yield f"  {count(batch.masked, 'contact detail')} masked in what was reported."
        yield from _flag_lines(batch)
        if batch.rejected and not dry_run:
            yield "  The rejected rows are kept with their reasons: export rejected --out rejected.csv writes them."
    if dry_run:
        yield "This was a dry run: nothing was kept."


def _read_lines(imported: _Imported) -> Iterator[str]:
    """Say how the columns were read, and which rows were rejected."""
    told = imported.batch.columns
    read = [f"{FIELDS[name].lower()} from “{column}”" for name, column in told.items() if name in FIELDS]
    ways = [f"{name}: {value}" for name, value in told.items() if name not in FIELDS]
    yield f"  Read: {'; '.join([*read, *ways])}."
    for row in imported.first_rejected[:_SHOWN_REJECTED]:
        value = f" “{row.value[:60]}”" if row.value else ""
        yield f"  Line {row.line:,}, {row.column or 'the row'}{value}: {row.reason}"
    if imported.batch.rejected > _SHOWN_REJECTED:
        yield f"  … and {imported.batch.rejected - _SHOWN_REJECTED:,} more rejected."


def _flag_lines(batch: Batch) -> Iterator[str]:
    """Say what is odd about the new and updated reports, but for what has a line of its own."""
    said = (ReportFlag.LATE, ReportFlag.MASKED, ReportFlag.MONTH_ONLY, ReportFlag.SNAPPED)
    odd = [(flag, batch.flagged.get(str(flag.name), 0)) for flag in ReportFlag if flag not in said]
    told = [f"{flag.label.lower()}: {number:,}" for flag, number in odd if number]
    if told:
        yield f"  Marked as odd, for you to look at: {', '.join(told)}."
    if number := batch.flagged.get(str(ReportFlag.MONTH_ONLY.name), 0):
        yield f"  Of {count(number, 'report')} only the month is known."
    if number := batch.flagged.get(str(ReportFlag.SNAPPED.name), 0):
        yield f"  The source moves its points: {count(number, 'report')} good for counts by area, not for hot spots."


# -- refresh --


def run_refresh(output: Output, *, as_of: str | None, window_days: int | None, everything: bool) -> int:
    """Find the hot spots of the asked window and say what changed."""
    if everything and window_days is not None:
        raise InputRefused("--all and --window-days contradict each other.", "", "Give one of the two.")
    wanted = day(as_of) if as_of else None
    from dashboard.commands.contacts import drop_quietly
    from problems.use_cases.refreshing import refresh

    with opened_store() as (store, settings):
        known = {refresh_kept.id for refresh_kept in store.refreshes()}
        found = refresh(
            store,
            SYSTEM,
            utc_now,
            SEED,
            settings=settings.detection,
            zone=settings.zone,
            as_of=wanted,
            window_days=0 if everything else window_days,
            progress=output.progress,
        )
        drop_quietly(output, store)
        unchanged = found.id in known
        if wanted is None and found.as_of < utc_now().astimezone(settings.zone).date():
            output.note(f"The newest report is of {found.as_of.isoformat()}, so the window ends there.")
    output.answer(_refresh_values(found, unchanged=unchanged), _refresh_lines(found, unchanged=unchanged))
    return FINE


def _excluded_share(found: Refresh) -> float:
    return found.excluded_reports / found.reports if found.reports else 0.0


def _refresh_values(found: Refresh, *, unchanged: bool) -> dict[str, object]:
    kept = asdict(found)
    for left_out in ("id", "started_at", "by", "input_digest", "settings"):
        del kept[left_out]
    return {
        **kept,
        "as_of": found.as_of.isoformat(),
        "excluded_share": round(_excluded_share(found), 4),
        "unchanged": unchanged,
    }


def _refresh_lines(found: Refresh, *, unchanged: bool) -> Iterator[str]:
    first = found.as_of - timedelta(days=found.window_days - 1)
    days = f"the {count(found.window_days, 'day')} from {first.isoformat()} to"
    span = days if found.window_days else "everything up to"
    yield (
        f"{count(found.hot_spots, 'hot spot')} in {span} {found.as_of.isoformat()},"
        f" from {count(found.reports, 'report')} ({count(found.distinct_incidents, 'distinct incident')})."
    )
    if found.days_known < found.window_days:
        reach = count(found.days_known, "day")
        yield f"The reports reach back {reach} only: counts are of these, not of the whole window."
    if found.excluded_reports:
        yield (
            f"Kept out until somebody has reviewed them: {count(found.excluded_reports, 'report')}"
            f" ({_excluded_share(found):.1%}) on {count(found.excluded_default_points, 'default point')}."
        )
    by_area = int(found.settings.get("reports_by_area_only", 0))
    if by_area:
        yield f"{count(by_area, 'report counts', 'reports count')} by area only: their source moves or rounds places."
    if found.unmapped:
        yield f"{count(found.unmapped, 'report')} without a category took no part: map their names under Setup."
    if unchanged:
        yield "Nothing has changed since the last refresh: the same reports and settings, the same result."
        return
    yield (
        f"Problems: {found.new} new, {found.survived} carried on, {found.split} split, {found.merged} merged,"
        f" {found.dormant} gone quiet, {found.recurred} came back."
    )


# -- problems --


def run_problems(output: Output, *, as_of: str | None) -> int:
    """List the problems, now or as they were known at the end of a day."""
    wanted = day(as_of) if as_of else None
    with opened_store() as (store, settings):
        if wanted is None:
            today = utc_now().astimezone(settings.zone).date()
            listed = store.problems()
        else:
            from problems.history import problems_on

            today = wanted
            listed = problems_on(store, wanted, settings.zone)
    output.answer(
        {"as_of": today.isoformat(), "problems": [_problem_values(problem) for problem in listed]},
        _problem_lines(listed),
    )
    return FINE


def _problem_values(problem: Problem) -> dict[str, object]:
    return {
        "id": problem.ref,
        "name": problem.name,
        "status": problem.status.value,
        "stage": problem.stage.value,
        "remediation": problem.status.remediation.value,
        "category": problem.category,
        "group": problem.group.value,
        "reports": problem.reports,
        "incidents": problem.incidents,
        "centre": list(problem.lon_lat),
        "width_m": round(problem.width_m, 1),
        "owner": problem.owner,
        "area": problem.area,
        "review_on": problem.review_on.isoformat() if problem.review_on else None,
        "last_seen_on": problem.last_seen_on.isoformat() if problem.last_seen_on else None,
        "dormant_since": problem.dormant_since.isoformat() if problem.dormant_since else None,
        "created_at": problem.created_at.isoformat(),
    }


def _problem_lines(listed: Sequence[Problem]) -> list[str]:
    if not listed:
        return ["There are no problems yet. Import reports, then: python -m dashboard refresh"]
    rows = [
        [
            problem.ref,
            problem.status.label,
            problem.group.label,
            f"{problem.reports:,}",
            f"{problem.width_m:,.0f}",
            problem.owner or "nobody",
            problem.name,
        ]
        for problem in listed
    ]
    return table(["Problem", "Status", "Category", "Reports", "Width (m)", "Owner", "Name"], rows)


# -- export --


def run_export(output: Output, *, what: str, fmt: str, out: Path) -> int:
    """Write one kind of record to a file."""
    if what == _AUDIT:
        return _export_audit(output, fmt, out)
    if what not in _EXPORTS:
        raise InputRefused(f"“{what[:40]}” cannot be exported.", "", f"What can be: {', '.join((*_EXPORTS, _AUDIT))}.")
    if fmt not in _FORMATS:
        raise InputRefused(f"“{fmt[:40]}” is not a format.", "", f"Formats are: {', '.join(_FORMATS)}.")
    from data.writing import export

    with opened_store() as (store, _settings):
        written = export(store, what, fmt, out)
    values = {"written": written, "what": what, "format": fmt, "out": str(out)}
    output.answer(values, [f"{out}: {count(written, 'row')} written."])
    return FINE


def _export_audit(output: Output, fmt: str, out: Path) -> int:
    from data.auditing import export_audit

    settings = read_settings()
    store = open_store(settings.store_url)
    try:
        written = export_audit(store, fmt, out, output.progress)
    finally:
        store.close()
    values = {"written": written, "what": _AUDIT, "format": fmt, "out": str(out)}
    output.answer(values, [f"{out}: {count(written, 'recorded change')} written."])
    return FINE
