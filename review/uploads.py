"""Handing in a conversation: a file or text, and who is who in it, before it is drafted and after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, NamedTuple, cast, get_args

from fastapi import APIRouter, Depends
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from extractors.schema import Conversation, Kind, Participant, Role
from extractors.voices import GROUND
from pipeline.intake import IntakeError, read_data
from pipeline.intake.participants_file import ParticipantsFile, Person
from pipeline.store import children, conversations, reviews, templates
from pipeline.store.database import look, work
from review.guard import Visit, check, needs
from review.pages import page
from review.site import site_of

router = APIRouter(include_in_schema=False)

PASTED: Final = "geplakte-tekst.txt"
NOTHING: Final = "Kies een bestand of plak de tekst van het gesprek."
BOTH: Final = "Kies een bestand of plak tekst, niet allebei."
BAD_DAY: Final = "De datum van het gesprek is geen dag die kan kloppen. Kijk hem na."
FIRST_WORDS: Final = 90


class Speaker(NamedTuple):
    """Someone in a conversation: what is taken of them, and the first words, by which a reader knows them."""

    label: str
    role: str
    function: str
    name: str
    words: str
    likely: bool


class Handed(NamedTuple):
    """What was filled in to hand a conversation in."""

    name: str
    data: bytes
    text: str
    date: str
    kind: str
    people: Mapping[str, Person]


async def handed(request: Request) -> Handed:
    """The form that a conversation is handed in with."""
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    file = form.get("bestand")
    name, data = "", b""
    if isinstance(file, UploadFile) and file.filename:
        name, data = file.filename, await file.read()
    await form.close()
    text = fields.get("tekst", "").strip()
    return Handed(name, data, text, fields.get("datum", ""), fields.get("soort", ""), _people(fields))


Sent = Annotated[Handed, Depends(handed)]


@router.get("/kinderen/{child}/gesprekken/nieuw")
def show_new(request: Request, visit: Annotated[Visit, Depends(needs("upload"))]) -> Response:
    """The form to hand a conversation in."""
    return _form(request, visit, Handed("", b"", "", "", "", {}))


@router.post("/kinderen/{child}/gesprekken/wie", dependencies=[Depends(needs("upload"))])
def show_who(request: Request, sent: Sent) -> Response:
    """Who is who in a file that was just chosen, before it is handed in."""
    try:
        name, data = _source(sent)
        read = _read(name, data, _given(sent._replace(people={})))
    except IntakeError as error:
        return page(request, "uploads/who.html", talk=None, speakers=(), wrong=str(error), **_words(request))
    return page(request, "uploads/who.html", talk=read, speakers=_speakers(read), wrong="", **_words(request))


@router.post("/kinderen/{child}/gesprekken/nieuw")
def hand_in(request: Request, visit: Annotated[Visit, Depends(needs("upload"))], sent: Sent) -> Response:
    """Hands a conversation in; what cannot be read is said at once, and leaves the form as it was."""
    site = site_of(request)
    try:
        name, data = _source(sent)
        given = _given(sent)
        _read(name, data, given)
        with work(site.store) as w:
            submitted = conversations.submit(
                w, visit.actor, visit.child, name, data, given, site.settings.max_bytes
            )
    except IntakeError as error:
        return _form(request, visit, sent, str(error))
    site.drafter.wake()
    known = "" if submitted.is_new else "?bekend=1"
    return RedirectResponse(f"/gesprekken/{submitted.id}{known}", 303)


@router.get("/gesprekken/{conversation}/wie")
def show_speakers(
    request: Request, conversation: str, visit: Annotated[Visit, Depends(needs("see_conversation"))]
) -> Response:
    """Who is who in a conversation that was drafted."""
    check(request, visit, "correct")
    return _who_page(request, conversation)


@router.post("/gesprekken/{conversation}/wie")
def tell(
    request: Request, conversation: str, visit: Annotated[Visit, Depends(needs("correct"))], sent: Sent
) -> Response:
    """Tells who is who: the conversation is drafted again, and corrections stay."""
    site = site_of(request)
    try:
        told = _given(sent)
    except IntakeError as error:
        return _who_page(request, conversation, str(error))
    with work(site.store) as w:
        before = conversations.status(w, conversation).given
        given = told.model_copy(update={"child": before.child, "labels": {**before.labels, **told.labels}})
        conversations.tell(w, visit.actor, conversation, given)
    site.drafter.wake()
    return RedirectResponse(f"/gesprekken/{conversation}", 303)


def _who_page(request: Request, conversation: str, wrong: str = "") -> Response:
    with look(site_of(request).store) as w:
        status = conversations.status(w, conversation)
        child = children.get(w, status.child_id)
        record = reviews.dossier(w, conversation)
    return page(
        request,
        "uploads/speakers.html",
        status=422 if wrong else 200,
        talk=status,
        child=child,
        found=record.conversation,
        speakers=_speakers(record.conversation),
        wrong=wrong,
        **_words(request),
    )


def _form(request: Request, visit: Visit, sent: Handed, wrong: str = "") -> Response:
    with look(site_of(request).store) as w:
        child = children.get(w, visit.child)
    return page(
        request,
        "uploads/new.html",
        status=422 if wrong else 200,
        child=child,
        sent=sent,
        wrong=wrong,
        most=site_of(request).settings.max_bytes // 2**20,
        **_words(request),
    )


def _source(sent: Handed) -> tuple[str, bytes]:
    if bool(sent.data) == bool(sent.text):
        raise IntakeError(BOTH if sent.text else NOTHING)
    return (sent.name, sent.data) if sent.data else (PASTED, sent.text.encode())


def _given(sent: Handed) -> ParticipantsFile:
    try:
        date = dt.date.fromisoformat(sent.date) if sent.date else None
    except ValueError:
        raise IntakeError(BAD_DAY) from None
    if date and date > _today():
        raise IntakeError(BAD_DAY)
    kind = cast("Kind", sent.kind) if sent.kind in get_args(Kind) else None
    return ParticipantsFile(date=date, kind=kind, labels=dict(sent.people))


def _read(name: str, data: bytes, given: ParticipantsFile) -> Conversation:
    return read_data(data, name, latest=_today() + dt.timedelta(days=1), given=given)


def _people(fields: Mapping[str, str]) -> dict[str, Person]:
    """Who is who, by label; a speaker without a role stays open."""
    found = {}
    for name, label in fields.items():
        _, is_label, number = name.partition("label-")
        role = fields.get(f"rol-{number}", "")
        if is_label and label and role in get_args(Role):
            function = " ".join(fields.get(f"functie-{number}", "").split())[:200]
            called = " ".join(fields.get(f"naam-{number}", "").split())[:200]
            found[label] = Person(role=cast("Role", role), function=function or None, name=called or None)
    return found


def _speakers(read: Conversation) -> Sequence[Speaker]:
    first: dict[str, str] = {}
    for turn in read.turns:
        if turn.label is not None:
            first.setdefault(turn.label, " ".join(turn.text.split())[:FIRST_WORDS])
    return tuple(_speaker(one, first.get(one.label, "")) for one in read.participants)


def _speaker(one: Participant, words: str) -> Speaker:
    likely = GROUND in one.because
    return Speaker(one.label, one.role or "", one.function or "", one.name or "", words, likely)


def _words(request: Request) -> dict[str, Any]:
    with look(site_of(request).store) as w:
        labels = templates.current(w).labels
    return {"roles": list(labels.roles.items()), "kinds": list(labels.kinds.items())}


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()
