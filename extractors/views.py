"""Views in notes: the evidence of whose view a line gives, and whether somebody else tells it.

In a note nobody speaks: the line, its colon, the lines and the headings above it tell whose view it gives.
Each statement gathers named evidence of that, as in `extractors.statements`; the weights stand in
`patterns/views.json`. A line that names nobody, under nobody, is nobody's.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from spacy.tokens import Doc, Span

from extractors.attributes import conversation_of, people_of, previous_of, turn_of
from extractors.cues import CLAUSES, PATTERNS, one_form, word_sets
from extractors.people import mention, mentions
from extractors.rows import QUOTES
from extractors.salience import meant_in
from extractors.schema import Perspective, Role
from extractors.sections import section_kinds
from extractors.tables import Row, Sighting, Table, add_up, log_shares, read_table

PERSPECTIVES: tuple[Perspective, ...] = ("child", "parent", "care_team")
REPORTED = "+reported"
VIEWS = tuple(f"{perspective}{told}" for perspective in PERSPECTIVES for told in ("", REPORTED))
"""Each perspective, and then the same told by somebody else."""

FILE = PATTERNS / "views.json"
NAME = "name"
"""Stands for somebody who is named and not known."""

_NAMED = "izp_named_in_clauses"
_SUBJECT_WORDS = 3
_LINES_ABOVE = 3
_CAPITAL = re.compile(r"(?<=[\w,;)] )[A-ZÀ-Ý][a-zà-ÿ'’-]{2,}")
_PRONOUNS = frozenset(("ik", "we", "je", "u", "jullie", "hij", "ze", "die", "dat", "het", "er"))
_IN_HEADING = frozenset(
    ("je", "jou", "ik", "mijn", "ze", "hij", "haar", "hem", "hun", "we", "ons", "onze", "zelf")
)
_VIEWS_OF: tuple[Role, ...] = ("child", "parent", "care_team")
_AROUND = "():;,*#.\"'"


@cache
def load_views() -> Table:
    """The weights of each piece of evidence in the order of `VIEWS`, from `patterns/views.json`."""
    return read_table(FILE, VIEWS)


def view_chances(statement: Span) -> Row | None:
    """The probability of each of `VIEWS` for a line of a note; None where nobody and no subject is named."""
    evidence = view_evidence(statement)
    nobody = {"who:None", "owner:None", "meant:None", "last:None"} <= evidence
    if nobody and not _under_one_subject(statement.doc):
        return None
    chances: Row = np.exp(log_shares(add_up(evidence, load_views(), VIEWS)))
    return chances


def view_example(
    statement: Span, perspective: Perspective, *, reported: bool, importance: float = 1.0
) -> Sighting:
    """The example that an annotated statement is, for `learn_table`."""
    conversation = conversation_of(statement.doc)
    label = f"{perspective}{REPORTED if reported else ''}"
    return Sighting(conversation.id, view_evidence(statement), label, importance)


def view_evidence(statement: Span) -> frozenset[str]:
    """The evidence of whose view a statement is; its category, cues and owner are known."""
    conversation = conversation_of(statement.doc)
    category = statement._.izp_category
    named = list(people_evidence(statement))
    evidence = [f"category:{category}", *named, *_words(statement), *_headings_say(statement)]
    evidence += [f"{name}|{category}" for name in named]
    meant = list(_meant(statement))
    evidence += meant + [f"{name}|{category}" for name in meant]
    if conversation.kind == "pzp":
        evidence += [f"{name}|adult" for name in (*named, *meant)]
    return frozenset(evidence)


def people_evidence(statement: Span) -> Iterator[str]:
    """Whom the line names, else the nearest above it; who speaks before a colon; whose task it is."""
    doc = statement.doc
    own, carried, teller = _in_turn(statement)
    nearest = (("named", own), ("carried", carried), ("headed", _headed(doc)), ("above", _above(doc)))
    how, who = next(((how, who) for how, who in nearest if who), ("nobody", None))
    yield f"who:{who}"
    yield f"who:{who} {how}"
    if teller:
        yield f"teller:{teller}"
        yield f"teller:{teller} who:{own}"
    words = [token.lower_ for token in statement]
    pronoun = next((form for word in words if (form := one_form(word)) in _PRONOUNS), None)
    yield f"pronoun:{pronoun}"
    yield f"pronoun:{pronoun} who:{who}"
    yield f"owner:{_owner(statement)}"
    if words[0] in word_sets()["according_to"]:
        yield f"source:{own}"


def _meant(statement: Span) -> Iterator[str]:
    """Whom the clause is about, and who was named before it."""
    meant = meant_in(statement)
    yield f"meant:{meant.role}"
    yield f"meant:{meant.role} {meant.how}"
    yield f"how:{meant.how}"
    yield f"last:{meant.last}"
    yield f"meant:{meant.role} last:{meant.last}"
    yield f"headed:{meant.headed}"
    yield f"meant:{meant.role} headed:{meant.headed}"
    yield f"said-by:{meant.teller}"
    yield f"said-by:{meant.teller} meant:{meant.role}"


def _words(statement: Span) -> Iterator[str]:
    """The turns of phrase in the line, who else is in it, and whether somebody's own words are quoted."""
    doc = statement.doc
    for cue in statement._.izp_cues:
        yield f"cue:{cue}"
        yield f"cues:{cue.split('.')[0]}"
    words = [token.text for token in statement]
    roles = dict.fromkeys(role for _, role in mentions(words, people_of(doc)))
    yield from (f"names:{role}" for role in roles)
    if statement._.izp_is_question:
        yield "asks"
    before = doc[statement.sent.start : statement.start]
    around = (*before[-1:], *statement, *doc[statement.end : statement.end + 1])
    if sum(token.text in QUOTES for token in before) % 2 or any(token.text in QUOTES for token in around):
        yield "quotes"


def _headings_say(statement: Span) -> Iterator[str]:
    doc = statement.doc
    turn = turn_of(doc)
    headings = _headings(doc)
    kinds = {kind for text in headings for kind in section_kinds(text)}
    yield from (f"section:{kind}" for kind in sorted(kinds))
    inside = {one_form(word) for text in headings[-1:] for word in _plain(text)}
    yield from (f"heading:{word}" for word in sorted(inside & _IN_HEADING))
    yield f"block:{turn.block}"


def _owner(statement: Span) -> str | None:
    owner: str | None = statement._.izp_owner
    if owner is None:
        return None
    conversation = conversation_of(statement.doc)
    participant = conversation.participant(owner)
    return (participant.role if participant else mention(owner.split(), people_of(statement.doc))) or NAME


def wisher(statement: Span) -> Role | None:
    """Whose wish, feeling or words a line gives expressly: "Sem wil ...", "vlgs vader ...", "Wil ...".

    A line that begins with the verb goes on about whom the lines before it in the block named. In a table
    with a person at the head of a column or row, the cells there are that person's.
    """
    doc = statement.doc
    meant = meant_in(statement)
    if meant.how.startswith("cell"):
        return meant.headed
    words = [token.lower_ for token in statement[: _SUBJECT_WORDS + 1]]
    if words[0] in word_sets()["according_to"]:
        return mention([token.text for token in statement[1 : 1 + _SUBJECT_WORDS]], people_of(doc))
    verbs = {verb for name in ("want", "find", "say", "feel") for verb in word_sets()[name]}
    at = next((at for at, word in enumerate(words) if word in verbs), None)
    if at is None:
        return None
    if at:
        return mention([token.text for token in statement[:at]], people_of(doc))
    _, carried, teller = _in_turn(statement)
    told = teller or carried
    return next((role for role in _VIEWS_OF if role == told), None)


def _in_turn(statement: Span) -> tuple[str | None, str | None, str | None]:
    """Whom the statement names, whom the clauses before it, and who speaks there before a colon."""
    named = _named_in(statement.doc)
    begun = bisect_right(named, statement.start, key=attrgetter("start"))
    if not begun:
        return None, None, None
    last = named[begun - 1]
    if last.end > statement.start:
        return last.who, last.carried, last.told
    return None, last.who or last.carried, last.teller or last.told


class _Clause(NamedTuple):
    """A clause (first token, the one after its last): whom it names, and who stands before its colon.

    `carried` and `told` are the same of the clauses before it in the turn, the nearest that tells.
    """

    start: int
    end: int
    who: str | None
    teller: str | None
    carried: str | None
    told: str | None


def _named_in(doc: Doc) -> list[_Clause]:
    """The clauses of a turn with whom they name."""
    if _NAMED not in doc.user_data:  # asked for by every statement, and by the lines below
        named: list[_Clause] = []
        carried, told = None, None
        for clause in doc.spans[CLAUSES]:
            named.append(_Clause(clause.start, clause.end, _named(clause), _teller(clause), carried, told))
            carried, told = named[-1].who or carried, named[-1].teller or told
        doc.user_data[_NAMED] = named
    kept: list[_Clause] = doc.user_data[_NAMED]
    return kept


def _teller(clause: Span) -> str | None:
    lead: Span | None = clause._.izp_lead
    return _who([token.text for token in lead], clause.doc) if lead is not None else None


def _headings(doc: Doc) -> tuple[str, ...]:
    """The headings above a block, without the title of the note, which names whom all of it is about."""
    turn = turn_of(doc)
    first = conversation_of(doc).turns[0]
    title = first.text if first.block in ("heading", "header") else None
    return turn.section[1:] if turn.section and turn.section[0] == title else turn.section


def _headed(doc: Doc) -> str | None:
    """Whom the headings above name, the nearest first; one that names several roles names nobody."""
    for heading in reversed(_headings(doc)):
        roles = {role for word in _plain(heading) if (role := mention([word], people_of(doc)))}
        if roles:
            return roles.pop() if len(roles) == 1 else None
        if who := _who(heading.split(), doc):
            return who
    return None


def _under_one_subject(doc: Doc) -> bool:
    """Whether headings stand above a block that tell what it is about, and name no two roles."""
    headings = _headings(doc)
    named = {role for text in headings for word in _plain(text) if (role := mention([word], people_of(doc)))}
    return len(named) < 2 and any(section_kinds(text) for text in headings)


def _above(doc: Doc) -> str | None:
    """Whom the nearest block above in the same section names."""
    turn = turn_of(doc)
    before = previous_of(doc)
    for _ in range(_LINES_ABOVE):
        if before is None or turn_of(before).section != turn.section:
            return None
        named = [clause.who for clause in _named_in(before) if clause.who]
        if named:
            return named[-1]
        before = previous_of(before)
    return None


def _named(clause: Span) -> str | None:
    """Whom a clause names before its colon or as its subject: a role, or `NAME`."""
    if who := _teller(clause):
        return who
    if clause[0].lower_ in word_sets()["according_to"]:
        return _who([token.text for token in clause[1 : 1 + _SUBJECT_WORDS]], clause.doc)
    words: list[str] = []
    for token in clause[:_SUBJECT_WORDS]:
        if token.lower_ in word_sets()["not_subject"]:
            break
        words.append(token.text)
    return _who(words, clause.doc)


def _who(words: Sequence[str], doc: Doc) -> str | None:
    """The role that these words name first; `NAME` where they hold a name that is not known."""
    bare = [word.strip(_AROUND) if len(word) > 2 else word for word in words]
    if role := mention(bare, people_of(doc)):
        return role
    return NAME if not _names_in(conversation_of(doc).text).isdisjoint(bare) else None


@lru_cache(maxsize=8)
def _names_in(text: str) -> frozenset[str]:
    """The words with a capital inside a sentence: names, of people or places."""
    return frozenset(found[0] for found in _CAPITAL.finditer(text))


def _plain(heading: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in heading.lower()).split()
