"""Price columns and indicators: both kinds of arrays behave alike."""

import math
import unittest

import support
from support import needs_pandas

from backtester.data import Data, Timeline

TIMES = [86400000 * day for day in range(5)]


class ArrayTests(unittest.TestCase):
    def each(self):
        for name, backend in support.backends().items():
            with self.subTest(arrays=name):
                timeline = Timeline(list(TIMES))
                close = backend.column(backend.from_list([1.0, 2.0, None, 4.0, 5.0]), timeline, "Close")
                yield backend, timeline, close

    def test_values_and_slices(self):
        for backend, _, close in self.each():
            self.assertEqual((len(close), close[-1], close[0], close[-2]), (5, 5.0, 1.0, 4.0))
            self.assertTrue(math.isnan(close[2]))
            self.assertEqual(close[:2].tolist(), [1.0, 2.0])
            self.assertEqual(close[-2:].tolist(), [4.0, 5.0])
            self.assertEqual(close[::-2].tolist()[0], 5.0)
            self.assertEqual(close[:2].name, "Close")
            with self.assertRaises(IndexError):
                close[5]
            with self.assertRaises(IndexError):
                close[:2][-3]
            self.assertEqual(list(reversed(close[:2])), [2.0, 1.0])

    def test_truth_and_float_speak_of_the_newest_value(self):
        for backend, _, close in self.each():
            self.assertEqual(float(close), 5.0)
            self.assertTrue(bool(close > 4))
            self.assertFalse(bool(close[:4] > 4))

    def test_arithmetic_and_comparison_go_value_by_value(self):
        for backend, _, close in self.each():
            whole = close[3:]
            for made, expected in (
                (whole + 1, [5, 6]), (1 + whole, [5, 6]), (whole - 1, [3, 4]), (10 - whole, [6, 5]),
                (whole * 2, [8, 10]), (whole / 2, [2, 2.5]), (20 / whole, [5, 4]), (whole // 3, [1, 1]),
                (whole % 3, [1, 2]), (whole**2, [16, 25]), (-whole, [-4, -5]), (abs(-whole), [4, 5]),
                (whole + whole, [8, 10]), (whole * [2, 3], [8, 15]), (whole > 4, [False, True]),
                (whole <= 4, [True, False]), (whole == 4, [True, False]), (whole != 4, [False, True]),
                ((whole > 1) & (whole < 5), [True, False]), (~(whole > 4), [True, False]),
            ):  # fmt: skip
                self.assertEqual(made.tolist(), expected)
                self.assertEqual(made.name, "Close")
            with self.assertRaises(ValueError):
                close + [1, 2]

    def test_dividing_by_zero_gives_infinities(self):
        import warnings

        for backend, _, close in self.each():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.assertEqual((close[3:] / 0).tolist(), [math.inf, math.inf])
                self.assertEqual((-close[3:] / 0).tolist(), [-math.inf, -math.inf])
                self.assertTrue(math.isnan((close[3:] * 0 / 0).tolist()[0]))

    def test_values_can_be_assigned_through_a_prefix(self):
        for backend, timeline, _ in self.each():
            made = backend.indicator([math.nan] * 5, timeline, "x", "x", 5, True, False)
            shown = backend.prefix(made, 3)
            shown[-1] = 7.0
            self.assertEqual((made[2], backend.prefix(made, 4)[-2]), (7.0, 7.0))
            with self.assertRaises(IndexError):
                shown[3] = 1.0

    def test_reductions(self):
        for backend, _, close in self.each():
            whole = close[3:]
            for made, expected in (
                (whole.mean(), 4.5), (whole.sum(), 9), (whole.max(), 5), (whole.min(), 4), (whole.std(), 0.5),
                (whole.argmax(), 1), (whole.argmin(), 0),
            ):  # fmt: skip
                self.assertEqual(float(made), expected)
            self.assertTrue(math.isnan(float(close.max())))
            self.assertTrue((whole > 3).all() and not (whole > 9).any())

    def test_indicators_keep_their_kind_through_arithmetic(self):
        for backend, timeline, close in self.each():
            made = backend.indicator([math.nan, 1, 2, 3, 4], timeline, "x", "x", 5, True, False)
            self.assertIsInstance(made, backend.Indicator)
            self.assertIsInstance(made * 2 + 1, backend.Indicator)
            self.assertIsInstance(made > 2, backend.Indicator)
            self.assertIsInstance(made[1:], backend.Indicator)
            self.assertNotIsInstance(close * 2, backend.Indicator)
            self.assertEqual((made * 2).name, "x")
            self.assertEqual(backend.first_defined(made), 1)
            self.assertEqual(backend.first_defined(made > 2), 0)
            self.assertEqual(backend.prefix(made, 3).tolist()[1:], [1, 2])

    def test_what_an_indicator_may_be(self):
        for backend, timeline, close in self.each():

            def make(value, name="x"):
                return backend.indicator(value, timeline, "x", name, 5, True, False)

            for value in (range(5), [1] * 5, (1, 2, 3, 4, 5), close, [True] * 5):
                self.assertEqual(make(list(value) if isinstance(value, range) else value).ndim, 1)
            table = make((list(range(5)), [math.nan] * 2 + [1.0] * 3))
            self.assertEqual((table.ndim, table.shape), (2, (2, 5)))
            first, second = table
            self.assertEqual(first.tolist(), [0, 1, 2, 3, 4])
            self.assertIsInstance(second, backend.Indicator)
            self.assertEqual(table[0][-1], 4)
            self.assertEqual(table[1, -1], 1.0)
            self.assertEqual(backend.first_defined(table), 2)
            self.assertEqual([row.tolist() for row in backend.prefix(table, 1)][0], [0])
            self.assertEqual(make([[i, 2 * i, 3 * i] for i in range(5)]).shape, (3, 5))  # one row a bar
            for value in (None, 5, [1] * 4, ([1] * 5, [1] * 4), {"a": 1}, "hello"):
                with self.assertRaises(ValueError):
                    make(value)
            with self.assertRaises(ValueError):
                make(([1] * 5, [2] * 5), name=["only one"])

    def test_never_defined_counts_as_zero(self):
        for backend, timeline, _ in self.each():
            made = backend.indicator([math.nan] * 5, timeline, "x", "x", 5, True, False)
            self.assertEqual(backend.first_defined(made), 0)
            self.assertTrue(backend.never_defined(made))
            made = backend.indicator([None, None, 1, 2, 3], timeline, "x", "x", 5, True, False)
            self.assertEqual(backend.first_defined(made), 2)
            self.assertFalse(backend.never_defined(made))

    def test_rows_have_names(self):
        for backend, timeline, _ in self.each():
            table = backend.indicator(([1] * 5, [2] * 5), timeline, "x", "x", 5, True, False)
            self.assertEqual([name for name, _ in backend.rows(table)], ["x[0]", "x[1]"])
            table = backend.indicator(([1] * 5, [2] * 5), timeline, "x", ["a", "b"], 5, True, False)
            self.assertEqual([(n, v[0]) for n, v in backend.rows(table)], [("a", 1.0), ("b", 2.0)])

    def test_bytes_and_parts(self):
        import struct

        for backend, _, _ in self.each():
            data = struct.pack("<3d", 1.5, math.nan, -2.0)
            values = backend.from_bytes(data)
            self.assertEqual((values[0], values[2], len(values)), (1.5, -2.0, 3))
            self.assertEqual(len(backend.join([values, values])), 6)

    @needs_pandas
    def test_pandas_views(self):
        for backend, _, close in self.each():
            series = close[:2].s
            self.assertEqual(series.tolist(), [1.0, 2.0])
            self.assertEqual(series.name, "Close")
            self.assertEqual(str(series.index[1]), "1970-01-02 00:00:00")
            self.assertEqual(list(close.df.columns), ["Close"])
            self.assertEqual(close.to_series().index.tolist(), close.s.index.tolist())


class DataTests(unittest.TestCase):
    def each(self):
        for name, backend in support.backends().items():
            with self.subTest(arrays=name):
                columns = {n: backend.from_list([1.25, 2.5, 3.0, 4.0, 5.0]) for n in ("Open", "Close")}
                yield Data(backend, Timeline(list(TIMES)), columns)

    def test_columns_grow(self):
        for data in self.each():
            self.assertEqual((len(data), data.Close[-1]), (5, 5.0))
            data._set_length(2)
            self.assertEqual((len(data), data.Close[-1], len(data.Open), data["Close"][-1]), (2, 2.5, 2, 2.5))
            self.assertIs(data.Close, data.Close)
            data._set_length(3)
            self.assertEqual((len(data.Close), len(data.index)), (3, 3))

    @needs_pandas
    def test_room_for_bars_to_come_is_not_shown(self):
        for name, backend in support.backends().items():
            with self.subTest(arrays=name):
                whole = backend.filled(5)
                data = Data(backend, Timeline([]), {"Close": whole})
                data._growing = True
                for length, value in enumerate((1.25, 2.5, 3.125), 1):
                    whole[length - 1] = value
                    data._timeline.times.append(TIMES[length - 1])
                    data._timeline._index = None
                    data._set_length(length)
                    self.assertEqual((len(data), data.Close[-1], len(data.Close)), (length, value, length))
                    self.assertEqual(data.df["Close"].tolist(), [1.25, 2.5, 3.125][:length])
                    self.assertEqual((len(data.df), len(data.index)), (length, length))
                self.assertEqual(data.pip, 0.01)

    def test_unknown_columns_are_named(self):
        for data in self.each():
            with self.assertRaisesRegex(AttributeError, "no column 'Bid'.*Open, Close"):
                data.Bid
            with self.assertRaises(KeyError):
                data["Bid"]

    def test_times(self):
        for data in self.each():
            data._set_length(2)
            newest = data.index[-1]
            self.assertEqual((newest.year, newest.month, newest.day, newest.hour), (1970, 1, 2, 0))
            self.assertIn("1970-01-02", repr(data))

    def test_pip_is_the_middle_number_of_decimals(self):
        for backend in support.backends().values():
            for closes, pip in (
                ([1.23, 1.2, 1.5], 0.1), ([100, 200, 300], 0.1), ([1.1234, 1.12, 1.1], 0.01),
                ([1.2345, 1.234], 10**-3.5), ([1.23456] * 3, 1e-05),
            ):  # fmt: skip
                timeline = Timeline(TIMES[: len(closes)])
                data = Data(backend, timeline, {"Close": backend.from_list([float(c) for c in closes])})
                self.assertEqual(data.pip, pip)

    @needs_pandas
    def test_frame(self):
        for data in self.each():
            data._set_length(3)
            self.assertEqual(data.df.shape, (3, 2))
            self.assertEqual(data.df.Close.iloc[-1], 3.0)
            self.assertEqual(data.df.index[-1], data.index[-1])


class TimesTests(unittest.TestCase):
    def test_times_without_pandas(self):
        from backtester.data import Times, milliseconds, moment

        times = Times([0, 86400000, 90000000])
        self.assertEqual((len(times), times[-1].hour, times[1:][0].day), (3, 1, 2))
        self.assertEqual([milliseconds(t) for t in times], [0, 86400000, 90000000])
        self.assertEqual(milliseconds(moment(-1)), -1)


if __name__ == "__main__":
    unittest.main()
