"""Measures what was learned, into `docs/quality.json`: `make figures`.

What was learned is measured on `samples/`, and the way of learning on conversations of the corpus that were
left out: the program is copied, a few conversations are taken out of the corpus of the copy, the copy learns
everything again but the shares of the decision (`patterns/decision.json`), and reads what was taken out; so
on until each was left out once. Everything is read by the patterns alone, by the readers alone and by both.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from extractors.evaluate import Case, Figures, Prediction, score
from extractors.extract import extract, load
from extractors.statements import DECISION, Decision, load_decision
from pipeline.learn.corpus import BY_OTHERS, CONVERSATIONS, Annotated, read_conversations
from pipeline.quality import LEARNED, ROOT, SAMPLES, Decider, Learned, Measurement

PACKAGES = ("extractors", "pipeline", "templates")

PARTS = 4
"""So many times a part of the conversations by others is left out: eleven of 44."""

BOTH: Decider = "both"
ALONE: dict[Decider, dict[str, float]] = {
    "patterns": {"patterns": 1.0, "readers": 0.0, "bias": 0.0, "category": 0.0, "domain": 0.0, "view": 0.0},
    "readers": {"patterns": 0.0, "readers": 1.0, "bias": 0.0, "category": 1e4, "domain": 1e4},
}
"""What is different in the decision where one side decides by itself: an even chance is its threshold."""

Read = tuple[Decider, Case]


def main() -> None:
    """Measures, and writes all figures."""
    samples = list(read_conversations(SAMPLES))
    words_per_second, memory_mb = speed(samples)
    with TemporaryDirectory() as folder:
        copy_program(Path(folder))
        measurements = [*_measurements("samples", read_by_each(samples, SAMPLES, Path(folder)))]
    whole = list(read_conversations())
    left_out = [each for each in whole if BY_OTHERS.fullmatch(each.name)]
    read: list[Read] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for part in pool.map(read_left_out, [left_out[first::PARTS] for first in range(PARTS)]):
            read += part
            sys.stdout.write(f"left out: {len(read) // (len(ALONE) + 1)} of {len(left_out)} conversations\n")
    measurements += _measurements("train", read)
    learned = Learned(
        conversations=len(whole),
        statements=sum(len(each.gold.statements) for each in whole),
        measurements=tuple(measurements),
        words_per_second=words_per_second,
        shipped_mb=_shipped_mb(),
        memory_mb=memory_mb,
    )
    LEARNED.write_text(learned.model_dump_json(indent=1) + "\n", "utf-8")


def speed(annotated: Sequence[Annotated]) -> tuple[float, float]:
    """How many words are extracted in a second of processor time, and the memory that takes in MB."""
    nlp = load()
    spent = []
    for _ in range(3):
        began = time.process_time()
        for each in annotated:
            extract(each.conversation, nlp)
        spent.append(time.process_time() - began)
    words = sum(len(each.conversation.text.split()) for each in annotated)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return round(words / min(spent[1:]), -2), round(memory)


def copy_program(folder: Path, without: Sequence[Annotated] = ()) -> None:
    """Copies the program, its corpus without some of the conversations."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for each in without:
        for path in (folder / CONVERSATIONS.relative_to(ROOT)).glob(f"{each.name}.*"):
            path.unlink()


def read_left_out(left_out: Sequence[Annotated]) -> list[Read]:
    """Conversations of the corpus, as a copy of the program reads them that has learned without them."""
    with TemporaryDirectory() as folder:
        copy_program(Path(folder), without=left_out)
        _run(Path(folder), "-m", "pipeline.learn", "--keep-decision")
        return list(read_by_each(left_out, CONVERSATIONS, Path(folder)))


def read_by_each(annotated: Sequence[Annotated], folder: Path, copy: Path) -> Iterator[Read]:
    """What a copy of the program finds: the patterns alone, the readers alone, and both."""
    for by in (*ALONE, BOTH):
        (copy / DECISION.relative_to(ROOT)).write_text(_decision(by).model_dump_json(), "utf-8")
        out = copy / "found" / by
        sources = [folder / each.conversation.source for each in annotated]
        command = "import sys; from pipeline.cli import main; sys.exit(main())"
        _run(copy, "-c", command, "extract", *map(str, sources), "--out", str(out))
        for each, source in zip(annotated, sources, strict=True):
            found = Prediction.model_validate_json((out / f"{source.stem}.pred.json").read_bytes())
            yield by, Case(each.name, each.gold, each.conversation.text, found)


def _decision(by: Decider) -> Decision:
    """The decision, or what stands in for it where one side decides by itself."""
    return load_decision().model_copy(update={**ALONE[by], "threshold": 0.5} if by in ALONE else {})


def _run(copy: Path, *arguments: str) -> None:
    """Runs Python in the copy of the program, on one core."""
    environment = os.environ | {"PYTHONPATH": str(copy), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, *arguments]
    subprocess.run(command, cwd=copy, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # our own


def _measurements(corpus: Literal["train", "samples"], read: Iterable[Read]) -> Iterator[Measurement]:
    """The figures of each way to read, over all conversations."""
    cases: dict[Decider, list[Case]] = {}
    for by, case in read:
        cases.setdefault(by, []).append(case)
    for by, found in cases.items():
        figures: Figures = score(found).model_copy(update={"by_conversation": ()})
        yield Measurement(corpus=corpus, by=by, figures=figures)


def _shipped_mb() -> float:
    """The size of the model and the tables that come with the program, the corpus left out."""
    folders = (ROOT / "extractors" / "model", ROOT / "extractors" / "patterns")
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    left_out = {CONVERSATIONS.parent.name, "__pycache__"}
    return round(sum(path.stat().st_size for path in files if left_out.isdisjoint(path.parts)) / 1e6, 1)


if __name__ == "__main__":
    main()
