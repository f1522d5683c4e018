"""The words of the commands that make what others read: the briefing, and what residents are told."""

from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.options import Json
from dashboard.commands.output import Output
from problems.errors import InputRefused

_BRIEF = (
    "Examples:\n\n\b\n"
    "  python -m dashboard brief --week 2026-W47\n"
    "  python -m dashboard brief --week 2026-W47 --out briefing.pdf\n"
    "  python -m dashboard brief --week 2026-W47 --area Northside --out briefing.csv\n"
    "  python -m dashboard brief --week 2026-W47 --all-areas --out briefings --format pdf,csv\n"
    "  python -m dashboard brief --week 2026-W47 --known-on 2026-11-30     with what came in since\n"
    "  python -m dashboard brief --latest --mail --dry-run      who would be mailed what\n"
    "  python -m dashboard brief --latest --mail      the last whole week, to whom the settings name\n\n"
    "The same week as known on the same day always gives the same figures."
)
_TOLD = (
    "Examples:\n\n\b\n"
    "  python -m dashboard told --from 2026-07 --to 2026-09 --out fixes.pdf\n"
    "  python -m dashboard told --from 2026-07 --to 2026-09 --area Northside --out fixes.html\n"
    "  python -m dashboard told --from 2026-07 --to 2026-09 --all-areas --out fixes/\n\n"
    "The public share profile: no names, no points, no text of anybody but the descriptions of photos."
)
_Area = Annotated[str, typer.Option("--area", metavar="NAME", help="A ward, beat or neighbourhood.")]
_Kind = Annotated[str, typer.Option("--kind", metavar="KIND", help="Of all areas: ward, beat or neighbourhood.")]


def add_results(app: typer.Typer) -> None:
    """Add these commands to a program."""
    app.command(epilog=_BRIEF)(brief)
    app.command(epilog=_TOLD)(told)


def brief(
    *,
    week: Annotated[str, typer.Option("--week", metavar="WEEK", help="Year and week, written as 2026-W47.")] = "",
    latest: Annotated[bool, typer.Option("--latest", help="The last whole week, in place of --week.")] = False,
    area: _Area = "",
    known_on: Annotated[
        str | None,
        typer.Option("--known-on", metavar="DATE", help="The day whose knowledge is used; else the Monday after."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="A file (.pdf, .pptx, .html, .csv); of all areas a folder."),
    ] = None,
    paper: Annotated[
        str | None,
        typer.Option("--paper", metavar="SIZE", help="The size of the pages: a4 or letter; else as the settings say."),
    ] = None,
    all_areas: Annotated[bool, typer.Option("--all-areas", help="One of each area, into the folder --out.")] = False,
    kind: _Kind = "",
    formats: Annotated[
        str, typer.Option("--format", metavar="KINDS", help="Of all areas: pdf, pptx, html, csv, or some with commas.")
    ] = "",
    mail: Annotated[bool, typer.Option("--mail", help="Mail it to those whom the settings name.")] = False,
    again: Annotated[bool, typer.Option("--again", help="--mail: also to those who have it already.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="--mail: say who would get what, and send nothing.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Make the briefing of a week, and mail it."""
    if latest is bool(week):
        why = "Both --week and --latest were given." if latest else "Neither --week nor --latest was given."
        possible = "Name a week, such as --week 2026-W47, or ask for the last whole one with --latest."
        raise InputRefused("No briefing was made.", why, possible)
    if mail:
        from dashboard.commands.mailing import run_mail

        if out is not None or all_areas:
            why = "--mail sends files and writes none."
            raise InputRefused("The briefing was not mailed.", why, "Leave --out and --all-areas out, or --mail.")
        return run_mail(
            Output(as_json), week=week, area=area, known_on=known_on, paper=paper, again=again, dry_run=dry_run
        )
    if again or dry_run:
        raise InputRefused(
            "No briefing was made.", "--again and --dry-run are for --mail.", "Add --mail, or leave them out."
        )
    from dashboard.commands.briefing import run_brief
    from dashboard.commands.briefing_areas import run_all_areas, without_all_areas

    if all_areas:
        return run_all_areas(
            Output(as_json), week=week, area=area, kind=kind, known_on=known_on, out=out, paper=paper, formats=formats
        )
    without_all_areas(kind, formats)
    return run_brief(Output(as_json), week=week, area=area, known_on=known_on, out=out, paper=paper)


def told(
    *,
    first: Annotated[str, typer.Option("--from", metavar="MONTH", help="The first month, 2026-07, or its first day.")],
    last: Annotated[str, typer.Option("--to", metavar="MONTH", help="The last month, 2026-09, or its last day.")],
    area: _Area = "",
    all_areas: Annotated[
        bool, typer.Option("--all-areas", help="A page and a PDF of every area, into the folder of --out.")
    ] = False,
    kind: _Kind = "",
    known_on: Annotated[
        str | None, typer.Option("--known-on", metavar="DATE", help="The day whose knowledge is used; else today.")
    ] = None,
    report_at: Annotated[
        str, typer.Option("--report-at", metavar="TEXT", help="Where residents report, in one sentence.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="A file to write, .html or .pdf; or the folder.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Tell residents which fixes were verified: you said, we did."""
    from dashboard.commands.told import run_told

    return run_told(
        Output(as_json),
        first=first,
        last=last,
        area=area,
        all_areas=all_areas,
        kind=kind,
        known_on=known_on,
        report_at=report_at,
        out=out,
    )
