"""Reporting by hand: a report that somebody writes down, and corrections of what was written."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

import numpy as np

from geo import areas as geo_areas
from geo import projection
from problems.areas import Area, AreaKind
from problems.categories import Category
from problems.clock import Clock
from problems.duplicates import Contact
from problems.entries import BY_HAND, Channel, Entry
from problems.errors import InputRefused
from problems.events import Event, EventKind, Subject, event
from problems.people import Principal, Role
from problems.receipts import read_receipt
from problems.reports import NO_FLAGS, PLACE_FAULTS, Report, ReportFlag, ReportStatus
from problems.store import Store
from problems.use_cases.checks import LONGEST_NOTE, checked_text
from problems.use_cases.importing import content_of
from problems.use_cases.merging import put_under
from problems.use_cases.report_changes import reports_seen, save_report_change
from problems.use_cases.saving import plain, require

#: Takes contact details out of a text and counts them; the installation has one in :mod:`data.reading.masks`.
Mask = Callable[[str], tuple[str, int]]

LONGEST_ADDRESS = 300
LONGEST_ASSET = 60
OLDEST = timedelta(days=3660)
MAY_REPORT = (Role.OFFICER, Role.COORDINATOR, Role.ADMIN)
#: The clocks of two computers may differ a little.
_AHEAD = timedelta(minutes=2)


def add_report(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    entry: Entry,
    receipt: str,
    categories: Mapping[str, Category],
    mask: Mask,
    sealed: bytes | None = None,
    same_as: int | None = None,
    seen_version: int | None = None,
) -> Report:
    """Keep a report that somebody wrote down, and return it.

    Saving the same receipt again returns the report that has it and changes nothing, so that a second
    click makes no second report.

    Parameters
    ----------
    receipt
        The receipt number that the reporter is told.
    mask
        What takes contact details out of the text before it is kept.
    sealed
        The reporter's contact, sealed; it is kept apart from the report.
    same_as
        The report that tells of the same already: the new one is kept as its duplicate.
    seen_version
        The version of ``same_as`` that the person had on the screen.

    Raises
    ------
    NotAllowed
        When the principal may not write reports down (or, with ``same_as``, not merge them).
    InputRefused
        When what was typed cannot be kept; it names everything that is wrong.
    MoveRefused, NotFound, Stale
        As :func:`problems.use_cases.merging.merge_reports`, for ``same_as``.
    """
    asked = "The report was not kept."
    require(principal, asked, *MAY_REPORT)
    number = read_receipt(receipt)
    now = clock()
    _check(store, asked, entry, categories, now)
    with store.writing() as unit:
        # Again: this may have waited for its turn, and what happens is told in order.
        now = clock()
        known = store.report_known_as(BY_HAND, number)
        if known is not None:
            return known
        report = _written(store, entry, number, mask, now)
        unit.add_reports(None, [(report, content_of(report))])
        kept = unit.reports([unit.known_reports(BY_HAND, [number])[number].id])[0]
        unit.add_events([_created(principal, now, kept, has_contact=sealed is not None)])
        if sealed is not None:
            unit.add_contact(Contact(0, kept.id, sealed, now))
        if same_as is not None:
            versions = {} if seen_version is None else {same_as: seen_version}
            main = reports_seen(store, unit, asked, [same_as], versions)[same_as]
            put_under(unit, store, now, principal, main, [kept], "", {"receipt": number})
        return unit.reports([kept.id])[0]


def _check(store: Store, asked: str, entry: Entry, categories: Mapping[str, Category], now: datetime) -> None:
    """Refuse with everything that is wrong at once, so that nobody has to ask the caller three times."""
    wrong = [
        "Choose what it is about." if entry.category not in categories else "",
        "Choose how it came in." if entry.channel not in tuple(Channel) else "",
        *_wrong_place(store, entry),
        *_wrong_time(entry.occurred_at, now),
    ]
    if any(wrong):
        raise InputRefused(asked, " ".join(part for part in wrong if part), "Nothing you typed is lost.")
    checked_text(asked, entry.text, LONGEST_NOTE)
    checked_text(asked, entry.address, LONGEST_ADDRESS)
    checked_text(asked, entry.asset, LONGEST_ASSET)


def _wrong_place(store: Store, entry: Entry) -> list[str]:
    if entry.area_id is not None and entry.area_id not in {area.id for area in store.areas()}:
        return ["The chosen ward is no longer there: choose another."]
    if entry.lon_lat is None:
        named = entry.address.strip() or entry.asset.strip() or entry.area_id is not None
        return [] if named else ["Say where it is: a point on the map, an address, a ward or an asset number."]
    lon, lat = entry.lon_lat
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return [f"The point {lat:.5f}, {lon:.5f} is not on the earth: latitude comes first, then longitude."]
    known = store.fact("epsg")
    if known and not projection.holds(np.array([entry.lon_lat]), int(known)).all():
        return [f"The point {lat:.5f}, {lon:.5f} is far from this city: latitude comes first, then longitude."]
    return []


def _wrong_time(occurred_at: datetime | None, now: datetime) -> list[str]:
    if occurred_at is None:
        return []
    if occurred_at > now + _AHEAD:
        return ["It cannot have happened in the future: correct the day or the time."]
    return ["It happened more than ten years ago: correct the day."] if occurred_at < now - OLDEST else []


def _written(store: Store, entry: Entry, receipt: str, mask: Mask, now: datetime) -> Report:
    text, in_text = mask(entry.text.strip())
    address, in_address = mask(entry.address.strip())
    flags = ReportFlag.MASKED if in_text + in_address else NO_FLAGS
    if entry.lon_lat is None:
        flags |= ReportFlag.PLACE_MISSING
    report = Report(
        id=0,
        source=BY_HAND,
        source_id=receipt,
        category=entry.category,
        category_name=entry.category,
        reported_at=now,
        status=ReportStatus.NEW,
        lon_lat=entry.lon_lat,
        occurred_at=entry.occurred_at,
        address=address,
        text=text,
        channel=entry.channel,
        reporter=entry.reporter or _somebody(receipt),
        updated_at=now,
        asset=entry.asset.strip(),
        flags=flags,
    )
    return _in_boundaries(report, store, entry.area_id)


def _somebody(receipt: str) -> str:
    """Return the key of a reporter of whom nothing is known but that they are not any other reporter."""
    return blake2b(receipt.encode(), digest_size=16).hexdigest()


def _in_boundaries(report: Report, store: Store, chosen_id: int | None) -> Report:
    """Return the report with the boundaries that hold its place, else with the one that was chosen."""
    known = store.areas()
    found: dict[AreaKind, Area] = {}
    if report.lon_lat is not None:
        for kind in AreaKind:
            of_kind = [area for area in known if area.kind is kind]
            at = int(geo_areas.area_of([report.lon_lat], [area.geometry for area in of_kind])[0]) if of_kind else -1
            if at >= 0:
                found[kind] = of_kind[at]
    elif chosen_id is not None:
        chosen = next(area for area in known if area.id == chosen_id)
        found[chosen.kind] = chosen
    order = (AreaKind.WARD, AreaKind.NEIGHBOURHOOD, AreaKind.BEAT)
    named = next((found[kind].name for kind in order if kind in found), "")
    ids = {f"{kind}_id": found[kind].id if kind in found else None for kind in AreaKind}
    return replace(report, area=named, **ids)  # type: ignore[arg-type] # one field for each kind of boundary


def _created(principal: Principal, now: datetime, report: Report, *, has_contact: bool) -> Event:
    return event(
        now,
        principal,
        Subject.REPORT,
        report.id,
        EventKind.CREATED,
        changes={name: plain(getattr(report, name)) for name in ("status", "category", "channel", "lon_lat", "area")},
        details={"receipt": report.source_id, "contact": has_contact, "version": report.version},
    )


def correct_report(
    store: Store,
    principal: Principal,
    clock: Clock,
    seed: int,
    *,
    report_id: int,
    seen_version: int,
    categories: Mapping[str, Category],
    mask: Mask,
    category: str | None = None,
    lon_lat: tuple[float, float] | None = None,
    address: str | None = None,
    asset: str | None = None,
    text: str | None = None,
    occurred_at: datetime | None = None,
) -> Report:
    """Correct what is written about a report and return it as saved; None leaves a field as it is.

    Raises
    ------
    NotAllowed
        When the principal is neither officer nor coordinator.
    InputRefused
        When the correction cannot be kept.
    NotFound
        When there is no such report.
    Stale
        When somebody else saved it since ``seen_version``.
    """
    asked = "The report was not corrected."
    require(principal, asked, Role.OFFICER, Role.COORDINATOR)
    with store.writing() as unit:
        now = clock()
        report = reports_seen(store, unit, asked, [report_id], {report_id: seen_version})[report_id]
        entry = Entry(
            category=category or report.category or "",
            text=report.text if text is None else text,
            channel=Channel.PHONE,
            occurred_at=occurred_at,
            lon_lat=lon_lat or report.lon_lat,
            address=report.address if address is None else address,
            asset=report.asset if asset is None else asset,
            area_id=report.ward_id,
        )
        _check(store, asked, entry, categories, now)
        after = _corrected(store, report, entry, mask)
        return report if after == report else save_report_change(unit, now, principal, report, after, EventKind.EDITED)


def _corrected(store: Store, report: Report, entry: Entry, mask: Mask) -> Report:
    text, in_text = mask(entry.text.strip())
    address, in_address = mask(entry.address.strip())
    after = replace(
        report,
        category=entry.category,
        text=text,
        address=address,
        asset=entry.asset.strip(),
        occurred_at=entry.occurred_at or report.occurred_at,
        flags=report.flags | ReportFlag.MASKED if in_text + in_address else report.flags,
    )
    if entry.lon_lat == report.lon_lat:
        return after
    placed = replace(after, lon_lat=entry.lon_lat, flags=after.flags & ~PLACE_FAULTS)
    return _in_boundaries(placed, store, None)
