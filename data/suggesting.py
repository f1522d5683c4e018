"""Suggest a category for a name that nobody has mapped: for a person to look at, never to be applied."""

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

from problems.categories import Taxonomy, folded

#: Below this likeness (0 to 100) nothing is suggested: a wrong suggestion costs more than none.
_LEAST = 86.0
#: From this likeness on, one name may be a slip of the pen for another.
_SLIP = 80.0
#: Shorter words are alike by chance.
_WORD = 5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category for an unmapped name, and the known name that it is most like."""

    code: str
    like: str


def suggestion(taxonomy: Taxonomy, source: str, name: str) -> Suggestion | None:
    """Return the category of the known name that is most like ``name``, or None where none is near.

    Two names are alike when one holds all words of the other, or when they differ in few letters
    (“Graffitti”). Of equally like names the one of most equal length wins.
    """
    wanted = folded(name)
    if not wanted:
        return None
    best: tuple[float, float, Suggestion] | None = None
    for known, code, shown in _known(taxonomy, source):
        whole = fuzz.ratio(wanted, known)
        score = max(whole, fuzz.token_sort_ratio(wanted, known), fuzz.token_set_ratio(wanted, known))
        if score < _LEAST <= _words_within(known, wanted):
            score = _LEAST  # a name that is near as a whole goes before one of which each word is
        if score >= _LEAST and (best is None or (score, whole) > best[:2]):
            best = (score, whole, Suggestion(code, shown))
    return best[2] if best else None


def _words_within(known: str, wanted: str) -> float:
    """Return how surely every word of ``known`` is in ``wanted``, be it misspelt there; short words say nothing."""
    words = [word for word in known.split() if len(word) >= _WORD]
    if not words or len(words) < len(known.split()):
        return 0.0
    return min(max(fuzz.ratio(word, other) for other in wanted.split()) for word in words)


def near_names(known: Iterable[str], name: str) -> list[str]:
    """Return those of ``known`` that ``name`` may be a misspelling of, in their order."""
    wanted = folded(name)
    return [one for one in known if one != name and fuzz.ratio(folded(one), wanted) >= _SLIP]


def _known(taxonomy: Taxonomy, source: str) -> list[tuple[str, str, str]]:
    """Return (folded, code, name) of every name that holds for ``source``, and of the categories themselves."""
    names = [
        (key, row.code, row.name)
        for key, rows in taxonomy.names.items()
        for row in rows
        if key and row.source.casefold() in (source.casefold(), "*")
    ]
    return [*names, *((folded(each.name), each.code, each.name) for each in taxonomy.categories.values())]
