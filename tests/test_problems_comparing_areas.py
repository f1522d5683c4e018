import pytest

from problems.comparing_areas import Place, compare_areas
from problems.errors import InputRefused

NAMES = [f"Ward {number}" for number in range(12)]
CALM = [40, 38, 42, 41, 39, 40, 44, 37, 43, 36, 40, 41]


def test_areas_that_differ_by_chance_are_all_as_usual() -> None:
    found = compare_areas(NAMES, CALM, [10.0] * 12)
    assert {one.place for one in found.areas} == {Place.USUAL}
    assert found.sentence == "None of 12 areas differs from the rest by more than chance."
    assert found.areas[0].sentence == "40, 28 to 53 usual for its size: as usual."


def test_a_small_area_is_not_blamed_for_being_small() -> None:
    found = compare_areas([*NAMES, "Hamlet", "Big"], [*CALM, 7, 120], [*[10.0] * 12, 1.0, 20.0])
    hamlet, big = found.areas[-2:]
    assert hamlet.rate is not None
    assert big.rate is not None
    assert hamlet.rate > big.rate
    assert not hamlet.place.is_clear
    assert big.place is Place.FAR_ABOVE
    assert found.sentence == "1 of 14 areas differs from the rest by more than chance: Big."


def test_few_reports_have_no_rate() -> None:
    found = compare_areas([*NAMES, "Park"], [*CALM, 2], [*[10.0] * 12, 0.4])
    assert (found.areas[-1].place, found.areas[-1].rate) == (Place.TOO_FEW, None)


def test_areas_without_residents_are_left_out_and_named() -> None:
    found = compare_areas([*NAMES, "Docks", "Unknown"], [*CALM, 30, 4], [*[10.0] * 12, 0.0, None])
    assert found.left_out == ("Docks", "Unknown")
    assert len(found.areas) == 12


def test_fewer_than_ten_areas_come_with_a_warning() -> None:
    assert compare_areas(NAMES[:4], CALM[:4], [10.0] * 4).sentence.endswith("is not known.")


def test_the_order_is_that_of_the_areas_and_not_that_of_the_rates() -> None:
    assert [one.name for one in compare_areas(NAMES, CALM, [10.0] * 12).areas] == NAMES


def test_every_place_is_reached_and_has_plain_words() -> None:
    counts = [*[40] * 40, 90, 56, 24, 5]
    found = compare_areas([str(number) for number in range(44)], counts, [10.0] * 44)
    assert [one.place for one in found.areas[-4:]] == [Place.FAR_ABOVE, Place.ABOVE, Place.BELOW, Place.FAR_BELOW]
    assert len({each.label for each in Place}) == len(Place)


@pytest.mark.parametrize(
    ("names", "counts", "sizes"),
    [
        (NAMES[:2], [1, 2], [1.0, 2.0]),
        (NAMES[:3], [1, 2], [1.0, 2.0, 3.0]),
        (NAMES[:3], [1, -2, 3], [1.0, 2.0, 3.0]),
        (NAMES[:3], [1, 2, 3], [1.0, -2.0, 3.0]),
        (NAMES[:3], [1, 2, 3], [1.0, float("nan"), 3.0]),
    ],
)
def test_what_cannot_be_compared_is_refused(names: list[str], counts: list[int], sizes: list[float]) -> None:
    with pytest.raises(InputRefused):
        compare_areas(names, counts, sizes)
