"""The class API's copy of the account: what the host tells, and what several actions in one next() do to it."""

import math
import unittest

import support  # noqa: F401 - finds the package

from backtester.book import FULL_EQUITY, Book


def entry_row(number, client_id=None, side="buy", quantity=10, **fields):
    row = {
        "order_id": number, "client_order_id": client_id, "role": "entry", "symbol": "A", "side": side,
        "quantity": quantity, "limit_price": None, "stop_price": None, "stop_loss": None, "take_profit": None,
        "tag": None, "trade_id": None,
    }  # fmt: skip
    if "fraction" in fields:
        del row["quantity"]
    return {**row, **fields}


def trade_row(number, quantity=10, price=100.0, index=1, sl=None, tp=None, tag=None):
    return {
        "trade_id": number, "symbol": "A", "quantity": quantity, "entry_price": price, "entry_index": index,
        "stop_loss": sl, "take_profit": tp, "tag": tag,
    }  # fmt: skip


def closed_row(number, quantity=10, entry=100.0, exit_=110.0, commission=0, sl=None, tag=None):
    return {
        "trade_id": number, "symbol": "A", "quantity": quantity, "entry_index": 1, "exit_index": 3, "entry_time": 0,
        "exit_time": 1, "entry_price": entry, "exit_price": exit_, "pnl": 0, "return_pct": 0,
        "commission": commission, "stop_loss": sl, "take_profit": None, "tag": tag,
    }  # fmt: skip


class BookTestCase(unittest.TestCase):
    def make(self, price=100.0, **options):
        book = Book(float, lambda bar: f"time of {bar}", 10000, **options)
        book.newest_close = lambda: price
        return book

    def buy(self, book, size=FULL_EQUITY, limit=None, stop=None, sl=None, tp=None, tag=None):
        return book.place(1, size, limit, stop, sl, tp, tag)

    def sell(self, book, size=FULL_EQUITY, limit=None, stop=None, sl=None, tp=None, tag=None):
        return book.place(-1, size, limit, stop, sl, tp, tag)


class PlacingTests(BookTestCase):
    def test_sizes(self):
        book = self.make()
        for size in (0, -1, 1.5, 2.0000001):
            with self.assertRaises(AssertionError):
                self.buy(book, size)
        for size in (math.nan, math.inf):
            with self.assertRaises((ValueError, OverflowError)):
                self.buy(book, size)
        with self.assertRaises(TypeError):
            self.buy(book, None)
        self.assertEqual([self.buy(book, size).size for size in (1, 2.0, 0.5, True)], [1.0, 2.0, 0.5, 1.0])
        self.assertEqual(self.sell(book, 0.25).size, -0.25)
        sizes = [(a["side"], a.get("quantity"), a.get("fraction")) for a in book.actions]
        self.assertEqual(
            sizes,
            [("buy", 1, None), ("buy", 2, None), ("buy", None, 0.5), ("buy", 1, None), ("sell", None, 0.25)],
        )

    def test_everything_has_no_size_on_the_wire(self):
        book = self.make()
        order = self.buy(book)
        self.assertEqual(order.size, FULL_EQUITY)
        self.assertEqual(book.actions, [{"do": "order", "client_order_id": "p1", "side": "buy"}])

    def test_prices_must_be_in_order(self):
        book = self.make(spread=0.01)
        for wrong in (
            {"sl": 101}, {"sl": 101.5}, {"tp": 101}, {"tp": 100.5}, {"limit": 90, "sl": 90}, {"stop": 110, "tp": 109},
            {"limit": math.nan}, {"sl": math.nan}, {"limit": math.inf},
        ):  # fmt: skip
            with self.assertRaises(ValueError, msg=wrong):
                self.buy(book, 1, **wrong)
        for wrong in ({"sl": 98.9}, {"tp": 99}, {"limit": 110, "sl": 109}):
            with self.assertRaises(ValueError, msg=wrong):
                self.sell(book, 1, **wrong)
        self.assertEqual(book.actions, [])
        # The spread moves the reference price: 101 for a buy, 99 for a sell.
        self.buy(book, 1, sl=100.9, tp=101.1)
        self.sell(book, 1, sl=99.1, tp=98.9)
        # A limit is the reference before a stop.
        self.buy(book, 1, limit=90, stop=120, sl=80, tp=95)
        self.assertEqual(len(book.orders), 3)

    def test_zero_means_not_given(self):
        book = self.make()
        self.buy(book, 1, limit=0, stop=0, sl=0, tp=0)
        self.assertEqual(book.actions, [{"do": "order", "client_order_id": "p1", "side": "buy", "quantity": 1.0}])

    def test_infinite_prices_cannot_be_sent(self):
        with self.assertRaises(ValueError):
            self.buy(self.make(), 1, limit=90, stop=math.inf)

    def test_tags_may_be_anything(self):
        book = self.make()
        self.buy(book, 1, tag=("a", 1))
        self.assertEqual(book.actions[0]["tag"], "('a', 1)")
        book.update({"trades": [trade_row(1, tag="('a', 1)")], "orders": []})
        self.assertEqual(book.trades[0].tag, ("a", 1))

    def test_tags_that_the_wire_cannot_hold_are_cut_there(self):
        book = self.make()
        order = self.buy(book, 1, tag="x" * 300 + "\ud800")
        self.assertEqual(book.actions[0]["tag"], "x" * 256)
        self.buy(book, 1, tag="half \ud83d")
        self.assertEqual(book.actions[1]["tag"], "half ?")
        book.update({"trades": [trade_row(1, 1, tag="x" * 256)], "orders": []})
        self.assertIs(book.trades[0].tag, order.tag)

    def test_equal_tags_stay_different_objects(self):
        book = self.make()
        first, second = {"n": 0}, {"n": 0}
        self.buy(book, 1, tag=first)
        self.buy(book, 1, limit=50.0, tag=second)
        first["n"] = 7  # changed after the host was told the text
        text = str({"n": 0})
        resting = entry_row(2, "p2", quantity=1, limit_price=50.0, tag=text)
        book.update({"trades": [trade_row(1, 1, tag=text, sl=40.0)], "orders": [resting]})
        self.assertIs(book.trades[0].tag, first)
        stop = entry_row(3, role="stop_loss", side="sell", quantity=1, stop_price=40.0, trade_id=1, tag=text)
        both = [trade_row(1, 1, tag=text, sl=40.0), trade_row(2, 1, tag=text)]
        book.update({"trades": both, "orders": [stop]})
        self.assertIs(book.trades[1].tag, second)
        self.assertIs(book.orders[0].tag, first)
        book.update({"trades": both[1:], "orders": [], "closed": [closed_row(1, 1, tag=text)]})
        self.assertIs(book.closed_trades[0].tag, first)

    def test_a_trade_and_what_was_closed_of_it_on_its_first_bar_share_the_tag(self):
        book = self.make()
        tag = ("short", 1)
        self.sell(book, 10, tag=tag)
        part = closed_row(1, -3, tag="('short', 1)")
        book.update({"trades": [trade_row(1, -7, tag="('short', 1)")], "orders": [], "closed": [part]})
        self.assertIs(book.trades[0].tag, tag)
        self.assertIs(book.closed_trades[0].tag, tag)

    def test_a_trade_of_one_bar_has_its_order_s_tag(self):
        book = self.make()
        tag = ["mine"]
        self.buy(book, 1, sl=90.0, tag=tag)
        book.update({"trades": [], "orders": [], "closed": [closed_row(1, 1, tag="['mine']")]})
        self.assertIs(book.closed_trades[0].tag, tag)

    def test_strategies_keep_things_of_their_own_in_orders_and_trades(self):
        book = self.make()
        order = self.buy(book, 1, limit=90.0)
        order.placed_at = 5
        book.update({"trades": [trade_row(1)], "orders": [entry_row(1, "p1", quantity=1, limit_price=90.0)]})
        book.trades[0].best = 7
        book.position.seen = True
        book.update({"trades": [trade_row(1, 6)], "orders": [entry_row(1, "p1", quantity=1, limit_price=90.0)]})
        self.assertEqual((book.orders[0].placed_at, book.trades[0].best, book.position.seen), (5, 7, True))

    def test_names_that_strategies_reach_for_in_the_original(self):
        book = self.make(leverage=4.0)
        stop = entry_row(2, role="stop_loss", side="sell", stop_price=90.0, trade_id=1)
        book.update({"trades": [trade_row(1, sl=90.0)], "orders": [stop]})
        trade = book.trades[0]
        self.assertEqual((trade._sl_order, trade._tp_order, book._leverage), (book.orders[0], None, 4.0))
        trade._sl_order.cancel()
        self.assertEqual((trade.sl, book.actions), (None, [{"do": "cancel", "order_id": 2}]))


class TellingTests(BookTestCase):
    def test_objects_keep_their_identity(self):
        book = self.make()
        order = self.buy(book, 10, limit=90.0, tag="dip")
        book.update(
            {"account": {"cash": 9000.5, "equity": 9100}, "orders": [entry_row(7, "p1", limit_price=90.0, tag="dip")]}
        )
        self.assertIs(book.orders[0], order)
        self.assertEqual((book.cash, book.equity), (9000.5, 9100.0))
        book.update({"trades": [trade_row(1, tag="dip")], "orders": []})
        trade = book.trades[0]
        self.assertEqual((book.orders, trade.tag, trade.entry_time), ([], "dip", "time of 1"))
        book.update({"trades": [trade_row(1, quantity=6, tag="dip")], "closed": [closed_row(1, 4, tag="dip")]})
        self.assertIs(book.trades[0], trade)
        self.assertEqual((trade.size, trade.exit_price), (6, None))
        self.assertEqual((book.closed_trades[0].size, book.closed_trades[0].exit_price), (4, 110.0))
        book.update({"trades": [], "closed": [closed_row(1, 6, sl=95.0, tag="dip")]})
        self.assertIs(book.closed_trades[1], trade)
        self.assertEqual((trade.exit_bar, trade.exit_time, trade.sl), (3, "time of 3", 95.0))

    def test_a_trade_that_lived_one_bar_is_closed(self):
        book = self.make()
        book.update({"trades": [], "closed": [closed_row(4)]})
        self.assertEqual((len(book.trades), book.closed_trades[0].size), (0, 10))

    def test_what_is_not_told_again_is_as_told_before(self):
        book = self.make()
        book.update({"trades": [trade_row(1, sl=95.0)], "orders": []})
        # An order that fills at once, and a stop that is hit by nothing: the lists are as they were.
        self.buy(book, 5)
        book.trades[0].sl = 97
        self.assertEqual((len(book.orders), book.trades[0].sl), (2, 97.0))
        book.take_actions()
        book.update({})
        self.assertEqual((book.orders, book.trades[0].sl), ([], 95.0))

    def test_orders_made_here_get_their_numbers(self):
        book = self.make()
        book.update({"trades": [trade_row(1), trade_row(2)], "orders": []})
        first, second = book.trades
        first.close(0.5)
        first.close(0.2)
        second.close()
        second.sl = 90
        made = list(book.orders)
        rows = [
            entry_row(13, role="stop_loss", side="sell", stop_price=90.0, trade_id=2),
            entry_row(12, role="close", side="sell", quantity=10, trade_id=2),
            entry_row(11, role="close", side="sell", quantity=2, trade_id=1),
            entry_row(10, role="close", side="sell", quantity=5, trade_id=1),
        ]
        book.update({"orders": rows})
        self.assertEqual([a is b for a, b in zip(book.orders, made)], [True] * 4)
        self.assertEqual([order.size for order in book.orders], [-10, -10, -2, -5])
        # A strategy that prints them sees what it saw with backtesting.py.
        self.assertEqual({type(order.size) for order in book.orders}, {float})
        self.assertTrue(book.orders[0].is_contingent)

    def test_profit(self):
        book = self.make(price=110.0)
        book.update({"trades": [trade_row(1, 10, 100.0), trade_row(2, -4, 120.0)], "orders": []})
        long, short = book.trades
        self.assertEqual((long.pl, short.pl), (100.0, 40.0))
        self.assertAlmostEqual(long.pl_pct, 0.1)
        self.assertAlmostEqual(short.pl_pct, 1 - 110 / 120)
        self.assertEqual((long.value, short.value), (1100.0, 440.0))
        position = book.position
        self.assertEqual((position.size, position.pl, bool(position)), (6, 140.0, True))
        self.assertAlmostEqual(position.pl_pct, 140 / 1480 * 100)
        self.assertTrue(position.is_long and not position.is_short)
        self.assertEqual((book._cash, book.margin_available), (10000.0, 10000.0 - 1540.0))
        book.update({"trades": [], "closed": [closed_row(1, commission=3.0), closed_row(2, -4, 120.0, 110.0)]})
        self.assertEqual((long.pl, long.value), (97.0, 1100.0))
        self.assertAlmostEqual(long.pl_pct, 0.1 - 3 / 1000)
        self.assertEqual((position.size, position.pl_pct, bool(position)), (0, 0, False))


class QuietTests(BookTestCase):
    """Between which prices nothing can happen to the account."""

    def told(self, trades=(), orders=(), cash=10000.0):
        book = self.make()
        book.update({"account": {"cash": cash, "equity": cash}, "trades": list(trades), "orders": list(orders)})
        return book

    def test_an_idle_account_is_quiet_at_any_price(self):
        self.assertEqual(self.told().quiet_band(), (-math.inf, math.inf))

    def test_each_resting_order_bounds_the_side_it_waits_on(self):
        for fields, band in (
            ({"limit_price": 95.0}, (95.0, math.inf)),
            ({"stop_price": 105.0}, (-math.inf, 105.0)),
            ({"stop_price": 105.0, "limit_price": 106.0}, (-math.inf, 105.0)),
            ({"side": "sell", "limit_price": 105.0}, (-math.inf, 105.0)),
            ({"side": "sell", "stop_price": 95.0}, (95.0, math.inf)),
        ):
            with self.subTest(fields):
                self.assertEqual(self.told(orders=[entry_row(1, **fields)]).quiet_band(), band)

    def test_an_order_at_any_price_leaves_no_bar_quiet(self):
        self.assertIsNone(self.told(orders=[entry_row(1)]).quiet_band())
        book = self.told()
        self.buy(book)
        self.assertIsNone(book.quiet_band())

    def test_a_stop_loss_and_a_take_profit_enclose_the_band(self):
        rows = [
            entry_row(2, role="stop_loss", side="sell", stop_price=98.0, trade_id=1),
            entry_row(3, role="take_profit", side="sell", limit_price=103.0, trade_id=1),
        ]
        self.assertEqual(self.told([trade_row(1, 1, sl=98.0, tp=103.0)], rows).quiet_band(), (98.0, 103.0))

    def test_ruin_is_never_inside_the_band(self):
        below, above = self.told([trade_row(1, 200, 100.0)]).quiet_band()
        self.assertAlmostEqual(below, 50.0, 6)
        self.assertGreater(below, 50.0)
        self.assertEqual(above, math.inf)
        below, above = self.told([trade_row(1, -200, 100.0)]).quiet_band()
        self.assertAlmostEqual(above, 150.0, 6)
        self.assertLess(above, 150.0)
        self.assertEqual(below, -math.inf)

    def test_trades_in_both_directions_are_left_to_the_host(self):
        self.assertIsNone(self.told([trade_row(1, 10), trade_row(2, -4)]).quiet_band())

    def test_the_equity_follows_the_close_as_the_broker_values_it(self):
        book = self.told([trade_row(1, 3, 0.1), trade_row(2, 4, 0.7)], cash=10000.3)
        book.quiet_band()
        book.newest_close = lambda: 0.9
        book.revalue()
        self.assertEqual(book.equity, 10000.3 + (0.9 * 7.0 - (3 * 0.1 + 4 * 0.7)))
        self.assertTrue(book.confirm({"account": {"cash": 10000.3, "equity": book.equity}}))
        self.assertFalse(book.confirm({"account": {"cash": 10000.3, "equity": book.equity + 1e-9}}))
        self.assertFalse(book.confirm({"closed": [closed_row(1)]}))


class QueueTests(BookTestCase):
    def make_with_trades(self, **options):
        book = self.make(**options)
        rows = [
            entry_row(4, role="stop_loss", side="sell", stop_price=95.0, trade_id=2),
            entry_row(2, role="stop_loss", side="sell", stop_price=90.0, trade_id=1),
            entry_row(1, role="take_profit", side="sell", limit_price=120.0, trade_id=1),
        ]
        book.update({"trades": [trade_row(1, sl=90.0, tp=120.0), trade_row(2, 5, sl=95.0)], "orders": rows})
        return book

    def roles(self, book):
        return [(order._role, order._trade and order._trade._id) for order in book.orders]

    def test_places_in_the_queue(self):
        book = self.make_with_trades()
        entry = self.buy(book, 1)
        book.position.close()
        book.trades[0].sl = 96
        book.trades[0].tp = 130
        self.assertEqual(
            self.roles(book),
            [
                ("stop_loss", 1),
                ("close", 2),
                ("close", 1),
                ("stop_loss", 2),
                ("entry", None),
                ("take_profit", 1),
            ],  # fmt: skip
        )
        self.assertIs(book.orders[4], entry)
        self.assertEqual(
            book.actions[1:],
            [
                {"do": "close", "trade_id": 1},
                {"do": "close", "trade_id": 2},
                {"do": "amend", "trade_id": 1, "stop_loss": 96.0},
                {"do": "amend", "trade_id": 1, "take_profit": 130.0},
            ],  # fmt: skip
        )

    def test_close_sizes_round_half_to_even_and_are_one_unit_at_least(self):
        book = self.make_with_trades()
        first, second = book.trades
        for trade, portion, size in ((second, 0.5, -2), (second, 0.1, -1), (first, 0.25, -2), (first, 1, -10)):
            trade.close(portion)
            self.assertEqual(book.orders[0].size, size)
        self.assertEqual(book.actions[0], {"do": "close", "trade_id": 2, "portion": 0.5})
        for portion in (0, 1.1, -1):
            with self.assertRaises(AssertionError):
                first.close(portion)

    def test_clearing_and_refusing_stops(self):
        book = self.make_with_trades()
        trade = book.trades[0]
        for price in (0, -1, math.inf, math.nan):
            with self.assertRaises(AssertionError):
                trade.sl = price
        with self.assertRaises(AttributeError):
            trade.size = 3
        trade.sl = None
        trade.tp = None
        self.assertEqual(self.roles(book), [("stop_loss", 2)])
        self.assertEqual((trade.sl, trade.tp), (None, None))

    def test_cancel(self):
        book = self.make_with_trades()
        entry = self.buy(book, 1)
        entry.cancel()
        with self.assertRaises(ValueError):
            entry.cancel()
        book.orders[0].cancel()
        self.assertEqual((book.trades[1].sl, len(book.orders)), (None, 2))
        self.assertEqual(book.actions[1:], [{"do": "cancel", "client_order_id": "p1"}, {"do": "cancel", "order_id": 4}])

    def test_cancelling_what_was_made_on_the_same_bar(self):
        book = self.make_with_trades()
        book.trades[0].close()
        close = book.orders[0]
        book.trades[0].close()
        book.trades[1].sl = 98
        stop = book.orders[0]
        close.cancel()
        stop.cancel()
        self.assertEqual(book.trades[1].sl, None)
        self.assertEqual(
            book.actions,
            [
                {"do": "close", "trade_id": 1},
                {"do": "amend", "trade_id": 2, "stop_loss": 98.0},
                {"do": "amend", "trade_id": 2, "stop_loss": None},
            ],  # fmt: skip
        )

    def test_exclusive_orders_keep_every_second_order(self):
        book = self.make(exclusive=True)
        book.update({"trades": [trade_row(1, 1)], "orders": []})
        self.buy(book, 1, sl=10, tp=900)
        self.buy(book, 2)
        self.sell(book, 1)
        # As observed of backtesting.py: the close is withdrawn and made again, the first entry survives.
        self.assertEqual(
            [(o._role, o.size, o.sl) for o in book.orders],
            [("close", -1.0, None), ("entry", 1.0, 10.0), ("entry", -1.0, None)],
        )
        self.assertEqual([a["do"] for a in book.actions], ["order"] * 3)
        with self.assertRaisesRegex(RuntimeError, "exclusive_orders"):
            book.orders[0].cancel()

    def test_a_closed_trade_takes_no_more_actions(self):
        book = self.make_with_trades()
        trade = book.trades[0]
        book.update({"trades": [trade_row(2, 5)], "orders": [], "closed": [closed_row(1)]})
        trade.sl = 50
        trade.close()
        self.assertEqual(book.actions, [])


if __name__ == "__main__":
    unittest.main()
