"""Boundary layers: which of a file's properties names an area, and its areas ready to be kept."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from data.reading.layers import read_layer
from geo.boundaries import mended
from geo.coverage import together
from geo.errors import GeoError
from problems.areas import Area, AreaKind
from problems.errors import InputRefused
from problems.progress import Progress, silent

_EXAMPLES: Final = 4
_LONGEST_NAME: Final = 120
#: Columns whose own name says that they name something; case, spaces and underscores do not matter.
_NAMED: Final = re.compile(
    r"(name|nm|label|title)$|^(name|nm)|^(ward|district|beat|neighbou?rhood|area|sector|zone|precinct)$"
)
_CODED: Final = re.compile(r"(code|cd|gss|gssid)\d*$|^(code|gss|geoid)")
#: Numbers that a map program keeps for itself, and measures.
_BOOKKEEPING: Final = re.compile(
    r"^(fid|gid|ogcfid|objectid|cartodbid|id|uuid|globalid)$|^shape|area$|leng|perimeter|^st"
)
_OFFICIAL: Final = re.compile(r"[A-Z]\d{8}")
_CODE_LIKE: Final = re.compile(r"[A-Z]{0,4}[-_ ]?\d+[A-Z]?", re.IGNORECASE)
_NO_WORD: Final = re.compile(r"\d{4}-\d{2}-\d{2}|https?:|[{\[]|^[\d.,+-]+$")

Feature = tuple[Mapping[str, str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class NameColumn:
    """A property that could name the areas: how many different values it has, and some of them."""

    name: str
    different: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """A file of areas as it was read. ``guess`` is the column that names them, empty where that is in doubt."""

    file_name: str
    features: tuple[Feature, ...]
    columns: tuple[NameColumn, ...]
    guess: str
    code_column: str


@dataclass(frozen=True, slots=True)
class BoundaryFile:
    """The areas of a layer, and what was done to make them usable.

    ``mended`` crossed themselves, ``merged`` were put to another of the same name, ``told_apart`` share
    their name with another and got their code beside it, ``unnamed`` and ``empty`` ones were left out.
    """

    file_name: str
    kind: AreaKind
    areas: tuple[Area, ...]
    name_column: str
    mended: int
    merged: int
    told_apart: int
    unnamed: int
    empty: int


def look_at(path: Path, *, file_name: str = "", progress: Progress = silent) -> Layer:
    """Read a layer and find out which of its properties names the areas.

    Raises
    ------
    InputRefused
        When the file is no layer of areas, or none of its properties could be a name.
    """
    features = tuple(read_layer(path, progress=progress))
    name = file_name or path.name
    keys = list(dict.fromkeys(key for properties, _ in features for key in properties))
    values = {key: [properties.get(key, "").strip() for properties, _ in features] for key in keys}
    scores = {key: score for key in keys if (score := _name_score(key, values[key])) > 0}
    if not scores:
        raise InputRefused(
            f"The boundaries of {name} cannot be kept.",
            "None of its columns holds names or numbers of areas.",
            "Choose a file in which each area has a name.",
        )
    ranked = sorted(scores, key=lambda key: (-scores[key], keys.index(key)))
    in_doubt = len(ranked) > 1 and scores[ranked[0]] == scores[ranked[1]]
    return Layer(
        file_name=name,
        features=features,
        columns=tuple(_column(key, values[key]) for key in ranked),
        guess="" if in_doubt else ranked[0],
        code_column=_code_column(values),
    )


def boundaries_of(layer: Layer, kind: AreaKind, name_column: str = "") -> BoundaryFile:
    """Return the areas of a layer by the column that names them (its guess where none is given).

    Areas of one name, whatever its case, become one, unless official codes say that they are
    different: then each bears its code beside its name. An area that crosses itself is mended, one that
    encloses nothing or has no name is left out, each of them counted.

    Raises
    ------
    InputRefused
        When the column does not exist, is in doubt, or names nothing.
    """
    asked = f"The boundaries of {layer.file_name} were not read."
    chosen = _chosen(asked, layer, name_column)
    unnamed, empty, crossed = 0, 0, 0
    parts: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    names: dict[tuple[str, str], str] = {}
    codes: dict[tuple[str, str], set[str]] = {}
    for properties, geometry in layer.features:
        name = " ".join(properties.get(chosen, "").split())[:_LONGEST_NAME]
        if not name:
            unnamed += 1
            continue
        try:
            _, was_crossed = mended(geometry)
        except GeoError:
            empty += 1
            continue
        crossed += was_crossed
        code = properties.get(layer.code_column, "").strip()[:_LONGEST_NAME]
        key = name.casefold(), code if _OFFICIAL.fullmatch(code) else ""
        names.setdefault(key, name)
        parts.setdefault(key, []).append(geometry)
        codes.setdefault(key, set()).add(code)
    if not parts:
        raise InputRefused(asked, f"No area has a name in the column “{chosen}”.", _columns_words(layer.columns))
    repeated = Counter(name for name, _ in parts)
    areas = [
        # A code stands for one area: where several were put together, none of theirs is right.
        Area(
            id=0,
            kind=kind,
            name=f"{names[key]} ({key[1]})" if repeated[key[0]] > 1 and key[1] else names[key],
            geometry=together(shapes),
            code=min(codes[key]) if len(codes[key]) == 1 else "",
        )
        for key, shapes in parts.items()
    ]
    merged = sum(len(shapes) for shapes in parts.values()) - len(areas)
    told_apart = sum(number for number in repeated.values() if number > 1)
    return BoundaryFile(layer.file_name, kind, tuple(areas), chosen, crossed, merged, told_apart, unnamed, empty)


def remarks(read: BoundaryFile) -> list[str]:
    """Say what was done to the areas of a file to make them usable, one sentence each."""
    told = [
        (read.mended, "area crossed itself and was mended.", "areas crossed themselves and were mended."),
        (read.merged, "area was put to another of the same name.", "areas were put to others of the same name."),
        (read.told_apart, "", "areas share their name with another and bear their code beside it."),
        (read.unnamed, "area without a name was left out.", "areas without a name were left out."),
        (read.empty, "area that encloses nothing was left out.", "areas that enclose nothing were left out."),
    ]
    return [f"{number:,} {one if number == 1 else many}" for number, one, many in told if number]


def _chosen(asked: str, layer: Layer, name_column: str) -> str:
    if not name_column:
        if not layer.guess:
            raise InputRefused(asked, "Several columns could name its areas.", _columns_words(layer.columns))
        return layer.guess
    known = {key for properties, _ in layer.features for key in properties}
    for key in sorted(known):
        if key.casefold() == name_column.strip().casefold():
            return key
    raise InputRefused(asked, f"It has no column “{name_column[:60]}”.", _columns_words(layer.columns))


def _columns_words(columns: Iterable[NameColumn]) -> str:
    told = [f"{column.name} ({', '.join(column.examples[:2])})" for column in list(columns)[:6]]
    return f"Name the column that holds the names: {'; '.join(told)}."


def _column(key: str, values: Sequence[str]) -> NameColumn:
    different = list(dict.fromkeys(value for value in values if value))
    return NameColumn(key, len(different), tuple(value[:40] for value in different[:_EXAMPLES]))


def _name_score(key: str, values: Sequence[str]) -> int:
    """Return how well a property names the areas; 0 for one that cannot."""
    filled = [value for value in values if value]
    different = len({value.casefold() for value in filled})
    if len(filled) < 0.5 * len(values) or not filled or (different == 1 and len(values) > 1):
        return 0
    plain = _plain(key)
    is_word = [not _NO_WORD.search(value) and not _CODE_LIKE.fullmatch(value) for value in filled]
    is_text = sum(is_word) >= 0.5 * len(filled)
    is_numbered = sum(bool(_CODE_LIKE.fullmatch(value)) for value in filled) >= 0.9 * len(filled)
    if not is_text and (not is_numbered or _BOOKKEEPING.search(plain)):
        return 0
    score = 8 if is_text else 1
    score += 4 if different == len(filled) == len(values) else 0
    score += 2 if _NAMED.search(plain.rstrip("0123456789")) else 0
    return score + (1 if plain == "name" else 0)


def _code_column(values: Mapping[str, Sequence[str]]) -> str:
    """Return the property that holds official codes, by what is in it before what it is called; or an empty text."""
    for key, column in values.items():
        if len(set(column)) > 1 and all(_OFFICIAL.fullmatch(value) for value in column):
            return key
    whole = {key: column for key, column in values.items() if all(column) and len(set(column)) == len(column)}
    return next((key for key in whole if _CODED.search(_plain(key)) and not _BOOKKEEPING.search(_plain(key))), "")


def _plain(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.casefold())
