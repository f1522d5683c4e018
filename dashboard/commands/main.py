"""The command line: one program, one table of commands, three exit codes.

This module holds the words (options, help, examples) and the mapping from what went wrong to an
exit code. What the commands do is in the modules beside it, imported when they are
needed: the heavy libraries take seconds, ``--help`` should not.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.options import Json
from dashboard.commands.output import FINE, REFUSED, STOPPED, Output, use_utf8
from dashboard.commands.results import add_results
from geo.errors import GeoError
from problems.errors import Cancelled, ProblemError

PROGRAM = "python -m dashboard"

app = typer.Typer(
    name="fixpoint",
    help=(
        "Fixpoint finds where residents’ reports concentrate, turns each place into a problem with an owner, "
        "and follows it until a check shows that it is fixed.\n\n"
        "Exit codes: 0 done, 1 the program or the installation is wrong, 2 the request was refused.\n\n"
        "Examples:\n\n\b\n"
        "  python -m dashboard serve --demo\n"
        "  python -m dashboard import reports.csv\n"
        "  python -m dashboard refresh"
    ),
    no_args_is_help=False,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

#: What the options that are whole numbers may be.
_RANGES = {"--port": (1, 65_535), "--seed": (0, 2**31 - 1), "--window-days": (1, 3_660)}
_PORTS, _SEEDS, _WINDOWS = _RANGES["--port"], _RANGES["--seed"], _RANGES["--window-days"]

Since = Annotated[
    str | None, typer.Option("--since", metavar="DATE", help="open311: the first day; else since the last pull.")
]
Until = Annotated[str | None, typer.Option("--until", metavar="DATE", help="open311: the last day; else until now.")]
Restart = Annotated[bool, typer.Option("--restart", help="open311: throw away what an unfinished pull has fetched.")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="A day, written as 2025-12-31.")]


@app.command(
    epilog=(
        "Examples:\n\n\b\n"
        "  python -m dashboard serve --demo            the sample city, in a store of its own\n"
        "  python -m dashboard serve --port 8600       your own store"
    )
)
def serve(
    *,
    demo: Annotated[bool, typer.Option("--demo", help="Show the sample city (built if need be).")] = False,
    host: Annotated[
        str | None, typer.Option("--host", metavar="ADDRESS", help="Where to listen; 127.0.0.1 if nothing is set.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", metavar="PORT", min=_PORTS[0], max=_PORTS[1], help="The port; 8501 if nothing is set."),
    ] = None,
) -> int:
    """Start the dashboard and print its address."""
    from dashboard.commands.serving import run_serve

    return run_serve(Output(), demo=demo, host=host, port=port)


@app.command(
    epilog=(
        "Examples:\n\n\b\n"
        "  python -m dashboard demo\n"
        "  FIXPOINT_STORE=/tmp/city.db python -m dashboard demo --seed 7 --json"
    )
)
def demo(
    *,
    seed: Annotated[
        int | None,
        typer.Option("--seed", metavar="N", min=_SEEDS[0], max=_SEEDS[1], help="Each number makes another city."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Fill an empty store with the sample city."""
    from dashboard.commands.serving import run_demo

    return run_demo(Output(as_json), seed=seed)


@app.command(
    "import",
    epilog=(
        "Examples:\n\n\b\n"
        "  python -m dashboard import reports.csv\n"
        "  python -m dashboard import january.csv february.csv --source council\n"
        "  python -m dashboard import reports.csv --columns columns.toml --dry-run --json\n\n"
        "Each file is imported as a whole or not at all, in the order given; importing a file again changes nothing."
        "\n\n\b\n"
        "  python -m dashboard import open311 boston --since 2025-01-01\n\n"
        "pulls a server that the settings name; after an interruption the same command goes on where it was."
    ),
)
def import_(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Tables with one report per row: CSV, Excel, JSON, GeoPackage …"),
    ],
    *,
    source: Annotated[
        str, typer.Option("--source", metavar="NAME", help="Where the reports come from; ids are unique within it.")
    ] = "council",
    columns: Annotated[
        Path | None, typer.Option("--columns", metavar="FILE", help="A TOML file that says which column is what.")
    ] = None,
    reported: Annotated[
        str | None,
        typer.Option("--reported", metavar="DATE", help="The day or month of every row: 2022-03-05, 2022-03."),
    ] = None,
    category: Annotated[
        str | None, typer.Option("--category", metavar="NAME", help="The category of every row: its code or its name.")
    ] = None,
    since: Since = None,
    until: Until = None,
    restart: Restart = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would happen and keep nothing.")] = False,
    as_json: Json = False,
) -> int:
    """Read reports from files into the store, or pull them from an Open311 server of the settings."""
    output = Output(as_json)
    if files[0] == "open311":
        from dashboard.commands.feeds import run_pull

        given = {"--columns": columns, "--reported": reported, "--category": category}
        if wrong := next((option for option, value in given.items() if value is not None), ""):
            raise typer.BadParameter(f"{wrong} is for files; what a server sends is known")
        return run_pull(output, asked=files[1:], since=since, until=until, restart=restart, dry_run=dry_run)
    if since or until or restart:
        raise typer.BadParameter("--since, --until and --restart are for import open311")
    from dashboard.commands.working import run_import

    fixed = {"reported": reported, "category": category}
    return run_import(
        output,
        files=[Path(name) for name in files],
        source=source,
        columns_file=columns,
        fixed={name: value for name, value in fixed.items() if value is not None},
        dry_run=dry_run,
    )


@app.command(
    epilog=(
        "Examples:\n\n\b\n"
        "  python -m dashboard areas wards.geojson --kind ward --dry-run\n"
        "  python -m dashboard areas wards.gpkg --kind ward --name-column WD22NM\n"
        "  python -m dashboard areas north.geojson --kind beat --add\n\n"
        "The boundaries of that kind are replaced, and every report is put into the one that holds it."
    )
)
def areas(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="A layer of areas: GeoJSON, GeoPackage, or a Shapefile in a zip.")
    ],
    *,
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="ward, beat or neighbourhood.")],
    name_column: Annotated[
        str, typer.Option("--name-column", metavar="NAME", help="The column with the names, where it is not found.")
    ] = "",
    add: Annotated[bool, typer.Option("--add", help="Keep the boundaries of this kind that are there.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would happen and keep nothing.")] = False,
    as_json: Json = False,
) -> int:
    """Import boundaries: wards, beats or neighbourhoods."""
    from dashboard.commands.places import run_areas

    return run_areas(Output(as_json), path=path, kind=kind, name_column=name_column, add=add, dry_run=dry_run)


@app.command(
    epilog=(
        "Examples:\n\n\b\n"
        "  python -m dashboard refresh                        the 90 days up to the newest report\n"
        "  python -m dashboard refresh --as-of 2025-12-31     the 90 days up to that day\n"
        "  python -m dashboard refresh --all                  every report, however old"
    )
)
def refresh(
    *,
    as_of: AsOf = None,
    window_days: Annotated[
        int | None,
        typer.Option(
            "--window-days", metavar="N", min=_WINDOWS[0], max=_WINDOWS[1], help="How many days to look back."
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Look at every report up to the day, however old.")] = False,
    as_json: Json = False,
) -> int:
    """Find the hot spots and match them to the problems."""
    from dashboard.commands.working import run_refresh

    return run_refresh(Output(as_json), as_of=as_of, window_days=window_days, everything=everything)


@app.command(
    epilog=(
        "Examples:\n\n\b\n"
        "  python -m dashboard problems\n"
        "  python -m dashboard problems --as-of 2025-12-31 --json     as they stood at the end of that day"
    )
)
def problems(*, as_of: AsOf = None, as_json: Json = False) -> int:
    """List the problems with their status, size and owner."""
    from dashboard.commands.working import run_problems

    return run_problems(Output(as_json), as_of=as_of)


@app.command(
    epilog=(
        "Examples:\n\n\b\n"
        "  python -m dashboard assess P-0042\n"
        "  python -m dashboard assess P-0042 --done-on 2025-06-30 --json\n"
        "  python -m dashboard assess P-0042 --keep     stores it, with an entry on the problem’s timeline"
    )
)
def assess(
    ref: Annotated[str, typer.Argument(metavar="PROBLEM", help="Its reference, such as P-0042.")],
    *,
    done_on: Annotated[
        str | None,
        typer.Option("--done-on", metavar="DATE", help="The day the work was done; else the day it was reported."),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(
            "--before", metavar="TIME", help="after_found, before_found, when_found or before_work; else the fairest."
        ),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Store the assessment.")] = False,
    as_json: Json = False,
) -> int:
    """Say what the work on a problem achieved, against comparison places."""
    from dashboard.commands.assessing import run_assess

    return run_assess(Output(as_json), ref=ref, done_on=done_on, baseline=baseline, keep=keep)


add_results(app)


@app.command(
    epilog=(
        "Examples:\n\n\b\n"
        "  python -m dashboard export problems --format geojson --out problems.geojson\n"
        "  python -m dashboard export reports --out reports.csv\n"
        "  python -m dashboard export rejected --out rejected.csv     the rows that could not be read, with reasons\n"
        "  python -m dashboard export audit --format jsonl --out audit.jsonl     every change, with its hash\n\n"
        "The file is complete or is not there; formulas in free text are made harmless."
    )
)
def export(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="problems, hot-spots, reports, rejected or audit.")],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write.")],
    fmt: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="csv or geojson; audit: csv or jsonl.")
    ] = "csv",
    as_json: Json = False,
) -> int:
    """Write problems, hot spots, reports, rejected rows or the record of changes to a file."""
    from dashboard.commands.working import run_export

    return run_export(Output(as_json), what=what, fmt=fmt, out=out)


@app.command(
    epilog=(
        "Examples:\n\n  python -m dashboard doctor\n\n  FIXPOINT_STORE=/tmp/city.db python -m dashboard doctor --json"
    )
)
def doctor(
    *,
    noted: Annotated[
        str, typer.Option("--noted-hash", metavar="HASH", help="The last hash of the record as you once noted it.")
    ] = "",
    as_json: Json = False,
) -> int:
    """Check the store, its record of changes, the versions and the settings; change nothing of them."""
    from dashboard.commands.doctor import run_doctor

    return run_doctor(Output(as_json), noted=noted)


@app.command(
    epilog="Examples:\n\n\b\n  python -m dashboard contacts\n  python -m dashboard contacts --json",
)
def contacts(*, as_json: Json = False) -> int:
    """Drop the contacts of reports that were closed 90 days ago, and say how many stay."""
    from dashboard.commands.contacts import run_contacts

    return run_contacts(Output(as_json))


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; a bug is not caught and shows its traceback."""
    use_utf8()
    output = Output("--json" in arguments)
    try:
        code = app(list(arguments) or ["--help"], prog_name=PROGRAM, standalone_mode=False)
    except typer.TyperException as error:
        sentence = f"{_said(error).rstrip('.')}. {PROGRAM} --help shows what is possible."
        output.refuse("UsageError", sentence)
        return REFUSED
    except ProblemError as error:
        output.refuse(type(error).__name__, str(error), asked=error.asked, why=error.why, possible=error.possible)
        return REFUSED
    except GeoError as error:
        output.refuse(type(error).__name__, str(error))
        return REFUSED
    except (Cancelled, KeyboardInterrupt, typer.Abort):
        code = STOPPED
    if code == STOPPED:
        output.refuse("Stopped", "Stopped. Nothing half-done was kept.")
    return code if isinstance(code, int) else FINE


def _said(error: typer.TyperException) -> str:
    """Return what is wrong with an option in plain words: the library's own are about its parser."""
    if isinstance(error, typer.BadParameter) and error.param is not None:
        option = error.param.opts[-1]
        if option in _RANGES:
            least, most = _RANGES[option]
            return f"{option} must be a whole number from {least} to {most}"
    return error.format_message()
