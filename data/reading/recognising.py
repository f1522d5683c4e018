"""Recognise the columns of a table by their names and by what is in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from data.reading.clocks import named_alike, names_clock_alone
from data.reading.column_names import ABOUT_THE_END, NAMES, is_cut_name
from data.reading.columns import FIELDS, TIME_FIELDS, Columns, quoted
from data.reading.homes import Box, home_of
from data.reading.numbers import read_numbers
from data.reading.questions import NO_PLACE, Answer, Question
from data.reading.samples import ColumnSample
from data.reading.settling import settle
from problems.categories import Taxonomy, folded

__all__ = ["ColumnSample", "RecognisedColumn", "Recognition", "recognise", "settle"]

_LEAST_NUMBERS = 20
_MANY_ROWS = 30
_MOST_CLOCKS, _FEW = 0.9, 0.1
_MOST_STATUSES = 15
#: A column called “status” holds words of its own beside the known ones.
_FEW_STATUSES = 0.25
#: No degree is as far from 0.
_BEYOND_DEGREES = 400.0
#: Words that, inside of a name, say that its date is another one than that of the report.
_OTHER_DATES = ("due", "target", "update", "close", "complet", "expected", "upload", "modif", "resol", "fix", "end")


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
    """What was recognised: the mapping, each field with examples, what was decided, and what is left to ask.

    :func:`data.reading.questions.answered` answers a question,
    :func:`data.reading.questions.check_answered` refuses to go on while one is open.
    """

    columns: Columns
    fields: tuple[RecognisedColumn, ...]
    notes: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()


AS_TOLD = "as you said"
_BY_BOTH = "by its name and its values"
#: Low enough that people are asked to check.
_PERHAPS = 0.4


class _Recogniser:
    def __init__(self, samples: Sequence[ColumnSample], taxonomy: Taxonomy, source: str, home: Box | None) -> None:
        self.samples = samples
        self.taxonomy = taxonomy
        self.source = source
        self.home = home
        self.found: dict[str, RecognisedColumn] = {}
        self.taken: set[str] = set()
        self.questions: list[Question] = []

    def named(self, field: str) -> list[ColumnSample]:
        """Return the columns whose name fits ``field`` and that no field has taken, best name first."""
        order = {name: place for place, name in enumerate(NAMES[field])}
        places: dict[str, int] = {}
        for sample in (each for each in self.samples if each.name not in self.taken):
            place = order.get(sample.folded)
            if place is None:
                place = next((order[name] for name in NAMES[field] if is_cut_name(sample.folded, name)), None)
            if place is not None:
                places[sample.name] = place
        fitting = [sample for sample in self.samples if sample.name in places]
        return sorted(fitting, key=lambda sample: places[sample.name])

    def take(self, field: str, sample: ColumnSample, confidence: float, why: str) -> None:
        self.taken.add(sample.name)
        self.found[field] = RecognisedColumn(field, sample.name, sample.examples, round(confidence, 2), why)

    def take_first(self, field: str, fits: Callable[[ColumnSample], float], *, least: float) -> bool:
        """Take the best-named column of which at least the share ``least`` of the values fits."""
        for sample in self.named(field):
            share = fits(sample)
            if sample.values and share >= least:
                about_end = field == "text" and sample.folded in ABOUT_THE_END
                why = "it tells how a report ended; nothing tells what was reported" if about_end else _BY_BOTH
                self.take(field, sample, _PERHAPS if about_end else share, why)
                return True
        return False

    # -- dates --

    def dates(self) -> None:
        if not self.take_first("reported", lambda sample: sample.named_dates, least=0.5):
            self._reported_by_values()
        for field in ("occurred", "closed", "due", "updated"):
            self.take_first(field, lambda sample: sample.named_dates, least=0.5)
        if "reported" not in self.found and not self.questions and (happened := self.found.pop("occurred", None)):
            why = "when it happened: no other column tells when it was reported"
            self.found["reported"] = replace(happened, field="reported", confidence=0.6, why=why)
        for field, date_field in TIME_FIELDS.items():
            if date_field in self.found:
                self._clock(field, date_field)

    def _clock(self, field: str, date_field: str) -> None:
        """Take the column with the times of a column of days, where the two are named alike."""
        days = next(sample for sample in self.samples if sample.name == self.found[date_field].column)
        if days.own_clocks > _FEW:
            return
        clocks = [each for each in self.samples if each.name not in self.taken and each.clocks >= _MOST_CLOCKS]
        paired = [each for each in clocks if named_alike(days.folded, each.folded)]
        if not paired and len(clocks) == 1 and field == "reported_time":
            # “Report Date” and plain “Time”: the only time there is.
            paired = [each for each in clocks if names_clock_alone(each.folded)]
        if paired:
            self.take(field, paired[0], 0.8, f"its times go with “{days.name}”")

    def _reported_by_values(self) -> None:
        fitting = [
            sample for sample in self.samples if sample.plain_dates >= 0.9 and not _names_another_date(sample.folded)
        ]
        if len(fitting) == 1:
            self.take("reported", fitting[0], 0.6, "the only column of dates that no other field has")
        elif fitting:
            answers = tuple(
                Answer(sample.name, f"“{sample.name}”", f"such as {sample.examples[0]}") for sample in fitting
            )
            self.questions.append(
                Question(
                    "reported",
                    "Several columns hold dates: which one is the date of the report?",
                    answers,
                    answers[0].value,
                    f"columns.reported = {quoted(answers[0].value)}",
                )
            )

    # -- places --

    def places(self) -> None:
        ways = (self._degrees, self._pair_by_name, self._projected, self._pair_by_values)
        if not any(way() for way in ways) and not self._feet_as_degrees():
            self._degrees_by_values()

    def _degrees(self) -> bool:
        for lat in self.named("lat"):
            for lon in self.named("lon"):
                share = min(lat.within(180), lon.within(180))
                # “150,797” may be degrees with decimals or thousands of metres: no latitude is as large.
                thousands = bool(lat.grouping) and lat.within(90) < share
                if lat.name != lon.name and share >= 0.5 and not thousands:
                    self._take_two("lat", lat, "lon", lon, share, "by its name and its values")
                    return True
        return False

    def _take_two(
        self, one: str, first: ColumnSample, other: str, second: ColumnSample, confidence: float, why: str
    ) -> None:
        self.take(one, first, confidence, why)
        self.take(other, second, confidence, why)

    def _pair_by_name(self) -> bool:
        return self.take_first("lat_lon", lambda sample: sample.pairs, least=0.5)

    def _pair_by_values(self) -> bool:
        for sample in self.samples:
            if sample.name not in self.taken and sample.pairs >= 0.8:
                self.take("lat_lon", sample, 0.7, "its values are pairs of coordinates")
                return True
        return False

    def _projected(self) -> bool:
        for easting in self.named("easting"):
            for northing in self.named("northing"):
                share = min(easting.beyond(_BEYOND_DEGREES), northing.beyond(_BEYOND_DEGREES))
                if easting.name != northing.name and share >= 0.5:
                    self._take_two("easting", easting, "northing", northing, share, "by its name and its values")
                    return True
        return False

    def _feet_as_degrees(self) -> bool:
        for lat in self.named("lat"):
            for lon in self.named("lon"):
                share = min(lat.beyond(_BEYOND_DEGREES), lon.beyond(_BEYOND_DEGREES))
                if lat.name != lon.name and share >= 0.9:
                    why = "its numbers are too large for degrees: metres or feet"
                    self._take_two("easting", lon, "northing", lat, 0.7, why)
                    return True
        return False

    def _degrees_by_values(self) -> None:
        """Take the one column of numbers in the range of latitudes of home, and the one in that of longitudes."""
        if self.home is None:
            return
        west, south, east, north = self.home
        lats, lons = self._exact_between(south, north), self._exact_between(west, east)
        lats, lons = [s for s in lats if s not in lons], [s for s in lons if s not in lats]
        if len(lats) == len(lons) == 1:
            self._take_two("lat", lats[0], "lon", lons[0], 0.6, "its numbers lie where your reports lie")

    def _exact_between(self, low: float, high: float) -> list[ColumnSample]:
        found = []
        for sample in self.samples:
            if sample.name in self.taken or sample.numbers < 0.5 or sample.kinds < 2:
                continue
            numbers = read_numbers(sample.told)
            known = numbers[np.isfinite(numbers)]
            broken = float((known != np.round(known, 2)).mean())
            if broken >= 0.5 and float(((known >= low) & (known <= high)).mean()) >= 0.9:
                found.append(sample)
        return found

    # -- category --

    def category(self) -> None:
        candidates = [(self._mapped(sample), sample) for sample in self.named("category") if _wordy(sample)]
        candidates = [pair for pair in candidates if pair[0] or not _looks_like_text(pair[1])]
        if not any(share for share, _ in candidates):
            others = [sample for sample in self.samples if sample.name not in self.taken and _wordy(sample)]
            candidates += [(share, sample) for sample in others if (share := self._mapped(sample)) >= 0.3]
        if not candidates:
            return
        most = max(share for share, _ in candidates)
        # Of those that the category list knows about equally well: what tells reports apart, then the best name.
        best = [pair for pair in candidates if pair[0] >= most - 0.05]
        share, sample = next((pair for pair in best if pair[1].kinds > 1), best[0])
        share, sample = self._in_words(share, sample)
        self.take("category", sample, max(share, 0.4), _why_category(share, sample, [each for _, each in candidates]))

    def _in_words(self, share: float, code: ColumnSample) -> tuple[float, ColumnSample]:
        """Return the column that says in words what a column of codes says: “SERVICECODE”, “SERVICECODEDESCRIPTION”."""
        stem = code.folded.removesuffix("code").removesuffix("cd")
        names = {
            start + end for start in (code.folded, stem) for end in ("description", "desc", "name", "text", "label")
        }
        for sample in self.samples:
            fits = sample.folded in names and sample.name not in self.taken and _wordy(sample)
            if fits and (mapped := self._mapped(sample)) >= share:
                return mapped, sample
        return share, code

    def _mapped(self, sample: ColumnSample) -> float:
        known: dict[str, bool] = {}

        def maps(value: str) -> bool:
            key = folded(value)
            if key not in known:
                known[key] = self._is_category(value, key)
            return known[key]

        return sample.share(maps)

    def _is_category(self, value: str, key: str) -> bool:
        if self.taxonomy.code_for(self.source, value, datetime.now(UTC).date()) is not None:
            return True
        # An old name counts too: what it means is looked up by the date of each report.
        sources = {self.source.casefold(), "*"}
        return any(row.source.casefold() in sources for row in self.taxonomy.names.get(key, ()))

    # -- the others --

    def others(self) -> None:
        self.take_first("id", _identifies, least=0.5)
        if not self.take_first("status", lambda sample: sample.statuses, least=_FEW_STATUSES):
            for sample in self.samples:
                fits = sample.name not in self.taken and sample.kinds <= _MOST_STATUSES
                if fits and sample.statuses >= 0.9 and len(sample.values) > 1:
                    self.take("status", sample, 0.7, "its values are known words for a status")
                    break
        self.take_first("text", _words, least=0.5)
        self.take_first("address", _words, least=0.5)
        self.take_first("asset", _references, least=0.5)
        for field in ("area", "channel", "reporter"):
            self.take_first(field, lambda sample: 1.0 - max(sample.pairs, sample.plain_dates), least=0.5)

    def ask_for_place(self) -> None:
        if {"lat", "lat_lon", "easting"}.isdisjoint(self.found):
            told = [self.found[field].column for field in ("address", "area") if field in self.found]
            named = f" It tells {' and '.join(f'“{name}”' for name in told)}." if told else ""
            self.questions.append(
                Question(
                    NO_PLACE,
                    f"No columns with coordinates were found.{named} Import the reports without a place on the map?",
                    (Answer("yes", "import them without a place"),),
                    None,
                    "no_place = true",
                )
            )


def _why_category(share: float, sample: ColumnSample, candidates: Sequence[ColumnSample]) -> str:
    rivals = [f"“{each.name}”" for each in candidates if each is not sample][:3]
    before = f", more than of {' or '.join(rivals)}" if rivals and share else ""
    if share:
        return f"{share:.0%} of the sampled values are known category names{before}"
    return f"by its name, before {' and '.join(rivals)}" if rivals else "by its name"


def _names_another_date(name: str) -> bool:
    others = {word for field in ("closed", "occurred", "due", "updated") for word in NAMES[field]}
    return name in others or any(part in name for part in _OTHER_DATES)


def _identifies(sample: ColumnSample) -> float:
    """Return how well a column tells reports apart; a plain number may be of a house and must always do so."""
    if sample.folded == "number" and (sample.distinct < 1 or len(sample.values) < _LEAST_NUMBERS):
        return 0.0
    return sample.distinct


def _words(sample: ColumnSample) -> float:
    return 1.0 - max(sample.pairs, sample.plain_dates, sample.numbers) if sample.values else 0.0


def _wordy(sample: ColumnSample) -> bool:
    return bool(sample.values) and _words(sample) >= 0.5


def _references(sample: ColumnSample) -> float:
    """Return how well a column names things: short, and not decimals such as amounts."""
    return sample.share_told(lambda value: len(value) <= 40 and "." not in value.removesuffix(".0"))


def _looks_like_text(sample: ColumnSample) -> bool:
    """Tell whether nearly every value of many is different, as no category is."""
    return len(sample.values) >= _MANY_ROWS and sample.distinct > 0.8


def recognise(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    taxonomy: Taxonomy,
    source: str,
    zone_name: str,
    home: Box | None = None,
    told: Columns | None = None,
) -> Recognition:
    """Recognise the columns of a table from a sample of its rows.

    Parameters
    ----------
    rows
        Sampled rows, each as long as the header.
    zone_name
        Zone of the deployment; proposes an answer where the values leave the order of dates open.
    home
        West, south, east, north of where the reports of the deployment lie, if that is known: with it,
        most projected systems and swapped coordinates are found.
    told
        What a person said of the columns, which need not be all: it holds. Its columns are among the header.

    Returns
    -------
    Recognition
        May lack the date or the place: :func:`data.reading.columns.check_columns` refuses that.
    """
    samples = [ColumnSample(name, (row[place] for row in rows)) for place, name in enumerate(header)]
    recogniser = _Recogniser(samples, taxonomy, source, home or home_of(None, zone_name))
    recogniser.dates()
    recogniser.places()
    recogniser.category()
    recogniser.others()
    recogniser.ask_for_place()
    found = recogniser.found
    columns = Columns({field: found[field].column for field in FIELDS if field in found})
    questions = recogniser.questions
    if told is not None:
        columns = told.over(columns)
        by_name = {sample.name: sample for sample in samples}
        found = {
            field: RecognisedColumn(field, column, by_name[column].examples, 1.0, AS_TOLD)
            if field in told.names
            else found[field]
            for field, column in columns.names.items()
        }
        answers = {*columns.names, *columns.fixed, *([NO_PLACE] if columns.no_place or columns.has_place else [])}
        questions = [question for question in questions if question.field not in answers]
    settled = settle(columns, {sample.name: sample for sample in samples}, zone_name, home)
    for question in settled.questions:
        if question.field in found:
            found[question.field] = replace(found[question.field], confidence=question.confidence, why=question.text)
    fields = tuple(found[field] for field in FIELDS if field in found)
    return Recognition(settled.columns, fields, settled.notes, (*questions, *settled.questions))
