"""The shipped taxonomy is complete, and a broken one is refused with its line."""

from datetime import date
from pathlib import Path

import pytest

from data.taxonomy import CATEGORIES_CSV, CATEGORY_NAMES_CSV, load_taxonomy
from problems.categories import Group, Sensitivity
from problems.errors import InputRefused

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
        ("sensitivity", "colour", "Line 1: the column sensitivity is missing"),
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
