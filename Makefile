# What a person and CI run. Everything happens in .venv; Python 3.11 or newer and make are all it takes.

PORT ?= 8000
PYTHON ?= python3
PY = .venv/bin/python
PYTEST = $(PY) -m pytest
PIP = $(PY) -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help run test browser lint bench format requirements clean

help:
	@echo "make run [PORT=8000]  sample data, then web, worker and beat on SQLite"
	@echo "make test             the whole suite on SQLite, then on PostgreSQL and Redis"
	@echo "make browser          the tests that need a chromium"
	@echo "make lint             style, types, import directions, templates, migrations, deploy check"
	@echo "make bench            the benchmarks"
	@echo "make format           put Python and templates in order"
	@echo "make requirements     compile requirements*.in anew"

# Stamps: what has been installed, so that a second run is quick.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.txt | .venv/bin/python
	$(PIP) install --require-hashes -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt | .venv/bin/python
	$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@ .venv/run.stamp

# Sample people sign in with a password alone; anywhere else staff need a second factor.
run: .venv/run.stamp
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py collectstatic --noinput --verbosity 0
	@$(PY) manage.py load_sample
	@echo "This is a trial: STAFF_MFA=0, so that staff are not asked for a second factor here."
	@STAFF_MFA=0 exec $(PY) manage.py portal --port $(PORT)

# Tests that miss a server fail here; what reaches no database runs once. Those of the browser are `make browser`,
# those of Redis run with PostgreSQL.
test: .venv/dev.stamp
	@echo "== SQLite, with the embedded broker and cache"
	env -u DATABASE_URL -u REDIS_URL EVERYTHING=1 $(PYTEST) -n 2 -m "not browser and not redis and not postgresql"
	@echo "== PostgreSQL 18, with Redis as broker and cache"
	EVERYTHING=1 $(PY) -m tests.servers -- $(PYTEST) -n 2 -m "not browser and not sqlite and not pure"

browser: .venv/dev.stamp
	env -u DATABASE_URL -u REDIS_URL EVERYTHING=1 $(PYTEST) -m browser

lint: .venv/dev.stamp
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/djlint --quiet --lint templates
	$(PY) manage.py makemigrations --check --dry-run
	@echo "== Django's deploy check, as in production"
	@DATA_DIR=$$(mktemp -d) DEBUG=0 HTTPS=1 ALLOWED_HOSTS=cpl.example SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_hex(40))') sh -c '$(PY) manage.py migrate --verbosity 0 && $(PY) manage.py check --deploy --fail-level WARNING; code=$$?; rm -rf "$$DATA_DIR"; exit $$code'

bench: .venv/dev.stamp
	@for file in benchmarks/*.py; do echo "== $$file"; $(PY) "$$file" || exit 1; done

format: .venv/dev.stamp
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

requirements: .venv/bin/python
	$(PIP) install uv
	$(PY) -m uv pip compile -q --universal --generate-hashes --python-version 3.11 --custom-compile-command "make requirements" requirements.in -o requirements.txt
	$(PY) -m uv pip compile -q --universal --generate-hashes --python-version 3.11 --custom-compile-command "make requirements" requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf .venv staticfiles .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results
