"""Runs of the class API that are sent one bar after another."""

import contextlib
import io
import random
import sys
from itertools import accumulate
from operator import mul
from types import SimpleNamespace

from . import idioms
from .class_run import ClassRun, indicators_of
from .data import Data, title
from .errors import invalid_params
from .faults import careless
from .indicators import extended
from .jsontext import dumps, values_text
from .strategy import Strategy


#: Bars on which the warm-up is found out, where that is enough; a rehearsal costs a microsecond a bar and more.
_REHEARSED_BARS = 1000


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
        #: What answers about a bar when all indicators are continued by one value.
        self.continuation = None
        #: Whether init() places orders, and the bar of the warm-up on which they are asked for.
        self.is_early, self.first_bar = False, -1
        #: The names and values that it shows in charts.
        self.shown = []
        self.ignored = set()
        self.defined = False
        #: Values that the strategy itself wrote into indicators, {attribute: {bar: value}}.
        self.written = {}
        self.data = Data(self.backend, self.make_timeline([]), self.whole)
        self.data._growing = True

    def started(self):
        """The answer to run/start: how long indicators stay undefined is found out on made-up prices."""
        warmup = 0
        try:
            warmup = self.rehearse()
        except Exception as error:  # noqa: BLE001 - whatever init() raises on prices that are not real
            print(f"init() fails on made-up prices, so warm-up is taken as 0 bars: {error!r}", file=sys.stderr)
        if self.is_early:
            self.first_bar = warmup
            return {"mode": "lockstep", "warmup_bars": warmup + 1, "early_orders": True}
        return {"mode": "lockstep", "warmup_bars": warmup + 1}

    def rehearse(self):
        """The warm-up that the strategy's indicators need on a random walk, at most as long as the run."""
        # Most indicators are defined early, whatever the length.
        for length in sorted({min(self.total, _REHEARSED_BARS), self.total}):
            warmup, self.ignored, has_index = self.rehearse_on(length, 1)
            if not self.ignored:
                break
        if has_index and self.rehearse_on(length, 3)[0] != warmup:
            # Weeks or months decide, and how bars lie in them is not known yet: wait until all indicators are defined.
            return 0
        return warmup

    def rehearse_on(self, length, spread):
        """The warm-up on a random walk of some length, the indicators that are never defined on it, and whether the times
        of its bars were looked at. Bars lie ``spread`` times as far apart as those of the run on average."""
        some = random.Random(1).random
        start = self.message["start"]
        step = max(1, (self.message["end"] - start) // max(1, self.total - 1)) * spread
        times = list(range(start, start + step * length, step))
        first = list(accumulate([0.99 + 0.02 * some() for _ in range(length)], mul, initial=100.0))
        close = first[1:]
        del first[length:]
        made = {
            "Open": first,
            "High": [price * 1.005 for price in map(max, first, close)],
            "Low": [price * 0.995 for price in map(min, first, close)],
            "Close": close,
            "Volume": [1000.0 + 1000 * some() // 1 for _ in close],
        }
        backend = self.backend
        timeline = self.make_timeline(times)
        data = Data(backend, timeline, {name: backend.from_list(values) for name, values in made.items()})
        book = self.make_book()
        strategy = self.quietly(self.make_strategy(book, data))
        self.is_early = bool(book.actions)
        counted = {name: v for name, v in indicators_of(backend, strategy).items() if not v.scatter}
        # An indicator that no run of this length can define is not waited for.
        undefined = {name for name, value in counted.items() if backend.never_defined(value)}
        warmup = max((backend.first_defined(v) for v in counted.values()), default=0)
        return warmup, undefined, timeline._index is not None

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
        if self.continuation is not None:
            return self.continuation(message)
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
        length = index + 1
        data._set_length(length)
        if message.get("warmup"):
            if index != self.first_bar:
                return "{}"
            self.begin()
            return self.answer()
        self.renew(length)
        if not self.is_defined(index):
            return self.answer()
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
        if self.book.actions and not self.is_early:
            raise RuntimeError(
                "init() places orders on these prices and placed none on made-up ones, so they come too late for a "
                "lock-step run: run it with --mode preload, or place them in next()"
            )
        plan = self.plan_continuation(calls)
        if plan is not None:
            # From the first bar on they share memory with those to come.
            for name, _, _, _, whole, seen in plan:
                setattr(self.strategy, name, whole[:seen])
            self.continuation = self.make_continuation(plan)
            self.host.ask(self.continuation)

    def is_recomputed(self, name, value):
        """Whether an attribute that ``init()`` set holds indicators."""
        if isinstance(value, self.backend.Indicator) or name in self.cls._recomputed:
            return True
        if name == "_indicators" or not isinstance(value, (list, tuple, dict)):
            return False
        held = value.values() if isinstance(value, dict) else value
        return any(isinstance(item, self.backend.Indicator) for item in held)

    def plan_continuation(self, calls):
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
        # Those to show, with their names and where their values are.
        shown = [indicator for *_, indicator in calls if indicator.plot and self.host.annotate]
        named = self.charted(SimpleNamespace(_indicators=shown), self.backend.newest)
        self.shown = [(name, places[id(indicator)]) for (name, _), indicator in zip(named, shown)]
        return plan

    def make_continuation(self, plan):
        """A function that takes a bar's message, continues the indicators, decides and returns the answer's result.

        It does what :meth:`bar` does, in one piece and on local variables: it is the price of every bar. The indicators
        share memory from bar to bar, so that what the strategy writes into them stays.
        """
        symbol, total, book, decide, shown = self.symbol, self.total, self.book, self.decide, self.shown
        strategy, data, plan = self.strategy, self.data, [entry[:-1] for entry in plan]
        times, timeline = data._timeline.times, data._timeline
        fields = strategy.__dict__
        opens, highs, lows, closes, volumes = self.cells
        shown_columns, data_fields, write_values = data._used, data.__dict__, values_text
        is_defined = False

        def take(message):
            nonlocal is_defined
            index = message["index"]
            row = message["bars"].get(symbol)
            if row is None:
                raise invalid_params(f"bar {index} has no prices of {symbol}")
            if index != len(times) or index >= total:
                raise invalid_params(f"bar {index} of a run of {total} bars came after bar {len(times) - 1}")
            opens[index], highs[index], lows[index], closes[index], volume = row
            if volume is not None:
                volumes[index] = volume
            times.append(message["time"])
            timeline._index = None
            if len(message) > 4 or book._touched:  # more than run_id, index, time and bars
                book.update(message)
            length = index + 1
            # As data._set_length(length) does it.
            data_fields["_length"] = length
            for name, column in shown_columns:
                data_fields[name] = column[:length]
            if "index" in data_fields:
                del data_fields["index"]
            data_fields["_frame"] = data_fields["_pip"] = None
            renewed = fields["_indicators"] = []
            for name, update, cells, values, whole in plan:
                values[index] = update(cells[index])
                fields[name] = indicator = whole[:length]
                renewed.append(indicator)
            if is_defined:
                decide()
            elif self.is_defined(index):
                is_defined = True
                decide()
            notes = write_values({name: values[index] for name, values in shown}) if shown else ""
            if book.actions:
                actions = dumps(book.take_actions())
                return f'{{"actions":{actions},"annotations":{notes}}}' if notes else f'{{"actions":{actions}}}'
            return f'{{"annotations":{notes}}}' if notes else "{}"

        return take

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
