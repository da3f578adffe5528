"""What all commands of `izp` share: help in Dutch, exit codes, and how they print."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.settings import Settings

INTERNAL_FAILURE = 1
BAD_INPUT = 2

HELP = "Toont deze uitleg."

NO_SPACE = "De schijf is vol. Maak ruimte vrij en probeer het opnieuw."
NO_ENTRY = (
    "Hier mag izp niet lezen of schrijven. Kies een map waarin dat mag, of vraag de beheerder om toegang."
)

OS_ERRORS = {
    errno.ENOSPC: NO_SPACE,
    errno.EDQUOT: "De ruimte op deze schijf is op. Maak ruimte vrij en probeer het opnieuw.",
    errno.EACCES: NO_ENTRY,
    errno.EPERM: NO_ENTRY,
    errno.EROFS: "Op deze schijf kan niet geschreven worden. Kies een map op een andere schijf.",
    errno.EEXIST: "Waar een map moet staan, staat een bestand. Kies een andere map.",
    errno.ENOTDIR: "Waar een map moet staan, staat een bestand. Kies een andere map.",
    errno.EISDIR: "De naam van het nieuwe bestand is al van een map. Kies een andere map.",
    errno.ENOENT: "Een map of bestand is er niet (meer) en kan niet worden gemaakt. Kies een andere map.",
    errno.ENAMETOOLONG: "De naam van het bestand is te lang. Geef het een kortere naam.",
}


class _Dutch:
    """Writes the help of a command in Dutch, which Typer has no setting for."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        command: Any = self
        parameters = [param for param in command.get_params(ctx) if not param.hidden]
        arguments = [
            (param.metavar, param.help) for param in parameters if param.param_type_name == "argument"
        ]
        options = [
            (f"{param.opts[0]} {param.metavar or ''}", HELP if param.opts[0] == "--help" else param.help)
            for param in parameters
            if param.param_type_name == "option"
        ]
        commands = [
            (name, each.get_short_help_str(limit=100)) for name, each in getattr(self, "commands", {}).items()
        ]
        pieces = ["OPDRACHT"] if commands else [name for name, _ in arguments]
        formatter.write_usage(ctx.command_path, " ".join([*pieces, "[OPTIES]"]), prefix="Gebruik: ")
        formatter.write_paragraph()
        formatter.write_text(command.help)
        for heading, rows in ("Wat u opgeeft", arguments), ("Opdrachten", commands), ("Opties", options):
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)


class DutchGroup(_Dutch, TyperGroup):
    """Commands under one name."""


class DutchCommand(_Dutch, TyperCommand):
    """A command."""


def load_settings() -> Settings:
    """The settings of this installation; ends the command where one is wrong, and names it."""
    from pydantic import ValidationError

    from pipeline.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        names = sorted({f"IZP_{detail['loc'][0]}".upper() for detail in error.errors()})
        typer.echo(f"De instelling {', '.join(names)} klopt niet.", err=True)
        raise typer.Exit(BAD_INPUT) from None


def console_for(*, stderr: bool = False) -> Console:
    """The terminal, or what stands for it."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, soft_wrap=False)


def print_line(console: Console, line: str) -> None:
    """Prints a line as it is, on a narrow terminal too: a path that is cut cannot be copied."""
    console.print(line, soft_wrap=True)
