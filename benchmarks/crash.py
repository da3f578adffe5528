"""Kills the program at random moments: what it acknowledged must be there, and nothing half.

    python -m benchmarks.crash [ROUNDS] [--database URL]

It works on an SQLite file of its own, or on the empty database of PostgreSQL that is named. In each round a
process hands in conversations, corrects their plans and approves them, and says so after each step, until it
is killed (SIGKILL). In the end the whole store is gone through.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import multiprocessing
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal, NamedTuple

from sqlalchemy import func, select

from extractors.schema import Findings, Flag, Statement, statement_id
from pipeline.corrections import Correction, correction_id
from pipeline.dossier import Extraction
from pipeline.intake import read_data
from pipeline.intake.participants_file import ParticipantsFile
from pipeline.settings import Settings
from pipeline.store import approvals, audit, children, claims, conversations, documents, drafts, reviews
from pipeline.store.accounts import add_user
from pipeline.store.audit import Actor
from pipeline.store.children import About
from pipeline.store.conversations import Status
from pipeline.store.database import Store, Work, look, open_store, work
from pipeline.store.documents import KINDS
from pipeline.store.tables import ApprovalRow, ChildRow, DraftRow

ROUNDS = 200
STEPS = 8
"""A process is killed after so many at most: those of a plan with two versions, and somewhat more."""

STEP_S = 0.1
"""So long after its last step at most: that is about how long a step takes."""

TOGETHER = 3
"""So many corrections are made in one act."""

TALK = """\
Moeder: Ik wil graag dat hij thuis kan zijn, dit is gesprek {number}.
Arts: Een reanimatie doen we niet, als u dat zo wilt.
Moeder: Niet meer reanimeren, dat willen wij niet voor hem.
"""
QUOTES = ("Ik wil graag dat hij thuis kan zijn", "Niet meer reanimeren, dat willen wij niet voor hem")
DOCUMENT = b"%PDF" + bytes(range(256)) * 200


class People(NamedTuple):
    """Who works with the store, and on which child."""

    nurse: Actor
    physician: Actor
    child: str


class Told(NamedTuple):
    """What a process acknowledged: a file by its text, corrections by their ids, a version by its hash."""

    step: Literal["submitted", "corrected", "approved"]
    conversation: str
    what: tuple[str, ...]


def main() -> None:
    """Does as many rounds as the command line asks for, on a store of its own."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.crash")
    asked.add_argument("rounds", type=int, nargs="?", default=ROUNDS, metavar="ROUNDS")
    asked.add_argument("--database", metavar="URL", help="an empty database of PostgreSQL")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # Said in full, so that what is set for an installation does not lead to its data.
        settings = Settings(
            data_dir=Path(folder), database=given.database, key=None, key_file=None, objects=None
        )
        told, wrong = run(settings, given.rounds, seed=time.time_ns())
    lines = [f"killed {given.rounds} times"]
    lines += (f"{step}: {count}" for step, count in Counter(one.step for one in told).items())
    lines += wrong or ["nothing that was acknowledged is missing, nothing is half there"]
    sys.stdout.write("\n".join(lines) + "\n")
    raise SystemExit(bool(wrong))


def run(settings: Settings, rounds: int, seed: int) -> tuple[list[Told], list[str]]:
    """Lets a process work and kills it, over and over: what it acknowledged, and what is wrong after that."""
    store, chance = open_store(settings), random.Random(seed)  # noqa: S311  # when, not what
    people = _people(store)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pipeline.store.approvals"])
    told: list[Told] = []
    wrong: list[str] = []
    for number in range(rounds):
        hears, says = context.Pipe(duplex=False)
        process = context.Process(target=act, args=(settings, people, number, says))
        process.start()
        says.close()
        told += itertools.islice(heard(hears), chance.randint(0, STEPS))
        time.sleep(chance.uniform(0, STEP_S))
        process.kill()
        process.join()
        told += heard(hears)
        hears.close()
        if process.exitcode != -signal.SIGKILL:
            wrong.append(f"process {number} ended by itself")
    with look(store) as w:
        wrong += (*missing(w, told), *halves(w))
    store.engine.dispose()
    return told, wrong


def act(settings: Settings, people: People, number: int, says: Connection) -> None:
    """Works, and says what is done, for as long as it lives."""
    store = open_store(settings)
    for count in itertools.count():
        talk = _submit(store, people, f"{number}.{count}", says)
        _draft(store)
        _correct(store, people.nurse, talk, "edit", says)
        _correct(store, people.physician, talk, "ratify", says)
        _approve(store, people.physician, talk, says)
        _correct(store, people.nurse, talk, "edit", says)


def heard(hears: Connection) -> Iterator[Told]:
    """What a process said before it was killed; the last may be cut off."""
    while True:
        try:
            yield hears.recv()
        except (EOFError, OSError):
            return


def missing(w: Work, told: Sequence[Told]) -> Iterator[str]:
    """What was acknowledged and is not there as it was."""
    for one in told:
        if one.step == "submitted":
            there = conversations.source(w, one.conversation) == one.what[0].encode()
        elif one.step == "corrected":
            known = {each.id for each in reviews.dossier(w, one.conversation).corrections}
            there = known.issuperset(one.what)
        else:
            version = drafts.version(w, one.conversation, 1)
            there = version.approval is not None and version.approval.content_hash == one.what[0]
        if not there:
            yield f"{one.conversation}: {one.step} is lost"


def halves(w: Work) -> Iterator[str]:
    """What was begun and not finished, or does not belong together."""
    if audit.verify(w).broken_at is not None:
        yield "the audit trail is broken"
    if w.session.connection().dialect.name == "sqlite":
        checked = w.session.connection().exec_driver_sql("PRAGMA integrity_check").scalar_one()
        if checked != "ok":
            yield "the database is damaged"
    approved = select(func.count()).select_from(DraftRow).where(DraftRow.state == "approved")
    if w.session.scalar(approved) != w.session.scalar(select(func.count()).select_from(ApprovalRow)):
        yield "approvals do not go with versions"
    for child in w.session.scalars(select(ChildRow.id)).all():
        for status in conversations.of_child(w, child):
            for wrong in _half(w, status):
                yield f"{status.id}: {wrong}"


def _half(w: Work, status: Status) -> Iterator[str]:
    """What is wrong with one conversation; what cannot be opened or put together raises an error."""
    conversations.source(w, status.id)
    versions = drafts.versions(w, status.id)
    if (status.state == "done") != bool(versions):
        yield "its state does not go with its plan"
    for version in versions:
        record = reviews.dossier(w, status.id, version.number)
        reviews.plan_of(w, status.id, version.number)
        if len(record.corrections) != version.corrections:
            yield "corrections are missing"
        if set(Counter(one.act for one in record.corrections).values()) - {TOGETHER}:
            yield "part of an act is missing"
        if version.approval is None:
            continue
        if reviews.content(w, status.id, version) != version.approval.content_hash:
            yield "a version is not what was approved"
        if any(documents.stored(w, status.id, version.number, kind, None) != DOCUMENT for kind in KINDS):
            yield "an approved version lacks documents"


def _people(store: Store) -> People:
    with work(store) as w:
        nurse = Actor(add_user(w, Actor(), login="saskia", name="S. de Wit", role="verpleegkundige").id)
        physician = Actor(
            add_user(w, Actor(), login="karel", name="K. Smit", role="behandelaar", function="arts").id
        )
        return People(nurse, physician, children.add(w, nurse, About(name="Sem de Vries")).id)


def _submit(store: Store, people: People, number: str, says: Connection) -> str:
    text = TALK.format(number=number)
    with work(store) as w:
        handed = conversations.submit(
            w, people.nurse, people.child, f"{number}.txt", text.encode(), ParticipantsFile(), 10_000
        )
    says.send(Told("submitted", handed.id, (text,)))
    return handed.id


def _draft(store: Store) -> None:
    """Drafts what waits, also what a process left that was killed."""
    while True:
        with work(store) as w:
            claimed = claims.claim(w, dt.timedelta(0))
        if claimed is None:
            return
        with look(store) as w:
            data = conversations.source(w, claimed.conversation_id)
        with work(store) as w:
            claims.finish(w, claimed, _found(data))


def _found(data: bytes) -> Extraction:
    talk = read_data(data, "gesprek.txt", latest=dt.date(2026, 11, 23), given=ParticipantsFile())
    places = [(quote, talk.text.index(quote)) for quote in QUOTES]
    statements = tuple(
        Statement(
            id=statement_id(talk.id, start, start + len(quote)),
            quote=quote,
            turn=next(turn.index for turn in talk.turns if turn.start <= start < turn.end),
            start=start,
            end=start + len(quote),
            perspective="parent",
            category="preference",
            domains=("fysiek",),
            topics=("resuscitation",) if "reanimeren" in quote else (),
        )
        for quote, start in places
    )
    limit = Flag(type="treatment_limit", statements=(statements[1].id,), note="Bespreek dit.")
    findings = Findings(conversation=talk.id, statements=statements, flags=(limit,))
    return Extraction(conversation=talk, findings=findings)


def _correct(
    store: Store, actor: Actor, talk: str, kind: Literal["edit", "ratify"], says: Connection
) -> None:
    """Makes some corrections in one act, all of the same statement."""
    with work(store) as w:
        record, plan = reviews.dossier(w, talk), reviews.plan_of(w, talk)
        target = record.findings.statements[kind == "ratify"].id
        act = correction_id(plan.fingerprint, "act", kind)
        several = tuple(
            Correction(
                id=correction_id(plan.fingerprint, kind, target, str(number)),
                kind=kind,
                target=target,
                after=f"Thuis zijn, {number}." if kind == "edit" else "",
                plan=plan.fingerprint,
                act=act,
            )
            for number in range(TOGETHER)
        )
        reviews.append(w, actor, talk, several, reviews.last_seen(record.corrections))
    says.send(Told("corrected", talk, tuple(one.id for one in several)))


def _approve(store: Store, actor: Actor, talk: str, says: Connection) -> None:
    with look(store) as w:
        seen = approvals.approvable(w, talk).seen
        approval = approvals.to_approve(w, actor, talk, seen)
    with work(store) as w:
        approvals.approve(w, actor, talk, seen, approval, dict.fromkeys(KINDS, DOCUMENT))
    says.send(Told("approved", talk, (seen.content_hash,)))


if __name__ == "__main__":
    main()
