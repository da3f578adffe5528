"""Features: what the trained readers see of a clause, as names.

Its pattern evidence, so that they know all that the patterns know; its words, lemmas and pairs of words; the
question before it; and the clauses around it. A feature is a name, so that what a reader learned can be
looked up; the names that it knows stand in `model/readers/vocabulary.txt`.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from spacy.tokens import Doc, Span

from extractors.attributes import conversation_of, people_of, turn_of
from extractors.evidence import carries_statements, distance_of, gather_evidence, speaker_of
from extractors.people import mentions
from extractors.rows import row_of, to_row
from extractors.views import people_evidence

LONG = 5
"""Longer lemmas also give their beginning and end, so that "bloedtransfusie" is like "transfusies"."""

SUBJECT_WORDS = 3
"""Among so many words at its beginning a clause names its subject."""


class Seen(NamedTuple):
    """A clause with its pattern evidence and its words, as the clauses around it see it too."""

    clause: Span
    as_written: list[str]
    evidence: tuple[str, ...]
    words: tuple[str, ...]
    lemmas: tuple[str, ...]
    cues: frozenset[str]
    concepts: tuple[str, ...]
    asks: bool
    speaker: str


def see(docs: Sequence[Doc]) -> list[Seen]:
    """All clauses of a conversation, in its order; `docs` are its turns."""
    return [
        _look_at(clause, evidence, who)
        for doc in docs
        if carries_statements(doc)
        for who in [speaker_of(doc)]
        for clause, evidence in gather_evidence(doc)
    ]


def _look_at(clause: Span, evidence: Iterable[str], who: str) -> Seen:
    row, read = to_row(clause), clause._
    return Seen(
        clause,
        row.words,
        tuple(evidence),
        tuple(row.forms),
        tuple(map(str.lower, row.lemmas)),
        read.izp_cues,
        read.izp_named,
        read.izp_is_question,
        who,
    )


def features_of(seen: Sequence[Seen]) -> list[set[str]]:
    """The features of each clause of a conversation."""
    return [
        {
            *this.evidence,
            *_words(this),
            *_people(this),
            *_surroundings(this.clause),
            *_neighbour("before", this, seen[i - 1] if i else None),
            *_neighbour("after", this, seen[i + 1] if i + 1 < len(seen) else None),
        }
        for i, this in enumerate(seen)
    ]


def _words(this: Seen) -> Iterator[str]:
    words, lemmas = this.words, this.lemmas
    for word in words:
        yield f"w:{word}"
    for lemma in lemmas:
        yield f"l:{lemma}"
        if len(lemma) > LONG:
            yield f"c:{lemma[:LONG]}"
            yield f"c:{lemma[-LONG:]}"
    for first, second in itertools.pairwise(words):
        yield f"ww:{first} {second}"
    for first, second in itertools.pairwise(lemmas):
        yield f"ll:{first} {second}"
    yield f"first:{words[0]}"
    yield f"first:{' '.join(words[:2])}"
    yield f"last:{words[-1]}"


def _people(this: Seen) -> Iterator[str]:
    """Whom of the participants a clause names, as its subject and elsewhere; in a note also who is meant."""
    doc = this.clause.doc
    for place, role in mentions(this.as_written, people_of(doc)):
        yield f"names:{role}"
        if place < SUBJECT_WORDS:
            yield f"subject:{role}"
    if this.speaker == "note":
        adult = conversation_of(doc).kind == "pzp"
        for name in people_evidence(this.clause):
            yield name
            yield f"{name}|{'adult' if adult else 'child'}"


def _surroundings(clause: Span) -> Iterator[str]:
    doc, read = clause.doc, clause._
    words, start, end = row_of(doc).words, clause.start, clause.end
    yield f"ends:{words[end] if end < len(words) else ''}"
    yield f"begins:{words[start - 1] if start else ''}"
    for heading in turn_of(doc).section:
        for word in heading.lower().split():
            yield f"section:{word}"
    lead: Span | None = read.izp_lead
    if lead is not None:
        yield "lead"
        for form in to_row(lead).forms:
            yield f"lead:{form}"
    question: Span | None = read.izp_question
    if question is not None:
        distance = distance_of(clause, question)
        for form in to_row(question).forms:
            yield f"{distance}:{form}"
        for concept in question._.izp_named:
            yield f"{distance}:concept:{concept}"


def _neighbour(side: str, this: Seen, other: Seen | None) -> Iterator[str]:
    if other is None:
        yield f"{side}:nothing"
        return
    if other.clause.doc is this.clause.doc:
        where = f"{side}:turn"
    else:
        where = f"{side}:same" if other.speaker == this.speaker else f"{side}:other"
    yield f"{where}:{other.speaker}:{'asks' if other.asks else 'tells'}"
    for cue in other.cues:
        yield f"{where}:{cue}"
    for concept in other.concepts:
        yield f"{side}:concept:{concept}"
    for lemma in other.lemmas:
        yield f"{side}:{lemma}"
