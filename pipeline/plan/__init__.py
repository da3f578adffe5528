"""From findings to a plan: which statement stands where, under a template's chapters."""

from pipeline.plan.assemble import assemble
from pipeline.plan.dates import dutch_date
from pipeline.plan.points import MOST_BY_CHANCE
from pipeline.plan.records import Chapter, Entry, Item, Plan, Section

__all__ = ["MOST_BY_CHANCE", "Chapter", "Entry", "Item", "Plan", "Section", "assemble", "dutch_date"]
