"""What is loaded once and stays: kept out of the search for garbage that follows every run of a page.

Streamlit searches the whole memory after each run (``gc.collect(2)``), and a click that saves something runs the form
first and the page after it: with libraries, categories and reports loaded, that search was 0.1 to 0.2 s between the
click and what it changed, on every page.
"""

import gc
from threading import Lock
from typing import Final

_lock: Final = Lock()
_done: Final[set[str]] = set()


def set_aside(stage: str) -> None:
    """Take all that is in memory now out of later searches, once for each ``stage`` of this process.

    Nothing is freed later or lost by it, except rings of objects that are given up after they were set aside: hence
    once a stage, after a search, and not with every run.
    """
    with _lock:
        if stage in _done:
            return
        _done.add(stage)
        gc.collect()
        gc.freeze()
