"""The sections of a briefing in their order, each with its sentence, drawn on the page or one by one."""

from collections.abc import Callable, Mapping
from typing import Final

from dashboard.parts.briefing_board import show_header, show_last, show_map, show_states, show_top, show_wanted
from dashboard.parts.briefing_figures import Reading
from dashboard.parts.briefing_flow import show_changes, show_fixes, show_remediation, show_service
from dashboard.parts.briefing_people import show_caveats, show_residents, show_worked
from dashboard.parts.markup import draw, element, joined, section
from dashboard.parts.notices import remark
from dashboard.wording import listed
from problems.briefing.figure import Section

Draw = Callable[[Reading], None]

#: What a section is made of; when it is presented, each part is a screen of its own.
_DRAWN: Final[Mapping[Section, tuple[tuple[str, Draw], ...]]] = {
    Section.HEADER: (("", show_header),),
    Section.DECISIONS: (("", show_wanted),),
    Section.LAST_DECISIONS: (("", show_last),),
    Section.BOARD: (("", show_states), ("at the top", show_top)),
    Section.MAP: (("", show_map),),
    Section.CHANGES: (("", show_changes),),
    Section.SERVICE: (("", show_service), ("time to a fix", show_fixes)),
    Section.REMEDIATION: (("", show_remediation),),
    Section.RESIDENTS: (("", show_residents),),
    Section.WORKED: (("", show_worked),),
    Section.CAVEATS: (("", show_caveats),),
}


def heading(of: Section) -> str:
    """Return what a section is headed: its number and name."""
    return of.label if of is Section.HEADER else f"{of.number}. {of.label}"


def sections_shown(reading: Reading) -> list[Section]:
    """Return the sections that the reader is shown, in their order."""
    hidden = {one.section for one in reading.briefing.withheld}
    return [one for one in Section if one not in hidden]


def screens_of(reading: Reading) -> list[tuple[str, Draw]]:
    """Return the screens of a presentation: what each is headed, and what draws it; nothing empty."""
    found: list[tuple[str, Draw]] = []
    board, service = reading.briefing.board, reading.briefing.service
    empty: dict[Draw, bool] = {
        show_top: not board.top,
        show_fixes: not (service.fix_by_category or service.fix_by_partner),
    }
    for one in sections_shown(reading):
        for name, drawn in _DRAWN[one]:
            if name and empty.get(drawn):
                continue
            found.append((f"{heading(one)}: {name}", drawn) if name else (heading(one), _with_sentence(one, drawn)))
    return found


def _with_sentence(of: Section, drawn: Draw) -> Draw:
    def both(reading: Reading) -> None:
        _sentence(reading, of)
        drawn(reading)

    return both


def _sentence(reading: Reading, of: Section) -> None:
    said = dict(reading.briefing.sentences()).get(of, "")
    if said:
        draw(element("p", said, css="fx-reading fx-brief-said"))
    named = [one for one in reading.briefing.named.get(of, ()) if one.value]
    if named:
        ways = [element("li", f"{one.label}: ", reading.number(one)) for one in named]
        draw(element("ul", joined(ways), css="fx-brief-named fx-quiet"))


def show_sections(reading: Reading) -> None:
    """Draw all sections, and which are not shown to this reader."""
    for one in sections_shown(reading):
        section(heading(one))
        _sentence(reading, one)
        for _, drawn in _DRAWN[one]:
            drawn(reading)
    withheld = reading.briefing.withheld
    if withheld:
        section("Not shown to you")
        for why in dict.fromkeys(one.why for one in withheld):
            names = [one.section.label for one in withheld if one.why == why]
            remark(f"{listed(names)}: {why}")
