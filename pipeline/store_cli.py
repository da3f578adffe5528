"""The commands of `izp` that keep the store: backup, restore, keys, export, erasure and the audit trail."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.terminal import (
    BAD_INPUT,
    INTERNAL_FAILURE,
    NO_ENTRY,
    NO_SPACE,
    DutchCommand,
    DutchGroup,
    console_for,
    load_settings,
    print_line,
)

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

    from pipeline.settings import Settings
    from pipeline.store.audit import Actor, Seal, Verdict
    from pipeline.store.backup import Contents, Progress
    from pipeline.store.database import Store

BUSY = "De gegevens zijn bezet door een ander programma. Probeer het zo nog eens."
CORRUPT = "Het bestand met de gegevens is beschadigd. Zet een reservekopie terug met izp restore."
UNREACHABLE = "De database is niet te bereiken. Kijk IZP_DATABASE na, en of de database aanstaat."

SQLITE_ERRORS = {
    sqlite3.SQLITE_FULL: NO_SPACE,
    sqlite3.SQLITE_CANTOPEN: NO_ENTRY,
    sqlite3.SQLITE_PERM: NO_ENTRY,
    sqlite3.SQLITE_READONLY: NO_ENTRY,
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_CORRUPT: CORRUPT,
    sqlite3.SQLITE_NOTADB: CORRUPT,
}

SEAL = "Schrijf het zegel zoals izp audit verify het geeft: een nummer, een dubbele punt en 64 tekens."

app = typer.Typer(cls=DutchGroup, add_completion=False)
key_app = typer.Typer(cls=DutchGroup, help="Beheert de hoofdsleutel.", no_args_is_help=True)
audit_app = typer.Typer(cls=DutchGroup, help="Beheert het logboek.", no_args_is_help=True)
app.add_typer(key_app, name="key")
app.add_typer(audit_app, name="audit")

ChildId = Annotated[
    str, typer.Argument(metavar="KIND", help="Het nummer van het kind in izp: het staat in het adres.")
]


@app.command(cls=DutchCommand)
def backup(
    file: Annotated[Path, typer.Argument(metavar="BESTAND", help="Waar de reservekopie komt.")],
) -> None:
    """Maakt een versleutelde reservekopie van alle gegevens, en kijkt haar na.

    Anderen kunnen gewoon doorwerken. Bewaar de sleutel ergens anders: zonder sleutel is de kopie niet te
    lezen.
    """
    from pipeline.store.backup import back_up

    with opened() as store, _progress("De reservekopie wordt gemaakt") as progress:
        contents = back_up(store, actor(), file, progress)
    _tell(f"De reservekopie is gemaakt en nagekeken: {sum(contents.head.rows.values())} regels.")
    _tell_contents(contents)


@app.command(cls=DutchCommand)
def restore(
    file: Annotated[Path, typer.Argument(metavar="BESTAND", help="De reservekopie.")],
    replace: Annotated[
        bool,
        typer.Option("--vervang", help="Ook als er al gegevens zijn; die blijven apart bewaard."),
    ] = False,
) -> None:
    """Zet een reservekopie terug, in zijn geheel of niet. Stop eerst izp serve."""
    from pipeline.store.restore import restore as put_back

    with failing(), _progress("De reservekopie wordt teruggezet") as progress:
        restored = put_back(load_settings(), actor(), file, replace=replace, progress=progress)
    head = restored.contents.head
    _tell(f"Teruggezet: de gegevens van {head.made_at:%d-%m-%Y %H:%M} UTC, {sum(head.rows.values())} regels.")
    if restored.aside:
        _tell(f"De gegevens van hiervoor zijn apart bewaard: {restored.aside}. Gooi ze weg als dat kan.")
    _tell_contents(restored.contents)


@app.command(cls=DutchCommand)
def export(
    child: ChildId,
    out: Annotated[Path, typer.Option("--out", metavar="MAP", help="De nieuwe map voor de gegevens.")],
) -> None:
    """Schrijft alles wat van een kind bewaard wordt in een map, leesbaar zonder izp."""
    from pipeline.store.export import export as write_out

    with opened() as store:
        write_out(store, actor(), child, out)
    _tell(f"Alles van dit kind staat in {out}. Begin met LEESMIJ.txt.")


@app.command(cls=DutchCommand)
def erase(
    child: ChildId,
    sure: Annotated[bool, typer.Option("--ja", help="Vraagt niet om de naam van het kind.")] = False,
) -> None:
    """Wist alles wat van een kind bewaard wordt. Dat kan niet ongedaan worden gemaakt."""
    from pipeline.run_report import forget
    from pipeline.store.erase import erase as erase_child
    from pipeline.store.restore import kept_aside

    settings = load_settings()
    with opened(settings) as store:
        if not sure:
            _ask_name(store, child)
        missing = erase_child(store, actor(), child)
        forget(settings, child)
        aside = kept_aside(settings)
    _tell("Alles van dit kind is gewist. In het logboek staat alleen dat het gebeurd is.")
    _tell("Reservekopieën van hiervoor bevatten het kind nog: bewaar ze niet langer dan nodig.")
    for name in missing:
        _tell(f"Dit document stond niet in de opslag: {name}. Staat het ergens anders, gooi het daar weg.")
    for name in aside:
        _tell(f"Ook deze oude gegevens bevatten het kind nog: {name}. Gooi ze weg.")


@app.command(cls=DutchCommand)
def sweep() -> None:
    """Ruimt bestanden op die na een storing in de opslag van documenten bleven staan (IZP_OBJECTS)."""
    from pipeline.store.sweep import sweep as sweep_up

    with opened() as store:
        swept = sweep_up(store)
    if swept is None:
        _tell("Alle documenten staan in de database: er is niets op te ruimen.")
        return
    _tell(f"Opgeruimd: {swept.removed} bestanden die bij geen plan horen.")
    for name in swept.others:
        _tell(f"De map {name} in de opslag is van andere gegevens. Gooi hem weg als die er niet meer zijn.")


@key_app.command("rotate", cls=DutchCommand)
def rotate_key() -> None:
    """Vervangt de hoofdsleutel door een nieuwe. Stop eerst izp serve."""
    from pipeline.store.rotation import rotate

    with failing():
        rotated = rotate(load_settings(), actor())
    if rotated.wrapped is None:
        _tell("Zet IZP_KEY op de nieuwe en de oude sleutel samen, en geef deze opdracht nog eens:")
        _tell(f"IZP_KEY={rotated.setting}")
        return
    _tell(f"De hoofdsleutel is nieuw; {rotated.wrapped} sleutels zijn ermee vergrendeld.")
    if rotated.setting:
        _tell("Zet IZP_KEY nu op de nieuwe sleutel alleen, en start izp serve:")
        _tell(f"IZP_KEY={rotated.setting}")
    else:
        _tell("Maak een kopie van het nieuwe sleutelbestand en bewaar die apart. Start izp serve.")
        _tell(f"De oude sleutel staat in {rotated.kept}: oudere reservekopieën openen alleen daarmee.")


@audit_app.command("verify", cls=DutchCommand)
def verify_audit(
    seal: Annotated[
        str | None,
        typer.Option("--zegel", metavar="ZEGEL", help="Een zegel dat deze opdracht eerder gaf."),
    ] = None,
) -> None:
    """Kijkt of er aan het logboek niets is veranderd, weggehaald of toegevoegd.

    Bewaar het zegel dat u krijgt: met --zegel ziet u de volgende keer ook of er aan het einde iets is
    weggehaald.
    """
    from pipeline.store import audit
    from pipeline.store.database import look

    earlier = _seal(seal) if seal else None
    with opened() as store, look(store) as w:
        verdict = audit.verify(w, earlier)
    _tell_trail(verdict)
    _tell(f"Het logboek klopt: {verdict.events} gebeurtenissen.")
    if verdict.events:
        _tell(f"Zegel: {verdict.seal.number}:{verdict.seal.mac}")


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Store]:
    """The store for a command, which ends with a sentence where there is none, or it fails (`failing`)."""
    from pipeline.store.database import open_store

    with failing():
        store = open_store(settings or load_settings(), make=False)
        try:
            yield store
        finally:
            store.engine.dispose()


@contextmanager
def failing() -> Iterator[None]:
    """Ends the command with the store's own sentence, or one about what the database could not do."""
    from sqlalchemy.exc import DBAPIError

    from pipeline.store.errors import StoreError
    from pipeline.store.keys import KeysError
    from pipeline.store.objects import ObjectsError

    try:
        yield
    except (StoreError, KeysError, ObjectsError) as error:
        sentence, code = str(error), BAD_INPUT
    except DBAPIError as error:
        sentence, code = _of_database(error), INTERNAL_FAILURE
    else:
        return
    print_line(console_for(stderr=True), sentence)
    raise typer.Exit(code)


def _of_database(error: DBAPIError) -> str:
    if isinstance(error.orig, sqlite3.Error):
        number = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # without what details it
        if number in SQLITE_ERRORS:
            return SQLITE_ERRORS[number]
    elif error.connection_invalidated or type(error.orig).__name__ == "InterfaceError":
        return UNREACHABLE
    raise error


@contextmanager
def _progress(what: str) -> Iterator[Progress]:
    from rich.progress import BarColumn, Progress, TextColumn

    console = console_for(stderr=True)
    columns = (BarColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task(what, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def _ask_name(store: Store, child_id: str) -> None:
    from pipeline.store import children
    from pipeline.store.database import look

    with look(store) as w:
        name = children.get(w, child_id).about.name
    typed = typer.prompt("Typ de naam van het kind over om te wissen", default="", show_default=False)
    if typed.strip().casefold() != name.casefold():
        print_line(console_for(stderr=True), "Dat is niet de naam van dit kind. Er is niets gewist.")
        raise typer.Exit(BAD_INPUT)


def _seal(told: str) -> Seal:
    from pipeline.store.audit import Seal

    number, _, mac = told.partition(":")
    if not (number.isdecimal() and len(mac) == 64):
        print_line(console_for(stderr=True), SEAL)
        raise typer.Exit(BAD_INPUT)
    return Seal(int(number), mac)


def _tell(line: str) -> None:
    print_line(console_for(), line)


def _tell_contents(contents: Contents) -> None:
    """Ends the command where the backup is not what it should be."""
    _tell_trail(contents.trail)
    if contents.lost:
        line = (
            f"Van goedgekeurde plannen ontbreken {contents.lost} documenten: ze staan niet meer zoals ze "
            "waren in de opslag (IZP_OBJECTS). Haal ze uit een oudere reservekopie, of herstel de opslag."
        )
        print_line(console_for(stderr=True), line)
        raise typer.Exit(INTERNAL_FAILURE)


def _tell_trail(verdict: Verdict) -> None:
    """Ends the command where the audit trail was tampered with."""
    if verdict.broken_at is None:
        return
    line = (
        f"Aan het logboek is geknoeid: gebeurtenis {verdict.broken_at} klopt niet of ontbreekt. "
        f"De {verdict.events} ervoor kloppen. Waarschuw wie over de informatiebeveiliging gaat."
    )
    print_line(console_for(stderr=True), line)
    raise typer.Exit(INTERNAL_FAILURE)


def actor() -> Actor:
    """Who runs the command: nobody with an account; the name that the machine knows."""
    from pipeline.store.audit import Actor

    return Actor(origin=f"opdracht, gebruiker {os.getuid()}" if hasattr(os, "getuid") else "opdracht")
