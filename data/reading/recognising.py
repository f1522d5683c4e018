"""Recognise the columns of a table by their names and by what is in them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from data.reading.columns import DATE_FIELDS, FIELDS, NAMES, Columns, folded_name
from data.reading.dates import find_order, looks_like_date, looks_like_epoch
from data.reading.places import on_british_grid, read_number, read_pair
from data.reading.statuses import known_status
from problems.categories import Taxonomy, folded

_EXAMPLES = 3
_LEAST_NUMBERS = 20
BRITISH_GRID_EPSG = 27700


@dataclass(frozen=True, slots=True)
class RecognisedColumn:
    """Which column was found for a field, and why. ``confidence`` is from 0 to 1."""

    field: str
    column: str
    examples: tuple[str, ...]
    confidence: float
    why: str

    @property
    def label(self) -> str:
        """What a person calls the field."""
        return FIELDS[self.field]


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was recognised: the mapping, each field with examples, and what was assumed."""

    columns: Columns
    fields: tuple[RecognisedColumn, ...]
    notes: tuple[str, ...] = ()


class ColumnSample:
    """Some values of one column, and what they look like. Shares are of the values that are filled."""

    def __init__(self, name: str, values: Iterable[str]) -> None:
        self.name = name
        self.folded = folded_name(name)
        self.values = [value.strip() for value in values if value.strip()]

    def share(self, test: Callable[[str], object]) -> float:
        """Return the share of values for which ``test`` is true; 0 for an empty column."""
        return sum(1 for value in self.values if test(value)) / len(self.values) if self.values else 0.0

    @cached_property
    def dates(self) -> float:
        """Share of values that are dates in some order."""
        return self.share(lambda value: looks_like_date(value) or looks_like_epoch(value))

    @cached_property
    def pairs(self) -> float:
        """Share of values that are a pair of coordinates."""
        return self.share(read_pair)

    @cached_property
    def numbers(self) -> float:
        """Share of values that are numbers."""
        return self.share(lambda value: read_number(value) is not None)

    @cached_property
    def statuses(self) -> float:
        """Share of values that are known words for a status."""
        return self.share(known_status)

    @cached_property
    def distinct(self) -> float:
        """Share of values that are different."""
        return len(set(self.values)) / len(self.values) if self.values else 0.0

    def within(self, limit: float) -> float:
        """Return the share of numbers between ``-limit`` and ``limit``."""
        return self.share(lambda value: (number := read_number(value)) is not None and -limit <= number <= limit)

    @property
    def examples(self) -> tuple[str, ...]:
        """The first few different values."""
        return tuple(dict.fromkeys(value[:80] for value in self.values))[:_EXAMPLES]


class _Recogniser:
    def __init__(self, samples: Sequence[ColumnSample], taxonomy: Taxonomy, source: str) -> None:
        self.samples = samples
        self.taxonomy = taxonomy
        self.source = source
        self.found: dict[str, RecognisedColumn] = {}
        self.taken: set[str] = set()

    def named(self, field: str) -> list[ColumnSample]:
        """Return the columns whose name fits ``field`` and that no field has taken, best name first."""
        order = {name: place for place, name in enumerate(NAMES[field])}
        fitting = [sample for sample in self.samples if sample.folded in order and sample.name not in self.taken]
        return sorted(fitting, key=lambda sample: order[sample.folded])

    def take(self, field: str, sample: ColumnSample, confidence: float, why: str) -> None:
        self.taken.add(sample.name)
        self.found[field] = RecognisedColumn(field, sample.name, sample.examples, round(confidence, 2), why)

    def take_first(
        self, field: str, fits: Callable[[ColumnSample], float], *, least: float, also_empty: bool = False
    ) -> bool:
        """Take the best-named column of which at least the share ``least`` of the values fits."""
        for sample in self.named(field):
            share = fits(sample)
            if (sample.values and share >= least) or (also_empty and not sample.values):
                self.take(field, sample, share if sample.values else 0.5, "by its name and its values")
                return True
        return False

    def dates(self) -> None:
        if not self.take_first("reported", lambda sample: sample.dates, least=0.5):
            for sample in self.samples:
                if sample.dates >= 0.9 and not _names_another_date(sample):
                    self.take("reported", sample, 0.5, "the first column of dates")
                    break
        for field in ("occurred", "closed"):
            self.take_first(field, lambda sample: sample.dates, least=0.5)

    def places(self) -> None:
        lats, lons = self.named("lat"), self.named("lon")
        for lat in lats:
            for lon in lons:
                share = min(lat.within(90), lon.within(180))
                if lat.name != lon.name and share >= 0.5:
                    self.take("lat", lat, share, "by its name and its values")
                    self.take("lon", lon, share, "by its name and its values")
                    return
        if self.take_first("lat_lon", lambda sample: sample.pairs, least=0.5):
            return
        for sample in self.samples:
            if sample.name not in self.taken and sample.pairs >= 0.8:
                self.take("lat_lon", sample, 0.7, "its values are pairs of coordinates")
                return
        self._projected()

    def _projected(self) -> None:
        for easting in self.named("easting"):
            for northing in self.named("northing"):
                share = min(easting.numbers, northing.numbers)
                if easting.name != northing.name and share >= 0.5:
                    self.take("easting", easting, share, "by its name and its values")
                    self.take("northing", northing, share, "by its name and its values")
                    return

    def category(self) -> None:
        candidates = [(self._mapped(sample), sample) for sample in self.named("category") if _wordy(sample)]
        if not candidates:
            others = [sample for sample in self.samples if sample.name not in self.taken and _wordy(sample)]
            candidates = [(share, sample) for sample in others if (share := self._mapped(sample)) >= 0.3]
        if candidates:
            most = max(share for share, _ in candidates)
            # Best-named of those that the category list knows about equally well.
            share, sample = next(pair for pair in candidates if pair[0] >= most - 0.05)
            why = f"{share:.0%} of the sampled values are known category names" if share else "by its name"
            self.take("category", sample, max(share, 0.4), why)

    def _mapped(self, sample: ColumnSample) -> float:
        known: dict[str, bool] = {}

        def maps(value: str) -> bool:
            key = folded(value)
            if key not in known:
                known[key] = self.taxonomy.code_for(self.source, value, datetime.now(UTC).date()) is not None
            return known[key]

        return sample.share(maps)

    def others(self) -> None:
        self.take_first("id", _identifies, least=0.5)
        self.take_first("status", lambda sample: sample.statuses, least=0.5)
        self.take_first("text", _words, least=0.5)
        self.take_first("address", _words, least=0.5)
        for field in ("area", "channel", "reporter"):
            self.take_first(field, lambda sample: 1.0 - max(sample.pairs, sample.dates), least=0.5)


def _names_another_date(sample: ColumnSample) -> bool:
    word = sample.folded
    return word in {*NAMES["closed"], *NAMES["occurred"]} or any(
        part in word for part in ("due", "target", "update", "close", "complet", "expected", "upload")
    )


def _identifies(sample: ColumnSample) -> float:
    """Return how well a column tells reports apart; a plain number may be of a house and must always do so."""
    if sample.folded == "number" and (sample.distinct < 1 or len(sample.values) < _LEAST_NUMBERS):
        return 0.0
    return sample.distinct


def _words(sample: ColumnSample) -> float:
    return 1.0 - max(sample.pairs, sample.dates, sample.numbers) if sample.values else 0.0


def _wordy(sample: ColumnSample) -> bool:
    return bool(sample.values) and _words(sample) >= 0.5


def recognise(
    header: Sequence[str], rows: Sequence[Sequence[str]], taxonomy: Taxonomy, source: str, zone_name: str
) -> Recognition:
    """Recognise the columns of a table from a sample of its rows.

    Parameters
    ----------
    rows
        Sampled rows, each as long as the header.
    zone_name
        Zone of the deployment; decides the date order where the values leave it open, with a note.

    Returns
    -------
    Recognition
        May lack the date or the place: :func:`data.reading.columns.check_columns` refuses that.
    """
    samples = [ColumnSample(name, (row[place] for row in rows)) for place, name in enumerate(header)]
    recogniser = _Recogniser(samples, taxonomy, source)
    recogniser.dates()
    recogniser.places()
    recogniser.category()
    recogniser.others()
    found = recogniser.found
    by_name = {sample.name: sample for sample in samples}
    columns = Columns({field: found[field].column for field in FIELDS if field in found})
    columns, notes = complete(columns, by_name, zone_name)
    for field, column in columns.names.items():
        if field in DATE_FIELDS and any(FIELDS[field] in note for note in notes):
            found[field] = replace(found[field], confidence=0.5, why=_note_about(field, notes) or found[field].why)
        del column
    return Recognition(columns, tuple(found[field] for field in FIELDS if field in found), notes)


def _note_about(field: str, notes: Iterable[str]) -> str:
    return next((note for note in notes if FIELDS[field] in note), "")


def complete(columns: Columns, samples: Mapping[str, ColumnSample], zone_name: str) -> tuple[Columns, tuple[str, ...]]:
    """Decide what a mapping leaves open: date orders, and the grid of eastings and northings."""
    notes: list[str] = []
    orders = dict(columns.date_orders)
    open_fields = []
    for field in DATE_FIELDS:
        if field in columns.names and field not in orders and columns.names[field] in samples:
            order, why = find_order(samples[columns.names[field]].values)
            if not order:
                open_fields.append(field)
                continue
            orders[field] = order
            if why.startswith("assumed"):
                notes.append(f"{FIELDS[field]}: {why}.")
    for field in open_fields:
        orders[field], why = _fallback_order(orders, zone_name)
        notes.append(f"{FIELDS[field]}: every value could be day/month or month/day; {why}.")
    epsg = columns.epsg
    if epsg is None and "easting" in columns.names and "northing" in columns.names and _grid(columns, samples):
        epsg = BRITISH_GRID_EPSG
        if not ({"lat", "lat_lon"} & columns.names.keys()):
            notes.append("Easting and Northing were read as British National Grid.")
    return replace(columns, date_orders=orders, epsg=epsg), tuple(notes)


def _fallback_order(orders: Mapping[str, str], zone_name: str) -> tuple[str, str]:
    decided = [order for order in orders.values() if order in ("dmy", "mdy")]
    words = {"dmy": "day/month", "mdy": "month/day"}
    if decided:
        return decided[0], f"taken as {words[decided[0]]} like the other dates of the file"
    order = "mdy" if zone_name.startswith(("America/", "US/")) else "dmy"
    return order, f"taken as {words[order]}, as is usual in the time zone {zone_name}"


def _grid(columns: Columns, samples: Mapping[str, ColumnSample]) -> bool:
    east = [read_number(value) for value in samples[columns.names["easting"]].values]
    north = [read_number(value) for value in samples[columns.names["northing"]].values]
    points = [(e, n) for e, n in zip(east, north, strict=False) if e is not None and n is not None]
    return bool(points) and sum(on_british_grid(e, n) for e, n in points) >= 0.9 * len(points)
