# What is needed: Python 3.11 or newer, and make. Everything else is put into .venv from the locked lists.
#   make run              start the dashboard on the sample city    (PORT=8600 for another port)
#   make test             check the code, then run every test       (TESTS=tests/test_geo_cells.py for one file)
#   PYTHON=/path/python3.12 make run    to choose the Python that .venv is made with

PORT ?=
TESTS ?=
# Browser tests wait more than they work: one worker more than there are cores.
WORKERS ?= $(shell $(RUN) -c "import os; print((os.cpu_count() or 1) + 1)")
CANDIDATES := $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python)
VENV := .venv
KERNELS := $(wildcard geo/kernels/*.py)
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip install --disable-pip-version-check --no-input --require-hashes
LOCK := $(RUN) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
# Every server, command and reader that is started finds the program compiled, whatever the environment says.
unexport PYTHONDONTWRITEBYTECODE

# A .venv that works is kept. One that was interrupted, or whose Python has gone, is made again.
define make_venv
if ! $(RUN) -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
  found=; \
  for python in $(CANDIDATES); do \
    if "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
    then found=$$python; break; fi; \
  done; \
  if [ -z "$$found" ]; then \
    echo "Fixpoint needs Python 3.11 or newer with venv, and none of these is one: $(CANDIDATES)." >&2; \
    echo "Install it (on Debian and Ubuntu: apt install python3 python3-venv), or name one: PYTHON=/path/to/python3.12 make run" >&2; \
    exit 1; \
  fi; \
  echo "Making $(VENV) with $$("$$found" --version) …"; \
  "$$found" -m venv --clear $(VENV); \
fi
endef

# With this line .venv/bin/python -m dashboard works from any folder, not only from this one.
define know_the_checkout
$(RUN) -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "fixpoint.pth").write_text(str(pathlib.Path.cwd()) + "\n", encoding="utf-8")'
endef

define compile_kernels
echo "Compiling what finds hot spots (a quarter of a minute, once) …"; $(RUN) -m geo.engine
endef

.PHONY: help run demo test check docs shots lock benchmarks clean
help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

run: $(VENV)/compiled.run ## Start the dashboard on a sample city and print its address
	@$(RUN) -m dashboard serve --demo $(if $(PORT),--port $(PORT))

demo: $(VENV)/installed.run ## Fill your own, empty store with the sample city
	@$(RUN) -m dashboard demo

test: check $(VENV)/compiled.dev ## Check the code, then run every test
	@$(RUN) -m compileall -q geo problems data dashboard
	@$(RUN) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(TESTS)

check: $(VENV)/installed.dev ## Lint, formatting, types and import contracts
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@$(VENV)/bin/lint-imports

docs: $(VENV)/installed.dev ## Write the generated page of the documents again
	@$(RUN) tests/lifecycle_page.py

shots: $(VENV)/installed.dev ## Take a screenshot of every page, in every theme and width, into shots/
	@$(RUN) tests/shots.py

benchmarks: $(VENV)/compiled.dev ## Run the benchmarks at small size
	@for file in benchmarks/*.py; do echo "== $$file"; $(RUN) "$$file" || exit 1; done

lock: $(VENV)/installed.dev ## Write the locked lists again from pyproject.toml (UPGRADE=--upgrade for newer versions)
	@$(LOCK) $(UPGRADE) --output-file requirements.txt
	@$(LOCK) $(UPGRADE) --group dev --output-file requirements-dev.txt

clean: ## Remove caches and screenshots; .venv and var/ (your store) stay
	@rm -rf $(VENV)/compiled.* shots .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -path ./$(VENV) -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf

$(VENV)/installed.run: requirements.txt
	@$(make_venv)
	@echo "Installing what the dashboard needs (about a minute the first time) …"
	@$(PIP) -r requirements.txt
	@$(know_the_checkout)
	@touch $@

$(VENV)/installed.dev: requirements-dev.txt
	@$(make_venv)
	@echo "Installing what the dashboard and its tests need (a minute or two the first time) …"
	@$(PIP) -r requirements-dev.txt
	@$(know_the_checkout)
	@touch $@

# Once for a version of the kernels, so that no page and no test waits for it.
$(VENV)/compiled.run: $(VENV)/installed.run $(KERNELS)
	@$(compile_kernels)
	@touch $@

$(VENV)/compiled.dev: $(VENV)/installed.dev $(KERNELS)
	@$(compile_kernels)
	@touch $@
