"""You said, we did, as one page for a browser: everything in one file, photos included, without scripts."""

from base64 import b64encode
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Final

from data.briefing_pages.parts import breakable
from data.html_frame import html_file
from data.told_pages.pages import MISSING, TITLE, Picture, Story, ToldPages, told_pages
from problems.fixes.digest import Digest

_SHEET: Final = Path(__file__).with_name("told.css")


def told_html(digest: Digest) -> bytes:
    """Return the page in UTF-8, with a light, a dark and a printed look; the same fixes give the same bytes."""
    pages = told_pages(digest)
    body = [
        *_head(pages),
        "<main>",
        f'<p class="lead">{escape(pages.sentence)}</p>',
        *(line for month, stories in pages.months for line in _month(month, stories)),
        '<section aria-labelledby="tell-us"><h2 id="tell-us">Tell us</h2>',
        f"<p>{escape(breakable(pages.report_at))}</p></section>",
        f'</main><footer><p class="quiet">{escape(pages.profile)}</p></footer></body></html>',
    ]
    return html_file(f"{TITLE}: {pages.place}, {pages.period}", _SHEET, body)


def _head(pages: ToldPages) -> Iterator[str]:
    yield f'<header><p class="kicker">{escape(TITLE)}</p><h1>{escape(breakable(pages.place))}</h1>'
    made_up = f'<p class="warn">{escape(pages.made_up)}</p>' if pages.made_up else ""
    yield f'<p class="quiet">{escape(pages.period)}. {escape(pages.known)}</p>{made_up}</header>'


def _month(month: str, stories: tuple[Story, ...]) -> Iterator[str]:
    name = f"m-{month.replace(' ', '-').lower()}"
    yield f'<section aria-labelledby="{name}"><h2 id="{name}">{escape(month)}</h2>'
    for story in stories:
        rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(words)}</dd></div>" for name, words in story.rows)
        yield f"<article><h3>{escape(breakable(story.title))}</h3><dl>{rows}</dl>"
        if story.pictures:
            yield f'<div class="pair">{"".join(_figure(one) for one in story.pictures)}</div>'
        yield "</article>"
    yield "</section>"


def _figure(picture: Picture) -> str:
    caption = f"<figcaption><b>{escape(picture.side)}.</b> {escape(picture.alt)}</figcaption>"
    if not picture.jpeg:
        return f'<figure><p class="gone">{escape(MISSING)}</p>{caption}</figure>'
    source = b64encode(picture.jpeg).decode()
    size = f'width="{picture.width}" height="{picture.height}"'
    alt = escape(f"{picture.side}: {picture.alt}")
    return f'<figure><img src="data:image/jpeg;base64,{source}" alt="{alt}" {size}>{caption}</figure>'
