"""What the rules ask of a store about assessments."""

from typing import Protocol

from problems.kept_assessments import KeptAssessment


class AssessmentStore(Protocol):
    """The part of :class:`problems.store.Store` that is about assessments."""

    def assessments(self, problem_id: int | None = None) -> list[KeptAssessment]:
        """Return the kept assessments (of one problem), newest first."""
        ...

    def assessment(self, assessment_id: int) -> KeptAssessment:
        """Return a kept assessment, or raise :class:`problems.errors.NotFound`."""
        ...


class AssessmentUnit(Protocol):
    """The part of :class:`problems.store.Unit` that writes assessments: they are never changed or removed."""

    def add_assessment(self, assessment: KeptAssessment) -> int:
        """Keep a new assessment."""
        ...
