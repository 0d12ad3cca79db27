# Everything one can do here; `make` alone lists it. Nothing is installed outside this directory.
# The one exception is a browser for `make test`, and only when none is found (see infra/browser.py).

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The newest Python that answers and is new enough: a name on PATH may be a shim that leads nowhere.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
STAGE ?= prod
# Tools work on this machine's centre unless somebody names a STAGE.
PLACE = $(if $(filter file,$(origin STAGE)),local,$(STAGE))
TESTS ?= tests
# All tests are shared by two processes: journeys wait while the others work.
TOGETHER = $(if $(filter tests,$(TESTS)),-n 2 --no-loadscope-reorder)
ENCODING ?= utf-8
PY := .venv/bin/python
CHECKED = $(wildcard app.py chalicelib infra bench tests)

# Only for what never meets AWS: a deployment goes to the region that its administrator has set.
test bench: export AWS_DEFAULT_REGION ?= ap-northeast-1

.PHONY: help run test check format bench replay accounts card-tokens traffic redrive restore disclose forget accesses preflight probe canary card-key card-check package deploy lock clean

help: ## list what one can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/.stamp .venv-emulator/.stamp web/node_modules/.stamp ## start the contact centre on this machine (KEEP=1, TRAFFIC=off, SEED=, WEB_PORT=, EMULATOR_PORT=, CONNECT_PORT=, LOCAL_DIR=, LOSE=, DUPLICATE=, SHUFFLE=on)
	@exec $(PY) -m infra.local

test: .venv/.stamp .venv-emulator/.stamp web/node_modules/.stamp ## every test, the running stack and a real browser among them (TESTS=path, PYTEST_ARGS=)
	@CHROMIUM="$$($(PY) -m infra.browser)" && export CHROMIUM && $(PY) -m pytest $(TOGETHER) $(TESTS) $(PYTEST_ARGS)

check: .venv/.stamp web/node_modules/.stamp ## format, lint, strict types (pages too), import contracts, templates
	@$(PY) -m ruff format --check $(CHECKED)
	@$(PY) -m ruff check $(CHECKED)
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-cache
	@$(PY) -m infra.page_types
	@$(PY) -m infra.packaging --stage $(STAGE) out/check
	@.venv/bin/cfn-lint --non-zero-exit-code error out/check/sam.yaml $(filter-out infra/template.yaml,$(wildcard infra/*.yaml))

format: .venv/.stamp ## put the code into the common format
	@$(PY) -m ruff format $(CHECKED)
	@$(PY) -m ruff check --fix $(CHECKED)

replay: .venv/.stamp ## bring history in: make replay FILE=calls.csv ZONE=Asia/Tokyo [STAGE=local] [ENCODING=cp932] (docs/history.md)
	@$(PY) -m infra.operations.replay "$(FILE)" --zone "$(ZONE)" --stage $(PLACE) --encoding "$(ENCODING)"

accounts: .venv/.stamp ## bring members in: make accounts FILE=members.jsonl [STAGE=local] (docs/accounts.md)
	@$(PY) -m infra.operations.accounts "$(FILE)" --stage $(PLACE)

card-tokens: .venv/.stamp ## inside the card system: card numbers become tokens (FILE=members.csv, OUT=members.jsonl, KEYS=1=<ARN>, ENCODING=, PER_SECOND=2000, FORM=dynamodb, STAGE=)
	@$(PY) -m infra.operations.accounts.card_tokens "$(FILE)" "$(OUT)" --stage $(PLACE) --keys "$(KEYS)" --encoding "$(ENCODING)" \
		--per-second "$(or $(PER_SECOND),2000)" --form "$(or $(FORM),lines)"

traffic: .venv/.stamp ## play a day in the centre that runs (SCENARIO=ordinary-day, DATE=2026-11-16|now, SPEED=max|60|1, SEED=, CONTACTS=, AGENTS=) (docs/traffic.md)
	@$(PY) -m infra.local.traffic --scenario="$(SCENARIO)" --date="$(DATE)" --speed="$(SPEED)" --seed="$(SEED)" --contacts="$(CONTACTS)" --agents="$(AGENTS)" \
		--lose="$(LOSE)" --duplicate="$(DUPLICATE)" --shuffle="$(SHUFFLE)"

bench: .venv/.stamp ## measure, and fail where a promise is missed (see bench/)
	@$(PY) -m bench

redrive: .venv/.stamp ## look at what failed, choose, put it back (QUEUE=parked|dead-letters|given-up, STAGE=, CHOOSE=all)
	@$(PY) -m infra.operations.redrive "$(QUEUE)" --stage $(PLACE) --choose "$(CHOOSE)"

restore: .venv/.stamp ## copy a restored table's items back (FROM=<restored table>, TABLE=FactsTable|AgentEventsTable|AccessesTable|DirectoryTable|CardAuditTable, STAGE=)
	@$(PY) -m infra.operations.restore "$(FROM)" "$(TABLE)" --stage $(PLACE)

disclose: .venv/.stamp ## write all that is held of a customer into a file (CUSTOMER=+81…, OUT=, STAGE=)
	@$(PY) -m infra.operations.customers --stage $(PLACE) disclose "$(CUSTOMER)" --out "$(or $(OUT),disclosure.json)"

forget: .venv/.stamp ## take from every store whom a customer's contacts were about (CUSTOMER=+81…, STAGE=)
	@$(PY) -m infra.operations.customers --stage $(PLACE) forget "$(CUSTOMER)"

accesses: .venv/.stamp ## whose data an account opened (ACCOUNT=, FROM=, TO=, STAGE=)
	@$(PY) -m infra.operations.customers --stage $(PLACE) accesses "$(ACCOUNT)" --start "$(FROM)" --end "$(TO)"

preflight: .venv/.stamp ## are the AWS account's quotas large enough? (PEAK=calls in the busiest hour, AGENTS=, SECONDS=420, QUEUES=10)
	@$(PY) -m infra.operations.preflight --peak "$(PEAK)" --agents "$(AGENTS)" --seconds "$(or $(SECONDS),420)" --queues "$(or $(QUEUES),10)"

probe: .venv/.stamp ## where does an instance of yours differ from the local Connect? (INSTANCE=, FLOW=, STAGE=) (docs/local-connect.md)
	@$(PY) -m infra.operations.probe "$(INSTANCE)" --flow "$(FLOW)" --stage "$(if $(filter file,$(origin STAGE)),,$(STAGE))"

canary: .venv/.stamp ## key in card numbers that are nobody's, then search everything for them (CALLS=12, STAGE=) (docs/operations.md)
	@$(PY) -m infra.operations.canary --stage $(PLACE) --calls "$(or $(CALLS),12)"

card-key: .venv/.stamp ## make a key for card entry and say what to upload (DAYS=730, OUT=out/card-key, STAGE=); ID= and KEY= name one, LIST=1 shows them, RETIRE= takes one out (docs/card-room.md)
	@$(PY) -m infra.operations.card_keys --stage $(PLACE) --days "$(or $(DAYS),730)" --out "$(or $(OUT),out/card-key)" \
		--id "$(ID)" --key "$(KEY)" --retire "$(RETIRE)" $(if $(LIST),--list) $(if $(FORCE),--force)

card-check: .venv/.stamp ## does the key open what Connect stored? make card-check KEY=key.pem ID=… < stored-input (without KEY: the keys of STAGE=) (docs/card-room.md)
	@$(PY) -m infra.operations.card_check --stage $(PLACE) --key "$(KEY)" --id "$(ID)"

package: .venv/.stamp ## build the deployable in out/package: zips and template, linted
	@$(PY) -m infra.packaging --stage $(STAGE) out/package
	@.venv/bin/cfn-lint --non-zero-exit-code error out/package/sam.yaml

deploy: .venv/.stamp web/node_modules/.stamp ## deploy to AWS: make deploy STAGE=prod BUCKET=… [INSTANCE=…] [CCP_URL=…] [AWS_PROFILE=…]
	@$(PY) -m infra.deploy --stage $(STAGE) --bucket "$(BUCKET)" --instance "$(INSTANCE)" --ccp-url "$(CCP_URL)"

# What Lambda's runtime has is not deployed, whoever asks for it.
IN_LAMBDA = boto3 botocore s3transfer python-dateutil six urllib3
lock: .venv/.stamp ## pin every dependency anew, with hashes
	@for name in requirements requirements-dev requirements-emulator requirements-node; do \
		left_out=; [ $$name != requirements ] || left_out="$(IN_LAMBDA:%=--no-emit-package %)"; \
		.venv/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-header \
			--python-version 3.11 $$left_out $$name.in -o $$name.txt || exit 1; done

clean: ## remove what was built and every local environment and state
	@rm -rf out .local .venv .venv-emulator .venv-node web/node_modules
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

.PHONY: python
python:
	@test -n "$(PYTHON)" || { echo "Tsunagu needs Python 3.11 or newer: install it, or say where it is with 'make PYTHON=/path/to/python3'." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "'$(PYTHON)' is not a Python 3.11 or newer: install one, or say where it is with 'make PYTHON=/path/to/python3'." >&2; exit 1; }

.venv/.stamp: requirements-dev.txt | python
	@$(PYTHON) infra/install.py python .venv requirements-dev.txt

.venv-emulator/.stamp: requirements-emulator.txt | python
	@$(PYTHON) infra/install.py python .venv-emulator requirements-emulator.txt

web/node_modules/.stamp: $(wildcard web/package-lock.json) | python
	@$(PYTHON) infra/install.py pages
