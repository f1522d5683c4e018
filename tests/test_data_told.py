"""The files of “You said, we did”: tagged, complete, without scripts, and never empty or broken."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from data.briefing_pages.parts import Paper
from data.told_files import TOLD_RENDERERS, told_file_name, told_renderer, write_told
from data.told_pages.html_file import told_html
from data.told_pages.pages import redrawn
from data.told_pages.pdf_file import told_pdf
from problems.errors import InputRefused
from problems.fixes.digest import Digest, Fix, Held, Period, Shot, Work
from problems.visits import Shows
from tests.fixed import a_shot
from tests.photos import a_photo
from tests.scenes import Scene, scene

__all__ = ["scene"]
PERIOD = Period(date(2026, 7, 1), date(2026, 9, 30))
NAMES = ("北京市朝阳区建国路", "شارع الملك فيصل", "улица Ленина", "\U00013000\U00013001")


def a_fix(**changes: object) -> Fix:
    found = Fix(
        problem_id=71,
        kind="Street lighting",
        street="Mill Lane",
        area="Northside",
        reports="24",
        work=(Work("Repaired it", "Council lighting"), Work("Cleaned up", "Council lighting")),
        verified_in=date(2026, 8, 1),
        seen_in=date(2026, 8, 1),
        held=Held.SO_FAR,
        held_words="It has held so far; we watch it until February 2027.",
        before=Shot(1, Shows.BEFORE, "The lamp is dark.", a_shot((20, 20, 40)).shown),
        after=Shot(2, Shows.AFTER, "The lamp is lit.", a_shot((200, 200, 120)).shown),
    )
    return replace(found, **changes)  # type: ignore[arg-type] # the tests name the fields


def a_digest(*fixes: Fix, **changes: object) -> Digest:
    found = Digest("Northside", PERIOD, date(2026, 10, 5), fixes, "0", "4")
    return replace(found, **changes)  # type: ignore[arg-type] # as above


def pdf_text(content: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return " ".join(text.replace("\u200b", "").split())


def html_text(content: bytes) -> str:
    found: list[str] = []

    class Words(HTMLParser):
        def handle_data(self, data: str) -> None:
            found.append(data)

    Words().feed(re.sub(r"<style>.*?</style>", "", content.decode(), flags=re.DOTALL))
    return " ".join(" ".join(found).replace("\u200b", "").split())


def test_page_and_print_say_the_same_of_every_fix() -> None:
    digest = a_digest(a_fix(), a_fix(street="", kind="Antisocial behaviour", before=None, after=None))
    for text in (html_text(told_html(digest)), pdf_text(told_pdf(digest))):
        assert digest.sentence in text
        assert "Fixes verified 1 July to 30 September 2026" in text
        assert "As known on 5 October 2026." in text
        for fix in digest.fixes:
            for words in (fix.title, fix.said, fix.did, fix.checked, fix.held_words):
                assert words in text
        assert digest.report_at in text
        assert "P-0071" not in text


def test_page_and_print_say_that_a_sample_city_is_made_up_and_nothing_of_a_real_one() -> None:
    said = "Made-up data of the sample city."
    for made_up in ("", said):
        digest = a_digest(a_fix(), made_up=made_up)
        for text in (html_text(told_html(digest)), pdf_text(told_pdf(digest))):
            assert (said in text) is bool(made_up)


def test_the_print_is_tagged_with_words_for_every_picture() -> None:
    reader = PdfReader(io.BytesIO(told_pdf(a_digest(a_fix()))))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert reader.metadata is not None
    assert reader.metadata.title == "You said, we did: Northside, Fixes verified 1 July to 30 September 2026"
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert len(reader.pages[0].images) == 2
    alts: list[str] = []

    def walk(node: object) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict):
            if node.get("/S") == "/Figure":
                alts.append(str(node.get("/Alt")))
            if "/K" in node:
                walk(node["/K"])

    walk(root["/StructTreeRoot"])
    assert alts == ["Before: The lamp is dark.", "After: The lamp is lit."]


def test_the_page_asks_nothing_of_anybody_and_runs_nothing() -> None:
    page = told_html(a_digest(a_fix(street='<script>alert("x")</script>'))).decode()
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert re.findall(r'(?:src|href)="(?!data:image/jpeg;base64,)', page) == []
    assert '<html lang="en">' in page
    assert re.findall(r"<h(\d)", page) == ["1", "2", "3", "2"]
    assert len(re.findall(r'<img [^>]*alt="(?:Before|After): ', page)) == 2


def test_equal_fixes_are_equal_bytes() -> None:
    for render in TOLD_RENDERERS.values():
        assert render(a_digest(a_fix())) == render(a_digest(a_fix()))


def test_a_time_without_a_fix_is_a_sentence_and_no_empty_heading() -> None:
    digest = a_digest()
    page = told_html(digest)
    for text in (html_text(page), pdf_text(told_pdf(digest))):
        assert "No fix was verified in this time; 4 problems are being worked on." in text
        assert "Tell us" in text
    assert re.findall(r"<h2[^>]*>([^<]+)", page.decode()) == ["Tell us"]


@pytest.mark.parametrize("render", [told_html, told_pdf])
def test_a_time_that_still_runs_says_up_to_when_it_is_told(render: Callable[[Digest], bytes]) -> None:
    read = html_text if render is told_html else pdf_text
    runs = read(render(a_digest(a_fix(), known_on=date(2026, 9, 14))))
    assert "Told up to 14 September 2026; September 2026 is not over." in " ".join(runs.split())
    assert "not over" not in read(render(a_digest(a_fix())))


def test_a_time_with_whole_months_to_come_names_its_end() -> None:
    found = a_digest(known_on=date(2026, 8, 14)).unfinished
    assert found == "Told up to 14 August 2026; the time up to 30 September 2026 is not over."


@pytest.mark.parametrize("content", [b"", b"no picture", a_shot((9, 9, 9)).shown[:200]])
def test_a_picture_that_is_missing_or_damaged_is_said_to_be(content: bytes) -> None:
    digest = a_digest(a_fix(before=Shot(1, Shows.BEFORE, "The lamp is dark.", content)))
    for text in (html_text(told_html(digest)), pdf_text(told_pdf(digest))):
        assert "The picture is not kept any more." in text
        assert "The lamp is dark." in text


def test_what_a_camera_wrote_into_a_photo_is_gone() -> None:
    found = redrawn(a_photo(1600, 1200))
    assert found is not None
    content, width, height = found
    assert (width, height) == (800, 600)
    with Image.open(io.BytesIO(content)) as picture:
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for file in (
        render(a_digest(a_fix(before=Shot(1, Shows.BEFORE, "Dark.", a_photo())))) for render in TOLD_RENDERERS.values()
    ):
        assert b"SOMECAMERA" not in file


@pytest.mark.parametrize("name", NAMES)
def test_a_script_that_no_font_has_is_marked_in_print_and_whole_on_the_page(name: str) -> None:
    digest = a_digest(a_fix(street=name))
    assert name in html_text(told_html(digest)).replace("\u200b", "")
    text = pdf_text(told_pdf(digest))
    assert "Street lighting, " in text
    assert ("[…]" in text) == ("are marked […]" in text)


def test_long_names_neither_break_the_page_nor_leave_the_paper() -> None:
    long = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 3
    digest = a_digest(a_fix(street=long, work=(Work("Repaired it", long),)), area=long)
    reader = PdfReader(io.BytesIO(told_pdf(digest, Paper.LETTER)))
    right: list[float] = []
    for page in reader.pages:
        page.extract_text(
            visitor_text=lambda text, _cm, tm, _font, _size: right.append(tm[4]) if text.strip() else None
        )
    assert max(right) < float(reader.pages[0].mediabox.width) - 50


def test_forty_fixes_stand_on_as_many_pages_as_they_need() -> None:
    digest = a_digest(*(a_fix(problem_id=at, before=None, after=None, area=f"Ward {at}") for at in range(40)))
    text = pdf_text(told_pdf(digest))
    assert all(f"Mill Lane, Ward {at}" in text for at in range(40))


def test_a_file_is_named_by_place_time_and_knowledge_in_plain_letters() -> None:
    assert told_file_name(a_digest(area="../St Wilfred's / Ý")) == (
        "you-said-we-did-st-wilfred-s-y-2026-07-01-to-2026-09-30-known-2026-10-05"
    )
    assert told_file_name(a_digest(area="")).startswith("you-said-we-did-2026")


def test_only_known_kinds_are_written_and_never_over_the_store(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=r"Kinds are: \.html, \.pdf"):
        told_renderer(tmp_path / "fixes.docx")
    with pytest.raises(InputRefused, match="Its name has no suffix"):
        told_renderer(tmp_path / "fixes")
    write_told(scene.store, a_digest(a_fix()), tmp_path / "fixes.html")
    assert (tmp_path / "fixes.html").read_bytes() == told_html(a_digest(a_fix()))


def test_the_sentence_tells_the_fixes_of_the_list_from_those_that_are_only_counted() -> None:
    lost = replace(a_fix(), held=Held.CAME_BACK)
    digest = a_digest(a_fix(), lost, untold="3")
    assert digest.sentence == (
        "2 fixes were verified on site in this time and are told here, of which 1 did not last. 3 more were verified, "
        "and not told one by one so that nobody can be recognised. 4 problems are being worked on."
    )
    assert "1 fix was verified on site in this time. 4 problems" in a_digest(a_fix()).sentence
