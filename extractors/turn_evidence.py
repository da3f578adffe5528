"""Evidence of who speaks in a turn: its words, whom it asks and calls, and how it was asked and called."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Literal, get_args

from extractors.schema import Conversation, Role

Voice = Literal["child", "patient", "parent", "care_team"]
"""The roles of those who speak; an adult patient speaks otherwise than a child, with the same role."""

VOICES: tuple[Voice, ...] = get_args(Voice)
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NAME_INSIDE = re.compile(r"(?<=[a-zà-ÿ,;:] )[A-ZÀ-Ý][\w'’-]*")
SENTENCE = re.compile(r"[^.?!…]+[.?!…]*")
_CALL = re.compile(
    r"(?:^|[,.!?]\s*|\ben )(mam+a?|mams|pap+a?|paps|dokter|zuster|opa|oma|schat|lieverd|lieve|meneer|mevrouw"
    r"|jongen|meisje|knul)(?=[,.!?]|$)",
    re.IGNORECASE,
)
YOU = {"je": "jij", "jij": "jij", "jou": "jij", "jouw": "jij", "ge": "jij", "gij": "jij"} | {
    "u": "u",
    "uw": "u",
    "jullie": "jullie",
}
_MARKED = re.compile(r"[.?!]")
_ASKS_UNMARKED = re.compile(
    r"\A\W*(?:(?:en|nou|oké|goed|maar|ja|dus)\W+)*(?:wat|waar\w*|hoe|wie|wanneer|waarom|welke?)\b"
    r"|\b(?:bent?|hebt?|heeft|wilt?|kunt?|kan|zou|zal|mag|moet|weet|vindt?|denkt?|doet?|gaat?|ziet?|voelt?|merkt?)"
    r" (?:je|jij|u|jullie)\b",
    re.IGNORECASE,
)
_SIZES = (4, 8, 16, 32, 64)


def voice_of(role: Role | None, *, adult: bool) -> Voice | None:
    """The voice of a role in a conversation with an adult or a child; None for an interpreter and others."""
    if role == "child":
        return "patient" if adult else "child"
    return role if role == "parent" or role == "care_team" else None


def kind_evidence(conversation: Conversation) -> frozenset[str]:
    """What the kind of conversation tells of every turn."""
    return frozenset(() if conversation.kind == "het_belangrijk" else (f"kind:{conversation.kind}",))


def turn_evidence(text: str, heard: str, child: str | None) -> frozenset[str]:
    """What a turn says of who speaks: its words, whom it asks and calls, and how it was asked and called.

    Args:
        text: the turn.
        heard: what somebody else said just before; "" where nobody did.
        child: the child's name.
    """
    words = plain_words(text)
    evidence = {"always", _size(len(words))}
    evidence.update(f"word:{word}" for word in words)
    evidence.update(f"pair:{one} {two}" for one, two in itertools.pairwise(words))
    evidence.update(_questions("asks", SENTENCE.findall(text)))
    evidence.update(f"calls:{call[1].lower()}" for call in _CALL.finditer(text))
    last = SENTENCE.findall(heard)[-2:]
    evidence.update(_questions("asked", last))
    evidence.update(f"called:{call[1].lower()}" for part in last for call in _CALL.finditer(part.strip()))
    if child and child in text and re.search(rf"(?<!\w){re.escape(child)}(?!\w)", text):
        evidence.add("names the child")
    return frozenset(evidence)


def _questions(kind: str, sentences: Sequence[str]) -> Iterator[str]:
    for sentence in sentences:
        if asks(sentence):
            yield kind
            yield from (f"{kind}:{YOU[word]}" for word in plain_words(sentence) if word in YOU)


def asks(sentence: str) -> bool:
    """Whether a sentence asks; a machine's transcript can be without marks, then by its order of words."""
    if _MARKED.search(sentence):
        return sentence.rstrip().endswith("?")
    return _ASKS_UNMARKED.search(sentence) is not None


def _size(words: int) -> str:
    return f"size:{words if words < _SIZES[0] else max(size for size in _SIZES if size <= words)}"


def plain_words(text: str) -> list[str]:
    """The words in lower case; names within a sentence left out, they tell nothing in another talk."""
    return [word.lower().replace("’", "'") for word in WORD.findall(_NAME_INSIDE.sub(" ", text))]
