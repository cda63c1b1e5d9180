# Inkling. `make` alone prints these targets.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
LOCK := provisioning/lock
UV := uv==0.13.9
# picamera2 comes from apt on a Pi and cannot be had from pip: there, and only there, the venv sees the system's packages.
PICAMERA2 := import importlib.util as u; print("--system-site-packages" if u.find_spec("picamera2") else "")
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run test setup clips train evaluate evaluate-licensed card shift bench lint lock clean

help:  ## print the targets, a sentence each
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup  ## set up, then play a clip (CLIP=file, CAMERA=/dev/video0 or picamera2) through the whole chain, live
	@$(BIN)/inkling run $(if $(CLIP),--clip "$(CLIP)") $(if $(CAMERA),--camera "$(CAMERA)")

test: $(VENV)/.test fetch  ## set up, then run every check and every test
	@sh provisioning/need.sh chromium eglinfo:mesa-utils mosquitto nats-server rabbitmq-server openssl faketime unshare:util-linux ip:iproute2 mosquitto_sub:mosquitto-clients node:nodejs npm mcopy:mtools mkfs.vfat:dosfstools sgdisk:gdisk mke2fs:e2fsprogs systemd-analyze:systemd
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest $(TESTS)

setup: $(VENV)/.demo fetch  ## only set up: .venv with the `inkling` command, and the face models

lint: $(VENV)/.test  ## format, style, types and import rules
	@$(BIN)/ruff format --check -q . && $(BIN)/ruff check -q . && $(BIN)/mypy && $(BIN)/lint-imports

clips: setup  ## make the planted clips (demo clip and the benchmark set) with their truth
	@$(BIN)/python -m models.clips

train: $(VENV)-train/.train $(if $(DATA),fetch)  ## train the expression model from seed (DATA=folder mixes in own recordings)
	@$(VENV)-train/bin/python -m models.train $(if $(DATA),--data "$(DATA)")

evaluate: setup  ## measure the shipped model and the spotter; reports under .cache/reports
	@$(BIN)/python -m models.evaluate
	@$(BIN)/python -m models.benchmark

acted: setup $(VENV)/.render  ## the same benchmark on ACTORS=4 heads that muscles move and a graphics driver draws in every frame
	@sh provisioning/need.sh eglinfo:mesa-utils
	@$(BIN)/python -m models.benchmark --acted $(or $(ACTORS),4) --reports .cache/reports/acted

evaluate-licensed: setup  ## measure the shipped model on DATA=folder you hold a licence for, LAYOUT=casme2|samm|smic|casme_squared|own
	@$(BIN)/python -m models.licensed $(if $(DATA),--data "$(DATA)") $(if $(LAYOUT),--layout $(LAYOUT))

card: setup  ## draw the staff card and the customer sign (CONFIG=file, FOLDER=where)
	@$(BIN)/python -m appliance.printed $(if $(CONFIG),--config "$(CONFIG)") $(if $(FOLDER),--folder "$(FOLDER)")

shift: setup  ## simulate 1,000 shifts through the real policy: true and false cues, precision, self-switch-off
	@$(BIN)/python -m appliance.shift

audit: setup  ## the same movements on rendered people, one thing changed; report in models/audit
	@$(BIN)/python -m models.audit

bench: setup  ## ms a frame per stage, fps of the chain, memory of each process, beside a peer
	@$(BIN)/python -m appliance.bench
	@$(BIN)/python -m appliance.bench.light

kill-matrix: $(VENV)/.test  ## kill -9 the publishing process and its broker in every way, beside a naive peer; prints the table
	@sh provisioning/need.sh mosquitto
	@$(BIN)/python -m appliance.fleet.killmatrix --runs $(or $(RUNS),4)

simulate: $(VENV)/.test  ## play SCHEDULES=10000 seeded worlds of faults through the publishing code (SEED=n: one alone)
	@$(BIN)/python -m appliance.fleet.simulate --schedules $(or $(SCHEDULES),10000) $(if $(SEED),--seed $(SEED))

fleet: $(VENV)/.test  ## DEVICES=1000 publishers on one broker, then a broker restart; figures and a plot
	@sh provisioning/need.sh mosquitto
	@$(BIN)/python -m appliance.fleet --devices $(or $(DEVICES),1000)

backlog: $(VENV)/.test  ## replay 24 h of backlog (20,000 events) to a consumer with mosquitto's default queue
	@sh provisioning/need.sh mosquitto
	@$(BIN)/python -m appliance.fleet.backlog

lock:  ## write the hashed locks again from pyproject.toml
	@$(PYTHON) -m venv .cache/uv && .cache/uv/bin/pip install -q '$(UV)'
	@for extra in test demo render train; do SSL_CERT_FILE=$${SSL_CERT_FILE:-$$PIP_CERT} .cache/uv/bin/uv pip compile -q --universal \
		--python-version 3.11 --generate-hashes --no-header --no-emit-index-url --extra $$extra \
		$$(test $$extra = test || echo -c $(LOCK)/test.txt) pyproject.toml provisioning/lock/build.in -o $(LOCK)/$$extra.txt; done

include provisioning/device.mk

clean:  ## remove what was set up and cached
	rm -rf .venv .venv-train .cache models/fetched

.PHONY: fetch
fetch: $(VENV)/.demo
	@$(BIN)/python -m models.fetch

# Each stamp is a finished installation of one lock; a changed lock or pyproject installs again.
$(VENV)/.demo: $(LOCK)/demo.txt pyproject.toml
	$(call install,$(VENV),demo)
$(VENV)/.test: $(LOCK)/test.txt $(VENV)/.demo
	$(call install,$(VENV),test)
$(VENV)/.render: $(LOCK)/render.txt $(VENV)/.demo
	$(call install,$(VENV),render)
$(VENV)-train/.train: $(LOCK)/train.txt
	$(call install,$(VENV)-train,train)

define install
@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed: sudo apt-get install python3 python3-venv"; exit 1; }
@test -x $(1)/bin/pip || $(PYTHON) -m venv $$($(PYTHON) -c '$(PICAMERA2)') $(1) || { echo "python3-venv is needed: sudo apt-get install python3-venv"; exit 1; }
@$(PYTHON) provisioning/install.py $(1) $(LOCK)/$(2).txt
@$(1)/bin/pip install -q --no-deps --no-build-isolation -e .
@touch $(1)/.$(2)
endef
