# One command each; every target gets the tools that it needs. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help tools build sdk demo test check check-lint check-types check-unit check-drift generate bench examples mirror install-terraform specs clean

# The lockfile's Node, also for what npm packages start by themselves.
on_node := PATH="$(CURDIR)/node_modules/.bin:$$PATH"
# Two at a time: the machines have two cores, and the tests start processes of their own.
jest := $(on_node) node node_modules/jest/bin/jest.js --maxWorkers=2 --ci
# Slow ones: a real CLI, Keycloak or SCIM server, or minutes of CPU. `make test` runs them, `make check` need not wait.
real := /real/|[.]real[.]test[.]ts|/provider/testing/|/examples/|/bench/|/connectors/[a-z-]+/(connector|script|refusals|sdk)[.]test[.]ts|/connectors/(?!simulator/)[a-z-]+/simulator[.]test[.]ts|/rules/differential[.]test[.]ts|/engine/model[.]test[.]ts|/planner/history[.]test[.]ts
checks := check-lint check-types check-unit check-drift
generated := schema.json provider/gen sdk docs/reference docs/index.md docs/resources docs/data-sources docs/functions provider/connectors/catalogue.ts provider/connectors/sandboxes.ts

help:
	@echo 'make demo       the whole story on the screen: plan, apply, drift, repair (simulated Keycloak and SCIM)'
	@echo '                ENGINE=terraform  told by Terraform (or tofu, where it is on PATH) instead of Pulumi'
	@echo '                REAL=1        on a real Keycloak and a real SCIM server'
	@echo '                PEOPLE=FILE   with your people (JSON or CSV)    SEED=n   other names, sizes and movers'
	@echo '                STORY=company one company at Entra, GitHub, Okta and Google Workspace (simulated); PEOPLE=n'
	@echo 'make test       all tests, on the real tools'
	@echo 'make check      format, lint, types, unit tests, generated files up to date; under a minute'
	@echo 'make generate   schema.json, provider/gen/, sdk/, docs/reference/ from the definitions'
	@echo 'make bench      speed and memory against their limits, into build/bench.json'
	@echo 'make examples   the programs of examples/ through the real CLI'
	@echo 'make tools      get or update the tools (cached in ~/.cache/seatwise-tools, or SEATWISE_TOOLS)'
	@echo 'make install-terraform  puts the provider where Terraform and OpenTofu of this user look for it'
	@echo 'make mirror DIR=FOLDER   the provider for all platforms, as a filesystem mirror with one hash'
	@echo 'make specs      what we use of vendors'"'"' published API descriptions, anew from npm (up to 400 MB, for the while)'
	@echo 'make clean      remove what was built here; the cache stays'

tools:
	@tools/get.sh

# Bundles and SDK, for whoever has the tools.
build:
	@tools/node.sh tools/build.mjs
	@tools/compile-sdk.sh

demo:
	@tools/get.sh node $(or $(filter terraform,$(ENGINE)),$(if $(filter tofu,$(ENGINE)),,pulumi)) $(if $(filter-out 0,$(REAL)),keycloak scim)
	@$(if $(filter terraform tofu,$(ENGINE)),tools/node.sh tools/build.mjs terraform demo,$(MAKE) build)
	@$(on_node) node build/demo.mjs

test:
	@tools/get.sh
	@$(MAKE) build
	@rm -f build/jest.json
	@$(jest) --json --outputFile=build/jest.json

check:
	@tools/get.sh node gen-sdk
	@$(MAKE) -k $(checks) # all of them: one that fails does not hide the others

check-lint:
	@echo 'check: format and lint'
	@$(on_node) biome check .

check-types:
	@echo 'check: types'
	@tools/compile-sdk.sh
	@$(on_node) tsc --noEmit -p .
	@$(on_node) tsc --noEmit -p tools

check-unit:
	@echo 'check: unit tests and layers'
	@$(jest) --testPathIgnorePatterns '/node_modules/' '$(real)'

check-drift: generate
	@echo 'check: generated files are up to date'
	@changed=$$(git status --porcelain -- $(generated)); if [ -n "$$changed" ]; then \
	  git --no-pager diff --stat -- $(generated); \
	  printf '%s\n%s\n' "$$changed" 'check: these are not what the definitions say: run "make generate" and commit them' >&2; exit 1; fi

generate:
	@tools/get.sh node gen-sdk
	@# From its source: it writes the list of connectors, and loads it after.
	@$(on_node) node provider/emit/main.ts
	@build/tools/bin/gen-sdk schema.json sdk/nodejs
	@$(on_node) node tools/cdk.mjs
	@tools/compile-sdk.sh

bench:
	@tools/get.sh node pulumi keycloak terraform
	@$(MAKE) build
	@$(on_node) node build/bench.mjs

examples:
	@tools/get.sh
	@$(MAKE) build
	@$(jest) examples

mirror:
	@$(if $(DIR),,echo 'mirror: no folder was named; next: make mirror DIR=FOLDER' >&2; exit 1)
	@tools/get.sh node
	@tools/node.sh tools/build.mjs terraform
	@tools/node.sh tools/mirror.mjs '$(DIR)'

install-terraform:
	@tools/get.sh node
	@tools/node.sh tools/build.mjs terraform
	@tools/install-terraform.sh

specs:
	@$(on_node) node tools/specs.mjs $(ONLY)

clean:
	rm -rf build coverage sdk/*/bin
