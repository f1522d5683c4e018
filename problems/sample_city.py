"""Whether a store holds the made-up sample city, and the sentence with which screens and files say so."""

from typing import Final

from problems.store import Store

#: The fact that tells whether a store holds the sample city, and its values.
SYNTHETIC_FACT, ALL_SYNTHETIC, MIXED = "synthetic", "1", "mixed"

_SAID: Final = {
    ALL_SYNTHETIC: "Made-up data of the sample city: nobody and nothing in it is real.",
    MIXED: "Made-up data of the sample city, together with reports that were imported.",
}


def made_up_words(store: Store) -> str:
    """Return the sentence that says that reports are made up; empty where they are not."""
    return _SAID.get(store.fact(SYNTHETIC_FACT) or "", "")
