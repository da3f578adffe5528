"""Trains the shipped Dutch pipeline and writes it, with its scores, beside this module.

    python -m extractors.model.train DATA_DIR

DATA_DIR holds, from the Dutch Universal Dependencies treebanks, `trAB.conllu` (all there is, older annotation
among it), `trA.conllu` (the part in today's annotation), `dev.conllu`, `test_alpino.conllu` and
`test_lassy.conllu`. Both stages are fed in one run: resuming a saved pipeline for the second spoils the
trainable lemmatizer. `talk.conllu`, beside this module, adds what news and encyclopedia lack: questions, "ik"
and "je", the short forms of notes. The same data, seed and machine give the same pipeline.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from spacy import load
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.training.loop import train_while_improving
from spacy.util import load_model_from_config
from thinc.api import Adam, Config, fix_random_seed, warmup_linear

from extractors.language import fast_matrices, load_model

HERE = Path(__file__).parent
SEED = 20
PASSES_ALL, PASSES_CURRENT = 14, 8
"""How often training runs over `trAB`, and after that over `trA`."""
TALK_PER_PASS = 3
WORDS_PER_STEP = 1000
WEIGHTS = {"pos_acc": 0.2, "morph_acc": 0.1, "lemma_acc": 0.2, "dep_uas": 0.2, "dep_las": 0.2, "sents_f": 0.1}
"""What each dev score counts for in choosing the best checkpoint."""
TESTS = {"Alpino": "test_alpino.conllu", "LassySmall": "test_lassy.conllu"}
TREEBANKS = [
    (
        "Alpino",
        "https://github.com/UniversalDependencies/UD_Dutch-Alpino",
        "Daniel Zeman, Zdeněk Žabokrtský, Gosse Bouma, Gertjan van Noord",
    ),
    (
        "LassySmall",
        "https://github.com/UniversalDependencies/UD_Dutch-LassySmall",
        "Gosse Bouma, Gertjan van Noord",
    ),
]
MEASURES = {
    "pos_acc": "UPOS",
    "morph_acc": "morphology",
    "lemma_acc": "lemma",
    "dep_uas": "UAS",
    "dep_las": "LAS",
    "sents_f": "sentences F1",
}
TABLE_BEGINS, TABLE_ENDS = "<!-- scores: written by train.py -->", "<!-- end of scores -->"
QUOTES = [('"', '"'), ("“", "”"), ("‘", "’"), ("'", "'")]


class Token(NamedTuple):
    """A word of a treebank; `head` is its head's place in the sentence, its own for the root, or None."""

    form: str
    lemma: str
    pos: str
    morph: str
    head: int | None
    dep: str
    space: bool


Sentence = tuple[Token, ...]
Stage = tuple[Sequence[Sentence], int]


def read_conllu(path: Path) -> list[Sentence]:
    """Reads a CoNLL-U file; a head may be missing (`_`)."""
    sentences = []
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        rows = [line.split("\t") for line in block.splitlines() if not line.startswith("#")]
        rows = [row for row in rows if row[0].isdecimal()]
        sentences.append(tuple(_token(row, position, len(rows)) for position, row in enumerate(rows)))
    return sentences


def _token(row: list[str], position: int, length: int) -> Token:
    heads = {"_": None, "0": position}
    features = [feature for feature in row[5].split("|") if not feature.startswith("ExtPos=")]
    return Token(
        form=row[1],
        lemma=plain_lemma(row[1], row[2]),
        pos=row[3],
        morph="|".join(features) or "_",
        head=heads[row[6]] if row[6] in heads else int(row[6]) - 1,
        dep=row[7],
        space=position == length - 1 or "SpaceAfter=No" not in row[9],
    )


def plain_lemma(form: str, lemma: str) -> str:
    """The treebanks' lemma without their mark between parts ("op_nemen": "opnemen").

    A particle that stands elsewhere in the sentence is left out: "neemt" has the lemma "nemen", since the
    form alone cannot show whether it is "opnemen" or "aannemen".
    """
    particle, mark, verb = lemma.partition("_")
    if mark and verb and particle.lower() not in form.lower():
        lemma = verb
    return lemma.replace("_", "") or form


def in_lower_case(sentence: Sentence) -> Sentence:
    """The sentence as an automatic transcript without capitals has it."""
    return tuple(token._replace(form=token.form.lower(), lemma=token.lemma.lower()) for token in sentence)


def without(marks: str, sentence: Sentence) -> Sentence:
    """The sentence without these punctuation marks, as far as no other word depends on them."""
    heads = {token.head for place, token in enumerate(sentence) if token.head != place}
    kept = [
        place
        for place, token in enumerate(sentence)
        if token.form not in marks or place in heads or token.head == place
    ] or [0]
    moved = {old: new for new, old in enumerate(kept)}
    return tuple(
        sentence[old]._replace(head=None if (head := sentence[old].head) is None else moved[head], space=True)
        for old in kept
    )


def with_quotes(opening: str, closing: str, sentence: Sentence) -> Sentence:
    """The sentence with other quotation marks than the treebanks' `,, ''`."""
    marks = {",,": opening, "``": opening, "''": closing, '"': closing}
    return tuple(
        token._replace(form=marks[token.form], lemma=marks[token.form]) if token.form in marks else token
        for token in sentence
    )


def as_turns(sentences: Sequence[Sentence], rng: random.Random) -> list[list[Sentence]]:
    """Turns of one to six consecutive sentences, part of them as a transcript or a note writes them."""
    turns = []
    at = 0
    while at < len(sentences):
        size = rng.randint(1, 6)
        turn = list(sentences[at : at + size])
        at += size
        if rng.random() < 0.5:
            quotes = rng.choice(QUOTES)
            turn = [with_quotes(*quotes, sentence) for sentence in turn]
        if rng.random() < 0.15:
            marks = rng.choice([".", ".,", ".,?!:;"])
            turn = [without(marks, sentence) for sentence in turn]
        if rng.random() < 0.2:
            turn = [in_lower_case(sentence) for sentence in turn]
        turns.append(turn)
    return turns


def to_example(nlp: Language, sentences: Sequence[Sentence]) -> Example:
    """The gold annotation of a turn, beside the same text as the pipeline's tokenizer splits it."""
    tokens = [token for sentence in sentences for token in sentence]
    starts = [sum(map(len, sentences[:number])) for number in range(len(sentences))]
    heads = [
        (start, token.head) for start, sentence in zip(starts, sentences, strict=True) for token in sentence
    ]
    parsed = all(head is not None for _, head in heads)
    gold = Doc(
        nlp.vocab,
        words=[token.form for token in tokens],
        spaces=[token.space for token in tokens],
        lemmas=[token.lemma for token in tokens],
        pos=[token.pos for token in tokens],
        morphs=[token.morph for token in tokens],
        heads=[start + head for start, head in heads if head is not None] if parsed else None,
        deps=["ROOT" if token.dep == "root" else token.dep for token in tokens] if parsed else None,
        sent_starts=None if parsed else [place in starts for place in range(len(tokens))],
    )
    return Example(nlp.make_doc(gold.text), gold)


def to_examples(nlp: Language, sentences: Sequence[Sentence], size: int = 10) -> list[Example]:
    """Examples of `size` sentences each, as they stand."""
    return [to_example(nlp, sentences[at : at + size]) for at in range(0, len(sentences), size)]


def batches(
    nlp: Language, stages: Sequence[Stage], talk: Sequence[Sentence], rng: random.Random
) -> Iterator[tuple[int, list[Example]]]:
    """Yields (pass, about `WORDS_PER_STEP` words): the stages' turns, drawn and shuffled anew each pass."""
    number = 0
    for sentences, passes in stages:
        for _ in range(passes):
            turns = as_turns(sentences, rng)
            for _ in range(TALK_PER_PASS):
                turns += as_turns(rng.sample(talk, len(talk)), rng)
            rng.shuffle(turns)
            batch: list[Example] = []
            for turn in turns:
                batch.append(to_example(nlp, turn))
                if sum(map(len, batch)) >= WORDS_PER_STEP:
                    yield number, batch
                    batch = []
            if batch:
                yield number, batch
            number += 1


def train(
    out: Path,
    stages: Sequence[Stage],
    talk: Sequence[Sentence],
    dev: Sequence[Sentence],
    *,
    config: Path,
    seed: int = SEED,
    evaluate_every: int = 250,
    report: Callable[[dict[str, Any]], None] = lambda _: None,
) -> None:
    """Trains a pipeline and writes the checkpoint that scores best on `dev` to the folder `out`.

    Args:
        out: Folder to write; what stands there is overwritten.
        stages: Sentences and how often to run over them, one stage after the other.
        talk: Sentences of conversation, without heads, that go with every pass.
        dev: Sentences that choose the checkpoint.
        config: The pipeline's configuration.
        seed: Of all that is drawn at random.
        evaluate_every: Steps between two evaluations.
        report: Called with the step's figures (spaCy's training info) after each evaluation.
    """
    fix_random_seed(seed)
    rng = random.Random(seed)  # noqa: S311  shuffles sentences, guards nothing
    with fast_matrices():
        nlp = load_model_from_config(Config().from_disk(config), auto_fill=True)
    talk_words = TALK_PER_PASS * sum(map(len, talk))
    words = sum(passes * (sum(map(len, sentences)) + talk_words) for sentences, passes in stages)
    optimizer = Adam(
        warmup_linear(0.001, 250, words // WORDS_PER_STEP + 250),  # type: ignore[arg-type]  # is a generator
        L2=0.01,
        L2_is_weight_decay=True,
        grad_clip=1.0,
        use_averages=True,
    )
    everything = [sentence for sentences, _ in stages for sentence in sentences]
    nlp.initialize(lambda: to_examples(nlp, everything), sgd=optimizer)

    def score() -> tuple[float, dict[str, float]]:
        scores = nlp.evaluate(to_examples(nlp, dev))
        return sum(weight * scores[name] for name, weight in WEIGHTS.items()), scores

    for _, info, best in train_while_improving(
        nlp,
        optimizer,
        batches(nlp, stages, talk, rng),
        score,
        dropout=0.2,
        eval_frequency=evaluate_every,
        accumulate_gradient=1,
        patience=0,
        max_steps=0,
        exclude=[],
        annotating_components=[],
        before_update=None,
    ):
        if best is not None:
            report(info)
        if best:
            with nlp.use_params(optimizer.averages):
                nlp.to_disk(out)


def evaluate(pipeline: Path, sentences: Sequence[Sentence]) -> dict[str, dict[str, float]]:
    """Scores a trained pipeline on a treebank, in per cent and from its own tokens.

    Returns:
        The `MEASURES` of the pipeline as "trained", and "in use": as `load_model` gives it, with the rules
        for sentence ends and the dictionary's lemmas.
    """
    pipelines = {"trained": load(pipeline), "in use": load_model(str(pipeline))}
    scores = {name: nlp.evaluate(to_examples(nlp, sentences)) for name, nlp in pipelines.items()}
    return {
        name: {measure: round(100 * values[measure], 1) for measure in MEASURES}
        for name, values in scores.items()
    }


def write_scores(pipeline: Path, scores: dict[str, dict[str, dict[str, float]]]) -> None:
    """Writes what the pipeline is into its `meta.json`; the scores there, in `scores.json` and the README."""
    meta = json.loads((pipeline / "meta.json").read_text("utf-8"))
    meta |= {
        "name": "izp",
        "version": "1.0.0",
        "description": "Dutch for care notes and conversations: tags, lemmas, sentences, parse",
        "author": "izp",
        "license": "CC BY-SA 4.0",
        "sources": [
            {"name": f"UD Dutch {name}", "url": url, "author": author, "license": "CC BY-SA 4.0"}
            for name, url, author in TREEBANKS
        ],
        "performance": scores,
    }
    _write_json(pipeline / "meta.json", meta)
    _write_json(HERE / "scores.json", scores)
    rows = [
        f"| {treebank} | {name} | " + " | ".join(f"{values[measure]:.1f}" for measure in MEASURES) + " |"
        for treebank, by_name in scores.items()
        for name, values in by_name.items()
    ]
    table = [
        "| test part | pipeline | " + " | ".join(MEASURES.values()) + " |",
        "|---|---|" + "---|" * len(MEASURES),
        *rows,
    ]
    readme = HERE / "README.md"
    before, _, rest = readme.read_text("utf-8").partition(TABLE_BEGINS)
    _, _, after = rest.partition(TABLE_ENDS)
    readme.write_text(
        before + "\n".join([TABLE_BEGINS, "", *table, "", TABLE_ENDS]) + after, encoding="utf-8"
    )


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main(data: Path) -> None:
    """Trains on the treebanks in `data`, and puts the new pipeline in the old one's place when it is done."""
    new, shipped, old = (HERE / name for name in ("nl_izp.new", "nl_izp", "nl_izp.old"))
    stages = [
        (read_conllu(data / "trAB.conllu"), PASSES_ALL),
        (read_conllu(data / "trA.conllu"), PASSES_CURRENT),
    ]
    train(
        new,
        stages,
        read_conllu(HERE / "talk.conllu"),
        read_conllu(data / "dev.conllu"),
        config=HERE / "train.cfg",
        report=lambda info: _say(info["epoch"], info["step"], info["other_scores"]),
    )
    write_scores(new, {name: evaluate(new, read_conllu(data / file)) for name, file in TESTS.items()})
    if shipped.exists():
        shipped.rename(old)
    new.rename(shipped)
    shutil.rmtree(old, ignore_errors=True)


def _say(number: int, step: int, scores: dict[str, float]) -> None:
    figures = "  ".join(f"{label} {100 * scores[measure]:.1f}" for measure, label in MEASURES.items())
    sys.stdout.write(f"pass {number:2}  step {step:5}  {figures}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path, help="folder with the treebank files")
    main(parser.parse_args().data)
