from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from extractors.extract import COMPONENTS, extract
from extractors.schema import Conversation, Findings, statement_id

Talk = Callable[..., Conversation]

TALK = (
    ("Kinderarts", "Wat vind je leuk, Sem?"),
    ("Sem", "Voetballen! En ik wil niet meer naar de IC."),
    ("Kinderarts", "Waar maakt u zich zorgen over?"),
    ("Moeder", "Ik lig wakker van de nachten."),
    ("Kinderarts", "Ik bel morgen de thuiszorg."),
)


def test_every_component_is_in_the_pipeline(nlp: Language) -> None:
    assert [name for name in nlp.pipe_names if name in COMPONENTS] == list(COMPONENTS)


def test_a_talk_gives_its_statements_in_order(find: Callable[..., Findings]) -> None:
    assert [(s.quote, s.category) for s in find(*TALK).statements] == [
        ("Voetballen!", "value"),
        ("ik wil niet meer naar de IC", "preference"),
        ("Ik lig wakker van de nachten", "concern"),
        ("Ik bel morgen de thuiszorg", "action_point"),
    ]


def test_every_quote_stands_at_its_place_in_the_source(nlp: Language, talk: Talk) -> None:
    source = talk(*TALK)
    for s in extract(source, nlp).statements:
        turn = source.turns[s.turn]
        assert source.text[s.start : s.end] == s.quote
        assert turn.start <= s.start < s.end <= turn.end
        assert s.id == statement_id(source.id, s.start, s.end)


def test_a_statement_says_why_it_is_there(find: Callable[..., Findings]) -> None:
    assert all(s.because for s in find(*TALK).statements)


def test_a_headed_line_carries_no_statement(find: Callable[..., Findings]) -> None:
    assert find((None, "Moeder wil geen IC"), block="heading").statements == ()


def test_an_action_point_has_the_view_of_who_takes_it_on(find: Callable[..., Findings]) -> None:
    action = find(*TALK).statements[-1]
    assert (action.owner, action.perspective, action.due) == ("Kinderarts", "care_team", "2026-03-13")


def test_extracting_twice_gives_the_same(nlp: Language, talk: Talk) -> None:
    assert extract(talk(*TALK), nlp) == extract(talk(*TALK), nlp)


def test_an_empty_conversation_gives_nothing(nlp: Language, talk: Talk) -> None:
    assert extract(talk(), nlp).statements == ()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["Sem", "Moeder", "Tolk", None, "X"]), st.text(max_size=80)), max_size=6
    )
)
def test_any_text_gives_verbatim_quotes_or_none(
    nlp: Language, talk: Talk, turns: list[tuple[str | None, str]]
) -> None:
    source = talk(*turns)
    for s in extract(source, nlp).statements:
        assert source.text[s.start : s.end] == s.quote
