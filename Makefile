# The front door. Each target installs the Debian packages that it needs and finds missing.

.PHONY: run build test bench lint format install clean

# A shop on http://127.0.0.1:8000 with its data in till.db; further flags: make run ARGS="--threads 1"
run: build
	@exec build/till serve --db till.db --demo $(ARGS)

build:
	@tools/setup.sh build
	@tools/build.sh

test:
	@tools/setup.sh build test
	@tools/test.sh

bench: build
	@tools/setup.sh bench
	@tools/build.sh bench/bare bench/bare_orders
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
	@rm -rf build build-asan build-tsan build-fuzz
