"""Ask before a file without reference numbers is read otherwise than the last one: its reports would count twice."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from data.reading.columns import DATE_FIELDS, FIELDS, FIXABLE, Columns
from data.reading.questions import AS_IT_IS, OTHER_COLUMNS, Answer, Question
from problems.reports import BatchState
from problems.store import Store

#: What the key of a row without an id is made of, besides its place (see :mod:`data.reading.content_keys`).
_KEY_FIELDS = ("reported", "reported_time", "category", "text", "address")
_PLACE_FIELDS = ("lat", "lon", "lat_lon", "easting", "northing")
_EVERY_ROW = "one answer for every row"
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class _Change:
    """A field that is read otherwise than last time; ``sure`` where other content follows from it for certain."""

    words: str
    sure: bool


def last_time_question(
    store: Store, source: str, columns: Columns, header: Sequence[str], sample_ids: Callable[[], Sequence[str]]
) -> Question | None:
    """Return the question whether the reports are others than before, where they could not be recognised again.

    Reports without ids are recognised by their content. It is another one where another column tells a
    part of it, so that the same reports would be taken for new ones.

    Parameters
    ----------
    columns
        A mapping without open questions.
    sample_ids
        Returns the ids of some rows of the file as they are read with ``columns``.
    """
    before = _before(store, source)
    if before is None or OTHER_COLUMNS in columns.confirmed or {"id"} <= columns.names.keys() & before.names.keys():
        return None
    changes = list(_changes(before, columns, header))
    if not changes or not store.has_reports_of(source):
        return None
    if not any(change.sure for change in changes) and store.known_reports(source, list(sample_ids())):
        return None
    return _question(before, columns, header, [change.words for change in changes])


def _before(store: Store, source: str) -> Columns | None:
    """Return how the latest import of a source that stands was read, as far as it is written there."""
    told = next(
        (batch.columns for batch in store.batches() if batch.source == source and batch.state is BatchState.DONE), {}
    )
    names = {field: told[field] for field in FIELDS if field in told}
    if not names:
        return None
    return Columns(
        names,
        {field: told[f"{field} date order"] for field in DATE_FIELDS if f"{field} date order" in told},
        epsg=int(told["coordinate system"].removeprefix("EPSG:")) if "coordinate system" in told else None,
        lon_first="pairs" in told,
        fixed={field: told[f"{field} of every row"] for field in FIXABLE if f"{field} of every row" in told},
        thousands=told.get("thousands", ""),
    )


def _changes(before: Columns, now: Columns, header: Sequence[str]) -> Iterator[_Change]:
    fields = ("id",) if ("id" in before.names) != ("id" in now.names) else _KEY_FIELDS
    for field in fields:
        was, told = _teller(before, field), _teller(now, field)
        if was != told:
            renamed = "" not in (was, told) and _EVERY_ROW not in (was, told) and was not in header
            yield _Change(f"{FIELDS[field].lower()}: from {_words(was)}, now from {_words(told)}", not renamed)
    if fields == _KEY_FIELDS and _place(before) != _place(now):
        yield _Change(f"the place: from {_place(before)}, now from {_place(now)}", sure=True)


def _teller(columns: Columns, field: str) -> str:
    return columns.names.get(field, _EVERY_ROW if field in columns.fixed else "")


def _words(told: str) -> str:
    return told if told == _EVERY_ROW else f"“{told}”" if told else "no column"


def _place(columns: Columns) -> str:
    if {"lat", "lat_lon"} & columns.names.keys():
        return "degrees"
    return f"metres or feet (EPSG:{columns.epsg})" if "easting" in columns.names else "no column"


def _question(before: Columns, now: Columns, header: Sequence[str], changes: Sequence[str]) -> Question:
    listed = "; ".join(changes[:_SHOWN])
    answers = [Answer(AS_IT_IS, "they are other reports than before: read them like this")]
    if again := _as_last_time(before, now, header):
        answers.insert(0, Answer(again.to_toml(), "read the file as last time", _tellers(again)))
    return Question(
        OTHER_COLUMNS,
        f"The last file of this source was read otherwise ({listed}). Without reference numbers in both, reports that"
        " are kept already cannot be recognised and would count twice. Are these reports other ones?",
        tuple(answers),
        answers[0].value if again else None,
        f'confirmed = ["{OTHER_COLUMNS}"]',
    )


def _tellers(columns: Columns) -> str:
    told = {field: columns.names[field] for field in ("id", *_KEY_FIELDS) if field in columns.names}
    return ", ".join(f"{FIELDS[field].lower()} “{column}”" for field, column in told.items())


def _as_last_time(before: Columns, now: Columns, header: Sequence[str]) -> Columns | None:
    """Return ``now`` with what makes up a key as it was ``before``, or None where the file does not have it."""
    parts = {"id", *_KEY_FIELDS, *_PLACE_FIELDS}
    names = {field: column for field, column in before.names.items() if field in parts}
    if "reported" not in names or not set(names.values()) <= set(header):
        return None
    rest = {field: column for field, column in now.names.items() if field not in parts and column not in names.values()}
    return replace(
        now,
        names={**names, **rest},
        date_orders=_dated(now.date_orders, before.date_orders, rest),
        date_precision=_dated(now.date_precision, before.date_precision, rest),
        fixed={field: told for field, told in before.fixed.items() if field not in names},
        epsg=before.epsg,
        lon_first=before.lon_first,
        thousands=before.thousands,
        no_place=now.no_place or not before.has_place,
    )


def _dated(now: Mapping[str, str], before: Mapping[str, str], rest: Mapping[str, str]) -> dict[str, str]:
    told = {field: value for field, value in now.items() if field in rest}
    return {**told, **({"reported": before["reported"]} if "reported" in before else {})}
