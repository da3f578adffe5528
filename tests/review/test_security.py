"""What goes around every request."""

import asyncio
import logging
import select
import socket
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from pipeline.store import accounts
from pipeline.store.accounts import User
from pipeline.store.database import Store
from review import security
from review.app import create_app
from review.security import HEADERS, Shield
from review.settings import ReviewSettings

from .conftest import Browser, Idle, People

Browsers = Callable[[User | None], Browser]
NAME = "Noor de Wit"


@pytest.mark.parametrize("path", ["/inloggen", "/account", "/er-is-niets", "/static/style.css"])
def test_every_answer_has_the_headers(browser: Browsers, people: People, path: str) -> None:
    answer = browser(people.verpleegkundige).get(path)
    assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)


def test_pages_are_kept_by_no_one_and_files_for_long(browser: Browsers, people: People) -> None:
    one = browser(people.verpleegkundige)
    assert one.get("/account").headers["cache-control"] == "no-store"
    assert "immutable" in one.get("/static/style.css").headers["cache-control"]


def test_browsers_come_back_by_https_where_there_is_https() -> None:
    async def nothing(*_: object) -> None:
        """Is never called."""

    shield = Shield(nothing, max_bytes=1, is_secure=True)
    assert shield._headers["Strict-Transport-Security"].startswith("max-age=")


def test_a_page_holds_no_script_or_style_of_its_own(browser: Browsers, people: People) -> None:
    text = browser(people.verpleegkundige).get("/account").text
    assert "<style" not in text
    assert " style=" not in text
    assert text.count("<script") == text.count('<script src="/static/')


def test_another_host_is_not_answered(browser: Browsers, people: People) -> None:
    assert browser(None).get("/inloggen", headers={"Host": "elders.example"}).status_code == 400


@pytest.mark.parametrize("host", ["izp.example", "[::1]", "127.0.0.1"])
def test_the_own_host_is(store: Store, settings: ReviewSettings, host: str) -> None:
    app = create_app(store, settings, f"http://{host}:8000", drafter=Idle(), renderer=Idle())  # type: ignore[arg-type]
    with TestClient(app) as client:
        assert client.get("/inloggen", headers={"Host": f"{host}:8000"}).status_code == 200


@pytest.mark.parametrize("method", ["length", "stream"])
def test_what_is_too_large_is_refused(browser: Browsers, people: People, method: str) -> None:
    one = browser(people.verpleegkundige)
    body = b"csrf=" + b"a" * 3_000_000
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    content = body if method == "length" else iter([body[:1_500_000], body[1_500_000:]])
    answer = one.post("/account/wachtwoord", content=content, headers=headers)
    assert answer.status_code == 413


def test_only_a_form_with_files_may_be_large(browser: Browsers) -> None:
    sent = {"content": b"[" + b"[]," * 1_000_000 + b"[]]", "headers": {"Content-Type": "application/json"}}
    assert browser(None).post("/api/v1/children", **sent).status_code == 413  # type: ignore[arg-type]


@pytest.mark.parametrize("charset", ["unicode_escape", '"utf-7"', "undefined"])
def test_a_form_in_another_charset_is_not_read(browser: Browsers, people: People, charset: str) -> None:
    one = browser(people.verpleegkundige)
    part = b'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n%s\r\n--b--\r\n'
    for kind, status in ((f"; charset={charset}", 400), ("; charset=UTF-8", 422), ("", 422)):
        headers = {"Content-Type": f"multipart/form-data; boundary=b{kind}"}
        sent = part % one.csrf.encode()
        assert one.post("/account/wachtwoord", content=sent, headers=headers).status_code == status


def test_who_sends_very_slowly_holds_no_one_up_and_is_not_waited_for(
    url: str, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security, "_PATIENCE_S", 1)
    address = ("127.0.0.1", int(url.rpartition(":")[2]))
    head = b"POST /inloggen HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
    head += b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    with ExitStack() as stack:
        slow = [stack.enter_context(socket.create_connection(address, 30)) for _ in range(50)]
        for one in slow:
            one.sendall(head)
        silent, *others = slow
        while not select.select([silent], [], [], 0)[0]:
            assert httpx.get(f"{url}/inloggen", timeout=60).status_code == 200
            for one in others:
                with suppress(ConnectionError):  # it is closed by now
                    one.sendall(b"a")
        told = b"".join(iter(lambda: silent.recv(65536), b""))  # to the end: it is closed
    assert told.startswith(b"HTTP/1.1 408")
    assert "Het versturen duurde te lang" in told.decode()


def test_a_large_file_over_a_slow_line_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    now, read = 0.0, []
    monkeypatch.setattr(security, "time", SimpleNamespace(monotonic=lambda: now, perf_counter=lambda: now))

    async def reads_all(_scope: Scope, receive: Receive, _send: Send) -> None:
        while (message := await receive())["more_body"]:
            read.append(message["body"])

    async def over_a_slow_line() -> Message:
        nonlocal now
        if read:
            now += security._PATIENCE_S + 1
        return {"type": "http.request", "body": b"a" * 30_000, "more_body": len(read) < 2}

    shield = Shield(reads_all, max_bytes=100_000, is_secure=False)
    scope: Scope = {"type": "http", "method": "POST", "headers": []}
    asyncio.run(shield(scope, over_a_slow_line, over_a_slow_line))  # type: ignore[arg-type]  # sends nothing
    assert len(read) == 2


def test_a_file_that_is_sent_is_never_on_disk(
    browser: Browsers, people: People, child: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_disk(*_: object, **__: object) -> None:
        raise AssertionError("on disk")

    monkeypatch.setattr(tempfile, "TemporaryFile", no_disk)
    one = browser(people.verpleegkundige)
    files = {"bestand": ("gesprek.txt", b"Moeder: ja.\n" * 200_000)}
    answer = one.post(f"/kinderen/{child}/gesprekken/wie", files=files, data={"csrf": one.csrf})
    assert answer.status_code == 200


def test_a_failure_shows_an_id_that_the_log_has_and_nothing_else(
    browser: Browsers, people: People, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(NAME)

    monkeypatch.setattr(accounts, "users", fail)
    with caplog.at_level(logging.INFO, logger="izp.review"):
        answer = browser(people.beheerder).get("/beheer/gebruikers")
    assert answer.status_code == 500
    assert NAME not in answer.text + caplog.text
    failed, told = (each for each in caplog.records if each.name == "izp.review")
    assert failed.args
    assert str(failed.args[0]) in answer.text  # type: ignore[index]
    assert "RuntimeError" in failed.getMessage()
    assert "/beheer/gebruikers 500" in told.getMessage()


def test_the_log_holds_no_address_that_somebody_typed(
    browser: Browsers, people: People, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="izp.review"):
        one = browser(people.verpleegkundige)
        one.get(f"/kinderen/{NAME}/team?naam={NAME}")
        one.get(f"/{NAME}")
    assert "Noor" not in caplog.text
    assert "GET /kinderen/{child}/team 404" in caplog.text


def test_the_origin_is_in_the_trail(
    app: FastAPI, browser: Browsers, people: People, trail: Callable[[], list[object]]
) -> None:
    browser(people.verpleegkundige).get("/beheer/gebruikers")
    assert trail()[-1].origin == "testclient"  # type: ignore[attr-defined]
