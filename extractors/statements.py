"""Statements: which clauses a plan should hold, and as what (value, goal, preference, ...).

Two sides judge every clause. The patterns: a table of weights over named evidence (`extractors.evidence`,
`patterns/weights.json`). The readers: networks that learned from annotated conversations
(`extractors.readers`). What each thinks is added up, on the logarithmic scale, with the shares of
`patterns/decision.json`; the sum says how likely the clause is a statement, and of which category. One rule
stands above both: a wish or refusal of a treatment with limits is always kept, as what it can be.

`because` tells on a statement who decided ("rule.treatment_limit", "patterns" or "readers" where only that
side would have said the same by itself, else "both"), and then the evidence that spoke for it.
"""

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from spacy.language import Language
from spacy.tokens import Doc, Span

from extractors.attributes import conversation_of, turn_of
from extractors.concepts import limit_concepts
from extractors.cues import PATTERNS
from extractors.evidence import role_of
from extractors.features import Seen, features_of, see
from extractors.limits import STANCES
from extractors.readers import Readings, Scores, load_readers, log_shares
from extractors.schema import CATEGORIES, Category
from extractors.weights import LABELS, Weights, load_weights

STATEMENTS = "izp_statements"
LIMIT_RULE = "rule.treatment_limit"
WISHES: frozenset[Category] = frozenset(("preference", "goal"))
DOUBTED = 0.75
"""The share of the threshold that is enough for a wish in doubt."""

DECISION = PATTERNS / "decision.json"
MOST_REASONS = 5


class Decision(BaseModel):
    """How the two sides are added up, fitted on conversations that neither had learned from.

    All but `domain`, `view` and `review`, which were set by hand (`pipeline.learn.statements`).

    The odds that a clause is a statement: e to the power of `patterns` times the patterns' log odds plus
    `readers` times the readers' plus `bias`. `category`, `domain` and `view` are the shares of the readers'
    log probabilities beside the patterns'. From `threshold` on a statement stands in the plan, from `review`
    on it is shown for review.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    patterns: float
    readers: float
    bias: float
    category: float
    domain: float
    view: float
    threshold: float
    review: float


@cache
def load_decision() -> Decision:
    """The shares of `patterns/decision.json`."""
    return Decision.model_validate(json.loads(DECISION.read_text("utf-8")))


class Judgement(NamedTuple):
    """What the two sides together make of the clauses of a conversation.

    `chances` is how likely each clause is a statement (0 to 1); `categories` holds log probabilities of
    the shape (clauses, categories), given that it is one; `patterns` and `readers` what each side alone
    thinks, log probabilities of the shape (clauses, none and categories).
    """

    chances: NDArray[np.float64]
    categories: Scores
    patterns: Scores
    readers: Scores


def judge(patterns: Scores, readings: Readings, decision: Decision) -> Judgement:
    """Adds up what the patterns (log probabilities, (clauses, labels)) and the readers think."""
    odds = (
        decision.patterns * log_odds(patterns) + decision.readers * log_odds(readings.labels) + decision.bias
    )
    categories = log_shares(patterns[:, 1:]) + decision.category * readings.categories
    return Judgement(1 / (1 + np.exp(-odds)), log_shares(categories), patterns, readings.labels)


def log_odds(labels: Scores) -> NDArray[np.float64]:
    """The log odds that each clause is a statement, from log probabilities (clauses, none and categories)."""
    none = np.clip(np.exp(labels[:, 0].astype(np.float64)), 1e-6, 1 - 1e-6)
    odds: NDArray[np.float64] = np.log(1 - none) - np.log(none)
    return odds


class StatementFinder:
    """The component `izp_statements`: sets `doc.spans["izp_statements"]` and their category and confidence.

    The spans are all clauses that are likely enough to be looked at (`Decision.review`), with that
    likelihood as `izp_confidence`; `is_sure` tells which stand in the plan.
    """

    def __call__(self, doc: Doc) -> Doc:
        """Finds the statements of one turn that stands by itself."""
        self._find([doc])
        return doc

    def pipe(self, stream: Iterable[Doc], batch_size: int = 0) -> Iterator[Doc]:  # noqa: ARG002  spaCy gives it
        """Finds the statements of whole conversations, each of which is a run of turns in the stream."""
        for _, turns in itertools.groupby(stream, key=lambda doc: id(conversation_of(doc))):
            docs = list(turns)
            self._find(docs)
            yield from docs

    def _find(self, docs: Sequence[Doc]) -> None:
        for doc in docs:
            doc.spans[STATEMENTS] = []
        seen = see(docs)
        readings = load_readers().read(features_of(seen))
        decision = load_decision()
        patterns = pattern_scores([this.evidence for this in seen], load_weights())
        judgement = judge(patterns, readings, decision)
        for i, this in enumerate(seen):
            limit = decides_limit(this.clause)
            if limit or judgement.chances[i] >= decision.review:
                _note(this, i, judgement, readings, limit=limit)
                this.clause.doc.spans[STATEMENTS].append(this.clause)


@Language.factory("izp_statements")
def make_statement_finder(nlp: Language, name: str) -> StatementFinder:  # noqa: ARG001  spaCy calls it with both
    """Makes the component `izp_statements`."""
    return StatementFinder()


def pattern_scores(evidence: Sequence[Iterable[str]], weights: Weights) -> Scores:
    """What the patterns think of each clause: log probabilities of the shape (clauses, labels)."""
    used = dict.fromkeys(name for names in evidence for name in names)
    rows = {name: row for row, name in enumerate(filter(weights.__contains__, used))}
    table = np.array([[weights[name].get(label, 0.0) for label in LABELS] for name in rows], np.float32)
    scores = np.zeros((len(evidence), len(LABELS)), np.float32)
    for i, names in enumerate(evidence):
        known = [rows[name] for name in names if name in rows]
        if known:
            scores[i] = table[known].sum(axis=0)
    return log_shares(scores)


def _note(this: Seen, i: int, judgement: Judgement, readings: Readings, *, limit: bool) -> None:
    """Writes on a clause what it is, how sure that is, and why."""
    clause = this.clause
    allowed = STANCES if limit else CATEGORIES
    category = max(allowed, key=lambda one: judgement.categories[i, CATEGORIES.index(one)])
    read = clause._
    read.izp_category = category
    read.izp_confidence = round(float(judgement.chances[i]), 3)
    read.izp_reading = {name: tuple(scores[i].tolist()) for name, scores in readings.sorted.items()}
    decided = LIMIT_RULE if limit else _decided_by(category, judgement, i)
    read.izp_because = (decided, *_deciding(this.evidence, category))


def _decided_by(category: Category, judgement: Judgement, i: int) -> str:
    label = LABELS.index(category)
    patterns, readers = (int(side[i].argmax()) == label for side in (judgement.patterns, judgement.readers))
    if patterns == readers:
        return "both"
    return "patterns" if patterns else "readers"


def is_sure(statement: Span, threshold: float) -> bool:
    """Whether a statement stands in the plan: likely enough, or kept by the rule of the treatment limits.

    A wish in doubt ("weet ik nog niet") has few words to know it by, and is a statement more often than its
    likelihood tells: it needs less.
    """
    read = statement._
    doubted = read.izp_certainty == "tentative" and read.izp_category in WISHES
    likely = read.izp_confidence >= (DOUBTED * threshold if doubted else threshold)
    return bool(likely or LIMIT_RULE in read.izp_because)


def reading_of(statement: Span, output: str, labels: Sequence[str]) -> tuple[float, ...]:
    """What the readers make of a statement, log probabilities of `labels`; zeros where they read nothing."""
    reading: Mapping[str, tuple[float, ...]] | None = statement._.izp_reading
    return (0.0,) * len(labels) if reading is None else reading[output]


def decides_limit(clause: Span) -> bool:
    """Whether a clause wishes or refuses a treatment that has limits, or says yes or no when asked about one.

    A question about a treatment decides nothing, nor does a yes to which was meant ("Euthanasie, bedoelt
    u?"), and what a professional says of one is often a fact.
    """
    read, doc = clause._, clause.doc
    if limit_concepts().isdisjoint(read.izp_topics) or read.izp_is_question:
        return False
    if role_of(conversation_of(doc), turn_of(doc)) == "care_team":
        return False
    stands = (
        ("wish.", "refusal.") if _asks_what_is_meant(read.izp_question) else ("wish.", "refusal.", "answer.")
    )
    return any(cue.startswith(stands) for cue in read.izp_cues)


def _asks_what_is_meant(question: Span | None) -> bool:
    """Whether a question only asks which treatment was meant, and not whether it is wanted."""
    if question is None or "question.meant" not in question._.izp_cues:
        return False
    return not any(cue.startswith(("wish.", "refusal.")) for cue in question._.izp_cues)


def _deciding(evidence: Iterable[str], category: Category) -> tuple[str, ...]:
    """The evidence that spoke for the category, the weightiest first."""
    weights = load_weights()
    spoken = {name: weights.get(name, {}).get(category, 0.0) for name in evidence if name != "always"}
    decided = sorted((name for name in spoken if spoken[name] > 0), key=lambda name: (-spoken[name], name))
    return tuple(decided[:MOST_REASONS])
