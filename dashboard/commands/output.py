"""How the command line speaks: answers on standard output, everything on the way on standard error.

With ``--json`` the answer is exactly one JSON object. A refusal is then an object too,
``{"error": {"kind": …, "message": …}}``, so that a script reads one thing in either case.
"""

import json
import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

#: Everything was done.
FINE = 0
#: The program itself is wrong (the message is a traceback), or ``doctor`` found something wrong.
WRONG = 1
#: The request was refused: a file, an option, a setting or the store.
REFUSED = 2
#: Stopped with Ctrl-C; nothing half-done was kept.
STOPPED = 130

_STEPS = 10
_FIGURES = re.compile(r"\d+")
_CLEAR_LINE = "\r\x1b[2K"


@dataclass
class Output:
    """Says what a command does and what came of it.

    Progress on a terminal is one line that is written over; elsewhere (a log, a pipe) it is a line
    for each new sentence (its figures aside) and each further tenth.
    """

    as_json: bool = False
    _line: str = ""
    _step: tuple[str, int] = ("", -1)

    def progress(self, message: str, share: float) -> None:
        """Show how far a job is; a :data:`problems.progress.Progress`."""
        sentence = f"{plain(message)} … {share:.0%}"
        if sys.stderr.isatty():
            self._line = sentence
            _write_error(f"{_CLEAR_LINE}{sentence}")
            return
        step = (_FIGURES.sub("", message), int(share * _STEPS))
        if step[0] != self._step[0] or step[1] > self._step[1]:
            self._step = step
            _write_error(f"{sentence}\n")

    def note(self, sentence: str) -> None:
        """Say something on the way, on standard error."""
        self.end_progress()
        _write_error(f"{plain(sentence)}\n")

    def end_progress(self) -> None:
        """Take the progress line away, so that the next sentence stands alone."""
        if self._line:
            _write_error(_CLEAR_LINE)
            self._line = ""

    def answer(self, values: Mapping[str, object], lines: Iterable[str]) -> None:
        """Give the answer once: ``values`` as one JSON object, or ``lines`` for people."""
        self.end_progress()
        if self.as_json:
            _write_json(values)
        else:
            _write_answer("".join(f"{plain(line)}\n" for line in lines))

    def refuse(self, kind: str, sentence: str, **more: object) -> None:
        """Say why a request was refused: on standard error, and as JSON where that was asked for."""
        self.note(sentence)
        if self.as_json:
            _write_json({"error": {"kind": kind, "message": sentence, **more}})


def _write_json(values: Mapping[str, object]) -> None:
    # ASCII only: whatever encoding the reader assumes, it reads the same.
    _write_answer(json.dumps(values, ensure_ascii=True, allow_nan=False) + "\n")


def _write_answer(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read it has seen enough (| head). Without this Python complains once more on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write_error(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def plain(text: str) -> str:
    """Return ``text`` on one line and without characters that steer a terminal (names come from files)."""
    return "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} else c for c in text)


def count(number: int, one: str, many: str = "") -> str:
    """Return ``number`` with its noun: “1 report”, “1,234 reports”."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return lines with ``rows`` in columns under ``head``; columns of figures are set to the right."""
    cells = [[plain(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in [list(head), *cells]) for column in range(len(head))]
    figures = [
        bool(cells) and all(row[column].replace(",", "").isdecimal() for row in cells) for column in range(len(head))
    ]
    return [
        "  ".join(
            cell.rjust(width) if figure else cell.ljust(width)
            for cell, width, figure in zip(row, widths, figures, strict=True)
        ).rstrip()
        for row in [list(head), *cells]
    ]


def use_utf8() -> None:
    """Write UTF-8 wherever the output goes, so that a quotation mark never ends a command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
