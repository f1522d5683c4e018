"""Contacts are sealed: unreadable without the key, which belongs to one installation."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from data.sealing import KEY_FILE_ENDING, KEY_VARIABLE, Sealer, sealer_for, sealer_to_seal
from data.stores import SqlStore, open_store
from data.writing import export
from problems.duplicates import Contact
from problems.entries import Caller
from problems.errors import InputRefused, StoreRefused
from tests.storing import a_report, keep_reports

CALLER = Caller("Ann Cooper", "01632 960 001", "Ann@example.org")


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'town.db'}"


def key_file(folder: Path) -> Path:
    return folder / f"town.db{KEY_FILE_ENDING}"


def keep_contact(store: SqlStore, sealed: bytes) -> int:
    keep_reports(store, [a_report(1)])
    report_id = next(iter(store.all_reports())).id
    with store.writing() as unit:
        unit.add_contact(Contact(0, report_id, sealed, datetime(2026, 1, 1, tzinfo=UTC)))
    return report_id


def test_what_was_sealed_is_read_with_the_same_key_only(tmp_path: Path) -> None:
    sealed = sealer_for(url(tmp_path), {}, make=True).seal(CALLER)
    assert not any(part in sealed for part in (b"Ann Cooper", b"01632 960", b"example.org"))
    assert sealer_for(url(tmp_path), {}).open(sealed) == CALLER
    with pytest.raises(StoreRefused, match="another key"):
        Sealer(Fernet.generate_key().decode()).open(sealed)


def test_the_key_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    sealer_for(url(tmp_path), {}, make=True)
    assert stat.S_IMODE(key_file(tmp_path).stat().st_mode) == 0o600
    key_file(tmp_path).chmod(0o644)
    sealer_for(url(tmp_path), {}, make=True)
    assert stat.S_IMODE(key_file(tmp_path).stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == [key_file(tmp_path).name]


def test_the_variable_comes_before_the_file(tmp_path: Path) -> None:
    given = Fernet.generate_key().decode()
    sealed = sealer_for(url(tmp_path), {KEY_VARIABLE: given}).seal(CALLER)
    assert Sealer(given).open(sealed) == CALLER
    assert not key_file(tmp_path).exists()


@pytest.mark.parametrize("given", ["short", "ä" * 44])
def test_a_key_that_is_none_is_refused_with_how_to_make_one(tmp_path: Path, given: str) -> None:
    with pytest.raises(StoreRefused, match="generate_key"):
        sealer_for(url(tmp_path), {KEY_VARIABLE: given})


def test_a_store_on_a_server_needs_the_variable() -> None:
    with pytest.raises(StoreRefused, match=KEY_VARIABLE):
        sealer_for("postgresql://db.example/town", {})


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreRefused, match="contact-key"):
        sealer_for(f"sqlite:///{tmp_path / 'missing' / 'town.db'}", {}, make=True)


def test_equal_numbers_make_equal_keys_which_nobody_can_try_out_without_the_secret(tmp_path: Path) -> None:
    sealer = sealer_for(url(tmp_path), {}, make=True)
    key = sealer.reporter_key(Caller(phone="01632 960001"))
    assert key == sealer.reporter_key(Caller("Somebody else", "(01632) 960 001"))
    assert key != Sealer(Fernet.generate_key().decode()).reporter_key(Caller(phone="01632 960001"))
    assert sealer.reporter_key(CALLER) == sealer.reporter_key(Caller(email="ann@EXAMPLE.org "))
    assert sealer.reporter_key(Caller(name="Ann Cooper")) == ""


def test_an_export_never_takes_the_place_of_the_key(tmp_path: Path) -> None:
    store = open_store(url(tmp_path))
    sealer_for(url(tmp_path), {}, make=True)
    with pytest.raises(InputRefused, match="belongs to the store"):
        export(store, "reports", "csv", key_file(tmp_path))
    store.close()


def test_opening_never_makes_a_key(tmp_path: Path) -> None:
    with pytest.raises(StoreRefused, match=rf"“{key_file(tmp_path).name}”.*no such file"):
        sealer_for(url(tmp_path), {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("kept", "said"), [("", "The file is empty"), ("short", "not 32 bytes")])
def test_a_key_file_that_holds_no_key_is_named_and_left_as_it_is(tmp_path: Path, kept: str, said: str) -> None:
    key_file(tmp_path).write_text(kept, encoding="ascii")
    for make in (False, True):
        with pytest.raises(StoreRefused, match=rf"“{key_file(tmp_path).name}”.*{said}"):
            sealer_for(url(tmp_path), {}, make=make)
    assert key_file(tmp_path).read_text(encoding="ascii") == kept


def test_a_key_is_made_for_the_first_contact_only_and_never_changed(tmp_path: Path) -> None:
    store = open_store(url(tmp_path))
    try:
        sealer = sealer_to_seal(store, url(tmp_path), {})
        report_id = keep_contact(store, sealer.seal(CALLER))
        assert sealer_to_seal(store, url(tmp_path), {}).reporter_key(CALLER) == sealer.reporter_key(CALLER)
        other = {KEY_VARIABLE: Fernet.generate_key().decode()}
        with pytest.raises(StoreRefused, match="another key"):
            sealer_to_seal(store, url(tmp_path), other)
        key_file(tmp_path).unlink()
        with pytest.raises(StoreRefused, match="no such file"):
            sealer_to_seal(store, url(tmp_path), {})
        assert not key_file(tmp_path).exists()
        assert store.contact(report_id) is not None
    finally:
        store.close()
