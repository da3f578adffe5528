"""Everything that is kept of a child, in a folder that can be read without izp (GDPR, articles 15 and 20)."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel

from pipeline.corrections import Correction
from pipeline.publish import sync, write
from pipeline.render import render, render_family
from pipeline.staging import staging
from pipeline.store import (
    accounts,
    audit,
    children,
    conversations,
    documents,
    drafts,
    members,
    reviews,
    trail,
)
from pipeline.store.actions import LABELS, Action
from pipeline.store.audit import Actor
from pipeline.store.conversations import Status
from pipeline.store.database import Store, Work, look, work
from pipeline.store.documents import Kind
from pipeline.store.drafts import Version
from pipeline.store.errors import StoreError

TAKEN = "Deze map is er al. Kies een andere map."

ALL = 10**9

OUTCOMES = {"done": "gedaan", "refused": "geweigerd", "failed": "mislukt"}
STATES = {"concept": "concept", "ready": "klaar voor beoordeling", "approved": "goedgekeurd"}
NAMES: dict[Kind, str] = {"docx": "plan.docx", "pdf": "plan.pdf", "family": "gezin.docx"}

READ_ME = """\
Dit is alles wat izp van één kind bewaart, zoals het was op {at}.
Het zijn vertrouwelijke gegevens over de gezondheid van een kind. Bewaar ze veilig, en gooi ze weg
als u ze niet meer nodig hebt.

kind.json         wie het kind is, wie er in het zorgteam zit, en wie er met noodtoegang heeft gekeken
logboek.csv       wie wat wanneer deed met de gegevens van dit kind
gesprek-1, ...    een map per gesprek:
  gesprek.json      wanneer het is ingeleverd, door wie, en wat erbij is opgegeven
  bron              het bestand zoals het is ingeleverd
  handmatig.json    wijzigingen uit een Word-bestand die met de hand verwerkt worden, en door wie
  versie-1, ...     een map per versie van het plan:
    plan.docx, plan.pdf   het Individueel Zorgplan
    gezin.docx            de samenvatting voor het gezin
    plan.json             het gesprek, wat daarin gevonden is, en elke verbetering
    verbeteringen.csv     wie wat wanneer verbeterde
    versie.json           hoe ver deze versie is, wie haar goedkeurde en wanneer

Bestanden met .csv opent u met een rekenblad (Excel, LibreOffice Calc), bestanden met .json met een
teksteditor.
"""


def export(store: Store, actor: Actor, child_id: str, target: Path) -> None:
    """Writes all that is kept of a child into a new folder.

    Args:
        store: The store.
        actor: Who does it.
        child_id: The child.
        target: The folder; it appears whole or not at all.

    Raises:
        NotFound: There is no such child.
        StoreError: There is a folder or file of that name.
        RenderError: A document cannot be made.
        OSError: It cannot be written.
    """
    if target.exists():
        raise StoreError(TAKEN)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with staging(target.parent) as hidden, look(store) as opened:
        folder = hidden / "export"
        folder.mkdir(mode=0o700)
        _child(opened, child_id, folder)
        for number, status in enumerate(reversed(conversations.of_child(opened, child_id)), start=1):
            _conversation(opened, status, _made(folder / f"gesprek-{number}"))
        folder.rename(target)
    sync(target.parent)
    with work(store) as done:
        audit.record(done, actor, "export", child_id=child_id)


def _child(w: Work, child_id: str, folder: Path) -> None:
    child = children.get(w, child_id)
    told = {
        "id": child.id,
        **child.about.model_dump(mode="json"),
        "added": child.created_at,
        "team": [member._asdict() for member in members.team(w, child_id)],
        "emergency_access": [each._asdict() for each in members.emergencies(w, child_id)],
    }
    write(folder / "LEESMIJ.txt", READ_ME.format(at=f"{w.at:%d-%m-%Y %H:%M} UTC").encode())
    write(folder / "kind.json", _json(told))
    events = trail.events(w, trail.Wanted(child_id=child_id), most=ALL)
    names = accounts.names(w, {who for event in events for who in (event.user_id, event.on_behalf_of) if who})
    heading = ("nummer", "wanneer", "wie", "namens", "wat", "uitkomst", "waarop", "vanaf")
    rows = (
        (
            event.number,
            event.at.isoformat(),
            _name(names, event.user_id),
            _name(names, event.on_behalf_of) if event.on_behalf_of else "",
            LABELS[cast("Action", event.action)],
            OUTCOMES.get(event.outcome, event.outcome),
            event.object,
            event.origin,
        )
        for event in reversed(events)
    )
    write(folder / "logboek.csv", _csv(heading, rows))


def _conversation(w: Work, status: Status, folder: Path) -> None:
    given = conversations.source(w, status.id)
    write(folder / "gesprek.json", _json(status._asdict()))
    write(_made(folder / "bron") / _file_name(status.name), given)
    by_hand = [
        {**each.unmatched.model_dump(), "done_by": each.done_by} for each in reviews.queue(w, status.id)
    ]
    if by_hand:
        write(folder / "handmatig.json", _json(by_hand))
    for version in drafts.versions(w, status.id):
        _version(w, status.id, version, _made(folder / f"versie-{version.number}"))


def _version(w: Work, conversation_id: str, version: Version, folder: Path) -> None:
    template = reviews.template_of(w, conversation_id, version.number)
    dossier = reviews.dossier(w, conversation_id, version.number)
    told = {
        **version._asdict(),
        "state": STATES[version.state],
        "template": f"{template.name} {template.version}",
    }
    write(folder / "versie.json", _json(told | {"approval": version.approval and version.approval._asdict()}))
    write(folder / "plan.json", dossier.model_dump_json(indent=1).encode())
    corrections = [each.model_dump(mode="json") for each in dossier.corrections]
    write(
        folder / "verbeteringen.csv", _csv(Correction.model_fields, (each.values() for each in corrections))
    )
    # An approved version is what was approved, also where izp would write it otherwise now.
    kept: dict[Kind, bytes | None] = {}
    if version.approval:
        kept = {kind: documents.stored(w, conversation_id, version.number, kind, None) for kind in NAMES}
    if not kept or not all(kept.values()):
        plan = reviews.plan_of(w, conversation_id, version.number)
        made = render(plan, template)
        kept = {"docx": made.docx, "pdf": made.pdf, "family": render_family(plan, template)}
    for kind, data in kept.items():
        write(folder / NAMES[kind], data or b"")


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    return folder


def _file_name(told: str) -> str:
    """The name that a file was handed in by, as a name that every system takes."""
    name = re.sub(r"[^\w .()-]", "_", told).strip(" .")[-100:]
    return name or "bron"


def _name(names: dict[str, str], user_id: str | None) -> str:
    return names.get(user_id, user_id) if user_id else "izp"


def _json(value: object) -> bytes:
    return json.dumps(value, default=_plain, ensure_ascii=False, indent=1).encode()


def _plain(value: Any) -> Any:
    """What JSON has no form for: a record, or a time."""
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value.isoformat()


def _csv(heading: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """A table as spreadsheets in Dutch read it; what would be taken for a formula is text."""
    out = io.StringIO()
    table = csv.writer(out, delimiter=";")
    table.writerow(heading)
    for row in rows:
        cells = ("" if cell is None else str(cell) for cell in row)
        table.writerow(
            [f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell for cell in cells]
        )
    return out.getvalue().encode("utf-8-sig")
