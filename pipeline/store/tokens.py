"""Tokens for programs that use the API on behalf of a user, and links that work once.

Each is a random secret that is shown once; the store keeps its hash.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Final, Literal, NamedTuple, cast

from sqlalchemy import delete, select

from pipeline.store import audit
from pipeline.store.accounts import User, get_user, has_beheerder
from pipeline.store.audit import Actor
from pipeline.store.database import Work
from pipeline.store.errors import NotFound, Unfit
from pipeline.store.sessions import hash_of
from pipeline.store.tables import TokenRow

Purpose = Literal["first_beheerder", "set_password"]

LINK_LASTS: Final = dt.timedelta(hours=48)
TOKEN_DAYS: Final = (30, 90, 365)
_USED_EVERY: Final = dt.timedelta(minutes=1)
_API: Final = "api"

USED_UP = "Deze link is al gebruikt of verlopen. Vraag de beheerder om een nieuwe."


class Token(NamedTuple):
    """A token of the API, as its owner may see it."""

    id: str
    name: str
    created_at: dt.datetime
    expires_at: dt.datetime | None
    used_at: dt.datetime | None


class Link(NamedTuple):
    """A link that works once: what for, and whose account it is about."""

    id: str
    purpose: Purpose
    user_id: str | None


def make_token(w: Work, actor: Actor, name: str, days: int) -> str:
    """Makes a token for the API for whoever asks, and gives the secret, which is never seen again.

    Raises:
        Unfit: It has no name, or would be good for another time than can be chosen.
    """
    name = name.strip()
    if not 1 <= len(name) <= 100:
        raise Unfit("Geef de toegangssleutel een naam, zodat u later weet waarvoor hij is.")
    if days not in TOKEN_DAYS:
        raise Unfit("Kies hoe lang de toegangssleutel geldt.")
    secret = f"izp_{secrets.token_urlsafe(32)}"
    w.session.add(
        TokenRow(
            id=hash_of(secret),
            purpose=_API,
            user_id=actor.user_id,
            name=name,
            created_at=w.at,
            expires_at=w.at + dt.timedelta(days=days),
        )
    )
    w.session.flush()
    audit.record(w, actor, "api_token", object=hash_of(secret)[:16])
    return secret


def of_user(w: Work, user_id: str) -> tuple[Token, ...]:
    """The tokens of someone, the newest first."""
    rows = w.session.scalars(
        select(TokenRow)
        .where(TokenRow.user_id == user_id, TokenRow.purpose == _API)
        .order_by(TokenRow.created_at.desc())
    )
    return tuple(Token(row.id, row.name, row.created_at, row.expires_at, row.used_at) for row in rows)


def find(w: Work, secret: str) -> User | None:
    """Whose token for the API this is, if it is still good."""
    row = w.session.get(TokenRow, hash_of(secret))
    if row is None or row.purpose != _API or not _is_good(row, w.at):
        return None
    user = get_user(w, cast("str", row.user_id))
    return user if user.active else None


def note_use(w: Work, secret: str) -> None:
    """Writes down that a token was used."""
    row = w.session.get(TokenRow, hash_of(secret))
    if row is not None and (row.used_at is None or w.at - row.used_at > _USED_EVERY):
        row.used_at = w.at


def revoke(w: Work, actor: Actor, token_id: str) -> None:
    """Takes back a token of whoever asks.

    Raises:
        NotFound: They have no such token.
    """
    row = w.session.get(TokenRow, token_id)
    if row is None or row.purpose != _API or row.user_id != actor.user_id:
        raise NotFound("Deze toegangssleutel is er niet (meer).")
    w.session.delete(row)
    audit.record(w, actor, "api_token", object=token_id[:16])


def make_link(w: Work, actor: Actor, user_id: str) -> str:
    """Makes a link with which the owner of an account chooses a password; an earlier one no longer works."""
    return _make_link(w, actor, "set_password", user_id)


def make_first_link(w: Work) -> str | None:
    """Makes the link with which the first beheerder makes an account; None where there is a beheerder."""
    if has_beheerder(w):
        return None
    return _make_link(w, Actor(), "first_beheerder", None)


def read_link(w: Work, secret: str) -> Link:
    """What a link is for.

    Raises:
        NotFound: It was used, it is too old, or there is none.
    """
    row = w.session.get(TokenRow, hash_of(secret))
    if row is None or row.purpose == _API or not _is_good(row, w.at):
        raise NotFound(USED_UP)
    if row.purpose == "first_beheerder" and has_beheerder(w):
        raise NotFound(USED_UP)
    return Link(row.id, cast("Purpose", row.purpose), row.user_id)


def use_link(w: Work, secret: str) -> Link:
    """Takes a link: it works no more once this transaction is through.

    Raises:
        NotFound: It was used, it is too old, or there is none.
    """
    w.session.get(TokenRow, hash_of(secret), with_for_update=True)  # of two at once, one waits here
    link = read_link(w, secret)
    w.session.execute(delete(TokenRow).where(TokenRow.id == link.id))
    return link


def _make_link(w: Work, actor: Actor, purpose: Purpose, user_id: str | None) -> str:
    earlier = delete(TokenRow).where(
        TokenRow.purpose == purpose, TokenRow.user_id.is_not_distinct_from(user_id)
    )
    w.session.execute(earlier)
    secret = secrets.token_urlsafe(32)
    w.session.add(
        TokenRow(
            id=hash_of(secret),
            purpose=purpose,
            user_id=user_id,
            name="",
            created_at=w.at,
            expires_at=w.at + LINK_LASTS,
        )
    )
    w.session.flush()
    audit.record(w, actor, "manage_users", object=user_id)
    return secret


def _is_good(row: TokenRow, at: dt.datetime) -> bool:
    return row.expires_at is None or row.expires_at > at
