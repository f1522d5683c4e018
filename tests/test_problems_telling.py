"""Telling reporters: nobody who can be reached is forgotten, and nobody reads a contact without a trace."""

from datetime import timedelta

import pytest

from data.inbox_files import letters_csv
from data.reading.masks import mask_contacts
from data.sealing import Sealer
from data.taxonomy import load_taxonomy
from geo.proportions import proportion
from problems.entries import Caller, Channel, Entry
from problems.errors import InputRefused, MoveRefused, NotAllowed, NotFound
from problems.events import Subject
from problems.followups import Matter, Satisfaction
from problems.lifecycle import MoveAnswers
from problems.receipts import SIGNS, new_receipt
from problems.reports import ReportStatus
from problems.use_cases import merging, reporting, telling
from problems.use_cases.answer_changes import matters_of
from tests.scenes import OFFICER, VIEWER, Scene
from tests.test_problems_answering import move, moved

R = ReportStatus
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
CATEGORIES = load_taxonomy().categories


def called(scene: Scene, number: int = 1, *, reachable: bool = True, evil: str = "") -> Matter:
    """Write a report down for somebody who calls and return it."""
    caller = Caller(f"{evil}Ann {number}", f"01632 96000{number}", f"ann{number}@example.invalid")
    drawn = iter(SIGNS[int(digit)] for digit in f"{number:07d}")
    saved = reporting.add_report(
        scene.store,
        OFFICER,
        scene.clock,
        1,
        entry=Entry("LGT-OUT", "Lamp is dark", Channel.PHONE, address="4 Mill Lane", reporter=f"caller-{number}"),
        receipt=new_receipt(lambda _: next(drawn)),
        categories=CATEGORIES,
        mask=mask_contacts,
        sealed=Sealer(KEY).seal(caller) if reachable else None,
    )
    return matters_of(scene.store, [saved.id])[0]


def ended(scene: Scene, matter: Matter) -> Matter:
    move(scene, OFFICER, matter, R.ACKNOWLEDGED)
    return move(scene, OFFICER, matter, R.RESOLVED, reason="fixed", note="=New lamp fitted.")


def told(scene: Scene, matters: list[Matter]) -> telling.Outcomes:
    now = matters_of(scene.store, [one.id for one in matters])
    versions = {one.id: one.version for one in now}
    return telling.mark_told(scene.store, OFFICER, scene.clock, 1, report_ids=list(versions), seen_versions=versions)


def test_who_can_be_reached_waits_to_hear_from_the_moment_it_ended_until_told(scene: Scene) -> None:
    reachable, unknown = called(scene, 1), called(scene, 2, reachable=False)
    assert telling.to_be_told(scene.store) == []
    ended(scene, reachable)
    ended(scene, unknown)
    assert [matter.id for matter, _ in telling.to_be_told(scene.store)] == [reachable.id]
    (done,) = told(scene, [reachable]).done
    assert (done.followup.told_at, done.followup.told_by) == (scene.clock(), OFFICER.name)
    assert telling.to_be_told(scene.store) == []
    again = told(scene, [reachable])
    assert isinstance(again.refused[0][1], MoveRefused)


def test_whoever_was_told_too_early_is_told_again(scene: Scene) -> None:
    matter = called(scene)
    ended(scene, matter)
    told(scene, [matter])
    move(scene, OFFICER, matter, R.IN_PROGRESS, note="Dark again.")
    assert telling.to_be_told(scene.store) == []
    move(scene, OFFICER, matter, R.RESOLVED, reason="replaced", note="New column.")
    assert [one.id for one, _ in telling.to_be_told(scene.store)] == [matter.id]


def test_the_reporter_of_a_duplicate_hears_how_its_main_report_ended(scene: Scene) -> None:
    main, other = called(scene, 1, reachable=False), called(scene, 2)
    merging.merge_reports(
        scene.store, OFFICER, scene.clock, 1, main_id=main.id, duplicate_ids=[other.id], seen_versions={}
    )
    assert telling.to_be_told(scene.store) == []
    assert isinstance(told(scene, [other]).refused[0][1], MoveRefused)
    ended(scene, main)
    ((matter, told_of),) = telling.to_be_told(scene.store)
    assert (matter.id, told_of.id) == (other.id, main.id)
    assert told(scene, [other]).done


def test_a_matter_that_was_withdrawn_or_passed_on_is_told_too(scene: Scene) -> None:
    one, two = called(scene, 1), called(scene, 2)
    move(scene, OFFICER, one, R.WITHDRAWN, reason="reporter_error", note="You told us it was a mistake.")
    scene.today += timedelta(days=1)
    move(scene, OFFICER, two, R.NOT_OURS, note="The water company sees to it.", body="Water", referred_on=scene.today)
    assert [matter.id for matter, _ in telling.to_be_told(scene.store)] == [one.id, two.id], "ended first, told first"


def test_letters_hold_receipt_sentence_and_contact_and_leave_a_trace_each(scene: Scene) -> None:
    matters = [called(scene, 1, evil="=cmd|' /C calc'!A0 "), called(scene, 2)]
    for matter in matters:
        ended(scene, matter)
    open_one = called(scene, 3)
    letters = telling.write_letters(
        scene.store, OFFICER, scene.clock, 1, report_ids=[*(one.id for one in matters), open_one.id, 99],
        opened=Sealer(KEY).open,
    )  # fmt: skip
    assert [letter.receipt for letter in letters.made] == [one.report.source_id for one in matters]
    assert [type(why) for _, why in letters.refused] == [MoveRefused, NotFound]
    for number, traces in ((matters[0].id, 1), (open_one.id, 0)):
        events = scene.store.events(Subject.REPORT, number)
        assert [one.by for one in events if one.details.get("contact") == "written to a file"] == [OFFICER.key] * traces
    file = letters_csv(letters.made, categories=CATEGORIES).decode("utf-8-sig")
    assert "ann1@example.invalid" in file
    assert '"\'=New lamp fitted."' in file, "no spreadsheet runs it"
    assert "\"'=cmd" in file
    assert [matter.id for matter, _ in telling.to_be_told(scene.store)] == [one.id for one in matters], (
        "not told by that"
    )


def test_letters_are_not_for_everybody_nor_for_all_at_once(scene: Scene) -> None:
    ended(scene, called(scene))
    with pytest.raises(NotAllowed):
        telling.write_letters(scene.store, VIEWER, scene.clock, 1, report_ids=[1], opened=Sealer(KEY).open)
    for ids in ([], list(range(1, 502))):
        with pytest.raises(InputRefused):
            telling.write_letters(scene.store, OFFICER, scene.clock, 1, report_ids=ids, opened=Sealer(KEY).open)


def test_only_who_was_told_answers_and_the_answers_are_counted(scene: Scene) -> None:
    matter = called(scene)
    before = ended(scene, matter)
    asking = (scene.store, OFFICER, scene.clock, 1)
    with pytest.raises(MoveRefused, match="not told yet"):
        telling.record_satisfaction(
            *asking, report_id=matter.id, satisfied=Satisfaction.YES, seen_version=before.version
        )
    (now,) = told(scene, [matter]).done
    saved = telling.record_satisfaction(
        *asking, report_id=matter.id, satisfied=Satisfaction.PARTLY, seen_version=now.version
    )
    assert saved.followup.satisfied is Satisfaction.PARTLY
    answers = scene.store.answers_on_satisfaction()
    assert answers == {Satisfaction.YES: 0, Satisfaction.PARTLY: 1, Satisfaction.NO: 0}


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    # R 4.3: prop.test(x, n, correct = FALSE)$conf.int
    [(0, 10, 0.0, 0.277533), (8, 10, 0.490162, 0.943318), (10, 10, 0.722467, 1.0), (50, 100, 0.403832, 0.596168)],
)
def test_shares_have_wilsons_interval(count: int, total: int, low: float, high: float) -> None:
    found = proportion(count, total)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-5), pytest.approx(high, abs=1e-5))


@pytest.mark.parametrize(("count", "total"), [(1, 0), (-1, 5), (6, 5)])
def test_what_is_no_share_is_a_bug(count: int, total: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        proportion(count, total)


def test_a_report_that_was_written_down_by_hand_can_be_closed(scene: Scene) -> None:
    """Without this it waits for ever, whatever people do."""
    matter = called(scene)
    assert moved(scene, OFFICER, [matter], R.NO_ACTION, MoveAnswers(reason="cost", note="Too dear.")).done
    kept = matters_of(scene.store, [matter.id])[0]
    assert (kept.status, kept.report.closed_at) == (R.NO_ACTION, scene.clock())
