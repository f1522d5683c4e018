"""The design system: every colour, size, shape and sentence-free building block of the screens.

Paper and ink: a warm page with dark ink in the light theme, deep ink with warm type in the dark one,
serif headings, hairlines instead of boxes, one accent. The four status marks are told apart by
shape and words first and by colour second. Pages, charts, the map layer and later the printed
briefing take their values from here; ``dashboard/.streamlit/config.toml`` is :func:`config_toml`.
"""

import base64
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from problems.problem import Remediation

# -- tokens ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme, as ``#rrggbb``.

    ``paper`` is the page, ``surface`` what lies on it, ``sunken`` what is set into it; ``ink`` is text,
    ``muted`` secondary text (4.5:1 on paper and surface), ``hairline`` thin rules, ``edge`` the outline
    of something that can be operated (3:1), ``accent`` the one accent, ``on_accent`` text on it,
    ``wash`` its faintest tint, ``warn`` and ``warn_wash`` what is late or refused.
    """

    paper: str
    surface: str
    sunken: str
    ink: str
    muted: str
    hairline: str
    edge: str
    accent: str
    on_accent: str
    wash: str
    warn: str
    warn_wash: str
    land: str
    street: str
    boundary: str
    mark_outline: str
    mark_outline_px: float
    density: tuple[str, ...]


LIGHT: Final = Palette(
    paper="#faf7f0",
    surface="#fffdf8",
    sunken="#f1ecdf",
    ink="#1d2429",
    muted="#565d61",
    hairline="#ddd5c4",
    edge="#8a8474",
    accent="#0f4c5c",
    on_accent="#ffffff",
    wash="#e3edec",
    warn="#9a2c13",
    warn_wash="#f9e7df",
    land="#f4efe4",
    street="#cfc6b2",
    boundary="#a99f8a",
    mark_outline="#1d2429",
    mark_outline_px=1.6,
    density=("#dfe5e0", "#bccfce", "#93b4b8", "#63939b", "#34707c", "#0f4c5c"),
)
DARK: Final = Palette(
    paper="#12181c",
    surface="#192126",
    sunken="#0d1215",
    ink="#ece7db",
    muted="#a8b0b2",
    hairline="#2d383e",
    edge="#74828a",
    accent="#8bcbd4",
    on_accent="#0d1215",
    wash="#1c3138",
    warn="#f2a58c",
    warn_wash="#3a211a",
    land="#151c21",
    street="#334149",
    boundary="#5b6a72",
    mark_outline="#f6f1e6",
    mark_outline_px=1.6,
    density=("#27424b", "#2f5660", "#3c707a", "#528d97", "#75b2bb", "#aee0e6"),
)
LIGHT_CONTRAST: Final = Palette(
    paper="#ffffff",
    surface="#ffffff",
    sunken="#f2f2f2",
    ink="#000000",
    muted="#1f1f1f",
    hairline="#000000",
    edge="#000000",
    accent="#00323f",
    on_accent="#ffffff",
    wash="#d9edf2",
    warn="#7a1300",
    warn_wash="#ffffff",
    land="#ffffff",
    street="#8a8a8a",
    boundary="#404040",
    mark_outline="#000000",
    mark_outline_px=2.4,
    density=("#d5e0e2", "#aac6cb", "#7aa6ae", "#47828d", "#1b5d6a", "#00323f"),
)
DARK_CONTRAST: Final = Palette(
    paper="#000000",
    surface="#000000",
    sunken="#141414",
    ink="#ffffff",
    muted="#e6e6e6",
    hairline="#ffffff",
    edge="#ffffff",
    accent="#8ff0ff",
    on_accent="#000000",
    wash="#0d3038",
    warn="#ffb59f",
    warn_wash="#000000",
    land="#000000",
    street="#6b6b6b",
    boundary="#b5b5b5",
    mark_outline="#ffffff",
    mark_outline_px=2.4,
    density=("#17333a", "#215059", "#2f727d", "#4a9aa6", "#79c7d2", "#c4f6ff"),
)


def palette(*, dark: bool, contrast: bool) -> Palette:
    """Return the colours for a theme of the device and the reader's wish for high contrast."""
    if contrast:
        return DARK_CONTRAST if dark else LIGHT_CONTRAST
    return DARK if dark else LIGHT


@dataclass(frozen=True, slots=True)
class StatusMark:
    """How a remediation status is drawn: the shape on a 24 x 24 grid, and its fill."""

    shape: str
    fill: str
    path: str


#: Shape first, colour second, words always beside it.
STATUS: Final[Mapping[Remediation, StatusMark]] = {
    Remediation.NOT_STARTED: StatusMark("triangle", "#D55E00", "M12 2.5 22.2 20.5 1.8 20.5Z"),
    Remediation.IN_PROGRESS: StatusMark("square", "#E69F00", "M3.5 3.5H20.5V20.5H3.5Z"),
    Remediation.AWAITING_CHECK: StatusMark("diamond", "#0072B2", "M12 1.4 22.6 12 12 22.6 1.4 12Z"),
    Remediation.RESOLVED: StatusMark("circle", "#009E73", "M12 2.5a9.5 9.5 0 1 1 0 19a9.5 9.5 0 1 1 0-19Z"),
    Remediation.SET_ASIDE: StatusMark(
        "cross",
        "#9B9B93",
        "M6.2 2.4 12 8.2 17.8 2.4 21.6 6.2 15.8 12 21.6 17.8 17.8 21.6 12 15.8 6.2 21.6 2.4 17.8 8.2 12 2.4 6.2Z",
    ),
}

#: Lower bounds of the density classes (reports in a hexagon), the same on every map and at every date.
DENSITY_FROM: Final = (1, 5, 10, 25, 50, 100)

SANS: Final = "'Source Sans', 'Source Sans Pro', 'Segoe UI', system-ui, sans-serif"
SERIF: Final = "'Source Serif', 'Source Serif Pro', Georgia, 'Times New Roman', serif"

#: Type scale in rem (16 px), a ratio of about 1.22, and the spacing steps that go with it.
TYPE: Final[Mapping[str, float]] = {
    "small": 0.84,
    "body": 1.0,
    "lead": 1.12,
    "h3": 1.22,
    "h2": 1.5,
    "h1": 2.05,
    "figure": 2.25,
}
SPACE_REM: Final = (0.25, 0.5, 0.75, 1.0, 1.5, 2.25, 3.5)
RADIUS_PX: Final = 3
TARGET_PX: Final = 28  # smallest side of anything that is clicked; WCAG 2.2 AA asks for 24


# -- text that becomes HTML ----------------------------------------------------------------------

_ENTITIES: Final = {ord(sign): f"&#{ord(sign)};" for sign in "`${}\\"}


class Html(str):
    """Markup that is finished: made of fixed tags and escaped text."""

    __slots__ = ()


def safe_html(text: object) -> Html:
    """Return ``text`` so that it is text in HTML, in an attribute and in a JavaScript template.

    Escaping alone leaves ``${…}`` and backticks, which run inside the templates that map libraries
    write; they become numeric entities. Finished :class:`Html` stays unchanged.
    """
    return text if isinstance(text, Html) else Html(html.escape(str(text), quote=True).translate(_ENTITIES))


#: Signs of Markdown; some only where it would read them: a colon before a name, a list's sign at the start.
_MARKDOWN: Final = re.compile(r"[\\`*_\[\]<>~$@]|:(?=\S)|&(?=[#\w])|^(?:\d+[.)]|[-+#=])")
#: Where a bare address would become a link, escaped or not; a sign of no width keeps its parts from being one.
_ADDRESS: Final = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
_WORD_JOINER: Final = "\u2060"


def plain_label(text: object) -> str:
    """Return ``text`` for a widget's label, where Markdown is read, so that it is shown as it is.

    Addresses do not become links. Nothing else is escaped, because screen readers are given the label
    as it is written here.
    """
    words = _ADDRESS.sub(_WORD_JOINER, " ".join(str(text).split()))
    return _MARKDOWN.sub(lambda sign: f"{sign[0][:-1]}\\{sign[0][-1]}", words)


def status_mark_svg(remediation: Remediation, colours: Palette, *, size_px: int = 18) -> str:
    """Return the status mark as an SVG document of its own, for a style sheet, a printed page or a file."""
    mark = STATUS[remediation]
    width = colours.mark_outline_px * 24 / size_px
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size_px}" height="{size_px}" viewBox="-2 -2 28 28">'
        f'<path d="{mark.path}" fill="{mark.fill}" stroke="{colours.mark_outline}" stroke-width="{width:.2f}" '
        f'stroke-linejoin="round"/></svg>'
    )


def status_mark_html(remediation: Remediation, *, size_px: int = 18, labelled: bool = False) -> str:
    """Return the status mark for a page; the style sheet draws it, because pages are stripped of SVG.

    ``labelled`` gives it a name of its own for screen readers; without it the mark is hidden from
    them, because the words stand beside it.
    """
    voice = f'role="img" aria-label="{safe_html(remediation.label)}"' if labelled else 'aria-hidden="true"'
    size = f"width:{size_px}px;height:{size_px}px"
    return f'<span class="fx-mark fx-mark-{remediation.value}" style="{size}" {voice}></span>'


def status_html(remediation: Remediation, words: str = "") -> str:
    """Return mark and words of a status on one line; ``words`` replace the plain name."""
    said = safe_html(words or remediation.label)
    return f'<span class="fx-status">{status_mark_html(remediation)}<span>{said}</span></span>'


def page_head(title: str, lead: str = "", *, kicker: str = "") -> str:
    """Return the head of a page: a small line above, the title (h1), one sentence below."""
    above = f'<p class="fx-kicker">{safe_html(kicker)}</p>' if kicker else ""
    below = f'<p class="fx-lead">{safe_html(lead)}</p>' if lead else ""
    return f'<header class="fx-head">{above}<h1>{safe_html(title)}</h1>{below}</header>'


def section_head(title: str, note: str = "") -> str:
    """Return the head of a section (h2) over a hairline, with a quiet note on the right."""
    aside = f"<span>{safe_html(note)}</span>" if note else ""
    return f'<div class="fx-section"><h2>{safe_html(title)}</h2>{aside}</div>'


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number with its name and what to compare it with."""

    name: str
    value: str
    note: str = ""


def key_figures(figures: Sequence[KeyFigure]) -> str:
    """Return key figures as a row that wraps on a narrow screen; read out as a list of terms."""
    cells = "".join(
        f"<div><dt>{safe_html(figure.name)}</dt><dd><b>{safe_html(figure.value)}</b>"
        f"{f'<small>{safe_html(figure.note)}</small>' if figure.note else ''}</dd></div>"
        for figure in figures
    )
    return f'<dl class="fx-figures">{cells}</dl>'


def empty_state(title: str, text: str) -> str:
    """Return what stands where there is nothing yet: why, and what to do."""
    return f'<div class="fx-empty"><p class="fx-empty-title">{safe_html(title)}</p><p>{safe_html(text)}</p></div>'


def note(text: str, *, tone: str = "quiet") -> str:
    """Return a remark: tone ``quiet``, ``accent`` (worth knowing) or ``warn`` (something is wrong)."""
    role = ' role="alert"' if tone == "warn" else ""
    return f'<p class="fx-note fx-note-{safe_html(tone)}"{role}>{safe_html(text)}</p>'


def error_state(asked: str, why: str, possible: str = "") -> str:
    """Return a refusal in its three parts: what was asked, why not, what is possible."""
    sentences = "".join(f"<p>{safe_html(part)}</p>" for part in (why, possible) if part)
    return f'<div class="fx-error" role="alert"><p class="fx-error-asked">{safe_html(asked)}</p>{sentences}</div>'


def terms(pairs: Sequence[tuple[str, object]]) -> str:
    """Return a list of terms and their values, one pair a line."""
    rows = "".join(f"<div><dt>{safe_html(term)}</dt><dd>{safe_html(value)}</dd></div>" for term, value in pairs)
    return f'<dl class="fx-terms">{rows}</dl>'


def plain_table(head: Sequence[str], rows: Sequence[Sequence[object]], *, caption: str) -> str:
    """Return a plain HTML table, the reading twin of a chart, a map or a canvas table."""
    top = "".join(f'<th scope="col">{safe_html(name)}</th>' for name in head)
    body = "".join("<tr>" + "".join(f"<td>{safe_html(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    said = safe_html(caption)
    return (
        f'<div class="fx-table-wrap" role="region" tabindex="0" aria-label="{said}"><table class="fx-table">'
        f"<caption>{said}</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


# -- the style sheet -----------------------------------------------------------------------------

_SHEET: Final = Path(__file__).parent / "assets" / "fixpoint.css"


def variables(colours: Palette) -> Mapping[str, str]:
    """Return the CSS variables of a palette: ``--fx-paper`` …, sizes and fonts included."""
    named = {
        f"--fx-{field.name.replace('_', '-')}": str(getattr(colours, field.name))
        for field in fields(colours)
        if field.name != "density"
    }
    named |= {f"--fx-density-{step}": colour for step, colour in enumerate(colours.density, start=1)}
    named |= {f"--fx-type-{name}": f"{size}rem" for name, size in TYPE.items()}
    named |= {f"--fx-space-{step}": f"{size}rem" for step, size in enumerate(SPACE_REM, start=1)}
    named |= {"--fx-radius": f"{RADIUS_PX}px", "--fx-target": f"{TARGET_PX}px"}
    named |= {"--fx-sans": SANS, "--fx-serif": SERIF}
    return named


def css(*, dark: bool = False, contrast: bool = False) -> str:
    """Return the whole style sheet in a ``<style>`` element, for one :func:`st.html` per page.

    Where the reader's device asks for more contrast, the high-contrast colours are used without
    their having to say so again.
    """
    mine, more = palette(dark=dark, contrast=contrast), palette(dark=dark, contrast=True)
    rules = _SHEET.read_text(encoding="utf-8")
    return f"<style>{_root(mine)}\n@media (prefers-contrast: more){{{_root(more)}}}\n{rules}</style>"


def _root(colours: Palette) -> str:
    declared = "".join(f"{name}:{value};" for name, value in variables(colours).items())
    return f":root{{{declared}}}" + "".join(_mark_rule(status, colours) for status in STATUS)


def _mark_rule(remediation: Remediation, colours: Palette) -> str:
    picture = base64.b64encode(status_mark_svg(remediation, colours).encode("ascii")).decode("ascii")
    return f'.fx-mark-{remediation.value}{{background-image:url("data:image/svg+xml;base64,{picture}")}}'


# -- Streamlit's own theme -------------------------------------------------------------------------


def theme_options(colours: Palette) -> Mapping[str, object]:
    """Return Streamlit's theme options for a palette: what widgets and canvas tables are drawn with."""
    return {
        "primaryColor": colours.accent,
        "backgroundColor": colours.paper,
        "secondaryBackgroundColor": colours.sunken,
        "textColor": colours.ink,
        "linkColor": colours.accent,
        "borderColor": colours.hairline,
        "dataframeBorderColor": colours.hairline,
        "dataframeHeaderBackgroundColor": colours.sunken,
        "dataframeHeaderTextColor": colours.muted,
        "codeTextColor": colours.ink,
        "codeBackgroundColor": colours.sunken,
        "chartSequentialColors": list(_ten(colours.density)),
    }


def _ten(steps: Sequence[str]) -> Sequence[str]:
    """Stretch a ramp to the ten colours that Streamlit asks for, without inventing new ones."""
    return [steps[round(place * (len(steps) - 1) / 9)] for place in range(10)]


def config_toml() -> str:
    """Return the theme sections of ``.streamlit/config.toml``, written from the tokens."""
    shared: Mapping[str, object] = {
        "font": "sans-serif",
        "headingFont": "serif",
        "baseFontSize": 16,
        "headingFontSizes": [f"{TYPE[name]}rem" for name in ("h1", "h2", "h3")],
        "headingFontWeights": [600, 600, 600],
        "baseRadius": f"{RADIUS_PX}px",
        "buttonRadius": f"{RADIUS_PX}px",
        "linkUnderline": True,
        "showWidgetBorder": True,
    }
    parts = [("theme", shared), ("theme.light", theme_options(LIGHT)), ("theme.dark", theme_options(DARK))]
    return "\n\n".join(
        f"[{name}]\n" + "\n".join(f"{key} = {_toml(value)}" for key, value in options.items())
        for name, options in parts
    )


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    return f'"{value}"'
