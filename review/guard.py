"""Who is asking, and whether they may: every page and every form goes past `needs`.

In this order: someone is signed in (else 401, or on to the sign-in page); a form carries the token of their
session (else 403); the child in the address is theirs to see (else 404, as for a child that does not
exist); their role may do this (else 403). What is refused, and what is seen, is in the audit trail.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from typing import Annotated, Final, NamedTuple

from fastapi import Depends
from starlette.requests import Request

from pipeline.store import accounts, audit, members, sessions
from pipeline.store.accounts import User
from pipeline.store.actions import Action
from pipeline.store.audit import Actor
from pipeline.store.database import Work, look, work
from pipeline.store.members import Access
from pipeline.store.permissions import TEAM_ONLY, WITHOUT_TEAM, may
from review import errors
from review.cookies import session_secret
from review.site import site_of

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_ID: Final = re.compile(r"[0-9a-f]{32}")
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


class Visit(NamedTuple):
    """Someone who is signed in and may do what they ask.

    Attributes:
        user: Who.
        session_id: The session.
        csrf: What each form of this session carries.
        actor: The same for the store.
        child_id: The child in the address, if there is one.
        access: How they may see that child: from its team, or by emergency access.
    """

    user: User
    session_id: str
    csrf: str
    actor: Actor
    child_id: str | None
    access: Access | None

    @property
    def child(self) -> str:
        """The child in the address, of a page that has one."""
        if self.child_id is None:
            raise LookupError("no child in this address")
        return self.child_id


def origin_of(request: Request) -> str | None:
    """The address that a request came from."""
    return request.client.host if request.client else None


async def sent_token(request: Request) -> str:
    """The CSRF token that came along, in a header (HTMX) or in the field `csrf` of a form."""
    if request.method in SAFE:
        return ""
    if header := request.headers.get("x-csrf-token"):
        return header
    if request.headers.get("content-type", "").startswith(_FORMS):
        field = (await request.form()).get("csrf")
        return field if isinstance(field, str) else ""
    return ""


def needs(action: Action, *, unseen: bool = False) -> Callable[..., Visit]:
    """What a page depends on that only some may ask for.

    Args:
        action: What the page does or shows. A path parameter `child` or `conversation` tells of which child.
        unseen: The page shows nothing of a child, so that it need not be in the audit trail (the steps of
            a draft that is being made).
    """

    def visit(request: Request, token: Annotated[str, Depends(sent_token)]) -> Visit:
        found = _visit(request, action, token)
        if not unseen:
            note(request, found, action)
        return found

    return visit


def note(request: Request, visit: Visit, action: Action) -> None:
    """Puts in the audit trail that something was seen; what is changed, the store puts there itself."""
    if action.startswith("see_"):
        conversation_id = request.path_params.get("conversation")
        with work(site_of(request).store) as w:
            audit.record(w, visit.actor, action, child_id=visit.child_id, object=conversation_id)


def is_proved(request: Request, visit: Visit, password: str) -> bool:
    """Whether someone just showed once more who they are: by password, or by signing on again.

    Args:
        request: What was asked.
        visit: Who asks.
        password: What was typed; not looked at for an account without a password.
    """
    if visit.user.has_password:
        return knows_password(request, visit, password)
    with work(site_of(request).store) as w:
        return sessions.use_proof(w, visit.session_id)


def knows_password(request: Request, visit: Visit, password: str) -> bool:
    """Whether someone who is signed in gives their own password.

    Raises:
        HTTPException: 429 after a few wrong ones in this session.
    """
    site, tries = site_of(request), f"session {visit.session_id}"
    if site.limits.is_over(tries, accounts.TRIES):
        raise errors.refusal(429)
    is_right = accounts.check_password(site.store, visit.actor, visit.user.id, password)
    if not is_right:
        site.limits.count(tries)
    return is_right


def _visit(request: Request, action: Action, token: str) -> Visit:
    site = site_of(request)
    secret = session_secret(request)
    with look(site.store) as w:
        session = sessions.find(w, secret) if secret else None
        if session is None:
            raise errors.SignedOut
        child_id, access = child_in(w, request, session.user.id)
        is_due = sessions.is_due(w, session)
    actor = Actor(session.user.id, origin_of(request))
    found = Visit(session.user, session.id, session.csrf, actor, child_id, access)
    request.state.visit = found
    if is_due:
        with work(site.store) as w:
            sessions.touch(w, session.id)
    if request.method not in SAFE and not hmac.compare_digest(token.encode(), session.csrf.encode()):
        refuse(request, found, action)
        raise errors.refusal(403, errors.FORGED)
    check(request, found, action)
    return found


def check(request: Request, visit: Visit, action: Action) -> None:
    """Refuses what someone may not do, and puts that in the audit trail.

    Raises:
        HTTPException: 404 for a child that is not theirs to see, 403 for what their role may not do.
    """
    role = visit.user.role
    has_child = not {"child", "conversation"}.isdisjoint(request.path_params)
    if has_child and visit.access is None and (role, action) not in WITHOUT_TEAM:
        refuse(request, visit, action)
        raise errors.refusal(404)
    if not may(role, action) or (visit.access == "emergency" and action in TEAM_ONLY):
        refuse(request, visit, action)
        raise errors.refusal(403)


def refuse(request: Request, visit: Visit, action: Action) -> None:
    """Puts a refusal in the audit trail."""
    conversation_id = request.path_params.get("conversation", "")
    told = conversation_id if _ID.fullmatch(conversation_id) else None
    with work(site_of(request).store) as w:
        audit.record(w, visit.actor, action, outcome="refused", child_id=visit.child_id, object=told)


def child_in(w: Work, request: Request, user_id: str) -> tuple[str | None, Access | None]:
    """The child that an address is about, and how someone may see it; neither for what is no id of ours."""
    child_id = request.path_params.get("child")
    conversation_id = request.path_params.get("conversation")
    if conversation_id is not None and _ID.fullmatch(conversation_id):
        child_id = members.child_of(w, conversation_id)
    if child_id is None or not _ID.fullmatch(child_id):
        return None, None
    return child_id, members.access(w, child_id, user_id)
