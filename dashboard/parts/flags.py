"""What calls for attention on a problem, in words: on its page, and in the list."""

from collections.abc import Mapping, Sequence
from typing import Final

from dashboard import session
from dashboard.design import Html
from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, element, joined
from dashboard.remembered import Remembered
from dashboard.wording import NOTHING
from problems.flags import Flag, flags_for
from problems.problem import Problem

_flags: Final = Remembered(most=8)


def flags_by_problem(desk: Desk, problems: Sequence[Problem]) -> Mapping[int, list[Flag]]:
    """Return what calls for attention on each problem, worked out once for each state of the store."""
    watch_days = session.get_settings().detection.recurrence_watch_days
    state = (desk.store, desk.store.version(), desk.today, watch_days)
    key = tuple(problem.id for problem in problems)
    return _flags.once(
        "flags",
        state,
        lambda: flags_for(desk.store, problems, desk.today, desk.zone, watch_days=watch_days),
        key=key,
    )


def show_flags(desk: Desk, problem: Problem) -> None:
    """Draw what calls for attention on a problem, each with its reason; nothing where nothing does."""
    watch_days = session.get_settings().detection.recurrence_watch_days
    found = flags_for(desk.store, [problem], desk.today, desk.zone, watch_days=watch_days).get(problem.id, [])
    if found:
        lines = joined(
            element("li", element("b", flag.kind.label), " ", flag.why, css="" if flag.kind.is_warning else "fx-quiet")
            for flag in found
        )
        draw(element("ul", lines, css="fx-flags", aria_label="What calls for attention"))


def flag_words(flags: Sequence[Flag]) -> Html | str:
    """Return the flags of a row of the list: their words, with the reasons for whoever points at them."""
    if not flags:
        return NOTHING
    return joined(
        (
            element("span", flag.kind.label, title=flag.why, css="fx-late" if flag.kind.is_warning else "fx-quiet")
            for flag in flags
        ),
        " ",
    )
