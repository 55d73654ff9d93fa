"""Serves a strategy: reads one message a line, answers each request with one line, until end of input."""

import os
import sys
from _thread import allocate_lock
from types import SimpleNamespace

from . import stdio
from .errors import ProtocolError, capability_missing, invalid_params, invalid_request, strategy_error
from .faults import FAULTS
from .jsontext import dumps, loads, sendable

#: The protocol version spoken here.
PROTOCOL_VERSION = "1.0"
SDK_VERSION = "1.0.0"
_LONGEST_LINE = 64 * 1024 * 1024
# What a pipe holds; larger buffers are mapped and unmapped on every read, which costs 30 us.
_READ_SIZE = 64 * 1024

_RUN_METHODS = {"series/load": "load", "series/evaluate": "evaluate"}
_write_lock = allocate_lock()
_write = os.write
_sink = None


def send(text):
    """Writes one message as one line."""
    global _sink
    if _sink is None:
        _sink = stdio.claim()[1]
    line = (text + "\n").encode("ascii")
    with _write_lock:
        written = _write(_sink, line)
        while written < len(line):
            written += _write(_sink, line[written:])


def report_progress(token):
    """Tells the host that work goes on, which gives the answer more time."""
    send(dumps({"jsonrpc": "2.0", "method": "$/progress", "params": {"token": token, "value": {"kind": "report"}}}))


def log(message, level="info", **data):
    """Adds a line to the run's log; ``level`` is debug, info, warning or error."""
    params = {"level": level, "message": sendable(str(message))}
    if data:
        params["data"] = data
    send(dumps({"jsonrpc": "2.0", "method": "log/message", "params": params}))


class Server:
    """One conversation with a host about one strategy.

    ``strategy`` has ``name``, ``version``, ``description``, ``capabilities``, ``defaults`` and
    ``start(message, host)``, which returns a run with ``started()``, ``end(reason, summary)`` and those of
    ``bar``, ``chunk``, ``load`` and ``evaluate`` that its mode needs. ``failure`` is an error to answer initialize
    with when there is no strategy.
    """

    def __init__(self, strategy, failure=None):
        self.strategy, self.failure = strategy, failure
        self.initialized = False
        #: What the host can do: ``annotate``, ``encodings``, ``next_index``; the ``fault`` it asks for; and
        #: ``report_progress``, which tells it that an answer takes longer; and ``ask``, see :meth:`ask`.
        self.host = None
        self.run = None
        self.run_id = None
        self.running_bar = self.running_chunk = None

    def serve(self):
        """Answers messages until the input ends; returns the exit status."""
        source = stdio.claim()[0]
        read = os.read
        unfinished = []
        size = 0
        while True:
            block = read(source, _READ_SIZE)
            if not block:
                return 0
            end = block.rfind(b"\n")
            if end < 0:
                unfinished.append(block)
                size += len(block)
                if size > _LONGEST_LINE:
                    print(f"the host sent a line longer than {_LONGEST_LINE} bytes", file=sys.stderr)
                    return 1
                continue
            lines, rest = block[:end], block[end + 1 :]
            if unfinished:
                unfinished.append(lines)
                lines = b"".join(unfinished)
            unfinished = [rest] if rest else []
            size = len(rest)
            for line in lines.split(b"\n"):
                if not self.handle(line):
                    return 0

    def handle(self, line):
        """Answers one line; returns False when the host says goodbye."""
        number = None
        try:
            try:
                message = loads(line)
            except ValueError as error:
                if not line.strip():
                    return True
                raise ProtocolError(-32700, "parse_error", f"the line is no JSON: {error}") from None
            if type(message) is not dict:
                raise invalid_request("a message must be an object; batches are not supported")
            number = message.get("id")
            method, params = message.get("method"), message.get("params")
            if type(method) is not str:
                raise invalid_request("the message has no method")
            if type(params) is not dict:
                raise invalid_params("params must be an object")
            if method == "bar/next" and self.running_bar is not None and params.get("run_id") == self.run_id:
                result = self.running_bar(params)
            elif number is None and "id" not in message:
                return method != "exit"
            else:
                result = self.answer(method, params)
        except ProtocolError as error:
            self.refuse(number, error)
            return True
        except KeyError as error:
            # A field that the protocol requires, unless it comes out of the strategy's own code.
            if self.is_own(error):
                self.refuse(number, invalid_params(f"field {error} is missing"))
            else:
                self.blame(number, error)
            return True
        except BaseException as error:  # noqa: BLE001 - whatever strategies raise ends their run, never this process
            self.blame(number, error)
            return True
        if type(number) is int:
            send(f'{{"jsonrpc":"2.0","id":{number},"result":{result}}}')
        else:
            send(f'{{"jsonrpc":"2.0","id":{dumps(number)},"result":{result}}}')
        return True

    @staticmethod
    def is_own(error):
        """Whether the error was raised without any code of the strategy taking part."""
        frame = error.__traceback__
        while frame is not None:
            if os.path.dirname(frame.tb_frame.f_code.co_filename) != os.path.dirname(__file__):
                return False
            frame = frame.tb_next
        return True

    def blame(self, number, error):
        """Answers with an exception of the strategy's own code, and shows it on standard error."""
        answer = strategy_error(error, seen_from=__file__)
        print(answer.data["traceback"], end="", file=sys.stderr, flush=True)
        self.running_bar = self.running_chunk = None
        self.refuse(number, answer)

    def refuse(self, number, error):
        """Sends an error answer."""
        send(dumps({"jsonrpc": "2.0", "id": number, "error": error.answer()}))

    def answer(self, method, params):
        """The JSON text of the result of a request."""
        if method == "initialize":
            return dumps(self.initialize(params))
        if method == "shutdown":
            return "{}"
        known = method in ("run/start", "run/end", "bar/next", "bars/next") or method in _RUN_METHODS
        if not known:
            raise ProtocolError(-32601, "method_not_found", f"unknown method {method}")
        if not self.initialized:
            raise ProtocolError(1001, "not_initialized", f"{method} came before initialize")
        if method == "run/start":
            return dumps(self.start(params))
        run_id = params.get("run_id")
        if self.run is None or run_id != self.run_id:
            raise ProtocolError(3001, "unknown_run", f"there is no run {run_id!r}")
        if method == "run/end":
            run, self.run = self.run, None
            self.running_bar = self.running_chunk = None
            return dumps(run.end(params["reason"], params.get("summary") or {}))
        if method == "bars/next" and self.running_chunk is not None:
            return self.running_chunk(params)
        take = getattr(self.run, _RUN_METHODS.get(method, ""), None)
        if take is None:
            raise invalid_request(f"{method} does not belong to this run: it failed, or its mode has no such request")
        return dumps(take(params))

    def initialize(self, params):
        """Agrees on the protocol's version and describes the strategy."""
        if self.initialized:
            raise ProtocolError(1003, "already_initialized", "initialize came twice")
        requested = params.get("protocol_version")
        if type(requested) is not str or requested.split(".")[0] != PROTOCOL_VERSION.split(".")[0]:
            raise ProtocolError(
                1002,
                "unsupported_protocol_version",
                f"this strategy speaks protocol {PROTOCOL_VERSION}, the host asked for {requested}",
                hint="update the backtester package of this Python, or the host",
                retryable=False,
                supported=[PROTOCOL_VERSION],
                requested=str(requested),
            )
        if self.failure is not None:
            raise self.failure
        self.initialized = True
        options = params.get("options") or {}
        capabilities = params.get("capabilities") or {}
        self.host = SimpleNamespace(
            annotate=options.get("annotations", True) is not False,
            fault=options.get("fault"),
            encodings=capabilities.get("encodings") or ["json"],
            next_index=capabilities.get("next_index") is True,
            report_progress=report_progress,
            ask=self.ask,
        )
        strategy = self.strategy
        described = {"name": strategy.name[:100]}
        if strategy.version:
            described["version"] = strategy.version
        if strategy.description:
            described["description"] = strategy.description
        described["language"] = "python"
        described["sdk"] = f"backtester-python {SDK_VERSION}"
        from .parameters import schema

        return {
            "protocol_version": PROTOCOL_VERSION,
            "strategy": described,
            "capabilities": {
                **strategy.capabilities,
                "max_message_bytes": _LONGEST_LINE,
                "experimental": {"backtester/faults": FAULTS},
            },
            "parameters": schema(strategy.defaults),
        }

    def ask(self, bar):
        """Has the bars of the present run answered by another function from now on."""
        self.running_bar = bar

    def start(self, params):
        """Starts a run in the mode that the host chose."""
        mode = params["mode"]
        if mode not in self.strategy.capabilities["modes"]:
            offered = ", ".join(self.strategy.capabilities["modes"])
            raise capability_missing(f"{self.strategy.name} cannot run {mode}; it offers {offered}")
        self.running_bar = self.running_chunk = self.run = None
        run = self.strategy.start(params, self.host)
        started = run.started()
        self.run, self.run_id = run, params["run_id"]
        self.running_bar = getattr(run, "bar", None)
        self.running_chunk = getattr(run, "chunk", None)
        return started


def serve(strategy, failure=None):
    """Serves a strategy on standard input and output and ends the process."""
    stdio.claim()
    try:
        status = Server(strategy, failure).serve()
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:
        # The host is gone; what it would have read matters to nobody.
        status = 0
    stdio.leave(status)
