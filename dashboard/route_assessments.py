"""Kept assessments as files to download."""

import re
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard import session
from data.assessment_files import assessment_csv, assessment_json
from problems.errors import NotFound, ProblemError
from problems.people import Principal
from problems.sharing import SharingLevel, is_limited
from problems.store import Store
from problems.use_cases.seeing import sharing_level

_NAME: Final = re.compile(r"([0-9]{1,15})\.(csv|json)", re.ASCII)
_MEDIA: Final = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


async def assessment_export(request: Request) -> Response:
    """Hand out an assessment as ``/api/assessment/12.csv`` or ``12.json``."""
    try:
        who = session.principal_named(request.query_params.get(session.WORKING_AS, ""))
        return await run_in_threadpool(_written, session.get_store(), who, str(request.path_params["name"]))
    except NotFound as refusal:
        return JSONResponse({"error": str(refusal)}, status_code=404)
    except ProblemError as refusal:
        return JSONResponse({"error": str(refusal)}, status_code=400)


def _written(store: Store, who: Principal, name: str) -> Response:
    match = _NAME.fullmatch(name)
    if match is None:
        raise NotFound(f"There is no file “{name[:40]}” to download.", "", "Ask for an assessment as .csv or .json.")
    record = store.assessment(int(match[1]))
    level = sharing_level(who, store, store.problem(record.problem_id)) if is_limited(who) else SharingLevel.FULL
    if level.rank < SharingLevel.WITHOUT_NOTES.rank:
        raise NotFound(f"There is no file “{name[:40]}” to download.", "", "Ask for an assessment as .csv or .json.")
    content = assessment_csv(record) if match[2] == "csv" else assessment_json(record)
    headers = {
        "Content-Disposition": f'attachment; filename="fixpoint-assessment-{record.id}.{match[2]}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=_MEDIA[match[2]], headers=headers)
