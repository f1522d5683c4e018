import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from problems.assessment import METHOD, Assessment, assess
from problems.errors import InputRefused
from problems.evidence import (
    AssessmentSettings,
    Evidence,
    PlaceCounts,
    Selection,
    Window,
    as_plain,
    from_plain,
)
from problems.reasons import Outcome
from problems.verdicts import Obstacle, Verdict

BEFORE = Window(date(2025, 1, 1), date(2025, 3, 31))
AFTER = Window(date(2025, 5, 1), date(2025, 7, 29))
PICKED = Selection(BEFORE, 80, mean=30.0, dispersion=4.0)
ALIKE = ((78, 80), (82, 75), (85, 90))


def place(number: int, before: int, after: int) -> PlaceCounts:
    weekly = tuple((before * (week + 1)) // 12 - (before * week) // 12 for week in range(12))
    return PlaceCounts(number, before, after, weekly)


def evidence(before: int, after: int, controls: Sequence[tuple[int, int]] = ALIKE) -> Evidence:
    compared = tuple(place(10 + number, *counts) for number, counts in enumerate(controls))
    return Evidence(BEFORE, AFTER, date(2025, 9, 1), place(1, before, after), compared)


def judged(before: int, after: int, controls: Sequence[tuple[int, int]] = ALIKE) -> Assessment:
    return assess(evidence(before, after, controls))


def test_a_clear_fall_is_told_with_its_counts_and_proves_no_cause() -> None:
    found = judged(80, 30)
    assert (found.verdict, found.suggested_outcome, found.method) == (Verdict.FELL, Outcome.EFFECTIVE, METHOD)
    assert found.sentence == (
        "Fell. 80 incidents in the 90 days before, 30 in the 90 days after. About 80 would be expected from "
        "3 comparison places: that is 50 fewer than expected (likely between 25 and 75), or 62 %."
    )
    assert found.caveats == ("This compares counts of reports. It does not prove that the work is the cause.",)


@pytest.mark.parametrize(
    ("counts", "controls", "verdict", "outcome"),
    [
        ((80, 160), ALIKE, Verdict.ROSE, Outcome.WORSE),
        ((800, 810), [(780, 800), (820, 810), (850, 845)], Verdict.DID_NOT_FALL, Outcome.NO_EFFECT),
        ((30, 24), [(30, 30)], Verdict.TOO_FEW, Outcome.INCONCLUSIVE),
        ((7, 3), ALIKE, Verdict.TOO_FEW, Outcome.INCONCLUSIVE),
        ((80, 30), [(3, 3), (3, 3)], Verdict.TOO_FEW, Outcome.INCONCLUSIVE),
        ((80, 30), [], Verdict.NO_FAIR_COMPARISON, Outcome.NOT_ASSESSABLE),
    ],
)
def test_every_verdict_has_its_case(
    counts: tuple[int, int], controls: list[tuple[int, int]], verdict: Verdict, outcome: Outcome
) -> None:
    found = judged(*counts, controls)
    assert (found.verdict, found.suggested_outcome) == (verdict, outcome)
    assert found.sentence.startswith("Too few" if verdict is Verdict.TOO_FEW else verdict.label)
    assert (found.obstacle is None) == (verdict in (Verdict.FELL, Verdict.ROSE, Verdict.DID_NOT_FALL))


def test_what_fell_less_or_rose_less_than_elsewhere_is_not_told_as_if_it_had_gone_that_way_itself() -> None:
    assert judged(60, 60, [(58, 150), (62, 155)]).sentence.startswith("Fell only in comparison")
    assert judged(60, 60, [(58, 8), (62, 12)]).sentence.startswith("Rose only in comparison")


def test_places_that_fell_by_more_than_this_one_had_are_nothing_to_compare_with() -> None:
    unlike = judged(12, 0, [(60, 20), (50, 12)])
    assert (unlike.verdict, unlike.obstacle) == (Verdict.NO_FAIR_COMPARISON, Obstacle.UNLIKE)
    assert "fell by more incidents than this place ever had" in unlike.sentence


def test_a_baseline_that_picked_the_place_is_said_and_needs_controls_picked_alike() -> None:
    picked = replace(evidence(80, 30), selection=PICKED)
    unfair, fair = assess(picked), assess(replace(picked, controls_same_band=True))
    assert (unfair.verdict, unfair.obstacle) == (Verdict.NO_FAIR_COMPARISON, Obstacle.PICKED_IN_BASELINE)
    assert fair.verdict is Verdict.FELL
    for found in (unfair, fair):
        assert "the time for which this place was picked as a hot spot" in found.caveats[0]
        assert "from about 80 to about 68 with no action at all" in found.caveats[0]
    # 30 + (1 - 1 / 4) * (80 - 30): what stands out by chance goes by itself.
    assert fair.figures.by_itself == pytest.approx(67.5)


def test_a_clean_baseline_needs_no_word_about_how_the_place_was_picked() -> None:
    earlier = Selection(Window(date(2024, 9, 1), date(2024, 11, 30)), 80, mean=30.0, dispersion=4.0)
    found = assess(replace(evidence(80, 30), selection=earlier))
    assert found.verdict is Verdict.FELL
    assert not any("picked" in caveat for caveat in found.caveats)


@pytest.mark.parametrize(
    ("changes", "obstacle"),
    [
        ({"assessed_on": date(2025, 8, 1)}, Obstacle.INCOMPLETE),
        ({"after": Window(date(2025, 5, 1), date(2025, 5, 27))}, Obstacle.SHORT_AFTER),
        ({"selection": replace(PICKED, window=AFTER)}, Obstacle.PICKED_AFTERWARDS),
        ({"treated": PlaceCounts(1, 80, 30), "controls": (PlaceCounts(2, 80, 80),)}, Obstacle.SHORT_BEFORE),
    ],
)
def test_what_cannot_be_judged_yet_or_at_all_says_why(changes: dict[str, object], obstacle: Obstacle) -> None:
    found = assess(replace(evidence(80, 30), **changes))  # type: ignore[arg-type]  # the values fit their names
    assert found.obstacle is obstacle
    assert found.verdict in (Verdict.TOO_FEW, Verdict.NO_FAIR_COMPARISON)


def test_trouble_that_moved_next_door_is_said_and_is_no_success() -> None:
    ringed = replace(evidence(80, 30), ring=place(2, 40, 90), ring_controls=(place(3, 40, 40), place(4, 44, 41)))
    found = assess(ringed)
    assert (found.verdict, found.suggested_outcome) == (Verdict.FELL, Outcome.INCONCLUSIVE)
    assert "Trouble may have moved there." in found.surroundings
    assert "fell too" in assess(replace(ringed, ring=place(2, 90, 20))).surroundings
    assert "no clear change" in assess(replace(ringed, ring=place(2, 40, 42))).surroundings
    assert judged(80, 30).surroundings == ""


def test_windows_of_unequal_length_are_brought_to_the_time_after() -> None:
    half = Window(date(2025, 5, 1), date(2025, 6, 14))
    found = assess(replace(evidence(160, 80, [(160, 80), (158, 80)]), after=half))
    assert found.figures.expected == pytest.approx(80.5)


def test_swinging_weeks_and_drifting_controls_widen_the_interval() -> None:
    steady = judged(80, 50)
    wild_weeks = replace(place(1, 80, 50), weekly_before=(20, 0, 0, 20, 0, 0, 20, 0, 0, 20, 0, 0))
    wild = assess(replace(evidence(80, 50), treated=wild_weeks))
    drifting = judged(80, 50, [(78, 20), (82, 140), (85, 85)])
    assert steady.figures.swing == 1.0
    assert wild.figures.swing > 1.5
    assert drifting.figures.swing == drifting.figures.control_dispersion
    assert drifting.verdict is Verdict.TOO_FEW


rows = st.tuples(st.integers(0, 120), st.integers(0, 120))


@given(rows, st.lists(rows, max_size=5), st.booleans(), st.booleans())
def test_no_share_of_a_small_count_is_ever_said(
    counts: tuple[int, int], controls: list[tuple[int, int]], picked: bool, same_band: bool
) -> None:
    given_counts = replace(
        evidence(*counts, controls), selection=PICKED if picked else None, controls_same_band=same_band
    )
    found = assess(given_counts)
    shown = " ".join([found.sentence, *found.caveats, found.surroundings])
    totals = [sum(column) for column in zip(*controls, strict=True)]
    if min(*counts, *totals, found.figures.expected or 0) < 10:
        assert "%" not in shown
    assert "nan" not in shown
    assert "inf" not in re.sub("information|infer", "", shown)
    assert picked == any("picked as a hot spot" in caveat for caveat in found.caveats)


@given(rows, st.lists(rows, max_size=5), st.integers(0, 5))
def test_an_assessment_is_the_same_when_it_is_made_again(
    counts: tuple[int, int], controls: list[tuple[int, int]], turn: int
) -> None:
    first = replace(evidence(*counts, controls), selection=PICKED)
    found = assess(first)
    turned = replace(first, controls=(*first.controls[turn:], *first.controls[:turn]))
    assert assess(turned) == found
    stored = json.loads(json.dumps(as_plain(found.evidence)))
    assert assess(from_plain(stored), found.settings) == found


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"before": Window(date(2025, 3, 31), date(2025, 1, 1))}, "ends before it begins"),
        ({"after": Window(date(2025, 3, 1), date(2025, 7, 1))}, "has to end earlier"),
        ({"treated": PlaceCounts(1, -1, 3)}, "count below 0"),
        ({"treated": PlaceCounts(1, 5, 3, (3, 3))}, "hold more than its time before"),
        ({"treated": place(10, 80, 30)}, "compared with itself"),
        ({"ring": place(2, 40, 40)}, "Count both or neither"),
        ({"treated": PlaceCounts(1, 80, 30)}, "same weeks"),
    ],
)
def test_evidence_that_contradicts_itself_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(InputRefused, match=words):
        assess(replace(evidence(80, 30), **changes))  # type: ignore[arg-type]  # the values fit their names


def test_settings_decide_and_are_kept() -> None:
    strict = AssessmentSettings(alpha=1e-9)
    found = assess(evidence(80, 30), strict)
    assert (found.verdict, found.settings) == (Verdict.TOO_FEW, strict)
