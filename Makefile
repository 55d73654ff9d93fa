# Thin: what it does is in the two commands it runs. `make demo` shows a real backtest, `make test` runs every test.
BIN = .build/release/backtester

.PHONY: demo build test lint deps
demo: build
	$(BIN) run sma_cross --sample GOOG --param n1=10 --param n2=30

build: deps
	swift build -c release --product backtester $(SWIFT_FLAGS)

test: deps
	swift test --disable-xctest $(SWIFT_FLAGS)

lint:
	swift format lint --strict --recursive --parallel Sources Tests Package.swift

# System libraries the program links: SQLite, libcurl, zlib.
deps:
	@sh .ci/system-packages
