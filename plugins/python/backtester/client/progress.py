"""A line of text that shows how far work is: in a terminal or a notebook, and only when the work is long."""

import sys
import time

_WIDTH = 24
#: Work that is done sooner shows nothing.
_PATIENCE = 0.4


def wanted(asked):
    """What shall hear of progress: a callable or None, from the argument ``progress``.

    None: a Bar where somebody sees it; True: a Bar; False: nothing; a callable: itself.
    """
    if callable(asked):
        return asked
    if asked is None:
        asked = _somebody_watches()
    return Bar() if asked else None


def _somebody_watches():
    try:
        if sys.stderr.isatty():
            return True
    except (AttributeError, ValueError):
        return False
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return type(shell).__name__ == "ZMQInteractiveShell"


class Bar:
    """Called with the values of ``$/progress``; writes one line over and over, and ``close`` wipes it."""

    def __init__(self, stream=None, clock=time.monotonic):
        self._stream, self._clock = stream or sys.stderr, clock
        self._began, self._shown = clock(), 0

    def __call__(self, value):
        if value.get("kind") == "end" or self._clock() - self._began < _PATIENCE:
            return
        line = self._line(value)
        self._write("\r" + line.ljust(self._shown))
        self._shown = len(line)

    def close(self):
        """Wipes the line."""
        if self._shown:
            self._write("\r" + " " * self._shown + "\r")
            self._shown = 0

    def _line(self, value):
        done, total, what = value.get("trials_done"), value.get("trials_total"), "trials"
        if total is None:
            done, total, what = value.get("bars_done"), value.get("bars_total"), "bars"
        part = done / total if total and done is not None else None
        if part is None and value.get("percentage") is not None:
            part = value["percentage"] / 100
        said = [] if part is None else ["[" + ("#" * int(_WIDTH * min(1, part))).ljust(_WIDTH, ".") + f"] {part:4.0%}"]
        if total and done is not None:
            said.append(f"{done:,} of {total:,} {what}")
        if value.get("bars_per_second"):
            said.append(f"{value['bars_per_second']:,.0f} bars/s")
        spent = self._clock() - self._began
        if part and part < 1 and spent > 2:
            said.append(f"{spent / part - spent:,.0f} s left")
        text = str(value.get("message") or "").replace("\n", " ")
        if text and not total:
            said.append("".join(c for c in text if c.isprintable())[:40])
        return "  ".join(said)[:100]

    def _write(self, text):
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            pass
