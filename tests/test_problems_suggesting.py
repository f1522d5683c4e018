"""Which reports may tell of one occurrence: known pairs, and those that must not be suggested."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pytest

from data.alike import likeness
from data.stores import SqlStore
from data.taxonomy import load_taxonomy
from problems.reports import Report, ReportFlag, ReportStatus
from problems.suggesting import SuggestedGroup, reach_of, suggest_after_import, suggest_for
from problems.use_cases.merging import keep_apart, merge_reports
from tests.sampling import SAMPLE_NOW
from tests.scenes import OFFICER, Scene

CATEGORIES = load_taxonomy().categories
DAY = date(2026, 3, 1)


def same_words(these: Sequence[str], those: Sequence[str]) -> npt.NDArray[np.float64]:
    return np.array([float(one == other and one != "") for one, other in zip(these, those, strict=True)])


def near(scene: Scene, report: Report) -> list[tuple[int, str]]:
    found = suggest_for(scene.store, report, categories=CATEGORIES, alike=same_words)
    return [(other.id, likely.why) for other, likely in found]


def groups(scene: Scene, days: int = 90) -> list[SuggestedGroup]:
    since = scene.clock() - timedelta(days=days)
    return suggest_after_import(scene.store, since=since, categories=CATEGORIES, alike=same_words)


def kept(scene: Scene, *reports: Report) -> list[Report]:
    scene.send(*reports)
    return list(scene.store.all_reports())


# -- when a report is entered --


def test_open_reports_nearby_come_with_metres_days_and_the_reason(scene: Scene) -> None:
    kept(scene, replace(scene.report((12, 0), DAY - timedelta(days=2)), text="Lamp is out"))
    draft = replace(scene.report((0, 0), DAY), text="Lamp is out")
    assert near(scene, draft) == [(1, "12 m apart, 2 days apart, same kind, similar words")]


def test_the_nearer_and_sooner_one_comes_first(scene: Scene) -> None:
    kept(scene, scene.report((20, 0), DAY - timedelta(days=20)), scene.report((1, 0), DAY))
    assert [number for number, _ in near(scene, scene.report((0, 0), DAY))] == [2, 1]


def test_a_report_of_the_same_group_counts_less_than_one_of_the_same_kind(scene: Scene) -> None:
    kept(scene, scene.report((5, 0), DAY, code="LGT-DAMAGE"), scene.report((5, 0), DAY))
    found = suggest_for(scene.store, scene.report((0, 0), DAY), categories=CATEGORIES, alike=same_words)
    assert [(other.id, likely.same_kind) for other, likely in found] == [(2, True), (1, False)]
    assert found[1][1].score == pytest.approx(0.7 * found[0][1].score)


@pytest.mark.parametrize("code", ["LGT-OUT", "WST-DUMP"])
def test_the_category_says_how_far_and_how_long(scene: Scene, code: str) -> None:
    reach = reach_of(CATEGORIES[code])
    inside = scene.report((reach.metres - 1, 0), DAY - timedelta(days=reach.days), code=code)
    too_far = scene.report((reach.metres + 2, 0), DAY, code=code)
    too_old = scene.report((0, 0), DAY - timedelta(days=reach.days + 1), code=code)
    kept(scene, inside, too_far, too_old)
    assert [number for number, _ in near(scene, scene.report((0, 0), DAY, code=code))] == [1]


def test_disputes_and_antisocial_behaviour_are_related_and_never_duplicates(scene: Scene) -> None:
    for code in ("DSP-NOISE", "ASB-GROUP"):
        assert not reach_of(replace(CATEGORIES[code], duplicate_distance_m=50.0, duplicate_days=7)).duplicates
    kept(scene, scene.report((0, 0), DAY, code="DSP-NOISE"), scene.report((0, 0), DAY, code="DSP-NOISE"))
    found = suggest_for(
        scene.store, scene.report((0, 0), DAY, code="DSP-NOISE"), categories=CATEGORIES, alike=same_words
    )
    assert [likely.is_duplicate for _, likely in found] == [False, False]
    assert groups(scene) == []


@pytest.mark.parametrize(
    "change",
    [
        {"status": ReportStatus.RESOLVED},
        {"status": ReportStatus.WITHDRAWN},
        {"flags": ReportFlag.SNAPPED},
        {"lon_lat": None},
        {"undone": True},
        {"category": None},
    ],
)
def test_what_is_over_moved_or_nowhere_is_not_suggested(scene: Scene, change: dict[str, object]) -> None:
    gone = replace(scene.report((0, 0), DAY), **change)  # type: ignore[arg-type] # fields of a report
    kept(scene, gone, scene.report((300, 0), DAY))
    assert near(scene, scene.report((0, 0), DAY)) == []
    scene.send(scene.report((0, 0), DAY))
    assert groups(scene) == []


def test_without_a_place_nothing_is_suggested(scene: Scene) -> None:
    kept(scene, scene.report((0, 0), DAY))
    assert near(scene, replace(scene.report((0, 0), DAY), lon_lat=None)) == []


def test_a_duplicate_and_what_was_kept_apart_are_not_suggested_again(scene: Scene) -> None:
    first, second, third = kept(scene, *(scene.report((at, 0), DAY) for at in range(3)))
    merge_reports(
        scene.store, OFFICER, scene.clock, 1, main_id=1, duplicate_ids=[2], seen_versions={1: 1, 2: second.version}
    )
    keep_apart(scene.store, OFFICER, scene.clock, 1, report_ids=[1, 3])
    assert near(scene, first) == []
    assert near(scene, third) == []
    assert [number for number, _ in near(scene, scene.report((0, 0), DAY))] == [1, 3]


# -- after an import --


def test_a_group_stands_round_its_earliest_report_and_takes_each_report_once(scene: Scene) -> None:
    days = [DAY - timedelta(days=back) for back in (0, 3, 1)]
    kept(scene, *(scene.report((at, 0), day) for at, day in enumerate(days)), scene.report((500, 0), DAY))
    (group,) = groups(scene)
    assert group.main_id == 2
    assert sorted(group.ids) == [1, 2, 3]
    assert [other.report_id for other in group.others] == [3, 1]


def test_only_pairs_that_are_good_enough_are_listed(scene: Scene) -> None:
    faint = [scene.report((0, 0), DAY), scene.report((22, 0), DAY - timedelta(days=20))]
    kept(scene, *faint)
    assert groups(scene) == []
    assert len(near(scene, scene.report((0, 0), DAY))) == 2


def test_only_reports_of_one_kind_are_put_together(scene: Scene) -> None:
    kept(scene, scene.report((0, 0), DAY), scene.report((0, 0), DAY, code="LGT-DAMAGE"))
    assert groups(scene) == []


def test_the_list_goes_no_further_back_than_asked(scene: Scene) -> None:
    kept(scene, *(scene.report((at, 0), DAY - timedelta(days=40)) for at in range(2)))
    assert groups(scene, days=30) == []
    assert len(groups(scene, days=60)) == 1


def test_what_was_decided_to_be_different_splits_a_group(scene: Scene) -> None:
    kept(scene, *(scene.report((at, 0), DAY - timedelta(days=3 - at)) for at in range(3)))
    keep_apart(scene.store, OFFICER, scene.clock, 1, report_ids=[2, 3])
    (group,) = groups(scene)
    assert group.ids == (1, 2)
    keep_apart(scene.store, OFFICER, scene.clock, 1, report_ids=[1, 2, 3])
    assert groups(scene) == []


def test_a_default_point_is_no_place_for_duplicates(scene: Scene) -> None:
    codes = ["LGT-OUT", "WST-DUMP", "VEH-ABAND", "DMG-GRAF", "VIS-VEG"]
    pile = [replace(scene.report((0, 0), DAY, code=codes[at % 5]), text="x") for at in range(60)]
    kept(scene, *pile)
    assert groups(scene)
    scene.refresh()
    assert [one.kept_out for one in scene.store.piles()] == [True]
    assert groups(scene) == []


def test_a_place_with_very_many_reports_stays_a_group_that_can_be_read(scene: Scene) -> None:
    kept(scene, *(scene.report((0.1 * at, 0), DAY) for at in range(40)))
    assert max(len(group.ids) for group in groups(scene)) == 12


def test_the_sample_city_has_a_few_duplicates_to_review(sample_read_only: SqlStore) -> None:
    since = SAMPLE_NOW - timedelta(days=90)
    found = suggest_after_import(sample_read_only, since=since, categories=CATEGORIES, alike=likeness)
    assert 5 <= len(found) <= 60
    reports = {report.id: report for report in sample_read_only.reports([one for group in found for one in group.ids])}
    for group in found:
        assert len({reports[one].category for one in group.ids}) == 1
        assert min(group.ids, key=lambda one: (reports[one].reported_at, one)) == group.main_id
