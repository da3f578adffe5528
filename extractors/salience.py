"""Salience: whom a clause of a note is about, named there or meant by what was written before.

A note names somebody once and goes on with "hij", or with the verb alone ("wil liever thuis"). Here the
people of a note are followed from block to block: a pronoun is who was named last of that sex, a clause
without a subject goes on about the subject before it, and under a person's name as heading the lines begin
with that person.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from spacy.tokens import Doc, Span, Token

from extractors.attributes import conversation_of, previous_of, turn_of
from extractors.cues import CLAUSES
from extractors.people import Person, people_named
from extractors.rows import QUOTES
from extractors.schema import Role
from extractors.sexes import Sex, patient_sex

_KEPT = "izp_salience"
_SUBJECT_WORDS = 4
_REMEMBERED = 6
_NAME_WORDS = 2
_PRONOUNS: Mapping[str, Sex] = {"hij": "man", "ie": "man", "ze": "woman", "zij": "woman"}
_SELF = frozenset(("ik", "'k", "we", "wij"))
_OTHERS = frozenset(
    ("het", "er", "dat", "dit", "die", "je", "jij", "u", "jullie", "men", "iedereen", "niemand")
)


class Meant(NamedTuple):
    """Whom a clause is about, and how that is known.

    `how` is "lead" (before its colon), "named", "pronoun", "they" (several people), "nobody", or where the
    subject comes from: "carried" from the block, "above" from the block before, "headed", "cell" (a table
    with a person at the head of the row or column), or "patient", whom a note on an adult is about. "-self",
    "-quoted" and "-other" behind it tell that the clause has another subject: its writer's "ik", a quoted
    "ik", or something that is no person.
    `last` is who was named last before the clause, `teller` who stands before a colon in the block, `headed`
    the person in the nearest heading.
    """

    role: Role | None
    how: str
    last: Role | None
    teller: Role | None
    headed: Role | None


class _Memory(NamedTuple):
    """What is remembered behind a block: the people named, the latest first, and whom its lines are about."""

    people: tuple[Person, ...] = ()
    subject: Person | None = None
    section: tuple[str, ...] = ()


_Followed = tuple[list[tuple[int, Meant]], _Memory]


def meant_in(statement: Span) -> Meant:
    """Whom the clause is about in which a statement begins."""
    clauses = _follow_up_to(statement.doc)[0]
    behind = bisect_right(clauses, statement.start, key=itemgetter(0))
    return clauses[behind - 1][1] if behind else Meant(None, "nobody", None, None, None)


def _follow_up_to(doc: Doc) -> _Followed:
    """The clauses of a block (first token, whom it is about), and what is remembered behind it."""
    waiting: list[Doc] = []
    current: Doc | None = doc
    while current is not None and _KEPT not in current.user_data:
        waiting.append(current)
        current = previous_of(current)
    memory = _Memory() if current is None else current.user_data[_KEPT][1]
    for current in reversed(waiting):
        current.user_data[_KEPT] = _follow(current, memory)
        memory = current.user_data[_KEPT][1]
    followed: _Followed = doc.user_data[_KEPT]
    return followed


def _follow(doc: Doc, before: _Memory) -> _Followed:
    turn = turn_of(doc)
    if turn.block == "heading":
        return [], before._replace(subject=None)
    if turn.block == "header":
        return [], before
    headed = _headed(doc)
    people = list(before.people)
    if headed and before.section != turn.section:
        people.insert(0, headed)
    subject, how = _begins_with(doc, headed, before)
    teller: Person | None = None
    found: list[tuple[int, Meant]] = []
    for clause in doc.spans[CLAUSES]:
        last = people[0] if people else None
        lead: Span | None = clause._.izp_lead
        led = next((person for _, person in _named(lead)), None) if lead is not None else None
        teller = led or teller
        who, kind = (led, "lead") if led else _subject(clause, [*([subject] if subject else ()), *people])
        if kind not in ("lead", "named", "pronoun", "they"):
            who, kind = subject, f"{how}{kind}"
        found.append((clause.start, Meant(_role(who), kind, _role(last), _role(teller), _role(headed))))
        named = [person for _, person in _named(clause)]
        if kind in ("lead", "named", "pronoun") and who:
            subject, how = who, "carried"
            named.insert(0, who)
        people = list(dict.fromkeys([*named, *people]))[:_REMEMBERED]
    return found, _Memory(tuple(people), subject, turn.section)


def _begins_with(doc: Doc, headed: Person | None, before: _Memory) -> tuple[Person | None, str]:
    """Whom a block goes on about until it names somebody, and where that comes from."""
    turn = turn_of(doc)
    if turn.block == "cell" and _stands_over_cells(doc):
        return headed, "cell"
    if before.section == turn.section and before.subject is not None and before.subject != headed:
        return before.subject, "above"
    if headed is None and conversation_of(doc).kind == "pzp":
        return Person("child", patient_sex(conversation_of(doc))), "patient"
    return headed, "headed"


def _subject(clause: Span, people: Sequence[Person]) -> tuple[Person | None, str]:
    """The person who is the subject of a clause and how it says so; else what else its subject is."""
    opening = clause[:_SUBJECT_WORDS]
    named = dict(_named(opening))
    for at, token in enumerate(opening):
        if at in named:
            return named[at], "named"
        if sex := _PRONOUNS.get(token.lower_):
            if sex == "woman" and _is_plural(token):
                return None, "they"
            return next((one for one in people if one.sex in (sex, None)), None), "pronoun"
        if token.lower_ in _SELF:
            return None, "-quoted" if _is_quoted(clause) else "-self"
        if token.lower_ in _OTHERS and token.pos_ != "DET":
            return None, "-other"
    return None, ""


def _is_quoted(clause: Span) -> bool:
    """Whether a clause stands between quotation marks."""
    doc = clause.doc
    before = doc[clause.sent.start : clause.start + 1]
    around = (*doc[max(clause.start - 1, 0) : clause.start], *doc[clause.end : clause.end + 1])
    opened = sum(token.text in QUOTES for token in before) % 2 == 1
    return opened or any(token.text in QUOTES for token in around)


def _is_plural(pronoun: Token) -> bool:
    """Whether "ze" has a verb in the plural beside it."""
    beside = (*pronoun.doc[max(pronoun.i - 1, 0) : pronoun.i], *pronoun.doc[pronoun.i + 1 : pronoun.i + 2])
    return any(token.pos_ in ("VERB", "AUX") and "Number=Plur" in str(token.morph) for token in beside)


def _headed(doc: Doc) -> Person | None:
    """The person whom the nearest heading that names anybody names; nobody where it names several roles."""
    turn = turn_of(doc)
    for heading in reversed(turn.section):
        found = [person for _, person in people_named(_words(heading), doc)]
        if found:
            return found[0] if len({person.role for person in found}) == 1 else None
    return None


def _stands_over_cells(doc: Doc) -> bool:
    """Whether the head of a cell's column or row is a person and nothing else ("Kacper", "mw. Bos")."""
    turn = turn_of(doc)
    heads = (_words(head) for head in turn.section[-2:])
    return any(
        len(words) <= _NAME_WORDS and next((at for at, _ in people_named(words, doc)), None) == 0
        for words in heads
    )


def _named(span: Span) -> list[tuple[int, Person]]:
    return list(people_named([token.text for token in span], span.doc))


def _words(heading: str) -> list[str]:
    return heading.replace("*", " ").replace(":", " ").split()


def _role(person: Person | None) -> Role | None:
    return person.role if person else None
