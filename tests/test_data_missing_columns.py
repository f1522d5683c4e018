"""What no column tells is asked once, answered by a person, kept, and never invented."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.commands.main import main
from data.importing import import_file, preview
from data.reading.columns import Columns, columns_from, read_columns
from data.reading.questions import AS_IT_IS, DATE, FIXED_CATEGORY, FIXED_DATE, Question, answered, check_answered
from data.stores import open_store
from problems.clock import utc_now
from problems.errors import InputRefused
from problems.people import LAPTOP
from problems.reports import Batch, ReportFlag
from problems.store import Store
from tests.storing import empty_url

TABLE = "POLYID,longitude,latitude\n1,-1.51,53.81\n2,-1.52,53.82\n3,-1.53,53.83\n"
#: Words of what can be printed and is no white space: no controls, unassigned signs, lone halves or separators.
PRINTED_WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=6)
PLACES = Columns({"lat": "latitude", "lon": "longitude"})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(empty_url("sqlite", tmp_path))
    yield opened
    opened.close()


def _file(folder: Path, text: str = TABLE, name: str = "crimes.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _import(store: Store, path: Path, **told: object) -> Batch:
    return import_file(store, LAPTOP, utc_now, 1, path=path, **told)  # type: ignore[arg-type]  # tests name them


def _question(field: str, path: Path, **told: object) -> Question:
    (found,) = (each for each in preview(path, **told).questions if each.field == field)  # type: ignore[arg-type]  # tests name them
    return found


@pytest.mark.parametrize(
    ("given", "shown", "month_only"),
    [("2022-03-05", "2022-03-05", False), ("2022-03", "2022-03-01", True), (" 2022-3 ", "2022-03-01", True)],
)
def test_a_file_without_dates_is_imported_by_one_answer_as_exact_as_it_is(
    store: Store, tmp_path: Path, given: str, shown: str, month_only: bool
) -> None:
    path = _file(tmp_path)
    question = _question(FIXED_DATE, path, store=store)
    assert (question.kind, question.needed, question.answers, question.proposed) == (DATE, True, (), None)
    columns = answered(preview(path, store=store).columns, question, given)
    batch = _import(store, path, columns=columns)
    assert (batch.accepted, batch.rejected) == (3, 0)
    assert batch.columns["reported of every row"] == given.strip().replace("-3", "-03").replace("-003", "-03")
    reports = list(store.all_reports())
    assert {f"{report.reported_at:%Y-%m-%d}" for report in reports} == {shown}
    assert {bool(report.flags & ReportFlag.MONTH_ONLY) for report in reports} == {month_only}
    assert store.sources()[0].time_precision == ("month" if month_only else "day")
    assert _import(store, path, columns=columns).unchanged == 3


@pytest.mark.parametrize(
    "given", ["", "March", "2022", "2022-13", "2022-02-30", "0022-01", "1949-01", "05/03/2022", "٢٠٢٢-٠٣"]
)
def test_what_is_no_day_or_month_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(InputRefused, match=r"2022|Years"):
        answered(Columns(), _question(FIXED_DATE, _file(tmp_path)), given)


def test_without_an_answer_nothing_is_imported_and_the_line_that_answers_is_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=r'“fixed\.reported = "2022-03"”'):
        _import(store, _file(tmp_path))
    assert list(store.all_reports()) == []


def test_the_date_of_one_file_is_not_that_of_the_next_but_its_category_is(store: Store, tmp_path: Path) -> None:
    fixed = {"reported": "2022-03", "category": "ASB-GROUP"}
    assert _import(store, _file(tmp_path), fixed=fixed).unmapped == 0
    following = _file(tmp_path, TABLE.replace("53", "54"), "next.csv")
    assert [each.field for each in preview(following, store=store).questions] == [FIXED_DATE]
    with pytest.raises(InputRefused, match="No column tells when"):
        _import(store, following)
    assert _import(store, following, fixed={"reported": "2022-04"}).accepted == 3
    assert {report.category for report in store.all_reports()} == {"ASB-GROUP"}


@pytest.mark.parametrize(
    ("file_name", "source", "proposed"),
    [
        ("lancashire_asb.tab", "council", "ASB-GROUP"),
        ("export.csv", "Leeds graffiti", "DMG-GRAF"),
        ("Abandoned Vehicles 2024.csv", "council", "VEH-ABAND"),
        ("crimes.csv", "council", None),
        ("asbestos.csv", "council", None),
    ],
)
def test_a_category_is_proposed_from_the_names_and_never_taken_by_itself(
    store: Store, tmp_path: Path, file_name: str, source: str, proposed: str | None
) -> None:
    path = _file(tmp_path, TABLE.replace("POLYID", "Opened").replace("\n1", "\n2026-01-01"), file_name)
    path.write_text("Opened,longitude,latitude\n2026-01-13,-1.51,53.81\n2026-01-14,-1.52,53.82\n", encoding="utf-8")
    question = _question(FIXED_CATEGORY, path, source=source, store=store)
    assert question.proposed == proposed
    assert not question.needed
    check_answered([question])
    assert "category" not in preview(path, source=source, store=store).columns.fixed
    left = _import(store, path, source=source)
    assert (left.accepted, left.unmapped) == (2, 2)


def test_a_category_that_is_given_is_that_of_every_row(store: Store, tmp_path: Path) -> None:
    path = _file(tmp_path)
    columns = answered(PLACES.with_fixed("reported", "2022-03"), _question(FIXED_CATEGORY, path), "Graffiti")
    assert _import(store, path, columns=columns).unmapped == 0
    assert {(each.category, each.category_name) for each in store.all_reports()} == {("DMG-GRAF", "Graffiti")}


def test_rows_that_are_left_without_a_category_are_not_asked_about_again(store: Store, tmp_path: Path) -> None:
    path = _file(tmp_path)
    columns = answered(PLACES.with_fixed("reported", "2022-03"), _question(FIXED_CATEGORY, path), AS_IT_IS)
    assert preview(path, columns, store=store).questions == ()
    assert _import(store, path, columns=columns).unmapped == 3


def test_a_column_and_a_value_for_every_row_contradict_each_other(store: Store, tmp_path: Path) -> None:
    path = _file(tmp_path, "Opened,longitude,latitude\n2026-01-13,-1.51,53.81\n")
    with pytest.raises(InputRefused, match="“Opened” and given for every row too"):
        _import(store, path, fixed={"reported": "2022-03"})


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "reported": st.dates(date(1950, 1, 1), date(2100, 12, 31)).map(str),
            "category": st.lists(PRINTED_WORDS, min_size=1, max_size=6).map(" ".join),
        },
    )
)
def test_what_was_given_for_every_row_survives_its_file(fixed: dict[str, str]) -> None:
    columns = Columns({"lat": "latitude", "lon": "longitude"}, fixed=fixed)
    assert columns_from(columns.to_toml()) == columns


def test_a_columns_file_may_give_the_day_as_a_date(tmp_path: Path) -> None:
    path = tmp_path / "columns.toml"
    path.write_text(
        '[columns]\nlat = "latitude"\nlon = "longitude"\n[fixed]\nreported = 2022-03-05\n', encoding="utf-8"
    )
    assert read_columns(path).fixed == {"reported": "2022-03-05"}
    path.write_text('[columns]\nlat = "latitude"\n[fixed]\nstatus = "Open"\n', encoding="utf-8")
    with pytest.raises(InputRefused, match="reported, category"):
        read_columns(path)


def test_the_command_line_takes_the_date_and_the_category_of_every_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FIXPOINT_STORE", str(tmp_path / "own.db"))
    monkeypatch.delenv("FIXPOINT_SETTINGS", raising=False)
    path = str(_file(tmp_path))
    assert main(["import", path]) == 2
    assert '“fixed.reported = "2022-03"”' in capsys.readouterr().err
    assert main(["import", path, "--reported", "soon"]) == 2
    assert "not a day or a month" in capsys.readouterr().err
    assert main(["import", path, "--reported", "2022-03", "--category", "Graffiti"]) == 0
    assert "no category is known" not in capsys.readouterr().out
