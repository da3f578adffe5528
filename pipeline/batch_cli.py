"""The commands of `izp` that make many plans again, and `runs`, to see and stop them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from pipeline.store_cli import actor, opened
from pipeline.terminal import (
    BAD_INPUT,
    INTERNAL_FAILURE,
    DutchCommand,
    DutchGroup,
    console_for,
    load_settings,
    print_line,
)

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from pipeline.store.database import Store, Work
    from pipeline.store.runs import Kind, Run

INTERRUPTED: Final = 130

EVERY_S: Final = 30.0
"""So often a line tells how far a run is, where there is no terminal for a bar."""

KINDS: Final = {"rerender": "ander sjabloon", "reextract": "opnieuw uitwerken"}
STATES: Final = {"running": "niet af", "done": "klaar", "cancelled": "gestopt"}
COUNTS: Final = {
    "changed": "gewijzigd",
    "attention": "vraagt aandacht",
    "unchanged": "ongewijzigd",
    "failed": "mislukt",
    "waiting": "nog te doen",
}

OTHERS_WAIT: Final = (
    "Een eerdere run was niet af en gaat over meer plannen dan u nu kiest: {} andere. Geef de opdracht van "
    "toen nog eens, of stop hem met izp runs stop {} als u alleen deze plannen wilt."
)
_NO_DATABASE: Final = "De database is niet te bereiken, kan niets bewaren of weigert iets"
CAUSES: Final = {
    "DatabaseError": _NO_DATABASE,
    "InterfaceError": _NO_DATABASE,
    "KeysError": "De hoofdsleutel is intussen vervangen. Zet de nieuwe op zijn plaats",
    "ObjectsError": "De opslag van de documenten is niet te bereiken",
    "OSError": "Deze computer komt iets tekort, zoals geheugen, ruimte op de schijf of rechten",
    "OperationalError": _NO_DATABASE,
    "OtherExtractorError": "Deze run hoort bij een andere versie van izp. Stop hem met izp runs stop",
    "ProcessEnded": "De processen stopten steeds: misschien is er te weinig geheugen, of is de schijf vol",
    "ProgrammingError": _NO_DATABASE,
    "StoreError": "Deze versie van izp kan het sjabloon niet gebruiken. Werk izp bij",
    "TimeoutError": _NO_DATABASE,
}
"""Why a run did not go on and what to do, by the kind of the error."""

NOT_TENDED: Final = (
    "Er werkt geen worker meer aan deze run. Geef dezelfde opdracht nog eens om verder te gaan."
)

app = typer.Typer(cls=DutchGroup, add_completion=False)
runs_app = typer.Typer(
    cls=DutchGroup, help="Toont de runs over veel plannen, en stopt er een.", add_completion=False
)
app.add_typer(runs_app, name="runs")

Children = Annotated[
    list[str] | None,
    typer.Option("--child", metavar="KIND", help="Alleen dit kind (het nummer in izp); mag vaker."),
]
OnlyConcept = Annotated[
    bool, typer.Option("--only-concept", help="Alleen plannen die nog niet zijn goedgekeurd.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Verandert niets; het verslag zegt wat er zou veranderen.")
]
Report = Annotated[
    Path | None,
    typer.Option("--verslag", metavar="MAP", help="Waar het verslag komt; anders in de map met gegevens."),
]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="Het nummer van de run, of het begin daarvan.")]


@app.command(cls=DutchCommand)
def rerender(
    template: Annotated[
        str | None,
        typer.Option(
            "--template",
            metavar="NAAM",
            help="De naam van het sjabloon; anders dat van de laatste keuze.",
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="VERSIE", help="De versie; anders de versie die het laatst gekozen is."),
    ] = None,
    only_concept: OnlyConcept = False,
    child: Children = None,
    older_than: Annotated[
        str | None,
        typer.Option(
            "--older-than", metavar="VERSIE", help="Alleen plannen in een oudere versie van het sjabloon."
        ),
    ] = None,
    dry_run: DryRun = False,
    report: Report = None,
) -> None:
    """Zet plannen in een andere versie van het sjabloon, met hun documenten.

    Er verandert niets aan verbeteringen, besluiten en open punten. Een goedgekeurd plan blijft; daarna komt
    een nieuw concept, dat een behandelaar kan goedkeuren. Wordt dit afgebroken, geef dan dezelfde opdracht.
    """
    from pipeline.store import lagging, templates
    from pipeline.store.database import work

    with _settings_and_store() as (settings, store):
        with work(store) as w:
            wanted = templates.named(w, template, to)
            templates.get(w, wanted)  # says so at once where this izp cannot use it
            ids = lagging.behind_template(
                w,
                wanted,
                child_ids=_known(w, child),
                only_concept=only_concept,
                older_than=_version(older_than),
            )
            run, is_resumed = _begun(
                w,
                "rerender",
                ids,
                lambda: lagging.behind_template(w, wanted, only_concept=only_concept),
                template_id=wanted,
                trial=dry_run,
            )
        _work_off(settings, store, run, report, is_resumed=is_resumed)


@app.command(cls=DutchCommand)
def reextract(
    only_concept: OnlyConcept = False,
    child: Children = None,
    dry_run: DryRun = False,
    report: Report = None,
) -> None:
    """Werkt gesprekken opnieuw uit, na een nieuwe versie van izp.

    Wat lezers verbeterden, bevestigden of besloten blijft. Wat er nieuw of niet meer gevonden is, staat in
    het verslag en bij het plan. Wordt dit afgebroken, geef dan dezelfde opdracht.
    """
    from pipeline.reextract import extractor
    from pipeline.store import lagging
    from pipeline.store.database import work

    with _settings_and_store() as (settings, store):
        now = extractor(settings)
        with work(store) as w:
            ids = lagging.behind_extractor(w, now, child_ids=_known(w, child), only_concept=only_concept)
            run, is_resumed = _begun(
                w,
                "reextract",
                ids,
                lambda: lagging.behind_extractor(w, now, only_concept=only_concept),
                extractor=now,
                trial=dry_run,
            )
        _work_off(settings, store, run, report, is_resumed=is_resumed)


@runs_app.callback(invoke_without_command=True)
def list_runs(context: typer.Context) -> None:
    """Toont de laatste runs over veel plannen, en stopt er een."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from pipeline.store import runs, templates
    from pipeline.store.database import look

    if context.invoked_subcommand:
        return
    with _settings_and_store() as (_, store), look(store) as w:
        found = [
            (run, templates.name_and_version(w, run.template_id)[1] if run.template_id else "")
            for run in runs.recent(w)
        ]
    if not found:
        print_line(console_for(), "Er zijn nog geen runs.")
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("run", "begonnen", "wat", "stand", "plannen"):
        table.add_column(heading, overflow="fold")
    for run, version in found:
        what = f"{KINDS[run.kind]} {version}".strip() + (" (proef)" if run.trial else "")
        began = f"{run.created_at.astimezone():%d-%m-%Y %H:%M}"
        table.add_row(run.id[:8], began, what, STATES[run.state], _counts(run))
    console_for().print(table)


@runs_app.command("stop", cls=DutchCommand)
def stop_run(run_id: RunId) -> None:
    """Stopt een run. Wat klaar is, blijft."""
    from pipeline.store import runs
    from pipeline.store.database import work

    with _settings_and_store() as (_, store), work(store) as w:
        run = runs.cancel(w, actor(), runs.named(w, run_id))
    print_line(console_for(), f"Deze run is {STATES[run.state]}: {_counts(run)}.")


@runs_app.command("report", cls=DutchCommand)
def report_run(run_id: RunId, report: Report = None) -> None:
    """Schrijft het verslag van een run opnieuw."""
    from pipeline.store import runs
    from pipeline.store.database import look

    with _settings_and_store() as (settings, store):
        with look(store) as w:
            run = runs.get(w, runs.named(w, run_id))
        _write_report(settings, store, run, report)


@contextmanager
def _settings_and_store() -> Iterator[tuple[Settings, Store]]:
    settings = load_settings()
    with opened(settings) as store:
        yield settings, store


def _known(w: Work, child_ids: Sequence[str] | None) -> tuple[str, ...]:
    """The children that are named.

    Raises:
        NotFound: One of them is not there.
    """
    from pipeline.store import children

    for child_id in child_ids or ():
        children.get(w, child_id)
    return tuple(child_ids or ())


def _begun(
    w: Work,
    kind: Kind,
    ids: Sequence[str],
    lag: Callable[[], Sequence[str]],
    *,
    template_id: str | None = None,
    extractor: str | None = None,
    trial: bool,
) -> tuple[Run | None, bool]:
    """A run over these plans, if there is anything to do, and whether it is one that was not finished.

    Args:
        w: The transaction.
        kind: What is done with each plan.
        ids: The plans that were chosen, of those that lag behind.
        lag: Gives those of all children: one that waits and is none of them is no reason to refuse.
        template_id: The template that the plans are to be in.
        extractor: The version of the extraction that they are to be made by.
        trial: Whether only to tell what would change.

    Raises:
        StoreError: One that was not finished is over plans that are not among these, or towards something
            else.
    """
    from pipeline.store import runs
    from pipeline.store.errors import StoreError

    there = runs.unfinished(w, kind, template_id=template_id, extractor=extractor) if not trial else None
    if there and (others := len(runs.waiting(w, there.id).intersection(lag()).difference(ids))):
        raise StoreError(OTHERS_WAIT.format(others, there.id[:8]))
    if not (ids or there):
        return None, False
    run = runs.begin(w, actor(), kind, ids, template_id=template_id, extractor=extractor, trial=trial)
    return run, there is not None


def _version(told: str | None) -> str | None:
    if told is not None and not all(part.isdecimal() for part in told.split(".")):
        print_line(console_for(stderr=True), "Schrijf een versie als 2.1.0.")
        raise typer.Exit(BAD_INPUT)
    return told


def _work_off(
    settings: Settings, store: Store, run: Run | None, folder: Path | None, *, is_resumed: bool
) -> None:
    """Works off a run, shows how far it is, and writes the report.

    Raises:
        typer.Exit: Plans failed, or the run is not finished.
    """
    from pipeline.batch import BatchError, follow, work_off

    if run is None:
        print_line(console_for(), "Er is niets te doen: alle plannen zijn al zo.")
        return
    errors = console_for(stderr=True)
    if is_resumed:
        print_line(errors, f"Een eerdere run was niet af en gaat verder: nog {run.waiting} plannen.")
    kind, run_id = run.kind, run.id
    is_elsewhere = _workers_take(run)
    try:
        with _progress(run) as progress:
            if is_elsewhere:
                run = follow(store, run_id, lambda: _workers_tend(kind, run_id), progress)
            else:
                run = work_off(settings, store, run_id, progress=progress)
    except KeyboardInterrupt:
        print_line(errors, _broken_off(run, is_elsewhere=is_elsewhere))
        print_line(errors, f"izp runs stop {run.id[:8]}")
        raise typer.Exit(INTERRUPTED) from None
    except BatchError as error:
        cause = CAUSES.get(str(error), "Er ging iets mis in het programma")
        print_line(errors, f"{cause} ({error}). Wat klaar is, blijft; daarna gaat dezelfde opdracht verder.")
        raise typer.Exit(INTERNAL_FAILURE) from None
    print_line(console_for(), f"Plannen: {_counts(run)}.")
    if run.state == "running":
        print_line(errors, NOT_TENDED)
    if run.state == "cancelled":
        print_line(errors, "Deze run is intussen gestopt, of als proef opnieuw begonnen.")
    _write_report(settings, store, run, folder)
    if run.state != "done" or run.counts.get("failed"):
        raise typer.Exit(INTERNAL_FAILURE)


def _broken_off(run: Run, *, is_elsewhere: bool) -> str:
    """What becomes of a run for which nobody waits any more, up to the command that stops it."""
    if is_elsewhere:
        return "De workers gaan door; izp runs toont hoe ver ze zijn. Stop de run met:"
    if run.trial:
        return "Gestopt. Dezelfde opdracht begint de proef opnieuw. Geef hem op met:"
    return "Gestopt. Geef dezelfde opdracht om verder te gaan, of geef hem op met:"


def _workers_take(run: Run) -> bool:
    """Whether workers of a Prefect server work off a run, which are then told to."""
    if not os.environ.get("PREFECT_API_URL"):
        return False
    from pipeline.work_pool import started  # takes seconds to import

    return started(run.kind, run.id)


def _workers_tend(kind: str, run_id: str) -> bool:
    from pipeline.work_pool import is_tended

    return is_tended(kind, run_id)


def _write_report(settings: Settings, store: Store, run: Run, folder: Path | None) -> None:
    from pipeline import run_report
    from pipeline.store import audit
    from pipeline.store.database import look, work
    from pipeline.summary import shown

    with look(store) as w:
        told = run_report.report(w, run)
    path = run_report.write(told, folder or run_report.folder_of(settings, run.id))
    with work(store) as w:
        audit.record(w, actor(), "run_report", object=run.id)
    print_line(console_for(), f"Het verslag: {shown(path)}")
    print_line(
        console_for(), "Er staat in wat er in gesprekken gezegd is. Gooi het weg als u het hebt gelezen."
    )


def _counts(run: Run) -> str:
    told = [f"{run.counts[name]} {words}" for name, words in COUNTS.items() if run.counts.get(name)]
    return ", ".join(told) or "geen"


@contextmanager
def _progress(run: Run) -> Iterator[Callable[[Run], None]]:
    """A bar with counts and the time that is left; where there is no terminal a line now and then."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = console_for(stderr=True)
    told_at = time.monotonic()

    def tell(now: Run) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= EVERY_S:
            told_at = time.monotonic()
            print_line(console, _counts(now))

    if not console.is_terminal:
        yield tell
        return
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=run.total, completed=run.total - run.waiting)
        yield lambda now: bar.update(
            task, total=now.total, completed=now.total - now.waiting, description=_counts(now)
        )
