"""Who may be shown how people are served, tell residents of fixes, and say what residents are told and shown."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from problems.areas import AreaKind
from problems.briefing.weeks import IsoWeek
from problems.fixes.digest import Period
from problems.public import PublicLevel
from problems.themes.page import Span
from problems.use_cases import publishing, serving, telling_fixes
from tests.briefed import STANDARDS
from tests.scenes import COORDINATOR, LONDON


def _period(town: Any) -> Period:
    return Period.of_months(town.today - timedelta(days=90), town.today)


def _note(town: Any, ask: Any) -> object:
    made = town.store, COORDINATOR, town.clock, 1
    digest = telling_fixes.tell_fixes(*made, period=_period(town), zone=LONDON)
    return telling_fixes.note_fixes_told(*ask, digest=digest, file_name="fixes.html")


_THEMES = {name: value for name, value in STANDARDS.items() if name != "kinds"}

#: As in :mod:`tests.test_problems_roles`.
SERVING_CASES: dict[str, tuple[Callable[[Any, Any], object], str]] = {
    "serving.serve_themes": (
        lambda town, ask: serving.serve_themes(*ask, span=Span(IsoWeek.of(town.today)), **_THEMES),
        "ocmas",
    ),
    "telling_fixes.tell_fixes": (
        lambda town, ask: telling_fixes.tell_fixes(*ask, period=_period(town), zone=LONDON),
        "ocmas",
    ),
    "telling_fixes.tell_fixes_by_area": (
        lambda town, ask: list(
            telling_fixes.tell_fixes_by_area(*ask, period=_period(town), zone=LONDON, kind=AreaKind.WARD)
        ),
        "ocmas",
    ),
    "telling_fixes.note_fixes_told": (_note, "ocmas"),
    "publishing.allow_photo": (
        lambda town, ask: publishing.allow_photo(
            *ask, photo_id=1, public=True, seen_version=town.store.photo(1).version
        ),
        "c",
    ),
    "publishing.set_public_level": (
        lambda town, ask: publishing.set_public_level(
            *ask, problem_id=1, level=PublicLevel.AREA, seen_version=town.store.problem(1).version
        ),
        "c",
    ),
}
