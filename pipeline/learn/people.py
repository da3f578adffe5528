"""Learns who speaks and whose view it is: the tables of voices, turns and views in `patterns/`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from spacy.language import Language
from spacy.tokens import Span

from extractors import spoken_views, turn_voices, views, voices
from extractors.chains import Chain, learn_chain
from extractors.cues import CLAUSES
from extractors.evaluate import Annotation, Gold, pair_quotes
from extractors.evidence import carries_statements, role_of
from extractors.extract import to_docs
from extractors.schema import Conversation, Role
from extractors.statements import STATEMENTS
from extractors.tables import Sighting, learn_table
from extractors.turn_evidence import VOICES
from extractors.weights import save_weights
from pipeline.intake.blocks import sentences
from pipeline.learn.corpus import (
    LATER,
    importance_of,
    read_conversations,
    read_utterances,
    with_known_roles,
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
    """The annotated statements of a note as examples of whose view they are."""
    known = with_roles(conversation, roles_of(gold))
    for clause, one in _annotated_clauses(known, gold, nlp, spoken=False):
        yield views.view_example(
            clause, one.perspective, reported=one.reported, importance=importance_of(one)
        )


def spoken_view_examples(conversation: Conversation, gold: Gold, nlp: Language) -> Iterator[Sighting]:
    """The annotated statements of talk as examples of whose view each role gives."""
    known = with_known_roles(conversation, gold)
    for clause, one in _annotated_clauses(known, gold, nlp, spoken=True):
        role = role_of(known, clause.doc._.izp_turn)
        if role in spoken_views.SPEAKERS:
            yield spoken_views.spoken_view_example(
                clause, role, one.perspective, reported=one.reported, importance=importance_of(one)
            )


def _annotated_clauses(
    conversation: Conversation, gold: Gold, nlp: Language, *, spoken: bool
) -> Iterator[tuple[Span, Annotation]]:
    """The clauses of the talk, or of the notes, that annotators marked, with what they say of each."""
    docs = [
        doc
        for doc in nlp.pipe(to_docs(conversation, nlp), disable=LATER)
        if carries_statements(doc) and (doc._.izp_turn.block == "speech") == spoken
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
        yield clauses[at], one


def turns_example(conversation: Conversation, gold: Gold) -> Chain:
    """A talk as speech recognition without speakers gives it, in sentences, with who says each."""
    roles = roles_of(gold)
    said = [
        (sentence, roles.get(turn.label) if turn.label else None)
        for turn in conversation.turns
        if turn.block == "speech"
        for sentence in sentences(turn.text)
    ]
    return turn_voices.turns_example(conversation, said, adult=gold.kind == "pzp")


def single_examples() -> Iterator[Sighting]:
    """The single labelled utterances as examples of who speaks."""
    for name, utterances in read_utterances():
        for said in utterances:
            if said.role != "note":
                example = voices.single_example(name, said.text, said.said_before, said.role)
                yield from () if example is None else (example,)


def learn_people(nlp: Language) -> None:
    """Learns from the corpus and writes the four tables."""
    heard = list(single_examples())
    seen: list[Sighting] = []
    said: list[Sighting] = []
    talks: list[Chain] = []
    for _, conversation, gold in read_conversations():
        heard += voices.voice_examples(conversation, roles_of(gold), adult=gold.kind == "pzp")
        seen += view_examples(conversation, gold, nlp)
        said += spoken_view_examples(conversation, gold, nlp)
        if any(turn.block == "speech" for turn in conversation.turns):
            talks.append(turns_example(conversation, gold))
    save_weights(learn_table(heard, VOICES, balanced=True), voices.FILE)
    save_weights(learn_table(seen, views.VIEWS), views.FILE)
    save_weights(learn_table(said, views.VIEWS), spoken_views.FILE)
    save_weights(learn_chain(talks, VOICES), turn_voices.FILE)
    counts = f"{len(heard):,} turns, {len(seen):,} statements of notes and {len(said):,} of talk"
    sys.stdout.write(f"people: {counts}\n")
