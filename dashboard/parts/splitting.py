"""One problem becomes several: which parts, what each is called, and what goes with each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from dashboard import session
from dashboard.design import plain_label
from dashboard.parts.area_address import AREA, read_area
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.markup import draw, element, joined, link, problem_link, section, table
from dashboard.parts.notices import refusal, remark
from dashboard.wording import count, share
from geo.drawn import hull_round, middle, shares
from problems.combining import CAN_SPLIT, Belongings, Part, check_split, rest_of
from problems.errors import ProblemError
from problems.events import Subject
from problems.naming import Names
from problems.problem import Problem, ProblemStatus
from problems.use_cases.adopting import MARGIN_M
from problems.use_cases.combining import belongings, metric, split_problem

#: The address parameter by which the page for drawing knows that a part is drawn.
PART_OF: Final = "part_of"
_REFUSED: Final = "split_refused"
_MADE: Final = "split_made"
_STAYS: Final = -1


@dataclass(frozen=True)
class _Way:
    """One way to give a part: what it is called in the list, its ground, and what came with it once."""

    words: str
    name: str
    geometry: Mapping[str, Any]
    along: Mapping[str, Sequence[int]]


def show_split(desk: Desk, problem: Problem) -> None:
    """Draw the choice of the parts, what goes with each, and the button that splits."""
    made = st.session_state.pop(_MADE, None)
    if isinstance(made, tuple):
        _tell_made([desk.store.problem(number) for number in made])
        return
    if isinstance(refused := st.session_state.pop(_REFUSED, None), ProblemError):
        refusal(refused)
    if problem.status not in CAN_SPLIT:
        possible = ", ".join(f"“{status.label}”" for status in CAN_SPLIT)
        remark(f"{problem.ref} is “{problem.status.label}”. A problem can be split while it is {possible}.")
        return
    has = belongings(desk.store, problem.id)
    ways = _ways(desk, problem, has)
    ask = {PART_OF: problem.ref}
    draw(element("p", link("/draw", "Draw a part on the map", query=ask, css="fx-button fx-button-quiet")))
    if not ways:
        remark("Draw the part that becomes a problem of its own; then you choose what goes with it.")
        return
    chosen = st.multiselect(
        "Which parts become problems of their own?",
        list(ways),
        default=[key for key in ways if key == "drawn"],
        format_func=lambda key: plain_label(ways[key].words),
        key=f"split-parts-{problem.ref}",
        placeholder="Choose one or more",
    )
    if not chosen:
        remark(f"The ground that is left goes on as {problem.ref}, with its number and history.")
        return
    parts = _ask(problem, has, [(key, ways[key]) for key in chosen])
    if _preview(desk, problem, has, parts):
        _do(problem, parts)


def _tell_made(problems: Sequence[Problem]) -> None:
    draw(element("p", "Done. The problem goes on as:", css="fx-note fx-note-accent", role="status"))
    draw(element("ul", joined(element("li", problem_link(one)) for one in problems)))


def _ways(desk: Desk, problem: Problem, has: Belongings) -> dict[str, _Way]:
    found: dict[str, _Way] = {}
    spec = st.query_params.get(AREA, "")
    if spec:
        try:
            drawn = read_area(desk, spec)
        except ProblemError as refused:
            refusal(refused)
        else:
            name = _suggested(desk, problem, drawn.geometry, drawn.place)
            found["drawn"] = _Way(f"What you drew: {drawn.how}", name, drawn.geometry, {})
    for one in desk.store.problems():
        if one.status is ProblemStatus.SUPERSEDED and problem.id in one.successor_ids and one.footprint:
            words = f"The place of {one.ref} {one.name}, which was merged in"
            found[f"merged-{one.id}"] = _Way(words, one.name, one.footprint, _along(desk, one))
    refresh = desk.store.latest_refresh()
    spots = [spot for spot in desk.store.hot_spots_of(problem.id) if refresh and spot.refresh_id == refresh.id]
    for at, spot in enumerate(spots if len(spots) > 1 else ()):
        words = f"Hot spot {at + 1} of {len(spots)}: {count(spot.incidents, 'distinct incident')}"
        found[f"spot-{spot.id}"] = _Way(words, _suggested(desk, problem, spot.outline), spot.outline, {})
    reports = _chosen_reports(desk, problem, has)
    if reports:
        places = [one.lon_lat for one in desk.store.reports(reports) if one.lon_lat]
        ground = hull_round(places, margin_m=MARGIN_M, epsg=metric(desk.store, problem))
        words = f"The ground round {count(len(places), 'linked report')}"
        found["reports"] = _Way(words, _suggested(desk, problem, ground), ground, {"reports": reports})
    return found


def _chosen_reports(desk: Desk, problem: Problem, has: Belongings) -> list[int]:
    placed = {one.id: one for one in desk.store.reports(has.report_ids) if one.lon_lat}
    if len(placed) < 2:
        return []
    return st.multiselect(
        "Or choose linked reports that belong together",
        list(placed),
        format_func=lambda number: plain_label(f"{placed[number].ref} {placed[number].address}".strip()),
        key=f"split-reports-{problem.ref}",
        placeholder="None chosen",
    )


def _along(desk: Desk, gone: Problem) -> Mapping[str, Sequence[int]]:
    for one in reversed(desk.store.events(Subject.PROBLEM, gone.id)):
        along = one.details.get("along")
        if isinstance(along, Mapping):
            return along
    return {}


def _suggested(desk: Desk, problem: Problem, geometry: Mapping[str, Any], place: str = "") -> str:
    names, at = Names(desk.store), middle(geometry)
    where = place or names.street_at([], at) or names.area(at)
    name = f"{problem.group.label}, {where}" if where else problem.name
    return f"{name}, part" if name.casefold() == problem.name.casefold() else name


def _ask(problem: Problem, has: Belongings, chosen: Sequence[tuple[str, _Way]]) -> list[Part]:
    section("What goes with each part")
    names = [
        st.text_input(f"Name of part {at + 1}", way.name, key=f"split-name-{problem.ref}-{key}", max_chars=120)
        for at, (key, way) in enumerate(chosen)
    ]
    with_part: dict[int, list[int]] = {at: [] for at in range(len(chosen))}
    choices = [_STAYS, *range(len(chosen))]
    keys = "-".join(key for key, _ in chosen)
    for action in has.actions:
        came = next((at for at, (_, way) in enumerate(chosen) if action.id in way.along.get("actions", ())), _STAYS)
        where = st.selectbox(
            plain_label(f"{action.ref} {action.title} ({action.status.label.lower()})"),
            choices,
            index=choices.index(came),
            format_func=lambda at: problem.ref if at == _STAYS else plain_label(names[at] or f"part {at + 1}"),
            key=f"split-{problem.ref}-{keys}-{action.id}",
        )
        if where in with_part:
            with_part[where].append(action.id)
    visits, photos = {one.id for one in has.visits}, {one.id for one in has.photos}
    reports = set(has.report_ids)
    return [
        Part(
            name=names[at],
            geometry=way.geometry,
            action_ids=tuple(with_part[at]),
            visit_ids=tuple(number for number in way.along.get("visits", ()) if number in visits),
            photo_ids=tuple(number for number in way.along.get("photos", ()) if number in photos),
            report_ids=tuple(number for number in way.along["reports"] if number in reports)
            if "reports" in way.along
            else None,
        )
        for at, (_, way) in enumerate(chosen)
    ]


def _preview(desk: Desk, problem: Problem, has: Belongings, parts: Sequence[Part]) -> bool:
    """Draw what will be, and tell whether it can be."""
    section("What will happen")
    asked, epsg = f"{problem.ref} cannot be split like this.", metric(desk.store, problem)
    try:
        check_split(asked, problem, parts, has)
        rest = rest_of(asked, problem, parts, epsg=epsg)
    except ProblemError as refused:
        refusal(refused)
        return False
    covered = shares(problem.footprint, [part.geometry for part in parts] + [rest], epsg=epsg)[:, 0].tolist()
    given = [len(part.action_ids) for part in parts]
    rows = [(f"New: {part.name}", share(covered[at]), given[at], _reports_words(part)) for at, part in enumerate(parts)]
    rows.append((f"{problem.ref} {problem.name}", share(covered[-1]), len(has.actions) - sum(given), "all others"))
    heads = ("Problem", "Of the ground", "Actions", "Linked reports")
    draw(table(f"What becomes of {problem.ref}", heads, rows, numeric=(2,), stacked=True))
    remark(
        f"Each new problem begins with the owner, objective and status of {problem.ref}. Photos and visits of an "
        "action go with the action; all others stay, unless they came along with a merge. "
        "The way back is to merge them again."
    )
    return True


def _reports_words(part: Part) -> str:
    return "those that lie in it" if part.report_ids is None else f"{len(part.report_ids)}"


def _do(problem: Problem, parts: Sequence[Part]) -> None:
    key = f"split-note-{problem.ref}"
    st.text_area("Why", key=key, height=80, placeholder="Such as: two owners, two causes")
    st.button(
        plain_label(f"Split {problem.ref} into {len(parts) + 1} problems"),
        key="split-do",
        type="primary",
        on_click=_split,
        args=(key, problem.id, problem.version, tuple(parts)),
    )


def _split(key: str, problem_id: int, seen_version: int, parts: tuple[Part, ...]) -> None:
    desk, settings = this_desk(), session.get_settings()
    try:
        made = split_problem(
            *desk.asking,
            problem_id=problem_id,
            parts=parts,
            note=str(st.session_state.get(key) or ""),
            seen_version=seen_version,
            drawing=settings.drawing,
            detection=settings.detection,
            zone=desk.zone,
        )
    except ProblemError as refused:
        st.session_state[_REFUSED] = refused
    else:
        st.session_state[_MADE] = tuple(one.id for one in made)
