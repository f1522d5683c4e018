"""Columns as they are called elsewhere: in other languages, cut short, with words of their own."""

import pytest

from data.reading.questions import Question
from data.reading.recognising import Recognition, recognise
from data.taxonomy import load_taxonomy

LONDON = "Europe/London"


def _look(table: str) -> Recognition:
    header, *rows = [line.split("|") for line in table.strip().splitlines()]
    return recognise(header, rows, load_taxonomy(), "council", LONDON)


def test_german_columns_are_read_and_points_between_numbers_mean_day_first() -> None:
    found = _look(
        "Meldungsnummer|Erstellt am|Betreff|Sachverhalt|Status|Bezirk|Straße|Breitengrad|Längengrad|Erledigt am\n"
        "90000|01.03.2024 08:00|Graffiti|Schrift an der Wand|gemeldet|Mitte|Allee 3|52.5376|13.3595|\n"
        "90001|02.03.2024 09:10|Müll|Sofa auf dem Gehweg|erledigt|Mitte|Allee 5|52.5311|13.3511|05.03.2024\n"
    )
    assert found.columns.names == {
        "id": "Meldungsnummer",
        "category": "Betreff",
        "text": "Sachverhalt",
        "reported": "Erstellt am",
        "closed": "Erledigt am",
        "status": "Status",
        "lat": "Breitengrad",
        "lon": "Längengrad",
        "address": "Straße",
        "area": "Bezirk",
    }
    assert found.columns.date_orders == {"reported": "dmy", "closed": "dmy"}
    assert found.questions == ()


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("descriptio", "text"),
        ("DATEREPORT", "reported"),
        ("Service request close date", "closed"),
        ("Service Request (SR) Number", "id"),
        ("Type of waste", "category"),
    ],
)
def test_names_that_were_cut_short_or_written_out_are_known(name: str, field: str) -> None:
    table = f"{name}|Latitude|Longitude|Opened\n"
    value = {"text": "a lamp is dark {0}", "id": "X{0}", "category": "Graffiti"}.get(field, "2026-01-1{0}")
    table += "".join(f"{value.format(n)}|51.5{n}|-0.1|2026-02-0{n + 1}\n" for n in range(4))
    if field == "reported":
        table = table.replace("|Opened", "|Due date")
    assert _look(table).columns.names[field] == name


def test_words_for_a_status_that_nobody_knows_are_named_and_the_column_is_read() -> None:
    table = "Reference|Opened|Status|Latitude|Longitude\n" + "".join(
        f"A{n}|2026-01-1{n}|{'Open' if n % 2 else 'Binned'}|51.5|-0.1\n" for n in range(6)
    )
    found = _look(table)
    assert found.columns.names["status"] == "Status"
    assert any("“Binned” is not a known word for a status" in note for note in found.notes)


def test_the_example_in_a_question_is_two_different_days() -> None:
    found = _look("Opened|Latitude|Longitude\n01/01/2024|51.5|-0.1\n06/02/2024|51.6|-0.1\n")
    question: Question = found.questions[0]
    assert question.field == "reported"
    assert {answer.example for answer in question.answers} == {
        "“06/02/2024” is day 6 of month 2",
        "“06/02/2024” is day 2 of month 6",
    }
