"""Names: how a text names the people of a conversation, and who wrote a note."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from extractors.cues import PATTERNS, Strict, read_yaml
from extractors.schema import Conversation, Participant

NAME = r"(?:(?i:van|de|der|den|el|ten|ter)\s+)*[A-ZÀ-Ý][\w'’-]+"
"""A regular expression for one capitalised name, with the particles before it."""

_HEAD = 12
"""So many blocks at the start of a note can tell who wrote it."""


class ActionWords(Strict):
    """The contents of patterns/actions.yaml."""

    titles: tuple[str, ...]
    functions: tuple[str, ...]
    endings: tuple[str, ...]
    acts: tuple[str, ...]
    may_act: tuple[str, ...]
    asking: tuple[str, ...]
    no_names: frozenset[str]
    open: frozenset[str]


@cache
def action_words() -> ActionWords:
    """The words of patterns/actions.yaml, checked against their schema."""
    return read_yaml(PATTERNS / "actions.yaml", ActionWords)


def either(words: Iterable[str]) -> str:
    """A regular expression for any of these words, the longest first; without words it matches nothing."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word))) or r"(?!)"


def is_name(word: str) -> bool:
    """Whether a capitalised word can be a name: "Petra", and not the first word of a sentence ("Dat")."""
    return word.lower() not in action_words().no_names


def people_pattern(conversation: Conversation) -> re.Pattern[str]:
    """A pattern for one or more people or services, in its group `people`; a note in brackets may follow."""
    return _compile_people(frozenset(_known_names(conversation)))


@lru_cache(maxsize=32)
def _compile_people(known: frozenset[str]) -> re.Pattern[str]:
    words = action_words()
    one = (
        rf"(?:(?i:{either(words.titles)})\s+(?:{NAME}|[A-Z]\.)|(?:{either(known)})(?![\w-])"
        r"|(?:(?i:de|het|onze|mijn|uw|jullie|haar|zijn)\s+)?"
        rf"(?i:[a-zà-ÿ]{{0,30}}-?(?:{either(words.endings)})|(?:{either(words.functions)}))(?![\w-]))"
    )
    note = r"(?:\s*\([^)]{0,80}\))?"
    more = rf"(?:{note}\s*(?:\+|/|&|,|\ben\b|\bmet\b)\s*{one}){{0,6}}"
    return re.compile(rf"(?<![\w-])(?P<people>{one}{more}){note}")


def _known_names(conversation: Conversation) -> set[str]:
    """What the people are called: labels, names, first and last names, functions, initials ("J.", "m.")."""
    names = {conversation.child} if conversation.child else set()
    for participant in conversation.participants:
        said = (participant.label, participant.name or "", participant.function or "")
        names |= {*said, *re.findall(NAME, " ".join(said[:2]))}
        names |= {f"{text[0]}." for text in (said[0], said[2]) if text}
    for turn in conversation.turns:
        if turn.block == "header":
            names |= set(re.findall(rf"{NAME}(?=\s*[,()])", turn.text))
    if writer := _written_by(conversation):
        names.add(writer)
    return {name for name in names if len(name) > 1 and is_name(name)}


def display_name(participant: Participant, conversation: Conversation) -> str | None:
    """A participant as owner: the label, with the function where the label does not tell it.

    A machine's number for a voice gives way to the function. An interpreter speaks for somebody else: None.
    """
    label, function = participant.label, participant.function
    if participant.role == "interpreter":
        return None
    if participant.role == "child":
        return conversation.child or label
    if not function or function.lower() in label.lower():
        return label
    if re.fullmatch(r"(?i:speaker|spreker|spk|deelnemer|s)[ _-]?\w{1,2}", label):
        return function
    return f"{label} ({function})"


_CARER = r"[\w -]{0,60}(?:verpleegkundige?|vpk|arts|specialist|werker)[\w ]{0,40}"
_WRITTEN_BY = (
    re.compile(r"\bik\s*=\s*(?P<who>[^,;.(\n]{1,60})"),
    re.compile(
        r"\b(?i:verslag|verslaglegging|notulist|notulen|genoteerd|opgesteld|uitgewerkt|auteur|door|van)(?:\s+door)?"
        r"\s*:\s*(?P<who>[^,;.(\n]{1,60})"
    ),
    re.compile(rf"(?P<who>{NAME})\s*\([^)]{{0,60}}\b(?:verslag|notulen|notulist)\b"),
    re.compile(rf"(?:^|[.?!]\s)(?P<who>{NAME}(?:\s{NAME})?),\s+{_CARER}\.?\s*$", re.MULTILINE),
)


def _written_by(conversation: Conversation) -> str | None:
    """The writer's name as the first lines of a note have it."""
    head = "\n".join(turn.text for turn in conversation.turns[:_HEAD] if turn.label is None)
    for pattern in _WRITTEN_BY:
        for found in pattern.finditer(head):
            who = found["who"].strip()
            if re.fullmatch(rf"{NAME}(?:\s+{NAME})?", who) and is_name(who):
                return who
    return None


def writer_of(conversation: Conversation) -> str | None:
    """Who wrote a note, where its first lines tell.

    "Verslag: Ingrid", "ik = Tessa", "Petra (VPC, verslag)", and the line "Floor, verpleegkundig specialist".
    """
    who = _written_by(conversation)
    if who is None:
        return None
    for participant in conversation.participants:
        if participant.role == "care_team" and set(who.split()) & set(
            re.findall(r"[\w'’-]+", participant.label)
        ):
            return display_name(participant, conversation)
    return who
