"""Documents in a bucket, beside a store in PostgreSQL."""

import multiprocessing
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from pipeline.settings import Settings
from pipeline.store import documents
from pipeline.store.audit import Actor
from pipeline.store.backup import back_up
from pipeline.store.database import Store, look, open_store, work
from pipeline.store.erase import erase
from pipeline.store.objects import UNREACHABLE, Lost, Objects, ObjectsError, open_objects
from pipeline.store.restore import restore
from pipeline.store.sweep import Swept, sweep

pytestmark = pytest.mark.xdist_group("s3")

ADMIN = Actor(origin="opdracht")
WORDS = b"kwartelkoning"
URL = "s3://emmer/izp"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server that speaks S3, with an empty bucket; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        for _ in range(600):
            try:
                httpx.put(f"{address}/emmer").raise_for_status()
                break
            except httpx.TransportError:
                time.sleep(0.1)
        else:
            pytest.fail("the server did not start")
        yield address
        process.kill()


@pytest.fixture
def settings(server: str, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "izp")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "geheim")
    return Settings(data_dir=tmp_path / "izp", database=postgres_url, objects=URL)


def keep(store: Store, talk: str, data: bytes) -> None:
    with work(store) as w:
        for kind in documents.KINDS:
            documents.keep(w, talk, 1, "0a1b2c3d", {kind: data})


def read(store: Store, talk: str) -> list[bytes | None]:
    with look(store) as w:
        return [documents.stored(w, talk, 1, kind, None) for kind in documents.KINDS]


def read_in_process(settings: Settings, talk: str) -> list[bytes | None]:
    store = open_store(settings)
    try:
        return read(store, talk)
    finally:
        store.engine.dispose()


def names(store: Store) -> list[str]:
    assert store.objects is not None
    return [name for some in store.objects.names() for name in some]


def test_documents_are_kept_replaced_backed_up_restored_and_erased(
    store: Store, settings: Settings, child: str, talk: str, tmp_path: Path
):
    keep(store, talk, b"oud")
    keep(store, talk, WORDS)
    assert read(store, talk) == [WORDS] * 3
    assert len(names(store)) == 3
    assert sweep(store) == Swept(0, ())
    back_up(store, ADMIN, tmp_path / "izp.backup")
    store.engine.dispose()
    done = restore(settings, ADMIN, tmp_path / "izp.backup", replace=True)
    assert done.contents.lost == 0
    again = open_store(settings)
    assert read(again, talk) == [WORDS] * 3
    [old] = {name.split("/")[0] for name in names(store)}
    assert sweep(again) == Swept(0, (old,))
    assert erase(again, ADMIN, child) == ()
    assert names(again) == []
    assert len(names(store)) == 3
    again.engine.dispose()


def test_threads_and_other_processes_read_them(store: Store, settings: Settings, talk: str):
    keep(store, talk, WORDS)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda _: read(store, talk), range(8))) == [[WORDS] * 3] * 8
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as processes:
        assert processes.submit(read_in_process, settings, talk).result() == [WORDS] * 3


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Objects]:
    """Documents on a server that takes connections and never answers."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://geheim@127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "izp")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "geheim")
        monkeypatch.setattr("pipeline.store.objects.LIMIT_S", 1)
        yield open_objects(URL, b"")


def test_a_server_that_does_not_answer_is_not_waited_for_without_end(
    nowhere: Objects, caplog: pytest.LogCaptureFixture
):
    begin = time.monotonic()
    with pytest.raises(ObjectsError) as raised:
        nowhere.read("a/b/c")
    assert time.monotonic() - begin < 6
    assert str(raised.value) == UNREACHABLE
    assert raised.value.__context__ is None
    assert "geheim" not in caplog.text


def test_a_bucket_that_is_not_there_takes_nothing(settings: Settings):
    other = open_objects("s3://geen-emmer/izp", b"")
    with pytest.raises(ObjectsError, match=UNREACHABLE):
        other.write({other.new_name(): WORDS})
    with pytest.raises(Lost):
        other.read(other.new_name())


def test_the_address_and_the_key_can_be_given_in_the_way_of_fsspec(
    settings: Settings, server: str, monkeypatch: pytest.MonkeyPatch
):
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    told = {"endpoint_url": server, "key": "izp", "secret": "geheim"}
    monkeypatch.setattr("fsspec.config.conf", {"s3": told})
    objects = open_objects(URL, b"fsspec")
    name = objects.new_name()
    objects.write({name: WORDS})
    assert objects.read(name) == WORDS
