"""The versions of a plan: put forward, approved, compared and downloaded."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Form, Path
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.draft import installed_template
from pipeline.plan import Approval, treatment_limits
from pipeline.render import RenderError
from pipeline.store import accounts, approvals, audit, drafts, reviews
from pipeline.store.database import look, work
from pipeline.store.documents import Kind
from pipeline.store.errors import NotApprovable, Outdated
from review import errors
from review.differences import differences
from review.guard import Visit, is_proved, needs
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
WRONG: Final = "Dit wachtwoord klopt niet. Er is niets goedgekeurd."
WRONG_SIGN_ON: Final = "Log eerst opnieuw in bij het ziekenhuis. Er is niets goedgekeurd."
CHANGED: Final = "Het plan is intussen gewijzigd. Er is niets goedgekeurd; bekijk het opnieuw."


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


@router.get("/goedkeuren")
def show_approval(
    request: Request, conversation: str, visit: Annotated[Visit, Depends(needs("see_conversation"))]
) -> Response:
    """What stands in the way of approval, the treatment limits one by one, and the approval itself."""
    return _approval(request, visit, conversation)


@router.post("/goedkeuren")
def approve(
    request: Request,
    conversation: str,
    visit: Annotated[Visit, Depends(needs("approve"))],
    inhoud: Annotated[str, Form()],
    wachtwoord: Annotated[str, Form()] = "",
) -> Response:
    """Approves the plan, by someone who shows once more who that is."""
    site, template = site_of(request), installed_template()
    try:
        with look(site.store) as w:
            approval: Approval = approvals.to_approve(w, visit.actor, conversation, inhoud, template)
        if not is_proved(request, visit, wachtwoord):
            wrong = WRONG if visit.user.has_password else WRONG_SIGN_ON
            return _approval(request, visit, conversation, wrong, 422)
        made = site.renderer.documents(conversation, approval.version, approval)
        with work(site.store) as w:
            approvals.approve(w, visit.actor, conversation, inhoud, approval, made, template)
    except NotApprovable as blocked:
        return _approval(request, visit, conversation, str(blocked), 422)
    except Outdated:
        return _approval(request, visit, conversation, CHANGED, 409)
    except RenderError as failed:
        return _approval(request, visit, conversation, str(failed), 503)
    return RedirectResponse(f"/gesprekken/{conversation}/versies", 303)


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
    template = installed_template()
    with look(site_of(request).store) as w:
        now = held(w, conversation)
        old = reviews.plan_of(w, conversation, template, number)
        version = drafts.version(w, conversation, number)
    found = differences(old, now.screen.plan, template.labels)
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
    site, template = site_of(request), installed_template()
    with look(site.store) as w:
        version = drafts.version(w, conversation, number)
        record = reviews.dossier(w, conversation, template, number)
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


def _approval(
    request: Request, visit: Visit, conversation: str, wrong: str = "", status: int = 200
) -> Response:
    with look(site_of(request).store) as w:
        now = held(w, conversation)
        found = approvals.approvable(w, conversation, installed_template())
    limits = [
        now.screen.statements[entry.id]
        for entry in treatment_limits(now.screen.plan)
        if entry.id in now.screen.statements
    ]
    return page(
        request,
        "plan/approve.html",
        status=status,
        found=found,
        limits=limits,
        by_password=visit.user.has_password,
        wrong=wrong,
        **values(now),
    )
