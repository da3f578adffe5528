"""Learns which clauses are statements, and of which category, domain and view.

Three things are learned, in this order: the weights of the patterns' evidence, the readers, and the decision:
how the two are added up. The decision is fitted on conversations that neither side had learned from, and that
others wrote than those who wrote the program, by leaving out a part of them at a time.
"""

import dataclasses
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language

from extractors.evaluate import Annotation, Gold, pair_quotes
from extractors.extract import to_docs
from extractors.features import features_of, see
from extractors.readers import Readers, Readings, Scores, save_readers
from extractors.schema import CATEGORIES, Category, Conversation
from extractors.statements import DECISION, Decision, judge, log_odds, pattern_scores
from extractors.training import Lesson, train_readers
from extractors.views import REPORTED
from extractors.weights import Example, Weights, learn, save_weights
from pipeline.learn.corpus import (
    BY_OTHERS,
    LATER,
    SINGLE,
    Annotated,
    Utterance,
    as_talk,
    importance_of,
    read_conversations,
    read_utterances,
    with_known_roles,
)

PARTS = 4
"""So many times a part of the conversations is left out to fit the decision."""

READERS_ON_CATEGORY = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
"""The shares of the readers beside the patterns that are tried."""

READERS_ON_DOMAIN = 1.6
READERS_ON_VIEW = 1.0
HIDDEN_EVERY = 4
"""Of so many conversations one is also learned from as if nobody knew who speaks."""
REVIEW = 0.2
"""A clause that is less likely to be a statement is not shown for review either."""


@dataclass(frozen=True)
class Talk:
    """An annotated conversation as its clauses: their evidence, their features, and the annotations."""

    name: str
    evidence: tuple[tuple[str, ...], ...]
    features: tuple[frozenset[str], ...]
    annotated: Mapping[int, Annotation]
    importance: float = 1.0

    def lessons(self) -> list[Lesson]:
        """What the readers learn from it."""
        return [self._lesson(i) for i in range(len(self.features))]

    def examples(self) -> list[Example]:
        """What the weights of the patterns are learned from."""
        return [
            Example(evidence, lesson.label, lesson.importance)
            for evidence, lesson in zip(self.evidence, self.lessons(), strict=True)
        ]

    def _lesson(self, i: int) -> Lesson:
        one = self.annotated.get(i)
        if one is None:
            return Lesson(self.features[i], "none", importance=self.importance)
        weight = self.importance * importance_of(one)
        return Lesson(self.features[i], one.category, one.domains, view_of(one), weight)


def view_of(one: Annotation) -> str | None:
    """Whose view a statement is, as one of `VIEWS`; None where that was not annotated."""
    if one.perspective == "unknown":
        return None
    return f"{one.perspective}{REPORTED if one.reported else ''}"


def annotated_talks(annotated: Iterable[Annotated], nlp: Language) -> Iterator[Talk]:
    """The annotated conversations, with the roles that the annotators gave the speakers."""
    for name, conversation, gold in annotated:
        yield talk_of(name, with_known_roles(conversation, gold), gold, nlp)


def hidden_talks(annotated: Sequence[Annotated], nlp: Language) -> Iterator[Talk]:
    """Some of the conversations as if nobody knew who speaks: so are subtitles without speakers."""
    for name, conversation, gold in annotated[::HIDDEN_EVERY]:
        if conversation.turns and all(turn.block == "speech" for turn in conversation.turns):
            nobody = conversation.model_copy(update={"participants": ()})
            yield dataclasses.replace(talk_of(name, nobody, gold, nlp), importance=SINGLE)


def talk_of(name: str, conversation: Conversation, gold: Gold, nlp: Language) -> Talk:
    """A conversation's clauses, paired with the annotated statements."""
    seen = see(list(nlp.pipe(to_docs(conversation, nlp), disable=LATER)))
    pairs = pair_quotes([one.quote for one in gold.statements], [this.clause.text for this in seen])
    return Talk(
        name,
        tuple(this.evidence for this in seen),
        tuple(map(frozenset, features_of(seen))),
        {theirs: gold.statements[ours] for ours, theirs in pairs.items()},
    )


def single_talks(name: str, utterances: Sequence[Utterance], nlp: Language) -> Iterator[Talk]:
    """The utterances of a file, each as a conversation of its own.

    Of one that is a statement only the clause that carries it is kept, and not what was said before it.
    """
    talks = [list(to_docs(as_talk(name, one), nlp)) for one in utterances]
    for _ in nlp.pipe((doc for talk in talks for doc in talk), disable=LATER):
        pass  # the components set what they find on the docs themselves
    for at, (one, docs) in enumerate(zip(utterances, talks, strict=True)):
        seen = see(docs)
        features = features_of(seen)
        kept = [i for i, this in enumerate(seen) if this.clause.doc is docs[-1]]
        annotated: dict[int, Annotation] = {}
        if one.category != "none":
            clauses = [seen[i].clause.text for i in kept]
            kept = [kept[i] for i in pair_quotes([one.text], clauses).values()]
            annotated = {0: _annotation(one, one.category)}
        if kept:
            evidence = tuple(seen[i].evidence for i in kept)
            words = tuple(frozenset(features[i]) for i in kept)
            yield Talk(f"{name}-{at}", evidence, words, annotated, SINGLE)


def _annotation(said: Utterance, category: Category) -> Annotation:
    return Annotation(
        id="s1",
        quote=said.text,
        perspective="unknown",
        category=category,
        domains=said.domains,
        polarity=said.polarity,
        certainty=said.certainty,
    )


def learn_sides(talks: Sequence[Talk]) -> tuple[Weights, Readers]:
    """The weights of the patterns and the readers, learned from the same conversations."""
    weights = learn([example for talk in talks for example in talk.examples()])
    return weights, train_readers([talk.lessons() for talk in talks])


@dataclass(frozen=True)
class Unseen:
    """What both sides think of a conversation that neither had learned from."""

    talk: Talk
    patterns: Scores
    readings: Readings


def read_unseen(talks: Sequence[Talk], names: Sequence[str], parts: int) -> Iterator[Unseen]:
    """Both sides on the conversations named, each part of them judged by what was learned without it."""
    for part in range(parts):
        left_out = set(names[part::parts])
        weights, readers = learn_sides([talk for talk in talks if talk.name not in left_out])
        for talk in talks:
            if talk.name in left_out and talk.importance == 1.0:
                yield Unseen(talk, pattern_scores(talk.evidence, weights), readers.read(talk.features))


def fit_decision(unseen: Sequence[Unseen]) -> Decision:
    """The decision under which what both sides think of unseen conversations comes out best.

    The chance that a clause is a statement is fitted by logistic regression, so that it means what it says;
    the threshold is where most statements are found for the fewest that are none (F1).
    """
    required = np.array([_is_required(one.talk, i) for one in unseen for i in range(len(one.talk.features))])
    wanted = np.array([i in one.talk.annotated for one in unseen for i in range(len(one.talk.features))])
    sides = np.concatenate(
        [
            np.stack([log_odds(one.patterns), log_odds(one.readings.labels), np.ones(len(one.patterns))], 1)
            for one in unseen
        ]
    )
    fitted = _fit_logistic(sides[required], wanted[required].astype(float))
    chances = 1 / (1 + np.exp(-(sides @ fitted)))
    patterns, readers, bias = (round(float(value), 3) for value in fitted)
    decision = Decision(
        patterns=patterns,
        readers=readers,
        bias=bias,
        category=1.0,
        domain=READERS_ON_DOMAIN,
        view=READERS_ON_VIEW,
        threshold=_best_threshold(chances[required], wanted[required]),
        review=REVIEW,
    )
    return max(
        (decision.model_copy(update={"category": share}) for share in READERS_ON_CATEGORY),
        key=lambda one: _categories_right(unseen, one),
    )


def _is_required(talk: Talk, i: int) -> bool:
    one = talk.annotated.get(i)
    return one is None or not one.optional


def _fit_logistic(sides: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Newton's method; three unknowns and tens of thousands of clauses need no penalty."""
    fitted = np.zeros(sides.shape[1])
    for _ in range(25):
        chances = 1 / (1 + np.exp(-(sides @ fitted)))
        slope = sides.T @ (wanted - chances)
        bend = (sides * (chances * (1 - chances))[:, None]).T @ sides
        fitted += np.linalg.solve(bend, slope)
    return fitted


def _best_threshold(chances: NDArray[np.float64], wanted: NDArray[np.bool_]) -> float:
    def f1(threshold: float) -> float:
        kept = chances >= threshold
        return float(2 * (kept & wanted).sum() / (kept.sum() + wanted.sum()))

    return round(float(max(np.arange(0.25, 0.7, 0.01), key=f1)), 2)


def _categories_right(unseen: Sequence[Unseen], decision: Decision) -> int:
    right = 0
    for one in unseen:
        chosen = judge(one.patterns, one.readings, decision).categories.argmax(axis=1)
        right += sum(
            CATEGORIES[chosen[i]] == statement.category
            for i, statement in one.talk.annotated.items()
            if not statement.optional
        )
    return right


def learn_statements(nlp: Language, *, decide: bool = True) -> None:
    """Learns from the corpus and writes the weights and the readers, and with `decide` the decision."""
    annotated = list(read_conversations())
    whole = list(annotated_talks(annotated, nlp))
    talks = [*whole, *hidden_talks(annotated, nlp)]
    for name, utterances in read_utterances():
        talks += single_talks(name, utterances, nlp)
    sys.stdout.write(f"statements: {sum(len(talk.features) for talk in talks):,} clauses\n")
    if decide:
        by_others = [talk.name for talk in whole if BY_OTHERS.fullmatch(talk.name)]
        save_decision(fit_decision(list(read_unseen(talks, by_others, PARTS))))
    weights, readers = learn_sides(talks)
    save_weights(weights)
    save_readers(readers)


def save_decision(decision: Decision) -> None:
    """Writes `patterns/decision.json`."""
    DECISION.write_text(decision.model_dump_json(indent=1) + "\n", "utf-8")
