"""Runs of the class API: one :class:`Strategy` object over preloaded bars, or lock-step."""

import contextlib
import io
import random
import sys
from itertools import accumulate
from operator import add, mul
from types import SimpleNamespace

from . import arrays, columns, idioms, parameters
from .book import Book
from .data import Data, Timeline, title
from .errors import StrategyFileError, capability_missing, invalid_params
from .faults import careless
from .indicators import extended
from .jsontext import dumps, number_texts, quoted
from .strategy import Strategy


def indicators_of(backend, strategy):
    """The indicators among the attributes of a strategy, by attribute."""
    return {name: value for name, value in vars(strategy).items() if isinstance(value, backend.Indicator)}


class ClassStrategy:
    """A strategy class as the server offers it."""

    def __init__(self, cls):
        missing = sorted(getattr(cls, "__abstractmethods__", ()))
        if missing:
            raise StrategyFileError(f"class {cls.__name__} does not define {' and '.join(m + '()' for m in missing)}")
        # Loads numpy now: a process is started once and serves many runs.
        self.backend = arrays.backend()
        self.cls = cls
        self.name = cls.__name__
        module = sys.modules.get(cls.__module__)
        arrays.prepare_seeding(module)
        self.version = str(getattr(module, "__version__", "")) or None
        self.description = (cls.__dict__.get("__doc__") or "").strip().split("\n\n")[0] or None
        self.defaults = parameters.of_class(cls, Strategy)
        self.capabilities = {
            "modes": ["preload", "lockstep"],
            "needs_account": True,
            "needs_events": False,
            "encodings": columns.READS,
            "reuse": True,
        }

    def start(self, message, host):
        """Starts a run; ``message`` holds the fields of run/start."""
        run = PreloadedRun if message["mode"] == "preload" else LockstepRun
        return run(self.cls, parameters.checked(self.defaults, message["parameters"]), message, host)


class ClassRun:
    """What both kinds of run share."""

    def __init__(self, cls, params, message, host):
        symbols = message["symbols"]
        if len(symbols) != 1:
            raise capability_missing(f"a strategy class trades one symbol, the run has {len(symbols)}")
        self.cls, self.params, self.message, self.host = cls, params, message, host
        self.symbol = symbols[0]["symbol"]
        self.backend = arrays.backend()
        self.strategy = self.data = None
        #: The strategy's ``next()``.
        self.decide = None
        arrays.seed(message["seed"])
        self.book = self.make_book()

    def make_book(self):
        """An account as the run starts with."""
        execution = self.message["execution"]
        return Book(
            self.backend.number,
            lambda bar: self.data._timeline.at(bar),
            self.message["account"]["initial_cash"],
            execution["spread"],
            execution["exclusive_orders"],
            self.message["account"]["leverage"],
        )

    def make_strategy(self, book, data):
        """A strategy object before its ``init()``."""
        book.newest_close = lambda: data.Close[-1]
        Strategy._active = made = self.cls(book, data, dict(self.params))
        return made

    def charted(self, strategy, part):
        """The plotted rows of a strategy's indicators with distinct names; ``part`` cuts what is wanted of each."""
        found = []
        seen = {}
        for indicator in strategy._indicators if self.host.annotate else ():
            if not indicator.plot:
                continue
            try:
                named = self.backend.rows(part(indicator))
            except (TypeError, ValueError):  # not numbers
                continue
            for name, row in named:
                seen[name] = seen.get(name, 0) + 1
                found.append((name if seen[name] == 1 else f"{name} ({seen[name]})", row))
        return found

    def end(self, reason, summary):
        """Ends the run."""
        self.strategy = self.data = Strategy._active = None
        return {}


class PreloadedRun(ClassRun):
    """All bars are sent first, ``init()`` sees them all; then each bar brings only the account."""

    def __init__(self, cls, params, message, host):
        super().__init__(cls, params, message, host)
        self.parts = {}
        self.times = []
        self.texts = None
        self.flat, self.deep = [], []
        self.init_bar = -1

    def started(self):
        """The answer to run/start."""
        return {"mode": "preload"}

    def load(self, message):
        """Takes a chunk of columns; after the last one prepares the strategy and says how many bars it needs."""
        received = message["columns"]
        count = message["count"]
        if message["offset"] != len(self.times):
            raise invalid_params(
                f"columns from bar {len(self.times)} on were expected, from {message['offset']} received"
            )
        for name, column in received.items():
            if column["count"] != count:
                raise invalid_params(f"column {name} has {column['count']} values instead of {count}")
            if name == "time":
                self.times += columns.integers(column)
            else:
                self.parts.setdefault(title(name), []).append(columns.floats(column, self.backend))
        if not message.get("last"):
            return {"received": count}
        return {"received": count, "warmup_bars": self.prepare()}

    def prepare(self):
        """Runs ``init()`` on all bars; returns the number of bars before the first decision."""
        backend = self.backend
        joined = {name: backend.join(parts) for name, parts in self.parts.items()}
        self.parts = {}
        self.data = Data(backend, Timeline(self.times), joined)
        self.strategy = strategy = self.make_strategy(self.book, self.data)
        self.decide = careless(self.host.fault, strategy.next)
        strategy.init()
        found = indicators_of(backend, strategy)
        warmup = max((backend.first_defined(v) for v in found.values() if not v.scatter), default=0)
        self.flat = [(name, value) for name, value in found.items() if backend.is_flat(value)]
        self.deep = [(name, value) for name, value in found.items() if not backend.is_flat(value)]
        rows = self.charted(strategy, lambda indicator: indicator)
        if rows:
            named = []
            for name, row in rows:
                key = quoted(name) + ":"
                named.append([key + text for text in number_texts(row)])
            self.texts = ['"annotations":{' + ",".join(values) + "}}" for values in zip(*named)]
        if self.book.actions:
            # Orders placed in init() act on the first bar that is worked off: they are sent one bar earlier.
            if not warmup:
                raise RuntimeError(
                    "orders in init() need an indicator that is undefined on the first bar: place them in next()"
                )
            self.init_bar = warmup
            return warmup
        return warmup + 1

    def bar(self, message):
        """Decides on a bar; returns the JSON text of the answer's result."""
        index = message["index"]
        length = index + 1
        book = self.book
        if len(message) > 3 or book._touched:  # more than run_id, index and time
            book.update(message)
        self.data._set_length(length)
        strategy = self.strategy
        for name, whole in self.flat:
            setattr(strategy, name, whole[:length])
        if self.deep:
            for name, whole in self.deep:
                setattr(strategy, name, self.backend.prefix(whole, length))
        if index != self.init_bar:
            self.decide()
        if book.actions:
            actions = dumps(book.take_actions())
            return f'{{"actions":{actions},{self.texts[index]}' if self.texts else f'{{"actions":{actions}}}'
        return "{" + self.texts[index] if self.texts else "{}"


class LockstepRun(ClassRun):
    """Nothing is sent ahead: indicators are computed anew on the bars received so far.

    On each bar ``init()`` runs on a fresh object, and the indicators that it makes replace those of the strategy; what
    else the strategy keeps in its attributes stays. Indicators of :mod:`backtester.indicators` that are computed from a
    price column alone are continued by one value instead. Equal to a preloaded run for indicators whose values do not
    depend on later bars.
    """

    def __init__(self, cls, params, message, host):
        super().__init__(cls, params, message, host)
        self.total = message["bars_total"]
        self.names = [title(field) for field in message["fields"]]
        #: Room for every bar; those to come are NaN.
        self.whole = {name: self.backend.filled(self.total) for name in self.names}
        #: The same memory; single numbers are read and written much faster.
        self.cells = [memoryview(self.whole[name]) for name in self.names]
        self.online = self.online_keys = None
        self.calls = []
        self.ignored = set()
        self.defined = False
        #: Values that the strategy itself wrote into indicators, {attribute: {bar: value}}.
        self.written = {}
        self.data = Data(self.backend, Timeline([]), self.whole)
        self.data._growing = True

    def started(self):
        """The answer to run/start: how long indicators stay undefined is found out on made-up prices."""
        warmup = 0
        try:
            warmup = self.rehearse()
        except Exception as error:  # noqa: BLE001 - whatever init() raises on prices that are not real
            print(f"init() fails on made-up prices, so warm-up is taken as 0 bars: {error!r}", file=sys.stderr)
        return {"mode": "lockstep", "warmup_bars": warmup + 1}

    def rehearse(self):
        """The warm-up that the strategy's indicators need on a random walk as long as the run."""
        some = random.Random(1).random
        start, total = self.message["start"], self.total
        step = max(1, (self.message["end"] - start) // max(1, total - 1))
        times = list(range(start, start + step * total, step))
        first = list(accumulate([0.99 + 0.02 * some() for _ in range(total)], mul, initial=100.0))
        close = first[1:]
        del first[total:]
        made = {
            "Open": first,
            "High": [price * 1.005 for price in map(max, first, close)],
            "Low": [price * 0.995 for price in map(min, first, close)],
            "Close": close,
            "Volume": [1000.0 + 1000 * some() // 1 for _ in close],
        }
        backend = self.backend
        data = Data(backend, Timeline(times), {name: backend.from_list(values) for name, values in made.items()})
        strategy = self.quietly(self.make_strategy(self.make_book(), data))
        counted = {name: v for name, v in indicators_of(backend, strategy).items() if not v.scatter}
        # An indicator that no run of this length can define is not waited for.
        self.ignored = {name for name, value in counted.items() if backend.never_defined(value)}
        return max((backend.first_defined(v) for v in counted.values()), default=0)

    def quietly(self, strategy):
        """Calls ``init()`` of a strategy object other than the run's own."""
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                strategy.init()
        finally:
            Strategy._active = self.strategy
        return strategy

    def bar(self, message):
        """Takes a bar and decides on it unless it is warm-up; returns the JSON text of the answer's result."""
        index = message["index"]
        row = message["bars"].get(self.symbol)
        if row is None:
            raise invalid_params(f"bar {index} has no prices of {self.symbol}")
        if index >= self.total:
            raise invalid_params(f"bar {index} of a run of {self.total} bars")
        for cells, value in zip(self.cells, row):
            if value is not None:
                cells[index] = value
        data = self.data
        data._timeline.times.append(message["time"])
        data._timeline._index = None
        if len(message) > 4 or self.book._touched:  # more than run_id, index, time and bars
            self.book.update(message)
        if message.get("warmup"):
            return "{}"
        length = index + 1
        data._set_length(length)
        self.renew(length)
        if not self.is_defined(index):
            return self.answer()
        if self.online is not None:
            # Its indicators share memory from bar to bar, so that what is written into them stays.
            self.decide()
            return self.answer_online(length)
        before = self.newest_values()
        self.decide()
        self.remember_writes(index, before)
        return self.answer()

    def newest_values(self):
        """The newest value of each indicator of one row, by attribute."""
        found = indicators_of(self.backend, self.strategy).items()
        return {name: value[-1] for name, value in found if self.backend.is_flat(value) and len(value)}

    def remember_writes(self, index, before):
        """Notes which newest values ``next()`` replaced, as forecasts are kept; renewing would lose them."""
        for name, value in self.newest_values().items():
            old = before.get(name, value)
            if value != old and (value == value or old == old):
                self.written.setdefault(name, {})[index] = value

    def renew(self, length):
        """Brings the indicators up to the newest bar."""
        if self.strategy is None:
            self.begin()
        elif self.online is not None:
            self.continue_online(length)
        else:
            fresh = self.quietly(self.make_strategy(self.make_book(), self.data))
            for name, value in vars(fresh).items():
                if self.is_recomputed(name, value):
                    setattr(self.strategy, name, value)
            self.strategy._indicators = fresh._indicators
            for name, values in self.written.items():
                indicator = getattr(self.strategy, name)
                for bar, value in values.items():
                    indicator[bar] = value

    def begin(self):
        """Makes the run's own strategy object."""
        calls = []
        self.strategy = self.make_strategy(self.book, self.data)
        self.decide = careless(self.host.fault, self.strategy.next)
        self.strategy._recorder = lambda *call: calls.append(call)
        self.strategy.init()
        self.strategy._recorder = None
        self.calls = calls
        if self.book.actions:
            raise RuntimeError(
                "orders in init() need a preloaded run: run it with --mode preload, or place them in next()"
            )
        self.online = self.plan_online(calls)
        if self.online is not None:
            # From the first bar on they share memory with those to come.
            for name, _, _, _, whole, seen in self.online:
                setattr(self.strategy, name, whole[:seen])

    def is_recomputed(self, name, value):
        """Whether an attribute that ``init()`` set holds indicators."""
        if isinstance(value, self.backend.Indicator) or name in self.cls._recomputed:
            return True
        if name == "_indicators" or not isinstance(value, (list, tuple, dict)):
            return False
        held = value.values() if isinstance(value, dict) else value
        return any(isinstance(item, self.backend.Indicator) for item in held)

    def plan_online(self, calls):
        """How to continue all indicators value by value; None when one of them has to be computed anew.

        The plan is a list of (attribute, update, cells of its column, cells of its values, all its values, length seen).
        """
        if self.cls._recomputed:
            return None
        made = {id(indicator): call for *call, indicator in calls}
        plan, places = [], {}
        for name, value in vars(self.strategy).items():
            if not self.is_recomputed(name, value):
                continue
            function, args, kwargs = made.get(id(value), (None, (), {}))
            make_state = idioms.online(function, args, kwargs)
            field = next((f for f in self.names if args and args[0] is self.data.__dict__.get(f)), None)
            if make_state is None or field is None:
                return None
            values = self.backend.filled(self.total)
            values[: len(value)] = self.backend.from_list(value.tolist())
            state = make_state(*args[1:], **kwargs)
            cells = self.cells[self.names.index(field)]
            extended(state, cells[: len(value)].tolist())
            whole = self.backend.continued(value, values, self.total)
            plan.append((name, state.update, cells, memoryview(values), whole, len(value)))
            places[id(value)] = memoryview(values)
        if len(plan) != len(calls):
            return None
        # Those to show: their names in the answer, and where their values are.
        shown = [indicator for *_, indicator in calls if indicator.plot and self.host.annotate]
        named = self.charted(SimpleNamespace(_indicators=shown), self.backend.newest)
        self.online_keys = [quoted(name) + ":" for name, _ in named]
        self.online_places = [places[id(indicator)] for _, indicator in zip(named, shown)]
        return plan

    def continue_online(self, length):
        """Adds the newest value to each indicator."""
        newest = length - 1
        strategy = self.strategy
        renewed = strategy._indicators = []
        for name, update, cells, values, whole, _ in self.online:
            values[newest] = update(cells[newest])
            indicator = whole[:length]
            setattr(strategy, name, indicator)
            renewed.append(indicator)

    def answer_online(self, length):
        """As :meth:`answer`, with the newest values that are at hand."""
        texts = number_texts([values[length - 1] for values in self.online_places])
        notes = '"annotations":{' + ",".join(map(add, self.online_keys, texts)) + "}" if texts else ""
        if not self.book.actions:
            return "{" + notes + "}"
        actions = '"actions":' + dumps(self.book.take_actions())
        return "{" + actions + ("," + notes if notes else "") + "}"

    def is_defined(self, index):
        """Whether the bar comes after the first one on which all indicators are defined."""
        if self.defined:
            return True
        backend = self.backend
        latest = 0
        for name, value in indicators_of(backend, self.strategy).items():
            if value.scatter or name in self.ignored:
                continue
            if backend.never_defined(value):
                return False
            latest = max(latest, backend.first_defined(value))
        self.defined = index > latest
        return self.defined

    def answer(self):
        """The JSON text of the answer: actions, and the newest value of each plotted indicator."""
        result = {}
        if self.book.actions:
            result["actions"] = self.book.take_actions()
        rows = self.charted(self.strategy, self.backend.newest)
        if rows:
            result["annotations"] = {name: row[0] if row and row[0] - row[0] == 0 else None for name, row in rows}
        return dumps(result)
