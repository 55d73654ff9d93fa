"""The class API's copy of the account: orders, trades and position as the host last told them, with what the strategy
did since then applied at once.

The host's broker decides everything. This copy exists because a strategy may look at the effect of its own actions
before the host has seen them: several actions in one ``next()`` behave as backtesting.py has it, down to the place of
each order in the queue.
"""

import math
import sys

from .jsontext import sendable

#: Default size of an order: everything, that is the largest fraction below 1.
FULL_EQUITY = 1 - sys.float_info.epsilon
_LONGEST_TAG = 256


class Order:
    """An order that rests at the broker. All prices are None when not given."""

    # Strategies keep things of their own in orders and trades.
    __slots__ = (
        "_book", "_id", "_client_id", "_role", "_size", "_limit", "_stop", "_sl", "_tp", "_tag", "_trade", "_action",
        "_after_exclusion", "_text", "__dict__",
    )  # fmt: skip

    def __init__(self, book, role, size, limit=None, stop=None, sl=None, tp=None, tag=None, trade=None):
        self._book, self._role, self._size, self._tag, self._trade = book, role, size, tag, trade
        self._limit, self._stop, self._sl, self._tp = limit, stop, sl, tp
        #: The host's number; None until the host has told it.
        self._id = None
        self._client_id = None
        #: The action not yet sent that makes a close order.
        self._action = None
        #: Number of orders with exclusion placed before this one.
        self._after_exclusion = 0
        #: The tag as the host was told it.
        self._text = None

    @property
    def size(self):
        """Signed: above 0 buys, below 0 sells; between -1 and 1 a fraction of the buying power, else units."""
        return self._size

    @property
    def limit(self):
        """Worst price at which the order may fill."""
        return self._limit

    @property
    def stop(self):
        """Price that must be touched before the order is live."""
        return self._stop

    @property
    def sl(self):
        """Stop-loss price of the trade that the order opens."""
        return self._sl

    @property
    def tp(self):
        """Take-profit price of the trade that the order opens."""
        return self._tp

    @property
    def tag(self):
        """What the strategy marked the order with."""
        return self._tag

    @property
    def parent_trade(self):
        """The trade that the order closes; None for an entry."""
        return self._trade

    @property
    def is_long(self):
        """Whether it buys."""
        return self._size > 0

    @property
    def is_short(self):
        """Whether it sells."""
        return self._size < 0

    @property
    def is_contingent(self):
        """Whether it is the stop-loss or take-profit of an open trade."""
        return self._role in ("stop_loss", "take_profit")

    def cancel(self):
        """Withdraws the order; ValueError when it no longer rests."""
        self._book.cancel(self)

    def __repr__(self):
        prices = "".join(
            f", {name}={round(float(value), 5)}"
            for name, value in zip(("limit", "stop", "sl", "tp"), (self._limit, self._stop, self._sl, self._tp))
            if value is not None
        )
        tag = "" if self._tag is None else f", tag={self._tag!r}"
        return f"<Order size={self._size}{prices}, contingent={int(self.is_contingent)}{tag}>"


class Trade:
    """A trade, open or closed. While it is open its profit is valued at the newest close, without commission."""

    __slots__ = (
        "_book", "_id", "_size", "_entry_price", "_entry_bar", "_exit_price", "_exit_bar", "_sl", "_tp", "_tag",
        "_commission", "__dict__",
    )  # fmt: skip

    def __init__(self, book, number, size, entry_price, entry_bar, sl, tp, tag):
        self._book, self._id, self._size, self._tag = book, number, size, tag
        self._entry_price, self._entry_bar = entry_price, entry_bar
        self._sl, self._tp = sl, tp
        self._exit_price = self._exit_bar = None
        self._commission = 0

    @property
    def size(self):
        """Units, signed: above 0 long, below 0 short."""
        return self._size

    @property
    def entry_price(self):
        """Price paid per unit, spread included."""
        return self._entry_price

    @property
    def exit_price(self):
        """Price per unit at the exit; None while open."""
        return self._exit_price

    @property
    def entry_bar(self):
        """The bar of the entry, counted from 0."""
        return self._entry_bar

    @property
    def exit_bar(self):
        """The bar of the exit; None while open."""
        return self._exit_bar

    @property
    def entry_time(self):
        """Opening time of the entry's bar."""
        return self._book.time_of(self._entry_bar)

    @property
    def exit_time(self):
        """Opening time of the exit's bar; None while open."""
        return None if self._exit_bar is None else self._book.time_of(self._exit_bar)

    @property
    def tag(self):
        """What the order that opened the trade was marked with."""
        return self._tag

    @property
    def is_long(self):
        """Whether it profits from rising prices."""
        return self._size > 0

    @property
    def is_short(self):
        """Whether it profits from falling prices."""
        return self._size < 0

    def _price(self):
        return self._exit_price if self._exit_price is not None else self._book.last_price

    @property
    def pl(self):
        """Profit or loss in money; commissions are taken off once it is closed."""
        return self._size * (self._price() - self._entry_price) - self._commission

    @property
    def pl_pct(self):
        """Profit or loss as a fraction of the entry value; 0.1 is 10 %."""
        gain = math.copysign(1, self._size) * (self._price() / self._entry_price - 1)
        return gain - self._commission / (abs(self._size) * self._entry_price) if self._commission else gain

    @property
    def value(self):
        """Units times price, never negative."""
        return abs(self._size) * self._price()

    @property
    def sl(self):
        """Stop-loss price, None without one. Assigning moves it, None clears it."""
        return self._sl

    @sl.setter
    def sl(self, price):
        self._book.amend(self, "stop_loss", price)

    @property
    def tp(self):
        """Take-profit price, None without one. Assigning moves it, None clears it."""
        return self._tp

    @tp.setter
    def tp(self, price):
        self._book.amend(self, "take_profit", price)

    @property
    def _sl_order(self):
        """The order that carries the stop-loss, None without one; under the name it has in backtesting.py."""
        return self._book.contingent(self, "stop_loss")

    @property
    def _tp_order(self):
        """The order that carries the take-profit, None without one; under the name it has in backtesting.py."""
        return self._book.contingent(self, "take_profit")

    def close(self, portion=1.0):
        """Closes a part (0 < portion <= 1) of the trade at the next chance; at least one unit."""
        self._book.close(self, portion)

    def __repr__(self):
        until = "" if self._exit_bar is None else self._exit_bar
        out = "" if self._exit_price is None else self._exit_price
        tag = "" if self._tag is None else f" tag={self._tag}"
        return (
            f"<Trade size={self._size} time={self._entry_bar}-{until} "
            f"price={float(self._entry_price)}-{out} pl={self.pl:.0f}{tag}>"
        )


class Position:
    """All open trades together; false when there are none with a net size."""

    __slots__ = ("_book", "__dict__")

    def __init__(self, book):
        self._book = book

    def __bool__(self):
        return bool(self._book.trades) and self.size != 0

    @property
    def size(self):
        """Net units, signed."""
        return sum([trade._size for trade in self._book.trades])

    @property
    def pl(self):
        """Profit or loss of the open trades in money, valued at the newest close."""
        trades = self._book.trades
        cost = sum(trade._size * trade._entry_price for trade in trades)
        return self._book.last_price * sum(trade._size for trade in trades) - cost

    @property
    def pl_pct(self):
        """Profit or loss in percent of the money put in; 10 is 10 %."""
        trades = self._book.trades
        if not trades:
            return 0
        return self.pl / sum(abs(trade._size) * trade._entry_price for trade in trades) * 100

    @property
    def is_long(self):
        """Whether more units are bought than sold."""
        return self.size > 0

    @property
    def is_short(self):
        """Whether more units are sold than bought."""
        return self.size < 0

    def close(self, portion=1.0):
        """Closes a part (0 < portion <= 1) of every open trade at the next chance."""
        for trade in self._book.trades:
            trade.close(portion)

    def __repr__(self):
        return f"<Position: {self.size} ({len(self._book.trades)} trades)>"


class Book:
    """The account of one run as its strategy sees it."""

    def __init__(self, number, time_of, cash=0.0, spread=0.0, exclusive=False, leverage=1.0):
        """``number`` makes the prices given to the strategy; ``time_of`` gives the time of a bar by its index."""
        self.number, self.time_of, self.spread, self.exclusive = number, time_of, spread, exclusive
        self.leverage = leverage
        self.cash = self._equity = self._told_equity = number(cash)
        # Net units and cost of the open trades, for the equity on bars the host is not asked about.
        self._held = (0.0, 0.0)
        #: Open trades in opening order, resting orders in queue order, closed trades in closing order.
        self.trades, self.orders, self.closed_trades = [], [], []
        #: Actions to send with the next answer.
        self.actions = []
        self.position = Position(self)
        #: Gives the newest close.
        self.newest_close = None
        self._told_trades, self._told_orders = [], []
        self._trade_by_id, self._order_by_id, self._order_by_client_id = {}, {}, {}
        self._touched = False
        self._placed = self._exclusions = 0
        #: Tags of the trades that are new on this bar, by their numbers.
        self._new_tags = {}

    # What the host tells.

    def update(self, message):
        """Takes over the account fields of a bar's message."""
        account = message.get("account")
        if account is not None:
            self.cash, self._told_equity = self.number(account["cash"]), self.number(account["equity"])
        self._equity = self._told_equity
        touched, self._touched = self._touched, False
        trades, orders, closed = message.get("trades"), message.get("orders"), message.get("closed")
        if trades is not None:
            self._told_trades = trades
        if orders is not None:
            self._told_orders = orders
        filled = self._filled() if closed or trades is not None else []
        self._new_tags.clear()
        if closed:
            self._take_closed(closed, filled)
        if touched or closed or trades is not None:
            self._take_trades(filled)
        if touched or closed or trades is not None or orders is not None:
            self._take_orders()

    # Bars about which the host is not asked.

    def quiet_band(self):
        """Two prices: on a bar whose low is above the first and whose high is below the second no order acts and the
        account is not ruined. None when an order acts on any bar, or when there is no telling."""
        below, above = -math.inf, math.inf
        for order in self.orders:
            price = order._stop
            if price is not None:
                waits_for_rise = order._size > 0
            else:
                price = order._limit
                if price is None:
                    return None
                waits_for_rise = order._size < 0
            if waits_for_rise:
                above = min(above, price)
            else:
                below = max(below, price)
        units = cost = gross = 0.0
        for trade in self.trades:
            units += trade._size
            gross += abs(trade._size)
            cost += trade._size * trade._entry_price
        if gross != abs(units):  # both directions
            return None
        self._held = (units, cost)
        if units:
            ruin = (cost - self.cash) / units
            # Far enough from it that rounding cannot matter.
            if units > 0:
                below = max(below, ruin + abs(ruin) * 1e-9)
            else:
                above = min(above, ruin - abs(ruin) * 1e-9)
        return float(below), float(above)

    def revalue(self):
        """Has the open trades valued at a newer close when the equity is asked for; for an account that has some."""
        self._equity = None

    def confirm(self, message):
        """Compares what the host tells about a bar with what was foreseen; returns whether they are the same."""
        account = message.get("account")
        if account is not None:
            self._told_equity = self.number(account["equity"])
        return self._told_equity == self.equity and not any(map(message.get, ("trades", "orders", "closed")))

    @property
    def equity(self):
        """Cash plus open profit at the newest close, to the last bit as the broker values it."""
        if self._equity is None:
            units, cost = self._held
            self._equity = self.cash + (self.last_price * units - cost)
        return self._equity

    def _filled(self):
        """The entry orders that rest no longer, in the order in which the broker worked them off."""
        ids = {row["order_id"] for row in self._told_orders}
        names = {row["client_order_id"] for row in self._told_orders}
        return [
            order for order in self.orders
            if order._role == "entry" and order._id not in ids and order._client_id not in names
        ]  # fmt: skip

    def _tag_of(self, number, text, size, filled):
        """The tag of a trade new on this bar: the very object that its order was marked with; the host knows its text."""
        if number not in self._new_tags:
            opener = next((o for o in filled if o._text == text and (o._size > 0) == (size > 0)), None)
            if opener is not None:
                filled.remove(opener)
            self._new_tags[number] = text if opener is None else opener._tag
        return self._new_tags[number]

    def _take_closed(self, records, filled):
        still_open = {row["trade_id"] for row in self._told_trades}
        last = {record["trade_id"]: k for k, record in enumerate(records)}
        for k, record in enumerate(records):
            number = record["trade_id"]
            trade = None
            if number not in still_open and last[number] == k:
                trade = self._trade_by_id.pop(number, None)
            if trade is None:  # a slice of a trade, or one that opened and closed on the same bar
                trade = Trade(
                    self, None, 0, self.number(record["entry_price"]), record["entry_index"], None, None, None
                )
                whole = self._trade_by_id.get(number)
                tag = record["tag"]
                trade._tag = whole._tag if whole else self._tag_of(number, tag, record["quantity"], filled)
            if trade._size != record["quantity"]:
                trade._size = record["quantity"]
            trade._exit_price, trade._exit_bar = self.number(record["exit_price"]), record["exit_index"]
            trade._sl, trade._tp, trade._commission = record["stop_loss"], record["take_profit"], record["commission"]
            self.closed_trades.append(trade)

    def _take_trades(self, filled):
        known = self._trade_by_id
        self.trades = trades = []
        for row in self._told_trades:
            trade = known.get(row["trade_id"])
            if trade is None:
                trade = known[row["trade_id"]] = Trade(
                    self, row["trade_id"], row["quantity"], self.number(row["entry_price"]), row["entry_index"],
                    None, None, self._tag_of(row["trade_id"], row["tag"], row["quantity"], filled),
                )  # fmt: skip
            if trade._size != row["quantity"]:  # a part was closed: a float from then on, as in backtesting.py
                trade._size = float(row["quantity"])
            trade._sl, trade._tp = row["stop_loss"], row["take_profit"]
            trades.append(trade)

    def _take_orders(self):
        known = self._order_by_id
        # Orders made here whose number the host has not told yet, by what identifies them there.
        unnumbered = {}
        for order in self.orders:
            if order._id is None and order._trade is not None:
                unnumbered.setdefault((order._role, order._trade._id), []).append(order)
        fresh = [row for row in self._told_orders if row["order_id"] not in known]
        for row in sorted(fresh, key=lambda row: row["order_id"]):
            client_id = row["client_order_id"]
            if client_id is not None and client_id in self._order_by_client_id:
                order = self._order_by_client_id.pop(client_id)
            else:
                waiting = unnumbered.get((row["role"], row["trade_id"]))
                # Close orders go to the front of the queue, so the oldest of them is the last in the list.
                trade = self._trade_by_id.get(row["trade_id"])
                tag = trade._tag if trade is not None else row["tag"]
                order = waiting.pop() if waiting else Order(self, row["role"], 0, tag=tag)
            order._id = row["order_id"]
            known[order._id] = order
        self.orders = orders = []
        resting = {}
        for row in self._told_orders:
            order = known[row["order_id"]]
            sign = 1 if row["side"] == "buy" else -1
            order._role = row["role"]
            order._size = sign * float(row["quantity"] if row.get("quantity") is not None else row["fraction"])
            order._limit, order._stop = row["limit_price"], row["stop_price"]
            order._sl, order._tp = row["stop_loss"], row["take_profit"]
            if row["trade_id"] is not None:
                order._trade = self._trade_by_id.get(row["trade_id"], order._trade)
            order._action = None
            resting[order._id] = order
            orders.append(order)
        self._order_by_id = resting
        self._order_by_client_id.clear()

    # What the strategy does.

    @property
    def last_price(self):
        """The newest close."""
        return self.newest_close()

    @property
    def _cash(self):
        """Money in the account, under the name by which strategies reach for it in backtesting.py's broker."""
        return self.cash

    @property
    def _leverage(self):
        """1 / margin, under the name by which strategies reach for it in backtesting.py's broker."""
        return self.leverage

    def contingent(self, trade, role):
        """The resting order of a trade with a role; None when there is none."""
        return next((order for order in self.orders if order._trade is trade and order._role == role), None)

    @property
    def margin_available(self):
        """What is left of the equity for new trades, before leverage."""
        used = sum(trade.value / self.leverage for trade in self.trades)
        return max(0, self.equity - used)

    def take_actions(self):
        """The actions since the last call."""
        actions, self.actions = self.actions, []
        return actions

    def place(self, sign, size, limit, stop, sl, tp, tag):
        """Queues an entry order after the checks that backtesting.py makes; returns it."""
        if not (0 < size < 1 or round(size) == size >= 1):
            raise AssertionError(
                f"size must be a fraction of the buying power from 0 to 1, or a whole number of units, was {size}"
            )
        size = sign * float(size)
        limit, stop, sl, tp = (float(price) if price else price for price in (limit, stop, sl, tp))
        reference = limit or stop or self.last_price * (1 + sign * self.spread)
        low, high = (sl, tp) if sign > 0 else (tp, sl)
        if not (low or -math.inf) < reference < (high or math.inf):
            wanted = "SL < price < TP" if sign > 0 else "TP < price < SL"
            raise ValueError(
                f"a {'long' if sign > 0 else 'short'} order needs {wanted}, "
                f"was SL {sl}, price {float(reference)}, TP {tp}"
            )
        prices = {"limit_price": limit, "stop_price": stop, "stop_loss": sl, "take_profit": tp}
        for name, price in prices.items():
            if price and not math.isfinite(price):
                raise ValueError(f"{name} must be a finite price, was {price}")
        order = Order(self, "entry", size, limit, stop, sl, tp, tag)
        self._placed += 1
        order._client_id = f"p{self._placed}"
        action = {"do": "order", "client_order_id": order._client_id, "side": "buy" if sign > 0 else "sell"}
        if abs(size) >= 1:
            action["quantity"] = abs(size)
        elif abs(size) != FULL_EQUITY:
            action["fraction"] = abs(size)
        action.update((name, price) for name, price in prices.items() if price)
        if tag is not None:
            action["tag"] = order._text = _tag_text(tag)
        if self.exclusive:
            # As the broker does it: the loop walks over the list that it shortens, so every second order survives.
            for resting in self.orders:
                if not resting.is_contingent:
                    self.orders.remove(resting)
            self._exclusions += 1
            for trade in self.trades:
                self._queue_close(trade, 1.0)
        self.orders.append(order)
        self._order_by_client_id[order._client_id] = order
        self._touched = True
        self.actions.append(action)
        return order

    def close(self, trade, portion):
        """Queues an order that closes a part of a trade, at the front."""
        if not 0 < portion <= 1:
            raise AssertionError(f"portion must be above 0 and at most 1, was {portion}")
        order = self._queue_close(trade, portion)
        if trade._exit_bar is None:
            order._action = {"do": "close", "trade_id": trade._id}
            if portion != 1:
                order._action["portion"] = float(portion)
            self.actions.append(order._action)

    def _queue_close(self, trade, portion):
        units = math.copysign(max(1, int(round(abs(trade._size) * portion))), -trade._size)
        order = Order(self, "close", units, tag=trade._tag, trade=trade)
        order._after_exclusion = self._exclusions
        self.orders.insert(0, order)
        self._touched = True
        return order

    def amend(self, trade, side, price):
        """Moves the stop-loss or take-profit of a trade; None clears it."""
        if price is not None:
            if not 0 < price < math.inf:
                raise AssertionError(f"{side} must be a finite price above 0, was {price}")
            price = float(price)
        if trade._exit_bar is not None:
            return
        for order in self.orders:
            if order._trade is trade and order._role == side:
                self.orders.remove(order)
                break
        if side == "stop_loss":
            trade._sl = price
            if price is not None:
                self.orders.insert(0, Order(self, side, -float(trade._size), stop=price, tag=trade._tag, trade=trade))
        else:
            trade._tp = price
            if price is not None:
                self.orders.append(Order(self, side, -float(trade._size), limit=price, tag=trade._tag, trade=trade))
        self._touched = True
        self.actions.append({"do": "amend", "trade_id": trade._id, side: price})

    def cancel(self, order):
        """Takes an order out of the queue."""
        if not any(order is resting for resting in self.orders):
            raise ValueError(f"{order!r} cannot be withdrawn: it no longer rests")
        if order.is_contingent and order._id is None:
            self.amend(order._trade, order._role, None)
            return
        if order._id is not None:
            self.actions.append({"do": "cancel", "order_id": order._id})
        elif order._client_id is not None:
            self.actions.append({"do": "cancel", "client_order_id": order._client_id})
        elif order._action is not None and order._after_exclusion == self._exclusions:
            self.actions = [action for action in self.actions if action is not order._action]
        elif order._trade._exit_bar is None:
            raise RuntimeError(
                "a close order that exclusive_orders made cannot be withdrawn in the next() that made it: "
                "withdraw it on the next bar, or run without exclusive_orders"
            )
        if order._role == "stop_loss":
            order._trade._sl = None
        elif order._role == "take_profit":
            order._trade._tp = None
        self.orders.remove(order)
        self._touched = True


def _tag_text(tag):
    """A tag, which is any object here, as the text that goes over the wire: cut where it is too long."""
    return sendable(str(tag))[:_LONGEST_TAG]
