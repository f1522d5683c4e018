"""Guides and given advice in the database."""

from data.sql import guide_tables as tables
from data.sql.reading import Reading
from data.sql.records import ADVICE_GIVEN, GUIDE
from data.sql.writing import SqlUnit
from problems.advice import AdviceGiven
from problems.guides import Guide


class GuideUnit(SqlUnit):
    """The part of an open unit that keeps guides and given advice."""

    def add_guide(self, guide: Guide) -> int:
        """Keep a new guide."""
        return self._add(GUIDE, guide)

    def save_guide(self, guide: Guide, seen_version: int) -> Guide:
        """Write over a guide that is still at ``seen_version``."""
        return self._save(GUIDE, guide, seen_version, GUIDE.row(guide))

    def add_advice_given(self, given: AdviceGiven) -> int:
        """Keep that advice was given."""
        return self._add(ADVICE_GIVEN, given)

    def save_advice_given(self, given: AdviceGiven, seen_version: int) -> AdviceGiven:
        """Write over a record that is still at ``seen_version``."""
        return self._save(ADVICE_GIVEN, given, seen_version, ADVICE_GIVEN.row(given))


class GuideReading(Reading):
    """The part of a store that reads guides and given advice."""

    def guides(self) -> list[Guide]:
        """Return every guide that an installation has edited, in order of id."""
        return self._all(GUIDE, GUIDE.select().order_by(tables.guide.c.id))

    def advice_given(self, problem_id: int | None = None) -> list[AdviceGiven]:
        """Return where advice was given (for one problem), newest day first."""
        given = tables.advice_given.c
        query = ADVICE_GIVEN.select().order_by(given.given_on.desc(), given.id.desc())
        return self._all(ADVICE_GIVEN, query if problem_id is None else query.where(given.problem_id == problem_id))
