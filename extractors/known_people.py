"""Known people: the words of a conversation that stand for one of its people, with the role.

From the participants, and from what the text itself says beside a name. A word that could be two people of
different roles stands for nobody.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache

from extractors.names import PARTICLES, either, is_name
from extractors.people import MOST_WORDS, VIEW_HOLDERS, role_of_words
from extractors.roles import people_words, plain
from extractors.schema import Conversation, Participant, Role
from extractors.sexes import SEXES, Sex, last_names, titles_of
from extractors.titles import whom_titles_mean, words_for

_NAMED = r"(?P<name>[A-ZÀ-Ý][a-zà-ÿ][\w'’-]+)"
_INSIDE = re.compile(rf"(?<![\w-]){_NAMED}")
_FUNCTION_BEFORE = re.compile(r"([\w-]+)(\.?)(?:,| \()? ?\Z")
_FUNCTION_WITHIN = re.compile(r" ?\(\s*([^()\d,;\s][^()\d,;]{0,39})")
_NEAR = 30
_CUT_SHORT = re.compile(r"(?<![\w.])[A-ZÀ-Ý][a-zà-ÿ]{1,2}\.(?=\s\S)")
_WRITER = re.compile(
    r"(?:\b(?i:ik(?:zelf)?|ondergetekende)(?: ?\(|, )"
    r"|\b(?i:verslag|notulen|genoteerd|opgesteld|uitgeschreven)(?: door)?:? )"
    rf"{_NAMED}(?=[ ,.;)\n]|\Z)"
)
_GROWN_UP = re.compile(rf"(?<![\w-]){_NAMED} \((?:1[89]|[2-9]\d)(?: ?(?:jr?|jaar))?[),]")
_LAST_NAME = rf"{PARTICLES}{_NAMED}"


def known_people(conversation: Conversation) -> dict[str, Role]:
    """Each word that stands for one of the participants, with the role; a word for two roles is left out.

    A participant is known by the label, the words of the name, the function, and the initial that notes use
    ("J."). A title alone ("mw.") is the one participant who bears it; in a conversation with an adult the
    patient too can be meant, and then nobody is where it could also be another.
    """
    roles: dict[str, set[Role]] = {}
    for participant in conversation.participants:
        if participant.role in VIEW_HOLDERS:
            for word in words_for(participant):
                roles.setdefault(word, set()).add(participant.role)
    if conversation.child:
        for word in words_for(Participant(label=conversation.child)):
            roles.setdefault(word, set()).add("child")
    if conversation.kind == "pzp":
        for spelling, (role, function) in people_words().functions.items():
            if function in people_words().of_adults:
                roles.setdefault(spelling, set()).add(role)
    known = {word: next(iter(found)) for word, found in roles.items() if len(found) == 1}
    if conversation.kind == "pzp":
        known |= {name: "child" for name in last_names(conversation) if name not in roles}
    known = _unsaid(conversation, roles) | known | _told_names(conversation.text, roles)
    return _shortened(conversation.text, known) | known | whom_titles_mean(conversation)


def _unsaid(conversation: Conversation, known: Collection[str]) -> dict[str, Role]:
    """Names whose role a text gives without a function: the writer, and in a child's plan the parents.

    "Ik (Lise)" and "verslag door Lobke" is who wrote the note. A grown-up whose age is told ("Gerdine (31)")
    is family, and so are two of one name ("mw. en dhr. El Idrissi").
    """
    text = conversation.text
    named: list[tuple[str, Role]] = [(found["name"], "care_team") for found in _WRITER.finditer(text)]
    if conversation.kind != "pzp":
        named += [(found["name"], "parent") for found in _GROWN_UP.finditer(text)]
        named += [(found["name"], "parent") for found in _couple().finditer(text)]
        by_sex = [{found["name"] for found in _titled(sex).finditer(text)} for sex in SEXES]
        named += [(name, "parent") for name in by_sex[0] & by_sex[1]]
    roles: dict[str, set[Role]] = {}
    for name, role in named:
        if is_name(name) and name.lower() not in known and role_of_words([name.lower()]) is None:
            roles.setdefault(name.lower(), set()).add(role)
    return {name: next(iter(told)) for name, told in roles.items() if len(told) == 1}


@cache
def _titled(sex: Sex) -> re.Pattern[str]:
    """A title of a sex with the last word of the name behind it."""
    return re.compile(rf"(?<!\w)(?i:{either(titles_of(sex))})\.?\s+{_LAST_NAME}")


@cache
def _couple() -> re.Pattern[str]:
    """A name behind the titles of a woman and a man together."""
    woman, man = (either(titles_of(sex)) for sex in SEXES)
    both = rf"(?:(?:{woman})\.?\s+(?:en|\+|&)\s+(?:{man})|(?:{man})\.?\s+(?:en|\+|&)\s+(?:{woman}))"
    return re.compile(rf"(?<!\w)(?i:{both})\.?\s+{_LAST_NAME}")


def _shortened(text: str, known: Mapping[str, Role]) -> dict[str, Role]:
    """Names that a text cuts short ("Th." for Thijmen), where that can be one person only."""
    short: dict[str, Role] = {}
    for form in {found[0].lower() for found in _CUT_SHORT.finditer(text)} - known.keys():
        meant = {role for name, role in known.items() if name.startswith(form[:-1]) and len(name) > len(form)}
        if len(meant) == 1 and plain(form) not in people_words().titles.all:
            short[form] = meant.pop()
    return short


def _told_names(text: str, known: Collection[str]) -> dict[str, Role]:
    """Names that a text puts beside a function, always of one role: "zus Rosario", "Coby (pleegmoeder)".

    Only those of the family and the care team that nobody bears yet, and that are no other word ("Wil").
    """
    told: dict[str, set[Role]] = {}
    for name in _INSIDE.finditer(text):
        called = name[0].lower()
        if called in known or not is_name(name[0]) or role_of_words([called]) is not None:
            continue
        before = _FUNCTION_BEFORE.search(text, max(0, name.start() - _NEAR), name.start())
        within = _FUNCTION_WITHIN.match(text, name.end())
        role = None
        if before and (not before[2] or plain(before[1]) in people_words().titles.all):
            role = role_of_words([before[1].lower()])
        if role is None and within:
            role = role_of_words([word.lower() for word in within[1].split()[:MOST_WORDS]])
        if role in ("parent", "care_team"):
            told.setdefault(called, set()).add(role)
    return {
        name: next(iter(roles))
        for name, roles in told.items()
        if len(roles) == 1 and not (name in text and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))
    }
