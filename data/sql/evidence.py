"""Visits and photos in the database; the pictures are rows of their own, read one at a time."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update

from data.sql import evidence_tables as tables
from data.sql import schema
from data.sql.reading import Reading, chunks
from data.sql.records import PHOTO, VISIT
from data.sql.writing import SqlUnit
from problems.events import EventKind
from problems.visits import Photo, Purpose, Visit

_file = tables.photo_file.c


class EvidenceUnit(SqlUnit):
    """The part of an open unit that keeps visits and photos."""

    def add_visit(self, visit: Visit) -> int:
        """Keep a new visit."""
        return self._add(VISIT, visit)

    def add_photo(self, photo: Photo) -> int:
        """Keep what is known of a new photo; its pictures are kept with :meth:`add_picture`."""
        return self._add(PHOTO, photo)

    def add_picture(self, sha256: str, purpose: Purpose, content: bytes) -> None:
        """Keep a picture under its hash; one that is there already is kept once."""
        there = select(_file.sha256).where(_file.sha256 == sha256, _file.purpose == purpose)
        if self._connection.execute(there).first() is None:
            self.wrote = True
            row = {"sha256": sha256, "purpose": purpose, "content": content}
            self._connection.execute(insert(tables.photo_file), row)

    def save_photo(self, photo: Photo, seen_version: int) -> Photo:
        """Write over what is known of a photo that is still at ``seen_version``."""
        return self._save(PHOTO, photo, seen_version, PHOTO.row(photo))

    def move_evidence(self, visit_ids: Sequence[int], photo_ids: Sequence[int], problem_id: int) -> None:
        """Put visits and photos to another problem; nothing else about them changes, nor do their versions."""
        for table, ids in ((tables.visit, visit_ids), (tables.photo, photo_ids)):
            for some in chunks(list(ids)):
                self.wrote = True
                self._connection.execute(update(table).where(table.c.id.in_(some)).values(problem_id=problem_id))


class EvidenceReading(Reading):
    """The part of a store that reads visits and photos."""

    def visits(self, problem_id: int) -> list[Visit]:
        """Return the visits to a problem, the latest day first."""
        visit = tables.visit.c
        query = VISIT.select().where(visit.problem_id == problem_id)
        return self._all(VISIT, query.order_by(visit.visited_on.desc(), visit.id.desc()))

    def photos(self, problem_id: int) -> list[Photo]:
        """Return the photos of a problem and of its actions in order of id, withdrawn ones among them."""
        photo = tables.photo.c
        return self._all(PHOTO, PHOTO.select().where(photo.problem_id == problem_id).order_by(photo.id))

    def photo(self, photo_id: int) -> Photo:
        """Return a photo, or raise :class:`problems.errors.NotFound`."""
        return self._one(PHOTO, photo_id, str(photo_id))

    def has_photos(self) -> bool:
        """Tell whether any photo is kept."""
        with self._reading() as connection:
            return connection.execute(select(tables.photo.c.id).limit(1)).first() is not None

    def picture(self, sha256: str, purpose: Purpose) -> bytes | None:
        """Return a picture by its hash, the original sealed, or None."""
        query = select(_file.content).where(_file.sha256 == sha256, _file.purpose == purpose)
        with self._reading() as connection:
            found = connection.execute(query).scalar()
        return None if found is None else bytes(found)

    def altered_photos(self) -> tuple[int, list[int]]:
        """Return how many photos are kept, and the ids of those that are not what the record says of them.

        Each picture is read and hashed, one at a time; originals are sealed, so that they are only looked for.
        """
        event, photo = schema.event.c, tables.photo.c
        hashes = {
            Purpose.ORIGINAL: photo.original_sha256,
            Purpose.SHOWN: photo.shown_sha256,
            Purpose.THUMBNAIL: photo.thumbnail_sha256,
        }
        added = select(event.details).where(event.kind == EventKind.PHOTO_ADDED)
        with self._reading() as connection:
            told = {details["photo_id"]: details for details in connection.execute(added).scalars()}
            kept = connection.execute(select(photo.id, *hashes.values()).order_by(photo.id)).all()
            altered = [
                number
                for number, *named in kept
                if [told.get(number, {}).get(f"{purpose}_sha256") for purpose in hashes] != named
                or not all(_is_kept(connection, *pair) for pair in zip(hashes, named, strict=True))
            ]
        return len(kept), sorted({*altered, *(set(told) - {row[0] for row in kept})})


def _is_kept(connection: Connection, purpose: Purpose, sha256: str) -> bool:
    query = select(_file.content).where(_file.sha256 == sha256, _file.purpose == purpose)
    content = connection.execute(query).scalar()
    if content is None or purpose is Purpose.ORIGINAL:
        return content is not None
    # Whoever has been at it may have put a text there.
    return isinstance(content, bytes) and hashlib.sha256(content).hexdigest() == sha256
