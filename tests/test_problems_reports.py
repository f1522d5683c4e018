"""Reports as columns: cut down and put together without losing what belongs to a row."""

import numpy as np

from problems.reports import ReportPoints


def points(*ids: int) -> ReportPoints:
    numbers = np.array(ids, dtype=np.int64)
    return ReportPoints(
        ids=numbers,
        lon_lat=np.column_stack([numbers / 100, numbers / 10]),
        group=(numbers % 3).astype(np.int8),
        reported_s=numbers * 1000,
        reporter=numbers * 7,
        snapped=numbers % 2 == 0,
        main=numbers % 5,
    )


def test_joined_reports_are_those_of_both_in_order_of_id() -> None:
    joined = points(2, 5, 9).joined(points(1, 7))
    expected = points(1, 2, 5, 7, 9)
    for name in ("ids", "lon_lat", "group", "reported_s", "reporter", "snapped", "main"):
        np.testing.assert_array_equal(getattr(joined, name), getattr(expected, name))
        assert getattr(joined, name).dtype == getattr(expected, name).dtype


def test_joining_nothing_changes_nothing() -> None:
    np.testing.assert_array_equal(points().joined(points(3, 4)).ids, [3, 4])
    np.testing.assert_array_equal(points(3, 4).joined(points()).ids, [3, 4])
