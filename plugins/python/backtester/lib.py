"""Building blocks for strategies of the class API; names and behaviour of ``backtesting.lib``."""

from collections import OrderedDict
from itertools import compress, count
from numbers import Number

from .backtest import Backtest, stop_when_served
from .indicators import average_true_range
from .strategy import Strategy

__all__ = [
    "FractionalBacktest", "MultiBacktest", "OHLCV_AGG", "SignalStrategy", "TRADES_AGG", "TrailingStrategy", "barssince",
    "compute_stats", "cross", "crossover", "plot_heatmaps", "quantile", "random_ohlc_data", "resample_apply",
]  # fmt: skip

#: How to combine bars into longer ones, for pandas' ``agg``.
OHLCV_AGG = OrderedDict((("Open", "first"), ("High", "max"), ("Low", "min"), ("Close", "last"), ("Volume", "sum")))

#: How to combine rows of ``_trades`` into one, for pandas' ``agg``.
TRADES_AGG = OrderedDict((
    ("Size", "sum"), ("EntryBar", "first"), ("ExitBar", "last"), ("EntryPrice", "mean"), ("ExitPrice", "mean"),
    ("PnL", "sum"), ("ReturnPct", "mean"), ("EntryTime", "first"), ("ExitTime", "last"), ("Duration", "sum"),
))  # fmt: skip


def _pair(series):
    """A sequence to take [-2] and [-1] from: a number stands for a constant, a pandas Series for its values."""
    if isinstance(series, Number):
        return (series, series)
    return series.values if type(series).__module__.split(".")[0] == "pandas" else series


def crossover(series1, series2):
    """Whether the first series has just gone above the second: below on the previous bar, above on the newest.

    A number stands for a constant series.
    """
    try:
        return series1[-2] < series2[-2] and series1[-1] > series2[-1]
    except (IndexError, KeyError, TypeError):
        pass
    series1, series2 = _pair(series1), _pair(series2)
    try:
        return series1[-2] < series2[-2] and series1[-1] > series2[-1]
    except IndexError:
        return False


def cross(series1, series2):
    """Whether the two series have just crossed, in either direction."""
    return crossover(series1, series2) or crossover(series2, series1)


def barssince(condition, default=float("inf")):
    """Number of bars since ``condition`` (one bool per bar) was last true; 0 on a bar where it is."""
    return next(compress(count(), reversed(condition)), default)


def quantile(series, quantile=None):
    """With a fraction 0 to 1, that quantile of the series, NaN left out; otherwise the newest value's rank.

    The rank is the share of the earlier values that are below the newest one.
    """
    if quantile is None:
        newest, earlier = series[-1], series[:-1]
        if not len(earlier):
            return float("nan")
        if not hasattr(earlier, "__array__"):
            return sum(bool(value < newest) for value in earlier) / len(earlier)
        return (earlier < newest).mean()
    known = sorted(float(value) for value in series if value == value)
    if not known:
        return float("nan")
    place = quantile * 100 / 100 * (len(known) - 1)  # numpy is asked in percent
    low = int(place)
    high = min(low + 1, len(known) - 1)
    part = place - low
    # Interpolated from the nearer end, as numpy does.
    step = known[high] - known[low]
    return known[low] + step * part if part < 0.5 else known[high] - step * (1 - part)


def resample_apply(rule, func, series, *args, agg=None, **kwargs):
    """Applies an indicator function on a longer time frame and brings the result back to the data's own; needs pandas.

    ``rule`` is a pandas offset such as ``"W-FRI"`` or ``"4h"``; ``func`` gets the resampled series, or None for the
    resampled series itself; ``series`` is a column of ``self.data``, a pandas Series or a DataFrame. A group's value is
    seen from the end of the group on, never earlier. ``agg`` says how a group becomes one value; by default what suits
    the column's name, else the last value. Inside a strategy the result is an indicator, and arguments such as
    ``name`` and ``plot`` go to :meth:`Strategy.I`.
    """
    import pandas as pd

    if func is None:

        def func(values, *_args, **_kwargs):
            return values

    if not isinstance(series, (pd.Series, pd.DataFrame)):
        if not hasattr(series, "_source"):
            raise AssertionError(
                "resample_apply() needs a column of self.data, a pandas Series or a DataFrame, "
                f"was {type(series).__name__}"
            )
        series = series.s
    if agg is None:
        agg = OHLCV_AGG.get(getattr(series, "name", ""), "last")
        if isinstance(series, pd.DataFrame):
            agg = {column: OHLCV_AGG.get(column, "last") for column in series.columns}
    grouped = series.resample(rule, label="right").agg(agg).dropna()
    if isinstance(grouped, pd.Series):
        grouped.name = f"{series.name}[{rule}]"

    def apply(resampled, *args, **kwargs):
        result = func(resampled, *args, **kwargs)
        if not isinstance(result, (pd.Series, pd.DataFrame)):
            rows = [list(row) for row in result] if isinstance(result, (tuple, list)) and _is_nested(result) else result
            if _is_nested(rows):
                result = pd.DataFrame(list(zip(*rows)), index=resampled.index)
            else:
                result = pd.Series(rows, index=resampled.index)
        whole = result.index.union(series.index)
        return result[~result.index.duplicated(keep="last")].reindex(whole, method="ffill").reindex(series.index)

    apply.__name__ = func.__name__
    strategy = Strategy._active
    if strategy is None:
        own = ("name", "plot", "overlay", "color", "scatter")
        return apply(grouped, *args, **{key: value for key, value in kwargs.items() if key not in own})
    return strategy.I(apply, grouped, *args, **kwargs)


def _is_nested(value):
    return getattr(value, "ndim", 0) == 2 or (
        isinstance(value, (tuple, list)) and len(value) > 0 and all(hasattr(row, "__len__") for row in value)
    )


class SignalStrategy(Strategy):
    """A strategy that trades on arrays of signals, made in ``init()`` with :meth:`set_signal`."""

    __entries = (0,)
    __exits = (0,)

    def set_signal(self, entry_size, exit_portion=None, *, plot=True):
        """Sets the signals, one value per bar.

        ``entry_size`` above 0 buys and below 0 sells that much (see :meth:`Strategy.buy`). ``exit_portion`` above 0
        closes that part of each long trade, below 0 of each short one; exits come before entries.
        """
        entries = [float(size) for size in entry_size]
        self.__entries = self.I(lambda: entries, name="entry size", plot=plot, scatter=True, overlay=False)
        if exit_portion is not None:
            exits = [float(portion) for portion in exit_portion]
            self.__exits = self.I(lambda: exits, name="exit portion", plot=plot, scatter=True, overlay=False)

    def next(self):
        """Performs the signals of the newest bar."""
        super().next()
        portion = self.__exits[-1]
        if portion > 0:
            for trade in self.trades:
                if trade.is_long:
                    trade.close(portion)
        elif portion < 0:
            for trade in self.trades:
                if trade.is_short:
                    trade.close(-portion)
        size = self.__entries[-1]
        if size > 0:
            self.buy(size=size)
        elif size < 0:
            self.sell(size=-size)


class TrailingStrategy(Strategy):
    """A strategy whose open trades get a stop-loss that follows the close at some multiple of the average true range.

    Call ``super().init()`` and ``super().next()`` in your own.
    """

    __n_atr = 6.0
    __atr = None
    _recomputed = ("_TrailingStrategy__atr", "_TrailingStrategy__n_atr")

    def init(self):
        """Computes the average true range over 100 bars."""
        super().init()
        self.set_atr_periods()

    def set_atr_periods(self, periods=100):
        """Sets over how many bars the average true range is taken.

        Bars before the first full window get its value, which looks ahead as backtesting.py does; in a lock-step run
        they get the mean of the bars so far.
        """
        data = self.data
        columns = (data.High.tolist(), data.Low.tolist(), data.Close.tolist())
        atr = average_true_range(*columns, periods, partial=data._growing)
        self.__atr = data._backend.series(atr, data._timeline, "ATR")

    def set_trailing_sl(self, n_atr=6):
        """Sets the distance of the stop-loss from the close in average true ranges."""
        self.__n_atr = n_atr

    def set_trailing_pct(self, pct=0.05):
        """Sets the distance of the stop-loss from the close as a fraction (0.05 is 5 %).

        It is turned into average true ranges with the mean over all bars, which looks ahead in a preloaded run.
        """
        if not 0 < pct < 1:
            raise AssertionError(f"pct must be between 0 and 1, was {pct}")
        self.set_trailing_sl(float((self.data.Close * pct / self.__atr).mean()))

    def next(self):
        """Moves the stop-loss of each open trade closer, never away."""
        super().next()
        index = len(self.data) - 1
        for trade in self.trades:
            distance = self.__atr[index] * self.__n_atr
            if trade.is_long:
                trade.sl = max(trade.sl or float("-inf"), self.data.Close[index] - distance)
            else:
                trade.sl = min(trade.sl or float("inf"), self.data.Close[index] + distance)


def _unavailable(name, instead):
    """A function of backtesting.py that has no counterpart: importing it is fine, calling it says what to do."""

    def call(*_arguments, **_options):
        raise NotImplementedError(f"{name} is not available here: {instead}")

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"Not available: {instead}."
    return call


compute_stats = _unavailable("compute_stats()", "the program computes the statistics of a run")
plot_heatmaps = _unavailable("plot_heatmaps()", "draw the heatmap that optimize(return_heatmap=True) returns")
random_ohlc_data = _unavailable("random_ohlc_data()", "make the bars yourself and pass them to Backtest")


class FractionalBacktest(Backtest):
    """Not available; the program trades whole units."""

    def __init__(self, data, *arguments, fractional_unit=1e-8, **options):
        super().__init__(data, *arguments, **options)
        self._unit = fractional_unit

    def run(self, **parameters):
        """Says what to do instead."""
        stop_when_served("FractionalBacktest.run()")
        raise NotImplementedError(
            f"trading fractions of a unit is not available here: multiply prices by {self._unit:g} and use Backtest"
        )


class MultiBacktest:
    """One strategy on several sets of bars, one after another."""

    def __init__(self, df_list, strategy_cls, **kwargs):
        self._backtests = [Backtest(data, strategy_cls, **kwargs) for data in df_list]

    def run(self, **kwargs):
        """The reports side by side: a pandas DataFrame with one column per set of bars; needs pandas."""
        stop_when_served("MultiBacktest.run()")
        import pandas as pd

        reports = [backtest.run(**kwargs) for backtest in self._backtests]
        return pd.DataFrame({place: report for place, report in enumerate(reports)})

    def optimize(self, **kwargs):
        """Says what to do instead."""
        stop_when_served("MultiBacktest.optimize()")
        raise NotImplementedError("optimize each set of bars with Backtest.optimize()")
