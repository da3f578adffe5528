"""Learns where sentences are cut into clauses: the table `patterns/cuts.json`."""

import sys
from collections.abc import Iterator, Sequence

from spacy.language import Language
from spacy.tokens import Doc, Span

from extractors.cuts import DECISIONS, FILE, cut_examples
from extractors.evaluate import Gold
from extractors.evidence import carries_statements
from extractors.extract import COMPONENTS, to_docs
from extractors.tables import Sighting, learn_table
from extractors.weights import Weights, save_weights
from pipeline.learn.corpus import Annotated, read_conversations


def cut_weights(annotated: Sequence[Annotated], nlp: Language) -> Weights:
    """The weights of the evidence for a cut.

    Args:
        annotated: Conversations with what their annotators quoted.
        nlp: The pipeline whose sentences and tags are cut.

    Raises:
        ValueError: There is nothing to learn from.
    """
    examples: list[Sighting] = []
    for _, conversation, gold in annotated:
        docs = list(nlp.pipe(to_docs(conversation, nlp), disable=COMPONENTS))
        quotes = find_quotes(docs, gold)
        for doc in docs:
            if carries_statements(doc):
                examples += cut_examples(doc, [quote for quote in quotes if quote.doc is doc])
    if not examples:
        raise ValueError("no annotated quotes to learn from")
    return learn_table(examples, DECISIONS)


def find_quotes(docs: Sequence[Doc], gold: Gold) -> list[Span]:
    """The annotated quotes as spans of their turns; one that is not found to the letter is left out.

    Quotes stand in the order of the source, so each is looked for behind the one before it, and from the
    start where it is not there.
    """
    found: list[Span] = []
    turn = begin = 0
    for statement in gold.statements:
        places = [*_places(docs, statement.quote, turn, begin), *_places(docs, statement.quote, 0, 0)]
        same = [place for place in places if docs[place[0]]._.izp_turn.label == statement.speaker]
        if places:
            turn, at = (same or places)[0]
            begin = at + len(statement.quote)
            quote = docs[turn].char_span(at, begin, alignment_mode="expand")
            found += [quote] if quote is not None else []
    return found


def _places(docs: Sequence[Doc], quote: str, turn: int, begin: int) -> Iterator[tuple[int, int]]:
    """The turns from one on that hold a quote, each with where it stands first."""
    for i in range(turn, len(docs)):
        at = docs[i].text.find(quote, begin if i == turn else 0)
        if at >= 0:
            yield i, at


def learn_cuts(nlp: Language) -> None:
    """Learns from the corpus and writes the table."""
    annotated = list(read_conversations())
    save_weights(cut_weights(annotated, nlp), FILE)
    sys.stdout.write(f"cuts: {len(annotated)} conversations\n")
