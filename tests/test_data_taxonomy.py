"""The shipped taxonomy is complete, and a broken one is refused with its line."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from data.suggesting import suggestion
from data.taxonomy import (
    CATEGORIES_CSV,
    CATEGORY_NAMES_CSV,
    listable,
    load_taxonomy,
    names_csv,
    read_names,
)
from problems.categories import FeedName, Group, Sensitivity, Taxonomy
from problems.errors import InputRefused
from problems.feed_names import all_rows

DAY = date(2015, 6, 1)


def test_the_shipped_taxonomy_has_22_leaves_in_all_nine_groups() -> None:
    taxonomy = load_taxonomy()
    assert len(taxonomy.categories) == 22
    assert {category.group for category in taxonomy.categories.values()} == set(Group)


def test_people_categories_never_have_automatic_duplicates() -> None:
    for category in load_taxonomy().categories.values():
        if category.group in (Group.DISPUTES, Group.ANTISOCIAL):
            assert category.duplicate_distance_m is None
            assert category.sensitivity is not Sensitivity.OPEN
        else:
            assert category.duplicate_distance_m is not None
            assert category.duplicate_distance_m > 0


@pytest.mark.parametrize(
    ("source", "name", "code"),
    [
        ("council", "Street Light Outages", "LGT-OUT"),
        ("council", "PWD Graffiti", "DMG-GRAF"),
        ("council", "Overflowing or Un-kept Dumpster", "WST-LITTER"),
        ("boston", "needle  pickup", "ASB-SUBST"),
        ("council", "Vacant/Abandoned Building Complaint", "PRP-EMPTY"),
        ("council", "Anti-social behaviour", "ASB-GROUP"),
        ("nyc311", "Traffic", "ASB-VEHICLE"),
        ("council", "Traffic", None),
        ("council", "General Lighting Request", None),
        ("council", "Unsatisfactory Living Conditions", None),
        ("council", "", None),
    ],
)
def test_feed_names_mean_what_the_list_says_and_unclear_ones_stay_unmapped(
    source: str, name: str, code: str | None
) -> None:
    assert load_taxonomy().code_for(source, name, DAY) == code


def _edited(tmp_path: Path, original: Path, old: str, new: str) -> Path:
    text = original.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / original.name
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Building/Use", "PRP-OPEN"),
        ("Residential Building Request", "PRP-OPEN"),
        ("Building Violation", "PRP-EMPTY"),
        ("Maintenance - Homeowner", "PRP-ENTRY"),
        ("Maintenance – Homeowner", "PRP-ENTRY"),
        ("Equipment Noise Complaint", "DSP-NOISE"),
        ("Non-Emergency Police Matter", "DSP-NEIGH"),
        ("Liquor Establishment Complaint", "ASB-SUBST"),
        ("Shelter Request", "ASB-ROUGH"),
        ("Park Repair/Maintenance", "DMG-VAND"),
        ("STREET LIGHT OUT", "LGT-OUT"),
        ("Streetlight out", "LGT-OUT"),
        ("fly tipping", "WST-DUMP"),
        ("Pothole", None),
        ("Potholes", None),
        ("Damaged Property", None),
        ("Police Miscellaneous", None),
        ("General Request", None),
    ],
)
def test_names_that_mean_one_thing_are_known_and_others_are_never_guessed(name: str, code: str | None) -> None:
    assert load_taxonomy().code_for("council", name, date(2026, 3, 1)) == code


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("LGT-DAMAGE,", "LGT-OUT,", "Line 3: the code LGT-OUT is there twice"),
        ("LGT-DAMAGE,", "XYZ-DAMAGE,", "Line 3: “XYZ-DAMAGE” is not a category code"),
        (",O,Council lighting,25", ",Q,Council lighting,25", "Line 2: “Q” is not a sensitivity"),
        (",25,30,5,14", ",near,30,5,14", "Line 2: duplicate_distance_m is “near”"),
        (",25,30,5,14", ",nan,30,5,14", "Line 2: duplicate_distance_m is “nan”"),
        (",25,30,5,14", ",25,2.5,5,14", "Line 2: duplicate_days is “2.5”"),
        (",25,30,5,14", ",25,30,5,14,9", "Line 2: the row has more cells"),
        ("Street light not working", "", "Line 2: LGT-OUT has no name"),
        ("sensitivity", "colour", "Line 1: the column “sensitivity” is missing"),
    ],
)
def test_a_broken_category_file_is_refused_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(InputRefused, match=r"categories\.csv") as refusal:
        load_taxonomy(_edited(tmp_path, CATEGORIES_CSV, old, new))
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("*,Street lighting,DMG-GRAF,,", "“Street lighting” already means LGT-OUT at the same time"),
        ("*,Street lighting,NOT-THERE,,", "the code “NOT-THERE” is not in the list"),
        (",Street lighting,LGT-OUT,,", "the source or the name is empty"),
        ("*,New name,LGT-OUT,1/2/2015,", "valid_from is “1/2/2015”"),
        ("*,New name,LGT-OUT,2016-01-01,2015-01-01", "valid_to is before valid_from"),
    ],
)
def test_a_broken_name_is_refused_with_its_line(tmp_path: Path, added: str, said: str) -> None:
    shipped = CATEGORY_NAMES_CSV.read_text(encoding="utf-8")
    path = tmp_path / "category_names.csv"
    path.write_text(shipped + added + "\n", encoding="utf-8")
    with pytest.raises(InputRefused) as refusal:
        load_taxonomy(category_names=path)
    assert f"Line {len(shipped.splitlines()) + 1}: " in str(refusal.value)
    assert said in str(refusal.value)


def test_a_name_may_change_its_meaning_over_time(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text(
        "source,name,code,valid_from,valid_to\n*,Lamps,LGT-OUT,,2015-12-31\n*,Lamps,LGT-DAMAGE,2016-01-01,\n",
        encoding="utf-8",
    )
    taxonomy = load_taxonomy(category_names=path)
    assert taxonomy.code_for("council", "Lamps", date(2015, 12, 31)) == "LGT-OUT"
    assert taxonomy.code_for("council", "Lamps", date(2016, 1, 1)) == "LGT-DAMAGE"


def test_a_missing_or_unreadable_taxonomy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused):
        load_taxonomy(tmp_path / "nowhere.csv")
    broken = tmp_path / "broken.csv"
    broken.write_bytes(b"code,name\n\xff\xfe,x\n")
    with pytest.raises(InputRefused, match="UTF-8"):
        load_taxonomy(broken)


# -- an edited list --

LEAVES = load_taxonomy().categories


def test_a_list_that_was_written_is_read_back_as_it_was() -> None:
    odd = [
        FeedName("council", "=HYPERLINK(1)", "LGT-OUT", date(2025, 1, 1), None),
        FeedName("council", "", "OTH-OTHER"),
        FeedName("póliçe", 'Noise, "loud"', "DSP-NOISE", None, date(2025, 1, 1)),
    ]
    names = [*odd, *all_rows(load_taxonomy())]
    text = names_csv(names)
    assert '\n"council","\'=HYPERLINK(1)",' in text
    assert read_names("names.csv", text.encode(), LEAVES) == names


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_list_that_a_spreadsheet_saved_is_read(encoding: str) -> None:
    text = "source;name;code;valid_from;valid_to\r\n*;Lamps;lgt-out;;\r\n;;;;\r\n"
    assert read_names("names.csv", text.encode(encoding), LEAVES) == [FeedName("*", "Lamps", "LGT-OUT")]


def test_a_list_of_another_century_or_size_is_refused() -> None:
    text = "source,name,code,valid_from,valid_to\n*,Lamps,LGT-OUT,0001-01-01,\n"
    with pytest.raises(InputRefused, match="Line 2: valid_from is “0001-01-01”"):
        read_names("names.csv", text.encode(), LEAVES)
    with pytest.raises(InputRefused, match="larger than 4 MB"):
        read_names("names.csv", b"x" * 4_000_001, LEAVES)


DAYS = some.none() | some.dates(date(2025, 1, 1), date(2025, 1, 12))
ROWS = some.builds(
    FeedName,
    some.sampled_from(["*", "council"]),
    some.just("Lamps"),
    some.sampled_from(["LGT-OUT", "LGT-DARK", "LGT-DAMAGE"]),
    DAYS,
    DAYS,
).filter(lambda row: not (row.valid_from and row.valid_to and row.valid_to < row.valid_from))


@given(some.lists(ROWS, max_size=6))
def test_rows_that_hold_by_themselves_mean_the_same_on_every_day(rows: list[FeedName]) -> None:
    listed = listable(rows)
    before, after = Taxonomy.build(LEAVES.values(), rows), Taxonomy.build(LEAVES.values(), listed)
    for ahead in range(-1, 14):
        day = date(2025, 1, 1) + timedelta(days=ahead)
        for source in ("council", "police"):
            assert after.code_for(source, "lamps", day) == before.code_for(source, "lamps", day)
    assert read_names("names.csv", names_csv(listed).encode(), LEAVES) == listed


# -- suggestions --


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Graffitti", "DMG-GRAF"),
        ("Graffitti tags", "DMG-GRAF"),
        ("Fly tipping on private land", "WST-DUMP"),
        ("Bulk rubbish dumped", "WST-DUMP"),
        ("Streetlight knockdown", "LGT-DAMAGE"),
        ("Purple elephants", None),
        ("Abandoned Bicycle", None),
        ("Pothole", None),
        ("?!", None),
    ],
)
def test_a_near_name_is_suggested_and_a_far_one_is_not(name: str, code: str | None) -> None:
    found = suggestion(load_taxonomy(), "council", name)
    assert (found.code if found else None) == code


def test_a_name_of_another_source_is_never_suggested() -> None:
    taxonomy = Taxonomy.build(LEAVES.values(), [FeedName("police", "Purple elephant", "DSP-ANIMAL")])
    assert suggestion(taxonomy, "council", "Purple elephants") is None
    found = suggestion(taxonomy, "Police", "Purple elephants")
    assert found is not None
    assert (found.code, found.like) == ("DSP-ANIMAL", "Purple elephant")
