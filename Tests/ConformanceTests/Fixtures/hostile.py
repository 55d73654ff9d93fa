"""A strategy that breaks one rule of the protocol: python3 hostile.py RULE. Without a rule it keeps all of them."""

import json
import os
import signal
import sys
import time

FAULT = sys.argv[1] if len(sys.argv) > 1 else ""
CAPABILITIES = {
    "modes": ["lockstep", "preload", "streamed", "vectorized"], "needs_account": False, "needs_events": False,
    "reuse": True, "encodings": ["json", "f64le+base64"], "experimental": {"backtester/faults": ["print", "raise", "stderr"]},
}


def write(text):
    os.write(1, text.encode() + b"\n")


def answer(message, result):
    write(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}))


def refuse(message, code, text):
    write(json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": {"code": code, "message": text}}))


def decide(close, index):
    """Buys on every tenth bar, closes five bars later."""
    if FAULT == "bad_action" and index == 40:
        return [{"do": "order", "side": "buy", "quantity": "ten"}]
    if FAULT == "unknown_action_field" and index == 40:
        return [{"do": "order", "side": "buy", "colour": "red"}]
    if FAULT == "huge_quantity" and index == 40:
        return [{"do": "order", "side": "buy", "quantity": 1e308}, {"do": "order", "side": "sell", "quantity": 1e308}]
    if index % 10 == 0 and index:
        return [{"do": "order", "side": "buy"}]
    if index % 10 == 5 and index > 5:
        return [{"do": "close"}]
    return []


def bars_of(params):
    return next(iter(params["bars"].values()))


class Strategy:
    def __init__(self):
        self.runs = 0
        self.closes = []
        self.options = {}
        self.bars = 0
        self.symbol = "ACME"

    def handle(self, message):
        method, params = message.get("method"), message.get("params") or {}
        if "id" not in message:
            if method == "exit" and FAULT != "ignores_exit":
                sys.exit(3 if FAULT == "exit_code" else 0)
            if FAULT == "answers_notification" and method.startswith("x/"):
                write(json.dumps({"jsonrpc": "2.0", "id": 99, "result": {}}))
            return
        if FAULT == "wrong_id" and method == "bar/next":
            message["id"] = str(message["id"])
        if FAULT == "request_back" and method == "bar/next":
            write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "account/get", "params": {}}))
        if method == "initialize":
            self.initialize(message, params)
        elif method == "run/start":
            self.start(message, params)
        elif method == "bar/next":
            self.next(message, params)
        elif method == "bars/next":
            self.chunk(message, params)
        elif method == "series/load":
            self.load(message, params)
        elif method == "series/evaluate":
            self.evaluate(message, params)
        elif method == "run/end":
            answer(message, {})
        elif method == "shutdown":
            answer(message, {})
        elif FAULT == "answers_unknown":
            answer(message, {})
        else:
            refuse(message, -32601, "unknown method")

    def initialize(self, message, params):
        self.options = params.get("options") or {}
        self.may_skip = (params.get("capabilities") or {}).get("next_index", False)
        if FAULT == "no_version_check" and params["protocol_version"] != "1.0":
            answer(message, {"protocol_version": "99.0", "strategy": {"name": "hostile"}})
        elif params["protocol_version"] != "1.0" and FAULT != "bad_version":
            refuse(message, 1002, "speaks 1.0")
        elif FAULT == "unknown_capability":
            answer(message, {"protocol_version": "1.0", "strategy": {"name": "hostile"}, "capabilities": {"fast": True}})
        elif FAULT == "lockstep_only":
            answer(message, {"protocol_version": "1.0", "strategy": {"name": "hostile"}})
        else:
            capabilities = dict(CAPABILITIES)
            if FAULT == "streamed_with_account":
                capabilities["needs_account"] = True
            answer(message, {"protocol_version": "1.0", "strategy": {"name": "hostile"}, "capabilities": capabilities})

    def start(self, message, params):
        self.runs += 1
        self.mode = params["mode"]
        self.closes, self.bars = [], 0
        self.symbol = params["symbols"][0]["symbol"]
        if FAULT == "forgets_run" and self.runs > 1:
            return refuse(message, 2005, "one run is all I do")
        if FAULT == "warmup_too_long":
            return answer(message, {"warmup_bars": 100000})
        return answer(message, {"mode": params["mode"], "warmup_bars": 3})

    def next(self, message, params):
        index = params["index"]
        warm = params.get("warmup", False)
        self.bars += 1
        fault = self.options.get("fault") if not warm else None
        if fault == "print":
            if FAULT == "really_prints":
                write("hello")
            else:
                print("hello", file=sys.stderr)
        elif fault == "raise":
            return refuse(message, -32603 if FAULT == "wrong_error" else 2005, "as asked")
        elif fault == "stderr":
            os.write(2, b"x" * 200_000)
        if FAULT == "silent" and index == 20:
            time.sleep(3600)
        if FAULT == "dies" and index == 20:
            os._exit(7)
        if FAULT == "half_line" and index == 20:
            os.write(1, b'{"jsonrpc":"2.0","id":')
            os._exit(0)
        if FAULT == "endless_line" and index == 20:
            for _ in range(40):
                os.write(1, b"x" * (1 << 19))
            time.sleep(3600)
        if FAULT == "glued" and index == 20:
            os.write(1, b"debug: ")
        if FAULT == "nan" and index == 20:
            return write('{"jsonrpc":"2.0","id":%d,"result":{"annotations":{"a":NaN}}}' % message["id"])
        if FAULT == "answers_twice" and index == 20:
            answer(message, {})
        if FAULT == "holds_pipes" and index == 20:
            if os.fork() == 0:
                time.sleep(3600)
            os._exit(0)
        if FAULT == "prints" and index == 20:
            write("debug: here I am")
        if FAULT == "null_result" and index == 20:
            return write('{"jsonrpc":"2.0","id":%d,"result":null}' % message["id"])
        if FAULT == "acts_in_warmup" and warm:
            return answer(message, {"actions": [{"do": "order", "side": "buy"}]})
        if FAULT == "different_each_time":
            return answer(message, {"annotations": {"now": time.monotonic()}})
        if FAULT == "needs_every_field":
            assert not [name for name in params if name.startswith("x_")], "unknown field"
        if FAULT == "split_fails" and len(json.dumps(params)) > 60_000:
            return refuse(message, -32700, "too long")
        actions = decide(None, index) if not warm else []
        skips = FAULT == "skips" and self.may_skip or FAULT in ("skips_unasked", "skips_too_far")
        if self.mode == "preload" and skips and not actions:
            following = index + 1
            while not decide(None, following):
                following += 1
            return answer(message, {"next_index": following + (FAULT == "skips_too_far")})
        if FAULT == "skips_in_lockstep" and self.mode == "lockstep" and index == 20:
            return answer(message, {"next_index": 25})
        return answer(message, {"actions": actions} if not warm else {})

    def chunk(self, message, params):
        first, count = params["first_index"], params["count"]
        actions = []
        for index in range(first, first + count):
            if index >= 3:
                actions += [dict(action, bar_index=index) for action in decide(None, index)]
        if FAULT == "peeks_in_chunk":
            closes = [bar[3] for bar in bars_of(params)]
            rises = [row for row in range(1, count - 1) if closes[row + 1] > closes[row]]
            actions = [{"bar_index": first + row, "do": "order", "side": "buy", "quantity": 1} for row in rises if first + row >= 3]
        if FAULT == "chunk_relative":
            for action in actions:
                action["bar_index"] -= first
        if FAULT == "chunk_differs" and count > 1:
            actions = actions[1:]
        answer(message, {"actions": actions})

    def load(self, message, params):
        column = params["columns"]["close"]
        if column["encoding"] == "json":
            self.closes += column["data"]
        else:
            import base64
            import struct
            self.closes += struct.unpack(f"<{column['count']}d", base64.b64decode(column["data"]))
        answer(message, {"received": params["count"] - (1 if FAULT == "loses_row" else 0)})

    def evaluate(self, message, params):
        closes, count = self.closes, params["count"]
        signal = [1 if index > 20 and close > sum(closes[index - 20 : index]) / 20 else 0 for index, close in enumerate(closes)]
        if FAULT == "peeks_one_bar":
            signal = [1 if index + 1 < count and closes[index + 1] > close else 0 for index, close in enumerate(closes)]
        if FAULT == "normalises":
            mean = sum(closes) / count
            signal = [1 if close > mean else 0 for close in closes]
        if FAULT == "short_column":
            signal = signal[:-1]
        column = {"encoding": "json", "dtype": "f64", "count": len(signal), "data": signal}
        answer(message, {"target_position": {self.symbol: column}})


def main():
    if FAULT == "ends_at_once":
        sys.exit(1)
    if FAULT == "banner":
        write("Welcome to my strategy")
    if FAULT == "ignores_sigterm":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if FAULT == "never_answers":
        time.sleep(3600)
    if FAULT == "stderr_flood":
        os.write(2, b"y" * 1_000_000)
    strategy = Strategy()
    while True:
        line = sys.stdin.buffer.readline()
        if not line:
            while FAULT == "spins_on_eof":
                pass
            if FAULT == "ignores_eof":
                time.sleep(3600)
            sys.exit(0)
        line = line.rstrip(b"\r\n") if FAULT != "no_crlf" else line.rstrip(b"\n")
        if not line:
            if FAULT == "no_blank":
                sys.exit(1)
            continue
        if FAULT == "no_crlf" and line.endswith(b"\r"):
            continue
        try:
            message = json.loads(line)
        except ValueError:
            if FAULT == "dies_on_bad_line":
                raise
            write('{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"not JSON"}}')
            continue
        if message.get("id", 0) == 2**53 - 1 and FAULT == "float_ids":
            message["id"] = 2**53 - 2
        strategy.handle(message)


if __name__ == "__main__":
    main()
