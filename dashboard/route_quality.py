"""The lists behind the figures of the Data quality page, as files to download."""

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard import session
from data.quality_files import write_rejected, write_reports
from problems.errors import InputRefused, NotAllowed, NotFound, ProblemError
from problems.quality import Aspect
from problems.store import Store

#: What is asked for where the list is of rejected rows, which are no reports.
REJECTED: Final = "rejected"


async def quality_export(request: Request) -> Response:
    """Hand out ``?source=…&show=…`` as CSV; see :func:`data.quality_files.write_reports`."""
    try:
        return await run_in_threadpool(_asked, dict(request.query_params))
    except NotAllowed as refusal:
        return JSONResponse({"error": str(refusal)}, status_code=403)
    except NotFound as refusal:
        return JSONResponse({"error": str(refusal)}, status_code=404)
    except ProblemError as refusal:
        return JSONResponse({"error": str(refusal)}, status_code=400)


def _asked(asked: Mapping[str, str]) -> Response:
    who = session.principal_named(asked.get(session.WORKING_AS, ""))
    return _written(session.seen_store(who), asked)


def _written(store: Store, asked: Mapping[str, str]) -> Response:
    source, show = asked.get("source", ""), asked.get("show", "")
    with tempfile.TemporaryDirectory(prefix="fixpoint-") as folder:
        out = Path(folder) / "list.csv"
        if show == REJECTED:
            write_rejected(store, source, asked.get("reason"), out)
        else:
            aspect = aspect_of(show)
            write_reports(store, source, aspect, out, point_of(store, asked.get("point", "")))
        content = out.read_bytes()
    name = re.sub(r"[^a-z0-9]+", "-", f"{source} {show}".casefold()).strip("-")[:80] or "list"
    headers = {
        "Content-Disposition": f'attachment; filename="fixpoint-quality-{name}.csv"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def aspect_of(show: str) -> Aspect:
    """Return what a list is asked to be about.

    Raises
    ------
    InputRefused
        When there is no such list.
    """
    if show not in tuple(Aspect):
        raise InputRefused(f"There is no list “{show[:40]}”.", "", f"Lists are: {', '.join(Aspect)}, {REJECTED}.")
    return Aspect(show)


def point_of(store: Store, number: str) -> tuple[float, float] | None:
    """Return the place of a point under review by its number; None for an empty one.

    Raises
    ------
    NotFound
        When no such point is under review.
    """
    if not number:
        return None
    for pile in store.piles():
        if str(pile.id) == number:
            return pile.lon_lat
    raise NotFound(f"There is no point {number[:20]} under review.", "", "The page of its source lists them.")
