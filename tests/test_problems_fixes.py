"""You said, we did: which fixes residents are told of, how much of each, and what is never told."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from data.told_files import TOLD_RENDERERS
from problems.actions import ActionStatus, ActionType
from problems.categories import Group
from problems.errors import InputRefused, NotAllowed, Stale
from problems.events import EventKind, Subject, event
from problems.fixes.digest import Held, Period
from problems.lifecycle import MoveAnswers
from problems.problem import Problem, ProblemStatus
from problems.public import PUBLIC, Backing, PublicLevel, default_public_level, masked_count, public_level
from problems.reasons import Outcome
from problems.reports import ReportStatus
from problems.use_cases.acting import add_action, move_action
from problems.use_cases.evidencing import remove_photo
from problems.use_cases.merging import merge_reports
from problems.use_cases.publishing import allow_photo, set_public_level
from problems.use_cases.telling_fixes import note_fixes_told
from problems.verdicts import Verdict
from tests.fixed import STREET, TODAY, add_pair, later, street_through, told, verified
from tests.scenes import CENTRE, COMMANDER, COORDINATOR, OFFICER, VIEWER, Scene, scene
from tests.storing import a_problem

__all__ = ["scene"]


def test_a_verified_fix_is_told_by_kind_street_month_and_organisation(scene: Scene) -> None:
    street_through(scene)
    verified(scene)
    found = told(scene)
    (fix,) = found.fixes
    assert fix.title == f"Street lighting, {STREET}"
    assert fix.said == "24 reports of broken street lighting from this place in the year before it was put in order."
    assert fix.did == "Council lighting: repaired it."
    assert fix.checked == "Somebody who had not done the work went to see it in March 2026 and found it in order."
    assert (fix.held, fix.held_words) == (Held.SO_FAR, "It has held so far; we watch it until August 2026.")
    assert found.sentence == "1 fix was verified on site in this time. No problems are being worked on."


@pytest.mark.parametrize(
    ("first", "last", "number"),
    [("2026-03-01", "2026-03-31", 1), ("2026-02-01", "2026-03-31", 1), ("2026-02-01", "2026-02-28", 0)],
)
def test_a_fix_counts_in_the_month_in_which_it_was_verified(scene: Scene, first: str, last: str, number: int) -> None:
    verified(scene)
    assert len(told(scene, Period(date.fromisoformat(first), date.fromisoformat(last))).fixes) == number


def test_a_fix_that_holds_is_told_once_where_the_areas_and_themes_count_it(scene: Scene) -> None:
    problem = verified(scene)
    later(scene, 30)
    noted = event(scene.clock(), OFFICER, Subject.PROBLEM, problem.id, EventKind.MOVED, changes={"status": "verified"})
    with scene.store.writing() as unit:
        unit.add_events([noted])
    assert len(told(scene, Period(date(2026, 3, 1), date(2026, 3, 31))).fixes) == 1
    assert told(scene, Period(date(2026, 4, 1), date(2026, 4, 30))).fixes == ()


def test_the_month_of_the_visit_is_told_where_it_was_noted_later(scene: Scene) -> None:
    verified(scene, visited_on=date(2026, 2, 27))
    (fix,) = told(scene).fixes
    assert fix.checked == "Somebody who had not done the work went to see it in February 2026 and found it in order."


def test_who_did_the_work_is_told_also_when_it_was_sent_back_later(scene: Scene) -> None:
    problem = verified(scene)
    later(scene, 1)
    scene.move(OFFICER, problem, ProblemStatus.IN_PROGRESS, note="Dark again.")
    (action,) = scene.store.actions(problem.id)
    move_action(
        scene.store, COORDINATOR, scene.clock, 1, action_id=action.id, target=ActionStatus.IN_PROGRESS,
        answers=MoveAnswers(note="Dark again."), seen_version=action.version,
    )  # fmt: skip
    (fix,) = told(scene).fixes
    assert fix.held is Held.UNDONE
    assert fix.did == "Council lighting: repaired it."


def test_what_was_done_after_the_visit_is_no_part_of_the_fix(scene: Scene) -> None:
    problem = verified(scene)
    later(scene, 1)
    scene.move(OFFICER, problem, ProblemStatus.IN_PROGRESS, note="Dark again.")
    partner = scene.organisation("Parks")
    action = add_action(
        scene.store, COORDINATOR, scene.clock, 1, problem_id=problem.id, organisation_id=partner.id,
        type=ActionType.CLEAN, title="Cut back",
    )  # fmt: skip
    for target in (ActionStatus.ACCEPTED, ActionStatus.DONE):
        action = move_action(
            scene.store, scene.partner(partner), scene.clock, 1, action_id=action.id, target=target,
            answers=MoveAnswers(note="Cut back."), seen_version=action.version,
        )  # fmt: skip
    assert told(scene).fixes[0].did == "Council lighting: repaired it."


def test_an_empty_time_says_so_and_what_is_being_worked_on(scene: Scene) -> None:
    problem = verified(scene)
    scene.move(OFFICER, problem, ProblemStatus.IN_PROGRESS, note="Dark again.")
    found = told(scene, Period(date(2026, 2, 1), date(2026, 2, 28)))
    assert found.fixes == ()
    assert found.sentence == "No fix was verified in this time; 1 or 2 problems are being worked on."


def test_what_did_not_last_is_told_too(scene: Scene) -> None:
    problem = verified(scene)
    later(scene, 1)
    scene.move(OFFICER, problem, ProblemStatus.IN_PROGRESS, note="Dark again.")
    (fix,) = told(scene).fixes
    assert fix.held is Held.UNDONE
    assert fix.held_words == "A later look in March 2026 found that it was not in order; work went on."
    assert "of which 1 did not last" in told(scene).sentence
    before = told(scene, known_on=TODAY)
    assert before.fixes[0].held is Held.SO_FAR, "the day before nobody knew"


@pytest.mark.parametrize(
    ("verdict", "outcome", "held", "words"),
    [
        (Verdict.ROSE, Outcome.WORSE, Held.NO_HELP, "it got worse all the same"),
        (Verdict.DID_NOT_FALL, Outcome.NO_EFFECT, Held.NO_HELP, "the work made no difference"),
        (Verdict.TOO_FEW, Outcome.INCONCLUSIVE, Held.UNKNOWN, "too few to say more"),
        (Verdict.FELL, Outcome.EFFECTIVE, Held.SO_FAR, "It has held so far"),
    ],
)
def test_a_closed_problem_is_told_as_it_was_assessed(
    scene: Scene, verdict: Verdict, outcome: Outcome, held: Held, words: str
) -> None:
    problem = verified(scene)
    later(scene, 60)
    scene.assessed(problem.id, verdict)
    scene.move(COMMANDER, problem, ProblemStatus.CLOSED, outcome=outcome, note="Looked at.")
    found = told(scene)
    assert found.fixes[0].held is held
    assert words in found.fixes[0].held_words
    assert ("of which 1 did not help" in found.sentence) == (held is Held.NO_HELP)
    assert told(scene, known_on=TODAY).fixes[0].held is Held.SO_FAR, "before it was closed nobody knew"


def test_after_half_a_year_it_has_held(scene: Scene) -> None:
    verified(scene)
    later(scene, 180)
    assert told(scene).fixes[0].held is Held.HELD


def test_a_past_day_knows_only_what_was_known_on_it(scene: Scene) -> None:
    verified(scene)
    assert told(scene, known_on=date(2026, 3, 2)).fixes == ()
    assert len(told(scene, known_on=date(2026, 3, 3)).fixes) == 1


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        (date(2026, 3, 9), date(2026, 3, 1), "ends before it begins"),
        (date(2025, 1, 1), date(2026, 3, 1), "longer than a year"),
        (date(2026, 4, 1), date(2026, 4, 30), "has not begun"),
        (date(2025, 6, 1), date(2025, 6, 30), "begins in February 2026"),
    ],
)
def test_a_time_that_cannot_be_told_is_refused_in_words(scene: Scene, first: date, last: date, why: str) -> None:
    verified(scene)
    with pytest.raises(InputRefused, match=why):
        told(scene, Period(first, last))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 2, 3), date(2026, 2, 3)),
        (date(2026, 2, 1), date(2026, 2, 27)),
        (date(2026, 2, 2), date(2026, 2, 28)),
    ],
)
def test_less_than_a_month_is_refused_and_the_month_is_named(first: date, last: date) -> None:
    with pytest.raises(InputRefused, match="never the day") as refused:
        Period(first, last)
    assert refused.value.possible == "Ask for 2026-02-01 to 2026-02-28."
    assert Period.of_months(first, last) == Period(date(2026, 2, 1), date(2026, 2, 28))


def test_an_unknown_area_and_a_day_to_come_are_refused(scene: Scene) -> None:
    verified(scene)
    with pytest.raises(InputRefused, match="fixes of “Nowhere” were not told"):
        told(scene, area="Nowhere")
    with pytest.raises(InputRefused, match="has not come yet"):
        told(scene, known_on=date(2026, 3, 10))


def test_nobody_but_staff_makes_it(scene: Scene) -> None:
    verified(scene)
    for who in (VIEWER, scene.partner(scene.store.organisations()[0])):
        with pytest.raises(NotAllowed):
            told(scene, who=who)


def test_that_a_file_was_made_is_in_the_record_without_what_it_says(scene: Scene) -> None:
    verified(scene)
    found = told(scene)
    note_fixes_told(scene.store, COMMANDER, scene.clock, 1, digest=found, file_name="fixes.pdf")
    (kept,) = [one for one in scene.store.events(Subject.STORE) if one.kind is EventKind.HANDED_OUT]
    assert (kept.by_name, kept.details["file"], kept.details["fixes"]) == ("Clio Marsh", "fixes.pdf", 1)
    assert kept.details["profile"] == "public"


# -- the public share profile --


@pytest.mark.parametrize("group", Group)
def test_matters_of_things_have_their_street_those_of_people_their_area_and_disputes_nothing(group: Group) -> None:
    usual = {
        Group.DISPUTES: PublicLevel.NOTHING, Group.ANTISOCIAL: PublicLevel.AREA, Group.PROPERTY: PublicLevel.AREA,
        Group.OTHER: PublicLevel.AREA,
    }  # fmt: skip
    assert default_public_level(group) is usual.get(group, PublicLevel.STREET)


@given(
    st.sampled_from(list(Group)), st.sampled_from(["", *PublicLevel, "exists", "full"]), st.integers(0, 60),
    st.integers(0, 6),
)  # fmt: skip
def test_no_choice_tells_the_street_of_people_with_few_reports_behind_it(
    group: Group, chosen: str, reports: int, addresses: int
) -> None:
    problem = replace(a_problem(), group=group, shares={PUBLIC: chosen} if chosen else {})
    level = public_level(problem, Backing(reports, addresses))
    few = reports < 20 or addresses < 3
    if group is Group.DISPUTES:
        assert level is not PublicLevel.STREET
        assert not few or level is PublicLevel.NOTHING
    if group in (Group.ANTISOCIAL, Group.PROPERTY, Group.OTHER) and few:
        assert level is not PublicLevel.STREET
    if chosen == PublicLevel.NOTHING:
        assert level is PublicLevel.NOTHING


def test_a_dispute_is_counted_only(scene: Scene) -> None:
    street_through(scene)
    verified(scene, code="DSP-NOISE")
    found = told(scene)
    assert (found.fixes, found.untold) == ((), "1 or 2")
    assert "1 or 2 fixes were verified, and not told one by one so that nobody can be recognised" in found.sentence


def _tell_area(scene: Scene, problem: Problem) -> None:
    kept = scene.store.problem(problem.id)
    set_public_level(
        scene.store, COORDINATOR, scene.clock, 1, problem_id=kept.id, level=PublicLevel.AREA, seen_version=kept.version
    )


@pytest.mark.parametrize(
    ("own", "is_told"),
    [
        ([{"reporter": "same"}] * 24, False),
        ([{"address": "4 Mill Lane"}, {"address": " 4  mill lane "}] * 12, False),
        ([{"reporter": f"r{at % 2}"} for at in range(24)], False),
        ([{"reporter": f"r{at % 3}", "address": f"{at % 3} Mill Lane"} for at in range(24)], True),
        ([], True),
    ],
)
def test_a_dispute_of_one_household_is_never_told_however_often_it_reports(
    scene: Scene, own: list[dict[str, str]], is_told: bool
) -> None:
    _tell_area(scene, verified(scene, code="DSP-NEIGH", told=own))
    found = told(scene)
    assert [fix.kind for fix in found.fixes] == ([Group.DISPUTES.label] if is_told else [])
    assert found.untold == ("0" if is_told else "1 or 2")


def test_duplicates_and_withdrawn_reports_stand_behind_nothing(scene: Scene) -> None:
    street_through(scene)
    verified(scene)
    asking = (scene.store, OFFICER, scene.clock, 1)
    merge_reports(*asking, main_id=1, duplicate_ids=range(2, 8), seen_versions={})
    (fix,) = told(scene).fixes
    assert fix.said.startswith("18 reports of broken street lighting")
    assert fix.street == "", "18 are too few to tell the street"
    for report in scene.store.reports([8, 9]):
        with scene.store.writing() as unit:
            unit.save_report(replace(report, status=ReportStatus.WITHDRAWN), report.version)
    assert told(scene).fixes[0].said.startswith("16 reports")


def test_a_coordinator_chooses_how_much_is_told(scene: Scene) -> None:
    street_through(scene)
    problem = verified(scene)
    add_pair(scene, problem)
    asking = (scene.store, COORDINATOR, scene.clock, 1)
    problem = scene.store.problem(problem.id)
    less = set_public_level(*asking, problem_id=problem.id, level=PublicLevel.AREA, seen_version=problem.version)
    (fix,) = told(scene).fixes
    assert (fix.street, fix.before, fix.after) == ("", None, None)
    with pytest.raises(InputRefused, match="so already"):
        set_public_level(*asking, problem_id=problem.id, level=PublicLevel.AREA, seen_version=less.version)
    with pytest.raises(Stale):
        set_public_level(*asking, problem_id=problem.id, level=None, seen_version=problem.version)
    with pytest.raises(NotAllowed):
        set_public_level(
            scene.store, OFFICER, scene.clock, 1, problem_id=problem.id, level=None, seen_version=less.version
        )
    set_public_level(*asking, problem_id=problem.id, level=PublicLevel.NOTHING, seen_version=less.version)
    assert told(scene).fixes == ()
    assert told(scene, known_on=date(2026, 3, 8)).fixes == (), "what is told no more is told of no past day either"


def test_a_street_with_few_reports_around_it_is_not_named(scene: Scene) -> None:
    street_through(scene)
    verified(scene, reports=19)
    assert told(scene).fixes[0].street == ""


@pytest.mark.parametrize(("number", "words"), [(0, "0"), (1, "1 or 2"), (2, "1 or 2"), (3, "3"), (1200, "1,200")])
def test_small_counts_are_a_range(number: int, words: str) -> None:
    assert masked_count(number) == words


# -- photos --


def test_no_photo_is_shown_that_nobody_allowed(scene: Scene) -> None:
    problem = verified(scene)
    street_through(scene)
    add_pair(scene, problem, public=False)
    (fix,) = told(scene).fixes
    assert (fix.before, fix.after) == (None, None)


def test_allowed_photos_are_a_pair_and_the_permission_is_in_the_record(scene: Scene) -> None:
    street_through(scene)
    problem = verified(scene)
    before, after = add_pair(scene, problem)
    (fix,) = told(scene).fixes
    assert fix.before is not None
    assert fix.after is not None
    assert (fix.before.photo_id, fix.after.photo_id) == (before.id, after.id)
    kept = [one for one in scene.store.events(Subject.PROBLEM, problem.id) if one.kind is EventKind.PHOTO_ALLOWED]
    assert [(one.by_name, one.details["public"]) for one in kept] == [("Cora Reid", True)] * 2


def test_a_permission_can_be_taken_back_and_then_holds_for_past_days_too(scene: Scene) -> None:
    street_through(scene)
    before, after = add_pair(scene, verified(scene))
    later(scene, 2)
    asking = (scene.store, COORDINATOR, scene.clock, 1)
    allow_photo(*asking, photo_id=before.id, public=False, seen_version=before.version)
    for known in (None, TODAY):
        (fix,) = told(scene, known_on=known).fixes
        assert fix.before is None
        assert fix.after is not None
    with pytest.raises(InputRefused, match="not allowed already"):
        allow_photo(*asking, photo_id=before.id, public=False, seen_version=before.version + 1)
    with pytest.raises(Stale):
        allow_photo(*asking, photo_id=after.id, public=False, seen_version=after.version - 1)


def test_a_withdrawn_photo_is_neither_shown_nor_allowed(scene: Scene) -> None:
    street_through(scene)
    before, _after = add_pair(scene, verified(scene))
    gone = remove_photo(
        scene.store, OFFICER, scene.clock, 1, photo_id=before.id, why="A face.", seen_version=before.version
    )
    assert told(scene).fixes[0].before is None
    with pytest.raises(InputRefused, match="withdrawn"):
        allow_photo(scene.store, COORDINATOR, scene.clock, 1, photo_id=gone.id, public=False, seen_version=gone.version)


# -- what is never told --

_SECRETS = st.text(st.characters(categories=("L", "N")), min_size=12, max_size=24)


@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(text=_SECRETS, address=_SECRETS, reporter=_SECRETS, email=st.emails())
def test_no_file_holds_a_report_a_name_a_contact_or_a_point(
    tmp_path_factory: pytest.TempPathFactory, text: str, address: str, reporter: str, email: str
) -> None:
    from data.stores import open_store
    from tests.storing import empty_url

    store = open_store(empty_url("sqlite", tmp_path_factory.mktemp("private"), "private.db"))
    try:
        place = Scene(store)
        street_through(place)
        secret = {"text": f"{text} {email}", "address": f"7 {address}", "reporter": reporter}
        problem = verified(place, told=[secret] * 24)
        add_pair(place, problem, alt=f"Write to {email}: the lamp")
        found = told(place)
        assert len(found.fixes) == 1
        files = [render(found) for render in TOLD_RENDERERS.values()]
        said = [one.decode("utf-8", "ignore") for one in files] + [_pdf_text(files[1])]
        never = [text, address, reporter, email, "Omar", "Cora", "Clio", problem.ref, "dark nights", "New column"]
        never += [f"{one:.3f}"[:-1] for one in CENTRE] + ["SOMECAMERA"]
        for one in said:
            assert [secret for secret in never if secret in one] == []
    finally:
        store.close()


def _pdf_text(content: bytes) -> str:
    import io

    from pypdf import PdfReader

    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
