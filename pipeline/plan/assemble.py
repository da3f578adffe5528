"""From a conversation, its findings and the corrections of readers to a plan. No markup, no file.

A treatment limit is shown as what was said with a status; nothing here derives a decision from it
(docs/architecture.md, rule 4). A statement to review stands in its own chapter and counts nowhere until a
reader has decided.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from extractors.schema import Conversation, Findings
from pipeline.corrections import Correction, replay
from pipeline.plan.coverage import coverage, questions
from pipeline.plan.entries import added, chapter_that, said_in
from pipeline.plan.forms import child_of, fields_of
from pipeline.plan.given import Given, all_flags, chapters_of, is_adult
from pipeline.plan.placing import chapter_of, placing
from pipeline.plan.points import points, resolved_points, review_order, to_review
from pipeline.plan.records import Plan
from pipeline.plan.remarks import remarks_of
from pipeline.plan.sources import headings, partly_used, sources, unused
from pipeline.template import Template


def assemble(
    conversation: Conversation,
    findings: Findings,
    template: Template,
    corrections: Sequence[Correction] = (),
) -> Plan:
    """Puts every statement, flag and correction in its place.

    The same input always gives the same plan: no clock, no setting and no order of a set has a say in it.
    """
    given = Given(
        conversation, findings, template, replay(corrections), all_flags(conversation, findings, template)
    )
    resolved = resolved_points(given)
    said = said_in(given, review_order(given), resolved)
    own = added(given, first=len(said) + 1)
    entries = (*(one.entry for one in said), *own)
    placed = placing(given, said, own)
    fingerprint = _fingerprint(given, corrections)
    version = f"concept {fingerprint}, sjabloon {template.name} {template.version}"
    parts = [chapter_of(chapter, given, placed, version) for chapter in chapters_of(given)]
    fields = fields_of(given, parts)
    labels, struck_out = template.labels, chapter_that("rejected", given)
    return Plan(
        template=template.name,
        version=template.version,
        language=template.language,
        title=template.title,
        status=template.status,
        conversation=conversation.id,
        child=child_of(given),
        kind=labels.kinds[conversation.kind],
        adult=is_adult(given),
        date=conversation.date,
        source=conversation.source,
        fingerprint=fingerprint,
        perspectives=labels.perspectives_adult if is_adult(given) else labels.perspectives,
        chapters=tuple(parts),
        entries=entries,
        fields=fields,
        points=points(given, entries, resolved),
        remarks=remarks_of(given, parts, entries, fields),
        to_review=to_review(given, said),
        rejected=tuple(entry for entry in entries if entry.home == struck_out),
        questions=questions(given, parts, placed.said),
        coverage=coverage(given, parts, placed.said),
        sources=sources(given, parts, entries),
        unused=unused(given),
        unquoted=partly_used(given),
        headings=headings(given),
    )


def _fingerprint(given: Given, corrections: Sequence[Correction]) -> str:
    """What tells this draft from any other: all that it is made from goes into it."""
    parts = [
        given.conversation.model_dump_json(),
        given.template.name,
        given.template.version,
        given.findings.model_dump_json(),
        *(correction.model_dump_json() for correction in corrections),
    ]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:8]
