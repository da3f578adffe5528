"""How fast a draft is made and how much memory that takes: `make bench`.

The conversation of an hour is joined from samples. Cold is a fresh process of the real command, warm is
the next draft in a process that has made one. Memory is the most that the process and the programs it
starts held at one moment, looked at a hundred times a second (Linux only).
"""

from __future__ import annotations

import itertools
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from spacy.language import Language

from benchmarks.documents import measure
from extractors.extract import extract, load, to_docs
from extractors.schema import Conversation
from pipeline.draft import Options, draft
from pipeline.intake import read
from pipeline.settings import Settings

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
HOUR = 9_000  # words


def main() -> None:
    """Measures everything and prints it as tables."""
    samples = [path for path in sorted(SAMPLES.iterdir()) if not path.name.endswith(".gold.json")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        hour = folder / "uur.txt"
        hour.write_text("\n".join(lines(samples, HOUR)) + "\n", "utf-8")
        cold, memory = draft_cold(hour, folder / "cold")
        settings = Settings()

        def draft_here(path: Path) -> None:
            draft(path, folder / "warm", Options(), settings, overwrite=True)

        def draft_samples() -> None:
            for path in samples:
                draft_here(path)

        draft_here(hour)
        warm = seconds(lambda: draft_here(hour))
        batch = seconds(draft_samples)
        conversation = read(hour)
    words = size(conversation)
    show(
        f"A draft of an hour of conversation, {words} words",
        ("", "seconds", "MB"),
        [("cold", f"{cold:.2f}", f"{memory:.0f}"), ("warm", f"{warm:.2f}", "")],
    )
    nlp = load()
    speeds = [(name, f"{words / spent:,.0f}") for name, spent in components(conversation, nlp)]
    show("The components, on that conversation", ("", "words/s"), speeds)
    talks = [read(path) for path in samples]
    show(
        "The extraction of all samples, warm, on one core",
        ("words", "words/s of processor time"),
        [(str(sum(map(size, talks))), f"{extraction(talks, nlp):,.0f}")],
    )
    show(
        "A batch: all samples, warm",
        ("conversations", "documents", "documents/s"),
        [(str(len(samples)), str(2 * len(samples)), f"{2 * len(samples) / batch:.1f}")],
    )
    speed = measure(samples)
    show(
        "From plan to DOCX and PDF, warm, two threads",
        (
            "plans",
            "one plan alone (s)",
            "its processor time (s)",
            "documents/s",
            "processor time / that of pandoc and Typst alone",
        ),
        [
            (
                str(speed.plans),
                f"{speed.one:.2f}",
                f"{speed.processor:.2f}",
                f"{2 * speed.a_second:.1f}",
                f"{speed.ratio:.2f}",
            )
        ],
    )


def lines(samples: list[Path], words: int) -> Iterator[str]:
    """The turns of the samples as dialogue, over and over, until there are that many words."""
    count = 0
    conversations = [read(path) for path in samples]
    for conversation in itertools.cycle(conversations):
        for turn in conversation.turns:
            if count >= words:
                return
            text = " ".join(turn.text.split())
            count += len(text.split())
            yield f"{turn.label or 'Verpleegkundige'}: {text}"


def draft_cold(source: Path, out: Path) -> tuple[float, float]:
    """Wall time (s) and peak memory (MB) of `izp draft` in a fresh process."""
    izp = Path(sys.executable).with_name("izp")
    start, peak = time.perf_counter(), 0.0
    process = subprocess.Popen([izp, "draft", source, "--out", out], stdout=subprocess.DEVNULL)  # noqa: S603  # our own
    while process.poll() is None:
        peak = max(peak, resident(process.pid))
        time.sleep(0.01)
    if process.returncode:
        raise SystemExit(f"izp draft ended with code {process.returncode}")
    return time.perf_counter() - start, peak


def resident(pid: int) -> float:
    """The memory (MB) that a process and the programs it started hold; 0 where there is no /proc."""
    process = Path("/proc", str(pid))
    try:
        pages = int((process / "statm").read_text().split()[1])
        children = (process / "task" / str(pid) / "children").read_text().split()
    except (OSError, IndexError):
        return 0.0
    return pages * resource.getpagesize() / 2**20 + sum(resident(int(child)) for child in children)


def components(conversation: Conversation, nlp: Language) -> Iterator[tuple[str, float]]:
    """The time (s) that each component needs for a conversation, and that of all together."""
    extract(conversation, nlp)
    start = time.perf_counter()
    docs = list(to_docs(conversation, nlp))
    yield "tokenizer", time.perf_counter() - start
    for name, component in nlp.pipeline:
        start = time.perf_counter()
        docs = list(component.pipe(docs) if hasattr(component, "pipe") else map(component, docs))
        yield name, time.perf_counter() - start
    yield "all, with nlp.pipe", seconds(lambda: extract(conversation, nlp))


def extraction(conversations: Sequence[Conversation], nlp: Language) -> float:
    """How many words are read in a second of processor time, once each conversation has been read before."""
    for conversation in conversations:
        extract(conversation, nlp)
    start = time.process_time()
    for conversation in conversations:
        extract(conversation, nlp)
    return sum(map(size, conversations)) / (time.process_time() - start)


def size(conversation: Conversation) -> int:
    """How many words a conversation has."""
    return sum(len(turn.text.split()) for turn in conversation.turns)


def seconds(work: Callable[[], object]) -> float:
    """The wall time that a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def show(title: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Prints a table: the first column is text, the others are numbers."""
    table = Table(title=title, title_justify="left")
    for column, heading in enumerate(headings):
        table.add_column(heading, justify="right" if column else "left")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    main()
