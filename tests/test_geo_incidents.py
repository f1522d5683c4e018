import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import GeoError
from geo.incidents import distinct_incidents

keys = st.lists(st.tuples(*[st.integers(-3, 3) | st.sampled_from([-(2**63), 2**63 - 1])] * 4), max_size=40)


@given(keys)
def test_reports_are_one_incident_exactly_when_all_four_agree(rows) -> None:
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4)
    found = distinct_incidents(*columns.T)
    expected = {row: number for number, row in enumerate(sorted(set(rows)))}
    assert found.tolist() == [expected[row] for row in rows]
    assert found.dtype == np.int64


@given(keys, st.randoms(use_true_random=False))
def test_order_of_reports_does_not_matter(rows, random) -> None:
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4)
    order = np.array(random.sample(range(len(rows)), len(rows)), dtype=np.int64)
    assert np.array_equal(distinct_incidents(*columns.T)[order], distinct_incidents(*columns[order].T))


def test_unknown_reporters_count_as_one() -> None:
    assert distinct_incidents([4, 4, 4], [0, 0, 9], [1, 1, 1], [2, 2, 2]).tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    "columns",
    [
        ([1, 2], [1], [1, 2], [1, 2]),
        ([1.5], [1], [1], [1]),
        ([1], [1], [np.nan], [1]),
        ([[1]], [1], [1], [1]),
        (1, [1], [1], [1]),
        (["a"], [1], [1], [1]),
    ],
)
def test_codes_that_do_not_fit_are_refused(columns) -> None:
    with pytest.raises(GeoError):
        distinct_incidents(*columns)
