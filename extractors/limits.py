"""Treatments with limits: which statements are about one, by their own words or by the run of the talk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from extractors.concepts import limit_concepts, load_lexicon
from extractors.open_points import open_phrases
from extractors.schema import Category, Findings, HeldLimits, Named, Statement

STANCES: tuple[Category, ...] = ("preference", "goal", "agreement")
"""The categories that say what somebody wants or has agreed: of a treatment with limits, only a physician
can ratify it."""
IN_PLAIN_WORDS = "treatment_limit"
"""The treatment of what is said without a name for it: "geen slangen meer"."""
_SUBJECTS = frozenset(
    (
        "place",
        "school",
        "play",
        "faith",
        "death",
        "relief",
        "money_work",
        "family",
        "animals",
        "daily_life",
        "crisis",
    )
)
"""Areas of the lexicon whose concepts are a subject of their own."""
_RUN = 2
"""So many turns after a treatment was named, what has no subject of its own is still about it."""


def limit_threads(
    statements: Sequence[Statement], named: Sequence[Named], held: Sequence[HeldLimits] = ()
) -> Mapping[str, tuple[str, ...]]:
    """The wishes and agreements about each treatment with limits.

    Args:
        statements: What was found in a conversation, in the order of the text.
        named: The turns that name a treatment with limits, so those of the questions too.
        held: What some of the statements are about, in place of what they and the talk say.

    Returns:
        For each treatment (its concept id) the ids of the statements, in the order of the text.
    """
    known = {each.statement: each.topics for each in held}
    by_turn: dict[int, list[str]] = defaultdict(list)
    for each in named:
        for turn in each.turns:
            by_turn[turn].append(each.topic)
    threads: dict[str, list[str]] = defaultdict(list)
    for statement in statements:
        if statement.category not in STANCES:
            continue
        topics = known.get(statement.id)
        for topic in _told(statement, by_turn) if topics is None else topics:
            threads[topic].append(statement.id)
    return {topic: tuple(ids) for topic, ids in threads.items()}


def limits_by_statement(findings: Findings) -> Mapping[str, tuple[str, ...]]:
    """The treatments with limits that each wish and agreement is about, one to review included.

    Args:
        findings: What was found in a conversation.

    Returns:
        The concept ids, sorted, by the id of the statement; one that is about none is not there.
    """
    statements = (*findings.statements, *findings.to_review)
    found: dict[str, list[str]] = defaultdict(list)
    for topic, ids in sorted(limit_threads(statements, findings.limits_named, findings.limits_held).items()):
        for name in ids:
            found[name].append(topic)
    return {name: tuple(topics) for name, topics in found.items()}


def _told(statement: Statement, by_turn: Mapping[int, Sequence[str]]) -> Sequence[str]:
    """The treatments that a statement is about, by its own words or by the run of the talk."""
    limits = limit_concepts()
    topics: Sequence[str] = [topic for topic in statement.topics if topic in limits]
    plain = open_phrases().pattern("plain_limits").search(statement.quote) is not None
    if not topics and (plain or not _has_subject(statement)):
        topics = _running(statement, by_turn)
    return topics or ([IN_PLAIN_WORDS] if plain else [])


def _running(statement: Statement, by_turn: Mapping[int, Sequence[str]]) -> Sequence[str]:
    """The treatments named last, in the turn of the statement or shortly before."""
    for turn in range(statement.turn, statement.turn - _RUN - 1, -1):
        if turn in by_turn:
            return by_turn[turn]
    return ()


def _has_subject(statement: Statement) -> bool:
    """Whether a statement names another subject to decide about, such as a place, school or a feast."""
    lexicon = load_lexicon()
    return any(lexicon[topic].area in _SUBJECTS for topic in statement.topics)
