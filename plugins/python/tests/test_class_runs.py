"""Runs of the class API: what init() and next() see, the warm-up, parameters, and lock-step beside preload."""

import json
import math
import unittest

import support
from fake_host import FLAT, bars, column, run_start
from support import needs_numpy, needs_pandas

from backtester import Strategy, arrays, loader, preloaded_run
from backtester.errors import ProtocolError, StrategyFileError
from backtester.indicators import ema, macd, rsi, sma
from backtester.lib import SignalStrategy, TrailingStrategy, crossover


def gap(count, missing):
    """``count`` values of which the first ``missing`` are NaN."""
    return [math.nan] * missing + [float(i) for i in range(missing, count)]


class Host:
    """What a host can do and asks for, as the server passes it on."""

    annotate, fault, next_index = True, None, False

    @staticmethod
    def ask(bar):
        """The tests ask for each bar themselves."""

    encodings = ["json"]


class RunTestCase(unittest.TestCase):
    """Drives runs inside this process, on an account in which nothing fills."""

    def setUp(self):
        self.seen = []
        kept = arrays.backend
        self.addCleanup(setattr, arrays, "backend", kept)

    def each_backend(self):
        for name, backend in support.backends().items():
            with self.subTest(arrays=name):
                arrays.backend = lambda backend=backend: backend
                self.seen.clear()
                yield backend

    def start(self, cls, mode, data, parameters=None, symbols_with=None, **changes):
        if symbols_with:
            message = run_start(mode, data, parameters, **changes)
            return loader.offered(cls).start({**message, "symbols": symbols_with}, Host)
        return loader.offered(cls).start(run_start(mode, data, parameters, **changes), Host)

    def run_all(self, cls, mode, data, parameters=None, account=None, **changes):
        """Runs a strategy class; returns (first decision bar, {bar: JSON text})."""
        run = self.start(cls, mode, data, parameters, **changes)
        answer = run.started()
        early = answer.get("early_orders", False)
        count = len(data["time"])
        if mode == "preload":
            columns = {name: column(values, "i64" if name == "time" else "f64") for name, values in data.items()}
            message = {"symbol": "ACME", "offset": 0, "count": count, "rows_total": count}
            answer = run.load({**message, "columns": columns, "last": True})
            early = answer.get("early_orders", early)
        first = max(1, answer.get("warmup_bars", 0))
        rows = list(zip(*(data[name] for name in ("open", "high", "low", "close", "volume"))))
        results, told = {}, dict(FLAT)
        for index in range(0 if mode == "lockstep" else first - early, count):
            message = {"run_id": "r", "index": index, "time": data["time"][index]}
            if mode == "lockstep":
                message["bars"] = {"ACME": list(rows[index])}
            if index < first:
                message["warmup"] = True
            message.update(told)
            told = {}
            message.update((account or {}).get(index, {}))
            results[index] = run.bar(message)
        run.end("completed", {})
        return first, results


class WarmUpTests(RunTestCase):
    def first_bar(self, init, count=30, mode="preload"):
        seen = []

        class Tried(Strategy):
            def init(self):
                init(self)

            def next(self):
                seen.append(len(self.data) - 1)

        self.run_all(Tried, mode, bars(count))
        return seen[0] if seen else None

    def test_the_first_decision_comes_one_bar_after_the_last_indicator(self):
        def indicator(s, missing, **options):
            return s.I(lambda: gap(len(s.data), min(missing, len(s.data))), **options)

        def several(s):
            s.a, s.b = indicator(s, 3), indicator(s, 7)

        def rows(s):
            s.x = s.I(lambda: (gap(len(s.data), 3), gap(len(s.data), 5)))

        def unpacked(s):
            s.a, s.b = s.I(lambda: (gap(len(s.data), 2), gap(len(s.data), 6)))

        def arithmetic(s):
            s.x = indicator(s, 9) * 2 + 1

        def comparison(s):
            s.x = indicator(s, 9) > 1

        def in_a_list(s):
            s.x = [indicator(s, 9)]

        def not_kept(s):
            indicator(s, 9)

        def scattered(s):
            s.x = indicator(s, 9, scatter=True)

        def private(s):
            s._x = indicator(s, 9)

        def a_slice(s):
            s.x = indicator(s, 9)[5:]

        def price(s):
            s.x = s.data.Close * 1

        def never(s):
            s.x, s.y = indicator(s, 10**6), indicator(s, 4)

        expected = {
            several: 8, rows: 6, unpacked: 7, arithmetic: 10, comparison: 1, in_a_list: 1, not_kept: 1, scattered: 1,
            private: 10, a_slice: 5, price: 1, never: 5,
        }  # fmt: skip
        for _ in self.each_backend():
            for init, bar in expected.items():
                with self.subTest(init=init.__name__):
                    self.assertEqual(self.first_bar(init), bar)

    def test_warm_up_is_the_same_lock_step(self):
        def several(s):
            s.a, s.b = s.I(sma, s.data.Close, 4), s.I(lambda c: sma(c, 9), s.data.Close)

        for _ in self.each_backend():
            self.assertEqual(self.first_bar(several, mode="lockstep"), 9)
            self.assertEqual(self.first_bar(several, mode="preload"), 9)
            self.assertIsNone(self.first_bar(lambda s: setattr(s, "a", s.I(sma, s.data.Close, 30)), mode="lockstep"))

    def test_a_period_longer_than_the_run_is_not_waited_for(self):
        for _ in self.each_backend():
            for mode in ("preload", "lockstep"):
                self.assertEqual(self.first_bar(lambda s: setattr(s, "a", s.I(sma, s.data.Close, 99)), 30, mode), 1)


class SeenTests(RunTestCase):
    def test_init_sees_all_bars_and_next_one_more_each_time(self):
        seen = self.seen

        class Looks(Strategy):
            def init(self):
                seen.append(("init", len(self.data), len(self.data.Close)))
                self.average = self.I(sma, self.data.Close, 3)
                self.held = [self.I(sma, self.data.Close, 2)]

            def next(self):
                seen.append((len(self.data), len(self.data.High), len(self.average), len(self.held[0])))
                assert self.data.Close[-1] == data["close"][len(self.data) - 1]
                assert self.average[-1] == sma(data["close"], 3)[len(self.data) - 1]

        data = bars(6)
        for _ in self.each_backend():
            self.run_all(Looks, "preload", data)
            self.assertEqual(seen, [("init", 6, 6), (4, 4, 4, 6), (5, 5, 5, 6), (6, 6, 6, 6)])

    def test_lock_step_never_shows_a_later_bar(self):
        seen = self.seen

        class Looks(Strategy):
            def init(self):
                self.average = self.I(lambda c: [float(len(c))] * len(c), self.data.Close)
                self.held = {"a": self.I(lambda c: [float(len(c))] * len(c), self.data.Close)}

            def next(self):
                seen.append((len(self.data), self.average[-1], self.held["a"][-1], len(self.data.Close)))

        for _ in self.each_backend():
            self.run_all(Looks, "lockstep", bars(4))
            self.assertEqual(seen, [(n, n, n, n) for n in (2, 3, 4)])

    def test_state_in_attributes_survives_lock_step(self):
        seen = self.seen

        class Counts(Strategy):
            def init(self):
                self.count = 0
                self.average = self.I(lambda c: [v * 1.0 for v in c.tolist()], self.data.Close)

            def next(self):
                self.count += 1
                seen.append(self.count)

        for _ in self.each_backend():
            self.run_all(Counts, "lockstep", bars(5))
            self.assertEqual(seen, [1, 2, 3, 4])

    def test_rows_are_told_from_bars_however_few_bars_there_are(self):
        seen = self.seen

        class Bands(Strategy):
            def init(self):
                self.upper, self.lower = self.I(lambda c: (c * 2, c * 3), self.data.Close)

            def next(self):
                seen.append((self.upper[-1], self.lower[-1], self.data.Close[-1]))

        for _ in self.each_backend():
            for mode in ("preload", "lockstep"):
                self.run_all(Bands, mode, bars(5))
            self.assertEqual(seen[:4], seen[4:])
            self.assertEqual(seen[0][0], seen[0][2] * 2)

    def test_values_written_into_an_indicator_stay(self):
        seen = self.seen

        class Forecasts(Strategy):
            def init(self):
                self.forecast = self.I(lambda: [math.nan] * len(self.data))
                self.average = self.I(sma, self.data.Close, 2)

            def next(self):
                self.forecast[-1] = float(len(self.data))
                self.average[-1] = -1.0
                seen.append((str(self.forecast[-2]), self.forecast[-1], self.average[-2]))

        for _ in self.each_backend():
            for mode in ("preload", "lockstep"):
                self.run_all(Forecasts, mode, bars(6))
            self.assertEqual(seen[:4], seen[4:])
            self.assertEqual([entry[0] for entry in seen[:4]][1:], [str(e[1]) for e in seen[:3]])

    def test_values_written_into_continued_indicators_stay(self):
        seen = self.seen

        class Written(Strategy):
            def init(self):
                self.average = self.I(sma, self.data.Close, 2)
                self.hidden = self.I(sma, self.data.Close, 3, plot=False)

            def next(self):
                seen.append((self.average[-1], self.average[-2], self.hidden[-1], self.hidden[-2], len(self.data.High)))
                self.average[-1] = -1.0

        for _ in self.each_backend():
            for mode in ("preload", "lockstep"):
                self.run_all(Written, mode, bars(8))
            self.assertEqual(seen[:5], seen[5:])
            self.assertEqual([entry[1] for entry in seen[1:5]], [-1.0] * 4)

    def test_parameters_override_class_attributes(self):
        seen = self.seen

        class Has(Strategy):
            n, part, on, name = 10, 0.5, True, "x"

            def init(self):
                seen.append((self.n, self.part, self.on, self.name, str(self)))

            def next(self):
                pass

        for _ in self.each_backend():
            self.run_all(Has, "preload", bars(3), {"n": 3.0, "part": 1, "on": False})
            # Those that keep their defaults are not mentioned, as they were not given.
            self.assertEqual(seen, [(3, 1.0, False, "x", "Has(n=3,part=1.0,on=False)")])
            self.assertEqual(Has.n, 10)
        self.assertIsInstance(seen[0][0], int)

    def test_attributes_of_the_class_may_be_counted_in(self):
        seen = self.seen
        for _ in self.each_backend():

            class Counting(Strategy):
                count = 0
                lengths = []

                def init(self):
                    pass

                def next(self):
                    type(self).count += 1
                    self.lengths.append(len(self.data))
                    seen.append((self.count, len(self.lengths)))

            offered = loader.offered(Counting)
            data = bars(4)
            columns = {n: column(v, "i64" if n == "time" else "f64") for n, v in data.items()}
            for _ in range(2):  # the second run of a process sees nothing of the first
                seen.clear()
                run = offered.start(run_start("preload", data, {"count": 0}), Host)
                run.load({"offset": 0, "count": 4, "columns": columns, "last": True})
                for index in (1, 2, 3):
                    run.bar({"run_id": "r", "index": index, "time": 0, **FLAT})
                self.assertEqual(seen, [(1, 1), (2, 2), (3, 3)])

    def test_what_a_strategy_sets_before_its_parameters_stays(self):
        seen = self.seen

        class Early(Strategy):
            n, m = 10, 1

            def __init__(self, broker, data, params):
                self.n = 25
                super().__init__(broker, data, params)

            def init(self):
                seen.append((self.n, self.m))

            def next(self):
                pass

        for _ in self.each_backend():
            self.run_all(Early, "preload", bars(3), {"n": 10, "m": 2})
            self.assertEqual(seen[0], (25, 2))

    def test_bars_within_a_day_are_shown_on_the_clock_of_their_exchange(self):
        seen = self.seen

        class Looks(Strategy):
            def init(self):
                pass

            def next(self):
                seen.append((self.data.index[-1].hour, str(self.data.index[-1].utcoffset())))

        data = bars(4)
        start = 1_704_205_800_000  # 2024-01-02 14:30 UTC
        data["time"] = [start + hour * 3_600_000 for hour in range(4)]
        for mode in ("preload", "lockstep"):
            for _ in self.each_backend():
                for zone, hours in (("America/New_York", [10, 11, 12]), ("-05:00", [10, 11, 12]), ("+05:30", [21, 22, 23])):
                    seen.clear()
                    symbols = [{"symbol": "ACME", "timezone": zone}]
                    self.run_all(Looks, mode, data, symbols_with=symbols, timeframe="1h")
                    self.assertEqual([hour for hour, _ in seen], hours, (mode, zone))
                    self.assertNotEqual(seen[0][1], "None")
                # Days are dates, whatever the clock.
                seen.clear()
                self.run_all(Looks, mode, bars(4), symbols_with=symbols, timeframe="1d")
                self.assertEqual(seen[0], (0, "None"))

    def test_unknown_and_impossible_parameters_are_refused_by_name(self):
        class Has(Strategy):
            length, part = 10, 0.5

            def init(self):
                pass

            def next(self):
                pass

        for given, pointer, text in (
            ({"lenght": 3}, "/lenght", "Did you mean length?"),
            ({"x": 3}, "/x", "There are length, part."),
            ({"length": 2.5}, "/length", "must be a whole number, was 2.5"),
            ({"part": "a"}, "/part", "must be a number"),
            ({"length": True}, "/length", "must be a whole number, was True"),
        ):
            with self.assertRaises(ProtocolError) as caught:
                self.start(Has, "preload", bars(3), given)
            error = caught.exception.answer()
            self.assertEqual((error["code"], error["data"]["pointer"]), (4004, pointer))
            self.assertIn(text, error["message"])
        with self.assertRaisesRegex(AttributeError, "no parameter 'lenght'.*Did you mean length"):
            Has(None, None, {"lenght": 3})

    def test_the_schema_lists_inherited_parameters_in_order(self):
        class Base(Strategy):
            first, hidden, _private, path = 1, None, 3, "a"
            far = math.inf

            def helper(self):
                pass

        class Has(Base):
            second, first = 2.5, 7

            def init(self):
                pass

            def next(self):
                pass

        from backtester.parameters import schema

        offered = loader.offered(Has)
        self.assertEqual(
            schema(offered.defaults)["properties"],
            {
                "first": {"type": "integer", "default": 7},
                "path": {"type": "string", "default": "a"},
                "second": {"type": "number", "default": 2.5},
            },
        )

    def test_a_class_without_next_is_no_strategy(self):
        class Half(Strategy):
            def init(self):
                pass

        with self.assertRaisesRegex(StrategyFileError, r"does not define next\(\)"):
            loader.offered(Half)

    def test_errors_in_indicators_name_the_indicator(self):
        class Fails(Strategy):
            def init(self):
                self.I(lambda c, n: 1 / 0, self.data.Close, 5)

            def next(self):
                pass

        for _ in self.each_backend():
            with self.assertRaisesRegex(RuntimeError, r'indicator "λ\(C,5\)" failed: ZeroDivisionError'):
                self.run_all(Fails, "preload", bars(5))

    def test_indicator_names(self):
        names = self.seen

        class Named(Strategy):
            def init(self):
                c, made = self.data.Close, [1.0] * len(self.data)

                def double(*_args, **_kwargs):
                    return made

                for indicator in (
                    self.I(double, c, 5), self.I(double, c, n=5), self.I(lambda x: made, c),
                    self.I(double, c, "abc", 1.5), self.I(double, self.data.High + self.data.Low),
                    self.I(double), self.I(double, c, name="own"),
                ):  # fmt: skip
                    names.append(indicator.name)

            def next(self):
                pass

        for _ in self.each_backend():
            self.run_all(Named, "preload", bars(5))
            self.assertEqual(
                names, ["double(C,5)", "double(C,5)", "λ(C)", "double(C,abc,1.5)", "double(H)", "double", "own"]
            )

    def test_two_runs_with_one_seed_see_the_same_random_numbers(self):
        import random

        seen = self.seen

        class Draws(Strategy):
            def init(self):
                pass

            def next(self):
                seen.append(random.random())

        for mode in ("preload", "lockstep"):
            self.run_all(Draws, mode, bars(4))
            self.run_all(Draws, mode, bars(4))
            self.assertEqual(seen[:3], seen[3:])
            seen.clear()

    @needs_numpy
    def test_numpy_functions_work_on_columns(self):
        import numpy as np

        class Uses(Strategy):
            def init(self):
                self.log = np.log(self.I(lambda c: c * 2, self.data.Close))
                assert isinstance(self.log, np.ndarray) and self.log.dtype == float

            def next(self):
                assert np.mean(self.data.Close[-3:]) > 0
                assert np.std(self.log) >= 0 and len(self.log) == len(self.data)

        self.run_all(Uses, "preload", bars(5))

    @needs_pandas
    def test_pandas_views_grow_with_the_bars(self):
        seen = self.seen

        class Uses(Strategy):
            def init(self):
                self.average = self.I(lambda: self.data.Close.s.rolling(2).mean(), name="mean")

            def next(self):
                seen.append((len(self.data.df), len(self.data.Close.s), len(self.average.s), self.data.index[-1].day))

        for mode in ("preload", "lockstep"):
            for _ in self.each_backend():
                self.run_all(Uses, mode, bars(5))
                self.assertEqual(seen, [(3, 3, 3, 5), (4, 4, 4, 6), (5, 5, 5, 7)])


class AnswerTests(RunTestCase):
    def test_actions_and_annotations(self):
        import json

        class Trades(Strategy):
            def init(self):
                self.a = self.I(sma, self.data.Close, 2, name="fast")
                self.b = self.I(sma, self.data.Close, 3, name="fast")
                self.c = self.I(sma, self.data.Close, 4, plot=False)

            def next(self):
                if len(self.data) == 6:
                    self.buy(sl=self.data.Close[-1] * 0.9)

        data = bars(8)
        for _ in self.each_backend():
            made = {}
            for mode in ("preload", "lockstep"):
                first, results = self.run_all(Trades, mode, data)
                made[mode] = {bar: json.loads(text) for bar, text in results.items() if bar >= first}
            self.assertEqual(made["preload"], made["lockstep"])
            answer = made["preload"][5]
            self.assertEqual(
                answer["actions"],
                [{"do": "order", "client_order_id": "p1", "side": "buy", "stop_loss": data["close"][5] * 0.9}],
            )
            self.assertEqual(
                answer["annotations"], {"fast": sma(data["close"], 2)[5], "fast (2)": sma(data["close"], 3)[5]}
            )

    def test_undefined_values_are_null_in_annotations(self):
        import json

        class Plots(Strategy):
            def init(self):
                self.x = self.I(lambda: [1.0, math.inf, math.nan], name="x")

            def next(self):
                pass

        for _ in self.each_backend():
            _, results = self.run_all(Plots, "preload", bars(3))
            self.assertEqual([json.loads(text)["annotations"]["x"] for text in results.values()], [None, None])

    def test_annotations_can_be_switched_off(self):
        class Quiet(Host):
            annotate = False

        class Plots(Strategy):
            def init(self):
                self.x = self.I(sma, self.data.Close, 2)

            def next(self):
                pass

        for _ in self.each_backend():
            run = loader.offered(Plots).start(run_start("preload", bars(3)), Quiet)
            columns = {n: column(v, "i64" if n == "time" else "f64") for n, v in bars(3).items()}
            run.load({"offset": 0, "count": 3, "columns": columns, "last": True})
            self.assertEqual(run.bar({"run_id": "r", "index": 2, "time": 0}), "{}")

    def test_orders_in_init_are_sent_one_bar_before_the_first_decision(self):
        decided = self.seen

        class Early(Strategy):
            def init(self):
                self.x = self.I(sma, self.data.Close, 3)
                self.buy(size=2)

            def next(self):
                decided.append(len(self.data) - 1)

        class AtOnce(Strategy):
            def init(self):
                self.buy(size=2)

            def next(self):
                decided.append(len(self.data) - 1)

        for _ in self.each_backend():
            for cls, first in ((Early, 3), (AtOnce, 1)):
                for mode in ("preload", "lockstep"):
                    with self.subTest(cls=cls.__name__, mode=mode):
                        decided.clear()
                        seen, results = self.run_all(cls, mode, bars(6))
                        self.assertEqual((seen, decided), (first, list(range(first, 6))))
                        acted = {index: json.loads(text)["actions"] for index, text in results.items() if "act" in text}
                        self.assertEqual({index: actions[0]["quantity"] for index, actions in acted.items()}, {first - 1: 2})

    def test_orders_in_init_that_depend_on_prices_are_too_late_lock_step(self):
        class Picky(Strategy):
            def init(self):
                if self.data.Close[0] == data["close"][0]:
                    self.buy()

            def next(self):
                pass

        data = bars(6)
        for _ in self.each_backend():
            with self.assertRaisesRegex(RuntimeError, r"init\(\) places orders on these prices"):
                self.run_all(Picky, "lockstep", data)

    def test_several_symbols_are_refused(self):
        class Plain(Strategy):
            def init(self):
                pass

            def next(self):
                pass

        with self.assertRaises(ProtocolError) as caught:
            self.start(Plain, "preload", bars(3), symbols=("A", "B"))
        self.assertEqual(caught.exception.code, 1004)

    def test_columns_may_come_in_chunks_and_any_encoding(self):
        import base64
        import hashlib
        import struct
        import tempfile

        class Sums(Strategy):
            def init(self):
                seen.append(self.data.Close.tolist() + [len(self.data.index)])

            def next(self):
                pass

        seen, data = self.seen, bars(7)

        def packed(values, dtype, encoding, folder):
            raw = struct.pack(f"<{len(values)}{'q' if dtype == 'i64' else 'd'}", *values)
            made = {"encoding": encoding, "dtype": dtype, "count": len(values)}
            if encoding == "f64le+base64":
                return {**made, "data": base64.b64encode(raw).decode()}
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
                file.write(b"junk" + raw)
            return {**made, "path": file.name, "offset": 4, "sha256": hashlib.sha256(raw).hexdigest()}

        for _ in self.each_backend():
            for encoding in ("f64le+base64", "f64le+file"):
                with tempfile.TemporaryDirectory() as folder:
                    run = self.start(Sums, "preload", data)
                    for at in (0, 3, 6):
                        part = {name: values[at : at + 3] for name, values in data.items()}
                        columns = {
                            n: packed(v, "i64" if n == "time" else "f64", encoding, folder) for n, v in part.items()
                        }
                        message = {"offset": at, "count": len(part["time"]), "columns": columns}
                        run.load({**message, "last": True} if at == 6 else message)
                self.assertEqual(seen.pop(), data["close"] + [7])
            with self.assertRaises(ProtocolError):
                self.start(Sums, "preload", data).load({"offset": 3, "count": 0, "columns": {}})


class AheadTests(RunTestCase):
    """Decisions made before the host asks, where nothing can change in between."""

    class Host(Host):
        next_index = True
        reports = 0

        @classmethod
        def report_progress(cls, token):
            cls.reports += 1

    def asked(self, cls, data, host=None, account=None):
        """A preloaded run; returns {bar asked about: answer} and skips the bars that an answer says may be skipped."""
        run = loader.offered(cls).start(run_start("preload", data), host or self.Host)
        run.started()
        count = len(data["time"])
        columns = {name: column(values, "i64" if name == "time" else "f64") for name, values in data.items()}
        message = {"symbol": "ACME", "offset": 0, "count": count, "rows_total": count, "columns": columns}
        index = max(1, run.load({**message, "last": True})["warmup_bars"])
        answers, told, account = {}, dict(FLAT), account or {}
        while index < count:
            message = {"run_id": "r", "index": index, "time": data["time"][index], **told, **account.get(index, {})}
            told = {}
            answers[index] = json.loads(run.bar(message))
            index = min([answers[index].get("next_index", index + 1), *(at for at in account if at > index)])
        return answers

    class Crossing(Strategy):
        n = 12

        def init(self):
            self.average = self.I(sma, self.data.Close, self.n, name="average")

        def next(self):
            if crossover(self.data.Close, self.average):
                self.buy(size=1, limit=self.data.Close[-1] * 0.5)

    def test_the_same_decisions_on_the_same_bars_with_fewer_questions(self):
        data = bars(400)
        _, one_by_one = self.run_all(self.Crossing, "preload", data)
        one_by_one = {index: json.loads(text) for index, text in one_by_one.items()}
        ahead = self.asked(self.Crossing, data)
        self.assertLess(len(ahead), len(one_by_one) / 3)
        self.assertEqual(
            {index: answer["actions"] for index, answer in ahead.items() if "actions" in answer},
            {index: answer["actions"] for index, answer in one_by_one.items() if "actions" in answer},
        )
        charted = {}
        for index, answer in ahead.items():
            charted[index] = answer["annotations"]["average"]
            for place, value in enumerate(answer.get("annotations_ahead", {}).get("average", []), index + 1):
                charted[place] = value
        self.assertEqual(charted, {index: answer["annotations"]["average"] for index, answer in one_by_one.items()})

    def test_at_most_64_bars_are_decided_on_ahead(self):
        class Idle(Strategy):
            def init(self):
                pass

            def next(self):
                pass

        answers = self.asked(Idle, bars(200))
        self.assertEqual(list(answers), [1, 66, 131, 196])
        self.assertEqual(answers[196], {"next_index": 200})

    def test_a_failure_belongs_to_its_own_bar(self):
        class Failing(Strategy):
            def init(self):
                pass

            def next(self):
                if len(self.data) == 31:
                    raise ValueError("on bar 30")

        run = []
        with self.assertRaisesRegex(ValueError, "on bar 30"):
            run.append(self.asked(Failing, bars(100)))
        self.assertEqual(run, [])
        data = bars(100)
        started = loader.offered(Failing).start(run_start("preload", data), self.Host)
        columns = {name: column(values, "i64" if name == "time" else "f64") for name, values in data.items()}
        started.load({"offset": 0, "count": 100, "columns": columns, "last": True})
        answer = json.loads(started.bar({"run_id": "r", "index": 1, "time": 0, **FLAT}))
        self.assertEqual(answer, {"next_index": 30})
        with self.assertRaises(ValueError):
            started.bar({"run_id": "r", "index": 30, "time": 0})

    def test_a_bar_that_touches_an_order_is_left_to_the_host(self):
        data = bars(100)

        class Idle(Strategy):
            def init(self):
                pass

            def next(self):
                pass

        price = sorted(data["low"][3:60])[2]
        order = {
            "order_id": 1, "client_order_id": None, "role": "entry", "symbol": "ACME", "side": "buy", "quantity": 1,
            "limit_price": price, "stop_price": None, "stop_loss": None, "take_profit": None, "tag": None,
            "trade_id": None,
        }  # fmt: skip
        answers = self.asked(Idle, data, account={1: {"orders": [order]}})
        touched = [index for index in range(2, 100) if data["low"][index] <= price]
        self.assertLessEqual(set(touched), set(answers))

    def test_the_equity_of_bars_ahead_is_that_of_their_close(self):
        seen = {}

        class Holding(Strategy):
            def init(self):
                pass

            def next(self):
                seen[len(self.data) - 1] = self.equity

        data = bars(50)
        trade = {
            "trade_id": 1, "symbol": "ACME", "quantity": 7, "entry_price": 99.3, "entry_index": 1, "stop_loss": None,
            "take_profit": None, "tag": None,
        }  # fmt: skip
        told = {"account": {"cash": 5000.25, "equity": 5001.0}, "trades": [trade]}
        self.asked(Holding, data, account={1: told})
        # The host's own figure where it tells one, and from there on what follows from the closes.
        self.assertEqual(seen[1], 5001.0)
        for index in range(2, 50):
            self.assertEqual(seen[index], 5000.25 + (data["close"][index] * 7.0 - 7 * 99.3))

    def test_an_account_that_was_not_foreseen_ends_the_run(self):
        data = bars(300)
        asked = self.asked(self.Crossing, data)
        deciding = next(index for index, answer in asked.items() if "actions" in answer and index > 20)
        for surprise in (
            {"account": {"cash": 9000, "equity": 9000}},
            {"closed": [{"trade_id": 1}]},
            {"trades": [{"trade_id": 1}]},
        ):
            with self.subTest(surprise), self.assertRaisesRegex(RuntimeError, f"bar {deciding} differs"):
                self.asked(self.Crossing, data, account={deciding: surprise})
        with self.assertRaisesRegex(RuntimeError, "differs"):
            self.asked(self.Crossing, data, account={deciding - 1: {}})

    def test_slow_decisions_are_reported(self):
        kept = preloaded_run._REPORT_SECONDS
        self.addCleanup(setattr, preloaded_run, "_REPORT_SECONDS", kept)
        preloaded_run._REPORT_SECONDS = -1
        self.Host.reports = 0
        self.asked(self.Crossing, bars(100))
        self.assertGreater(self.Host.reports, 50)


class OnlineTests(RunTestCase):
    def test_known_indicators_are_continued_and_others_computed_anew_with_equal_results(self):
        def recomputed(values, n):
            return sma(values, n)

        def strategy(average):
            class Follows(Strategy):
                def init(self):
                    self.a = self.I(average, self.data.Close, 3)
                    self.b = self.I(average, self.data.High, 5)

                def next(self):
                    if crossover(self.a, self.b * 0.995):
                        self.buy(size=1)
                    elif crossover(self.b * 0.995, self.a):
                        self.sell(size=1)

            return Follows

        data = bars(60)
        for _ in self.each_backend():
            runs = [
                self.run_all(strategy(average), mode, data)
                for average in (sma, recomputed)
                for mode in ("preload", "lockstep")
            ]
            trades = [
                [(bar, text.partition(',"annotations"')[0]) for bar, text in r.items() if "order" in text]
                for _, r in runs
            ]
            self.assertGreater(len(trades[0]), 3)
            self.assertEqual(trades[1:], [trades[0]] * 3)

    def test_every_indicator_can_be_continued(self):
        data = bars(80)
        for function, arguments in ((sma, (4,)), (ema, (4,)), (rsi, (5,)), (macd, (3, 6, 4))):

            class Follows(Strategy):
                def init(self):
                    self.x = self.I(function, self.data.Close, *arguments, name="x")

                def next(self):
                    pass

            for _ in self.each_backend():
                _, preloaded = self.run_all(Follows, "preload", data)
                _, stepped = self.run_all(Follows, "lockstep", data)
                self.assertEqual(list(preloaded.items()), [i for i in stepped.items() if i[0] in preloaded])


class LibraryStrategyTests(RunTestCase):
    trade = {"trade_id": 1, "symbol": "ACME", "quantity": 5, "entry_price": 100.0, "entry_index": 20}

    def test_trailing_strategy_moves_stops_one_way_only(self):
        import json

        class Trails(TrailingStrategy):
            def init(self):
                super().init()
                self.set_atr_periods(5)
                self.set_trailing_sl(2)

            def next(self):
                super().next()

        data = bars(40)
        told = {**self.trade, "stop_loss": None, "take_profit": None, "tag": None}
        for mode in ("preload", "lockstep"):
            for _ in self.each_backend():
                _, results = self.run_all(Trails, mode, data, account={20: {"trades": [told], "orders": []}})
                moves = [json.loads(text)["actions"][0] for bar, text in results.items() if bar >= 20]
                self.assertEqual({move["do"] for move in moves}, {"amend"})
                # The host never answers that the stop moved, so each bar starts from none.
                from backtester.indicators import average_true_range

                atr = average_true_range(data["high"], data["low"], data["close"], 5)
                expected = [data["close"][bar] - 2 * atr[bar] for bar in range(20, 40)]
                self.assertEqual([move["stop_loss"] for move in moves], expected)
        told["stop_loss"] = 10.0**6
        _, results = self.run_all(Trails, "preload", data, account={20: {"trades": [told], "orders": []}})
        self.assertEqual(json.loads(results[21])["actions"][0]["stop_loss"], 10.0**6)

    def test_trailing_percentage_becomes_true_ranges(self):
        found = self.seen

        class Trails(TrailingStrategy):
            def init(self):
                super().init()
                self.set_atr_periods(5)
                self.set_trailing_pct(0.1)
                found.append(self._TrailingStrategy__n_atr)

            def next(self):
                super().next()

        for _ in self.each_backend():
            self.run_all(Trails, "preload", bars(40))
        self.assertEqual(len(set(found)), 1)
        self.assertGreater(found[0], 0)

    def test_signal_strategy_exits_before_it_enters(self):
        import json

        class Signals(SignalStrategy):
            def init(self):
                super().init()
                count = len(self.data)
                self.set_signal([0.5 if i == 20 else -2 if i == 22 else 0 for i in range(count)], [0.25] * count)

            def next(self):
                super().next()

        told = {**self.trade, "stop_loss": None, "take_profit": None, "tag": None}
        for _ in self.each_backend():
            account = {20: {"trades": [told], "orders": []}, 22: {"trades": [], "orders": []}}
            _, results = self.run_all(Signals, "preload", bars(25), account=account)
            actions = {bar: json.loads(text).get("actions", []) for bar, text in results.items()}
            self.assertEqual([a["do"] for a in actions[20]], ["close", "order"])
            self.assertEqual(actions[20][1]["fraction"], 0.5)
            self.assertEqual([a["do"] for a in actions[21]], ["close"])
            self.assertEqual([(a["side"], a["quantity"]) for a in actions[22]], [("sell", 2.0)])
            self.assertEqual(actions[23], [])

    @needs_pandas
    def test_resample_apply_makes_an_indicator(self):
        from backtester.lib import resample_apply

        names = self.seen

        class Weekly(Strategy):
            def init(self):
                self.week = resample_apply("W-FRI", lambda s, n: s.rolling(n).mean(), self.data.Close, 2, plot=False)
                names.append((self.week.name, self.week.plot))

            def next(self):
                assert len(self.week) == len(self.data)
                decided.append(len(self.data) - 1)

        made = {}
        for mode in ("preload", "lockstep"):
            for _ in self.each_backend():
                decided = made[mode] = []
                self.run_all(Weekly, mode, bars(40))
                self.assertEqual(set(names), {("λ(C[W-FRI],2)", False)})
        self.assertEqual(made["preload"], made["lockstep"])
        self.assertEqual(len(made["preload"]), 40 - made["preload"][0])


if __name__ == "__main__":
    unittest.main()
