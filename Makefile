# Thin: what it does is in the two commands it runs. `make demo` shows a real backtest, `make test` runs every test.
BIN = .build/release/backtester

.PHONY: demo build test test-plugins lint deps
demo: build
	$(BIN) run sma_cross --sample GOOG --param n1=10 --param n2=30

build: deps
	swift build -c release --product backtester $(SWIFT_FLAGS)

test: deps test-plugins
	swift test --disable-xctest $(SWIFT_FLAGS)

test-plugins:
	@sh .ci/plugin-tests

lint:
	swift format lint --strict --recursive --parallel Sources Tests Package.swift

# System libraries the program links: SQLite, libcurl, zlib.
deps:
	@sh .ci/system-packages
