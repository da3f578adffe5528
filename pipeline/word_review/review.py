"""From an edited document to the corrections on a record. No file is read or written here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pydantic import ValidationError

from pipeline.corrections import Correction, Unmatched, correction_id, touched
from pipeline.dossier import Dossier
from pipeline.plan import Approval, Plan, assemble, content_hash
from pipeline.plan.versions import fingerprint
from pipeline.render import render_docx, render_family
from pipeline.template import Template
from pipeline.word_review.comparison import Comparison
from pipeline.word_review.errors import ReviewError
from pipeline.word_review.reading import Document, read_document
from pipeline.word_review.remarks import remarks
from pipeline.word_review.stretch import plain

NO_PLAN = (
    "Dit Word-document is niet door izp gemaakt, of de gegevens waaraan izp het herkent zijn verwijderd. "
    "Bied het document aan dat izp maakte, met uw wijzigingen erin."
)
OTHER_PLAN = (
    "Dit document hoort bij het plan van een ander gesprek. Wijs met --record het bestand NAAM.izp.json aan "
    "dat erbij hoort."
)
OTHER_TEMPLATE = (
    "Dit document is gemaakt met een andere versie van het sjabloon ({theirs}; nu {ours}). Neem de "
    "wijzigingen over in een nieuw document, of lees het in met de versie van izp waarmee het gemaakt is."
)
NOT_KNOWN = (
    "Dit document is nieuwer dan het bestand met de gegevens, of het gesprek is sindsdien opnieuw "
    "uitgewerkt. Wijs met --record het bestand NAAM.izp.json aan dat erbij hoort."
)
OTHER_TEXT = (
    "In dit document staat bijna niets van het plan waar het bij hoort. Is er een ander document in geplakt? "
    "Bied het document aan dat izp maakte, met uw wijzigingen erin."
)
LEAST = 0.1
"""A document with less of a plan's lines than this was not made from it."""

SINCE = "Dit is sindsdien ook door een ander gewijzigd."

_RIVALS: dict[str, frozenset[str]] = {
    "edit": frozenset({"edit", "reject", "merge", "confirm", "ratify", "undo"}),
    "reject": frozenset({"edit", "reject", "move", "merge", "classify", "confirm", "ratify", "undo"}),
    "move": frozenset({"move", "reject", "merge", "classify", "ratify", "undo"}),
    "fill": frozenset({"fill"}),
}
"""What someone else may have done since that a change in a document would undo without knowing."""


class Origin(NamedTuple):
    """What a document tells of where it comes from: a conversation, a draft (fingerprint) and a template.

    `number` and `approval` are those that the plan was printed with, if any.
    """

    conversation: str | None
    fingerprint: str
    template: str | None
    number: int | None = None
    approval: Approval | None = None


class Review(NamedTuple):
    """What came of reading a document back.

    `dossier` is the record with what is new; `corrections` and `queue` hold just that, `known` how many more
    were on record already. `base` is the plan that the reader had, `later` how many corrections were made on
    record since. `lost` counts the comments of izp that are gone from the document.
    """

    dossier: Dossier
    corrections: tuple[Correction, ...]
    queue: tuple[Unmatched, ...]
    known: int
    base: Plan
    later: int
    lost: int


def origin(document: Document) -> Origin:
    """Where a document comes from, by its properties, the foot of its pages or its first table.

    Raises:
        ReviewError: It is no document of izp.
    """
    told = document.properties
    lines = (*document.running, *(item.was for item in document.items))
    text = " ".join(lines)
    printed = re.search(r"\b(?:concept|kenmerk) ([0-9a-f]{8})\b", text)
    fingerprint = told.get("izp-plan") or (printed[1] if printed else None)
    if fingerprint is None:
        raise ReviewError(NO_PLAN)
    numbered = re.search(rf"\bversie (\d{{1,6}}) \(concept\), kenmerk {re.escape(fingerprint)}\b", text)
    return Origin(
        told.get("izp-conversation"),
        fingerprint,
        told.get("izp-template"),
        int(numbered[1]) if numbered else None,
        _approval(told.get("izp-approval")),
    )


def _approval(told: str | None) -> Approval | None:
    """The approval that a document was printed with, only to make the same document again."""
    try:
        return Approval.model_validate_json(told) if told else None
    except ValidationError:
        return None


def draft_of(source: Origin, dossier: Dossier, template: Template) -> tuple[Plan, int]:
    """The plan that a document was made from, and after how many of the corrections on record that was.

    Raises:
        ReviewError: The record never was at that plan; says why, as far as that can be told.
    """
    if source.conversation not in (None, dossier.conversation.id):
        raise ReviewError(OTHER_PLAN)
    conversation, findings = dossier.conversation, dossier.findings
    for count in range(len(dossier.corrections), -1, -1):
        corrections = dossier.corrections[:count]
        if fingerprint(content_hash(conversation, findings, corrections), template) == source.fingerprint:
            made = assemble(
                conversation,
                findings,
                template,
                corrections,
                number=source.number,
                approval=source.approval,
            )
            return made, count
    ours = f"{template.name} {template.version}"
    if source.template not in (None, ours):
        raise ReviewError(OTHER_TEMPLATE.format(theirs=source.template, ours=ours))
    raise ReviewError(OTHER_PLAN if source.conversation is None else NOT_KNOWN)


def review(document: Document, dossier: Dossier, template: Template) -> Review:
    """Reads what readers changed in a document and adds it to the record.

    The document is compared with the one that the reader had, made again from the record. What stands on
    record already is not added again; what someone else changed since goes to the queue.

    Raises:
        ReviewError: The document does not belong to this record.
        RenderError: The document that the reader had cannot be made again.
    """
    base, count = draft_of(origin(document), dossier, template)
    comparison = Comparison(base, _original(document, base, template), document)
    found, told = comparison.found(), remarks(comparison)
    later = _since_then(dossier, count)
    corrections: list[Correction] = []
    queue: list[Unmatched] = []
    known = {one.id for one in dossier.corrections} | {one.id for one in dossier.queue}
    for one in (*found.corrections, *told.corrections):
        if one.id not in known and _clashes(one, later):
            queue.append(_since(one, base))
        else:
            corrections.append(one)
    queue += (*found.queue, *told.queue)
    new = tuple(one for one in corrections if one.id not in known)
    waiting = tuple(one for one in queue if one.id not in known)
    return Review(
        dossier=dossier.model_copy(
            update={"corrections": (*dossier.corrections, *new), "queue": (*dossier.queue, *waiting)}
        ),
        corrections=new,
        queue=waiting,
        known=len(corrections) + len(queue) - len(new) - len(waiting),
        base=base,
        later=len(later),
        lost=told.lost,
    )


def _original(document: Document, plan: Plan, template: Template) -> Document:
    """The document of a plan that was edited: the plan itself, or else the summary for the family.

    Raises:
        ReviewError: Hardly a line of either is in it: its name is of this plan, but its text is not.
    """
    as_plan = read_document(render_docx(plan, template))
    if _shared(document, as_plan) >= 0.5:
        return as_plan
    for_family = read_document(render_family(plan, template))
    likest = max(as_plan, for_family, key=lambda made: _shared(document, made))
    if _shared(document, likest) < LEAST:
        raise ReviewError(OTHER_TEXT)
    return likest


def _texts(document: Document) -> set[str]:
    return {plain(item.was) for item in document.items}


def _shared(document: Document, made: Document) -> float:
    """How much of what izp made is in a document to the letter."""
    there = _texts(made)
    return len(_texts(document) & there) / len(there)


def _since_then(dossier: Dossier, count: int) -> list[tuple[Correction, frozenset[str]]]:
    """The corrections after so many, each with what it is about: an undo with what that changes back."""
    about = touched(dossier.corrections)
    return [
        (one, names | {one.target})
        for one, names in zip(dossier.corrections[count:], about[count:], strict=True)
    ]


def _clashes(one: Correction, later: Sequence[tuple[Correction, frozenset[str]]]) -> bool:
    """Whether someone else changed the same thing to something else after the document was made.

    A reader who goes on in the same document changes what that reader changed before.
    """
    rivals = (
        other
        for other, about in later
        if one.target in about and other.kind in _RIVALS.get(one.kind, frozenset())
    )
    return any(
        (other.kind, other.after) != (one.kind, one.after)
        and (other.plan != one.plan or other.author is None or other.author != one.author)
        for other in rivals
    )


def _since(one: Correction, base: Plan) -> Unmatched:
    return Unmatched(
        id=correction_id(one.plan, "since", one.id),
        where=where(one, base),
        why=SINCE,
        before=one.before,
        after=one.after,
        author=one.author,
        at=one.at,
        plan=one.plan,
    )


def where(one: Correction, plan: Plan) -> str:
    """The heading that what a correction is about stands under, "" where that is not known."""
    headings = {chapter.id: chapter.heading for chapter in plan.chapters}
    headings |= {section.id: section.heading for chapter in plan.chapters for section in chapter.sections}
    homes = {entry.id: entry.home for entry in plan.entries}
    return headings.get(homes.get(one.target, one.target)) or ""
