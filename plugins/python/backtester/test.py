"""Stand-ins for ``backtesting.test``, so that strategy files which import it can be served."""

from . import indicators


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


class Sample:
    """The name of a sample data set of the host; the bars themselves are not here.

    ``Backtest(GOOG, MyStrategy)`` runs on the host's sample of that name. Anything else that needs the prices says so.
    """

    def __init__(self, name):
        self.sample_name = name

    def _absent(self, *_arguments):
        from . import loader

        if loader.loading:
            raise loader.StopLoading(f"the prices of {self.sample_name} are not here; what follows is left out")
        raise RuntimeError(
            f"{self.sample_name} is the name of a sample here, not a table: the prices of a run come from the host, "
            f"as in: backtester run FILE.py --sample {self.sample_name}"
        )

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        self._absent()

    __getitem__ = __setitem__ = __len__ = __iter__ = _absent

    def copy(self, *_arguments):
        """The same name."""
        return self

    def __repr__(self):
        return f"<sample {self.sample_name}>"


GOOG, EURUSD, BTCUSD = Sample("GOOG"), Sample("EURUSD"), Sample("BTCUSD")
