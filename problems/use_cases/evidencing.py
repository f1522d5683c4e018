"""Evidence: visits and photos, kept for good, shown to those who share in the problem."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from hashlib import sha256

from problems.actions import Action
from problems.clock import Clock
from problems.errors import InputRefused, NotAllowed, NotFound
from problems.events import Event, EventKind, Subject, event
from problems.people import Principal, Role
from problems.seeing import sharing_level
from problems.sharing import EVERYWHERE, is_own, shown_photos, shown_visits
from problems.store import Store
from problems.use_cases.checks import LONGEST_NOTE, checked_text, is_second_click
from problems.use_cases.saving import require
from problems.visits import Photo, Picture, Purpose, Shows, Visit
from problems.words import has_words

MAY_VISIT = (Role.OFFICER,)
MAY_ADD_PHOTOS = (Role.OFFICER, Role.COORDINATOR, Role.PARTNER)
MAY_SEE_ORIGINALS = (Role.OFFICER, Role.COORDINATOR)
LONGEST_ALT = 300
#: Any more in one place, and nobody looks at them.
MOST_PHOTOS = 200


def add_visit(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    problem_id: int,
    visited_on: date | None,
    note: str,
    action_id: int | None = None,
) -> Visit:
    """Keep that somebody went there, when, and what they saw; return it as kept.

    The very same visit of the same person within seconds is a second click: it returns the first one's.

    Raises
    ------
    NotAllowed
        When the principal is not an officer.
    InputRefused
        When the day is missing or has not come yet, nothing is said, or the action is another problem's.
    NotFound
        When there is no such problem or action.
    """
    asked = "The visit was not kept."
    require(principal, asked, *MAY_VISIT)
    now = clock()
    if visited_on is None or visited_on > now.date():
        raise InputRefused(asked, "Its day is missing or has not come yet.", "Give the day of the visit.")
    told = checked_text(asked, note, LONGEST_NOTE)
    if not has_words(told):
        raise InputRefused(asked, "Nothing is said about it.", "Say in a few words what was seen.")
    with store.writing() as unit:
        # Again: this may have waited for its turn, and what happens is told in order.
        now = clock()
        problem = store.problem(problem_id)
        action = _action_of(store, asked, problem.id, action_id)
        visit = Visit(
            id=0,
            problem_id=problem.id,
            visited_on=visited_on,
            note=told,
            at=now,
            by=principal.key,
            by_name=principal.name,
            organisation_id=principal.organisation_id,
            action_id=action.id if action else None,
        )
        for one in store.visits(problem.id):
            if replace(visit, id=one.id, at=one.at) == one and is_second_click(one.at, now):
                return one
        visit = replace(visit, id=unit.add_visit(visit))
        details = {"visit_id": visit.id, "visited_on": visited_on.isoformat()}
        unit.add_events([_told(visit, EventKind.VISITED, clock, principal, told, details)])
    return visit


def add_photo(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    problem_id: int,
    picture: Picture,
    shows: Shows,
    alt: str,
    note: str = "",
    action_id: int | None = None,
    visit_id: int | None = None,
) -> Photo:
    """Keep a photo of a problem or of one of its actions, and return what is known of it.

    Its event carries the hashes of the original and of what is shown, so that the record of changes
    covers the pictures too. The same original is kept once; as another photo of the same, it is refused.

    Raises
    ------
    NotAllowed
        When the principal is neither officer nor coordinator, nor a partner whose own action it is of.
    InputRefused
        When nobody says what can be seen, it is there already, or action or visit are another problem's.
    NotFound
        When there is no such problem or action.
    """
    asked = "The photo was not kept."
    require(principal, asked, *MAY_ADD_PHOTOS)
    seen = checked_text(asked, alt, LONGEST_ALT)
    if not has_words(seen):
        raise InputRefused(
            asked, "Nobody says what can be seen on it.", "Describe it in a few words, for those who cannot see it."
        )
    with store.writing() as unit:
        now = clock()
        _check_may_add(store, asked, principal, problem_id, action_id)
        problem = store.problem(problem_id)
        action = _action_of(store, asked, problem.id, action_id)
        _check_fits(store, asked, problem.id, picture, action_id, visit_id)
        hashes = {Purpose.SHOWN: _hash(picture.shown), Purpose.THUMBNAIL: _hash(picture.thumbnail)}
        photo = Photo(
            id=0,
            problem_id=problem.id,
            shows=shows,
            alt=seen,
            at=now,
            by=principal.key,
            by_name=principal.name,
            original_sha256=picture.original_sha256,
            shown_sha256=hashes[Purpose.SHOWN],
            thumbnail_sha256=hashes[Purpose.THUMBNAIL],
            format=picture.format,
            size_bytes=picture.size_bytes,
            width=picture.width,
            height=picture.height,
            organisation_id=principal.organisation_id,
            action_id=action.id if action else None,
            visit_id=visit_id,
            note=checked_text(asked, note, LONGEST_NOTE),
        )
        photo = replace(photo, id=unit.add_photo(photo))
        unit.add_picture(photo.original_sha256, Purpose.ORIGINAL, picture.sealed_original)
        unit.add_picture(photo.shown_sha256, Purpose.SHOWN, picture.shown)
        unit.add_picture(photo.thumbnail_sha256, Purpose.THUMBNAIL, picture.thumbnail)
        details = {
            "photo_id": photo.id,
            "shows": str(shows),
            "alt": seen,
            "original_sha256": photo.original_sha256,
            "shown_sha256": photo.shown_sha256,
            "thumbnail_sha256": photo.thumbnail_sha256,
        }
        unit.add_events([_told(photo, EventKind.PHOTO_ADDED, clock, principal, photo.note, details)])
    return photo


def remove_photo(
    store: Store, principal: Principal, clock: Clock, seed: int, *, photo_id: int, why: str, seen_version: int
) -> Photo:
    """Withdraw a photo: it is shown to nobody any more, and who withdrew it, when and why is.

    Nothing is erased: the sealed original stays with those who may see originals.

    Raises
    ------
    NotAllowed
        When the principal is neither officer nor coordinator, nor a partner whose organisation added it.
    InputRefused
        When no reason is given, or it is withdrawn already.
    NotFound, Stale
        When there is no such photo, or somebody else withdrew it since ``seen_version``.
    """
    asked = "The photo was not withdrawn."
    require(principal, asked, *MAY_ADD_PHOTOS)
    told = checked_text(asked, why, LONGEST_NOTE)
    if not has_words(told):
        raise InputRefused(asked, "No reason is given.", "Say why; it stays in the record.")
    with store.writing() as unit:
        now = clock()
        refusal = NotAllowed(
            asked, "It does not exist, or another organisation added it.", "Ask that organisation, or a coordinator."
        )
        photo = _photo_for(
            store, principal, photo_id, lambda one: principal.organisation_id in (None, one.organisation_id), refusal
        )
        if photo.is_withdrawn:
            raise InputRefused(asked, f"{photo.withdrawn_by} has withdrawn it already.", "There is nothing to do.")
        after = replace(photo, withdrawn_at=now, withdrawn_by=principal.name, withdrawn_why=told)
        saved = unit.save_photo(after, seen_version)
        details = {"photo_id": photo.id, "shows": str(photo.shows), "alt": photo.alt}
        unit.add_events([_told(photo, EventKind.PHOTO_WITHDRAWN, clock, principal, told, details)])
    return saved


def see_photo(
    store: Store, principal: Principal, clock: Clock, seed: int, *, photo_id: int, purpose: Purpose
) -> tuple[Photo, bytes]:
    """Return a photo and its picture, as it is shown or small; never the original.

    Raises
    ------
    NotAllowed
        When the principal does not share in the problem, or it is of another organisation's action.
    NotFound
        When there is no such photo, or it was withdrawn.
    """
    asked = "The photo is not shown."
    refusal = NotAllowed(asked, f"It does not exist, or it is not shared with {principal.name}.", "Ask a coordinator.")
    photo = _photo_for(store, principal, photo_id, lambda one: bool(visible(principal, store, [one])), refusal)
    if photo.is_withdrawn or purpose is Purpose.ORIGINAL:
        raise NotFound(asked, "It was withdrawn." if photo.is_withdrawn else "Originals are kept apart.", "")
    content = store.picture(photo.shown_sha256 if purpose is Purpose.SHOWN else photo.thumbnail_sha256, purpose)
    if content is None:
        raise NotFound(asked, "Its picture is not kept any more.", "")
    return photo, content


def see_original(
    store: Store, principal: Principal, clock: Clock, seed: int, *, photo_id: int, opened: Callable[[bytes], bytes]
) -> tuple[Photo, bytes]:
    """Return a photo to the letter as it was uploaded; that somebody looked is kept for good.

    Parameters
    ----------
    opened
        Opens the seal; :class:`data.sealing.Sealer` has it.

    Raises
    ------
    NotAllowed
        When the principal is neither officer nor coordinator.
    NotFound
        When there is no such photo, or its original is not kept any more.
    StoreRefused
        When the key is not the one that it was sealed with.
    """
    asked = "The original was not handed out."
    require(principal, asked, *MAY_SEE_ORIGINALS)
    with store.writing() as unit:
        photo = store.photo(photo_id)
        sealed = store.picture(photo.original_sha256, Purpose.ORIGINAL)
        if sealed is None:
            raise NotFound(asked, "It is not kept any more.", "")
        content = opened(sealed)
        if _hash(content) != photo.original_sha256:
            raise NotFound(asked, "What is kept is not what was uploaded.", "Restore the store from a backup.")
        details = {"photo_id": photo.id, "original": "shown"}
        unit.add_events([_told(photo, EventKind.REVIEWED, clock, principal, "", details)])
    return photo, content


def _photo_for(
    store: Store, principal: Principal, photo_id: int, may: Callable[[Photo], bool], refusal: NotAllowed
) -> Photo:
    """Return a photo; whoever ``may`` not have it is refused in the same words whether there is one or not."""
    if principal.has(*EVERYWHERE):
        return store.photo(photo_id)
    with suppress(NotFound):
        photo = store.photo(photo_id)
        if may(photo):
            return photo
    raise refusal


def visible(principal: Principal, store: Store, photos: list[Photo]) -> list[Photo]:
    """Return those of a problem's photos that ``principal`` may look at."""
    if not photos or principal.has(*EVERYWHERE):
        return photos
    problem_id = photos[0].problem_id
    own = {action.id for action in store.actions(problem_id) if is_own(principal, action)}
    return shown_photos(photos, sharing_level(principal, store, problem_id), own)


def visits_to_see(principal: Principal, store: Store, problem_id: int) -> list[Visit]:
    """Return the visits to a problem, for those who share in it."""
    own = {action.id for action in store.actions(problem_id) if is_own(principal, action)}
    return shown_visits(store.visits(problem_id), sharing_level(principal, store, problem_id), own)


def _told(
    seen: Visit | Photo, kind: EventKind, clock: Clock, principal: Principal, note: str, details: dict[str, object]
) -> Event:
    subject = Subject.PROBLEM if seen.action_id is None else Subject.ACTION
    number = seen.problem_id if seen.action_id is None else seen.action_id
    told = {**details, "problem_id": seen.problem_id}
    return event(clock(), principal, subject, number, kind, note=note, details=told)


def _action_of(store: Store, asked: str, problem_id: int, action_id: int | None) -> Action | None:
    if action_id is None:
        return None
    action = store.action(action_id)
    if action.problem_id != problem_id:
        raise InputRefused(asked, f"{action.ref} is an action of another problem.", "Choose one from the list.")
    return action


def _check_may_add(store: Store, asked: str, principal: Principal, problem_id: int, action_id: int | None) -> None:
    """Refuse a partner what is not its own, in the same words as what is not there."""
    if principal.has(Role.OFFICER, Role.COORDINATOR) or principal.organisation_id is None:
        return
    with suppress(NotFound):
        action = None if action_id is None else store.action(action_id)
        if action is not None and is_own(principal, action) and action.problem_id == problem_id:
            return
    why = "Partners add photos of their own actions."
    raise NotAllowed(asked, why, "Choose an action of your organisation, or ask a coordinator.")


def _check_fits(
    store: Store, asked: str, problem_id: int, picture: Picture, action_id: int | None, visit_id: int | None
) -> None:
    kept = [photo for photo in store.photos(problem_id) if not photo.is_withdrawn]
    if len(kept) >= MOST_PHOTOS:
        raise InputRefused(asked, f"There are {MOST_PHOTOS} photos already.", "Withdraw some that are not needed.")
    if any((one.original_sha256, one.action_id) == (picture.original_sha256, action_id) for one in kept):
        raise InputRefused(asked, "It is there already.", "Choose another photo.")
    if visit_id is not None and visit_id not in {visit.id for visit in store.visits(problem_id)}:
        raise InputRefused(asked, f"Visit {visit_id} is none to this problem.", "Choose one from the list.")


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()
