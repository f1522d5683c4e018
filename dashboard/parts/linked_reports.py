"""Reports that somebody linked to a problem, with where each of them stands."""

from typing import Final

import numpy as np

from dashboard.parts.desk import Desk
from dashboard.parts.inbox_list import where
from dashboard.parts.markup import draw, link, section, table
from dashboard.parts.notices import remark
from dashboard.parts.reports_table import category_words
from dashboard.wording import count, day_of
from problems.inbox import Asked, Sight, is_open, limited, sight_of
from problems.problem import Problem
from problems.use_cases.answer_changes import matters_of

_SHOWN: Final = 12


def show_linked_reports(desk: Desk, problem: Problem) -> None:
    """Draw the reports that were linked to a problem, open ones first, each with its page in the inbox.

    Nothing is drawn for whoever is shown no single reports; a partner sees those of their own organisation.
    """
    sight = sight_of(desk.principal)
    if sight is Sight.NONE:
        return
    if desk.on is not None:
        remark("The reports that were linked by hand are shown as they are today only.")
        return
    found = desk.store.inbox(limited(Asked(problem_id=problem.id), desk.principal))
    section("Reports linked by hand", count(len(found), "report") if len(found) else "")
    if not len(found):
        remark("None yet. A report that lies outside, came later or has no place is linked on its page in the inbox.")
        return
    order = np.lexsort((found.ids, -found.reported_s, ~is_open(found)))
    rows = [
        (
            link("/inbox", one.ref, query={"report": one.ref}),
            category_words(one.report.category, one.report.category_name),
            where(sight, one),
            day_of(one.report.reported_at, desk.zone),
            one.status.label,
        )
        for one in matters_of(desk.store, found.ids[order[:_SHOWN]].tolist())
    ]
    heads = ("Report", "Kind", "Where", "Reported", "Status")
    draw(table("Reports linked to this problem, open ones first", heads, rows, stacked=True))
    if len(found) > _SHOWN:
        remark(f"{len(found) - _SHOWN:,} more are linked; these are the first {_SHOWN}.")
