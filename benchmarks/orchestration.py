"""What Prefect adds to a run over many plans: `PREFECT_API_URL=... python -m benchmarks.orchestration`.

The same plans are put into one template after another, in turns by `batch.work_off` and by the flow, both in
this process with as many warm processes. The Prefect server must run already.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from benchmarks.batch import fill, template_versions
from benchmarks.processes import Watch
from pipeline import batch
from pipeline.settings import Settings
from pipeline.store import runs
from pipeline.store.audit import Actor
from pipeline.store.database import Store, open_store, work

TURNS: Final = 3


class Cost(NamedTuple):
    """Wall and processor time (s) of a run."""

    seconds: float
    processor: float


def main() -> None:
    """Measures, and prints both and their ratio."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.orchestration")
    asked.add_argument("--plans", type=int, default=400, metavar="PLANS")
    plans = asked.parse_args().plans
    if not os.environ.get("PREFECT_API_URL"):
        sys.exit("Set PREFECT_API_URL to a Prefect server that runs.")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("IZP_DATABASE", "IZP_KEY", "IZP_KEY_FILE", "IZP_OBJECTS"):
            os.environ.pop(name, None)
        os.environ |= {"IZP_DATA_DIR": str(Path(folder) / "izp"), "PREFECT_LOGGING_LEVEL": "WARNING"}
        from pipeline import flows  # Prefect reads its settings when it is imported

        settings = Settings()
        store = open_store(settings)
        ids = fill(store, plans)
        wanted = template_versions(store, Path(folder))
        bare, flow = [], []
        for _ in range(TURNS):
            bare.append(_measured(store, ids, next(wanted), lambda run: batch.work_off(settings, store, run)))
            flow.append(_measured(store, ids, next(wanted), flows.rerender))
        for name, costs in (("in process", bare), ("as a flow", flow)):
            told = f"{median(each.seconds for each in costs):8.1f} s, processor {_processor(costs):8.1f} s"
            sys.stdout.write(f"{plans} plans {name:12}{told}\n")
        seconds = median(each.seconds for each in flow) / median(each.seconds for each in bare)
        sys.stdout.write(
            f"ratio {seconds:.3f}, of processor time {_processor(flow) / _processor(bare):.3f} "
            f"(without the server's own); load {os.getloadavg()[0]:.1f}\n"
        )
        store.engine.dispose()


def _processor(costs: list[Cost]) -> float:
    return median(each.processor for each in costs)


def _measured(store: Store, ids: list[str], wanted: str, act: Callable[[str], object]) -> Cost:
    with work(store) as w:
        run = runs.begin(w, Actor(), "rerender", ids, template_id=wanted)
    with Watch(os.getpid()) as watch:
        began = time.perf_counter()
        act(run.id)
        seconds = time.perf_counter() - began
    with work(store) as w:
        now = runs.end(w, run.id)
    if now.waiting or now.counts.get("failed"):
        raise RuntimeError(f"not all went well: {dict(now.counts)}")
    return Cost(seconds, watch.processor)


if __name__ == "__main__":
    main()
