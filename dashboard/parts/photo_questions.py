"""The photo that goes with work reported as done: asked for in the same form, kept with the same click."""

from typing import Final

from dashboard import session
from dashboard.parts.desk import Desk
from dashboard.parts.forms import Answers, Field
from data.pictures.preparing import prepare_photo
from data.sealing import sealer_to_seal
from problems.actions import Action
from problems.errors import InputRefused, ProblemError
from problems.seeing import whole
from problems.use_cases import evidencing
from problems.visits import Picture, Shows
from problems.words import has_words

#: What a chooser of files offers; what a photo is, its content tells.
PHOTO_KINDS: Final = ("jpg", "jpeg", "png", "webp")
#: In the words of both forms that ask for a photo.
WHAT_IS_SEEN: Final = "What can be seen on it, for those who cannot see it"


def photo_questions(desk: Desk) -> tuple[Field, ...]:
    """Return the questions after a photo of work that is done; none for those who may not add one."""
    if not desk.principal.has(*evidencing.MAY_ADD_PHOTOS):
        return ()
    return (
        Field(
            "photo",
            f"Photo of the finished work, if there is one: {photo_limits_words()}",
            "file",
            endings=PHOTO_KINDS,
            max_mb=photo_max_mb(),
        ),
        Field("photo_alt", WHAT_IS_SEEN, placeholder="The lamps along the path, lit"),
    )


def photo_max_mb() -> int:
    """Return how large a photo may be, in MB."""
    return session.get_settings().photos.max_mb


def photo_limits_words() -> str:
    """Say which photos are taken."""
    return f"JPEG, PNG or WebP, at most {photo_max_mb()} MB"


def picture_of(desk: Desk, content: bytes) -> Picture:
    """Return a photo as it can be kept, its original sealed.

    Raises
    ------
    InputRefused
        When it is no photo, or one that is not taken.
    """
    settings = session.get_settings()
    # The key is that of the whole store, of which a partner sees a part; the use case checks what may be added.
    sealer = sealer_to_seal(whole(desk.store), settings.store_url)
    return prepare_photo(content, sealer, settings.photos)


def photo_given(desk: Desk, asked: str, answers: Answers) -> Picture | None:
    """Return the photo that came with ``answers``, looked at before anything is changed; None without one.

    Raises
    ------
    InputRefused
        When it is no photo, nobody says what can be seen on it, or something is described and no photo is there.
    """
    file, described = answers.get("photo"), has_words(str(answers.get("photo_alt") or ""))
    if file is None:
        if described:
            raise InputRefused(asked, "A photo is described, and none is chosen.", "Choose it, or leave both empty.")
        return None
    if not described:
        possible = f"Fill in “{WHAT_IS_SEEN}”, or take the photo out."
        raise InputRefused(asked, "Nobody says what can be seen on the photo.", possible)
    return picture_of(desk, file.getvalue())


def keep_photo(desk: Desk, action: Action, picture: Picture | None, answers: Answers) -> str:
    """Keep the photo of work that has just been reported as done, and return what to say of it beside that."""
    if picture is None:
        return ""
    try:
        evidencing.add_photo(
            *desk.asking,
            problem_id=action.problem_id,
            picture=picture,
            shows=Shows.AFTER,
            alt=str(answers.get("photo_alt") or ""),
            action_id=action.id,
        )
    except ProblemError as refused:
        # The work is done all the same: what is missing is said, and can be added.
        return f" {refused.asked} {refused.why} {refused.possible}".rstrip()
    return " Its photo is kept."
