"""The bar API: a strategy is one function that sees a bar and acts on it.

::

    from backtester import crossover, on_bar, serve

    @on_bar(warmup="slow", needs_account=False)
    def sma_cross(bar, ctx, fast=10, slow=20):
        if crossover(ctx.sma(fast), ctx.sma(slow)):
            ctx.close()
            ctx.buy()

    if __name__ == "__main__":
        serve(sma_cross)

The same function runs lock-step, one bar a message, and, when it declares that it does not look at the account
(``needs_account=False``), streamed, many bars a message.
"""

import math
import random
from array import array
from collections import namedtuple
from functools import partial
from itertools import chain, repeat
from types import SimpleNamespace

from . import parameters
from .data import moment
from .errors import capability_missing, invalid_params
from .faults import careless
from .indicators import EMA, EXTENDING, MACD, RSI, SMA, MACDSignal, extended
from .jsontext import dumps

_FIELDS = ("open", "high", "low", "close", "volume")

#: One bar of one symbol; prices as floats, ``volume`` None where unknown. Its time is ``ctx.time``.
Bar = namedtuple("Bar", _FIELDS)

_UNCHANGED = object()


class OpenTrade:
    """An open trade as of the newest bar."""

    __slots__ = (
        "trade_id", "symbol", "quantity", "entry_price", "entry_index", "stop_loss", "take_profit", "tag",
    )  # fmt: skip

    def __init__(self, row):
        self.trade_id, self.symbol, self.quantity = row["trade_id"], row["symbol"], row["quantity"]
        self.entry_price, self.entry_index = row["entry_price"], row["entry_index"]
        self.stop_loss, self.take_profit, self.tag = row["stop_loss"], row["take_profit"], row["tag"]

    @property
    def is_long(self):
        """Whether it profits from rising prices."""
        return self.quantity > 0

    @property
    def is_short(self):
        """Whether it profits from falling prices."""
        return self.quantity < 0

    def __repr__(self):
        return f"<OpenTrade {self.trade_id} {self.quantity:+g} {self.symbol} at {self.entry_price}>"


def _finite(name, value):
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number, was {value}")
    return number


class _Untold:
    """Stands where an attribute of the account would be; one of the object itself takes its place."""

    def __init__(self, name):
        self.name = name

    def __get__(self, context, owner):
        raise AttributeError(f"ctx.{self.name} is not known: the strategy declares that it does not need it")


class Context:
    """What a bar function sees beside the bar, and what it does.

    Actions take effect at the broker after the function returns; the account shows them from the next bar on.

    index: the bar, counted from 0.
    time: its opening time in epoch milliseconds, UTC.
    symbol, symbols: the run's only (or first) symbol, and all of them.
    params: the run's parameters as attributes.
    state: an object of your own, empty when a run starts.
    random: a random.Random with the run's seed.
    bars_total: the number of bars of the run.
    bars: the bars of all symbols, {symbol: Bar or None}; only with ``multi_symbol``.
    cash, equity: money in the account, without and with open profit.
    positions: {symbol: (quantity, average price, market value, unrealised profit)}.
    trades: open trades, oldest first, as :class:`OpenTrade`.
    orders: resting orders in the order in which the broker works them off, as the protocol describes them.
    closed, events: what the last bar closed, and what happened to orders on it, as the protocol describes them.
    """

    def __init__(self, run, params, message, streamed):
        self.symbols = [s["symbol"] for s in message["symbols"]]
        self.symbol = self.symbols[0]
        self.params = SimpleNamespace(**params)
        self.state = SimpleNamespace()
        self.random = random.Random(message["seed"])
        self.bars_total = message["bars_total"]
        self.index, self.time = -1, message["start"]
        self._run, self._lines, self._streamed = run, run.lines, streamed
        self._actions, self._notes = [], {}
        self._placed = 0
        #: Simple averages by (n, field), exponential ones by (field, n).
        self._averages = {}

    # Until the host has told them; a __getattr__ would make every other attribute slow.
    cash, equity, positions, trades = _Untold("cash"), _Untold("equity"), _Untold("positions"), _Untold("trades")
    orders, closed, events = _Untold("orders"), _Untold("closed"), _Untold("events")

    @property
    def when(self):
        """The bar's opening time as a datetime in UTC, without a time zone."""
        return moment(self.time)

    @property
    def position(self):
        """Net units of the run's only (or first) symbol, signed; 0 when flat."""
        row = self.positions.get(self.symbol)
        return row[0] if row else 0

    # Actions.

    def _act(self, action):
        if self._streamed:
            action["bar_index"] = self.index
        self._actions.append(action)

    def _order(self, side, symbol, quantity, fraction, tag, prices):
        self._placed += 1
        name = f"p{self._placed}"
        action = {"do": "order", "client_order_id": name, "side": side}
        if symbol is not None or len(self.symbols) > 1:
            action["symbol"] = symbol or self.symbol
        if quantity is not None:
            action["quantity"] = _finite("quantity", quantity)
        if fraction is not None:
            action["fraction"] = _finite("fraction", fraction)
        for field, price in prices.items():
            if price is not None:
                action[field] = _finite(field, price)
        if tag is not None:
            action["tag"] = str(tag)
        self._act(action)
        return name

    def buy(
        self, quantity=None, fraction=None, *, limit=None, stop=None, stop_loss=None, take_profit=None, tag=None,
        symbol=None,
    ):  # fmt: skip
        """Places a buy order and returns its name for :meth:`cancel`.

        ``quantity`` is a whole number of units, ``fraction`` a part of the buying power (0 to 1); neither means all of
        it. ``limit`` and ``stop`` are prices; without them the order fills at the next open. ``stop_loss`` and
        ``take_profit`` become orders of the trade that it opens.
        """
        prices = {"limit_price": limit, "stop_price": stop, "stop_loss": stop_loss, "take_profit": take_profit}
        return self._order("buy", symbol, quantity, fraction, tag, prices)

    def sell(
        self, quantity=None, fraction=None, *, limit=None, stop=None, stop_loss=None, take_profit=None, tag=None,
        symbol=None,
    ):  # fmt: skip
        """Places a sell order and returns its name; arguments as :meth:`buy`."""
        prices = {"limit_price": limit, "stop_price": stop, "stop_loss": stop_loss, "take_profit": take_profit}
        return self._order("sell", symbol, quantity, fraction, tag, prices)

    def close(self, trade=None, portion=1.0, *, symbol=None):
        """Closes a part (above 0, at most 1) of one trade, or of every open trade of a symbol."""
        action = {"do": "close"}
        if trade is not None:
            action["trade_id"] = getattr(trade, "trade_id", trade)
        elif symbol is not None or len(self.symbols) > 1:
            action["symbol"] = symbol or self.symbol
        if portion != 1:
            action["portion"] = _finite("portion", portion)
        self._act(action)

    def cancel(self, order):
        """Withdraws a resting order: the name that :meth:`buy` gave, an order_id, or a row of ``orders``."""
        if isinstance(order, dict):
            order = order["order_id"]
        self._act({"do": "cancel", "client_order_id" if isinstance(order, str) else "order_id": order})

    def amend(self, trade, *, stop_loss=_UNCHANGED, take_profit=_UNCHANGED):
        """Moves a trade's stop-loss or take-profit; None clears it."""
        action = {"do": "amend", "trade_id": getattr(trade, "trade_id", trade)}
        for field, price in (("stop_loss", stop_loss), ("take_profit", take_profit)):
            if price is not _UNCHANGED:
                action[field] = None if price is None else _finite(field, price)
        self._act(action)

    def annotate(self, name, value):
        """Notes a number for charts on this bar; NaN and None are left out."""
        if value is None or value != value:
            return
        value = _finite(name, value)
        if self._streamed:
            self._run.note(name, value)
        else:
            self._notes[name] = value

    # Prices seen so far.

    def history(self, field="close", count=None, symbol=None):
        """The last ``count`` values of a field (all without it), oldest first, the newest bar included."""
        values = self._run.column(field, symbol or self.symbol)
        return values if count is None else values[-count:] if count else []

    def indicator(self, make, *arguments, field="close", symbol=None):
        """The values of ``make(*arguments).update(value)`` over a field, one per bar so far, oldest first.

        The list grows with the bars; ``[-1]`` is the newest value, NaN while undefined. ``make`` is a class such
        as :class:`backtester.indicators.SMA`, or one of your own with an ``update`` method.
        """
        key = (make, arguments, field, symbol)
        line = self._run.lines.get(key)
        return self._run.add_line(key, make(*arguments), field, symbol or self.symbol) if line is None else line

    def sma(self, n, field="close"):
        """Simple moving average over ``n`` bars."""
        try:
            return self._averages[n, field]
        except KeyError:
            line = self._averages[n, field] = self.indicator(SMA, n, field=field)
            return line

    def ema(self, n, field="close"):
        """Exponential moving average, weight 2 / (n + 1)."""
        try:
            return self._averages[field, n]
        except KeyError:
            line = self._averages[field, n] = self.indicator(EMA, n, field=field)
            return line

    def rsi(self, n=14, field="close"):
        """Wilder's relative strength index."""
        return self.indicator(RSI, n, field=field)

    def macd(self, fast=12, slow=26, signal=9, field="close"):
        """The line of the MACD and its signal line."""
        return (
            self.indicator(MACD, fast, slow, signal, field=field),
            self.indicator(MACDSignal, fast, slow, signal, field=field),
        )


class BarStrategy:
    """A bar function as the server offers it. Calling it calls the function."""

    def __init__(self, function, name, version, description, warmup, needs_account, needs_events, multi_symbol):
        self.function, self.warmup, self.multi_symbol = function, warmup, multi_symbol
        self.name = name or function.__name__
        self.version = version
        self.description = description or (function.__doc__ or "").strip().split("\n\n")[0] or None
        self.defaults = parameters.of_function(function, 2)
        self.__name__, self.__doc__, self.__module__ = function.__name__, function.__doc__, function.__module__
        streamable = not needs_account and not needs_events
        self.capabilities = {
            "modes": ["streamed", "lockstep"] if streamable else ["lockstep"],
            "needs_account": needs_account,
            "needs_events": needs_events,
            "multi_symbol": multi_symbol,
            "reuse": True,
        }

    def __call__(self, *arguments, **options):
        return self.function(*arguments, **options)

    def start(self, message, host):
        """Starts a run; ``message`` holds the fields of run/start."""
        if len(message["symbols"]) > 1 and not self.multi_symbol:
            raise capability_missing(f"{self.name} trades one symbol, the run has {len(message['symbols'])}")
        run = StreamedRun if message["mode"] == "streamed" else LockstepRun
        return run(self, parameters.checked(self.defaults, message["parameters"]), message, host)


def on_bar(
    function=None, *, name=None, version=None, description=None, warmup=0, needs_account=True, needs_events=False,
    multi_symbol=False,
):  # fmt: skip
    """Makes a strategy of a function ``f(bar, ctx, …)``; its further arguments, with defaults, are the parameters.

    warmup: how many bars the strategy must see before its first decision: a number, the name of a parameter, a list of
        those, or a function of the parameters that returns either. Numbers larger than the run has bars are ignored.
    needs_account: whether it looks at cash, equity, positions, trades, orders or closed trades.
    needs_events: whether it looks at ``ctx.events``. Without either the strategy can also run streamed.
    multi_symbol: whether the run may have several symbols; ``bar`` is then {symbol: Bar or None}.
    """

    def decorate(function):
        return BarStrategy(function, name, version, description, warmup, needs_account, needs_events, multi_symbol)

    return decorate if function is None else decorate(function)


def bound(function, params):
    """A bar function and the further arguments to call it with; positional ones cost less than names."""
    import inspect

    kinds = inspect.signature(function).parameters
    if any(kinds[name].kind is inspect.Parameter.KEYWORD_ONLY for name in params):
        return partial(function, **params), ()
    return function, tuple(params.values())


def bars_needed(warmup, params, total):
    """The number of bars before the first decision; see :func:`on_bar`."""
    if callable(warmup):
        warmup = warmup(SimpleNamespace(**params))
    entries = warmup if isinstance(warmup, (list, tuple)) else [warmup]
    numbers = [params[entry] if isinstance(entry, str) else entry for entry in entries]
    return max((int(n) for n in numbers if n <= total), default=0)


class BarRun:
    """What both kinds of run share: history and indicators."""

    def __init__(self, strategy, params, message, host, streamed):
        self.strategy, self.params = strategy, params
        call, self.arguments = bound(strategy.function, params)
        self.call = careless(host.fault, call)
        #: Indicators by what they are made of.
        self.lines = {}
        #: The same by symbol, as (append, update, place of the field in a row, what updates it).
        self.by_symbol = {}
        self.context = Context(self, params, message, streamed)
        self.mode = message["mode"]
        self.warmup = bars_needed(strategy.warmup, params, message["bars_total"])
        self.first = max(1, self.warmup)
        self.multi = strategy.multi_symbol
        self.symbol = self.context.symbol
        #: Five doubles a bar, by symbol.
        self.history = {symbol: array("d") for symbol in self.context.symbols}

    def started(self):
        """The answer to run/start."""
        return {"mode": self.mode, "warmup_bars": self.warmup}

    def column(self, field, symbol):
        """A field's values so far; the rest of a chunk is not among them."""
        return self.history[symbol][_FIELDS.index(field) : (self.context.index + 1) * 5 : 5].tolist()

    def add_line(self, key, state, field, symbol):
        """A new indicator, brought up to the newest bar."""
        update = state.update
        line = self.lines[key] = extended(state, self.column(field, symbol))
        self.by_symbol.setdefault(symbol, []).append((line.append, update, _FIELDS.index(field), state))
        return line

    def keep(self, symbol, row):
        """Adds a bar to the history; returns it without None."""
        kept = self.history[symbol]
        if row is None:
            if not self.multi:
                raise invalid_params(f"bar {len(kept) // 5} has no prices of {symbol}")
            row = [math.nan] * 5
        size = len(kept)
        try:
            kept.extend(row)
        except TypeError:
            del kept[size:]
            row = [math.nan if v is None else v for v in row]
            kept.extend(row)
        return row

    def end(self, reason, summary):
        """Ends the run."""
        return {}


class LockstepRun(BarRun):
    """One bar a message."""

    def __init__(self, strategy, params, message, host):
        super().__init__(strategy, params, message, host, False)
        self.told = False
        if strategy.capabilities["needs_account"]:
            self.context.closed = []
        if strategy.capabilities["needs_events"]:
            self.context.events = []

    def bar(self, message):
        """Sees a bar and decides on it; returns the JSON text of the answer's result."""
        context = self.context
        context.index = index = message["index"]
        context.time = message["time"]
        bars = message["bars"]
        if self.multi:
            context.bars = bar = {symbol: None if row is None else Bar._make(row) for symbol, row in bars.items()}
            for symbol, row in bars.items():
                self.take(symbol, row)
        else:
            row = bars[self.symbol]
            self.take(self.symbol, row)
            bar = Bar._make(row)
        if len(message) > 4 or self.told:  # more than run_id, index, time and bars
            self.take_account(message)
            self.told = len(message) > 4
        if index < self.first:
            return "{}"
        self.call(bar, context, *self.arguments)
        actions, notes = context._actions, context._notes
        if not actions and not notes:
            return "{}"
        result = {}
        if actions:
            result["actions"], context._actions = actions, []
        if notes:
            result["annotations"], context._notes = notes, {}
        return dumps(result)

    def take(self, symbol, row):
        """Adds a bar to the history and to the indicators over it."""
        row = self.keep(symbol, row)
        lines = self.by_symbol.get(symbol)
        if lines:
            for append, update, field, _ in lines:
                append(update(row[field]))

    def take_account(self, message):
        """Takes over what the host tells about the account."""
        context = self.context
        capabilities = self.strategy.capabilities
        if capabilities["needs_account"]:
            account = message.get("account")
            if account is not None:
                context.cash, context.equity = account["cash"], account["equity"]
            positions = message.get("positions")
            if positions is not None:
                context.positions = positions
            trades = message.get("trades")
            if trades is not None:
                context.trades = [OpenTrade(row) for row in trades]
            orders = message.get("orders")
            if orders is not None:
                context.orders = orders
            context.closed = message.get("closed") or []
        if capabilities["needs_events"]:
            context.events = message.get("events") or []


class StreamedRun(BarRun):
    """Many bars a message; the function is called for one after another, as if each came alone."""

    def __init__(self, strategy, params, message, host):
        super().__init__(strategy, params, message, host, True)
        self.notes = {}
        self.first_index = self.count = 0

    def note(self, name, value):
        """Notes a number on the bar that is being decided on."""
        row = self.notes.get(name)
        if row is None:
            row = self.notes[name] = [None] * self.count
        row[self.context.index - self.first_index] = value

    def chunk(self, message):
        """Decides on consecutive bars; returns the JSON text of the answer's result."""
        context, arguments, call = self.context, self.arguments, self.call
        first_index, times = message["first_index"], message["times"]
        self.first_index, self.count = first_index, len(times)
        self.notes = {}
        bars = message["bars"]
        # Before the first decision no indicator is known: bars are only kept.
        skipped = min(max(0, self.first - first_index), len(times))
        if self.multi:
            for place, time in enumerate(times):
                context.index, context.time = first_index + place, time
                rows = {symbol: column[place] for symbol, column in bars.items()}
                for symbol, row in rows.items():
                    row = self.keep(symbol, row)
                    for append, update, field, _ in self.by_symbol.get(symbol, ()):
                        append(update(row[field]))
                if place >= skipped:
                    context.bars = {s: None if row is None else Bar._make(row) for s, row in rows.items()}
                    call(context.bars, context, *arguments)
        else:
            self.decide(bars[self.symbol], times, first_index, skipped)
        result = {}
        if context._actions:
            result["actions"], context._actions = context._actions, []
        if self.notes:
            result["annotations"] = self.notes
        return dumps(result) if result else "{}"

    def decide(self, rows, times, first_index, skipped):
        """The loop over a chunk of one symbol's bars."""
        context, arguments, call, kept = self.context, self.arguments, self.call, self.history[self.symbol]
        known = rows
        try:
            kept.fromlist(list(chain.from_iterable(rows)))
        except TypeError:  # something is missing
            known = [self.keep(self.symbol, row) for row in rows]
        # Indicators of this package are computed for the whole chunk at once; each value is shown on its own bar.
        lines = self.by_symbol.get(self.symbol, ())
        ahead = [line for line in lines if type(line[3]) in EXTENDING]
        shown = []
        for append, _, field, state in ahead:
            shown.append((append, extended(state, [row[field] for row in known])))
        others = self.by_symbol[self.symbol] = [line for line in lines if type(line[3]) not in EXTENDING]
        bars = map(tuple.__new__, repeat(Bar), rows if not skipped else rows[skipped:])
        for place, bar in enumerate(bars, skipped):
            for append, values in shown:
                append(values[place])
            if others:
                row = known[place]
                for append, update, field, _ in others:
                    append(update(row[field]))
            context.index = first_index + place
            context.time = times[place]
            call(bar, context, *arguments)
        # Those that were added on the way follow.
        self.by_symbol[self.symbol] = ahead + others
