"""The vectorized API: what a function gets and what it may return."""

import array
import base64
import math
import unittest

import support
from fake_host import bars, column, run_start
from support import needs_numpy, needs_pandas

from backtester import arrays, vectorized
from backtester.errors import ProtocolError


class VectorTests(unittest.TestCase):
    def setUp(self):
        self.addCleanup(setattr, arrays, "backend", arrays.backend)

    def each_backend(self):
        for name, backend in support.backends().items():
            with self.subTest(arrays=name):
                arrays.backend = lambda backend=backend: backend
                yield backend

    def evaluate(self, strategy, data, parameters=None, encodings=("json",), symbols=("ACME",)):
        class Host:
            annotate, fault = True, None

        Host.encodings = list(encodings)
        run = strategy.start(run_start("vectorized", data, parameters, symbols=symbols), Host)
        self.started = run.started()
        count = len(data["time"])
        half = count // 2
        for symbol in symbols:
            for at, size in ((0, half), (half, count - half)):
                part = {n: column(v[at : at + size], "i64" if n == "time" else "f64") for n, v in data.items()}
                message = {"symbol": symbol, "offset": at, "count": size, "columns": part}
                if symbol == symbols[-1] and at:
                    message["last"] = True
                run.load(message)
        return run.evaluate({"run_id": "r", "first_index": 0, "count": count})

    def test_columns(self):
        data = bars(6)
        data["volume"][2] = None

        @vectorized(warmup="n")
        def f(d, n=3):
            assert len(d) == 6 and d.symbol == "ACME" and d.time == data["time"]
            assert d.close.tolist() == data["close"] and (d.high - d.low > 0).all()
            assert math.isnan(d.volume[2]) and d.volume[3] == data["volume"][3]
            with self.assertRaises(AttributeError):
                d.bid
            return [float(n)] * 6

        for _ in self.each_backend():
            result = self.evaluate(f, data, {"n": 2})
            self.assertEqual(result, {"target_position": {"ACME": column([2.0] * 6)}})
            self.assertEqual(self.started, {"mode": "vectorized", "warmup_bars": 2})

    def test_forms_of_results(self):
        data = bars(4)
        entries = {"ACME": column([True, False, False, True], "u8")}
        exits = {"ACME": column([False, True, False, False], "u8")}
        cases = [
            ({"target_weight": [0, 0.5, -1, None]}, {"target_weight": {"ACME": column([0.0, 0.5, -1.0, None])}}),
            ({"target_position": (1, 2, math.nan, 3)}, {"target_position": {"ACME": column([1.0, 2.0, None, 3.0])}}),
            ({"entries": [1, 0, 0, 1], "exits": [0, True, 0, 0]}, {"entries": entries, "exits": exits}),
            (([True, False, False, True], [0, 1, 0, 0]), {"entries": entries, "exits": exits}),
            ({"actions": [{"bar_index": 1, "do": "close"}]}, {"actions": [{"bar_index": 1, "do": "close"}]}),
            (None, {}),
            (
                {"target_weight": [1] * 4, "annotations": {"x": [math.nan, 1, math.inf, 2]}},
                {"target_weight": {"ACME": column([1.0] * 4)}, "annotations": {"x": [None, 1, None, 2]}},
            ),
        ]
        for returned, expected in cases:
            for _ in self.each_backend():
                self.assertEqual(self.evaluate(vectorized(lambda d: returned), data), expected)
        weight = vectorized(output="target_weight")(lambda d: [0.5] * 4)
        self.assertEqual(list(self.evaluate(weight, data)), ["target_weight"])
        with self.assertRaises(ValueError):
            vectorized(output="weights")(lambda d: 0)

    def test_base64_where_the_host_reads_it(self):
        data = bars(4)
        strategy = vectorized(lambda d: {"entries": [1, 0, 1, 0], "target_weight": [0.5, math.nan, 1, -1]})
        for _ in self.each_backend():
            result = self.evaluate(strategy, data, encodings=("json", "f64le+base64"))
            flags, weights = result["entries"]["ACME"], result["target_weight"]["ACME"]
            self.assertEqual((flags["dtype"], base64.b64decode(flags["data"])), ("u8", b"\1\0\1\0"))
            numbers = array.array("d", base64.b64decode(weights["data"])).tolist()
            self.assertEqual((weights["encoding"], numbers[0], numbers[2:]), ("f64le+base64", 0.5, [1.0, -1.0]))
            self.assertTrue(math.isnan(numbers[1]))

    @needs_numpy
    def test_numpy_results(self):
        import numpy as np

        @vectorized
        def f(d):
            return {
                "entries": d.close > d.open,
                "target_position": np.sign(d.close - d.open),
                "exits": np.array([1, 0, 0, 1]),
            }

        data = bars(4)
        result = self.evaluate(f, data)
        self.assertEqual(result["entries"]["ACME"]["data"], [c > o for c, o in zip(data["close"], data["open"])])
        self.assertEqual(result["exits"]["ACME"]["data"], [True, False, False, True])

    @needs_pandas
    def test_pandas_results(self):
        strategy = vectorized(lambda d: d.close.s.rolling(2).mean() * 0 + 1)
        result = self.evaluate(strategy, bars(4))
        self.assertEqual(result["target_position"]["ACME"]["data"], [None, 1.0, 1.0, 1.0])

    def test_wrong_results_are_named(self):
        data = bars(4)
        for returned, text in (
            ([1] * 3, r"target_position of ACME must have one value per bar \(4\), it has 3"),
            (5, r"must have one value per bar \(4\), it has no"),
            ({"target_weight": [0, math.inf, 0, 0]}, "target_weight of ACME is infinite at bar 1"),
            ({"entries": [0, 0.5, 0, 0]}, "entries of ACME must be true or false, was 0.5 at bar 1"),
            ({"signals": [0] * 4}, "returned 'signals'; outputs are target_position"),
        ):
            for _ in self.each_backend():
                with self.assertRaisesRegex(ValueError, text):
                    self.evaluate(vectorized(lambda d: returned), data)

    def test_several_symbols(self):
        data = bars(4)

        @vectorized(multi_symbol=True, output="target_weight")
        def f(by_symbol):
            return {symbol: [0.5] * len(d) for symbol, d in by_symbol.items()}

        for _ in self.each_backend():
            result = self.evaluate(f, data, symbols=("A", "B"))
            self.assertEqual(result, {"target_weight": {"A": column([0.5] * 4), "B": column([0.5] * 4)}})
        with self.assertRaises(ProtocolError):
            self.evaluate(vectorized(lambda d: None), data, symbols=("A", "B"))

    def test_modules_with_random_numbers_are_seeded(self):
        import random

        strategy = vectorized(lambda d: [random.randrange(100) for _ in d.time])
        for _ in self.each_backend():
            self.assertEqual(self.evaluate(strategy, bars(9)), self.evaluate(strategy, bars(9)))


if __name__ == "__main__":
    unittest.main()
