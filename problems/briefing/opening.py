"""Which figures of a briefing open a list: the addresses that are answered, and no other."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from problems.briefing.briefing import Briefing
from problems.briefing.figure import Behind, Figure, Section
from problems.briefing.rows import rows_of


def figures_in(briefing: Briefing) -> Iterator[tuple[Section, Figure]]:
    """Go through every figure of the sections that are shown, however deep, then those that their sentences name."""
    hidden = {one.section for one in briefing.withheld}
    for section in Section:
        if section not in hidden:
            yield from ((section, one) for one in _within(getattr(briefing, str(section))))
            yield from ((section, one) for one in briefing.named.get(section, ()))


def _within(part: object) -> Iterator[Figure]:
    if isinstance(part, Figure):
        yield part
    elif is_dataclass(part):
        for one in fields(part):
            yield from _within(getattr(part, one.name))
    elif isinstance(part, tuple):
        for each in part:
            yield from _within(each)
    elif isinstance(part, Mapping):
        yield from _within(tuple(part.values()))


def opened_by(briefing: Briefing, address: str, key: str = "") -> list[tuple[str, str]]:
    """Return what opens the list at an address, each with its sentence; nothing where no figure of it does.

    Several figures can have the same rows: where one of them has this ``key`` it is the only one.
    """
    found = [one for _, one in figures_in(briefing) if _names(one.behind, address)]
    found = [one for one in found if one.key == key] or found
    told = [(one.label, one.sentence) for one in found]
    return told or [(one.figure, one.note) for one in rows_of(briefing) if one.link == address]


def _names(behind: Behind | None, address: str) -> bool:
    return behind is not None and behind.address == address
