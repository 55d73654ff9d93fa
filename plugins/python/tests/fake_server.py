#!/usr/bin/env python3
"""A stand-in for ``backtester serve``: answers in the protocol's form, and misbehaves when a strategy's name says so.

FAKE_MODE in the environment spoils the start: ``old`` (no such command), ``mute``, ``version``, ``noise``.
"""

import base64
import json
import os
import struct
import sys
import threading
import time

MODE = os.environ.get("FAKE_MODE", "")
READ, WRITE = sys.stdin.buffer, sys.stdout.buffer
lock, cancelled, lsp = threading.Lock(), {}, False
METRICS = {"total_return_pct": 422.0, "sharpe": 0.584, "trades": 3, "profit_factor": None, "start": 0}
TRADES = [
    {"size": -1 if n % 2 else 1, "pnl": n * 1.5, "symbol": "GOOG", "entry_time": 86400000 * n} for n in range(2500)
]


def send(message):
    data = json.dumps(dict({"jsonrpc": "2.0"}, **message), ensure_ascii=False).encode()
    with lock:
        WRITE.write(b"Content-Length: %d\r\n\r\n" % len(data) + data if lsp else data + b"\n")
        WRITE.flush()


def error(code, message, **data):
    return {"error": {"code": code, "message": message, "data": data}}


def record(number, status="completed", **more):
    made = {"run_id": f"r-{number}", "status": status, "strategy": "sma_cross", "dataset": "GOOG", "symbols": ["GOOG"]}
    return dict(made, metrics=METRICS, warnings=["a <b>warning</b>"], **more)


def page(items, params):
    at, limit = int(params.get("cursor", "c0")[1:]), min(params.get("limit", 100), 1000)
    made = {"items": items[at : at + limit]}
    if at + limit < len(items):
        made["next_cursor"] = f"c{at + limit}"
    return {"result": made}


def run(number, params):
    name, token = params["strategy"], params.get("progress_token")
    if name == "echo":
        return {"result": record(number, request=params)}
    if name == "crash":
        sys.stderr.write("Segmentation fault\n")
        return error(
            2002, "the strategy's process was ended by signal 11 at bar 7", kind="strategy_crashed", hint="Read it.",
            retryable=False, run_id="r-666", signal=11, stderr_tail="Segmentation fault\n",
        )  # fmt: skip
    if name == "die":
        sys.stderr.write("Fatal error: the host is dying of grief\n")
        sys.stderr.flush()
        os._exit(3)
    if name == "killed":
        os.kill(os.getpid(), 9)
    if name == "garbage":
        with lock:
            WRITE.write(b"Hello, I am no message\n")
            WRITE.flush()
        return {"result": record(number)}
    if name == "slow":
        for bar in range(600):
            if cancelled.get(number):
                return error(-32800, "the request was cancelled", kind="request_cancelled", run_id=f"r-{number}")
            if token is not None:
                value = {"kind": "report", "run_id": f"r-{number}", "bars_done": bar, "bars_total": 600}
                send({"method": "$/progress", "params": {"token": token, "value": value}})
            time.sleep(0.05)
    if name == "brief" and token is not None:
        for bar in (1, 2, 3):
            send(
                {
                    "method": "$/progress",
                    "params": {"token": token, "value": {"kind": "report", "bars_done": bar, "bars_total": 3}},
                }
            )
    if not params["wait"]:

        def later():
            time.sleep(0.2)
            finished.add(f"r-{number}")
            send({"method": "runs/changed", "params": {"run_id": f"r-{number}", "status": "completed"}})

        threading.Thread(target=later, daemon=True).start()
        return {"result": {"run_id": f"r-{number}", "status": "queued"}}
    return {"result": record(number)}


finished = set()


def answer(number, method, params):
    if method == "initialize":
        if MODE == "version":
            return error(1002, "no common version", kind="unsupported_protocol_version", supported=["2.0"])
        return {"result": {"protocol_version": "1.0", "host": {"name": "fake", "version": "9"},
                           "capabilities": {"metrics": sorted(METRICS)}, "limits": {"max_page_items": 1000}}}  # fmt: skip
    if method == "strategies/list":
        return page([{"name": f"s{n}", "source": "builtin", "modes": [], "parameters": {}} for n in range(3)], params)
    if method == "strategies/describe":
        if params["strategy"] == "sma_cros":
            return error(4001, "no strategy sma_cros; did you mean sma_cross?", kind="unknown_strategy", hint="Look.")
        return {"result": {"name": params["strategy"], "parameters": {"type": "object", "properties": {}}}}
    if method == "strategies/check":
        return {"result": {"passed": True, "level": params.get("level", "all"), "checks": [{"id": "core.starts"}]}}
    if method == "datasets/list":
        return page([{"dataset": "GOOG", "start": 0, "end": 86400000}], params)
    if method == "datasets/describe":
        return {"result": {"dataset": params["dataset"]}}
    if method == "rpc.discover":
        return {"result": {"openrpc": "1.3.2", "padding": "x" * 5_000_000}}
    if method == "backtest/run":
        return run(number, params)
    if method == "backtest/sweep":
        trials = [
            {"run_id": f"r-{n}", "status": "completed", "parameters": {"n1": n}, "metrics": METRICS} for n in (9, 5)
        ]
        trials.insert(0, {"run_id": "r-f", "status": "failed", "parameters": {"n1": 0}, "failure": {}})
        return {"result": {"sweep_id": "s-1", "status": "completed", "trials_total": 3, "trials_done": 3,
                           "trials_failed": 1, "items": trials, "asked": params}}  # fmt: skip
    if method == "runs/list":
        return page([record(n) for n in range(2500)], params)
    if method == "runs/get":
        if params["run_id"] == "r-none":
            return error(3001, "there is no run r-none", kind="unknown_run", pointer="/run_id")
        over = params["run_id"] in finished or params["run_id"] == "r-1"
        return {
            "result": dict(
                record(0, "completed" if over else "running"), run_id=params["run_id"], bars_done=1, bars_total=2
            )
        }
    if method == "runs/trades":
        return page(TRADES, params)
    if method == "runs/events":
        return page([{"seq": 0, "kind": "filled", "time": 0}], params)
    if method == "runs/series":
        values = {
            "time": [86400000 * n for n in range(3)],
            "equity": [10000.0, None, 10500.25],
            "drawdown_pct": [0.0, -1.0, 0.0],
        }
        made = {}
        for name in params["columns"]:
            dtype = "i64" if name == "time" else "f64"
            column = values.get(name, [1.0, 2.0, 3.0])
            if params.get("encoding") == "f64le+base64":
                packed = struct.pack(
                    "<3" + ("q" if dtype == "i64" else "d"), *(float("nan") if v is None else v for v in column)
                )
                made[name] = {
                    "encoding": "f64le+base64",
                    "dtype": dtype,
                    "count": 3,
                    "data": base64.b64encode(packed).decode(),
                }
            else:
                made[name] = {"encoding": "json", "dtype": dtype, "count": 3, "data": column}
        return {"result": {"run_id": params["run_id"], "count": 3, "columns": made}}
    if method == "runs/cancel":
        finished.add(params["run_id"])
        return {"result": {"run_id": params["run_id"], "status": "cancelled"}}
    if method == "runs/delete":
        return {"result": {"run_id": params["run_id"], "status": "deleted"}}
    if method == "silence":
        time.sleep(600)
    if method == "shutdown":
        return {"result": {}}
    return error(-32601, f"there is no method {method}", kind="method_not_found")


def messages():
    global lsp
    while True:
        line = READ.readline()
        if not line:
            return
        if line.startswith(b"Content-Length:"):
            lsp = True
            READ.readline()
            yield json.loads(READ.read(int(line.split(b":")[1])))
        else:
            yield json.loads(line)


def main():
    if MODE == "old":
        sys.exit("Error: Unknown command 'serve'")
    if MODE == "mute":
        time.sleep(600)
    if MODE == "noise":
        sys.stderr.write("chatter\n" * 200_000)
    down = False
    for message in messages():
        method, params, number = message["method"], message.get("params", {}), message.get("id")
        if method == "exit":
            sys.stdout.flush()
            os._exit(0 if down else 1)
        if method == "$/cancelRequest":
            cancelled[params["id"]] = True
        if number is None:
            continue
        down = down or method == "shutdown"
        work = lambda n=number, m=method, p=params: send(dict({"id": n}, **answer(n, m, p)))  # noqa: E731
        if method in ("backtest/run", "silence"):
            threading.Thread(target=work, daemon=True).start()
        else:
            work()
    os._exit(0 if down else 1)


main()
