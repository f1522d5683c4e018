"""A kept assessment as a file: every figure with its evidence, as JSON or as a table."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from data.writing import csv_writer, safe_cell
from problems.kept_assessments import KeptAssessment
from problems.problem import problem_ref


def as_values(record: KeptAssessment) -> dict[str, object]:
    """Return an assessment as JSON-ready values."""
    return {
        "assessment": record.id,
        "problem": problem_ref(record.problem_id),
        "made_at": record.made_at.isoformat(),
        "by": record.by_name,
        "method": record.method,
        "verdict": record.verdict.value,
        "obstacle": record.obstacle or None,
        "sentence": record.sentence,
        "caveats": list(record.caveats),
        "surroundings": record.words.get("surroundings", ""),
        "settings": record.settings,
        "evidence": record.evidence,
        "layout": record.layout,
        "figures": record.figures,
    }


def assessment_json(record: KeptAssessment) -> bytes:
    """Return an assessment as a JSON file."""
    return (json.dumps(as_values(record), indent=2, ensure_ascii=False) + "\n").encode()


def assessment_csv(record: KeptAssessment) -> bytes:
    """Return an assessment as a CSV file of two columns: the path of each value, and the value.

    Text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    out = io.StringIO(newline="")
    writer = csv_writer(out)
    writer.writerow(("figure", "value"))
    for path, value in _leaves(as_values(record), ""):
        writer.writerow((path, safe_cell(value) if isinstance(value, str) else value))
    # Marked as UTF-8, so that spreadsheets read names beyond English right.
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _leaves(value: Any, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        if all(isinstance(one, int | float) for one in value):
            yield path, " ".join(str(one) for one in value)
            return
        for at, inner in enumerate(value, 1):
            yield from _leaves(inner, f"{path}.{at}")
    else:
        yield path, "" if value is None else value
