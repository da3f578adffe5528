"""What `izp import-review` tells: what changed, where and by whom, in numbers and headings.

The words themselves stand in the documents: patient text is not shown on a terminal.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.corrections import Correction, Unmatched
from pipeline.plan import Plan
from pipeline.plan.dates import dutch_date
from pipeline.word_review.importing import Imported
from pipeline.word_review.review import where

NOTHING = "Dit document bevat geen wijzigingen."
ALL_KNOWN = "Alles wat in dit document gewijzigd is, stond al in het plan. Er is niets veranderd."

_DONE = {
    "edit": "de woorden zijn gewijzigd",
    "reject": "geschrapt",
    "move": "verplaatst",
    "add": "toegevoegd",
    "fill": "ingevuld of verbeterd",
    "remark": "een opmerking",
    "resolve": "opgelost",
}


def lines(imported: Imported) -> Iterator[str]:
    """The report, line by line."""
    found, plan = imported.review, imported.plan
    if not found.corrections and not found.queue:
        yield ALL_KNOWN if found.known else NOTHING
    if found.corrections:
        yield f"In het plan verwerkt ({len(found.corrections)}):"
        yield from (f"  {_correction(one, plan)}" for one in found.corrections)
    if found.queue:
        yield f"Handmatig te verwerken ({len(found.queue)}):"
        yield from (f"  {_unmatched(one)}" for one in found.queue)
        yield "  De woorden staan in uw document en in het bestand met de gegevens, onder queue."
    if found.known and (found.corrections or found.queue):
        yield f"Al eerder ingelezen: {found.known}."
    if found.later:
        yield f"Dit was niet het nieuwste concept: samengevoegd met {found.later} wijzigingen van daarna."
    if found.lost:
        yield f"Verwijderde opmerkingen van IZP-concept: {found.lost}. Hun punten blijven open."


def _correction(one: Correction, plan: Plan) -> str:
    heading = where(one.model_copy(update={"target": one.after}) if one.kind == "move" else one, plan)
    place = f" ({'naar ' if one.kind == 'move' else ''}{heading})" if heading else ""
    return f"{_about(one, plan)}{place}: {_DONE[one.kind]}{_by(one)}"


def _about(one: Correction, plan: Plan) -> str:
    numbers = {entry.id: entry.number for entry in plan.entries}
    name = one.id if one.kind == "add" else one.target
    if name in numbers:
        return f"Uitspraak {numbers[name]}"
    if name.startswith("punt-"):
        return f"Open punt {name.removeprefix('punt-')}"
    return "Veld" if name in plan.fields else "Onderdeel"


def _unmatched(one: Unmatched) -> str:
    return f"{one.where or 'Algemeen'}: {one.why}{_by(one)}"


def _by(one: Correction | Unmatched) -> str:
    who = f", door {one.author}" if one.author else ""
    return f"{who} op {dutch_date(one.at.date())}" if one.at and who else who
