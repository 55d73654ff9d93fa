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
#: With all that ``from backtesting import *`` gives, which has no list of its own: two submodules and ``try_``, too.
__all__ = [
    "Backtest", "Bar", "Pool", "Strategy", "backtesting", "cross", "crossover", "lib", "log", "on_bar", "serve",
    "set_bokeh_output", "try_", "vectorized",
]  # fmt: skip

#: Names that are loaded on first use, as few strategies have a need of them: their module, and what it is called there.
_LATER = {
    "AsyncClient": ("client", "AsyncClient"),
    "Client": ("client", "Client"),
    "backtesting": ("backtester", None),
    "try_": ("_util", "try_"),
}


def __getattr__(name):
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    where, what = _LATER[name]
    module = import_module("." + where, __name__)
    return module if what is None else getattr(module, what)


def Pool(processes=None, initializer=None, initargs=()):  # noqa: N802 - the name that scripts import or replace
    """A pool of processes of :mod:`multiprocessing`; ``Backtest.optimize()`` makes its runs without one."""
    import multiprocessing

    return multiprocessing.Pool(processes, initializer, initargs)


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
    """Accepted and ignored: charts are drawn by the program, see :meth:`Backtest.plot`."""
