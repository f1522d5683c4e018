"""The child process: limits itself, reads the one file in its folder and says what it holds.

Started by :mod:`data.reading.guarded` only. Whatever goes wrong is told as a refusal in words.
"""

import json
import os
import signal
import struct
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol

from data.reading.blocks import Block
from data.reading.drivers import ALLOWED_DRIVERS
from data.reading.formats import Kind
from problems.errors import InputRefused

#: Resident memory that a child may come to, imports and all.
MEMORY_BYTES: Final = 480 << 20
#: PR_SET_PDEATHSIG of <sys/prctl.h>.
_END_WITH_PARENT: Final = 1
_CPU_S: Final = 1_800
_WRITTEN_BYTES: Final = 1 << 20
_MAX_FRAME_BYTES: Final = 60 << 20
_READERS: Final = {
    Kind.JSON: "json_tables",
    Kind.XML: "xml_tables",
    Kind.WORKBOOK: "spreadsheets",
    Kind.GEOPACKAGE: "layer_tables",
    Kind.SHAPEFILE: "layer_tables",
    Kind.PARQUET: "parquet_tables",
}

#: Seconds between two words of how far the work is.
_TELL_S: Final = 0.5

#: Tells what is being done and how far it is (0 to 1). Call it for every record: it speaks up from time to time.
Tell = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Opened:
    """What a reader found in a file. ``layout`` spares it the first pass when the file is opened again."""

    header: tuple[str, ...]
    format_name: str
    blocks: Iterable[tuple[Block, float]]
    notes: tuple[str, ...] = ()
    layout: Mapping[str, Any] = field(default_factory=dict)


class _Reader(Protocol):
    def open_table(self, path: Path, tell: Tell, layout: Mapping[str, Any] | None) -> Opened: ...

    def features(self, path: Path, tell: Tell) -> Iterable[tuple[Mapping[str, str], Mapping[str, Any]]]: ...


class _WithoutPandas:
    """Says that there is no pandas: the libraries here work without it and start a second sooner."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> None:
        if name in {"pandas", "geopandas"}:
            raise ModuleNotFoundError(name)


class Mouth:
    """Says frames to the parent."""

    def __init__(self) -> None:
        # What a library prints must not be taken for a frame.
        self._out = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        self._doing, self._told_at = "", 0.0

    def say(self, tag: bytes, payload: bytes) -> None:
        """Say one frame."""
        if len(payload) > _MAX_FRAME_BYTES:
            raise InputRefused("", "Its rows are larger than those of any table of reports.", "Export fewer columns.")
        self._out.write(struct.pack(">cI", tag, len(payload)) + payload)
        self._out.flush()

    def tell(self, doing: str, share: float) -> None:
        """Say from time to time what is being done and how far it is (0 to 1)."""
        now = time.monotonic()
        if doing == self._doing and now - self._told_at < _TELL_S:
            return
        self._doing, self._told_at = doing, now
        self.say(b"P", json.dumps({"doing": doing, "share": share}).encode())

    def refuse(self, error: InputRefused, trace: str = "") -> None:
        """Say why the file is refused."""
        told = {"asked": error.asked, "why": error.why, "possible": error.possible, "trace": trace}
        self.say(b"R", json.dumps(told).encode())


def main() -> None:
    """Read the file of the kind and for the task that the command line names."""
    kind, task = Kind(sys.argv[1]), sys.argv[2]
    end_with_parent()
    sys.meta_path.insert(0, _WithoutPandas)
    # The JSON parser falls over a whole number of more digits than Python's limit; the clock of the parent ends it.
    sys.set_int_max_str_digits(0)
    _keep_to_allowed_drivers(kind)
    mouth = Mouth()
    try:
        reader: _Reader = import_module(f"data.reading.{_READERS[kind]}")
        limit()
        mouth.tell("Opening the file", 0.0)
        _work(kind, task, reader, mouth)
        mouth.say(b"D", b"")
    except InputRefused as error:
        mouth.refuse(error)
    except MemoryError:
        mouth.refuse(InputRefused("", "It needs more memory than a table may take.", "Export it as CSV."))
    except RecursionError:
        mouth.refuse(InputRefused("", "It is nested deeper than any table of reports.", "Export it as CSV."))
    except BrokenPipeError:
        os._exit(1)
    except Exception as error:  # noqa: BLE001 - whatever a hostile file brings about is a refusal; the cause is kept
        why = f"It is damaged or of an unknown kind ({type(error).__name__})."
        mouth.refuse(
            InputRefused("", why, "Export it again, as CSV if possible."), traceback.format_exc(limit=8)[:8000]
        )
    # No time is lost on taking apart what was read.
    os._exit(0)


def end_with_parent() -> None:
    """Have the system end this process when its parent is killed, which then cannot do it."""
    if sys.platform != "linux":  # pragma: no cover - elsewhere the pipe breaks at the next word
        return
    import ctypes

    ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if os.environ.get("READER_OF_FIXPOINT", str(os.getppid())) != str(os.getppid()):
        os._exit(1)  # it was killed before this was said


def _work(kind: Kind, task: str, reader: _Reader, mouth: Mouth) -> None:
    from data.reading.guarded import FILE_NAMES

    path = Path(FILE_NAMES[kind])
    if task == "features":
        for properties, geometry in reader.features(path, mouth.tell):
            mouth.say(b"F", json.dumps([properties, geometry]).encode())
        return
    kept = Path("layout.json")
    layout = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else None
    opened = reader.open_table(path, mouth.tell, layout)
    head = {
        "header": opened.header,
        "format": opened.format_name,
        "notes": opened.notes,
        "layout": dict(opened.layout),
    }
    mouth.say(b"H", json.dumps(head).encode())
    for block, share in opened.blocks:
        mouth.say(b"B", _packed(block, share))


def _packed(block: Block, share: float) -> bytes:
    import pyarrow as pa

    names = ["line", *(str(place) for place in range(len(block.columns)))]
    told = {"share": share, "faults": [(row.line, list(row.cells), row.fault) for row in block.faults]}
    columns = [pa.array(block.lines, pa.int64()), *block.columns]
    batch = pa.RecordBatch.from_arrays(columns, names).replace_schema_metadata({"told": json.dumps(told)})
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, batch.schema) as stream:
        stream.write_batch(batch)
    return bytes(out.getvalue())


def _keep_to_allowed_drivers(kind: Kind) -> None:
    """Start again without the map readers that only this version of the library has."""
    if _READERS[kind] != "layer_tables":
        return
    import pyogrio

    more = sorted(set(pyogrio.list_drivers()) - ALLOWED_DRIVERS)
    if not more:
        return
    if os.environ.get("READER_STARTED_AGAIN"):
        os._exit(1)
    skipped = os.environ["OGR_SKIP"] + "," + ",".join(more)
    again = {**os.environ, "OGR_SKIP": skipped, "GDAL_SKIP": skipped, "READER_STARTED_AGAIN": "1"}
    os.execve(sys.executable, sys.orig_argv, again)  # noqa: S606 - this very program again, without a shell


def limit(cpu_s: int = _CPU_S) -> None:
    """Limit memory, time and files from here on; what the imports took is known now."""
    try:
        import resource
    except ImportError:  # pragma: no cover - Windows has no such limits; the clock of the parent remains
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_WRITTEN_BYTES, _WRITTEN_BYTES))
    status = Path("/proc/self/statm")
    page = resource.getpagesize()
    mapped, resident = (int(told) * page for told in status.read_text().split()[:2]) if status.exists() else (0, 0)
    most = (mapped or MEMORY_BYTES) + MEMORY_BYTES - resident
    try:
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    except (OSError, ValueError):  # pragma: no cover - macOS has the limit but does not keep it
        return
