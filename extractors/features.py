"""Features: what the trained readers see of a clause, as names.

Its pattern evidence, so that they know all that the patterns know; its words, lemmas and pairs of words; the
question before it; and the clauses around it. A feature is a name, so that what a reader learned can be
looked up; the names that it knows stand in `model/readers/vocabulary.txt`.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from spacy.tokens import Doc, Span

from extractors.evidence import carries_statements, distance_of, gather_evidence, speaker_of
from extractors.people import mentions
from extractors.views import people_evidence

LONG = 5
"""Longer lemmas also give their beginning and end, so that "bloedtransfusie" is like "transfusies"."""

SUBJECT_WORDS = 3
"""Among so many words at its beginning a clause names its subject."""


class Seen(NamedTuple):
    """A clause with its pattern evidence and its words, as the clauses around it see it too."""

    clause: Span
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
        Seen(
            clause,
            tuple(evidence),
            tuple(token.lower_ for token in clause),
            tuple(token.lemma_.lower() for token in clause),
            clause._.izp_cues,
            clause._.izp_named,
            clause._.izp_is_question,
            who,
        )
        for doc in docs
        if carries_statements(doc)
        for who in [speaker_of(doc)]
        for clause, evidence in gather_evidence(doc)
    ]


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
    for place, role in mentions([token.text for token in this.clause], this.clause.doc._.izp_people):
        yield f"names:{role}"
        if place < SUBJECT_WORDS:
            yield f"subject:{role}"
    if this.speaker == "note":
        adult = this.clause.doc._.izp_conversation.kind == "pzp"
        for name in people_evidence(this.clause):
            yield name
            yield f"{name}|{'adult' if adult else 'child'}"


def _surroundings(clause: Span) -> Iterator[str]:
    doc = clause.doc
    yield f"ends:{doc[clause.end].text if clause.end < len(doc) else ''}"
    yield f"begins:{doc[clause.start - 1].text if clause.start else ''}"
    for heading in doc._.izp_turn.section:
        for word in heading.lower().split():
            yield f"section:{word}"
    lead: Span | None = clause._.izp_lead
    if lead is not None:
        yield "lead"
        for token in lead:
            yield f"lead:{token.lower_}"
    question: Span | None = clause._.izp_question
    if question is not None:
        distance = distance_of(clause, question)
        for token in question:
            yield f"{distance}:{token.lower_}"
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
