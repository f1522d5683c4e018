"""Below the map: the places that are outlined besides the problems, as a table that says the same."""

from collections.abc import Sequence
from typing import Final

from dashboard.mapping.places import Also, Outlined, Seen
from dashboard.parts.area_address import AREA, ring_spec
from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, element, link, section, table
from dashboard.parts.notices import remark
from dashboard.views.draw import PATH as DRAW
from dashboard.wording import NOTHING, count
from problems.errors import InputRefused
from problems.naming import Names

_SHOWN: Final = 30
_HEADS: Final = {
    Also.CANDIDATES: "Candidates: not clearly above the usual",
    Also.TOGETHER: "All kinds taken together",
    Also.SQUARES: "Squares above the usual",
}
_EXPLAINED: Final = {
    Also.CANDIDATES: (
        "Reports lie close together here, but chance could bring as many. "
        "These are no hot spots, and no problem is made of them by itself. Who knows more than the counts can look "
        "closer and make one."
    ),
    Also.TOGETHER: (
        "Here the reports of all kinds together are more than is usual at this place. It points at places that decline "
        "as a whole; who has to do what follows from the single kinds."
    ),
    Also.SQUARES: (
        "A second opinion that knows no hot spots: the town in squares, each seen with its neighbours (Gi* on what is "
        "more than usual). Where the lines of a grid run is chance: a hot spot between two squares may be missing, "
        "and a square may stand out for two places that are too weak alone."
    ),
}
_NONE: Final = {
    Also.CANDIDATES: "None with these filters: every place where reports concentrate is clearly above the usual.",
    Also.TOGETHER: "None with these filters: taken together, the reports are nowhere clearly above the usual.",
    Also.SQUARES: "None with these filters: no square with its neighbours is clearly above the usual.",
}


def show_places(desk: Desk, also: Also, seen: Seen) -> None:
    """Draw the places as a table, each with its sentence and a way to look closer, where any were asked for."""
    if also is Also.NOTHING:
        return
    section(_HEADS[also], count(len(seen.places), "place"))
    if seen.summary:
        draw(element("p", seen.summary, css="fx-reading"))
    if not seen.places:
        remark(_NONE[also])
        return
    remark(_EXPLAINED[also])
    names = Names(desk.store)
    rows = [_row(names, place) for place in seen.places[:_SHOWN]]
    draw(table(_HEADS[also], ("Place", "What was reported", "Look closer"), rows, stacked=True))
    if len(seen.places) > _SHOWN:
        remark(f"The {_SHOWN} with the most incidents are listed; the filters above narrow them down.")


def _row(names: Names, place: Outlined) -> Sequence[object]:
    street, area = names.street_at((), place.lon_lat), names.area(place.lon_lat)
    called = ", ".join(part for part in (street, area) if part) or "near {1:.4f}, {0:.4f}".format(*place.lon_lat)
    return called, place.words, _closer(place)


def _closer(place: Outlined) -> object:
    try:
        spec = ring_spec(place.outline)
    except InputRefused:
        return NOTHING  # its outline is of several pieces, which an address cannot hold
    return link(f"/{DRAW}", "Counts and reports", query={AREA: spec})
