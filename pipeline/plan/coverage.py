"""What was spoken of: the domains that came up, and what is left to ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.plan.entries import Said
from pipeline.plan.given import Given, chapters_of, heading_of, is_adult
from pipeline.plan.placing import domains_of
from pipeline.plan.records import Chapter, Coverage, Question
from pipeline.template import ChapterTemplate, SectionTemplate, VoiceTemplate


def coverage(given: Given, chapters: Sequence[Chapter], said: Sequence[Said]) -> tuple[Coverage, ...]:
    """How often each domain came up among the statements that stand in the plan."""
    sections = {section.id: section for chapter in chapters for section in chapter.sections}
    rows = []
    for chapter in chapters_of(given):
        for part in chapter.sections if chapter.rest else ():
            domains = domains_of(part)
            counts = Counter(
                one.statement.perspective
                for one in said
                if one.statement.category != "context" and domains.intersection(one.statement.domains)
            )
            rows.append(
                Coverage(
                    heading=sections[part.id].heading or "",
                    state=sections[part.id].state,
                    counts={name: counts[name] for name in given.template.labels.perspectives},
                )
            )
    return tuple(rows)


def questions(given: Given, chapters: Sequence[Chapter], said: Sequence[Said]) -> tuple[Question, ...]:
    """What to ask in a next conversation: of those who were not heard, and on what nobody spoke of."""
    return (*_of_voices(given, said), *_on_subjects(given, chapters))


def _of_voices(given: Given, said: Sequence[Said]) -> Iterator[Question]:
    labels = given.template.labels
    names = labels.perspectives_adult if is_adult(given) else labels.perspectives
    heard = {one.statement.perspective for one in said}
    for chapter in chapters_of(given):
        for voice in chapter.voices:
            if voice.perspective not in heard and (words := _asked(voice, given)):
                yield Question(about=(names[voice.perspective],), words=words)


def _on_subjects(given: Given, chapters: Sequence[Chapter]) -> Iterator[Question]:
    sections = {section.id: section for chapter in chapters for section in chapter.sections}
    for chapter in chapters_of(given):
        silent = [
            part
            for part in chapter.sections
            if part.id in sections and sections[part.id].state in ("not_discussed", "only_context")
        ]
        together = []
        for part in silent:
            heading = heading_of(part, given) or heading_of(chapter, given) or ""
            if words := _asked(part, given):
                yield Question(about=(heading,), words=words, in_person=part.in_person)
            elif not part.otherwise:
                together.append(heading)
        if together and (words := _asked(chapter, given)):
            yield Question(about=tuple(together), words=words, in_person=chapter.in_person)


def _asked(part: ChapterTemplate | SectionTemplate | VoiceTemplate, given: Given) -> str | None:
    """The question of a part of the template, for this kind of conversation."""
    return (part.ask_adult if is_adult(given) else None) or part.ask
