"""The vectorized API: a strategy is one function that gets whole columns of prices and returns columns of signals.

::

    from backtester import serve, vectorized

    @vectorized(warmup=("fast", "slow"))
    def sma_cross(data, fast=10, slow=20):
        up = average(data.close, fast) > average(data.close, slow)
        return {"target_weight": np.where(up, 1.0, -1.0)}

    if __name__ == "__main__":
        serve(sma_cross)

Columns are numpy arrays where numpy is installed, else sequences with the same arithmetic. A signal on bar i acts on
bar i + 1 at the earliest. The function sees the whole run, so nothing but care keeps it from looking ahead.
"""

import math
import sys

from . import arrays, columns, parameters, randomness
from .bars import bars_needed
from .errors import capability_missing, invalid_params
from .faults import careless

_FLOATS = ("target_position", "target_weight")
_FLAGS = ("entries", "exits", "short_entries", "short_exits")


class PriceColumns:
    """The bars of one symbol: ``open``, ``high``, ``low``, ``close`` and ``volume`` as columns of floats (NaN where
    unknown), ``time`` as a list of epoch milliseconds, oldest first."""

    def __init__(self, symbol):
        self.symbol = symbol
        self.time = []
        self._parts = {}

    def __len__(self):
        return len(self.time)

    def __getattr__(self, name):
        if name[:1] == "_" or name not in self._parts:
            raise AttributeError(f"there is no column {name!r}")
        return self._parts[name]

    def complete(self, backend, source):
        """Joins the chunks received."""
        for name, parts in self._parts.items():
            self._parts[name] = backend.column(backend.join(parts), source, name)


def _values(name, symbol, given, count):
    """What a strategy returned for one output column as a list of numbers (None where missing)."""
    if hasattr(given, "tolist"):
        given = given.tolist()
    if not isinstance(given, (list, tuple)) or len(given) != count:
        size = len(given) if hasattr(given, "__len__") else "no"
        raise ValueError(f"{name} of {symbol} must have one value per bar ({count}), it has {size}")
    return list(given)


def encoded_output(name, symbol, given, count, encoding):
    """One output column for the wire; ValueError when it is not made of numbers or of truth values."""
    values = _values(name, symbol, given, count)
    if name in _FLAGS:
        for bar, value in enumerate(values):
            if value not in (0, 1):
                raise ValueError(f"{name} of {symbol} must be true or false, was {value!r} at bar {bar}")
        return columns.encoded(values, "u8", encoding)
    numbers = []
    for bar, value in enumerate(values):
        number = math.nan if value is None else float(value)
        if math.isinf(number):
            raise ValueError(f"{name} of {symbol} is infinite at bar {bar}")
        numbers.append(number)
    if encoding == columns.JSON:
        numbers = [None if v != v else v for v in numbers]
    return columns.encoded(numbers, "f64", encoding)


class VectorStrategy:
    """A vectorized function as the server offers it. Calling it calls the function."""

    def __init__(self, function, name, version, description, warmup, output, multi_symbol):
        if output not in (*_FLOATS, "entries", "actions"):
            raise ValueError(f"output must be target_position, target_weight, entries or actions, was {output!r}")
        self.function, self.warmup, self.output, self.multi_symbol = function, warmup, output, multi_symbol
        arrays.backend()  # loads numpy before the first run
        randomness.prepare(sys.modules.get(function.__module__))
        self.name = name or function.__name__
        self.version = version
        self.description = description or (function.__doc__ or "").strip().split("\n\n")[0] or None
        self.defaults = parameters.of_function(function, 1)
        self.__name__, self.__doc__, self.__module__ = function.__name__, function.__doc__, function.__module__
        self.capabilities = {
            "modes": ["vectorized"],
            "needs_account": False,
            "needs_events": False,
            "multi_symbol": multi_symbol,
            "encodings": columns.READS,
            "reuse": True,
            "stateless_series": True,
        }

    def __call__(self, *arguments, **options):
        return self.function(*arguments, **options)

    def start(self, message, host):
        """Starts a run; ``message`` holds the fields of run/start."""
        if len(message["symbols"]) > 1 and not self.multi_symbol:
            raise capability_missing(f"{self.name} trades one symbol, the run has {len(message['symbols'])}")
        return VectorRun(self, parameters.checked(self.defaults, message["parameters"]), message, host)


def vectorized(
    function=None, *, name=None, version=None, description=None, warmup=0, output="target_position",
    multi_symbol=False,
):  # fmt: skip
    """Makes a strategy of a function ``f(data, …)``; its further arguments, with defaults, are the parameters.

    The function returns one of

    - {"target_position": column}: units to hold, signed whole numbers;
    - {"target_weight": column}: part of the buying power to hold, -1 to 1;
    - {"entries": column, "exits": column, "short_entries": …, "short_exits": …} of truth values;
    - {"actions": list} of actions as the protocol describes them, each with its ``bar_index``, in order;

    with {"annotations": {name: column}} beside it if wanted. A column alone means ``output``; a pair of columns means
    entries and exits. NaN in a target means no change.

    warmup: as in :func:`backtester.on_bar`; signals before it are ignored.
    multi_symbol: whether the run may have several symbols; ``data`` is then {symbol: columns}, and each column of the
        result {symbol: column}.
    """

    def decorate(function):
        return VectorStrategy(function, name, version, description, warmup, output, multi_symbol)

    return decorate if function is None else decorate(function)


class VectorRun:
    """Gets all bars, calls the function once."""

    def __init__(self, strategy, params, message, host):
        self.strategy, self.params = strategy, params
        self.call = careless(host.fault, strategy.function)
        self.symbols = [s["symbol"] for s in message["symbols"]]
        self.warmup = bars_needed(strategy.warmup, params, message["bars_total"])
        self.encoding = columns.BASE64 if columns.BASE64 in host.encodings else columns.JSON
        self.backend = arrays.backend()
        self.data = {symbol: PriceColumns(symbol) for symbol in self.symbols}
        self.types = {}
        randomness.seed(message["seed"])

    def started(self):
        """The answer to run/start."""
        return {"mode": "vectorized", "warmup_bars": self.warmup}

    def load(self, message):
        """Takes a chunk of columns."""
        data, count = self.data[message["symbol"]], message["count"]
        if message["offset"] != len(data):
            raise invalid_params(f"columns from bar {len(data)} on were expected, from {message['offset']} received")
        for name, column in message["columns"].items():
            if column["count"] != count:
                raise invalid_params(f"column {name} has {column['count']} values instead of {count}")
            if name == "time":
                data.time += columns.integers(column)
            else:
                data._parts.setdefault(name, []).append(columns.floats(column, self.backend))
        if message.get("last"):
            from .data import Timeline

            for loaded in self.data.values():
                loaded.complete(self.backend, Timeline(loaded.time))
        return {"received": count}

    def evaluate(self, message):
        """Calls the function; returns its outputs for the wire."""
        strategy = self.strategy
        data = self.data if strategy.multi_symbol else self.data[self.symbols[0]]
        result = self.call(data, **self.params)
        if isinstance(result, tuple) and len(result) == 2:
            result = {"entries": result[0], "exits": result[1]}
        elif not isinstance(result, dict) or strategy.multi_symbol and set(result) <= set(self.symbols):
            result = {} if result is None else {strategy.output: result}
        answer = {}
        for name, given in result.items():
            if name == "actions":
                answer[name] = list(given)
            elif name == "annotations":
                answer[name] = {label: self.encoded(name, label, values)["data"] for label, values in given.items()}
            elif name in _FLOATS or name in _FLAGS:
                by_symbol = given if strategy.multi_symbol else {self.symbols[0]: given}
                count = len(self.data[self.symbols[0]])
                answer[name] = {
                    symbol: encoded_output(name, symbol, values, count, self.encoding)
                    for symbol, values in by_symbol.items()
                }
            else:
                known = ", ".join((*_FLOATS, *_FLAGS, "actions", "annotations"))
                raise ValueError(f"{strategy.name} returned {name!r}; outputs are {known}")
        return answer

    def encoded(self, name, label, values):
        """An annotation column: JSON numbers, null where undefined."""
        count = len(self.data[self.symbols[0]])
        finite = [None if v is None or v - v != 0 else v for v in _values(name, label, values, count)]
        return columns.encoded(finite, "f64", columns.JSON)

    def end(self, reason, summary):
        """Ends the run."""
        self.data = {}
        return {}
