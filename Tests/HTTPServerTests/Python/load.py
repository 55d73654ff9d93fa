"""Load by wrk on the lists of 10,000 stored runs, beside a Hummingbird server that says one word, in the same minutes.

    make bench-http

wrk is a package of Debian. It is run by hand, not with the tests: its figures mean nothing on a busy machine. Any error of
a request, and memory that grows with the number of requests, ends it with exit code 1.
"""
import concurrent.futures
import re
import subprocess
import sys
import time

import requests

from harness import PATIENCE, Server, sample

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
SECONDS = int(sys.argv[2]) if len(sys.argv) > 2 else 8
CONNECTIONS = 32
UNITS = {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}


def fill(server):
    """Stores runs by running them."""
    started = time.monotonic()

    def post(number):
        session = sessions[number % len(sessions)]
        form = sample(strategy=("SMA", "EMA", "buy_and_hold")[number % 3], ticker=("GOOG", "IBM", "MSFT")[number % 3],
                      endDate=f"2005-{number % 8 + 4:02}-01")
        reply = session.post(server.api + "/backtest/", data=form, timeout=PATIENCE)
        assert reply.status_code == 200, reply.text + "".join(server.log)

    sessions = [requests.Session() for _ in range(4)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(post, range(RUNS)))
    print(f"{RUNS} runs stored in {time.monotonic() - started:.0f} s, {server.memory() >> 20} MiB resident")


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)([a-z]+)", text).groups()
    return float(number) * UNITS[unit]


def load(name, server, address):
    """One line of figures; the 99th percentile in milliseconds, and what went wrong."""
    before = server.memory()
    text = subprocess.run(["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", address],
                          capture_output=True, text=True, check=True).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
    middle, high = (milliseconds(re.search(rf"{part}%\s+([\d.]+\w+)", text)[1]) for part in (50, 99))
    size = len(requests.get(address, timeout=PATIENCE).content)
    errors = re.findall(r"(Socket errors.*|Non-2xx.*)", text)
    beside = f"   p99 {high / bare_high:6.1f} x" if bare_high else ""
    print(f"{name:36} {size:7,} bytes {rate:8,.0f}/s   p50 {middle:7.2f} ms   p99 {high:7.2f} ms{beside}"
          f"   {before >> 20} -> {server.memory() >> 20} MiB   {'; '.join(errors) or 'no errors'}", flush=True)
    faults.extend(f"{name}: {error}" for error in errors)
    return high


faults = []
bare, server = Server("--bare"), Server()
fill(server)
resident = []
for _ in range(3):
    bare_high = None
    bare_high = load("bare Hummingbird: one word", bare, bare.base + "/")
    load("healthcheck", server, server.api + "/healthcheck/")
    load("list, 50 runs", server, server.api + "/backtests/")
    load("list, 10 runs", server, server.api + "/backtests/?page_size=10")
    load("list, by Sharpe ratio, one ticker", server, server.api + "/backtests/?ordering=-sharpe&ticker=IBM")
    load("list, last page", server, server.api + f"/backtests/?page={RUNS // 50}")
    load("page of 50 runs", server, server.base + "/")
    load("style sheet", server, server.base + "/assets/page.css")
    resident.append(server.memory())
# The first round fills caches; what comes after it is the same again.
if resident[-1] > resident[0] * 1.25 + (32 << 20):
    faults.append(f"memory grew from {resident[0] >> 20} to {resident[-1] >> 20} MiB")
for each in (bare, server):
    code = each.stop()
    if code != 0:
        faults.append(f"a server ended with {code}")
print("\n".join(faults) or "no faults")
sys.exit(bool(faults))
