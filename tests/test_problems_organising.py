"""Organisations and the people in them."""

import pytest

from problems.errors import InputRefused
from problems.people import Principal, Role
from problems.use_cases import organising
from tests.scenes import Scene


def test_organisations_and_people_are_told_apart(scene: Scene) -> None:
    scene.organisation("Housing")
    with pytest.raises(InputRefused, match="already there"):
        scene.organisation("HOUSING")
    admin = Principal("ada", "Ada", frozenset({Role.ADMIN}))
    person = organising.add_person(scene.store, admin, scene.clock, 1, name="Omar Hale", role=Role.OFFICER)
    assert person.principal().has(Role.OFFICER)
    for wrong in ({"name": "omar hale", "role": Role.OFFICER}, {"name": "Pia", "role": Role.PARTNER}):
        with pytest.raises(InputRefused):
            organising.add_person(scene.store, admin, scene.clock, 1, **wrong)  # type: ignore[arg-type] # named by the parameters
    with pytest.raises(InputRefused, match="not a person's role"):
        organising.add_person(scene.store, admin, scene.clock, 1, name="Robot", role=Role.SYSTEM)
