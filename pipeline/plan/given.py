"""What a plan is made from, and what of the template is for this kind of conversation."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from extractors.schema import Conversation, Findings, Flag, FlagType, Kind, Role, Statement
from pipeline.corrections import Corrected
from pipeline.template import ChapterTemplate, Template


class Given(NamedTuple):
    """The input of a plan; `flags` are all of the file and its findings, first what to see first."""

    conversation: Conversation
    findings: Findings
    template: Template
    corrected: Corrected
    flags: tuple[Flag, ...]


class _Headed(Protocol):
    @property
    def heading(self) -> str | None: ...
    @property
    def heading_adult(self) -> str | None: ...


class _ForKinds(Protocol):
    @property
    def kinds(self) -> tuple[Kind, ...]: ...


def all_flags(conversation: Conversation, findings: Findings, template: Template) -> tuple[Flag, ...]:
    """All flags of the file and of its statements once, what a reviewer should see first in front."""
    order = list(template.labels.flags)
    flags = dict.fromkeys((*conversation.flags, *findings.flags))
    return tuple(sorted(flags, key=lambda flag: order.index(flag.type)))


def flag_types(statement: Statement, given: Given) -> tuple[FlagType, ...]:
    """The kinds of flags that name a statement."""
    return tuple(dict.fromkeys(flag.type for flag in given.flags if statement.id in flag.statements))


def is_adult(given: Given) -> bool:
    """Whether the conversation is about an adult."""
    return given.conversation.kind == "pzp"


def heading_of(part: _Headed, given: Given) -> str | None:
    """The heading for this kind of conversation."""
    return (part.heading_adult if is_adult(given) else None) or part.heading


def is_meant(part: _ForKinds, given: Given) -> bool:
    """Whether a part of the template is for this kind of conversation."""
    return not part.kinds or given.conversation.kind in part.kinds


def chapters_of(given: Given) -> list[ChapterTemplate]:
    """The chapters of the template for this kind of conversation."""
    return [chapter for chapter in given.template.chapters if is_meant(chapter, given)]


def role_word(role: Role | None, given: Given) -> str | None:
    """The word for a role in this kind of conversation."""
    labels = given.template.labels
    return (labels.roles_adult if is_adult(given) else labels.roles)[role] if role else None
