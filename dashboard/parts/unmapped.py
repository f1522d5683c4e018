"""Category names that nobody has mapped yet: choose a category once, for all their reports."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard.design import plain_label
from dashboard.parts.decided import choices, days_asked, show_decided
from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field, Form, form_button
from dashboard.parts.markup import draw, element
from dashboard.parts.notices import refusal, remark, say
from dashboard.parts.reports_table import taxonomy
from dashboard.wording import count, listed
from data.suggesting import suggestion
from data.taxonomy import listed_taxonomy, taxonomy_of
from problems.errors import ProblemError
from problems.events import Subject
from problems.feed_names import left_for_later, name_key
from problems.people import Role
from problems.use_cases import reviewing

_SHOWN: Final = 10
_EXAMPLES: Final = 3
#: More names than this can be searched.
_SEARCHED_FROM: Final = 20
_LONGEST: Final = 90
#: Free text may name neighbours: it stays with those who handle reports.
_READERS: Final = (Role.OFFICER, Role.COORDINATOR)
_EVERY: Final = "All sources"
_TICK: Final = "tick-name-"


@dataclass(frozen=True)
class Waiting:
    """A name without a category: its most frequent spelling, all of them, and how many reports have it."""

    source: str
    name: str
    spellings: tuple[str, ...]
    reports: int

    @property
    def key(self) -> str:
        """What its widgets are told apart by."""
        return "\x1f".join(name_key(self.source, self.name))

    @property
    def words(self) -> str:
        """What people call it."""
        return self.name or "(no name)"


def show_unmapped(desk: Desk) -> None:
    """Draw the names, those with most reports first, and what was decided about others."""
    waiting = waiting_names(desk.store.unmapped_names())
    if waiting:
        _show_waiting(desk, waiting)
    else:
        remark("Every category name is known. Nothing waits here.")
    show_decided(desk)


def waiting_names(unmapped: Iterable[tuple[str, str, int]]) -> list[Waiting]:
    """Return the unmapped names, spellings of one name together, those with most reports first."""
    found: dict[tuple[str, str], Counter[str]] = {}
    sources: dict[tuple[str, str], str] = {}
    for source, name, reports in unmapped:
        key = name_key(source, name)
        found.setdefault(key, Counter())[name] += reports
        sources.setdefault(key, source)
    names = [
        Waiting(sources[key], spelt.most_common(1)[0][0], tuple(name for name, _ in spelt.most_common()), spelt.total())
        for key, spelt in found.items()
    ]
    return sorted(names, key=lambda each: (-each.reports, each.source, each.name))


def _show_waiting(desk: Desk, waiting: Sequence[Waiting]) -> None:
    reports = sum(each.reports for each in waiting)
    remark(
        f"{count(reports, 'report')} under {count(len(waiting), 'name')} that Fixpoint does not know. "
        "They are kept, but no hot spot is looked for among them until somebody chooses a category. "
        "A choice holds for the reports that are here and for all that come later."
    )
    left = left_for_later(desk.store.events(Subject.STORE))
    ahead = [each for each in waiting if name_key(each.source, each.name) not in left]
    later = [each for each in waiting if name_key(each.source, each.name) in left]
    chosen = _searched(_one_source(ahead))
    may = desk.principal.has(*reviewing.MAY_MAP)
    several = may and len(chosen) > 1
    if several:
        _several(desk, chosen)
    for place, each in enumerate(chosen[:_SHOWN]):
        _row(desk, each, place, may=may, tick=several)
    if not may and chosen:
        remark("Coordinators and administrators choose what these names mean.")
    if len(chosen) > _SHOWN:
        remark(f"{count(len(chosen) - _SHOWN, 'more name')} will follow when these are done.")
    if later:
        with st.expander(f"Left for later ({len(later)})"):
            for place, each in enumerate(later):
                _row(desk, each, _SHOWN + place, may=may, later=True)


def _one_source(waiting: Sequence[Waiting]) -> Sequence[Waiting]:
    sources = sorted({each.source for each in waiting})
    if len(sources) < 2:
        return waiting
    chosen = st.selectbox("Names of", [_EVERY, *sources], key="unmapped_source", width=320)
    return [each for each in waiting if chosen in (_EVERY, each.source)]


def _searched(waiting: Sequence[Waiting]) -> Sequence[Waiting]:
    """Draw a search where the names are many, and return those that hold what is searched for."""
    if len(waiting) <= _SEARCHED_FROM:
        return waiting
    sought = st.text_input("Search these names", key="unmapped_search", width=320).casefold().split()
    found = [
        each for each in waiting if all(word in " ".join((*each.spellings, each.source)).casefold() for word in sought)
    ]
    if not found:
        remark("No name holds these words.")
    return found


def _several(desk: Desk, waiting: Sequence[Waiting]) -> None:
    """Draw the choice of one category for all names that are ticked."""
    ticked = [each for each in waiting[:_SHOWN] if st.session_state.get(f"{_TICK}{each.key}")]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="fx-several"):
        code = st.selectbox(
            "Category for the names that you tick",
            list(choices()),
            index=None,
            format_func=lambda value: choices()[value],
            placeholder="Choose",
            key="several_code",
            width=360,
        )
        label = f"Use for {count(len(ticked), 'name')}" if ticked else "Use for ticked names"
        if st.button(label, key="map-several", disabled=not (ticked and code)) and code:
            _map(desk, ticked, code)


def _row(desk: Desk, each: Waiting, place: int, *, may: bool, tick: bool = False, later: bool = False) -> None:
    words = f"{each.words} · {each.source} · {count(each.reports, 'report')}"
    with st.container(key=f"unmapped-{place}", gap=None):
        if tick:
            st.checkbox(plain_label(words), key=f"{_TICK}{each.key}")
        else:
            draw(element("p", words, css="fx-row"))
        for line in _about(desk, each):
            draw(element("p", line, css="fx-quiet"))
        if not may:
            return
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"ways-of-name-{place}"):
            near = suggestion(taxonomy_of(desk.store), each.source, each.name)
            if near is not None:
                label = f"Use “{taxonomy().categories[near.code].name}”"
                hint = (
                    f"Because it is like “{near.like}”." if near.like != taxonomy().categories[near.code].name else None
                )
                if st.button(plain_label(label), key=f"suggested-{place}", help=plain_label(hint) if hint else None):
                    _map(desk, [each], near.code)
            form_button(map_form(each), key=f"map-{place}", label="Choose category")
            if st.button("Take up again" if later else "Leave for later", key=f"later-{place}", type="tertiary"):
                reviewing.leave_name(*desk.asking, source=each.source, name=each.name, later=not later)
                st.rerun()


def _about(desk: Desk, each: Waiting) -> list[str]:
    """Return what helps to tell what a name means: other spellings, and what was said in such reports."""
    lines = []
    if len(each.spellings) > 1:
        others = [f"“{name}”" for name in each.spellings[1:4]]
        lines.append(f"Also written {listed(others)}.")
    if not each.name:
        lines.append("These reports name no category. Later ones without a name will wait here again.")
    if desk.principal.has(*_READERS):
        reports = desk.store.unmapped_reports(each.source, each.spellings[0], _EXAMPLES)
        said = [report.text or report.address for report in reports]
        shown = dict.fromkeys(f"“{_short(text)}”" for text in said if text)
        lines += [f"For example {listed(list(shown))}"] if shown else []
    return lines


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1].rstrip()}…"


def _map(desk: Desk, names: Sequence[Waiting], code: str) -> None:
    """Give names a category and say how many reports have one now; what fails is shown and the rest is kept."""
    mapped = 0
    for each in names:
        try:
            mapped += _mapped(desk, each, code)
        except ProblemError as refused:
            refusal(refused)
            return
        st.session_state.pop(f"{_TICK}{each.key}", None)
    told = f"“{names[0].words}”" if len(names) == 1 else count(len(names), "name")
    say(f"{told}: {count(mapped, 'report')} {_are(mapped)} now “{taxonomy().categories[code].name}”. {_TAKE_BACK}")
    st.rerun()


_TAKE_BACK: Final = "It can be taken back under “What people decided”."


def _mapped(desk: Desk, each: Waiting, code: str) -> int:
    return reviewing.map_name(
        *desk.asking, source=each.source, name=each.name, code=code, taxonomy=listed_taxonomy(desk.store)
    )


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def map_form(each: Waiting) -> Form:
    """Return the form that gives a name its category, for all days or for some."""

    def save(at: Desk, answers: Answers, _seen_version: int) -> str:
        code = str(answers.get("code") or "")
        mapped = reviewing.map_name(
            *at.asking,
            source=each.source,
            name=each.name,
            code=code,
            taxonomy=listed_taxonomy(at.store),
            valid_from=answers.get("valid_from"),
            valid_to=answers.get("valid_to"),
        )
        return f"{count(mapped, 'report')} called “{each.words}” {'has' if mapped == 1 else 'have'} a category now."

    question = Field("code", "Category", "choice", choices=choices(), needed=True)
    intro = f"“{each.words}” from {each.source}: {count(each.reports, 'report')}."
    return Form("What is it?", "Use this category", (question, *days_asked()), save, None, intro)
