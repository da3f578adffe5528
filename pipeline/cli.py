"""The command `izp`. It only puts steps together; what takes long to import is imported where it is used."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from pipeline import batch_cli, store_cli, template_cli, worker_cli
from pipeline.terminal import (
    BAD_INPUT,
    INTERNAL_FAILURE,
    OS_ERRORS,
    DutchCommand,
    DutchGroup,
    console_for,
    load_settings,
    print_line,
)

if TYPE_CHECKING:
    from rich.console import Console

    from extractors.evaluate import Figures
    from pipeline.dossier import Extraction

BELOW_FLOOR = INTERNAL_FAILURE
INTERRUPTED = 130

KINDS = ("het_belangrijk", "samenwerkingsgesprek", "pzp")

Outcome = TypeVar("Outcome")


def _date(value: str) -> dt.date:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter("Schrijf de dag van het gesprek als 2026-03-12.") from None


def _kind(value: str) -> str:
    if value not in KINDS:
        raise typer.BadParameter(f"Kies uit: {', '.join(KINDS)}.")
    return value


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"izp {version('izp')}")
        raise typer.Exit


Files = Annotated[
    list[Path], typer.Argument(metavar="BESTAND...", help="Gespreksbestanden: transcript of eigen notities.")
]

app = typer.Typer(
    name="izp",
    cls=DutchGroup,
    help="Maakt van een gespreksverslag een concept voor het Individueel Zorgplan (IZP).",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _izp(
    version: Annotated[
        bool, typer.Option("--version", help="Toont de versie.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Holds the options that come before a command."""


@app.command(cls=DutchCommand)
def draft(
    files: Files,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="MAP", help="Waar het concept komt; zonder dit naast het bestand."),
    ] = None,
    date: Annotated[
        dt.date | None,
        typer.Option("--date", parser=_date, metavar="JJJJ-MM-DD", help="De dag van het gesprek."),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", parser=_kind, metavar="SOORT", help=f"Soort gesprek: {', '.join(KINDS)}."),
    ] = None,
    participants: Annotated[
        Path | None,
        typer.Option(
            "--participants", metavar="YAML", help="Bestand dat zegt wie wie is; dat gaat altijd voor."
        ),
    ] = None,
    child: Annotated[
        str | None, typer.Option("--child", metavar="NAAM", help="De naam van het kind.")
    ] = None,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overschrijven", help="Vervangt een eerder concept. Anders krijgt het nieuwe een nummer."
        ),
    ] = False,
) -> None:
    """Maakt van elk gespreksbestand een concept-IZP, als Word-document en als PDF.

    Van gesprek.vtt komen gesprek.izp.docx, gesprek.izp.pdf, gesprek.gezin.docx (de samenvatting voor het
    gezin) en gesprek.izp.json. In dat laatste bestand staat wat er gelezen en gevonden is; de documenten zijn
    daarvan gemaakt.
    """
    from pipeline.draft import Draft, Options
    from pipeline.draft import draft as draft_one

    console, settings = console_for(), load_settings()
    options = Options.model_validate(
        {"date": date, "kind": kind, "child": child, "participants": participants}
    )
    taken: set[Path] = set()

    def work(source: Path) -> Draft:
        folder = out or source.parent
        if overwrite:
            _claim(folder / source.stem, taken)
        return draft_one(source, folder, options, settings, overwrite=overwrite)

    done, code = _each(_each_once(files), work)
    if done:
        from pipeline.summary import of_drafts, shown

        console.print(of_drafts(done))
        console.print("Het concept (Word en PDF), en de samenvatting voor het gezin (lees haar eerst na):")
        for _, made in done:
            print_line(console, f"  {shown(made.docx)}\n  {shown(made.pdf)}\n  {shown(made.family)}")
    raise typer.Exit(code)


@app.command(cls=DutchCommand)
def extract(
    files: Files,
    out: Annotated[Path, typer.Option("--out", metavar="MAP", help="Waar NAAM.pred.json komt.")],
) -> None:
    """Schrijft per gespreksbestand op wat er gevonden is, in de vorm van de annotatiegids.

    Gaan de bestanden over één kind, dan komt er ook verloop.json: welke wensen sinds een eerder gesprek
    anders zijn, en welke acties gedaan zijn.
    """
    from extractors.evaluate import to_gold_shape
    from pipeline.draft import Options
    from pipeline.draft import extract as extract_one
    from pipeline.publish import publish

    settings = load_settings()
    taken: set[Path] = set()

    def work(source: Path) -> Extraction:
        _claim(out / source.stem, taken)
        extraction = extract_one(source, Options(), settings)
        content = to_gold_shape(extraction.findings).model_dump_json(indent=1).encode()
        publish(out, source.stem, {".pred.json": content}, overwrite=True)
        return extraction

    done, code = _each(_each_once(files), work)
    if len(done) > 1:
        _compare(done, out)
    raise typer.Exit(code)


def _compare(extractions: Sequence[tuple[Path, Extraction]], out: Path) -> None:
    """Writes what the conversations of one child say together, and tells how they were ordered."""
    from extractors.history import OtherChildError, Spoken, compare
    from pipeline.publish import publish
    from pipeline.summary import of_history, shown

    console = console_for(stderr=True)
    spoken = [Spoken(each.conversation, each.findings) for _, each in extractions]
    try:
        history = compare(spoken)
    except OtherChildError as error:
        print_line(console, f"{error} Ze zijn niet met elkaar vergeleken.")
        return
    if len(history.conversations) < len(spoken):
        print_line(console, "Een gesprek is twee keer opgegeven, onder twee namen. Het telt één keer.")
    if len(history.conversations) < 2:
        return
    if any(each.conversation.date is None for each in spoken):
        print_line(
            console,
            "Niet van elk gesprek is de dag bekend: ze zijn gelezen in de volgorde waarin u ze opgeeft.",
        )
    content = history.model_dump_json(indent=1).encode()
    [path] = publish(out, "verloop", {".json": content}, overwrite=True).values()
    sources = {each.conversation.id: source for source, each in reversed(extractions)}
    console = console_for()
    console.print(of_history(history, sources))
    print_line(console, f"Wat er tussen de gesprekken veranderde: {shown(path)}")


@app.command("import-review", cls=DutchCommand)
def import_review(
    document: Annotated[
        Path, typer.Argument(metavar="PLAN.docx", help="Het concept zoals het in Word verbeterd is.")
    ],
    record: Annotated[
        Path | None,
        typer.Option("--record", metavar="JSON", help="Het bestand NAAM.izp.json dat bij het concept hoort."),
    ] = None,
) -> None:
    """Leest terug wat er in een concept is verbeterd, en maakt een nieuw concept.

    Wijzigingen, met of zonder bijhouden, en opmerkingen komen in NAAM.izp.json naast het concept. Wat niet
    bij een uitspraak of veld past, wordt genoemd onder "handmatig te verwerken": er gaat niets verloren.
    """
    from pipeline.summary import shown
    from pipeline.word_review.importing import import_review as import_one
    from pipeline.word_review.report import lines

    console, settings = console_for(), load_settings()
    done, code = _each([document], lambda path: import_one(path, settings, record))
    for _, made in done:
        for line in lines(made):
            print_line(console, line)
        if made.documents:
            print_line(console, "Het nieuwe concept:")
        for path in made.documents:
            print_line(console, f"  {shown(path)}")
    raise typer.Exit(code)


@app.command(cls=DutchCommand)
def evaluate(
    directory: Annotated[
        Path, typer.Argument(metavar="MAP", help="Map met gesprekken en hun NAAM.gold.json.")
    ],
    json: Annotated[
        Path | None, typer.Option("--json", metavar="BESTAND", help="Schrijft de cijfers ook als JSON.")
    ] = None,
    floors: Annotated[
        Path | None,
        typer.Option("--floors", metavar="YAML", help="Bestand met de cijfers die minstens gehaald worden."),
    ] = None,
) -> None:
    """Vergelijkt wat er gevonden wordt met geannoteerde gesprekken."""
    from pydantic import ValidationError

    from extractors.evaluate import Case, Gold, score, to_gold_shape
    from pipeline.draft import Options
    from pipeline.draft import extract as extract_one
    from pipeline.publish import publish
    from pipeline.summary import of_figures

    console, settings = console_for(), load_settings()
    golds: dict[str, Gold] = {}
    code = 0
    for path in sorted(directory.glob("*.gold.json")):
        try:
            golds[path.name.removesuffix(".gold.json")] = Gold.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            _complain(path, "Dit annotatiebestand heeft niet de vorm van de annotatiegids.")
            code = BAD_INPUT
    if not golds:
        _complain(directory, "In deze map staan geen geannoteerde gesprekken (NAAM.gold.json).")
        raise typer.Exit(BAD_INPUT)
    sources = [directory / gold.source for gold in golds.values()]
    done, failed = _each(sources, lambda source: extract_one(source, Options(), settings))
    extractions = dict(done)
    cases = []
    for name, gold in golds.items():
        extraction = extractions.get(directory / gold.source)
        if extraction is None:
            cases.append(Case(name, gold, text="", prediction=None))
        else:
            prediction = to_gold_shape(extraction.findings)
            cases.append(Case(name, gold, extraction.conversation.text, prediction))
    figures = score(cases)
    for table in of_figures(figures):
        console.print(table)
    if json is not None:
        publish(json.parent, json.name, {"": figures.model_dump_json(indent=1).encode()}, overwrite=True)
    if floors is not None:
        failed = _under(floors, figures) or failed
    raise typer.Exit(failed or code)


def _under(path: Path, figures: Figures) -> int:
    """Tells every figure under its floor, and gives the exit code of that."""
    from pipeline.floors import FloorsError, load_floors, shortfalls

    try:
        sentences = list(shortfalls(figures, load_floors(path)))
    except FloorsError as error:
        _complain(path, str(error))
        return BAD_INPUT
    for sentence in sentences:
        _complain(path, sentence)
    return BELOW_FLOOR if sentences else 0


app.add_typer(store_cli.app)
app.add_typer(batch_cli.app)
app.add_typer(worker_cli.app)

templates = typer.Typer(
    cls=DutchGroup, help="Maakt, toont en installeert sjablonen.", no_args_is_help=True, add_completion=False
)
templates.add_typer(template_cli.app)
app.add_typer(templates, name="template")

TemplateDirectory = Annotated[
    Path, typer.Argument(metavar="MAP", help="De map van het sjabloon, met template.yaml.")
]


@templates.command("check", cls=DutchCommand)
def check_template(directory: TemplateDirectory) -> None:
    """Zegt wat er mis is met een sjabloon, met het bestand en de regel."""
    from pipeline.template_check import check

    mistakes = check(directory)
    for mistake in mistakes:
        print_line(console_for(), str(mistake))
    if mistakes:
        raise typer.Exit(BAD_INPUT)
    print_line(console_for(), "Dit sjabloon klopt. Met izp template preview ziet u wat het maakt.")


@templates.command("preview", cls=DutchCommand)
def preview_template(
    directory: TemplateDirectory,
    out: Annotated[Path, typer.Option("--out", metavar="MAP", help="Waar de documenten komen.")],
) -> None:
    """Maakt met een sjabloon de documenten van een verzonnen gesprek, om te zien hoe ze worden."""
    from pipeline.summary import shown
    from pipeline.template_check import check
    from pipeline.template_preview import preview

    if mistakes := check(directory):
        for mistake in mistakes:
            _complain(directory, str(mistake))
        raise typer.Exit(BAD_INPUT)
    done, code = _each([directory], lambda template: preview(template, out))
    for _, paths in done:
        for path in paths:
            print_line(console_for(), f"  {shown(path)}")
    raise typer.Exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command.

    Args:
        arguments: What stands behind the command's name; None takes it from the process.

    Returns:
        The exit code: 0 when all went well, 2 when input or usage was bad, 1 when the program
        failed, could not write or did not reach a floor, 130 when the user broke it off.
    """
    # Being told to stop cleans up as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = app(given or ["--help"], prog_name="izp", standalone_mode=False) or 0
    except typer.TyperException as error:
        typer.echo(f"{_wrong_use(error)} Zie izp --help.", err=True)
        return BAD_INPUT
    except Exception as error:
        typer.echo(_failure(error), err=True)
        return INTERNAL_FAILURE
    if code == INTERRUPTED:
        typer.echo("Afgebroken. Wat al klaar was, blijft staan.", err=True)
    return int(code)


def _each(sources: Sequence[Path], work: Callable[[Path], Outcome]) -> tuple[list[tuple[Path, Outcome]], int]:
    """Does the work for every source and shows how far it is; one that fails does not stop the others.

    Returns:
        The sources that went well, each with its outcome, and the exit code over all of them.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from extractors.language import ModelError
    from pipeline.intake import IntakeEndedError, IntakeError
    from pipeline.summary import shown

    console = console_for(stderr=True)
    done: list[tuple[Path, Outcome]] = []
    codes = {0}
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=len(sources))
        for source in sources:
            progress.update(task, description=shown(source.name))
            try:
                done.append((source, work(source)))
            except (IntakeError, ModelError) as error:
                _complain(source, str(error), console)
                codes.add(INTERNAL_FAILURE if isinstance(error, IntakeEndedError) else BAD_INPUT)
            except Exception as error:
                _complain(source, _failure(error), console)
                codes.add(INTERNAL_FAILURE)
            progress.advance(task)
    return done, INTERNAL_FAILURE if INTERNAL_FAILURE in codes else max(codes)


def _each_once(files: Sequence[Path]) -> list[Path]:
    """The files without those that were named before, by whatever path."""
    once = {os.path.realpath(file): file for file in reversed(files)}
    return list(reversed(once.values()))


def _claim(target: Path, taken: set[Path]) -> None:
    """Keeps two files of one command from being written under one name."""
    from pipeline.intake import IntakeError

    if target in taken:
        raise IntakeError("Een ander bestand in deze opdracht heeft dezelfde naam. Geef het een eigen naam.")
    taken.add(target)


def _failure(error: Exception) -> str:
    """One sentence about a failure: our own, or its place in the program, but no other error's message."""
    from pipeline.render import RenderError
    from pipeline.template import TemplateError

    if isinstance(error, RenderError | TemplateError):
        return str(error)
    if isinstance(error, OSError) and error.errno in OS_ERRORS:
        return OS_ERRORS[error.errno]
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_globals.get('__name__')}:{frame.tb_lineno}" if frame else "?"
    return f"Er ging iets mis in het programma ({type(error).__name__}, {place}). Meld dit aan de beheerder."


def _wrong_use(error: typer.TyperException) -> str:
    """One sentence about a command that cannot be read."""
    if isinstance(error, typer.BadParameter) and error.param is not None:
        what = error.param.metavar if error.param.param_type_name == "argument" else error.param.opts[0]
        return f"{what}: {error.message}" if error.message else f"Geef ook {what} op."
    option = getattr(error, "option_name", None)
    if option is not None:
        return f"De optie {option} bestaat niet, of haar waarde ontbreekt."
    return "Deze opdracht bestaat niet."


def _complain(path: Path, sentence: str, console: Console | None = None) -> None:
    from pipeline.summary import shown

    print_line(console or console_for(stderr=True), f"{shown(path)}: {sentence}")
