"""One folder for everything that this process puts aside for a while; what killed processes left is removed.

The folder is only ever this process's own. Its name tells the process; a lock on the file in it tells
that the process still runs, also where another one has been given its number since.
"""

import atexit
import os
import re
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Final

_PREFIX: Final = "fixpoint-run-"
_NAME: Final = re.compile(rf"{_PREFIX}(\d+)-\w+")
#: What earlier versions left behind.
_OLDER: Final = re.compile(r"fixpoint-(?:upload|reading)-\w+")
_OLD_S: Final = 24 * 3_600
_SIGN_OF_LIFE: Final = "alive"

_lock = Lock()
#: By process, because a fork must not take the folder of its parent for its own: the folder and its locked file.
_own: dict[int, tuple[Path, int]] = {}


def run_folder() -> Path:
    """Return the folder of this process, made when it is first asked for; nobody else can look into it."""
    with _lock:
        kept = _own.get(os.getpid())
        if kept is None or not kept[0].is_dir():
            folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
            kept = _own[os.getpid()] = (folder, _live(folder))
        return kept[0]


def put_aside(purpose: str) -> Path:
    """Return a new empty folder in that of this process; whoever asks removes it."""
    return Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=run_folder()))


def remove_own() -> None:
    """Remove the folder of this process with all that is in it; the next call of :func:`run_folder` makes another."""
    with _lock:
        kept = _own.pop(os.getpid(), None)
    if kept is not None:
        with suppress(OSError):
            os.close(kept[1])
        shutil.rmtree(kept[0], ignore_errors=True)


atexit.register(remove_own)


def sweep() -> int:
    """Remove the folders of processes that have ended without doing it; return how many."""
    swept = 0
    for folder in Path(tempfile.gettempdir()).glob("fixpoint-*"):
        with suppress(OSError):
            if _is_ours(folder) and _is_left_behind(folder):
                shutil.rmtree(folder, ignore_errors=True)
                swept += not folder.exists()
    return swept


def _is_ours(folder: Path) -> bool:
    """Tell whether it is a folder, no link to one, and of the person that this process runs for."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    return not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()


def _is_left_behind(folder: Path) -> bool:
    if _OLDER.fullmatch(folder.name):
        return _age_s(folder) > _OLD_S
    told = _NAME.fullmatch(folder.name)
    if told is None or int(told[1]) == os.getpid():
        return False
    sign = folder / _SIGN_OF_LIFE
    if sign.exists():
        return not _is_locked(sign)
    # Between making the folder and the sign of life there is a moment.
    return _age_s(folder) > _OLD_S or not _runs(int(told[1]))


def _age_s(folder: Path) -> float:
    return time.time() - folder.stat().st_mtime


def _live(folder: Path) -> int:
    """Put the sign of life into ``folder``: an open file, locked before it has its name."""
    path = folder / f"{_SIGN_OF_LIFE}.new"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    if os.name != "nt":
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
        path.rename(folder / _SIGN_OF_LIFE)
    return descriptor


def _is_locked(sign: Path) -> bool:
    import fcntl

    with sign.open("rb") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _runs(number: int) -> bool:
    if os.name == "nt":
        return True  # there signal 0 is Ctrl-C; what was left goes after a day
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
