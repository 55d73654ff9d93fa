"""crossover, cross, barssince, quantile, resample_apply: names and behaviour of backtesting.lib."""

import math
import random
import unittest

import support
from support import needs_numpy, needs_pandas

from backtester import lib, test
from backtester.data import Timeline
from backtester.lib import barssince, cross, crossover, quantile


class CrossTests(unittest.TestCase):
    def test_crossover(self):
        for a, b, expected in (
            ([1, 3], [2, 2], True), ([1, 3], 2, True), (2, [3, 1], True), ([2, 3], 2, False), ([1, 2], 2, False),
            ([3, 1], 2, False), ([1], [2], False), (1, 2, False), ((0, 1, 3), (9, 2, 2), True),
            ([math.nan, 3], [2, 2], False), ([1.0, 3.0], 2.0, True), (True, [3, 0.5], True),
        ):  # fmt: skip
            self.assertEqual(bool(crossover(a, b)), expected, (a, b))
        with self.assertRaises(TypeError):
            crossover([1, 3], None)

    def test_cross_is_either_direction(self):
        self.assertTrue(cross([1, 3], 2))
        self.assertTrue(cross([3, 1], 2))
        self.assertFalse(cross([3, 3], 2))

    @needs_numpy
    def test_crossover_with_numpy(self):
        import numpy as np

        self.assertTrue(crossover(np.array([1.0, 3.0]), np.float64(2)))
        self.assertTrue(crossover(np.float32(2), np.array([3, 1])))
        self.assertFalse(crossover(np.array([1.0]), 2))

    @needs_pandas
    def test_crossover_with_pandas(self):
        import pandas as pd

        dates = pd.date_range("2020-01-01", periods=2)
        self.assertTrue(crossover(pd.Series([1, 3]), pd.Series([2, 2], index=dates)))
        self.assertTrue(crossover(pd.Series([1, 3], index=dates), 2))


class SequenceTests(unittest.TestCase):
    def test_barssince(self):
        self.assertEqual(barssince([0, 1, 0, 0]), 2)
        self.assertEqual(barssince([True]), 0)
        self.assertEqual(barssince([0, 0]), math.inf)
        self.assertEqual(barssince([0, 0], default=7), 7)
        self.assertEqual(barssince([]), math.inf)

    def test_quantile_gives_the_rank_of_the_newest_value(self):
        for backend in support.backends().values():
            series = backend.column(backend.from_list([1.0, 2.0, 3.0, 4.0, 2.0]), Timeline([0] * 5), "x")
            self.assertEqual(float(quantile(series)), 0.25)
        self.assertEqual(quantile([1, 2, 3, 4, 2]), 0.25)
        self.assertTrue(math.isnan(quantile([1])))

    def test_quantile_interpolates_and_leaves_out_nan(self):
        self.assertEqual(quantile([1, 2, 3, 4], 0.25), 1.75)
        self.assertEqual(quantile([math.nan, 1, 2, 3], 0.5), 2)
        self.assertEqual(quantile([5], 0.9), 5)
        self.assertTrue(math.isnan(quantile([math.nan], 0.9)))

    @needs_numpy
    def test_quantile_equals_numpy_bit_for_bit(self):
        import numpy as np

        source = random.Random(6)
        for _ in range(300):
            values = [source.gauss(100, 5) for _ in range(source.randrange(1, 40))]
            part = source.choice([0.0, 0.07, 0.1, 1 / 3, 0.5, 0.9, 0.99, 1.0, source.random()])
            self.assertEqual(quantile(values, part), np.nanpercentile(np.array(values), part * 100))


class ResampleTests(unittest.TestCase):
    @needs_pandas
    def test_a_group_is_seen_from_its_end_on(self):
        import pandas as pd

        days = pd.date_range("2024-01-01", periods=12)  # a Monday
        close = pd.Series([float(i) for i in range(12)], index=days, name="Close")
        weekly = lib.resample_apply("W-SUN", None, close)
        self.assertEqual(weekly.iloc[5:].tolist()[1:], [6.0] * 6)
        self.assertTrue(weekly.iloc[:6].isna().all())
        high = lib.resample_apply("W-SUN", lambda values: values * 2, close.rename("High"))
        self.assertEqual(high.iloc[-1], 12.0)
        frame = lib.resample_apply("W-SUN", None, pd.DataFrame({"High": close, "Low": close}))
        self.assertEqual(frame.iloc[-1].tolist(), [6.0, 0.0])
        rows = lib.resample_apply("W-SUN", lambda values: (values.to_numpy(), values.to_numpy() * 2), close)
        self.assertEqual(rows.iloc[-1].tolist(), [6.0, 12.0])
        with self.assertRaisesRegex(AssertionError, "a column of self.data"):
            lib.resample_apply("W", None, [1, 2])


class StandInTests(unittest.TestCase):
    def test_samples_are_names(self):
        self.assertIs(test.GOOG.copy(), test.GOOG)
        for use in (lambda: test.GOOG.Close, lambda: test.GOOG["Close"], lambda: len(test.GOOG)):
            with self.assertRaisesRegex(RuntimeError, "--sample GOOG"):
                use()

    def test_star_imports_give_the_names_of_the_original(self):
        def star(module):
            names = {}
            exec(f"from {module} import *", names)
            names.pop("__builtins__")
            return names

        names = star("backtester")
        # What backtesting.py 0.6.6 gives; of the others those that its documentation names.
        for name in ("Backtest", "Pool", "Strategy", "backtesting", "lib", "set_bokeh_output", "try_"):
            self.assertIn(name, names)
        names["set_bokeh_output"](notebook=False)
        self.assertIs(names["backtesting"].Strategy, names["Strategy"])
        self.assertEqual(names["try_"](lambda: 1 / 0, 5, ZeroDivisionError), 5)
        self.assertIsNone(names["try_"](lambda: 1 / 0))
        self.assertEqual(names["try_"](lambda: 3), 3)
        with names["Pool"](1) as pool:
            self.assertEqual(pool.map(abs, [-1, 2]), [1, 2])
        self.assertEqual(
            sorted(star("backtester.lib")),
            [
                "FractionalBacktest", "MultiBacktest", "OHLCV_AGG", "SignalStrategy", "TRADES_AGG", "TrailingStrategy",
                "barssince", "compute_stats", "cross", "crossover", "plot_heatmaps", "quantile", "random_ohlc_data",
                "resample_apply",
            ],
        )  # fmt: skip
        self.assertEqual(sorted(star("backtester.test")), ["BTCUSD", "EURUSD", "GOOG", "SMA"])

    def test_the_original_private_modules_can_be_imported(self):
        from backtester import _stats, _util, arrays
        from backtester._stats import _Stats, compute_stats, geometric_mean
        from backtester._util import _Array, _as_str, _Data, _Indicator, patch
        from backtester.data import Data

        self.assertIs(_Data, Data)
        backend = arrays.backend()
        self.assertIs(_Array, backend.Array)
        self.assertTrue(issubclass(_Indicator, _Array))
        close = Data(backend, Timeline([0]), {"Close": backend.from_list([1.0])}).Close
        self.assertIsInstance(close, _Array)
        self.assertIsInstance(_Stats, type)
        for function in (compute_stats, geometric_mean, _as_str, patch):
            with self.assertRaisesRegex(NotImplementedError, "is not available here: "):
                function(1, 2, a=3)
        for module in (_stats, _util):
            with self.assertRaises(AttributeError):
                module.nothing

    def test_sma(self):
        self.assertEqual(list(test.SMA([1.0, 2.0, 4.0], 2))[1:], [1.5, 3.0])

    def test_what_has_no_counterpart_says_so(self):
        for function in (lib.compute_stats, lib.plot_heatmaps, lib.random_ohlc_data):
            with self.assertRaises(NotImplementedError):
                function()

    def test_the_names_of_the_original_can_be_imported(self):
        import backtester
        import backtester.backtester

        for name in (
            "OHLCV_AGG", "TRADES_AGG", "barssince", "cross", "crossover", "plot_heatmaps", "quantile", "compute_stats",
            "resample_apply", "random_ohlc_data", "SignalStrategy", "TrailingStrategy", "FractionalBacktest",
            "MultiBacktest",
        ):  # fmt: skip
            self.assertTrue(hasattr(lib, name), name)
        for name in ("Backtest", "Strategy", "set_bokeh_output"):
            self.assertTrue(hasattr(backtester, name), name)
        for name in ("Backtest", "Strategy", "Order", "Trade", "Position"):
            self.assertTrue(hasattr(backtester.backtester, name), name)


if __name__ == "__main__":
    unittest.main()
