"""The frame of a file for a browser: everything in one file, without scripts and without anything asked of others."""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Final

from data.briefing_pages.colours import DARK, PRINTED, Colours

#: Nothing is fetched, run or sent, even if a text should ever be taken for markup.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def html_file(title: str, sheet: Path, body: Iterable[str]) -> bytes:
    """Return a file in UTF-8, with a light, a dark and a printed look; the same lines give the same bytes.

    ``sheet`` is its style, in which ``LIGHT`` and ``DARK`` stand for the colours; ``body`` are lines of markup.
    """
    rules = sheet.read_text(encoding="utf-8")
    rules = rules.replace("LIGHT", _variables(PRINTED)).replace("DARK", _variables(DARK))
    lines = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>{escape(title)}</title><style>{rules}</style></head><body>",
        *body,
    ]
    return "\n".join(lines).encode() + b"\n"


def _variables(colours: Colours) -> str:
    return "".join(f"--{name}:{getattr(colours, name)};" for name in Colours.__dataclass_fields__)
