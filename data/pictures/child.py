"""The child process: opens the one photo in its folder and says how it is shown, large and small.

Started by :mod:`data.pictures.preparing` only. What it hands back is drawn anew from the pixels alone, so
that neither the place where it was taken nor anything else that was hidden in the file is in it.
"""

import io
import json
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data.pictures.limits import SHOWN_PX, THUMBNAIL_PX
from data.reading.child import Mouth, end_with_parent, limit
from problems.errors import InputRefused

if TYPE_CHECKING:
    from PIL.Image import Image

FILE_NAME: Final = "photo"
ASKED: Final = "The photo was not kept."
#: Work that is allowed, in seconds of one processor: fifty million pixels take two.
_CPU_S: Final = 10
#: What some telephones write, several photos in one JPEG, is opened as JPEG and called MPO.
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_ORIENTATION: Final = 0x0112
_QUALITY: Final = {SHOWN_PX: 86, THUMBNAIL_PX: 80}
#: So many rows of the shown picture are made at once, that a large one is never in memory twice.
_ROWS_AT_ONCE: Final = 64
_SMALLER: Final = "Take it with fewer pixels, or make it smaller with any program for photos."


def main() -> None:
    """Take the photo apart and say what is shown of it."""
    max_pixels = int(sys.argv[1])
    end_with_parent()
    mouth = Mouth()
    try:
        # All that may open it is loaded before the limits: nothing else is looked for then.
        from PIL import JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401 - as said

        limit(_CPU_S)
        mouth.tell("Opening the photo", 0.0)
        _work(Path(FILE_NAME), max_pixels, mouth)
        mouth.say(b"D", b"")
    except InputRefused as error:
        mouth.refuse(error)
    except MemoryError:
        mouth.refuse(InputRefused(ASKED, "It needs more memory than a photo may take.", _SMALLER))
    except BrokenPipeError:
        os._exit(1)
    except Exception as error:  # noqa: BLE001 - whatever a hostile file brings about is a refusal; the cause is kept
        why = "It is damaged, incomplete, or of a kind that is not read here."
        possible = "Save it again as JPEG, with any program for photos."
        trace = f"{type(error).__name__} {traceback.format_exc(limit=8)[:8000]}"
        mouth.refuse(InputRefused(ASKED, why, possible), trace)
    os._exit(0)


def _work(path: Path, max_pixels: int, mouth: Mouth) -> None:
    from PIL import Image

    # Looked at below, before anything is unpacked, and told in our own words.
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(path, formats=_FORMATS) as opened:
        width, height = opened.size
        if width * height > max_pixels:
            raise InputRefused(
                ASKED,
                f"It has {width:,} × {height:,} pixels; at most {max_pixels // 10**6} million are read.",
                _SMALLER,
            )
        turned = opened.getexif().get(_ORIENTATION, 1)
        kind = "JPEG" if opened.format == "MPO" else str(opened.format)
        if opened.format in ("JPEG", "MPO"):
            opened.draft("RGB", (SHOWN_PX, SHOWN_PX))
        opened.load()
        shown = _upright(_flat(opened), turned)
    shown.thumbnail((SHOWN_PX, SHOWN_PX), Image.Resampling.LANCZOS)
    head = {"format": kind, "width": shown.width, "height": shown.height}
    mouth.say(b"H", json.dumps(head).encode())
    mouth.say(b"F", _jpeg(shown, SHOWN_PX))
    shown.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.LANCZOS)
    mouth.say(b"F", _jpeg(shown, THUMBNAIL_PX))


def _flat(opened: "Image") -> "Image":
    """Return the picture without transparency and with 8 bits a colour, at most twice as large as it is shown."""
    from PIL import Image

    factor = max(1, max(opened.size) // SHOWN_PX)
    width, height = (-(-side // factor) for side in opened.size)
    flat = Image.new("RGB", (width, height), "white")
    for top in range(0, height, _ROWS_AT_ONCE):
        bottom = min(opened.height, (top + _ROWS_AT_ONCE) * factor)
        strip = _plain(opened.crop((0, top * factor, opened.width, bottom)))
        flat.paste(strip if factor == 1 else strip.reduce(factor), (0, top))
    return flat


def _plain(strip: "Image") -> "Image":
    from PIL import Image

    if strip.mode.startswith("I"):
        import numpy as np

        # 16 bits of grey: the upper eight are what a screen shows.
        strip = Image.fromarray((np.asarray(strip).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8))
    if strip.mode in ("RGBA", "LA", "PA") or "transparency" in strip.info:
        over = strip.convert("RGBA")
        white = Image.new("RGBA", over.size, "white")
        strip = Image.alpha_composite(white, over)
    return strip.convert("RGB")


def _upright(picture: "Image", turned: object) -> "Image":
    """Return the picture as it was held: cameras note how they were turned, and the note goes with the rest."""
    from PIL.Image import Transpose

    ways = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    way = ways.get(turned) if isinstance(turned, int) else None
    return picture if way is None else picture.transpose(way)


def _jpeg(picture: "Image", longest_px: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY[longest_px], optimize=True, progressive=longest_px == SHOWN_PX)
    return out.getvalue()
