"""Duplicates: reports that may tell of one occurrence, for a person to merge or to keep apart."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import numpy as np
import streamlit as st

from dashboard.design import Html, plain_label
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.looking_back import show_lost, wait_for_reports
from dashboard.parts.markup import draw, element, joined, page_head, section, show_sheet, table
from dashboard.parts.notices import empty, refusal, remark, said, say
from dashboard.parts.reports_table import category_words
from dashboard.parts.suggested import first_day, groups
from dashboard.wording import NOTHING, count, day, listed, moment
from geo import areas as geo_areas
from problems.areas import Area
from problems.categories import Group
from problems.duplicates import KeptApart, decisions_apart, earliest_of, reporters_of
from problems.errors import ProblemError
from problems.events import Subject
from problems.people import Role
from problems.reports import Report
from problems.suggesting import Likely, SuggestedGroup
from problems.use_cases import merging

READERS: Final = (Role.OFFICER, Role.COORDINATOR)
_SHOWN, _MERGED_SHOWN, _APART_SHOWN = 10, 20, 10
_EVERYWHERE: Final = "Everywhere"
_EVERY_KIND: Final = "Every kind"
_REFUSED: Final = "duplicates_refused"
#: The part that is shown is in the address, under this name.
PART: Final = "part"
TO_REVIEW, MERGED, APART = "To review", "Merged", "Not the same"


def show() -> None:
    """Draw the page."""
    desk = this_desk()
    show_sheet()
    page_head(
        "Duplicates", "Several calls about one lamp are one incident. Fixpoint finds likely pairs; people decide."
    )
    said()
    refused = st.session_state.pop(_REFUSED, None)
    if isinstance(refused, ProblemError):
        refusal(refused)
    if not desk.principal.has(*READERS):
        remark("Single reports are shown to officers and coordinators.")
        return
    wait_for_reports(desk.store, desk.on)
    show_lost(desk.store)
    part = st.segmented_control(
        "Part of the list",
        (TO_REVIEW, MERGED, APART),
        default=TO_REVIEW,
        required=True,
        key=PART,
        bind="query-params",
        label_visibility="collapsed",
    )
    {MERGED: _merged, APART: _apart}.get(part or TO_REVIEW, _to_review)(desk)


# -- to review --


def _to_review(desk: Desk) -> None:
    found = groups.get(desk)
    kind, area = _filters(desk)
    mains = {report.id: report for report in desk.store.reports([group.main_id for group in found])}
    shown = [group for group in found if group.main_id in mains and _fits(mains[group.main_id], kind, area)]
    since = day(first_day(desk))
    if desk.on is not None:
        remark("Found with today’s rules among the reports as they were known then.")
    if not found:
        text = f"No two open reports since {since} are near enough in place, time and words to be one and the same."
        ways = [("/import", "Import reports"), ("/report", "Write a report down")]
        empty("Nothing to review", text, () if desk.on else ways)
        return
    if not shown:
        empty("Nothing here", "No group fits the filters. Choose every kind, everywhere, to see all of them.")
        return
    together = sum(len(group.ids) for group in shown)
    section(f"{count(len(shown), 'group')} to review", f"{count(together, 'open report')} since {since}, surest first")
    known = {report.id: report for report in desk.store.reports([one for group in shown[:_SHOWN] for one in group.ids])}
    if st.toggle("Plain table", key="plain", bind="query-params", help="For screen readers and for printing"):
        _as_table(desk, shown[:_SHOWN], known)
    for place, group in enumerate(shown[:_SHOWN]):
        _show_group(desk, place, group, known)
    if len(shown) > _SHOWN:
        more = count(len(shown) - _SHOWN, "more group")
        remark(f"{more} are not listed." if desk.on else f"{more} follow when these are decided.")


def _filters(desk: Desk) -> tuple[Group | None, Area | None]:
    kinds = {group.label: group for group in Group}
    areas = {f"{area.kind.value.capitalize()}: {area.name}": area for area in desk.store.areas()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="list-filters"):
        kind = st.selectbox("Category", [_EVERY_KIND, *kinds], key="category", bind="query-params")
        area = st.selectbox("Area", [_EVERYWHERE, *sorted(areas)], key="area", bind="query-params")
    return kinds.get(kind), areas.get(area)


def _fits(main: Report, kind: Group | None, area: Area | None) -> bool:
    if kind is not None and main.group is not kind:
        return False
    if area is None:
        return True
    return main.lon_lat is not None and bool(geo_areas.inside(np.array([main.lon_lat]), area.geometry)[0])


def _show_group(desk: Desk, place: int, group: SuggestedGroup, known: Mapping[int, Report]) -> None:
    reports = [known[number] for number in group.ids if number in known]
    main = reports[0]
    with st.container(key=f"group-{group.main_id}", gap="small"):
        where = main.address or main.area or main.ref
        kind = category_words(main.category, main.category_name)
        draw(element("h3", f"{kind}, {where}", css="fx-group-title"))
        beside = {other.report_id: other for other in group.others}
        apart = _apart_before(desk, group)
        cards = joined(_card(desk, report, beside.get(report.id), apart.get(report.id, ())) for report in reports)
        draw(element("ol", cards, css="fx-side", aria_label=f"Reports of group {place + 1}"))
        if desk.on is None and desk.principal.has(*READERS):
            _ask_group(desk, place, group, reports)


def _ask_group(desk: Desk, place: int, group: SuggestedGroup, reports: Sequence[Report]) -> None:
    """Draw what can be decided about the reports of a group that are ticked; all are at first."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        ticked = {
            report.id: report
            for report in reports
            if st.checkbox(report.ref, value=True, key=f"tick-{group.main_id}-{report.id}")
        }
    if len(ticked) < 2:
        remark("Tick at least two reports to decide about them.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        choices = {number: f"{one.ref}, {moment(one.reported_at, desk.zone)}" for number, one in ticked.items()}
        key = f"main-{group.main_id}"
        if st.session_state.get(key) not in choices:
            st.session_state.pop(key, None)
        chosen = st.selectbox(
            "Main report", list(choices), format_func=lambda number: choices[number], key=key, width=270
        )
        if desk.principal.has(Role.OFFICER):
            oldest = chosen == group.main_id
            st.button(
                "Merge into the oldest" if oldest else plain_label(f"Merge into {ticked[chosen].ref}"),
                key=f"merge-{group.main_id}",
                type="primary" if place == 0 else "secondary",
                on_click=_merge,
                args=(chosen, {number: one.version for number, one in ticked.items()}),
            )
        st.button("Not the same", key=f"apart-{group.main_id}", on_click=_keep_apart, args=(tuple(ticked),))


def _apart_before(desk: Desk, group: SuggestedGroup) -> dict[int, list[str]]:
    """Return for each report of a group those, none of them in it, that it was said to be no duplicate of."""
    found: dict[int, list[str]] = {}
    for one in desk.store.aparts():
        for report_id, other_id in ((one.first_id, one.second_id), (one.second_id, one.first_id)):
            if report_id in group.ids:
                found.setdefault(report_id, []).append(f"R-{other_id:06d}")
    return found


def _card(desk: Desk, report: Report, likely: Likely | None, apart: Sequence[str]) -> Html:
    told = likely.why if likely else "The earliest"
    if apart:
        told = f"{told}. Not the same as {listed(list(apart))}, but still similar to the others here"
    why = element("p", told, css="fx-why")
    return element(
        "li",
        element("p", element("b", report.ref), f" {moment(report.reported_at, desk.zone)}"),
        why,
        element("p", report.address or "No address", css="fx-quiet"),
        element("p", report.text or "No words", css="fx-said"),
        element("p", _from(report), css="fx-quiet"),
    )


def _from(report: Report) -> str:
    parts = [report.status.label, report.source, report.channel if report.channel != report.source else ""]
    return " · ".join(part for part in parts if part)


def _as_table(desk: Desk, shown: Sequence[SuggestedGroup], known: Mapping[int, Report]) -> None:
    rows = []
    for place, group in enumerate(shown, start=1):
        beside = {other.report_id: other for other in group.others}
        for report in (known[number] for number in group.ids if number in known):
            likely = beside.get(report.id)
            rows.append(
                (
                    report.ref,
                    place,
                    category_words(report.category, report.category_name),
                    moment(report.reported_at, desk.zone),
                    report.address or NOTHING,
                    report.text or NOTHING,
                    likely.why if likely else "the earliest",
                )
            )
    heads = ("Report", "Group", "Kind", "Reported", "Where", "What was said", "Why")
    draw(table("Groups to review", heads, rows, numeric=(1,), narrow_without=(2, 3, 4)))


# -- what was decided --


def _merged(desk: Desk) -> None:
    merged = desk.store.merged_reports()
    if not merged:
        empty("Nothing is merged", "What you merge under “To review” is listed here and can be taken apart again.")
        return
    section(f"{count(len(merged), 'main report')} with duplicates", "the latest main reports first")
    for main_id in sorted(merged, reverse=True)[:_MERGED_SHOWN]:
        reports = {report.id: report for report in desk.store.reports([main_id, *merged[main_id]])}
        main, others = reports.get(main_id), [reports[one] for one in merged[main_id] if one in reports]
        if main is None or not others:
            continue
        with st.container(horizontal=True, vertical_alignment="center", gap="medium", key=f"merged-{main_id}"):
            draw(_merged_row(desk, main, others))
            if desk.on is None and desk.principal.has(Role.OFFICER):
                versions = {report.id: report.version for report in others}
                st.button("Take apart", key=f"split-{main_id}", on_click=_take_apart, args=(versions,))
    if len(merged) > _MERGED_SHOWN:
        remark(f"{len(merged) - _MERGED_SHOWN} earlier ones are not shown.")


def _merged_row(desk: Desk, main: Report, others: Sequence[Report]) -> Html:
    together = [main, *others]
    first = earliest_of(together)
    told = (
        f"{count(len(together), 'report')} of one incident, {count(reporters_of(together), 'reporter')}, "
        f"the earliest of {moment(first.reported_at, desk.zone)}"
    )
    by = desk.store.events(Subject.REPORT, others[-1].id)
    who = f", merged by {by[-1].by_name}" if by else ""
    kind = category_words(main.category, main.category_name)
    return element(
        "p",
        element("b", f"{main.ref} {kind}"),
        f", {main.address or main.area or 'no address'} · {main.status.label}",
        element("br"),
        element("span", f"{told}: {', '.join(each.ref for each in others)}{who}", css="fx-quiet"),
        css="fx-row",
    )


def _apart(desk: Desk) -> None:
    decided = decisions_apart(desk.store.aparts())
    if not decided:
        empty("Nothing was kept apart", "Reports that you call “Not the same” are listed here; you can take it back.")
        return
    section(
        f"{count(len(decided), 'decision')} to keep reports apart",
        "never suggested to each other again, unless you take it back",
    )
    shown = decided[:_APART_SHOWN]
    reports = {one.id: one for one in desk.store.reports([number for each in shown for number in each.report_ids])}
    for place, each in enumerate(shown):
        with st.container(horizontal=True, vertical_alignment="center", gap="medium", key=f"apart-row-{place}"):
            draw(_apart_row(desk, each, reports))
            args = (each.report_ids, each.decided_at)
            if desk.on is None:
                st.button("Take back", key=f"back-{place}", on_click=_take_back, args=args)
    if len(decided) > _APART_SHOWN:
        remark(f"{count(len(decided) - _APART_SHOWN, 'earlier decision')} not shown.")


def _apart_row(desk: Desk, each: KeptApart, reports: Mapping[int, Report]) -> Html:
    there = [reports[number] for number in each.report_ids if number in reports]
    words = listed([f"{report.ref} ({report.address or NOTHING})" for report in there])
    when = f"{each.decided_by}, {moment(each.decided_at, desk.zone)}"
    return element("p", words, element("br"), element("span", when, css="fx-quiet"), css="fx-row")


# -- what the buttons do --


def _merge(main_id: int, versions: Mapping[int, int]) -> None:
    others = [number for number in versions if number != main_id]
    try:
        main = merging.merge_reports(
            *this_desk().asking, main_id=main_id, duplicate_ids=others, seen_versions=dict(versions)
        )
    except ProblemError as refused:
        st.session_state[_REFUSED] = refused
        return
    told = f"{count(len(others), 'report')} merged into {main.ref}: one incident now."
    say(f"{told} Under “{MERGED}” it can be taken apart again.")


def _keep_apart(ids: Sequence[int]) -> None:
    try:
        merging.keep_apart(*this_desk().asking, report_ids=list(ids))
    except ProblemError as refused:
        st.session_state[_REFUSED] = refused
        return
    say(
        f"Noted: these {len(ids)} reports are not the same. Under “{APART}” you can take it back. "
        "One of them may still be similar to a report that was not among them; its card says so then."
    )


def _take_apart(versions: Mapping[int, int]) -> None:
    try:
        apart = merging.unmerge_reports(*this_desk().asking, report_ids=list(versions), seen_versions=dict(versions))
    except ProblemError as refused:
        st.session_state[_REFUSED] = refused
        return
    say(f"{count(len(apart), 'report')} taken apart: each is followed up by itself again.")


def _take_back(ids: Sequence[int], decided_at: datetime) -> None:
    try:
        merging.no_longer_apart(*this_desk().asking, report_ids=list(ids), decided_at=decided_at)
    except ProblemError as refused:
        st.session_state[_REFUSED] = refused
        return
    say(f"Taken back: the {len(ids)} reports may be suggested again.")
