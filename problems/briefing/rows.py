"""A briefing as one tidy table: every figure a row, in the order of the sections. Files and tests read it."""

from collections.abc import Iterator
from dataclasses import dataclass

from problems.briefing.briefing import Briefing, Change, FixOf, PartnerWork
from problems.briefing.figure import Figure, Section, Unit

COLUMNS = ("section", "figure", "value", "n", "low", "high", "unit", "note", "link")


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``value`` is a number, words, or None where too few stand behind it; ``link`` names the list behind."""

    section: Section
    figure: str
    value: float | str | None
    n: int | None
    low: float | None
    high: float | None
    unit: str
    note: str
    link: str

    @property
    def cells(self) -> tuple[object, ...]:
        """The row in the order of :data:`COLUMNS`; numbers no longer than they are exact."""
        value = self.value if isinstance(self.value, str) else _short(self.value)
        named = f"{self.section.number} {self.section.label}"
        return (named, self.figure, value, self.n, _short(self.low), _short(self.high), self.unit, self.note, self.link)


def _short(number: float | None) -> float | int | None:
    if number is None:
        return None
    rounded = round(float(number), 6)
    return int(rounded) if rounded.is_integer() else rounded


def rows_of(briefing: Briefing) -> list[Row]:
    """Return a briefing as rows; the same briefing always gives the same rows in the same order."""
    hidden = {one.section for one in briefing.withheld}
    every = [
        *_header(briefing), *_decisions(briefing), *_last(briefing), *_board(briefing), *_map(briefing),
        *_changes(briefing), *_service(briefing), *_remediation(briefing), *_residents(briefing), *_worked(briefing),
        *_caveats(briefing),
    ]  # fmt: skip
    kept = [one for one in every if one.section not in hidden]
    said = [_words(one.section, "Not shown", one.why, "") for one in briefing.withheld]
    return kept + said


def _row(section: Section, one: Figure, name: str = "") -> Row:
    link = "" if one.behind is None else one.behind.in_files
    return Row(section, name or one.label, one.value, one.n, one.low, one.high, str(one.unit), one.sentence, link)


def _words(section: Section, name: str, words: str, note: str = "", link: str = "") -> Row:
    return Row(section, name, words, None, None, None, "", note, link)


def _header(briefing: Briefing) -> Iterator[Row]:
    of, section = briefing.header, Section.HEADER
    yield _words(section, "Week", str(of.week), of.week.words)
    place = f"{of.area.name} ({of.area.kind.label.lower()} {of.area.id})" if of.area else "The whole place"
    yield _words(section, "Place", place)
    yield _words(section, "Data up to", of.as_of.isoformat(), "" if of.is_over else "The week was not over.")
    yield _words(section, "As known on", of.known_on.isoformat())
    if of.made_up:
        yield _words(section, "Made up", "yes", of.made_up)
    yield from (_row(section, one) for one in (of.received, of.closed, of.unplaced, of.unmapped))
    for feed in of.late_feeds:
        yield Row(
            section, f"Late: {feed.source}", feed.silent_days, None, None, None, str(Unit.DAYS), feed.sentence, ""
        )
    for source, name, count in of.unmapped_names:
        yield Row(section, f"Unmapped: {name}", count, count, None, None, str(Unit.REPORTS), f"In “{source}”.", "")


def _decisions(briefing: Briefing) -> Iterator[Row]:
    of, section = briefing.decisions, Section.DECISIONS
    yield _row(section, of.count)
    for one in of.wanted:
        name = f"{one.kind.label}: {one.ref} {one.title}"
        note = f"{one.recommendation} {one.why} Waits {one.waits_days} days."
        yield _words(section, name, one.kind.label, note, f"problems:{one.problem_id}")
    for kind, count in of.rest.items():
        yield Row(section, f"Also wanted: {kind.label}", count, count, None, None, str(Unit.DECISIONS), "", "")


def _last(briefing: Briefing) -> Iterator[Row]:
    section = Section.LAST_DECISIONS
    yield from (_row(section, one) for one in briefing.last_decisions.counts)
    for one in briefing.last_decisions.taken:
        name = f"{one.decided}: {one.ref} {one.title}".rstrip(": ")
        due = f" Due {one.due_on.isoformat()}." if one.due_on else ""
        note = f"{one.by_name}, {one.at.date().isoformat()}. {one.owner or 'Nobody named'}.{due} {one.why}".strip()
        yield _words(section, name, one.state.label, note, f"problems:{one.problem_id}" if one.problem_id else "")


def _board(briefing: Briefing) -> Iterator[Row]:
    of, section = briefing.board, Section.BOARD
    for one in of.states:
        row = _row(section, one.now)
        yield Row(
            section, row.figure, row.value, row.n, None, None, row.unit, f"{one.came} came, {one.left} left.", row.link
        )
    yield from (_row(section, one) for one in (of.opened, of.ended, of.recurred))
    for place, top in enumerate(of.top, start=1):
        row = _row(section, top.incidents, f"{place}. {top.ref} {top.name}")
        due = f" Due {top.due_on.isoformat()}." if top.due_on else ""
        who = "Who has it is not told." if top.incidents.withheld else f"{top.owner or 'Nobody'} has it."
        note = (
            f"{top.kind}{f', {top.area}' if top.area else ''}. {top.status.label}. {top.weeks_active} weeks. "
            f"{top.incidents.sentence} {who} Next: {top.next_step}.{due}"
        )
        yield Row(section, row.figure, row.value, row.n, row.low, row.high, row.unit, note, row.link)


def _map(briefing: Briefing) -> Iterator[Row]:
    yield from (_row(Section.MAP, one) for one in briefing.map.by_remediation)
    for one in briefing.map.places:
        note = f"{one.remediation.label}. Hot in {one.weeks_hot} of the {one.weeks_looked} weeks looked at."
        yield Row(
            Section.MAP, f"{one.ref} {one.name}", one.weeks_hot, one.weeks_looked, None, None, str(Unit.WEEKS), note,
            f"problems:{one.problem_id}",
        )  # fmt: skip


def _changes(briefing: Briefing) -> Iterator[Row]:
    yield _words(
        Section.CHANGES, "Series that stand out", str(len(briefing.changes.called_out)), briefing.changes.sentence
    )
    called = {one.signal.name for one in briefing.changes.called_out}
    yield from (_change(one, called=one.signal.name in called) for one in briefing.changes.every)


def _change(one: Change, *, called: bool) -> Row:
    row = _row(Section.CHANGES, one.figure)
    note = f"{'Called out. ' if called else ''}{one.signal.sentence}"
    return Row(row.section, row.figure, row.value, row.n, row.low, row.high, row.unit, note, row.link)


def _service(briefing: Briefing) -> Iterator[Row]:
    of, section = briefing.service, Section.SERVICE
    yield from (_row(section, one) for one in of.figures)
    for what, kinds in (("category", of.fix_by_category), ("partner", of.fix_by_partner)):
        for fix in kinds:
            yield _row(section, fix.figure, f"Half fixed within, by {what}: {fix.times.name}")
            yield _apart(fix, what)
    for week in of.weeks:
        name, unit = f"Week of {week.starts_on.isoformat()}", str(Unit.REPORTS)
        ends = ", ".join(f"{count} {kind.label.lower()}" for kind, count in week.closed_as.items())
        for words, count in (
            ("open at the start", week.open_at_start), ("in", week.received), ("out", week.closed),
            ("open at the end", week.open_at_end),
        ):  # fmt: skip
            note = ends if words == "out" else ""
            yield Row(section, f"{name}: {words}", count, count, None, None, unit, note, "")


def _apart(fix: FixOf, what: str) -> Row:
    of, link = fix.times, fix.apart.behind.address if fix.apart and fix.apart.behind else ""
    note = f"{of.instant} closed on receipt and {of.administrative} administratively, counted apart."
    count = of.instant + of.administrative
    name = f"Closed without work, by {what}: {of.name}"
    return Row(Section.SERVICE, name, count, count, None, None, str(Unit.REPORTS), note, link)


def _remediation(briefing: Briefing) -> Iterator[Row]:
    for work in (briefing.remediation.total, *briefing.remediation.partners):
        yield from _partner(work)


def _partner(work: PartnerWork) -> Iterator[Row]:
    section = Section.REMEDIATION
    yield from (_row(section, one) for one in (work.to_accept, work.due, work.overdue, work.blocked, work.rework))
    for reason, ids in work.blocked_by.items():
        link = f"actions:{','.join(map(str, ids))}"
        name = f"Blocked, {reason.lower()}: {work.name}"
        yield Row(section, name, len(ids), len(ids), None, None, str(Unit.ACTIONS), "", link)


def _residents(briefing: Briefing) -> Iterator[Row]:
    yield from (_row(Section.RESIDENTS, one) for one in briefing.residents.figures)


def _worked(briefing: Briefing) -> Iterator[Row]:
    for one in briefing.worked.assessed:
        row = _row(Section.WORKED, one.figure)
        note = f"{one.verdict.label}. {one.sentence} {one.displacement}".strip()
        yield Row(row.section, row.figure, row.value, row.n, row.low, row.high, row.unit, note, row.link)
    yield _row(Section.WORKED, briefing.worked.recurrence)


def _caveats(briefing: Briefing) -> Iterator[Row]:
    of, section = briefing.caveats, Section.CAVEATS
    yield _words(section, "Areas beside each other", "", of.areas_sentence)
    yield from (_row(section, one) for one in of.area_figures)
    yield _row(section, of.suppressed)
    yield from (_row(section, one) for one in of.faults)
    yield from (_words(section, "Caveat", "", one) for one in of.sentences)
