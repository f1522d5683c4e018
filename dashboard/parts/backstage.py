"""Did the map hold? The outlines of past refreshes against the four weeks after each of them."""

import math
from contextlib import nullcontext
from typing import Final

import streamlit as st

from dashboard import analysed
from dashboard.analysed import Backstage
from dashboard.design import Html
from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, element, section, table
from dashboard.parts.notices import empty, remark
from dashboard.wording import NOTHING, count, day, metres, number, share
from problems.accuracy import HORIZON_DAYS, MIN_INCIDENTS, MapAccuracy
from problems.figures import INCOMPLETE_DAYS

_TERMS: Final = (
    "“Times their share” is the PAI (prediction accuracy index), with its 95 % interval. “Of the best” is the PEI: "
    "what the outlines held, of the most that as much ground could have held, chosen afterwards in squares of {side}. "
    "RRI is how many reports were to be expected for each one that the outlines held: 1 is right, above 1 fewer came."
)


def show_backstage(desk: Desk) -> None:
    """Draw how well the hot spots of past refreshes held what was reported next."""
    section("Does the map hold?", f"hot spots against the {HORIZON_DAYS} days after them")
    with nullcontext() if desk.on is None else st.spinner("Holding the map of that time against what came next"):
        found = analysed.backstage(desk)
    if not found.checked:
        _nothing(found)
        return
    draw(element("p", reading(found.checked[0]), css="fx-reading"))
    draw(element("p", ground_words(found), css="fx-quiet"))
    rows = [_row(each) for each in found.checked]
    heads = (
        "Hot spots of",
        "Outlines",
        "Of the town",
        "Reported since",
        "Held",
        "Times their share",
        "Of the best",
        "RRI",
    )
    caption = f"What the outlines held in the {HORIZON_DAYS} days after each refresh"
    draw(table(caption, heads, rows, numeric=(1, 2, 3, 4, 5, 6, 7), stacked=True))
    draw(element("p", _TERMS.format(side=metres(found.checked[0].check.side_m)), css="fx-quiet"))
    remark(
        "A map that holds does not show that going there helps. Reports that come because people look at a place make "
        "any map look right."
    )


def _nothing(found: Backstage) -> None:
    days = HORIZON_DAYS + INCOMPLETE_DAYS
    if found.too_young:
        empty(
            "Too early to say",
            f"It takes {days} days after hot spots were found: {HORIZON_DAYS} to see what comes, and {INCOMPLETE_DAYS} "
            f"until it has come in. {count(found.too_young, 'refresh is', 'refreshes are')} younger.",
        )
    else:
        empty(
            "Nothing to check yet",
            f"Once hot spots have been found, this says {days} days later whether the next reports fell into them.",
            [("/", "Go to the map")],
        )


def reading(latest: MapAccuracy) -> str:
    """Say in one sentence what the latest refresh that can be checked was worth."""
    check, when = latest.check, day(latest.refresh.as_of)
    if not latest.outlines:
        return f"There were no hot spots on {when}, so there is nothing to check."
    if not latest.is_enough:
        return (
            f"Too few to say: {count(check.events, 'incident')} came in the {HORIZON_DAYS} days after {when}, "
            f"and it takes {MIN_INCIDENTS}."
        )
    return (
        f"For the kind of report that they are about, the outlines of {when} covered {share(check.share)} of the town "
        f"and caught {share(check.hits / check.events)} of the next four weeks’ reports: "
        f"{number(_rounded(check.pai))} times their share."
    )


def ground_words(found: Backstage) -> str:
    """Say what the town is taken to be, and what is counted."""
    ground = (
        "the imported boundaries"
        if found.from_boundaries
        else "a line round the middle 99 % of the reports, since no boundaries were imported; with water and fields "
        "in it every map looks better than it is"
    )
    return (
        f"Distinct incidents count, in outlines of their own kind. The town is {ground}: {found.area_km2:,.0f} km². "
        "Points that are kept out of the search for hot spots are left out. "
        f"{count(len(found.checked), 'refresh is', 'refreshes are')} checked, no two against the same days."
    )


def _row(each: MapAccuracy) -> tuple[object, ...]:
    check = each.check
    if not each.is_enough:
        return day(each.refresh.as_of), each.outlines, NOTHING, f"{check.events:,}", f"{check.hits:,}", *[NOTHING] * 3
    held = f"{check.hits:,} ({share(check.hits / check.events)})" if check.hits else "none"
    return (
        day(each.refresh.as_of),
        each.outlines,
        share(check.share),
        f"{check.events:,}",
        held,
        _times(each),
        NOTHING if math.isnan(check.pei) else share(check.pei),
        NOTHING if math.isnan(check.rri) else f"{check.rri:.2f}",
    )


def _times(each: MapAccuracy) -> Html:
    low, high = (number(_rounded(edge)) for edge in (each.check.pai_low, each.check.pai_high))
    return element("span", number(_rounded(each.check.pai)), element("small", f" ({low} to {high})"))


def _rounded(value: float) -> float:
    return round(value, 1) if value < 10 else float(round(value))
