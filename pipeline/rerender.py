"""Puts a plan into another template: the same record, laid out anew, with its documents.

An approved plan stays as it is; a new concept that follows it is shown in the other template.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from pipeline.dossier import Dossier
from pipeline.plan import Plan, assemble
from pipeline.plan.attention import OtherRecordError, attention, check_same_record
from pipeline.render import FAMILY, for_family, lay_out, render_docx_layout, render_layout
from pipeline.store import documents, drafts, lagging, reviews, templates
from pipeline.store.audit import Actor
from pipeline.store.conversations import found, locked
from pipeline.store.database import Store, Work, look, work
from pipeline.store.documents import Kind
from pipeline.store.drafts import Version
from pipeline.store.errors import StoreError
from pipeline.store.runs import Busy, Detail, Outcome, Run
from pipeline.store.tables import ConversationRow, DocumentRow
from pipeline.template import Template
from pipeline.text_changes import changes

Finish = Callable[[Work, Outcome, Detail | None], None]
"""Tells what became of a plan, in the transaction that changes it."""

NOT_COMPARED: Final = (
    "Deze versie van izp kan het vorige sjabloon van dit plan niet meer gebruiken. Wat er anders is, kon "
    "niet vergeleken worden: lees het plan na."
)

TRIES: Final = 3
"""So often a plan is made again that readers change in the meantime, before it is left for later."""


class _Shown(NamedTuple):
    """A plan in a template, with the record numbered as in it."""

    template: Template
    record: Dossier
    plan: Plan


class _Seen(NamedTuple):
    """A plan as it is, and in the other template.

    There is no `before` where this izp cannot use the template that it is in.
    """

    version: Version
    content: str
    before: _Shown | None
    after: _Shown
    has_documents: bool


class _Changed(Exception):  # noqa: N818  # it says what is so
    """A reader was in between."""


def again(store: Store, run: Run, conversation_id: str, finish: Finish) -> None:
    """Puts the newest version of a plan into the template of a run.

    Args:
        store: The store.
        run: The run.
        conversation_id: Whose plan.
        finish: Called once, in the transaction that changes the plan.

    Raises:
        Busy: The conversation is being drafted, or readers are changing the plan.
        KeysError: The key of the child cannot be used: it is damaged, or the main key was rotated.
        NotFound: There is no such conversation, or no plan of it.
        Outdated: The run has given the plan to another worker; nothing was kept.
        OtherRecordError: In the other template something of the record would be another, or be lost.
        RenderError: The other template does not fit the plan, or a document cannot be made.
        StoreError: This version of izp cannot use the template of the run.
    """
    for _ in range(TRIES):
        with look(store) as w:
            seen = _look(w, run, conversation_id)
        try:
            _again(store, run, conversation_id, seen, finish)
        except _Changed:
            continue
        return
    raise Busy


def _look(w: Work, run: Run, conversation_id: str) -> _Seen:
    row = found(w, conversation_id)
    if _is_drafted(row):
        raise Busy
    version = drafts.head(w, conversation_id)
    is_followed = version.approval is not None and version.template_id != run.template_id

    def shown(template: Template) -> _Shown:
        made = _next_concept if is_followed else reviews.plan_in
        return _Shown(template, *made(w, conversation_id, template, version))

    former = _usable(w, version.template_id)
    after = shown(templates.get(w, run.template_id or ""))
    made_from = None if after.plan.approval else after.plan.fingerprint
    return _Seen(
        version,
        reviews.content(w, conversation_id, version),
        shown(former) if former else None,
        after,
        lagging.has_documents(w, conversation_id, version.number, made_from),
    )


def _usable(w: Work, template_id: str) -> Template | None:
    """A template, unless it is one for another version of izp."""
    try:
        return templates.get(w, template_id)
    except StoreError:
        return None


def _next_concept(
    w: Work, conversation_id: str, template: Template, version: Version
) -> tuple[Dossier, Plan]:
    """The concept that would follow a version, which is the newest, and its record."""
    record = reviews.record_in(w, conversation_id, template, version)
    next_number = version.number + 1
    plan = assemble(record.conversation, record.findings, template, record.corrections, number=next_number)
    return record, plan


def _again(store: Store, run: Run, conversation_id: str, seen: _Seen, finish: Finish) -> None:
    is_there = seen.version.template_id == run.template_id
    made: dict[Kind, bytes] = {}
    outcome: Outcome = "unchanged"
    detail = None
    if not (is_there and seen.has_documents):
        layouts = _layouts(seen.after.plan, seen.after.template)
        detail = Detail() if is_there else _detail(seen, layouts)
        outcome = "attention" if detail.attention else "changed"
        made = {} if run.trial else _documents(seen.after.plan, seen.after.template, layouts)
    with work(store) as w:
        row = locked(w, conversation_id)
        if _is_drafted(row) or drafts.head(w, conversation_id) != seen.version:
            raise _Changed
        if not made:
            finish(w, outcome, detail)
            return
        is_new = seen.version.approval is not None and not is_there
        number, mark = seen.version.number + is_new, seen.after.plan.fingerprint
        rows = documents.write(w, conversation_id, number, mark, made)
        finish(w, outcome, detail)
        if is_there:
            documents.note(w, conversation_id, number, rows)
        else:
            _restyle(w, run, conversation_id, seen, rows)


def _restyle(w: Work, run: Run, conversation_id: str, seen: _Seen, made: Sequence[DocumentRow]) -> None:
    """Shows the plan in the other template, with the documents that were made of it.

    Raises:
        OtherRecordError: It is not made from just what the version before it was made from.
    """
    actor, was = Actor(origin=f"run {run.id}"), seen.version
    reviews.note_open_points(w, found(w, conversation_id), seen.after.plan)
    now = drafts.restyle(w, actor, conversation_id, was.number, run.template_id or "", made)
    approved_on = was.approval.content_hash if was.approval else seen.content
    if (now.drafting, now.corrections, approved_on) != (was.drafting, was.corrections, seen.content):
        raise OtherRecordError


def _layouts(plan: Plan, template: Template) -> tuple[str, str]:
    return lay_out(plan, template), lay_out(for_family(plan, template), template, FAMILY)


def _detail(seen: _Seen, layouts: tuple[str, str]) -> Detail:
    if seen.before is None:
        return Detail(attention=(NOT_COMPARED,))
    template, record, before = seen.before
    after = seen.after.plan
    check_same_record(before, after)
    alike = {
        before.edition: after.edition,
        f"sjabloon {before.template} {before.version}": f"sjabloon {after.template} {after.version}",
    }
    text = changes("\n".join(_layouts(before, template)), "\n".join(layouts), alike)
    return Detail(
        attention=attention(before, after, record.corrections), text=text.pieces, further=text.further
    )


def _documents(plan: Plan, template: Template, layouts: tuple[str, str]) -> dict[Kind, bytes]:
    whole = render_layout(layouts[0], plan, template)
    family = render_docx_layout(layouts[1], for_family(plan, template), template)
    return {"docx": whole.docx, "pdf": whole.pdf, "family": family}


def _is_drafted(row: ConversationRow) -> bool:
    return row.state not in ("done", "failed")
