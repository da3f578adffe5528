"""Twenty reviewers at once, for five minutes: what fails, how long they wait, and how much memory it takes.

    python -m benchmarks.load [--minutes M] [--reviewers N] [--plans N] [--statements N] [--database URL]

`izp serve` runs as a process of its own on a new store (an SQLite file, or the empty database of PostgreSQL
that is named). The reviewers come in over the first tenth of the time, each with an account and a session of
its own. They open lists and plans, edit, confirm, move, reject, remark, ratify, resolve, fill in, take back,
and download now and then, with one to three seconds of thought before each of these.

Two times are told for each kind of request: what the reviewer waited, on the same machine and until the whole
answer was there (the reviewers take processor time of that machine as well), and what `izp serve` writes in
its log. The processor time of the web process depends least on what else the machine does. An answer that
another was first (409) is one that a reviewer can go on with; what is neither that nor what was asked for is
an error.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import httpx
from sqlalchemy import func, select

from benchmarks.many_plans import PASSWORD, fill
from benchmarks.processes import spent_by
from extractors.schema import DOMAINS
from pipeline.settings import Settings
from pipeline.store import audit
from pipeline.store.database import look, open_store
from pipeline.store.tables import CorrectionRow

THINKS_S: Final = (1.0, 3.0)
STAYS: Final = (6, 14)
"""So many acts on a plan, at least and at most, before a reviewer goes on to the next."""

ACTS: Final[Mapping[str, int]] = {
    "confirm": 30,
    "edit": 20,
    "move": 10,
    "resolve": 10,
    "reject": 8,
    "undo": 7,
    "fill": 5,
    "remark": 5,
    "ratify": 3,
    "download": 2,
}
"""How often each is done, in proportion."""

PATIENCE_S: Final = 30
_LINE: Final = re.compile(r"[0-9a-f]{12} ([A-Z]+) (\S+) (\d+) (\d+) ms$")


class Answer(NamedTuple):
    """What became of a request: of which kind it was, how long it took, and what came."""

    kind: str
    seconds: float
    status: int


class Server(NamedTuple):
    """A running `izp serve`."""

    url: str
    pid: int
    log: Path


class _Failed(Exception):  # noqa: N818  # it says what is so
    """There was no answer, or not the one that was asked for."""


class Reviewer(threading.Thread):
    """Someone who reviews plans until it is time; `answers` and `wrong` tell how that went.

    `struck_out` holds what any of the reviewers struck out: the screen offers no more to do with that.
    """

    def __init__(self, url: str, login: str, until: float, struck_out: set[str]) -> None:
        super().__init__(name=login)
        self.answers: list[Answer] = []
        self.wrong: list[str] = []
        self._browser = httpx.Client(base_url=url, timeout=PATIENCE_S)
        self._until = until
        self._struck_out = struck_out
        self._chance = random.Random(login)  # noqa: S311  # what is done next
        self._csrf = self._loaded = self._shown = ""

    def run(self) -> None:
        """Signs in, and reviews one plan after the other."""
        try:
            with self._browser:
                time.sleep(self._chance.uniform(0, (self._until - time.monotonic()) / 10))
                self._sign_in()
                while self._is_on():
                    with contextlib.suppress(_Failed):  # it is told in `wrong`; this reviewer goes on
                        self._review(self._choose_plan())
        except Exception as error:
            self.wrong.append(f"{self.name} stopped: {type(error).__name__}")

    def _is_on(self) -> bool:
        return time.monotonic() < self._until

    def _think(self) -> None:
        time.sleep(self._chance.uniform(*THINKS_S))

    def _sign_in(self) -> None:
        self._think()
        page = self._ask("sign-in page", "GET", "/inloggen")
        fields = {"csrf": _token(page), "login": self.name, "wachtwoord": PASSWORD, "naar": "/kinderen"}
        self._ask("sign in", "POST", "/inloggen", fields, expected=303)

    def _choose_plan(self) -> str:
        """Goes by the list and the page of a child, as there is no other way; gives the plan's address."""
        self._think()
        found = self._ask("list", "GET", "/kinderen")
        child = self._chance.choice(re.findall(r"/kinderen/[0-9a-f]{32}", found))
        self._think()
        found = self._ask("child", "GET", child)
        plans: list[str] = re.findall(r"/gesprekken/[0-9a-f]{32}", found)
        return self._chance.choice(plans)

    def _review(self, plan: str) -> None:
        self._think()
        page = self._ask("plan", "GET", plan)
        self._csrf, self._loaded = _token(page), _revision(page)
        self._shown = self._loaded
        may_undo = False
        for _ in range(self._chance.randint(*STAYS)):
            if not self._is_on():
                return
            self._think()
            (kind,) = self._chance.choices(list(ACTS), list(ACTS.values()))
            if kind == "download":
                file = self._chance.choice(("docx", "pdf", "json"))
                self._ask(kind, "GET", f"{plan}/versies/1/{file}")
            elif kind != "undo" or may_undo:
                may_undo = self._act(plan, page, kind)

    def _act(self, plan: str, page: str, kind: str) -> bool:
        """Does something with a statement, a point or a field; tells whether there is something to undo."""
        there = set(re.findall(r'<article class="statement[^>]*id="([sc][0-9a-f]{12})"', page))
        said = self._chance.choice(sorted(there - self._struck_out))
        at = f"{plan}/uitspraken/{said}"
        match kind:
            case "confirm":
                return self._send(kind, f"{at}/bevestigen")
            case "edit":
                words = f"Andere woorden, {self._chance.randint(1, 10**6)}."
                return self._send(kind, f"{at}/wijzigen", {"woorden": words}, self._open(f"{at}/wijzigen"))
            case "move":
                form = self._open(f"{at}/verplaatsen")
                others = [each for each in DOMAINS if f'value="{each}" selected' not in form]
                domain = self._chance.choice(others)
                return self._send(kind, f"{at}/verplaatsen", {"deel": domain, "domein": domain}, form)
            case "reject":
                self._struck_out.add(said)
                form = self._open(f"{at}/schrappen")
                return self._send(kind, f"{at}/schrappen", {"toelichting": "Staat er al."}, form)
            case "remark":
                form = self._open(f"{at}/opmerken")
                return self._send(kind, f"{at}/opmerken", {"woorden": "Vraag dit na."}, form)
            case "undo":
                self._send(kind, f"{plan}/ongedaan")
                return False
            case "resolve":
                point = self._chance.choice(re.findall(r'<article class="point[^>]*id="punt-(\d+)"', page))
                return self._send(kind, f"{plan}/punten/{point}", {"uitkomst": "next_conversation"})
            case "ratify":
                limits = re.findall(r"/uitspraken/(\w+)/bekrachtigen", page)
                return bool(limits) and self._send(
                    kind, f"{plan}/uitspraken/{self._chance.choice(limits)}/bekrachtigen"
                )
            case _:
                field = self._chance.choice(re.findall(rf'"({plan}/velden/[\w-]+)"', page))
                return self._send(kind, field, {"woorden": f"van {self.name}"}, self._open(field))

    def _open(self, path: str) -> str:
        """Opens a form beside the plan, and looks at it for a while."""
        form = self._ask("form", "GET", path, screen=True, expected=(200, 409))
        if self.answers[-1].status == 409:  # another took it out of the plan: this reviewer goes on elsewhere
            raise _Failed
        self._think()
        return form

    def _send(self, kind: str, path: str, fields: Mapping[str, str] | None = None, form: str = "") -> bool:
        """Sends a form as the screen does. Where another was first the reviewer looks, and holds on to it."""
        seen = _seen(form) or self._loaded
        told = {"csrf": self._csrf, "gezien": seen, "toont": self._shown, **(fields or {})}
        answer = self._ask(kind, "POST", path, told, screen=True, expected=(200, 409))
        if self.answers[-1].status == 409 and 'name="gezien"' in answer:
            self._think()
            told |= {"gezien": _seen(answer), "toont": _revision(answer)}
            answer = self._ask(f"{kind} all the same", "POST", path, told, screen=True, expected=(200, 409))
        self._shown = _revision(answer) or self._shown
        return self.answers[-1].status == 200

    def _ask(
        self,
        kind: str,
        method: str,
        path: str,
        fields: Mapping[str, str] | None = None,
        *,
        screen: bool = False,
        expected: int | Sequence[int] = 200,
    ) -> str:
        headers = {"HX-Request": "true"} if screen else {}
        began = time.perf_counter()
        try:
            answer = self._browser.request(method, path, data=fields, headers=headers)
        except httpx.HTTPError as error:
            self.answers.append(Answer(kind, time.perf_counter() - began, 0))
            self.wrong.append(f"{kind}: {type(error).__name__}")
            raise _Failed from None
        self.answers.append(Answer(kind, time.perf_counter() - began, answer.status_code))
        if answer.status_code not in ([expected] if isinstance(expected, int) else expected):
            said = _first(r'id="melding"[^>]*>([^<]*)', answer.text)
            self.wrong.append(f"{kind}: {answer.status_code} {said}".rstrip())
            raise _Failed
        return answer.text


def main() -> None:
    """Measures as the command line asks, and tells what came of it."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.load")
    asked.add_argument("--minutes", type=float, default=5)
    asked.add_argument("--reviewers", type=int, default=20)
    asked.add_argument("--plans", type=int, default=200)
    asked.add_argument("--statements", type=int, default=80)
    asked.add_argument("--database", metavar="URL", help="an empty database of PostgreSQL")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # Said in full, so that what is set for an installation does not lead to its data.
        settings = Settings(
            data_dir=Path(folder), database=given.database, key=None, key_file=None, objects=None
        )
        store = open_store(settings)
        began = time.perf_counter()
        teams = fill(store, given.reviewers, given.plans, given.statements)
        _tell(f"{given.plans} plans of {given.statements} statements in {time.perf_counter() - began:.0f} s")
        logins = [login for team in teams for login in team.logins]
        with _served(settings) as server:
            until, spent = time.monotonic() + 60 * given.minutes, spent_by(server.pid)
            struck_out: set[str] = set()
            reviewers = [Reviewer(server.url, login, until, struck_out) for login in logins]
            for one in reviewers:
                one.start()
            _watch(server.pid, reviewers)
            spent = spent_by(server.pid) - spent
        with look(store) as w:
            is_whole = audit.verify(w).broken_at is None
            corrections = w.session.scalar(select(func.count()).select_from(CorrectionRow)) or 0
        store.engine.dispose()
        answers = [each for one in reviewers for each in one.answers]
        _tell(_table("as the reviewers waited", _by_kind(answers)))
        _tell(_table("as the server tells", _by_route(server.log)))
        wrong = Counter(each for one in reviewers for each in one.wrong)
        if not is_whole:
            wrong["the audit trail is broken"] += 1
        others = sum(each.status == 409 for each in answers)
        _tell(f"{len(answers)} requests, {corrections} corrections; another was first: {others} times")
        each_ms = 1000 * spent / len(answers)
        _tell(f"{spent:.0f} s of processor time in the web process, {each_ms:.0f} ms a request")
        _tell("\n".join(f"{count} x {what}" for what, count in wrong.items()) or "no error")
    raise SystemExit(bool(wrong))


@contextlib.contextmanager
def _served(settings: Settings) -> Iterator[Server]:
    """`izp serve` on a free port, until the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IZP_")}
    told = {"IZP_DATA_DIR": str(settings.data_dir), "IZP_DATABASE": settings.database or ""}
    run = [sys.executable, "-c", "from review.cli import main; main()", "serve", "--port", str(port)]
    log = settings.data_dir / "log"
    with log.open("w") as errors:
        process = subprocess.Popen(  # noqa: S603  # this program
            run, env=kept | told, stdout=subprocess.DEVNULL, stderr=errors
        )
        try:
            _wait_for(port, process)
            yield Server(f"http://127.0.0.1:{port}", process.pid, log)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("izp serve ended")


def _watch(pid: int, reviewers: Sequence[Reviewer]) -> None:
    """Tells every minute what memory the web process and those beside it hold, until all are done."""
    began, minute = time.monotonic(), 0
    while any(one.is_alive() for one in reviewers):
        if time.monotonic() - began >= 60 * minute:
            _tell(f"after {minute} minutes: {_memory(pid)}")
            minute += 1
        time.sleep(0.2)
    _tell(f"at the end: {_memory(pid)}")


def _memory(pid: int) -> str:
    """What a process and the processes that it started hold (Linux only), in MB."""
    started = Path(f"/proc/{pid}/task").glob("*/children")
    beside = [int(child) for path in started for child in path.read_text().split()]
    held = sum(map(_resident, beside))
    return f"{_resident(pid)} MB in the web process, {held} MB in {len(beside)} beside it"


def _resident(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) // 1024 if found else 0


def _by_kind(answers: Iterable[Answer]) -> dict[str, list[float]]:
    found = defaultdict(list)
    for each in answers:
        found[each.kind].append(1000 * each.seconds)
    return found


def _by_route(log: Path) -> dict[str, list[float]]:
    found = defaultdict(list)
    for line in log.read_text().splitlines():
        if told := _LINE.search(line):
            found[f"{told[1]} {told[2]}"].append(float(told[4]))
    return found


def _table(title: str, times: Mapping[str, list[float]]) -> str:
    lines = [f"{title} (ms)".ljust(62) + "".join(f"{name:>8}" for name in ("number", "p50", "p95", "max"))]
    for name, found in sorted(times.items()):
        p95 = statistics.quantiles(found, n=20, method="inclusive")[-1] if len(found) > 1 else found[0]
        told = (len(found), statistics.median(found), p95, max(found))
        lines.append(name.ljust(62) + "".join(f"{value:8.0f}" for value in told))
    return "\n".join(lines)


def _token(page: str) -> str:
    return _first(r'name="csrf" value="([^"]+)"', page)


def _seen(page: str) -> str:
    """What a form tells of the plan that its reader saw."""
    return _first(r'name="gezien" value="([^"]+)"', page)


def _revision(page: str) -> str:
    """Which plan a page shows."""
    return _first(r'name="toont" value="([^"]+)"', page)


def _first(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    return found[1] if found else ""


def _tell(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
