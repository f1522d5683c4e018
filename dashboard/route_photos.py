"""Photos through our own address: checked each time, of one type, and never by a path."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from dashboard import session
from data.sealing import sealer_for
from problems.errors import NotAllowed, NotFound
from problems.use_cases.evidencing import see_original, see_photo
from problems.visits import Photo, Purpose

_MAX_DIGITS: Final = 15
_MISSING: Final = ("There is no such photo.", "", "The page of the problem shows all there are.")
_ENDINGS: Final = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
_GUARDED: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Opened by itself, a picture runs nothing and loads nothing, whatever it may be taken for.
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


def photo_answer(request: Request) -> Response:
    """Return the photo that an address such as ``/api/photos/12/thumbnail?as=person-3`` asks for.

    Raises
    ------
    NotFound
        When there is no such photo, or it was withdrawn.
    NotAllowed
        When whoever asks may not see it, or another site makes the browser ask for an original.
    """
    number, purpose = request.path_params["number"], request.path_params["purpose"]
    if not (number.isascii() and number.isdigit()) or len(number) > _MAX_DIGITS or purpose not in tuple(Purpose):
        raise NotFound(*_MISSING)
    store = session.get_store()
    who = session.principal_named(request.query_params.get(session.WORKING_AS, ""))
    asking = (store, who, session.get_clock(), session.get_seed())
    if purpose == Purpose.ORIGINAL:
        if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise NotAllowed("The original was not handed out.", "Another site asked for it.", "")
        opened = sealer_for(session.get_settings().store_url).open_bytes
        photo, content = see_original(*asking, photo_id=int(number), opened=opened)
        return _original(photo, content)
    photo, content = see_photo(*asking, photo_id=int(number), purpose=Purpose(purpose))
    tag = f'"{photo.shown_sha256[:24]}-{purpose}"'
    # Kept by the reader's browser, but asked about each time: it may be withdrawn, and so may the right to see it.
    headers = {**_GUARDED, "ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Cookie"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="photo-{photo.id}.jpg"'
    return Response(content, media_type="image/jpeg", headers=headers)


def _original(photo: Photo, content: bytes) -> Response:
    """Return what was uploaded as a file to save: it is never shown, whatever is hidden in it."""
    ending = _ENDINGS.get(photo.format, "bin")
    headers = {
        **_GUARDED,
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="photo-{photo.id}-original.{ending}"',
    }
    return Response(content, media_type="application/octet-stream", headers=headers)
