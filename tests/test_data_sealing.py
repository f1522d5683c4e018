"""Contacts are sealed: unreadable without the key, which belongs to one installation."""

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from data.sealing import KEY_FILE_ENDING, KEY_VARIABLE, Sealer, sealer_for
from data.stores import open_store
from data.writing import export
from problems.entries import Caller
from problems.errors import InputRefused, StoreRefused

CALLER = Caller("Ann Cooper", "01632 960 001", "Ann@example.org")


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'town.db'}"


def key_file(folder: Path) -> Path:
    return folder / f"town.db{KEY_FILE_ENDING}"


def test_what_was_sealed_is_read_with_the_same_key_only(tmp_path: Path) -> None:
    sealed = sealer_for(url(tmp_path), {}).seal(CALLER)
    assert not any(part in sealed for part in (b"Ann", b"960", b"example"))
    assert sealer_for(url(tmp_path), {}).open(sealed) == CALLER
    with pytest.raises(StoreRefused, match="another key"):
        Sealer(Fernet.generate_key().decode()).open(sealed)


def test_the_key_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    sealer_for(url(tmp_path), {})
    assert stat.S_IMODE(key_file(tmp_path).stat().st_mode) == 0o600
    key_file(tmp_path).chmod(0o644)
    sealer_for(url(tmp_path), {})
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
        sealer_for(f"sqlite:///{tmp_path / 'missing' / 'town.db'}", {})


def test_equal_numbers_make_equal_keys_which_nobody_can_try_out_without_the_secret(tmp_path: Path) -> None:
    sealer = sealer_for(url(tmp_path), {})
    key = sealer.reporter_key(Caller(phone="01632 960001"))
    assert key == sealer.reporter_key(Caller("Somebody else", "(01632) 960 001"))
    assert key != Sealer(Fernet.generate_key().decode()).reporter_key(Caller(phone="01632 960001"))
    assert sealer.reporter_key(CALLER) == sealer.reporter_key(Caller(email="ann@EXAMPLE.org "))
    assert sealer.reporter_key(Caller(name="Ann Cooper")) == ""


def test_an_export_never_takes_the_place_of_the_key(tmp_path: Path) -> None:
    store = open_store(url(tmp_path))
    sealer_for(url(tmp_path), {})
    with pytest.raises(InputRefused, match="belongs to the store"):
        export(store, "reports", "csv", key_file(tmp_path))
    store.close()
