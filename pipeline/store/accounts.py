"""Accounts: who may sign in, as what, and with which password and code.

Passwords are tried a few times only: after five wrong ones an account is locked, for longer each time. A
try is counted before the password is looked at, so that many at once get no further. What does not fit
together gets the same answer, in the same time, whether there is such an account or not.

A lock is for those who were never in: anybody can type wrong passwords for a physician, who must get in all
the same. A device on which somebody signed in before holds a mark of that (`device_of`), and is not kept out.
Who tries there is limited by the caller.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, cast

import pyotp
import segno
from sqlalchemy import delete, func, or_, select
from sqlalchemy.exc import IntegrityError

from pipeline.store import audit, passwords
from pipeline.store.audit import Actor
from pipeline.store.database import Store, Work, work
from pipeline.store.errors import NotFound, Outdated, Unfit
from pipeline.store.keys import seal, unseal
from pipeline.store.permissions import FUNCTIONS, ROLES, Function, Role
from pipeline.store.tables import SessionRow, TokenRow, UserRow

TRIES: Final = 5
_FIRST_LOCK: Final = dt.timedelta(minutes=1)
_LONGEST_LOCK: Final = dt.timedelta(minutes=30)
_STEP: Final = 30  # seconds that a code is good for (RFC 6238)

NO_USER = "Dit account is er niet."
OUTDATED = "Iemand anders heeft dit account intussen gewijzigd. Bekijk het opnieuw en pas het dan aan."


class User(NamedTuple):
    """An account as others may see it; `subject` is who this is to the hospital's sign-on."""

    id: str
    login: str
    name: str
    role: Role
    function: Function | None
    active: bool
    has_password: bool
    has_totp: bool
    subject: str | None
    locked_until: dt.datetime | None
    version: int
    created_at: dt.datetime


class Totp(NamedTuple):
    """What an authenticator app needs: the secret to type, and the same as a picture to scan (a data URI)."""

    secret: str
    picture: str


def add_user(
    w: Work,
    actor: Actor,
    *,
    login: str,
    name: str,
    role: str,
    function: str | None = None,
    subject: str | None = None,
    password: str | None = None,
) -> User:
    """Makes an account. Without a password its owner gets a link to choose one (`tokens.make_link`).

    Raises:
        Unfit: The login is taken, or something that was filled in cannot be so; says what.
    """
    login, name, subject = login.strip().lower(), name.strip(), (subject or "").strip() or None
    if not re.fullmatch(r"[a-z0-9][a-z0-9._@+-]{1,199}", login):
        raise Unfit(
            "Een inlognaam bestaat uit ten minste twee letters en cijfers, punten, streepjes of een @."
        )
    fitting_role, fitting_function = _fitting(role, function)
    row = UserRow(
        id=uuid.uuid4().hex,
        login=login,
        name=_fitting_name(name),
        role=fitting_role,
        function=fitting_function,
        password=passwords.hashed(password, login=login, name=name) if password is not None else None,
        subject=subject,
        failures=0,
        active=True,
        version=1,
        created_at=w.at,
    )
    with _alone(w, subject):
        w.session.add(row)
    audit.record(w, actor, "manage_users", object=row.id)
    return _user(row)


def change_user(
    w: Work,
    actor: Actor,
    user_id: str,
    *,
    version: int,
    name: str,
    role: str,
    function: str | None,
    subject: str | None,
    active: bool,
) -> User:
    """Changes an account; when it may do something else from now on, it is signed out everywhere.

    Raises:
        NotFound: There is no such account.
        Outdated: It is no longer the version that was looked at.
        Unfit: No beheerder would be left, or something that was filled in cannot be so; says what.
    """
    row = _locked_with_beheerders(w, user_id)
    if row.version != version:
        raise Outdated(OUTDATED)
    fitting_role, fitting_function = _fitting(role, function)
    subject = (subject or "").strip() or None
    stays = active and fitting_role == "beheerder"
    if row.role == "beheerder" and row.active and not stays and _beheerders(w) == 1:
        raise Unfit("Dit is de enige beheerder. Maak eerst iemand anders beheerder.")
    if (row.role, row.function, row.subject, row.active) != (fitting_role, fitting_function, subject, active):
        _sign_out(w, user_id, tokens=True)
    with _alone(w, subject):
        row.name, row.role, row.function = _fitting_name(name), fitting_role, fitting_function
        row.subject, row.active, row.version = subject, active, version + 1
    audit.record(w, actor, "manage_users", object=user_id)
    return _user(row)


def users(w: Work) -> tuple[User, ...]:
    """All accounts, by name."""
    return tuple(_user(row) for row in w.session.scalars(select(UserRow).order_by(UserRow.name, UserRow.id)))


def get_user(w: Work, user_id: str) -> User:
    """An account.

    Raises:
        NotFound: There is none.
    """
    return _user(_row(w, user_id))


def find_subject(w: Work, subject: str) -> User | None:
    """The account of someone whom the hospital's sign-on knows, if it is in use."""
    row = w.session.scalar(select(UserRow).where(UserRow.subject == subject, UserRow.active))
    return _user(row) if row else None


def names(w: Work, user_ids: Iterable[str]) -> dict[str, str]:
    """What the people of these accounts are called, by the id of the account."""
    found = w.session.execute(select(UserRow.id, UserRow.name).where(UserRow.id.in_(set(user_ids))))
    return {row.id: row.name for row in found}


def has_beheerder(w: Work) -> bool:
    """Whether anyone can make accounts."""
    return _beheerders(w) > 0


def set_password(w: Work, actor: Actor, user_id: str, password: str) -> None:
    """Gives an account a new password. It is signed out everywhere and no longer locked.

    Raises:
        NotFound: There is no such account.
        Unfit: The password will not do; says why.
    """
    row = _row(w, user_id)
    row.password = passwords.hashed(password, login=row.login, name=row.name)
    row.failures, row.locked_until = 0, None
    _sign_out(w, user_id, tokens=False)
    audit.record(w, actor, "manage_users", object=user_id)


def device_of(w: Work, user_id: str) -> str:
    """What a device holds on which someone signed in; it counts until the password is another.

    Raises:
        NotFound: There is no such account.
    """
    row = _row(w, user_id)
    told = f"device {row.id} {row.password or ''}"
    return hmac.new(w.key_for("accounts"), told.encode(), hashlib.sha256).hexdigest()


def is_known_device(w: Work, login: str, device: str) -> bool:
    """Whether the owner of this login signed in on this device before."""
    user_id = w.session.scalar(select(UserRow.id).where(UserRow.login == login.strip().lower()))
    return user_id is not None and hmac.compare_digest(device_of(w, user_id).encode(), device.encode())


def check_login(
    store: Store, actor: Actor, login: str, password: str, *, is_known: bool = False
) -> User | None:
    """The account that this login and password belong to, unless it is locked or not in use.

    This opens transactions of its own: the password is looked at outside of any, for it takes long.

    Args:
        store: The store.
        actor: Who tries.
        login: The login.
        password: The password.
        is_known: Whether it is tried on a device of the owner, that a lock does not keep out.
    """
    return _check(store, actor, UserRow.login == login.strip().lower(), password, locks=not is_known)


def check_password(store: Store, actor: Actor, user_id: str, password: str) -> bool:
    """Whether this is the password of someone who is signed in, also while others are kept out."""
    return _check(store, actor, UserRow.id == user_id, password, locks=False) is not None


def check_code(store: Store, actor: Actor, user_id: str, code: str, *, is_known: bool = False) -> bool:
    """Whether this is the code of someone's authenticator app now; each is good for once."""
    with work(store) as w:
        row = w.session.scalar(select(UserRow).where(UserRow.id == user_id).with_for_update())
        may_try = row is not None and row.active and row.totp_sealed is not None
        if row is None or not may_try or not (is_known or _reserve(w, row)):
            audit.record(w, actor, "sign_in_failed", outcome="refused", object=row.id if row else None)
            return False
        step = _step(_secret(w, row), code, w.at)
        if step is None or step <= (row.totp_used or 0):
            audit.record(w, actor, "sign_in_failed", outcome="refused", object=row.id)
            return False
        row.totp_used = step
        if not is_known:
            _release(row)
        return True


def new_totp(user: User) -> Totp:
    """A new secret for an authenticator app; it counts from `set_totp` on."""
    return shown_totp(user, pyotp.random_base32())


def shown_totp(user: User, secret: str) -> Totp:
    """The same secret again, to show after a code that was not right."""
    address = pyotp.TOTP(secret).provisioning_uri(name=user.login, issuer_name="izp")
    return Totp(secret, segno.make(address, micro=False).svg_data_uri(scale=5, border=4))


def set_totp(w: Work, actor: Actor, user_id: str, secret: str, code: str) -> None:
    """From now on this account asks for a code.

    Raises:
        NotFound: There is no such account.
        Unfit: The code is not what the app shows for this secret.
    """
    row = _row(w, user_id)
    step = _step(secret, code, w.at) if re.fullmatch(r"[A-Z2-7]{32}", secret) else None
    if step is None:
        raise Unfit(
            "Deze code klopt niet. Kijk of de klok van uw telefoon gelijk loopt en typ de nieuwste code."
        )
    row.totp_sealed = seal(secret.encode(), w.key_for("accounts"), f"users.totp_sealed:{user_id}")
    row.totp_used = step
    audit.record(w, actor, "manage_users", object=user_id)


def stop_totp(w: Work, actor: Actor, user_id: str) -> None:
    """This account asks for no code any more.

    Raises:
        NotFound: There is no such account.
    """
    row = _row(w, user_id)
    row.totp_sealed = row.totp_used = None
    audit.record(w, actor, "manage_users", object=user_id)


def signed_in(w: Work, actor: Actor) -> None:
    """Someone has come all the way in: wrong tries are forgotten, and it is in the audit trail."""
    row = _row(w, cast("str", actor.user_id))
    row.failures, row.locked_until = 0, None
    audit.record(w, actor, "sign_in", object=row.id)


def _check(store: Store, actor: Actor, which: Any, password: str, *, locks: bool) -> User | None:
    with work(store) as w:
        row = w.session.scalar(select(UserRow).where(which).with_for_update())
        may_try = row is not None and row.active and row.password is not None
        tried = row is not None and may_try and (not locks or _reserve(w, row))
        kept, user_id = (row.password if row and tried else None), row.id if row else None
    right = passwords.matches(kept, password)
    with work(store) as w:
        row = w.session.get(UserRow, user_id, with_for_update=True) if right else None
        # Only the password that was looked at counts: it may have been changed just now.
        if row is None or not row.active or kept is None or row.password != kept:
            audit.record(w, actor, "sign_in_failed", outcome="refused", object=user_id)
            return None
        row.password = passwords.renewed(kept, password) or kept
        if locks:
            _release(row)
        return _user(row)


def _reserve(w: Work, row: UserRow) -> bool:
    """Counts a try before it is known to be wrong; tells whether there may be one at all."""
    if row.locked_until is not None and row.locked_until > w.at:
        return False
    row.failures += 1
    if row.failures >= TRIES:
        row.locked_until = w.at + min(_FIRST_LOCK * 2 ** min(row.failures - TRIES, 10), _LONGEST_LOCK)
    return True


def _release(row: UserRow) -> None:
    """Takes back a try that turned out right. Earlier wrong ones count on until someone is all the way in."""
    row.failures = max(0, row.failures - 1)
    if row.failures < TRIES:
        row.locked_until = None


def _step(secret: str, code: str, at: dt.datetime) -> int | None:
    """Which step of time a code is of: this one, or one before or after for a clock that is off."""
    totp, now = pyotp.TOTP(secret), int(at.timestamp()) // _STEP
    given = re.sub(r"\s", "", code).encode()
    for step in (now, now - 1, now + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), given):
            return step
    return None


def _secret(w: Work, row: UserRow) -> str:
    sealed = row.totp_sealed or b""
    return unseal(sealed, w.key_for("accounts"), f"users.totp_sealed:{row.id}").decode()


def _sign_out(w: Work, user_id: str, *, tokens: bool) -> None:
    w.session.execute(delete(SessionRow).where(SessionRow.user_id == user_id))
    if tokens:
        w.session.execute(delete(TokenRow).where(TokenRow.user_id == user_id))


def _row(w: Work, user_id: str) -> UserRow:
    row = w.session.get(UserRow, user_id)
    if row is None:
        raise NotFound(NO_USER)
    return row


def _locked_with_beheerders(w: Work, user_id: str) -> UserRow:
    """An account to change: two who change one at once, or the last two beheerders, wait for each other."""
    either = or_(UserRow.id == user_id, UserRow.role == "beheerder")
    w.session.scalars(select(UserRow).where(either).order_by(UserRow.id).with_for_update()).all()
    return _row(w, user_id)


def _beheerders(w: Work) -> int:
    question = select(func.count()).where(UserRow.role == "beheerder", UserRow.active)
    return w.session.scalar(question) or 0


def _fitting(role: str, function: str | None) -> tuple[Role, Function | None]:
    if role not in ROLES:
        raise Unfit("Kies een rol.")
    if role != "behandelaar":
        return cast("Role", role), None
    if function not in FUNCTIONS:
        raise Unfit(
            "Kies de functie van de behandelaar: arts, physician assistant of verpleegkundig specialist."
        )
    return "behandelaar", function


def _fitting_name(name: str) -> str:
    if not 2 <= len(name.strip()) <= 200:
        raise Unfit("Vul een naam in, zoals die op het plan moet staan.")
    return name.strip()


@contextmanager
def _alone(w: Work, subject: str | None) -> Iterator[None]:
    """Keeps an account, unless another has its login, or is the same to the hospital's sign-on.

    The database tells, so that of two who come at once one is refused.
    """
    try:
        with w.session.begin_nested():
            yield
    except IntegrityError:
        if subject and w.session.scalar(select(UserRow.id).where(UserRow.subject == subject)):
            raise Unfit("Een ander account hoort al bij dit kenmerk van het ziekenhuis.") from None
        raise Unfit("Deze inlognaam is al in gebruik. Kies een andere.") from None


def _user(row: UserRow) -> User:
    return User(
        id=row.id,
        login=row.login,
        name=row.name,
        role=cast("Role", row.role),
        function=cast("Function | None", row.function),
        active=row.active,
        has_password=row.password is not None,
        has_totp=row.totp_sealed is not None,
        subject=row.subject,
        locked_until=row.locked_until,
        version=row.version,
        created_at=row.created_at,
    )
