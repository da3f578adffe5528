"""What became of a statement, or of a field of one, that left the plan while somebody had it on screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.corrections import Kind, history
from pipeline.dossier import Dossier
from pipeline.plan import Plan
from pipeline.plan.entries import owner_field, term_field

_DEEDS: Final[Mapping[Kind, str]] = {
    "reject": "geschrapt",
    "merge": "samengevoegd met een andere uitspraak",
    "move": "verplaatst",
    "classify": "anders ingedeeld",
    "undo": "teruggezet",
}
"""What takes a statement, or its fields, out of the plan."""

_SEE: Final = "U ziet het plan zoals het nu is."


def gone(name: str, plan: Plan, dossier: Dossier) -> str | None:
    """The sentence for a reader who asks for what is not in the plan any more.

    Args:
        name: The id of a statement or of a field.
        plan: The plan as it is now.
        dossier: What it was made from.

    Returns:
        Who did what, or None for what no reader took away.
    """
    about = name.removeprefix(owner_field("")).removeprefix(term_field(""))
    events = [each for each in history(dossier.corrections, about) if each.correction.kind in _DEEDS]
    if not events:
        return None
    last = next((each for each in reversed(events) if each.holds), events[-1]).correction
    entry = next((each for each in plan.entries if each.id == about), None)
    which = f"Uitspraak {entry.number}" if entry else "Deze uitspraak"
    by = f" door {last.author}" if last.author else ""
    left = "" if name == about else " Dit veld staat daarom niet meer in het plan."
    return f"{which} is intussen {_DEEDS[last.kind]}{by}.{left} {_SEE}"
