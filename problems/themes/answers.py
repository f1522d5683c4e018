"""What reports tell: whether people hear from us in time, how it ended, and whether they were satisfied."""

from typing import Final

import numpy as np

from problems.briefing.columns import ANSWERS
from problems.briefing.figure import Listed, shared
from problems.briefing.scope import Mask, Scope, local_day_or_none
from problems.briefing.serving import response_decided
from problems.followups import Satisfaction
from problems.reports import ReportStatus
from problems.service import ENDINGS, Ending
from problems.targets import Days, day_number
from problems.themes.course import course_of_share, pieces_of
from problems.themes.page import Measure, Span, Theme, ThemeFigures

_STATUSES: Final = tuple(ReportStatus)
_ENDED_FIXED: Final = [ENDINGS.index(one) for one in (Ending.FIXED, Ending.SAID)]
_OPEN: Final = ENDINGS.index(Ending.OPEN)


def trust(scope: Scope, span: Span) -> ThemeFigures:
    """Return whether people hear from us when we said so."""
    day, in_time = response_decided(scope)
    decided = _within(span, day)
    main = _measure(scope, "first_response", "First response in time", decided, in_time, "In time")
    course = course_of_share(pieces_of(span, np.where(decided, day, -1), in_time), "answered in time", "due")
    return ThemeFigures(
        Theme.TRUST,
        main,
        (_told(scope, span), _opened_again(scope, span), _checked(scope, span)),
        course,
        caveat="Where nobody noted when a report was first answered, its end is taken; a report that moved on without "
        "one is left out.",
        to_do=""
        if main.figure.n
        else "No first response was due in this time. Targets for each category are set under Setup; "
        "reports are answered in the Inbox.",
    )


def _told(scope: Scope, span: Span) -> Measure:
    own = scope.reports
    ended = own.columns.outcome & _within(span, own.end_day) & (own.ending != _OPEN)
    return _measure(scope, "told", "Told, of those with an outcome", ended, scope.told_day >= 0, "Told")


def _opened_again(scope: Scope, span: Span) -> Measure:
    own = scope.reports
    again = own.columns.reopened > 0
    ended = own.counts & _within(span, own.day) & ((own.ending != _OPEN) | again)
    return _measure(scope, "opened_again", "Opened again after it ended", ended, again, "Opened again")


def _checked(scope: Scope, span: Span) -> Measure:
    own = scope.reports
    fixed = own.counts & _within(span, own.end_day) & np.isin(own.ending, _ENDED_FIXED)
    seen = own.columns.status == _STATUSES.index(ReportStatus.VERIFIED)
    return _measure(scope, "checked", "Fixes that somebody went to see", fixed, seen, "Seen on site")


def survey(scope: Scope, span: Span) -> tuple[Measure, Measure]:
    """Return how many of those who answered were satisfied, and how many of those who were told answered."""
    own = scope.reports
    told = own.counts & _within(span, local_day_or_none(own.columns.told_s, scope.moment))
    answered = told & (own.columns.satisfied >= 0)
    content = own.columns.satisfied == ANSWERS.index(Satisfaction.YES)
    return (
        _measure(scope, "satisfied", "Satisfied, of those who answered", answered, content, "Satisfied"),
        _measure(scope, "answered", "Answered, of those who were told", told, answered, "Answered"),
    )


def _measure(scope: Scope, key: str, label: str, of: Mask, counted: Mask, said: str) -> Measure:
    ids = scope.reports.columns.ids
    figure = shared(key, label, int((of & counted).sum()), int(of.sum()))
    return Measure(figure, Listed.REPORTS, ids[of], ids[of & counted], said)


def _within(span: Span, day: Days) -> Mask:
    found: Mask = (day >= day_number(span.first_on)) & (day <= day_number(span.last_on))
    return found
