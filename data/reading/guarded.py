"""Read files in a child process that has little memory, no network and one file under a fixed name.

Readers of GeoPackages, Shapefiles, workbooks, Parquet, JSON and XML are large programs that were
made to open many things. A hostile file that takes such a reader over, or makes it run without end,
finds an empty folder and a clock, and the program that shows the refusal lives on.
"""

import json
import os
import select
import shutil
import struct
import subprocess
import sys
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyarrow as pa

from data.reading.archives import open_zip, refuse_expansion, repack
from data.reading.blocks import BLOCK_ROWS, Block, Row, Table, column_names, repeated_names
from data.reading.files import FileFacts, asked_for, open_bytes
from data.reading.formats import READABLE, ZIP_MAGIC, Kind
from data.run_folder import put_aside
from problems.errors import InputRefused
from problems.progress import Progress, silent

#: The file is called this in the child's folder, whatever its own name says.
FILE_NAMES: Final[Mapping[Kind, str]] = {
    Kind.JSON: "table.json",
    Kind.XML: "table.xml",
    Kind.WORKBOOK: "table.workbook",
    Kind.GEOPACKAGE: "table.gpkg",
    Kind.SHAPEFILE: "table.shp",
    Kind.PARQUET: "table.parquet",
}
#: A child that says nothing for this long is ended; while it works, it tells how far it is.
SILENT_S = 7.0
#: What it may take until it has loaded its libraries, before it has opened anything.
_STARTING_S = 60.0
MAX_FRAME_BYTES = 64 << 20
#: What the cells of a file may come to, as a multiple of the file: beyond, it is made to fill memory and discs.
_MAX_TEXT_SHARE = 500
_TEXT_CHECKED_FROM_BYTES = 256 << 20
_WORKBOOK_BYTES_PER_S = 20 << 20
_POLL_S = 0.2
#: What is put aside for one file, and what stays free on the disc whatever comes.
_MOST_ROOM_BYTES = 20 << 30
_LEFT_FREE_BYTES = 1 << 30
#: Tells a child whose it is.
READER_OF: Final = "READER_OF_FIXPOINT"
_CHUNK_BYTES = 1 << 20
_ROOT = Path(__file__).resolve().parents[2]
_START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from data.reading.child import main; main()"
_FRAME = struct.Struct(">cI")

#: What a first pass over a large file found out, by the file's fingerprint: an import opens its file twice.
_layouts: OrderedDict[str, Mapping[str, Any]] = OrderedDict()
_KEPT_LAYOUTS = 8


class GuardedTable(Table):
    """A table that a child process reads."""

    def __init__(self, facts: FileFacts, head: Mapping[str, Any], frames: "Frames") -> None:
        self.facts = facts
        names = [str(name) for name in head["header"]]
        self.header = column_names(names)
        self.format_name = str(head["format"])
        self.notes = tuple(note for note in (facts.note, *head["notes"]) if note)
        self.repeated = repeated_names(names)
        self._frames = frames
        self._share = 0.0

    def share_read(self) -> float:
        """Return how much of the records has been read, 0 to 1."""
        return self._share

    def rows(self) -> Iterator[Row]:
        """Go through the records; one that cannot be a row carries a ``fault``."""
        for block in self.blocks():
            yield from block.rows()

    def blocks(self, max_rows: int = BLOCK_ROWS) -> Iterator[Block]:
        """Go through the records in blocks of at most ``max_rows``."""
        text_bytes = 0
        for tag, payload in self._frames:
            if tag != b"B":
                continue
            batch = pa.ipc.open_stream(payload).read_next_batch()
            text_bytes += batch.nbytes
            if text_bytes > _TEXT_CHECKED_FROM_BYTES:
                refuse_expansion(self.facts.path, text_bytes, self.facts.size_bytes, _MAX_TEXT_SHARE)
            told = json.loads(batch.schema.metadata[b"told"])
            self._share = float(told["share"])
            faults = tuple(Row(line, tuple(cells), fault) for line, cells, fault in told["faults"])
            yield from _cut(Block(batch.column(0).to_numpy(), tuple(batch.columns[1:]), faults), max_rows)
        self._share = 1.0


def _cut(block: Block, max_rows: int) -> Iterator[Block]:
    if len(block.lines) + len(block.faults) <= max_rows:
        yield block
        return
    rows = list(block.rows())
    for start in range(0, len(rows), max_rows):
        yield Block.of_rows(rows[start : start + max_rows], len(block.columns))


@contextmanager
def open_guarded(facts: FileFacts, progress: Progress = silent) -> Iterator[Table]:
    """Open the table in a file of any kind but delimited text.

    Raises
    ------
    InputRefused
        Where the child refuses the file, is stuck, or needs more memory than a table may.
    """
    key = f"{facts.kind} {facts.sha256}"
    with run_child(facts, "table", progress, _layouts.get(key)) as frames:
        head = frames.first(b"H")
        _layouts[key] = head["layout"]
        while len(_layouts) > _KEPT_LAYOUTS:
            _layouts.popitem(last=False)
        yield GuardedTable(facts, head, frames)


class Frames:
    """What a child says, frame by frame: a letter and its payload.

    H head of the table, B block of rows, F features, P how far it is, R refusal, D done.
    """

    def __init__(self, child: "subprocess.Popen[bytes]", path: Path, silent_s: float, progress: Progress) -> None:
        self._child = child
        self._silent_s = silent_s
        self._path = path
        self._progress = progress
        self._pending = bytearray()
        self._opening = True
        self._patience_s = _STARTING_S

    def first(self, wanted: bytes) -> Mapping[str, Any]:
        """Wait for the head; progress is told and may cancel meanwhile."""
        for tag, payload in self:
            if tag == wanted:
                self._opening = False
                head: Mapping[str, Any] = json.loads(payload)
                return head
        raise self._died()

    def __iter__(self) -> Iterator[tuple[bytes, bytes]]:
        while True:
            tag, size = _FRAME.unpack(self._take(_FRAME.size))
            if size > MAX_FRAME_BYTES:
                raise self._died()
            payload = self._take(size)
            if tag == b"D":
                return
            if tag == b"R":
                told = json.loads(payload)
                refusal = InputRefused(told["asked"] or asked_for(self._path), told["why"], told["possible"])
                raise refusal from (RuntimeError(told["trace"]) if told["trace"] else None)
            # Whatever it said, its libraries are loaded now.
            self._patience_s = self._silent_s
            if tag == b"P":
                if self._opening:
                    told = json.loads(payload)
                    self._progress(str(told["doing"]), 0.2 * float(told["share"]))
                continue
            yield tag, payload

    def _take(self, size: int) -> bytes:
        """Read exactly ``size`` bytes of what the child says, patient only as long as it says something."""
        stream = self._child.stdout
        if stream is None:
            raise AssertionError("the child was started with a pipe")
        since = time.monotonic()
        while len(self._pending) < size:
            if not select.select([stream], [], [], _POLL_S)[0]:
                if self._opening:
                    self._progress("Opening the file", 0.0)
                if time.monotonic() - since > self._patience_s:
                    raise self._stuck()
                continue
            told = os.read(stream.fileno(), _CHUNK_BYTES)
            if not told:
                raise self._died()
            since = time.monotonic()
            self._pending += told
        taken = bytes(memoryview(self._pending)[:size])
        del self._pending[:size]
        return taken

    def _stuck(self) -> InputRefused:
        return InputRefused(
            asked_for(self._path),
            f"Reading it made no headway for {self._patience_s:.0f} seconds: it is damaged, or made never to end.",
            "Export it again, as CSV if possible.",
        )

    def _died(self) -> InputRefused:
        return InputRefused(
            asked_for(self._path),
            "It needs more memory or time than a table may take, or it is damaged.",
            "Export it again, as CSV if possible: CSV of any size can be read.",
        )


@contextmanager
def run_child(
    facts: FileFacts, task: str, progress: Progress = silent, layout: Mapping[str, Any] | None = None
) -> Iterator[Frames]:
    """Start a child on a copy of the file; it is ended with the block, whatever happens in it."""
    with _folder() as folder:
        _spool(facts, folder, progress)
        if layout is not None:
            (folder / "layout.json").write_text(json.dumps(layout), encoding="utf-8")
        silent_s = SILENT_S
        if facts.kind is Kind.WORKBOOK:
            # A sheet is read in one go, without a word meanwhile.
            silent_s += (folder / FILE_NAMES[facts.kind]).stat().st_size / _WORKBOOK_BYTES_PER_S
        with started(folder, _START, facts.kind.value, task) as child:
            yield Frames(child, facts.path, silent_s, progress)


@contextmanager
def started(folder: Path, start: str, *words: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Start the program ``start`` in a folder, without what this one may do; it is ended with the block."""
    # -I: neither the user's settings nor the folder it runs in decide what is imported.
    command = [sys.executable, "-I", "-X", "utf8", "-c", start, str(_ROOT), *words]
    child = subprocess.Popen(  # noqa: S603 - our own program, with no word of the file in the command
        command,
        cwd=folder,
        env={**_environment(), READER_OF: str(os.getpid())},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        close_fds=True,
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


@contextmanager
def _folder() -> Iterator[Path]:
    folder = put_aside("reading")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _environment() -> dict[str, str]:
    from data.reading.drivers import SKIPPED_DRIVERS

    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP") if name in os.environ}
    return {
        **kept,
        "OGR_SKIP": ",".join(SKIPPED_DRIVERS),
        "GDAL_SKIP": ",".join(SKIPPED_DRIVERS),
        "GDAL_DRIVER_PATH": "disable",
        "GDAL_DISABLE_READDIR_ON_OPEN": "TRUE",
        "GDAL_HTTP_PROXY": "127.0.0.1:9",
        "GDAL_HTTP_TIMEOUT": "1",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "OGR_SQLITE_LOAD_EXTENSIONS": "NO",
        "PROJ_NETWORK": "OFF",
        # Threads and pools reserve memory that the limit would count.
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "MALLOC_ARENA_MAX": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _spool(facts: FileFacts, folder: Path, progress: Progress) -> None:
    """Put the file into the child's folder: expanded, its bytes counted, text as UTF-8."""
    target = folder / FILE_NAMES[facts.kind]
    if facts.kind is Kind.SHAPEFILE:
        _spool_parts(facts, target)
        return
    with open_bytes(facts.path) as (stream, raw):
        _copy(facts, stream, raw, target, progress)
    if facts.kind is Kind.WORKBOOK and _starts_with(target, ZIP_MAGIC):
        plain = target.rename(folder / "packed")
        repack(plain, facts.path, target)
        plain.unlink()


def _starts_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(magic)) == magic


def _spool_parts(facts: FileFacts, target: Path) -> None:
    if not facts.members:
        raise InputRefused(asked_for(facts.path), "It is only one part of a Shapefile.", READABLE)
    with open_zip(facts.path) as (opened, raw):
        for member in facts.members:
            with opened.open(member) as stream:
                part = target.with_suffix(Path(member).suffix.casefold())
                _copy(facts, stream, raw, part, silent)  # type: ignore[arg-type]  # a member of a zip reads like a file


def _room_in(folder: Path) -> int:
    """Return how many bytes may be put into ``folder``: the disc is never filled up."""
    return max(0, min(_MOST_ROOM_BYTES, shutil.disk_usage(folder).free - _LEFT_FREE_BYTES))


def _copy(facts: FileFacts, stream: BinaryIO, raw: BinaryIO, target: Path, progress: Progress) -> None:
    recode = facts.encoding not in {"", "utf-8", "utf-8-sig"}
    count = 0
    room = _room_in(target.parent)
    with target.open("wb") as copy:
        if recode:
            import codecs

            decoder = codecs.getincrementaldecoder(facts.encoding)()
        while chunk := stream.read(_CHUNK_BYTES):
            count += len(chunk)
            if stream is not raw:
                refuse_expansion(facts.path, count, facts.size_bytes, 200)
            if count > room:
                raise InputRefused(
                    asked_for(facts.path),
                    f"Expanded it takes more room than there is for it: {room / 1e9:,.1f} GB.",
                    "Make room on the disc of temporary files, or import it in parts.",
                )
            progress("Opening the file", 0.2 * min(1.0, raw.tell() / max(1, facts.size_bytes)))
            copy.write(decoder.decode(chunk).encode() if recode else chunk)
