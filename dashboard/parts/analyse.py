"""The analysis of one problem: where it is going, week by week, at what hours, what repeats nearby, how urgent."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Final

import numpy as np
import streamlit as st

from dashboard import analysed, jobs, session
from dashboard.design import Html
from dashboard.parts.desk import Desk
from dashboard.parts.hours_table import show_hours
from dashboard.parts.markup import draw, element, joined, section, table
from dashboard.parts.notices import remark
from dashboard.parts.priority import priority_words
from dashboard.parts.trend_marks import trend_mark
from dashboard.parts.week_chart import show_weeks, usual_weeks
from dashboard.wording import count
from geo.near_repeats import NearRepeats
from problems.analysing import PlaceWeeks
from problems.categories import Group
from problems.finding import GROUPS
from problems.hours import MIN_INCIDENTS, HoursTable, Stretch, busiest_stretch, hours_of
from problems.near_repeats import DAYS, near_repeat_finding
from problems.problem import Problem
from problems.progress import Progress
from problems.trends import Trend, TrendWord

#: The hours are those of the past year, or of all that is known where the year has too few.
_YEAR_DAYS: Final = 364
#: Up to so many incidents the near repeats are worked out while the page is drawn (about half a second).
NEAR_REPEATS_AT_ONCE: Final = 2_500


def show_analysis(desk: Desk, problem: Problem) -> None:
    """Draw the analysis of a problem."""
    going = analysed.going(desk)
    weeks, trend = going.weeks[problem.id], going.trends[problem.id]
    _show_trend(weeks, trend, _found_on(desk, problem))
    _show_weeks(desk, problem, weeks)
    _show_hours(desk, problem)
    _show_near_repeats(desk, problem.group)
    section("How urgent beside the others")
    draw(element("p", priority_words(desk, problem), css="fx-reading"))


def _found_on(desk: Desk, problem: Problem) -> date:
    return problem.created_at.astimezone(desk.zone).date()


def _show_trend(weeks: PlaceWeeks, trend: Trend, found_on: date) -> None:
    section("Where it is going", count(len(weeks.z), "complete week"))
    draw(element("p", trend_mark(trend), element("span", trend.sentence), css="fx-reading fx-line"))
    if trend.pattern is not None:
        draw(element("p", f"{_usual_words(weeks)} In full: {trend.tooltip}", css="fx-quiet"))
        if trend.word is TrendWord.GROWING and found_on >= weeks.week(len(weeks.counts) - len(weeks.z)):
            remark(
                "It was found in these weeks, because it was high then. Of places that never changed, about one in "
                "eight looks as if it grew when it is picked like that."
            )


def _usual_words(weeks: PlaceWeeks) -> str:
    share = "in the year before" if weeks.against_earlier else "over these weeks"
    if weeks.against_town:
        return f"Usual here: the place’s share {share}, of what the rest of the town reports of this kind each week."
    return "Usual is its own mean week: the rest of the town reports too little of this kind to compare with."


def _show_weeks(desk: Desk, problem: Problem, weeks: PlaceWeeks) -> None:
    section("Against a usual week", "distinct incidents inside the outline")
    found_on = _found_on(desk, problem)
    picked_from: date | None = None
    marks = [(found_on, "Found")]
    if problem.hot_spot_id is not None:
        picked_from = found_on - timedelta(days=session.get_settings().detection.window_days)
    if problem.remediated_on:
        marks.append((problem.remediated_on, "Work done"))
    show_weeks(weeks, usual_weeks(weeks, picked_from, problem.remediated_on), marks)


def _show_hours(desk: Desk, problem: Problem) -> None:
    section("When in the week", f"local time, {desk.zone}")
    found, stretch, is_all = _hours(desk, problem)
    show_hours(found, stretch, "since the first report" if is_all else "in the past year")


def _hours(desk: Desk, problem: Problem) -> tuple[HoursTable, Stretch | None, bool]:
    town = analysed.town(desk)
    rows = town.inside(problem.footprint, problem.group, analysed.metric_epsg(desk.store))
    recent = rows[town.day[rows] > (analysed.last_known_day(desk) - date(1970, 1, 1)).days - _YEAR_DAYS]
    is_all = len(recent) < MIN_INCIDENTS < len(rows)
    reports = desk.store.reports(town.report[rows if is_all else recent].tolist())
    precision = {source.name: source.time_precision for source in desk.store.sources()}
    found = hours_of(reports, precision, desk.zone)
    return found, busiest_stretch(found.hours, desk.seed), is_all


def _show_near_repeats(desk: Desk, group: Group) -> None:
    section("Does it repeat nearby?", f"{group.label}, the whole town, past year")
    found = analysed.near_repeats_kept(desk, group)
    if found is None:
        town = analysed.town(desk)
        newest = (town.last - date(1970, 1, 1)).days
        many = int(np.count_nonzero((town.group == GROUPS.index(group)) & (town.day > newest - DAYS)))
        if many > NEAR_REPEATS_AT_ONCE:
            _offer_near_repeats(desk, group, many)
            return
        found = analysed.find_near_repeats(desk, group)
    finding = near_repeat_finding(found)
    draw(element("p", element("span", finding.sentence, title=finding.tooltip), css="fx-reading"))
    if finding.is_raised:
        remark(
            "The next days are the time to look at the neighbours. It may also be that places come and go: "
            "a street that is bad for one month looks the same. It names no address.",
        )
    if found.events:
        with st.expander("All distances and times"):
            draw(_near_table(found))
            draw(
                element(
                    "p",
                    f"{finding.tooltip} What was reported at one place on one day counts once. Only the first field "
                    "is tested; the others are there to look at.",
                    css="fx-quiet",
                )
            )


def _offer_near_repeats(desk: Desk, group: Group, many: int) -> None:
    name = f"Repeats nearby: {group.label}"

    def work(progress: Progress) -> NearRepeats:
        return analysed.find_near_repeats(desk, group, progress)

    running = jobs.find(name)
    if running is not None:
        jobs.watch(name, done=lambda _: "Reports came in meanwhile: work it out again.")
        if running.is_running:
            return
    remark(f"{many:,} incidents are to be compared with each other; that can take a minute, and can be stopped.")
    if st.button("Work it out", key="near-repeats"):
        jobs.start(name, work)
        st.rerun()


def _near_table(found: NearRepeats) -> Html:
    ratio = found.ratio

    def cell(at: int, time: int) -> Html:
        told = "–" if np.isnan(ratio[at, time]) else f"{ratio[at, time]:.1f} times"
        beside = f" ({int(found.observed[at, time]):,} for {found.expected[at, time]:.0f})"
        return joined([element("span", told), element("small", beside)])

    heads = ["Distance", *_bands(found.within_days, "days", whole=True)]
    rows = [
        (words, *(cell(at, time) for time in range(len(found.within_days))))
        for at, words in enumerate(_bands(found.within_m, "m", whole=False))
    ]
    return table("Pairs of incidents: times as many as by chance (seen for expected)", heads, rows, stacked=True)


def _bands(ends: tuple[float, ...], unit: str, *, whole: bool) -> list[str]:
    words = [f"up to {ends[0]:g} {unit}"]
    for before, end in pairwise(ends):
        words.append(f"{before + 1 if whole else before:g} to {end:g} {unit}")
    return words
