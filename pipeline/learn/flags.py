"""Learns what is still open: the tables `patterns/conflicts.json` and `open_questions.json`."""

from __future__ import annotations

import sys

from spacy.language import Language

from extractors import conflicts, open_questions
from extractors.cues import CLAUSES
from extractors.evaluate import Gold, pair_quotes
from extractors.evidence import carries_statements
from extractors.extract import to_docs, to_record
from extractors.schema import Conversation, Statement
from extractors.tables import Sighting, learn_table
from extractors.weights import save_weights
from pipeline.learn.corpus import LATER, read_conversations, with_known_roles

_UNKNOWN = "de annotatie noemt niet wiens standpunt dit is"


def annotated_statements(
    conversation: Conversation, gold: Gold, nlp: Language
) -> tuple[list[Statement], dict[str, str]]:
    """The annotated statements of a conversation as `extract` would give them, each as annotated.

    Returns:
        The statements in the order of the text, and the id of each by its id in the annotation.
    """
    docs = [doc for doc in nlp.pipe(to_docs(conversation, nlp), disable=LATER) if carries_statements(doc)]
    clauses = [clause for doc in docs for clause in doc.spans[CLAUSES]]
    pairs = pair_quotes([one.quote for one in gold.statements], [clause.text for clause in clauses])
    statements: list[Statement] = []
    ids: dict[str, str] = {}
    for ours, theirs in pairs.items():
        one, read = gold.statements[ours], clauses[theirs]._
        read.izp_category, read.izp_domains, read.izp_reported = one.category, one.domains, one.reported
        read.izp_perspective, read.izp_polarity = one.perspective, one.polarity
        read.izp_perspective_reason = _UNKNOWN if one.perspective == "unknown" else None
        read.izp_certainty, read.izp_confidence = one.certainty, 1.0
        statements.append(to_record(clauses[theirs]))
        ids[one.id] = statements[-1].id
    return sorted(statements, key=lambda statement: statement.start), ids


def flag_examples(
    conversation: Conversation, gold: Gold, nlp: Language
) -> tuple[list[Sighting], list[Sighting]]:
    """What the annotated flags of a conversation teach, of conflicts and of open questions."""
    known = with_known_roles(conversation, gold)
    statements, ids = annotated_statements(known, gold, nlp)
    named = [
        (flag.type, frozenset(ids[name] for name in flag.statements if name in ids)) for flag in gold.flags
    ]
    opposed = [names for kind, names in named if kind == "conflict"]
    left = {name for kind, names in named if kind == "open_question" for name in names}
    return list(conflicts.conflict_examples(known, statements, opposed)), [
        example
        for statement in statements
        for example in open_questions.question_example(known, statement, is_open=statement.id in left)
    ]


def learn_flags(nlp: Language) -> None:
    """Learns from the corpus and writes both tables."""
    pairs: list[Sighting] = []
    questions: list[Sighting] = []
    for _, conversation, gold in read_conversations():
        opposed, asked = flag_examples(conversation, gold, nlp)
        pairs += opposed
        questions += asked
    save_weights(learn_table(pairs, conflicts.STANDS), conflicts.FILE)
    save_weights(learn_table(questions, open_questions.OUTCOMES), open_questions.FILE)
    sys.stdout.write(f"flags: {len(pairs):,} pairs of views and {len(questions):,} questions\n")
