"""Learns the weights of the evidence from annotated conversations: `make weights CORPUS=<folder>`.

The folder holds conversations with their `NAME.gold.json` (`extractors.evaluate`). Measure on others
than those learned from.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from spacy.language import Language

from extractors.evaluate import Annotation, Gold, pair_quotes
from extractors.extract import load, to_docs
from extractors.schema import Conversation
from extractors.statements import carries_statements, gather_evidence
from extractors.weights import Example, learn, save_weights
from pipeline.intake import read

OPTIONAL = 0.4
"""How much a clause counts that the annotators marked as optional: it is neither required nor wrong."""


def examples_of(conversation: Conversation, gold: Gold, nlp: Language) -> Iterator[Example]:
    """Each clause of a conversation with its evidence and its label: its category, or "none"."""
    clauses = [
        (clause.text, tuple(evidence))
        for doc in nlp.pipe(to_docs(conversation, nlp))
        if carries_statements(doc)
        for clause, evidence in gather_evidence(doc)
    ]
    pairs = pair_quotes([statement.quote for statement in gold.statements], [text for text, _ in clauses])
    annotated = {theirs: gold.statements[ours] for ours, theirs in pairs.items()}
    for position, (_, evidence) in enumerate(clauses):
        yield _example(evidence, annotated.get(position))


def _example(evidence: tuple[str, ...], annotation: Annotation | None) -> Example:
    if annotation is None:
        return Example(evidence, "none")
    return Example(evidence, annotation.category, OPTIONAL if annotation.optional else 1.0)


def main(folder: Path) -> None:
    """Learns from every annotated conversation in a folder and writes the weights."""
    nlp = load()
    examples: list[Example] = []
    for path in sorted(folder.glob("*.gold.json")):
        gold = Gold.model_validate_json(path.read_bytes())
        examples += examples_of(read(folder / gold.source), gold, nlp)
    if not examples:
        sys.exit(f"No annotated conversations (NAME.gold.json) in {folder}")
    save_weights(learn(examples))
    sys.stdout.write(f"Learned from {len(examples):,} clauses.\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
