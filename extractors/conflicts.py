"""Conflicts: places where two people, or one person at two moments, want different things.

Nobody says "we disagree". What shows it is how two views stand to each other: whose they are, how near, on
what, one wanted and one refused or in doubt, how the second opens, what is said next. Each pair of views
gathers named evidence of that, as in `extractors.statements`; the weights stand in `patterns/conflicts.json`.
Pairs that are likely enough are a conflict, and those that share a statement are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Literal, get_args

import numpy as np

from extractors.concepts import limit_concepts, load_lexicon
from extractors.content import content_words
from extractors.cues import PATTERNS
from extractors.limits import STANCES
from extractors.names import NAME
from extractors.open_points import open_phrases
from extractors.schema import Category, Conversation, Statement
from extractors.tables import Sighting, Table, add_up, log_shares, read_table

Stand = Literal["beside", "against"]
"""How two views stand to each other."""

STANDS: tuple[Stand, ...] = get_args(Stand)
FILE = PATTERNS / "conflicts.json"
_VIEWS: frozenset[Category] = frozenset((*STANCES, "value", "concern"))

_ENOUGH = 0.06
"""The least chance that two views are both statements and against each other.

Low, since the chance is that of one pair, and a conflict of four views has six."""

_REACH = 4
"""So many turns, or blocks of a note, lie at most between two statements of one pair."""
_NEXT = 5
"""A view is compared with so many before it."""
_AREAS = frozenset(
    ("treatment", "device", "medication", "nutrition", "place", "school", "death", "faith", "relief")
)
"""Areas of the lexicon whose concepts people want different things about; to share a person is none."""
_SIGNS = frozenset(
    (
        "polarity:other",
        "tentative:1",
        "tentative:2",
        "counters",
        "opens_against",
        "second says no",
        "second says yes to affirmed",
        "second says yes to negated",
        "disagreement",
        "changed",
        "maar",
        "juist",
        "who not",
        "i want",
        "difference named",
        "difference named before",
        "difference named behind",
        "told apart behind",
    )
)
"""What can tell two views apart: without any of it, two who speak of one thing want the same."""
_AGREES = "joins in, polarity same"
_DISTANCES = (40, 100, 200, 400)
_LENGTHS = (4, 9)
_SHARED_WORDS = 3
_LED_ON = 200
"""So many characters of a turn show what it is about."""

_FAMILY_WORD = r"moeder|mw|m|dhr|vader|v|opa|oma|tante|oom|zus|broer|man|vrouw|mama|papa"
_HOLDER = re.compile(rf"\b(?:(?:{_FAMILY_WORD})\b|{NAME}(?=\s+(?:wil|vindt|zegt|hoeft|zou|wou|wilde|denkt)))")
_WHO_NOT = re.compile(
    r"\b(?:ik|hij|zij|m|v|we|wij|mij|hem|haar)\s+(?:juist\s+|nog\s+)?(?:wel|niet)\b", re.IGNORECASE
)
_I_WANT = re.compile(r"(?:ik|we|wij)\s+(?:wil|willen|vind|vinden|zou|zouden|ga|doe|weet)\b", re.IGNORECASE)
_JOINS_IN = re.compile(r"(?:\w+\W+){0,3}ook\b", re.IGNORECASE)
"""Who wants it "ook" wants the same."""
_TOLD_APART = re.compile(
    rf"\b(?:en|maar) (?:u|jij|je|mama|papa|vader|moeder|meneer|mevrouw|{NAME})"
    r" (?:wilt?|zegt|vindt|denkt|liever)\b"
)
_BUT = re.compile(r"\bmaar\b", re.IGNORECASE)
_RATHER = re.compile(r"\bjuist\b", re.IGNORECASE)
_YES_OR_NO = re.compile(r"\W*(?:(?P<no>niet|geen|nee|nooit)|ja|wel|juist|gewoon)\b", re.IGNORECASE)
_ENDS = re.compile(r"[.?!\n]")
_SENTENCE_START = 60


def find_conflicts(conversation: Conversation, statements: Sequence[Statement]) -> list[tuple[str, ...]]:
    """The statements that stand against each other.

    Returns:
        One tuple of statement ids a conflict, in the order of the text; no statement is in two of them.
    """
    groups: list[dict[str, Statement]] = []
    for first, second, between in _pairs(conversation, statements):
        evidence = frozenset(pair_evidence(conversation, first, second, between))
        if _against(evidence) * first.confidence * second.confidence < _ENOUGH:
            continue
        merged, apart = {first.id: first, second.id: second}, []
        for group in groups:
            if merged.keys().isdisjoint(group):
                apart.append(group)
            else:
                merged |= group
        groups = [*apart, merged]
    return [tuple(s.id for s in sorted(group.values(), key=lambda s: s.start)) for group in groups]


def _against(evidence: frozenset[str]) -> float:
    """How likely two views are against each other; not at all where no sign tells them apart."""
    names = {name.split("+")[0] for name in evidence}
    if _SIGNS.isdisjoint(names) or _AGREES in names:
        return 0.0
    scores = add_up(evidence, load_conflicts(), STANDS)
    return float(np.exp(log_shares(scores))[STANDS.index("against")])


def conflict_examples(
    conversation: Conversation, statements: Sequence[Statement], conflicts: Sequence[frozenset[str]]
) -> Iterator[Sighting]:
    """What the annotated conflicts of a conversation teach, for `learn_table`.

    Two views of one holder are against each other only in a conflict that nobody else is part of: else they
    are on the same side of it.

    Args:
        conversation: The conversation.
        statements: What annotators marked in it, in the order of the text.
        conflicts: The ids of the statements of each conflict.
    """
    holders = {s.id: _holder(conversation, s) for s in statements}
    for first, second, between in _pairs(conversation, statements):
        shared = [ids for ids in conflicts if {first.id, second.id} <= ids]
        alone = any(len({holders[name] for name in ids if name in holders}) == 1 for ids in shared)
        against = alone or bool(shared and holders[first.id] != holders[second.id])
        evidence = frozenset(pair_evidence(conversation, first, second, between))
        yield Sighting(conversation.id, evidence, STANDS[against])


@cache
def load_conflicts() -> Table:
    """The weights of each piece of evidence in the order of `STANDS`, from `patterns/conflicts.json`."""
    return read_table(FILE, STANDS)


def disputed_topics(statement: Statement) -> set[str]:
    """The topics of a statement that people can want different things about: treatments, places, school."""
    lexicon = load_lexicon()
    return {topic for topic in statement.topics if lexicon[topic].area in _AREAS}


def _pairs(
    conversation: Conversation, statements: Sequence[Statement]
) -> Iterator[tuple[Statement, Statement, int]]:
    """Each view with those shortly before it, and how many views further on it stands.

    What a professional sums up for the family stands against nothing: they said it themselves.
    """
    views = [s for s in statements if s.category in _VIEWS and not _sums_up(conversation, s)]
    for at, second in enumerate(views):
        for first_at in range(max(0, at - _NEXT), at):
            if second.turn - views[first_at].turn <= _REACH:
                yield views[first_at], second, at - first_at


def _holder(conversation: Conversation, statement: Statement) -> str:
    """Whose view it is, as far as it tells two people apart: the child, the speaker, or who is named last."""
    if statement.perspective == "child":
        return "child"
    if statement.speaker and not statement.reported:
        return statement.speaker
    turn = conversation.turns[statement.turn]
    before = turn.text[max(0, statement.start - turn.start - _SENTENCE_START) : statement.end - turn.start]
    named = [match[0].lower() for match in _HOLDER.finditer(before)]
    return f"{statement.perspective} {named[-1] if named else ''}"


def pair_evidence(
    conversation: Conversation, first: Statement, second: Statement, between: int
) -> Iterator[str]:
    """The evidence for how two views stand to each other, as names that the table knows."""
    spoken = conversation.turns[second.turn].block == "speech"
    kind = "speech" if spoken else "note"
    same = _holder(conversation, first) == _holder(conversation, second)
    holders = "same holder" if same else "two holders"
    yield "always"
    yield kind
    yield from _of_distance(first, second, between, kind)
    yield from _of_holders(first, second, holders, kind)
    yield from _of_stances(first, second, holders)
    yield from _of_topics(first, second, holders)
    yield from (f"{name}+{holders}" for name in _of_words(conversation, first, second))
    if spoken:
        yield from (f"{name}+{holders}" for name in _of_talk(conversation, first, second))


def _of_distance(first: Statement, second: Statement, between: int, kind: str) -> Iterator[str]:
    turns, characters = second.turn - first.turn, second.start - first.end
    yield f"turns:{turns}"
    yield f"turns:{turns}+{kind}"
    yield f"between:{between}+{kind}"
    yield f"characters:{sum(characters >= most for most in _DISTANCES)}+{kind}"
    for name, statement in (("first", first), ("second", second)):
        words = len(statement.quote.split())
        yield f"length:{name} {sum(words >= most for most in _LENGTHS)}"


def _of_holders(first: Statement, second: Statement, holders: str, kind: str) -> Iterator[str]:
    perspectives = "/".join(sorted((first.perspective, second.perspective)))
    yield holders
    yield f"{holders}+{kind}"
    yield f"{perspectives}+{holders}"
    yield f"told:{first.reported}/{second.reported}"
    if first.turn == second.turn:
        yield f"same turn+{holders}+{kind}"
    elif kind == "speech" and first.speaker != second.speaker:
        yield f"two speakers+{perspectives}"


def _sums_up(conversation: Conversation, statement: Statement) -> bool:
    """Whether a professional says it for the family."""
    speaker = conversation.participant(statement.speaker)
    return speaker is not None and speaker.role == "care_team" and statement.perspective != "care_team"


def _of_stances(first: Statement, second: Statement, holders: str) -> Iterator[str]:
    categories = "/".join(sorted((first.category, second.category)))
    yield f"categories:{categories}"
    yield f"categories:{categories}+{holders}"
    yield f"polarity:{first.polarity}/{second.polarity}"
    yield f"polarity:{_alike(first, second)}+{holders}"
    yield f"certainty:{first.certainty}/{second.certainty}"
    yield f"tentative:{(first.certainty, second.certainty).count('tentative')}+{holders}"


def _alike(first: Statement, second: Statement) -> str:
    return "same" if first.polarity == second.polarity else "other"


def _of_topics(first: Statement, second: Statement, holders: str) -> Iterator[str]:
    lexicon, limits = load_lexicon(), limit_concepts()
    disputed = disputed_topics(first) & disputed_topics(second)
    if disputed:
        yield "topics:disputed"
        yield f"disputed+polarity:{_alike(first, second)}+{holders}"
        yield from (f"area:{area}" for area in sorted({lexicon[topic].area for topic in disputed}))
    elif set(first.topics) & set(second.topics):
        yield "topics:shared"
    else:
        yield "topics:apart" if first.topics and second.topics else "topics:open"
    if not second.topics:
        yield f"second without topic+{holders}"
    for name, statement in (("first", first), ("second", second)):
        if not limits.isdisjoint(statement.topics):
            yield f"limit:{name}"
    shared = len(content_words(first.quote) & content_words(second.quote))
    yield f"words shared:{min(shared, _SHARED_WORDS)}"
    if shared and first.polarity != second.polarity:
        yield "words shared, polarity other"


def _of_words(conversation: Conversation, first: Statement, second: Statement) -> Iterator[str]:
    """Words of the second, and between the two."""
    turn = conversation.turns[second.turn]
    lead = conversation.text[max(turn.start, second.start - _SENTENCE_START) : second.start]
    yield from _of_sentence(_ENDS.split(lead)[-1] + second.quote)
    between = conversation.text[first.end : second.start]
    if "?" in between:
        yield "asks between"
    if _BUT.search(f"{between} {second.quote[:12]}"):
        yield "maar"
    if _names_difference(turn.text):
        yield "difference named"
    if _is_said("disagreement", conversation.text, first.start, second.end):
        yield "disagreement"
    if _is_said("changed", conversation.text, first.start, second.end):
        yield "changed"
        yield f"changed, polarity {_alike(first, second)}"
    if _I_WANT.match(second.quote):
        yield "i want"
    if _JOINS_IN.match(second.quote):
        yield f"joins in, polarity {_alike(first, second)}"
    opening = _YES_OR_NO.match(second.quote)
    if opening:
        yield "second says no" if opening["no"] else f"second says yes to {first.polarity}"


# What follows is asked again for each statement that one is compared with.
@lru_cache(maxsize=64)
def _of_sentence(sentence: str) -> tuple[str, ...]:
    together = open_phrases().pattern("together")
    signs = (("juist", _RATHER), ("who not", _WHO_NOT), ("together", together))
    return tuple(name for name, words in signs if words.search(sentence))


@lru_cache(maxsize=64)
def _names_difference(words: str) -> bool:
    """Whether somebody says that two people want different things."""
    return open_phrases().pattern("named_difference").search(words) is not None


def _is_said(phrases: str, text: str, start: int, end: int) -> bool:
    """Whether a part of a text has one of these phrases."""
    return any(start <= first and last <= end for first, last in _places(phrases, text))


@lru_cache(maxsize=8)
def _places(phrases: str, text: str) -> tuple[tuple[int, int], ...]:
    """Where a text has one of these phrases."""
    return tuple(found.span() for found in open_phrases().pattern(phrases).finditer(text))


def _of_talk(conversation: Conversation, first: Statement, second: Statement) -> Iterator[str]:
    """How the second speaker opens, and what is said around the two."""
    phrases = open_phrases()
    turn = conversation.turns[second.turn]
    opening = turn.text.lstrip(" .,…-")
    if first.turn < second.turn:
        yield from (name for name in ("opens_against", "opens_with") if phrases.pattern(name).match(opening))
        if phrases.pattern("counters").match(opening):
            yield "counters"
    before = " ".join(t.text[:_LED_ON] for t in conversation.turns[max(0, first.turn - 2) : first.turn])
    behind = " ".join(t.text[:_LED_ON] for t in conversation.turns[second.turn + 1 : second.turn + 4])
    for name, words in (("before", before), ("behind", behind)):
        if _names_difference(words):
            yield f"difference named {name}"
    if _TOLD_APART.search(behind):
        yield "told apart behind"
