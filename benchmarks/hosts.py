"""A run over many plans on three machines, of which one is killed: `python -m benchmarks.hosts`.

PostgreSQL, a server that speaks S3 and a Prefect server (its own database on that PostgreSQL) stand on one
host, three workers on three others. The hosts are network namespaces, joined by a bridge, where this machine
lets them be made (as root); else they are processes on this machine. In mid-run one worker is killed, then
the Prefect server, and PostgreSQL is restarted. Then every plan is looked at.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import logging
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pg8000.native  # type: ignore[import-untyped]  # comes without types
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from benchmarks.batch import fill, records
from pipeline.settings import Settings
from pipeline.store import runs, templates
from pipeline.store.audit import Actor
from pipeline.store.database import Store, look, open_store, work
from pipeline.store.keys import new_key
from pipeline.store.lagging import behind_template
from pipeline.store.runs import Run
from pipeline.store.tables import AuditRow, DocumentRow
from pipeline.template import TEMPLATE

WORKERS: Final = ("een", "twee", "drie")
SERVERS: Final = "servers"
LONGEST_S: Final = 3600.0
_DATABASE, _OBJECTS, _PREFECT = 5432, 9000, 4200
_BINARIES: Final = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


class Host:
    """Where programs run: a network namespace, or this machine itself."""

    def __init__(self, namespace: str = "") -> None:
        self._enter = ["ip", "netns", "exec", namespace] if namespace else []
        self._programs: list[subprocess.Popen[bytes]] = []

    def start(self, command: list[str], log: Path, env: dict[str, str]) -> None:
        """Starts a program, whose output is added to a file."""
        with log.open("ab") as told:
            self._programs.append(
                subprocess.Popen(  # noqa: S603  # our own
                    [*self._enter, *command], stdout=told, stderr=told, env=env, start_new_session=True
                )
            )

    def kill(self) -> None:
        """Ends all that runs here at once, as when the power fails."""
        for program in self._programs:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()
        self._programs.clear()

    def stop(self) -> list[int]:
        """Tells all that runs here to stop; gives the exit codes."""
        for program in self._programs:
            program.terminate()
        codes = [program.wait(LONGEST_S) for program in self._programs]
        self._programs.clear()
        return codes


def main() -> None:
    """Sets the hosts up, goes through it all, and ends with an exit code that says whether all was well."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.hosts")
    asked.add_argument("--plans", type=int, default=1000, metavar="PLANS")
    asked.add_argument("--inside", metavar="NAMES", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.inside:
        _go_through(given.plans, "10.77.0.1", [Host(f"{given.inside}-{name}") for name in WORKERS])
        return
    with _namespaces() as names:
        if names is None:
            _tell("No network namespaces here: the hosts are processes on this machine.")
            _go_through(given.plans, "127.0.0.1", [Host() for _ in WORKERS])
            return
        _tell("Hosts: network namespaces, joined by a bridge.")
        again = [sys.executable, "-m", "benchmarks.hosts", "--plans", str(given.plans), "--inside", names]
        command = ["ip", "netns", "exec", f"{names}-{SERVERS}", *again]
        code = subprocess.run(command, check=False).returncode  # noqa: S603  # this program
    sys.exit(code)


@contextlib.contextmanager
def _namespaces() -> Iterator[str | None]:
    """Four namespaces that reach each other and nothing else; None where they cannot be made."""
    names = f"izp{os.getpid()}"
    bridge = f"{names}-{SERVERS}"
    made = []
    try:
        try:
            for host in (SERVERS, *WORKERS):
                _ip("netns", "add", f"{names}-{host}")
                made.append(f"{names}-{host}")
                _ip("-n", f"{names}-{host}", "link", "set", "lo", "up")
            _ip("-n", bridge, "link", "add", "bridge", "type", "bridge")
            _ip("-n", bridge, "addr", "add", "10.77.0.1/24", "dev", "bridge")
            _ip("-n", bridge, "link", "set", "bridge", "up")
            for number, host in enumerate(WORKERS, start=2):
                there = f"{names}-{host}"
                _ip("-n", bridge, "link", "add", host, "type", "veth", "peer", "eth0", "netns", there)
                _ip("-n", bridge, "link", "set", host, "master", "bridge", "up")
                _ip("-n", there, "addr", "add", f"10.77.0.{number}/24", "dev", "eth0")
                _ip("-n", there, "link", "set", "eth0", "up")
        except (OSError, subprocess.CalledProcessError):
            yield None
        else:
            yield names
    finally:
        for name in made:
            _ip("netns", "delete", name)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)  # noqa: S603, S607  # iproute2


def _go_through(plans: int, address: str, hosts: list[Host]) -> None:
    with tempfile.TemporaryDirectory(prefix="izp-hosts-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as another user
        password = secrets.token_hex(16)
        here = Host()
        stack.callback(here.kill)
        postgres = _Postgres(folder / "postgres", address, password)
        stack.callback(postgres.stop)
        env = os.environ | {
            "AWS_ACCESS_KEY_ID": "izp",
            "AWS_SECRET_ACCESS_KEY": password,
            "AWS_ENDPOINT_URL": f"http://{address}:{_OBJECTS}",
            "DO_NOT_TRACK": "1",
            "IZP_DATABASE": f"postgresql+pg8000://izp:{password}@{address}:{_DATABASE}/izp",
            "IZP_KEY": base64.b64encode(new_key()).decode(),
            "IZP_OBJECTS": "s3://izp/documents",
            "PREFECT_API_AUTH_STRING": f"izp:{password}",
            "PREFECT_API_URL": f"http://{address}:{_PREFECT}/api",
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_API_AUTH_STRING": f"izp:{password}",
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": (
                f"postgresql+asyncpg://izp:{password}@{address}:{_DATABASE}/prefect"
            ),
        }
        logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)  # it tells of each lost connection
        os.environ |= env | {"IZP_DATA_DIR": str(folder / SERVERS)}
        here.start(
            [sys.executable, "-m", "moto.server", "-H", address, "-p", str(_OBJECTS)], folder / "s3", env
        )
        _until(lambda: _asked(f"http://{address}:{_OBJECTS}/izp", "PUT"))
        prefect = Host()
        stack.callback(prefect.kill)
        _start_prefect(prefect, address, folder, env)
        store = open_store(Settings())
        stack.callback(store.engine.dispose)
        _tell(f"Filling a store with {plans} plans.")
        ids = fill(store, plans)
        before = records(store, ids)
        wanted = _other_template(store, folder)
        izp = str(Path(sys.executable).parent / "izp")
        for host, worker in zip(hosts, WORKERS, strict=True):
            stack.callback(host.kill)
            own = env | {
                "IZP_DATA_DIR": str(folder / worker),
                "PREFECT_HOME": str(folder / f"{worker}.prefect"),
            }
            host.start([izp, "worker", "--naam", worker], folder / f"{worker}.log", own)
        from pipeline import work_pool  # Prefect reads its settings when it is imported

        _until(lambda: work_pool.online() == len(WORKERS))
        _tell(f"{len(WORKERS)} workers are there.")
        with work(store) as w:
            run = runs.begin(w, Actor(), "rerender", ids, template_id=wanted)
        began = time.monotonic()
        if not work_pool.started(run.kind, run.id):
            raise RuntimeError("no worker took the run up")

        _until(lambda: _done(store, run) > plans // 5)
        hosts[0].kill()
        _tell(f"After {_done(store, run)} plans: worker {WORKERS[0]!r} is killed.")
        _until(lambda: _done(store, run) > 2 * plans // 5)
        prefect.kill()
        _tell(f"After {_done(store, run)} plans: the Prefect server is killed.")
        _until(lambda: _done(store, run) > 3 * plans // 5)
        _start_prefect(prefect, address, folder, env)
        _tell(f"After {_done(store, run)} plans: the Prefect server is back.")
        postgres.restart()
        _tell("PostgreSQL was restarted.")
        _until(lambda: _state(store, run) == "done")
        _tell(f"The run is done, {time.monotonic() - began:.0f} s after it began.")
        codes = [code for host in hosts[1:] for code in host.stop()]
        wrong = list(_wrong(store, run, wanted, before))
        if any(codes):
            wrong.append(f"workers that were told to stop ended with {codes}")
        for each in wrong:
            _tell(f"WRONG: {each}")
        if wrong:
            sys.exit(1)
        _tell(
            f"Right: {plans} plans done, none missing, none twice; the corrections, states and approvals of "
            "each are what they were; its documents are in the object store."
        )


def _wrong(store: Store, run: Run, wanted: str, before: list[tuple[object, ...]]) -> Iterator[str]:
    with look(store) as w:
        now = runs.get(w, run.id)
        behind = behind_template(w, wanted)
        times = Counter(
            (name or "").partition("/")[0]
            for name in w.session.scalars(select(AuditRow.object).where(AuditRow.action == "rerender"))
        )
        here = w.session.scalar(select(func.count()).where(DocumentRow.object.is_(None)))
    if now.waiting or now.counts.get("failed"):
        yield f"not every plan was done: {dict(now.counts)}"
    if behind:
        yield f"{len(behind)} plans are not in the template, or lack documents"
    if len(times) != now.total:
        yield f"{now.total - len(times)} plans were not put into the template"
    if twice := sum(count > 1 for count in times.values()):
        yield f"{twice} plans were done twice"
    if here:
        yield f"{here} documents are not in the object store"
    if before != records(store, [str(each[0]) for each in before]):
        yield "a record is not what it was"


def _done(store: Store, run: Run) -> int:
    with look(store) as w:
        now = runs.get(w, run.id)
    return now.total - now.waiting


def _state(store: Store, run: Run) -> str:
    with look(store) as w:
        return runs.get(w, run.id).state


def _other_template(store: Store, folder: Path) -> str:
    other = folder / "template"
    shutil.copytree(TEMPLATE, other)
    manifest = other / "template.yaml"
    told = re.sub(r"(?m)^version: .*$", "version: 9.0.0", manifest.read_text("utf-8"))
    manifest.write_text(told, "utf-8")
    with work(store) as w:
        return templates.install(w, Actor(), other).id


class _Postgres:
    """A PostgreSQL server with the databases `izp` and `prefect`."""

    def __init__(self, folder: Path, address: str, password: str) -> None:
        self._data, self._control = folder / "data", str(_BINARIES[-1] / "pg_ctl")
        self._user = "postgres" if os.geteuid() == 0 else None  # it does not run as root
        folder.mkdir()
        (folder / "password").write_text(password)
        if self._user:
            owner = pwd.getpwnam(self._user)
            for path in (folder, folder / "password"):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        how = f"-U izp -A scram-sha-256 --pwfile={folder / 'password'} -E UTF8 --locale=C"
        self._run("initdb", "-s", "-o", how)
        with (self._data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all 10.77.0.0/24 scram-sha-256\n")
        options = (
            f"-p {_DATABASE} -c listen_addresses={address} -c unix_socket_directories='' "
            "-c max_connections=300"
        )
        self._options = ["-w", "-l", str(folder / "log"), "-o", options]
        self._run("start", *self._options)
        with pg8000.native.Connection("izp", address, "postgres", _DATABASE, password) as connection:
            for name in ("izp", "prefect"):
                connection.run(f"CREATE DATABASE {name}")

    def restart(self) -> None:
        """Goes down as in a crash, and comes back."""
        self._run("restart", "-m", "immediate", *self._options)

    def stop(self) -> None:
        self._run("stop", "-m", "immediate")

    def _run(self, *words: str) -> None:
        command = [self._control, words[0], "-D", str(self._data), *words[1:]]
        subprocess.run(  # noqa: S603  # PostgreSQL's own
            command,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=self._user,
            cwd="/",
        )


def _start_prefect(host: Host, address: str, folder: Path, env: dict[str, str]) -> None:
    where = ["--host", address, "--port", str(_PREFECT), "--no-ui"]
    host.start([sys.executable, "-m", "prefect", "server", "start", *where], folder / "prefect.log", env)
    _until(lambda: _asked(f"http://{address}:{_PREFECT}/api/health"))


def _asked(url: str, method: str = "GET") -> bool:
    asked = urllib.request.Request(url, method=method)  # noqa: S310  # our own server, by http
    try:
        with urllib.request.urlopen(asked, timeout=5):  # noqa: S310  # the same
            return True
    except OSError:
        return False


def _until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST_S
    while True:
        with contextlib.suppress(SQLAlchemyError):  # the database may be down just now
            if so():
                return
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.2)


def _tell(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
