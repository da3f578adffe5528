"""The commands of `izp template` about the templates in the store: install one, and list them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.store_cli import actor, opened
from pipeline.terminal import BAD_INPUT, DutchCommand, DutchGroup, console_for, print_line

app = typer.Typer(cls=DutchGroup, add_completion=False)


@app.command(cls=DutchCommand)
def install(
    directory: Annotated[
        Path | None,
        typer.Argument(
            metavar="MAP", help="De map van het sjabloon; zonder MAP het sjabloon dat bij izp hoort."
        ),
    ] = None,
) -> None:
    """Installeert een sjabloon voor nieuwe plannen. Plannen die er zijn, blijven zoals ze zijn.

    Een sjabloon is ook een programma: installeer alleen een sjabloon van wie u vertrouwt. Een sjabloon dat er
    al is, wordt opnieuw dat van nieuwe plannen.
    """
    from pipeline.store.database import work
    from pipeline.store.templates import install
    from pipeline.template import TEMPLATE, TemplateError

    try:
        with opened() as store, work(store) as w:
            made = install(w, actor(), directory or TEMPLATE)
    except TemplateError as error:
        for mistake in error.mistakes:
            print_line(console_for(stderr=True), str(mistake))
        print_line(console_for(stderr=True), "Dit sjabloon is niet geïnstalleerd.")
        raise typer.Exit(BAD_INPUT) from None
    _tell(f"Nieuwe plannen krijgen nu sjabloon {made.name} {made.version}.")
    _tell("Plannen die er zijn, zet u over met izp rerender; met --dry-run ziet u eerst wat er verandert.")


@app.command("list", cls=DutchCommand)
def list_all() -> None:
    """Toont de sjablonen die er zijn, en hoeveel plannen elk sjabloon hebben."""
    from pipeline.store.database import look
    from pipeline.store.templates import installed

    with opened() as store, look(store) as w:
        for each in installed(w):
            used = "voor nieuwe plannen" if each.is_current else ""
            told = f"{each.plans} {'plan' if each.plans == 1 else 'plannen'}"
            day = f"geïnstalleerd op {each.installed_at.astimezone():%d-%m-%Y}"
            _tell(", ".join(filter(None, (f"{each.name} {each.version}", told, day, used))))


def _tell(line: str) -> None:
    print_line(console_for(), line)
