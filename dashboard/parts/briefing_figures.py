"""The figures of a briefing on its page: each a link to the list behind it, with what it rests on beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.design import Html, safe_html
from dashboard.parts.briefing_asked import FIGURE, LIST, PRESENT, SLIDE, AskedBriefing
from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, element, joined, link
from problems.briefing.briefing import Briefing
from problems.briefing.figure import TOO_FEW, Figure, Listed, Unit
from problems.service import FEWEST_TOLD, days_words
from problems.use_cases.briefing import MAY_READ

PATH: Final = "/briefing"
#: Heads a column of bars; the numbers stand in the one beside it.
AS_BARS: Final = element("span", "As bars", css="fx-unseen")


@dataclass(frozen=True)
class Reading:
    """A briefing with who reads it; ``slide`` is the one that is presented, 0 on the page.

    Where a slide shows a piece of a long section, ``briefing`` holds the piece and ``whole`` all of it.
    """

    desk: Desk
    asked: AskedBriefing
    briefing: Briefing
    slide: int = 0
    whole: Briefing | None = None

    @property
    def all(self) -> Briefing:
        """The whole briefing, also on a slide that shows a piece: bars of all slides have one scale."""
        return self.whole or self.briefing

    @property
    def opens_reports(self) -> bool:
        """Whether the lists of reports are for this reader."""
        return self.desk.principal.has(*MAY_READ)

    @property
    def query(self) -> dict[str, str]:
        """What stands in the address of this page, slide included."""
        return self.asked.query | ({PRESENT: "true", SLIDE: str(self.slide)} if self.slide else {})

    def subhead(self, *children: object) -> Html:
        """Return a heading under that of a section: a slide has its section as the heading of the page."""
        return element("h2" if self.slide else "h3", *children, css="fx-sub")

    def number(self, figure: Figure, shown: str = "") -> object:
        """Return the words of a figure (or what is ``shown`` for them), linked to its list where there is one."""
        words, behind = shown or figure_words(figure), figure.behind
        # A share that is too few to tell has a list all the same: n says so.
        has_rows = bool(figure.n) if figure.value is None or figure.unit is Unit.SHARE else bool(figure.value)
        if behind is None or not behind.opens or not has_rows:
            return words
        if behind.listed is Listed.REPORTS and not self.opens_reports:
            return words
        drawn = link(PATH, words, query=self.query | {LIST: behind.address, FIGURE: figure.key})
        # Ten links that all say “3” tell nothing to who hears them one by one.
        return Html(drawn.replace("<a ", f'<a aria-label="{element_label(figure, words)}" ', 1))

    def problem(self, problem_id: int | None, ref: str, name: str) -> object:
        """Return a link to a problem under the name that it had then."""
        if problem_id is None or not ref:
            return name or "–"
        return link("/problem", f"{ref} {name}".rstrip(), query={"problem": ref})


def element_label(figure: Figure, words: str) -> str:
    """Return what a link is called: the number as it is seen, then what it counts, safe for an attribute."""
    return safe_html(f"{words}, {figure.label}: see the list")


def figure_words(figure: Figure) -> str:
    """Return the value as it is shown: days as days, and what is too few in these words."""
    if figure.value is None:
        if figure.withheld:
            return figure.words
        if figure.unit is Unit.DAYS and (figure.n or 0) >= FEWEST_TOLD:
            return "not reached"
        return TOO_FEW if figure.n else "none"
    return days_words(figure.value) if figure.unit is Unit.DAYS else figure.words


def rests_on(figure: Figure) -> str:
    """Return what stands under a figure: of how many, and its range."""
    if figure.value is None:
        return f"of {figure.n:,}" if figure.n else ""
    parts = []
    if figure.low is not None and figure.high is not None and figure.unit is Unit.SHARE:
        parts.append(f"{round(100 * figure.low)} to {round(100 * figure.high)} %")
    elif figure.low is not None and figure.unit is Unit.DAYS:
        parts.append(f"{round(figure.low)} to {'more' if figure.high is None else round(figure.high)}")
    if figure.n is not None and figure.unit in (Unit.SHARE, Unit.DAYS):
        parts.append(f"of {figure.n:,}")
    return ", ".join(parts)


def show_figures(reading: Reading, figures: Sequence[Figure]) -> None:
    """Draw key figures in a row that wraps, each a link to the list behind it."""
    cells = []
    for one in figures:
        few = one.value is None
        value = element("b", reading.number(one), css="fx-few" if few else "")
        small = rests_on(one)
        cells.append(
            element(
                "div", element("dt", one.label), element("dd", value, element("small", small) if small else Html(""))
            )
        )
    draw(element("dl", joined(cells), css="fx-figures fx-brief-figures"))


def bar(share: float, *, css: str = "") -> Html:
    """Return a bar for a cell of a table; the number stands beside it, so it is hidden from screen readers."""
    width = max(0.0, min(1.0, share))
    if not width:
        return Html("")
    drawn = element("span", css=f"fx-hbar {css}".rstrip(), style=f"width:{100 * width:.1f}%")
    return element("span", drawn, css="fx-hbar-room", aria_hidden="true")


def ranged(value: float, low: float | None, high: float | None, most: float) -> Html:
    """Return a bar with its interval as a line over it."""
    top = most or 1.0
    parts = [element("span", css="fx-hbar", style=f"width:{100 * min(1.0, value / top):.1f}%")]
    if low is not None:
        left, right = min(1.0, low / top), min(1.0, (top if high is None else high) / top)
        css = "fx-hbar-range fx-open" if high is None else "fx-hbar-range"
        parts.append(element("span", css=css, style=f"left:{100 * left:.1f}%;width:{100 * (right - left):.1f}%"))
    return element("span", joined(parts), css="fx-hbar-room", aria_hidden="true")
