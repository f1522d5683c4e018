"""The photos of the sample city are drawn, alike before and after, and kept like any other photo."""

import io
from datetime import date

import numpy as np
import pytest
from PIL import Image

from data.sample.desk import Desk
from data.sample.photos import SIZE_PX, made_up_photo
from data.stores import SqlStore
from problems.categories import Group
from problems.people import Principal, Role
from problems.use_cases.publishing import allowed_photos
from problems.visits import Shows
from tests.sampling import SAMPLE_NOW, SAMPLE_SEED, SAMPLE_ZONE

DAY = date(2026, 3, 18)
SEEN = (Group.LIGHTING, Group.WASTE, Group.DAMAGE, Group.OVERGROWTH, Group.PROPERTY, Group.VEHICLES)


def turned(content: bytes) -> bytes:
    """Stand in for sealing: unlike what goes in, and of the same length."""
    return content[::-1]


def pixels(content: bytes) -> np.ndarray:
    """Return the picture as (640, 960, 3) numbers."""
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)


@pytest.mark.parametrize("group", SEEN)
def test_both_pictures_are_of_one_place_and_the_work_can_be_seen(group: Group) -> None:
    before, after = (made_up_photo(group, shows, 11, DAY, turned) for shows in (Shows.BEFORE, Shows.AFTER))
    assert before is not None
    assert after is not None
    assert before[1] != after[1]
    unlike = np.abs(pixels(before[0].shown) - pixels(after[0].shown)).max(axis=2) > 40
    assert unlike[:100].mean() < 0.01
    assert unlike[140:600].mean() > 0.01
    assert before[0].sealed_original == turned(before[0].shown)


def test_equal_seeds_give_equal_pictures_and_another_day_another_one() -> None:
    first, again = (made_up_photo(Group.WASTE, Shows.BEFORE, 3, DAY, turned) for _ in range(2))
    later = made_up_photo(Group.WASTE, Shows.BEFORE, 3, date(2026, 3, 19), turned)
    assert first is not None
    assert later is not None
    assert first == again
    assert first[0].original_sha256 != later[0].original_sha256


def test_the_picture_holds_nothing_but_pixels() -> None:
    found = made_up_photo(Group.DAMAGE, Shows.AFTER, 5, DAY, turned)
    assert found is not None
    opened = Image.open(io.BytesIO(found[0].shown))
    assert opened.size == SIZE_PX
    assert not opened.getexif()
    assert max(Image.open(io.BytesIO(found[0].thumbnail)).size) == 480


@pytest.mark.parametrize("group", sorted(set(Group) - set(SEEN)))
def test_of_what_cannot_be_seen_there_is_no_photo(group: Group) -> None:
    assert made_up_photo(group, Shows.BEFORE, 1, DAY, turned) is None


def test_an_officer_of_the_city_keeps_one_where_originals_can_be_sealed(sample_store: SqlStore) -> None:
    problem = next(one for one in sample_store.problems() if one.group is Group.WASTE and one.status.is_open)
    officer = Principal(key="person:1", name="Ola Berg", roles=frozenset({Role.OFFICER}))
    coordinator = Principal(key="person:2", name="Cy Dunn", roles=frozenset({Role.COORDINATOR}))
    people: list[tuple[Principal, Role, str | None]] = [
        (officer, Role.OFFICER, None),
        (coordinator, Role.COORDINATOR, None),
    ]
    desk = Desk(sample_store, SAMPLE_SEED, np.random.default_rng(1), SAMPLE_NOW, {}, people, SAMPLE_ZONE)
    desk.photo(problem.id, Shows.BEFORE)
    assert not sample_store.photos(problem.id), "nothing seals, so nothing is kept"
    desk.seal_photo = turned
    desk.photo(problem.id, Shows.BEFORE)
    (photo,) = sample_store.photos(problem.id)
    assert (photo.shows, photo.by_name) == (Shows.BEFORE, "Ola Berg")
    assert "rubbish" in photo.alt
    allowed = allowed_photos(sample_store, problem.id, [photo])
    assert bool(allowed) is bool(problem.id % 3), "residents may see two in three"
