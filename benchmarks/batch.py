"""How fast, and in how much memory, many plans are put into another template; and that kills lose nothing.

    python -m benchmarks.batch [--plans 100 1000] [--kills 20] [--database URL]

It works on an SQLite file of its own, or on the empty database of PostgreSQL that is named. The plans are
those of the shorter half of the samples, with other words of the same length in each, so that every plan is
another; the first 200 and a third of the others are corrected, and a part of those approved. The bare cost is
that of pandoc and Typst on the same layouts, measured in turns with the whole, a few plans at a time, as
processor time.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import select

from benchmarks.processes import Watch, spent_by, tree
from benchmarks.transactions import transactions
from extractors.extract import extract, load
from pipeline import batch, rerender
from pipeline.corrections import Correction, Kind, correction_id
from pipeline.dossier import Extraction
from pipeline.intake import read
from pipeline.intake.participants_file import ParticipantsFile
from pipeline.plan import Plan, blocking, content_hash
from pipeline.plan.points import point_id, treatment_limits
from pipeline.render import pandoc, pdf
from pipeline.settings import Settings
from pipeline.store import (
    approvals,
    children,
    claims,
    conversations,
    drafts,
    lagging,
    reviews,
    runs,
    templates,
)
from pipeline.store.accounts import add_user
from pipeline.store.audit import Actor
from pipeline.store.children import About
from pipeline.store.database import Store, Work, look, open_store, work
from pipeline.store.documents import KINDS
from pipeline.store.tables import AuditRow, DraftRow
from pipeline.template import MANIFEST, TEMPLATE, Template

SAMPLES: Final = Path(__file__).parents[1] / "samples"
PROCESSES: Final = 2
IN_TURNS: Final = 200
"""On so many plans at most the bare cost is measured: a shared machine is not as fast each second."""

CHECKED: Final = 200
"""Of so many plans at most the records are compared, before and after."""

_WORDS: Final = (
    ("thuis", "samen", "later", "buurt", "graag"),
    ("school", "muziek", "buiten", "nachts", "morgen"),
    ("pijn", "moed", "hoop", "rust", "zorg"),
    ("praten", "spelen", "slapen", "kijken", "zingen"),
)
"""Words of one length that take each other's place."""

_SAID: Final = ("text", "quote", "question", "lead")
"""The fields of a record that hold words of the source."""

_NAMES: Final = ("Sem", "Noor", "Mila", "Tijn", "Liv", "Daan", "Esra", "Bram", "Yara", "Finn")


class Measured(NamedTuple):
    """A run: plans and processes, wall and processor time (s), and the most memory that was held (MB)."""

    plans: int
    processes: int
    seconds: float
    processor: float
    memory: int


def main() -> None:
    """Measures as the command line asks."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.batch")
    asked.add_argument("--plans", type=int, nargs="+", default=[100, 1000], metavar="PLANS")
    asked.add_argument("--kills", type=int, default=0, metavar="TIMES")
    asked.add_argument("--database", metavar="URL", help="an empty database of PostgreSQL")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # Said in full, so that what is set for an installation does not lead to its data.
        settings = Settings(
            data_dir=Path(folder) / "izp", database=given.database, key=None, key_file=None, objects=None
        )
        store = open_store(settings)
        began = time.perf_counter()
        ids = fill(store, max(given.plans))
        _tell(f"{len(ids)} plans in {time.perf_counter() - began:.0f} s; load {os.getloadavg()[0]:.1f}")
        versions = template_versions(store, Path(folder))
        before = records(store, ids[:CHECKED])
        ratio, parts = in_turns(store, settings, ids[:IN_TURNS], next(versions))
        _tell(f"processor time as often as the bare cost: {ratio:.2f} ({parts})")
        _tell(f"{'plans':>7}{'processes':>11}{'s':>8}{'plans/s':>9}{'ms/plan':>9}{'MB':>7}")
        for count, processes in [(min(given.plans), 1), *((count, PROCESSES) for count in given.plans)]:
            one = measure(store, settings, ids[:count], next(versions), processes)
            _tell(
                f"{one.plans:7}{one.processes:11}{one.seconds:8.1f}{one.plans / one.seconds:9.2f}"
                f"{1000 * one.processor / one.plans:9.0f}{one.memory:7}"
            )
        wrong = []
        if given.kills:
            wrong = kill(store, settings, ids[: min(given.plans)], next(versions), given.kills)
        if records(store, ids[:CHECKED]) != before:
            wrong.append("records are other than before")
        corrected = sum(bool(each[1]) for each in before)
        _tell(f"{len(before)} records compared with those of before, {corrected} of them with corrections")
        store.engine.dispose()
    _tell("\n".join(wrong) or "every correction, status and point is as it was; no plan missing, none twice")
    raise SystemExit(bool(wrong))


def fill(store: Store, count: int) -> list[str]:
    """Fills a new store with plans, of which a part is corrected and approved; gives their conversations."""
    chance = random.Random(count)  # noqa: S311  # the same store each time
    found = list(_extractions())
    with work(store) as w:
        nurse = Actor(add_user(w, Actor(), login="nurse", name="N. Vos", role="verpleegkundige").id)
        arts = add_user(w, Actor(), login="arts", name="A. Smit", role="behandelaar", function="arts")
    ids = []
    for number in range(count):
        extraction = _varied(found[number % len(found)], chance)
        name = f"{_NAMES[number % len(_NAMES)]} {number}"
        data = extraction.conversation.text.encode()
        with work(store) as w:
            child = children.add(w, nurse, About(name=name)).id
            handed = conversations.submit(w, nurse, child, f"{name}.txt", data, ParticipantsFile(), len(data))
        with work(store) as w:
            claimed = claims.claim(w, dt.timedelta(minutes=1))
            if claimed is None:
                raise RuntimeError("the store was not empty")
            claims.finish(w, claimed, extraction)
        if number < CHECKED or number % 3 == 0:
            _review(store, Actor(arts.id), handed.id, approves=number % 9 == 0)
        ids.append(handed.id)
    return ids


def _extractions() -> Iterator[Extraction]:
    nlp = load()
    paths = (path for path in sorted(SAMPLES.iterdir()) if not path.name.endswith((".gold.json", ".yaml")))
    talks = sorted((read(path) for path in paths), key=lambda talk: len(talk.text))
    for talk in talks[: len(talks) // 2]:
        yield Extraction(conversation=talk, findings=extract(talk, nlp))


def _varied(extraction: Extraction, chance: random.Random) -> Extraction:
    """The same with other words of the same length, so that every place in the source holds."""
    turned = {word: chance.choice(words) for words in _WORDS for word in words}
    words = re.compile(rf"\b({'|'.join(turned)})\b")

    def other(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: other(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [other(each, key) for each in value]
        return words.sub(lambda word: turned[word[0]], value) if value and key in _SAID else value

    return Extraction.model_validate_json(json.dumps(other(extraction.model_dump(mode="json"))))


def _review(store: Store, arts: Actor, talk: str, *, approves: bool) -> None:
    """Corrects some of a plan, and approves it."""
    with look(store) as w:
        plan = reviews.plan_of(w, talk)
    some = [entry.id for entry in plan.entries[:30:5]]
    acts: list[tuple[Kind, str, str]] = [
        ("edit", some[0], "In andere woorden"),
        ("reject", some[1], ""),
        ("fill", "apotheek", "De Linde"),
        ("remark", some[0], "Nog eens vragen"),
        *(("confirm", name, "") for name in some[2:]),
    ]
    if approves:
        acts += [("ratify", entry.id, "") for entry in treatment_limits(plan)]
    _append(store, arts, talk, acts)
    if not approves:
        return
    with look(store) as w:
        left = blocking(reviews.plan_of(w, talk))
    _append(store, arts, talk, [("resolve", point_id(item.number), "") for item in left])
    with work(store) as w:
        seen = approvals.approvable(w, talk).seen
        approval = approvals.to_approve(w, arts, talk, seen)
        approvals.approve(w, arts, talk, seen, approval, dict.fromkeys(KINDS, b"%PDF"))


def _append(store: Store, actor: Actor, talk: str, acts: Iterable[tuple[Kind, str, str]]) -> None:
    with work(store) as w:
        plan = reviews.plan_of(w, talk)
        told = [
            Correction(
                id=correction_id(plan.fingerprint, kind, target, after),
                kind=kind,
                target=target,
                after=after,
                plan=plan.fingerprint,
            )
            for kind, target, after in acts
        ]
        seen = reviews.last_seen(reviews.dossier(w, talk).corrections)
        reviews.append(w, actor, talk, told, seen)


def template_versions(store: Store, folder: Path) -> Iterator[str]:
    """One version of the template after another, each with a chapter that is called otherwise."""
    text = (TEMPLATE / MANIFEST).read_text()
    for number in range(1, 1000):
        directory = folder / f"sjabloon-{number}"
        shutil.copytree(TEMPLATE, directory)
        told = re.sub(r"(?m)^version: .*$", f"version: 9.0.{number}", text)
        told = told.replace("heading: Waarden, doelen en voorkeuren", f"heading: Wat telt, {number}")
        (directory / MANIFEST).write_text(told)
        with work(store) as w:
            installed = templates.install(w, Actor(), directory)
        yield installed.id


def in_turns(store: Store, settings: Settings, ids: Sequence[str], wanted: str) -> tuple[float, str]:
    """How often the bare cost a plan takes, and both in ms: in turns in this process, as many as are claimed.

    What it costs Typst to let go of a document (`pdf._let_go`), without which memory grows, is in both. It
    also tells the time of the transaction of a plan, and of that since its event in the trail (medians).
    """
    with work(store) as w:
        run = runs.begin(w, Actor(), "rerender", ids, template_id=wanted)
        template = templates.get(w, wanted)
    batch.load(settings)
    whole: list[float] = []
    bare: list[float] = []
    _bare(_planned(store, ids[0], template), template)  # so that neither pays for the start of pandoc
    with transactions(batch._open[0][0].engine) as took:
        for first in range(0, len(ids), batch.SIZE):
            began = _spent()
            batch.part(run.id, batch.SIZE, f"{len(whole):032x}")
            whole.append(_spent() - began)
            bare.append(0.0)
            for talk in ids[first : first + batch.SIZE]:
                plan = _planned(store, talk, template)
                layouts = rerender._layouts(plan, template)
                began = _spent()
                _bare(plan, template, layouts)
                bare[-1] += _spent() - began
    with work(store) as w:
        runs.end(w, run.id)
    batch._open.pop()[0].engine.dispose()
    # The first pay for reading the templates, as each process does once.
    ms = [1000 * sum(times[1:]) / (len(ids) - batch.SIZE) for times in (whole, bare)]
    written, held = (1000 * statistics.median(times) for times in zip(*took, strict=True))
    told = f"{ms[0]:.0f} and {ms[1]:.0f} ms a plan; a transaction {written:.1f} ms, {held:.1f} from its event"
    return ms[0] / ms[1], told


def _spent() -> float:
    """Processor time of this process and all below it (s)."""
    return sum(map(spent_by, tree(os.getpid())))


def _planned(store: Store, talk: str, template: Template) -> Plan:
    with look(store) as w:
        return reviews.plan_in(w, talk, template, drafts.head(w, talk))[1]


def _bare(plan: Plan, template: Template, layouts: tuple[str, str] | None = None) -> None:
    """What pandoc and Typst alone do for the documents of a plan."""
    whole, family = layouts or rerender._layouts(plan, template)
    source, _ = pandoc.convert(whole, template.directory, "typst", "docx")
    pdf.typeset(source, plan, template)
    list(pandoc.convert(family, template.directory, "docx"))


def measure(store: Store, settings: Settings, ids: Sequence[str], wanted: str, processes: int) -> Measured:
    """Puts plans into a template."""
    with work(store) as w:
        run = runs.begin(w, Actor(), "rerender", ids, template_id=wanted)
    began = time.perf_counter()
    process = multiprocessing.get_context("spawn").Process(
        target=_work_off, args=(settings, run.id, processes)
    )
    process.start()
    with Watch(process.pid or 0) as watch:
        process.join()
    seconds = time.perf_counter() - began
    with look(store) as w:
        run = runs.get(w, run.id)
    if run.counts.get("failed") or run.waiting:
        raise RuntimeError(f"not all went well: {dict(run.counts)}")
    return Measured(len(ids), processes, seconds, watch.processor, watch.memory)


def _work_off(settings: Settings, run_id: str, processes: int) -> None:
    """What the command does, in a process of its own."""
    store = open_store(settings)
    batch.work_off(settings, store, run_id, processes)
    store.engine.dispose()


def records(store: Store, ids: Sequence[str]) -> list[tuple[object, ...]]:
    """What each plan is made from and what readers did, whatever template it is in."""
    found: list[tuple[object, ...]] = []
    for talk in ids:
        with look(store) as w:
            first = templates.get(w, _first(w))
            record, plan = reviews.plan_in(w, talk, first, drafts.head(w, talk))
            hashed = content_hash(record.conversation, record.findings, record.corrections)
            states = [(entry.id, entry.words, entry.state, entry.flags) for entry in plan.entries]
            points = [(item.number, item.type, item.resolved) for item in plan.points]
            approvals_of = [one.approval for one in drafts.versions(w, talk) if one.approval]
            found.append((talk, record.corrections, hashed, states, points, approvals_of))
    return found


def _first(w: Work) -> str:
    return min(templates.installed(w), key=lambda one: one.installed_at).id


def kill(store: Store, settings: Settings, ids: Sequence[str], wanted: str, times: int) -> list[str]:
    """Kills the command and all its processes at random moments, and gives it again; says what is wrong."""
    chance = random.Random(time.time_ns())  # noqa: S311  # when, not what
    before, began = _events(store), time.perf_counter()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IZP_")}
    told = {"IZP_DATA_DIR": str(settings.data_dir), "IZP_DATABASE": settings.database or ""}
    command = [sys.executable, "-c", "from review.cli import main; raise SystemExit(main())", "rerender"]
    killed, ended = 0, 1
    while ended:
        with subprocess.Popen(  # noqa: S603  # a fixed command
            command, env=kept | told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            try:
                process.wait(None if killed >= times else chance.uniform(2, 20))
            except subprocess.TimeoutExpired:
                for pid in list(tree(process.pid)):
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                killed += 1
            ended = process.wait()
    _tell(f"killed {killed} times in {time.perf_counter() - began:.0f} s")
    twice = [talk for talk, number in (_events(store) - before).items() if number > 1]
    with look(store) as w:
        lag = lagging.behind_template(w, wanted)
        there = w.session.scalars(select(DraftRow.conversation_id).where(DraftRow.template_id == wanted))
        missing = set(ids).difference(there)
    return [
        f"{len(names)} plans {what}"
        for names, what in ((twice, "done twice"), (lag, "lag behind"), (missing, "missing"))
        if names
    ]


def _events(store: Store) -> Counter[str]:
    """How often each plan was put into a template, by the audit trail."""
    with look(store) as w:
        told = w.session.scalars(select(AuditRow.object).where(AuditRow.action == "rerender"))
        return Counter((name or "").partition("/")[0] for name in told)


def _tell(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
