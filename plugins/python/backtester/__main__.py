"""``python3 -m backtester FILE.py[:Name]`` serves the strategy of a file on standard input and output.

The host runs it for ``backtester run FILE.py``; started by hand in a terminal it only says so. The folder of this file
may be named in place of ``-m backtester`` where the package is not installed.
"""

import os
import sys

if not __package__:
    # Started as a folder: imports must find the package, and not its modules by their bare names.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from backtester import stdio  # noqa: E402

_USAGE = """\
usage: backtester run FILE.py[:Name] --symbol AAPL --from 2015-01-01 --to 2020-01-01

python3 -m backtester FILE.py[:Name] is what the host starts to talk to a strategy over pipes; it is of no use in a
terminal. FILE.py defines one subclass of backtester.Strategy, or a function marked @on_bar or @vectorized; with several
of them, Name chooses.
"""


def main(arguments):
    """Serves the file named by the arguments; never returns."""
    if len(arguments) != 1 or arguments[0] in ("-h", "--help"):
        print(_USAGE, end="", file=sys.stderr)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    if not stdio.started_by_host() and sys.stdin is not None and sys.stdin.isatty():
        print(_USAGE, end="", file=sys.stderr)
        return 2
    stdio.claim()
    from backtester import loader, randomness
    from backtester.errors import ProtocolError, StrategyFileError
    from backtester.server import serve

    strategy = failure = None
    path, name = loader.split(arguments[0])
    try:
        randomness.before_loading(path)
        module = loader.execute(path)
        randomness.after_loading()
        strategy = loader.find(module, name)
    except StrategyFileError as error:
        failure = ProtocolError(2005, "strategy_error", str(error), hint=error.hint, retryable=False)
    except (Exception, SystemExit) as error:
        failure = loader.explained(error, path)
    if failure is not None:
        print(failure.data.get("traceback") or f"backtester: {failure}", file=sys.stderr, flush=True)
    serve(strategy, failure)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
