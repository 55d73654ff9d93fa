"""What can go wrong between a client and its host: one exception class per error code of the protocol."""

#: Every error code that a host answers, and its name: ``protocol/v1/errors.json``.
KINDS = {
    -32700: "parse_error",
    -32600: "invalid_request",
    -32601: "method_not_found",
    -32602: "invalid_params",
    -32603: "internal_error",
    -32800: "request_cancelled",
    1001: "not_initialized",
    1002: "unsupported_protocol_version",
    1003: "already_initialized",
    1004: "capability_missing",
    2001: "strategy_start_failed",
    2002: "strategy_crashed",
    2003: "strategy_timeout",
    2004: "strategy_protocol_error",
    2005: "strategy_error",
    2006: "lookahead_detected",
    2007: "not_deterministic",
    2008: "strategy_stalled",
    2009: "order_rejected",
    3001: "unknown_run",
    3002: "run_not_finished",
    3003: "run_busy",
    4001: "unknown_strategy",
    4002: "unknown_dataset",
    4003: "no_data_in_range",
    4004: "bad_parameters",
    4005: "data_unavailable",
    5001: "message_too_large",
    5002: "too_many_runs",
    5003: "rate_limited",
    5004: "store_failed",
}


class BacktesterError(Exception):
    """Anything that this client reports."""


class HostNotFound(BacktesterError, FileNotFoundError):
    """The ``backtester`` program is nowhere to be found; the text says where it was looked for."""


class HostEnded(BacktesterError):
    """The host's process is gone, or wrote something that is no message.

    ``returncode`` is its exit status (negative: a signal; None: still unknown), ``stderr_tail`` the end of what it
    wrote to standard error. Whether a run that was waited for is stored is told by the next host: ``client.runs()``.
    """

    def __init__(self, message, returncode=None, stderr_tail=""):
        tail = stderr_tail.strip()
        super().__init__(message + (f"\nThe end of its standard error:\n{tail[-2000:]}" if tail else ""))
        self.returncode, self.stderr_tail = returncode, stderr_tail


class ClientClosed(BacktesterError):
    """The client was closed, by ``close()`` or at the end of its ``with`` block."""


class RequestTimeout(BacktesterError):
    """No answer came within the time given; the request was cancelled."""


class RequestFailed(BacktesterError):
    """The host answered with an error.

    ``code`` and ``kind`` are those of the protocol's table, ``hint`` says what to do next, ``retryable`` whether the
    same request may succeed later, ``pointer`` which field was wrong, ``run_id`` which run is concerned (a failed run
    is stored), ``data`` everything else that came along: ``exit_code``, ``signal``, ``stderr_tail``, ``traceback`` ...
    """

    def __init__(self, code, message, data=None):
        self.code, self.message = code, message
        self.data = data if isinstance(data, dict) else {}
        self.kind = self.data.get("kind") or KINDS.get(code, "unknown")
        self.hint = self.data.get("hint")
        self.retryable = bool(self.data.get("retryable"))
        self.pointer = self.data.get("pointer")
        self.run_id = self.data.get("run_id")
        super().__init__(message)

    def __str__(self):
        lines = [self.message]
        if self.pointer:
            lines[0] += f" [{self.pointer}]"
        details = self.data.get("traceback") or self.data.get("stderr_tail")
        if details and str(details).strip():
            lines.append(str(details).strip()[-2000:])
        if self.hint:
            lines.append(f"Hint: {self.hint}")
        return "\n".join(lines)

    def __reduce__(self):
        return failure, (self.code, self.message, self.data)


class RunFailed(RequestFailed):
    """A run broke off because of its strategy: the errors with codes from 2001 to 2999."""


#: The exception class of each code.
BY_CODE = {}

for _code, _kind in KINDS.items():
    _name = "".join(part.capitalize() for part in _kind.split("_"))
    _base = RunFailed if 2000 < _code < 3000 else RequestFailed
    BY_CODE[_code] = globals()[_name] = type(
        _name, (_base,), {"__module__": __name__, "__doc__": f"Error {_code}, ``{_kind}``."}
    )


def failure(code, message, data=None):
    """The exception for an error answer; a code of a later protocol version gives a plain RequestFailed."""
    base = RunFailed if isinstance(code, int) and 2000 < code < 3000 else RequestFailed
    return BY_CODE.get(code, base)(code, message, data)


__all__ = [
    "BacktesterError", "ClientClosed", "HostEnded", "HostNotFound", "RequestFailed", "RequestTimeout", "RunFailed",
    *(cls.__name__ for cls in BY_CODE.values()),
]  # fmt: skip
