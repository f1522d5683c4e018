"""What ``doctor`` looks at: Python, packages, settings, base map, mail server, store and its record of changes.

It changes nothing, but that it notes in the store when the record was checked.
"""

import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from dashboard.commands.output import FINE, WRONG, Output
from data.auditing import checked_where_possible
from data.mail import check_mail
from data.settings import Settings, read_settings
from data.stores import Check, check_store
from problems.clock import utc_now
from problems.errors import ProblemError
from problems.progress import Progress

LOCK = Path(__file__).resolve().parents[2] / "requirements.txt"

_LEAST_PYTHON = (3, 11)
_PINNED = re.compile(r"^([A-Za-z0-9._-]+==[^\s\\;]+(?:\s*;[^\\]*)?)", re.MULTILINE)
_NAMED_AT_MOST = 5


def run_doctor(output: Output, *, noted: str = "") -> int:
    """Run every check, say what was found, and return 1 where something is wrong.

    ``noted`` is the last hash of the record of changes as it was written down some day.
    """
    checks = list(_checks(output.progress, noted))
    ok = all(check.ok for check in checks)
    values = {
        "ok": ok,
        "checks": [
            {"name": check.name, "ok": check.ok, "warning": check.is_warning, "message": check.message}
            for check in checks
        ],
    }
    marks = {(True, False): "ok     ", (True, True): "notice ", (False, False): "WRONG  ", (False, True): "WRONG  "}
    lines = [f"{marks[check.ok, check.is_warning]} {check.name}: {check.message}" for check in checks]
    output.answer(values, [*lines, "Everything is in order." if ok else "Something is wrong: see above."])
    return FINE if ok else WRONG


def _checks(progress: Progress, noted: str) -> Iterator[Check]:
    yield _python()
    yield check_packages(LOCK.read_text(encoding="utf-8"))
    try:
        settings = read_settings()
    except ProblemError as refusal:
        yield Check("settings", False, str(refusal))
        return
    days = settings.detection.window_days
    yield Check("settings", True, f"Times are shown in {settings.zone}; a refresh looks at the last {days} days.")
    yield _base_map(settings)
    yield check_mail(settings.mail)
    found = check_store(settings.store_url)
    yield from found
    # Opening an older store would change its schema, which is not for a check to do.
    is_newest = any(check.name == "schema" and not check.is_warning for check in found)
    if is_newest and all(check.ok for check in found):
        yield from checked_where_possible(settings.store_url, utc_now, progress, noted)


def _python() -> Check:
    found = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info >= _LEAST_PYTHON:
        return Check("python", True, f"Python {found}.")
    return Check("python", False, f"Python {found} is too old: 3.11 or newer is needed.")


def check_packages(lock: str) -> Check:
    """Compare what is installed with ``lock``, the text of the locked list."""
    from packaging.requirements import Requirement

    wanted = [Requirement(line) for line in _PINNED.findall(lock)]
    here = [one for one in wanted if one.marker is None or one.marker.evaluate()]
    wrong = [difference for one in here if (difference := _difference(one.name, str(one.specifier)[2:]))]
    if not here:
        return Check("packages", False, "The locked list of packages is empty.")
    if wrong:
        named = "; ".join(wrong[:_NAMED_AT_MOST]) + (" …" if len(wrong) > _NAMED_AT_MOST else "")
        repair = "Install the locked list: python -m pip install --require-hashes -r requirements.txt"
        return Check("packages", False, f"{len(wrong)} of {len(here)} differ from requirements.txt: {named}. {repair}")
    return Check("packages", True, f"All {len(here)} packages are the locked ones.")


def _difference(name: str, wanted: str) -> str:
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        return f"{name} is missing"
    return "" if found == wanted else f"{name} is {found}, locked is {wanted}"


def _base_map(settings: Settings) -> Check:
    if settings.base_map is None:
        return Check("base map", True, "None is set: the store’s own streets are drawn.")
    return Check("base map", True, f"Tiles come from {urlsplit(settings.base_map.url).hostname}.")
