"""Moving averages that strategy files define themselves: which functions are known, and that their values are equal."""

import random
import types
import unittest

import support
from fake_host import bars
from support import needs_pandas
from test_class_runs import RunTestCase

from backtester import Strategy, idioms, indicators
from backtester.test import SMA as SAMPLE_SMA

if support.HAS_PANDAS:
    import pandas as pd


def mean(values, n):
    """Simple moving average."""
    return pd.Series(values).rolling(n).mean()


def mean_in_steps(array, window: int) -> "pd.Series":
    result = pd.Series(array).rolling(window=window).mean().to_numpy()
    return result


def exponential(array, span):
    array = pd.Series(array).ewm(span=span, adjust=False).mean().values
    return array


def of_column(column, n):
    return column.s.rolling(n).mean()


KNOWN = {mean: indicators.SMA, mean_in_steps: indicators.SMA, of_column: indicators.SMA, exponential: None}


def median(values, n):
    return pd.Series(values).rolling(n).median()


def eager(values, n):
    return pd.Series(values).rolling(n, min_periods=1).mean()


def adjusted(values, n):
    return pd.Series(values).ewm(span=n).mean()


def shifted(values, n):
    return pd.Series(values).rolling(n).mean().shift(1)


def swapped(values, n):
    return pd.Series(n).rolling(values).mean()


def with_default(values, n=5):
    return pd.Series(values).rolling(n).mean()


@needs_pandas
class IdiomTest(RunTestCase):
    def test_known_functions(self):
        for function, state in KNOWN.items():
            found = idioms.online(function, (None, 5), {})
            self.assertTrue(found is state if state else found is not None, function.__name__)
        self.assertIs(idioms.online(lambda x, n: pd.Series(x).rolling(n).mean(), (None, 5), {}), indicators.SMA)
        self.assertIs(idioms.online(SAMPLE_SMA, (None, 5), {}), indicators.SMA)

    def test_other_functions(self):
        for function in (median, eager, adjusted, shifted, swapped, len, max, types.SimpleNamespace()):
            self.assertIsNone(idioms.online(function, (None, 5), {}), function)
        factor = 2
        for args, kwargs in (((None, 5.0), {}), ((None,), {}), ((None, 0), {}), ((None, True), {}), ((None,), {"n": 5})):
            self.assertIsNone(idioms.online(mean, args, kwargs))
        self.assertIsNone(idioms.online(lambda x, n: pd.Series(x).rolling(n * factor).mean(), (None, 5), {}))
        self.assertIsNone(idioms.online(types.FunctionType(mean.__code__, {"pd": types}), (None, 5), {}))
        self.assertIsNone(idioms.online(exponential, (types.SimpleNamespace(name="Volume"), 5), {}))

    def test_values_are_those_of_the_functions(self):
        source = random.Random(5)
        for function in (*KNOWN, with_default):
            if function is of_column:
                continue
            for places in (1, 2, 6):
                values = [round(100 * source.random(), places) for _ in range(400)]
                values[200:230] = [values[200]] * 30
                for n in (1, 2, 7, 50):
                    state = idioms.online(function, (None, n), {})(n)
                    wanted = list(function(values, n))
                    for index, value in enumerate(values):
                        newest = state.update(value)
                        if wanted[index] == wanted[index] or newest == newest:
                            self.assertEqual(newest, wanted[index], (function.__name__, n, index))

    def test_lock_step_continues_them(self):
        calls = self.seen

        def counted(values, n):
            calls.append(len(values))
            return pd.Series(values).rolling(n).mean()

        class Known(Strategy):
            function = staticmethod(mean)

            def init(self):
                self.fast = self.I(self.function, self.data.Close, 2)
                self.slow = self.I(exponential, self.data.Open, 4)

            def next(self):
                if self.fast[-1] > self.slow[-1]:
                    self.buy(size=1, tag=f"{float(self.fast[-2])} {float(self.slow[-1])} {len(self.slow)}")

        class Recomputed(Known):
            function = staticmethod(counted)

        def decisions(cls, mode):
            texts = self.run_all(cls, mode, bars(40))[1]
            return {index: text.replace("counted(", "mean(") for index, text in texts.items() if text != "{}"}

        for _ in self.each_backend():
            wanted = decisions(Known, "preload")
            self.assertGreater(len(wanted), 30)
            self.assertEqual(decisions(Known, "lockstep"), wanted)
            calls.clear()
            self.assertEqual(decisions(Recomputed, "lockstep"), wanted)
            self.assertGreater(len(calls), 30)


if __name__ == "__main__":
    unittest.main()
