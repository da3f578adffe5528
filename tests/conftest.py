"""New stores for the tests, quickly: the tables are made once, on SQLite and on PostgreSQL.

One PostgreSQL server serves the whole run, from the binaries that Debian installs.
"""

import fcntl
import json
import os
import pwd
import secrets
import shlex
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pg8000.native
import pytest
from sqlalchemy import create_engine

from pipeline.settings import Settings
from pipeline.store.database import Store, migrate, open_store, url_of
from pipeline.store.engines import connected
from pipeline.store.tables import Table

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
MISSING = "PostgreSQL is not installed; Debian's package is postgresql"
LONGEST = ("test_flows.py", "test_axe.py", "test_browser.py", "test_render.py", "test_batch.py")
TEMPLATE = "izp_template"
# Set for whoever runs the tests: no proxy before their own servers, and no colours in what they read.
os.environ["no_proxy"] = os.environ["NO_PROXY"] = "127.0.0.1,localhost"
os.environ.pop("FORCE_COLOR", None)
# Whatever changes a table, a trigger or the version of the tables writes one of these rows anew.
TABLES = """
SELECT md5(string_agg(kind || oid || '.' || xmin, ',' ORDER BY kind, oid)) FROM (
    SELECT 'r' AS kind, oid, xmin FROM pg_class UNION ALL SELECT 't', oid, xmin FROM pg_trigger
    UNION ALL SELECT 'c', oid, xmin FROM pg_constraint UNION ALL SELECT 'f', oid, xmin FROM pg_proc
    UNION ALL SELECT 'v', 0, xmin FROM alembic_version) AS row
"""
OTHERS_OUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: a part of the time tests wait for servers and browsers."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with the files that take longest: a run ends no sooner than the last of them."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@pytest.fixture(scope="session")
def open_new_store(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Settings], Store]:
    """Opens a new store as `open_store` does, on SQLite with a copy of tables that were made before."""
    made = Settings(data_dir=tmp_path_factory.mktemp("tables"))
    with connected(url_of(made)) as connection:
        migrate(connection)

    def opened(settings: Settings) -> Store:
        if settings.database is None:
            settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copy(str(url_of(made).database), str(url_of(settings).database))
        return open_store(settings)

    return opened


class Server(NamedTuple):
    """A running server, whose databases are copies of one that has the tables."""

    port: int
    password: str

    def url(self, database: str) -> str:
        return f"postgresql+pg8000://izp:{self.password}@127.0.0.1:{self.port}/{database}"

    def connected(self, database: str) -> pg8000.native.Connection:
        return pg8000.native.Connection(
            "izp", "127.0.0.1", database, self.port, self.password, ssl_context=False
        )

    def command(self, sql: str) -> None:
        with self.connected("postgres") as connection:
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
    name = _new_database(postgres, "template0")
    yield postgres.url(name)
    postgres.command(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def _emptied() -> dict[str, str]:
    """The databases that a test of this process is done with, by name, with what their tables are."""
    return {}


@pytest.fixture
def postgres_url(postgres: Server, _emptied: dict[str, str]) -> Iterator[str]:
    """The URL of a database of its own with the tables of the store, and nothing in them.

    To make one takes a hundred times as long as to empty one, so a database is used again by the next test,
    unless its tables were changed.
    """
    if _emptied:
        name, tables = _emptied.popitem()
    else:
        name = _new_database(postgres, TEMPLATE)
        with postgres.connected(name) as connection:
            tables = connection.run(TABLES)[0][0]
    yield postgres.url(name)
    if _empty(postgres, name, tables):
        _emptied[name] = tables
    else:
        postgres.command(f"DROP DATABASE {name} WITH (FORCE)")


def _new_database(server: Server, template: str) -> str:
    name = f"izp_{secrets.token_hex(8)}"
    server.command(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    return name


def _empty(server: Server, name: str, tables: str) -> bool:
    """Takes all rows out of a database; tells whether its tables are what they were."""
    with server.connected(name) as connection:
        connection.run(OTHERS_OUT)
        try:
            if connection.run(TABLES) != [[tables]]:
                return False
        except pg8000.native.DatabaseError:  # the tables are gone
            return False
        # As a replica: neither the order of the tables nor what may not be deleted counts.
        connection.run("SET session_replication_role = replica")
        for table in Table.metadata.tables:
            connection.run(f"DELETE FROM {table}")  # noqa: S608
    return True


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
        "-c fsync=off -c synchronous_commit=off -c full_page_writes=off "
        "-c autovacuum=off"
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
