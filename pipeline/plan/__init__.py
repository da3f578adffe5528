"""From findings to a plan: which statement stands where, under a template's chapters."""

from pipeline.plan.assemble import assemble
from pipeline.plan.dates import dutch_date
from pipeline.plan.points import MOST_BY_CHANCE, blocking, treatment_limits
from pipeline.plan.problems import problem
from pipeline.plan.records import Approval, Chapter, Entry, Item, Plan, Section
from pipeline.plan.versions import content_hash

__all__ = [
    "MOST_BY_CHANCE",
    "Approval",
    "Chapter",
    "Entry",
    "Item",
    "Plan",
    "Section",
    "assemble",
    "blocking",
    "content_hash",
    "dutch_date",
    "problem",
    "treatment_limits",
]
