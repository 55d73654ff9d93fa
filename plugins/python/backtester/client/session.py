"""Starts a host and introduces the client to it."""

import os
import weakref
from concurrent import futures

from . import framing as frames, program
from .connection import Connection
from .errors import BacktesterError, RequestTimeout

PROTOCOL_VERSION = "1.0"


def start(owner, executable=None, *, db=None, arguments=(), cwd=None, env=None, on_disconnect="cancel",
          framing=frames.LINES, start_timeout=60.0):  # fmt: skip
    """Starts ``backtester serve`` and initializes it; returns the Connection and its answer.

    The host ends with ``owner``, an object, at the latest. Raises HostNotFound, HostEnded, RequestFailed,
    RequestTimeout, or OSError when the program cannot be started.
    """
    if on_disconnect not in ("cancel", "keep"):
        raise ValueError(f"on_disconnect must be 'cancel' or 'keep', was {on_disconnect!r}")
    argv = [program.find(executable), "serve", *(["--db", os.fspath(db)] if db is not None else []), *arguments]
    connection = Connection(
        argv, environment=program.environment(env), cwd=cwd, how=framing, keep=on_disconnect == "keep"
    )
    try:
        from .. import __version__

        asked = connection.request(
            "initialize",
            {
                "protocol_version": PROTOCOL_VERSION,
                "client": {"name": "backtester-python", "version": __version__},
                "process_id": os.getpid(),
                "capabilities": {"progress": True, "runs_changed": True, "on_disconnect": on_disconnect},
            },
        )
        try:
            answer = asked.future.result(start_timeout)
        except futures.TimeoutError:
            raise RequestTimeout(f"the host did not answer initialize within {start_timeout:g} s") from None
        if not isinstance(answer, dict) or str(answer.get("protocol_version")).split(".")[0] != "1":
            raise BacktesterError(f"the host speaks no version 1 of the protocol: {answer!r:.300}")
        connection.notify("initialized", {})
    except BaseException:
        connection.close(timeout=2)
        raise
    # Closes it when the owner is forgotten, and when the interpreter ends.
    weakref.finalize(owner, connection.close)
    return connection, answer
