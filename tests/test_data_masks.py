"""Contact details leave free text; references, places, dates and amounts stay in it."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.importing import import_file
from data.reading.masks import LINK_MASK, MASK, mask_column, mask_contacts
from data.stores import open_store
from problems.people import LAPTOP


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("mail joeblows@aol.com or call 212-123-5432", f"mail {MASK} or call {MASK}"),
        ("Call (617) 555-1234.", f"Call {MASK}."),
        ("Call (617)555-1234", f"Call {MASK}"),
        ("+1 617 555 1234 after six", f"{MASK} after six"),
        ("ring 07700 900123 after six", f"ring {MASK} after six"),
        ("07700900123", MASK),
        ("0131 496 0123 or +44 20 7946 0018", f"{MASK} or {MASK}"),
        ("(0131) 496 0123", MASK),
        ("0131 496 0123 2 lamps", f"{MASK} 2 lamps"),
        ("+44 (0)20 7946 0018", MASK),
        ("020-7946-0018", MASK),
        ("01 23 45 67 89 ou 06.12.34.56.78", f"{MASK} ou {MASK}"),
        ("+31 6 12345678", MASK),
        ("call me at 6175551234 please", f"call me at {MASK} please"),
        ("phone: 6175551234", f"phone: {MASK}"),
        ("jörg@straße.example, 用户@例子.example", f"{MASK}, {MASK}"),
        ("ann＠example.org ann%40example.org ann (at) example.org ann[AT]example.org", " ".join([MASK] * 4)),
        ("212\u2011123\u20115432 or 212\u2013123\u20135432", f"{MASK} or {MASK}"),
        ("+44\u00a07700\u00a0900123", MASK),
        ("212-123-5432 x12, 212-123-5432x1234, 212-123-5432 ext. 9", f"{MASK}, {MASK}, {MASK}"),
        ("+44.7700.900123", MASK),
        ("the parking lot 212-123-5432, in case 212-123-5432", f"the parking lot {MASK}, in case {MASK}"),
        ("https://x.org/a;jsessionid=AB12", LINK_MASK),
        ("https://x.org/back?code=4%2F0Ab", LINK_MASK),
        ("see www.h.com/?token=abc", f"see {LINK_MASK}"),
        ("SSN - 987-65-4320", f"SSN - {MASK}"),
        ("Amex - 378734493671000, 4111 1111 1111 1111", f"Amex - {MASK}, {MASK}"),
        ("https://u:p@x.org/a see", f"{LINK_MASK} see"),
        ("https://x.org/a?key=abc", LINK_MASK),
        ("see https://x.org/a?b=1&access_token=abc.def and", f"see {LINK_MASK} and"),
        ("https://x.org/f?sv=1&sig=a%2Fb", LINK_MASK),
        ("https://x.org/f?X-Amz-Signature=ab12", LINK_MASK),
        ("https://x.org/f#apiKey=ab12", LINK_MASK),
    ],
)
def test_contacts_are_masked(text: str, left: str) -> None:
    assert mask_contacts(text) == (left, left.count(MASK) + left.count(LINK_MASK))


@pytest.mark.parametrize(
    "text",
    [
        "Case 101001242404, closed 2015-07-23 14:31:42.53",
        "lamp 12 at 42.3594, -71.0587",
        "(40.690092327843345, -73.84642755940943)",
        "grid 530076.239 182797.685, State Plane 1026839 190733",
        "E05000143",
        "SR 21-0012345678 and 6175551234",
        "ref 0012345678, new cart #07144204076 and # 05140000582",
        "01-02-2015 10:30 and 31/12/2015 11:59:59 PM",
        "from 2015-07-23 to 2015-08-23 for $1,234,567.00",
        "account 4089940058, lot 4-08994-0058",
        "asset 4111111111111112, 5105105105105101 and 101-22-43",
        "https://x.org/photo?id=12345&keyword=light&design=3",
        "http://city.org/report/101001242404",
        "parcel 123.456.789 and serial 12 345 678",
        "parcel 123-456-7890, lot 0123 456 789, Case no 07123456789, ref: 212-123-5432",
        "www.city.org/lamps?postcode=AB1&zip_code=02134",
        "2015\u20132016 at +42.3594001, -71.0587001",
        "look (at) the lamp, 5 @ 2.50",
        "",
    ],
)
def test_references_places_dates_and_amounts_stay(text: str) -> None:
    assert mask_contacts(text) == (text, 0)


@given(
    st.lists(
        st.one_of(
            st.text(max_size=30),
            st.text("0123456789-. ()+@:/", max_size=30),
            st.sampled_from(["a@b.org", "call 617 555 1234", "https://x.org/?key=1", "plain"]),
        ).map(lambda text: text.replace("\ud800", "")),
        max_size=20,
    )
)
def test_a_column_is_masked_as_its_texts_one_by_one(texts: list[str]) -> None:
    masked, count = mask_column(texts)
    alone = [mask_contacts(text) for text in texts]
    assert masked.to_pylist() == [text for text, _ in alone]
    assert count == sum(found for _, found in alone)


@given(st.text(max_size=60))
def test_what_is_masked_once_holds_nothing_more(text: str) -> None:
    once, _ = mask_contacts(text)
    assert mask_contacts(once) == (once, 0)


def test_details_planted_in_real_reports_are_found_and_nothing_else(shared: Path) -> None:
    with (shared / "realdata" / "dirty_files" / "boston311-100-with-fake-pii.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    found = 0
    for row in rows:
        for column, value in row.items():
            masked, count = mask_contacts(value)
            assert count == 0 or column in {"closure_reason", "case_title"}, value
            assert "@" not in masked or "Hotline" in masked
            found += count
    assert found == 6  # five planted, and the signature of a gas engineer


def test_an_import_masks_contacts_in_texts_and_addresses_and_counts_both(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "Reference,Opened,Latitude,Longitude,Address,Description\n"
        "1,2026-01-13,51.5,-0.1,5 High St call 07700 900123,mail bob@example.com\n"
        "2,2026-01-13,51.5,-0.1,6 High St,dark\n"
    )
    store = open_store(str(tmp_path / "a.db"))
    batch = import_file(store, LAPTOP, lambda: datetime(2026, 3, 2, tzinfo=UTC), 1, path=path)
    first, second = store.all_reports()
    store.close()
    assert batch.masked == 2
    assert (first.address, first.text) == (f"5 High St call {MASK}", f"mail {MASK}")
    assert (second.address, second.text) == ("6 High St", "dark")


@pytest.mark.parametrize(
    "contact",
    [
        "07700.900.123", "(617)5550123", "617/555-0123", "00442079460958", "0031612345678", "0151/12345678",
        "06-12345678", "06-12-34-56-78", "0412 345 678", "(02) 9876 5432", "BOB @ EXAMPLE.COM",
        "bob [at] example [dot] com", "x.org/a?token=abc", "https://x.org/a?otp=12",
    ],
)  # fmt: skip
def test_contacts_are_masked_however_they_are_written(contact: str) -> None:
    shown, found = mask_contacts(f"Please see {contact} thanks")
    assert found == 1
    assert shown in (f"Please see {MASK} thanks", f"Please see {LINK_MASK} thanks")
    assert mask_column([f"Please see {contact} thanks"])[0][0].as_py() == shown


@pytest.mark.parametrize("plain", ["sign @ junction 4", "ref 0123/456789", "case 0012345678", "52.9000, -1.2000"])
def test_what_only_looks_like_a_contact_stays(plain: str) -> None:
    assert mask_contacts(plain) == (plain, 0)
