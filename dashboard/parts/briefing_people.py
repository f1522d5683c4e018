"""Sections 8 to 10 of a briefing: residents, what worked, and what the figures do not say."""

from collections.abc import Sequence

from dashboard.parts.briefing_figures import Reading, show_figures
from dashboard.parts.markup import draw, element, joined, link, table
from dashboard.wording import day
from problems.briefing.figure import Figure
from problems.briefing.happened import Worked


def show_residents(reading: Reading) -> None:
    """Draw what residents were told, and what they said."""
    show_figures(reading, reading.briefing.residents.figures)


def show_worked(reading: Reading) -> None:
    """Draw the assessments of the week, each with its verdict."""
    for one in reading.briefing.worked.assessed:
        _worked(reading, one)


def show_came_back(reading: Reading) -> None:
    """Draw how many fixes came back."""
    show_figures(reading, (reading.briefing.worked.recurrence,))


def _worked(reading: Reading, one: Worked) -> None:
    name = link("/problem", f"{one.ref} {one.name}", query={"problem": one.ref, "tab": "assess"})
    interval = _interval(one.figure)
    draw(
        element(
            "div",
            reading.subhead(element("span", one.verdict.label, css="fx-kind"), " ", name),
            element("p", one.sentence),
            element("p", " ".join(part for part in (interval, one.displacement) if part), css="fx-quiet"),
            element("p", f"Assessed on {day(one.made_on)}.", css="fx-quiet"),
            css="fx-wanted",
        )
    )


def _interval(figure: Figure) -> str:
    if figure.value is None:
        return "How many incidents were prevented cannot be told."
    fewer = "fewer" if figure.value < 0 else "more"
    said = f"{abs(figure.value):,.0f} incidents {fewer} than expected"
    if figure.low is None or figure.high is None:
        return f"{said}."
    return f"{said}; the change lies between {figure.low:+,.0f} and {figure.high:+,.0f}.".replace("-", "\N{MINUS SIGN}")


def show_areas(reading: Reading) -> None:
    """Draw the areas beside each other, never ranked."""
    if reading.briefing.caveats.areas:
        draw(
            table(
                "Areas beside each other, by name, each held against its own year before",
                ("Area", "Reports", "Usual", "In words"),
                _areas(reading),
            )
        )


def show_faults(reading: Reading) -> None:
    """Draw the faults of the records as figures, where there are any."""
    of = reading.briefing.caveats
    faults = [one for one in (of.suppressed, *of.faults) if one.value]
    if faults:
        show_figures(reading, faults)


def show_cautions(reading: Reading) -> None:
    """Draw what the figures do not say, in sentences."""
    said = reading.briefing.caveats.sentences
    if said:
        draw(element("ul", joined(element("li", one) for one in said), css="fx-cautions"))


def _areas(reading: Reading) -> list[Sequence[object]]:
    of = reading.briefing.caveats
    figures = {one.label: one for one in of.area_figures}
    rows: list[Sequence[object]] = []
    for one in of.areas:
        figure = figures.get(one.name)
        number = reading.number(figure) if figure else one.count
        words = element("b", one.place.label) if one.place.is_clear else one.place.label
        rows.append((one.name, number, f"{one.low95:,} to {one.high95:,}", words))
    return rows
