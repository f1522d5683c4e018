"""What the rules ask of a store about visits and photos."""

from collections.abc import Sequence
from typing import Protocol

from problems.visits import Photo, Purpose, Visit


class EvidenceUnit(Protocol):
    """The part of :class:`problems.store.Unit` that keeps visits and photos."""

    def add_visit(self, visit: Visit) -> int:
        """Keep a new visit."""
        ...

    def add_photo(self, photo: Photo) -> int:
        """Keep what is known of a new photo; its pictures are kept with :meth:`add_picture`."""
        ...

    def add_picture(self, sha256: str, purpose: Purpose, content: bytes) -> None:
        """Keep a picture under its hash; one that is there already is kept once."""
        ...

    def save_photo(self, photo: Photo, seen_version: int) -> Photo:
        """Write over what is known of a photo that is still at ``seen_version``."""
        ...

    def move_evidence(self, visit_ids: Sequence[int], photo_ids: Sequence[int], problem_id: int) -> None:
        """Put visits and photos to another problem; nothing else about them changes, nor do their versions."""
        ...


class EvidenceStore(Protocol):
    """The part of :class:`problems.store.Store` that reads visits and photos."""

    def visits(self, problem_id: int) -> list[Visit]:
        """Return the visits to a problem, the latest day first."""
        ...

    def photos(self, problem_id: int) -> list[Photo]:
        """Return the photos of a problem and of its actions in order of id, withdrawn ones among them."""
        ...

    def photo(self, photo_id: int) -> Photo:
        """Return a photo, or raise :class:`problems.errors.NotFound`."""
        ...

    def has_photos(self) -> bool:
        """Tell whether any photo is kept."""
        ...

    def picture(self, sha256: str, purpose: Purpose) -> bytes | None:
        """Return a picture by its hash, the original sealed, or None."""
        ...
