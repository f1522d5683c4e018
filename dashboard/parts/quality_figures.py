"""The quality of the records in figures: all sources beside each other, and one of them in full."""

from collections.abc import Sequence
from typing import Final

from dashboard.design import Html
from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field, Form, form_button
from dashboard.parts.looking_back import knows_categories
from dashboard.parts.markup import draw, element, facts, joined, key_figures, link, section, table
from dashboard.parts.notices import remark
from dashboard.route_quality import REJECTED
from dashboard.wording import NOTHING, between, count, day_of, days, metres, share
from problems.quality import Aspect, RejectedReason, Rhythm, SourceQuality, rhythm
from problems.sources import PlacePrecision, Source
from problems.use_cases.sources import MAY_DESCRIBE, set_precision

_POINTS_SHOWN: Final = 10
#: In place of a figure of a past day that is not kept.
_NOT_KNOWN: Final = "Not known"
_REASONS_SHOWN: Final = 20
#: What is missing or odd, in the order in which it is told.
_ASPECTS: Final = (
    Aspect.UNPLACED,
    *(aspect for aspect in Aspect if aspect.name.startswith("PLACE_")),
    *(Aspect.SNAPPED, Aspect.UNMAPPED, Aspect.MONTH_ONLY, Aspect.CLOSED_BEFORE_REPORTED, Aspect.CLOSED_AT_ONCE),
    *(Aspect.REPORTED_IN_FUTURE, Aspect.LATE, Aspect.MASKED),
)
_TOLD: Final = {
    PlacePrecision.EXACT: "They are drawn as dots, and hot spots are found among them.",
    PlacePrecision.ROUNDED: "They are drawn as dots, and hot spots are found among them; neighbours look like one.",
    PlacePrecision.SNAPPED: "They count by area only: no dots, and no hot spots.",
}


def show_sources(desk: Desk, known: Sequence[SourceQuality], rejected: Sequence[RejectedReason]) -> None:
    """Draw all sources beside each other, each with the way to its figures."""
    section("Sources", count(len(known), "source"))
    rows = []
    for each in known:
        late = _rhythm(desk, each)
        newest: object = day_of(each.newest_at, desk.zone)
        if late is not None and late.is_late:
            newest = element("span", newest, " (late)", css="fx-late")
        rows.append(
            (
                link("/quality", each.source.name, query={"source": each.source.name}),
                f"{each.reports:,}",
                _of(each.placed, each.reports),
                _of(each.mapped, each.reports) if knows_categories(desk.store) else _NOT_KNOWN,
                _of(each.closed, each.reports),
                f"{sum(one.rows for one in rejected if one.source == each.source.name):,}",
                each.source.precision.label,
                newest,
            )
        )
    heads = ("Source", "Reports", "With a place", "With a category", "Closed", "Rejected rows", "Places", "Newest")
    draw(table("Sources and their records", heads, rows, numeric=range(1, 6), stacked=True))


def show_source(desk: Desk, each: SourceQuality, rejected: Sequence[RejectedReason]) -> None:
    """Draw everything that is known of one source."""
    section(each.source.name, between(each.oldest_at, each.newest_at, desk.zone))
    lost = sum(one.rows for one in rejected)
    key_figures(
        [
            ("Reports", f"{each.reports:,}", f"and {count(lost, 'row')} rejected" if lost else "no row rejected"),
            ("With a place", _of(each.placed, each.reports), _without(each.reports - each.placed)),
            _mapped(desk, each),
            ("Closed", _of(each.closed, each.reports), f"{each.reports - each.closed:,} still open"),
        ]
    )
    _show_rhythm(desk, each)
    _show_odd(each, mapped=knows_categories(desk.store))
    _show_places(desk, each.source)
    _show_points(desk, each)
    _show_reasons(each.source.name, rejected)


def _mapped(desk: Desk, each: SourceQuality) -> tuple[str, str, str]:
    title = "With a category"
    if not knows_categories(desk.store):
        return title, _NOT_KNOWN, "the list of names was replaced since"
    return title, _of(each.mapped, each.reports), _without(each.reports - each.mapped)


def _of(part: int, whole: int) -> str:
    if not whole:
        return NOTHING
    return share(part / whole) if part else "none"


def _without(number: int) -> str:
    return f"{number:,} without" if number else "all of them"


def _rhythm(desk: Desk, each: SourceQuality) -> Rhythm | None:
    return rhythm(each.days, int(desk.clock().timestamp()) // 86_400)


def _show_rhythm(desk: Desk, each: SourceQuality) -> None:
    found = _rhythm(desk, each)
    if found is None or not found.is_late:
        return
    usual = "every day" if found.usual_days == 1 else f"every {found.usual_days} days"
    remark(f"No report for {days(found.quiet_days)}; usually {usual}. Is the feed still sent?", tone="accent")


def _show_odd(each: SourceQuality, *, mapped: bool) -> None:
    section("What is missing or odd")
    name = each.source.name
    rows = [
        (
            link("/quality", aspect.label, query={"source": name, "show": str(aspect)}),
            f"{number:,}",
            _of(number, each.reports),
        )
        for aspect in _ASPECTS
        if (number := each.about(aspect)) and (mapped or aspect is not Aspect.UNMAPPED)
    ]
    if not mapped:
        rows.append((element("span", Aspect.UNMAPPED.label), _NOT_KNOWN, _NOT_KNOWN))
    if not rows:
        remark("Nothing: every report has a place, a category and a date that makes sense.")
    else:
        draw(table(f"What is missing or odd in {name}", ("What", "Reports", "Share"), rows, numeric=(1, 2)))
    ways = [
        link("/quality", words, query={"source": name, "show": str(aspect)})
        for aspect, words in ((Aspect.OPEN, "Reports still open"), (Aspect.ALL, "All reports"))
        if each.about(aspect)
    ]
    draw(element("p", joined(ways, " "), css="fx-ways"))


def _show_places(desk: Desk, source: Source) -> None:
    section("How exact the places are")
    told: list[tuple[str, object]] = [("Places", source.precision.label), ("So", _TOLD[source.precision])]
    told.append(("Why", source.why or "Nobody has looked yet how exact they are: the next import of this source does."))
    if source.lattice_m is not None:
        told.append(("Grid of the coordinates", metres(source.lattice_m)))
    told.append(("Dates", source.time_precision.label))
    if source.decided_by:
        told.append(("Decided by", source.decided_by))
    draw(facts(told))
    if desk.principal.has(*MAY_DESCRIBE):
        form_button(_precision_form(source), key="set-precision", label="Change how exact they are")


def _precision_form(source: Source) -> Form:
    def save(at: Desk, answers: Answers, seen_version: int) -> str:
        saved = set_precision(
            *at.asking,
            source=source.name,
            precision=PlacePrecision(str(answers.get("precision") or source.precision)),
            note=str(answers.get("why") or ""),
            seen_version=seen_version,
        )
        again = "Find hot spots again, so that they go by it."
        return f"{saved.name}: {saved.precision.label.lower()}. {_TOLD[saved.precision]} {again}"

    def renew(at: Desk) -> Form:
        return _precision_form(at.store.source(source.name) or source)

    questions = (
        Field("precision", "The places of this source are", "choice", source.precision, _choices()),
        Field(
            "why", "How do you know?", "text", placeholder="The force says that it moves points to the nearest street."
        ),
    )
    intro = "It holds for all reports of this source, also for those to come."
    return Form("How exact are the places?", "Save", questions, save, source, intro, renew=renew)


def _choices() -> dict[PlacePrecision, str]:
    return {precision: precision.label for precision in PlacePrecision}


def _show_points(desk: Desk, each: SourceQuality) -> None:
    piles = desk.store.piles()[:50]
    if not piles:
        return
    if desk.on is not None:
        section("Points with very many reports")
        remark("Which points were on the list on a past day is not kept. Go back to today to see them.")
        return
    on = desk.store.reports_on(piles)
    name = each.source.name
    found = [(pile, counts[name]) for pile, counts in zip(piles, on, strict=True) if counts.get(name)]
    found.sort(key=lambda pair: (-pair[1], pair[0].id))
    if not found:
        return
    section("Points with very many reports", count(len(found), "point"))
    rows: list[tuple[object, ...]] = []
    for pile, number in found[:_POINTS_SHOWN]:
        lon, lat = pile.lon_lat
        query = {"source": name, "show": str(Aspect.POINT), "point": str(pile.id)}
        state = f"{pile.decision.label}: {'kept out' if pile.kept_out else 'counted'}"
        rows.append(
            (link("/quality", f"{lat:.5f}, {lon:.5f}", query=query), f"{number:,}", _of(number, each.placed), state)
        )
    draw(table("Points with very many reports", ("Point", "Reports", "Share", "Decision"), rows, numeric=(1, 2)))
    ask = {"part": "Points under review"}
    draw(element("p", link("/setup", "Decide what these points are", query=ask), css="fx-ways"))


def _show_reasons(name: str, rejected: Sequence[RejectedReason]) -> None:
    if not rejected:
        return
    section("Rejected rows", count(sum(one.rows for one in rejected), "row"))
    rows = [(_reason_link(name, one), one.column or NOTHING, f"{one.rows:,}") for one in rejected[:_REASONS_SHOWN]]
    draw(table("Why rows were rejected", ("Why", "Column", "Rows"), rows, numeric=(2,), narrow_without=(1,)))
    every = link("/quality", "All rejected rows", query={"source": name, "show": REJECTED})
    draw(element("p", every, css="fx-ways"))


def _reason_link(name: str, one: RejectedReason) -> Html:
    return link("/quality", one.reason, query={"source": name, "show": REJECTED, "reason": one.reason})
