"""The evidence of a problem: photos before and after the work, side by side, and the visits."""

from collections.abc import Container, Sequence
from itertools import zip_longest
from typing import Final

import streamlit as st

from dashboard.design import Html
from dashboard.parts.desk import Desk
from dashboard.parts.evidence_forms import ask_for_photo, visit_form, withdraw_form
from dashboard.parts.forms import form_button
from dashboard.parts.markup import address, draw, element, joined, section, table
from dashboard.parts.notices import remark
from dashboard.parts.publishing_forms import photo_form
from dashboard.wording import count, day, day_of
from problems.actions import Action
from problems.people import Role
from problems.problem import Problem
from problems.seeing import sharing_level
from problems.sharing import SharingLevel, is_placed
from problems.use_cases import evidencing, publishing
from problems.visits import Photo, Purpose, Shows, Visit

_BOTH: Final = (Shows.BEFORE, Shows.AFTER)
_BESIDE_PX: Final = 480  # the longer side of a small picture


def show_evidence(desk: Desk, problem: Problem) -> None:
    """Draw what was seen on a problem and its actions, and what can be added; its page draws the open form."""
    actions = desk.store.actions(problem.id)
    if sharing_level(desk.principal, desk.store, problem.id) is SharingLevel.NOTHING:
        section("Evidence")
        remark("Photos and visits are shown to those who work on the problem.")
        return
    kept = evidencing.visible(desk.principal, desk.store, desk.store.photos(problem.id))
    photos = [photo for photo in kept if not photo.is_withdrawn]
    visits = evidencing.visits_to_see(desk.principal, desk.store, problem.id)
    section("Evidence", _how_much(photos, visits))
    if not is_placed(problem):
        remark("Only photos of your organisation’s own work, and visits to it, are shared with you.")
    elif not photos and not visits:
        remark("Nothing yet. A photo from before the work and one from after it say more than any status.")
    public = {one.id for one in publishing.allowed_photos(desk.store, problem.id, photos)}
    for title, some in _by_subject(photos, actions):
        _gallery(desk, title, some, public)
    _withdrawn(desk, [photo for photo in kept if photo.is_withdrawn])
    _visits(desk, visits, actions)
    _ways(desk, problem, actions, photos, visits, public)


def _how_much(photos: Sequence[Photo], visits: Sequence[Visit]) -> str:
    told = [count(len(photos), "photo")] if photos else []
    return ", ".join([*told, *([count(len(visits), "visit")] if visits else [])])


def _by_subject(photos: Sequence[Photo], actions: Sequence[Action]) -> list[tuple[str, list[Photo]]]:
    """Return the photos of the problem itself, then those of each action that has some, each with a title."""
    groups = [("The problem", [photo for photo in photos if photo.action_id is None])]
    groups += [
        (f"{action.ref} {action.title}", [photo for photo in photos if photo.action_id == action.id])
        for action in actions
    ]
    return [(title, some) for title, some in groups if some]


def _gallery(desk: Desk, title: str, photos: Sequence[Photo], public: Container[int]) -> None:
    sides = [[photo for photo in photos if photo.shows is side] for side in _BOTH]
    others = [photo for photo in photos if photo.shows is Shows.OTHER]
    parts = [element("h3", title, css="fx-photos-title")]
    if any(sides):
        heads = joined(element("p", side.label, css="fx-photos-side") for side in _BOTH)
        rows = joined(
            joined(_figure(desk, photo, side, public) for photo, side in zip(pair, _BOTH, strict=True))
            for pair in zip_longest(*sides)
        )
        parts.append(element("div", heads, rows, css="fx-photos"))
    if others:
        heads = element("p", "Other photos", css="fx-photos-side fx-photos-all")
        figures = joined(_figure(desk, photo, Shows.OTHER, public) for photo in others)
        parts.append(element("div", heads, figures, css="fx-photos"))
    draw(element("section", *parts, aria_label=f"Photos: {title}"))


def _figure(desk: Desk, photo: Photo | None, side: Shows, public: Container[int]) -> Html:
    if photo is None:
        return element("p", f"No photo from {side.label.lower()} the work yet", css="fx-photo-missing")
    longest = max(photo.width, photo.height)
    shrink = min(1.0, _BESIDE_PX / longest)
    picture = element(
        "img",
        src=_address(photo, Purpose.THUMBNAIL),
        alt=photo.alt,
        loading="lazy",
        width=str(round(photo.width * shrink)),
        height=str(round(photo.height * shrink)),
    )
    large = element(
        "a",
        picture,
        href=_address(photo, Purpose.SHOWN),
        target="_blank",
        rel="noopener",
        aria_label=f"{photo.alt}. Open it larger in a new tab.",
    )
    words = [element("p", photo.note or photo.alt)]
    side_word = "" if side is Shows.OTHER else f"{side.label} · "
    who = f"{side_word}{photo.by_name}, {day_of(photo.at, desk.zone)}"
    if photo.id in public:
        who += " · residents may see it"
    words.append(element("p", who, " ", _original(desk, photo), css="fx-when"))
    return element("figure", large, element("figcaption", *words), css="fx-photo")


def _original(desk: Desk, photo: Photo) -> Html:
    if not desk.principal.has(*evidencing.MAY_SEE_ORIGINALS):
        return Html("")
    href = _address(photo, Purpose.ORIGINAL)
    label = f"Original of photo {photo.id}; that you looked is recorded"
    return element("a", "Original", href=href, css="fx-link", download=f"photo-{photo.id}", aria_label=label)


def _address(photo: Photo, purpose: Purpose) -> str:
    return address(f"/api/photos/{photo.id}/{purpose}")


def _withdrawn(desk: Desk, photos: Sequence[Photo]) -> None:
    lines = [
        element(
            "li",
            f"Withdrawn by {photo.withdrawn_by} on {day_of(photo.withdrawn_at, desk.zone)}: “{photo.alt}”, by "
            f"{photo.by_name}. {photo.withdrawn_why} ",
            _original(desk, photo),
        )
        for photo in photos
    ]
    if lines:
        draw(element("ul", joined(lines), css="fx-withdrawn"))


def _visits(desk: Desk, visits: Sequence[Visit], actions: Sequence[Action]) -> None:
    if not visits:
        return
    titles = {action.id: f"{action.ref} {action.title}" for action in actions}
    rows = [(day(one.visited_on), one.by_name, one.note, titles.get(one.action_id or 0, "")) for one in visits]
    draw(table("Visits", ("Visited on", "By", "What was seen", "Of action"), rows, narrow_without=(3,)))


def _ways(
    desk: Desk,
    problem: Problem,
    actions: Sequence[Action],
    photos: Sequence[Photo],
    visits: Sequence[Visit],
    public: Container[int],
) -> None:
    """Draw what the person may add or take back."""
    who = desk.principal
    with st.container(horizontal=True, gap="small", key="evidence-ways"):
        if who.has(*evidencing.MAY_VISIT):
            form_button(visit_form(desk, problem, actions), key="add-visit", label="Add a visit")
        mine = [photo for photo in photos if _may_withdraw(desk, photo)]
        if mine:
            form_button(withdraw_form(desk, mine), key="withdraw-photo", label="Withdraw a photo")
        if photos and who.has(*publishing.MAY_PUBLISH):
            form_button(photo_form(desk, photos, public), key="public-photo", label="Photos for residents")
    if who.has(*evidencing.MAY_ADD_PHOTOS):
        ask_for_photo(desk, problem, actions, visits)


def _may_withdraw(desk: Desk, photo: Photo) -> bool:
    who = desk.principal
    return who.has(Role.OFFICER, Role.COORDINATOR) or (
        who.has(Role.PARTNER) and who.organisation_id in (None, photo.organisation_id)
    )
