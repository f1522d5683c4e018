"""Saying what residents may be told of a problem, and which photos they may be shown."""

from collections.abc import Sequence
from dataclasses import replace

from problems.clock import Clock
from problems.errors import InputRefused
from problems.events import Event, EventKind, Subject, event
from problems.people import Principal, Role
from problems.problem import Problem, problem_ref
from problems.public import PUBLIC, PublicLevel, public_photos
from problems.store import Store
from problems.use_cases.saving import check_seen, require, save
from problems.visits import Photo

#: Who answers for what residents see.
MAY_PUBLISH = (Role.COORDINATOR,)


def allow_photo(
    store: Store, principal: Principal, clock: Clock, seed: int, *, photo_id: int, public: bool, seen_version: int
) -> Photo:
    """Say that a photo may be shown to the public with its description, or no longer may; who said so is kept.

    Raises
    ------
    NotAllowed
        When the principal is not a coordinator.
    InputRefused
        When it was withdrawn, or it is so already.
    NotFound, Stale
        When there is no such photo, or somebody else changed it since ``seen_version``.
    """
    asked = "What the public may be shown was not changed."
    require(principal, asked, *MAY_PUBLISH)
    with store.writing() as unit:
        now = clock()
        photo = store.photo(photo_id)
        if photo.is_withdrawn:
            raise InputRefused(asked, f"{photo.withdrawn_by} has withdrawn the photo.", "Choose another one.")
        if bool(public_photos([photo], _told_of(store, photo))) is public:
            words = "allowed" if public else "not allowed"
            raise InputRefused(asked, f"The photo is {words} already.", "There is nothing to do.")
        saved = unit.save_photo(photo, seen_version)
        details = {
            "photo_id": photo.id,
            "shows": str(photo.shows),
            "alt": photo.alt,
            "public": public,
            "problem_id": photo.problem_id,
        }
        subject = Subject.PROBLEM if photo.action_id is None else Subject.ACTION
        number = photo.problem_id if photo.action_id is None else photo.action_id
        unit.add_events([event(now, principal, subject, number, EventKind.PHOTO_ALLOWED, details=details)])
    return saved


def _told_of(store: Store, photo: Photo) -> list[Event]:
    if photo.action_id is not None:
        return store.events(Subject.ACTION, photo.action_id)
    return store.events(Subject.PROBLEM, photo.problem_id)


def allowed_photos(store: Store, problem_id: int, photos: Sequence[Photo]) -> list[Photo]:
    """Return those of a problem's ``photos`` that may be shown to the public."""
    if not photos:
        return []
    told = store.events(Subject.PROBLEM, problem_id)
    for action_id in sorted({one.action_id for one in photos if one.action_id is not None}):
        told += store.events(Subject.ACTION, action_id)
    return public_photos(photos, told)


def set_public_level(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    problem_id: int,
    level: PublicLevel | None,
    seen_version: int,
) -> Problem:
    """Say how much of a problem residents are told once its fix is verified; None leaves it to the kind.

    Raises
    ------
    NotAllowed
        When the principal is not a coordinator.
    InputRefused
        When it is so already.
    NotFound, Stale
        When there is no such problem, or somebody else saved it since ``seen_version``.
    """
    asked = f"What residents are told of {problem_ref(problem_id)} was not changed."
    require(principal, asked, *MAY_PUBLISH)
    with store.writing() as unit:
        now = clock()
        problem = store.problem(problem_id)
        check_seen(store, asked, problem, seen_version)
        after = {name: told for name, told in problem.shares.items() if name != PUBLIC}
        if level is not None:
            after[PUBLIC] = str(level)
        if after == dict(problem.shares):
            raise InputRefused(asked, "It is so already.", "Choose another level.")
        details = {"public_level": None if level is None else str(level)}
        changed = replace(problem, shares=after)
        return save(unit, now, principal, problem, changed, seen_version, EventKind.EDITED, details=details)
