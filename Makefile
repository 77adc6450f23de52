# Every target does its own set-up: on a fresh Debian 12 `make demo` and `make test` are enough.

SHELL := /bin/sh
JOBS ?= $(shell nproc)
FUZZ_SECONDS ?= 20
DEB = build/millrace_$(shell sed -n 's/^project.millrace VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)_amd64.deb
CPP = 'src/*.[ch]pp' 'tests/*.[ch]pp' 'fuzz/*.cpp' 'bench/*.[ch]pp'
export CCACHE_DIR ?= $(CURDIR)/build/ccache
export CCACHE_BASEDIR ?= $(CURDIR)
export CCACHE_NOHASHDIR ?= 1

.PHONY: help build demo check style test unit e2e docs docs-pages test-docs test-site map shots golden simulate lint format fuzz bench bench-engine bench-heart bench-calls bench-reload bench-egress bench-sandbox bench-profiles bench-outbox bench-archive bench-backup bench-overload bench-nlu bench-web bench-events soak soak-disconnects tsan ci clean install deb clean-root setup setup-test setup-style setup-dev bench-check bench-ask

help:  ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup:
	@mkdir -p build
	@tools/setup.sh tools/packages.txt
	@tools/setup-phonenumber.sh

setup-test: setup
	@tools/setup.sh tools/packages-test.txt
	@tools/setup-node.sh

setup-docs: setup-test
	@tools/setup-node.sh site

setup-style: setup-test
	@tools/setup.sh tools/packages-style.txt

setup-dev: setup-style
	@tools/setup.sh tools/packages-dev.txt

build: setup  ## the program, as build/release/millrace
	@cmake --preset release >build/configure-release.log || { cat build/configure-release.log; exit 1; }
	@cmake --build --preset release -j $(JOBS)

demo: build  ## serve the example beside the Braze sandbox and print the address to open
	@build/release/millrace demo --data build/demo-data

style: setup-style  ## everything that needs no build: the rules of the house, formats, types, lint
	@python3 tools/house
	@python3 -m unittest discover -q -s tools/house -t tools
	@python3 -m unittest discover -q -s tools/docs -t tools
	@python3 -m unittest discover -q -s tools/join -t tools
	@python3 -m unittest discover -q -s tools/pack -t tools
	@python3 tools/docs --check
	@PYTHONPATH=src/python/worker python3 -m unittest discover -q -s tests/worker -t tests
	@mypy --config-file src/python/worker/mypy.ini src/python/worker/millrace_worker
	@git ls-files $(CPP) | xargs -P $(JOBS) -n 40 clang-format-19 --dry-run -Werror
	@cd tests/e2e && npm run --silent lint

check: style  ## the fast half of `make test`, to be run before every commit: style, and the tests of the rooms
	@cmake --preset dev >build/configure-dev.log || { cat build/configure-dev.log; exit 1; }
	@cmake --build --preset dev -j $(JOBS) --target millrace_tests
	@ctest --preset dev -j $(JOBS) --label-exclude slow --output-on-failure --progress

unit: setup
	@cmake --preset dev >build/configure-dev.log || { cat build/configure-dev.log; exit 1; }
	@cmake --build --preset dev -j $(JOBS) --target millrace_tests
	@ctest --preset dev -j $(JOBS) || { \
	  echo "Once more, alone, what failed: it may want more of the machine than there was. Twice is a fault."; \
	  ctest --preset dev --rerun-failed; }
	@python3 tools/house --build build/dev

e2e: build setup-test
	@python3 tools/house --binary build/release/millrace
	@cd tests/e2e && npm test --silent

docs: setup-docs  ## make a site of the pages of docs/, in build/site
	@cd site && npm run --silent build

docs-pages: build setup-test  ## write the pages of docs/ and the types of web/chat that are made of the sources, of --help and of tables of tests
	@python3 tools/docs --binary build/release/millrace
	@cd tests/e2e && node cases-page.mjs --write

test-docs: build  ## follow the tutorial to the letter in a fresh folder; compare pages with the program
	@python3 tools/docs --check --binary build/release/millrace
	@python3 tools/docs tutorial --binary build/release/millrace

test-site: docs  ## links, valid HTML, and axe in Chromium, of the site
	@cd site && npm test --silent

test: style unit e2e test-docs test-site  ## everything: style, unit tests, conversations, simulation, end to end, documents

shots: build setup-test  ## the pictures of docs/chat-page.md: examples/showcase at 320, 390 and 1280 px (SHOTS=docs)
	@cd tests/e2e && MILLRACE_SHOTS=$(or $(SHOTS),docs) node --test web-kinds.test.mjs

map: setup  ## draw docs/map.svg anew: the rooms, and who includes whom
	@python3 tools/house map

golden: setup  ## write what the conversations of tests/conversations give now
	@cmake --preset dev >build/configure-dev.log || { cat build/configure-dev.log; exit 1; }
	@cmake --build --preset dev -j $(JOBS) --target millrace_tests
	@MILLRACE_GOLDEN=1 build/dev/tests/millrace_tests --gtest_filter='*Conversation*:FlowCorpus*:FlowSchemaFiles*:DialogRender*' --gtest_brief=1
	@git diff --stat -- tests schemas docs

simulate: unit  ## the seeded simulation over many more seeds (SEEDS=5000)
	@MILLRACE_SEEDS=$(or $(SEEDS),5000) build/dev/tests/millrace_tests --gtest_filter='Simulation.*'

soak: setup setup-test  ## the same in an optimized build, in as many processes as there are CPUs (SEEDS=1000000), an hour of fuzzing over the wire, and ten minutes of one hostile address
	@cmake --preset release -B build/soak -DMILLRACE_TESTS=ON >build/configure-soak.log || { cat build/configure-soak.log; exit 1; }
	@cmake --build build/soak -j $(JOBS) --target soak --target soak_storage
	@tests/simulation/soak.sh build/soak/tests/soak $(or $(SEEDS),1000000) $(JOBS)
	@MILLRACE_TURNS=100000 build/soak/tests/soak --gtest_filter='Parking*Many*'
	@MILLRACE_SEEDS=$(or $(DISK_SEEDS),50000) build/soak/tests/soak_storage --gtest_filter='StorageSimulation*:Outages*' --gtest_brief=1
	@MILLRACE_TORN_STEP=1 build/soak/tests/soak_storage --gtest_filter='StorageJournal.Ends*' --gtest_brief=1
	@cmake --preset release >build/configure-release.log || { cat build/configure-release.log; exit 1; }
	@cmake --build --preset release -j $(JOBS) --target millrace
	@cd tests/e2e && MILLRACE_FUZZ_SECONDS=$(or $(FUZZ_WIRE_SECONDS),3600) node --test wire-fuzz.test.mjs
	@cd tests/e2e && MILLRACE_HOSTILE_SECONDS=$(or $(HOSTILE_SECONDS),600) node --test hostile.test.mjs

soak-disconnects: build setup-test  ## DISCONNECTS=100000 cut connections over CHATS=1000 chats of real phoenix clients
	@cd tests/e2e && node soak-disconnects.mjs $(or $(DISCONNECTS),100000) $(or $(CHATS),1000)

tsan: setup  ## the unit tests under the thread sanitizer
	@cmake --preset tsan >build/configure-tsan.log || { cat build/configure-tsan.log; exit 1; }
	@cmake --build --preset tsan -j $(JOBS) --target millrace_tests
	@ctest --preset tsan -j $(JOBS)

lint: style setup-dev  ## style, and clang-tidy, which takes long
	@cmake --preset dev >build/configure-dev.log
	@cmake --build --preset dev -j $(JOBS) --target millrace_tests
	@git ls-files 'src/*.cpp' | xargs -P $(JOBS) -n 4 clang-tidy-19 -p build/dev --quiet 2>/dev/null

format: setup-style  ## lay out the sources as .clang-format says, and the pages as .prettierrc.json does
	@git ls-files $(CPP) | xargs clang-format-19 -i
	@cd tests/e2e && npm run --silent format

fuzz: setup  ## each fuzz target for FUZZ_SECONDS
	@cmake --preset fuzz >build/configure-fuzz.log || { cat build/configure-fuzz.log; exit 1; }
	@cmake --build --preset fuzz -j $(JOBS) --target fuzz
	@fuzz/run.sh build/fuzz $(FUZZ_SECONDS)

bench: build  ## the benchmark beside its peers; see docs/benchmarks.md
	@bench/run.sh

bench-engine: build  ## the engine alone: steps a second, and how long a program takes to load
	@cmake --build --preset release -j $(JOBS) --target engine_bench
	@build/release/engine_bench

bench-check: setup  ## how long a flow of 1,000 nodes takes to check
	@cmake --preset release >build/configure-release.log || { cat build/configure-release.log; exit 1; }
	@cmake --build --preset release -j $(JOBS) --target check_bench
	@build/release/check_bench

bench-ask: setup  ## how long one answer takes to read, by type
	@cmake --preset release >build/configure-release.log || { cat build/configure-release.log; exit 1; }
	@cmake --build --preset release -j $(JOBS) --target ask_bench
	@build/release/ask_bench

bench-heart: build  ## runtime, engine and journal without a network: turns a CPU-second; also encrypted at rest
	@cmake --build --preset release -j $(JOBS) --target heart_bench
	@for people in 1 16 64 256; do for how in "" encrypted; do rm -rf build/heart-data; \
	  build/release/heart_bench build/heart-data $$people 5 examples/signup 1 $$how; done; done; rm -rf build/heart-data

bench-calls: build  ## a call of an action node; PEER=server.py is a Python HTTP action server to put beside it
	@cmake --build --preset release -j $(JOBS) --target call_bench
	@build/release/call_bench $(PEER)

bench-reload: build  ## a solution of 200 action nodes deployed under 2,000 calls a second
	@node bench/reload.mjs build/release/millrace

bench-egress: build  ## the way out: client and proxy
	@cmake --build --preset release -j $(JOBS) --target egress_bench
	@build/release/egress_bench

bench-sandbox: build  ## the Braze sandbox alone under wrk
	@tools/setup.sh tools/packages-bench.txt
	@bench/braze_sandbox.sh build/release/millrace

bench-profiles: build  ## the Braze sandbox with PROFILES=1000000 profiles: look-ups, restarts, memory
	@node bench/profiles.mjs build/release/millrace $(or $(PROFILES),1000000)

bench-outbox: build  ## deliveries from durable row to acknowledged; what a million waiting rows take
	@cmake --build --preset release -j $(JOBS) --target outbox_bench
	@bench/outbox.sh build/release

bench-archive: build  ## reading a folder of a million turns beside a running server
	@cmake --build --preset release -j $(JOBS) --target archive_bench
	@bench/archive.sh $(or $(TURNS),1000000)

bench-backup: build  ## backup and restore of a server under load: what it costs, and whether the copy is right
	@bench/backup.sh

bench-nlu: setup  ## intents on the public sets of NLU_DATA, beside fastText where it is installed; MILLRACE_NLU_TEST names test splits
	@cmake --preset release >build/configure-release.log || { cat build/configure-release.log; exit 1; }
	@cmake --build --preset release -j $(JOBS) --target nlu_bench
	@bench/nlu.sh build/release $(or $(NLU_DATA),../shared/data/nlu)

bench-events: build  ## events taken in durably, in batches of 1, 20 and 500, beside PostgreSQL's COPY where it is installed (SECONDS=5)
	@tools/setup-node.sh tests/e2e
	@taskset -c 1 node bench/events.mjs $(or $(SECONDS),5)
	@if [ -x /usr/lib/postgresql/15/bin/initdb ] && /usr/bin/python3 -c 'import psycopg2' 2>/dev/null; then taskset -c 1 /usr/bin/python3 bench/events_postgres.py $(or $(SECONDS),5); else echo "PostgreSQL is left out: it needs the packages postgresql-15 and python3-psycopg2"; fi

bench-web: build setup-test  ## the chat page beside npm botframework-webchat and rasa-webchat: bytes, first paint, memory (MESSAGES=1000)
	@tools/setup-node.sh bench/web
	@node bench/web.mjs

bench-overload: build setup-test  ## five times the load for SECONDS=120, beside a slow action, slow readers and a second solution
	@cmake --build --preset release -j $(JOBS) --target overload_load
	@SECONDS=$(or $(SECONDS),120) node bench/overload.mjs build/release/millrace build/release/overload_load

install: build  ## put the program, its manual page, completions and examples below PREFIX=/usr/local, and that below DESTDIR
	@cmake --install build/release --strip --component program --prefix $(or $(PREFIX),/usr/local) >build/install.log || { cat build/install.log; exit 1; }
	@echo "Installed below $(DESTDIR)$(or $(PREFIX),/usr/local)"

deb: build  ## make the Debian package, as build/millrace_VERSION_amd64.deb
	@tools/setup.sh tools/packages-deb.txt
	@cpack --config build/release/CPackConfig.cmake -B $(CURDIR)/build >build/cpack.log 2>&1 || { cat build/cpack.log; exit 1; }
	@echo "Made $(DEB)"

clean-root: deb  ## try the package in a clean Debian 12: install, serve, upgrade, purge; and follow the documents from nothing
	@tools/setup.sh tools/packages-clean-root.txt
	@tools/clean-root deb $(DEB)
	@tools/clean-root walk $(DEB)

ci: test  ## what CI runs

clean:  ## remove everything that was built
	rm -rf build tests/e2e/node_modules site/node_modules
