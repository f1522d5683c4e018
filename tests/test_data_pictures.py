"""Photos: nothing hidden comes out, nothing hostile gets in, and the original stays as it was, sealed."""

import io
import zlib
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from cryptography.fernet import Fernet
from PIL import Image

from data.pictures.limits import SHOWN_PX, THUMBNAIL_PX, PhotoLimits
from data.pictures.preparing import prepare_photo
from data.run_folder import run_folder
from data.sealing import Sealer
from problems.errors import InputRefused, StoreRefused
from tests.photos import PARTICULARS, a_claim, a_photo

SEALER = Sealer(Fernet.generate_key().decode())


#: A child that says one word and then nothing.
_WAITING = (
    "import signal, sys; from struct import pack; sys.stdout.buffer.write(pack('>cI', b'P', 26)"
    ' + b\'{"doing": "x", "share": 0}\'); sys.stdout.flush(); signal.pause()'
)


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def refused(content: bytes, limits: PhotoLimits | None = None) -> str:
    with pytest.raises(InputRefused) as refusal:
        prepare_photo(content, SEALER, limits)
    assert refusal.value.asked == "The photo was not kept."
    assert refusal.value.possible
    return str(refusal.value)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_is_shown_holds_the_pixels_and_nothing_else(kind: str) -> None:
    original = a_photo(kind=kind)
    assert PARTICULARS.encode() in original
    made = prepare_photo(original, SEALER)
    assert (made.format, made.width, made.height, made.size_bytes) == (kind, 640, 480, len(original))
    for content in (made.shown, made.thumbnail):
        shown = opened(content)
        assert shown.format == "JPEG"
        assert not dict(shown.getexif())
        assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
        assert PARTICULARS.encode() not in content
    assert max(opened(made.thumbnail).size) == THUMBNAIL_PX


def test_the_original_is_kept_to_the_letter_and_sealed() -> None:
    original = a_photo()
    made = prepare_photo(original, SEALER)
    assert PARTICULARS.encode() not in made.sealed_original
    assert SEALER.open_bytes(made.sealed_original) == original
    assert made.original_sha256 == sha256(original).hexdigest()
    with pytest.raises(StoreRefused, match="another key"):
        Sealer(Fernet.generate_key().decode()).open_bytes(made.sealed_original)
    with pytest.raises(StoreRefused, match="damaged"):
        SEALER.open_bytes(made.sealed_original[:-1] + b"x")


@pytest.mark.parametrize(
    ("turned", "size", "dark"),
    [(1, (640, 480), "left"), (3, (640, 480), "right"), (6, (480, 640), "top"), (8, (480, 640), "bottom")],
)
def test_a_photo_is_shown_as_the_camera_was_held(turned: int, size: tuple[int, int], dark: str) -> None:
    shown = opened(prepare_photo(a_photo(turned=turned), SEALER).shown)
    assert shown.size == size
    grey = np.asarray(shown.convert("L")).astype(int)
    width, height = size
    sides = {
        "left": grey[:, : width // 4],
        "right": grey[:, -width // 4 :],
        "top": grey[: height // 4],
        "bottom": grey[-height // 4 :],
    }
    assert min(sides, key=lambda side: float(sides[side].mean())) == dark


def test_a_large_photo_becomes_smaller_and_keeps_its_shape() -> None:
    made = prepare_photo(a_photo(4500, 1500), SEALER)
    assert (made.width, made.height) == (SHOWN_PX, 683)


def test_what_can_be_seen_through_becomes_white_and_16_bits_become_8() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (30, 20), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(prepare_photo(out.getvalue(), SEALER).shown).getpixel((3, 3)) == (255, 255, 255)
    out = io.BytesIO()
    Image.fromarray(np.full((20, 30), 256 * 100, dtype=np.uint16)).save(out, "PNG")
    assert opened(prepare_photo(out.getvalue(), SEALER).shown).getpixel((3, 3)) == (100, 100, 100)


def test_a_photo_that_claims_to_be_huge_is_refused_by_its_head() -> None:
    assert "30,000 × 30,000 pixels" in refused(a_claim(30_000, 30_000))
    assert "1,100 × 1,000 pixels" in refused(a_photo(1100, 1000), PhotoLimits(max_megapixels=1))


def test_a_bomb_within_the_limits_is_read_in_little_memory_or_refused() -> None:
    row = b"\0" + b"\x80" * (7_000 * 4)
    pixels = zlib.compress(row * 7_000, 9)
    bomb = a_claim(7_000, 7_000, pixels)
    assert len(bomb) < 400_000, "196 MB of pixels in a small file"
    assert prepare_photo(bomb, SEALER).width <= SHOWN_PX
    assert "damaged" in refused(a_claim(7_000, 7_000, pixels[: len(pixels) // 2]))


@pytest.mark.parametrize(
    "content",
    [
        b"\x7fELF\x02\x01\x01" + b"\0" * 200,
        b"MZ" + b"\0" * 200,
        b"#!/bin/sh\nrm -rf /\n",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>",
        b"%PDF-1.7\n",
        b"GIF89a" + b"\0" * 50,
        b"PK\x03\x04" + b"\0" * 50,
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
    ],
)
def test_a_program_or_page_that_is_called_a_photo_is_refused(content: bytes) -> None:
    assert "it is not a photo" in refused(content)


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff\xe0" + b"MZ" * 500,
        b"\x89PNG\r\n\x1a\n" + b"<script>" * 30,
        b"RIFF\xff\xff\xff\xffWEBP" + b"\0" * 99,
        a_photo()[:3000],
        a_photo(kind="PNG")[:-4000],
    ],
    ids=["program with a head", "page with a head", "lying length", "cut off", "cut off PNG"],
)
def test_a_head_without_a_photo_behind_it_is_refused(content: bytes) -> None:
    assert "damaged" in refused(content)


def test_what_is_hung_on_behind_a_photo_is_not_shown() -> None:
    made = prepare_photo(a_photo() + b"PK\x03\x04<script>alert(1)</script>", SEALER)
    assert b"script" not in made.shown + made.thumbnail


def test_too_large_a_file_an_empty_one_and_heic_are_refused_in_their_own_words() -> None:
    assert "at most 1 MB" in refused(a_photo() + b"\0" * 1_000_001, PhotoLimits(max_mb=1))
    assert "empty" in refused(b"")
    assert "Most Compatible" in refused(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 90)


def test_a_child_that_makes_no_headway_or_dies_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    for start, said in (
        ("import os; os.abort()", "memory or time"),
        ("import sys; sys.stdout.buffer.write(b'H\\xff\\xff\\xff\\xffx')", "memory or time"),
        (_WAITING, "no headway"),
    ):
        monkeypatch.setattr("data.pictures.preparing._START", start)
        monkeypatch.setattr("data.pictures.preparing._SILENT_S", 0.5)
        assert said in refused(a_photo())


def test_nothing_is_left_in_the_folder_of_this_process() -> None:
    before = set(run_folder().iterdir())
    prepare_photo(a_photo(), SEALER)
    refused(a_claim(30_000, 30_000))
    assert {path for path in run_folder().iterdir() if path.name.startswith("photo")} <= before


def test_limits_are_settings(tmp_path: Path) -> None:
    from data.settings import read_settings

    file = tmp_path / "settings.toml"
    file.write_text("[photos]\nmax_mb = 5\nmax_megapixels = 12\n", encoding="utf-8")
    assert read_settings({"FIXPOINT_SETTINGS": str(file)}).photos == PhotoLimits(5, 12)
    for bad in ("max_mb = 0", "max_mb = 1.5", "max_megapixels = 900", "size = 3"):
        file.write_text(f"[photos]\n{bad}\n", encoding="utf-8")
        with pytest.raises(InputRefused, match=bad.split()[0]):
            read_settings({"FIXPOINT_SETTINGS": str(file)})
