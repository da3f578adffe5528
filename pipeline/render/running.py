"""What is the same on every page of a plan and in the properties of its files, in Word and in the PDF."""

from __future__ import annotations

import datetime as dt

from pipeline.plan import Plan, dutch_date
from pipeline.render.layout import printable

DRAFT, APPROVED = "IZP-concept", "IZP"
"""Who the file says it is by: the program, as long as nobody approved the plan and after that."""

LONGEST_NAME = 40


def author(plan: Plan) -> str:
    """Who the file is by."""
    return APPROVED if plan.approval else DRAFT


def status(plan: Plan) -> str:
    """That this is a draft, or who approved it."""
    return printable(plan.status)


def header(plan: Plan) -> str:
    """What this is about, a long name cut."""
    child = printable(plan.child or "")
    child = child if len(child) <= LONGEST_NAME else f"{child[: LONGEST_NAME - 1]}…"
    return f"{plan.title} · {child}" if child else plan.title


def footer(plan: Plan) -> str:
    """Which conversation, and which version of its plan."""
    date = f"gesprek van {dutch_date(plan.date)}" if plan.date else "datum van het gesprek niet bekend"
    return f"{date} · {plan.edition}"


def document_title(plan: Plan) -> str:
    """The title of the file, which a reader's window or screen reader tells."""
    return printable(" – ".join(part for part in (plan.title, plan.child, plan.status) if part))


def day(plan: Plan) -> dt.datetime:
    """The date in the files: that of the conversation, never today's; a ZIP can hold none before 1980."""
    return dt.datetime.combine(plan.date or dt.date(1980, 1, 1), dt.time(), dt.UTC)
