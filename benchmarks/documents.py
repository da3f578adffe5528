"""How fast plans become documents, beside what pandoc and Typst alone take for the same content.

Both are measured in turns, in one run, as the processor time of this process and of the pandoc processes, so
that what else the machine does weighs on both alike.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from extractors.extract import extract, load
from pipeline.intake import read
from pipeline.plan import Plan, assemble
from pipeline.render import lay_out, pandoc, pdf, render
from pipeline.template import TEMPLATE, load_template

PLANS, THREADS = 200, 2


class Speed(NamedTuple):
    """The plans, wall and processor time (s) of one, plans a second, and how often the bare cost that is."""

    plans: int
    one: float
    processor: float
    a_second: float
    ratio: float


def measure(samples: Iterable[Path]) -> Speed:
    """Renders the plans of the samples, over and over, by two threads."""
    template, nlp = load_template(TEMPLATE), load()
    conversations = [read(path) for path in samples]
    plans = [assemble(one, extract(one, nlp), template) for one in conversations]
    laid_out = {plan.conversation: lay_out(plan, template) for plan in plans}

    def bare(plan: Plan) -> None:
        source, _ = pandoc.convert(laid_out[plan.conversation], template.directory, "typst", "docx")
        pdf.typeset(source, plan, template)

    def whole(plan: Plan) -> None:
        render(plan, template)

    with ThreadPoolExecutor(THREADS) as pool:

        def spent(work: Callable[[Plan], None]) -> tuple[float, float]:
            wall, processor = time.perf_counter(), processor_time(os.getpid())
            list(pool.map(work, plans))
            return time.perf_counter() - wall, processor_time(os.getpid()) - processor

        spent(whole)
        rounds = -(-PLANS // len(plans))
        pairs = [(spent(whole), spent(bare)) for _ in range(rounds)]
    alone = []
    for plan in plans:
        start = time.perf_counter()
        whole(plan)
        alone.append(time.perf_counter() - start)
    return Speed(
        plans=rounds * len(plans),
        one=statistics.median(alone),
        processor=statistics.median(ours for (_, ours), _ in pairs) / len(plans),
        a_second=rounds * len(plans) / sum(wall for (wall, _), _ in pairs),
        ratio=statistics.median(ours / theirs for (_, ours), (_, theirs) in pairs),
    )


def processor_time(pid: int) -> float:
    """The processor time (s) of a process and of the programs that it keeps running (Linux only)."""
    used = sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
    children = [
        int(child)
        for path in Path(f"/proc/{pid}/task").glob("*/children")
        for child in path.read_text().split()
    ]
    return used / os.sysconf("SC_CLK_TCK") + sum(map(processor_time, children))
