"""The command `izp worker`."""

from __future__ import annotations

import os
import platform
from typing import Annotated

import typer

from pipeline.terminal import BAD_INPUT, INTERNAL_FAILURE, DutchCommand, DutchGroup, console_for, print_line

NO_SERVER = "Zet PREFECT_API_URL op het adres van de Prefect-server, zoals http://127.0.0.1:4200/api."
UNREACHABLE = (
    "De Prefect-server is niet te bereiken. Kijk PREFECT_API_URL na, en of de server aanstaat. "
    "Vraagt de server een wachtwoord, zet dat dan in PREFECT_API_AUTH_STRING."
)

app = typer.Typer(cls=DutchGroup, add_completion=False)


@app.command(cls=DutchCommand)
def worker(
    name: Annotated[
        str,
        typer.Option("--naam", metavar="NAAM", help="Hoe deze worker heet; anders de naam van de machine."),
    ] = "",
) -> None:
    """Laat deze machine meewerken aan wat bij een Prefect-server klaarstaat.

    Draai dit op elke machine die meewerkt, naast dezelfde database en objectopslag. PREFECT_API_URL zegt waar
    de server is. Stoppen: Ctrl-C; waar hij mee bezig was, gaat op een andere machine of later verder.
    """
    if not os.environ.get("PREFECT_API_URL"):
        print_line(console_for(stderr=True), NO_SERVER)
        raise typer.Exit(BAD_INPUT)

    import httpx

    from pipeline.worker import work_until_told

    try:
        work_until_told(name or platform.node())
    except (httpx.HTTPError, RuntimeError):
        print_line(console_for(stderr=True), UNREACHABLE)
        raise typer.Exit(INTERNAL_FAILURE) from None
    print_line(console_for(), "Gestopt.")
