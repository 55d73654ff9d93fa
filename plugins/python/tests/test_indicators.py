"""Indicators: against slow and obvious ones, and to the last bit against pandas where it is installed."""

import math
import random
import unittest

import support  # noqa: F401 - finds the package
from support import needs_numpy, needs_pandas

from backtester import indicators


def walk(count, seed, digits=2):
    source = random.Random(seed)
    values, price = [], 100.0
    for _ in range(count):
        price *= 1 + source.gauss(0, 0.02)
        values.append(round(price, digits))
    return values


class IndicatorTests(unittest.TestCase):
    def close(self, made, expected):
        self.assertEqual(len(made), len(expected))
        for bar, (a, b) in enumerate(zip(made, expected)):
            if math.isnan(b):
                self.assertTrue(math.isnan(a), (bar, a))
            else:
                self.assertAlmostEqual(a, b, delta=1e-9 * max(1, abs(b)), msg=bar)

    def test_simple_average_over_every_small_size(self):
        for count in range(0, 12):
            for n in range(1, 13):
                values = walk(count, count * 13 + n)
                expected = [math.nan if i + 1 < n else math.fsum(values[i + 1 - n : i + 1]) / n for i in range(count)]
                self.close(indicators.sma(values, n), expected)

    def test_simple_average_skips_windows_with_gaps(self):
        values = [1.0, 2.0, math.nan, 4.0, 6.0, 8.0]
        self.close(indicators.sma(values, 2), [math.nan, 1.5, math.nan, math.nan, 5.0, 7.0])

    def test_many_values_at_once_are_as_one_by_one(self):
        source = random.Random(5)
        for case in range(300):
            n = source.randrange(1, 12)
            values = []
            for price in walk(source.randrange(120), case, source.choice((0, 2, 13))):
                odd = source.random()
                if case % 5 == 1 and odd < 0.1:
                    price = math.nan
                elif case % 5 == 2 and odd < 0.2:
                    price = source.choice((-price, 0.0, -0.0))
                elif case % 5 == 3 and odd < 0.5 and values:
                    price = values[-1]
                elif case % 5 == 4 and odd < 0.05:
                    price = source.choice((math.inf, 1e300, 1e-300))
                values.append(price)
            for kind in (indicators.SMA, indicators.EMA):
                single, several = kind(n), kind(n)
                expected = [single.update(value) for value in values]
                made = []
                while len(made) < len(values):
                    part = values[len(made) : len(made) + source.choice((1, 9, 40))]
                    made += several.extend(part) if source.random() < 0.7 else [several.update(v) for v in part]
                self.assertEqual(list(map(repr, made)), list(map(repr, expected)), (kind, n, case))

    def test_average_of_equal_values_is_that_value(self):
        self.assertEqual(indicators.sma([1e9 + 0.1] + [0.1] * 5, 3)[-1], 0.1)

    def test_exponential_average(self):
        values = walk(30, 3)
        for n in (1, 2, 5, 12):
            expected, mean = [], values[0]
            for bar, value in enumerate(values):
                mean = value if bar == 0 else mean + 2 / (n + 1) * (value - mean)
                expected.append(mean if bar >= n - 1 else math.nan)
            self.close(indicators.ema(values, n), expected)

    def test_relative_strength_index(self):
        values, n = walk(40, 4), 5
        expected = [math.nan] * n
        for bar in range(n, len(values)):
            changes = [b - a for a, b in zip(values[:bar], values[1 : bar + 1])]
            up = sum(max(c, 0) for c in changes[:n]) / n
            down = sum(max(-c, 0) for c in changes[:n]) / n
            for change in changes[n:]:
                up, down = (up * (n - 1) + max(change, 0)) / n, (down * (n - 1) + max(-change, 0)) / n
            expected.append(100 * up / (up + down))
        self.close(indicators.rsi(values, n), expected)
        self.assertEqual(indicators.rsi([1.0, 2.0, 3.0], 2)[-1], 100.0)
        self.assertEqual(indicators.rsi([1.0, 1.0, 1.0], 2)[-1], 50.0)
        self.assertEqual(indicators.rsi([3.0, 2.0, 1.0], 2)[-1], 0.0)

    def test_macd(self):
        values = walk(60, 5)
        fast, slow = indicators._over(indicators.EMA(3, 0), values), indicators._over(indicators.EMA(6, 0), values)
        line = [a - b for a, b in zip(fast, slow)]
        signal = indicators._over(indicators.EMA(4, 0), line)
        self.close(indicators.macd(values, 3, 6, 4), [math.nan] * 5 + line[5:])
        self.close(indicators.macd_signal(values, 3, 6, 4), [math.nan] * 8 + signal[8:])
        state = indicators.MACD(3, 6, 4)
        for value in values:
            state.update(value)
        self.assertEqual(state.signal, signal[-1])

    def test_average_true_range(self):
        high, low, close = [5.0, 6.0, 7.0, 9.0], [4.0, 4.5, 6.5, 5.0], [4.5, 6.0, 6.6, 8.0]
        # Ranges after the first bar: 1.5, max(.5, 1, .5) = 1, max(4, 2.4, 1.6) = 4.
        self.close(indicators.average_true_range(high, low, close, 2), [1.25, 1.25, 1.25, 2.5])
        self.close(indicators.average_true_range(high, low, close, 9), [math.nan] * 4)
        self.close(indicators.average_true_range(high, low, close, 9, partial=True), [6.5 / 3] * 4)

    def test_averages_need_a_value(self):
        for make in (indicators.SMA, indicators.EMA, indicators.RSI):
            with self.assertRaises(ValueError):
                make(0)

    @needs_pandas
    def test_averages_equal_pandas_bit_for_bit(self):
        import pandas as pd

        for seed in range(40):
            values = [round(v * 10.0 ** (seed % 9 - 4), 2 + seed % 5) for v in walk(120, seed, 6)]
            if seed % 3 == 0:
                values[40:70] = [values[40]] * 30
            if seed % 4 == 0:
                values = [-v for v in values]
            if seed % 5 == 0:
                values[10] = math.nan
            for n in (1, 2, 3, 7, 20, 50):
                self.same(indicators.sma(values, n), pd.Series(values).rolling(n).mean())
                if seed % 5:
                    average = pd.Series(values).ewm(span=n, adjust=False, min_periods=n).mean()
                    self.same(indicators.ema(values, n), average)

    @needs_numpy
    def test_sums_equal_numpy_bit_for_bit(self):
        import numpy as np

        for count in [*range(0, 40), 127, 128, 129, 300, 1000]:
            values = walk(count, count, 6)
            self.assertEqual(indicators.pairwise_sum(values), float(np.sum(np.array(values))))

    def same(self, made, expected):
        for a, b in zip(made, expected.tolist()):
            self.assertTrue(a == b or math.isnan(a) and math.isnan(b), (a, b))


if __name__ == "__main__":
    unittest.main()
