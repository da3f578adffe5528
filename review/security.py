"""What goes around every request: headers, limits on size, what is logged, and what becomes of a failure.

The log holds an id, the method, the pattern of the address, the status and the time that it took: never an
address with what somebody typed in it, nor the text of an exception, for both may hold what a patient said.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
import traceback
import uuid
from collections.abc import Mapping
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.formparsers import MultiPartParser
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from review import errors

log = logging.getLogger("izp.review")

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_YEAR: Final = 31_536_000
_BODY_BYTES: Final = 2 * 1024 * 1024
_FILES: Final = "multipart/form-data"
_ONLY_FILES: Final = re.compile(r"multipart/form-data(; *(boundary=[^;,]+|charset=utf-8))+")
_AROUND_A_FILE: Final = 1024 * 1024
_DIGITS: Final = 12
_PATIENCE_S: Final = 30
_BYTES_A_SECOND: Final = 10_000
_FRAMES: Final = 8

MultiPartParser.spool_max_size = 0
"""A file that is sent stays in memory: whatever of it stands on disk is encrypted."""


class Shield:
    """Stands around the app (ASGI middleware).

    Args:
        app: What it stands around.
        max_bytes: The largest file that may be sent. What comes very slowly is not waited for.
        is_secure: Whether browsers are to come back by https alone.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int, is_secure: bool) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._headers = dict(HEADERS)
        if is_secure:
            self._headers["Strict-Transport-Security"] = f"max-age={_YEAR}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, error_id, status = time.perf_counter(), uuid.uuid4().hex[:12], 0
        scope.setdefault("state", {})["error_id"] = error_id

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
                if status == 408:
                    headers["Connection"] = "close"
            await send(message)

        try:
            await self._answer(scope, receive, send_on)
        except Exception as error:
            log.error("%s failed: %s", error_id, _where(error))
            if not status:
                await errors.failed(Request(scope), error_id)(scope, receive, send_on)
        finally:
            route: Any = scope.get("route")
            log.info(
                "%s %s %s %s %.0f ms",
                error_id,
                scope["method"],
                getattr(route, "path", "-"),
                status,
                (time.perf_counter() - began) * 1000,
            )

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        kind = headers.get("content-type", "").strip().lower()
        holds_files = kind.startswith(_FILES)
        if holds_files and not _ONLY_FILES.fullmatch(kind):
            # In a charset of the sender's choice a form could hold what is no text (half a surrogate pair).
            await errors.problem(Request(scope), 400)(scope, receive, send)
            return
        most = self._max_bytes + _AROUND_A_FILE if holds_files else _BODY_BYTES
        length = headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > _DIGITS or int(length) > most:
            await errors.too_large(Request(scope))(scope, receive, send)
            return
        received, began, is_whole = 0, time.monotonic(), False

        async def receive_some() -> Message:
            nonlocal received, is_whole
            if is_whole:
                return await receive()
            left = _PATIENCE_S + received / _BYTES_A_SECOND - (time.monotonic() - began)
            try:
                message = await asyncio.wait_for(receive(), max(left, 0))
            except TimeoutError:
                raise errors.refusal(408) from None
            is_whole = not message.get("more_body", False)
            received += len(message.get("body", b""))
            if received > most:
                raise errors.refusal(413)
            return message

        await self._app(scope, receive_some, send)


def _where(error: BaseException) -> str:
    """Which exception, and where it came from; without its text."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = " < ".join(f"{each.filename}:{each.lineno} {each.name}" for each in reversed(frames))
    return f"{type(error).__module__}.{type(error).__qualname__} {places}"
