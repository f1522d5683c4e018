"""The slides of a briefing: each section is cut so that nothing of it lies below the edge of a screen of 1440 x 800."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar

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
from dashboard.parts.briefing_cut import ROOM, TABLE_HEAD, cut, height_of_row, height_of_text, short
from dashboard.parts.briefing_figures import Reading
from dashboard.parts.briefing_flow import (
    MOST_CHARTS,
    has_flow,
    show_changes,
    show_fixes,
    show_flow,
    show_more_changes,
    show_partners,
    show_remediation,
    show_service,
)
from dashboard.parts.briefing_meeting import is_at_meeting, noted, settle_rows, settled_before, show_noted
from dashboard.parts.briefing_people import (
    show_areas,
    show_came_back,
    show_cautions,
    show_faults,
    show_residents,
    show_worked,
)
from dashboard.parts.briefing_sections import Draw, heading, sections_shown, show_sentence
from problems.briefing.briefing import Briefing, DecisionTaken, FixOf, TopProblem, Wanted
from problems.briefing.figure import Section
from problems.briefing.happened import Worked
from problems.briefing.meetings import MeetingDecision, MeetingNote

#: Heights at 1440 pixels across: a row of key figures, a heading within a slide, a line beneath, a bar in a row.
_FIGURES, _SUBHEAD, _LINE, _BAR = 118, 54, 44, 18
_FIGURES_A_ROW: Final = 5
_CHARTS_A_SLIDE: Final = 2
_OWNERS_BESIDE: Final = 5
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: what follows the heading of its section, what it shows of the briefing, and what draws it."""

    name: str
    shown: Briefing
    drawn: tuple[Draw, ...]


def slides_of(reading: Reading) -> list[tuple[str, Draw]]:
    """Return the slides in their order, heading and what draws it: the sections, then the meeting for whom it is.

    Slides of one heading are counted: “3. Problem board (1 of 2)”. None is empty.
    """
    found: list[tuple[str, Draw]] = []
    for of in sections_shown(reading):
        for at, one in enumerate(_MADE[of](reading)):
            title = f"{heading(of)}: {one.name}" if one.name else heading(of)
            found.append((title, partial(_show, slide=one, of=None if at else of)))
    if is_at_meeting(reading.desk):
        found += [("This meeting", drawn) for drawn in _meeting(reading)]
    titles = [title for title, _ in found]
    return [
        (
            f"{title} ({titles[:at].count(title) + 1} of {titles.count(title)})" if titles.count(title) > 1 else title,
            one,
        )
        for at, (title, one) in enumerate(found)
    ]


def _show(reading: Reading, *, slide: Slide, of: Section | None) -> None:
    """Draw a slide; the first of a section begins with its sentence."""
    if of is not None:
        show_sentence(reading, of)
    piece = replace(reading, briefing=slide.shown, whole=reading.briefing)
    for drawn in slide.drawn:
        drawn(piece)


def _said(briefing: Briefing, of: Section) -> int:
    """Return how high the sentence of a section is."""
    words = dict(briefing.sentences()).get(of, "")
    return height_of_text(words, 92, line=38) if words else 0


def _figures(count: int) -> int:
    return -(-count // _FIGURES_A_ROW) * _FIGURES


def _slides(
    rows: Sequence[Row],
    height: Callable[[Row], int],
    shown: Callable[[tuple[Row, ...]], Briefing],
    drawn: Draw,
    *,
    above: int = 0,
    every: int = 0,
    below: int = 0,
    first: tuple[Draw, ...] = (),
    last: tuple[Draw, ...] = (),
    name: str = "",
) -> Iterator[Slide]:
    """Yield slides of rows. ``above`` stands on the first, ``below`` on the last, ``every`` on each: heights."""
    pieces = cut([height(one) for one in rows], ROOM - above - every, ROOM - every, below)
    if not pieces:
        yield Slide(name, shown(()), (*first, *last))
    for at, (start, stop) in enumerate(pieces):
        around = (*(first if not at else ()), drawn, *(last if at == len(pieces) - 1 else ()))
        yield Slide(name, shown(tuple(rows[start:stop])), around)


# -- the week, 1 and 2 --


def _header(reading: Reading) -> Iterator[Slide]:
    of = reading.briefing
    late = [replace(one, sentence=short(one.sentence, 220)) for one in of.header.late_feeds]
    names = tuple((source, short(name, 40), count) for source, name, count in of.header.unmapped_names)
    yield from _slides(
        late,
        lambda one: height_of_text(f"{one.source}: {one.sentence}", 90) + 30,
        lambda some: replace(of, header=replace(of.header, late_feeds=some, unmapped_names=names)),
        show_gaps,
        above=_said(of, Section.HEADER) + _FIGURES,
        every=110 if names else 0,
        first=(show_header,) if late else (show_header, show_gaps),
    )


def _wanted(reading: Reading) -> Iterator[Slide]:
    of = reading.briefing

    def shortened(one: Wanted) -> Wanted:
        return replace(
            one,
            title=short(one.title, 70),
            recommendation=short(one.recommendation, 90),
            why=short(one.why, 190),
            owner=short(one.owner, 60),
        )

    yield from _slides(
        [shortened(one) for one in of.decisions.wanted],
        lambda one: 90 + height_of_text(f"{one.recommendation} {one.why}", 90),
        lambda some: replace(of, decisions=replace(of.decisions, wanted=some)),
        show_wanted,
        above=_said(of, Section.DECISIONS),
        below=_LINE,
        last=(show_others_wanted,),
    )


def _last(reading: Reading) -> Iterator[Slide]:
    of = reading.briefing
    whole = of.last_decisions

    def shortened(one: DecisionTaken) -> DecisionTaken:
        return replace(
            one, decided=short(one.decided, 90), title=short(one.title, 60), why=short(one.why, 90),
            owner=short(one.owner, 40),
        )  # fmt: skip

    owners = len(whole.by_owner) if len(whole.by_owner) > 1 else 0
    beside = owners <= _OWNERS_BESIDE
    yield from _slides(
        [shortened(one) for one in whole.taken],
        lambda one: height_of_row(
            (one.decided, 24), (f"{one.ref} {one.title}", 24), (one.why, 20), (one.owner, 12), under=True
        ),
        lambda some: replace(of, last_decisions=replace(whole, taken=some)),
        show_taken,
        above=_said(of, Section.LAST_DECISIONS) + _FIGURES,
        every=TABLE_HEAD,
        below=TABLE_HEAD + owners * height_of_row() if owners and beside else 0,
        first=(show_last,),
        last=(show_owners,) if beside else (),
    )
    if owners and not beside:
        yield from _slides(
            whole.by_owner,
            lambda one: height_of_row((one.owner, 50)),
            lambda some: replace(of, last_decisions=replace(whole, by_owner=some)),
            show_owners,
            every=TABLE_HEAD,
            name="by owner",
        )
    before = [replace(one, text=short(one.text, 200), why=short(one.why, 120)) for one in settled_before(reading)]
    heights = [24 + height_of_text(f"{one.text} {one.owner} {one.why}", 70) for one in before]
    for start, stop in cut(heights, ROOM - _SUBHEAD, ROOM - _SUBHEAD):
        yield Slide("as they stand today", of, (partial(settle_rows, decisions=before[start:stop]),))


# -- 3 to 5 --


def _board(reading: Reading) -> Iterator[Slide]:
    of = reading.briefing
    yield from _slides(
        of.board.states,
        lambda _one: height_of_row(),
        lambda some: replace(of, board=replace(of.board, states=some)),
        show_states,
        above=_said(of, Section.BOARD) + _FIGURES,
        every=TABLE_HEAD,
        first=(show_moves,),
    )

    def shortened(one: TopProblem) -> TopProblem:
        return replace(
            one, name=short(one.name, 60), kind=short(one.kind, 30), area=short(one.area, 24),
            owner=short(one.owner, 36), next_step=short(one.next_step, 90),
        )  # fmt: skip

    if of.board.top:
        yield from _slides(
            [shortened(one) for one in of.board.top],
            lambda one: height_of_row((f"{one.ref} {one.name}", 23), (one.owner, 10), (one.next_step, 24), under=True),
            lambda some: replace(of, board=replace(of.board, top=some)),
            show_top,
            every=TABLE_HEAD,
            name="at the top",
        )


def _map(reading: Reading) -> Iterator[Slide]:
    yield Slide("", reading.briefing, (show_map,))


def _changes(reading: Reading) -> Iterator[Slide]:
    of = reading.briefing
    drawn = of.changes.drawn[:MOST_CHARTS]
    for start in range(0, len(drawn), _CHARTS_A_SLIDE):
        some = tuple(
            replace(
                one,
                signal=replace(one.signal, name=short(one.signal.name, 60), sentence=short(one.signal.sentence, 150)),
            )
            for one in drawn[start : start + _CHARTS_A_SLIDE]
        )
        is_last = start + _CHARTS_A_SLIDE >= len(drawn)
        piece = replace(of, changes=replace(of.changes, called_out=some))
        yield Slide("", piece, (show_changes, *((show_more_changes,) if is_last else ())))
    if not drawn:
        yield Slide("", of, ())


# -- 6 to 8 --


def _service(reading: Reading) -> Iterator[Slide]:
    of = reading.briefing
    yield Slide("", of, (show_service,))
    if has_flow(of.service):
        yield Slide("in, out and open", of, (show_flow,))
    for fixes, by in ((of.service.fix_by_category, "category"), (of.service.fix_by_partner, "partner")):
        if fixes:
            yield from _fixes(of, fixes, by)


def _fixes(of: Briefing, fixes: Sequence[FixOf], by: str) -> Iterator[Slide]:
    def only(some: tuple[FixOf, ...]) -> Briefing:
        none: tuple[FixOf, ...] = ()
        by_category, by_partner = (some, none) if by == "category" else (none, some)
        return replace(of, service=replace(of.service, fix_by_category=by_category, fix_by_partner=by_partner))

    yield from _slides(
        [replace(one, times=replace(one.times, name=short(one.times.name, 60))) for one in fixes],
        lambda one: _BAR + height_of_row((one.times.name, 34)),
        only,
        show_fixes,
        every=_SUBHEAD + TABLE_HEAD + _LINE,
        name="time to a fix",
    )


def _remediation(reading: Reading) -> Iterator[Slide]:
    of = reading.briefing
    yield from _slides(
        [replace(one, name=short(one.name, 60)) for one in of.remediation.partners],
        lambda one: _BAR + height_of_row((one.name, 24), ("; ".join(f"0 {why}" for why in one.blocked_by), 26)),
        lambda some: replace(of, remediation=replace(of.remediation, partners=some)),
        show_partners,
        above=_said(of, Section.REMEDIATION) + _FIGURES,
        every=TABLE_HEAD,
        first=(show_remediation,),
    )


def _residents(reading: Reading) -> Iterator[Slide]:
    yield Slide("", reading.briefing, (show_residents,))


# -- 9 and 10 --


def _worked(reading: Reading) -> Iterator[Slide]:
    of = reading.briefing

    def shortened(one: Worked) -> Worked:
        return replace(
            one, name=short(one.name, 70), sentence=short(one.sentence, 280), displacement=short(one.displacement, 150)
        )

    yield from _slides(
        [shortened(one) for one in of.worked.assessed],
        lambda one: 124 + height_of_text(one.sentence, 90) + height_of_text(f"{one.displacement}{' ' * 90}", 95),
        lambda some: replace(of, worked=replace(of.worked, assessed=some)),
        show_worked,
        above=_said(of, Section.WORKED) + _FIGURES,
        first=(show_came_back,),
    )


def _caveats(reading: Reading) -> Iterator[Slide]:
    of = reading.briefing
    caveats = of.caveats
    if caveats.areas:
        yield from _slides(
            caveats.areas,
            lambda one: height_of_row((one.name, 30)),
            lambda some: replace(of, caveats=replace(caveats, areas=some)),
            show_areas,
            above=_said(of, Section.CAVEATS),
            every=TABLE_HEAD,
            name="areas beside each other",
        )
    faults = sum(1 for one in (caveats.suppressed, *caveats.faults) if one.value)
    yield from _slides(
        [short(one, 330) for one in caveats.sentences],
        lambda one: 8 + height_of_text(one, 84),
        lambda some: replace(of, caveats=replace(caveats, sentences=some)),
        show_cautions,
        above=_figures(faults) + (0 if caveats.areas else _said(of, Section.CAVEATS)),
        first=(show_faults,),
    )


def _noted(reading: Reading, *, notes: Sequence[MeetingNote], decisions: Sequence[MeetingDecision]) -> None:
    show_noted(reading, notes, decisions)


def _meeting(reading: Reading) -> Iterator[Draw]:
    notes, decisions = noted(reading)
    if not notes and not decisions:
        yield partial(_noted, notes=(), decisions=())
    told = [replace(one, text=short(one.text, 160), owner=short(one.owner, 40)) for one in decisions]
    heights = [height_of_row((one.text, 36), (one.owner, 12), (" " * 60, 24)) for one in told]
    for start, stop in cut(heights, ROOM - TABLE_HEAD, ROOM - TABLE_HEAD):
        yield partial(_noted, notes=(), decisions=told[start:stop])
    written = [replace(one, text=short(one.text, 420)) for one in notes]
    for start, stop in cut([56 + height_of_text(one.text, 84) for one in written], ROOM, ROOM):
        yield partial(_noted, notes=written[start:stop], decisions=())


_MADE: Final[dict[Section, Callable[[Reading], Iterator[Slide]]]] = {
    Section.HEADER: _header,
    Section.DECISIONS: _wanted,
    Section.LAST_DECISIONS: _last,
    Section.BOARD: _board,
    Section.MAP: _map,
    Section.CHANGES: _changes,
    Section.SERVICE: _service,
    Section.REMEDIATION: _remediation,
    Section.RESIDENTS: _residents,
    Section.WORKED: _worked,
    Section.CAVEATS: _caveats,
}
