"""The sections of a briefing in their order, each with its sentence, drawn on the page."""

from collections.abc import Callable, Mapping
from typing import Final

from dashboard.parts.briefing_board import (
    show_gaps,
    show_header,
    show_last,
    show_map,
    show_moves,
    show_others_wanted,
    show_owners,
    show_states,
    show_taken,
    show_top,
    show_wanted,
)
from dashboard.parts.briefing_figures import Reading
from dashboard.parts.briefing_flow import (
    show_changes,
    show_fixes,
    show_flow,
    show_more_changes,
    show_partners,
    show_remediation,
    show_series,
    show_service,
)
from dashboard.parts.briefing_meeting import settle_rows
from dashboard.parts.briefing_people import (
    show_areas,
    show_came_back,
    show_cautions,
    show_faults,
    show_residents,
    show_worked,
)
from dashboard.parts.markup import draw, element, joined, section
from dashboard.parts.notices import remark
from dashboard.wording import listed
from problems.briefing.figure import Section

Draw = Callable[[Reading], None]

#: What a section is made of on the page; :mod:`dashboard.parts.briefing_slides` cuts it into slides.
_DRAWN: Final[Mapping[Section, tuple[Draw, ...]]] = {
    Section.HEADER: (show_header, show_gaps),
    Section.DECISIONS: (show_wanted, show_others_wanted),
    Section.LAST_DECISIONS: (show_last, show_taken, show_owners, settle_rows),
    Section.BOARD: (show_moves, show_states, show_top),
    Section.MAP: (show_map,),
    Section.CHANGES: (show_changes, show_more_changes, show_series),
    Section.SERVICE: (show_service, show_flow, show_fixes),
    Section.REMEDIATION: (show_remediation, show_partners),
    Section.RESIDENTS: (show_residents,),
    Section.WORKED: (show_worked, show_came_back),
    Section.CAVEATS: (show_areas, show_faults, show_cautions),
}


def heading(of: Section) -> str:
    """Return what a section is headed: its number and name."""
    return of.label if of is Section.HEADER else f"{of.number}. {of.label}"


def sections_shown(reading: Reading) -> list[Section]:
    """Return the sections that the reader is shown, in their order."""
    hidden = {one.section for one in reading.briefing.withheld}
    return [one for one in Section if one not in hidden]


def show_sentence(reading: Reading, of: Section) -> None:
    """Draw the sentence that a section begins with."""
    said = dict(reading.briefing.sentences()).get(of, "")
    if said:
        draw(element("p", said, css="fx-reading fx-brief-said"))


def _show_named(reading: Reading, of: Section) -> None:
    """Draw the counts that the sentence names and no figure beside it tells, each a way to its rows."""
    named = [one for one in reading.briefing.named.get(of, ()) if one.value]
    if named:
        ways = [element("li", f"{one.label}: ", reading.number(one)) for one in named]
        draw(element("ul", joined(ways), css="fx-brief-named fx-quiet"))


def show_sections(reading: Reading) -> None:
    """Draw all sections, and which are not shown to this reader."""
    for one in sections_shown(reading):
        section(heading(one))
        show_sentence(reading, one)
        _show_named(reading, one)
        for drawn in _DRAWN[one]:
            drawn(reading)
    withheld = reading.briefing.withheld
    if withheld:
        section("Not shown to you")
        for why in dict.fromkeys(one.why for one in withheld):
            names = [one.section.label for one in withheld if one.why == why]
            remark(f"{listed(names)}: {why}")
