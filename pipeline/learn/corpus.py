"""The annotated conversations and utterances that everything is learned from: `extractors/model/corpus`.

Measure on others than those learned from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field

from extractors.evaluate import Annotation, Gold
from extractors.extract import COMPONENTS
from extractors.schema import (
    Category,
    Certainty,
    Conversation,
    Domain,
    Participant,
    Polarity,
    Record,
    Role,
    Turn,
)
from pipeline.intake import read

CORPUS = Path(__file__).resolve().parents[2] / "extractors" / "model" / "corpus"
CONVERSATIONS, UTTERANCES = CORPUS / "conversations", CORPUS / "utterances"

OPTIONAL = 0.4
"""How much a statement counts that the annotators marked as optional: it is neither required nor wrong."""

SINGLE = 0.3
"""How much a single utterance counts: they were written one by one, not in a talk."""

BY_OTHERS = re.compile(r"[a-f]\d")
"""The names of the conversations that were not written by those who wrote the program."""

LATER = COMPONENTS[COMPONENTS.index("izp_statements") :]
"""The components that are left out while learning: annotators told what they would find."""


class Annotated(NamedTuple):
    """A conversation as the intake read it, and what its annotators say of it."""

    name: str
    conversation: Conversation
    gold: Gold


class Utterance(Record):
    """A single labelled utterance; `said_before` is what was said to the speaker, empty where nothing was."""

    text: str = Field(alias="t")
    said_before: str = Field(alias="q")
    role: Role | Literal["note"]
    category: Category | Literal["none"] = Field(alias="cat")
    domains: tuple[Domain, ...] = Field(alias="dom")
    polarity: Polarity = Field(alias="pol")
    certainty: Certainty = Field(alias="cer")


def read_conversations(folder: Path = CONVERSATIONS) -> Iterator[Annotated]:
    """The conversations of a folder that have a `NAME.gold.json`, in the order of their names.

    Raises:
        FileNotFoundError: There are none.
    """
    paths = sorted(folder.glob("*.gold.json"))
    if not paths:
        raise FileNotFoundError(f"no annotated conversations (NAME.gold.json) in {folder.name}")
    for path in paths:
        gold = Gold.model_validate_json(path.read_bytes())
        yield Annotated(path.name.removesuffix(".gold.json"), read(folder / gold.source), gold)


def read_utterances(folder: Path = UTTERANCES) -> Iterator[tuple[str, list[Utterance]]]:
    """The utterances of a folder (JSON Lines), each file with its name."""
    for path in sorted(folder.glob("*.jsonl")):
        lines = path.read_text("utf-8").splitlines()
        yield path.stem, [Utterance.model_validate_json(line) for line in lines]


def importance_of(annotation: Annotation) -> float:
    """How much an annotated statement counts."""
    return OPTIONAL if annotation.optional else 1.0


def with_known_roles(conversation: Conversation, gold: Gold) -> Conversation:
    """The conversation with every speaker's role as annotated, also where the intake left it open."""
    spoken = {turn.label for turn in conversation.turns}
    people = {person.label: person for person in conversation.participants}
    for known in gold.participants:
        if known.label is not None and known.label in spoken:
            person = people.get(known.label) or Participant(label=known.label)
            people[known.label] = person.model_copy(update={"role": known.role})
    return conversation.model_copy(update={"participants": tuple(people.values())})


def as_talk(source: str, utterance: Utterance) -> Conversation:
    """An utterance behind what was said before it; a line of a note has no label."""
    speakers = [Participant(label="1", role="care_team")]
    label = None
    if utterance.role != "note":
        label = "2"
        speakers.append(Participant(label=label, role=utterance.role))
    whole = ""
    turns: list[Turn] = []
    for who, words in (("1", utterance.said_before), (label, utterance.text)):
        if words:
            start = len(whole) + bool(whole)
            whole = f"{whole}\n{words}" if whole else words
            turn = Turn(index=len(turns), label=who, text=words, start=start, end=len(whole))
            turns.append(turn if who else turn.model_copy(update={"block": "paragraph"}))
    return Conversation(
        id=source,
        source=source,
        sha256="",
        format="utterance",
        text=whole,
        participants=tuple(speakers),
        turns=tuple(turns),
    )
