"""Whether what was read back from an edited document is what was edited, and whether anything was lost."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import NamedTuple

from benchmarks.roundtrip.edits import SLOTS, Edit, Expected, Step
from benchmarks.roundtrip.sample import sample
from pipeline.dossier import Dossier
from pipeline.plan import Plan, assemble
from pipeline.render import render
from pipeline.template import TEMPLATE, Template, load_template
from pipeline.word_review.comparison import Comparison
from pipeline.word_review.reading import Document, read_document
from pipeline.word_review.remarks import remarks


class Base(NamedTuple):
    """The document that everyone edits, and what it was made from."""

    dossier: Dossier
    template: Template
    plan: Plan
    docx: bytes
    document: Document


@cache
def base() -> Base:
    """The sample as a document; made once."""
    dossier, template = sample(), load_template(TEMPLATE)
    plan = assemble(dossier.conversation, dossier.findings, template)
    docx = render(plan, template).docx
    return Base(dossier, template, plan, docx, read_document(docx))


class Outcome(NamedTuple):
    """What came back of one edit: what was expected and is there, what stands in the queue, what is wrong."""

    recovered: int
    queued: int
    lost: tuple[str, ...]
    unexpected: tuple[str, ...]


def steps_of(edit: Edit) -> list[Step]:
    """The steps of an edit with the ids of the slots."""
    return [tuple(_named(part) for part in step) for step in edit.steps]


def _named(text: str) -> str:
    statements = base().dossier.findings.statements
    return re.sub(r"\{(\w+)\}", lambda found: statements[SLOTS[found[1]]].id, text)


def judge(edit: Edit, edited: bytes) -> Outcome:
    """Reads an edited document back and holds it against what was edited."""
    start = base()
    comparison = Comparison(start.plan, start.document, read_document(edited))
    found, told = comparison.found(), remarks(comparison)
    got: Counter[Expected] = Counter(
        (one.kind, one.target, one.after) for one in (*found.corrections, *told.corrections)
    )
    wanted = Counter((kind, _named(target), after) for kind, target, after in edit.expected)
    queue = (*found.queue, *told.queue)
    missing, extra = wanted - got, got - wanted
    lost = [f"{kind} {target}" for kind, target, _ in missing.elements()]
    lost += ["queue"] * max(edit.queued - len(queue), 0)
    unexpected = [f"{kind} {target} {after}" for kind, target, after in extra.elements()]
    unexpected += (
        [f"queue {one.why} {one.before} > {one.after}" for one in queue] if len(queue) > edit.queued else []
    )
    return Outcome((wanted & got).total(), len(queue), tuple(lost), tuple(unexpected))
