"""Learns who speaks and whose view it is: the tables `patterns/voices.json` and `views.json`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from spacy.language import Language

from extractors import views, voices
from extractors.cues import CLAUSES
from extractors.evaluate import Gold, pair_quotes
from extractors.evidence import carries_statements
from extractors.extract import to_docs
from extractors.schema import Conversation, Role
from extractors.statements import STATEMENTS
from extractors.tables import Sighting, learn_table
from extractors.weights import save_weights
from pipeline.learn.corpus import (
    LATER,
    importance_of,
    read_conversations,
    read_utterances,
)


def roles_of(gold: Gold) -> dict[str, Role]:
    """The role of each label, as annotated."""
    return {person.label: person.role for person in gold.participants if person.label}


def with_roles(conversation: Conversation, roles: Mapping[str, Role]) -> Conversation:
    """The conversation with the annotated roles of those whom the intake found; a note names others too."""
    people = tuple(
        person.model_copy(update={"role": roles.get(person.label, person.role)})
        for person in conversation.participants
    )
    return conversation.model_copy(update={"participants": people})


def view_examples(conversation: Conversation, gold: Gold, nlp: Language) -> Iterator[Sighting]:
    """The annotated statements of a note as examples of whose view they are; speech has rules of its own."""
    docs = [
        doc
        for doc in nlp.pipe(to_docs(with_roles(conversation, roles_of(gold)), nlp), disable=LATER)
        if carries_statements(doc) and doc._.izp_turn.block != "speech"
    ]
    clauses = [clause for doc in docs for clause in doc.spans[CLAUSES]]
    pairs = pair_quotes([one.quote for one in gold.statements], [clause.text for clause in clauses])
    annotated = {theirs: gold.statements[ours] for ours, theirs in pairs.items()}
    for at, clause in enumerate(clauses):
        if at in annotated:
            clause._.izp_category = annotated[at].category
    for doc in docs:
        doc.spans[STATEMENTS] = [clause for clause in doc.spans[CLAUSES] if clause._.izp_category]
        nlp.get_pipe("izp_actions")(doc)
    for at, one in sorted(annotated.items()):
        yield views.view_example(
            clauses[at], one.perspective, reported=one.reported, importance=importance_of(one)
        )


def single_examples() -> Iterator[Sighting]:
    """The single labelled utterances as examples of who speaks."""
    for name, utterances in read_utterances():
        for said in utterances:
            if said.role != "note":
                example = voices.single_example(name, said.text, said.said_before, said.role)
                yield from () if example is None else (example,)


def learn_people(nlp: Language) -> None:
    """Learns from the corpus and writes both tables."""
    heard = list(single_examples())
    seen: list[Sighting] = []
    for _, conversation, gold in read_conversations():
        heard += voices.voice_examples(conversation, roles_of(gold), adult=gold.kind == "pzp")
        seen += view_examples(conversation, gold, nlp)
    save_weights(learn_table(heard, voices.VOICES, balanced=True), voices.FILE)
    save_weights(learn_table(seen, views.VIEWS), views.FILE)
    sys.stdout.write(f"people: {len(heard):,} turns and {len(seen):,} statements of notes\n")
