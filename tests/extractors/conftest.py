"""What the tests of the extractors share: the pipeline, and conversations written in the test itself."""

import datetime as dt
from collections.abc import Callable

import pytest
from spacy.language import Language
from spacy.tokens import Span

from extractors.extract import extract, load
from extractors.schema import Block, Conversation, Findings, Participant, Statement, Turn

FAMILY = (
    Participant(label="Kinderarts", role="care_team", function="kinderarts"),
    Participant(label="Moeder", role="parent", function="moeder"),
    Participant(label="Vader", role="parent", function="vader"),
    Participant(label="Sem", role="child", function="kind"),
    Participant(label="Tolk", role="interpreter", function="tolk"),
)


@pytest.fixture(scope="session")
def nlp() -> Language:
    return load()


def _conversation(
    *turns: tuple[str | None, str], block: Block = "speech", section: tuple[str, ...] = ()
) -> Conversation:
    """A conversation about Sem on Thursday 12 March 2026, from (label, text) pairs."""
    text, records = "", []
    for index, (label, words) in enumerate(turns):
        start = len(text) + bool(text)
        text = f"{text}\n{words}" if text else words
        records.append(
            Turn(
                index=index,
                label=label,
                text=words,
                start=start,
                end=start + len(words),
                block=block,
                section=section,
            )
        )
    return Conversation(
        id="c1",
        source="gesprek.txt",
        sha256="0" * 64,
        format="dialogue",
        date=dt.date(2026, 3, 12),
        child="Sem",
        text=text,
        participants=FAMILY,
        turns=tuple(records),
    )


@pytest.fixture(scope="session")
def talk() -> Callable[..., Conversation]:
    """Makes a conversation about Sem from (label, text) pairs."""
    return _conversation


@pytest.fixture(scope="session")
def find(nlp: Language) -> Callable[..., Findings]:
    """The findings of a conversation given as (label, text) pairs."""

    def found(
        *turns: tuple[str | None, str], block: Block = "speech", section: tuple[str, ...] = ()
    ) -> Findings:
        return extract(_conversation(*turns, block=block, section=section), nlp)

    return found


@pytest.fixture(scope="session")
def only(find: Callable[..., Findings]) -> Callable[..., Statement]:
    """The one statement of the last turn of a conversation."""

    def statement(
        *turns: tuple[str | None, str], block: Block = "speech", section: tuple[str, ...] = ()
    ) -> Statement:
        found = [s for s in find(*turns, block=block, section=section).statements if s.turn == len(turns) - 1]
        assert len(found) == 1, [s.quote for s in found]
        return found[0]

    return statement


@pytest.fixture(scope="session")
def clause(nlp: Language, talk: Callable[..., Conversation]) -> Callable[[str], Span]:
    """The clause that a sentence is, said by the mother, with its cues and concepts."""

    def read(text: str) -> Span:
        doc = nlp.make_doc(text)
        doc._.izp_conversation = talk(("Moeder", text))
        doc._.izp_turn = doc._.izp_conversation.turns[0]
        for name, component in nlp.pipeline:
            if name == "izp_statements":
                break
            doc = component(doc)
        sentence, parts = doc[:], doc.spans["izp_clauses"]
        sentence._.izp_cues = frozenset(cue for part in parts for cue in part._.izp_cues)
        sentence._.izp_named = tuple(name for part in parts for name in part._.izp_named)
        return sentence

    return read
