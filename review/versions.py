"""The versions of a plan: put forward, compared and downloaded."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Form, Path
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.render import RenderError
from pipeline.store import accounts, audit, drafts, reviews
from pipeline.store.database import look, work
from pipeline.store.documents import Kind
from review import errors
from review.differences import differences
from review.guard import Visit, needs
from review.pages import page
from review.plans import held, values
from review.site import site_of

router = APIRouter(prefix="/gesprekken/{conversation}", include_in_schema=False)

File = Literal["docx", "pdf", "gezin", "json"]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]

_KINDS: Final[dict[File, Kind]] = {"docx": "docx", "pdf": "pdf", "gezin": "family"}
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TYPES: Final[dict[File, tuple[str, str]]] = {
    "docx": (_WORD, ".docx"),
    "pdf": ("application/pdf", ".pdf"),
    "gezin": (_WORD, "-gezin.docx"),
    "json": ("application/json", ".json"),
}


@router.post("/klaar")
def set_ready(
    request: Request,
    conversation: str,
    visit: Annotated[Visit, Depends(needs("set_ready"))],
    versie: Annotated[int, Form()],
) -> Response:
    """Says that the concept is ready to be judged."""
    with work(site_of(request).store) as w:
        drafts.set_ready(w, visit.actor, conversation, versie)
    return RedirectResponse(f"/gesprekken/{conversation}", 303)


@router.post("/heropenen")
def reopen(
    request: Request,
    conversation: str,
    visit: Annotated[Visit, Depends(needs("reopen"))],
    versie: Annotated[int, Form()],
) -> Response:
    """Makes what was ready a concept again, or begins a new concept after what was approved."""
    with work(site_of(request).store) as w:
        drafts.reopen(w, visit.actor, conversation, versie)
    return RedirectResponse(f"/gesprekken/{conversation}", 303)


@router.get("/versies", dependencies=[Depends(needs("see_conversation"))])
def show_versions(request: Request, conversation: str) -> Response:
    """All versions, with their documents."""
    with look(site_of(request).store) as w:
        now = held(w, conversation)
        found = drafts.versions(w, conversation)
        names = {
            user_id: accounts.get_user(w, user_id).name
            for user_id in {each.ready_by for each in found}
            if user_id is not None
        }
    return page(request, "plan/versions.html", versions=found[::-1], names=names, wrong="", **values(now))


@router.get("/verschillen/{number}", dependencies=[Depends(needs("see_conversation"))])
def show_differences(request: Request, conversation: str, number: Number) -> Response:
    """What is other now than in an earlier version."""
    with look(site_of(request).store) as w:
        now = held(w, conversation)
        old = reviews.plan_of(w, conversation, number)
        version = drafts.version(w, conversation, number)
    found = differences(old, now.screen.plan, now.template.labels)
    return page(request, "plan/differences.html", version=version, found=found, **values(now))


@router.get("/versies/{number}/{file}")
def download(
    request: Request,
    conversation: str,
    number: Number,
    file: File,
    visit: Annotated[Visit, Depends(needs("download"))],
) -> Response:
    """A document of a version; the name of the file tells no one whose it is."""
    site = site_of(request)
    with look(site.store) as w:
        version = drafts.version(w, conversation, number)
        record = reviews.dossier(w, conversation, number)
    if file == "json":
        data = record.model_dump_json(indent=1).encode()
    else:
        try:
            data = site.renderer.documents(conversation, number)[_KINDS[file]]
        except RenderError as failed:
            raise errors.refusal(503, str(failed)) from None
    with work(site.store) as w:
        told = f"{conversation}/{number}/{file}"
        audit.record(w, visit.actor, "download", child_id=visit.child, object=told)
    kind, ending = _TYPES[file]
    day = (version.approval.at if version.approval else version.created_at).astimezone().date()
    name = f"izp-{day.isoformat()}-{conversation[:8]}-versie-{number}{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, media_type=kind, headers=headers)
