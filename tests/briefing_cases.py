"""Who may be shown a briefing, and who may note and decide in the meeting about it."""

from collections.abc import Callable
from typing import Any

from problems.areas import AreaKind
from problems.briefing.figure import Behind, Listed
from problems.briefing.mailing import Mail
from problems.briefing.meetings import Settled
from problems.briefing.weeks import IsoWeek
from problems.use_cases import briefing, looking_at_areas, mailing, meeting
from tests.briefed import LISTED, STANDARDS
from tests.scenes import LONDON


def _week(town: Any) -> IsoWeek:
    return IsoWeek.of(town.today)


def _mail(town: Any) -> Mail:
    return Mail(_week(town), "", "chief@example.org")


#: As in :mod:`tests.test_problems_roles`.
BRIEFING_CASES: dict[str, tuple[Callable[[Any, Any], object], str]] = {
    "briefing.brief": (lambda town, ask: briefing.brief(*ask, week=_week(town), **STANDARDS), "Pocmas"),
    "briefing.briefs_by_area": (
        lambda town, ask: list(briefing.briefs_by_area(*ask, week=_week(town), kind=AreaKind.WARD, **STANDARDS)),
        "Pocmas",
    ),
    "briefing.reports_behind": (
        lambda town, ask: briefing.reports_behind(
            *ask, week=_week(town), behind=Behind(Listed.REPORTS, figure="backlog"), **LISTED
        ),
        "ocmas",
    ),
    "looking_at_areas.compare_areas_now": (
        lambda _town, ask: looking_at_areas.compare_areas_now(*ask, zone=LONDON, kinds={}, kind=AreaKind.WARD),
        "Pocmas",
    ),
    "looking_at_areas.look_at_area": (
        lambda _town, ask: looking_at_areas.look_at_area(*ask, area="Harehills", **STANDARDS),
        "Pocmas",
    ),
    "mailing.mails_sent": (lambda town, ask: mailing.mails_sent(*ask, week=_week(town)), "as"),
    "mailing.begin_mail": (lambda town, ask: mailing.begin_mail(*ask, mail=_mail(town), known_on=town.today), "as"),
    "mailing.end_mail": (lambda town, ask: mailing.end_mail(*ask, mail=_mail(town), known_on=town.today), "as"),
    "mailing.reader_for": (
        lambda _town, ask: mailing.reader_for(*ask, organisation="", addresses=("chief@example.org",)),
        "as",
    ),
    "meeting.note_meeting": (
        lambda town, ask: meeting.note_meeting(*ask, week=_week(town), text="All were there."),
        "ocm",
    ),
    "meeting.decide_in_meeting": (
        lambda town, ask: meeting.decide_in_meeting(*ask, week=_week(town), text="Light Mill Lane."),
        "cm",
    ),
    "meeting.settle_decision": (
        lambda town, ask: meeting.settle_decision(*ask, decision_id=town.decision_id, state=Settled.DONE),
        "cm",
    ),
    "meeting.meeting_of": (lambda town, ask: meeting.meeting_of(*ask, week=_week(town)), "ocma"),
}
