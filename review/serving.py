"""Running the web app: one process that serves, with warm processes beside it that draft and render."""

from __future__ import annotations

import gc
import logging
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlencode, urlsplit

import uvicorn

from pipeline.drafting import Drafter
from pipeline.rendering import Renderer
from pipeline.store import templates, tokens
from pipeline.store.database import Store, look, open_store, work
from review.app import create_app
from review.settings import ReviewSettings
from review.welcome import WELCOME

_GRACE_S: Final = 10

_COLLECTS: Final = (10_000, 2, 100)
"""After so many new objects the youngest are looked at, after so many times two generations, and all."""

_KEPT_S: Final = 75
"""So long a connection is kept that nothing is asked on: longer than a proxy keeps it (a minute, as a rule).

Else something may be asked at the very moment that the connection is closed, and that is lost.
"""

NOT_SAFE: Final = (
    "Op dit adres is izp ook vanaf andere computers te bereiken, en zonder https kan iedereen op het netwerk "
    "meelezen. Zet er een proxy met https voor en noem het adres daarvan in IZP_URL (https://...). Wilt u "
    "het toch zo, geef dan IZP_URL met http:// en de optie --zonder-https."
)


class ServingError(Exception):
    """It cannot be served so; says why and what to do, in Dutch."""


def address_of(settings: ReviewSettings, host: str, port: int, *, without_https: bool) -> str:
    """Where people find the web app.

    Args:
        settings: The settings; with a `url` that is it.
        host: The address to listen on.
        port: The port to listen on.
        without_https: Whether others on the network may read along.

    Raises:
        ServingError: It would be reached from other machines without https, and nobody asked for that.
    """
    is_local = host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)
    if settings.url is None:
        if not is_local:
            raise ServingError(NOT_SAFE)
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    url = str(settings.url).rstrip("/")
    if not is_local and urlsplit(url).scheme != "https" and not without_https:
        raise ServingError(NOT_SAFE)
    return url


def first_link(store: Store, url: str) -> str | None:
    """The link with which the first beheerder makes an account; None where there is one."""
    with work(store) as w:
        secret = tokens.make_first_link(w)
    return f"{url}{WELCOME}?{urlencode({'code': secret})}" if secret else None


def serve(settings: ReviewSettings, store: Store, url: str, host: str, port: int) -> None:
    """Serves until the process is told to stop; then what is being answered is finished.

    Args:
        settings: The settings.
        store: The open store.
        url: Where people find the web app.
        host: The address to listen on.
        port: The port to listen on.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    for name in ("uvicorn", "uvicorn.error", "alembic", "httpx"):
        logging.getLogger(name).setLevel(logging.WARNING)
    with Drafter(settings, store) as drafter, Renderer(settings, store) as renderer:
        app = create_app(store, settings, url, drafter=drafter, renderer=renderer)
        _spare_collections()
        uvicorn.run(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,  # it would hold whole addresses; `security` logs what may be kept
            server_header=False,
            proxy_headers=bool(settings.proxies),
            forwarded_allow_ips=settings.proxies,
            timeout_keep_alive=_KEPT_S,
            timeout_graceful_shutdown=_GRACE_S,
        )


def _spare_collections() -> None:
    """Has the garbage collector look at what is new, and seldom at all there is.

    Nearly all that a request leaves is freed at once (`pages`). What is kept of plans is hundreds of
    thousands of objects without a cycle: to go through them takes long, and everybody waits meanwhile.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTS)


def open_and_tell(settings: ReviewSettings, url: str) -> tuple[Store, list[str]]:
    """Opens the store, and gives the lines that tell whoever starts izp what to know.

    Raises:
        KeysError: The key is missing, or is another.
        StoreError: The store is from a newer version of izp, or its template cannot be used.
    """
    store = open_store(settings)
    try:
        with look(store) as w:
            template, newer = templates.current(w), templates.newer_along(w)
    except BaseException:
        store.engine.dispose()
        raise
    key = "IZP_KEY" if settings.key else str(settings.key_file or settings.data_dir / "sleutel")
    lines = [
        f"izp draait op {url}. Stoppen: Ctrl-C.",
        f"Gegevens:  {'de database van IZP_DATABASE' if settings.database else settings.data_dir}",
        f"Sleutel:   {key}. Bewaar een kopie op een andere plek; zonder sleutel is niets te lezen.",
    ]
    if newer:
        lines.append(
            f"Sjabloon:  {template.name} {template.version}. Bij deze versie van izp hoort {newer.name} "
            f"{newer.version}; installeer het met izp template install."
        )
    if link := first_link(store, url):
        hours = int(tokens.LINK_LASTS.total_seconds() // 3600)
        lines += [
            "",
            f"Er is nog geen beheerder. Open deze link om die te maken (eenmalig, {hours} uur):",
            link,
        ]
    return store, lines


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
