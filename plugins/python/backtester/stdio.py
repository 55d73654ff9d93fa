"""Standard streams of a strategy process: the protocol's bytes are kept apart from whatever else is printed or read.

Standard output carries protocol messages, so one stray ``print`` of a strategy or of a library it imports would spoil
the conversation. :func:`claim` moves the conversation to private descriptors before any other code runs: afterwards
descriptor 1 is standard error, descriptor 0 is empty, and no child process inherits the private pair.
"""

import os
import sys

#: Environment variable set by the host: the newest protocol version it speaks.
COOKIE = "BACKTESTER_PROTOCOL"

_claimed = None


def started_by_host() -> bool:
    """Whether a host started this process."""
    return _claimed is not None or bool(os.environ.get(COOKIE))


def claim():
    """Takes standard input and output for the protocol.

    Returns the private descriptors (input, output); a second call returns the same ones.
    """
    global _claimed
    if _claimed is not None:
        return _claimed
    # Children of the strategy are not strategies: they keep their own standard streams.
    os.environ.pop(COOKIE, None)
    if sys.stdout is not None:
        sys.stdout.flush()
    source, sink = os.dup(0), os.dup(1)
    empty = os.open(os.devnull, os.O_RDWR)
    os.dup2(empty, 0)
    try:
        os.dup2(2, 1)
    except OSError:  # standard error is closed
        os.dup2(empty, 1)
    os.close(empty)
    if hasattr(sys.stdout, "reconfigure"):
        # Prints keep their place among the lines of standard error.
        sys.stdout.reconfigure(line_buffering=True)
    _claimed = (source, sink)
    return _claimed


def leave(status: int):
    """Ends the process, also when the strategy left threads running that would keep it alive."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass
    threading = sys.modules.get("threading")
    busy = threading is not None and any(
        thread is not threading.current_thread() and not thread.daemon for thread in threading.enumerate()
    )
    if busy:
        os._exit(status)
    sys.exit(status)
