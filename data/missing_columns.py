"""Ask for what no column of a file tells: of which day all rows are, and of which kind."""

from collections.abc import Iterator, Sequence

from data.reading.columns import Columns
from data.reading.questions import AS_IT_IS, DATE, FIXED_CATEGORY, FIXED_DATE, Answer, Question
from problems.categories import Taxonomy, folded

#: A name all of whose words are shorter says too little to be found in the name of a file.
_WORD = 5


def missing_questions(
    columns: Columns, asked: Sequence[Question], taxonomy: Taxonomy, source: str, file_name: str
) -> tuple[Question, ...]:
    """Return the questions for a date and a category that neither a column tells nor a person gave.

    Parameters
    ----------
    asked
        What is asked already: which of several columns holds the date, for example.
    file_name
        May name what is in the file; with the name of the source it proposes a category, which is
        never taken unless a person says so.
    """
    questions = []
    known = {*columns.names, *columns.fixed, *columns.confirmed, *(question.field for question in asked)}
    if "reported" not in known:
        questions.append(_DATE)
    if not {"category", FIXED_CATEGORY} & known:
        questions.append(_category(taxonomy, source, file_name))
    return tuple(questions)


_DATE = Question(
    FIXED_DATE,
    "No column tells when the reports were made. If all of them are of one day or one month, which is it?",
    (),
    None,
    'fixed.reported = "2022-03"',
    kind=DATE,
)


def _category(taxonomy: Taxonomy, source: str, file_name: str) -> Question:
    proposed = _proposed(taxonomy, file_name) or _proposed(taxonomy, source)
    leaves = [Answer(code, f"{leaf.group.label}: {leaf.name}") for code, leaf in taxonomy.categories.items()]
    leaves.sort(key=lambda answer: answer.value != proposed)
    return Question(
        FIXED_CATEGORY,
        "No column tells what the reports are about. If all of them are of one kind, which is it?",
        (*leaves, Answer(AS_IT_IS, "leave them without a category for now")),
        proposed,
        f'fixed.category = "{proposed or next(iter(taxonomy.categories), "")}"',
        needed=False,
    )


def _proposed(taxonomy: Taxonomy, name: str) -> str | None:
    """Return the category that the name of a file or a source holds all words of: of several the longest."""
    said = set(folded(name.partition(".")[0]).split())
    best: tuple[int, str] = (0, "")
    for known, code in _known(taxonomy):
        words = known.split()
        if said.issuperset(words) and (max(map(len, words), default=0) >= _WORD or known == code[:3].casefold()):
            best = max(best, (len(known), code), key=lambda one: one[0])
    return best[1] or None


def _known(taxonomy: Taxonomy) -> Iterator[tuple[str, str]]:
    for category in taxonomy.categories.values():
        # A whole group, such as “asb”, is proposed as the first of its categories.
        yield from ((folded(told), category.code) for told in (category.name, category.group.label, category.code[:3]))
    for key, rows in taxonomy.names.items():
        yield from ((key, row.code) for row in rows if row.source == "*")
