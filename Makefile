# Two commands do everything on a fresh machine with Python 3.11, make and git: `make run` and `make test`.

PYTHON := .venv/bin/python
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
UV_VERSION := 0.13.9
MODEL := models/askmeso.tar.gz
# What a model is made from; it is trained again when one of these is newer.
# What the staff room exported is among it (docs/runbooks/teaching.md); a folder is newer once a file of it is gone.
TRAINING := $(or $(ASKMESO_TRAINING_DIR),$(or $(ASKMESO_VAR),var)/training)
INPUTS := config.yml domain.yml $(wildcard data/nlu/*/*.yml data/rules/*.yml data/lexicon/*/* bot/nlu/*.py bot/policies/*.py) \
	bot/languages.py bot/weights.py content/safety/red_flags.yml content/safety/assertions.yml content/clinic.yml requirements.txt \
	$(wildcard $(TRAINING)/nlu/* $(TRAINING)/nlu/*/*.yml)

export RASA_TELEMETRY_ENABLED := false
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help install train run demo talk test evaluate safety content bench bench-nlu check format widget lock

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: .venv/installed ## Install everything into .venv

train: install ## Train a model from data/, what the staff room exported, config.yml and domain.yml
	$(PYTHON) -m bot train --skip-validation --fixed-model-name askmeso

run: $(MODEL) ## Install, train if needed, start everything
	@$(PYTHON) -m bot.serve

demo: $(MODEL) ## Fill the staff room with 300 made-up conversations through the real assistant
	@$(PYTHON) -m bot.demo

talk: $(MODEL) ## Talk to the assistant in this terminal
	@$(PYTHON) -m bot.talk

test: $(MODEL) ## Run all tests
	$(PYTHON) -m pytest -n 2 --dist loadfile

evaluate: $(MODEL) ## Ask it the labelled questions of DATA=file.jsonl and score what patients would see
	@$(PYTHON) -m benchmarks.evaluate "$(DATA)"

safety: $(MODEL) ## Ring the alarm: the safety set (or DATA=folder), by tier, language and rule, with every miss
	@$(PYTHON) -m benchmarks.safety "$(DATA)"

content: install ## Print every answer in a line: words, grade, sources, review; and every fault
	@$(PYTHON) -m clinic.answers.table

bench: install ## Measure it beside the starter bot of `rasa init`
	@$(PYTHON) -m benchmarks.speed

check: install ## Format, lint, types, training data, content, house rules
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m ruff check
	$(PYTHON) -m mypy
	$(PYTHON) -m clinic.answers.validator
	$(PYTHON) -m pytest -q tests/house
	$(PYTHON) -m bot data validate --fail-on-warnings

bench-nlu: install ## Measure the classifier on public data: DATA=folder
	$(PYTHON) -m benchmarks.nlu $(DATA)

format: install ## Mend what format and lint can mend by themselves
	$(PYTHON) -m ruff format
	$(PYTHON) -m ruff check --fix

widget: ## Build the chat widget from its sources into widget/dist, with npm
	cd widget && npm ci --no-audit --no-fund && npm run check && npm run build && npm run size

lock: $(UV) ## Compile requirements.txt anew from pyproject.toml
	$(UV) pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.11 pyproject.toml --output-file requirements.txt

.venv/installed: requirements.txt | $(UV)
	@echo "Installing into .venv (about 1.9 GB; a few minutes the first time)"
	@test -x $(PYTHON) || $(UV) venv --quiet --python 3.11 .venv
	@$(UV) pip sync --quiet --compile-bytecode --python $(PYTHON) requirements.txt
	@touch $@

.uv/bin/uv:
	@python3.11 -m venv .uv && .uv/bin/pip install --quiet uv==$(UV_VERSION)

$(MODEL): .venv/installed $(INPUTS)
	@echo "Training the model (about two minutes)"
	@$(PYTHON) -m bot train --skip-validation --fixed-model-name askmeso
	@touch $@
