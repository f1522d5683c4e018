"""The questions that the map's addresses ask, read and checked; a bad one gets a sentence back."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dashboard import session
from dashboard.mapping.places import Also
from dashboard.mapping.points import View
from problems.categories import Group
from problems.clock import day_end, day_start
from problems.errors import InputRefused
from problems.figures import Filters
from problems.people import LAPTOP, Principal
from problems.problem import Remediation
from problems.store import Box

_MAX_ZOOM = 22


@dataclass(frozen=True, slots=True)
class ProblemFilter:
    """Which problems to show: by category, status and age, and inside which area (None: everywhere).

    ``also_id`` is shown whatever the rest says: the one that is chosen. ``on`` is the day as of which they are shown
    (None: as they are). ``also`` says which places besides problems, ``who`` asks.
    """

    wanted: Filters = field(default_factory=Filters)
    area_id: int | None = None
    also_id: int | None = None
    on: date | None = None
    also: Also = Also.NOTHING
    who: Principal = LAPTOP


def view_asked(asked: Mapping[str, str]) -> View:
    """Return the view that the parameters ``bbox``, ``z``, ``from``, ``to``, ``groups``, ``area`` ask for.

    ``from`` and ``to`` are days of the deployment's zone, both included.

    Raises
    ------
    InputRefused
        When one of them is missing or makes no sense.
    """
    zone = session.get_settings().zone
    first, last = _day(asked, "from"), _day(asked, "to")
    if first and last and first > last:
        raise _refused("from", asked["from"], "it is later than “to”", "Ask for a period that begins before it ends.")
    return View(
        box=_box(asked.get("bbox", "")),
        zoom=_zoom(asked.get("z", "")),
        since_s=int(day_start(first, zone).timestamp()) if first else None,
        until_s=int(day_end(last, zone).timestamp()) if last else None,
        groups=_groups(asked),
        area_id=_area(asked),
    )


def problem_filter(asked: Mapping[str, str]) -> ProblemFilter:
    """Return the filter that ``groups``, ``status``, ``area``, ``all``, ``also``, ``places`` and ``on`` ask for.

    ``all=1`` adds problems that have ended or gone quiet, ``also=7`` the problem with the number 7;
    ``places=candidates`` or ``places=together`` adds places that
    belong to no problem; ``on=2026-10-12`` asks for the problems as they were known at the end of that day.

    Raises
    ------
    InputRefused
        When one of them is not a known word.
    """
    remediations = set()
    for word in _words(asked, "status"):
        if word not in tuple(Remediation):
            raise _refused("status", word, "there is no such status", f"Statuses are {', '.join(Remediation)}.")
        remediations.add(Remediation(word))
    everything = asked.get("all", "") == "1"
    filters = Filters(
        groups=_groups(asked),
        remediations=frozenset(remediations),
        include_quiet=everything,
        include_ended=everything,
    )
    also = asked.get("places", "") or Also.NOTHING.value
    if also not in tuple(Also):
        raise _refused("places", also, "there is no such choice", f"Choices are {', '.join(Also)}.")
    who = session.principal_named(asked.get(session.WORKING_AS, ""))
    return ProblemFilter(filters, _area(asked), _number(asked, "also", "a problem"), _day(asked, "on"), Also(also), who)


def _box(text: str) -> Box:
    possible = "Give west, south, east and north in degrees, such as bbox=-0.2,51.4,-0.1,51.5."
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise _refused("bbox", text, "it is not four numbers", possible) from None
    if not all(math.isfinite(edge) for edge in (west, south, east, north)):
        raise _refused("bbox", text, "it is not four numbers", possible)
    if west > east or south > north:
        raise _refused("bbox", text, "its edges are in the wrong order", possible)
    return Box(west, south, east, north)


def _zoom(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 2 and int(text) <= _MAX_ZOOM):
        raise _refused("z", text, "it is not a zoom step of the map", f"Give a whole number from 0 to {_MAX_ZOOM}.")
    return int(text)


def _day(asked: Mapping[str, str], name: str) -> date | None:
    text = asked.get(name, "")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _refused(name, text, "it is not a day", "Write days as 2026-03-31.") from None


def _groups(asked: Mapping[str, str]) -> frozenset[Group]:
    groups = set()
    for word in _words(asked, "groups"):
        if word not in tuple(Group):
            raise _refused("groups", word, "there is no such group", f"Groups are {', '.join(Group)}.")
        groups.add(Group(word))
    return frozenset(groups)


def _area(asked: Mapping[str, str]) -> int | None:
    return _number(asked, "area", "an area")


def _number(asked: Mapping[str, str], name: str, of_what: str) -> int | None:
    text = asked.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise _refused(name, text, f"it is not the number of {of_what}", "Leave it out to see everything.")
    return int(text)


def _words(asked: Mapping[str, str], name: str) -> list[str]:
    return [word for word in asked.get(name, "").split(",") if word]


def _refused(name: str, value: str, why: str, possible: str) -> InputRefused:
    return InputRefused(f"The map was asked for {name}=“{value[:60]}”, but {why}.", "", possible)
