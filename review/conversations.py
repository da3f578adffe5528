"""The page of a conversation: how far its draft is, and then the review screen."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.store import children, conversations
from pipeline.store.database import look, work
from review.guard import Visit, needs
from review.pages import page
from review.plans import held, values
from review.site import site_of

router = APIRouter(prefix="/gesprekken/{conversation}", include_in_schema=False)

KNOWN: Final = "Dit bestand stond er al. Dit is het plan dat ervan gemaakt is."

STEPS: Final = (
    ("waiting", "Het gesprek is ingeleverd"),
    ("reading", "Het gesprek wordt gelezen: wie zegt wat"),
    ("extracting", "Wensen, doelen, zorgen en afspraken worden opgezocht"),
    ("done", "Het concept staat klaar"),
)


@router.get("")
def show(
    request: Request,
    conversation: str,
    visit: Annotated[Visit, Depends(needs("see_conversation"))],
    bekend: str = "",
) -> Response:
    """The review screen of a conversation; while there is no draft, how far that is."""
    store = site_of(request).store
    with look(store) as w:
        status = conversations.status(w, conversation)
        if status.drafting and status.state in ("done", "failed"):
            said = KNOWN if bekend else ""
            return page(request, "plan/screen.html", **values(held(w, conversation), said=said))
        child = children.get(w, visit.child)
    return page(request, "plan/progress.html", child=child, talk=status, steps=STEPS)


@router.get("/voortgang", dependencies=[Depends(needs("see_conversation", unseen=True))])
def show_progress(request: Request, conversation: str, stap: str = "") -> Response:
    """How far the draft is, for a page that waits for it; once it is there, the page is sent for.

    Nothing comes back where it is at the step that the page shows: else that would be read aloud each time.
    """
    with look(site_of(request).store) as w:
        status = conversations.status(w, conversation)
    if status.state == stap:
        return Response(status_code=204)
    headers = {"HX-Refresh": "true"} if status.state == "done" else None
    return page(request, "plan/steps.html", headers=headers, talk=status, steps=STEPS)


@router.post("/opnieuw")
def try_again(
    request: Request, conversation: str, visit: Annotated[Visit, Depends(needs("upload"))]
) -> Response:
    """A draft that could not be made is tried again."""
    site = site_of(request)
    with work(site.store) as w:
        conversations.retry(w, visit.actor, conversation)
    site.drafter.wake()
    return RedirectResponse(f"/gesprekken/{conversation}", 303)
