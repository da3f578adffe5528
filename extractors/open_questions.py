"""Questions of the family that nobody answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from extractors.open_points import open_phrases
from extractors.place import sentences
from extractors.schema import Conversation, Statement, Turn

_REACH = 5
_REPLIES = 2
"""The first so many replies, within so many turns, answer a question or do not."""
_REPLY_REACH = 160
"""A reply that does not answer says so among its first characters."""
_SHORTEST_ANSWER = 4
"""Words: "In augustus." is none."""
_ASKED_REACH = 40
_NOTE_REACH = 100
"""So many characters behind a question in a note can tell that it stayed open."""
_OPENS = re.compile(
    r"\W*(?:(?:en|maar|want|dus|nee|ja|nou|eh|zeg|pap|mam)\W+)*(?:wie|wat|waar|hoe|hoelang|wanneer|waarom|welke|of"
    r"|(?:mag|kan|kun|moet|gaat|ga|heeft|heb|had|is|ben|was|wordt|word|haal|zou|zal|weet|komt|kom|doet)"
    r"\s+(?:ik|je|u|we|wij|hij|ze|zij|het|dat|die|mijn|onze|er|\w+))\b",
    re.IGNORECASE,
)


_ASKS_IN_NOTE = re.compile(r"\W*(?:wie|wat|waar|hoe|hoelang|wanneer|waarom|of)\b", re.IGNORECASE)


def is_open_question(conversation: Conversation, statement: Statement) -> bool:
    """Whether a statement is a question of the child or the family that the text leaves without an answer.

    In a conversation those who are asked say that they do not know or put it off; in a note a heading or the
    words around it tell, or nothing stands behind a question that is quoted.
    """
    if statement.perspective == "care_team" or statement.category != "concern":
        return False
    turn = conversation.turns[statement.turn]
    asks = "?" in conversation.text[statement.start : statement.end + 1]
    if turn.block == "speech":
        worded = _OPENS.match(statement.quote) is not None and not _is_answer(conversation, turn)
        return (asks or worded) and _not_answered(conversation, turn)
    return _left_open(statement, turn, asks=asks)


def _is_answer(conversation: Conversation, turn: Turn) -> bool:
    """Whether a turn answers a question: "Of het goed is, met mij" then tells a worry, and asks nothing."""
    return turn.index > 0 and conversation.turns[turn.index - 1].text.rstrip().endswith("?")


def _not_answered(conversation: Conversation, turn: Turn) -> bool:
    """Whether the first who react do not answer: they say so, or ask something back."""
    replies = list(islice(_replies(conversation, turn), _REPLIES))
    no_answer = open_phrases().pattern("no_answer")
    if any(no_answer.search(reply.text, 0, _REPLY_REACH) for reply in replies):
        return True
    return not any(_tells(reply.text) for reply in replies)


def _replies(conversation: Conversation, asked: Turn) -> Iterator[Turn]:
    """The turns of others shortly after a question; one without a speaker is a silence or a gesture."""
    for turn in conversation.turns[asked.index + 1 : asked.index + 1 + _REACH]:
        if turn.label not in (None, asked.label):
            yield turn


def _tells(reply: str) -> bool:
    """Whether a reply says something: a sentence of some length that does not ask."""
    return any(
        len(sentence.split()) >= _SHORTEST_ANSWER and not sentence.endswith("?")
        for sentence in (reply[start:end] for start, end in sentences(reply))
    ) or reply.lower().startswith(("ja", "nee", "jawel"))


def _left_open(statement: Statement, turn: Turn, *, asks: bool) -> bool:
    """Whether a question in a note is quoted, or told with nothing behind it or words that leave it open."""
    phrases = open_phrases()
    left_open = phrases.pattern("left_open")
    if any(left_open.search(heading) for heading in turn.section):
        return True
    start, end = statement.start - turn.start, statement.end - turn.start
    told = phrases.pattern("asked").search(turn.text, max(0, start - _ASKED_REACH), end)
    if not asks and told is None and not _ASKS_IN_NOTE.match(statement.quote):
        return False
    behind = turn.text[end:].strip(" .\"'”")
    return (
        asks or not behind or left_open.search(turn.text, max(0, start - 20), end + _NOTE_REACH) is not None
    )
