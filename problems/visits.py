"""What was seen on site: visits and photos, the evidence that work was needed and that it was done."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Shows(StrEnum):
    """What a photo shows: the place before the work, after it, or something else."""

    BEFORE = "before"
    AFTER = "after"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Plain words for it."""
        return {Shows.BEFORE: "Before", Shows.AFTER: "After", Shows.OTHER: "Something else"}[self]


class Purpose(StrEnum):
    """What a kept picture is for. Only the last two are ever shown; the original is sealed."""

    ORIGINAL = "original"
    SHOWN = "shown"
    THUMBNAIL = "thumbnail"


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody went there. ``visited_on`` is the day they say, ``at`` when they wrote it down."""

    id: int
    problem_id: int
    visited_on: date
    note: str
    at: datetime
    by: str
    by_name: str
    organisation_id: int | None = None
    action_id: int | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a problem, or of one of its actions.

    ``alt`` says what can be seen, for those who cannot see it; ``note`` is what else there is to say.
    The three hashes name the pictures: the sealed original to the letter, the one without hidden
    particulars that is shown, and its small copy. ``width`` and ``height`` are those of the one that
    is shown, ``size_bytes`` that of the original. A photo that was withdrawn says when, by whom and why.
    """

    id: int
    problem_id: int
    shows: Shows
    alt: str
    at: datetime
    by: str
    by_name: str
    original_sha256: str
    shown_sha256: str
    thumbnail_sha256: str
    format: str
    size_bytes: int
    width: int
    height: int
    organisation_id: int | None = None
    action_id: int | None = None
    visit_id: int | None = None
    note: str = ""
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_why: str = ""
    version: int = 1

    @property
    def is_withdrawn(self) -> bool:
        """Tell whether it was withdrawn: it is shown to nobody any more."""
        return self.withdrawn_at is not None


@dataclass(frozen=True, slots=True)
class Picture:
    """An uploaded photo, made ready to be kept.

    ``sealed_original`` is the upload as it came, readable with the key of this installation alone;
    ``shown`` and ``thumbnail`` are JPEG without anything hidden in them.
    """

    original_sha256: str
    sealed_original: bytes
    shown: bytes
    thumbnail: bytes
    format: str
    size_bytes: int
    width: int
    height: int
