"""The class API: strategies written as for backtesting.py.

A subclass of :class:`Strategy` declares its parameters as class attributes, prepares indicators in ``init()`` and
decides in ``next()``, once a bar. Names, arguments, defaults and checks are those of backtesting.py 0.6.6, so that its
strategy files move over by importing from ``backtester`` instead.
"""

from abc import ABC, abstractmethod

from .book import FULL_EQUITY
from .errors import near_misses

_SHORT_NAMES = {"Open": "O", "High": "H", "Low": "L", "Close": "C", "Volume": "V"}
_PLAIN = (int, float, str, bool)


def _argument_name(value):
    """How an argument of an indicator function shows in the indicator's name; empty when it does not."""
    if isinstance(value, _PLAIN):
        return str(value)
    kind = type(value)
    if kind.__name__ == "DataFrame":
        return "df"
    if kind.__module__ == "numpy" and not getattr(value, "shape", (1,)):
        return str(value)
    name = getattr(value, "name", None) if hasattr(value, "__len__") else None
    if isinstance(name, str) and name:
        short, bracket, rest = name.partition("[")
        return _SHORT_NAMES.get(short, short) + bracket + rest
    if callable(value):
        return _function_name(value)
    return ""


def _function_name(function):
    name = getattr(function, "__name__", None) or type(function).__name__
    return "λ" if name == "<lambda>" else name


def indicator_name(function, args, kwargs):
    """The name of an indicator that was not given one: ``SMA(C,10)``."""
    shown = [text for text in map(_argument_name, [*args, *kwargs.values()]) if text]
    return _function_name(function) + (f"({','.join(shown)})" if shown else "")


class Strategy(ABC):
    """A trading strategy; see the module's text. Class attributes that are numbers, bool or str are its parameters."""

    #: Attributes other than indicators that a lock-step run takes over when it computes ``init()`` anew.
    _recomputed = ()
    #: The strategy object of the run, for functions that are not told about it; one at a time in a process.
    _active = None

    def __init__(self, broker, data, params):
        """Made by the runtime, one per run. ``params`` override class attributes of the same name."""
        self._indicators = []
        self._broker = broker
        self._data = data
        self._recorder = None
        self._params = self._check_params(params)

    def _check_params(self, params):
        for name, value in params.items():
            if not hasattr(self, name):
                names = [n for n in dir(type(self)) if n[:1] != "_" and not hasattr(Strategy, n)]
                raise AttributeError(
                    f"strategy {type(self).__name__} has no parameter {name!r}."
                    + near_misses(name, names)
                    + " Parameters are attributes of the class."
                )
            setattr(self, name, value)
        return params

    def __str__(self):
        shown = ",".join(f"{name}={value}" for name, value in self._params.items())
        return type(self).__name__ + (f"({shown})" if shown else "")

    def __repr__(self):
        return f"<Strategy {self}>"

    def I(self, func, *args, name=None, plot=True, overlay=None, color=None, scatter=False, **kwargs):  # noqa: E743
        """Calls ``func(*args, **kwargs)`` and returns its values as an indicator, revealed bar by bar in ``next()``.

        ``func`` returns one value per bar, or a tuple of such arrays. The indicator must become an attribute of the
        strategy: only those are revealed bar by bar and waited for. The first ``next()`` comes one bar after all of
        them are defined. With ``plot`` the values are sent to the host as annotations for charts, under ``name``
        (a list of names for several arrays). ``overlay`` and ``color`` are accepted and not used; a ``scatter``
        indicator is not waited for.
        """
        label = indicator_name(func, args, kwargs) if name is None else name
        try:
            value = func(*args, **kwargs)
        except Exception as error:
            raise RuntimeError(f'indicator "{label}" failed: {type(error).__name__}: {error}') from error
        data = self._data
        indicator = data._backend.indicator(
            value, data._timeline, label, label if isinstance(label, str) else list(label), len(data), plot, scatter
        )
        self._indicators.append(indicator)
        if self._recorder is not None:
            self._recorder(func, args, kwargs, indicator)
        return indicator

    @abstractmethod
    def init(self):
        """Prepares indicators; called once before the first bar."""

    @abstractmethod
    def next(self):
        """Decides on the newest bar; orders placed here first act on the next one."""

    def buy(self, *, size=FULL_EQUITY, limit=None, stop=None, sl=None, tp=None, tag=None):
        """Places a buy order and returns it.

        ``size`` is a fraction of the buying power (below 1) or a whole number of units; without ``limit`` and ``stop``
        the order fills at the next open. ``sl`` and ``tp`` become the trade's stop-loss and take-profit.
        """
        return self._broker.place(1, size, limit, stop, sl, tp, tag)

    def sell(self, *, size=FULL_EQUITY, limit=None, stop=None, sl=None, tp=None, tag=None):
        """Places a sell order and returns it; arguments as :meth:`buy`. To end a trade use ``close()``."""
        return self._broker.place(-1, size, limit, stop, sl, tp, tag)

    @property
    def equity(self):
        """Cash plus open profit at the newest close."""
        return self._broker.equity

    @property
    def data(self):
        """The bars up to the newest one; see :class:`backtester.data.Data`."""
        return self._data

    @property
    def position(self):
        """All open trades together."""
        return self._broker.position

    @property
    def orders(self):
        """Resting orders in the order in which the broker will work them off."""
        return tuple(self._broker.orders)

    @property
    def trades(self):
        """Open trades in opening order."""
        return tuple(self._broker.trades)

    @property
    def closed_trades(self):
        """Closed trades in closing order."""
        return tuple(self._broker.closed_trades)
