"""Visits and photos in both databases: kept as they are, pictures once, and nobody saves over another."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from data.auditing import check_photos
from data.stores import SqlStore, open_store
from problems.errors import NotFound, Stale
from problems.use_cases import evidencing
from problems.visits import Photo, Purpose, Shows, Visit
from tests.photos import a_picture
from tests.scenes import OFFICER, Scene, days_before
from tests.storing import BACK_ENDS, NOON, TODAY, a_problem, an_action, an_organisation, empty_url, run_sql


@pytest.fixture(params=BACK_ENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_store(empty_url(request.param, tmp_path))) as opened:
        with opened.writing() as unit:
            unit.add_problem(a_problem())
            unit.add_action(an_action(1, unit.add_organisation(an_organisation())))
        yield opened


def a_visit(**changes: object) -> Visit:
    return replace(Visit(0, 1, TODAY, "“Dark” 🏚\n", NOON, "p1", "Sgt Bell", 3, 1), **changes)  # type: ignore[arg-type] # by name


def a_photo(**changes: object) -> Photo:
    photo = Photo(
        id=0,
        problem_id=1,
        shows=Shows.BEFORE,
        alt="Six dark lamps",
        at=NOON,
        by="p1",
        by_name="Sgt Bell",
        original_sha256="a" * 64,
        shown_sha256="b" * 64,
        thumbnail_sha256="c" * 64,
        format="PNG",
        size_bytes=15_000_000,
        width=2048,
        height=1366,
        organisation_id=3,
        action_id=1,
        note="From the gate",
        withdrawn_at=NOON,
        withdrawn_by="Cora",
        withdrawn_why="A face",
    )
    return replace(photo, **changes)  # type: ignore[arg-type] # by name


def test_visits_and_photos_come_back_as_they_were_kept(store: SqlStore) -> None:
    with store.writing() as unit:
        first = unit.add_visit(a_visit())
        later = unit.add_visit(a_visit(visited_on=TODAY.replace(day=30), action_id=None, organisation_id=None))
        photo_id = unit.add_photo(a_photo(visit_id=first))
        bare = unit.add_photo(a_photo(action_id=None, withdrawn_at=None, shows=Shows.OTHER))
    assert [visit.id for visit in store.visits(1)] == [later, first]
    assert store.visits(1)[1] == a_visit(id=first)
    assert store.photos(1) == [
        a_photo(id=photo_id, visit_id=first),
        a_photo(id=bare, action_id=None, withdrawn_at=None, shows=Shows.OTHER),
    ]
    assert store.photo(bare) == store.photos(1)[1]
    assert store.photos(2) == store.visits(2) == []
    assert store.has_photos()
    with pytest.raises(NotFound, match="photo 99"):
        store.photo(99)


def test_a_picture_is_kept_once_for_each_purpose_and_to_the_letter(store: SqlStore) -> None:
    large = bytes(range(256)) * 60_000
    with store.writing() as unit:
        unit.add_picture("a" * 64, Purpose.ORIGINAL, large)
        unit.add_picture("a" * 64, Purpose.ORIGINAL, b"another")
        unit.add_picture("a" * 64, Purpose.SHOWN, b"shown")
    assert store.picture("a" * 64, Purpose.ORIGINAL) == large
    assert store.picture("a" * 64, Purpose.SHOWN) == b"shown"
    assert store.picture("a" * 64, Purpose.THUMBNAIL) is None


def test_a_photo_that_somebody_else_saved_is_not_written_over(store: SqlStore) -> None:
    with store.writing() as unit:
        photo_id = unit.add_photo(a_photo(withdrawn_at=None))
    with store.writing() as unit:
        unit.save_photo(a_photo(id=photo_id), 1)
    with pytest.raises(Stale), store.writing() as unit:
        unit.save_photo(a_photo(id=photo_id, withdrawn_why="Another reason"), 1)
    assert (store.photo(photo_id).withdrawn_why, store.photo(photo_id).version) == ("A face", 2)


def test_a_unit_that_fails_keeps_no_picture(store: SqlStore) -> None:
    def fail() -> None:
        with store.writing() as unit:
            unit.add_picture("d" * 64, Purpose.SHOWN, b"x")
            unit.add_photo(a_photo(problem_id=99))

    with pytest.raises(Exception, match=r"(?i)foreign key"):
        fail()
    assert store.picture("d" * 64, Purpose.SHOWN) is None
    assert not store.has_photos()


def kept_properly(scene: Scene) -> None:
    """Keep one photo by the rules, so that the record tells of it."""
    scene.send(*scene.spot((0, 0), days_before(scene.today, 10)))
    scene.refresh()
    evidencing.add_photo(
        scene.store,
        OFFICER,
        scene.clock,
        1,
        problem_id=1,
        picture=a_picture(),
        shows=Shows.BEFORE,
        alt="Six dark lamps",
    )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE photo_file SET content = 'forged' WHERE purpose = 'shown'",
        "UPDATE photo_file SET content = 'forged' WHERE purpose = 'thumbnail'",
        "DELETE FROM photo_file WHERE purpose = 'original'",
        "UPDATE photo SET shown_sha256 = thumbnail_sha256",
        "DELETE FROM photo",
    ],
)
def test_a_picture_that_was_changed_behind_our_back_is_named(scene: Scene, tmp_path: Path, change: str) -> None:
    kept_properly(scene)
    url = f"sqlite:///{tmp_path / 'scene.db'}"
    good = check_photos(url)
    assert good is not None
    assert (good.ok, good.message) == (True, "Every photo is what was kept (1).")
    run_sql(url, change)
    found = check_photos(url)
    assert found is not None
    assert (found.ok, "photos 1" in found.message) == (False, True)
    assert scene.store.verify_audit().ok, "the record itself is as it was"


def test_without_photos_nothing_is_said_of_them(scene: Scene, tmp_path: Path) -> None:
    assert check_photos(f"sqlite:///{tmp_path / 'scene.db'}") is None
