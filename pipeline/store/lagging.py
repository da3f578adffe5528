"""Which plans lag behind: their newest version is in another template, or of another extraction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Select, func, or_, select

from pipeline.store import templates
from pipeline.store.database import Work
from pipeline.store.documents import KINDS
from pipeline.store.tables import ConversationRow, DocumentRow, DraftingRow, DraftRow, TemplateRow

# Of a file that was lost, a backup that is restored keeps the row alone.
_IS_KEPT: Final = or_(DocumentRow.sealed.is_not(None), DocumentRow.object.is_not(None))


def behind_template(
    w: Work,
    template_id: str,
    *,
    child_ids: Sequence[str] = (),
    only_concept: bool = False,
    older_than: str | None = None,
) -> tuple[str, ...]:
    """The conversations whose plan is not in a template, or whose documents in it are not there.

    What was perhaps changed after its documents were made is among them too: whoever goes through these
    looks closer.

    Args:
        w: The transaction.
        template_id: The template that the plans should be in.
        child_ids: Only of these children; of all when none is named.
        only_concept: Leaves out what is approved.
        older_than: Only plans that are in an earlier version of that template than this one ("2.1.0").
    """
    made = (
        select(func.count())
        .where(
            DocumentRow.conversation_id == DraftRow.conversation_id,
            DocumentRow.number == DraftRow.number,
            _IS_KEPT,
            or_(DraftRow.state == "approved", DocumentRow.created_at >= ConversationRow.changed_at),
        )
        .correlate(DraftRow, ConversationRow)
        .scalar_subquery()
    )
    lags = or_(DraftRow.template_id.is_(None), DraftRow.template_id != template_id, made < len(KINDS))
    if older_than is not None:
        name, _ = templates.name_and_version(w, template_id)
        of_name = select(TemplateRow.id, TemplateRow.version).where(TemplateRow.name == name)
        rows = w.session.execute(of_name)
        earlier = [each for each, version in rows if _order(version) < _order(older_than)]
        lags &= DraftRow.template_id.in_(earlier)
    return _ids(w, _heads(child_ids, only_concept=only_concept).where(lags))


def behind_extractor(
    w: Work, extractor: str, *, child_ids: Sequence[str] = (), only_concept: bool = False
) -> tuple[str, ...]:
    """The conversations whose plan is made by another version of the extraction.

    Args:
        w: The transaction.
        extractor: The version that it should be made by.
        child_ids: Only of these children; of all when none is named.
        only_concept: Leaves out what is approved.
    """
    heads = _heads(child_ids, only_concept=only_concept).join(
        DraftingRow,
        (DraftingRow.conversation_id == DraftRow.conversation_id)
        & (DraftingRow.number == ConversationRow.drafting),
    )
    lags: ColumnElement[bool] = DraftingRow.extractor.is_(None) | (DraftingRow.extractor != extractor)
    return _ids(w, heads.where(lags))


def has_documents(w: Work, conversation_id: str, number: int, made_from: str | None) -> bool:
    """Whether all files of a version are kept, made from the plan with this fingerprint (None: from any)."""
    made = select(func.count()).where(
        DocumentRow.conversation_id == conversation_id, DocumentRow.number == number, _IS_KEPT
    )
    if made_from is not None:
        made = made.where(DocumentRow.made_from == made_from)
    return w.session.scalar(made) == len(KINDS)


def _heads(child_ids: Sequence[str], *, only_concept: bool) -> Select[str]:
    newest = (
        select(DraftRow.conversation_id, func.max(DraftRow.number).label("number"))
        .group_by(DraftRow.conversation_id)
        .subquery()
    )
    heads = (
        select(ConversationRow.id)
        .join(newest, newest.c.conversation_id == ConversationRow.id)
        .join(
            DraftRow,
            (DraftRow.conversation_id == ConversationRow.id) & (DraftRow.number == newest.c.number),
        )
        .order_by(ConversationRow.created_at, ConversationRow.id)
    )
    if child_ids:
        heads = heads.where(ConversationRow.child_id.in_(child_ids))
    return heads.where(DraftRow.state != "approved") if only_concept else heads


def _ids(w: Work, heads: Select[str]) -> tuple[str, ...]:
    return tuple(w.session.scalars(heads))


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
