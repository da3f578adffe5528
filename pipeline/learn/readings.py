"""Learns what is refused and what is uncertain: the tables `patterns/polarity.json` and `certainty.json`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from spacy.language import Language
from spacy.tokens import Doc, Span

from extractors import certainty, polarity
from extractors.cues import CLAUSES, CUES
from extractors.evaluate import Gold, pair_quotes
from extractors.evidence import carries_statements
from extractors.extract import to_docs
from extractors.schema import CERTAINTIES, POLARITIES, Category, Certainty, Conversation, Polarity
from extractors.tables import Sighting, learn_table
from extractors.weights import save_weights
from pipeline.learn.corpus import (
    LATER,
    SINGLE,
    Utterance,
    as_talk,
    importance_of,
    read_conversations,
    read_utterances,
)


class Labelled(NamedTuple):
    """A clause, what the annotators say of it, and how much it counts."""

    clause: Span
    category: Category
    polarity: Polarity
    certainty: Certainty
    importance: float


def labelled_clauses(conversation: Conversation, gold: Gold, nlp: Language) -> Iterator[Labelled]:
    """The clauses of a conversation that the annotators quoted."""
    docs = [doc for doc in nlp.pipe(to_docs(conversation, nlp), disable=LATER) if carries_statements(doc)]
    clauses = [clause for doc in docs for clause in doc.spans[CLAUSES]]
    pairs = pair_quotes([one.quote for one in gold.statements], [clause.text for clause in clauses])
    for ours, theirs in pairs.items():
        one = gold.statements[ours]
        yield Labelled(clauses[theirs], one.category, one.polarity, one.certainty, importance_of(one))


def labelled_utterances(name: str, utterances: Sequence[Utterance], nlp: Language) -> Iterator[Labelled]:
    """The utterances of a file that are statements, each read behind what was said before it."""
    said = [(one, one.category) for one in utterances if one.category != "none"]
    talks = [list(to_docs(as_talk(name, one), nlp)) for one, _ in said]
    for _ in nlp.pipe((doc for talk in talks for doc in talk), disable=LATER):
        pass  # the components set what they find on the docs themselves
    for (one, category), talk in zip(said, talks, strict=True):
        yield Labelled(whole_turn(talk[-1]), category, one.polarity, one.certainty, SINGLE)


def whole_turn(doc: Doc) -> Span:
    """A turn as one clause, with the cues and concepts of all its clauses."""
    turn, clauses = doc[:], list(doc.spans[CLAUSES])
    turn._.izp_cues = frozenset(cue.label_ for cue in doc.spans[CUES])
    turn._.izp_named = tuple(dict.fromkeys(name for clause in clauses for name in clause._.izp_named))
    turn._.izp_question = clauses[0]._.izp_question if clauses else None
    return turn


def learn_readings(nlp: Language) -> None:
    """Learns from the corpus and writes both tables."""
    denied: list[Sighting] = []
    doubted: list[Sighting] = []
    for one in _labelled(nlp):
        denied += polarity.polarity_examples(one.clause, one.category, one.polarity, one.importance)
        doubted += certainty.certainty_examples(one.clause, one.category, one.certainty, one.importance)
    save_weights(learn_table(denied, POLARITIES, penalty=polarity.PENALTY), polarity.FILE)
    save_weights(learn_table(doubted, CERTAINTIES), certainty.FILE)
    sys.stdout.write(f"readings: {len(denied):,} denials and {len(doubted):,} doubts\n")


def _labelled(nlp: Language) -> Iterator[Labelled]:
    for name, utterances in read_utterances():
        yield from labelled_utterances(name, utterances, nlp)
    for _, conversation, gold in read_conversations():
        yield from labelled_clauses(conversation, gold, nlp)
