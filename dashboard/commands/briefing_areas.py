"""What ``brief --all-areas`` does: the briefing of every ward, beat or neighbourhood in one go."""

from pathlib import Path

from dashboard.commands.opening import kind_of_area, opened_store, week_and_day
from dashboard.commands.output import FINE, Output, count
from data.briefing_folder import suffixes_of, write_folder
from data.briefing_pages.parts import Paper
from data.calendars import working_days
from data.settings import SEED
from data.targets import targets_of
from data.taxonomy import names_of_kinds
from problems.clock import clock_in
from problems.errors import InputRefused
from problems.people import SYSTEM
from problems.use_cases.briefing import briefs_by_area

_ASKED = "The briefings of all areas were not made."


def run_all_areas(
    output: Output,
    *,
    week: str,
    area: str,
    kind: str,
    known_on: str | None,
    out: Path | None,
    paper: str | None,
    formats: str,
) -> int:
    """Write the briefing of each area of a kind to a folder, and the list of them; no week is the last whole one."""
    if area.strip():
        raise InputRefused(_ASKED, "One area and all areas were asked for.", "Leave out --area or --all-areas.")
    if out is None:
        raise InputRefused(_ASKED, "No folder was named for them.", "Name one: --out briefings.")
    size = None if paper is None else Paper.read(paper)
    suffixes, chosen = suffixes_of(formats or "pdf"), kind_of_area(kind, _ASKED) if kind else None
    with opened_store() as (store, settings):
        clock = clock_in(settings.zone)
        wanted, known = week_and_day(week, known_on, clock().date())
        briefings = briefs_by_area(
            store,
            SYSTEM,
            clock,
            SEED,
            week=wanted,
            zone=settings.zone,
            settings=settings.detection,
            targets=targets_of(store),
            days=working_days(settings.calendar),
            kinds=names_of_kinds(),
            kind=chosen,
            known_on=known,
            progress=output.progress,
        )
        written = write_folder(store, briefings, out, suffixes, size or settings.paper)
    values = {
        "week": str(wanted),
        "areas": written.areas,
        "folder": str(out),
        "files": [str(one) for one in written.files],
    }
    output.answer(values, [f"{count(written.areas, 'briefing')} in {out}; {written.files[-1].name} lists them."])
    return FINE


def without_all_areas(kind: str, formats: str) -> None:
    """Refuse options that only say something about all areas."""
    for name, given in (("--kind", kind), ("--format", formats)):
        if given:
            why = f"{name} is of --all-areas; the kind of one file is in its name."
            raise InputRefused("The briefing was not made.", why, f"Leave out {name}, or add --all-areas.")
