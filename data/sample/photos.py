"""Photos of the sample city: the same street corner before the work and after it, drawn and not taken.

Each picture says in its own lower edge that it is made up. Equal seeds give equal pictures.
"""

import io
from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple

from data.pictures.limits import THUMBNAIL_PX
from problems.categories import Group
from problems.visits import Picture, Shows

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

SIZE_PX: Final = (960, 640)
_GROUND: Final = 430
_KERB: Final = 520
_CAPTION: Final = "Made-up picture, drawn for the sample city"
_BRICKS: Final = ((164, 110, 92), (184, 148, 116), (150, 142, 134), (176, 124, 104))
_BAGS: Final = ((38, 40, 46), (52, 56, 60), (66, 74, 70))
_PAINTS: Final = ((206, 60, 90), (40, 120, 190), (240, 180, 40), (70, 160, 90))


class _Scene(NamedTuple):
    """What can be seen: ``draw(canvas, rng, is_after)``, and both pictures in words for those who cannot see them."""

    draw: Callable[["ImageDraw", Random, bool], None]
    before: str
    after: str
    is_night: bool = False


def made_up_photo(
    group: Group, shows: Shows, seed: int, taken_on: date, seal: Callable[[bytes], bytes]
) -> tuple[Picture, str] | None:
    """Return a picture of a problem and what can be seen on it; None for a group that nothing is to be seen of."""
    scene = _SCENES.get(group)
    if scene is None:
        return None
    picture = _drawn(scene, seed, taken_on, is_after=shows is Shows.AFTER)
    content, small = _jpeg(picture), picture.copy()
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    ready = Picture(
        original_sha256=sha256(content).hexdigest(),
        sealed_original=seal(content),
        shown=content,
        thumbnail=_jpeg(small),
        format="JPEG",
        size_bytes=len(content),
        width=SIZE_PX[0],
        height=SIZE_PX[1],
    )
    return ready, scene.after if shows is Shows.AFTER else scene.before


def _jpeg(picture: "Image") -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=80)
    return file.getvalue()


def _drawn(scene: _Scene, seed: int, taken_on: date, *, is_after: bool) -> "Image":
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", SIZE_PX, (24, 30, 48) if scene.is_night else (176, 202, 220))
    canvas = ImageDraw.Draw(picture, "RGBA")
    row, before_it = Random(seed), Random(seed + 1)  # noqa: S311 - houses and bags are drawn by them, no secrets
    _houses(canvas, row, is_night=scene.is_night)
    scene.draw(canvas, before_it, is_after)
    canvas.rectangle((0, SIZE_PX[1] - 34, SIZE_PX[0], SIZE_PX[1]), fill=(20, 24, 28, 210))
    canvas.text((14, SIZE_PX[1] - 29), f"{_CAPTION}, {taken_on}", fill=(255, 255, 255), font=ImageFont.load_default(18))
    return picture


def _houses(canvas: "ImageDraw", rng: Random, *, is_night: bool) -> None:
    """Draw a row of houses, the footway before them and the street; both pictures of a place have the same row."""
    left = -rng.randrange(90)
    while left < SIZE_PX[0]:
        width, top = rng.randrange(150, 230), rng.randrange(120, 210)
        colour = rng.choice(_BRICKS)
        wall = tuple(part // 3 for part in colour) if is_night else colour
        canvas.polygon(
            ((left, top), (left + width // 2, top - 60), (left + width, top)),
            fill=(40, 38, 44) if is_night else (92, 78, 74),
        )
        canvas.rectangle((left, top, left + width - 4, _GROUND), fill=wall)
        for x in range(left + 22, left + width - 50, 66):
            for y in range(top + 24, _GROUND - 120, 92):
                is_lit = is_night and rng.random() < 0.25
                glass = (226, 190, 110) if is_lit else (30, 34, 44) if is_night else (120, 144, 160)
                canvas.rectangle((x, y, x + 36, y + 54), fill=glass, outline=(236, 232, 224) if not is_night else None)
        canvas.rectangle((left + 24, _GROUND - 96, left + 66, _GROUND), fill=(60, 44, 40))
        left += width
    canvas.rectangle((0, _GROUND, SIZE_PX[0], _KERB), fill=(52, 54, 60) if is_night else (168, 166, 160))
    canvas.rectangle((0, _KERB, SIZE_PX[0], SIZE_PX[1]), fill=(34, 36, 42) if is_night else (96, 98, 102))


def _lamp(canvas: "ImageDraw", rng: Random, is_after: bool) -> None:
    x = rng.randrange(300, 660)
    if is_after:
        for step in range(12):
            spread = 40 + step * 22
            canvas.polygon(
                ((x + 60, 150), (x + 60 - spread, _KERB), (x + 60 + spread, _KERB)), fill=(255, 226, 150, 13)
            )
        canvas.ellipse((x + 36, 136, x + 84, 160), fill=(255, 240, 190))
    canvas.rectangle((x - 5, 140, x + 5, _KERB), fill=(84, 88, 94))
    canvas.rectangle((x, 134, x + 82, 142), fill=(84, 88, 94))


def _bags(canvas: "ImageDraw", rng: Random, is_after: bool) -> None:
    x = rng.randrange(220, 560)
    if is_after:
        canvas.rectangle((x + 70, _GROUND - 80, x + 150, _KERB - 10), fill=(54, 96, 70))
        canvas.rectangle((x + 64, _GROUND - 92, x + 156, _GROUND - 78), fill=(40, 74, 54))
        return
    mattress = ((x - 60, _KERB), (x - 30, _GROUND - 60), (x + 90, _GROUND - 50), (x + 120, _KERB))
    canvas.polygon(mattress, fill=(150, 128, 98))
    for _ in range(13):
        left, top, size = x + rng.randrange(-80, 210), _KERB - rng.randrange(40, 110), rng.randrange(46, 84)
        canvas.ellipse((left, top, left + size, top + size), fill=rng.choice(_BAGS), outline=(20, 20, 22))


def _wall(canvas: "ImageDraw", rng: Random, is_after: bool) -> None:
    x = rng.randrange(120, 360)
    canvas.rectangle((x, _GROUND - 150, x + 420, _GROUND + 20), fill=(196, 190, 178))
    if is_after:
        return
    for _ in range(7):
        left = x + rng.randrange(20, 300)
        points = [(left + step * 14, _GROUND - 70 + rng.randrange(-58, 60)) for step in range(9)]
        canvas.line(points, fill=rng.choice(_PAINTS), width=rng.randrange(6, 13), joint="curve")


def _hedge(canvas: "ImageDraw", rng: Random, is_after: bool) -> None:
    x = rng.randrange(100, 300)
    reach = _GROUND - 4 if is_after else _KERB - 4
    canvas.rectangle((x, _GROUND - 90, x + 520, reach), fill=(62, 96, 52))
    for _ in range(60 if is_after else 210):
        left = x + rng.randrange(-26, 520)
        top = rng.randrange(_GROUND - 100, _GROUND - 24) if is_after else rng.randrange(_GROUND - 150, _KERB - 24)
        size = rng.randrange(16, 30) if is_after else rng.randrange(24, 58)
        green = rng.randrange(80, 128)
        canvas.ellipse((left, top, left + size, top + size), fill=(52, green, 44))


def _building(canvas: "ImageDraw", rng: Random, is_after: bool) -> None:
    x = rng.randrange(200, 420)
    canvas.rectangle((x, 130, x + 380, _GROUND), fill=(138, 120, 108))
    for column in range(4):
        for row in range(2):
            left, top = x + 30 + column * 88, 160 + row * 110
            canvas.rectangle((left, top, left + 56, top + 80), fill=(112, 88, 60) if is_after else (26, 28, 32))
            if is_after:
                for plank in range(top + 10, top + 80, 20):
                    canvas.line((left, plank, left + 56, plank), fill=(84, 64, 42), width=2)
            else:
                canvas.polygon(
                    ((left, top), (left + rng.randrange(16, 40), top + 30), (left + 6, top + 74)), fill=(126, 150, 164)
                )
    door = (74, 82, 92) if is_after else (18, 18, 20)
    canvas.rectangle((x + 160, _GROUND - 84, x + 220, _GROUND), fill=door)


def _cars(canvas: "ImageDraw", rng: Random, is_after: bool) -> None:
    if is_after:
        for x in range(80, SIZE_PX[0], 92):
            canvas.rectangle((x, _KERB - 70, x + 14, _KERB), fill=(50, 52, 56))
            canvas.rectangle((x, _KERB - 62, x + 14, _KERB - 52), fill=(236, 232, 224))
        return
    for x in (rng.randrange(40, 120), rng.randrange(360, 420), rng.randrange(640, 690)):
        colour = tuple(rng.randrange(50, 190) for _ in range(3))
        top = _KERB - 66
        canvas.polygon(((x + 50, top), (x + 84, top - 46), (x + 178, top - 46), (x + 214, top)), fill=(120, 144, 160))
        canvas.rounded_rectangle((x, top - 4, x + 250, top + 50), 16, fill=colour)
        for wheel in (x + 34, x + 172):
            canvas.ellipse((wheel, top + 26, wheel + 48, top + 74), fill=(26, 26, 28))


_SCENES: Final[Mapping[Group, _Scene]] = {
    Group.LIGHTING: _Scene(
        _lamp,
        "A street at night: the lamp over the footway is dark.",
        "The same street at night: the lamp lights the footway.",
        is_night=True,
    ),
    Group.WASTE: _Scene(
        _bags,
        "A mattress and a dozen bags of rubbish on the footway.",
        "The footway is clear; a litter bin stands where the bags lay.",
    ),
    Group.DAMAGE: _Scene(
        _wall, "A low wall with paint in several colours all over it.", "The same wall, cleaned, without any paint."
    ),
    Group.OVERGROWTH: _Scene(
        _hedge, "A hedge that covers the whole width of the footway.", "The hedge is cut back to the garden’s edge."
    ),
    Group.PROPERTY: _Scene(
        _building,
        "An empty building with broken windows and an open door.",
        "The same building: windows boarded up, a steel door.",
    ),
    Group.VEHICLES: _Scene(
        _cars, "Three cars parked on the footway.", "The same footway, free of cars, with a row of bollards."
    ),
}
