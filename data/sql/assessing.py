"""Kept assessments: written once, never changed."""

from data.sql import work_tables
from data.sql.places import PlaceUnit
from data.sql.reading import Reading
from data.sql.records import ASSESSMENT
from problems.kept_assessments import KeptAssessment


class AssessmentReading(Reading):
    """What a store says about assessments."""

    def assessments(self, problem_id: int | None = None) -> list[KeptAssessment]:
        """Return the kept assessments (of one problem), newest first."""
        query = ASSESSMENT.select().order_by(work_tables.assessment.c.id.desc())
        if problem_id is not None:
            query = query.where(work_tables.assessment.c.problem_id == problem_id)
        return self._all(ASSESSMENT, query)

    def assessment(self, assessment_id: int) -> KeptAssessment:
        """Return a kept assessment, or raise :class:`problems.errors.NotFound`."""
        return self._one(ASSESSMENT, assessment_id, str(assessment_id))


class AssessingUnit(PlaceUnit):
    """What a unit writes about assessments."""

    def add_assessment(self, assessment: KeptAssessment) -> int:
        """Keep a new assessment."""
        return self._add(ASSESSMENT, assessment)
