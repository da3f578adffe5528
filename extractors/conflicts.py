"""Conflicts: places where two people, or one person at two moments, want different things.

Nobody says "we disagree". What shows it is that two who have a say speak their wishes close after each
other, and that the second opens against the first, refuses what the first wants, or hedges; that one tells
what another wants beside what they want themselves; or that the one who leads the talk names the difference.
Each sign has its points; where a pair of statements has enough of them, it is a conflict. The points were
set on annotated conversations; `docs/quality.md` tells what they find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from extractors.concepts import load_lexicon
from extractors.names import NAME
from extractors.open_points import open_phrases
from extractors.schema import Category, Conversation, Statement

STANCES: frozenset[Category] = frozenset(("preference", "goal", "agreement"))
_VIEWS: frozenset[Category] = STANCES | {"value", "concern"}
_REACH = 2
"""So many turns, or blocks of a note, lie at most between two statements of one conflict."""
_ENOUGH = 0.3
_AREAS = frozenset(
    ("treatment", "device", "medication", "nutrition", "place", "school", "death", "faith", "relief")
)
"""Areas of the lexicon whose concepts people want different things about; to share a person is none."""
_JOINS_IN = re.compile(r"\A(?:\w+\W+){0,3}ook\b", re.IGNORECASE)
"""Who wants it "ook" wants the same."""
_FAMILY_WORD = r"moeder|mw|m|dhr|vader|v|opa|oma|tante|oom|zus|broer|man|vrouw|mama|papa"
_HOLDER = re.compile(rf"\b(?:(?:{_FAMILY_WORD})\b|{NAME}(?=\s+(?:wil|vindt|zegt|hoeft|zou|wou|wilde|denkt)))")


def find_conflicts(conversation: Conversation, statements: Sequence[Statement]) -> list[tuple[str, ...]]:
    """The statements that stand against each other.

    Returns:
        One tuple of statement ids a conflict, in the order of the text; no statement is in two of them.
    """
    views = [s for s in statements if s.category in _VIEWS]
    groups: list[list[Statement]] = []
    for second_at, second in enumerate(views):
        firsts = [
            first for first in _shortly_before(views, second_at) if _oppose(conversation, first, second)
        ]
        if not firsts:
            continue
        touched = [group for group in groups if any(first in group for first in firsts)]
        merged = [*dict.fromkeys(s for s in (*(m for group in touched for m in group), *firsts, second))]
        groups = [group for group in groups if group not in touched] + [merged]
    return [tuple(s.id for s in sorted(group, key=lambda s: s.start)) for group in groups]


def _shortly_before(views: Sequence[Statement], at: int) -> Iterator[Statement]:
    for earlier in reversed(views[:at]):
        if views[at].turn - earlier.turn > _REACH:
            return
        yield earlier


def _oppose(conversation: Conversation, first: Statement, second: Statement) -> bool:
    stances = (first.category in STANCES) + (second.category in STANCES)
    if not stances or _sums_up(conversation, first) or _sums_up(conversation, second):
        return False
    if first.polarity == second.polarity and _JOINS_IN.search(second.quote) is not None:
        return False
    if _holder(conversation, first) == _holder(conversation, second):
        return stances == 2 and _changed_mind(conversation, first, second)
    return _points(conversation, first, second) > _ENOUGH


def _sums_up(conversation: Conversation, statement: Statement) -> bool:
    """Whether a professional says it for the family."""
    speaker = conversation.participant(statement.speaker)
    return speaker is not None and speaker.role == "care_team" and statement.perspective != "care_team"


def _holder(conversation: Conversation, statement: Statement) -> str:
    """Whose view it is, as far as it tells two people apart: the child, the speaker, or who is named last."""
    if statement.perspective == "child":
        return "child"
    if statement.speaker and not statement.reported:
        return statement.speaker
    turn = conversation.turns[statement.turn]
    before = turn.text[max(0, statement.start - turn.start - 60) : statement.end - turn.start]
    named = [match[0].lower() for match in _HOLDER.finditer(before)]
    return f"{statement.perspective} {named[-1] if named else ''}"


def _changed_mind(conversation: Conversation, first: Statement, second: Statement) -> bool:
    between = conversation.text[first.start : second.end]
    return (
        first.polarity != second.polarity
        and len(between) < 300
        and open_phrases().pattern("changed").search(between) is not None
        and bool(disputed_topics(first) & disputed_topics(second))
    )


def disputed_topics(statement: Statement) -> set[str]:
    """The topics of a statement that people can want different things about: treatments, places, school."""
    lexicon = load_lexicon()
    return {topic for topic in statement.topics if lexicon[topic].area in _AREAS}


def _points(conversation: Conversation, first: Statement, second: Statement) -> float:
    """How much speaks for two statements of two people being a conflict."""
    phrases = open_phrases()
    turn = conversation.turns[second.turn]
    spoken = turn.block == "speech"
    opening = turn.text[:30].lstrip(" .,") if spoken and second.start - turn.start < 30 else ""
    between = conversation.text[first.start : second.end]
    led_on = " ".join(later.text[:160] for later in conversation.turns[second.turn : second.turn + 3])
    shared = bool(disputed_topics(first) & disputed_topics(second))
    against = (
        0.9 * (first.certainty, second.certainty).count("tentative")
        + 0.7 * (phrases.pattern("counters").match(opening) is not None)
        + 0.5 * (phrases.pattern("disagreement").search(between) is not None)
        + 0.5 * (re.search(r"\bmaar\b", between) is not None)
        + 0.5 * _names_difference(led_on)
        + 0.5 * (first.polarity != second.polarity)
    )
    if not against:
        return 0.0
    perspectives = {first.perspective, second.perspective}
    categories = (first.category, second.category)
    return (
        against
        + 0.5 * shared
        + 0.8 * (perspectives == {"parent"})
        + 0.6 * (perspectives == {"child", "parent"})
        - 0.5 * (perspectives == {"child", "care_team"})
        + 0.2 * (second.turn - first.turn < _REACH)
        - 1.0 * categories.count("agreement")
        - 0.8 * (categories.count("goal") + categories.count("value"))
        - 1.3 * categories.count("concern")
        - 0.9 * (not spoken)
        - 1.6 * min((second.start - first.end) / 300, 3)
    )


@lru_cache(maxsize=4)  # the pairs of a turn all ask for the same words
def _names_difference(text: str) -> bool:
    return open_phrases().pattern("named_difference").search(text) is not None
