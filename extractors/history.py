"""Several conversations of one child: what differs from an earlier one, and what has been done since."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import NamedTuple

from extractors.concepts import load_lexicon
from extractors.conflicts import disputed_topics
from extractors.content import content_words
from extractors.limits import STANCES
from extractors.open_points import open_phrases
from extractors.place import sentences
from extractors.schema import Conversation, Findings, Flag, Record, Statement


class OtherChildError(ValueError):
    """The conversations are not known to be of one child; the message says so in Dutch."""


class Spoken(NamedTuple):
    """A conversation and what was found in it."""

    conversation: Conversation
    findings: Findings


class Done(Record):
    """An action point (a statement id) that a turn of a later conversation reports as done."""

    action: str
    conversation: str
    turn: int


class History(Record):
    """What several conversations of one child say together.

    `conversations` holds their ids in order of date, each once. The flags name statements of more than one of
    them; the ids of statements differ over conversations.
    """

    conversations: tuple[str, ...]
    flags: tuple[Flag, ...] = ()
    done: tuple[Done, ...] = ()


_CHANGED = "In een eerder gesprek was dit anders. Vraag na wat nu geldt."
_SHARED = 2
"""So many words an action point and the report that it was done have in common at least."""
_PARTICIPLE = re.compile(
    r"\b(?:\w{0,12}ge[a-z]{2,}(?:d|t|en)|(?:ver|be|ont|her)[a-z]{2,}[dt])\b|[✓✔☑]", re.IGNORECASE
)


def compare(spoken: Sequence[Spoken]) -> History:
    """Compares the conversations of one child with each other.

    Args:
        spoken: The conversations with their findings. They are taken in order of date, or as given where one
            has no date; one that was given twice counts once.

    Returns:
        A conflict for each subject on which somebody now wants what they refused before, or the reverse, and
        the action points that were done since.

    Raises:
        OtherChildError: They are of different children, or of one no child is known.
    """
    _check_child(spoken)
    order = in_order(spoken)
    pairs = list(combinations(order, 2))
    reports = (done for earlier, later in pairs for done in _done(earlier, later))
    return History(
        conversations=tuple(each.conversation.id for each in order),
        flags=tuple(flag for earlier, later in pairs for flag in _changed(earlier, later)),
        done=tuple({done.action: done for done in reversed(list(reports))}.values())[::-1],
    )


def in_order(spoken: Sequence[Spoken]) -> tuple[Spoken, ...]:
    """The conversations in order of date, or as given where one has no date; each file once."""
    once = {each.conversation.sha256: each for each in reversed(spoken)}
    given = [each for each in spoken if once[each.conversation.sha256] is each]
    dated = [(each.conversation.date, each) for each in given if each.conversation.date]
    if len(dated) < len(given):
        return tuple(given)
    return tuple(each for _, each in sorted(dated, key=lambda pair: pair[0]))


def _check_child(spoken: Sequence[Spoken]) -> None:
    children = {(each.conversation.child or "").casefold() for each in spoken}
    if "" in children:
        raise OtherChildError("Van een gesprek is niet bekend over welk kind het gaat.")
    if len(children) > 1:
        raise OtherChildError("Deze gesprekken gaan over verschillende kinderen.")


# ---- what changed ----------------------------------------------------------------------------------------


def _changed(earlier: Spoken, later: Spoken) -> Iterator[Flag]:
    """A flag for each wish of the later conversation that differs from an earlier one of the same side."""
    before, now = _stances(earlier.findings), _stances(later.findings)
    seen: set[tuple[str, ...]] = set()
    for key in (key for key in before if key in now):
        if {s.polarity for s in before[key]} == {s.polarity for s in now[key]} == {"affirmed", "negated"}:
            continue  # yes and no, on conditions, and still
        for held, turned in product(before[key], now[key]):
            differs = held.polarity != turned.polarity or _other_place(held, turned)
            if differs and (held.id, turned.id) not in seen:
                seen.add((held.id, turned.id))
                yield Flag(type="conflict", statements=(held.id, turned.id), note=_CHANGED)


def _other_place(held: Statement, turned: Statement) -> bool:
    """Whether two wishes for one thing name different places: "thuis overlijden", "liever in het hospice"."""
    lexicon = load_lexicon()
    places = [{topic for topic in s.topics if lexicon[topic].area == "place"} for s in (held, turned)]
    return all(places) and not places[0] & places[1] and held.polarity == turned.polarity == "affirmed"


def _stances(findings: Findings) -> dict[tuple[str, str], list[Statement]]:
    """The wishes and agreements by whose they are and what they are about."""
    stances: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for statement in findings.statements:
        if statement.category in STANCES and statement.perspective != "unknown":
            for topic in sorted(disputed_topics(statement)):
                stances[statement.perspective, topic].append(statement)
    return stances


# ---- what was done ---------------------------------------------------------------------------------------


def _done(earlier: Spoken, later: Spoken) -> Iterator[Done]:
    """The action points of the earlier conversation that a sentence of the later one reports as done."""
    actions = [
        (s, content_words(s.quote)) for s in earlier.findings.statements if s.category == "action_point"
    ]
    for turn in later.conversation.turns:
        for start, end in sentences(turn.text):
            sentence = turn.text[start:end]
            if not _is_report(sentence):
                continue
            words = content_words(sentence)
            for action, wanted in actions:
                if len(wanted & words) >= _SHARED:
                    yield Done(action=action.id, conversation=later.conversation.id, turn=turn.index)


def _is_report(sentence: str) -> bool:
    """Whether a sentence tells that something was done: it has a participle or "klaar", and no "nog"."""
    phrases = open_phrases()
    done = _PARTICIPLE.search(sentence) or phrases.pattern("done").search(sentence)
    return done is not None and "?" not in sentence and not phrases.pattern("not_done").search(sentence)
