"""Which version of a plan this is: what it is made from, and how that is told on paper."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from extractors.schema import Conversation, Findings
from pipeline.corrections import Correction
from pipeline.plan.dates import dutch_date
from pipeline.plan.records import Approval
from pipeline.template import Template


def content_hash(conversation: Conversation, findings: Findings, corrections: Iterable[Correction]) -> str:
    """What a plan is made from, as a SHA-256 hash (hex): approval binds to it.

    The template is not in it. Values that a record has by default are left out, so that a new field leaves
    the hash of older records as it is.
    """
    digest = hashlib.sha256()
    for record in (conversation, findings, *corrections):
        digest.update(record.model_dump_json(exclude_defaults=True).encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    return digest.hexdigest()


def fingerprint(content: str, template: Template) -> str:
    """What tells a plan from any other on paper: its content (`content_hash`) and its template."""
    return hashlib.sha256(f"{content}\0{template.name}\0{template.version}".encode()).hexdigest()[:8]


def edition(mark: str, number: int | None, approval: Approval | None) -> str:
    """How a version of a plan is called; `mark` is its fingerprint."""
    if approval:
        return f"versie {approval.version}, kenmerk {mark}"
    return f"versie {number} (concept), kenmerk {mark}" if number else f"concept {mark}"


def status(approval: Approval | None, template: Template) -> str:
    """What every page says: that this is a draft, or who approved it, as what and when."""
    return approved(template.texts["approved_by"], approval, template) if approval else template.status


def approved(words: str, approval: Approval, template: Template) -> str:
    """By whom a plan was approved, in which function, when, and as which version, with words before it."""
    on, version = template.texts["on_date"], template.texts["version"]
    by = f"{approval.by}, {approval.function}, {on} {dutch_date(approval.at)}"
    return f"{words} {by} – {version} {approval.version}"
