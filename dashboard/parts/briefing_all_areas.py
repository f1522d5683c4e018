"""The briefings of all areas of a kind in one archive: made beside the page, with progress and a way to stop."""

import streamlit as st

from dashboard import jobs, session
from dashboard.handouts import handouts
from dashboard.parts.briefing_download import NAMES
from dashboard.parts.briefing_figures import Reading
from dashboard.parts.markup import draw, element, link
from dashboard.wording import count
from data.briefing_files import RENDERERS
from data.briefing_folder import zip_of_areas
from data.calendars import working_days
from data.targets import targets_of
from data.taxonomy import names_of_kinds
from problems.areas import AreaKind
from problems.briefing.weeks import IsoWeek
from problems.progress import Progress
from problems.seeing import whole
from problems.use_cases.briefing import briefs_by_area


def show_all_areas(reading: Reading) -> None:
    """Offer one archive with the briefing of each area, its progress, and the way to it once it is there."""
    desk = reading.desk
    kinds = [kind for kind in AreaKind if whole(desk.store).areas(kind)]
    if not kinds:
        return
    name = f"briefings-{desk.principal.key}"
    with st.expander("All areas in one go", expanded=jobs.find(name) is not None):
        running = jobs.find(name)
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="briefing-all"):
            words = {str(one): f"{one.plural.capitalize()}" for one in kinds}
            kind = st.selectbox("Areas", list(words), format_func=words.__getitem__, key="briefing-all-kind", width=180)
            suffixes = [one for one in NAMES if one in RENDERERS]
            suffix = st.selectbox("As", suffixes, format_func=NAMES.__getitem__, key="briefing-all-as", width=180)
            busy = running is not None and running.is_running
            if st.button("Make all", key="briefing-all-make", disabled=busy):
                _start(reading, name, AreaKind(kind), suffix)
                st.rerun()
        ended = jobs.watch(name, done=lambda _: "The archive is made.")
        if ended is not None and isinstance(ended.result, tuple):
            _offer(ended.result)


def _start(reading: Reading, name: str, kind: AreaKind, suffix: str) -> None:
    desk, asked = reading.desk, reading.asked
    settings, store = session.get_settings(), whole(desk.store)

    def work(progress: Progress) -> tuple[str, str, int]:
        made = briefs_by_area(
            *desk.asking, week=asked.week, zone=desk.zone, settings=settings.detection, targets=targets_of(store),
            days=working_days(settings.calendar), kinds=names_of_kinds(), kind=kind, known_on=asked.known_on,
            progress=progress,
        )  # fmt: skip
        progress("Loading what was known", 0.0)
        content = zip_of_areas(made, [suffix], settings.paper, known_on=asked.known_on)
        file_name = _file_name(asked.week, kind, suffix, asked.known_on.isoformat())
        return file_name, handouts.keep(file_name, content), len(store.areas(kind))

    jobs.dismiss(name)
    jobs.start(name, work, title=f"{desk.principal.name} makes the briefings of all {kind.plural}")


def _file_name(week: IsoWeek, kind: AreaKind, suffix: str, known: str) -> str:
    return f"briefings-{week}-{kind.plural}-{suffix.removeprefix('.')}-known-{known}.zip"


def _offer(made: tuple[object, ...]) -> None:
    file_name, token, areas = str(made[0]), str(made[1]), made[2]
    if not handouts.is_waiting(token):
        draw(element("p", "It was handed out, or waited for too long: make it again.", css="fx-quiet"))
        return
    number = count(areas, "area") if isinstance(areas, int) else ""
    words = f"Download {file_name}"
    draw(element("p", link(f"/api/handout/{token}", words), f" {number}. It is handed out once.", role="status"))
