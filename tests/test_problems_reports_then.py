"""Reports as they were known: what is noted of inbox and records each evening is told of that day ever after."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.alike import likeness
from data.stores import open_store
from data.targets import targets_csv, targets_of
from data.taxonomy import load_taxonomy, taxonomy_of
from problems.categories import FeedName
from problems.clock import day_start
from problems.errors import ProblemError
from problems.followups import Satisfaction
from problems.inbox import WAITING, Asked, clocks, counts_of
from problems.lifecycle import MoveAnswers
from problems.looking_back import last_moment, look_back
from problems.people import LAPTOP
from problems.reports import RejectedRow, Report, ReportStatus
from problems.seeing import seen_as_today, seen_by
from problems.sources import PlacePrecision, Source
from problems.store import Store
from problems.suggesting import suggest_after_import
from problems.targets import Target
from problems.then.changes import as_ranges
from problems.then.known import KnownThen, known_reports
from problems.then.names import LIST_REPLACED
from problems.use_cases import (
    answering,
    contacting,
    merging,
    promising,
    referring,
    reviewing,
    sources,
    telling,
    undoing,
)
from problems.use_cases.answer_changes import matters_of
from problems.use_cases.importing import accept_import
from tests.briefed import DAYS
from tests.scenes import COORDINATOR, LONDON, OFFICER, Scene, days_before
from tests.storing import BACK_ENDS, empty_url
from tests.test_problems_telling import called, told
from tests.test_problems_telling import ended as call_ended

BEGIN = date(2026, 3, 2)
DAY = timedelta(days=1)
CALENDAR = DAYS
CATEGORIES = load_taxonomy().categories
R = ReportStatus


# -- what is noted each evening --


def noted(store: Store, day: date) -> dict[str, object]:
    """Return every figure of the inbox and of the records, as asked at the end of a day."""
    waiting = store.inbox(Asked(statuses=frozenset(WAITING)))
    held = clocks(waiting, targets_of(store), CALENDAR, day, LONDON)
    every = store.inbox(Asked())
    asked = {
        "in no category": Asked(unmapped=True),
        "lighting": Asked(category="LGT-OUT"),
        "given to nobody": Asked(assigned=False),
        "of the organisation": Asked(organisation_id=1),
        "waiting": Asked(waiting=True),
        "of the feed": Asked(source="council"),
        "of Omar": Asked(owner="Omar"),
    }
    followups = store.followups(every.ids.tolist())
    return {
        "tiles": counts_of(waiting, held),
        "late": dict(zip(waiting.ids.tolist(), held.late.tolist(), strict=True)),
        "columns": {name: getattr(every, name).tolist() for name in every.__slots__},
        "statuses": dict(store.statuses()),
        **{name: store.inbox(one).ids.tolist() for name, one in asked.items()},
        "followups": {number: one for number, one in followups.items() if one != type(one)(number)},
        "to be told": [one.id for one, _ in telling.to_be_told(store)],
        "answers": dict(store.answers_on_satisfaction()),
        **_records(store, day),
    }


def _records(store: Store, day: date) -> dict[str, object]:
    since = day_start(day - 90 * DAY, LONDON)
    return {
        "quality": [replace(one, source=_plain(one.source)) for one in store.source_quality()],
        "sources": [_plain(one) for one in store.sources()],
        "rejected": store.rejected_reasons(),
        "unmapped": sorted(store.unmapped_names()),
        "imports": [(one.id, one.state, one.accepted, one.rejected) for one in store.batches()],
        "merged": dict(store.merged_reports()),
        "apart": {(one.first_id, one.second_id): (one.decided_by, one.decided_at) for one in store.aparts()},
        "suggested": [
            (one.main_id, one.ids)
            for one in suggest_after_import(store, since=since, categories=CATEGORIES, alike=likeness)
        ],
        "reports": store.counts().reports,
        "oldest and newest": (store.counts().oldest_report_at, store.counts().newest_report_at),
        "assets": [(one.text, one.reports) for one in store.find_assets("LC", 9)],
    }


def _plain(source: Source) -> Source:
    return replace(source, id=0, version=0)


# -- what happens --


def ask(scene: Scene, who: Any = OFFICER) -> Any:
    return scene.store, who, scene.clock, 1


def take(scene: Scene, name: str, rows: list[Report | RejectedRow], source: Source | None = None) -> int:
    kept = accept_import(
        *ask(scene, LAPTOP), source="council", file_name=f"{name}.csv", sha256=name, columns={}, rows=rows,
        told_of_source=source,
    )  # fmt: skip
    return kept.id


def first_file(scene: Scene) -> None:
    rows: list[Report | RejectedRow] = list(scene.spot((0, 0), days_before(BEGIN, 12)))
    rows += [scene.report((200.0 * one, 900.0), BEGIN - 3 * one * DAY, code="WST-DUMP") for one in range(8)]
    rows += [scene.report((0, 1800.0), BEGIN, code=None), replace(scene.report((0, 0), BEGIN), lon_lat=None)]
    rows.append(RejectedRow(30, "date", "32/13/2026", "Not a date."))
    take(scene, "first", rows, Source(0, "council", PlacePrecision.EXACT, why="Many different places."))


def next_file(scene: Scene) -> None:
    rows: list[Report | RejectedRow] = [
        replace(scene.report((3.0 * one, 3.0), scene.today, code="LGT-OUT"), asset=f"LC-{one}") for one in range(4)
    ]
    take(scene, f"next-{scene.today}", [*rows, RejectedRow(2, "", "", "No date.")])


def feed_closes(scene: Scene) -> None:
    known = [one for one in scene.store.reports([5, 14, 20]) if not one.undone]
    now = scene.clock()
    rows = [
        replace(one, id=0, batch_id=None, status=R.RESOLVED, closed_at=now, updated_at=now, category="LGT-OUT",
                lon_lat=None if one.lon_lat is None else (one.lon_lat[0] + 0.001, one.lon_lat[1]))
        for one in known
    ]  # fmt: skip
    take(scene, f"closed-{scene.today}", list(rows))


def newest_import_is_undone(scene: Scene) -> None:
    undoing.undo_import(*ask(scene, LAPTOP), batch_id=_standing(scene)[0])


def undone_file_comes_again(scene: Scene) -> None:
    undone = [one for one in scene.store.batches() if one.undone_at is not None]
    if undone:
        again = [one for one in scene.store.reports(range(1, scene.sent + 1)) if one.batch_id == undone[0].id]
        take(scene, f"again-{scene.today}", [replace(one, id=0, batch_id=None, undone=False) for one in again])


def _standing(scene: Scene) -> list[int]:
    return [one.id for one in scene.store.batches() if one.undone_at is None]


def people_answer(scene: Scene) -> None:
    for number, target, reason in ((1, R.IN_PROGRESS, ""), (3, R.RESOLVED, "fixed"), (15, R.NO_ACTION, "cost")):
        move(scene, number, R.ACKNOWLEDGED, owner="Omar")
        move(scene, number, target, reason=reason, note="Seen to.")


def one_is_opened_again(scene: Scene) -> None:
    move(scene, 3, R.IN_PROGRESS, note="Dark once more.")


def move(scene: Scene, number: int, target: ReportStatus, **answers: Any) -> None:
    (report,) = scene.store.reports([number])
    if not report.undone:
        answering.move_report(
            *ask(scene), report_id=number, target=target,
            answers=MoveAnswers(**answers), seen_version=report.version, days=CALENDAR,
        )  # fmt: skip


def duplicates_are_merged(scene: Scene) -> None:
    merging.merge_reports(*ask(scene), main_id=6, duplicate_ids=[7, 8], seen_versions={})


def they_are_taken_apart(scene: Scene) -> None:
    versions = {one.id: one.version for one in scene.store.reports([7])}
    merging.unmerge_reports(*ask(scene), report_ids=[7], seen_versions=versions)


def kept_apart(scene: Scene) -> None:
    merging.keep_apart(*ask(scene), report_ids=[9, 10, 11])


def apart_no_longer(scene: Scene) -> None:
    merging.no_longer_apart(*ask(scene), report_ids=[9, 10])


def apart_become_one(scene: Scene) -> None:
    merging.merge_reports(*ask(scene), main_id=10, duplicate_ids=[11], seen_versions={})


def given_to_the_organisation(scene: Scene) -> None:
    referring.give_reports(*ask(scene), report_ids=[12, 16], organisation_id=1, note="", seen_versions={})


def name_is_mapped(scene: Scene) -> None:
    reviewing.map_name(
        *ask(scene, COORDINATOR), source=None, name="Unknown", code="LGT-OUT", taxonomy=taxonomy_of(scene.store)
    )


def name_means_another(scene: Scene) -> None:
    reviewing.map_name(
        *ask(scene, COORDINATOR), source=None, name="Unknown", code="WST-DUMP", instead_of="LGT-OUT",
        taxonomy=taxonomy_of(scene.store),
    )  # fmt: skip


def source_is_described(scene: Scene) -> None:
    kept = scene.store.source("council")
    sources.set_precision(
        *ask(scene, COORDINATOR), source="council", precision=PlacePrecision.SNAPPED, note="They said so.",
        seen_version=kept.version if kept else 0,
    )  # fmt: skip


def targets_are_changed(scene: Scene) -> None:
    before = targets_of(scene.store)
    after = {**before, "LGT-OUT": Target(1, 2)}
    text = targets_csv(after, CATEGORIES)
    promising.replace_targets(*ask(scene, LAPTOP), text=text, before=before, after=after)


def somebody_calls(scene: Scene) -> None:
    call_ended(scene, called(scene))


def caller_is_told(scene: Scene) -> None:
    matter = _called(scene)
    told(scene, [matter])
    telling.record_satisfaction(
        *ask(scene), report_id=matter.id, satisfied=Satisfaction.PARTLY,
        seen_version=_called(scene).version,
    )  # fmt: skip


def contacts_are_dropped(scene: Scene) -> None:
    contacting.drop_old_contacts(*ask(scene, LAPTOP), after_days=0)


def _called(scene: Scene) -> Any:
    number = next(one for one in scene.store.inbox(Asked()).ids if not scene.store.reports([one])[0].batch_id)
    return matters_of(scene.store, [int(number)])[0]


#: A life, a step a day; days on which nothing happens are between.
LIFE: tuple[Callable[[Scene], None], ...] = (
    first_file, people_answer, next_file, duplicates_are_merged, kept_apart, feed_closes, somebody_calls,
    newest_import_is_undone, given_to_the_organisation, name_is_mapped, source_is_described, one_is_opened_again,
    caller_is_told, apart_no_longer, next_file, apart_become_one, they_are_taken_apart, newest_import_is_undone,
    name_means_another, undone_file_comes_again, targets_are_changed, contacts_are_dropped, feed_closes,
)  # fmt: skip


@pytest.fixture(params=BACK_ENDS)
def begun(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    store = open_store(empty_url(request.param, tmp_path))
    scene = Scene(store)
    scene.organisation("Street lighting")
    yield scene
    store.close()


def lived(scene: Scene, steps: tuple[Callable[[Scene], None], ...] = LIFE) -> dict[date, dict[str, object]]:
    """Let a life happen and return what was noted each evening, live."""
    evenings = {}
    for place, step in enumerate(steps):
        scene.today = BEGIN + 2 * place * DAY
        step(scene)
        evenings[scene.today] = noted(scene.store, scene.today)
    return evenings


def differences(one: dict[str, object], other: dict[str, object]) -> dict[str, tuple[object, object]]:
    return {name: (one[name], other[name]) for name in one if one[name] != other[name]}


def test_every_figure_that_was_noted_on_a_day_is_told_of_that_day_ever_after(begun: Scene) -> None:
    """Every day of a life with imports, answers, duplicates, undone imports and names is asked again at its end."""
    evenings = lived(begun)
    for place, (day, live) in enumerate(evenings.items()):
        # On the day after nothing happened.
        asked = day + DAY if place % 3 else day
        assert differences(live, noted(look_back(begun.store, asked, LONDON), day)) == {}, asked
    assert len({str(live["statuses"]) for live in evenings.values()}) > 8, "a still life proves nothing"


@settings(max_examples=3, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(LIFE), min_size=5, max_size=8))
def test_any_order_of_what_can_happen_is_told_of_its_days_ever_after(
    steps: list[Callable[[Scene], None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = open_store(empty_url("sqlite", tmp_path_factory.mktemp("life")))
    scene = Scene(store)
    scene.organisation("Street lighting")
    evenings = lived(scene, (first_file, *(_where_possible(one) for one in steps)))
    for day, live in evenings.items():
        assert differences(live, noted(look_back(store, day, LONDON), day)) == {}, day
    store.close()


def _where_possible(step: Callable[[Scene], None]) -> Callable[[Scene], None]:
    """Return a step that is left out where the rules refuse it or what it is about is not there."""

    def tried(scene: Scene) -> None:
        with suppress(ProblemError, LookupError, StopIteration):
            step(scene)

    return tried


def test_the_present_day_is_told_as_the_store_of_today_tells_it(begun: Scene) -> None:
    for step in LIFE[:12]:
        scene_day = begun.today + DAY
        begun.today = scene_day
        step(begun)
    today = look_back(begun.store, begun.today, LONDON)
    assert differences(noted(begun.store, begun.today), noted(today, begun.today)) == {}
    assert today.reports(range(1, 40)) == [one for one in begun.store.reports(range(1, 40)) if not one.undone]


def test_what_is_written_afterwards_does_not_reach_a_day_that_is_looked_at(begun: Scene) -> None:
    begun.today = BEGIN
    first_file(begun)
    then = look_back(begun.store, BEGIN, LONDON)
    before = noted(then, BEGIN)
    begun.today += DAY
    people_answer(begun)
    next_file(begun)
    assert noted(then, BEGIN) == before


def test_what_is_written_while_a_day_is_worked_out_does_not_reach_it(
    begun: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody works before the reports are copied, and again while it is worked out anew what to take back."""
    begun.today = BEGIN
    first_file(begun)
    live = noted(begun.store, BEGIN)
    begun.today += DAY
    then = look_back(begun.store, BEGIN, LONDON)
    assert then.known.touched == frozenset()  # type: ignore[attr-defined] # of a store that looks back
    people_answer(begun)
    worked_out = []

    def while_somebody_writes(store: Store, known_at: datetime) -> KnownThen:
        next_file(begun)
        worked_out.append(known_reports(store, known_at))
        return worked_out[-1]

    monkeypatch.setattr("data.stores.known_reports", while_somebody_writes)
    assert differences(live, noted(then, BEGIN)) == {}
    assert [one.version < begun.store.version() for one in worked_out] == [True]


def test_a_partner_reads_of_a_past_day_what_was_and_still_is_theirs(begun: Scene) -> None:
    begun.today = BEGIN
    first_file(begun)
    given_to_the_organisation(begun)
    begun.today += 2 * DAY
    versions = {one.id: one.version for one in begun.store.reports([12])}
    other = begun.organisation("Highways")
    referring.give_reports(*ask(begun), report_ids=[12], organisation_id=other.id, note="", seen_versions=versions)
    partner = begun.partner(begun.store.organisations()[0])
    partner = replace(partner, organisation_id=1)
    today = seen_by(begun.store, partner)
    then = look_back(begun.store, BEGIN, LONDON)
    for seen in (seen_as_today(then, today), seen_by(then, partner)):
        assert seen.inbox(Asked()).ids.tolist() == [16]
        assert [one.id for one in seen.reports([12, 16])] == [16]
    assert then.inbox(Asked(organisation_id=1)).ids.tolist() == [12, 16]


def test_what_cannot_be_taken_back_is_said(begun: Scene) -> None:
    begun.today = BEGIN
    first_file(begun)
    begun.today += DAY
    taxonomy = taxonomy_of(begun.store)
    names = [one for rows in taxonomy.names.values() for one in rows] + [FeedName("*", "Unknown", "LGT-OUT")]
    reviewing.replace_names(*ask(begun, COORDINATOR), text="list", names=names, taxonomy=load_taxonomy(), past_too=True)
    known = known_reports(begun.store, last_moment(BEGIN, LONDON))
    assert (known.knows_categories, known.notes) == (False, (LIST_REPLACED,))
    assert known_reports(begun.store, last_moment(begun.today, LONDON)).knows_categories


def test_ranges_of_reports_that_came_back_hold_each_of_them_once() -> None:
    assert as_ranges([(1, 7), (1, 5), (1, 6), (2, 8), (None, 10)]) == [[1, 5, 7], [2, 8, 8], [0, 10, 10]]
