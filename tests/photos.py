"""Photos to test with, made here: what a camera writes into one, and what a hostile one claims."""

import io
import struct
import zlib
from hashlib import sha256

import numpy as np
from PIL import Image

from problems.visits import Picture

PARTICULARS = "SOMECAMERA 53.8008N"
_ORIENTATION, _MAKE, _GPS = 0x0112, 0x010F, 0x8825


def a_photo(width: int = 640, height: int = 480, *, kind: str = "JPEG", turned: int = 1, seed: int = 1) -> bytes:
    """Return a photo whose left half is dark and whose right half is light, with place and camera in it."""
    pixels = np.random.default_rng(seed).integers(0, 60, (height, width, 3), dtype=np.uint8)
    pixels[:, width // 2 :] += 180
    particulars = Image.Exif()
    particulars[_ORIENTATION] = turned
    particulars[_MAKE] = PARTICULARS
    particulars.get_ifd(_GPS)[2] = (53.0, 48.0, 2.88)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, exif=particulars)
    return out.getvalue()


def a_claim(width: int, height: int, pixels: bytes = b"") -> bytes:
    """Return a PNG that says it has so many pixels, with this compressed content."""

    def part(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", pixels) + part(b"IEND", b"")


def a_picture(words: str = "one") -> Picture:
    """Return a picture that is ready to be kept, without any pixels: the rules look at hashes alone."""
    original = f"original {words}".encode()
    return Picture(
        original_sha256=sha256(original).hexdigest(),
        sealed_original=b"sealed " + original,
        shown=f"shown {words}".encode(),
        thumbnail=f"small {words}".encode(),
        format="JPEG",
        size_bytes=len(original),
        width=640,
        height=480,
    )


def unsealed(sealed: bytes) -> bytes:
    """Open what :func:`a_picture` sealed."""
    return sealed.removeprefix(b"sealed ")
