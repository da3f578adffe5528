# The commands of this project. `make demo` and `make test` need Python 3.11, 3.12 or 3.13 and nothing else.

SHELL := /bin/sh
PYTHON ?= $(firstword $(foreach name,python3.13 python3.12 python3.11 python3,\
	$(if $(shell $(name) -c 'import ensurepip, sys, venv; sys.exit(not (3,11) <= sys.version_info[:2] <= (3,13))' 2>/dev/null && echo yes),$(name))))
BIN := .venv/bin
READY := .venv/ready

.DEFAULT_GOAL := help
.PHONY: help demo serve-demo test lint evaluate quality bench bench-batch docs-images model weights figures update

help: ## shows this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

demo: $(READY) ## drafts every conversation in samples/ into out/
	$(BIN)/izp draft --out out --overschrijven $(filter-out %.gold.json,$(wildcard samples/*.*))

serve-demo: $(READY) ## serves the web app with invented children, to try it in a browser
	$(BIN)/python -m review.demo

test: $(READY) ## runs the tests
	$(BIN)/python -m pytest

lint: $(READY) ## checks style, types and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

evaluate: $(READY) ## scores the extraction on the annotated conversations in samples/, and fails under a floor
	$(BIN)/izp evaluate samples --floors tests/floors.yaml

quality: $(READY) ## writes the figures in docs/quality.md and what becomes of the examples in docs/labels.md
	$(BIN)/python -m pipeline.quality

bench: $(READY) ## measures how fast a draft is, and how much memory it takes
	$(BIN)/python -m benchmarks

bench-batch: $(READY) ## measures how fast many plans are put into another template, and how much memory that takes
	$(BIN)/python -m benchmarks.batch

docs-images: $(READY) ## makes the pictures in docs/images again; needs LibreOffice Writer, poppler-utils and Chromium
	$(BIN)/python -m benchmarks.pictures
	$(BIN)/python -m benchmarks.screens

model: $(READY) ## trains the Dutch model again: make model DATA=<folder with treebanks>
	@test -n "$(DATA)" || { echo "Say where the treebanks are: make model DATA=<folder>"; exit 2; }
	$(BIN)/python -m extractors.model.train "$(DATA)"

weights: $(READY) ## learns all weights and readers again from extractors/model/corpus/
	$(BIN)/python -m pipeline.learn

figures: $(READY) ## measures what was learned, also on conversations that were left out; this takes hours
	$(BIN)/python -m pipeline.learn.measure

update: ## pins the newest versions of all packages in constraints.txt (needs Python 3.11, 3.12 and 3.13)
	$(PYTHON) .ci/pin.py
	@echo "constraints.txt is new; make test installs it and runs the tests"

# The stamp is made last: an installation that was broken off is done again.
$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed, with its venv module."; exit 2; }
	@rm -f $(READY)
	@echo "Installing in .venv, once; this takes a few minutes."
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt hatchling editables
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --no-build-isolation -e '.[dev]'
	@touch $(READY)
