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

from .data import moment
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
        import tempfile

        with tempfile.TemporaryDirectory(prefix="backtester-") as folder:
            report = self._report(self._command(folder, parameters))
        self._results = self._stats(report)
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

    def plot(self, **_options):
        """Says where charts are drawn."""
        stop_when_served("Backtest.plot()", self._strategy)
        print("charts of runs are shown by: backtester http", file=sys.stderr)

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
        frame.index.name = "Date"
        frame.to_csv(path, date_format="%Y-%m-%dT%H:%M:%S")
        return path

    @staticmethod
    def _report(command):
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
        print(said, end="", file=sys.stderr)
        return json.loads(done.stdout)

    def _stats(self, report):
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
        curve = report["equity"]
        stats["_strategy"] = self._strategy
        if pd is None:
            stats["_equity_curve"] = {"Time": [moment(t) for t in curve["time"]], "Equity": curve["equity"]}
            stats["_trades"] = trades
            return stats
        index = pd.DatetimeIndex([_time(t) for t in curve["time"]])
        equity = pd.Series(curve["equity"], index=index, name="Equity", dtype=float)
        stats["_equity_curve"] = pd.DataFrame({"Equity": equity, "DrawdownPct": 1 - equity / equity.cummax()})
        columns = [*_TRADE_FIELDS]
        columns.insert(columns.index("Tag"), "Duration")
        stats["_trades"] = pd.DataFrame(trades, columns=columns)
        return pd.Series(stats, dtype=object)


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
