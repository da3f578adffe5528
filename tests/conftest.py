"""A PostgreSQL server for the tests: one for the whole run, from the binaries that Debian installs."""

import fcntl
import json
import os
import pwd
import secrets
import shlex
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pg8000.native
import pytest
from sqlalchemy import create_engine

from pipeline.store.database import migrate

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
MISSING = "PostgreSQL is not installed; Debian's package is postgresql"
TEMPLATE = "izp_template"


class Server(NamedTuple):
    """A running server, whose databases are copies of one that has the tables."""

    port: int
    password: str

    def url(self, database: str) -> str:
        return f"postgresql+pg8000://izp:{self.password}@127.0.0.1:{self.port}/{database}"

    def command(self, sql: str) -> None:
        host, user, database = "127.0.0.1", "izp", "postgres"
        with pg8000.native.Connection(
            user, host, database, self.port, self.password, ssl_context=False
        ) as connection:
            connection.run(sql)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that all workers of a run share; it stops when the last of them ends, in whatever way."""
    if not BINARIES:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    described, users = shared / "postgres.json", shared / "postgres.users"
    with users.open("w") as user:
        with (shared / "postgres.starting").open("w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            fcntl.flock(user, fcntl.LOCK_SH)
            if not described.exists():
                described.write_text(json.dumps(_start(described, users)))
        yield Server(**json.loads(described.read_text()))


@pytest.fixture
def empty_postgres_url(postgres: Server) -> Iterator[str]:
    """The URL of a database of its own without tables."""
    yield from _database(postgres, "template0")


@pytest.fixture
def postgres_url(postgres: Server) -> Iterator[str]:
    """The URL of a database of its own with the tables of the store, and nothing in them."""
    yield from _database(postgres, TEMPLATE)


def _database(server: Server, template: str) -> Iterator[str]:
    name = f"izp_{secrets.token_hex(8)}"
    server.command(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield server.url(name)
    server.command(f"DROP DATABASE {name} WITH (FORCE)")


def _start(described: Path, users: Path) -> dict[str, int | str]:
    """Starts a server in a folder of its own, and a keeper that stops it when nobody holds `users`."""
    folder = Path(tempfile.mkdtemp(prefix="izp-postgres-"))
    password, port = secrets.token_hex(16), _free_port()
    (folder / "password").write_text(password)
    pg_ctl, data = BINARIES[-1] / "pg_ctl", folder / "data"
    as_user: dict[str, str] = {}
    if os.geteuid() == 0:  # PostgreSQL does not run as root
        owner = pwd.getpwnam("postgres")
        as_user = {"user": "postgres", "group": "postgres"}
        for path in (folder, folder / "password"):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    initdb = f"-U izp -A password --pwfile={folder / 'password'} -E UTF8 --locale=C --no-sync"
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200 "
        "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    )
    start = [str(pg_ctl), "start", "-w", "-D", str(data), "-l", str(folder / "log"), "-o", options]
    _run([str(pg_ctl), "initdb", "-s", "-D", str(data), "-o", initdb], **as_user)
    _run(start, **as_user)
    pid = shlex.quote(str(data / "postmaster.pid"))
    stop = f"kill -s INT $(head -n 1 {pid}); while test -e {pid}; do sleep 0.05; done"
    remove = shlex.join(["rm", "-rf", str(described), str(folder)])
    keeper = shlex.join(["flock", "-x", str(users), "sh", "-c", f"{stop}; {remove}"])
    # The keeper is no child of ours: it outlives us.
    _run(["sh", "-c", f"{keeper} >/dev/null 2>&1 &"], start_new_session=True)
    server = Server(port, password)
    server.command(f"CREATE DATABASE {TEMPLATE}")
    engine = create_engine(server.url(TEMPLATE))
    with engine.begin() as connection:
        migrate(connection)
    engine.dispose()
    return server._asdict()


def _run(command: list[str], **how: Any) -> None:
    # Not through a pipe: what is started would hold it open.
    with tempfile.TemporaryFile("w+") as told:
        done = subprocess.run(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=told, stderr=told, cwd="/", check=False, **how
        )
        told.seek(0)
        assert done.returncode == 0, told.read()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
