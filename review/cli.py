"""The command `izp` with what only the web app knows: `izp serve`."""

from __future__ import annotations

import contextlib
from typing import Annotated

import typer

from pipeline.cli import app, main
from pipeline.store_cli import failing
from pipeline.terminal import BAD_INPUT, DutchCommand

__all__ = ["main"]


@app.command(cls=DutchCommand)
def serve(
    host: Annotated[
        str, typer.Option("--host", metavar="ADRES", help="Waarop izp luistert; zonder dit alleen hier.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="POORT", help="De poort.", min=1, max=65535)] = 8000,
    without_https: Annotated[
        bool, typer.Option("--zonder-https", help="Ook als anderen op het netwerk dan kunnen meelezen.")
    ] = False,
) -> None:
    """Start de web-app, waarin u gesprekken inlevert en plannen nakijkt en goedkeurt.

    De eerste keer maakt dit de gegevensmap en de sleutel, en noemt het een link voor de eerste beheerder.
    """
    from pydantic import ValidationError

    from review import serving
    from review.settings import ReviewSettings

    try:
        settings = ReviewSettings()
        url = serving.address_of(settings, host, port, without_https=without_https)
    except ValidationError as error:
        # What belongs together and does not fit has no name of its own: that is the hospital's sign-on.
        names = sorted({f"IZP_{(detail['loc'] or ('OIDC_...',))[0]}".upper() for detail in error.errors()})
        typer.echo(f"De instelling {', '.join(names)} klopt niet.", err=True)
        raise typer.Exit(BAD_INPUT) from None
    except serving.ServingError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(BAD_INPUT) from None
    with failing():
        store, lines = serving.open_and_tell(settings, url)
    for line in lines:
        typer.echo(line)
    with contextlib.suppress(KeyboardInterrupt):
        serving.serve(settings, store, url, host, port)
    typer.echo("Gestopt.")
