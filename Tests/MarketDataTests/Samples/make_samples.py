#!/usr/bin/env python3
"""Writes Sources/MarketData/Samples/SampleXXX+Generated.swift from the table of bokeh-sampledata.

    pip download --no-deps bokeh-sampledata==2026.1
    unzip -p bokeh_sampledata-2026.1-*.whl 'bokeh_sampledata/_data/stocks.csv.gz' > stocks.csv.gz
    python3 make_samples.py stocks.csv.gz ../../../Sources/MarketData/Samples

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
    source = f'''// swift-format-ignore-file

extension Samples {{
  /// Daily bars of {symbol}, {rows[0][:10]} to {rows[-1][:10]}, as CSV text; written by Tests/MarketDataTests/Samples/make_samples.py.
  static let {symbol.lower()}Text: StaticString = #"""
{text}
"""#
}}
'''
    (target / f"Sample{symbol}+Generated.swift").write_text(source, encoding="ascii")
    print(symbol, len(rows), hashlib.sha256(text.encode()).hexdigest())
