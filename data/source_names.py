"""The name of a source: one spelling for each, so that its reports are recognised again."""

from unicodedata import normalize

from problems.errors import InputRefused
from problems.store import Store

_LONGEST = 60


def checked_source(store: Store | None, source: str) -> str:
    """Return the name under which reports of ``source`` are kept: as it is known already, else as it is written.

    Capitals and spaces do not make another source. Where a store has several spellings of one name, each of
    them stays what it is.

    Raises
    ------
    InputRefused
        For a name that is empty, too long, or holds what cannot be printed.
    """
    name = " ".join(source.split())
    if not name or len(name) > _LONGEST or not name.isprintable():
        raise InputRefused(
            f"“{source[:80]}” cannot be the name of a source.",
            f"It must be 1 to {_LONGEST} characters.",
            "For example: council.",
        )
    known = known_names(store) if store is not None else []
    return name if name in known else next((each for each in known if _same(each) == _same(name)), name)


def known_names(store: Store) -> list[str]:
    """Return the names of the sources that a store has, those of the latest imports first."""
    return list(dict.fromkeys([*(batch.source for batch in store.batches()), *(each.name for each in store.sources())]))


def _same(name: str) -> str:
    return normalize("NFKC", normalize("NFKC", name).casefold())
