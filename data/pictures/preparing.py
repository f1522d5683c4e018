"""Make an uploaded photo ready to be kept: looked at, taken apart in a guarded process, its original sealed."""

import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final

from data.pictures.child import ASKED, FILE_NAME
from data.pictures.limits import PhotoLimits
from data.reading.guarded import Frames, started
from data.run_folder import put_aside
from data.sealing import Sealer
from problems.errors import InputRefused
from problems.progress import silent
from problems.visits import Picture

_START: Final = "import sys; sys.path.insert(0, sys.argv.pop(1)); from data.pictures.child import main; main()"
_POSSIBLE: Final = "Photos can be JPEG, PNG or WebP."
_MEGA: Final = 1_000_000
#: A picture is unpacked without a word; the child's own limit of work ends what is made never to end.
_SILENT_S: Final = 30.0
#: Each may come to hundreds of megabytes for a moment: one after the other.
_one_at_a_time = BoundedSemaphore(1)


def prepare_photo(content: bytes, sealer: Sealer, limits: PhotoLimits | None = None) -> Picture:
    """Return an upload as it can be kept: what is shown of it, drawn anew, and its sealed original.

    Raises
    ------
    InputRefused
        When it is too large, no photo, of a kind that is not read, damaged, or made to take a program over.
    """
    limits = limits or PhotoLimits()
    _look_at(content, limits)
    folder = put_aside("photo")
    try:
        with _one_at_a_time:
            head, shown, thumbnail = _taken_apart(content, folder, limits)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Picture(
        original_sha256=sha256(content).hexdigest(),
        sealed_original=sealer.seal_bytes(content),
        shown=shown,
        thumbnail=thumbnail,
        format=str(head["format"]),
        size_bytes=len(content),
        width=int(head["width"]),
        height=int(head["height"]),
    )


def _look_at(content: bytes, limits: PhotoLimits) -> None:
    """Refuse what is no photo by its first bytes: the name and what the browser says prove nothing."""
    if not content:
        raise InputRefused(ASKED, "The file is empty.", _POSSIBLE)
    if len(content) > limits.max_mb * _MEGA:
        raise InputRefused(
            ASKED,
            f"It has {len(content) / _MEGA:.1f} MB, and at most {limits.max_mb} MB are taken.",
            "Make it smaller with any program for photos.",
        )
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1"):
        raise InputRefused(
            ASKED,
            "It is in Apple’s HEIC format, which is not read here.",
            "Send it as JPEG: on an iPhone under Settings, Camera, Formats, Most Compatible.",
        )
    is_webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    if not (content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or is_webp):
        raise InputRefused(ASKED, "By its content it is not a photo, whatever it is called.", _POSSIBLE)


class _PhotoFrames(Frames):
    """What the child says about a photo, with the refusals that fit one."""

    def _stuck(self) -> InputRefused:
        why = "Opening it made no headway: it is damaged, or made never to end."
        return InputRefused(ASKED, why, "Save it again as JPEG, with any program for photos.")

    def _died(self) -> InputRefused:
        why = "It needs more memory or time than a photo may take, or it is damaged."
        return InputRefused(ASKED, why, "Save it again as JPEG, with any program for photos.")


def _taken_apart(content: bytes, folder: Path, limits: PhotoLimits) -> tuple[Mapping[str, Any], bytes, bytes]:
    path = folder / FILE_NAME
    path.write_bytes(content)
    with started(folder, _START, str(limits.max_megapixels * _MEGA)) as child:
        frames = _PhotoFrames(child, path, _SILENT_S, silent)
        head = frames.first(b"H")
        pictures = [payload for tag, payload in frames if tag == b"F"]
    if len(pictures) != 2 or not all(one.startswith(b"\xff\xd8\xff") for one in pictures):
        raise InputRefused(ASKED, "Its pixels could not be read.", _POSSIBLE)
    return head, pictures[0], pictures[1]
