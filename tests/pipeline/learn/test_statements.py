"""Learning what is a statement, on a few invented talks."""

from collections.abc import Sequence

import numpy as np
import pytest
from spacy.language import Language

from extractors.evaluate import Annotation, Gold
from extractors.readers import OUTPUTS, Readings, Scores, log_shares
from extractors.schema import CATEGORIES, Conversation, Turn
from extractors.statements import judge
from extractors.views import VIEWS
from extractors.weights import LABELS
from pipeline.learn.corpus import OPTIONAL, SINGLE, Annotated, Utterance
from pipeline.learn.statements import (
    Talk,
    Unseen,
    annotated_talks,
    fit_decision,
    hidden_talks,
    learn_sides,
    read_unseen,
    single_talks,
)

GOAL = Annotation(
    id="s1",
    quote="Ik wil naar huis",
    perspective="child",
    category="goal",
    domains=("sociaal",),
    polarity="affirmed",
    certainty="firm",
)


@pytest.fixture
def annotated() -> Annotated:
    """An annotated conversation; the intake could not know who Puck is."""
    said = (("Puck", "Ik wil naar huis."), ("Ans", "Hoe gaat het?"))
    text = "\n".join(words for _, words in said)
    turns = tuple(
        Turn(index=i, label=label, text=words, start=text.index(words), end=text.index(words) + len(words))
        for i, (label, words) in enumerate(said)
    )
    talk = Conversation(id="p", source="p.txt", sha256="0" * 64, format="dialogue", text=text, turns=turns)
    people = [{"label": "Puck", "role": "parent", "function": "vader"}]
    about = {"source": "p.txt", "kind": "pzp", "date": None, "child": None, "participants": people}
    return Annotated("p", talk, Gold.model_validate({**about, "statements": [GOAL]}))


def _talk(name: str, labels: Sequence[str], **about: object) -> Talk:
    """A talk of which the clauses are annotated with these labels and say so in their features."""
    names = tuple((label, "always") for label in labels)
    annotated = {
        i: GOAL.model_copy(update={"category": label, **about})
        for i, label in enumerate(labels)
        if label != "none"
    }
    return Talk(name, names, tuple(map(frozenset, names)), annotated)


def _thinking(odds: Sequence[float], label: str = "goal") -> Scores:
    """What a side thinks for which each clause is a statement, a goal, with these log odds."""
    scores = np.full((len(odds), len(LABELS)), -30.0, np.float32)
    scores[:, 0] = 0
    scores[:, LABELS.index(label)] = odds
    return log_shares(scores)


def _readings(labels: Scores) -> Readings:
    flat = {name: np.zeros((len(labels), len(of)), np.float32) for name, of in OUTPUTS.items()}
    return Readings(labels, log_shares(labels[:, 1:]), flat)


def _unseen() -> list[Unseen]:
    """Talks in which a clause is a statement as often as both sides together say it is."""
    random = np.random.default_rng(5)
    made = []
    for i in range(40):
        patterns, readers = random.normal(0, 2, (2, 200))
        wanted = random.random(200) < 1 / (1 + np.exp(-(0.4 * patterns + 0.8 * readers - 0.5)))
        talk = _talk(f"t{i}", ["goal" if one else "none" for one in wanted])
        made.append(Unseen(talk, _thinking(patterns), _readings(_thinking(readers))))
    return made


def test_a_fitted_chance_is_how_often_it_comes_true() -> None:
    unseen = _unseen()
    decision = fit_decision(unseen)
    chances = np.concatenate([judge(one.patterns, one.readings, decision).chances for one in unseen])
    true = np.array([i in one.talk.annotated for one in unseen for i in range(len(one.patterns))])
    for low in np.arange(0, 1, 0.2):
        here = (chances >= low) & (chances < low + 0.2)
        assert true[here].mean() == pytest.approx(chances[here].mean(), abs=0.04)


def test_the_shares_of_the_sides_are_found_back() -> None:
    decision = fit_decision(_unseen())
    assert (decision.patterns, decision.readers, decision.bias) == pytest.approx((0.4, 0.8, -0.5), abs=0.1)


def test_an_optional_statement_neither_raises_nor_lowers_the_chances() -> None:
    unseen = _unseen()
    more = [
        Unseen(
            _talk("o", ["goal"] * 500, optional=True),
            _thinking([0.0] * 500),
            _readings(_thinking([0.0] * 500)),
        )
    ]
    assert fit_decision([*unseen, *more]) == fit_decision(unseen)


def test_the_readers_share_is_where_most_categories_are_right() -> None:
    right = [
        Unseen(
            _talk("r", ["goal", "none"] * 20),
            _thinking([2.0, -2.0] * 20, by),
            _readings(_thinking([3.0, -3.0] * 20)),
        )
        for by in ("value", "goal")
    ]
    decision = fit_decision([*_unseen(), *right])
    chosen = judge(right[0].patterns, right[0].readings, decision).categories.argmax(axis=1)
    assert CATEGORIES[chosen[0]] == "goal"


def test_what_is_judged_was_not_learned_from() -> None:
    same = ["goal", "none"] * 10
    talks = [_talk(f"t{i}", same) for i in range(4)]
    odd = _talk("odd", ["value", "none"] * 10)
    seen = {one.talk.name: one for one in read_unseen([*talks, odd], ["odd", "t0"], parts=2)}
    assert set(seen) == {"odd", "t0"}
    assert "value" not in learn_sides(talks)[1].vocabulary
    assert seen["odd"].patterns[0, LABELS.index("value")] < seen["odd"].patterns[0, LABELS.index("goal")]


def test_an_annotated_conversation_teaches_with_the_roles_that_were_annotated(
    nlp: Language, annotated: Annotated
) -> None:
    (talk,) = annotated_talks([annotated], nlp)
    wish, question = talk.lessons()
    assert (wish.label, wish.domains, wish.view) == ("goal", ("sociaal",), "child")
    assert question.label == "none"
    assert "speaker:parent" in wish.features


def test_a_hidden_conversation_teaches_without_its_roles(nlp: Language, annotated: Annotated) -> None:
    (talk,) = hidden_talks([annotated], nlp)
    assert "speaker:unmapped" in talk.features[0]
    assert {lesson.label for lesson in talk.lessons()} == {"goal", "none"}


def test_an_optional_statement_counts_less() -> None:
    (lesson,) = _talk("t", ["goal"], optional=True).lessons()
    assert lesson.importance == OPTIONAL


@pytest.mark.parametrize(
    ("about", "view"),
    [
        ({"perspective": "parent"}, "parent"),
        ({"perspective": "child", "reported": True}, "child+reported"),
        ({"perspective": "unknown"}, None),
    ],
)
def test_a_statement_teaches_whose_view_it_is_where_that_was_annotated(
    about: dict[str, object], view: str | None
) -> None:
    (lesson,) = _talk("t", ["goal"], **about).lessons()
    assert lesson.view == view
    assert view is None or view in VIEWS


def test_a_single_utterance_teaches_the_clause_that_carries_it(nlp: Language) -> None:
    about = {"role": "child", "dom": ["sociaal"], "pol": "affirmed", "cer": "firm"}
    said = [
        {"t": "Ik wil naar huis", "q": "Wat wil je het liefst?", "cat": "goal", **about},
        {"t": "Mooi weer vandaag", "q": "", "cat": "none", **about},
    ]
    talks = list(single_talks("u", [Utterance.model_validate(one) for one in said], nlp))
    assert [[lesson.label for lesson in talk.lessons()] for talk in talks] == [["goal"], ["none"]]
    assert {lesson.importance for talk in talks for lesson in talk.lessons()} == {SINGLE}
