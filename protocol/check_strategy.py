#!/usr/bin/env python3
"""Checks that a strategy speaks the protocol: the conformance kit for authors without the host.

  python3 check_strategy.py [options] -- COMMAND [ARGUMENT …]

  --level core|streamed|vectorized|robust|all   which checks; every level includes core; all when left out
  --only ID           only this check (may be repeated)
  --param NAME=VALUE  a parameter of the strategy (may be repeated); defaults for the others
  --timeout-scale X   multiplies every waiting time
  --expected FILE     ids of checks that are known to fail, one a line; # begins a remark
  --json              one JSON object on stdout instead of lines
  --record FOLDER     writes a transcript for each process that is started
  --list              prints the ids and what they claim

Exit code 0: every check passed or does not apply; 1: some failed; 2: wrong usage.
Standard library only, Python 3.9 or later, POSIX. This one file is all there is.
"""

import argparse
import base64
import collections
import hashlib
import json
import math
import os
import random
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

VERSION = "1.0"
MAX_INTEGER = 2**53 - 1
TIMEOUTS = {
    "initialize": 30000, "run_start": 60000, "bar_next": 5000, "bars_next": 5000, "bars_next_per_bar": 50,
    "series_load": 60000, "series_evaluate": 300000, "series_evaluate_max": 3600000, "run_end": 10000,
    "write_stall": 10000, "shutdown": 2000,
}
HOST_CAPABILITIES = {
    "modes": ["lockstep", "preload", "streamed", "vectorized"],
    "encodings": ["json", "f64le+base64", "f64le+file"],
    "order_types": ["market", "limit", "stop", "stop_limit"],
    "time_in_force": ["gtc"],
    "event_kinds": ["accepted", "rejected", "triggered", "filled", "partially_closed", "cancelled", "expired"],
    "lookahead_checks": ["truncation", "perturbation"],
    "next_index": True,
}
ERROR_CODES = {-32700, -32600, -32601, -32602, -32603, -32800, 1001, 1002, 1003, 1004, 2005, 3001, 4004, 5001}
DAY = 86_400_000
FIRST_TIME = 1_577_836_800_000  # 2020-01-01T00:00:00Z


class Failure(Exception):
    """A claim does not hold."""


class Skip(Exception):
    """A check does not apply to this strategy."""


class Usage(Exception):
    """An option cannot be used with this strategy."""


# ---------------------------------------------------------------- forms of messages


def fail(pointer, problem):
    raise Failure(f"{pointer or 'the result'} {problem}")


def noun(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    return {str: "a string", list: "an array", dict: "an object"}[type(value)]


def is_integer(value):
    return not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))


def want(kind, value, at):
    fits = {
        "an object": lambda: isinstance(value, dict),
        "an array": lambda: isinstance(value, list),
        "a string": lambda: isinstance(value, str),
        "a boolean": lambda: isinstance(value, bool),
        "a number": lambda: isinstance(value, (int, float)) and not isinstance(value, bool),
        "a whole number": lambda: is_integer(value),
    }[kind]
    if not fits():
        fail(at, f"must be {kind}, received {noun(value)}")
    return value


def fields(value, at, required, optional):
    """Checks that an object has the required fields and no others than the optional ones."""
    want("an object", value, at)
    for name in required:
        if name not in value:
            fail(at, f'lacks the field "{name}"')
    for name in value:
        if name not in required and name not in optional:
            fail(f"{at}/{name}", "is not a field of the protocol; private ones belong under capabilities.experimental")
    return value


def whole(value, at, low=0, high=MAX_INTEGER):
    want("a whole number", value, at)
    if not low <= value <= high:
        fail(at, f"was {value}; it must be from {low} to {high}")
    return int(value)


def text(value, at, low=0, high=None):
    want("a string", value, at)
    if len(value) < low or (high is not None and len(value) > high):
        fail(at, f"has {len(value)} characters; it must have {low} to {high}")
    return value


def one_of(words, value, at):
    if want("a string", value, at) not in words:
        fail(at, f'was "{value}"; it must be one of {", ".join(words)}')
    return value


def check_initialize(result):
    fields(result, "", ["protocol_version", "strategy"], ["capabilities", "parameters"])
    version = want("a string", result["protocol_version"], "/protocol_version")
    if not re.fullmatch(r"[0-9]+\.[0-9]+", version):
        fail("/protocol_version", f'was "{version}"; it must be MAJOR.MINOR')
    if version != VERSION:
        fail("/protocol_version", f'was "{version}"; asked for {VERSION}, it must be {VERSION}')
    info = fields(result["strategy"], "/strategy", ["name"], ["version", "description", "language", "sdk"])
    text(info["name"], "/strategy/name", 1, 100)
    for name in ("version", "description", "language", "sdk"):
        if name in info:
            want("a string", info[name], f"/strategy/{name}")
    check_capabilities(result.get("capabilities", {}))
    check_parameters(result.get("parameters", {}))


def check_capabilities(value):
    at = "/capabilities"
    flags = ["needs_account", "needs_events", "multi_symbol", "reuse", "cancel", "progress", "deterministic", "stateless_series"]
    lists = ["modes", "outputs", "encodings", "order_types"]
    fields(value, at, [], flags + lists + ["account", "max_message_bytes", "experimental"])
    for name in flags:
        if name in value:
            want("a boolean", value[name], f"{at}/{name}")
    for name in lists:
        for index, word in enumerate(want("an array", value.get(name, []), f"{at}/{name}")):
            want("a string", word, f"{at}/{name}/{index}")
    known = HOST_CAPABILITIES
    for name, words in (
        ("modes", known["modes"]), ("encodings", known["encodings"]), ("order_types", known["order_types"]),
        ("outputs", ["actions", "target_position", "target_weight", "entries_exits"]),
    ):
        for index, word in enumerate(value.get(name, [])):
            one_of(words, word, f"{at}/{name}/{index}")
    if not value.get("modes", ["lockstep"]):
        fail(f"{at}/modes", "is empty; a strategy needs at least one mode")
    if "account" in value:
        one_of(["changed", "always"], value["account"], f"{at}/account")
    if "max_message_bytes" in value:
        whole(value["max_message_bytes"], f"{at}/max_message_bytes", 4096)
    want("an object", value.get("experimental", {}), f"{at}/experimental")


def check_parameters(schema):
    at = "/parameters"
    want("an object", schema, at)
    if schema.get("type", "object") != "object":
        fail(f"{at}/type", 'must be "object"')
    for name, item in want("an object", schema.get("properties", {}), f"{at}/properties").items():
        here = f"{at}/properties/{name}"
        want("an object", item, here)
        if "type" not in item:
            fail(here, 'lacks the field "type"')
        kind = one_of(["integer", "number", "string", "boolean"], item["type"], f"{here}/type")
        if "default" in item:
            words = {"integer": "a whole number", "number": "a number", "string": "a string", "boolean": "a boolean"}
            want(words[kind], item["default"], f"{here}/default")
        for bound in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            if bound in item:
                want("a number", item[bound], f"{here}/{bound}")


def check_run_start(result, mode):
    fields(result, "", [], ["mode", "warmup_bars", "early_orders", "label"])
    if "mode" in result and one_of([mode], result["mode"], "/mode") != mode:
        fail("/mode", f"was {result['mode']}; the mode asked for is {mode}")
    if "warmup_bars" in result:
        whole(result["warmup_bars"], "/warmup_bars")
    if "early_orders" in result:
        want("a boolean", result["early_orders"], "/early_orders")
    if "label" in result:
        want("a string", result["label"], "/label")


def check_action(action, at, symbols, indexed):
    """Checks the form of one action; sizes and prices that a broker would refuse are not looked at."""
    want("an object", action, at)
    if "do" not in action:
        fail(at, 'lacks the field "do"')
    index = ["bar_index"] if indexed else []
    kind = one_of(["order", "cancel", "close", "amend"], action["do"], f"{at}/do")
    prices = ["limit_price", "stop_price", "stop_loss", "take_profit"]
    if kind == "order":
        required = ["do", "side"] + (["symbol"] if len(symbols) > 1 else [])
        fields(action, at, required + index, ["client_order_id", "symbol", "type", "quantity", "fraction", "tag"] + prices)
        one_of(["buy", "sell"], action["side"], f"{at}/side")
        if action.get("type") is not None:
            one_of(HOST_CAPABILITIES["order_types"], action["type"], f"{at}/type")
        for name in ["quantity", "fraction"] + prices:
            if action.get(name) is not None:
                want("a number", action[name], f"{at}/{name}")
        if action.get("quantity") is not None and action.get("fraction") is not None:
            fail(at, "has both quantity and fraction; an order has one of them or neither")
        if action.get("tag") is not None:
            text(action["tag"], f"{at}/tag", 0, 256)
    elif kind == "cancel":
        fields(action, at, ["do"] + index, ["client_order_id", "order_id"])
        if (action.get("client_order_id") is None) == (action.get("order_id") is None):
            fail(at, "must have one of client_order_id and order_id")
        if action.get("order_id") is not None:
            whole(action["order_id"], f"{at}/order_id", 1)
    elif kind == "close":
        fields(action, at, ["do"] + index, ["trade_id", "symbol", "portion"])
        if action.get("trade_id") is not None and action.get("symbol") is not None:
            fail(at, "must not have both trade_id and symbol")
        if len(symbols) > 1 and action.get("trade_id") is None and action.get("symbol") is None:
            fail(at, "must name a trade_id or a symbol, as the run has several symbols")
        if action.get("trade_id") is not None:
            whole(action["trade_id"], f"{at}/trade_id", 1)
        if action.get("portion") is not None:
            want("a number", action["portion"], f"{at}/portion")
    else:
        fields(action, at, ["do", "trade_id"] + index, ["stop_loss", "take_profit"])
        whole(action["trade_id"], f"{at}/trade_id", 1)
        for name in ("stop_loss", "take_profit"):
            if action.get(name) is not None:
                want("a number", action[name], f"{at}/{name}")
    if action.get("client_order_id") is not None:
        text(action["client_order_id"], f"{at}/client_order_id", 1, 64)
    if action.get("symbol") is not None and one_of(symbols, action["symbol"], f"{at}/symbol") is None:
        return
    if indexed:
        whole(action["bar_index"], f"{at}/bar_index")


def check_annotations(value, count=None, field="/annotations"):
    for name, item in want("an object", value, field).items():
        at = f"{field}/{name}"
        values = [item] if count is None else want("an array", item, at)
        if count is not None and len(values) != count:
            fail(at, f"has {len(values)} values; it must have one for each of the {count} bars")
        for number in values:
            if number is not None:
                want("a number", number, at)


def check_answer_form(result, count=None, passing_from=None, total=None):
    """The form of an answer to bar/next or bars/next without its actions; passing_from is the bar asked about where
    bars may be passed over, total the number of bars of the run."""
    ahead = [] if passing_from is None else ["next_index", "annotations_ahead"]
    for name in ("next_index", "annotations_ahead"):
        if passing_from is None and isinstance(result, dict) and name in result:
            fail(f"/{name}", "may be given in the mode preload only")
    fields(result, "", [], ["actions", "annotations", *ahead])
    want("an array", result.get("actions", []), "/actions")
    check_annotations(result.get("annotations", {}), count)
    if passing_from is not None:
        following = result.get("next_index")
        following = passing_from + 1 if following is None else whole(following, "/next_index", 1)
        if following <= passing_from:
            fail("/next_index", f"was {following}; it must be above the bar's index {passing_from}")
        passed = min(following, total) - passing_from - 1
        check_annotations(result.get("annotations_ahead", {}), passed, "/annotations_ahead")


def check_indices(actions, first, count):
    last = first
    for position, action in enumerate(actions):
        index = action["bar_index"]
        at = f"/actions/{position}/bar_index"
        if not first <= index < first + count:
            fail(at, f"was {index}; the bars are {first} to {first + count - 1}, counted from the run's first bar")
        if index < last:
            fail(at, f"was {index} after {last}; actions stand in the order of their bars")
        last = index


SIZES = {"f64": ("d", 8), "i64": ("q", 8), "u8": ("B", 1)}


def decode_column(column, count, at):
    """The values of a column; None where missing."""
    fields(column, at, ["encoding", "dtype", "count"], ["data", "path", "offset", "sha256"])
    encoding = one_of(HOST_CAPABILITIES["encodings"], column["encoding"], f"{at}/encoding")
    dtype = one_of(list(SIZES), column["dtype"], f"{at}/dtype")
    if whole(column["count"], f"{at}/count") != count:
        fail(f"{at}/count", f"was {column['count']}; the run has {count} bars")
    if encoding == "json":
        values = want("an array", column.get("data"), f"{at}/data")
        if len(values) != count:
            fail(f"{at}/data", f"has {len(values)} values where count says {count}")
        for index, value in enumerate(values):
            if value is not None and not (dtype == "u8" and isinstance(value, bool)):
                want("a number", value, f"{at}/data/{index}")
        return [float(value) if value is not None else None for value in values]
    letter, size = SIZES[dtype]
    if encoding == "f64le+file":
        for name in ("path", "offset", "sha256"):
            if name not in column:
                fail(at, f'lacks the field "{name}"')
        with open(column["path"], "rb") as file:
            file.seek(column["offset"])
            data = file.read(size * count)
        if hashlib.sha256(data).hexdigest() != column["sha256"]:
            fail(f"{at}/sha256", "is not the hash of the values in the file")
    else:
        try:
            data = base64.b64decode(want("a string", column.get("data"), f"{at}/data"), validate=True)
        except ValueError as error:
            fail(f"{at}/data", f"is not base64: {error}")
    if len(data) != size * count:
        fail(f"{at}/data", f"holds {len(data)} bytes; {count} values of {dtype} are {size * count}")
    values = struct.unpack(f"<{count}{letter}", data)
    return [None if isinstance(value, float) and math.isnan(value) else float(value) for value in values]


FORMS = ["target_position", "target_weight", "entries", "exits", "short_entries", "short_exits"]


def check_evaluate(result, symbols, count):
    """The form of an answer to series/evaluate.

    Returns the decisions: columns as lists, actions as they are.
    """
    fields(result, "", [], FORMS + ["actions", "annotations"])
    check_annotations(result.get("annotations", {}), count)
    groups = ["target_position" in result, "target_weight" in result, "actions" in result]
    groups.append("entries" in result or "short_entries" in result)
    if sum(groups) > 1:
        fail("", "must have only one of target_position, target_weight, entries (with exits) and actions")
    for exits, entries in (("exits", "entries"), ("short_exits", "short_entries")):
        if exits in result and entries not in result:
            fail("", f"has {exits} without {entries}")
    decisions = {}
    for name in FORMS:
        if name in result:
            columns = want("an object", result[name], f"/{name}")
            for symbol in columns:
                one_of(symbols, symbol, f"/{name}/{symbol}")
            decisions[name] = {s: decode_column(c, count, f"/{name}/{s}") for s, c in columns.items()}
    for symbol, weights in decisions.get("target_weight", {}).items():
        for index, weight in enumerate(weights):
            if weight is not None and not -1 <= weight <= 1:
                fail(f"/target_weight/{symbol}", f"has {weight} at bar {index}; a weight is from -1 to 1")
    if "actions" in result:
        for index, action in enumerate(want("an array", result["actions"], "/actions")):
            check_action(action, f"/actions/{index}", symbols, True)
        check_indices(result["actions"], 0, count)
        decisions["actions"] = result["actions"]
    return decisions


def check_error(error):
    if not isinstance(error, dict):
        raise Failure(f"/error must be an object, received {noun(error)}")
    if not is_integer(error.get("code")):
        raise Failure("/error/code must be a whole number")
    if not isinstance(error.get("message"), str):
        raise Failure("/error/message must be a string")
    if error["code"] not in ERROR_CODES:
        raise Failure(f"/error/code was {error['code']}, which is no code a strategy may answer")


def check_notification(message):
    params = message.get("params")
    if not isinstance(params, dict):
        raise Failure(f"/params of {message['method']} must be an object")
    if message["method"] == "log/message":
        fields(params, "/params", ["level", "message"], ["data", "run_id"])
        one_of(["debug", "info", "warning", "error"], params["level"], "/params/level")
        want("a string", params["message"], "/params/message")
    elif message["method"] == "$/progress":
        fields(params, "/params", ["token", "value"], [])
        value = fields(params["value"], "/params/value", ["kind"], ["message", "percentage"])
        one_of(["begin", "report", "end"], value["kind"], "/params/value/kind")
        if "percentage" in value and not 0 <= want("a number", value["percentage"], "/params/value/percentage") <= 100:
            fail("/params/value/percentage", "must be from 0 to 100")


def refuse_constant(word):
    raise ValueError(f"{word} is not JSON; write null for a missing value")


# ---------------------------------------------------------------- the strategy's process


class Child:
    """The strategy's process, its pipes and what passed through them."""

    def __init__(self, kit):
        self.kit = kit
        self.started = time.monotonic()
        self.file = None
        if kit.record:
            kit.recorded += 1
            self.file = open(os.path.join(kit.record, f"{kit.recorded:03}.jsonl"), "w", encoding="utf-8")
        self.recorded = 0
        self.traffic = collections.deque(maxlen=20)
        self.stray = []
        self.notifications = []
        if self.file is not None:
            self.write_header()
        self.errors = bytearray()
        self.lines = collections.deque()
        self.pending = bytearray()
        self.is_open = True
        self.next_id = 1
        environment = dict(
            os.environ, PYTHONUNBUFFERED="1", PYTHONUTF8="1", PYTHONHASHSEED="0", TZ="UTC", LC_ALL="C.UTF-8",
            BACKTESTER_PROTOCOL=VERSION,
        )
        try:
            self.process = subprocess.Popen(
                kit.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
                start_new_session=True, env=environment,
            )
        except OSError as error:
            raise Failure(f"the command cannot be started: {error}") from None
        # Only this side of each pipe: the strategy's own ends stay as it expects them.
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            os.set_blocking(pipe.fileno(), False)
        self.readers = [self.process.stdout, self.process.stderr]

    def pump(self, seconds, writer=None):
        """Waits until something can be read (or written), and reads it. True when `writer` can be written."""
        if not self.readers and writer is None:
            time.sleep(seconds)
            return False
        readable, writable, _ = select.select(self.readers, [writer] if writer else [], [], max(0, seconds))
        for pipe in readable:
            try:
                data = os.read(pipe.fileno(), 1 << 16)
            except BlockingIOError:
                continue
            if not data:
                self.readers.remove(pipe)
            if pipe is self.process.stderr:
                self.errors += data
                del self.errors[: -(1 << 16)]
            elif data:
                *whole, rest = (self.pending + data).split(b"\n")
                self.lines += [bytes(line) for line in whole]
                self.pending = bytearray(rest)
            else:
                self.is_open = False
                if self.pending:
                    self.lines.append(bytes(self.pending) + b" (and no line feed)")
                    self.pending = bytearray()
        return bool(writable)

    # -- sending

    def write(self, data):
        """Writes everything, within the time a host would wait for a strategy that does not read."""
        view = memoryview(data)
        deadline = time.monotonic() + self.kit.seconds("write_stall")
        while view:
            try:
                view = view[os.write(self.process.stdin.fileno(), view) :]
                deadline = time.monotonic() + self.kit.seconds("write_stall")
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Failure("the strategy does not read its stdin") from None
                # Reads meanwhile: two full pipes would wait for each other for ever.
                self.pump(deadline - time.monotonic(), self.process.stdin)
            except OSError:
                raise Failure(f"the strategy closed its stdin or ended ({self.ending()})") from None

    def encode(self, message):
        self.note("h>s", message)
        return json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()

    def request(self, method, params, identifier=None):
        if identifier is None:
            identifier = self.next_id
            self.next_id += 1
        return {"jsonrpc": "2.0", "id": identifier, "method": method, "params": params}

    def notify(self, method, params):
        self.write(self.encode({"jsonrpc": "2.0", "method": method, "params": params}) + b"\n")

    def ask(self, method, params, **options):
        """Sends a request and waits for its result."""
        return self.result(self.send(method, params), **options)

    def send(self, method, params, identifier=None):
        message = self.request(method, params, identifier)
        self.write(self.encode(message) + b"\n")
        return message

    # -- receiving

    def result(self, request, scale=1):
        answer = self.answer(request, scale)
        if "error" in answer:
            error = answer["error"]
            trace = error.get("data", {}).get("traceback", "") if isinstance(error.get("data"), dict) else ""
            raise Failure(f"{request['method']} was answered with error {error['code']}: {error['message']} {trace}".strip())
        return answer["result"]

    def answer(self, request, scale=1):
        """The answer to a request; its envelope is checked, its content is not."""
        key = request["method"].replace("/", "_")
        limit = self.kit.seconds(key if key in TIMEOUTS else "bar_next") * scale
        deadline = time.monotonic() + limit
        while True:
            message = self.receive(deadline, f"the answer to {request['method']} (id {request['id']})", limit)
            if "method" in message:
                continue
            if message["id"] != request["id"] or isinstance(message["id"], str) != isinstance(request["id"], str):
                raise Failure(
                    f"asked with the id {json.dumps(request['id'])}, answered with the id {json.dumps(message['id'])}"
                )
            return message

    def receive(self, deadline, what, limit):
        """The next message, notifications included; lines that are no messages are put aside."""
        while True:
            while not self.lines:
                left = deadline - time.monotonic()
                if not self.is_open:
                    raise Failure(f"the process ended ({self.ending()}) while waiting for {what}")
                if left <= 0:
                    raise Failure(f"no answer within {limit:g} s while waiting for {what}")
                self.pump(left)
            line = self.lines.popleft()
            line = line[:-1] if line.endswith(b"\r") else line
            if not line:
                continue
            message = self.parse(line)
            if message is not None:
                return message

    def parse(self, line):
        try:
            message = json.loads(line.decode("utf-8"), parse_constant=refuse_constant)
        except ValueError as error:
            if b'"jsonrpc"' in line:
                raise Failure(f"a message is not JSON: {error}: {line[:200]!r}") from None
            message = None
        if not isinstance(message, dict) or "jsonrpc" not in message:
            self.stray.append(line)
            self.note("s>h", None, line)
            return None
        self.note("s>h", message)
        if message["jsonrpc"] != "2.0":
            raise Failure(f'/jsonrpc must be "2.0", received {json.dumps(message["jsonrpc"])}')
        if "method" in message:
            if "id" in message:
                raise Failure(f"the strategy sent a request ({message['method']}); it may only send notifications")
            check_notification(message)
            self.notifications.append(message)
            return message
        for name in message:
            if name not in ("jsonrpc", "id", "result", "error"):
                raise Failure(f"/{name} is not a field of an answer")
        if "id" not in message or ("result" in message) == ("error" in message):
            raise Failure("an answer must have an id and one of result and error")
        if "error" in message:
            check_error(message["error"])
        elif not isinstance(message["result"], dict):
            raise Failure(f"/result must be an object, received {noun(message['result'])}; {{}} means nothing")
        return message

    def silent(self, seconds):
        """Waits, and tells whether nothing arrived on stdout."""
        deadline = time.monotonic() + seconds
        while not self.lines and time.monotonic() < deadline and self.readers:
            self.pump(deadline - time.monotonic())
        return not self.lines

    def linger(self, seconds):
        """Reads for a while, so that what is under way is not lost."""
        deadline = time.monotonic() + seconds
        while self.readers and time.monotonic() < deadline:
            self.pump(deadline - time.monotonic())

    # -- ending

    def ending(self):
        code = self.wait(0.5)
        if code is None:
            return "its stdout is closed, the process still runs"
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def close_stdin(self):
        self.process.stdin.close()

    def wait(self, seconds):
        """The exit code; None when the process still runs after so many seconds. Goes on reading meanwhile."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            self.pump(min(0.01, max(0, deadline - time.monotonic())))
        return self.process.poll()

    def kill(self):
        try:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if not pipe.closed:
                pipe.close()
        if self.file is not None:
            self.file.close()
            self.file = None

    def processor_seconds(self):
        """Processor time of the process so far; None where the system does not tell."""
        try:
            with open(f"/proc/{self.process.pid}/stat", encoding="utf-8") as file:
                parts = file.read().rsplit(")", 1)[1].split()
            return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")
        except (OSError, ValueError, IndexError):
            return None

    def note(self, direction, message, raw=None):
        self.traffic.append((direction, message, raw))
        if self.file is not None:
            content = {"msg": message} if raw is None else {"text": raw.decode("utf-8", "replace")}
            self.write_record({"dir": direction, **content})

    def last_messages(self):
        """What passed last, as text."""
        for direction, message, raw in self.traffic:
            text = json.dumps(message, ensure_ascii=False) if raw is None else raw.decode("utf-8", "replace")
            yield f"{direction} {text if len(text) <= 2000 else f'{text[:2000]} … ({len(text)} characters)'}"

    def write_header(self):
        header = {
            "transcript": 1, "protocol_version": VERSION, "host": {"name": "check_strategy", "version": VERSION},
            "argv": self.kit.command, "dataset_sha256": None,
        }
        self.write_record({"dir": "note", "header": header})

    def write_record(self, item):
        stamp = {"seq": self.recorded, "t_us": round((time.monotonic() - self.started) * 1e6)}
        self.recorded += 1
        self.file.write(json.dumps({**stamp, **item}, ensure_ascii=False, separators=(",", ":")) + "\n")


# ---------------------------------------------------------------- a market and a broker


def make_bars(count, seed=1, base=100.0):
    """Bars with waves and noise, so that crossings and reversals occur; prices have two decimals."""
    noise = random.Random(seed)
    bars, close = [], base
    for index in range(count):
        drift = 0.9 * math.sin(index / 9) + 0.5 * math.sin(index / 31 + seed)
        start = round(max(5.0, close + noise.uniform(-0.3, 0.3)), 2)
        close = round(max(5.0, start + drift + noise.uniform(-0.8, 0.8)), 2)
        high = round(max(start, close) + noise.uniform(0, 0.7), 2)
        low = round(max(1.0, min(start, close) - noise.uniform(0, 0.7)), 2)
        bars.append([start, high, low, close, noise.randint(500, 5000)])
    return bars


class Broker:
    """Fills orders simply, so that a strategy sees an account that follows its decisions.

    It is no simulator: no margin, no spread, no commission. Market orders fill at the next open, stops and limits when the
    bar touches them, a trade's stop-loss before its take-profit. At most 50 entry orders rest; older ones expire, or messages
    would grow with every bar.
    """

    def __init__(self, symbols, cash):
        self.symbols, self.cash = symbols, cash
        self.trades, self.orders, self.events, self.closed = [], [], [], []
        self.sequence = self.last_order = self.last_trade = 0
        self.close = {symbol: 0.0 for symbol in symbols}
        self.index = self.time = 0

    def event(self, kind, order, price=None, reason=None, quantity=None, trade=None):
        item = {
            "seq": self.sequence, "kind": kind, "index": self.index, "time": self.time, "order_id": order["order_id"],
            "client_order_id": order["client_order_id"], "role": order["role"], "symbol": order["symbol"],
            "side": order["side"], "quantity": order.get("quantity", 0) if quantity is None else quantity,
            "price": price, "commission": 0, "trade_id": trade or order["trade_id"],
            "reason": {"code": reason, "message": reason.replace("_", " ")} if reason else None,
        }
        self.sequence += 1
        self.events.append({k: v for k, v in item.items() if v is not None or k == "price"})

    def order(self, role, symbol, side, **more):
        self.last_order += 1
        base = {
            "order_id": self.last_order, "client_order_id": None, "role": role, "symbol": symbol, "side": side,
            "limit_price": None, "stop_price": None, "stop_loss": None, "take_profit": None, "tag": None, "trade_id": None,
        }
        base.update(more)
        return base

    def reject(self, action, reason):
        order = self.order("entry", action.get("symbol") or self.symbols[0], action.get("side") or "buy")
        self.last_order -= 1
        order.update(order_id=0, client_order_id=action.get("client_order_id"))
        self.event("rejected", order, reason=reason)

    def perform(self, actions):
        for position, action in enumerate(actions):
            if position >= 1000:
                self.reject(action, "too_many_actions")
                continue
            {"order": self.place, "cancel": self.cancel, "close": self.queue_close, "amend": self.amend}[action["do"]](action)

    def place(self, action):
        symbol = action.get("symbol") or self.symbols[0]
        quantity, fraction = action.get("quantity"), action.get("fraction")
        if quantity is not None and not (quantity >= 1 and quantity == int(quantity)):
            return self.reject(action, "invalid_size")
        if fraction is not None and not 0 < fraction <= 1:
            return self.reject(action, "invalid_size")
        size = {"quantity": quantity} if quantity is not None else {"fraction": min(fraction or 1, 1 - 2**-52)}
        prices = {k: action.get(k) for k in ("limit_price", "stop_price", "stop_loss", "take_profit")}
        if any(price is not None and not price > 0 for price in prices.values()):
            return self.reject(action, "invalid_price")
        order = self.order(
            "entry", symbol, action["side"], client_order_id=action.get("client_order_id"), tag=action.get("tag"), **prices
        )
        order.update(size)
        self.orders.append(order)
        return self.event("accepted", order, price=prices["limit_price"] or prices["stop_price"])

    def cancel(self, action):
        key = "order_id" if action.get("order_id") is not None else "client_order_id"
        order = next((o for o in self.orders if o[key] == action[key]), None)
        if order is None:
            return self.reject(action, "unknown_order")
        self.orders.remove(order)
        return self.event("cancelled", order, reason="requested")

    def queue_close(self, action):
        symbol = action.get("symbol") or self.symbols[0]
        named = action.get("trade_id")
        trades = [t for t in self.trades if (t["trade_id"] == named if named is not None else t["symbol"] == symbol)]
        if named is not None and not trades:
            return self.reject(action, "unknown_trade")
        for trade in trades:
            units = max(1, round(abs(trade["quantity"]) * (action.get("portion") or 1)))
            side = "sell" if trade["quantity"] > 0 else "buy"
            order = self.order("close", trade["symbol"], side, quantity=units, trade_id=trade["trade_id"], tag=trade["tag"])
            self.orders.insert(0, order)
            self.event("accepted", order)
        return None

    def amend(self, action):
        trade = next((t for t in self.trades if t["trade_id"] == action["trade_id"]), None)
        if trade is None:
            return self.reject(action, "unknown_trade")
        for role in ("stop_loss", "take_profit"):
            if role in action:
                self.drop_bracket(trade, role, "amended")
                trade[role] = action[role]
                self.add_bracket(trade, role)
        return None

    def add_bracket(self, trade, role):
        if trade[role] is None:
            return
        side = "sell" if trade["quantity"] > 0 else "buy"
        price = {"stop_price" if role == "stop_loss" else "limit_price": trade[role]}
        order = self.order(
            role, trade["symbol"], side, quantity=abs(trade["quantity"]), trade_id=trade["trade_id"], tag=trade["tag"], **price
        )
        self.orders.insert(0 if role == "stop_loss" else len(self.orders), order)
        self.event("accepted", order, price=trade[role])

    def drop_bracket(self, trade, role, reason):
        for order in [o for o in self.orders if o["trade_id"] == trade["trade_id"] and o["role"] == role]:
            self.orders.remove(order)
            self.event("cancelled", order, reason=reason)

    def process(self, index, stamp, bars):
        """Works off resting orders on a bar and values the account at its close."""
        self.index, self.time = index, stamp
        for order in list(self.orders):
            bar = bars.get(order["symbol"])
            if bar is None or order not in self.orders:
                continue
            price = self.fill_price(order, bar)
            if price is not None:
                self.orders.remove(order)
                if order["role"] == "entry":
                    self.enter(order, price)
                else:
                    self.leave(order, price)
        for symbol, bar in bars.items():
            if bar is not None:
                self.close[symbol] = bar[3]
        entries = [order for order in self.orders if order["role"] == "entry"]
        for order in entries[:-50]:
            self.orders.remove(order)
            self.event("expired", order, reason="end_of_data")

    def fill_price(self, order, bar):
        start, high, low, _, _ = bar
        buys = order["side"] == "buy"
        stop, limit = order["stop_price"], order["limit_price"]
        price = start
        if stop is not None:
            if (high < stop) if buys else (low > stop):
                return None
            price = max(start, stop) if buys else min(start, stop)
            if order["role"] == "entry":
                self.event("triggered", order, price=stop)
            order["stop_price"] = None
        if limit is not None:
            if (low > limit) if buys else (high < limit):
                return None
            price = min(price, limit) if buys else max(price, limit)
        return price

    def enter(self, order, price):
        sign = 1 if order["side"] == "buy" else -1
        room = max(0.0, self.equity() - sum(abs(t["quantity"]) * self.close[t["symbol"]] for t in self.trades))
        units = order.get("quantity") or int(room * order["fraction"] / price)
        if units < 1:
            return self.event("rejected", order, reason="less_than_one_unit")
        left = units
        for trade in [t for t in self.trades if t["symbol"] == order["symbol"] and t["quantity"] * sign < 0]:
            if left:
                part = min(left, abs(trade["quantity"]))
                self.reduce(trade, part, price)
                left -= part
        if left and left * price > self.equity() + 1e-9:
            return self.event("rejected", order, reason="insufficient_margin")
        if not left:
            return self.event("filled", order, price=price, quantity=units)
        self.last_trade += 1
        trade = {
            "trade_id": self.last_trade, "symbol": order["symbol"], "quantity": sign * left, "entry_price": price,
            "entry_index": self.index, "stop_loss": order["stop_loss"], "take_profit": order["take_profit"],
            "tag": order["tag"],
        }
        trade["entry_time"] = self.time
        self.trades.append(trade)
        self.event("filled", order, price=price, quantity=units, trade=self.last_trade)
        self.add_bracket(trade, "take_profit")
        self.add_bracket(trade, "stop_loss")
        return None

    def leave(self, order, price):
        trade = next((t for t in self.trades if t["trade_id"] == order["trade_id"]), None)
        if trade is None:
            return self.event("cancelled", order, reason="trade_closed")
        units = min(order["quantity"], abs(trade["quantity"]))
        part = units < abs(trade["quantity"])
        self.event("partially_closed" if part else "filled", order, price=price, quantity=units)
        return self.reduce(trade, units, price)

    def reduce(self, trade, units, price):
        sign = 1 if trade["quantity"] > 0 else -1
        profit = sign * units * (price - trade["entry_price"])
        self.cash += profit
        self.closed.append(
            {
                "trade_id": trade["trade_id"], "symbol": trade["symbol"], "quantity": sign * units,
                "entry_index": trade["entry_index"], "exit_index": self.index, "entry_time": trade["entry_time"],
                "exit_time": self.time, "entry_price": trade["entry_price"], "exit_price": price, "pnl": profit,
                "return_pct": 100 * profit / (units * trade["entry_price"]), "commission": 0,
                "stop_loss": trade["stop_loss"], "take_profit": trade["take_profit"], "tag": trade["tag"],
            }
        )
        trade["quantity"] -= sign * units
        if trade["quantity"] == 0:
            self.trades.remove(trade)
            for role in ("stop_loss", "take_profit"):
                self.drop_bracket(trade, role, "trade_closed")
        else:
            for order in self.orders:
                if order["trade_id"] == trade["trade_id"] and order["role"] in ("stop_loss", "take_profit"):
                    order["quantity"] = abs(trade["quantity"])

    def equity(self):
        return self.cash + sum(t["quantity"] * (self.close[t["symbol"]] - t["entry_price"]) for t in self.trades)

    def positions(self):
        found = {}
        for symbol in self.symbols:
            trades = [t for t in self.trades if t["symbol"] == symbol]
            if trades:
                units = sum(t["quantity"] for t in trades)
                cost = sum(t["quantity"] * t["entry_price"] for t in trades)
                profit = sum(t["quantity"] * (self.close[symbol] - t["entry_price"]) for t in trades)
                found[symbol] = [units, cost / units if units else None, units * self.close[symbol], profit]
        return found

    def state(self):
        shown = ("trade_id", "symbol", "quantity", "entry_price", "entry_index", "stop_loss", "take_profit", "tag")
        return {
            "account": {"cash": self.cash, "equity": self.equity()},
            "positions": self.positions(),
            "trades": [{name: trade[name] for name in shown} for trade in self.trades],
            "orders": [dict(order) for order in self.orders],
        }


# ---------------------------------------------------------------- sessions and runs


class Run:
    """One run in lock-step or preload, bar by bar."""

    def __init__(self, session, bars, symbols=("ACME",), mode="lockstep", seed=42, extra=None, encoding=None, chunks=1):
        self.session, self.child, self.bars, self.symbols, self.mode = session, session.child, bars, list(symbols), mode
        self.count = len(next(iter(bars.values())))
        self.extra = extra or {}
        self.run_id = f"check-{session.runs + 1}"
        session.runs += 1
        session.busy = True
        self.broker = Broker(self.symbols, 10000.0)
        self.sent = {}
        self.actions = []
        self.annotations = []
        columns = encoding or (session.column_encoding() if mode in ("preload", "vectorized") else None)
        params = {
            "run_id": self.run_id, "mode": mode, "symbols": [{"symbol": s, "currency": "USD"} for s in self.symbols],
            "timeframe": "1d", "time_unit": "ms", "fields": ["open", "high", "low", "close", "volume"],
            "timestamp": "open", "start": FIRST_TIME, "end": FIRST_TIME + (self.count - 1) * DAY, "bars_total": self.count,
            "parameters": session.parameters(), "seed": seed,
            "account": {"currency": "USD", "initial_cash": 10000, "leverage": 1},
            "execution": {
                "profile": "compat", "fill_at": "next_open", "commission": {"fixed": 0, "rate": 0}, "spread": 0,
                "margin": 1, "hedging": False, "exclusive_orders": False, "finalize_trades": False,
            },
            "order_types": HOST_CAPABILITIES["order_types"],
        }
        if columns:
            params["encoding"] = columns
        params.update(self.extra)
        result = self.child.ask("run/start", params)
        check_run_start(result, mode)
        self.warmup = result.get("warmup_bars", 0)
        self.early = result.get("early_orders", False)
        # The bar to ask about next in the mode preload, unless there are order events before; how many there were then.
        self.next_asked = self.events_known = 0
        self.passed_over = False
        if mode in ("preload", "vectorized"):
            self.load(columns, chunks)
        self.index = 0 if mode == "lockstep" else self.first - 1 if mode == "preload" and self.early else self.first

    @property
    def first(self):
        """The first bar the strategy decides on."""
        return max(1, self.warmup)

    def time(self, index):
        return FIRST_TIME + index * DAY

    # -- bar by bar

    def params(self, index, advance=True):
        """The params of a bar/next; moves the broker on unless told not to."""
        if advance:
            self.work(index)
        return self.message(index, advance)

    def work(self, index):
        """Lets the broker work on a bar."""
        bars = {symbol: self.bars[symbol][index] for symbol in self.symbols}
        if index < self.first:
            self.broker.index, self.broker.time = index, self.time(index)
            self.broker.close.update({s: b[3] for s, b in bars.items() if b is not None})
        else:
            self.broker.process(index, self.time(index), bars)

    def message(self, index, with_account):
        bars = {symbol: self.bars[symbol][index] for symbol in self.symbols}
        params = {"run_id": self.run_id, "index": index, "time": self.time(index)}
        if self.mode == "lockstep":
            params["bars"] = bars
        if index < self.first:
            params["warmup"] = True
        if self.session.needs("events"):
            params["events"], self.broker.events = self.broker.events, []
        if self.session.needs("account") and with_account:
            always = self.session.capabilities.get("account") == "always"
            for name, value in self.broker.state().items():
                if always or self.sent.get(name) != value:
                    params[name] = self.sent[name] = value
            if self.broker.closed:
                params["closed"], self.broker.closed = self.broker.closed, []
        params.update(self.extra)
        return params

    def take(self, index, result):
        """Checks an answer to bar/next and lets the broker perform it."""
        if "next_index" in result and not self.session.offers_next_index:
            fail("/next_index", "was given to a host whose capabilities do not say next_index")
        check_answer_form(result, None, index if self.mode == "preload" else None, self.count)
        actions = result.get("actions", [])
        self.next_asked = index + 1 if actions or result.get("next_index") is None else result["next_index"]
        self.events_known = len(self.broker.events)
        for position, action in enumerate(actions):
            check_action(action, f"/actions/{position}", self.symbols, False)
        if index < self.first and not (self.early and index == self.first - 1):
            if actions:
                raise Failure(f"the answer to warm-up bar {index} holds actions; the first decision is on bar {self.first}")
        else:
            self.broker.perform(actions)
        self.actions += [(index, action) for action in actions]
        self.annotations.append(result.get("annotations", {}))
        return result

    def step(self, advance=True, change=None):
        """Sends the next bar and takes its answer, unless the strategy said that it may be passed over."""
        if advance:
            self.work(self.index)
        if self.mode == "preload" and self.index < self.next_asked and len(self.broker.events) == self.events_known:
            self.index += 1
            self.passed_over = True
            return {}
        params = self.message(self.index, advance)
        if change:
            change(params)
        result = self.take(self.index, self.child.ask("bar/next", params))
        self.index += 1
        return result

    def play(self, until=None):
        while self.index < (self.count if until is None else min(until, self.count)):
            self.step()
        return self

    # -- columns

    def load(self, encoding, chunks):
        size = -(-self.count // chunks)
        pieces = [(s, o) for s in self.symbols for o in range(0, self.count, size)]
        limit = self.session.max_bytes()
        for position, (symbol, offset) in enumerate(pieces):
            rows = self.bars[symbol][offset : offset + size]
            columns = {"time": self.session.column([self.time(offset + i) for i in range(len(rows))], "i64", encoding)}
            for place, name in enumerate(("open", "high", "low", "close", "volume")):
                columns[name] = self.session.column([None if r is None else r[place] for r in rows], "f64", encoding)
            params = {
                "run_id": self.run_id, "symbol": symbol, "offset": offset, "count": len(rows), "rows_total": self.count,
                "columns": columns,
            }
            if position == len(pieces) - 1:
                params["last"] = True
            if len(json.dumps(params)) > limit:
                raise Skip(f"the strategy reads only {limit} bytes a line")
            result = self.child.ask("series/load", params)
            fields(result, "", ["received"], ["warmup_bars", "early_orders"])
            if whole(result["received"], "/received") != len(rows):
                fail("/received", f"was {result['received']}; {len(rows)} rows were sent")
            if "warmup_bars" in result:
                warmup = whole(result["warmup_bars"], "/warmup_bars")
                if "last" in params:
                    self.warmup = warmup
            if "early_orders" in result:
                early = want("a boolean", result["early_orders"], "/early_orders")
                if "last" in params:
                    self.early = early

    def evaluate(self):
        params = {"run_id": self.run_id, "first_index": 0, "count": self.count, "progress_token": "check"}
        result = self.child.ask("series/evaluate", params)
        return check_evaluate(result, self.symbols, self.count)

    # -- chunks

    def chunk(self, first, count):
        count = min(count, self.count - first)
        return {
            "run_id": self.run_id, "first_index": first, "count": count,
            "times": [self.time(first + i) for i in range(count)],
            "bars": {s: self.bars[s][first : first + count] for s in self.symbols},
        }

    def take_chunk(self, params, result):
        check_answer_form(result, params["count"])
        actions = result.get("actions", [])
        for position, action in enumerate(actions):
            check_action(action, f"/actions/{position}", self.symbols, True)
        check_indices(actions, params["first_index"], params["count"])
        for action in actions:
            if action["bar_index"] < self.first:
                raise Failure(f"an action on warm-up bar {action['bar_index']}; the first decision is on bar {self.first}")
        self.actions += [(a["bar_index"], {k: v for k, v in a.items() if k != "bar_index"}) for a in actions]

    def stream(self, size):
        for first in range(0, self.count, size):
            params = self.chunk(first, size)
            self.take_chunk(params, self.child.ask("bars/next", params, scale=1 + params["count"] / 100))
        return self

    def end(self, reason="completed"):
        result = self.child.ask("run/end", {"run_id": self.run_id, "reason": reason})
        fields(result, "", [], ["summary"])
        want("an object", result.get("summary", {}), "/summary")
        self.session.busy = False
        return self


class Session:
    """A process that was initialized."""

    def __init__(self, kit, options=None, child=None, offers_next_index=True):
        self.kit, self.runs, self.busy, self.offers_next_index = kit, 0, False, offers_next_index
        self.child = child or Child(kit)
        kit.children.append(self.child)
        params = kit.initialize_params(options)
        if not offers_next_index:
            params["capabilities"] = {k: v for k, v in HOST_CAPABILITIES.items() if k != "next_index"}
        self.answer = self.child.ask("initialize", params)
        self.capabilities = self.answer.get("capabilities") or {}
        self.child.notify("initialized", {})

    @property
    def is_free(self):
        """Whether another run can be started in the process."""
        return not self.busy and self.child.process.poll() is None and (self.runs == 0 or self.capabilities.get("reuse"))

    def needs(self, what):
        return self.capabilities.get(f"needs_{what}", True)

    def max_bytes(self):
        return self.capabilities.get("max_message_bytes", 1048576)

    def column_encoding(self):
        declared = self.capabilities.get("encodings", ["json"])
        return next((word for word in declared if word in HOST_CAPABILITIES["encodings"]), "json")

    def parameters(self):
        """A value for every declared parameter: given, default, or the smallest that is allowed."""
        values = {}
        schema = self.answer.get("parameters") or {}
        for name, item in (schema.get("properties") or {}).items():
            kind = item.get("type")
            if name in self.kit.given:
                word = self.kit.given[name]
                try:
                    values[name] = {"integer": int, "number": float, "boolean": lambda w: w == "true"}.get(kind, str)(word)
                except ValueError:
                    raise Usage(f"--param {name} was {word}; the strategy declares it as {kind}") from None
            elif "default" in item:
                values[name] = item["default"]
            else:
                values[name] = {"integer": item.get("minimum", 1), "number": item.get("minimum", 1), "boolean": False}.get(kind, "")
        return values

    def column(self, values, dtype, encoding):
        letter, size = SIZES[dtype]
        if encoding == "json":
            return {"encoding": "json", "dtype": dtype, "count": len(values), "data": values}
        data = struct.pack(f"<{len(values)}{letter}", *(math.nan if v is None else v for v in values))
        if encoding == "f64le+base64":
            return {"encoding": encoding, "dtype": dtype, "count": len(values), "data": base64.b64encode(data).decode()}
        path, offset = self.kit.store(data)
        return {
            "encoding": encoding, "dtype": dtype, "count": len(values), "path": path, "offset": offset,
            "sha256": hashlib.sha256(data).hexdigest(),
        }


# ---------------------------------------------------------------- the checks

CHECKS = []


def check(identifier, claim):
    def register(function):
        CHECKS.append((identifier, claim, function))
        return function

    return register


class Kit:
    def __init__(self, command, scale, given, record):
        self.command, self.scale, self.given, self.record = command, scale, given, record
        self.recorded = 0
        self.children = []
        self.free = None
        self.folder = None
        self.stored = 0
        self.memory = {}
        self.bars = {"ACME": make_bars(260)}

    def seconds(self, name):
        return TIMEOUTS[name] / 1000 * self.scale

    def initialize_params(self, options=None, version=VERSION):
        return {
            "protocol_version": version, "host": {"name": "check_strategy", "version": VERSION}, "host_pid": os.getpid(),
            "capabilities": HOST_CAPABILITIES,
            "limits": {
                "max_message_bytes": 16777216, "max_json_depth": 64, "max_actions_per_bar": 1000, "max_log_bytes": 8192,
                "max_log_lines_per_second": 1000,
                "timeouts_ms": {name: max(1, round(value * self.scale)) for name, value in TIMEOUTS.items()},
            },
            "options": options or {},
        }

    def store(self, data):
        """Puts bytes into a file that the strategy can map; the whole folder goes in the end."""
        if self.folder is None:
            self.folder = tempfile.mkdtemp(prefix="check_strategy-")
        path = os.path.join(self.folder, f"columns-{self.stored // (1 << 22)}")
        with open(path, "ab") as file:
            offset = file.tell()
            file.write(data)
        self.stored += len(data)
        return path, offset

    # -- processes

    def child(self):
        """A process that was not initialized."""
        child = Child(self)
        self.children.append(child)
        return child

    def session(self, fresh=False, options=None):
        """An initialized process in which a run can begin; one is kept for as long as it serves."""
        if fresh or options:
            return Session(self, options)
        if self.free is None or not self.free.is_free:
            self.free = Session(self)
        elif self.free.child not in self.children:
            # So that its traffic is shown when this check fails.
            self.children.append(self.free.child)
        return self.free

    def run(self, bars=None, fresh=False, **options):
        return Run(self.session(fresh), bars or self.bars, **options)

    def clean(self, keep):
        """Ends the processes of a check, but for the one kept for the next."""
        for child in self.children:
            if not (keep and self.free is not None and child is self.free.child and self.free.is_free):
                child.kill()
                if self.free is not None and child is self.free.child:
                    self.free = None
        self.children = []

    def capabilities(self):
        return self.session().capabilities

    def modes(self):
        return self.capabilities().get("modes", ["lockstep"])

    def require_mode(self, mode):
        if mode not in self.modes():
            raise Skip(f"the strategy does not declare the mode {mode}")
        return self.capabilities()

    def require_lockstep(self):
        if "lockstep" not in self.modes():
            raise Skip("the strategy does not declare the mode lockstep")

    def lockstep_actions(self):
        """The actions of a whole run in lock-step, played once and remembered."""
        if "lockstep" not in self.memory:
            self.memory["lockstep"] = comparable(self.run().play().end().actions)
        return self.memory["lockstep"]


def comparable(actions):
    """Actions without the strategy's own names for orders, which may count on through runs."""
    return [(index, {k: v for k, v in action.items() if k != "client_order_id" and v is not None}) for index, action in actions]


def same(expected, received, what):
    for position, (left, right) in enumerate(zip(expected, received)):
        if left != right:
            raise Failure(f"{what}: number {position + 1} is {json.dumps(right)} where {json.dumps(left)} was expected")
    if len(expected) != len(received):
        raise Failure(f"{what}: {len(received)} where {len(expected)} were expected")


@check("core.starts", "The process starts and is still there half a second later.")
def starts(kit):
    child = kit.child()
    time.sleep(0.5)
    if child.process.poll() is not None:
        raise Failure(f"the process ended by itself ({child.ending()}) before it was asked anything")


@check("core.stdout_clean", "Nothing is on stdout before the initialize answer.")
def stdout_clean(kit):
    child = kit.child()
    if not child.silent(0.3):
        raise Failure(f"stdout held {child.lines[0][:200]!r} before anything was asked; print to stderr instead")
    child.answer(child.send("initialize", kit.initialize_params()))
    if child.stray:
        raise Failure(f"stdout held {child.stray[0][:200]!r} before the initialize answer; print to stderr instead")
    if child.notifications:
        raise Failure("a notification came before the initialize answer")


@check("core.initialize", "initialize is answered with a version, a name and capabilities in the right form.")
def initialize(kit):
    session = kit.session()
    check_initialize(session.answer)


@check("core.version_mismatch", "Asked for version 99.0, it answers error 1002 or a version it speaks.")
def version_mismatch(kit):
    child = kit.child()
    answer = child.answer(child.send("initialize", kit.initialize_params(version="99.0")))
    if "error" in answer:
        if answer["error"]["code"] != 1002:
            raise Failure(f"answered error {answer['error']['code']}; it must be 1002 or a result with an older version")
    elif answer["result"].get("protocol_version") != VERSION:
        raise Failure(f"answered version {json.dumps(answer['result'].get('protocol_version'))}; it must be {VERSION} or error 1002")


@check("core.run_start", "run/start is answered in the right form.")
def run_start(kit):
    kit.require_lockstep()
    kit.run().end("cancelled")


@check("core.bar_next", "Every bar/next of a run of one symbol is answered in the right form.")
def bar_next(kit):
    kit.require_lockstep()
    run = kit.run()
    for index in range(run.count):
        check_answer_form(run.child.ask("bar/next", run.params(index)))
    run.end()


@check("core.actions_form", "Every action has the right form: known words, right types, no unknown fields.")
def actions_form(kit):
    kit.require_lockstep()
    run = kit.run()
    for index in range(run.count):
        actions = run.child.ask("bar/next", run.params(index)).get("actions", [])
        for position, action in enumerate(want("an array", actions, "/actions")):
            check_action(action, f"bar {index}: /actions/{position}", run.symbols, False)
        if index >= run.first:
            run.broker.perform(actions)
    run.end()


@check("core.warmup", "Answers to warm-up bars hold no actions, but those announced as early_orders.")
def warmup(kit):
    kit.require_lockstep()
    run = kit.run()
    run.play(until=min(run.first + 1, run.count)).end()


@check("core.id_echo", "Every answer repeats the id of its request with the same type, 2^53-1 included.")
def id_echo(kit):
    kit.require_lockstep()
    run = kit.run()
    for identifier in (7, 0, MAX_INTEGER):
        request = run.child.send("bar/next", run.params(run.index), identifier)
        run.take(run.index, run.child.result(request))
        run.index += 1
    run.end()


@check("core.unknown_fields", "Unknown fields in params are ignored.")
def unknown_fields(kit):
    kit.require_lockstep()
    plain = kit.lockstep_actions()
    extra = {"x_check": {"list": [1, None, "text"], "flag": True}, "y_check": None}
    same(plain, comparable(kit.run(extra=extra).play().end().actions), "actions with unknown fields in params")


@check("core.unknown_notification", "An unknown notification is ignored and not answered.")
def unknown_notification(kit):
    kit.require_lockstep()
    run = kit.run()
    run.step()
    run.child.notify("x/unknown", {"list": [1]})
    run.step()
    run.end()
    if not run.child.silent(0.1):
        raise Failure(f"something was answered that was not asked: {run.child.lines[0][:200]!r}")


@check("core.unknown_method", "An unknown method is answered with error -32601, and the run goes on.")
def unknown_method(kit):
    kit.require_lockstep()
    run = kit.run()
    run.step()
    answer = run.child.answer(run.child.send("x/unknown", {}))
    if "error" not in answer or answer["error"]["code"] != -32601:
        raise Failure(f"the unknown method x/unknown was answered with {json.dumps(answer)}; it must be error -32601")
    run.step()
    run.end()


@check("core.null_volume", "A bar without volume (null) is answered.")
def null_volume(kit):
    kit.require_lockstep()
    bars = {"ACME": [bar[:4] + [None] for bar in kit.bars["ACME"]]}
    kit.run(bars).play().end()


@check("core.many_symbols", "A run of three symbols, some without a bar (null), is answered; only for multi_symbol.")
def many_symbols(kit):
    kit.require_lockstep()
    if not kit.capabilities().get("multi_symbol"):
        raise Skip("the strategy does not declare multi_symbol")
    bars = {symbol: list(make_bars(120, seed, 50.0 * seed)) for seed, symbol in enumerate(("ACME", "BOLT", "COIL"), 1)}
    for index in range(10, 120, 7):
        bars["BOLT"][index] = None
    for symbol in bars:
        bars[symbol][60] = None
    kit.run(bars, symbols=list(bars)).play().end()


@check("core.events", "Order events of every kind are accepted, whether or not it placed the order.")
def events(kit):
    kit.require_lockstep()
    if not kit.capabilities().get("needs_events", True):
        raise Skip("the strategy declares needs_events false")
    run = kit.run()
    run.play(until=run.first + 2)

    def add(params):
        for number, kind in enumerate(HOST_CAPABILITIES["event_kinds"]):
            event = {
                "seq": run.broker.sequence, "kind": kind, "index": params["index"], "time": params["time"],
                "order_id": 0 if kind == "rejected" else 9000 + number, "client_order_id": f"foreign-{number}",
                "role": ["entry", "close", "stop_loss", "take_profit"][number % 4], "symbol": "ACME",
                "side": "buy" if number % 2 else "sell", "quantity": number, "price": None if number == 0 else 100.5,
                "commission": 0.25,
            }
            if kind in ("filled", "partially_closed"):
                event["trade_id"] = 9000
            if kind in ("rejected", "cancelled", "expired"):
                code = {"rejected": "insufficient_margin", "cancelled": "excluded", "expired": "end_of_data"}[kind]
                event["reason"] = {"code": code, "message": "made up by the check"}
            run.broker.sequence += 1
            params["events"].append(event)

    if run.index < run.count:
        run.step(change=add)
    run.play().end()


@check("core.account_unchanged", "A bar without account, positions, trades and orders means that they are unchanged, and is answered.")
def account_unchanged(kit):
    kit.require_lockstep()
    capabilities = kit.capabilities()
    if not capabilities.get("needs_account", True):
        raise Skip("the strategy declares needs_account false")
    if capabilities.get("account") == "always":
        raise Skip('the strategy declares account "always"')
    run = kit.run()
    run.play(until=run.first + 1)
    for _ in range(3):
        if run.index < run.count:
            run.step(advance=False)
    run.play().end()


@check("core.preload", "In the mode preload, columns are acknowledged and bars without prices answered, with lock-step's actions; only when declared.")
def preload(kit):
    kit.require_mode("preload")
    run = kit.run(mode="preload").play().end()
    if "lockstep" in kit.modes():
        same(kit.lockstep_actions(), comparable(run.actions), "actions in the mode preload against lock-step")
    if run.passed_over:
        # The same from a host that asks about every bar.
        every = Run(Session(kit, offers_next_index=False), kit.bars, mode="preload").play().end()
        same(comparable(run.actions), comparable(every.actions), "actions when no bar is passed over")


@check("core.run_end", "run/end is answered in the right form.")
def run_end(kit):
    kit.require_lockstep()
    run = kit.run()
    run.step()
    run.end("cancelled")


@check("core.reuse", "A second run in the same process gives the same answers as the first; only when reuse is declared.")
def reuse(kit):
    kit.require_lockstep()
    if not kit.capabilities().get("reuse"):
        raise Skip("the strategy does not declare reuse")
    session = kit.session(fresh=True)
    first = Run(session, kit.bars).play().end()
    # A run that is broken off must leave nothing behind either.
    Run(session, {"ACME": make_bars(40, seed=9)}).play(until=25).end("cancelled")
    second = Run(session, kit.bars).play().end()
    same(comparable(first.actions), comparable(second.actions), "actions of the second run")
    same(first.annotations, second.annotations, "annotations of the second run")


@check("core.shutdown", "shutdown is answered, and after exit the process ends with code 0 within 2 s.")
def shutdown(kit):
    session = kit.session(fresh=True)
    if "lockstep" in kit.modes():
        run = Run(session, kit.bars)
        run.step()
        run.end()
    fields(session.child.ask("shutdown", {}), "", [], [])
    session.child.notify("exit", {})
    code = session.child.wait(2 * kit.scale)
    if code is None:
        raise Failure(f"the process still runs {2 * kit.scale:g} s after exit, with stdin open")
    if code != 0:
        raise Failure(f"the process ended with {session.child.ending()} after exit; it must be exit code 0")


@check("core.eof", "When stdin is closed without shutdown, the process ends with code 0 within 2 s and does not spin until then.")
def eof(kit):
    session = kit.session(fresh=True)
    if "lockstep" in kit.modes():
        Run(session, kit.bars).step()
    child = session.child
    before, started = child.processor_seconds(), time.monotonic()
    child.close_stdin()
    used = before
    while time.monotonic() - started < 2 * kit.scale:
        code = child.wait(0.05)
        if code is not None:
            break
        used = child.processor_seconds() or used
    else:
        raise Failure(f"the process still runs {2 * kit.scale:g} s after its stdin was closed")
    elapsed = time.monotonic() - started
    if before is not None and elapsed > 0.5 and used - before > 0.5 * elapsed:
        raise Failure(f"the process used {used - before:.2f} s of processor time in the {elapsed:.2f} s until it ended")
    if code != 0:
        raise Failure(f"the process ended with {child.ending()} after its stdin was closed; it must be exit code 0")


@check("core.sigterm", "SIGTERM ends the process within 2 s.")
def sigterm(kit):
    session = kit.session(fresh=True)
    session.child.process.send_signal(signal.SIGTERM)
    if session.child.wait(2 * kit.scale) is None:
        raise Failure(f"the process still runs {2 * kit.scale:g} s after SIGTERM")


def require_streamed(kit):
    capabilities = kit.require_mode("streamed")
    if capabilities.get("needs_account", True) or capabilities.get("needs_events", True):
        raise Failure("the mode streamed is declared, but not needs_account false and needs_events false, which it needs")


@check("streamed.chunks", "bars/next is answered in the right form, every bar_index inside its chunk and ascending.")
def chunks(kit):
    require_streamed(kit)
    kit.run(mode="streamed").stream(64).end()


@check("streamed.two_in_flight", "Two chunks sent before the first answer is read are answered in their order.")
def two_in_flight(kit):
    require_streamed(kit)
    run = kit.run(mode="streamed")
    for first in range(0, run.count, 64):
        sent = [(p, run.child.send("bars/next", p)) for p in (run.chunk(f, 32) for f in (first, first + 32) if f < run.count)]
        for params, request in sent:
            run.take_chunk(params, run.child.result(request, scale=2))
    run.end()


@check("streamed.equals_lockstep", "Chunks of 1, 7 and 64 bars give the actions of lock-step.")
def equals_lockstep(kit):
    require_streamed(kit)
    reference = kit.lockstep_actions() if "lockstep" in kit.modes() else None
    for size in (1, 7, 64):
        actions = comparable(kit.run(mode="streamed").stream(size).end().actions)
        reference = actions if reference is None else reference
        same(reference, actions, f"actions in chunks of {size}")


def vectorized(kit, bars=None, fresh=False, **options):
    run = kit.run(bars, fresh, mode="vectorized", **options)
    decisions = run.evaluate()
    run.end()
    return decisions


@check("vectorized.load", "series/load is acknowledged with the number of rows it carried.")
def vectorized_load(kit):
    kit.require_mode("vectorized")
    kit.run(mode="vectorized")


@check("vectorized.evaluate", "series/evaluate is answered in the right form, columns as long as the run.")
def vectorized_evaluate(kit):
    kit.require_mode("vectorized")
    vectorized(kit)


@check("vectorized.chunked_load", "Columns loaded in several chunks give the same answer as in one.")
def chunked_load(kit):
    kit.require_mode("vectorized")
    agree(vectorized(kit), vectorized(kit, chunks=3), None, "columns loaded in three chunks")


@check("vectorized.encodings", "Every declared encoding gives the same answer.")
def encodings(kit):
    declared = kit.require_mode("vectorized").get("encodings", ["json"])
    known = [word for word in declared if word in HOST_CAPABILITIES["encodings"]]
    if len(known) < 2:
        raise Skip("the strategy declares one encoding")
    first = vectorized(kit, encoding=known[0])
    for encoding in known[1:]:
        agree(first, vectorized(kit, encoding=encoding), None, f"encoding {encoding} against {known[0]}")


def agree(full, other, count, what):
    """Compares decisions on the first bars (all when count is None): equal, weights within 1e-9."""
    if set(full) != set(other):
        raise Failure(f"{what}: the answer holds {sorted(other) or 'nothing'} where {sorted(full) or 'nothing'} was expected")
    for name, value in full.items():
        if name == "actions":
            kept = [[(a["bar_index"], a) for a in actions if count is None or a["bar_index"] < count] for actions in (value, other[name])]
            same(comparable(kept[0]), comparable(kept[1]), f"{what}: actions")
            continue
        for symbol, column in value.items():
            received = other[name].get(symbol, [])
            for index, (left, right) in enumerate(zip(column[:count], received[:count])):
                close = left is not None and right is not None and abs(left - right) <= 1e-9 * max(abs(left), abs(right))
                if left != right and not (close and name == "target_weight"):
                    raise Failure(f"{what}: {name} of {symbol} at bar {index} is {right} where {left} was expected")
            if len(received[:count]) != len(column[:count]):
                raise Failure(f"{what}: {name} of {symbol} has {len(received)} values")


def cuts(kit, decisions):
    """Where to cut: fixed places, and right after the first, a middle and the last decision."""
    total = len(kit.bars["ACME"])
    spots = set()
    for name, value in decisions.items():
        if name == "actions":
            spots.update(action["bar_index"] for action in value)
        else:
            for column in value.values():
                spots.update(i for i in range(1, len(column)) if column[i] != column[i - 1])
    spots = sorted(spots)
    chosen = {total // 2, total * 4 // 5}
    if spots:
        chosen.update((spots[0] + 1, spots[len(spots) // 2] + 1, spots[-1] + 1))
    return sorted(cut for cut in chosen if total // 4 <= cut < total)


@check("vectorized.truncation", "Without the later bars, in a fresh process, the decisions on the earlier ones are the same.")
def truncation(kit):
    kit.require_mode("vectorized")
    full = vectorized(kit)
    for cut in cuts(kit, full):
        prefix = {"ACME": kit.bars["ACME"][:cut]}
        agree(full, vectorized(kit, prefix, fresh=True), cut, f"with the first {cut} bars only")


@check("vectorized.perturbation", "With other later bars, in a fresh process, the decisions on the earlier ones are the same.")
def perturbation(kit):
    kit.require_mode("vectorized")
    full = vectorized(kit)
    for cut in cuts(kit, full):
        bars = kit.bars["ACME"]
        # Upwards and downwards, so that a leak of a single bar turns a decision of either direction.
        for factor in (1.5, 0.6):
            other = {"ACME": bars[:cut] + make_bars(len(bars) - cut, seed=77, base=bars[cut - 1][3] * factor)}
            agree(full, vectorized(kit, other, fresh=True), cut, f"with other bars from bar {cut} on")


def started(kit, **options):
    kit.require_lockstep()
    run = kit.run(**options)
    run.step()
    return run


@check("robust.crlf", "Lines ended by CR LF are read.")
def crlf(kit):
    run = started(kit)
    request = run.child.request("bar/next", run.params(run.index))
    run.child.write(run.child.encode(request) + b"\r\n")
    run.take(run.index, run.child.result(request))
    run.index += 1
    run.step()
    run.end()


@check("robust.blank_line", "Blank lines are skipped.")
def blank_line(kit):
    run = started(kit)
    run.child.write(b"\n\r\n\n")
    run.step()
    run.end()


@check("robust.split_message", "A message that arrives byte by byte is read.")
def split_message(kit):
    run = started(kit)
    request = run.child.request("bar/next", run.params(run.index))
    for position, byte in enumerate(run.child.encode(request) + b"\n"):
        os.write(run.child.process.stdin.fileno(), bytes([byte]))
        if position % 16 == 0:
            time.sleep(0.002)
    run.take(run.index, run.child.result(request))
    run.index += 1
    run.step()
    run.end()


@check("robust.joined_messages", "Two messages that arrive in one piece are both answered, in order.")
def joined_messages(kit):
    run = started(kit)
    unknown = run.child.request("x/unknown", {})
    request = run.child.request("bar/next", run.params(run.index))
    run.child.write(run.child.encode(unknown) + b"\n" + run.child.encode(request) + b"\n")
    run.child.answer(unknown)
    run.take(run.index, run.child.result(request))
    run.index += 1
    run.step()
    run.end()


@check("robust.split_utf8", "Symbols of non-ASCII characters are read even when a character is split between two writes.")
def split_utf8(kit):
    kit.require_lockstep()
    symbol = "ZÜRICH-€-🙂"
    run = kit.run({symbol: kit.bars["ACME"][:120]}, symbols=[symbol])
    while run.index < run.count:
        request = run.child.request("bar/next", run.params(run.index))
        line = run.child.encode(request) + b"\n"
        if run.index < 4:
            # Inside a character of two bytes, then inside one of four.
            position = line.index("Ü".encode()) + 1 if run.index % 2 else line.index("🙂".encode()) + 2
            run.child.write(line[:position])
            time.sleep(0.02)
            run.child.write(line[position:])
        else:
            run.child.write(line)
        run.take(run.index, run.child.result(request))
        run.index += 1
    run.end()


def long_line(kit, size):
    kit.require_lockstep()
    limit = kit.session().max_bytes()
    if limit < size:
        raise Skip(f"the strategy declares max_message_bytes {limit}")
    run = started(kit)
    request = run.child.request("bar/next", run.params(run.index))
    request["params"]["x_padding"] = ""
    request["params"]["x_padding"] = "a" * (size - len(json.dumps(request, separators=(",", ":"), ensure_ascii=False).encode()))
    run.child.write(run.child.encode(request) + b"\n")
    run.take(run.index, run.child.result(request))
    run.index += 1
    run.step()
    run.end()


@check("robust.long_line_70k", "A line of 70,000 bytes is read.")
def long_line_70k(kit):
    long_line(kit, 70_000)


@check("robust.long_line_1m", "A line of 1,048,576 bytes is read; only when max_message_bytes allows it.")
def long_line_1m(kit):
    long_line(kit, 1_048_576)


@check("robust.large_integers", "Integers up to 2^53-1 are read: the seed, an unknown field.")
def large_integers(kit):
    run = started(kit, seed=MAX_INTEGER, extra={"x_large": MAX_INTEGER, "x_small": -MAX_INTEGER})
    run.step()
    run.end()


@check("robust.bad_line", "A line that is not JSON is answered with error -32700 or ignored, and the run goes on.")
def bad_line(kit):
    run = started(kit)
    run.child.write(b"{this is not JSON\n")
    request = run.child.send("bar/next", run.params(run.index))
    deadline = time.monotonic() + kit.seconds("bar_next")
    message = run.child.receive(deadline, "an answer after a line that is not JSON", kit.seconds("bar_next"))
    if message.get("id", 0) is None and "error" in message:
        if message["error"]["code"] != -32700:
            raise Failure(f"a line that is not JSON was answered with error {message['error']['code']}; it must be -32700")
        result = run.child.result(request)
    else:
        if message.get("id") != request["id"] or "result" not in message:
            raise Failure(f"after a line that is not JSON, bar/next was answered with {json.dumps(message)[:300]}")
        result = message["result"]
    run.take(run.index, result)
    run.index += 1
    run.step()
    run.end()


@check("robust.cancel", "$/cancelRequest for a request that is answered already is ignored; a cancelled request is still answered.")
def cancel(kit):
    run = started(kit)
    run.child.notify("$/cancelRequest", {"id": run.child.next_id - 1})
    run.step()
    request = run.child.request("bar/next", run.params(run.index))
    note = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": request["id"]}}
    run.child.write(run.child.encode(request) + b"\n" + run.child.encode(note) + b"\n")
    answer = run.child.answer(request)
    if "error" in answer and answer["error"]["code"] != -32800:
        raise Failure(f"a cancelled request was answered with error {answer['error']['code']}; it must be a result or -32800")
    if "result" in answer:
        run.take(run.index, answer["result"])
    run.index += 1
    run.end("cancelled")
    if not run.child.silent(0.1):
        raise Failure("a cancelled request was answered twice")


@check("robust.ten_thousand_bars", "10,000 bars are answered while the reader pauses now and then.")
def ten_thousand_bars(kit):
    kit.require_lockstep()
    run = kit.run({"ACME": make_bars(10_000, seed=3)})
    while run.index < run.count:
        params = run.params(run.index)
        request = run.child.send("bar/next", params)
        if run.index % 1000 == 999:
            time.sleep(0.05)
        run.take(run.index, run.child.result(request))
        run.index += 1
    run.end()


@check("robust.same_seed", "Two processes with the same seed give the same answers; only when deterministic.")
def same_seed(kit):
    kit.require_lockstep()
    if not kit.capabilities().get("deterministic", True):
        raise Skip("the strategy declares deterministic false")
    runs = [kit.run(fresh=True).play().end() for _ in range(2)]
    same(runs[0].actions, runs[1].actions, "actions of a second process")
    same(runs[0].annotations, runs[1].annotations, "annotations of a second process")


def fault(kit, name):
    kit.require_lockstep()
    offered = (kit.capabilities().get("experimental") or {}).get("backtester/faults", [])
    if name not in offered:
        raise Skip(f'the strategy does not offer the fault {name} (capabilities.experimental["backtester/faults"])')
    return Run(kit.session(options={"fault": name}), kit.bars)


@check("robust.stray_print", "Text printed by the strategy's own code does not reach the protocol's stdout; only with the fault print.")
def stray_print(kit):
    run = fault(kit, "print")
    run.play(until=run.first + 5).end()
    if run.child.stray:
        raise Failure(f"stdout held {run.child.stray[0][:200]!r}; point file descriptor 1 at stderr before user code runs")


@check("robust.strategy_error", "A failure in the strategy's own code is answered with error 2005, and the process survives or ends cleanly; only with the fault raise.")
def strategy_error(kit):
    run = fault(kit, "raise")
    while run.index < run.count:
        index = run.index
        answer = run.child.answer(run.child.send("bar/next", run.params(index)))
        run.index += 1
        if "error" in answer:
            if answer["error"]["code"] != 2005:
                raise Failure(f"the failure was answered with error {answer['error']['code']}; it must be 2005")
            break
        run.take(index, answer["result"])
    else:
        raise Failure("the strategy offers the fault raise, but no bar was answered with an error")
    if run.child.wait(0.2) is None:
        run.end("failed")
    elif run.child.process.returncode != 0:
        raise Failure(f"after its failure the process ended with {run.child.ending()}; it must be exit code 0")


@check("robust.stderr_flood", "200 KB on stderr do not block it; only with the fault stderr.")
def stderr_flood(kit):
    run = fault(kit, "stderr")
    run.play(until=run.first + 5).end()


# ---------------------------------------------------------------- running them


def level_of(identifier):
    return identifier.split(".")[0]


def selected(level, only):
    for identifier, claim, function in CHECKS:
        if only:
            if identifier in only:
                yield identifier, claim, function
        elif level == "all" or level_of(identifier) in ("core", level):
            yield identifier, claim, function


def evidence(children):
    """What the processes of a check said: the last messages, stray lines and stderr."""
    found = {"messages": [], "stdout": "", "stderr": ""}
    for child in children:
        found["messages"] += child.last_messages()
        found["stdout"] += "".join(line.decode("utf-8", "replace") + "\n" for line in child.stray[-20:])
        found["stderr"] += bytes(child.errors[-8192:]).decode("utf-8", "replace")
    found["messages"] = found["messages"][-20:]
    return found


def perform(kit, function):
    """Status, detail and evidence of one check."""
    try:
        function(kit)
        stray = [line for child in kit.children for line in child.stray]
        if stray:
            raise Failure(f"stdout held {stray[0][:200]!r}, which is no message; print to stderr instead")
        return "passed", "", None
    except Skip as reason:
        return "skipped", str(reason), None
    except Failure as reason:
        # Output on stderr may still be on its way.
        for child in kit.children:
            child.linger(0.05)
        return "failed", str(reason), evidence(kit.children)
    except (ArithmeticError, LookupError, OSError, RecursionError, TypeError, ValueError) as error:
        # A value that passes the form and still cannot be worked with (an infinite quantity, say).
        return "failed", f"an answer could not be worked with: {error!r}", evidence(kit.children)


def main(arguments):
    if "--" in arguments:
        split = arguments.index("--")
        arguments, command = arguments[:split], arguments[split + 1 :]
    else:
        command = []
    if "-h" in arguments or "--help" in arguments:
        print(__doc__.strip())
        return 0
    parser = argparse.ArgumentParser(prog="check_strategy.py", usage=__doc__.split("\n\n")[1].strip(), add_help=False)
    parser.add_argument("--level", choices=["core", "streamed", "vectorized", "robust", "all"], default="all")
    parser.add_argument("--only", action="append", default=[], metavar="ID")
    parser.add_argument("--param", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--timeout-scale", type=float, default=1.0, metavar="X")
    parser.add_argument("--expected", metavar="FILE")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--record", metavar="FOLDER")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args(arguments)
    if options.list:
        for identifier, claim, _ in CHECKS:
            print(f"{identifier}\t{claim}")
        return 0
    if not command:
        parser.error("the strategy's command is missing; write it after --")
    if not 0 < options.timeout_scale <= 1000:
        parser.error("--timeout-scale must be above 0 and at most 1000")
    known = {identifier for identifier, _, _ in CHECKS}
    for identifier in options.only:
        if identifier not in known:
            parser.error(f"there is no check {identifier}; --list names them")
    expected = set()
    if options.expected and not os.path.isfile(options.expected):
        parser.error(f"there is no file {options.expected}")
    if options.expected:
        with open(options.expected, encoding="utf-8") as file:
            expected = {line.split("#")[0].strip() for line in file} - {""}
        for identifier in expected - known:
            parser.error(f"{options.expected} names the check {identifier}, which does not exist")
    given = {}
    for item in options.param:
        name, mark, value = item.partition("=")
        if not mark:
            parser.error(f"--param takes NAME=VALUE, received {item}")
        given[name] = value
    # As the host does: a mask or an ignored signal of whoever started this script must not reach the strategy.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if options.record:
        os.makedirs(options.record, exist_ok=True)
    kit = Kit(command, options.timeout_scale, given, options.record)
    try:
        return report(kit, options, expected)
    except Usage as error:
        parser.error(str(error))
    finally:
        kit.clean(keep=False)
        if kit.free is not None:
            kit.free.child.kill()
        if kit.folder:
            shutil.rmtree(kit.folder, ignore_errors=True)


def report(kit, options, expected):
    results, broken = [], None
    checks = list(selected(options.level, options.only))
    for number, (identifier, claim, function) in enumerate(checks, 1):
        if broken:
            status, detail, found = "skipped", f"not tried, as {broken} failed", None
        else:
            status, detail, found = perform(kit, function)
            kit.clean(keep=status != "failed")
        if status == "failed" and identifier in ("core.starts", "core.initialize"):
            # Nothing else can work, and every check would wait for its time to pass.
            broken = identifier
        if identifier in expected and status != "skipped":
            status, detail = ("expected", detail) if status == "failed" else ("failed", "was expected to fail and passed")
        results.append({"id": identifier, "level": level_of(identifier), "status": status, "detail": detail})
        if found:
            results[-1].update(found)
        if not options.json:
            show(number, len(checks), claim, results[-1])
    failed = [result for result in results if result["status"] == "failed"]
    if options.json:
        summary = {"passed": not failed, "level": options.level, "command": kit.command, "checks": results}
        print(json.dumps(summary, ensure_ascii=False, indent=1))
    else:
        counts = collections.Counter(result["status"] for result in results)
        print(", ".join(f"{counts[word]} {word}" for word in ("passed", "failed", "expected", "skipped") if counts[word]))
    return 1 if failed else 0


def show(number, total, claim, result):
    mark = {"passed": "ok  ", "failed": "FAIL", "skipped": "skip", "expected": "xfail"}[result["status"]]
    text = result["detail"] if result["status"] == "skipped" else claim
    print(f"{number:>{len(str(total))}} {mark} {result['id']}: {text}", flush=True)
    if result["detail"] and text == claim:
        print(f"        {result['detail']}")
    for name, title in (("messages", "last messages"), ("stdout", "text on stdout"), ("stderr", "stderr")):
        lines = result.get(name)
        if lines:
            print(f"      {title}:")
            for line in lines if isinstance(lines, list) else lines.splitlines():
                print(f"        {line}")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
