"""The questions of a report that is written down, and what was answered so far.

The answers live in the session under their keys, so that a refusal never takes a word away.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import streamlit as st

from dashboard import session
from dashboard.parts.desk import Desk
from dashboard.parts.markup import draw, element, section
from dashboard.parts.notices import refusal, remark
from dashboard.parts.place_picker import read_place, show_place_picker
from dashboard.parts.reports_table import taxonomy
from dashboard.wording import count
from data.reading.masks import mask_contacts
from data.sealing import sealer_to_seal
from problems.areas import AreaKind
from problems.entries import Caller, Channel, Entry
from problems.errors import InputRefused, ProblemError
from problems.naming import Names
from problems.receipts import new_receipt

_PREFIX: Final = "rep_"
RECEIPT: Final = f"{_PREFIX}receipt"
REFUSED: Final = f"{_PREFIX}refused"
SAVED: Final = f"{_PREFIX}saved"
_CATEGORY, _TEXT, _CHANNEL, _DAY, _TIME = (
    f"{_PREFIX}{name}" for name in ("category", "text", "channel", "day", "time")
)
_POINT, _ADDRESS, _AREA, _ASSET = (f"{_PREFIX}{name}" for name in ("point", "address", "area", "asset"))
_NAME, _PHONE, _EMAIL = (f"{_PREFIX}{name}" for name in ("name", "phone", "email"))
_NO_AREA: Final = 0  # "not chosen": a select box cannot hold None among other choices


def begin(desk: Desk) -> None:
    """Give a new form its receipt number and the time that it is now; an open one stays as it is."""
    if RECEIPT in st.session_state:
        return
    now = desk.clock().astimezone(desk.zone)
    st.session_state[RECEIPT] = new_receipt(secrets.choice)
    st.session_state[_DAY] = now.date()
    st.session_state[_TIME] = now.time().replace(second=0, microsecond=0)


def clear() -> None:
    """Forget everything that was typed, the contact above all."""
    for key in [key for key in st.session_state if str(key).startswith(_PREFIX)]:
        del st.session_state[key]


def receipt() -> str:
    """Return the receipt number of the open form."""
    return str(st.session_state.get(RECEIPT, ""))


# -- the questions --


def ask_what(desk: Desk) -> None:
    """Ask what it is about, what was seen, when, and how it came in."""
    section("What it is about")
    categories = taxonomy().categories
    st.selectbox(
        "Category",
        sorted(categories, key=lambda code: (categories[code].group.label, categories[code].name)),
        index=None,
        format_func=lambda code: f"{categories[code].group.label}: {categories[code].name}",
        placeholder="Choose, or type a word of it",
        key=_CATEGORY,
    )
    st.text_area(
        "What was seen",
        key=_TEXT,
        height=110,
        placeholder="Lamp by the crossing is out, the path is dark",
    )
    masked = mask_contacts(st.session_state.get(_TEXT) or "")[1]
    if masked:
        told = f"{count(masked, 'contact detail')} will be taken out of the text when it is saved."
        remark(f"{told} Put it under “Who told us” instead.", tone="accent")
    else:
        remark("Write no names and no number plates: many people read this text.")
    with st.container(horizontal=True, gap="small", key="rep-when"):
        st.date_input("Day it happened", None, None, desk.today, key=_DAY, format="DD/MM/YYYY", width=170)
        st.time_input("Time", None, key=_TIME, step=60, width=130)
        st.selectbox(
            "How it came in",
            list(Channel),
            index=None,
            format_func=lambda channel: Channel(channel).label,
            placeholder="Choose",
            key=_CHANNEL,
            width=190,
        )


def ask_where(desk: Desk) -> None:
    """Ask for the place: on the map, or typed."""
    section("Where it is", "press the map, or type it")
    try:
        lon_lat = read_place(st.session_state.get(_POINT) or "")
    except InputRefused:
        lon_lat = None
    show_place_picker(desk, lon_lat, key="rep-map", into=_POINT)
    st.text_input("Latitude, longitude", key=_POINT, placeholder="53.80010, -1.54900")
    _say_area(desk)
    st.text_input("Address or description of the place", key=_ADDRESS, placeholder="By the crossing, 12 Mill Lane")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        wards = {area.id: area.name for area in desk.store.areas(AreaKind.WARD)}
        st.selectbox(
            "Ward",
            [_NO_AREA, *wards],
            format_func=lambda number: wards.get(number, "Not chosen"),
            key=_AREA,
            disabled=lon_lat is not None,
            help="Only where no point is known; with a point it follows from the boundaries.",
        )
        st.text_input("Asset number", key=_ASSET, placeholder="L-0417")


def _say_area(desk: Desk) -> None:
    typed = st.session_state.get(_POINT) or ""
    try:
        lon_lat = read_place(typed)
    except InputRefused as wrong:
        refusal(wrong)
        return
    if lon_lat is None or not (-180 <= lon_lat[0] <= 180 and -90 <= lon_lat[1] <= 90):
        return
    area = Names(desk.store).area(lon_lat)
    if area:
        remark(f"In {area}.")
    elif desk.store.areas():
        remark("This point lies in none of the known wards: look at the map once more.", tone="accent")


def ask_who() -> None:
    """Ask who told of it; kept apart from the report."""
    with st.expander("Who told us (only if they want to be called back)"):
        kept = "Kept apart and sealed. Only officers and coordinators can open it, and every look is noted."
        draw(element("p", f"{kept} It goes 90 days after the report is closed.", css="fx-quiet"))
        with st.container(horizontal=True, gap="small"):
            st.text_input("Name", key=_NAME, autocomplete="off")
            st.text_input("Telephone", key=_PHONE, autocomplete="off")
            st.text_input("E-mail", key=_EMAIL, autocomplete="off")


# -- the answers --


@dataclass(frozen=True, slots=True)
class Answered:
    """What was typed so far; ``wrong`` says which answer cannot be read."""

    entry: Entry
    caller: Caller
    wrong: ProblemError | None = None


def answered(desk: Desk) -> Answered:
    """Return what was typed so far."""
    wrong: ProblemError | None = None
    lon_lat: tuple[float, float] | None = None
    try:
        lon_lat = read_place(_text(_POINT))
    except InputRefused as refused:
        wrong = refused
    day, time = st.session_state.get(_DAY), st.session_state.get(_TIME)
    entry = Entry(
        category=_text(_CATEGORY),
        text=_text(_TEXT),
        channel=_text(_CHANNEL),
        occurred_at=datetime.combine(day, time, tzinfo=desk.zone) if day and time else None,
        lon_lat=lon_lat,
        address=_text(_ADDRESS),
        asset=_text(_ASSET),
        area_id=None if lon_lat else st.session_state.get(_AREA) or None,
    )
    return Answered(entry, Caller(_text(_NAME).strip(), _text(_PHONE).strip(), _text(_EMAIL).strip()), wrong)


def _typed(desk: Desk) -> object:
    """Return what tells one state of the form from another."""
    now = answered(desk)
    return now.entry, now.caller, _text(_POINT)


def refuse(desk: Desk, error: ProblemError) -> None:
    """Keep why what is typed now was not saved."""
    st.session_state[REFUSED] = (error, _typed(desk))


def refused(desk: Desk) -> ProblemError | None:
    """Return why what is typed was not saved; nothing any more once an answer has changed."""
    error, typed = st.session_state.get(REFUSED, (None, None))
    if isinstance(error, ProblemError) and typed == _typed(desk):
        return error
    forget_refusal()
    return None


def forget_refusal() -> None:
    """Forget why the form was not saved."""
    st.session_state.pop(REFUSED, None)


def _text(key: str) -> str:
    return str(st.session_state.get(key) or "")


def sealed_caller(caller: Caller) -> tuple[bytes | None, str]:
    """Return the sealed contact (None without one) and the one-way key of the reporter."""
    if caller.is_empty:
        return None, ""
    sealer = sealer_to_seal(session.get_store(), session.get_settings().store_url)
    return sealer.seal(caller), sealer.reporter_key(caller)
