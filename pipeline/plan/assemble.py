"""From a conversation, its findings and the corrections of readers to a plan. No markup, no file.

A treatment limit is shown as what was said with a status; nothing here derives a decision from it
(docs/architecture.md, rule 4). A statement to review stands in its own chapter and counts nowhere until a
reader has decided.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractors.schema import Conversation, Findings
from pipeline.corrections import Correction
from pipeline.plan.confided import confided_in
from pipeline.plan.coverage import coverage, questions
from pipeline.plan.entries import quoted_by_readers, stated
from pipeline.plan.forms import child_of, fields_of
from pipeline.plan.given import given_by, is_adult
from pipeline.plan.homes import chapter_that, folded
from pipeline.plan.placing import chapter_of, placing
from pipeline.plan.points import points, resolved_points, review_order, to_review
from pipeline.plan.records import Approval, Plan
from pipeline.plan.remarks import remarks_of
from pipeline.plan.sources import headings, partly_used, sources, unused
from pipeline.plan.versions import content_hash, edition, fingerprint, status
from pipeline.template import Template


def assemble(
    conversation: Conversation,
    findings: Findings,
    template: Template,
    corrections: Sequence[Correction] = (),
    *,
    number: int | None = None,
    approval: Approval | None = None,
) -> Plan:
    """Puts every statement, flag and correction in its place.

    The same input always gives the same plan: no clock, no setting and no order of a set has a say in it.

    Args:
        conversation: The conversation.
        findings: What was found in it.
        template: The template of the plan.
        corrections: What readers corrected, in order.
        number: Which version of the plan this draft is, where versions are counted.
        approval: By whom just this content was approved, if it was.
    """
    given = given_by(conversation, findings, template, corrections)
    below = folded(given)
    resolved = resolved_points(given, below)
    all_of_them = stated(given, review_order(given), resolved, below)
    entries, said = all_of_them
    placed = placing(given, all_of_them)
    mark = fingerprint(content_hash(conversation, findings, corrections), template)
    name = edition(mark, number, approval)
    version = f"{name}, sjabloon {template.name} {template.version}"
    parts = [
        chapter_of(chapter, given, placed, version, approved=approval is not None)
        for chapter in given.chapters
    ]
    fields = fields_of(given, parts)
    open_points = points(given, entries, resolved)
    chosen = [one.place for one in quoted_by_readers(given) if one.place]
    labels, struck_out = template.labels, chapter_that("rejected", given)
    return Plan(
        template=template.name,
        version=template.version,
        language=template.language,
        title=template.title,
        status=status(approval, template),
        conversation=conversation.id,
        child=child_of(given),
        kind=labels.kinds[conversation.kind],
        adult=is_adult(given),
        date=conversation.date,
        source=conversation.source,
        fingerprint=mark,
        edition=name,
        number=approval.version if approval else number,
        approval=approval,
        perspectives=labels.perspectives_adult if is_adult(given) else labels.perspectives,
        chapters=tuple(parts),
        entries=entries,
        fields=fields,
        points=open_points,
        remarks=remarks_of(given, parts, entries, fields),
        to_review=to_review(given, said),
        rejected=tuple(entry for entry in entries if entry.home == struck_out),
        confided=confided_in(given, entries),
        questions=questions(given, parts, placed.said, open_points),
        coverage=coverage(given, parts, placed.said),
        sources=sources(given, parts, entries),
        unused=unused(given, chosen),
        unquoted=partly_used(given, chosen),
        headings=headings(given),
    )
