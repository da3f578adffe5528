"""Scores an extraction against annotated conversations.

A predicted statement is paired with the annotated one whose words it shares most; everything else
(category, perspective, domains, flags ...) is counted over those pairs. An `optional` annotation is
neither required nor wrong. Both sides have one shape, that of a gold file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from extractors.schema import (
    CATEGORIES,
    FLAG_TYPES,
    Category,
    Certainty,
    Domain,
    Findings,
    FlagType,
    Kind,
    Perspective,
    Polarity,
    Record,
    Role,
)

SAME_STATEMENT = 0.5
"""Word F1 from which a predicted and an annotated quote are the same statement."""

_WORD = re.compile(r"\w+(?:['’]\w+)?")


class Annotation(Record):
    """One statement as a gold file writes it down. `owner` and `due` belong to action points."""

    id: str
    quote: str
    perspective: Perspective
    speaker: str | None = None
    reported: bool = False
    category: Category
    domains: tuple[Domain, ...]
    polarity: Polarity
    certainty: Certainty
    owner: str | None = None
    due: str | None = None
    optional: bool = False


class AnnotatedFlag(Record):
    """One flag as a gold file writes it down; `statements` holds ids of the same file."""

    type: FlagType
    statements: tuple[str, ...] = ()
    note: str = ""


class Prediction(Record):
    """What was found in one conversation, in the shape of a gold file (`NAME.pred.json`)."""

    statements: tuple[Annotation, ...] = ()
    flags: tuple[AnnotatedFlag, ...] = ()
    domains_not_discussed: tuple[Domain, ...] = ()


class Person(Record):
    """Who took part, as a gold file writes it down; `label` is None in notes without speakers."""

    label: str | None
    role: Role
    function: str


class Gold(Prediction):
    """An annotated conversation (`NAME.gold.json`); `source` is the name of its file."""

    source: str
    kind: Kind
    date: dt.date | None
    child: str | None
    participants: tuple[Person, ...]


class Case(NamedTuple):
    """One conversation to score: `text` is its source, `prediction` None where it could not be made."""

    name: str
    gold: Gold
    text: str
    prediction: Prediction | None


class Detection(Record):
    """How many statements of one conversation were found, invented and missed."""

    name: str
    found: int
    invented: int
    missed: int
    f1: float


class Figures(Record):
    """The scores over all conversations; shares lie between 0 and 1.

    Detection asks whether a statement was found; `statement_f1` also asks for the right category,
    perspective, first domain and polarity. Accuracies are over the required statements that were
    found, `owner` and `due` over the action points among them. A value of `flag_recall` or
    `flag_precision` is None where there was nothing to count.
    """

    conversations: int
    missing_files: int
    detection_precision: float
    detection_recall: float
    detection_f1: float
    statement_f1: float
    category_accuracy: float
    perspective_accuracy: float
    reported_accuracy: float
    domain_accuracy: float
    polarity_errors: int
    polarity_accuracy: float
    certainty_accuracy: float
    not_verbatim: int
    owner_accuracy: float
    due_accuracy: float
    domains_not_discussed_f1: float
    flags_f1: float
    category_f1: dict[Category, float]
    flag_recall: dict[FlagType, float | None]
    flag_precision: dict[FlagType, float | None]
    by_conversation: tuple[Detection, ...]


def to_gold_shape(findings: Findings) -> Prediction:
    """What was found in a conversation, in the shape of a gold file."""
    return Prediction(
        statements=tuple(
            Annotation(**statement.model_dump(include=set(Annotation.model_fields)))
            for statement in findings.statements
        ),
        flags=tuple(
            AnnotatedFlag(type=flag.type, statements=flag.statements, note=flag.note)
            for flag in findings.flags
        ),
        domains_not_discussed=findings.domains_not_discussed,
    )


def score(cases: Iterable[Case]) -> Figures:
    """Scores the predictions of all cases together.

    Args:
        cases: The annotated conversations with what was predicted for each.

    Returns:
        The figures over all of them; a case without a prediction counts as one that found nothing.
    """
    total: Counter[str] = Counter()
    categories: dict[Category, Counter[str]] = {category: Counter() for category in CATEGORIES}
    flags: dict[FlagType, Counter[str]] = {kind: Counter() for kind in FLAG_TYPES}
    rows = []
    for case in cases:
        prediction = case.prediction or Prediction()
        total["missing"] += case.prediction is None
        total["not_verbatim"] += _not_verbatim(prediction, case.text)
        pairs = pair_quotes(
            [statement.quote for statement in case.gold.statements],
            [statement.quote for statement in prediction.statements],
        )
        detection = _count_statements(case, prediction, pairs, total, categories)
        _count_flags(case.gold, prediction, pairs, flags)
        _count_domains(case.gold, prediction, total)
        rows.append(detection)
    return _figures(total, categories, flags, rows)


def _count_statements(
    case: Case,
    prediction: Prediction,
    pairs: Mapping[int, int],
    total: Counter[str],
    categories: Mapping[Category, Counter[str]],
) -> Detection:
    """Adds one conversation to the counts; `pairs` maps annotated to predicted positions."""
    found = missed = 0
    for position, gold in enumerate(case.gold.statements):
        if gold.optional:
            continue
        if position not in pairs:
            missed += 1
            categories[gold.category]["missed"] += 1
            continue
        found += 1
        predicted = prediction.statements[pairs[position]]
        if predicted.category == gold.category:
            categories[gold.category]["found"] += 1
        else:
            categories[gold.category]["missed"] += 1
            categories[predicted.category]["invented"] += 1
        _count_pair(gold, predicted, total)
    unpaired = set(range(len(prediction.statements))) - set(pairs.values())
    for position in unpaired:
        categories[prediction.statements[position].category]["invented"] += 1
    invented = len(unpaired)
    total.update(found=found, invented=invented, missed=missed)
    return Detection(
        name=case.name, found=found, invented=invented, missed=missed, f1=_f1(found, invented, missed)
    )


def _count_pair(gold: Annotation, predicted: Annotation, total: Counter[str]) -> None:
    right = {
        "category": predicted.category == gold.category,
        "perspective": predicted.perspective == gold.perspective,
        "domain": bool(predicted.domains) and predicted.domains[0] in gold.domains,
        "polarity": predicted.polarity == gold.polarity,
    }
    total.update(right)
    total["whole"] += all(right.values())
    total["reported"] += predicted.reported == gold.reported
    total["certainty"] += predicted.certainty == gold.certainty
    if gold.category == "action_point" and right["category"]:
        total["actions"] += 1
        total["owner"] += _share_a_word(gold.owner, predicted.owner)
        total["due"] += _share_a_word(gold.due, predicted.due)


def _count_flags(
    gold: Gold,
    prediction: Prediction,
    pairs: Mapping[int, int],
    flags: Mapping[FlagType, Counter[str]],
) -> None:
    """Adds one conversation's flags to the counts.

    An annotated flag is found, and a predicted one right, when one of the same type on the other side
    names one of its statements, or when both name none. A flag on optional statements alone is not required.
    """
    gold_id = {prediction.statements[theirs].id: gold.statements[ours].id for ours, theirs in pairs.items()}
    said = [
        (flag.type, {gold_id[name] for name in flag.statements if name in gold_id})
        for flag in prediction.flags
    ]
    wanted = [(flag.type, set(flag.statements)) for flag in gold.flags]
    optional = {statement.id for statement in gold.statements if statement.optional}
    for kind, names in wanted:
        found = any(_same_flag((kind, names), other) for other in said)
        if found or not names or names - optional:
            flags[kind]["found" if found else "missed"] += 1
    for kind, names in said:
        right = any(_same_flag((kind, names), other) for other in wanted)
        flags[kind]["right" if right else "invented"] += 1


def _same_flag(one: tuple[FlagType, set[str]], other: tuple[FlagType, set[str]]) -> bool:
    return one[0] == other[0] and (bool(one[1] & other[1]) or not (one[1] or other[1]))


def _count_domains(gold: Gold, prediction: Prediction, total: Counter[str]) -> None:
    wanted, said = set(gold.domains_not_discussed), set(prediction.domains_not_discussed)
    total.update(
        domains_found=len(wanted & said),
        domains_invented=len(said - wanted),
        domains_missed=len(wanted - said),
    )


def _figures(
    total: Counter[str],
    categories: Mapping[Category, Counter[str]],
    flags: Mapping[FlagType, Counter[str]],
    rows: Sequence[Detection],
) -> Figures:
    found, invented, missed = total["found"], total["invented"], total["missed"]
    wrong = found - total["whole"]
    pairs, actions = max(found, 1), max(total["actions"], 1)
    all_flags = sum(flags.values(), Counter[str]())
    precision, recall = _share(all_flags, "right", "invented"), _share(all_flags, "found", "missed")
    return Figures(
        conversations=len(rows),
        missing_files=total["missing"],
        detection_precision=found / max(found + invented, 1),
        detection_recall=found / max(found + missed, 1),
        detection_f1=_f1(found, invented, missed),
        statement_f1=_f1(total["whole"], invented + wrong, missed + wrong),
        category_accuracy=total["category"] / pairs,
        perspective_accuracy=total["perspective"] / pairs,
        reported_accuracy=total["reported"] / pairs,
        domain_accuracy=total["domain"] / pairs,
        polarity_errors=found - total["polarity"],
        polarity_accuracy=total["polarity"] / pairs,
        certainty_accuracy=total["certainty"] / pairs,
        not_verbatim=total["not_verbatim"],
        owner_accuracy=total["owner"] / actions,
        due_accuracy=total["due"] / actions,
        domains_not_discussed_f1=_f1(
            total["domains_found"], total["domains_invented"], total["domains_missed"]
        ),
        flags_f1=2 * precision * recall / (precision + recall) if precision and recall else 0.0,
        category_f1={
            category: _f1(counts["found"], counts["invented"], counts["missed"])
            for category, counts in categories.items()
        },
        flag_recall={kind: _share(counts, "found", "missed") for kind, counts in flags.items()},
        flag_precision={kind: _share(counts, "right", "invented") for kind, counts in flags.items()},
        by_conversation=tuple(rows),
    )


def pair_quotes(gold: Sequence[str], predicted: Sequence[str]) -> dict[int, int]:
    """Positions of the same quotes on both sides, each used once, the best pairs first."""
    ours, theirs = ([_words(quote) for quote in side] for side in (gold, predicted))
    likeness = sorted(
        (-value, i, j)
        for i, left in enumerate(ours)
        for j, right in enumerate(theirs)
        if (value := _word_f1(left, right)) >= SAME_STATEMENT
    )
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in likeness:
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _word_f1(gold: Counter[str], predicted: Counter[str]) -> float:
    common = (gold & predicted).total()
    if not common:
        return 0.0
    precision, recall = common / predicted.total(), common / gold.total()
    return 2 * precision * recall / (precision + recall)


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(_squash(text).lower()))


def _squash(text: str) -> str:
    return " ".join(text.replace("’", "'").replace("‘", "'").split())


def _not_verbatim(prediction: Prediction, text: str) -> int:
    source = _squash(text)
    return sum(_squash(statement.quote) not in source for statement in prediction.statements)


def _share_a_word(gold: str | None, predicted: str | None) -> bool:
    """Both empty, or a word in common: 'Anouk (verpleegkundige)' and 'verpleegkundige' are one owner."""
    ours, theirs = (set(_WORD.findall((side or "").lower())) for side in (gold, predicted))
    return bool(ours & theirs) or not (ours or theirs)


def _f1(found: int, invented: int, missed: int) -> float:
    return 2 * found / (2 * found + invented + missed) if found else 0.0


def _share(counts: Counter[str], good: str, bad: str) -> float | None:
    both = counts[good] + counts[bad]
    return counts[good] / both if both else None
