"""The weeks as bars: which are open, which stand out, and where the words of a rule go."""

from datetime import date, timedelta
from typing import Any

import pytest

from dashboard.parts.week_bars import WeekBars, week_chart
from geo.run_chart import run_chart

FIRST = date(2026, 1, 5)
COUNTS = (4, 6, 5, 3, 4, 6, 5, 4, 5, 20, 4)


def drawn(bars: WeekBars) -> dict[str, Any]:
    return week_chart(bars).to_dict(format="vega-lite")


def marks_of(bars: WeekBars) -> list[str]:
    return [layer["mark"]["type"] for layer in drawn(bars)["layer"]]


def rows_of(bars: WeekBars, at: int) -> list[dict[str, Any]]:
    """Return the rows that a layer is drawn from."""
    told = drawn(bars)
    # What all layers are drawn from is named once, above them.
    source = told["layer"][at].get("data") or told["data"]
    rows: list[dict[str, Any]] = told["datasets"][source["name"]]
    return rows


def test_the_weeks_that_still_grow_are_open_bars() -> None:
    rows = rows_of(WeekBars(FIRST, COUNTS, len(COUNTS) - 2), 0)
    assert [row["complete"] for row in rows] == [True] * 9 + [False] * 2
    assert [row["number"] for row in rows] == list(COUNTS)
    assert {row["week"][:10]: row["until"][:10] for row in rows}["2026-01-05"] == "2026-01-11"


def test_a_week_outside_of_the_usual_range_bears_a_triangle() -> None:
    bars = WeekBars(FIRST, COUNTS, len(COUNTS), run_chart(COUNTS, baseline_weeks=8))
    assert marks_of(bars) == ["rect", "rule", "rect", "point"]
    assert [row["number"] for row in rows_of(bars, 3)] == [20]
    assert drawn(bars)["layer"][2]["encoding"]["y"]["scale"]["domain"] == [0, 21]
    assert marks_of(WeekBars(FIRST, COUNTS, len(COUNTS))) == ["rect"]


@pytest.mark.parametrize(("weeks_on", "align"), [(1, "left"), (9, "right")])
def test_the_words_of_a_rule_are_never_cut_off_at_the_right_edge(weeks_on: int, align: str) -> None:
    bars = WeekBars(FIRST, COUNTS, len(COUNTS), marks=[(FIRST + timedelta(weeks=weeks_on), "Work done")])
    assert marks_of(bars) == ["rect", "rule", "text"]
    assert drawn(bars)["layer"][2]["mark"]["align"] == align


def test_no_two_words_stand_on_one_line_and_what_lies_before_the_weeks_is_left_out() -> None:
    days = [FIRST - timedelta(days=1), FIRST, FIRST + timedelta(days=3)]
    bars = WeekBars(FIRST, COUNTS, len(COUNTS), marks=[(on, "Moved") for on in days])
    heights = [layer["encoding"]["y"]["value"] for layer in drawn(bars)["layer"] if layer["mark"]["type"] == "text"]
    assert heights == [0, 13]


def test_what_is_counted_is_named_on_the_axis_and_by_the_pointer() -> None:
    told = drawn(WeekBars(FIRST, COUNTS, len(COUNTS), counted="Reports"))["layer"][0]["encoding"]
    assert told["y"]["title"] == "Reports a week"
    assert [tip["title"] for tip in told["tooltip"]] == ["Week from", "Reports"]
