"""Where a place is going, as a small mark: a sign and a word, the whole reasoning in its tooltip."""

from collections.abc import Mapping
from typing import Final

from dashboard import analysed
from dashboard.design import Html
from dashboard.parts.desk import Desk
from dashboard.parts.markup import element
from problems.problem import Problem
from problems.trends import Trend, TrendWord

#: Sign first, word beside it: neither colour nor an arrow alone has to be understood.
_SIGNS: Final[Mapping[TrendWord, str]] = {
    TrendWord.NEW: "+",
    TrendWord.GROWING: "↗",
    TrendWord.STEADY: "→",
    TrendWord.FALLING: "↘",
    TrendWord.GONE: "○",
    TrendWord.TOO_FEW: "·",
}


def trend_mark(trend: Trend | None) -> Html:
    """Return the mark of a trend; *too few to say* where none is known."""
    word = TrendWord.TOO_FEW if trend is None else trend.word
    return element(
        "span",
        element("span", _SIGNS[word], css="fx-trend-sign", aria_hidden="true"),
        word.label,
        css=f"fx-trend fx-trend-{word.value.replace('_', '-')}",
        title="" if trend is None else f"{trend.sentence} {trend.tooltip}",
    )


def problem_trend_mark(desk: Desk, problem: Problem) -> Html:
    """Return the mark of a problem's trend; those of all problems are worked out together, once."""
    return trend_mark(analysed.trends_for(desk).get(problem.id))


def trend_text(trend: Trend | None) -> str:
    """Return sign and word as plain text, for a table that takes no markup."""
    word = TrendWord.TOO_FEW if trend is None else trend.word
    return f"{_SIGNS[word]} {word.label}"
