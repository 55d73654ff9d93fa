#!/usr/bin/env python3
"""Writes Sources/MarketData/Samples/Tables/XXX.csv from the table of bokeh-sampledata.

    pip download --no-deps bokeh-sampledata==2026.1
    unzip -p bokeh_sampledata-2026.1-*.whl 'bokeh_sampledata/_data/stocks.csv.gz' > stocks.csv.gz
    python3 make_samples.py stocks.csv.gz ../../../Sources/MarketData/Samples/Tables

The table is Quandl WIKI (public domain) as shipped by bokeh-sampledata 2026.1 (BSD): columns Ticker, Date, Open, High,
Low, Close, Volume, Adj Close. Rows are split by ticker and the ticker column is dropped; no number is touched.
The SHA-256 of each text is printed; SampleTests.swift holds the same ones.
"""
import gzip, hashlib, sys
from pathlib import Path

table, target = sys.argv[1], Path(sys.argv[2])
lines = gzip.decompress(Path(table).read_bytes()).decode("ascii").splitlines()
assert lines[0] == "Ticker,Date,Open,High,Low,Close,Volume,Adj Close", lines[0]
for symbol in ("GOOG", "AAPL", "IBM", "MSFT", "FB"):
    rows = [line.split(",", 1)[1] for line in lines[1:] if line.startswith(symbol + ",")]
    text = "\n".join([lines[0].split(",", 1)[1], *rows]) + "\n"
    (target / f"{symbol}.csv").write_text(text, encoding="ascii")
    print(symbol, len(rows), hashlib.sha256(text.encode()).hexdigest())
