"""Learning where to cut, on a small invented talk."""

import pytest
from spacy.language import Language

from extractors.evaluate import Annotation, Gold
from extractors.extract import load, to_docs
from extractors.schema import Conversation, Turn
from pipeline.learn.corpus import Annotated
from pipeline.learn.cuts import cut_weights, find_quotes

TURNS = (("Moeder", "Hij wil naar huis."), ("Vader", "Hij wil naar huis, en ik ook."), ("Moeder", "Ja."))


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load()


def talk() -> Conversation:
    text = "\n".join(said for _, said in TURNS)
    turns = tuple(
        Turn(index=i, label=label, text=said, start=text.index(said), end=text.index(said) + len(said))
        for i, (label, said) in enumerate(TURNS)
    )
    return Conversation(id="c1", source="c1.txt", sha256="0" * 64, format="dialogue", text=text, turns=turns)


def gold(*quotes: tuple[str, str]) -> Gold:
    statements = tuple(
        Annotation(
            id=f"s{i}",
            quote=quote,
            speaker=speaker,
            perspective="parent",
            category="goal",
            domains=("sociaal",),
            polarity="affirmed",
            certainty="firm",
        )
        for i, (speaker, quote) in enumerate(quotes)
    )
    return Gold(
        source="c1.txt", kind="pzp", date=None, child=None, participants=(), flags=(), statements=statements
    )


def found(nlp: Language, *quotes: tuple[str, str]) -> list[tuple[int, str]]:
    docs = list(nlp.pipe(to_docs(talk(), nlp)))
    return [(span.doc._.izp_turn.index, span.text) for span in find_quotes(docs, gold(*quotes))]


def test_a_quote_is_found_with_the_one_who_said_it(nlp: Language) -> None:
    assert found(nlp, ("Vader", "Hij wil naar huis")) == [(1, "Hij wil naar huis")]


def test_the_same_words_again_are_found_further_on(nlp: Language) -> None:
    quotes = [("Moeder", "Hij wil naar huis"), ("Vader", "Hij wil naar huis"), ("Vader", "ik ook")]
    assert found(nlp, *quotes) == [(0, "Hij wil naar huis"), (1, "Hij wil naar huis"), (1, "ik ook")]


def test_a_quote_that_is_not_there_is_left_out(nlp: Language) -> None:
    assert found(nlp, ("Vader", "Hij wil niet naar huis")) == []


def test_learning_from_no_quotes_is_refused(nlp: Language) -> None:
    with pytest.raises(ValueError, match="no annotated quotes"):
        cut_weights([Annotated("c1", talk(), gold())], nlp)


def test_what_many_talks_cut_speaks_for_a_cut(nlp: Language) -> None:
    quoted = gold(("Vader", "Hij wil naar huis"), ("Vader", "ik ook"))
    talks = [Annotated(f"c{i}", talk().model_copy(update={"id": f"c{i}"}), quoted) for i in range(6)]
    assert cut_weights(talks, nlp)["always"]["cut"] > 0
