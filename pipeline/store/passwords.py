"""What a password must be, and how it is kept: as an argon2id hash.

The parameters are those of RFC 9106 for ordinary machines. No more than a few are worked out at once, for
each takes 64 MiB.
"""

from __future__ import annotations

import re
import secrets
import threading
from functools import cache
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

from pipeline.store.errors import Unfit

SHORTEST: Final = 12
LONGEST: Final = 200

_COMMONPLACE: Final = Path(__file__).parent / "commonplace.txt"
_FEW_DIFFERENT: Final = 5
_hasher: Final = PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)
_at_once: Final = threading.BoundedSemaphore(4)


def problem(password: str, *, login: str, name: str) -> str | None:
    """Tells what is wrong with a password somebody wants to have; None if it will do.

    Long beats complicated: there is no rule about capitals or digits (NIST SP 800-63B, section 3.1.1).

    Args:
        password: What somebody chose.
        login: The name that they sign in with.
        name: What they are called.
    """
    plain = re.sub(r"\W|_", "", password).casefold()
    words = {re.sub(r"\W|_", "", own).casefold() for own in (login, login.partition("@")[0], name)}
    letters = re.sub(r"\d", "", plain)
    if len(password) < SHORTEST:
        return f"Kies een wachtwoord van ten minste {SHORTEST} tekens, bijvoorbeeld vier losse woorden."
    if len(password) > LONGEST:
        return f"Kies een wachtwoord van ten hoogste {LONGEST} tekens."
    if any(own in plain for own in words if own):
        return "Kies een wachtwoord waar uw naam en uw inlognaam niet in staan."
    if len(set(plain)) < _FEW_DIFFERENT or _commonplace().fullmatch(letters):
        return "Dit wachtwoord is te makkelijk te raden. Kies bijvoorbeeld vier losse woorden."
    return None


def hashed(password: str, *, login: str, name: str) -> str:
    """The hash to keep of a password.

    Raises:
        Unfit: The password is too short or easily guessed; says so.
    """
    if wrong := problem(password, login=login, name=name):
        raise Unfit(wrong)
    with _at_once:
        return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password; takes as long when there is none to compare with."""
    with _at_once:
        try:
            return _hasher.verify(kept or _nobodys(), password[:LONGEST]) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def renewed(kept: str, password: str) -> str | None:
    """A new hash of a password that was kept with older parameters; None if it is up to date."""
    if not _hasher.check_needs_rehash(kept):
        return None
    with _at_once:
        return _hasher.hash(password)


@cache
def _nobodys() -> str:
    return _hasher.hash(secrets.token_urlsafe())


@cache
def _commonplace() -> re.Pattern[str]:
    words = _COMMONPLACE.read_text("utf-8").split()
    return re.compile(f"(?:{'|'.join(sorted(words, key=len, reverse=True))})*")
