"""The bar API: one function, lock-step and streamed with the same decisions."""

import json
import math
import unittest

import support  # noqa: F401 - finds the package
from fake_host import FLAT, bars, run_start

from backtester import Bar, crossover, on_bar
from backtester.bars import bars_needed
from backtester.errors import ProtocolError, StrategyFileError
from backtester.indicators import EMA, ema, macd, macd_signal, rsi, sma

FIELDS = ("open", "high", "low", "close", "volume")


class Host:
    """What a host can do and asks for, as the server passes it on."""

    annotate, fault, next_index = True, None, False

    @staticmethod
    def ask(bar):
        """The tests ask for each bar themselves."""

    encodings = ["json"]


def rows(data):
    return [list(row) for row in zip(*(data[name] for name in FIELDS))]


def lockstep(strategy, data, parameters=None, account=None, table=None, **changes):
    """Runs a strategy; returns (first decision bar, {bar: result})."""
    run = strategy.start(run_start("lockstep", data, parameters, **changes), Host)
    first = max(1, run.started()["warmup_bars"])
    results = {}
    for index, row in enumerate(rows(data)):
        message = {"run_id": "r", "index": index, "time": data["time"][index]}
        message["bars"] = {"ACME": row} if table is None else table[index]
        if index < first:
            message["warmup"] = True
        if index == 0:
            message.update(FLAT)
        message.update((account or {}).get(index, {}))
        results[index] = json.loads(run.bar(message))
    return first, results


def streamed(strategy, data, chunk, parameters=None, table=None, **changes):
    """Runs a strategy; returns the actions of all chunks and the annotations joined."""
    run = strategy.start(run_start("streamed", data, parameters, **changes), Host)
    run.started()
    actions, notes = [], {}
    whole = rows(data)
    count = len(whole)
    for at in range(0, count, chunk):
        part = {"ACME": whole[at : at + chunk]}
        if table is not None:
            part = {symbol: [bar[symbol] for bar in table[at : at + chunk]] for symbol in table[0]}
        times = data["time"][at : at + chunk]
        message = {"run_id": "r", "first_index": at, "count": len(times), "times": times, "bars": part}
        result = json.loads(run.chunk(message))
        actions += result.get("actions", [])
        for name, values in result.get("annotations", {}).items():
            assert len(values) == len(times)
            for place, value in enumerate(values):
                if value is not None:
                    notes[name, at + place] = value
    return actions, notes


class DeclaringTests(unittest.TestCase):
    def test_the_signature_is_the_schema(self):
        @on_bar(warmup=5)
        def f(bar, ctx, n=10, part=0.5, long_only=True, name="x"):
            """One line.

            More.
            """

        self.assertEqual(f.defaults, {"n": 10, "part": 0.5, "long_only": True, "name": "x"})
        self.assertEqual((f.name, f.description), ("f", "One line."))
        self.assertEqual(f.capabilities["modes"], ["lockstep"])
        for broken in (
            lambda bar, ctx, n: 0,
            lambda bar, ctx, n=None: 0,
            lambda bar, ctx, *n: 0,
            lambda bar, ctx, **n: 0,
        ):
            with self.assertRaises(StrategyFileError):
                on_bar(broken)

    def test_streaming_needs_ignorance_of_account_and_events(self):
        for account, events, modes in (
            (False, False, ["streamed", "lockstep"]), (True, False, ["lockstep"]), (False, True, ["lockstep"]),
        ):  # fmt: skip
            made = on_bar(needs_account=account, needs_events=events)(lambda bar, ctx: None)
            self.assertEqual(made.capabilities["modes"], modes)

    def test_a_strategy_can_be_called_as_the_function_it_is(self):
        @on_bar
        def f(bar, ctx, n=2):
            return bar * n

        self.assertEqual(f(3, None), 6)

    def test_warm_up(self):
        params = {"fast": 5, "slow": 20}
        for warmup, total, expected in (
            (0, 100, 0), (7, 100, 7), ("slow", 100, 20), (("fast", "slow"), 100, 20), (("fast", "slow"), 10, 5),
            (lambda p: p.fast + 1, 100, 6), (lambda p: [p.fast, p.slow * 2], 100, 40), (("slow",), 19, 0),
            (("slow",), 20, 20),
        ):  # fmt: skip
            self.assertEqual(bars_needed(warmup, params, total), expected)

    def test_unknown_parameters_and_surplus_symbols_are_refused(self):
        @on_bar
        def f(bar, ctx, length=2):
            pass

        for changes, code in (({"parameters": {"lenght": 3}}, 4004), ({"symbols": ("A", "B")}, 1004)):
            with self.assertRaises(ProtocolError) as caught:
                lockstep(f, bars(3), **changes)
            self.assertEqual(caught.exception.code, code)


class DecidingTests(unittest.TestCase):
    def test_bars_and_times(self):
        seen = []

        @on_bar(warmup=2)
        def f(bar, ctx):
            seen.append((ctx.index, ctx.time, bar, ctx.when.day, ctx.symbol))

        data = bars(4)
        lockstep(f, data)
        self.assertEqual([entry[0] for entry in seen], [2, 3])
        self.assertEqual(seen[0][1:3], (data["time"][2], Bar(*rows(data)[2])))
        self.assertEqual((seen[0][2].close, seen[0][3], seen[0][4]), (data["close"][2], 5, "ACME"))

    def test_every_action(self):
        @on_bar
        def f(bar, ctx):
            if ctx.index != 1:
                return
            name = ctx.buy(10, stop=105, limit=106, stop_loss=90, take_profit=120, tag=7)
            ctx.sell(fraction=0.5)
            ctx.buy()
            ctx.cancel(name)
            ctx.cancel(12)
            ctx.cancel({"order_id": 13})
            ctx.close()
            ctx.close(ctx.trades[0])
            ctx.close(3, portion=0.25)
            ctx.amend(ctx.trades[0], stop_loss=95.5)
            ctx.amend(3, stop_loss=None, take_profit=130)
            ctx.annotate("x", 1.5)
            ctx.annotate("y", math.nan)

        trade = {
            "trade_id": 4, "symbol": "ACME", "quantity": -3, "entry_price": 100.0, "entry_index": 0, "stop_loss": None,
            "take_profit": 80.0, "tag": None,
        }  # fmt: skip
        _, results = lockstep(f, bars(3), account={1: {"trades": [trade]}})
        self.assertEqual(
            results[1],
            {
                "actions": [
                    {
                        "do": "order", "client_order_id": "p1", "side": "buy", "quantity": 10.0, "limit_price": 106.0,
                        "stop_price": 105.0, "stop_loss": 90.0, "take_profit": 120.0, "tag": "7",
                    },
                    {"do": "order", "client_order_id": "p2", "side": "sell", "fraction": 0.5},
                    {"do": "order", "client_order_id": "p3", "side": "buy"},
                    {"do": "cancel", "client_order_id": "p1"}, {"do": "cancel", "order_id": 12},
                    {"do": "cancel", "order_id": 13}, {"do": "close"}, {"do": "close", "trade_id": 4},
                    {"do": "close", "trade_id": 3, "portion": 0.25}, {"do": "amend", "trade_id": 4, "stop_loss": 95.5},
                    {"do": "amend", "trade_id": 3, "stop_loss": None, "take_profit": 130.0},
                ],
                "annotations": {"x": 1.5},
            },
        )  # fmt: skip
        self.assertEqual(results[2], {})

    def test_the_account(self):
        seen = []

        @on_bar(needs_events=True)
        def f(bar, ctx):
            trades = [(t.trade_id, t.quantity, t.is_long, t.is_short, t.stop_loss) for t in ctx.trades]
            seen.append((ctx.cash, ctx.equity, ctx.position, trades, len(ctx.orders), len(ctx.closed), len(ctx.events)))

        trade = {
            "trade_id": 4, "symbol": "ACME", "quantity": 3, "entry_price": 100.0, "entry_index": 2, "stop_loss": 95.0,
            "take_profit": None, "tag": None,
        }  # fmt: skip
        told = {
            2: {
                "account": {"cash": 9000, "equity": 9300}, "positions": {"ACME": [3, 100, 303, 3]}, "trades": [trade],
                "orders": [{"order_id": 1}], "events": [{"seq": 0}],
            },
            4: {"trades": [], "positions": {}, "closed": [{"trade_id": 4}]},
        }  # fmt: skip
        lockstep(f, bars(6), account=told)
        held = [(4, 3, True, False, 95.0)]
        self.assertEqual(
            seen,
            [
                (10000, 10000, 0, [], 0, 0, 0), (9000, 9300, 3, held, 1, 0, 1), (9000, 9300, 3, held, 1, 0, 0),
                (9000, 9300, 0, [], 1, 1, 0), (9000, 9300, 0, [], 1, 0, 0),
            ],
        )  # fmt: skip

    def test_looking_at_an_account_that_was_declared_unneeded_says_so(self):
        @on_bar(needs_account=False)
        def f(bar, ctx):
            ctx.trades

        for run in (lambda: lockstep(f, bars(3)), lambda: streamed(f, bars(3), 2)):
            with self.assertRaisesRegex(AttributeError, "declares that it does not need it"):
                run()

    def test_state_starts_empty_in_every_run(self):
        @on_bar
        def f(bar, ctx):
            assert not hasattr(ctx.state, "count") or ctx.index > 1
            ctx.state.count = getattr(ctx.state, "count", 0) + 1
            ctx.annotate("count", ctx.state.count)
            ctx.annotate("random", ctx.random.random())

        first, second = lockstep(f, bars(4)), lockstep(f, bars(4))
        self.assertEqual(first, second)
        self.assertEqual([r["annotations"]["count"] for i, r in first[1].items() if i], [1, 2, 3])

    def test_parameters_reach_function_and_context(self):
        @on_bar
        def f(bar, ctx, n=2):
            ctx.annotate("n", n + ctx.params.n)

        self.assertEqual(lockstep(f, bars(2), {"n": 5})[1][1]["annotations"], {"n": 10})

    def test_parameters_may_be_keyword_only(self):
        @on_bar(needs_account=False)
        def f(bar, ctx, a=1, *, n=2):
            ctx.annotate("n", 10 * a + n)

        self.assertEqual(lockstep(f, bars(2), {"n": 5})[1][1]["annotations"], {"n": 15})
        self.assertEqual(streamed(f, bars(2), 2, {"n": 5})[1], {("n", 1): 15})

    def test_history_and_indicators_start_with_the_first_bar(self):
        seen = []

        @on_bar(warmup=8, needs_account=False)
        def f(bar, ctx, late=12):
            lines = [ctx.sma(3), ctx.ema(4), ctx.rsi(5), *ctx.macd(2, 4, 3), ctx.indicator(EMA, 2, field="high")]
            if ctx.index >= late:
                lines.append(ctx.sma(6, field="low"))
            assert ctx.history("open", 2) == data["open"][ctx.index - 1 : ctx.index + 1]
            assert ctx.history() == data["close"][: ctx.index + 1] and ctx.history(count=0) == []
            assert all(len(line) == ctx.index + 1 for line in lines)
            seen.append([line[-1] for line in lines])

        data = bars(20)
        close, size = data["close"], len(data["close"])
        expected = [sma(close, 3), ema(close, 4), rsi(close, 5), macd(close, 2, 4, 3), macd_signal(close, 2, 4, 3)]
        expected += [ema(data["high"], 2), sma(data["low"], 6)]
        for run in (lambda: lockstep(f, data), lambda: streamed(f, data, 7), lambda: streamed(f, data, 100)):
            seen.clear()
            run()
            self.assertEqual(seen, [[e[i] for e in expected[: 6 + (i >= 12)]] for i in range(8, size)])

    def test_missing_volume_is_none_for_the_bar_and_nan_for_indicators(self):
        seen = []

        @on_bar(needs_account=False)
        def f(bar, ctx):
            seen.append((bar.volume, ctx.sma(1, field="volume")[-1]))

        data = bars(6)
        data["volume"][3] = None
        for run in (lambda: lockstep(f, data), lambda: streamed(f, data, 4)):
            seen.clear()
            run()
            self.assertIsNone(seen[2][0])
            self.assertTrue(math.isnan(seen[2][1]))
            self.assertEqual(seen[3], (data["volume"][4],) * 2)


class StreamingTests(unittest.TestCase):
    @staticmethod
    def strategy():
        @on_bar(warmup=("fast", "slow"), needs_account=False)
        def f(bar, ctx, fast=2, slow=5):
            a, b = ctx.sma(fast), ctx.sma(slow)
            ctx.annotate("fast", a[-1])
            if crossover(a, b):
                ctx.close()
                ctx.buy(1, stop_loss=bar.close * 0.9)
            elif crossover(b, a):
                ctx.close()

        return f

    def test_the_decisions_are_those_of_lock_step_whatever_the_chunks(self):
        data = bars(150)
        first, results = lockstep(self.strategy(), data)
        expected = [{**action, "bar_index": i} for i, r in results.items() for action in r.get("actions", [])]
        notes = {("fast", i): r["annotations"]["fast"] for i, r in results.items() if "annotations" in r}
        self.assertGreater(len(expected), 10)
        self.assertEqual(first, 5)
        for chunk in (1, 2, 7, 64, 149, 150, 1000):
            self.assertEqual(streamed(self.strategy(), data, chunk), (expected, notes))

    def test_indicators_of_ones_own_and_late_ones_see_each_bar_in_its_turn(self):
        class Turn(list):
            """Notes how far the run is; its ``extend`` is a list's."""

            def update(self, value):
                self.append(value)
                return len(self)

        def strategy(bar, ctx):
            turns = ctx.indicator(Turn)
            ctx.annotate("turn", turns[-1] - len(turns))
            ctx.annotate("fast", ctx.sma(3)[-1])
            ctx.annotate("length", len(ctx.sma(3)) - ctx.index)
            if ctx.index > 20:
                ctx.annotate("late", ctx.ema(4)[-1])
                ctx.annotate("open", ctx.sma(3, "open")[-1])

        data = bars(50)
        made = on_bar(strategy, needs_account=False)
        _, results = lockstep(made, data)
        expected = {(n, bar): v for bar, r in results.items() for n, v in r.get("annotations", {}).items()}
        for chunk in (1, 7, 50):
            self.assertEqual(streamed(made, data, chunk), ([], expected))
        self.assertEqual({name for name, _ in expected}, {"turn", "fast", "length", "late", "open"})

    def test_a_bar_without_prices_is_refused(self):
        data = bars(5)
        table = [{"ACME": row} for row in rows(data)]
        table[3] = {"ACME": None}
        for run in (
            lambda: lockstep(self.strategy(), data, table=table),
            lambda: streamed(self.strategy(), data, 2, table=table),
        ):
            with self.assertRaises(ProtocolError):
                run()


class SeveralSymbolsTests(unittest.TestCase):
    def test_bars_come_by_symbol(self):
        seen = []

        @on_bar(multi_symbol=True, needs_account=False)
        def f(bar, ctx):
            seen.append((ctx.index, {s: b and b.close for s, b in bar.items()}, ctx.indicator(EMA, 1, symbol="B")[-1]))
            if bar["A"] is not None:
                ctx.buy(1, symbol="B")
                ctx.close(symbol="A")

        data = bars(4)
        table = [{"A": row, "B": [2.0] * 5} for row in rows(data)]
        table[2]["A"] = None
        first, results = lockstep(f, data, table=table, symbols=("A", "B"))
        stepped = list(seen)
        seen.clear()
        actions, _ = streamed(f, data, 3, table=table, symbols=("A", "B"))
        self.assertEqual(stepped, seen)
        self.assertEqual(seen[1], (2, {"A": None, "B": 2.0}, 2.0))
        expected = [{**a, "bar_index": i} for i, r in results.items() for a in r.get("actions", [])]
        self.assertEqual(actions, expected)
        self.assertEqual(
            [(a["do"], a["symbol"], a["bar_index"]) for a in actions[:2]], [("order", "B", 1), ("close", "A", 1)]
        )


if __name__ == "__main__":
    unittest.main()
