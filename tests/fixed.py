"""A town in which fixes were verified, for the tests of what residents are told and how they are served."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from PIL import Image

from problems.areas import Street
from problems.fixes.digest import Digest, Period
from problems.people import Principal
from problems.problem import Problem, ProblemStatus
from problems.use_cases.evidencing import add_photo
from problems.use_cases.publishing import allow_photo
from problems.use_cases.telling_fixes import tell_fixes
from problems.visits import Photo, Picture, Shows
from tests.scenes import CENTRE, COMMANDER, COORDINATOR, DEGREE_EAST, LONDON, OFFICER, Scene, days_before

#: Monday; the work was done in February and seen on 3 March.
TODAY = date(2026, 3, 9)
PERIOD = Period(date(2026, 3, 1), date(2026, 3, 31))
STREET = "Mill Lane"


def a_shot(colour: tuple[int, int, int]) -> Picture:
    """Return a picture of one colour that is ready to be kept, with a place hidden in it."""
    out, hidden = io.BytesIO(), Image.Exif()
    hidden[0x010F] = "SOMECAMERA"
    hidden.get_ifd(0x8825)[2] = (53.0, 48.0, 2.88)
    Image.new("RGB", (1200, 900), colour).save(out, "JPEG", exif=hidden)
    content = out.getvalue()
    name = sha256(content).hexdigest()
    return Picture(name, b"sealed" + content, content, content, "JPEG", len(content), 1200, 900)


def street_through(scene: Scene, name: str = STREET) -> None:
    """Draw a street from west to east through the centre."""
    ends = [[CENTRE[0] - 300 * DEGREE_EAST, CENTRE[1]], [CENTRE[0] + 300 * DEGREE_EAST, CENTRE[1]]]
    with scene.store.writing() as unit:
        unit.add_streets([Street(0, name, 1, {"type": "LineString", "coordinates": ends})])


def verified(scene: Scene, *, code: str = "LGT-OUT", reports: int = 24, at_m: tuple[float, float] = (0.0, 0.0),
             told: Sequence[dict[str, Any]] = (), visited_on: date | None = None) -> Problem:  # fmt: skip
    """Send reports of a place in January, take it on, and verify its fix on 3 March; the day is then 9 March.

    ``visited_on`` is the day of the visit, 3 March where none is named.
    """
    known = {one.id for one in scene.store.problems()}
    scene.today = date(2026, 2, 2)
    sent = scene.spot(at_m, days_before(scene.today, reports, step=1), code=code)
    own = [replace(one, **(told[at] if at < len(told) else {})) for at, one in enumerate(sent)]
    scene.send(*own)
    scene.refresh()
    problem = next(one for one in scene.store.problems() if one.id not in known and one.group == code[:3])
    scene.today = date(2026, 2, 20)
    problem = scene.remediated(problem)
    scene.today = date(2026, 3, 3)
    problem = scene.move(
        OFFICER, problem, ProblemStatus.VERIFIED, visited_on=visited_on or scene.today,
        note="All lamps are lit: Omar Hale saw it.",
    )  # fmt: skip
    scene.today = TODAY
    return problem


def add_pair(scene: Scene, problem: Problem, *, public: bool = True, alt: str = "The lamp") -> list[Photo]:
    """Add a photo from before and one from after the work, which the public may see or not."""
    found = []
    for shows, colour in ((Shows.BEFORE, (20, 20, 40)), (Shows.AFTER, (200, 200, 120 + len(alt)))):
        photo = add_photo(
            scene.store, OFFICER, scene.clock, 1, problem_id=problem.id, picture=a_shot(colour), shows=shows,
            alt=f"{alt} {'is dark' if shows is Shows.BEFORE else 'is lit'}.",
        )  # fmt: skip
        if public:
            photo = allow_photo(
                scene.store, COORDINATOR, scene.clock, 1, photo_id=photo.id, public=True, seen_version=photo.version
            )
        found.append(photo)
    return found


def told(scene: Scene, period: Period = PERIOD, *, who: Principal = COMMANDER, **asked: Any) -> Digest:
    """Return what residents are told, as asked on the day of the scene."""
    return tell_fixes(scene.store, who, scene.clock, 1, period=period, zone=LONDON, **asked)


def later(scene: Scene, days: int) -> None:
    """Let some days pass."""
    scene.today += timedelta(days=days)
