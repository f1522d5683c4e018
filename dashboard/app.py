"""The web application: ``streamlit run dashboard/app.py`` or ``python -m dashboard serve``.

Pages, our own addresses and their guards live in one process; :mod:`dashboard.shell` is the script
that draws the pages.
"""

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

# Started by Streamlit, the path begins with dashboard/, where our modules would hide others.
_HERE = Path(__file__).resolve().parent
sys.path[:] = [str(_HERE.parent), *(entry for entry in sys.path if Path(entry or ".").resolve() != _HERE)]

import streamlit as st  # noqa: E402 - the path comes first
from starlette.concurrency import run_in_threadpool  # noqa: E402 - as above
from starlette.middleware import Middleware  # noqa: E402 - as above
from streamlit import config  # noqa: E402 - as above

from dashboard import design, session  # noqa: E402 - as above
from dashboard.lasting import set_aside  # noqa: E402 - as above
from dashboard.mapping import points as map_points  # noqa: E402 - as above
from dashboard.routes import AllowedHosts, OwnOriginOnly, routes  # noqa: E402 - as above
from data import run_folder  # noqa: E402 - as above
from data.calendars import working_days  # noqa: E402 - as above
from geo import engine  # noqa: E402 - as above
from problems.errors import ProblemError  # noqa: E402 - as above

_log = logging.getLogger("fixpoint")


def warm() -> None:
    """Open the store, read the reports and load the map's library, so that the first map is quick.

    The pages themselves are imported by their first run: streamlit-folium registers its component
    with the running server, and finds none here.
    """
    import_module("folium")
    try:
        store = session.get_store()
        working_days(session.get_settings().calendar)
        points = map_points.cache.get(store)
        if len(points.points):
            points.cells(map_points.FINEST)
        if len(points.points) >= engine.WORTH_LOADING:
            # Beside the first pages: the first refresh finds them loaded, and a small store does without.
            Thread(target=engine.load, name="load-kernels", daemon=True).start()
    except ProblemError as refusal:
        # The pages say the same in words and try again: the server stays up, so that they can.
        _log.warning("%s", refusal)


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[None]:
    await run_in_threadpool(run_folder.sweep)
    await run_in_threadpool(warm)
    set_aside("start")
    yield
    session.forget()
    # A server that is told to stop ends by the signal, after this: nothing later would run.
    run_folder.remove_own()


def _script_error(fault: Exception) -> bool:
    """Log a bug in full and show a page that says so, instead of a traceback."""
    _log.error("A page ended with a fault", exc_info=fault)
    markup = design.error_state(
        "This page could not be drawn.",
        "The program made a mistake; nothing was changed by it.",
        "Load the page again. If it stays, tell whoever looks after this installation: the fault is in the log.",
    )
    st.html(f'<div data-testid="fx-fault">{markup}</div>')
    return True


def _hosts() -> list[str]:
    own = [config.get_option("server.address"), config.get_option("browser.serverAddress")]
    return [*config.get_option("server.allowedHosts"), *(host for host in own if host)]


def _image_sources() -> list[str]:
    """Return the origin of the configured base map: the only place outside that pictures may come from."""
    try:
        base = session.get_settings().base_map
    except ProblemError:
        return []
    if base is None:
        return []
    parts = urlsplit(base.url)
    return [f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"]


app = st.App(
    _HERE / "shell.py",
    routes=routes(),
    middleware=[Middleware(AllowedHosts, hosts=_hosts), Middleware(OwnOriginOnly, image_sources=_image_sources)],
    lifespan=_lifespan,
    on_script_error=_script_error,
)
