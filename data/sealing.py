"""Seal contacts: what is kept about a reporter can be read with the key of this installation alone.

The key is ``FIXPOINT_CONTACT_KEY`` or a file beside the store, which is made when the first contact is
sealed and which its owner alone can read. A backup of the store without the key has no contacts in it.
"""

import hmac
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from data.sql.engine import address_of
from problems.entries import Caller
from problems.errors import StoreRefused
from problems.store import Store

KEY_VARIABLE = "FIXPOINT_CONTACT_KEY"
KEY_FILE_ENDING = "-contact-key"
_OWNER_ONLY = 0o600
_NONCE_BYTES = 12
_LONGEST = 200
_KEY_HELP = "Make one with: python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"


class Sealer:
    """Seals and opens contacts with the key of one store."""

    def __init__(self, key: str) -> None:
        try:
            self._fernet = Fernet(key.encode("ascii"))
        except ValueError as error:
            raise StoreRefused(
                "The key for contacts cannot be used.", "It is not 32 bytes in URL-safe base64.", _KEY_HELP
            ) from error
        self._secret = key.encode("ascii")
        # A key of its own for files: what is sealed for one purpose is of no use for the other.
        derived = HKDF(SHA256(), length=32, salt=None, info=b"fixpoint photo originals").derive(self._secret)
        self._files = AESGCM(derived)

    def seal(self, caller: Caller) -> bytes:
        """Return a contact as nobody without the key can read it."""
        told = {name: value.strip()[:_LONGEST] for name, value in asdict(caller).items()}
        return self._fernet.encrypt(json.dumps(told, ensure_ascii=False).encode())

    def open(self, sealed: bytes) -> Caller:
        """Return a sealed contact.

        Raises
        ------
        StoreRefused
            When it was sealed with another key, or damaged.
        """
        try:
            return Caller(**json.loads(self._fernet.decrypt(sealed)))
        except InvalidToken as error:
            raise StoreRefused(
                "The contact cannot be read.",
                "It was sealed with another key than the one of this installation.",
                f"Put the key back that was used then ({KEY_VARIABLE}, or the file beside the store).",
            ) from error

    def seal_bytes(self, content: bytes) -> bytes:
        """Return a file as nobody without the key can read it, a few bytes longer."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._files.encrypt(nonce, content, None)

    def open_bytes(self, sealed: bytes) -> bytes:
        """Return a sealed file.

        Raises
        ------
        StoreRefused
            When it was sealed with another key, or damaged.
        """
        try:
            return self._files.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
        except (InvalidTag, ValueError) as error:
            raise StoreRefused(
                "The original photo cannot be read.",
                "It was sealed with another key than the one of this installation, or it is damaged.",
                f"Put the key back that was used then ({KEY_VARIABLE}, or the file beside the store).",
            ) from error

    def reporter_key(self, caller: Caller) -> str:
        """Return a one-way key, equal for equal telephone numbers or e-mail addresses; empty without either.

        A name alone tells nobody apart. Without the secret key nobody can try telephone numbers out.
        """
        phone = "".join(sign for sign in caller.phone if sign.isdigit())
        known = f"e:{caller.email.strip().casefold()}" if caller.email.strip() else f"p:{phone}" if phone else ""
        return hmac.new(self._secret, known.encode(), sha256).hexdigest()[:32] if known else ""


def sealer_for(store_url: str, environ: Mapping[str, str] = os.environ, *, make: bool = False) -> Sealer:
    """Return the sealer of a store; ``make`` its key file where there is no key yet.

    Raises
    ------
    StoreRefused
        When there is no key, it cannot be read, used or kept, and for a store on a server without the variable.
    """
    given = environ.get(KEY_VARIABLE, "").strip()
    if given:
        return Sealer(given)
    path = address_of(store_url).path
    if path is None:
        raise StoreRefused(
            "Contacts cannot be sealed.", f"A store on a server needs its key in {KEY_VARIABLE}.", _KEY_HELP
        )
    return _sealer_in(path.with_name(path.name + KEY_FILE_ENDING), make=make)


def sealer_to_seal(store: Store, store_url: str, environ: Mapping[str, str] = os.environ) -> Sealer:
    """Return the sealer for a new contact or photo; a key is made only where none of either is kept yet.

    With another key than that of the kept contacts, these could not be read, and people who report
    again would not be known again: such a key is refused.

    Raises
    ------
    StoreRefused
        As :func:`sealer_for`, and when the key is not the one that the kept contacts were sealed with.
    """
    kept = store.reports_with_contact()
    # The originals of photos are sealed with the same key.
    sealer = sealer_for(store_url, environ, make=not kept and not store.has_photos())
    contact = store.contact(kept[-1]) if kept else None
    if contact is not None:
        sealer.open(contact.sealed)
    return sealer


def sealer_beside(path: Path, folder: Path) -> tuple[Path | None, Sealer | None]:
    """Return what seals the contacts of a store at ``path`` that is still being built; nothing where no key can be.

    Where there is no key yet, it is made in ``folder``, and returned first: :func:`put_key_beside` puts it
    in place once the store is.
    """
    with suppress(StoreRefused):
        return None, sealer_for(str(path))
    with suppress(StoreRefused):
        sealer = sealer_for(str(folder / path.name), make=True)
        return folder / f"{path.name}{KEY_FILE_ENDING}", sealer
    return None, None


def put_key_beside(path: Path, key: Path) -> None:
    """Put the key file of a store that was built elsewhere beside it; one that is there by now stays."""
    with suppress(FileExistsError):
        path.with_name(f"{path.name}{KEY_FILE_ENDING}").hardlink_to(key)


def _sealer_in(path: Path, *, make: bool) -> Sealer:
    asked = f"The key for contacts in “{path.name}” cannot be used."
    try:
        if make:
            with suppress(FileExistsError):
                _make(path)
        path.chmod(_OWNER_ONLY)
        key = path.read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise StoreRefused(
            asked,
            f"There is no such file beside the store (in {path.parent}), and contacts are not sealed with a new key"
            " in its place.",
            f"Put the file back from the backup, or set {KEY_VARIABLE}.",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        why = f"{error.strerror}." if isinstance(error, OSError) and error.strerror else "It is not a key."
        raise StoreRefused(
            asked, why, f"Let Fixpoint read and write beside its store, or set {KEY_VARIABLE}."
        ) from error
    try:
        return Sealer(key)
    except StoreRefused as error:
        why = "The file is empty." if not key else error.why
        raise StoreRefused(asked, why, f"Put the file back from the backup, or set {KEY_VARIABLE}.") from error


def _make(path: Path) -> None:
    """Make the key file, unless another process was faster; nobody else can read it, not even for a moment."""
    if path.exists():
        raise FileExistsError(path)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        # A link appears as a whole and never replaces a key that is there.
        path.hardlink_to(part)
    finally:
        part.unlink()
