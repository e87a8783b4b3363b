# The front door. Each target installs the Debian packages that it needs and finds missing.

.PHONY: run desk storefront screenshots build test record sim planted coverage soak fuzz bench lint analyze format install uninstall deb release clean

# A shop on http://127.0.0.1:8000 with its desk, and its data in till.db. Another port, another database, further flags:
# make run PORT=8001 DB=postgresql://user@host/shop ARGS="--threads 1". Ctrl-C stops it.
run:
	@tools/setup.sh build
	@tools/desk.sh if-possible
	@$(MAKE) --no-print-directory build
	@exec build/till serve --db '$(or $(DB),till.db)' --demo --as-root $(if $(PORT),--listen 127.0.0.1:$(PORT)) $(ARGS)

# Puts the owner's desk into the program, which needs npm's registry once.
desk:
	@tools/desk.sh
	@$(MAKE) --no-print-directory build

# The same shop with its pages, on http://127.0.0.1:3000 (PORT=3001 for another). If `make run` is on port 8000, the pages
# are of that shop. If not, this starts one too: on till.db, or on what DB names. TILL_URL=http://… names a shop that runs
# elsewhere. Ctrl-C stops what this has started.
storefront:
	@DB='$(DB)' PORT='$(PORT)' TILL_URL='$(TILL_URL)' exec tools/storefront.sh

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
	@tools/setup.sh build test examples lint
	@ONE='$(ONE)' tools/test.sh

# Records anew what the seed's flow is answered (tests/data/seed_flow.json), from the binary that TILL names.
record: build
	@tools/setup.sh test
	@RECORD=1 TILL_TEST_DB= /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/api/test_seed_stays.py -k test_record
	@RECORD=1 TILL_TEST_DB=postgres /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/api/test_seed_stays.py -k test_record
	@git diff --stat tests/data/seed_flow.json

# A million operations of a simulated shop, with faults; or one run: make sim SEED=9, with STEPS=500 for its first steps, and with
# STORY=1 all that happens in it (docs/internals/simulator.md).
sim:
	@tools/setup.sh build test
	@tools/sim.sh "$(SEED)" "$(STEPS)" "$(STORY)"

# Plants known bugs, one at a time, and shows which test catches each: half an hour. BUGS="stock webhook" plants those with one of these
# words in their name, file or test (docs/internals/testing.md).
planted:
	@tools/setup.sh build test
	@tests/planted/planted.py $(BUGS)

# How much of src/ the whole suite runs, in lines and branches: an hour and a half. STEPS="unit sim" runs only these, STEPS=report none.
coverage:
	@tools/setup.sh build test coverage
	@tools/desk.sh if-possible
	@tools/coverage.py $(STEPS)

# Hours of a test's few seconds: 3,000 kills under load, a million placements for the last units.
soak: build analyze
	@tools/setup.sh build test
	@tools/build.sh tests/cuts && build/tests/cuts power --all --seeds 20
	@build/tests/cuts commands --all && build/tests/cuts calls --all && build/tests/cuts reading --all && build/tests/cuts failing --all
	@SOAK=1 /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/api/test_calls.py
	@tools/build.sh tests/till_sim
	@build/tests/till_sim --seed 1000001 --operations 100000000 --jobs $$(nproc)
	@SOAK=1 /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/api/test_kill.py tests/api/test_kill_parcels.py tests/api/test_contention.py tests/api/test_payments_webhook.py tests/api/test_state_machine.py
	@SOAK=1 /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/api/test_mail.py tests/api/test_webhooks.py -k killed
	@SOAK=1 TILL_TEST_DB=postgres /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/api/test_mail.py tests/api/test_webhooks.py -k killed
	@SOAK=1 /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/nodes
	@TILL_TEST_NODES=1 TILL_TEST_DB=postgres /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/api/test_state_machine.py

# Hours of the fuzzers' minute, all of them together: make fuzz HOURS=8
fuzz:
	@tools/setup.sh build test
	@HOURS='$(or $(HOURS),1)' tools/fuzz.sh

bench: build
	@tools/setup.sh bench
	@tools/build.sh bench/bare bench/bare_orders bench/bare_search bench/bench_import
	@/usr/bin/python3 bench/run.py $(ARGS)

lint:
	@tools/setup.sh build lint
	@tools/lint.sh

# gcc's analyzer over src/, which must find nothing: minutes the first time, then what has changed. It is gcc 12's, because
# Debian 12 and 13 both have it, and another one finds other things.
analyze:
	@tools/setup.sh build lint
	@[ -f build-analyzer/build.ninja ] || CC=gcc-12 meson setup build-analyzer -Dc_args=-fanalyzer >/dev/null
	@ninja -C build-analyzer --quiet till

format:
	@tools/setup.sh lint
	@clang-format-19 -i $$(git ls-files '*.c' '*.h')

# The program, its manual, completions, systemd's units, documentation and a sample of /etc/till/till.env.
# DESTDIR=… puts them below a folder. PREFIX=/usr puts them elsewhere than below /usr/local, the next time too.
install:
	@tools/setup.sh build
	@tools/desk.sh if-possible
	@tools/build.sh installed
	@[ -z '$(PREFIX)' ] || { meson configure build -Dprefix='$(PREFIX)' && ninja -C build build.ninja; } >/dev/null
	@meson install -C build --quiet --no-rebuild
	@grep -v '^#' build/meson-logs/install-log.txt >>'$(installed)'

# Removes what `make install` of this folder has installed; with DESTDIR=… what is below that. /etc/till and the shop stay.
uninstall:
	@tools/uninstall.sh '$(installed)'

# What is installed, for each DESTDIR.
installed = build/installed$(subst /,_,$(abspath $(DESTDIR)))

# A Debian package, in dist.
deb:
	@tools/setup.sh build deb
	@tools/deb.sh

# A release of what is committed, in dist: tarball, package, checksums. Refuses what is not ready (docs/internals/HACKING.md).
release:
	@tools/release.sh check
	@tools/setup.sh build deb
	@tools/release.sh

clean:
	@rm -rf build build-analyzer build-asan build-tsan build-fuzz build-coverage /var/tmp/till-coverage storefront/.next admin/dist/*.*
