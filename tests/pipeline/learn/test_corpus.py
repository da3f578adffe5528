"""The corpus, and how it is read."""

import json
from pathlib import Path

import pytest

from extractors.evaluate import Gold
from extractors.schema import Participant
from extractors.weights import LABELS
from pipeline.learn.corpus import (
    CORPUS,
    Annotated,
    Utterance,
    as_talk,
    read_conversations,
    read_utterances,
    with_known_roles,
)

GOLD = {
    "source": "p.txt",
    "kind": "het_belangrijk",
    "date": None,
    "child": None,
    "participants": [{"label": "Puck", "role": "parent", "function": "vader"}],
    "statements": [],
}


@pytest.fixture(scope="module")
def corpus() -> list[Annotated]:
    return list(read_conversations())


@pytest.fixture
def annotated(tmp_path: Path) -> Annotated:
    """An annotated conversation; the intake cannot know who Puck is."""
    (tmp_path / "p.txt").write_text("Puck: Ik wil naar huis.\nAns: Hoe gaat het?\n" * 3, "utf-8")
    (tmp_path / "p.gold.json").write_text(json.dumps(GOLD), "utf-8")
    (one,) = read_conversations(tmp_path)
    return one


def _said(text: str, before: str, role: str) -> Utterance:
    return Utterance.model_validate(
        {"t": text, "q": before, "role": role, "cat": "goal", "dom": [], "pol": "affirmed", "cer": "firm"}
    )


def _role(people: tuple[Participant, ...], label: str) -> str | None:
    return {person.label: person.role for person in people}[label]


def test_a_conversation_is_read_with_its_gold_file(annotated: Annotated) -> None:
    assert (annotated.name, annotated.conversation.source) == ("p", "p.txt")
    assert annotated.gold == Gold.model_validate(GOLD)


def test_a_folder_without_annotated_conversations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no annotated conversations"):
        list(read_conversations(tmp_path))


def test_annotated_roles_are_taken_where_the_intake_left_them_open(annotated: Annotated) -> None:
    known = with_known_roles(annotated.conversation, annotated.gold)
    assert _role(annotated.conversation.participants, "Puck") is None
    assert (_role(known.participants, "Puck"), _role(known.participants, "Ans")) == ("parent", None)


def test_an_utterance_is_read_behind_what_was_said_before() -> None:
    talk = as_talk("u1", _said("Naar huis.", "Wat wil je?", "child"))
    assert [turn.text for turn in talk.turns] == ["Wat wil je?", "Naar huis."]
    assert [_role(talk.participants, turn.label or "") for turn in talk.turns] == ["care_team", "child"]


def test_a_line_of_a_note_has_no_label() -> None:
    (turn,) = as_talk("u1", _said("Wil naar huis", "", "note")).turns
    assert (turn.label, turn.block) == (None, "paragraph")


def test_every_quote_of_the_corpus_stands_in_its_source(corpus: list[Annotated]) -> None:
    """Within one turn; of a row of a table as it stands in the file."""
    astray = []
    for name, conversation, gold in corpus:
        source = (CORPUS / "conversations" / gold.source).read_text("utf-8")
        rows = [line for line in source.splitlines() if line.startswith("|")]
        said = [*(turn.text for turn in conversation.turns), *rows]
        astray += [(name, one.id) for one in gold.statements if not any(one.quote in text for text in said)]
    assert astray == []


def test_every_flag_of_the_corpus_names_statements_of_its_conversation(corpus: list[Annotated]) -> None:
    for _, _, gold in corpus:
        ids = [one.id for one in gold.statements]
        assert len(ids) == len(set(ids))
        assert {name for flag in gold.flags for name in flag.statements} <= set(ids)


def test_every_label_occurs_among_the_utterances() -> None:
    said = [one for _, utterances in read_utterances() for one in utterances]
    assert {one.category for one in said} == set(LABELS)


def test_the_page_of_the_corpus_counts_what_is_there(corpus: list[Annotated]) -> None:
    page = (CORPUS / "README.md").read_text("utf-8")
    statements = [one for _, _, gold in corpus for one in gold.statements]
    utterances = sum(len(said) for _, said in read_utterances())
    flags = sum(len(gold.flags) for _, _, gold in corpus)
    assert f"{len(corpus)} conversations with annotations and {utterances:,} labelled utterances" in page
    assert (
        f"{len(statements):,} statements ({sum(one.optional for one in statements):,} of them optional)"
        in page
    )
    assert f"{flags:,} flags" in page
