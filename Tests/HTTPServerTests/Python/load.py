"""Load by wrk on the list of 10,000 stored runs, beside a Hummingbird server that says one word, in the same minutes.

    swift build -c release --product backtester-http
    BACKTESTER_HTTP=.build/release/backtester-http python3 Tests/HTTPServerTests/Python/load.py

wrk is a package of Debian. It is run by hand, not with the tests: its figures mean nothing on a busy machine.
"""
import concurrent.futures
import re
import subprocess
import sys
import time

import requests

from harness import PATIENCE, Server, sample

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
SECONDS = 10
CONNECTIONS = 32


def fill(server):
    """Stores runs by running them."""
    started = time.monotonic()

    def post(number):
        session = sessions[number % len(sessions)]
        form = sample(strategy=("SMA", "EMA", "buy_and_hold")[number % 3], ticker=("GOOG", "IBM", "MSFT")[number % 3],
                      endDate=f"2005-{number % 8 + 4:02}-01")
        assert session.post(server.api + "/backtest/", data=form, timeout=PATIENCE).status_code == 200

    sessions = [requests.Session() for _ in range(4)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(post, range(RUNS)))
    print(f"{RUNS} runs stored in {time.monotonic() - started:.0f} s, {server.memory() >> 20} MiB resident")


def load(name, server, address):
    before = server.memory()
    text = subprocess.run(["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", address],
                          capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)[1]
    middle, high = (re.search(rf"{part}%\s+([\d.]+\w+)", text)[1] for part in (50, 99))
    errors = re.findall(r"(Socket errors.*|Non-2xx.*)", text) or ["no errors"]
    print(f"{name:34} {float(rate):9,.0f}/s   p50 {middle:>9}   p99 {high:>9}   {'; '.join(errors)}   "
          f"RSS {before >> 20} -> {server.memory() >> 20} MiB")


bare, server = Server("--bare"), Server()
fill(server)
for _ in range(2):
    load("bare Hummingbird", bare, bare.base + "/")
    load("healthcheck", server, server.api + "/healthcheck/")
    load("list, 50 runs", server, server.api + "/backtests/")
    load("list, 10 runs", server, server.api + "/backtests/?page_size=10")
    load("list, by Sharpe ratio, one ticker", server, server.api + "/backtests/?ordering=-sharpe&ticker=IBM")
    load("list, last page", server, server.api + f"/backtests/?page={RUNS // 50}")
for each in (bare, server):
    print("stopped with", each.stop())
