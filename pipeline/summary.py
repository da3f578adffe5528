"""What the command line shows when it is done: tables for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table

from extractors.evaluate import Figures
from extractors.history import History
from extractors.schema import CATEGORIES, Category, FlagType
from pipeline.draft import Draft

CATEGORY_NAMES: dict[Category, str] = {
    "value": "waarde",
    "goal": "doel",
    "preference": "wens",
    "agreement": "afspraak",
    "action_point": "actie",
    "concern": "zorg",
    "context": "feit",
}

FLAG_NAMES: dict[FlagType, str] = {
    "conflict": "tegenstrijdig",
    "tentative": "twijfel",
    "missing_owner": "wie ontbreekt",
    "missing_due": "wanneer ontbreekt",
    "proxy_only": "alleen via een ander",
    "treatment_limit": "behandelgrens",
    "open_question": "open vraag",
    "unclear_speaker": "onduidelijke spreker",
}


def of_drafts(drafts: Sequence[tuple[Path, Draft]]) -> Table:
    """A row for each source file: its statements by category, those to review, flags and unused turns."""
    # Short words and no lines: all ten counts fit beside most names on a terminal of 80 columns.
    caption = (
        "nazien: uitspraken die misschien in het plan horen; u beslist. "
        "rest: beurten die niet gebruikt zijn. Beide staan achteraan in het concept."
    )
    table = Table(box=None, padding=(0, 1, 0, 0), caption=caption, caption_justify="left")
    table.add_column("bestand", overflow="fold")
    for heading in (*CATEGORY_NAMES.values(), "nazien", "vlag", "rest"):
        table.add_column(heading, justify="right", no_wrap=True)
    for source, draft in drafts:
        conversation, findings = draft.extraction.conversation, draft.extraction.findings
        categories = Counter(statement.category for statement in findings.statements)
        counts = [categories[category] for category in CATEGORIES]
        counts += [len(findings.to_review), len(findings.flags), len(findings.unused_turns(conversation))]
        table.add_row(shown(source.name), *map(str, counts))
    return table


def of_history(history: History, sources: Mapping[str, Path]) -> Table:
    """A row for each conversation of one child: how much changed in it and was done since the ones before.

    Args:
        history: The comparison.
        sources: The file of each conversation, by the conversation's id.
    """
    table = Table(box=None, padding=(0, 1, 0, 0))
    for heading in ("gesprek", "gedane acties"):
        table.add_column(heading, overflow="fold")
    for conversation in history.conversations:
        done = sum(each.conversation == conversation for each in history.done)
        table.add_row(shown(sources[conversation].name), str(done))
    table.add_row("gewijzigde wensen", str(len(history.flags)))
    return table


def of_figures(figures: Figures) -> tuple[Table, ...]:
    """The scores as tables: by conversation, by category, by kind of flag, and over all."""
    conversations = _table("gesprek", "gevonden", "verzonnen", "gemist", "F1")
    for row in figures.by_conversation:
        conversations.add_row(row.name, *map(str, (row.found, row.invented, row.missed)), _share(row.f1))
    categories = _table("categorie", "F1")
    for category, value in figures.category_f1.items():
        categories.add_row(CATEGORY_NAMES[category], _share(value))
    flags = _table("vlag", "precisie", "recall")
    for kind, recall in figures.flag_recall.items():
        flags.add_row(FLAG_NAMES[kind], _share(figures.flag_precision[kind]), _share(recall))
    totals = _table("over alle gesprekken", "")
    shares = {
        "uitspraken: precisie": figures.detection_precision,
        "uitspraken: recall": figures.detection_recall,
        "uitspraken: F1": figures.detection_f1,
        "hele uitspraak: F1": figures.statement_f1,
        "categorie": figures.category_accuracy,
        "perspectief": figures.perspective_accuracy,
        "via een ander": figures.reported_accuracy,
        "domein": figures.domain_accuracy,
        "polariteit": figures.polarity_accuracy,
        "zekerheid": figures.certainty_accuracy,
        "actie: wie": figures.owner_accuracy,
        "actie: wanneer": figures.due_accuracy,
        "domeinen niet besproken: F1": figures.domains_not_discussed_f1,
        "vlaggen: F1": figures.flags_f1,
    }
    for label, share in shares.items():
        totals.add_row(label, _share(share))
    totals.add_row("polariteit: fouten", str(figures.polarity_errors))
    totals.add_row("niet letterlijk", str(figures.not_verbatim))
    totals.add_row("gesprekken", str(figures.conversations))
    totals.add_row("niet gelezen", str(figures.missing_files))
    return conversations, categories, flags, totals


def shown(path: Path | str) -> str:
    """A path as text that every terminal can print, whatever bytes the name holds."""
    return str(path).encode("utf-8", "replace").decode("utf-8")


def _table(first: str, *others: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(first)
    for heading in others:
        table.add_column(heading, justify="right")
    return table


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}".replace(".", ",")
