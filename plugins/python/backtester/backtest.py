"""``Backtest``: lets a script written for backtesting.py run its backtest, by way of the ``backtester`` program.

The program owns data, broker and statistics; this class hands it the script's data and strategy and gives its report
the names of backtesting.py. A file that is served to the program at that moment may contain the same calls: they end
the execution of the file there, see :mod:`backtester.loader`.
"""

# What only a script needs is imported where it is used: every strategy process imports this file.
import json
import math
import os
import sys
from datetime import timedelta
from itertools import accumulate

from .data import moment
from .strategy import Strategy
from .test import Sample

#: The report's metric keys by the names of backtesting.py, in its order.
METRIC_NAMES = {
    "start": "Start",
    "end": "End",
    "duration_seconds": "Duration",
    "exposure_time_pct": "Exposure Time [%]",
    "equity_final": "Equity Final [$]",
    "equity_peak": "Equity Peak [$]",
    "commissions": "Commissions [$]",
    "total_return_pct": "Return [%]",
    "buy_and_hold_return_pct": "Buy & Hold Return [%]",
    "annual_return_pct": "Return (Ann.) [%]",
    "annual_volatility_pct": "Volatility (Ann.) [%]",
    "cagr_pct": "CAGR [%]",
    "sharpe": "Sharpe Ratio",
    "sortino": "Sortino Ratio",
    "calmar": "Calmar Ratio",
    "alpha_pct": "Alpha [%]",
    "beta": "Beta",
    "max_drawdown_pct": "Max. Drawdown [%]",
    "avg_drawdown_pct": "Avg. Drawdown [%]",
    "max_drawdown_duration_seconds": "Max. Drawdown Duration",
    "avg_drawdown_duration_seconds": "Avg. Drawdown Duration",
    "trades": "# Trades",
    "winrate_pct": "Win Rate [%]",
    "best_trade_pct": "Best Trade [%]",
    "worst_trade_pct": "Worst Trade [%]",
    "avg_trade_pct": "Avg. Trade [%]",
    "max_trade_duration_seconds": "Max. Trade Duration",
    "avg_trade_duration_seconds": "Avg. Trade Duration",
    "profit_factor": "Profit Factor",
    "expectancy_pct": "Expectancy [%]",
    "sqn": "SQN",
    "kelly_criterion": "Kelly Criterion",
}

_TRADE_FIELDS = {
    "Size": "size",
    "EntryBar": "entry_index",
    "ExitBar": "exit_index",
    "EntryPrice": "entry_price",
    "ExitPrice": "exit_price",
    "SL": "stop_loss",
    "TP": "take_profit",
    "PnL": "pnl",
    "Commission": "commission",
    "ReturnPct": "return_pct",
    "EntryTime": "entry_time",
    "ExitTime": "exit_time",
    "Tag": "tag",
}


def stop_when_served(what, strategy=None):
    """Keeps a file that a host started from starting a backtest of its own.

    Ends the execution of a file that is being loaded; a script that the host started directly serves ``strategy``.
    """
    from . import loader, stdio

    if loader.loading:
        raise loader.StopLoading(f"{what} starts no backtest while the file is served; what follows it is left out")
    if stdio.started_by_host():
        from .server import serve

        if isinstance(strategy, type):
            serve(loader.offered(strategy))
        raise RuntimeError(f"{what} cannot start a backtest: a host started this process as a strategy")


class Stats(dict):
    """A report by the names of backtesting.py, for where pandas is not installed."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __str__(self):
        shown = [(key, value) for key, value in self.items() if key[:1] != "_"]
        width = max((len(key) for key, _ in shown), default=0)
        return "\n".join(f"{key:<{width}}  {value}" for key, value in shown)


class Backtest:
    """One strategy on one set of bars, under the settings of an account.

    data: a pandas DataFrame with the columns Open, High, Low, Close and maybe Volume over a time index; the path of a
        CSV file; or a sample of :mod:`backtester.test`.
    strategy: a subclass of :class:`backtester.Strategy` at the top level of a file.
    cash, spread, commission, margin, trade_on_close, hedging, exclusive_orders, finalize_trades: as in backtesting.py;
        ``commission`` is a rate or a pair (fixed, rate).
    """

    def __init__(
        self, data, strategy, *, cash=10_000, spread=0.0, commission=0.0, margin=1.0, trade_on_close=False,
        hedging=False, exclusive_orders=False, finalize_trades=False,
    ):  # fmt: skip
        self._data, self._strategy = data, strategy
        self._cash, self._spread, self._margin = cash, spread, margin
        if callable(commission):
            raise ValueError(
                "commission must be a rate or a pair (fixed, rate): a function cannot be sent to the program"
            )
        self._commission = commission if isinstance(commission, (tuple, list)) else (commission,)
        flags = {
            "--trade-on-close": trade_on_close,
            "--hedging": hedging,
            "--exclusive-orders": exclusive_orders,
            "--finalize": finalize_trades,
        }
        self._flags = [flag for flag, wanted in flags.items() if wanted]
        self._results = None

    def run(self, **parameters):
        """Runs the backtest; returns its report, a pandas Series where pandas is installed, else :class:`Stats`.

        ``parameters`` override those of the strategy class.
        """
        stop_when_served("Backtest.run()", self._strategy)
        strategy = _finished(self._strategy, parameters)
        self._results = self._stats(json.loads(self._execute(parameters)), strategy)
        return self._results

    def optimize(self, *, maximize="SQN", method="grid", max_tries=None, constraint=None, return_heatmap=False,
                 return_optimization=False, random_state=None, **parameters):  # fmt: skip
        """Runs every combination of the parameters' values and returns the best report.

        ``maximize`` is a metric's name or a function of a report; ``constraint`` a function of the parameters (as
        attributes) that says whether a combination is allowed; ``max_tries`` a number, or a share of the combinations,
        chosen at random. With ``return_heatmap`` also returns the metric of every combination: a pandas Series over
        the parameters, or a dict by tuples of values where pandas is not installed.
        """
        stop_when_served("Backtest.optimize()", self._strategy)
        from itertools import product

        if method != "grid" or return_optimization:
            raise NotImplementedError(f"method {method!r} is not available here: use method='grid'")
        if not parameters:
            raise ValueError("optimize() needs values of parameters to try, as in optimize(n1=range(5, 20))")
        measure = maximize if callable(maximize) else (lambda stats: stats[maximize])
        names = list(parameters)
        values = [[given] if isinstance(given, (str, int, float)) else list(given) for given in parameters.values()]
        grid = [chosen for chosen in product(*values) if constraint is None or constraint(_Chosen(zip(names, chosen)))]
        if not grid:
            raise ValueError("the constraint leaves no combination of parameters")
        if max_tries is not None:
            import random

            wanted = int(max_tries) if max_tries > 1 else max(1, int(max_tries * len(grid)))
            kept = set(random.Random(random_state).sample(range(len(grid)), min(wanted, len(grid))))
            grid = [chosen for place, chosen in enumerate(grid) if place in kept]
        heat = {}
        best, best_value = None, -math.inf
        for chosen in grid:
            stats = self.run(**dict(zip(names, chosen)))
            value = float(measure(stats)) if stats["# Trades"] else math.nan
            heat[chosen] = value
            if value > best_value:
                best, best_value = stats, value
        self._results = best = stats if best is None else best
        if not return_heatmap:
            return best
        if _pandas() is not None:
            pd = _pandas()
            index = pd.MultiIndex.from_tuples(list(heat), names=names)
            return best, pd.Series(
                list(heat.values()), index=index, name=maximize if isinstance(maximize, str) else None
            )
        return best, heat

    def plot(self, *, results=None, filename=None, open_browser=True, **_options):
        """Writes the program's page about a run, one file with the chart, and shows it in a browser if there is one.

        ``results`` is what ``run()`` or ``optimize()`` returned, by default the last; its run is made once more.
        ``filename`` is by default the strategy with its parameters, as in ``SmaCross(n1=5).html``. Other options are
        accepted and ignored. Returns the path of the page.
        """
        stop_when_served("Backtest.plot()", self._strategy)
        results = self._results if results is None else results
        if results is None:
            raise RuntimeError("plot() shows a run: call run() or optimize() first")
        strategy = results["_strategy"]
        # Values of parameters may be anything, a path for one.
        path = os.fspath(filename or "".join("_" if c in '<>:"/\\|?*' else c for c in str(strategy)))
        path = os.path.abspath(path if path.endswith(".html") else path + ".html")
        self._execute(strategy._params, "--report", path)
        if not (open_browser and _browse(path)):
            print(f"wrote {path}", file=sys.stderr)
        return path

    def _execute(self, parameters, *options):
        """What the program prints about a run; where ``options`` make one once more, its warnings are left out."""
        import tempfile

        with tempfile.TemporaryDirectory(prefix="backtester-") as folder:
            printed, said = self._call([*self._command(folder, parameters), *options])
        if not options:
            print(said, end="", file=sys.stderr)
        return printed

    def _command(self, folder, parameters):
        import inspect

        from .client import program

        cls = self._strategy
        try:
            file = os.path.abspath(inspect.getsourcefile(cls))
        except TypeError:
            file = ""
        if not os.path.isfile(file) or cls.__qualname__ != cls.__name__:
            raise ValueError(
                f"the program reads the strategy from a file: put class {cls.__name__} at the top level of one"
            )
        command = [program.find(), "run", f"{file}:{cls.__name__}", "--json", "--no-save"]
        if isinstance(self._data, Sample):
            command += ["--sample", self._data.sample_name]
        elif isinstance(self._data, (str, os.PathLike)):
            command += ["--data", os.fspath(self._data)]
        else:
            command += ["--data", self._write_bars(folder)]
        numbers = {"--cash": self._cash, "--spread": self._spread, "--margin": self._margin}
        for option, value in numbers.items():
            command += [option, repr(float(value))]
        command += ["--commission", ",".join(repr(float(part)) for part in self._commission)]
        for name, value in parameters.items():
            value = value.item() if hasattr(value, "item") else value
            text = json.dumps(value) if isinstance(value, (bool, int, float)) else str(value)
            command += ["--param", f"{name}={text}"]
        return command + self._flags

    def _write_bars(self, folder):
        path = os.path.join(folder, "bars.csv")
        columns = [c for c in ("Open", "High", "Low", "Close", "Volume") if c in self._data.columns]
        frame = self._data[columns].sort_index()
        frame.to_csv(path, date_format="%Y-%m-%dT%H:%M:%S", index_label="Date")
        return path

    @staticmethod
    def _call(command):
        import subprocess

        environment = dict(os.environ)
        # The strategy runs in this Python, with this package.
        environment["BACKTESTER_PYTHON"] = sys.executable
        here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        environment["PYTHONPATH"] = os.pathsep.join(p for p in (here, environment.get("PYTHONPATH")) if p)
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        said = done.stderr.decode("utf-8", "replace")
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}\nended with status {done.returncode}:\n{said.strip()[-4000:]}")
        return done.stdout, said

    def _stats(self, report, strategy):
        pd = _pandas()
        metrics = report["metrics"]
        stats = Stats()
        for key, name in METRIC_NAMES.items():
            if key not in metrics:
                continue
            value = metrics[key]
            if key in ("start", "end"):
                value = _time(value)
            elif key.endswith("_seconds"):
                value = _span(value)
            elif value is None:
                value = math.nan
            stats[name] = value
        trades = [{name: row.get(field) for name, field in _TRADE_FIELDS.items()} for row in report["trades"]]
        for row in trades:
            row["EntryTime"], row["ExitTime"] = _time(row["EntryTime"]), _time(row["ExitTime"])
            row["Duration"] = row["ExitTime"] - row["EntryTime"]
            row["ReturnPct"] /= 100
        times, equity = [_time(t) for t in report["equity"]["time"]], report["equity"]["equity"]
        peaks = list(accumulate(equity, max))
        drawdowns = [1 - value / peak if peak else math.nan for value, peak in zip(equity, peaks)]
        curve = {"Equity": equity, "DrawdownPct": drawdowns, "DrawdownDuration": _drawdown_durations(times, drawdowns)}
        stats["_strategy"] = strategy
        if pd is None:
            stats["_equity_curve"] = {"Time": times, **curve}
            stats["_trades"] = trades
            return stats
        has_frame = not isinstance(self._data, (str, os.PathLike, Sample))
        index = pd.DatetimeIndex(times, name=self._data.index.name if has_frame else None)
        durations = curve["DrawdownDuration"]
        curve["DrawdownDuration"] = pd.to_timedelta(durations) if any(durations) else math.nan
        stats["_equity_curve"] = pd.DataFrame(curve, index=index).astype({"Equity": float})
        columns = [*_TRADE_FIELDS]
        columns.insert(columns.index("Tag"), "Duration")
        stats["_trades"] = pd.DataFrame(trades, columns=columns)
        numbers = ("EntryPrice", "ExitPrice", "PnL", "Commission", "ReturnPct")
        stats["_trades"] = stats["_trades"].astype(dict.fromkeys(numbers, float))
        return pd.Series(stats, dtype=object)


class _Elsewhere:
    """Stands for the account and the data of a strategy that ran in a process of the program, which has ended."""

    def _absent(self, *_arguments):
        raise AttributeError(
            "the strategy ran in a process of the program: of stats._strategy only the parameters are here; see "
            "stats._trades and stats._equity_curve"
        )

    __getattr__ = __getitem__ = __len__ = __iter__ = _absent


def _finished(cls, parameters):
    """The strategy object of a report: its parameters are attributes, and it is shown with those that were given."""
    if not (isinstance(cls, type) and issubclass(cls, Strategy)):
        raise TypeError(f"the strategy must be a subclass of backtester.Strategy, was {cls!r}")
    strategy = cls.__new__(cls)
    # A class's own __init__() may ask for bars or the account.
    Strategy.__init__(strategy, _Elsewhere(), _Elsewhere(), parameters)
    return strategy


def _drawdown_durations(times, drawdowns):
    """For each bar, how long the drawdown took that ended there, or that lasts at the last bar; None on other bars.

    A drawdown lasts from the newest peak to the bar that reaches it again.
    """
    durations = [None] * len(times)
    ends = [bar for bar, drawdown in enumerate(drawdowns) if drawdown == 0] + [len(times) - 1]
    for peak, end in zip(ends, ends[1:]):
        if end > peak + 1:
            durations[end] = times[end] - times[peak]
    return durations


def _browse(path):
    """Opens a page in a browser; returns whether there was one."""
    displays = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform not in ("darwin", "win32") and not any(map(os.environ.get, displays)):
        return False  # a browser for the terminal would take it over
    import pathlib
    import webbrowser

    try:
        return webbrowser.open(pathlib.Path(path).as_uri())
    except (OSError, webbrowser.Error):
        return False


class _Chosen(dict):
    """A combination of parameters, by name or as attributes."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"there is no parameter {name!r} among those tried") from None


def _pandas():
    try:
        import pandas
    except ModuleNotFoundError:
        return None
    return pandas


def _time(value):
    if value is None:
        return None
    pd = _pandas()
    return moment(value) if pd is None else pd.Timestamp(moment(value))


def _span(seconds):
    pd = _pandas()
    if seconds is None:
        return math.nan if pd is None else pd.NaT
    return timedelta(seconds=seconds) if pd is None else pd.Timedelta(seconds=seconds)
