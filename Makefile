# Thin: what it does is in the two commands it runs. `make demo` shows a real backtest, `make test` runs every test.
BIN = .build/release/backtester
# On Linux Swift's libraries become part of the program: it starts in half the time, and runs where no Swift is installed.
RELEASE_FLAGS = $(if $(filter Linux,$(shell uname -s)),--static-swift-stdlib)

.PHONY: demo build bench bench-http test test-plugins lint deps
demo: build
	$(BIN) run sma_cross --sample GOOG --param n1=10 --param n2=30

build: deps
	swift build -c release --product backtester $(RELEASE_FLAGS) $(SWIFT_FLAGS)

# What a bar, an order, a saved run and a process start cost on this machine; `make bench BENCH="engine store"` for some.
bench: build
	swift build -c release --product backtester-bench $(RELEASE_FLAGS) $(SWIFT_FLAGS)
	swift build -c release --product backtester-strategy $(RELEASE_FLAGS) $(SWIFT_FLAGS)
	-@$(MAKE) -s -C plugins/c
	.build/release/backtester-bench $(BENCH)

# The server under load beside one that says one word; needs wrk, and requests from PyPI.
bench-http: deps
	swift build -c release --product backtester-http $(RELEASE_FLAGS) $(SWIFT_FLAGS)
	BACKTESTER_HTTP=.build/release/backtester-http python3 Tests/HTTPServerTests/Python/load.py

# A few tests at once: with all of them started together, one that waits is not resumed for minutes, and its clocks run out.
test: deps test-plugins
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4 swift test --disable-xctest $(SWIFT_FLAGS)

test-plugins:
	@sh .ci/plugin-tests

lint:
	swift format lint --strict --recursive --parallel Sources Tests Package.swift

# System libraries the program links: SQLite, libcurl, zlib.
deps:
	@sh .ci/system-packages
