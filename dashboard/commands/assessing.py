"""What ``assess`` does."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date

from dashboard.commands.opening import day, opened_store
from dashboard.commands.output import FINE, Output, count
from data.assessment_files import as_values
from data.settings import SEED
from problems.assessment import Assessment, assess
from problems.baseline import Baseline
from problems.clock import clock_in
from problems.errors import InputRefused
from problems.evidence import Window, as_plain
from problems.gathering import Choices, Gathered, Rules
from problems.kept_assessments import plain
from problems.people import LAPTOP
from problems.problem import problem_number
from problems.use_cases import assessing


def run_assess(output: Output, *, ref: str, done_on: str | None, baseline: str | None, keep: bool) -> int:
    """Say what the work on a problem achieved; keep it only when asked to."""
    choices = Choices(done_on=day(done_on, "--done-on") if done_on else None, baseline=_baseline(baseline))
    number = problem_number(ref)
    with opened_store() as (store, settings):
        rules = Rules(settings.detection, settings.zone)
        asking = (store, LAPTOP, clock_in(settings.zone), SEED)
        if keep:
            record = assessing.keep_assessment(*asking, problem_id=number, choices=choices, rules=rules)
            again = assessing.compute_again(*asking, assessment_id=record.id)
            lines = [*_lines(again.assessment), f"Kept as assessment {record.id} of {ref.upper()}."]
            output.answer({**as_values(record), "kept": True}, lines)
            return FINE
        gathered = assessing.look_at(*asking, problem_id=number, choices=choices, rules=rules)
        problem = store.problem(number)
    assessment = assess(gathered.evidence, rules.assessment)
    output.answer(_values(problem.ref, assessment, gathered), _lines(assessment))
    return FINE


def _baseline(text: str | None) -> Baseline | None:
    if text is None:
        return None
    if text not in tuple(Baseline):
        raise InputRefused(f"“{text[:40]}” is no time before.", "", f"Times are: {', '.join(Baseline)}.")
    return Baseline(text)


def _values(ref: str, assessment: Assessment, gathered: Gathered) -> dict[str, object]:
    return {
        "problem": ref,
        "kept": False,
        "method": assessment.method,
        "verdict": assessment.verdict.value,
        "obstacle": None if assessment.obstacle is None else assessment.obstacle.value,
        "sentence": assessment.sentence,
        "caveats": list(assessment.caveats),
        "surroundings": assessment.surroundings,
        "settings": asdict(assessment.settings),
        "evidence": as_plain(assessment.evidence),
        "layout": plain(asdict(gathered.layout)),
        "figures": plain(asdict(assessment.figures)),
    }


def _lines(assessment: Assessment) -> Iterator[str]:
    evidence, figures = assessment.evidence, assessment.figures
    yield assessment.sentence
    if assessment.surroundings:
        yield assessment.surroundings
    yield from assessment.caveats
    yield f"Before: {evidence.treated.before} from {_span(evidence.before)}."
    yield f"After: {evidence.treated.after} from {_span(evidence.after)}."
    if figures.displacement is not None:
        here = figures.displacement.local
        yield (
            f"Against {count(len(evidence.controls), 'comparison place')}: {here.change:+.1f}"
            f" ({here.low:+.1f} to {here.high:+.1f}), standard error {here.se:.1f}."
        )


def _span(window: Window) -> str:
    first: date = window.first
    return f"{first.isoformat()} to {window.last.isoformat()}, {count(window.days, 'day')}"
