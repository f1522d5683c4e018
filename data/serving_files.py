"""The service themes as one table: every measure a row, and every piece of its course."""

import io
from collections.abc import Iterator
from typing import Final

from data.writing import csv_writer, safe_cell
from problems.themes.page import ServicePage, ThemeFigures

COLUMNS: Final = ("theme", "measure", "from", "to", "value", "counted", "n", "low", "high", "unit", "note")


def serving_csv(page: ServicePage) -> bytes:
    """Return the themes as UTF-8; what a spreadsheet would run as a formula gets an apostrophe in front.

    The same page gives the same bytes.
    """
    out = io.StringIO(newline="")
    writer = csv_writer(out)
    writer.writerow(COLUMNS)
    for theme in page.themes:
        for row in (*_measures(page, theme), *_course(theme)):
            writer.writerow([safe_cell(one) if isinstance(one, str) else one for one in row])
    return out.getvalue().encode()


def _measures(page: ServicePage, theme: ThemeFigures) -> Iterator[tuple[object, ...]]:
    first, last = page.span.first_on.isoformat(), page.moment.as_of.isoformat()
    for one in theme.measures:
        figure = one.figure
        counted = None if one.counted is None else len(one.counted)
        numbers = (_short(figure.value), counted, figure.n, _short(figure.low), _short(figure.high))
        yield (theme.theme.label, figure.label, first, last, *numbers, str(figure.unit), figure.sentence)


def _course(theme: ThemeFigures) -> Iterator[tuple[object, ...]]:
    course = theme.course
    words = f"{course.counted} of {course.of}" if course.of else course.counted
    for one in course.pieces:
        name = f"{theme.main.figure.label}: course"
        days = (one.first.isoformat(), one.last.isoformat())
        yield (theme.theme.label, name, *days, None, one.count, one.total, None, None, "", words)
    yield (
        theme.theme.label,
        f"{theme.main.figure.label}: reading",
        "",
        "",
        None,
        None,
        None,
        None,
        None,
        "",
        course.sentence,
    )


def _short(number: float | None) -> float | int | None:
    if number is None:
        return None
    rounded = round(float(number), 6)
    return int(rounded) if rounded.is_integer() else rounded
