"""Runs all of it, each step behind those whose result it needs: `make weights`.

With `--keep-decision` all but the decision is learned: that takes many times as long as the rest.
"""

import sys

from extractors.cuts import load_cuts
from extractors.extract import make_pipeline
from pipeline.learn.cuts import learn_cuts
from pipeline.learn.flags import learn_flags
from pipeline.learn.people import learn_people
from pipeline.learn.readings import learn_readings
from pipeline.learn.statements import learn_statements

nlp = make_pipeline()  # without the readers, which are only now learned
learn_cuts(nlp)
load_cuts.cache_clear()  # the clauses of all that follows are cut by what was just learned
learn_people(nlp)
learn_statements(nlp, decide="--keep-decision" not in sys.argv[1:])
learn_readings(nlp)
learn_flags(nlp)
