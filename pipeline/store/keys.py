"""The keys that everything in the store is encrypted with.

The installation has a main key, from `IZP_KEY` or a key file; the store holds only keys that are wrapped
with it (AES key wrap, RFC 3394): one for each child, one for the audit trail and one for accounts. So a new
main key wraps a few hundred bytes anew and no text, and what is left of a child whose wrapped key is gone
can never be read again.

Several main keys can be there at once, the newest first: the others only unwrap, until all is wrapped anew.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
import zlib
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

_BYTES = 32
_NONCE = 12

NO_KEY = (
    "De sleutel van de gegevens ontbreekt. Zet hem terug in het sleutelbestand (IZP_KEY_FILE) of in IZP_KEY; "
    "zonder die sleutel zijn de gegevens niet te lezen."
)
BAD_KEY = (
    "De sleutel in IZP_KEY of in het sleutelbestand is geen sleutel van izp: die bestaat uit 44 tekens. "
    "Zet de bewaarde sleutel terug."
)
OTHER_KEY = (
    "Deze gegevens zijn met een andere sleutel versleuteld, of beschadigd. Zet de sleutel terug die erbij "
    "hoort, of een reservekopie van de gegevens. Is de sleutel net vernieuwd, start izp dan opnieuw."
)


class KeysError(Exception):
    """There is no key, or not the right one; says what to do, in Dutch."""


class Wrapped(NamedTuple):
    """A key that only the main key called `by` unwraps."""

    by: str
    wrapped: bytes


class MainKeys(NamedTuple):
    """The main keys by name, the newest first."""

    keys: tuple[bytes, ...]

    def __repr__(self) -> str:
        """The names alone, for whatever prints what it holds."""
        return f"MainKeys({', '.join(self.names)})"

    @property
    def names(self) -> tuple[str, ...]:
        """The name of each, the newest first."""
        return tuple(map(name_of, self.keys))

    def wrap(self, key: bytes) -> Wrapped:
        """Wraps a key with the newest main key."""
        return Wrapped(self.names[0], aes_key_wrap(self.keys[0], key))

    def unwrap(self, wrapped: Wrapped) -> bytes:
        """Gives a wrapped key back.

        Raises:
            KeysError: It was wrapped with a key that is not here, or it was changed.
        """
        for name, key in zip(self.names, self.keys, strict=True):
            if name == wrapped.by:
                with contextlib.suppress(InvalidUnwrap):
                    return aes_key_unwrap(key, wrapped.wrapped)
        raise KeysError(OTHER_KEY)


def new_key() -> bytes:
    """A new random key."""
    return AESGCM.generate_key(bit_length=_BYTES * 8)


def name_of(key: bytes) -> str:
    """What tells main keys apart, and tells nothing of them."""
    return hashlib.sha256(b"izp main key" + key).hexdigest()[:16]


def seal(data: bytes, key: bytes, place: str) -> bytes:
    """Encrypts what belongs in one place of the store (AES-256-GCM); elsewhere it cannot be opened.

    Args:
        data: What to keep.
        key: The key of a child, or of accounts.
        place: Table, column and row.
    """
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, zlib.compress(data, 1), place.encode())


def unseal(sealed: bytes, key: bytes, place: str) -> bytes:
    """Gives back what `seal` was given.

    Raises:
        KeysError: It was sealed with another key or for another place, or was changed.
    """
    try:
        return zlib.decompress(AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode()))
    except (InvalidTag, ValueError, zlib.error):
        pass
    # Raised here and not in the handler: nothing of what could not be read goes along.
    raise KeysError(OTHER_KEY)


def read_keys(text: str) -> MainKeys:
    """Reads main keys, one on a line or parted by commas, the newest first.

    Raises:
        KeysError: One of them is no key, or there is none.
    """
    parts = text.replace(",", " ").split()
    if not parts:
        raise KeysError(NO_KEY)
    keys: list[bytes] = []
    for part in parts:
        with contextlib.suppress(binascii.Error, ValueError):
            keys.append(base64.b64decode(part, validate=True))
    if len(keys) != len(parts) or any(len(key) != _BYTES for key in keys):
        raise KeysError(BAD_KEY)
    return MainKeys(tuple(keys))


def write_keys(keys: MainKeys) -> str:
    """The text that `read_keys` reads."""
    return "".join(f"{base64.b64encode(key).decode()}\n" for key in keys.keys)


def load_keys(setting: str | None, file: Path, *, make: bool) -> MainKeys:
    """The main keys of this installation.

    Args:
        setting: What `IZP_KEY` says, if it is set: that comes before the file.
        file: The key file.
        make: Whether a new key is made and written to the file where there is none: right for a store that
            is new, never for one that holds something.

    Raises:
        KeysError: There is no key, or what is there is none.
        OSError: The key file cannot be read or written.
    """
    if setting:
        return read_keys(setting)
    if make and not file.exists():  # its folder may be one that nobody writes to
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Of two processes that start at once one makes the file, whole; the other reads it.
        staged = file.with_name(f".{file.name}-{os.getpid()}")
        try:
            descriptor = os.open(staged, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as out:
                out.write(write_keys(MainKeys((new_key(),))))
                out.flush()
                os.fsync(out.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(staged, file)
        finally:
            staged.unlink(missing_ok=True)
    try:
        return read_keys(file.read_text("ascii"))
    except FileNotFoundError:
        raise KeysError(NO_KEY) from None
    except UnicodeDecodeError:
        raise KeysError(BAD_KEY) from None
