# The front door. Each target installs the Debian packages that it needs and finds missing.

.PHONY: run storefront screenshots build test soak bench lint format install clean

# A shop on http://127.0.0.1:8000 with its data in till.db; further flags: make run ARGS="--threads 1"
run: build
	@exec build/till serve --db till.db --demo $(ARGS)

# The same shop with its pages, on http://127.0.0.1:3000 (PORT=3001 for another). Ctrl-C stops both.
storefront: build
	@tools/setup.sh storefront
	@PORT=$(or $(PORT),3000) exec tools/storefront.sh

# The README's pictures of it.
screenshots: build
	@tools/setup.sh test
	@tools/storefront.sh screenshots

build:
	@tools/setup.sh build
	@tools/build.sh

test:
	@tools/setup.sh build test
	@tools/test.sh

# Hours of a test's few seconds: 3,000 kills under load, a million placements for the last units.
soak: build
	@tools/setup.sh build test
	@SOAK=1 /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/api/test_kill.py tests/api/test_contention.py
	@SOAK=1 /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/nodes
	@TILL_TEST_NODES=1 TILL_TEST_DB=postgres /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/api/test_state_machine.py

bench: build
	@tools/setup.sh bench
	@tools/build.sh bench/bare bench/bare_orders bench/bare_search bench/bench_import
	@python3 bench/run.py $(ARGS)

lint:
	@tools/setup.sh build lint
	@tools/lint.sh

format:
	@tools/setup.sh lint
	@clang-format -i $$(git ls-files '*.c' '*.h')

install: build
	@meson install -C build --no-rebuild

clean:
	@rm -rf build build-asan build-tsan build-fuzz storefront/.next
