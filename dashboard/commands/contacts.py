"""What ``contacts`` does, and what ``serve`` and ``refresh`` do by the way: drop contacts whose time is over."""

from dashboard.commands.opening import opened_store
from dashboard.commands.output import FINE, Output, count
from data.settings import SEED
from problems.clock import utc_now
from problems.people import SYSTEM
from problems.store import Store
from problems.use_cases.contacting import KEPT_DAYS, drop_old_contacts


def run_contacts(output: Output) -> int:
    """Drop the contacts of reports that were closed long enough ago, and say how many stay."""
    with opened_store() as (store, _settings):
        dropped = drop_old_contacts(store, SYSTEM, utc_now, SEED)
        kept = len(store.reports_with_contact())
    told = f"Dropped {count(dropped, 'contact')} of reports that were closed more than {KEPT_DAYS} days ago"
    output.answer({"dropped": dropped, "kept": kept}, [f"{told}; {count(kept, 'contact')} kept."])
    return FINE


def drop_quietly(output: Output, store: Store) -> None:
    """Drop what is due and say so only where there was something."""
    dropped = drop_old_contacts(store, SYSTEM, utc_now, SEED)
    if dropped:
        output.note(f"Dropped {count(dropped, 'contact')} of reports that were closed more than {KEPT_DAYS} days ago.")
