#!/usr/bin/env python3
"""A strategy without SDK, right in every mode, that can be made wrong on purpose: strategy.py [FAULT].

It crosses two simple moving averages. The tests run the conformance kit on it, and for each fault expect the check that
is there to find it. Standard library only.
"""

import base64
import json
import math
import os
import signal
import struct
import sys
import time

FAULT = sys.argv[1] if len(sys.argv) > 1 else ""
FAST, SLOW = 5, 20
FAULTS = ["print", "raise", "stderr"]


class ProtocolError(Exception):
    def __init__(self, code, message, **data):
        super().__init__(message)
        self.error = {"code": code, "message": message, "data": data}


class Run:
    def __init__(self, params):
        self.mode = params["mode"]
        self.symbols = [symbol["symbol"] for symbol in params["symbols"]]
        self.closes = {symbol: [] for symbol in self.symbols}
        self.side = {symbol: 0 for symbol in self.symbols}
        self.columns = {symbol: {} for symbol in self.symbols}
        self.count = 0

    def decide(self, symbol, close):
        """The actions on a bar, and the fast average."""
        if close is None:
            return [], None
        closes = self.closes[symbol]
        closes.append(close)
        if len(closes) <= SLOW:
            return [], None
        fast, slow = sum(closes[-FAST:]) / FAST, sum(closes[-SLOW:]) / SLOW
        side = 1 if fast > slow else -1
        if side == self.side[symbol]:
            return [], fast
        self.side[symbol] = side
        order = {"do": "order", "symbol": symbol, "side": "buy" if side > 0 else "sell", "quantity": 10}
        return [{"do": "close", "symbol": symbol}, order], fast

    def positions(self, symbol):
        """The units to hold after each bar, from whole columns."""
        held, out = 0, []
        closes = self.columns[symbol]["close"]
        for index, close in enumerate(closes):
            if FAULT == "look-ahead" and index + 1 < len(closes):
                close = closes[index + 1]
            actions, _ = self.decide(symbol, close)
            if FAULT == "whole-sample":
                mean = sum(closes) / len(closes)
                held = 10 if close < mean else -10
            elif actions:
                held = 10 * self.side[symbol]
            out.append(held)
        return out


def values(column):
    if column["encoding"] == "json":
        return column["data"]
    letter = {"f64": "d", "i64": "q", "u8": "B"}[column["dtype"]]
    if column["encoding"] == "f64le+file":
        with open(column["path"], "rb") as file:
            file.seek(column["offset"])
            data = file.read(struct.calcsize(letter) * column["count"])
    else:
        data = base64.b64decode(column["data"])
    if FAULT == "encodings":
        data = bytes(reversed(data))
    found = struct.unpack(f"<{column['count']}{letter}", data)
    return [None if isinstance(v, float) and math.isnan(v) else v for v in found]


class Server:
    def __init__(self):
        self.run = None
        self.fault = None
        self.runs = 0
        self.methods = {
            "initialize": self.initialize, "run/start": self.start, "bar/next": self.bar, "bars/next": self.bars,
            "series/load": self.load, "series/evaluate": self.evaluate, "run/end": self.end, "shutdown": lambda p: {},
        }

    def initialize(self, params):
        major = params["protocol_version"].split(".")[0]
        if major != "1" and FAULT != "version":
            raise ProtocolError(1002, "this strategy speaks protocol 1.0", supported=["1.0"], requested=params["protocol_version"])
        self.fault = params["options"].get("fault")
        needs = FAULT in ("needs", "events", "account")
        modes = ["lockstep", "preload"] + ([] if needs else ["streamed", "vectorized"])
        encodings = ["json", "f64le+base64", "f64le+file"]
        version = params["protocol_version"] if FAULT == "version" else "1.0"
        answer = {
            "protocol_version": version, "strategy": {"name": "fixture", "language": "python"},
            "capabilities": {
                "modes": modes, "needs_account": needs, "needs_events": needs, "multi_symbol": True, "reuse": True,
                "encodings": encodings, "outputs": ["target_position"], "experimental": {"backtester/faults": FAULTS},
            },
            "parameters": {"type": "object", "properties": {"n": {"type": "integer", "default": 1}}},
        }
        if FAULT == "initialize":
            answer["capabilities"]["modes"] = "lockstep"
        return answer

    def start(self, params):
        self.run = Run(params)
        self.runs += 1
        if FAULT == "run-start":
            return {"warmup_bars": "20"}
        if FAULT == "unknown-fields" and "x_check" in params:
            raise ProtocolError(-32602, "unknown field x_check")
        if FAULT == "large-integer" and params["seed"] > 2**53 - 2:
            raise ProtocolError(-32602, "the seed is too large")
        return {"mode": params["mode"], "warmup_bars": SLOW}

    def bar(self, params):
        if self.run is None:
            raise ProtocolError(3001, "there is no run")
        index = params["index"]
        if FAULT == "account" and index > SLOW and "account" not in params:
            raise KeyError("account")
        if FAULT == "events" and any(e["order_id"] >= 9000 for e in params.get("events", [])):
            raise KeyError("foreign order")
        if FAULT == "ten-thousand" and index == 5000:
            time.sleep(60)
        actions, annotations = [], {}
        for symbol in self.run.symbols:
            if self.run.mode == "preload":
                if not self.run.closes[symbol]:
                    self.run.closes[symbol] = self.run.columns[symbol]["close"][:index]
                close = self.run.columns[symbol]["close"][index]
                if FAULT == "preload":
                    close = -close
            else:
                row = params["bars"][symbol]
                if row is None and FAULT == "many-symbols":
                    row = row[0]
                close = None if row is None else row[3]
                if FAULT == "null-volume":
                    close += 0 * row[4]
            more, fast = self.run.decide(symbol, close)
            actions += more
            annotations["fast " + symbol] = fast
        if params.get("warmup"):
            return {"actions": [{"do": "close"}]} if FAULT == "warmup" else {}
        if self.fault == "print":
            if FAULT == "print":
                REAL_OUT.write(b"debug\n")
                REAL_OUT.flush()
            print("debug")
        elif self.fault == "raise":
            if FAULT == "raise":
                os._exit(3)
            raise ZeroDivisionError("on purpose")
        elif self.fault == "stderr":
            if FAULT == "stderr":
                sys.exit("too much on stderr")
            sys.stderr.write("x" * 200_000 + "\n")
        if FAULT == "actions":
            actions.append({"do": "order", "side": "buy", "stoploss": 9})
        if FAULT == "bar-next":
            return {"orders": actions}
        if FAULT == "null":
            return None
        if FAULT == "reuse":
            annotations["runs"] = self.runs
        if FAULT == "seed":
            annotations["pid"] = os.getpid()
        return {"actions": actions, "annotations": annotations}

    def bars(self, params):
        actions, averages = [], []
        first = 0 if FAULT == "bar-index" else params["first_index"]
        for symbol in self.run.symbols:
            if FAULT == "chunk-edge":
                self.run.side[symbol] = 0
            for offset, row in enumerate(params["bars"][symbol]):
                more, fast = self.run.decide(symbol, None if row is None else row[3])
                averages.append(fast)
                actions += [dict(action, bar_index=first + offset) for action in more]
        return {"actions": actions, "annotations": {"fast": averages}}

    def load(self, params):
        kept = self.run.columns[params["symbol"]]
        for name, column in params["columns"].items():
            if FAULT == "chunked-load" or params["offset"] == 0:
                kept[name] = []
            kept[name] += values(column)
        return {"received": 0 if FAULT == "load" else params["count"]}

    def evaluate(self, params):
        found = {}
        for symbol in self.run.symbols:
            data = self.run.positions(symbol)
            if FAULT == "evaluate":
                data = data[1:]
            found[symbol] = {"encoding": "json", "dtype": "f64", "count": len(data), "data": data}
        return {"target_position": found}

    def end(self, params):
        self.run = None
        return {"summary": []} if FAULT == "run-end" else {}

    def answer(self, message):
        method = self.methods.get(message["method"])
        if FAULT == "unknown-method" and method is None:
            return {"result": {}}
        try:
            if method is None:
                raise ProtocolError(-32601, f"there is no method {message['method']}")
            return {"result": method(message["params"])}
        except ProtocolError as error:
            return {"error": error.error}
        except Exception as error:
            return {"error": {"code": 2005, "message": repr(error), "data": {"kind": "strategy_error"}}}


def send(message):
    line = json.dumps(message, separators=(",", ":")).encode() + b"\n"
    REAL_OUT.write(line)
    REAL_OUT.flush()


def read_lines():
    """The lines of stdin; three of the faults are the usual ways of reading a pipe wrongly."""
    if FAULT not in ("split", "joined", "utf8"):
        yield from sys.stdin.buffer
        return
    text = ""
    while True:
        piece = os.read(0, 1 << 16)
        if not piece:
            return
        if FAULT == "split":
            # Takes every piece that arrives for a message.
            yield piece
        elif FAULT == "joined":
            # Takes the first message of a piece and forgets the rest.
            yield piece.split(b"\n")[0]
        else:
            # Decodes before it splits, so that a divided character is lost.
            text += piece.decode("utf-8", "replace")
            *whole, text = text.split("\n")
            yield from (line.encode() for line in whole)


# What the strategy's own code prints must not reach the protocol's stdout.
REAL_OUT = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)


def main():
    if FAULT == "starts":
        return 1
    if FAULT == "banner":
        REAL_OUT.write(b"Strategy 1.0 ready\n")
        REAL_OUT.flush()
    if FAULT == "sigterm":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    server, kept = Server(), None
    for raw in read_lines():
        if FAULT == "crlf" and raw.endswith(b"\r\n") and len(raw) > 2:
            return 4
        if FAULT == "long-line-70k" and len(raw) > 65_536 or FAULT == "long-line-1m" and len(raw) > 500_000:
            return 4
        if not raw.strip():
            if FAULT == "blank-line":
                return 4
            continue
        try:
            message = json.loads(raw)
        except ValueError:
            if FAULT == "bad-line":
                return 4
            send({"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "the line is not JSON"}})
            continue
        if "id" not in message:
            if message["method"] == "exit":
                return 5 if FAULT == "exit" else 0
            if FAULT == "notification" and message["method"].startswith("x/"):
                send({"jsonrpc": "2.0", "id": None, "error": {"code": -32601, "message": "unknown"}})
            if FAULT == "cancel" and message["method"] == "$/cancelRequest":
                send({"jsonrpc": "2.0", "id": message["params"]["id"], "error": {"code": -32800, "message": "cancelled"}})
            continue
        if FAULT == "two-in-flight" and message["method"] == "bars/next" and message["params"]["count"] == 32:
            # Answers the second chunk before the first.
            if kept is None:
                kept = message
                continue
            send({"jsonrpc": "2.0", "id": message["id"], **server.answer(message)})
            message, kept = kept, None
        identifier = str(message["id"]) if FAULT == "id" else message["id"]
        send({"jsonrpc": "2.0", "id": identifier, **server.answer(message)})
    while FAULT == "spin":
        pass
    if FAULT == "eof":
        time.sleep(60)
    return 0


sys.exit(main())
