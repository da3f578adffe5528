"""Sessions: who is signed in, kept here and not in the browser.

The browser holds a random secret, the store its hash: who reads the database can be no one else. A session
ends after half an hour in which nothing was asked, and after twelve hours in any case.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Final, NamedTuple

from sqlalchemy import delete, select, update

from pipeline.store.accounts import User, get_user
from pipeline.store.database import Work
from pipeline.store.keys import seal, unseal
from pipeline.store.tables import SessionRow, SignInRow, UserRow

IDLE: Final = dt.timedelta(minutes=30)
LONGEST: Final = dt.timedelta(hours=12)
HALF_WAY: Final = dt.timedelta(minutes=10)
_SEEN_EVERY: Final = dt.timedelta(minutes=1)
_PROOF: Final = dt.timedelta(minutes=5)


class Session(NamedTuple):
    """Someone who is signed in; `csrf` is what each form of theirs must carry."""

    id: str
    user: User
    csrf: str
    created_at: dt.datetime
    seen_at: dt.datetime


def start(w: Work, user_id: str) -> str:
    """Begins a session, gives the secret for the browser, and clears away those that have ended."""
    w.session.execute(
        delete(SessionRow).where(
            (SessionRow.seen_at < w.at - IDLE) | (SessionRow.created_at < w.at - LONGEST)
        )
    )
    secret = secrets.token_urlsafe(32)
    w.session.add(
        SessionRow(
            id=hash_of(secret),
            user_id=user_id,
            csrf=secrets.token_urlsafe(32),
            created_at=w.at,
            seen_at=w.at,
        )
    )
    return secret


def find(w: Work, secret: str) -> Session | None:
    """The session that a browser holds the secret of, if it has not ended."""
    found = w.session.execute(
        select(SessionRow, UserRow)
        .join(UserRow, UserRow.id == SessionRow.user_id)
        .where(SessionRow.id == hash_of(secret))
    ).one_or_none()
    if found is None or not found.UserRow.active:
        return None
    row = found.SessionRow
    if w.at - row.seen_at > IDLE or w.at - row.created_at > LONGEST:
        return None
    return _session(w, row)


def is_due(w: Work, session: Session) -> bool:
    """Whether it is time to write down that a session is in use: once a minute is enough."""
    return w.at - session.seen_at > _SEEN_EVERY


def touch(w: Work, session_id: str) -> None:
    """Writes down that a session is in use."""
    w.session.execute(update(SessionRow).where(SessionRow.id == session_id).values(seen_at=w.at))


def of_user(w: Work, user_id: str) -> tuple[Session, ...]:
    """The sessions of someone, the one used last first."""
    rows = w.session.scalars(
        select(SessionRow)
        .where(SessionRow.user_id == user_id, SessionRow.seen_at >= w.at - IDLE)
        .where(SessionRow.created_at >= w.at - LONGEST)
        .order_by(SessionRow.seen_at.desc())
    )
    return tuple(_session(w, row) for row in rows)


def end(w: Work, session_id: str) -> None:
    """Ends a session."""
    w.session.execute(delete(SessionRow).where(SessionRow.id == session_id))


def end_others(w: Work, user_id: str, session_id: str) -> None:
    """Ends all sessions of someone but one."""
    w.session.execute(delete(SessionRow).where(SessionRow.user_id == user_id, SessionRow.id != session_id))


def prove(w: Work, session_id: str) -> None:
    """Writes down that someone showed once more who they are, just now."""
    w.session.execute(update(SessionRow).where(SessionRow.id == session_id).values(proved_at=w.at))


def use_proof(w: Work, session_id: str) -> bool:
    """Whether someone showed that a few minutes ago; it counts for one thing only."""
    row = w.session.get(SessionRow, session_id, with_for_update=True)
    if row is None or row.proved_at is None:
        return False
    is_fresh = w.at - row.proved_at <= _PROOF
    row.proved_at = None
    return is_fresh


def begin_sign_in(w: Work, told: bytes) -> str:
    """Keeps what is needed to go on with a sign-in, and gives the secret for the browser."""
    w.session.execute(delete(SignInRow).where(SignInRow.created_at < w.at - HALF_WAY))
    secret = secrets.token_urlsafe(32)
    row_id = hash_of(secret)
    sealed = seal(told, w.key_for("accounts"), f"sign_ins.sealed:{row_id}")
    w.session.add(SignInRow(id=row_id, sealed=sealed, created_at=w.at))
    return secret


def read_sign_in(w: Work, secret: str) -> bytes | None:
    """What was kept of a sign-in that is half way."""
    row = w.session.get(SignInRow, hash_of(secret))
    if row is None or w.at - row.created_at > HALF_WAY:
        return None
    return unseal(row.sealed, w.key_for("accounts"), f"sign_ins.sealed:{row.id}")


def end_sign_in(w: Work, secret: str) -> None:
    """Forgets a sign-in that was half way: it is done, or given up."""
    w.session.execute(delete(SignInRow).where(SignInRow.id == hash_of(secret)))


def hash_of(secret: str) -> str:
    """What the store keeps of a secret: enough to know it again."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _session(w: Work, row: SessionRow) -> Session:
    return Session(row.id, get_user(w, row.user_id), row.csrf, row.created_at, row.seen_at)
