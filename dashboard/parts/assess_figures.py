"""What an assessment says: the verdict in large words, the counts behind it, and the figures for analysts."""

import math
from typing import Final

import streamlit as st

from dashboard.parts.markup import draw, element, joined, key_figures, section, table
from dashboard.wording import NOTHING, count, day
from geo.displacement import Difference
from problems.assessment import Assessment, Figures
from problems.evidence import PlaceCounts, Window
from problems.kept_assessments import Layout, letters
from problems.verdicts import Verdict, headline_of

_SIGNS: Final = {
    Verdict.FELL: "↓",
    Verdict.DID_NOT_FALL: "→",
    Verdict.ROSE: "↑",
    Verdict.TOO_FEW: "?",
    Verdict.NO_FAIR_COMPARISON: "–",
}


def show_verdict(assessment: Assessment, note: str = "") -> None:
    """Draw the verdict, the sentence behind it, and what it does not say; ``note`` is about the time before."""
    verdict = assessment.verdict
    sign = element("span", _SIGNS[verdict], css="fx-verdict-sign", aria_hidden="true")
    # The sentence begins with the verdict; below the large words it goes on without them.
    headline, rest = headline_of(assessment.sentence)
    told = [element("p", element("strong", sign, headline), css="fx-verdict-word"), element("p", rest)]
    if assessment.surroundings:
        told.append(element("p", assessment.surroundings))
    draw(element("div", joined(told), css=f"fx-verdict fx-verdict-{verdict.value.replace('_', '-')}"))
    cautions = [*([note] if note else []), *assessment.caveats]
    if cautions:
        draw(element("ul", joined(element("li", words) for words in cautions), css="fx-cautions"))


def show_counts(assessment: Assessment) -> None:
    """Draw the counts of the place before and after, and what would have been expected."""
    evidence, figures = assessment.evidence, assessment.figures
    shown: list[tuple[str, int | str, str]] = [
        ("Before", evidence.treated.before, window_words(evidence.before)),
        ("After", evidence.treated.after, window_words(evidence.after)),
    ]
    if figures.expected is not None:
        places = count(len(evidence.controls), "comparison place")
        shown.append(("Expected after", f"{max(0, round(figures.expected))}", f"had it gone as {places}"))
        often = f"{round(10 * assessment.settings.power)} times in 10"
        if figures.smallest_fall is None:
            shown.append(("Smallest fall that shows", NOTHING, f"even a fall to none would not be found {often}"))
        else:
            shown.append(("Smallest fall that shows", math.ceil(figures.smallest_fall), f"would be found {often}"))
    key_figures(shown)


def window_words(window: Window) -> str:
    """Return a window in words: how long, from when to when."""
    return f"in {window.days} days, {day(window.first)} to {day(window.last)}"


def show_places(assessment: Assessment, layout: Layout) -> None:
    """Draw the counts of every place that was compared, as a table."""
    evidence, named = assessment.evidence, letters(layout.areas)
    before, after = evidence.before.days, evidence.after.days
    section("Every count behind it", f"distinct incidents in {before} days before and {after} days after")
    rows: list[tuple[str, int | str, int | str]] = [_row("This place", evidence.treated)]
    if evidence.ring is not None:
        rows.append(_row(f"Ring round it, {layout.ring_m:,.0f} m wide", evidence.ring))
    for name, places in (("Comparison place", evidence.controls), ("Ring round", evidence.ring_controls)):
        ordered = sorted(places, key=lambda place: named.get(place.id, ""))
        rows += [_row(f"{name} {named.get(place.id, '')}", place) for place in ordered]
    heads = ("Where", "Before", "After")
    draw(table("Incidents before and after in every place that was compared", heads, rows, numeric=(1, 2)))


def _row(name: str, place: PlaceCounts) -> tuple[str, int, int]:
    return name, place.before, place.after


def show_analyst(assessment: Assessment) -> None:
    """Draw the figures for an analyst behind one click."""
    with st.expander("Figures for analysts"):
        heads = ("Figure", "Value", "Note")
        draw(table("Figures of the assessment", heads, _figures(assessment), stacked=True))
        draw(element("p", f"Method {assessment.method}; see docs/methods/assessment.md.", css="fx-quiet"))


def _figures(assessment: Assessment) -> list[tuple[str, str, str]]:
    figures, settings = assessment.figures, assessment.settings
    interval = f"{100 * (1 - settings.alpha):.0f} %"
    rows: list[tuple[str, str, str]] = []
    if figures.displacement is not None:
        moved = figures.displacement
        for name, change in (("here", moved.local), ("in the ring", moved.ring), ("together", moved.total)):
            if change is not None:
                rows.append(
                    (
                        f"Change {name} against comparison places (WDD)",
                        f"{change.change:+.1f} ({interval}: {change.low:+.1f} to {change.high:+.1f})",
                        f"per time after; standard error {change.se:.1f}, z {_z(change)}, {_law(change)}",
                    )
                )
    rows += [*_spread(figures), *_itself(assessment)]
    if figures.quotient is not None:
        value = NOTHING if figures.quotient.quotient is None else f"{figures.quotient.quotient:.2f}"
        why = figures.quotient.why.label if figures.quotient.why else "Above 0 benefits spread, below 0 trouble moved."
        rows.append(("Displacement quotient (WDQ)", value, f"{why} It has no standard error and decides nothing."))
    return rows


def _spread(figures: Figures) -> list[tuple[str, str, str]]:
    return [
        (
            "Variance over mean of the weeks before",
            _known(figures.dispersion),
            f"{figures.freedom} degrees of freedom; 1 where weeks differ by chance alone",
        ),
        (
            "The same of the comparison places’ changes",
            _known(figures.control_dispersion),
            "how much more they drifted apart than counting makes them; three or more are needed",
        ),
        ("Used to widen the interval", f"{figures.swing:.2f}", "the larger of the two, never below 1"),
    ]


def _itself(assessment: Assessment) -> list[tuple[str, str, str]]:
    figures = assessment.figures
    rows = [
        (
            "This place against itself (E-test)",
            _chance(figures.p_value),
            "describes only: a place picked for being high falls by itself",
        )
    ]
    ratio = figures.ratio
    if ratio is not None and ratio.ratio is not None:
        high = "without end" if math.isinf(ratio.high) else f"{ratio.high:.2f}"
        rows.append(("Rate after over rate before", f"{ratio.ratio:.2f} ({ratio.low:.2f} to {high})", "describes only"))
    if figures.by_itself is not None:
        rows.append(
            (
                "With no action at all",
                f"{figures.by_itself:.1f}",
                "what a place picked for its count would have had in the time after",
            )
        )
    return rows


def _chance(p_value: float | None) -> str:
    if p_value is None:
        return "no result"
    return "p below 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"


def _z(change: Difference) -> str:
    return NOTHING if change.z is None else f"{change.z:.2f}"


def _law(change: Difference) -> str:
    return "normal law" if change.freedom is None else f"Student’s law with {change.freedom} degrees of freedom"


def _known(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}"
