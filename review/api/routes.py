"""What other systems can ask for. What is refused comes as `application/problem+json`, in Dutch."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, File, Form, Query, UploadFile
from fastapi.responses import Response
from starlette.requests import Request

from extractors.schema import Kind
from pipeline.intake.participants_file import ParticipantsFile
from pipeline.plan import Plan
from pipeline.store import audit, children, conversations, drafts, reviews
from pipeline.store.additions import Shown
from pipeline.store.database import look, work
from review.api.bearer import allows
from review.api.records import Added, Child, Conversation, Corrections, Problem, Submitted, Version
from review.guard import Visit, check
from review.site import site_of

Document = Literal["docx", "pdf", "family"]

WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEDIA: Final[dict[Document, str]] = {"docx": WORD, "pdf": "application/pdf", "family": WORD}
_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {
        "description": description,
        "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
    }
    for status, description in {
        400: "What was sent cannot be read",
        401: "No token, or one that is no longer good",
        403: "The owner of the token may not do this",
        404: "It is not there, or of a child whose care team the owner of the token is not in",
        409: "Somebody else changed it in between, or the conversation was worked out again",
        413: "What was sent is too large",
        422: "What was sent does not fit; `detail` says why",
        500: "izp failed; the log has the id in `instance`",
    }.items()
}

router = APIRouter(prefix="/api/v1", responses=_PROBLEMS)

Number = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="The version; the newest without it")]


@router.get("/children")
def list_children(request: Request, visit: Annotated[Visit, Depends(allows("see_children"))]) -> list[Child]:
    """The children whose care team the owner of the token is in, without those that cannot be read now."""
    with look(site_of(request).store) as w:
        return [Child.of(each.child) for each in children.of_user(w, visit.user.id) if each.child]


@router.post("/children", status_code=201)
def add_child(
    request: Request, about: children.About, visit: Annotated[Visit, Depends(allows("add_child"))]
) -> Child:
    """Adds a child; the owner of the token is the first in its care team."""
    with work(site_of(request).store) as w:
        return Child.of(children.add(w, visit.actor, about))


@router.get("/children/{child}", dependencies=[Depends(allows("see_child"))])
def get_child(request: Request, child: str) -> Child:
    """A child."""
    with look(site_of(request).store) as w:
        return Child.of(children.get(w, child))


@router.get("/children/{child}/conversations", dependencies=[Depends(allows("see_child"))])
def list_conversations(request: Request, child: str) -> list[Conversation]:
    """The conversations of a child, the newest first."""
    with look(site_of(request).store) as w:
        return [Conversation.of(each) for each in conversations.of_child(w, child)]


@router.post("/children/{child}/conversations", status_code=202)
def submit(
    request: Request,
    child: str,
    visit: Annotated[Visit, Depends(allows("upload"))],
    file: Annotated[UploadFile, File(description="The transcript, or the notes")],
    date: Annotated[dt.date | None, Form()] = None,
    kind: Annotated[Kind | None, Form()] = None,
) -> Submitted:
    """Hands a conversation in. Its draft is made at once; ask for the conversation to see how far it is."""
    site = site_of(request)
    data, name = file.file.read(), file.filename or "gesprek"
    with work(site.store) as w:
        given = ParticipantsFile(date=date, kind=kind)
        handed = conversations.submit(w, visit.actor, child, name, data, given, site.settings.max_bytes)
    site.drafter.wake()
    return Submitted(id=handed.id, is_new=handed.is_new)


@router.get("/conversations/{conversation}", dependencies=[Depends(allows("see_conversation"))])
def get_conversation(request: Request, conversation: str) -> Conversation:
    """A conversation, and how far its draft is."""
    with look(site_of(request).store) as w:
        return Conversation.of(conversations.status(w, conversation))


@router.get("/conversations/{conversation}/versions", dependencies=[Depends(allows("see_conversation"))])
def list_versions(request: Request, conversation: str) -> list[Version]:
    """The versions of the plan of a conversation, the oldest first; the last is the one to correct."""
    with look(site_of(request).store) as w:
        return [Version.of(each) for each in drafts.versions(w, conversation)]


@router.get("/conversations/{conversation}/plan", dependencies=[Depends(allows("see_conversation"))])
def get_plan(request: Request, conversation: str, version: Number = None) -> Plan:
    """The plan of a conversation."""
    with look(site_of(request).store) as w:
        return reviews.plan_of(w, conversation, version)


@router.post("/conversations/{conversation}/corrections")
def correct(
    request: Request,
    conversation: str,
    sent: Corrections,
    visit: Annotated[Visit, Depends(allows("correct"))],
) -> Added:
    """Adds corrections, all or none; the same ones again change nothing."""
    if any(each.kind == "ratify" for each in sent.corrections):
        check(request, visit, "ratify")
    shown = Shown(sent.shown.drafting, sent.shown.template)
    with work(site_of(request).store) as w:
        added = reviews.append(w, visit.actor, conversation, sent.corrections, sent.seen, shown)
    return Added(version=added.version, opened=added.opened)


@router.get(
    "/conversations/{conversation}/documents/{kind}",
    response_class=Response,
    responses={200: {"content": {media: {} for media in MEDIA.values()}}},
)
def get_document(
    request: Request,
    conversation: str,
    kind: Document,
    visit: Annotated[Visit, Depends(allows("download"))],
    version: Number = None,
) -> Response:
    """The plan as a Word document or as PDF, or the summary for the family."""
    site = site_of(request)
    with look(site.store) as w:
        number = version or drafts.head(w, conversation).number
    made = site.renderer.documents(conversation, number)[kind]
    with work(site.store) as w:
        told = f"{conversation} {number} {kind}"
        audit.record(w, visit.actor, "download", child_id=visit.child_id, object=told)
    return Response(made, media_type=MEDIA[kind])
