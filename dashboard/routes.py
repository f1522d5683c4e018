"""Our own addresses beside the pages: what the map reads, files to download, assets, health.

Nothing here goes through the page's script, so that panning the map runs no Python of a page. Answers
carry ids, numbers and our own words only, never the text of a report.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import xstatic.pkg.leaflet
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import session
from dashboard.handouts import handouts
from dashboard.mapping import features as map_features
from dashboard.mapping import points as map_points
from dashboard.mapping.query import problem_filter, view_asked
from dashboard.route_assessments import assessment_export
from dashboard.route_files import exported
from dashboard.route_photos import photo_answer
from dashboard.route_quality import quality_export
from problems.errors import InputRefused, NotAllowed, NotFound, ProblemError, StoreRefused
from problems.seeing import whole
from problems.store import Store

_log = logging.getLogger(__name__)

ASSETS: Final = Path(__file__).parent / "assets"
LEAFLET: Final = Path(xstatic.pkg.leaflet.BASE_DIR)
#: What the files are that pages hand out, by suffix.
_HANDED_OUT: Final[Mapping[str, str]] = {
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".pdf": "application/pdf",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_STATUS: Final[Mapping[type[ProblemError], int]] = {
    InputRefused: 400,
    NotAllowed: 403,
    NotFound: 404,
    StoreRefused: 503,
}


def refusal_response(refusal: ProblemError) -> JSONResponse:
    """Return a refusal as one sentence with the status code that fits."""
    return JSONResponse({"error": str(refusal)}, status_code=_STATUS.get(type(refusal), 400))


def _answer(request: Request, content: bytes) -> Response:
    """Answer with JSON that a browser keeps for itself, or 304 when it has it already."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)


def _json_route(work: Callable[[Store, Mapping[str, str]], bytes]) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        asked = dict(request.query_params)
        try:
            content = await run_in_threadpool(lambda: work(seen_at(asked), asked))
        except ProblemError as refusal:
            return refusal_response(refusal)
        return _answer(request, content)

    return endpoint


def seen_at(asked: Mapping[str, str]) -> Store:
    """Return the store as the person sees it whom an address names, such as ``/api/problems?as=person-3``.

    Raises
    ------
    NotFound
        When there is no such person.
    """
    return session.seen_store(session.principal_named(asked.get(session.WORKING_AS, "")))


def view(store: Store, asked: Mapping[str, str]) -> bytes:
    """Return the reports in a box: up to 2,500 single ones, else counts in hexagons.

    Who may not see single reports is told counts only, and the smallest not to the letter.
    """
    points = map_points.cache.get(store)
    wanted = view_asked(asked)
    return map_features.view_json(points.in_view(wanted) if whole(store) is store else points.in_view_coarse(wanted))


def problems(store: Store, asked: Mapping[str, str]) -> bytes:
    """Return the problems that the filters leave."""
    return map_features.problems_json(store, problem_filter(asked))


def streets(store: Store, asked: Mapping[str, str]) -> bytes:
    """Return the streets as lines with their rank."""
    return map_features.streets_json(store)


def areas(store: Store, asked: Mapping[str, str]) -> bytes:
    """Return the boundaries as rings."""
    return map_features.areas_json(store)


async def export(request: Request) -> Response:
    """Hand out what is kept as a file; see :func:`data.writing.export`."""
    try:
        name, asked = request.path_params["name"], dict(request.query_params)
        return await run_in_threadpool(exported, lambda: seen_at(asked), name, asked)
    except ProblemError as refusal:
        return refusal_response(refusal)


async def handout(request: Request) -> Response:
    """Hand out, once, a file that a page made for the person who asked for it there."""
    try:
        found = handouts.take(request.path_params["token"])
    except ProblemError as refusal:
        return refusal_response(refusal)
    headers = {
        "Content-Disposition": f'attachment; filename="{found.file_name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    kind = _HANDED_OUT.get(Path(found.file_name).suffix, "application/octet-stream")
    return Response(found.content, media_type=kind, headers=headers)


async def photo(request: Request) -> Response:
    """Hand out a photo to whoever shares in it; see :mod:`dashboard.route_photos`."""
    try:
        return await run_in_threadpool(photo_answer, request)
    except ProblemError as refusal:
        return refusal_response(refusal)


async def health(request: Request) -> Response:
    """Say whether the store answers."""
    try:
        version = await run_in_threadpool(lambda: session.get_store().version())
    except ProblemError as refusal:
        _log.warning("Not healthy: %s", refusal)
        return JSONResponse({"ok": False, "error": str(refusal)}, status_code=503)
    return JSONResponse({"ok": True, "store_version": version}, headers={"Cache-Control": "no-store"})


class _Kept(StaticFiles):
    """Static files that a browser may keep for a day and must not guess the type of."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type] # handed through as they came
        response.headers["Cache-Control"] = "private, max-age=86400"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


async def _own_script(request: Request) -> Response:
    """Serve the live layer; ``?v=`` in its address changes with it, so it may be kept for good."""
    headers = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return FileResponse(ASSETS / "live-layer.js", media_type="text/javascript", headers=headers)


class AllowedHosts:
    """Refuse a Host header that is not ours: without it another site could read this one by rebinding.

    Streamlit's ``server.allowedHosts`` guards its WebSocket alone; this guards every address.
    """

    def __init__(self, app: ASGIApp, hosts: Callable[[], list[str]]) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is addressed to us; answer 421 to the rest."""
        if scope["type"] == "http":
            named = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
            hosts = self._hosts()
            if hosts and "*" not in hosts and _bare(named) not in hosts:
                text = "This address is not one of this installation's. Open it by the address it was started with."
                await PlainTextResponse(text, status_code=421)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _bare(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


class OwnOriginOnly:
    """Tell the browser that nothing but our own origin (and a configured base map) may be fetched."""

    def __init__(self, app: ASGIApp, image_sources: Callable[[], list[str]]) -> None:
        self._app, self._image_sources = app, image_sources

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the policy to every answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        policy = self._policy().encode("latin-1")

        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", []), (b"content-security-policy", policy)]
                headers.append((b"referrer-policy", b"same-origin"))
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, send_with_policy)

    def _policy(self) -> str:
        images = " ".join(["'self'", "data:", "blob:", *self._image_sources()])
        return (
            "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
            "style-src 'self' 'unsafe-inline'; "
            f"img-src {images}; font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:; "
            "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
        )


def routes() -> list[BaseRoute]:
    """Return every address of ours."""
    return [
        Route("/healthz", health),
        Route("/api/view", _json_route(view)),
        Route("/api/problems", _json_route(problems)),
        Route("/api/streets", _json_route(streets)),
        Route("/api/areas", _json_route(areas)),
        Route("/api/export/{name}", export),
        Route("/api/quality.csv", quality_export),
        Route("/api/assessment/{name}", assessment_export),
        Route("/api/handout/{token}", handout),
        Route("/api/photos/{number}/{purpose}", photo),
        Route("/assets/live-layer.js", _own_script),
        Mount("/assets/leaflet", _Kept(directory=LEAFLET)),
        Mount("/assets", _Kept(directory=ASSETS)),
    ]
