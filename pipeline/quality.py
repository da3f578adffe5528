"""Writes what is known of the quality of the extraction in the docs: `make quality`.

`docs/quality.md` gets the figures over `samples/`, and those of `docs/quality.json`: what was measured when
the weights were learned (`pipeline/learn/measure.py`). `docs/labels.md` gets what izp makes of each of its
examples. The rest of both pages is written by hand.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from extractors.concepts import limit_concepts
from extractors.evaluate import Annotation, Case, Figures, Gold, pair_quotes, score, to_gold_shape
from extractors.extract import load
from extractors.schema import (
    CATEGORIES,
    DOMAINS,
    FLAG_TYPES,
    Category,
    Conversation,
    Findings,
    Record,
    Statement,
)
from pipeline.draft import Options, extract
from pipeline.examples import NOT_FOUND, RIGHT, TO_REVIEW, Example, judge, mark_examples, read_examples
from pipeline.floors import Floors, load_floors, named_figures
from pipeline.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
SAMPLES, DOCS, FLOORS = ROOT / "samples", ROOT / "docs", ROOT / "tests" / "floors.yaml"
LEARNED = DOCS / "quality.json"

Decider = Literal["patterns", "readers", "both"]

_NUMERIC = re.compile(r"[\d.,]*")
_NAMES = {
    "detection_precision": "statements found, precision",
    "detection_recall": "statements found, recall",
    "detection_f1": "statements found, F1",
    "statement_f1": "whole statement, F1",
    "category_accuracy": "category",
    "perspective_accuracy": "perspective",
    "reported_accuracy": "reported",
    "domain_accuracy": "first domain",
    "polarity_errors": "polarity, errors",
    "polarity_accuracy": "polarity",
    "certainty_accuracy": "certainty",
    "owner_accuracy": "action point: who",
    "due_accuracy": "action point: when",
    "flags_f1": "flags, F1",
    "domains_not_discussed_f1": "domains not discussed, F1",
    "not_verbatim": "quotes that are not verbatim",
}


class Measurement(Record):
    """The figures of one way to extract, on one corpus.

    `corpus` is "train" (each conversation read with what was learned from the others) or "samples";
    `by` tells whether the patterns, the readers or both decided.
    """

    corpus: Literal["train", "samples"]
    by: Decider
    figures: Figures


class Learned(Record):
    """What was measured when the weights were learned: `docs/quality.json`.

    `words_per_second` is over the samples, on one core, with everything on; `shipped_mb` the size of the
    model and the tables that come along, `memory_mb` the most that a process held while it extracted.
    """

    conversations: int
    statements: int
    measurements: tuple[Measurement, ...]
    words_per_second: float
    shipped_mb: float
    memory_mb: float

    def figures(self, corpus: str, by: str) -> Figures | None:
        """The figures of one corpus and one way to extract, where they were measured."""
        found = (each.figures for each in self.measurements if (each.corpus, each.by) == (corpus, by))
        return next(found, None)


class Read(NamedTuple):
    """An annotated conversation and what was found in it."""

    name: str
    gold: Gold
    conversation: Conversation
    findings: Findings

    def pairs(self) -> list[tuple[Annotation, Statement | None]]:
        """Every required statement with the one that was found for it."""
        found = self.findings.statements
        pairs = pair_quotes(
            [statement.quote for statement in self.gold.statements],
            [statement.quote for statement in found],
        )
        return [
            (statement, found[pairs[position]] if position in pairs else None)
            for position, statement in enumerate(self.gold.statements)
            if not statement.optional
        ]


def read_corpus(folder: Path, settings: Settings) -> list[Read]:
    """Extracts every annotated conversation (`NAME.gold.json`) of a folder."""
    reads = []
    for path in sorted(folder.glob("*.gold.json")):
        gold = Gold.model_validate_json(path.read_bytes())
        extraction = extract(folder / gold.source, Options(), settings)
        name = path.name.removesuffix(".gold.json")
        reads.append(Read(name, gold, extraction.conversation, extraction.findings))
    return reads


def figures_of(reads: Iterable[Read]) -> Figures:
    """The scores over all conversations."""
    return score(
        Case(read.name, read.gold, read.conversation.text, to_gold_shape(read.findings)) for read in reads
    )


def totals(samples: Figures, train: Figures | None, floors: Floors) -> str:
    """The figures over all conversations, beside those of training and the floors."""
    values, learned = named_figures(samples), named_figures(train) if train else {}
    least = floors.least | floors.most
    return _table(
        ("", "samples", "train, left out", "floor"),
        (
            (label, _number(values[name]), _number(learned.get(name)), _number(least.get(name)))
            for name, label in _NAMES.items()
        ),
    )


def ways(samples: Figures, learned: Learned) -> str:
    """What the patterns give, what the readers give, and what both give."""
    names = ("detection_f1", "statement_f1", "category_accuracy", "domain_accuracy", "flags_f1")
    rows = []
    for corpus in ("samples", "train"):
        for by in ("patterns", "readers", "both"):
            live = (corpus, by) == ("samples", "both")
            figures = samples if live else learned.figures(corpus, by)
            values = named_figures(figures) if figures else {}
            rows.append((corpus, by, *(_number(values.get(name)) for name in names)))
    return _table(("corpus", "decided by", *(_NAMES[name] for name in names)), rows)


def categories(reads: Sequence[Read]) -> str:
    """The confusion table: annotated categories down, what was made of them across."""
    made: dict[str, Counter[str]] = {category: Counter() for category in CATEGORIES}
    for read in reads:
        for gold, found in read.pairs():
            made[gold.category][found.category if found else NOT_FOUND] += 1
    across = (*CATEGORIES, NOT_FOUND)
    f1 = figures_of(reads).category_f1
    return _table(
        ("annotated \\ made of it", *across, "F1"),
        (
            (f"**{gold}**", *(_count(made[gold][name]) for name in across), _number(f1[gold]))
            for gold in CATEGORIES
        ),
    )


def domains(reads: Sequence[Read]) -> str:
    """For each domain: how many statements got a domain of theirs, and how often it was rightly given."""
    wanted, met, given, right = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for gold, found in _found(reads):
        first = found.domains[0]
        wanted[gold.domains[0]] += 1
        given[first] += 1
        met[gold.domains[0]] += first in gold.domains
        right[first] += first in gold.domains
    return _table(
        ("first domain", "annotated", "got an annotated domain", "given", "given rightly"),
        (
            (name, wanted[name], _share(met, wanted, name), given[name], _share(right, given, name))
            for name in DOMAINS
        ),
    )


def flags(reads: Sequence[Read]) -> str:
    """For each type of flag: how many were annotated and raised, recall and precision."""
    figures = figures_of(reads)
    annotated = Counter(flag.type for read in reads for flag in read.gold.flags)
    raised = Counter(flag.type for read in reads for flag in read.findings.flags)
    return _table(
        ("flag", "annotated", "recall", "raised", "precision"),
        (
            (
                kind,
                annotated[kind],
                _number(figures.flag_recall[kind]),
                raised[kind],
                _number(figures.flag_precision[kind]),
            )
            for kind in FLAG_TYPES
        ),
    )


def conversations(reads: Sequence[Read]) -> str:
    """A row for each conversation."""
    rows = zip(reads, figures_of(reads).by_conversation, strict=True)
    return _table(
        ("conversation", "format", "kind", "found", "invented", "missed", "F1"),
        (
            (
                row.name,
                read.conversation.format,
                read.gold.kind,
                row.found,
                row.invented,
                row.missed,
                _number(row.f1),
            )
            for read, row in rows
        ),
    )


def missed(reads: Sequence[Read]) -> str:
    """Where the statements lie that were not found, by their annotated category."""
    places = (TO_REVIEW, "in another statement", "beside one in its turn", "in a turn without any")
    lies: dict[Category, Counter[str]] = {category: Counter() for category in CATEGORIES}
    for read in reads:
        lost = [gold for gold, found in read.pairs() if found is None]
        doubted = pair_quotes([gold.quote for gold in lost], [each.quote for each in read.findings.to_review])
        for position, gold in enumerate(lost):
            lies[gold.category][TO_REVIEW if position in doubted else _place(gold.quote, read)] += 1
    return _table(
        ("annotated as", "missed", *places),
        (
            *((name, counts.total(), *(counts[place] for place in places)) for name, counts in lies.items()),
            _sum_row(lies.values(), places),
        ),
    )


def _place(quote: str, read: Read) -> str:
    statements = read.findings.statements
    turns = [turn for turn in read.conversation.turns if quote in turn.text]
    for turn in turns:
        start = turn.start + turn.text.index(quote)
        if any(each.start < start + len(quote) and start < each.end for each in statements):
            return "in another statement"
    used = {each.turn for each in statements}
    return "beside one in its turn" if any(turn.index in used for turn in turns) else "in a turn without any"


def _sum_row(counts: Iterable[Counter[str]], names: Sequence[str]) -> tuple[object, ...]:
    total = sum(counts, Counter[str]())
    return ("**all**", total.total(), *(total[name] for name in names))


def calibration(reads: Sequence[Read]) -> str:
    """For each tenth of confidence: how many statements have it, and how many of them annotators marked."""
    marked: list[tuple[float, bool]] = []
    for read in reads:
        statements = (*read.findings.statements, *read.findings.to_review)
        pairs = pair_quotes(
            [gold.quote for gold in read.gold.statements], [statement.quote for statement in statements]
        )
        right = set(pairs.values())
        marked += [(statement.confidence, place in right) for place, statement in enumerate(statements)]
    rows = []
    for tenth in range(10):
        inside = [(sure, was) for sure, was in marked if min(int(sure * 10), 9) == tenth]
        if inside:
            mean = sum(sure for sure, _ in inside) / len(inside)
            share = sum(was for _, was in inside) / len(inside)
            rows.append((f"from {tenth / 10}", len(inside), _number(mean), _number(share)))
    return _table(("confidence", "statements", "mean confidence", "share that annotators marked"), rows)


def polarity(reads: Sequence[Read]) -> str:
    """Where a wish was turned round, by category and by direction."""
    turned = [(gold, found) for gold, found in _found(reads) if gold.polarity != found.polarity]
    count = Counter((gold.category, gold.polarity) for gold, _ in turned)
    limits = Counter(
        (gold.category, gold.polarity)
        for gold, found in turned
        if not limit_concepts().isdisjoint(found.topics)
    )
    return _table(
        (
            "category",
            "refused, read as wanted",
            "of a treatment",
            "wanted, read as refused",
            "of a treatment",
        ),
        (
            (
                name,
                *(counts[name, said] for said in ("negated", "affirmed") for counts in (count, limits)),
            )
            for name in CATEGORIES
        ),
    )


def examples(verdicts: Sequence[tuple[Example, str]]) -> str:
    """How many examples of each field of `docs/labels.md` are read right."""
    total = Counter(example.fields for example, _ in verdicts)
    right = Counter(example.fields for example, verdict in verdicts if verdict == RIGHT)
    return _table(
        ("label", "examples", "read right"),
        (
            *((name, total[name], right[name]) for name in total),
            ("**all**", total.total(), right.total()),
        ),
    )


def cost(learned: Learned) -> str:
    """Speed, size and memory, and what was learned from."""
    return _table(
        ("", ""),
        (
            ("learned from, conversations", f"{learned.conversations:,}"),
            ("learned from, statements", f"{learned.statements:,}"),
            ("speed on one core, words/s", f"{learned.words_per_second:,.0f}"),
            ("model and tables, MB", f"{learned.shipped_mb:,.1f}"),
            ("memory while extracting, MB", f"{learned.memory_mb:,.0f}"),
        ),
    )


def fill(page: str, parts: Mapping[str, str]) -> str:
    """The page with each part in its place, between the marks `<!-- NAME -->` and `<!-- end of NAME -->`.

    Raises:
        ValueError: The page has no place for a part.
    """
    for name, part in parts.items():
        before, begins, rest = page.partition(f"<!-- {name} -->\n")
        _, ends, after = rest.partition(f"<!-- end of {name} -->\n")
        if not (begins and ends):
            raise ValueError(f"The page has no place for {name!r}.")
        page = f"{before}{begins}\n{part}\n{ends}{after}"
    return page


def _found(reads: Iterable[Read]) -> list[tuple[Annotation, Statement]]:
    return [(gold, found) for read in reads for gold, found in read.pairs() if found]


def _table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table, with the columns of numbers to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    rules = [
        "---:" if all(_NUMERIC.fullmatch(cell) for cell in column) else "---"
        for column in zip(*cells, strict=True)
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in (headings, rules, *cells))


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _count(value: int) -> str:
    return str(value) if value else ""


def _share(part: Counter[str], whole: Counter[str], name: str) -> str:
    return _number(part[name] / whole[name] if whole[name] else None)


def parts_of(
    reads: Sequence[Read], verdicts: Sequence[tuple[Example, str]], learned: Learned, floors: Floors
) -> dict[str, str]:
    """The written parts of `docs/quality.md`, by the name of their place."""
    figures = figures_of(reads)
    return {
        "totals": totals(figures, learned.figures("train", "both"), floors),
        "ways": ways(figures, learned),
        "categories": categories(reads),
        "domains": domains(reads),
        "flags": flags(reads),
        "polarity": polarity(reads),
        "missed": missed(reads),
        "calibration": calibration(reads),
        "conversations": conversations(reads),
        "examples": examples(verdicts),
        "cost": cost(learned),
    }


def main() -> None:
    """Writes both pages."""
    labels, quality = DOCS / "labels.md", DOCS / "quality.md"
    nlp = load()
    page = labels.read_text("utf-8")
    verdicts = [(example, judge(example, nlp)) for example in read_examples(page)]
    labels.write_text(mark_examples(page, verdicts), "utf-8")
    reads = read_corpus(SAMPLES, Settings())
    learned = Learned.model_validate_json(LEARNED.read_bytes())
    parts = parts_of(reads, verdicts, learned, load_floors(FLOORS))
    quality.write_text(fill(quality.read_text("utf-8"), parts), "utf-8")
    sys.stdout.write(f"{len(reads)} conversations, {len(verdicts)} examples.\n")


if __name__ == "__main__":
    main()
