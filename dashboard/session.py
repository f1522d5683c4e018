"""What every page and route of this process works with: settings, store, clock, seed, who is asking.

The store is opened once per process, by whoever needs it first, and shared by all sessions. The
clock and the seed are handed to the use cases from here and from nowhere else.
"""

from datetime import date
from threading import Lock

import streamlit as st

from dashboard import design
from data.settings import SEED, Settings, read_settings
from data.stores import open_store
from problems.clock import Clock, clock_in
from problems.errors import NotFound
from problems.people import LAPTOP, Person, Principal
from problems.sample_city import ALL_SYNTHETIC, SYNTHETIC_FACT
from problems.seeing import seen_by, whole
from problems.store import Store

#: The address parameter and the key of the selector of the person that one works, or looks, as.
WORKING_AS = "as"

#: Somebody who was chosen and has left: no role at all.
GONE = Principal("", "Somebody who has left", frozenset())

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
    """Return who is asking: the person chosen in the bar, else the one user of this computer.

    Whoever has left since they were chosen is nobody: what stood open in their name is not done in that of the one
    user, who may do everything.
    """
    person = person_chosen()
    if person is not None:
        return person.principal()
    return GONE if st.session_state.get(WORKING_AS) else LAPTOP


def person_chosen() -> Person | None:
    """Return the person that this reader works or looks as, None for the one user of this computer."""
    key = str(st.session_state.get(WORKING_AS) or "")
    return next((person for person in people_to_work_as() if person.key == key), None)


def principal_named(told: str) -> Principal:
    """Return who asks at one of our own addresses: the person whose key or label it carries.

    Raises
    ------
    NotFound
        When it names somebody who is not there (any more): such a request is not answered as if it were
        from the one user of this computer.
    """
    if not told:
        return LAPTOP
    known = people_to_work_as()
    person = next((one for one in known if told in (one.key, person_label(one))), None)
    if person is None:
        raise NotFound("This was asked for somebody who is not known here.", "", "Choose yourself in the bar above.")
    return person.principal()


def people_to_work_as() -> list[Person]:
    """Return the people that somebody at this computer can work as, by name."""
    return [person for person in get_store().people() if person.active]


def person_label(person: Person) -> str:
    """Return what a person is called where one is chosen: name, role and organisation."""
    names = {each.id: each.name for each in get_store().organisations()}
    parts = [person.name, person.role.label.lower(), names.get(person.organisation_id or 0, "")]
    return ", ".join(part for part in parts if part)


def is_sample_city() -> bool:
    """Tell whether everything in the store is made up, so that anybody may look at it with anybody's eyes."""
    return get_store().fact(SYNTHETIC_FACT) == ALL_SYNTHETIC


def seen_store(who: Principal | None = None) -> Store:
    """Return the store as the one who is asking (or ``who``) sees it.

    One for each of them, as long as the store is open: what is worked out once is kept by the store it is of.
    """
    who = who or principal()
    store = get_store()
    seen = seen_by(store, who)
    if seen is store:
        return store
    key = f"seen by {who.key} {sorted(who.roles)} {who.organisation_id} {who.name}"
    with _lock:
        kept: Store | None = _kept.get(key)  # type: ignore[assignment] # only stores are kept under these names
        if kept is None or whole(kept) is not store:
            kept = _kept[key] = seen
        return kept


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
#: The address parameter and the key of the past day that is looked at.
ON = "on"


_STAYS = "fx_stays"


def stays() -> dict[str, str]:
    """Return what belongs into the address of every page, as :func:`keep_stays` found it in this run."""
    kept: dict[str, str] = st.session_state.get(_STAYS, {})
    return kept


def keep_stays() -> None:
    """Work out what belongs into every address: who looks, how it is shown, and as known on which day.

    Once in each run, when the bar is drawn: a page has hundreds of links, and who looks is asked of the store.
    """
    person, on = person_chosen(), st.session_state.get(ON)
    found = {WORKING_AS: person_label(person) if person else "", CONTRAST: "true" if wants_contrast() else ""}
    found[ON] = on.isoformat() if isinstance(on, date) else ""
    st.session_state[_STAYS] = {name: value for name, value in found.items() if value}


def is_dark() -> bool:
    """Tell whether the reader's device (or their own setting) asks for the dark theme."""
    return st.context.theme.type == "dark"


def wants_contrast() -> bool:
    """Tell whether the reader has switched high contrast on."""
    return bool(st.session_state.get(CONTRAST))


def colours() -> design.Palette:
    """Return the colours that this page is shown in, for charts and the map."""
    return design.palette(dark=is_dark(), contrast=wants_contrast())
