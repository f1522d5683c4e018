"""Saving what people did about reports, one by one or many in one unit, each with the event that tells it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from problems.errors import InputRefused, NotAllowed, NotFound, ProblemError
from problems.events import EventKind, Subject, event
from problems.followups import Followup, Matter, told_fields
from problems.people import Principal, Role
from problems.reports import Report
from problems.seeing import READS_EVERYTHING
from problems.store import Store, Unit
from problems.use_cases.report_changes import check_report_seen
from problems.use_cases.saving import plain

#: So many reports are changed by one click: the others wait meanwhile.
MOST_AT_ONCE = 500
#: So often two readings that do not belong together are read again; then the older version beside them is safe.
_LOOKS = 5
#: Roles that see every report; a partner sees those of their own organisation.
EVERY_REPORT = (Role.OFFICER, Role.COORDINATOR)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of each of several reports: those that were changed, and why the others were not."""

    done: tuple[Matter, ...] = ()
    refused: tuple[tuple[str, ProblemError], ...] = ()


def matters_in(unit: Unit, ids: Iterable[int]) -> dict[int, Matter]:
    """Return the reports with these ids as they are now, with what people did about them, by id."""
    wanted = list(dict.fromkeys(ids))
    followups = unit.followups(wanted)
    return {
        report.id: Matter(report, followups.get(report.id, Followup(report.id)))
        for report in unit.reports(wanted)
        if not report.undone
    }


def matters_of(store: Store, ids: Sequence[int]) -> list[Matter]:
    """Return reports with what people did about them, in the order of ``ids``; unknown ones are left out."""
    # The reports first: with a version that is newer than what is shown beside it, an edit would pass unchecked.
    state = store.reports_version()
    found = {report.id: report for report in store.reports(ids) if not report.undone}
    followups = store.followups(ids)
    for _ in range(_LOOKS):
        again, state = state, store.reports_version()
        if again == state:
            break
        # Somebody saved between the two: what is shown together was kept together.
        found = {report.id: report for report in store.reports(ids) if not report.undone}
        followups = store.followups(ids)
    return [Matter(found[number], followups.get(number, Followup(number))) for number in ids if number in found]


def one_by_one(
    store: Store,
    unit: Unit,
    asked: str,
    report_ids: Sequence[int],
    seen_versions: Mapping[int, int],
    change: Callable[[Matter], Matter],
    *,
    principal: Principal | None = None,
) -> Outcomes:
    """Change reports of one unit: those that are refused are named, the others are done.

    ``change`` checks everything before it writes anything, so that a refusal leaves nothing half done.
    A ``principal`` who does not see every report is told of no other than their organisation was given, not even that
    there is one.
    """
    wanted = list(dict.fromkeys(report_ids))
    if not wanted:
        raise InputRefused(asked, "No report is chosen.", "Choose at least one.")
    if len(wanted) > MOST_AT_ONCE:
        raise InputRefused(asked, f"{len(wanted):,} reports are chosen.", f"Choose at most {MOST_AT_ONCE} at once.")
    found = matters_in(unit, wanted)
    done: list[Matter] = []
    refused: list[tuple[str, ProblemError]] = []
    for number in wanted:
        ref = f"R-{number:06d}"
        try:
            if principal is not None:
                _check_known_to(asked, principal, ref, found.get(number))
            if number not in found:
                raise NotFound(asked, f"There is no report {ref}.", "Choose another one.")
            if number in seen_versions:
                check_report_seen(store, asked, found[number].report, seen_versions[number])
            done.append(change(found[number]))
        except ProblemError as why:
            refused.append((ref, why))
    return Outcomes(tuple(done), tuple(refused))


def _check_known_to(asked: str, principal: Principal, ref: str, matter: Matter | None) -> None:
    """Refuse a report to those who do not see it, in the same words whether there is one or not."""
    own = principal.organisation_id
    is_given = own is None or (matter is not None and matter.followup.organisation_id == own)
    if principal.has(*READS_EVERYTHING) or (principal.has(Role.PARTNER) and is_given):
        return
    raise NotAllowed(asked, f"{ref} was not given to your organisation.", "Ask an officer to give it to you.")


def the_one(outcomes: Outcomes) -> Matter:
    """Return the only report that was changed, or raise why it was not."""
    if outcomes.refused:
        raise outcomes.refused[0][1]
    return outcomes.done[0]


def check_sees(asked: str, principal: Principal, matter: Matter, *, as_other: bool) -> None:
    """Refuse a partner whose organisation was not given the report.

    ``as_other`` tells that the principal may do this in another role than that of a partner.
    """
    if as_other or principal.organisation_id is None:
        return
    if matter.followup.organisation_id != principal.organisation_id:
        raise NotAllowed(
            asked, f"{matter.ref} was not given to your organisation.", "Ask an officer to give it to you."
        )


def save_matter(
    unit: Unit,
    at: datetime,
    principal: Principal,
    before: Matter,
    after: Matter,
    kind: EventKind,
    *,
    reason: str = "",
    note: str = "",
    details: Mapping[str, object] | None = None,
) -> Matter:
    """Write ``after`` over ``before``, append the event that tells the difference, and return what is kept."""
    report: Report = unit.save_report(replace(after.report, version=before.version), before.version)
    if after.followup != before.followup:
        unit.save_followup(after.followup)
    old, new = told_fields(before), told_fields(after)
    changed = [name for name in new if new[name] != old[name]]
    unit.add_events(
        [
            event(
                at,
                principal,
                Subject.REPORT,
                report.id,
                kind,
                changes={name: plain(new[name]) for name in changed},
                before={name: plain(old[name]) for name in changed},
                reason=reason,
                note=note.strip(),
                details={**{key: plain(value) for key, value in (details or {}).items()}, "version": report.version},
            )
        ]
    )
    return Matter(report, after.followup)
