"""Who was mailed what: each once, none lost, and nothing of an address in the record."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from problems.areas import AreaKind
from problems.briefing.briefing import AreaThen, Briefing
from problems.briefing.mailing import (
    Mail,
    MailState,
    body_of,
    file_name,
    mailed,
    message_id,
    page_link,
    subject_of,
    told_first,
)
from problems.briefing.weeks import IsoWeek
from problems.clock import Clock
from problems.errors import InputRefused, NotAllowed
from problems.events import Subject
from problems.people import SYSTEM, Role
from problems.use_cases.leaving import close_organisation
from problems.use_cases.mailing import LEFT_TO_OTHERS, begin_mail, end_mail, mails_sent, reader_for
from problems.use_cases.organising import add_organisation
from tests.briefed import briefed
from tests.scenes import COMMANDER, COORDINATOR, OFFICER, VIEWER, Scene, days_before

WEEK = IsoWeek.read("2026-W09")
MONDAY = date(2026, 3, 2)
MAIL = Mail(WEEK, "", "chief@city.example.org")


def begun(scene: Scene, mail: Mail = MAIL, *, clock: Clock | None = None, again: bool = False) -> int | None:
    return begin_mail(scene.store, SYSTEM, clock or scene.clock, 1, mail=mail, known_on=MONDAY, again=again)


def ended(scene: Scene, mail: Mail = MAIL, why: str = "") -> None:
    end_mail(scene.store, SYSTEM, scene.clock, 1, mail=mail, known_on=MONDAY, why=why)


def later(scene: Scene, span: timedelta) -> Clock:
    return lambda: scene.clock() + span


def test_a_mail_that_was_sent_is_not_begun_again_unless_it_is_wanted(scene: Scene) -> None:
    assert begun(scene) == 1
    ended(scene)
    assert begun(scene) is None
    assert begun(scene, clock=later(scene, timedelta(days=30))) is None
    assert begun(scene, again=True) == 2
    ended(scene)
    assert begun(scene, again=True) == 3


def test_a_mail_that_failed_is_begun_again_under_its_old_number(scene: Scene) -> None:
    assert begun(scene) == 1
    ended(scene, why="The mail server is down.")
    assert begun(scene) == 1


def test_of_two_runs_one_takes_a_mail_on(scene: Scene) -> None:
    assert [begun(scene), begun(scene)] == [1, None]


def test_what_a_killed_run_left_is_taken_on_after_a_while(scene: Scene) -> None:
    begun(scene)
    assert begun(scene, clock=later(scene, LEFT_TO_OTHERS - timedelta(seconds=1))) is None
    assert begun(scene, clock=later(scene, LEFT_TO_OTHERS)) == 1


def test_other_weeks_areas_and_people_are_other_mails(scene: Scene) -> None:
    begun(scene)
    ended(scene)
    others = (replace(MAIL, week=WEEK.before), replace(MAIL, area="Northside"), replace(MAIL, to="desk@example.org"))
    assert [begun(scene, one) for one in others] == [1, 1, 1]
    assert begun(scene, replace(MAIL, to="CHIEF@city.example.org")) is None


def test_the_first_day_of_knowledge_that_was_sent_is_remembered(scene: Scene) -> None:
    begun(scene)
    ended(scene, why="refused")
    assert mails_sent(scene.store, SYSTEM, scene.clock, 1, week=WEEK)[1] is None
    begun(scene)
    ended(scene)
    known, first = mails_sent(scene.store, SYSTEM, scene.clock, 1, week=WEEK)
    assert first == MONDAY
    assert (known[MAIL.key].state, known[MAIL.key].sent) == (MailState.SENT, 1)
    events = scene.store.events(Subject.STORE)
    assert told_first(events, WEEK.before) is None
    assert list(mailed(events)) == [MAIL.key]
    assert all("@" not in str(one) for one in events)


@pytest.mark.parametrize("who", [VIEWER, OFFICER, COORDINATOR, COMMANDER])
def test_only_the_program_and_its_administrators_mail(scene: Scene, who: object) -> None:
    assert hasattr(who, "roles")
    for use_case, more in (
        (begin_mail, {"mail": MAIL, "known_on": MONDAY}),
        (end_mail, {"mail": MAIL, "known_on": MONDAY}),
        (mails_sent, {"week": WEEK}),
        (reader_for, {"organisation": "", "addresses": ()}),
    ):
        with pytest.raises(NotAllowed):
            use_case(scene.store, who, scene.clock, 1, **more)  # type: ignore[operator] # one of four use cases


def test_a_partner_is_read_for_as_a_partner(scene: Scene) -> None:
    parks = add_organisation(scene.store, COORDINATOR, scene.clock, 1, name="Parks", kind="council")

    def reader(organisation: str) -> object:
        return reader_for(scene.store, SYSTEM, scene.clock, 1, organisation=organisation, addresses=("a@b.example",))

    found = reader("PARKS")
    assert (found.roles, found.organisation_id) == (frozenset({Role.PARTNER}), parks.id)  # type: ignore[attr-defined] # a principal
    assert reader("") == SYSTEM
    with pytest.raises(InputRefused, match=r"There is no organisation “Parcs”\. There are: Parks\."):
        reader("Parcs")
    close_organisation(scene.store, COORDINATOR, scene.clock, 1, organisation_id=parks.id, seen_version=parks.version)
    with pytest.raises(InputRefused, match="was closed"):
        reader("Parks")


# -- what is written --


@pytest.fixture
def briefing(scene: Scene) -> Briefing:
    scene.send(*scene.spot((0, 0), days_before(scene.today, 12)))
    scene.refresh()
    return briefed(scene, WEEK, known_on=scene.today)


def in_area(briefing: Briefing, name: str) -> Briefing:
    area = AreaThen(7, AreaKind.WARD, name, {"type": "Polygon", "coordinates": []})
    return replace(briefing, header=replace(briefing.header, area=area))


def test_no_name_breaks_out_of_its_line(briefing: Briefing) -> None:
    evil = in_area(briefing, "North\r\nBcc: all@example.org\u2028X-Evil: 1")
    assert subject_of(evil).splitlines() == [subject_of(evil)]
    assert "\nBcc" not in body_of(evil, page="", attached=["a.pdf"])
    assert file_name(evil, ".pdf") == "briefing-2026-W09-north-bcc-all-example-orgx-evil-1.pdf"


@pytest.mark.parametrize(
    ("name", "told"),
    [("Saint-Rémy", "saint-remy"), ("北区", "ward-7"), ("../../etc", "etc"), ("A" * 200, "a" * 60), ("…", "ward-7")],
)
def test_attached_files_have_names_that_every_system_knows(briefing: Briefing, name: str, told: str) -> None:
    assert file_name(in_area(briefing, name), ".pdf") == f"briefing-2026-W09-{told}.pdf"


def test_the_link_leads_to_the_same_briefing(briefing: Briefing) -> None:
    told = page_link(in_area(briefing, "Fen & Hill"), "https://x.example/")
    assert told == "https://x.example/briefing?week=2026-W09&area=Fen+%26+Hill&known=2026-03-02"
    assert "briefing?" not in body_of(briefing, page="", attached=["a.pdf"])


def test_the_text_tells_the_week_and_every_decision_that_is_wanted(briefing: Briefing) -> None:
    told = body_of(briefing, page="", attached=["a.pdf", "b.csv"])
    assert told.startswith("Week 9 of 2026, 23 February to 1 March\nTold up to 1 Mar 2026, as known on 2 Mar 2026.\n")
    assert briefing.header.sentence in told
    assert all(one.ref in told and one.recommendation in told for one in briefing.decisions.wanted)
    assert "Attached: a.pdf, b.csv" in told


def test_the_identity_of_a_mail_stays_until_it_is_sent_again() -> None:
    assert message_id(MAIL, 1, "x.example") == message_id(MAIL, 1, "x.example")
    assert message_id(MAIL, 1, "x.example") != message_id(MAIL, 2, "x.example")
    assert message_id(replace(MAIL, to="a@b.example"), 1, "x.example") != message_id(MAIL, 1, "x.example")
