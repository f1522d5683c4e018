"""Two printed pages as PDF: tagged, with a language, a title and words for every picture (PDF/UA-1).

Typst sets them from a template and gets what it sets as JSON. Its own typeface is embedded; other fonts of the machine
are asked only for scripts that it lacks, and what no font has is marked and said.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import typst

from data.briefing_pages.colours import MARKS, PRINTED
from data.briefing_pages.drawing import Drawing, bar_chart, flow_chart, run_chart
from data.briefing_pages.mapping import LASTS, map_drawing, mark_svg, ring_svg
from data.briefing_pages.parts import (
    BarChart,
    Chart,
    FlowChart,
    Grid,
    MapChart,
    Pages,
    Paper,
    Part,
    RunChart,
    breakable,
    plain,
)
from data.briefing_pages.setting import pages_of
from problems.briefing.briefing import Briefing

FONT: Final = "Libertinus Serif"
#: What stands for words that no font has.
UNPRINTABLE: Final = "[…]"
_UNPRINTABLE_SAID: Final = (
    f"Words in a script that no font here has are marked {UNPRINTABLE}; "
    "the annex and the page for a browser have them whole."
)
_TEMPLATE: Final = Path(__file__).with_name("briefing.typ")
#: Between Armenian and the additions to Latin stand the scripts whose letters join: Hebrew to Ethiopic, all of India's.
_JOINING: Final = ("\u0590", "\u1e00")
_PROBE: Final = b'#set document(title: "-")\n#set text(font: sys.inputs.font)\n#sys.inputs.letters'
#: Widths and heights in points; the map is drawn in several heights, of which the page takes what fits.
_RUN: Final = (165.0, 84.0)
_FLOW: Final = (232.0, 132.0)
_BARS: Final = 176.0
_MAP_WIDTH: Final = 314.0
_MAP_HEIGHTS: Final = (250.0, 220.0, 190.0, 160.0, 120.0)


def briefing_pdf(briefing: Briefing, paper: Paper = Paper.A4) -> bytes:
    """Return a briefing as two pages of PDF/UA-1; the same briefing gives the same bytes.

    Only where names are in a script that the embedded typeface lacks, the bytes depend on the fonts of the machine.
    """
    pages = pages_of(briefing)
    return set_in_fonts(
        _told(pages, paper), _UNPRINTABLE_SAID, lambda told, own_only: _compiled(told, pages, own_only=own_only)
    )


def set_in_fonts(told: Mapping[str, Any], said: str, compiled: Callable[[dict[str, Any], bool], bytes]) -> bytes:
    """Return what ``compiled`` makes of the words that the fonts here can set; the others are marked, and ``said``.

    ``compiled`` takes what is set, and whether the embedded typeface is enough for it.
    """
    shown, own_only = _printable(told, said)
    try:
        return compiled(shown, own_only)
    except typst.TypstError as error:
        if "codepoint" not in str(error):
            raise
    # A font may have the letters of a script by themselves and not the signs that they join to.
    joining = frozenset(letter for letter in _letters(told) if _JOINING[0] <= letter < _JOINING[1])
    return compiled({**_without(told, joining), "note": said}, True)


def _printable(told: Mapping[str, Any], said: str) -> tuple[dict[str, Any], bool]:
    """Return what is set, with a mark for words that no font has, and whether the embedded typeface is enough."""
    lacking = _lacking(frozenset(_letters(told)), own_only=True)
    elsewhere = bool(lacking)
    if lacking:
        lacking = _lacking(lacking, own_only=False)
    if lacking:
        return {**_without(told, lacking), "note": said}, False
    return dict(told), not elsewhere


def _compiled(told: Mapping[str, object], pages: Pages, *, own_only: bool) -> bytes:
    # The day of the briefing, never that of the printing.
    made_at = datetime.combine(pages.known_on, time(), tzinfo=UTC)
    made = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=own_only,
        sys_inputs={"briefing": json.dumps(told, ensure_ascii=False)},
        timestamp=int(made_at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError(f"typst returned {type(made).__name__}, not one file")
    return made


# -- what is handed to the template --


def _told(pages: Pages, paper: Paper) -> dict[str, Any]:
    return {
        "title": pages.title,
        "place": breakable(pages.place),
        "week": pages.week,
        "known": pages.known,
        "day": [pages.known_on.year, pages.known_on.month, pages.known_on.day],
        "paper": paper.typst_name,
        "language": "en",
        "fonts": [FONT],
        "note": "",
        "colours": {name: getattr(PRINTED, name) for name in PRINTED.__dataclass_fields__},
        "figures": [{"label": one.label, "words": one.words, "note": one.note} for one in pages.figures],
        "warnings": [breakable(one) for one in pages.warnings],
        "parts": {str(one.section): _part(one) for one in pages.parts},
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "heading": part.heading,
        "sentence": breakable(part.sentence),
        "lines": [breakable(one) for one in part.lines],
        "withheld": part.withheld,
        "grids": [_grid(one) for one in part.grids],
        "charts": [_chart(one) for one in part.charts],
    }


def _grid(grid: Grid) -> dict[str, Any]:
    return {
        "caption": grid.caption,
        "columns": [{"name": one.name, "width": one.width, "is_number": one.is_number} for one in grid.columns],
        "rows": [[breakable(cell) for cell in row] for row in grid.rows],
    }


def _chart(chart: Chart) -> dict[str, Any]:
    if isinstance(chart, MapChart):
        drawn = [map_drawing(chart, PRINTED, FONT, _MAP_WIDTH, height).svg() for height in _MAP_HEIGHTS]
        return {"title": chart.title, "alt": plain(chart.alt), "svgs": drawn, "legend": _legend(chart)}
    reading = breakable(plain(chart.signal.sentence)) if isinstance(chart, RunChart) else ""
    title = breakable(plain(chart.title))
    return {"title": title, "alt": plain(chart.alt), "svg": _drawing(chart).svg(), "reading": reading}


def _drawing(chart: RunChart | FlowChart | BarChart) -> Drawing:
    if isinstance(chart, RunChart):
        return run_chart(chart, PRINTED, FONT, *_RUN)
    if isinstance(chart, FlowChart):
        return flow_chart(chart, PRINTED, FONT, *_FLOW)
    return bar_chart(chart, PRINTED, FONT, _BARS)


def _legend(chart: MapChart) -> list[dict[str, str]]:
    counts = {one.label: one.words for one in chart.map.by_remediation}
    ring = [{"svg": ring_svg(), "name": "ring", "words": LASTS}] if any(one.lasts for one in chart.map.places) else []
    return [
        *(
            {"svg": mark_svg(state), "name": mark.shape, "words": f"{state.label} {counts[state.label]}"}
            for state, mark in MARKS.items()
            if state.label in counts
        ),
        *ring,
    ]


# -- letters that a font may lack --


def _letters(told: object) -> Iterator[str]:
    if isinstance(told, str):
        yield from set(told) - set(map(chr, range(0x20, 0x7F)))
    elif isinstance(told, Mapping):
        for one in told.values():
            yield from _letters(one)
    elif isinstance(told, list):
        for one in told:
            yield from _letters(one)


def _lacking(letters: Iterable[str], *, own_only: bool) -> frozenset[str]:
    """Return the letters that no font has: the embedded ones, or those and the ones of the machine."""
    every = "".join(sorted(one for one in letters if not one.isspace() and one != "\u200b"))
    return frozenset(_search(every, own_only))


@lru_cache(maxsize=4096)
def _search(letters: str, own_only: bool) -> str:
    # Typst names one letter that it lacks at a time; by halves many are told apart in few attempts.
    if not letters or _prints(letters, own_only=own_only):
        return ""
    if len(letters) == 1:
        return letters
    middle = len(letters) // 2
    return _search(letters[:middle], own_only) + _search(letters[middle:], own_only)


def _prints(letters: str, *, own_only: bool) -> bool:
    # Spaces keep the letters of a script from joining, so that each is looked up by itself.
    inputs = {"font": FONT, "letters": " ".join(letters)}
    try:
        typst.compile(_PROBE, format="pdf", pdf_standards=["ua-1"], ignore_system_fonts=own_only, sys_inputs=inputs)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        return False
    return True


def _without(told: Any, lacking: frozenset[str]) -> Any:
    if isinstance(told, str):
        signs = "".join(map(re.escape, sorted(lacking)))
        return re.sub(rf"[{signs}](?:[\s\u200b{signs}]*[{signs}])?", UNPRINTABLE, told)
    if isinstance(told, Mapping):
        return {key: _without(one, lacking) for key, one in told.items()}
    if isinstance(told, list):
        return [_without(one, lacking) for one in told]
    return told
