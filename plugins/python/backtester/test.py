"""Stand-ins for ``backtesting.test``, so that strategy files which import it can be served."""

import sys

from . import indicators

__all__ = ["BTCUSD", "EURUSD", "GOOG", "SMA"]


def SMA(values, n):  # noqa: N802 - the name that strategy files import
    """Simple moving average of the last ``n`` values, undefined (NaN) for the first n - 1.

    A pandas Series where pandas is installed, else a list.
    """
    try:
        import pandas as pd
    except ModuleNotFoundError:
        return indicators.sma(values, n)
    return pd.Series(values).rolling(n).mean()


SMA.online = indicators.SMA


def _has_pandas():
    try:
        import pandas  # noqa: F401
    except ModuleNotFoundError:
        return False
    return True


def _placeholder(name, first, last, step):
    """A DataFrame of made-up bars, the same ones every time, with the columns and about the dates of the original's.

    It has bars on holidays too, so that it is longer than the original: whatever is computed from it and handed to
    ``self.I`` by mistake does not fit the run's bars.
    """
    import random

    import pandas as pd

    offset = {"business day": pd.offsets.BDay(), "hour": pd.Timedelta(hours=1), "month": pd.offsets.MonthEnd()}[step]
    index = pd.date_range(first, last, freq=offset)
    index.freq = None
    source = random.Random(name)
    close = 100.0
    rows = []
    for _ in range(len(index)):
        start, close = close, round(max(1.0, close * (1 + source.gauss(0.0005, 0.01))), 2)
        above, below = 1 + abs(source.gauss(0, 0.004)), 1 - abs(source.gauss(0, 0.004))
        high, low = round(max(start, close) * above, 2), round(min(start, close) * below, 2)
        rows.append((start, high, low, close, source.randrange(1_000_000, 9_000_000)))
    return pd.DataFrame(rows, index=index, columns=["Open", "High", "Low", "Close", "Volume"])


class Sample:
    """The name of a sample data set of the host; the bars themselves are not here.

    ``Backtest(GOOG, MyStrategy)`` runs on the host's sample of that name. While a file is loaded to be served, a sample
    behaves as a pandas DataFrame of made-up bars. Anything else that needs the prices says so.
    """

    #: The samples of which made-up bars were looked at.
    looked_at = set()
    _frame = None

    def __init__(self, name, *dates):
        self.sample_name = name
        self._dates = dates

    def _table(self):
        """The made-up bars while a file is loaded to be served; otherwise ends in an error.

        A file may look at a sample on its way to the definition of its class, as in ``data = GOOG.copy()`` and
        ``print(data.tail())``. What it sees there is of no consequence when the strategy is served: that gets its
        bars from the host, whichever those are, and a ``Backtest(...)`` in the file starts no run. So the file is
        given bars of the right form, instead of a failure before the class is reached.
        """
        from . import loader

        if not loader.loading:
            raise RuntimeError(
                f"{self.sample_name} is the name of a sample here, not a table: the prices of a run come from the "
                f"host, as in: backtester run FILE.py --sample {self.sample_name}"
            )
        if self._frame is None:
            if not _has_pandas():
                raise loader.StopLoading(f"the prices of {self.sample_name} are not here; what follows is left out")
            self._frame = _placeholder(self.sample_name, *self._dates)
        if self.sample_name not in Sample.looked_at:
            Sample.looked_at.add(self.sample_name)
            print(
                f"the prices of {self.sample_name} are not here: made-up ones stand for them while the file is loaded",
                file=sys.stderr,
            )
        return self._frame

    @staticmethod
    def _is_table():
        from . import loader

        return loader.loading and _has_pandas()

    @property
    def __class__(self):
        # pandas asks isinstance(GOOG, pd.DataFrame), as in pd.DataFrame(GOOG).
        return type(self._table()) if "pandas" in sys.modules and self._is_table() else Sample

    def __getattr__(self, name):
        if name[:2] == "__":
            raise AttributeError(name)
        return getattr(self._table(), name)

    def __setattr__(self, name, value):
        if name in ("sample_name", "_dates", "_frame"):
            object.__setattr__(self, name, value)
        else:
            setattr(self._table(), name, value)

    def copy(self, *arguments, **options):
        """The same name; while a file is loaded to be served, a DataFrame of its own."""
        return self._table().copy(*arguments, **options) if self._is_table() else self

    def __repr__(self):
        return repr(self._table()) if self._is_table() else f"<sample {self.sample_name}>"


def _forwarded(name):
    def call(self, *arguments, **options):
        return getattr(self._table(), name)(*arguments, **options)

    call.__name__ = name
    return call


# Python looks up what operators and built-in functions call in the class, past __getattr__.
for _name in (
    "len iter getitem setitem delitem contains array add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv "
    "mod rmod pow rpow and or xor invert neg abs round lt le gt ge"
).split():
    setattr(Sample, f"__{_name}__", _forwarded(f"__{_name}__"))
del _name

GOOG = Sample("GOOG", "2004-08-19", "2013-03-01", "business day")
EURUSD = Sample("EURUSD", "2017-04-19 09:00", "2018-02-07 15:00", "hour")
BTCUSD = Sample("BTCUSD", "2012-01-31", "2024-12-31", "month")
