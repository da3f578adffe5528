"""What came of a run, for who manages the installation: a page to read and print, and the same as JSON.

It holds what was said in conversations, so only its owner reads the files. The store keeps all that is in it:
a report can be made again at any time.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterable
from functools import cache
from itertools import chain, groupby, islice
from pathlib import Path
from typing import Final, NamedTuple

import jinja2

from extractors.schema import Record
from pipeline.plan import dutch_date
from pipeline.publish import publish
from pipeline.settings import Settings
from pipeline.store import children, conversations, runs, templates
from pipeline.store.database import Work
from pipeline.store.keys import KeysError
from pipeline.store.runs import BUSY, ENDED, LACKING, UNREADABLE, Detail, Item, Kind, Outcome, Run, State

FOLDER: Final = "verslagen"

MOST: Final = 10_000
"""So many plans a report tells of, as a page with more opens slowly; those to look at are never left out."""

REASONS: Final = {
    ENDED: "Bij dit plan stopte het programma, drie keer. Meld dit aan de beheerder.",
    BUSY: "Aan dit plan werd steeds gewerkt, of het wacht op uitwerking. Geef de opdracht later nog eens.",
    LACKING: (
        "De computer kwam drie keer iets tekort, zoals geheugen, ruimte op de schijf of rechten. Kijk dat na "
        "en geef de opdracht nog eens."
    ),
    "RenderError": "Met dit sjabloon kon het document niet gemaakt worden. Kijk het sjabloon na.",
    "OtherRecordError": "In dit sjabloon zou iets van het plan wegvallen. Het plan is niet aangeraakt.",
    UNREADABLE: "De gegevens van dit plan zijn beschadigd of met een andere sleutel versleuteld.",
    "IntakeError": "Het bestand van dit gesprek is niet meer te lezen. Het plan is niet aangeraakt.",
    "ModelError": "Het taalmodel is niet geïnstalleerd. Installeer izp opnieuw en geef de opdracht nog eens.",
    "NotFound": "Dit gesprek of zijn plan is er niet meer.",
    "OtherExtractorError": (
        "Hier draaide een andere versie van izp, of met andere instellingen. Maak die op alle machines "
        "gelijk en geef de opdracht nog eens."
    ),
    "StoreError": (
        "Deze versie van izp kan een sjabloon van dit plan niet gebruiken, of iets van het plan niet "
        "bewaren. Werk izp bij en geef de opdracht nog eens."
    ),
}
NO_NAME: Final = "Niet te lezen"
OTHER_REASON: Final = "Er ging iets mis in het programma ({}). Meld dit aan de beheerder."


class Told(Record):
    """What became of one plan; `reason` says why where it failed or cannot be told."""

    conversation: str
    child: str
    name: str
    file: str
    outcome: Outcome
    reason: str | None
    milliseconds: int | None
    detail: Detail | None


class Report(Record):
    """What came of a run. `further` plans are counted and are not among the `plans`."""

    run: str
    kind: Kind
    aim: str
    trial: bool
    state: State
    began: dt.datetime
    ended: dt.datetime | None
    counts: dict[str, int]
    plans: tuple[Told, ...]
    further: int


class Alike(NamedTuple):
    """Plans of which exactly the same is told."""

    plans: tuple[Told, ...]
    reason: str | None
    detail: Detail


def report(w: Work, run: Run) -> Report:
    """What came of a run, as it is by now."""
    run = runs.get(w, run.id)  # its counts are to be those of the plans below
    aim = run.extractor or ""
    if run.template_id:
        aim = " ".join(templates.name_and_version(w, run.template_id))
    found = [_told(w, item) for item in runs.items(w, run.id, ("attention", "failed"))]
    rest = chain(runs.items(w, run.id, ("changed",)), runs.items(w, run.id, ("unchanged",)))
    found += [_told(w, item) for item in islice(rest, max(0, MOST - len(found)))]
    return Report(
        run=run.id,
        kind=run.kind,
        aim=aim,
        trial=run.trial,
        state=run.state,
        began=run.created_at.astimezone(),
        ended=run.ended_at.astimezone() if run.ended_at else None,
        counts=dict(run.counts),
        plans=tuple(found),
        further=run.total - run.waiting - len(found),
    )


def page(told: Report) -> str:
    """The report as a page of HTML: counts, then what needs attention, what failed, and what changed."""
    return _page().render(
        report=told,
        **{
            outcome: _alike(one for one in told.plans if one.outcome == outcome)
            for outcome in ("attention", "failed", "changed")
        },
        unchanged=[one for one in told.plans if one.outcome == "unchanged"],
    )


def write(told: Report, folder: Path) -> Path:
    """Writes a report into a folder, as HTML and as JSON, both or neither.

    Returns:
        The page.

    Raises:
        OSError: It cannot be written.
    """
    contents = {".html": page(told).encode(), ".json": told.model_dump_json(indent=1).encode()}
    return publish(folder, f"verslag-{told.run[:8]}", contents, overwrite=True)[".html"]


def folder_of(settings: Settings, run_id: str) -> Path:
    """Where the report of a run is written if nobody says where."""
    return settings.data_dir / FOLDER / run_id


def forget(settings: Settings, child_id: str) -> None:
    """Removes the reports in the data folder that tell of a child; those of others can be made again.

    Raises:
        OSError: One cannot be removed.
    """
    for told in (settings.data_dir / FOLDER).glob("*/*.json"):
        if child_id.encode() in told.read_bytes():
            shutil.rmtree(told.parent)


def _told(w: Work, item: Item) -> Told:
    code, name, file = item.code, NO_NAME, NO_NAME
    try:
        name = children.get(w, item.child_id).about.name
        file = conversations.status(w, item.conversation_id).name
    except KeysError:  # of this child; that is no reason not to tell of the others
        code = UNREADABLE
    return Told(
        conversation=item.conversation_id,
        child=item.child_id,
        name=name,
        file=file,
        outcome=item.outcome,
        reason=REASONS.get(code, OTHER_REASON.format(code)) if code else None,
        milliseconds=item.milliseconds,
        detail=item.detail,
    )


def _alike(plans: Iterable[Told]) -> list[Alike]:
    """Plans together of which the same is told, what is so of most plans first."""

    def same(one: Told) -> str:
        return f"{one.reason} {one.detail.model_dump_json() if one.detail else ''}"

    groups = [tuple(group) for _, group in groupby(sorted(plans, key=same), key=same)]
    groups.sort(key=len, reverse=True)
    return [Alike(group, group[0].reason, group[0].detail or Detail()) for group in groups]


@cache
def _page() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["date"] = dutch_date
    return environment.get_template("run_report.html.j2")
