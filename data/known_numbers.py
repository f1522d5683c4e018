"""Ask before a file of elsewhere is taken for changes to reports that happen to have the same numbers."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from data.reading.columns import Columns
from data.reading.questions import AS_IT_IS, SAME_NUMBERS, Answer, Question
from problems.report_columns import ReportColumns
from problems.reports import Report
from problems.store import Store

#: So few numbers in common may be chance, or rows that were corrected.
_FEWEST = 5
_MOST_LOOKED_AT = 200
#: Zones and days without a time differ by less.
_OTHER_DATE = timedelta(days=2)
#: About a kilometre: further than a corrected address lies.
_OTHER_PLACE_DEG = 0.01


def known_numbers_question(store: Store, source: str, columns: Columns, sampled: ReportColumns) -> Question | None:
    """Return the question whether this file is of another source, where its numbers stand for other reports.

    Parameters
    ----------
    columns
        A mapping without open questions.
    sampled
        Some rows of the file as they are read with ``columns``.
    """
    if "id" not in columns.names or SAME_NUMBERS in columns.confirmed:
        return None
    ids = list(dict.fromkeys(sampled.source_id.tolist()))[:_MOST_LOOKED_AT]
    known = store.known_reports(source, ids)
    if len(known) < _FEWEST:
        return None
    before = {report.source_id: report for report in store.reports([kept.id for kept in known.values()])}
    others = list(_others(before, sampled))
    if 2 * len(others) <= len(before):
        return None
    was, now = others[0]
    return Question(
        SAME_NUMBERS,
        f"Most of the reference numbers in this file are known in “{source}” already, from other dates and places:"
        f" {now.source_id[:40]} was of {was.reported_at:%Y-%m-%d} and is of {now.reported_at:%Y-%m-%d} now. Is the file"
        " of another source? Then give that source a name of its own (on the command line: --source NAME); else its"
        " rows replace what is kept.",
        (Answer(AS_IT_IS, "they are the same reports: replace what is kept"),),
        None,
        f'confirmed = ["{SAME_NUMBERS}"]',
    )


def _others(before: dict[str, Report], sampled: ReportColumns) -> Iterator[tuple[Report, Report]]:
    for place, number in enumerate(sampled.source_id.tolist()):
        was = before.get(number)
        if was is None or was.undone:
            continue
        now = sampled.report(place)
        if abs(now.reported_at - was.reported_at) > _OTHER_DATE and _lies_elsewhere(was, now):
            yield was, now


def _lies_elsewhere(was: Report, now: Report) -> bool:
    if was.lon_lat is None or now.lon_lat is None:
        return was.category_name != now.category_name
    return bool(np.max(np.abs(np.subtract(was.lon_lat, now.lon_lat))) > _OTHER_PLACE_DEG)
