"""Settings and health, read only: what this installation works with and whether it is in order."""

from urllib.parse import urlsplit

import streamlit as st

from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.markup import draw, facts, table
from dashboard.wording import between, count, day, duration, local_day, metres, moment, share
from data.auditing import audit_words, last_verification, verify_and_note
from data.settings import Settings
from data.stores import check_store
from problems.people import Role
from problems.store import StoreCounts


def show_settings(desk: Desk, settings: Settings) -> None:
    """Draw the settings that decide what a hot spot is, and where they come from."""
    rules = settings.detection
    window = f"the last {count(rules.window_days, 'day')}" if rules.window_days else "all reports"
    epsg = desk.store.fact("epsg")
    draw(
        facts(
            [
                ("Reports belong together within", metres(rules.radius_m)),
                ("A hot spot needs at least", count(rules.min_incidents, "distinct incident")),
                ("It looks at", window),
                ("A wider hot spot is split at", metres(rules.max_width_m)),
                (
                    "A point is kept out from",
                    f"{count(rules.pile_kept_out_reports, 'report')} or {share(rules.pile_kept_out_share)} of all",
                ),
                (
                    "A problem came back after",
                    f"{count(rules.recurrence_min_incidents, 'new incident')} in {rules.recurrence_watch_days} days",
                ),
                ("Times are shown in", str(settings.zone)),
                ("Distances are measured in", f"EPSG:{epsg}" if epsg else "chosen with the first refresh"),
                ("Base map", settings.base_map.attribution if settings.base_map else "Own streets, none from outside"),
            ]
        )
    )


def store_kind(url: str) -> str:
    """Return what kind of store an address names, without its password or path."""
    scheme = urlsplit(url).scheme
    return "PostgreSQL database" if scheme.startswith("postgres") else "File on this computer (SQLite)"


def _span(desk: Desk, counts: StoreCounts) -> str:
    told = between(counts.oldest_report_at, counts.newest_report_at, desk.zone)
    newest = counts.newest_report_at
    ahead = newest is not None and local_day(newest, desk.zone) > desk.today
    return f"{told} (a report is dated in the future)" if ahead else told


def show_health(desk: Desk, settings: Settings) -> None:
    """Draw what the store holds and what its checks say."""
    counts = desk.store.counts()
    latest = desk.store.latest_refresh()
    held = (
        f"{moment(latest.started_at, desk.zone)}, up to {day(latest.as_of)}, took {duration(latest.duration_s)}"
        if latest
        else "never"
    )
    draw(
        facts(
            [
                ("Store", store_kind(settings.store_url)),
                ("Reports", f"{counts.reports:,}, {counts.placed:,} with a place"),
                ("From", _span(desk, counts)),
                ("Problems and actions", f"{counts.problems:,} and {counts.actions:,}"),
                ("Imports and refreshes", f"{counts.batches:,} and {counts.refreshes:,}"),
                ("Hot spots were last looked for", held),
            ]
        )
    )
    rows = [
        (
            check.name.capitalize(),
            "Look at this" if not check.ok else "Notice" if check.is_warning else "In order",
            check.message,
        )
        for check in check_store(settings.store_url)
    ]
    rows.append(_audit_row(desk))
    draw(table("Checks of the store", ("What", "State", "Found"), rows))
    if desk.principal.has(Role.ADMIN, Role.COORDINATOR, Role.COMMAND):
        st.button("Check the record of changes now", key="check-audit", on_click=_check_record)


def _audit_row(desk: Desk) -> tuple[str, str, str]:
    last = last_verification(desk.store)
    if last is None:
        return "Record of changes", "Notice", "Nobody has checked yet that it is unaltered."
    at, found = last
    told = f"Checked {moment(at, desk.zone)}. {audit_words(found)}"
    return "Record of changes", "In order" if found.ok else "Look at this", told


def _check_record() -> None:
    """Check the whole chain; a million changes take some seconds."""
    desk = this_desk()
    with st.spinner("Checking the record of changes"):
        verify_and_note(desk.store, desk.clock)
