"""The priority of every open problem with all its parts, as a file."""

import io
from typing import Final

from dashboard import analysed, session
from dashboard.parts.desk import Desk
from data.writing import csv_writer, safe_cell
from problems.people import SYSTEM
from problems.store import Store

_HEAD: Final = (
    *("place", "place_from", "place_to", "problem", "name", "group", "status", "points", "points_from", "points_to"),
    *("incidents", "weighted_sum", "allowing_for_chance", "trend", "trend_factor", "overdue_points", "weights_version"),
)


def priorities_file(store: Store) -> str:
    """Return the priorities as CSV text, the first in the list first.

    Text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    desk = Desk(store, SYSTEM, session.get_clock(), session.get_seed(), session.get_settings().zone, ())
    known = analysed.priorities_for(desk)
    problems = {problem.id: problem for problem in desk.store.problems()}
    stream = io.StringIO(newline="")
    writer = csv_writer(stream)
    writer.writerow(_HEAD)
    for each in known.values():
        problem = problems[each.problem_id]
        writer.writerow(
            (
                *(each.rank, each.rank_low, each.rank_high, problem.ref, safe_cell(problem.name)),
                *(problem.group.label, problem.status.label),
                *(round(value, 3) for value in (each.score, each.low, each.high)),
                each.incidents,
                *(round(value, 3) for value in (each.reported, each.shrunk)),
                *(each.trend.label, each.trend_factor, round(each.overdue_points, 3), each.weights_version),
            )
        )
    return stream.getvalue()
