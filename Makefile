# The front door. Each target installs the Debian packages that it needs and finds missing.

.PHONY: run desk storefront screenshots build test record soak bench lint format install clean

# A shop on http://127.0.0.1:8000 with its desk and its data in till.db; further flags: make run ARGS="--threads 1"
run:
	@tools/setup.sh build
	@tools/desk.sh if-possible
	@$(MAKE) --no-print-directory build
	@exec build/till serve --db till.db --demo $(ARGS)

# Puts the owner's desk into the program, which needs npm's registry once.
desk:
	@tools/desk.sh
	@$(MAKE) --no-print-directory build

# The same shop with its pages, on http://127.0.0.1:3000 (PORT=3001 for another). Ctrl-C stops both.
storefront: build
	@tools/setup.sh storefront
	@PORT=$(or $(PORT),3000) exec tools/storefront.sh

# The README's pictures of it.
screenshots: build
	@tools/setup.sh test
	@tools/screenshots.sh
	@tools/storefront.sh screenshots

build:
	@tools/setup.sh build
	@tools/build.sh

# One test with its output: make test ONE=executor, ONE=tests/api/test_orders.py, ONE=fuzz/parser
test:
	@tools/setup.sh build test lint
	@ONE='$(ONE)' tools/test.sh

# Records anew what the seed's flow is answered (tests/data/seed_flow.json), from the binary that TILL names.
record: build
	@tools/setup.sh test
	@RECORD=1 TILL_TEST_DB= /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/api/test_seed_stays.py -k test_record
	@RECORD=1 TILL_TEST_DB=postgres /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/api/test_seed_stays.py -k test_record
	@git diff --stat tests/data/seed_flow.json

# Hours of a test's few seconds: 3,000 kills under load, a million placements for the last units.
soak: build
	@tools/setup.sh build test
	@SOAK=1 /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/api/test_kill.py tests/api/test_kill_parcels.py tests/api/test_contention.py
	@SOAK=1 /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/api/test_mail.py tests/api/test_webhooks.py -k killed
	@SOAK=1 TILL_TEST_DB=postgres /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/api/test_mail.py tests/api/test_webhooks.py -k killed
	@SOAK=1 /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/nodes
	@TILL_TEST_NODES=1 TILL_TEST_DB=postgres /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/api/test_state_machine.py

bench: build
	@tools/setup.sh bench
	@tools/build.sh bench/bare bench/bare_orders bench/bare_search bench/bench_import
	@/usr/bin/python3 bench/run.py $(ARGS)

lint:
	@tools/setup.sh build lint
	@tools/lint.sh

format:
	@tools/setup.sh lint
	@clang-format-19 -i $$(git ls-files '*.c' '*.h')

install: build
	@meson install -C build --no-rebuild

clean:
	@rm -rf build build-asan build-tsan build-fuzz storefront/.next admin/dist/*.*
