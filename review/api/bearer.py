"""Whose token a program brings along, and whether they may: what `review.guard` is for browsers.

No CSRF token is asked for: a browser sends no bearer token by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request

from pipeline.store import audit, tokens
from pipeline.store.actions import Action
from pipeline.store.audit import Actor
from pipeline.store.database import look, work
from review import errors
from review.guard import Visit, check, child_in, note, origin_of
from review.site import site_of

_bearer: Final = HTTPBearer(auto_error=False, scheme_name="toegangssleutel")


def allows(action: Action) -> Callable[..., Visit]:
    """What a route of the API depends on that only some may ask for.

    Args:
        action: What it does or shows. A path parameter `child` or `conversation` tells of which child.
    """

    def visit(
        request: Request, told: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
    ) -> Visit:
        store = site_of(request).store
        with look(store) as w:
            user = tokens.find(w, told.credentials) if told else None
            child_id, access = child_in(w, request, user.id) if user else (None, None)
        actor = Actor(user.id if user else None, origin_of(request))
        if user is None or told is None:
            with work(store) as w:
                audit.record(w, actor, "sign_in_failed", outcome="refused")
            raise errors.SignedOut
        found = Visit(user, session_id="", csrf="", actor=actor, child_id=child_id, access=access)
        check(request, found, action)
        with work(store) as w:
            tokens.note_use(w, told.credentials)
        note(request, found, action)
        return found

    return visit
