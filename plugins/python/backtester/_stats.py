"""The names of ``backtesting._stats``, so that files which import them can be served."""

from .lib import _unavailable, compute_stats  # noqa: F401 - imported from here

_INSTEAD = "the program computes the statistics of a run, and Backtest.run() returns them"

compute_drawdown_duration_peaks = _unavailable(
    "compute_drawdown_duration_peaks()", "the _equity_curve that Backtest.run() returns has DrawdownDuration"
)
dummy_stats = _unavailable("dummy_stats()", _INSTEAD)
geometric_mean = _unavailable("geometric_mean()", _INSTEAD)


def __getattr__(name):
    if name != "_Stats":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # What Backtest.run() returns; a strategy, which only imports the name, has no need of pandas for it.
    from .backtest import Stats, _pandas

    pandas = _pandas()
    return Stats if pandas is None else pandas.Series
