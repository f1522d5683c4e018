"""Answering reports: the machine is the table and nothing else, for one and for many, against the clock of others."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.stores import open_store
from problems.categories import Group
from problems.errors import InputRefused, MoveRefused, NotAllowed, NotFound, ProblemError, Stale
from problems.events import EventKind, Subject
from problems.followups import Followup, Matter, fold
from problems.lifecycle import REPORT_MOVES, Move, MoveAnswers, check_move
from problems.people import LAPTOP, Principal, Role
from problems.reports import Batch, Report, ReportStatus
from problems.seeing import READS_EVERYTHING
from problems.targets import WorkingDays
from problems.use_cases import answering, drawing, referring, telling
from problems.use_cases.answer_changes import Outcomes, matters_of
from tests.scenes import COORDINATOR, OFFICER, VIEWER, Scene
from tests.storing import empty_url

R = ReportStatus
DAYS = WorkingDays()
SECOND_OFFICER = Principal("olga", "Olga Brandt", frozenset({Role.OFFICER}))
PEOPLE = {role: Principal(str(role), role.label, frozenset({role})) for role in Role if role is not Role.PARTNER}
_numbers = count(1)


@pytest.fixture(scope="module")
def long_scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Yield one scene for many examples: each works on reports of its own."""
    store = open_store(empty_url("sqlite", tmp_path_factory.mktemp("walk")), durable=False)
    yield Scene(store)
    store.close()


def sent(scene: Scene, how_many: int = 1, status: ReportStatus = R.NEW, **fields: object) -> list[Matter]:
    """Send reports that stand at ``status`` and return them."""
    before = scene.store.counts().reports
    days = [scene.today - timedelta(days=3)] * how_many
    reports = [scene.report((float(next(_numbers)), 0), day) for day in days]
    scene.send(*(replace(report, status=status, **fields) for report in reports))  # type: ignore[arg-type] # fields of a report
    return matters_of(scene.store, list(range(before + 1, before + how_many + 1)))


def answers_for(move: Move, main: int = 0, today: date = date(2026, 3, 2)) -> MoveAnswers:
    return MoveAnswers(
        note="The lamp is lit again.",
        reason=str(move.reasons[0]) if move.reasons else "",
        visited_on=today,
        body="Water company",
        referred_on=today,
        target_id=main,
    )


def move(scene: Scene, who: Principal, matter: Matter, target: ReportStatus, **answers: object) -> Matter:
    now = matters_of(scene.store, [matter.id])[0]
    return answering.move_report(
        scene.store,
        who,
        scene.clock,
        1,
        report_id=matter.id,
        target=target,
        answers=MoveAnswers(**answers),  # type: ignore[arg-type] # the tests name the fields they fill in
        seen_version=now.version,
        days=DAYS,
    )


def resolved(scene: Scene, who: Principal = OFFICER) -> Matter:
    (matter,) = sent(scene)
    move(scene, who, matter, R.ACKNOWLEDGED)
    return move(scene, who, matter, R.RESOLVED, reason="fixed", note="New lamp fitted.")


# -- the machine --

STEP = st.tuples(st.sampled_from([OFFICER, SECOND_OFFICER, COORDINATOR, LAPTOP]), st.sampled_from(list(R)))


@given(st.lists(STEP, min_size=1, max_size=14))
def test_no_walk_leaves_the_table_and_the_events_tell_the_whole_way(
    long_scene: Scene, steps: list[tuple[Principal, ReportStatus]]
) -> None:
    scene = long_scene
    main, start = sent(scene, 2)
    walked = [start.status]
    for who, target in steps:
        before = matters_of(scene.store, [start.id])[0]
        # Filled in for whatever move leads there; the rules ignore what a move does not ask for.
        leading = next((one for one in REPORT_MOVES if one.source is before.status and one.target is target), None)
        answers = answers_for(leading or REPORT_MOVES[0], main.id)
        try:
            check_move("X", before.status, target, who, answers, done_by=before.followup.done_by)
            expected = True
        except ProblemError:
            expected = False
        try:
            after = answering.move_report(
                scene.store, who, scene.clock, 1, report_id=start.id, target=target, answers=answers,
                seen_version=before.version, days=DAYS,
            )  # fmt: skip
        except ProblemError:
            assert not expected
            assert matters_of(scene.store, [start.id])[0] == before
        else:
            assert expected
            assert after.status is target
            walked.append(target)
    stored = matters_of(scene.store, [start.id])[0]
    pairs = list(pairwise(walked))
    assert all(any((one.source, one.target) == pair for one in REPORT_MOVES) for pair in pairs)
    folded = fold(start, scene.store.events(Subject.REPORT, start.id))
    assert folded == Matter(replace(stored.report, version=start.version), stored.followup)
    reopened = {R.RESOLVED, R.VERIFIED, R.NO_ACTION}
    assert stored.followup.reopened == sum(was in reopened and now.is_open for was, now in pairs)
    assert stored.status.is_open == (stored.report.closed_at is None) or stored.status is R.DUPLICATE


@pytest.mark.parametrize("status", list(R))
def test_each_role_makes_exactly_the_moves_of_the_table(long_scene: Scene, status: ReportStatus) -> None:
    scene = long_scene
    (main,) = sent(scene)
    partner = scene.partner(scene.organisation(f"Team {status}"))
    for target in R:
        for role, who in {**PEOPLE, Role.PARTNER: partner}.items():
            (matter,) = sent(scene, status=status)
            if role is Role.PARTNER and status.is_open:
                give(scene, [matter], partner.organisation_id)
            allowed = [one for one in REPORT_MOVES if (one.source, one.target) == (status, target)]
            asked = answers_for(allowed[0] if allowed else REPORT_MOVES[0], main.id)
            outcomes = moved(scene, who, [matter], target, asked)
            may = any(role in one.roles for one in allowed)
            assert bool(outcomes.done) == may, (role, status, target, outcomes.refused)
            if not may:
                sees = role in READS_EVERYTHING or (role is Role.PARTNER and status.is_open)
                kind = MoveRefused if sees and not allowed else NotAllowed
                assert isinstance(outcomes.refused[0][1], kind)


def give(scene: Scene, matters: list[Matter], organisation_id: int | None) -> Outcomes:
    now = matters_of(scene.store, [one.id for one in matters])
    return referring.give_reports(
        scene.store, OFFICER, scene.clock, 1, report_ids=[one.id for one in now], organisation_id=organisation_id,
        seen_versions={one.id: one.version for one in now},
    )  # fmt: skip


def moved(
    scene: Scene, who: Principal, matters: list[Matter], target: ReportStatus, answers: MoveAnswers | None = None
) -> Outcomes:
    now = matters_of(scene.store, [one.id for one in matters])
    return answering.move_reports(
        scene.store, who, scene.clock, 1, report_ids=[one.id for one in matters], target=target,
        answers=answers or MoveAnswers(), seen_versions={one.id: one.version for one in now}, days=DAYS,
    )  # fmt: skip


# -- what a move changes --


def test_the_first_look_stops_the_response_clock_and_gives_an_owner(scene: Scene) -> None:
    (matter,) = sent(scene)
    seen = move(scene, OFFICER, matter, R.ACKNOWLEDGED)
    assert (seen.followup.responded_at, seen.followup.owner) == (scene.clock(), OFFICER.name)


def test_a_report_ends_with_a_reason_a_sentence_and_the_moment(scene: Scene) -> None:
    ended = resolved(scene)
    assert (ended.report.resolution, ended.followup.outcome) == ("fixed", "New lamp fitted.")
    assert (ended.report.closed_at, ended.followup.done_by) == (scene.clock(), OFFICER.key)
    told = scene.store.events(Subject.REPORT, ended.id)[-1]
    assert (told.kind, told.reason, told.note) == (EventKind.MOVED, "fixed", "New lamp fitted.")
    assert (told.before["status"], told.changes["status"]) == ("acknowledged", "resolved")


@pytest.mark.parametrize(
    "answers", [{"note": "Done."}, {"reason": "fixed"}, {"reason": "below_threshold", "note": "x"}]
)
def test_nothing_ends_without_a_reason_of_the_move_and_a_sentence(scene: Scene, answers: dict[str, str]) -> None:
    (matter,) = sent(scene, status=R.ACKNOWLEDGED)
    with pytest.raises(MoveRefused):
        move(scene, OFFICER, matter, R.RESOLVED, **answers)


def test_a_fix_is_confirmed_by_somebody_else_with_a_visit_after_it(scene: Scene) -> None:
    ended = resolved(scene)
    with pytest.raises(MoveRefused, match="cannot confirm it"):
        move(scene, OFFICER, ended, R.VERIFIED, visited_on=scene.today, note="Seen.")
    with pytest.raises(MoveRefused, match="after the visit"):
        move(scene, SECOND_OFFICER, ended, R.VERIFIED, visited_on=scene.today - timedelta(days=1), note="Seen.")
    with pytest.raises(InputRefused, match="not happened yet"):
        move(scene, SECOND_OFFICER, ended, R.VERIFIED, visited_on=scene.today + timedelta(days=1), note="Seen.")
    checked = move(scene, SECOND_OFFICER, ended, R.VERIFIED, visited_on=scene.today, note="Seen at night: it is lit.")
    assert checked.status is R.VERIFIED
    assert scene.store.events(Subject.REPORT, ended.id)[-1].details["visited_on"] == scene.today.isoformat()


def test_re_opening_counts_and_forgets_how_it_ended(scene: Scene) -> None:
    ended = resolved(scene)
    again = move(scene, COORDINATOR, ended, R.IN_PROGRESS, note="Dark again.")
    assert again.followup.reopened == 1
    assert (again.report.closed_at, again.report.resolution, again.followup.outcome) == (None, "", "")
    move(scene, OFFICER, again, R.RESOLVED, reason="replaced", note="New column.")
    twice = move(scene, OFFICER, again, R.IN_PROGRESS, note="Dark again.")
    assert twice.followup.reopened == 2


def test_what_is_not_ours_names_who_is_responsible_and_bounces_back(scene: Scene) -> None:
    (matter,) = sent(scene)
    with pytest.raises(MoveRefused, match="responsible body, day of the referral"):
        move(scene, OFFICER, matter, R.NOT_OURS, note="Passed on.")
    gone = move(scene, OFFICER, matter, R.NOT_OURS, note="Passed on.", body="Water company", referred_on=scene.today)
    assert (gone.followup.body, gone.followup.referred_on) == ("Water company", scene.today)
    back = move(scene, OFFICER, gone, R.ACKNOWLEDGED, note="They say it is ours.")
    assert (back.followup.body, back.followup.referred_on, back.followup.reopened) == ("", None, 0)


def test_work_under_way_is_given_up_by_a_coordinator_only(scene: Scene) -> None:
    (matter,) = sent(scene, status=R.IN_PROGRESS)
    with pytest.raises(NotAllowed, match="Only a coordinator may do that; "):
        move(scene, OFFICER, matter, R.NO_ACTION, reason="cost", note="Too dear.")
    assert move(scene, COORDINATOR, matter, R.NO_ACTION, reason="cost", note="Too dear.").status is R.NO_ACTION


def test_duplicates_are_merged_and_taken_apart_by_the_same_moves(scene: Scene) -> None:
    main, one, two = sent(scene, 3)
    outcomes = moved(scene, OFFICER, [main, one, two], R.DUPLICATE, MoveAnswers(target_id=main.id, note="Known."))
    assert [each.ref for each in outcomes.done] == [one.ref, two.ref]
    assert [ref for ref, _ in outcomes.refused] == [main.ref]
    assert scene.store.merged_reports() == {main.id: (one.id, two.id)}
    apart = moved(scene, OFFICER, [one], R.ACKNOWLEDGED, MoveAnswers(note="Another lamp."))
    assert [each.status for each in apart.done] == [R.ACKNOWLEDGED]
    assert scene.store.merged_reports() == {main.id: (two.id,)}


def test_a_partner_moves_only_what_was_given_to_their_organisation(scene: Scene) -> None:
    partner = scene.partner(scene.organisation())
    own, other = sent(scene, 2, R.ACKNOWLEDGED)
    give(scene, [own], partner.organisation_id)
    outcomes = moved(scene, partner, [own, other], R.IN_PROGRESS)
    assert [each.ref for each in outcomes.done] == [own.ref]
    assert "not given to your organisation" in str(outcomes.refused[0][1])


@pytest.mark.parametrize("seen", [1, 77])
def test_a_partner_is_not_told_whether_there_is_a_report_that_they_were_not_given(scene: Scene, seen: int) -> None:
    (matter,) = sent(scene)
    partner = scene.partner(scene.organisation())
    ask = (scene.store, partner, scene.clock, 1)
    told = set()
    for number in (matter.id, 999):
        versions = {number: seen}
        duplicate = MoveAnswers(note="The same.", target_id=number)
        for outcomes in (
            answering.move_reports(
                *ask, report_ids=[number], target=R.RESOLVED, answers=MoveAnswers(), seen_versions=versions, days=DAYS
            ),
            answering.move_reports(
                *ask, report_ids=[number], target=R.DUPLICATE, answers=duplicate, seen_versions=versions, days=DAYS
            ),
            referring.pause_reports(*ask, report_ids=[number], reason="weather", note="Snow.", seen_versions=versions),
            referring.resume_reports(*ask, report_ids=[number], seen_versions=versions, days=DAYS),
        ):
            ((ref, why),) = outcomes.refused
            told.add((type(why), why.why.replace(ref, "R"), why.possible))
    assert len(told) == 1
    assert next(iter(told))[:2] == (NotAllowed, "R was not given to your organisation.")


def test_a_feed_that_opens_what_people_ended_takes_the_end_back_and_undoing_it_brings_the_end_back(
    scene: Scene,
) -> None:
    from problems.use_cases.importing import accept_import
    from problems.use_cases.undoing import undo_import

    def take(report: Report, file: str) -> Batch:
        return accept_import(
            scene.store, LAPTOP, scene.clock, 1, source="council", file_name=f"{file}.csv", sha256=file, columns={},
            rows=[report],
        )  # fmt: skip

    report = replace(scene.report((0, 0), scene.today - timedelta(days=9)), updated_at=scene.clock())
    take(report, "one")
    start = matters_of(scene.store, [1])[0]
    move(scene, OFFICER, start, R.ACKNOWLEDGED)
    ended = move(scene, OFFICER, start, R.RESOLVED, reason="fixed", note="Lit.")
    scene.today += timedelta(days=1)
    # The feed ends it itself, and opens it again by a later change.
    closed = {"status": R.RESOLVED, "resolution": "fixed", "closed_at": scene.clock(), "updated_at": scene.clock()}
    take(replace(report, **closed), "two")  # type: ignore[arg-type] # fields of a report
    scene.today += timedelta(days=2)
    batch = take(replace(report, updated_at=scene.clock()), "three")
    again = matters_of(scene.store, [1])[0]
    assert (again.status, again.followup.outcome, again.followup.reopened) == (R.IN_PROGRESS, "", 1)
    folded = fold(start, scene.store.events(Subject.REPORT, 1))
    assert folded.followup == again.followup
    undo_import(scene.store, LAPTOP, scene.clock, 1, batch_id=batch.id)
    back = matters_of(scene.store, [1])[0]
    assert (back.status, back.followup) == (R.RESOLVED, ended.followup)


# -- many at once --


def test_of_many_those_that_are_refused_are_named_and_the_others_are_done(scene: Scene) -> None:
    matters = [*sent(scene, 3), *sent(scene, 1, R.RESOLVED)]
    before = scene.store.version()
    outcomes = answering.move_reports(
        scene.store, OFFICER, scene.clock, 1, report_ids=[*(one.id for one in matters), 999],
        target=R.ACKNOWLEDGED, answers=MoveAnswers(), seen_versions={matters[0].id: 7}, days=DAYS,
    )  # fmt: skip
    assert [one.ref for one in outcomes.done] == [matters[1].ref, matters[2].ref]
    assert [(ref, type(why)) for ref, why in outcomes.refused] == [
        (matters[0].ref, Stale),
        (matters[3].ref, MoveRefused),
        ("R-000999", NotFound),
    ]
    assert scene.store.version() == before + 1, "one unit"


@pytest.mark.parametrize("ids", [[], list(range(1, 502))])
def test_none_and_too_many_are_refused_as_a_whole(scene: Scene, ids: list[int]) -> None:
    with pytest.raises(InputRefused):
        answering.move_reports(
            scene.store, OFFICER, scene.clock, 1, report_ids=ids, target=R.ACKNOWLEDGED, answers=MoveAnswers(),
            seen_versions={}, days=DAYS,
        )  # fmt: skip


# -- two at the same time --


def test_the_second_of_two_is_told_what_the_first_changed(scene: Scene) -> None:
    (matter,) = sent(scene, status=R.ACKNOWLEDGED)
    move(scene, OFFICER, matter, R.RESOLVED, reason="fixed", note="Lit.")
    with pytest.raises(Stale) as stale:
        answering.move_report(
            scene.store, SECOND_OFFICER, scene.clock, 1, report_id=matter.id, target=R.IN_PROGRESS,
            answers=MoveAnswers(), seen_version=matter.version, days=DAYS,
        )  # fmt: skip
    assert stale.value.changed_by == OFFICER.name
    assert stale.value.changes["status"] == ("acknowledged", "resolved")
    assert stale.value.changes["outcome"] == ("", "Lit.")


def test_of_many_at_the_same_time_one_is_kept_and_every_other_is_told(scene: Scene) -> None:
    (matter,) = sent(scene)

    def acknowledge(number: int) -> str:
        who = Principal(f"officer-{number}", f"Officer {number}", frozenset({Role.OFFICER}))
        try:
            answering.move_report(
                scene.store, who, scene.clock, 1, report_id=matter.id, target=R.ACKNOWLEDGED,
                answers=MoveAnswers(), seen_version=matter.version, days=DAYS,
            )  # fmt: skip
        except Stale:
            return "told"
        return "kept"

    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(acknowledge, range(24)))
    assert (ends.count("kept"), ends.count("told")) == (1, 23)
    assert len(scene.store.events(Subject.REPORT, matter.id)) == 1


# -- beside the status --


def test_waiting_stops_the_net_clock_and_is_counted_in_working_days(scene: Scene) -> None:
    (matter,) = sent(scene, status=R.IN_PROGRESS)
    asking = (scene.store, OFFICER, scene.clock, 1)
    versions = {matter.id: matter.version}
    (waiting,) = referring.pause_reports(
        *asking, report_ids=[matter.id], reason="waiting_parts", note="Cable is ordered.", seen_versions=versions
    ).done
    assert waiting.is_waiting
    scene.today += timedelta(days=10)
    versions = {matter.id: waiting.version}
    (going,) = referring.resume_reports(*asking, report_ids=[matter.id], seen_versions=versions, days=DAYS).done
    assert not going.is_waiting
    assert going.followup.waited_days == DAYS.between(date(2026, 3, 2), date(2026, 3, 12)) == 8


def test_ending_a_matter_ends_its_wait(scene: Scene) -> None:
    (matter,) = sent(scene, status=R.IN_PROGRESS)
    referring.pause_reports(
        scene.store, OFFICER, scene.clock, 1, report_ids=[matter.id], reason="weather", note="Too wet.",
        seen_versions={matter.id: matter.version},
    )  # fmt: skip
    scene.today += timedelta(days=7)
    ended = move(scene, OFFICER, matter, R.RESOLVED, reason="cleaned", note="Dry and clean.")
    assert (ended.followup.waiting_since, ended.followup.waited_days) == (None, 5)


def test_what_nobody_looked_at_cannot_wait_for_others(scene: Scene) -> None:
    (matter,) = sent(scene)
    outcomes = referring.pause_reports(
        scene.store, OFFICER, scene.clock, 1, report_ids=[matter.id], reason="weather", note="Wet.",
        seen_versions={matter.id: matter.version},
    )  # fmt: skip
    assert isinstance(outcomes.refused[0][1], MoveRefused)


def test_a_link_to_a_problem_is_told_in_both_places_and_can_be_taken_back(scene: Scene) -> None:
    ring = [[-1.2, 52.9], [-1.199, 52.9], [-1.199, 52.901], [-1.2, 52.9]]
    problem = drawing.draw_problem(
        scene.store, COORDINATOR, scene.clock, 1, name="Mill Lane", group=Group.LIGHTING,
        geometry={"type": "Polygon", "coordinates": [ring]},
    )  # fmt: skip
    (matter,) = sent(scene)
    asking = (scene.store, OFFICER, scene.clock, 1)
    (linked,) = referring.link_reports(
        *asking, report_ids=[matter.id], problem_id=problem.id, seen_versions={matter.id: matter.version}
    ).done
    assert linked.followup.problem_id == problem.id
    assert scene.store.events(Subject.PROBLEM, problem.id)[-1].note == f"{matter.ref} tells of this problem."
    versions = {matter.id: linked.version}
    (apart,) = referring.link_reports(*asking, report_ids=[matter.id], problem_id=None, seen_versions=versions).done
    assert apart.followup.problem_id is None
    assert "no longer tells" in scene.store.events(Subject.PROBLEM, problem.id)[-1].note
    with pytest.raises(NotFound):
        referring.link_reports(*asking, report_ids=[matter.id], problem_id=99, seen_versions={})


@pytest.mark.parametrize("who", [VIEWER, PEOPLE[Role.COMMAND], PEOPLE[Role.ADMIN]])
def test_reports_are_referred_linked_and_told_by_officers_and_coordinators_only(scene: Scene, who: Principal) -> None:
    (matter,) = sent(scene)
    asking, chosen = (scene.store, who, scene.clock, 1), {"report_ids": [matter.id], "seen_versions": {}}
    for refused in (
        lambda: referring.give_reports(*asking, organisation_id=None, **chosen),  # type: ignore[arg-type] # as above
        lambda: referring.link_reports(*asking, problem_id=None, **chosen),  # type: ignore[arg-type] # as above
        lambda: referring.pause_reports(*asking, reason="weather", note="x", **chosen),  # type: ignore[arg-type] # as above
        lambda: referring.resume_reports(*asking, days=DAYS, **chosen),  # type: ignore[arg-type] # as above
        lambda: telling.mark_told(*asking, **chosen),  # type: ignore[arg-type] # as above
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert matters_of(scene.store, [matter.id]) == [matter]
    assert matter.followup == Followup(matter.id)
