"""Whether a store holds the made-up sample city, and the sentence with which screens and files say so."""

from typing import Final

from problems.store import Store

#: The fact that tells whether a store holds the sample city, and its values.
SYNTHETIC_FACT, ALL_SYNTHETIC, MIXED = "synthetic", "1", "mixed"

_SAID: Final = {
    ALL_SYNTHETIC: "Made-up data of the sample city: nobody and nothing in it is real.",
    MIXED: "Made-up data of the sample city, together with reports that were imported.",
}
#: What files say, before and after other reports were imported: the briefing of a week stays the same file.
_IN_FILES: Final = "The data hold a made-up sample city: nobody and nothing in it is real."


def made_up_words(store: Store) -> str:
    """Return the sentence with which screens say that reports are made up; empty where they are not."""
    return _SAID.get(store.fact(SYNTHETIC_FACT) or "", "")


def made_up_in_files(store: Store) -> str:
    """Return the sentence with which files say that reports are made up; empty where they are not."""
    return _IN_FILES if store.fact(SYNTHETIC_FACT) in _SAID else ""
