"""What every page and route of this process works with: settings, store, clock, seed, who is asking.

The store is opened once per process, by whoever needs it first, and shared by all sessions. The
clock and the seed are handed to the use cases from here and from nowhere else.
"""

from threading import Lock

import streamlit as st

from dashboard import design
from data.settings import SEED, Settings, read_settings
from data.stores import open_store
from problems.clock import Clock, clock_in
from problems.people import LAPTOP, Person, Principal, Role
from problems.store import Store

#: The address parameter and the key of the selector "Working as".
WORKING_AS = "as"

_lock = Lock()
_kept: dict[str, object] = {}


def get_settings() -> Settings:
    """Return the settings of this installation, read once.

    Raises
    ------
    InputRefused
        When the environment or the settings file cannot be used.
    """
    with _lock:
        return _settings()


def get_store() -> Store:
    """Return the store of this process, opened on first use.

    Raises
    ------
    StoreRefused
        When it cannot be opened; the next call tries again.
    """
    with _lock:
        store = _kept.get("store")
        if store is None:
            store = _kept["store"] = open_store(_settings().store_url)
        return store  # type: ignore[return-value] # the only thing ever kept under this name


def get_clock() -> Clock:
    """Return the clock that use cases are given: its days are those of this installation."""
    return clock_in(get_settings().zone)


def get_seed() -> int:
    """Return the seed that use cases are given: the same in every run."""
    return SEED


def principal() -> Principal:
    """Return who is asking: the person chosen under “Working as”, else the one user of this computer."""
    return principal_named(str(st.session_state.get(WORKING_AS) or ""))


def principal_named(name: str) -> Principal:
    """Return who asks at one of our own addresses: whoever it names, by key or as the bar calls them.

    Without a name it is the one user here. A name that nobody has is shown what a viewer is shown: a link that was
    kept from somebody who left must not open more than theirs did.
    """
    if not name:
        return LAPTOP
    person = next((each for each in people_to_work_as() if name in (each.key, called(each))), None)
    return person.principal() if person else Principal("unknown", "Somebody unknown", frozenset({Role.VIEWER}))


def called(person: Person) -> str:
    """Return what the bar calls a person, and with it the addresses of pages."""
    return f"{person.name}, {person.role.label.lower()}"


def people_to_work_as() -> list[Person]:
    """Return the people that somebody at this computer can work as, by name."""
    return [person for person in get_store().people() if person.active]


def forget() -> None:
    """Close the store and forget the settings, so that the next call reads both again (for tests)."""
    with _lock:
        store = _kept.pop("store", None)
        _kept.clear()
        if store is not None:
            store.close()  # type: ignore[attr-defined] # a Store, see get_store


def _settings() -> Settings:
    settings = _kept.get("settings")
    if settings is None:
        settings = _kept["settings"] = read_settings()
    return settings  # type: ignore[return-value] # the only thing ever kept under this name


# -- how the reader wants it shown --

#: The address parameter and the key of the switch for high contrast.
CONTRAST = "contrast"


def is_dark() -> bool:
    """Tell whether the reader's device (or their own setting) asks for the dark theme."""
    return st.context.theme.type == "dark"


def wants_contrast() -> bool:
    """Tell whether the reader has switched high contrast on."""
    return bool(st.session_state.get(CONTRAST))


def colours() -> design.Palette:
    """Return the colours that this page is shown in, for charts and the map."""
    return design.palette(dark=is_dark(), contrast=wants_contrast())
