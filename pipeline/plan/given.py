"""What a plan is made from, and what of the template is for this kind of conversation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Generic, NamedTuple, Protocol, TypeVar

from extractors.schema import Conversation, Findings, Flag, FlagType, Kind, Role
from pipeline.corrections import Corrected, Correction, replay
from pipeline.plan.aims import Aim, aim_of
from pipeline.template import ChapterTemplate, SectionTemplate, Template

Value = TypeVar("Value")


class Found(NamedTuple):
    """What of the input of a plan no correction changes; the fields are those of `Given`."""

    flags: tuple[Flag, ...]
    points: Mapping[str, tuple[int, ...]]
    chapters: tuple[ChapterTemplate, ...]
    aims: Mapping[str, Aim]
    doubtful: frozenset[str]


class Given(NamedTuple):
    """The input of a plan, with what every part of it looks up.

    `flags` are all of the file and its findings, first what to see first; `points` holds the numbers of those
    that name a statement, by its id. `chapters` are the template's for this kind of conversation, and `aims`
    tells which of their sections each statement is for as it was found. `doubtful` are those to review.
    """

    conversation: Conversation
    findings: Findings
    template: Template
    corrected: Corrected
    flags: tuple[Flag, ...]
    points: Mapping[str, tuple[int, ...]]
    chapters: tuple[ChapterTemplate, ...]
    aims: Mapping[str, Aim]
    doubtful: frozenset[str]


class _Headed(Protocol):
    @property
    def heading(self) -> str | None: ...
    @property
    def heading_adult(self) -> str | None: ...


class _ForKinds(Protocol):
    @property
    def kinds(self) -> tuple[Kind, ...]: ...


def given_by(
    conversation: Conversation, findings: Findings, template: Template, corrections: Sequence[Correction]
) -> Given:
    """The input of a plan, put in order.

    A reviewer corrects the same findings hundreds of times, so what follows from them alone is kept.
    """
    found = _found(_Same(conversation), _Same(findings), _Same(template))
    return Given(conversation, findings, template, replay(corrections), *found)


class _Same(Generic[Value]):
    """A record that never changes, known by which object it is: to compare what it holds takes too long."""

    def __init__(self, record: Value) -> None:
        self.record = record

    def __hash__(self) -> int:
        return id(self.record)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.record is self.record


@lru_cache(maxsize=32)
def _found(
    conversation_of: _Same[Conversation], findings_of: _Same[Findings], template_of: _Same[Template]
) -> Found:
    conversation, findings, template = conversation_of.record, findings_of.record, template_of.record
    flags = all_flags(conversation, findings, template)
    points: dict[str, tuple[int, ...]] = {}
    for number, flag in enumerate(flags, start=1):
        for name in dict.fromkeys(flag.statements):
            points[name] = (*points.get(name, ()), number)
    chapters = tuple(chapter for chapter in template.chapters if _is_for(chapter, conversation.kind))
    aims = {
        statement.id: aim_of(statement, _types(flags, points.get(statement.id, ())), chapters)
        for statement in (*findings.statements, *findings.to_review)
    }
    doubtful = frozenset(statement.id for statement in findings.to_review)
    return Found(flags, points, chapters, aims, doubtful)


def all_flags(conversation: Conversation, findings: Findings, template: Template) -> tuple[Flag, ...]:
    """All flags of the file and of its statements once, what a reviewer should see first in front."""
    order = list(template.labels.flags)
    flags = dict.fromkeys((*conversation.flags, *findings.flags))
    return tuple(sorted(flags, key=lambda flag: order.index(flag.type)))


def flag_types(name: str, given: Given) -> tuple[FlagType, ...]:
    """The kinds of flags that name a statement."""
    return _types(given.flags, given.points.get(name, ()))


def _types(flags: Sequence[Flag], numbers: Iterable[int]) -> tuple[FlagType, ...]:
    return tuple(dict.fromkeys(flags[number - 1].type for number in numbers))


def is_adult(given: Given) -> bool:
    """Whether the conversation is about an adult."""
    return given.conversation.kind == "pzp"


def heading_of(part: _Headed, given: Given) -> str | None:
    """The heading for this kind of conversation."""
    return (part.heading_adult if is_adult(given) else None) or part.heading


def is_meant(part: _ForKinds, given: Given) -> bool:
    """Whether a part of the template is for this kind of conversation."""
    return _is_for(part, given.conversation.kind)


def is_unasked(part: SectionTemplate, given: Given) -> bool:
    """Whether it is no gap in this kind of conversation that nobody spoke of a section."""
    return given.conversation.kind in part.unasked


def _is_for(part: _ForKinds, kind: Kind) -> bool:
    return not part.kinds or kind in part.kinds


def role_word(role: Role | None, given: Given) -> str | None:
    """The word for a role in this kind of conversation."""
    labels = given.template.labels
    return (labels.roles_adult if is_adult(given) else labels.roles)[role] if role else None
