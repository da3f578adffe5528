"""`izp serve`."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from pipeline.rendering import GIVES_WAY, RENDERERS
from pipeline.store import database, templates
from pipeline.store.errors import StoreError
from pipeline.template import installed_template
from review.serving import ServingError, address_of, open_and_tell
from review.settings import ReviewSettings


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IZP_")}
    return kept | {"IZP_DATA_DIR": str(folder), **more}


def izp(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "import sys; from review.cli import main; sys.exit(main())", *arguments]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.1.2.3"])
def test_this_machine_alone_needs_no_https(tmp_path: Path, host: str) -> None:
    url = address_of(ReviewSettings(data_dir=tmp_path), host, 8000, without_https=False)
    assert url == ("http://[::1]:8000" if host == "::1" else f"http://{host}:8000")


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "::", "izp.example"])  # noqa: S104
@pytest.mark.parametrize("url", [None, "http://izp.example"])
def test_other_machines_do(tmp_path: Path, host: str, url: str | None) -> None:
    settings = ReviewSettings.model_validate({"data_dir": tmp_path, "url": url})
    with pytest.raises(ServingError, match="IZP_URL"):
        address_of(settings, host, 8000, without_https=False)


@pytest.mark.parametrize(
    ("url", "without_https"), [("https://izp.example/", False), ("http://izp.example", True)]
)
def test_the_address_is_the_one_that_people_use(tmp_path: Path, url: str, without_https: bool) -> None:
    settings = ReviewSettings.model_validate({"data_dir": tmp_path, "url": url})
    assert address_of(settings, "10.1.2.3", 8000, without_https=without_https) == url.rstrip("/")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`izp serve` on a new store, and what it says until it answers."""
    command = izp("serve", "--port", str(free_port()))
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(  # noqa: S603
            command, env=environment(tmp_path / "izp"), stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        assert process.stdout
        told = ""
        while "/welkom" not in told:
            told += process.stdout.readline()
            assert process.poll() is None, (tmp_path / "log").read_text()
        yield process, told
        if process.poll() is None:
            process.kill()


def test_a_first_start_makes_the_data_and_tells_where_and_the_link_works(
    served: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    process, told = served
    folder = tmp_path / "izp"
    assert str(folder) in told
    assert str(folder / "sleutel") in told
    assert (folder / "sleutel").stat().st_mode & 0o777 == 0o600
    link = re.search(r"http://127\.0\.0\.1:\d+/welkom\?code=[\w-]+", told)
    assert link
    until = time.monotonic() + 120
    while True:
        try:
            answer = httpx.get(link[0], timeout=120)
            break
        except httpx.TransportError:
            assert time.monotonic() < until
            time.sleep(0.1)
    assert answer.status_code == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(120) == 0  # what is being loaded is finished first
    log = (tmp_path / "log").read_text()
    assert "GET /welkom 200" in log
    assert "code=" not in log


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_who_makes_documents_gives_way(served: tuple[subprocess.Popen[str], str]) -> None:
    process, _ = served
    ours, lowest = os.getpriority(os.PRIO_PROCESS, process.pid), 19
    if ours == lowest:
        pytest.skip("nobody can give way to these tests")
    gives_way = min(lowest, ours + GIVES_WAY)
    behind: set[str] = set()
    until = time.monotonic() + 120
    while len(behind) < RENDERERS and time.monotonic() < until:
        time.sleep(0.1)
        with suppress(FileNotFoundError, ProcessLookupError):  # it ended while it was looked at
            started = Path(f"/proc/{process.pid}/task").glob("*/children")
            beside = {pid for path in started for pid in path.read_text().split()}
            behind = {pid for pid in beside if os.getpriority(os.PRIO_PROCESS, int(pid)) == gives_way}
    assert len(behind) == RENDERERS


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603
        izp("serve"),
        env=environment(tmp_path, IZP_PROXIES="overal", IZP_URL="geen"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "IZP_PROXIES, IZP_URL" in done.stderr


def test_a_store_whose_key_is_gone_is_told(tmp_path: Path) -> None:
    from pipeline.store.database import open_store

    open_store(ReviewSettings(data_dir=tmp_path)).engine.dispose()
    (tmp_path / "sleutel").unlink()
    done = subprocess.run(  # noqa: S603
        izp("serve"), env=environment(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "sleutel" in done.stderr


def test_a_newer_template_that_comes_along_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = installed_template().model_copy(update={"version": "99.0.0"})
    settings = ReviewSettings(data_dir=tmp_path)
    for along, told in ((installed_template(), False), (newer, True)):
        monkeypatch.setattr(templates, "installed_template", lambda along=along: along)
        store, lines = open_and_tell(settings, "http://127.0.0.1:8000")
        store.engine.dispose()
        assert any("99.0.0; installeer het met izp template install" in line for line in lines) is told


def test_a_template_that_cannot_be_used_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = ReviewSettings(data_dir=tmp_path)
    monkeypatch.setattr(database, "_along", lambda: (installed_template(), "0" * 64, b"beschadigd"))
    with pytest.raises(StoreError, match="izp template install"):
        open_and_tell(settings, "http://127.0.0.1:8000")
