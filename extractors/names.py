"""Names: how a text names the people of a conversation, and who wrote a note."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from extractors.cues import PATTERNS, Strict, read_yaml
from extractors.roles import people_words
from extractors.schema import Conversation, Participant, Role

PARTICLES = r"(?:(?i:van|de|der|den|el|ten|ter)\s+)*"
"""A regular expression for the small words before a last name."""

NAME = rf"{PARTICLES}[A-ZÀ-Ý][\w'’-]+"
"""A regular expression for one capitalised name, with the particles before it."""

NUMBERED = re.compile(
    r"(?:speaker|spreker|spk|deelnemer|s|unknown speaker|onbekende spreker)[ _-]?(?:\d+|[A-Z])",
    re.IGNORECASE,
)
"""A machine's number for a voice as a label (SPEAKER_00, Spreker 1, S01)."""

_WORD = re.compile(r"\w+")
_CAN_ACT: tuple[Role, ...] = ("parent", "care_team", "interpreter")
_HEAD = 12
"""So many blocks at the start of a note can tell who wrote it."""
_HEAD_REACH = 2000
"""So many characters of them: a note can be one long paragraph."""


class ActionWords(Strict):
    """The contents of patterns/actions.yaml."""

    acts: tuple[str, ...]
    may_act: tuple[str, ...]
    infinitives: tuple[str, ...]
    telling: frozenset[str]
    beside_telling: frozenset[str]
    asking_whether: frozenset[str]
    asides: tuple[str, ...]
    saying: tuple[str, ...]
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
    """A pattern for the people and services that a conversation speaks of.

    It finds one or more of them, in its group `people`; a note in brackets may follow. It is to be used on
    words of this conversation only: words that do not occur there are left out of it.
    """
    headings = dict.fromkeys(heading for turn in conversation.turns for heading in turn.section)
    return _compile_people(frozenset(_known_names(conversation)), conversation.text, tuple(headings))


@lru_cache(maxsize=32)
def _compile_people(known: frozenset[str], text: str, headings: tuple[str, ...]) -> re.Pattern[str]:
    titles = people_words().titles
    text = "\n".join((text, *headings)).lower()
    words = frozenset(_WORD.findall(text))
    one = (
        rf"(?:(?i:{_either_of(titles.all, words)})\.?\s+(?:{NAME}|[A-Z]\.)|(?:{either(known)})(?![\w-])"
        rf"|(?i:{_either_of(titles.woman | titles.man, words)})\.(?![\w-])"
        r"|(?:(?i:de|het|onze|mijn|uw|jullie|haar|zijn)\s+)?(?i:{FUNCTION})(?![\w-]))"
    ).replace("{FUNCTION}", _function_pattern(text, words))
    note = r"(?:\s*\([^)]{0,80}\))?"
    more = rf"(?:{note}\s*(?:\+|/|&|,|\ben\b|\bmet\b)\s*{one}){{0,6}}"
    return re.compile(rf"(?<![\w-])(?P<people>{one}{more}){note}")


def _function_pattern(text: str, words: frozenset[str]) -> str:
    """A regular expression for a person by function, or a service: "kinderneuroloog", "thuiszorg"."""
    known = people_words()
    spellings = {
        spelling for role in _CAN_ACT for spellings in known.roles[role].values() for spelling in spellings
    } - known.labels_only
    endings = {ending for role in _CAN_ACT for ending in known.endings[role]} | set(known.service_endings)
    ending = either(ending for ending in endings if ending in text)
    compound = rf"(?!\w{{0,40}}(?:{either(known.no_compounds)})\b)[a-zà-ÿ]{{0,30}}-?(?:{ending})"
    return rf"(?:{compound}|{_either_of(spellings | known.organisations | set(known.services), words)})\.?"


def _either_of(spellings: Iterable[str], words: frozenset[str]) -> str:
    """A regular expression for the spellings that these words can make up.

    With all spellings, to compile the pattern of a conversation took ten times as long as to search with it.
    """
    return either(spelling for spelling in spellings if words.issuperset(_WORD.findall(spelling)))


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
    if writer := _writer_in(_head(conversation)):
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
    if NUMBERED.fullmatch(label):
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


def _head(conversation: Conversation) -> str:
    """The first lines of a note, where it tells who wrote it and to whom."""
    head = "\n".join(turn.text for turn in conversation.turns[:_HEAD] if turn.label is None)
    return head[:_HEAD_REACH]


@lru_cache(maxsize=16)  # every action point of a note asks for its writer
def _writer_in(head: str) -> str | None:
    """The writer's name as the first lines of a note have it."""
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
    who = _writer_in(_head(conversation))
    if who is None:
        return None
    for participant in conversation.participants:
        if participant.role == "care_team" and set(who.split()) & set(
            re.findall(r"[\w'’-]+", participant.label)
        ):
            return display_name(participant, conversation)
    return who


_LETTER_TO = re.compile(r"^aan:\s*(?P<who>[^\n]{1,60})", re.IGNORECASE | re.MULTILINE)


def addressee_of(conversation: Conversation) -> str | None:
    """Whom a letter is to, where its first lines tell: "Aan: Sanne"."""
    letter = _LETTER_TO.search(_head(conversation))
    return letter["who"].strip() if letter else None
