"""Files to download, through our own address and never through the framework's open media store."""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from starlette.responses import Response

from data.writing import export
from problems.errors import InputRefused
from problems.store import Store

_KINDS = ("problems", "hot-spots", "reports", "rejected")
_MEDIA = {"csv": "text/csv; charset=utf-8", "geojson": "application/geo+json"}
_NAME = re.compile(r"([a-z-]{1,20})\.([a-z]{1,10})")


def exported(open_store: Callable[[], Store], name: str) -> Response:
    """Return the export ``name``, such as ``problems.csv`` or ``hot-spots.geojson``, as a download.

    Raises
    ------
    InputRefused
        When there is no such export.
    """
    match = _NAME.fullmatch(name)
    if match is None or match[1] not in _KINDS or match[2] not in _MEDIA:
        raise InputRefused(
            f"There is no file “{name[:40]}” to download.",
            "",
            f"Ask for {', '.join(_KINDS)} as .csv or .geojson.",
        )
    with tempfile.TemporaryDirectory(prefix="fixpoint-") as folder:
        out = Path(folder) / name
        export(open_store(), match[1], match[2], out)
        content = out.read_bytes()
    headers = {
        "Content-Disposition": f'attachment; filename="fixpoint-{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=_MEDIA[match[2]], headers=headers)
