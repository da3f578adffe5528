from collections.abc import Callable, Sequence

import pytest
from spacy.language import Language

from extractors.extract import load
from extractors.schema import Conversation, Turn

Said = Sequence[tuple[str, str]]


@pytest.fixture(scope="package")
def nlp() -> Language:
    return load()


@pytest.fixture
def talk_of() -> Callable[[Said], Conversation]:
    """A talk, by who says what, of which the intake could not tell who speaks."""

    def talk_of(said: Said) -> Conversation:
        text = "\n".join(words for _, words in said)
        turns = tuple(
            Turn(index=i, label=who, text=words, start=text.index(words), end=text.index(words) + len(words))
            for i, (who, words) in enumerate(said)
        )
        return Conversation(
            id="t", source="t.txt", sha256="0" * 64, format="dialogue", text=text, turns=turns
        )

    return talk_of
