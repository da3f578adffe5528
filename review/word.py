"""A corrected Word document that comes back: what it changes is shown first, and then taken over."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Depends, Form
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.intake import IntakeError, check_size
from pipeline.store import drafts, reviews, templates
from pipeline.store.database import Work, look, work
from pipeline.store.errors import NotFound, Outdated
from pipeline.template import Template
from pipeline.word_review.reading import Document, read_document
from pipeline.word_review.review import NOT_KNOWN, OTHER_PLAN, Review, origin, review, where
from review.guard import Visit, needs
from review.pages import page
from review.panels import DEEDS
from review.plans import held, values
from review.site import site_of

router = APIRouter(prefix="/gesprekken/{conversation}", include_in_schema=False)

NOTHING: Final = "Kies het Word-bestand met de verbeteringen."
GONE: Final = "Dit heeft te lang geduurd. Kies het Word-bestand opnieuw; er is niets gewijzigd."
SENTENCES: Final = {
    OTHER_PLAN: "Dit document hoort bij het plan van een ander gesprek. Lever het daar in.",
    NOT_KNOWN: (
        "Dit document is van geen enkele versie van dit plan, of het gesprek is daarna opnieuw uitgewerkt. "
        "Er is niets overgenomen. Download het document opnieuw en neem de verbeteringen daarin over."
    ),
}
"""What is said on the command line otherwise, where it tells of an option."""

_KEPT_S: Final = 900
_MOST: Final = 40


class _Compared(NamedTuple):
    """What a document changes, the template that it was made with, and the drafting it was compared with."""

    review: Review
    template: Template
    drafting: int


class _Waiting(NamedTuple):
    user_id: str
    conversation: str
    data: bytes
    at: float


_waiting: OrderedDict[str, _Waiting] = OrderedDict()
_lock = threading.Lock()


async def sent_file(request: Request) -> bytes:
    """The file of a form, b"" where none was chosen."""
    form = await request.form()
    file = form.get("bestand")
    data = await file.read() if isinstance(file, UploadFile) else b""
    await form.close()
    return data


@router.post("/word")
def show_changes(
    request: Request,
    conversation: str,
    visit: Annotated[Visit, Depends(needs("import_word"))],
    data: Annotated[bytes, Depends(sent_file)],
) -> Response:
    """What a Word document changes in the plan, before it is taken over."""
    try:
        if not data:
            raise IntakeError(NOTHING)
        check_size(len(data), site_of(request).settings.max_bytes)
        found = _compared(request, conversation, data).review
    except IntakeError as error:
        return _page(request, conversation, wrong=SENTENCES.get(str(error), str(error)))
    return _page(request, conversation, found=found, ticket=_keep(visit.user.id, conversation, data))


@router.post("/word/overnemen")
def take_over(
    request: Request,
    conversation: str,
    visit: Annotated[Visit, Depends(needs("import_word"))],
    bewijs: Annotated[str, Form()],
) -> Response:
    """Takes over what a Word document changes."""
    with _lock:
        waiting = _waiting.pop(bewijs, None)
    if waiting is None or waiting[:2] != (visit.user.id, conversation) or _is_old(waiting):
        return _page(request, conversation, wrong=GONE)
    try:
        found, template, drafting = _compared(request, conversation, waiting.data)
        since = len(found.dossier.corrections) - len(found.corrections)
        with work(site_of(request).store) as w:
            reviews.take_over(
                w,
                visit.actor,
                conversation,
                found.corrections,
                found.queue,
                template,
                drafting=drafting,
                since=since,
            )
    except (IntakeError, Outdated) as error:
        return _page(request, conversation, wrong=SENTENCES.get(str(error), str(error)))
    return RedirectResponse(f"/gesprekken/{conversation}{'#wachtrij' if found.queue else ''}", 303)


def _compared(request: Request, conversation: str, data: bytes) -> _Compared:
    """Compares a document with the plan in its own template: the plan may be shown in another by now."""
    document = read_document(data)
    with look(site_of(request).store) as w:
        version = drafts.head(w, conversation)
        template = _template_of(w, conversation, document)
        record = reviews.record_in(w, conversation, template, version)
    return _Compared(review(document, record, template), template, version.drafting)


def _template_of(w: Work, conversation: str, document: Document) -> Template:
    name, _, version = (origin(document).template or "").rpartition(" ")
    try:
        return templates.get(w, templates.named(w, name, version))
    except NotFound:  # it does not say, or it was not made here
        return reviews.template_of(w, conversation)


def _page(
    request: Request, conversation: str, *, found: Review | None = None, ticket: str = "", wrong: str = ""
) -> Response:
    with look(site_of(request).store) as w:
        now = held(w, conversation)
    plan = now.screen.plan
    numbers = {entry.id: entry.number for entry in plan.entries}
    changes = [
        (one, DEEDS[one.kind], numbers.get(one.target), where(one, plan))
        for one in (found.corrections if found else ())
    ]
    return page(
        request,
        "plan/word.html",
        status=422 if wrong else 200,
        found=found,
        changes=changes,
        ticket=ticket,
        wrong=wrong,
        **values(now),
    )


def _keep(user_id: str, conversation: str, data: bytes) -> str:
    """Keeps a document until its sender has seen what it changes: in memory only, and not for long."""
    ticket = secrets.token_urlsafe(16)
    with _lock:
        for old in [name for name, one in _waiting.items() if _is_old(one)]:
            del _waiting[old]
        while len(_waiting) >= _MOST:
            _waiting.popitem(last=False)
        _waiting[ticket] = _Waiting(user_id, conversation, data, time.monotonic())
    return ticket


def _is_old(one: _Waiting) -> bool:
    return time.monotonic() - one.at > _KEPT_S
