"""Questions of the child and the family that nobody answered.

In a talk the replies tell: who is asked does not know, puts it off, asks back or passes on to something else;
in a note the words around it, or a heading. Each question gathers named evidence of that, as in
`extractors.statements`; the weights stand in `patterns/open_questions.json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Literal, get_args

import numpy as np

from extractors.content import content_words
from extractors.cues import PATTERNS
from extractors.evidence import role_of
from extractors.open_points import open_phrases
from extractors.place import sentences
from extractors.schema import Conversation, Statement, Turn
from extractors.tables import Sighting, Table, add_up, log_shares, read_table

Outcome = Literal["settled", "open"]
"""What became of a question; one that is no question after all has nothing open."""

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
FILE = PATTERNS / "open_questions.json"
_LIKELY = 0.35
"""The least chance with which a question counts as open."""

_SIGNS = frozenset(
    (
        "silence",
        "no reply",
        *(
            f"reply {number}:{sign}"
            for number in (1, 2)
            for sign in ("no answer", "moves on", "sighs", "asks back", "ends with a question", "length 0")
        ),
        "marked+note",
        "left open before",
        "left open within",
        "left open behind",
        "no answer behind",
        "nothing behind",
    )
)
"""What can show that a question stayed open."""
_ALL_TOLD = frozenset(("wonders", "nothing behind"))
_LENGTH = re.compile(r"(?<=length \d)\+\w+$")

_REACH = 5
_REPLIES = 2
"""The first so many replies, within so many turns, answer a question or do not."""
_REPLY_REACH = 160
"""A reply that does not answer says so among its first characters."""
_REPLY_START = 60
_LENGTHS = (4, 8, 15, 30)
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
_ASKS_ABOUT = re.compile(
    r"\b(?:wie|wat|waar|hoe|hoelang|wanneer|waarom|welke|of|mag|kan|moet|gaat|is|komt)\b", re.IGNORECASE
)
_ANSWERED = re.compile(
    r"\b(?:gezegd|zei|zeggen|verteld|uitgelegd|geantwoord|antwoord\w*|besproken|uitleg|eerlijk)\b"
    r"|\b(?:dr|arts|ik)\b[^.]{0,20}:",
    re.IGNORECASE,
)
_YES_NO = re.compile(r"\W*(?:ja|jawel|nee|zeker|natuurlijk|tuurlijk)\b", re.IGNORECASE)
_ASKS_VERB = re.compile(
    r"\W*(?:(?:en|maar|want|dus)\W+)*(?:\w+\s+)?"
    r"(?P<verb>mag|kan|moet|gaat|komt|wordt|haalt|krijgt?|heeft|weet)\b",
    re.IGNORECASE,
)
_WONDERS = re.compile(r"\b(?:vraagt|vroeg|vragen)\s+(?:zich|me)\s+af\b", re.IGNORECASE)
_TOLD = re.compile(r"\b(?:ik vraag me af|vroeg|vraagt)\b", re.IGNORECASE)


def is_open_question(conversation: Conversation, statement: Statement) -> bool:
    """Whether a statement is a question of the child or the family that the text leaves without an answer.

    What stands under a heading for open questions is one, and so is what a note only wonders about; a plain
    yes or no settles it, and so does whatever follows without a sign that it is no answer.
    """
    if not may_ask(conversation, statement):
        return False
    evidence = frozenset(question_evidence(conversation, statement))
    if "heading" in evidence or evidence >= _ALL_TOLD:
        return True
    settled = "reply 1:opens with yes or no" in evidence and "reply 1:no answer" not in evidence
    if settled or _SIGNS.isdisjoint(_LENGTH.sub("", name) for name in evidence):
        return False
    scores = add_up(evidence, load_open_questions(), OUTCOMES)
    return float(np.exp(log_shares(scores))[OUTCOMES.index("open")]) >= _LIKELY


def question_example(
    conversation: Conversation, statement: Statement, *, is_open: bool
) -> Iterator[Sighting]:
    """What an annotated statement teaches, for `learn_table`; nothing where it asks nothing."""
    if may_ask(conversation, statement):
        evidence = frozenset(question_evidence(conversation, statement))
        yield Sighting(conversation.id, evidence, OUTCOMES[is_open])


@cache
def load_open_questions() -> Table:
    """The weights of each piece of evidence in the order of `OUTCOMES`."""
    return read_table(FILE, OUTCOMES)


def may_ask(conversation: Conversation, statement: Statement) -> bool:
    """Whether a statement can be a question of the child or the family, by its form or what is around it."""
    if statement.perspective == "care_team":
        return False
    turn = conversation.turns[statement.turn]
    if _asks(conversation, statement):
        return True
    if turn.block == "speech":
        return _OPENS.match(statement.quote) is not None or _TOLD.search(statement.quote) is not None
    left_open = open_phrases().pattern("left_open")
    start, end = statement.start - turn.start, statement.end - turn.start
    return (
        open_phrases().pattern("asked").search(turn.text, max(0, start - _ASKED_REACH), end) is not None
        or _ASKS_IN_NOTE.match(statement.quote) is not None
        or any(left_open.search(heading) for heading in turn.section)
        or (
            statement.category == "concern"
            and left_open.search(turn.text, max(0, start - _ASKED_REACH), end + _NOTE_REACH) is not None
        )
    )


def _asks(conversation: Conversation, statement: Statement) -> bool:
    return "?" in conversation.text[statement.start : statement.end + 1]


def question_evidence(conversation: Conversation, statement: Statement) -> Iterator[str]:
    """The evidence for what became of a question, as names that the table knows."""
    turn = conversation.turns[statement.turn]
    spoken = turn.block == "speech"
    kind = "speech" if spoken else "note"
    yield "always"
    yield kind
    yield f"{'marked' if _asks(conversation, statement) else 'unmarked'}+{kind}"
    yield f"category:{statement.category}+{kind}"
    yield f"perspective:{statement.perspective}"
    if statement.reported:
        yield f"reported+{kind}"
    word = _ASKS_ABOUT.search(statement.quote)
    yield f"word:{word[0].lower() if word else 'none'}"
    if (_OPENS if spoken else _ASKS_IN_NOTE).match(statement.quote):
        yield f"opens+{kind}"
    yield from (_of_replies if spoken else _of_note)(conversation, statement, turn)


def _of_replies(conversation: Conversation, statement: Statement, turn: Turn) -> Iterator[str]:
    """How those who are asked react."""
    rest = turn.text[statement.end - turn.start :].strip(" .?!\"'”)")
    yield "goes on" if rest else "ends the turn"
    if turn.index > 0 and conversation.turns[turn.index - 1].text.rstrip().endswith("?"):
        yield "is an answer"  # "Of het goed is, met mij" then tells a worry, and asks nothing
    following = conversation.turns[turn.index + 1 : turn.index + 2]
    if following and following[0].label is None:
        yield "silence"
    replies = list(islice(_replies(conversation, turn), _REPLIES))
    if not replies:
        yield "no reply"
    for number, reply in enumerate(replies, 1):
        yield from (f"reply {number}:{name}" for name in _of_reply(conversation, statement, reply))


def _replies(conversation: Conversation, asked: Turn) -> Iterator[Turn]:
    """The turns of others shortly after a question; one without a speaker is a silence or a gesture."""
    for turn in conversation.turns[asked.index + 1 : asked.index + 1 + _REACH]:
        if turn.label not in (None, asked.label):
            yield turn


def _of_reply(conversation: Conversation, statement: Statement, reply: Turn) -> Iterator[str]:
    phrases = open_phrases()
    role = role_of(conversation, reply) or "unknown"
    words = len(reply.text.split())
    yield role
    yield f"length {sum(words >= most for most in _LENGTHS)}+{role}"
    yield f"words shared:{min(len(content_words(statement.quote) & content_words(reply.text)), 2)}"
    if phrases.pattern("no_answer").search(reply.text, 0, _REPLY_REACH):
        yield "no answer"
        yield f"no answer+{role}"
    if phrases.pattern("moves_on").search(reply.text, 0, _REPLY_START):
        yield "moves on"
    opening = reply.text.lstrip(" .,…-\"'")
    if _YES_NO.match(opening):
        yield "opens with yes or no"
    if phrases.pattern("sighs").match(opening):
        yield "sighs"
    verb = _ASKS_VERB.match(statement.quote)
    if verb and re.search(rf"\b{verb['verb']}\b", reply.text, re.IGNORECASE):
        yield "repeats the verb"
    spans = sentences(reply.text)
    if spans and reply.text[slice(*spans[0])].rstrip().endswith("?"):
        yield "asks back"
    elif reply.text.rstrip().endswith("?"):
        yield "ends with a question"


def _of_note(conversation: Conversation, statement: Statement, turn: Turn) -> Iterator[str]:  # noqa: ARG001  as for replies
    """What a note says before and behind a question."""
    phrases = open_phrases()
    left_open, asked = phrases.pattern("left_open"), phrases.pattern("asked")
    start, end = statement.start - turn.start, statement.end - turn.start
    lead, rest = turn.text[max(0, start - _ASKED_REACH) : start], turn.text[end : end + _NOTE_REACH]
    if any(left_open.search(heading) for heading in turn.section):
        yield "heading"
    yield from (
        f"asked {place}"
        for place, text in (("before", lead), ("within", statement.quote))
        if asked.search(text)
    )
    for place, text in (("before", lead), ("within", statement.quote), ("behind", rest)):
        if left_open.search(text):
            yield f"left open {place}"
    if phrases.pattern("no_answer").search(turn.text, end, end + _REPLY_REACH):
        yield "no answer behind"
    if not rest.strip(" .?!\"'”)"):
        yield "nothing behind"
    elif _ANSWERED.search(rest):
        yield "answered behind"
    elif _YES_NO.match(rest):
        yield "yes or no behind"
    if lead.endswith(('"', "“", "'", "‘")):
        yield "quoted"
    if _WONDERS.search(lead + statement.quote):
        yield "wonders"
