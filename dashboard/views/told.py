"""You said, we did: the verified fixes of a place and a time as residents may be told of them, and the files."""

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import streamlit as st

from dashboard import session
from dashboard.design import Html
from dashboard.handouts import handouts
from dashboard.parts.area_choice import area_asked, choose_area, put
from dashboard.parts.desk import Desk, this_desk
from dashboard.parts.markup import address, draw, element, joined, link, page_head, section, show_sheet, terms
from dashboard.parts.nothing_known import nothing_known
from dashboard.parts.notices import empty, refusal, remark
from dashboard.remembered import Remembered
from dashboard.wording import count, day
from data.told_files import TOLD_RENDERERS, told_file_name
from problems.errors import InputRefused, ProblemError
from problems.fixes.digest import REPORT_AT, Digest, Fix, Period, Shot
from problems.problem import problem_ref
from problems.seeing import whole
from problems.sharing import EVERYWHERE
from problems.use_cases.telling_fixes import note_fixes_told, tell_fixes
from problems.visits import Purpose

PATH: Final = "told"
_TITLE: Final = "You said, we did"
_LEAD: Final = "What residents reported, what was done about it, and whether it held: a page to publish or to print."
_FROM, _TO = "from", "to"
_KEYS: Final = {name: f"told-{name}" for name in (_FROM, _TO)}
_FILES: Final = "told-files"
_REPORT_AT: Final = "told-report-at"
_NAMES: Final = {".html": "page for a browser", ".pdf": "PDF"}
_SHEET: Final = Path(__file__).parents[1] / "assets" / "told.css"
_made: Final = Remembered(most=12, one_at_a_time=True)


def show() -> None:
    """Draw the page."""
    desk = this_desk()
    show_sheet()
    st.html(_SHEET)
    if nothing_known(desk, _TITLE, _LEAD, "Fixes are told of reports and problems."):
        return
    page_head(_TITLE, _LEAD)
    if not desk.store.problems():
        _nothing(desk)
        return
    try:
        period = _period(desk)
    except InputRefused as refused:
        refusal(refused)
        for name in (_FROM, _TO):
            st.query_params.pop(name, None)
        period = _period(desk)
    area = area_asked()
    _choices(desk, period)
    try:
        with st.spinner("Looking for verified fixes"):
            digest = _digest(desk, period, area)
    except ProblemError as refused:
        refusal(refused)
        return
    draw(element("p", digest.sentence, css="fx-reading"))
    if digest.unfinished:
        remark(digest.unfinished)
    _files(desk, digest)
    _preview(desk, digest)


def _nothing(desk: Desk) -> None:
    if desk.on is not None:
        empty(f"No problem was known on {day(desk.on)}", "Choose a later day under Display.")
        return
    empty("There is no problem yet", "Fixes are told once somebody has verified them.", [("/", "Go to the map")])


def _known_on(desk: Desk) -> date:
    return desk.on or desk.today


def _period(desk: Desk) -> Period:
    """Return the months of the days that the address asks for; without any the last three whole months."""
    known = _known_on(desk)
    last = known.replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    for _ in range(2):
        first = (first - timedelta(days=1)).replace(day=1)
    return Period.of_months(_day(_FROM, first), _day(_TO, last))


def _day(name: str, usual: date) -> date:
    told = st.query_params.get(name, "")
    if not told:
        return usual
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise InputRefused(f"“{told[:40]}” is not a day.", "", "Write the day as 2026-09-30.") from None


def _choices(desk: Desk, period: Period) -> None:
    st.session_state[_KEYS[_FROM]], st.session_state[_KEYS[_TO]] = period.first, period.last
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="told-choices"):
        choose_area(desk, "told-area")
        for name, label in ((_FROM, "Verified from"), (_TO, "to")):
            st.date_input(
                label, format="DD/MM/YYYY", key=_KEYS[name], on_change=_put, args=(name,), width=150,
                min_value=date(1950, 1, 1), max_value=date(2199, 12, 31),
                help="Whole months are told, so that no page tells a day: any day stands for its month.",
            )  # fmt: skip


def _put(name: str) -> None:
    chosen = st.session_state.get(_KEYS[name])
    put(name, chosen.isoformat() if isinstance(chosen, date) else "")
    # The other end of the time stays as it was shown, also where it was the usual one.
    other = _TO if name == _FROM else _FROM
    stays = st.session_state.get(_KEYS[other])
    if chosen and isinstance(stays, date):
        put(other, stays.isoformat())


def _digest(desk: Desk, period: Period, area: str) -> Digest:
    store = whole(session.get_store())
    known = _known_on(desk)
    words = str(st.session_state.get(_REPORT_AT) or "")
    asking = (store, desk.principal, session.get_clock(), desk.seed)
    return _made.once(
        "told",
        (store, store.version(), desk.today),
        lambda: tell_fixes(*asking, period=period, zone=desk.zone, area=area, known_on=known, report_at=words),
        key=(period.first, period.last, area, known, words, desk.principal),
    )


def _files(desk: Desk, digest: Digest) -> None:
    """Draw what makes the files; that one was made for the public is kept in the record."""
    made: dict[str, tuple[str, str, str]] = st.session_state.setdefault(_FILES, {})
    name = told_file_name(digest)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="told-ways"):
        for suffix, render in TOLD_RENDERERS.items():
            first = suffix == ".html"
            if st.button(
                f"Make the {_NAMES[suffix]}", key=f"told-make{suffix}", type="primary" if first else "secondary"
            ):
                with st.spinner(f"Making the {_NAMES[suffix]}"):
                    content = render(digest)
                asking = (whole(session.get_store()), desk.principal, session.get_clock(), desk.seed)
                note_fixes_told(*asking, digest=digest, file_name=f"{name}{suffix}")
                made[suffix] = (name, digest.report_at, handouts.keep(f"{name}{suffix}", content))
    if desk.on is not None:
        remark("Making a file changes nothing that is told here. That it was made goes into the record of today.")
    for suffix, (of, words, token) in made.items():
        if (of, words) == (name, digest.report_at) and handouts.is_waiting(token):
            way = link(f"/api/handout/{token}", f"Download {name}{suffix}")
            draw(element("p", way, " It is handed out once. That it was made is in the record.", role="status"))
    with st.expander("Where residents report"):
        st.text_input(
            "One sentence for the end of the page",
            key=_REPORT_AT,
            placeholder=REPORT_AT,
            max_chars=300,
            help="A web address, a telephone number, an office: as residents should read it.",
        )


def _preview(desk: Desk, digest: Digest) -> None:
    shown = f"{digest.place}, {digest.period.words}, as known on {day(digest.known_on)}"
    section("What residents will read", shown)
    if not digest.fixes:
        remark(
            "The file says so in one sentence. A fix is told once somebody who did not do the work has been there and "
            "its problem is “Fix verified”."
        )
    has_photos = desk.principal.has(*EVERYWHERE)
    months: dict[date, list[Fix]] = {}
    for fix in digest.fixes:
        months.setdefault(fix.verified_in, []).append(fix)
    for month, fixes in months.items():
        heading = element("h3", f"{month:%B %Y}", css="fx-told-month")
        draw(
            element(
                "section",
                heading,
                joined(_fix(one, has_photos=has_photos) for one in fixes),
                aria_label=f"{month:%B %Y}",
            )
        )
    bare = sum(one.before is None or one.after is None for one in digest.fixes if one.street)
    if bare:
        remark(
            f"{count(bare, 'fix', 'fixes')} of those with a street {'has' if bare == 1 else 'have'} no pair of photos "
            "that residents may see: a coordinator allows photos on the page of the problem, under Evidence."
        )
    draw(element("p", f"{digest.report_at}", css="fx-quiet"))


def _fix(fix: Fix, *, has_photos: bool) -> Html:
    ref = problem_ref(fix.problem_id)
    way = link("/problem", f"Open {ref}", query={"problem": ref})
    title = element("h4", fix.title, " ", element("small", way), css="fx-told-title")
    rows = (("You said", fix.said), ("We did", fix.did), ("Checked", fix.checked), ("Since then", fix.held_words))
    shots = [
        _shot(side, one, is_shown=has_photos)
        for side, one in (("Before", fix.before), ("After", fix.after))
        if one is not None
    ]
    photos = element("div", joined(shots), css="fx-photos") if shots else Html("")
    return element("article", title, terms(rows), photos, css="fx-told")


def _shot(side: str, shot: Shot, *, is_shown: bool) -> Html:
    caption = element("figcaption", element("p", f"{side}. {shot.alt}"))
    if not shot.content or not is_shown:
        why = "The picture is in the file." if shot.content else "The picture is not kept any more."
        gone = element("p", why, css="fx-photo-missing")
        return element("figure", gone, caption, css="fx-photo")
    source = address(f"/api/photos/{shot.photo_id}/{Purpose.THUMBNAIL}")
    picture = element("img", src=source, alt=f"{side}: {shot.alt}", loading="lazy")
    return element("figure", picture, caption, css="fx-photo")
