"""How the two sides are added up, and what stands above them."""

from collections.abc import Callable, Collection, Sequence
from types import SimpleNamespace

import numpy as np
import pytest
from spacy.language import Language
from spacy.tokens import Span

from extractors import statements
from extractors.extract import COMPONENTS, extract, to_docs
from extractors.readers import OUTPUTS, Readings, Scores, log_shares
from extractors.schema import CATEGORIES, Conversation
from extractors.statements import (
    LIMIT_RULE,
    STANCES,
    STATEMENTS,
    Decision,
    is_sure,
    judge,
    load_decision,
    pattern_scores,
)
from extractors.weights import LABELS

Talk = Callable[..., Conversation]
Found = Callable[..., list[Span]]
TALK = (
    ("Kinderarts", "Wat vind je leuk, Sem?"),
    ("Sem", "Voetballen! En ik wil niet meer naar de IC."),
    ("Moeder", "Ik lig wakker van de nachten."),
)
BOTH = Decision(patterns=1, readers=1, bias=0, category=1, domain=1, view=1, threshold=0.5, review=0.2)
LATER = COMPONENTS[COMPONENTS.index("izp_statements") + 1 :]


def _thinks(*labels: str) -> Scores:
    """What a side thinks that is nearly sure of the label of each clause."""
    return log_shares(np.array([[4.0 * (label == one) for one in LABELS] for label in labels], np.float32))


def _readings(labels: Scores) -> Readings:
    size = len(labels)
    flat = {name: np.zeros((size, len(of)), np.float32) for name, of in OUTPUTS.items()}
    return Readings(labels, log_shares(labels[:, 1:]) if size else np.zeros((0, len(CATEGORIES))), flat)


@pytest.fixture
def find(nlp: Language, talk: Talk) -> Found:
    """The spans that the component finds in a conversation, those to review included."""

    def found(*turns: tuple[str | None, str]) -> list[Span]:
        docs = list(nlp.pipe(to_docs(talk(*turns), nlp), disable=LATER))
        return [span for doc in docs for span in doc.spans[STATEMENTS]]

    return found


@pytest.fixture
def sides(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Sets what the patterns and the readers think of every clause."""

    def think(patterns: str, readers: str) -> None:
        def read(features: Sequence[Collection[str]]) -> Readings:
            return _readings(_thinks(*[readers] * len(features)))

        monkeypatch.setattr(statements, "load_weights", lambda: {"always": {patterns: 4.0}})
        monkeypatch.setattr(statements, "load_readers", lambda: SimpleNamespace(read=read))
        monkeypatch.setattr(statements, "load_decision", lambda: BOTH)

    return think


def test_evidence_adds_up_to_probabilities() -> None:
    scores = np.exp(pattern_scores([("a", "b"), ()], {"a": {"goal": 1.0}, "b": {"goal": 1.0, "none": 1.0}}))
    assert scores.sum(axis=1) == pytest.approx(1)
    assert scores[0].argmax() == LABELS.index("goal")
    assert scores[1] == pytest.approx(1 / len(LABELS))


def test_no_clause_has_no_scores() -> None:
    assert pattern_scores([], {}).shape == (0, len(LABELS))


def test_two_sides_that_agree_are_surer_than_one() -> None:
    goal, none = _thinks("goal"), _thinks("none")
    agreed, split = (judge(goal, _readings(side), BOTH).chances[0] for side in (goal, none))
    alone = judge(goal, _readings(none), BOTH.model_copy(update={"readers": 0})).chances[0]
    assert agreed > alone > split


def test_a_side_counts_by_its_share() -> None:
    goal, value = _thinks("goal"), _readings(_thinks("value"))
    for share, category in ((0.5, "goal"), (2.0, "value")):
        judgement = judge(goal, value, BOTH.model_copy(update={"category": share}))
        assert CATEGORIES[judgement.categories[0].argmax()] == category


@pytest.mark.parametrize(
    ("patterns", "readers", "decided"),
    [("value", "value", "both"), ("value", "none", "patterns"), ("none", "value", "readers")],
)
def test_a_statement_says_which_side_decided(
    find: Found, sides: Callable[[str, str], None], patterns: str, readers: str, decided: str
) -> None:
    sides(patterns, readers)
    (statement,) = find(("Moeder", "Samen eten is gezellig."))
    assert (statement._.izp_category, statement._.izp_because[0]) == ("value", decided)


def test_the_evidence_that_spoke_for_a_statement_is_named_the_weightiest_first(
    find: Found, sides: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    sides("none", "preference")
    weights = {"speaker:child": {"preference": 1.0}, "wish.rather": {"preference": 2.0, "none": 1.0}}
    monkeypatch.setattr(statements, "load_weights", lambda: weights)
    (statement,) = find(("Sem", "Dan liever thuis."))
    assert statement._.izp_because[1:] == ("wish.rather", "speaker:child")


def test_what_is_unlikely_is_not_shown_for_review_either(
    find: Found, sides: Callable[[str, str], None]
) -> None:
    sides("none", "none")
    assert find(("Moeder", "Samen eten is gezellig.")) == []


@pytest.mark.parametrize("words", ["Ik wil niet meer naar de IC.", "Ik wil wel gereanimeerd worden."])
def test_a_wish_about_a_treatment_limit_is_kept_whatever_the_sides_say(
    find: Found, sides: Callable[[str, str], None], words: str
) -> None:
    sides("none", "none")
    (statement,) = find(("Sem", words))
    assert statement._.izp_because[0] == LIMIT_RULE
    assert is_sure(statement, threshold=1.0)


def test_a_wish_in_doubt_needs_less(find: Found) -> None:
    (statement,) = find(("Moeder", "Ik wil thuis blijven."))
    statement._.izp_category, statement._.izp_confidence, statement._.izp_because = "preference", 0.32, ()
    sure = {}
    for certainty in ("firm", "tentative"):
        statement._.izp_certainty = certainty
        sure[certainty] = is_sure(statement, threshold=0.41)
    assert sure == {"firm": False, "tentative": True}


def test_a_refused_treatment_is_never_a_mere_fact_or_worry(
    find: Found, sides: Callable[[str, str], None]
) -> None:
    sides("context", "concern")
    (statement,) = find(("Sem", "Ik wil niet meer naar de IC."))
    assert statement._.izp_category in STANCES


@pytest.mark.parametrize(
    ("label", "words"),
    [("Kinderarts", "Ik wil hem naar de IC brengen."), ("Moeder", "Wil je dan nog naar de IC?")],
)
def test_a_question_and_a_professional_decide_no_limit(
    find: Found, sides: Callable[[str, str], None], label: str, words: str
) -> None:
    sides("none", "none")
    assert find((label, words)) == []


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("Euthanasie, bedoelt u?", False),
        ("Wilt u euthanasie?", True),
        ("Bedoelt u dat u geen reanimatie meer wilt?", True),
    ],
)
def test_a_yes_to_which_treatment_was_meant_is_no_wish_for_it(
    find: Found, sides: Callable[[str, str], None], question: str, kept: bool
) -> None:
    sides("none", "none")
    assert bool(find(("Kinderarts", question), ("Moeder", "Ja."))) == kept


def test_conversations_in_one_stream_are_read_as_each_by_itself(nlp: Language, talk: Talk) -> None:
    def read(*talks: Conversation) -> list[tuple[str, str, float]]:
        docs = list(nlp.pipe((doc for one in talks for doc in to_docs(one, nlp)), disable=LATER))
        spans = [span for doc in docs for span in doc.spans[STATEMENTS]]
        return [(span.text, span._.izp_category, span._.izp_confidence) for span in spans]

    one, other = talk(*TALK), talk(*TALK[::-1])
    assert read(one, other) == read(one) + read(other)


def test_a_turn_is_read_with_the_turns_around_it(find: Found) -> None:
    alone = {span.text: span._.izp_confidence for span in find(TALK[1])}
    behind_a_question = {span.text: span._.izp_confidence for span in find(*TALK[:2])}
    assert behind_a_question["Voetballen!"] > alone.get("Voetballen!", 0)


def test_the_threshold_moves_statements_between_the_plan_and_review(nlp: Language, talk: Talk) -> None:
    low, high = (extract(talk(*TALK), nlp, threshold) for threshold in (0.0, 0.999))
    assert low.to_review == ()
    assert {s.id for s in high.statements} < {s.id for s in low.statements}
    assert {s.id for s in (*high.statements, *high.to_review)} == {s.id for s in low.statements}


def test_what_stands_in_the_plan_is_sure_enough_or_a_limit(nlp: Language, talk: Talk) -> None:
    found = extract(talk(*TALK), nlp, threshold=0.6)
    assert all(s.confidence >= 0.6 or LIMIT_RULE in s.because for s in found.statements)
    assert all(s.confidence < 0.6 for s in found.to_review)


def test_the_shipped_decision_reviews_from_under_its_threshold() -> None:
    decision = load_decision()
    assert 0 < decision.review < decision.threshold < 1
    assert min(decision.patterns, decision.readers) > 0
