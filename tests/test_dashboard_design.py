import re
import tomllib
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest

from dashboard import design
from dashboard.parts.chart_theme import altair_theme
from problems.problem import Remediation

THEMES = {
    "light": design.LIGHT,
    "dark": design.DARK,
    "light contrast": design.LIGHT_CONTRAST,
    "dark contrast": design.DARK_CONTRAST,
}
CONFIG = Path(design.__file__).parent / ".streamlit" / "config.toml"


def luminance(colour: str) -> float:
    def linear(part: str) -> float:
        share = int(part, 16) / 255
        return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(colour[at : at + 2]) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", THEMES.values(), ids=THEMES.keys())
def test_text_is_readable_on_everything_it_stands_on(colours: design.Palette) -> None:
    for ground in (colours.paper, colours.surface, colours.sunken, colours.wash):
        assert contrast(colours.ink, ground) >= 7, ground
        assert contrast(colours.muted, ground) >= 4.5, ground
        assert contrast(colours.accent, ground) >= 4.5, ground
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    assert contrast(colours.ink, colours.warn_wash) >= 7
    assert contrast(colours.warn, colours.warn_wash) >= 4.5


@pytest.mark.parametrize("colours", THEMES.values(), ids=THEMES.keys())
def test_edges_and_mark_outlines_are_seen(colours: design.Palette) -> None:
    assert contrast(colours.edge, colours.paper) >= 3
    assert contrast(colours.mark_outline, colours.land) >= 7
    assert colours.mark_outline_px >= 1.6


@pytest.mark.parametrize("colours", [design.LIGHT_CONTRAST, design.DARK_CONTRAST])
def test_high_contrast_is_high(colours: design.Palette) -> None:
    assert contrast(colours.ink, colours.paper) > 20
    assert contrast(colours.muted, colours.paper) >= 7
    assert contrast(colours.hairline, colours.paper) >= 7


@pytest.mark.parametrize("colours", THEMES.values(), ids=THEMES.keys())
def test_density_classes_grow_steadily_away_from_the_land(colours: design.Palette) -> None:
    distance = [contrast(step, colours.land) for step in colours.density]
    assert len(colours.density) == len(design.DENSITY_FROM)
    assert all(later > earlier for earlier, later in pairwise(distance))


def test_every_status_has_its_own_shape_colour_and_words() -> None:
    assert set(design.STATUS) == set(Remediation)
    assert len({mark.shape for mark in design.STATUS.values()}) == len(Remediation)
    assert len({mark.fill for mark in design.STATUS.values()}) == len(Remediation)
    assert design.STATUS[Remediation.RESOLVED].shape == "circle"
    for status in Remediation:
        assert status.label in design.status_html(status)
        assert f'aria-label="{status.label}"' in design.status_mark_html(status, labelled=True)
        assert 'aria-hidden="true"' in design.status_mark_html(status)
        assert f".fx-mark-{status.value}{{" in design.css()


@pytest.mark.parametrize("colours", THEMES.values(), ids=THEMES.keys())
@pytest.mark.parametrize("status", list(Remediation))
def test_marks_keep_their_outline_at_every_size(colours: design.Palette, status: Remediation) -> None:
    for size_px in (12, 18, 40):
        drawn = ET.fromstring(design.status_mark_svg(status, colours, size_px=size_px))  # noqa: S314 - our own
        path = drawn[0]
        assert path.attrib["fill"] == design.STATUS[status].fill
        assert path.attrib["stroke"] == colours.mark_outline
        assert float(path.attrib["stroke-width"]) * size_px / 24 == pytest.approx(colours.mark_outline_px, abs=0.02)


def test_accent_is_none_of_the_status_colours() -> None:
    fills = {mark.fill.lower() for mark in design.STATUS.values()}
    assert all(colours.accent.lower() not in fills for colours in THEMES.values())


@pytest.mark.parametrize(
    "hostile", ["<img src=x onerror=alert(1)>", "${alert(1)}", "`${1}`", "\\x3cscript>", '" onload="']
)
def test_no_text_becomes_markup(hostile: str) -> None:
    drawn = (
        design.page_head(hostile, hostile, kicker=hostile),
        design.section_head(hostile, hostile),
        design.key_figures([design.KeyFigure(hostile, hostile, hostile)]),
        design.empty_state(hostile, hostile),
        design.note(hostile),
        design.error_state(hostile, hostile, hostile),
        design.terms([(hostile, hostile)]),
        design.plain_table([hostile], [[hostile]], caption=hostile),
        design.status_html(Remediation.RESOLVED, hostile),
    )
    for markup in drawn:
        assert hostile not in markup
        assert not re.search(r"[`\\]|\$\{|<img|<script", markup)


def test_safe_html_keeps_ordinary_text() -> None:
    assert design.safe_html("Mill Lane, by the bridge – 12 reports") == "Mill Lane, by the bridge – 12 reports"


def test_streamlit_theme_is_written_from_the_tokens() -> None:
    kept = tomllib.loads(CONFIG.read_text(encoding="utf-8"))
    assert kept["theme"] == tomllib.loads(design.config_toml())["theme"]


def test_settings_keep_the_app_on_this_computer_and_silent() -> None:
    kept = tomllib.loads(CONFIG.read_text(encoding="utf-8"))
    assert kept["server"]["address"] == "127.0.0.1"
    assert kept["server"]["allowedHosts"] == ["127.0.0.1", "localhost"]
    assert kept["server"]["enableStaticServing"] is False
    assert kept["browser"] == {"serverAddress": "127.0.0.1", "gatherUsageStats": False}
    assert kept["client"]["showErrorDetails"] == "none"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("strong", [False, True])
def test_style_sheet_uses_only_variables_that_exist(dark: bool, strong: bool) -> None:
    sheet = design.css(dark=dark, contrast=strong)
    assert set(re.findall(r"var\((--fx-[a-z0-9-]+)", sheet)) <= set(design.variables(design.LIGHT))
    assert f"--fx-paper:{design.palette(dark=dark, contrast=strong).paper};" in sheet
    assert "prefers-contrast: more" in sheet
    assert set(re.findall(r"url\((.{5})", sheet)) == {'"data'}
    assert "@import" not in sheet


def test_colours_are_written_in_one_place() -> None:
    rules = (Path(design.__file__).parent / "assets" / "fixpoint.css").read_text(encoding="utf-8")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", rules)


def test_charts_wear_the_theme() -> None:
    for colours in THEMES.values():
        config = altair_theme(colours)["config"]
        assert config["bar"]["color"] == colours.accent
        assert config["range"]["ramp"] == list(colours.density)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Person (if known)", "Person (if known)"),
        ("P-0001: Take on", "P-0001: Take on"),
        ("Marks & Sons, 12-14 Mill Lane", "Marks & Sons, 12-14 Mill Lane"),
        ("![x](http://evil.example)", "!\\[x\\](http\\:\u2060//evil.example)"),
        ("see https://evil.example/a", "see https\\:\u2060//evil.example/a"),
        ("WWW.evil.example", "WWW\u2060.evil.example"),
        ("ann@evil.example", "ann\u2060\\@evil.example"),
        (":red[x] :smile:", "\\:red\\[x\\] \\:smile:"),
        ("*a* _b_ `c` $d$ <e>", "\\*a\\* \\_b\\_ \\`c\\` \\$d\\$ \\<e\\>"),
        ("# a", "\\# a"),
        ("1. a", "1\\. a"),
        ("- a\n- b", "\\- a - b"),
    ],
)
def test_a_label_escapes_only_what_markdown_would_read(text: str, label: str) -> None:
    assert design.plain_label(text) == label


#: Signs beside letters that are drawn as text: arrows and plain shapes, which every common font has.
SIGNS = frozenset("▲■◆●○↑→↓↗↘")


def test_no_sign_is_drawn_that_common_fonts_lack() -> None:
    root = Path(design.__file__).parent
    drawn = {
        char
        for path in (*root.rglob("*.py"), *root.rglob("*.css"), *root.rglob("*.js"))
        for char in path.read_text(encoding="utf-8")
        if ord(char) >= 0x2190
    }
    assert drawn <= SIGNS
