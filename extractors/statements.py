"""Statements: which clauses a plan should hold, and as what (value, goal, preference, ...).

Each clause gathers named evidence: the cues in it, who speaks, the question before it, the heading
above it, the concepts it names. A table gives each piece of evidence a weight for each category and
for "none"; the category with the most weight wins. Both can be read: the evidence that decided is
kept on the statement (`because`), the weights stand in `patterns/weights.json`.
"""

import math
from collections.abc import Iterable, Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span

import extractors.attributes  # noqa: F401  registers the attributes set here
from extractors.concepts import limit_concepts
from extractors.cues import CLAUSES, word_sets
from extractors.schema import CATEGORIES, Category, Conversation, Role, Turn
from extractors.sections import section_kinds
from extractors.weights import LABELS, Weights, load_weights

STATEMENTS = "izp_statements"
LIMIT_RULE = "rule.treatment_limit"
STANCES: tuple[Category, ...] = ("preference", "goal", "agreement")
"""What a clause about a treatment limit can be: what it decides, only a physician can ratify."""

MOST_REASONS = 5
SMALL_TALK_TURNS = 6
"""So many turns at the start and at the end of a conversation are mostly greeting; not in a short one."""


def role_of(conversation: Conversation, turn: Turn) -> Role | None:
    """The role of who speaks in a turn; None in notes and where the label is not mapped."""
    participant = conversation.participant(turn.label)
    return None if participant is None else participant.role


def carries_statements(doc: Doc) -> bool:
    """Whether a turn can hold statements; headings and header lines (title, who was there) cannot."""
    turn: Turn = doc._.izp_turn
    return turn.block not in ("heading", "header")


def gather_evidence(doc: Doc) -> Iterator[tuple[Span, list[str]]]:
    """Each clause of a turn with its evidence, as names that the weights table knows."""
    turn: Turn = doc._.izp_turn
    conversation: Conversation = doc._.izp_conversation
    role = role_of(conversation, turn)
    who = role or ("note" if turn.label is None else "unmapped")
    around = ["always", f"speaker:{who}", f"block:{turn.block}", f"block:{turn.block}+{who}"]
    around += [f"section:{kind}" for heading in turn.section for kind in section_kinds(heading)]
    around += _place(turn, len(conversation.turns))
    for clause in doc.spans[CLAUSES]:
        own = sorted(clause._.izp_cues)
        kinds = sorted({label.split(".")[0] for label in own})
        yield (
            clause,
            [
                *around,
                *own,
                *(f"{kind}+{who}" for kind in kinds),
                *(f"concept:{label}" for label in sorted(clause._.izp_named)),
                *_shape(clause, who),
                *_asked(clause, who),
            ],
        )


def _place(turn: Turn, turns: int) -> Iterator[str]:
    if turns > 4 * SMALL_TALK_TURNS and turn.index < SMALL_TALK_TURNS:
        yield "place:begin"
    if turns > 4 * SMALL_TALK_TURNS and turn.index >= turns - SMALL_TALK_TURNS:
        yield "place:end"


def _shape(clause: Span, who: str) -> Iterator[str]:
    words = [token for token in clause if not token.is_punct]
    size = min(len(words), 12)
    yield f"words:{size if size < 4 else size // 3 * 3}"
    yield f"words:{'few' if size < 4 else 'many'}+{who}"
    if not any(token.pos_ in ("VERB", "AUX") for token in words):
        yield "no_verb"
    if clause._.izp_is_question:
        yield f"asks+{who}"
    yield f"first:{words[0].lower_}" if words and words[0].lower_ in word_sets()["first"] else "first:other"
    if any(token.lower_ in word_sets()["self"] for token in words):
        yield f"self+{who}"
    if any(token.lower_ in word_sets()["addressed"] for token in words):
        yield f"you+{who}"
    if any(token.lower_ in word_sets()["third"] for token in words):
        yield f"third+{who}"


def _asked(clause: Span, who: str) -> Iterator[str]:
    question: Span | None = clause._.izp_question
    if question is None:
        yield "asked:nothing"
        return
    distance = clause.doc._.izp_turn.index - question.doc._.izp_turn.index
    near = "near" if distance <= 1 and clause.start < 12 else "far"
    yield f"asked:{near}+{who}"
    for cue in sorted(question._.izp_cues):
        yield f"asked:{cue}" if near == "near" else f"asked-before:{cue}"


def weigh(evidence: Iterable[str], weights: Weights) -> dict[str, float]:
    """The probability of each label, given the evidence."""
    scores = dict.fromkeys(LABELS, 0.0)
    for name in evidence:
        for label, weight in weights.get(name, {}).items():
            scores[label] += weight
    top = max(scores.values())
    odds = {label: math.exp(score - top) for label, score in scores.items()}
    total = sum(odds.values())
    return {label: odd / total for label, odd in odds.items()}


@Language.factory("izp_statements", default_config={"threshold": 0.5})
class StatementFinder:
    """The component `izp_statements`: sets `doc.spans["izp_statements"]`, their category and confidence.

    A clause is a statement when "none" has less than 1 - `threshold` of the probability. One that wishes
    or refuses a life-prolonging or burdensome treatment always is: no limit may be lost.
    """

    def __init__(self, nlp: Language, name: str, threshold: float) -> None:  # noqa: ARG002  spaCy gives all
        self.threshold = threshold

    def __call__(self, doc: Doc) -> Doc:
        """Finds the statements of one turn."""
        statements = []
        if carries_statements(doc):
            for clause, evidence in gather_evidence(doc):
                chances = weigh(evidence, load_weights())
                kept = decides_limit(clause)
                if kept or 1 - chances["none"] >= self.threshold:
                    category: Category = max(STANCES if kept else CATEGORIES, key=chances.__getitem__)
                    clause._.izp_category = category
                    clause._.izp_confidence = round(chances[category], 3)
                    clause._.izp_because = (*((LIMIT_RULE,) if kept else ()), *_deciding(evidence, category))
                    statements.append(clause)
        doc.spans[STATEMENTS] = statements
        return doc


def decides_limit(clause: Span) -> bool:
    """Whether a clause wishes or refuses a treatment that has limits, or says yes or no when asked about one.

    A question about a treatment decides nothing, and what a professional says of one is often a fact.
    """
    turn: Turn = clause.doc._.izp_turn
    if role_of(clause.doc._.izp_conversation, turn) == "care_team" or clause._.izp_is_question:
        return False
    if limit_concepts().isdisjoint(clause._.izp_topics):
        return False
    return any(cue.startswith(("wish.", "refusal.", "answer.")) for cue in clause._.izp_cues)


def _deciding(evidence: Iterable[str], category: Category) -> tuple[str, ...]:
    """The evidence that spoke for the category, the weightiest first."""
    weights = load_weights()
    spoken = {name: weights.get(name, {}).get(category, 0.0) for name in evidence if name != "always"}
    decided = sorted((name for name in spoken if spoken[name] > 0), key=lambda name: (-spoken[name], name))
    return tuple(decided[:MOST_REASONS])
