"""Duplicates: several reports of one occurrence, and what people decided about them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Apart:
    """A person's decision that two reports are not about the same occurrence. ``first_id < second_id``."""

    id: int
    first_id: int
    second_id: int
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """How the reporter of one report can be reached, sealed: only who has the key can read it."""

    id: int
    report_id: int
    sealed: bytes
    created_at: datetime
