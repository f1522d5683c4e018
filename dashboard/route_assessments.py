"""Kept assessments as files to download."""

import re
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard import session
from data.assessment_files import assessment_csv, assessment_json
from problems.errors import NotFound, ProblemError
from problems.store import Store

_NAME: Final = re.compile(r"([0-9]{1,15})\.(csv|json)", re.ASCII)
_MEDIA: Final = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


async def assessment_export(request: Request) -> Response:
    """Hand out an assessment as ``/api/assessment/12.csv`` or ``12.json``."""
    try:
        told = request.query_params.get(session.WORKING_AS, "")
        return await run_in_threadpool(_asked, told, str(request.path_params["name"]))
    except NotFound as refusal:
        return JSONResponse({"error": str(refusal)}, status_code=404)
    except ProblemError as refusal:
        return JSONResponse({"error": str(refusal)}, status_code=400)


def _asked(who: str, name: str) -> Response:
    return _written(session.seen_store(session.principal_named(who)), name)


def _written(store: Store, name: str) -> Response:
    match = _NAME.fullmatch(name)
    if match is None:
        raise NotFound(f"There is no file “{name[:40]}” to download.", "", "Ask for an assessment as .csv or .json.")
    record = store.assessment(int(match[1]))
    content = assessment_csv(record) if match[2] == "csv" else assessment_json(record)
    headers = {
        "Content-Disposition": f'attachment; filename="fixpoint-assessment-{record.id}.{match[2]}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=_MEDIA[match[2]], headers=headers)
