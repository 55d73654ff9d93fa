"""A host for tests: starts a strategy process and speaks the protocol with it, without broker or data of its own."""

import json
import os
import pathlib
import random
import select
import subprocess
import sys
import time

PACKAGE = pathlib.Path(__file__).resolve().parents[1]
EXAMPLES = PACKAGE / "examples"
DEADLINE = 60.0
FIELDS = ["open", "high", "low", "close", "volume"]

INITIALIZE = {
    "protocol_version": "1.0",
    "host": {"name": "fake", "version": "0"},
    "host_pid": os.getpid(),
    "capabilities": {
        "modes": ["lockstep", "preload", "streamed", "vectorized"],
        "encodings": ["json", "f64le+base64", "f64le+file"],
        "order_types": ["market", "limit", "stop", "stop_limit"],
        "time_in_force": ["gtc"],
        "event_kinds": [],
        "lookahead_checks": [],
    },
    "limits": {"max_message_bytes": 16777216},
    "options": {},
}


def bars(count, seed=1):
    """A random walk: {"time": [...], "open": [...], ...}, daily."""
    source = random.Random(seed)
    made = {name: [] for name in ["time", *FIELDS]}
    price = 100.0
    for day in range(count):
        first, price = price, round(price * (1 + source.gauss(0, 0.02)), 2)
        values = (
            946857600000 + day * 86400000,
            first,
            round(max(first, price) * 1.01, 2),
            round(min(first, price) * 0.99, 2),
            price,
            float(source.randrange(1000, 9999)),
        )
        for column, value in zip(made.values(), values):
            column.append(value)
    return made


def column(values, dtype="f64"):
    """A JSON column."""
    return {"encoding": "json", "dtype": dtype, "count": len(values), "data": values}


def run_start(mode, data, parameters=None, run_id="r", symbols=("ACME",), **changes):
    """The params of run/start."""
    params = {
        "run_id": run_id,
        "mode": mode,
        "symbols": [{"symbol": s} for s in symbols],
        "timeframe": "1d",
        "time_unit": "ms",
        "fields": FIELDS,
        "timestamp": "open",
        "start": data["time"][0],
        "end": data["time"][-1],
        "bars_total": len(data["time"]),
        "parameters": parameters or {},
        "seed": 42,
        "account": {"currency": "USD", "initial_cash": 10000, "leverage": 1},
        "execution": {
            "profile": "compat",
            "fill_at": "next_open",
            "commission": {"fixed": 0, "rate": 0},
            "spread": 0,
            "margin": 1,
            "hedging": False,
            "exclusive_orders": False,
            "finalize_trades": False,
        },
        "order_types": ["market", "limit", "stop", "stop_limit"],
    }
    params["execution"].update({key: changes.pop(key) for key in list(changes) if key in params["execution"]})
    params.update(changes)
    return params


FLAT = {"account": {"cash": 10000, "equity": 10000}, "positions": {}, "trades": [], "orders": []}


class Refused(Exception):
    """The strategy answered with an error; ``error`` holds it."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.error = error


class Process:
    """A strategy process."""

    def __init__(self, *arguments, cookie=True, cwd=None, **environment):
        settings = {**os.environ, "PYTHONPATH": str(PACKAGE), **environment}
        settings.pop("BACKTESTER_PROTOCOL", None)
        if cookie:
            settings["BACKTESTER_PROTOCOL"] = "1.0"
        self.process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=settings,
            cwd=cwd,
        )
        self.number = 0
        self.received = b""
        self.errors = b""
        self.notes = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()

    def write(self, data):
        """Sends bytes as they are."""
        os.write(self.process.stdin.fileno(), data)

    def line(self):
        """The next line of standard output, as bytes; standard error is drained meanwhile."""
        until = time.monotonic() + DEADLINE
        while b"\n" not in self.received:
            wait = until - time.monotonic()
            streams = [self.process.stdout, self.process.stderr]
            ready = select.select(streams, [], [], max(0, wait))[0]
            if not ready:
                raise TimeoutError(f"no answer within {DEADLINE} s; standard error: {self.errors.decode()}")
            if self.process.stderr in ready:
                self.errors += os.read(self.process.stderr.fileno(), 65536)
            if self.process.stdout in ready:
                data = os.read(self.process.stdout.fileno(), 1 << 20)
                if not data:
                    self.errors += self.process.stderr.read()
                    raise EOFError(f"standard output ended; standard error: {self.errors.decode()}")
                self.received += data
        line, self.received = self.received.split(b"\n", 1)
        return line

    def answer(self):
        """The next message that is no notification."""
        while True:
            message = json.loads(self.line())
            if "id" in message:
                return message
            self.notes.append(message)

    def send(self, method, params, number=None):
        """Sends a request without waiting; returns its number."""
        if number is None:
            self.number += 1
            number = self.number
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        data = memoryview(json.dumps(message).encode() + b"\n")
        while data:
            data = data[os.write(self.process.stdin.fileno(), data) :]
        return number

    def ask(self, method, params, number=None):
        """The result of a request; raises :class:`Refused` for an error."""
        number = self.send(method, params, number)
        answer = self.answer()
        assert answer["jsonrpc"] == "2.0" and answer["id"] == number and type(answer["id"]) is type(number), answer
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["result"]

    def tell(self, method, params=None):
        """Sends a notification."""
        self.write(json.dumps({"jsonrpc": "2.0", "method": method, "params": params or {}}).encode() + b"\n")

    def initialize(self):
        """The handshake; returns the strategy's description."""
        result = self.ask("initialize", INITIALIZE)
        self.tell("initialized")
        return result

    def finish(self):
        """Closes standard input; returns the exit status."""
        self.process.stdin.close()
        rest, errors = self.process.stdout.read(), self.process.stderr.read()
        self.errors += errors
        assert not rest and not self.received, (self.received, rest)
        return self.process.wait(DEADLINE)

    # Whole runs on an account that stays flat.

    def load(self, data, symbol="ACME", chunks=1, run_id="r", last=True):
        """series/load of all bars; returns the last answer."""
        total = len(data["time"])
        size = -(-total // chunks)
        for offset in range(0, total, size):
            part = {name: values[offset : offset + size] for name, values in data.items()}
            count = len(part["time"])
            columns = {n: column(v, "i64" if n == "time" else "f64") for n, v in part.items()}
            params = {"run_id": run_id, "symbol": symbol, "offset": offset, "count": count, "rows_total": total}
            params["columns"] = columns
            if last and offset + count == total:
                params["last"] = True
            result = self.ask("series/load", params)
            assert result["received"] == count
        return result

    def rows(self, data):
        """The bars as rows."""
        return [list(row) for row in zip(*(data[name] for name in FIELDS))]

    def run(self, mode, data, parameters=None, chunk=7, **changes):
        """A run on an account in which nothing ever fills; returns (first decision bar, {bar: result})."""
        start = run_start(mode, data, parameters, **changes)
        run_id = start["run_id"]
        answer = self.ask("run/start", start)
        total = len(data["time"])
        if mode in ("preload", "vectorized"):
            answer = {**answer, **self.load(data, run_id=run_id)}
        first = max(1, answer.get("warmup_bars", 0))
        results = {}
        if mode == "vectorized":
            results = self.ask("series/evaluate", {"run_id": run_id, "first_index": 0, "count": total})
        elif mode == "streamed":
            rows = self.rows(data)
            for at in range(0, total, chunk):
                times = data["time"][at : at + chunk]
                params = {"run_id": run_id, "first_index": at, "count": len(times), "times": times}
                results[at] = self.ask("bars/next", {**params, "bars": {"ACME": rows[at : at + chunk]}})
        else:
            rows = self.rows(data)
            told = False
            for index in range(total):
                if mode == "preload" and index < first:
                    continue
                params = {"run_id": run_id, "index": index, "time": data["time"][index]}
                if mode == "lockstep":
                    params["bars"] = {"ACME": rows[index]}
                    if index < first:
                        params["warmup"] = True
                if not told:
                    params.update(FLAT)
                    told = True
                results[index] = self.ask("bar/next", params)
        self.ask("run/end", {"run_id": run_id, "reason": "completed", "summary": {}})
        return first, results


def serve_file(path, name=None, **options):
    """A process that serves a strategy file."""
    return Process("-m", "backtester", f"{path}:{name}" if name else path, **options)
