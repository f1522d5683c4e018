"""The files of a briefing: known figures in each of them, two pages at all times, words for every picture."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import fields, replace
from html.parser import HTMLParser
from itertools import combinations, pairwise
from typing import Any

import pytest
from pptx import Presentation
from pypdf import PdfReader

from dashboard import design
from dashboard.commands.briefing import lines_of
from data.briefing_files import RENDERERS
from data.briefing_pages import colours
from data.briefing_pages.parts import Paper, plain, shortened
from data.briefing_pages.pdf_file import UNPRINTABLE, briefing_pdf
from data.briefing_pages.setting import pages_of
from problems.briefing.briefing import Briefing
from problems.briefing.composing import NOT_FOR_PARTNERS
from problems.briefing.figure import Section, Withheld
from problems.errors import InputRefused
from tests.briefed import briefed, week_of
from tests.scenes import Scene, days_before, scene
from tests.stuffed import LONG, stuffed
from tests.test_problems_briefing import SUNDAY

__all__ = ["scene"]
_PICTURES = (".pdf", ".pptx", ".html")
_NAMES = ("北京市朝阳区建国路", "شارع الملك فيصل", "улица Ленина", "महाल वार्ड", "\U00013000\U00013001")


@pytest.fixture
def week(scene: Scene) -> Briefing:
    """A week with two dozen reports and a problem that somebody has taken on."""
    scene.today = SUNDAY
    scene.send(*scene.spot((0, 0), days_before(SUNDAY, 24, step=2)), *scene.spot((900, 400), days_before(SUNDAY, 12)))
    scene.refresh()
    scene.taken_on(scene.store.problems()[0])
    return briefed(scene, week_of(SUNDAY))


@pytest.fixture
def quiet(scene: Scene) -> Briefing:
    """A week without a report, long after the last one."""
    scene.today = SUNDAY
    scene.send(scene.report((0, 0), days_before(SUNDAY, 1)[0].replace(year=2025)))
    return briefed(scene, week_of(SUNDAY))


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def words_of(suffix: str, content: bytes) -> str:
    """Return everything that a file says, without its spaces, which differ from kind to kind."""
    if suffix == ".pdf":
        return text_of(content)
    if suffix == ".html":
        return re.sub(r"<[^>]*>", " ", re.sub(r"<style>.*?</style>", "", content.decode(), flags=re.DOTALL))
    return " ".join(re.sub(r"<[^>]*>", " ", one) for one in _slide_parts(content))


def _slide_parts(content: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        yield from (
            opened.read(name).decode() for name in opened.namelist() if re.match(r"ppt/(slides|charts)/\w+\.xml", name)
        )


# -- all kinds --


@pytest.mark.parametrize("suffix", _PICTURES)
def test_each_kind_of_file_tells_the_figures_of_the_briefing(week: Briefing, suffix: str) -> None:
    told = words_of(suffix, RENDERERS[suffix](week))
    # Every second day of one spot (four in the week), every third of the other.
    assert week.header.received.value == 4 + 3
    top = week.board.top[0]
    for words in ("Week 10, 2 to 8 March 2026", "Reports in", top.ref, top.incidents.words, week.service.backlog.words):
        assert words in told
    for section in list(Section)[1:]:
        assert section.label in told


@pytest.mark.parametrize("suffix", _PICTURES)
def test_the_same_briefing_is_the_same_file(week: Briefing, suffix: str) -> None:
    assert RENDERERS[suffix](week) == RENDERERS[suffix](week)


@pytest.mark.parametrize("suffix", _PICTURES)
def test_a_week_without_reports_has_no_empty_chart_and_no_number_that_is_none(quiet: Briefing, suffix: str) -> None:
    told = words_of(suffix, RENDERERS[suffix](quiet))
    assert re.search(r"\b(nan|NaN|inf|None(?! of))\b", told) is None
    assert all(grid.rows for part in pages_of(quiet).parts for grid in part.grids)
    assert pages_of(quiet).part(Section.MAP).charts == ()
    assert pages_of(quiet).part(Section.CHANGES).charts == ()


@pytest.mark.parametrize("suffix", _PICTURES)
def test_a_week_without_reports_is_told_plainly_and_no_table_is_headed_that_is_not_there(
    quiet: Briefing, suffix: str
) -> None:
    told = " ".join(words_of(suffix, RENDERERS[suffix](quiet)).split())
    assert "Problems by state" not in told
    assert "too few to say of reports in" not in told
    assert quiet.header.sentence == "No report came in this week; none ended."
    assert "State  Now" not in "\n".join(lines_of(quiet))
    assert [one.words for one in pages_of(quiet).figures if one.label == "Without a place"] == ["none to tell of"]


@pytest.mark.parametrize("suffix", _PICTURES)
@pytest.mark.parametrize("name", [*_NAMES, "<script>alert(1)</script> & #set text(red)", "A\x00B\x1b\u202eC\ud800"])
def test_any_name_can_be_written(week: Briefing, suffix: str, name: str) -> None:
    content = RENDERERS[suffix](stuffed(week, name))
    assert len(content) > 10_000
    assert suffix != ".html" or b"<script" not in content


def test_sections_that_the_reader_is_not_shown_say_so_and_hold_nothing(week: Briefing) -> None:
    partner = replace(stuffed(week), withheld=(Withheld(Section.SERVICE), Withheld(Section.DECISIONS)))
    part = pages_of(partner).part(Section.SERVICE)
    assert (part.sentence, part.grids, part.charts) == (Withheld(Section.SERVICE).why, (), ())
    assert "Open at the end" not in [one.label for one in pages_of(partner).figures]
    assert len(PdfReader(io.BytesIO(briefing_pdf(partner))).pages) == 2


# -- the two pages --


@pytest.mark.parametrize("paper", Paper)
def test_there_are_exactly_two_pages_however_much_there_is(week: Briefing, quiet: Briefing, paper: Paper) -> None:
    for briefing in (week, quiet, stuffed(week), stuffed(week, "Ü"), stuffed(week, "W" * 400)):
        assert len(PdfReader(io.BytesIO(briefing_pdf(briefing, paper))).pages) == 2


def test_the_pages_are_tagged_named_and_of_a_language(week: Briefing) -> None:
    content = briefing_pdf(week)
    catalog: Any = PdfReader(io.BytesIO(content)).trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "en"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in catalog["/Metadata"].get_data().decode()
    kinds = [kind for kind, _ in structure(catalog["/StructTreeRoot"])]
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure"} <= set(kinds)
    assert kinds.count("/H1") == 1


def test_every_picture_has_words(week: Briefing) -> None:
    catalog: Any = PdfReader(io.BytesIO(briefing_pdf(stuffed(week)))).trailer["/Root"]
    said = [one.get("/Alt") for kind, one in structure(catalog["/StructTreeRoot"]) if kind == "/Figure"]
    assert len(said) >= 5
    assert all(said)
    assert any(str(one).startswith("Map of ") for one in said)
    assert any("41 this week, 11 to 29 expected" in str(one) for one in said)


def structure(node: Any) -> Iterator[tuple[str, Any]]:
    """Go through the elements of a structure tree."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for one in node:
            yield from structure(one)
    elif isinstance(node, dict):
        if "/S" in node:
            yield str(node["/S"]), node
        if "/K" in node:
            yield from structure(node["/K"])


def test_long_names_are_shortened_and_nothing_is_set_outside_of_the_margins(week: Briefing) -> None:
    edges: list[float] = []
    reader = PdfReader(io.BytesIO(briefing_pdf(stuffed(week))))
    for page in reader.pages:
        page.extract_text(
            visitor_text=lambda words, _cm, place, _font, _size: edges.append(place[4]) if words else None
        )
    assert max(edges) < 595 - 40
    assert "…" in text_of(briefing_pdf(stuffed(week)))
    assert f"P-0001 {LONG}" not in text_of(briefing_pdf(stuffed(week)))


@pytest.mark.parametrize("name", _NAMES)
def test_a_script_that_no_font_has_is_marked_and_said(week: Briefing, name: str) -> None:
    told = text_of(briefing_pdf(stuffed(week, name)))
    if UNPRINTABLE in told:
        assert "Words in a script that no font here has are marked" in told
    else:
        assert "Words in a script" not in told
    assert len(PdfReader(io.BytesIO(briefing_pdf(stuffed(week, name)))).pages) == 2


def test_cyrillic_is_in_the_typeface_that_the_pages_carry(week: Briefing) -> None:
    assert "улица Ленина" in text_of(briefing_pdf(stuffed(week, "улица Ленина")))


# -- slides --


def test_charts_and_tables_of_the_slides_can_be_edited(week: Briefing) -> None:
    deck = Presentation(io.BytesIO(RENDERERS[".pptx"](stuffed(week))))
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    charts = [shape.chart for shape in shapes if shape.has_chart]
    runs = [one for one in charts if one.plots[0].series[0].name == "Reports by week"]
    assert runs[0].plots[0].series[0].values[-1] == 41
    assert [each.name for each in runs[0].plots[0].series][1:] == [
        "Usual now, from",
        "Usual now, to",
        "The year before",
    ]
    assert sum(shape.has_table for shape in shapes) >= 8
    assert round(deck.slide_width / deck.slide_height, 2) == 1.78
    assert all(shape._element._nvXxPr.cNvPr.get("descr") for shape in shapes if shape.has_chart or shape.has_table)


def test_each_slide_has_a_title_and_notes_for_whoever_speaks(week: Briefing) -> None:
    deck = Presentation(io.BytesIO(RENDERERS[".pptx"](week)))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert all(titles)
    headings = [one.heading for one in pages_of(week).parts if not one.is_short]
    expected = ["Week 10, 2 to 8 March 2026", *headings[:-1], "In a sentence", headings[-1]]
    assert [title for title in titles if "continued" not in title] == expected
    notes = [slide.notes_slide.notes_text_frame.text for slide in deck.slides]
    assert week.board.sentence in "\n".join(notes)


def test_nothing_lies_outside_of_a_slide(week: Briefing) -> None:
    deck = Presentation(io.BytesIO(RENDERERS[".pptx"](stuffed(week))))
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height


# -- the page for a browser --


class _Read(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_asks_nothing_of_other_places_and_runs_nothing(week: Briefing) -> None:
    content = RENDERERS[".html"](stuffed(week, 'x" onload="alert(1)<img src=//evil.example>')).decode()
    read = _Read()
    read.feed(content)
    assert {tag for tag, _ in read.tags} & {"script", "link", "img", "iframe", "object", "form", "a"} == set()
    named = {name for _, attributes in read.tags for name in attributes}
    assert not [name for name in named if name.startswith("on") or name in ("src", "href", "action")]
    assert re.sub(r'xmlns="http://www.w3.org/2000/svg"', "", content).count("http://") == 0
    assert "url(" not in re.sub(r"url\(#map-edge\)", "", content)


def test_headings_are_in_order_and_every_table_and_picture_has_a_name(week: Briefing) -> None:
    read = _Read()
    read.feed(RENDERERS[".html"](stuffed(week)).decode())
    levels = [int(tag[1]) for tag, _ in read.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert [tag for tag, _ in read.tags].count("caption") == [tag for tag, _ in read.tags].count("table") > 8
    assert all(one.get("aria-label") or one.get("aria-hidden") for tag, one in read.tags if tag == "svg")
    assert all(one.get("scope") in ("row", "col") for tag, one in read.tags if tag == "th")


# -- what they are made of --


def test_the_files_have_the_colours_and_marks_of_the_screens() -> None:
    for ours, theirs in ((colours.PRINTED, design.LIGHT), (colours.DARK, design.DARK)):
        for name in ("ink", "muted", "hairline", "accent", "boundary", "warn"):
            assert getattr(ours, name) == getattr(theirs, name)
    for state, mark in design.STATUS.items():
        assert [getattr(colours.MARKS[state], one.name) for one in fields(mark)] == [mark.shape, mark.fill, mark.path]


def test_what_nobody_sees_is_left_out_of_names() -> None:
    assert plain("A\x00 B\u202e\n  C\ud800\ue000") == "A B C"
    assert plain("e\u0301") == "é"


def test_names_are_cut_after_a_word() -> None:
    assert shortened("Long Lane", 9) == "Long Lane"
    assert shortened("W" * 20, 8) == "W" * 7 + "…"
    assert all(len(shortened("Rubbish and litter, Long Lane", most)) <= most for most in range(2, 40))


def test_another_size_of_paper_is_refused() -> None:
    assert Paper.read(" Letter ") is Paper.LETTER
    with pytest.raises(InputRefused, match="no size of paper"):
        Paper.read("A3")


def _boxes(slide: Any) -> list[tuple[int, int, int, int]]:
    return [(one.left, one.top, one.left + one.width, one.top + one.height) for one in slide.shapes]


@pytest.mark.parametrize("of", ["week", "stuffed", "partner"])
def test_no_slide_is_a_single_sentence_and_no_words_lie_over_others(week: Briefing, of: str) -> None:
    partner = replace(week, withheld=tuple(Withheld(one) for one in NOT_FOR_PARTNERS))
    briefing = {"week": week, "stuffed": stuffed(week), "partner": partner}[of]
    deck = Presentation(io.BytesIO(RENDERERS[".pptx"](briefing)))
    for slide in deck.slides:
        heading = slide.shapes.title.text_frame.text
        # Title, foot and sentence are on each: something else has to be there.
        assert len(slide.shapes) > 3, heading
        if heading.startswith("4. Map"):
            continue
        for one, other in combinations(_boxes(slide), 2):
            beside = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert beside, heading


def test_sections_of_one_sentence_stand_together_with_that_of_the_week(week: Briefing) -> None:
    deck = Presentation(io.BytesIO(RENDERERS[".pptx"](week)))
    told = next(one for one in deck.slides if one.shapes.title.text_frame.text == "In a sentence")
    words = [one.text_frame.text for one in told.shapes if one.has_text_frame]
    short = [one for one in pages_of(week).parts if one.is_short]
    assert short
    for part in short:
        assert words[words.index(part.heading) + 1] == part.sentence
    assert words[words.index("The week") + 1] == pages_of(week).sentence
