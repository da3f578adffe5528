"""The fields of a plan: what the team fills in or corrects, and what is known of it already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.plan.dates import dutch_date
from pipeline.plan.entries import owner_field, term_field
from pipeline.plan.given import Given, heading_of, is_meant
from pipeline.plan.records import Chapter, FormField, FormRow
from pipeline.template import ChapterTemplate, Fact, FieldTemplate


def form_fields(chapter: ChapterTemplate, given: Given, version: str) -> tuple[FormField, ...]:
    """The fields of a chapter; those of a list of rows stand in the rows."""
    fixed = {"source": given.conversation.source, "version": version}
    return tuple(
        _field(field.id, field, given).model_copy(update={"fixed": fixed.get(field.fact or "")})
        for field in (() if chapter.columns else chapter.fields)
        if is_meant(field, given)
    )


def form_rows(chapter: ChapterTemplate, given: Given) -> tuple[FormRow, ...]:
    """The rows of a chapter with columns: a field for each column in each of its fields."""
    return tuple(
        FormRow(
            label=heading_of(row, given) or "",
            fields=tuple(_field(f"{row.id}-{column.id}", column, given) for column in chapter.columns),
        )
        for row in (chapter.fields if chapter.columns else ())
        if is_meant(row, given)
    )


def _field(name: str, field: FieldTemplate, given: Given) -> FormField:
    empty = field.empty or given.template.texts["to_fill_in"]
    return FormField(id=name, label=heading_of(field, given) or "", empty=empty)


def fields_of(given: Given, chapters: Sequence[Chapter]) -> dict[str, str]:
    """The words of every field by its id: what a reader filled in, else what is known, else ""."""
    filled = given.corrected.filled
    return {name: filled[name].after if name in filled else words for name, words in _known(given, chapters)}


def child_of(given: Given) -> str | None:
    """The name of the child: as a reader filled it in, or as it is known."""
    child = given.conversation.child
    for chapter in given.template.chapters:
        for field in chapter.fields:
            if field.fact == "child" and field.id in given.corrected.filled:
                child = given.corrected.filled[field.id].after or None
    return child


def _known(given: Given, chapters: Sequence[Chapter]) -> Iterator[tuple[str, str]]:
    facts = {field.id: field.fact for chapter in given.template.chapters for field in chapter.fields}
    for chapter in chapters:
        for field in (*chapter.fields, *(field for row in chapter.rows for field in row.fields)):
            if field.fixed is None:
                yield field.id, _fact(facts.get(field.id), given)
        for person in chapter.people:
            yield person.field, "" if person.inferred else person.function or ""
            yield person.reach, ""
        for section in chapter.sections if chapter.shows == "actions" else ():
            for entry in (entry for group in section.groups for entry in group.entries):
                yield owner_field(entry.id), entry.owner or ""
                yield term_field(entry.id), entry.when or ""


def _fact(fact: Fact | None, given: Given) -> str:
    """What the record knows of a field."""
    conversation = given.conversation
    known = {
        "child": conversation.child,
        "date": conversation.date and dutch_date(conversation.date),
        "kind": given.template.labels.kinds[conversation.kind],
    }
    return known.get(fact or "") or ""
