"""Views in talk: the evidence of whose view a speaker gives, and whether somebody else's is told.

Whether a parent tells what the child wants or what the parent wants, and whether a professional gives back
what was heard or has a view of its own, is in the words. Each statement gathers named evidence of that, as in
`extractors.views` for notes, and all of it holds for one role of the speaker. The weights stand in
`patterns/spoken_views.json`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from spacy.tokens import Doc, Span

from extractors.attributes import conversation_of, people_of
from extractors.cues import PATTERNS, one_form, word_sets
from extractors.evidence import distance_of
from extractors.people import mentions
from extractors.rows import QUOTES, row_of
from extractors.schema import Perspective, Role
from extractors.tables import Row, Sighting, Table, add_up, log_shares, read_table
from extractors.views import REPORTED, VIEWS

FILE = PATTERNS / "spoken_views.json"
SPEAKERS: tuple[Role, ...] = ("child", "parent", "care_team", "interpreter")
"""The roles whose words are learned from."""

_SELF = frozenset(("ik", "we", "me", "ons", "mijn"))
_THIRD = frozenset(("hij", "ze", "hem", "haar", "zijn", "<child>"))
_SUBJECTS = frozenset(("ik", "we", "je", "u", "jullie", "hij", "ze", "<child>", "<parent>", "<care_team>"))
_NAMED: dict[str, Role] = {"<child>": "child", "<parent>": "parent", "<care_team>": "care_team"}
_ABOUT = _SUBJECTS | _SELF | _THIRD
_REACH = 25
_LEAD_IN = 6
_PLAIN = "izp_plain_words"


@cache
def load_spoken_views() -> Table:
    """The weights of each piece of evidence in the order of `VIEWS`, from `patterns/spoken_views.json`."""
    return read_table(FILE, VIEWS)


def spoken_view_chances(statement: Span, role: Role) -> Row:
    """The probability of each of `VIEWS` for a statement, where somebody with this role says it."""
    scores = add_up(spoken_view_evidence(statement, role), load_spoken_views(), VIEWS)
    chances: Row = np.exp(log_shares(scores))
    return chances


def spoken_view_example(
    statement: Span, role: Role, perspective: Perspective, *, reported: bool, importance: float = 1.0
) -> Sighting:
    """The example that an annotated statement of a speaker is, for `learn_table`."""
    conversation = conversation_of(statement.doc)
    label = f"{perspective}{REPORTED if reported else ''}"
    return Sighting(conversation.id, spoken_view_evidence(statement, role), label, importance)


def spoken_view_evidence(statement: Span, role: Role) -> frozenset[str]:
    """The evidence of whose view a statement is when this role says it; its category and cues are known.

    An interpreter says what a parent would, so all evidence of a parent counts too.
    """
    named = ("always", *_evidence(statement))
    speakers: tuple[Role, ...] = ("parent", "interpreter") if role == "interpreter" else (role,)
    return frozenset(f"{speaker}|{name}" for speaker in speakers for name in named)


def named_wisher(statement: Span) -> Role | None:
    """Who is expressly named as wishing, finding or saying it: "Sem zegt dat ...", "mijn man wil ..."."""
    words = _plain(statement.doc, statement.start, min(statement.end, statement.start + _LEAD_IN))
    verbs = {verb for name in ("want", "find", "say") for verb in word_sets()[name]}
    at = next((at for at, word in enumerate(words) if word in verbs), 0)
    subjects = [word for word in words[:at] if word in _SUBJECTS]
    return _NAMED.get(subjects[0]) if len(subjects) == 1 else None


def _evidence(statement: Span) -> Iterator[str]:
    """What is said, whom it is about, what leads in to it, and whom the question before was about."""
    doc, start = statement.doc, statement.start
    category = statement._.izp_category
    words = _plain(doc, start, statement.end)
    subject = _first_subject(words)
    yield f"category:{category}"
    yield f"subject:{subject}"
    yield f"subject:{subject}|{category}"
    yield f"self:{not _SELF.isdisjoint(words)} third:{not _THIRD.isdisjoint(words)}"
    yield from (f"word:{word}" for word in words)
    for cue in statement._.izp_cues:
        yield f"cue:{cue}"
        yield f"cues:{cue.split('.')[0]}"
    carried = _first_subject(_plain(doc, max(0, start - _REACH), start)[::-1])
    yield f"carried:{carried}"
    lead_in = _plain(doc, max(statement.sent.start, start - _LEAD_IN), start)
    yield from (f"before:{word}" for word in lead_in)
    yield f"before:{' '.join(lead_in[-2:])}"
    asked = _asked_about(statement)
    yield from (f"asked:{word}" for word in asked)
    if subject is None:
        yield f"carried:{carried}|no subject"
        yield from (f"asked:{word}|no subject" for word in asked)
    if not QUOTES.isdisjoint(row_of(doc).words[max(0, start - 1) : statement.end + 1]):
        yield "quotes"


def _first_subject(words: list[str]) -> str | None:
    return next((word for word in words if word in _SUBJECTS), None)


def _asked_about(statement: Span) -> frozenset[str]:
    """Whom the question is about that a statement answers."""
    question: Span | None = statement._.izp_question
    if question is None or distance_of(statement, question) == "far":
        return frozenset()
    return _ABOUT.intersection(_plain(question.doc, question.start, question.end))


def _plain(doc: Doc, start: int, end: int) -> list[str]:
    """The words from one token to another: pronouns in one form, people as their role, no marks."""
    if _PLAIN not in doc.user_data:  # asked for by every statement, and by the answers to its questions
        row = row_of(doc)
        named = dict(mentions(row.words, people_of(doc)))
        doc.user_data[_PLAIN] = [
            f"<{named[at]}>" if at in named else one_form(form) for at, form in enumerate(row.forms)
        ]
    words: list[str] = doc.user_data[_PLAIN]
    return [word for word in words[start:end] if word[0].isalnum() or word[0] in "<'"]
