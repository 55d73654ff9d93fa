"""Errors that a strategy answers to its host, with the protocol's codes."""

import os


class ProtocolError(Exception):
    """An error answer: a code and kind of the protocol's error table, one sentence, and details."""

    def __init__(self, code, kind, message, **data):
        super().__init__(message)
        self.code, self.kind, self.data = code, kind, data

    def answer(self):
        """The JSON object of the answer's ``error`` field."""
        return {"code": self.code, "message": str(self), "data": {"kind": self.kind, **self.data}}


class StrategyFileError(Exception):
    """A strategy file that cannot be served; the text says what is wrong, ``hint`` what to do about it."""

    def __init__(self, message, hint="Correct the file."):
        super().__init__(message)
        self.hint = hint


def invalid_request(message):
    """The line is no request of JSON-RPC 2.0."""
    return ProtocolError(-32600, "invalid_request", message)


def invalid_params(message):
    """A field of ``params`` is missing or has the wrong type."""
    return ProtocolError(-32602, "invalid_params", message)


def capability_missing(message):
    """The host asks for something that the strategy did not offer."""
    return ProtocolError(1004, "capability_missing", message)


def bad_parameters(name, message):
    """A strategy parameter that does not exist or has an impossible value."""
    return ProtocolError(4004, "bad_parameters", message, pointer="/" + name, retryable=False)


def strategy_error(error, hint="See the traceback.", seen_from=None):
    """An exception in the strategy's own code.

    ``seen_from`` is a file of this package: the frames that lead from there through the package to the strategy's own code
    are left out of the traceback.
    """
    from traceback import format_exception

    from .jsontext import sendable

    frames = error.__traceback__
    if seen_from is not None and frames is not None:
        package = os.path.dirname(seen_from)
        while frames.tb_next is not None and os.path.dirname(frames.tb_frame.f_code.co_filename) == package:
            frames = frames.tb_next
    text = "".join(format_exception(type(error), error, frames))
    try:
        said = str(error)
    except Exception:  # noqa: BLE001 - an exception whose text fails is still the one to tell
        said = ""
    message = sendable(type(error).__name__ + (": " + said if said else ""))
    traceback = sendable(text[-60000:])
    return ProtocolError(2005, "strategy_error", message[:2000], hint=hint, retryable=False, traceback=traceback)


def near_misses(name, names):
    """`` Did you mean a or b?`` for names that look like ``name``; otherwise the list of all of them."""
    import difflib

    close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        return " Did you mean " + " or ".join(close) + "?"
    return " There are " + ", ".join(names) + "." if names else " There are none."
