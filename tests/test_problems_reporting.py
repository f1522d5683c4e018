"""Reporting by hand: kept once, in words when refused, contacts apart and not for ever."""

import secrets
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from data.reading.masks import mask_contacts
from data.sealing import Sealer
from data.taxonomy import load_taxonomy
from problems.areas import Area, AreaKind
from problems.entries import BY_HAND, Caller, Channel, Entry
from problems.errors import InputRefused, MoveRefused, NotAllowed, NotFound, Stale
from problems.events import EventKind, Subject
from problems.people import SYSTEM, Principal
from problems.receipts import SIGNS, new_receipt, read_receipt
from problems.reports import Report, ReportFlag, ReportStatus
from problems.use_cases.contacting import drop_old_contacts, show_contact
from problems.use_cases.merging import merge_reports
from problems.use_cases.reporting import add_report, correct_report
from tests.scenes import CENTRE, COORDINATOR, OFFICER, VIEWER, Scene

CATEGORIES = load_taxonomy().categories
DAY = date(2026, 3, 1)
ENTRY = Entry(category="LGT-OUT", text="Lamp is out", channel=Channel.PHONE, lon_lat=CENTRE, address="4 Mill Lane")
SEALER = Sealer(Fernet.generate_key().decode())
CALLER = Caller("Ann Cooper", "01632 960 001", "ann@example.org")


def receipt() -> str:
    return new_receipt(secrets.choice)


def add(scene: Scene, entry: Entry = ENTRY, number: str = "", who: Principal = OFFICER, **more: Any) -> Report:
    return add_report(
        scene.store,
        who,
        scene.clock,
        1,
        entry=entry,
        receipt=number or receipt(),
        categories=CATEGORIES,
        mask=mask_contacts,
        **more,
    )


def correct(scene: Scene, report: Report, **changes: Any) -> Report:
    return correct_report(
        scene.store,
        OFFICER,
        scene.clock,
        1,
        report_id=report.id,
        seen_version=report.version,
        categories=CATEGORIES,
        mask=mask_contacts,
        **changes,
    )


# -- receipts --


@given(st.integers(0, 2**32))
def test_a_receipt_is_read_back_however_it_was_typed(seed: int) -> None:
    import random

    number = new_receipt(random.Random(seed).choice)  # noqa: S311 - a test is no secret
    assert read_receipt(number) == number
    assert read_receipt(number.lower().replace("-", " ").removeprefix("fx")) == number


@given(st.integers(0, 2**32), st.integers(0, 7), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_noticed(seed: int, place: int, sign: str) -> None:
    import random

    signs = new_receipt(random.Random(seed).choice).replace("-", "").removeprefix("FX")  # noqa: S311 - as above
    wrong = signs[:place] + sign + signs[place + 1 :]
    if wrong != signs:
        with pytest.raises(InputRefused, match="must be wrong"):
            read_receipt(wrong)


@given(st.integers(0, 2**32), st.integers(0, 6))
def test_two_swapped_neighbours_are_noticed(seed: int, place: int) -> None:
    import random

    signs = new_receipt(random.Random(seed).choice).replace("-", "").removeprefix("FX")  # noqa: S311 - as above
    swapped = signs[:place] + signs[place + 1] + signs[place] + signs[place + 2 :]
    if swapped != signs:
        with pytest.raises(InputRefused, match="swapped"):
            read_receipt(swapped)


@pytest.mark.parametrize(("typed", "why"), [("", "0 signs"), ("FX-0OIL-2345", "No receipt has"), ("R-000123", "signs")])
def test_what_is_no_receipt_is_said_in_words(typed: str, why: str) -> None:
    with pytest.raises(InputRefused, match=why):
        read_receipt(typed)


# -- adding --


def test_a_report_that_was_written_down_is_kept_and_on_the_map_at_once(scene: Scene) -> None:
    number = receipt()
    report = add(scene, number=number)
    assert (report.source, report.source_id, report.status) == (BY_HAND, number, ReportStatus.NEW)
    assert (report.category, report.channel, report.batch_id) == ("LGT-OUT", "phone", None)
    assert report.reported_at == scene.clock()
    assert scene.store.report_points().ids.tolist() == [report.id]
    assert scene.store.report_known_as(BY_HAND, number) == report
    (told,) = scene.store.events(Subject.REPORT, report.id)
    assert (told.kind, told.by_name) == (EventKind.CREATED, OFFICER.name)


def test_a_second_click_makes_no_second_report(scene: Scene) -> None:
    number = receipt()
    first = add(scene, number=number, sealed=SEALER.seal(CALLER))
    assert add(scene, number=number.lower(), sealed=SEALER.seal(CALLER)) == first
    assert scene.store.counts().reports == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"category": ""}, "Choose what it is about"),
        ({"category": "LGT-NONE"}, "Choose what it is about"),
        ({"channel": "pigeon"}, "Choose how it came in"),
        ({"lon_lat": None, "address": " "}, "Say where it is"),
        ({"lon_lat": (52.9, -1.2)}, "far from this city"),
        ({"lon_lat": (-1.2, 95.0)}, "not on the earth"),
        ({"lon_lat": None, "area_id": 77}, "no longer there"),
        ({"text": "x" * 4001}, "4001 characters"),
        ({"address": "x" * 301}, "301 characters"),
    ],
)
def test_what_cannot_be_kept_is_said_in_words(scene: Scene, changes: dict[str, Any], why: str) -> None:
    with scene.store.writing() as unit:
        unit.set_fact("epsg", "27700")
    with pytest.raises(InputRefused, match=why):
        add(scene, replace(ENTRY, **changes))
    assert scene.store.counts().reports == 0


def test_everything_that_is_wrong_is_said_at_once(scene: Scene) -> None:
    with pytest.raises(InputRefused, match=r"what it is about.*how it came in.*where it is.*Nothing you typed is lost"):
        add(scene, Entry(category="", text="", channel=""))


def test_nothing_happens_in_the_future(scene: Scene) -> None:
    with pytest.raises(InputRefused, match="in the future"):
        add(scene, replace(ENTRY, occurred_at=scene.clock() + timedelta(minutes=5)))
    with pytest.raises(InputRefused, match="ten years"):
        add(scene, replace(ENTRY, occurred_at=scene.clock() - timedelta(days=4000)))
    assert add(scene, replace(ENTRY, occurred_at=scene.clock())).occurred_at == scene.clock()


def test_a_report_without_a_point_is_kept_and_waits_for_one(scene: Scene) -> None:
    report = add(scene, replace(ENTRY, lon_lat=None, asset="L-0417"))
    assert (report.lon_lat, report.asset, report.flags) == (None, "L-0417", ReportFlag.PLACE_MISSING)
    assert len(scene.store.report_points()) == 0
    placed = correct(scene, report, lon_lat=CENTRE)
    assert (placed.lon_lat, placed.flags) == (CENTRE, ReportFlag(0))
    assert len(scene.store.report_points()) == 1


def test_contact_details_in_the_text_are_masked_before_it_is_kept(scene: Scene) -> None:
    report = add(scene, replace(ENTRY, text="Call Ann on 01632 960 001", address="4 Mill Lane, ann@example.org"))
    assert "960" not in report.text
    assert "example.org" not in report.address
    assert ReportFlag.MASKED in report.flags


def test_the_ward_comes_from_the_boundaries_or_is_chosen(scene: Scene) -> None:
    lon, lat = CENTRE
    ring = [[lon - 0.1, lat - 0.1], [lon + 0.1, lat - 0.1], [lon + 0.1, lat + 0.1], [lon - 0.1, lat - 0.1]]
    with scene.store.writing() as unit:
        unit.add_areas([Area(0, AreaKind.WARD, "Northgate", {"type": "Polygon", "coordinates": [ring]})])
    (ward,) = scene.store.areas()
    inside = add(scene, replace(ENTRY, lon_lat=(lon + 0.05, lat)))
    chosen = add(scene, replace(ENTRY, lon_lat=None, area_id=ward.id))
    outside = add(scene, replace(ENTRY, lon_lat=(lon + 0.5, lat), area_id=ward.id))
    assert [(one.area, one.ward_id) for one in (inside, chosen, outside)] == [
        ("Northgate", ward.id),
        ("Northgate", ward.id),
        ("", None),
    ]


@pytest.mark.parametrize(("who", "may"), [(OFFICER, True), (COORDINATOR, True), (VIEWER, False)])
def test_who_may_write_reports_down(scene: Scene, who: Principal, may: bool) -> None:
    if may:
        assert add(scene, who=who).id
        return
    with pytest.raises(NotAllowed):
        add(scene, who=who)


# -- the same as another --


def test_adding_to_a_report_makes_a_duplicate_and_another_reporter(scene: Scene) -> None:
    first = add(scene)
    second = add(scene, replace(ENTRY, lon_lat=None), same_as=first.id, seen_version=first.version)
    assert (second.status, second.main_id) == (ReportStatus.DUPLICATE, first.id)
    points = scene.store.report_points()
    assert points.main.tolist() == [0, first.id]
    assert len(set(points.reporter.tolist())) == 2


def test_what_cannot_be_added_to_leaves_nothing_behind(scene: Scene) -> None:
    first = add(scene)
    second = add(scene, same_as=first.id)
    with pytest.raises(MoveRefused, match="itself a duplicate"):
        add(scene, same_as=second.id)
    with pytest.raises(NotFound):
        add(scene, same_as=99)
    with pytest.raises(InputRefused, match="Correct the category"):
        add(scene, replace(ENTRY, category="WST-DUMP"), same_as=first.id)
    correct(scene, first, text="Two lamps")
    with pytest.raises(Stale):
        add(scene, same_as=first.id, seen_version=first.version)
    assert scene.store.counts().reports == 2


# -- corrections --


def test_a_correction_tells_what_it_was_but_does_not_repeat_the_words(scene: Scene) -> None:
    report = add(scene)
    after = correct(scene, report, category="LGT-DAMAGE", text="Column leans, call 01632 960 001")
    assert (after.category, after.version) == ("LGT-DAMAGE", report.version + 1)
    assert "960" not in after.text
    told = scene.store.events(Subject.REPORT, report.id)[-1]
    assert told.before["category"] == "LGT-OUT"
    assert told.changes["category"] == "LGT-DAMAGE"
    assert "Column" not in repr(told)
    with pytest.raises(Stale, match=OFFICER.name):
        correct(scene, report, category="LGT-DARK")


def test_a_correction_that_changes_nothing_leaves_no_trace(scene: Scene) -> None:
    report = add(scene)
    assert correct(scene, report, text="Lamp is out") == report
    assert len(scene.store.events(Subject.REPORT, report.id)) == 1


# -- contacts --


def test_a_contact_is_shown_to_few_and_leaves_a_trace(scene: Scene) -> None:
    report = add(scene, sealed=SEALER.seal(CALLER))
    asked: dict[str, Any] = {"report_id": report.id, "opened": SEALER.open}
    assert show_contact(scene.store, OFFICER, scene.clock, 1, **asked) == CALLER
    told = scene.store.events(Subject.REPORT, report.id)[-1]
    assert (told.by_name, told.details) == (OFFICER.name, {"contact": "shown"})
    with pytest.raises(NotAllowed):
        show_contact(scene.store, VIEWER, scene.clock, 1, **asked)
    other = add(scene)
    with pytest.raises(NotFound, match="None is kept"):
        show_contact(scene.store, OFFICER, scene.clock, 1, report_id=other.id, opened=SEALER.open)


def test_the_name_of_a_reporter_is_in_no_report_and_in_no_event(scene: Scene) -> None:
    report = add(scene, replace(ENTRY, reporter=SEALER.reporter_key(CALLER)), sealed=SEALER.seal(CALLER))
    written = repr((report, scene.store.events(), list(scene.store.all_reports())))
    assert "example" not in written.lower()  # signs enough that no random id holds them by chance
    assert not any(part in written for part in ("Ann Cooper", "01632", "960 001"))


def drop(scene: Scene) -> int:
    return drop_old_contacts(scene.store, SYSTEM, scene.clock, 1)


def test_contacts_go_ninety_days_after_the_report_was_closed(scene: Scene) -> None:
    closed, still_open, dup = (add(scene, sealed=SEALER.seal(CALLER)) for _ in range(3))
    merge_reports(
        scene.store,
        OFFICER,
        scene.clock,
        1,
        main_id=still_open.id,
        duplicate_ids=[dup.id],
        seen_versions={still_open.id: 1, dup.id: 1},
    )
    with scene.store.writing() as unit:
        unit.save_report(replace(closed, status=ReportStatus.RESOLVED, closed_at=scene.clock()), closed.version)
    scene.today += timedelta(days=90)
    assert drop(scene) == 0
    scene.today += timedelta(days=1)
    assert drop(scene) == 1
    assert scene.store.reports_with_contact() == [still_open.id, dup.id]
    assert scene.store.events(Subject.REPORT, closed.id)[-1].details == {"contact": "dropped"}
    (main,) = scene.store.reports([still_open.id])
    with scene.store.writing() as unit:
        unit.save_report(replace(main, status=ReportStatus.RESOLVED, closed_at=scene.clock()), main.version)
    scene.today += timedelta(days=91)
    assert drop(scene) == 2
    with pytest.raises(NotAllowed):
        drop_old_contacts(scene.store, OFFICER, scene.clock, 1)
