"""References of problems, as people write them."""

import pytest

from problems.errors import NotFound
from problems.problem import problem_number


@pytest.mark.parametrize("ref", ["", "P-", "P-12x", "-1", "P-٣", "9" * 20])
def test_what_is_no_reference_is_refused(ref: str) -> None:
    with pytest.raises(NotFound):
        problem_number(ref)


@pytest.mark.parametrize(("ref", "number"), [("P-0042", 42), ("p-42", 42), (" 42 ", 42)])
def test_references_are_read_generously(ref: str, number: int) -> None:
    assert problem_number(ref) == number
