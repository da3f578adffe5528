"""Runs all of it, each step behind those whose result it needs: `make weights`."""

from extractors.cuts import load_cuts
from extractors.extract import load
from pipeline.learn.cuts import learn_cuts
from pipeline.learn.people import learn_people
from pipeline.learn.readings import learn_readings
from pipeline.learn.statements import learn_statements

nlp = load()
learn_cuts(nlp)
load_cuts.cache_clear()  # the clauses of all that follows are cut by what was just learned
learn_people(nlp)
learn_statements(nlp)
learn_readings(nlp)
