"""Strategies for the backtester host, written in Python.

Three ways to write one, all served by the host over pipes:

- :class:`Strategy`: the class API, source-compatible with backtesting.py 0.6.6;
- :func:`on_bar`: a function that sees one bar after another;
- :func:`vectorized`: a function that gets whole columns and returns columns of signals.

:class:`Client` and :class:`AsyncClient` drive backtests from the other side: they start the host and ask it for runs.

The package needs nothing but Python; numpy and pandas are used where they are installed.
"""

import os as _os

from . import stdio as _stdio

if _os.environ.get(_stdio.COOKIE):
    # Before the rest of a strategy's imports run, whatever they print.
    _stdio.claim()

from . import lib  # noqa: E402
from .backtest import Backtest  # noqa: E402
from .bars import Bar, on_bar  # noqa: E402
from .lib import cross, crossover  # noqa: E402
from .server import log  # noqa: E402
from .strategy import Strategy  # noqa: E402
from .vector import vectorized  # noqa: E402

__version__ = "1.0.0"
__all__ = ["Backtest", "Bar", "Strategy", "cross", "crossover", "lib", "log", "on_bar", "serve", "vectorized"]

#: From :mod:`backtester.client`, loaded on first use, and not by ``import *``: a strategy has no need of it.
_CLIENT = ("AsyncClient", "Client")


def __getattr__(name):
    if name in _CLIENT:
        from . import client

        return getattr(client, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def serve(strategy):
    """Serves a strategy on standard input and output: a subclass of :class:`Strategy`, or a marked function.

    For files that are started themselves, at their end under ``if __name__ == "__main__":``. Ends the process when the
    host is done; in a terminal it says how to run the file and ends with status 2.
    """
    import sys

    from . import loader, server

    offered = loader.offered(strategy)
    if offered is None:
        raise TypeError(f"serve() needs a Strategy class or a function marked @on_bar or @vectorized, was {strategy!r}")
    if not _stdio.started_by_host() and sys.stdin is not None and sys.stdin.isatty():
        print(f"usage: backtester run {sys.argv[0] or 'FILE.py'} --sample GOOG", file=sys.stderr)
        sys.exit(2)
    server.serve(offered)


def set_bokeh_output(notebook=False):
    """Accepted and ignored: charts are drawn by ``backtester http``."""
