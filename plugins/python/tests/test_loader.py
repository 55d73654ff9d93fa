"""Finding the strategy in a file, and files that were written as scripts."""

import contextlib
import io
import sys
import textwrap
import unittest
from unittest import mock

import support
from support import needs_pandas

from backtester import loader
from backtester.errors import StrategyFileError
from backtester.test import EURUSD, GOOG

TWO = """
    from backtester import Strategy

    class First(Strategy):
        def init(self): pass
        def next(self): pass

    class Second(First):
        n = 3
"""


class LoaderTests(support.FileTestCase):
    def setUp(self):
        super().setUp()
        path, argv, modules = list(sys.path), list(sys.argv), set(sys.modules)

        def restore():
            GOOG._frame = EURUSD._frame = None  # a process loads one file
            sys.path[:], sys.argv[:] = path, argv
            for name in set(sys.modules) - modules:
                if str(self.folder) in str(getattr(sys.modules[name], "__file__", "")):
                    del sys.modules[name]

        self.addCleanup(restore)

    def find(self, text, name=None, file="strategy_file.py"):
        self.errors = io.StringIO()
        # What a file prints goes to standard error when it is served.
        with contextlib.redirect_stderr(self.errors), contextlib.redirect_stdout(self.errors):
            return loader.find(loader.execute(self.file(text, file)), name)

    def test_the_only_strategy_is_found(self):
        found = self.find("""
            from backtester import Strategy, on_bar
            from backtester.lib import SignalStrategy, TrailingStrategy

            class Base(Strategy):
                def init(self): pass

            class Mine(Base):
                def next(self): pass
            Alias = Mine
        """)
        self.assertEqual(found.name, "Mine")

    def explain(self, text, file="failing.py"):
        # assertRaises would take the traceback off.
        try:
            self.find(text, file=file)
        except (Exception, SystemExit) as error:
            return loader.explained(error, self.folder / file)
        raise AssertionError("the file was loaded")

    def test_a_file_that_does_not_load_is_named_with_its_line(self):
        path = self.folder / "failing.py"
        for text, sentence, hint in (
            ("x = 1\ndef f(:\n    pass\n", f"{path}, line 2: invalid syntax: def f(:", "correct it"),
            ("import os\nimport no_such_thing.part\n", f"{path}, line 2: ModuleNotFoundError: No module", "Install no_such_thing"),
            ("\n\nfrom .helper import n\n", f"{path}, line 3: ImportError: attempted relative import", "without the dot"),
            ("def f():\n    return 1 / 0\nf()\n", f"{path}, line 3: ZeroDivisionError", "correct it"),
            ("raise SystemExit('no data')\n", f"{path}, line 1: SystemExit: no data", "correct it"),
        ):
            with self.subTest(text=text):
                error = self.explain(text)
                self.assertIn(sentence, str(error))
                self.assertIn(hint, error.data["hint"])
                self.assertEqual(error.code, 2005)
                self.assertNotIn("importlib", error.data["traceback"])

    def test_modules_that_the_sdk_lacks_are_no_packages_to_install(self):
        for text, hint in (
            ("from backtester.libs import cross\n", "The SDK has no module backtester.libs. Did you mean lib?"),
            ("import backtester.backtesting\n", "no module backtester.backtesting. Did you mean backtester"),
            ("import backtester._plotting\n", "no module backtester._plotting. There are lib, test, indicators"),
            ("import backtester.lib.cross\n", "no module backtester.lib.cross. Did you mean lib"),
        ):
            error = self.explain(text)
            self.assertIn("ModuleNotFoundError: No module named 'backtester.", str(error))
            self.assertIn(hint, error.data["hint"])
            self.assertNotIn("Install", error.data["hint"])

    def test_the_original_library_is_pointed_out(self):
        package = self.file("class Strategy:\n    pass\n", "backtesting.py")
        mine = "from backtesting import Strategy\nclass Mine(Strategy):\n    pass\n"
        for name in (None, "Mine"):
            with self.assertRaisesRegex(StrategyFileError, "imports from backtesting, so that Mine") as caught:
                self.find(mine, name)
            self.assertIn("Write backtester for backtesting", caught.exception.hint)
        package.unlink()
        sys.modules.pop("backtesting", None)
        error = self.explain("from backtesting.nowhere import Strategy\n")
        self.assertIn("Write backtester for backtesting", error.data["hint"])

    def test_several_strategies_need_a_name(self):
        with self.assertRaisesRegex(StrategyFileError, r"several strategies \(First, Second\).*strategy_file.py:First"):
            self.find(TWO)
        self.assertEqual(self.find(TWO, "Second").name, "Second")
        self.assertEqual(self.find(TWO, "First").defaults, {})
        with self.assertRaisesRegex(StrategyFileError, "no strategy 'Third'; it defines First, Second"):
            self.find(TWO, "Third")

    def test_a_file_without_a_strategy_says_what_is_missing(self):
        with self.assertRaisesRegex(StrategyFileError, "defines no strategy"):
            self.find("x = 1\n")

    def test_functions_are_found(self):
        found = self.find("""
            from backtester import on_bar
            @on_bar
            def f(bar, ctx): pass
        """)
        self.assertEqual(found.name, "f")
        found = self.find("""
            from backtester import vectorized
            @vectorized(name="called")
            def f(data): pass
        """)
        self.assertEqual(found.name, "called")

    def test_files_and_names_are_told_apart(self):
        self.assertEqual(loader.split("a/b.py:Name"), ("a/b.py", "Name"))
        self.assertEqual(loader.split("a/b.py"), ("a/b.py", None))
        self.assertEqual(loader.split("C:\\a\\b.py"), ("C:\\a\\b.py", None))
        odd = self.file("", "odd.py:Name")
        self.assertEqual(loader.split(str(odd)), (str(odd), None))

    def test_file_names_do_not_shadow_modules(self):
        before = sys.modules["json"]
        self.assertEqual(self.find(TWO, "First", "json.py").name, "First")
        self.assertIs(sys.modules["json"], before)
        self.assertEqual(self.find(TWO, "First", "with-dash.py").name, "First")
        with self.assertRaisesRegex(StrategyFileError, "must end in .py"):
            self.find(TWO, "First", "strategy.txt")

    def test_a_script_stops_where_it_starts_a_backtest(self):
        for call in ("run()", "optimize(n=[1, 2])", "plot()"):
            found = self.find(f"""
                from backtester import Backtest, Strategy
                from backtester.test import GOOG

                class Mine(Strategy):
                    n = 1
                    def init(self): pass
                    def next(self): pass

                backtest = Backtest(GOOG, Mine, cash=10_000, commission=.002, exclusive_orders=True)
                stats = backtest.{call}
                raise SystemExit("the rest of the script ran")
            """)
            self.assertEqual(found.name, "Mine")
            self.assertIn("starts no backtest while the file is served", self.errors.getvalue())
        self.assertFalse(loader.loading)

    SAMPLE = """
        from backtester import Backtest, Strategy
        from backtester.test import GOOG, EURUSD
        {before}
        class Mine(Strategy):
            def init(self): pass
            def next(self): pass

        stats = Backtest(GOOG, Mine).run() if {run} else None
        {after}
    """

    def sample(self, before="", after="", run=False, name=None):
        return self.find(textwrap.dedent(self.SAMPLE).format(before=before, after=after, run=run), name)

    def test_a_script_stops_where_it_looks_at_sample_prices_without_pandas(self):
        with mock.patch.dict(sys.modules, {"pandas": None}):
            self.assertEqual(self.sample("copy = GOOG.copy()", "copy.tail()").name, "Mine")
            self.assertIn("line 10: the prices of GOOG are not here", self.errors.getvalue())
            with self.assertRaisesRegex(StrategyFileError, "loading ended at line 4: the prices of GOOG"):
                self.sample("GOOG.tail()")

    @needs_pandas
    def test_samples_are_made_up_tables_while_a_file_is_loaded(self):
        found = self.sample("data = GOOG.copy(); print(data.tail())", "raise SystemExit('the rest ran')", run=True)
        self.assertEqual(found.name, "Mine")
        self.assertIn("2013-03-01", self.errors.getvalue())
        self.assertIn("the prices of GOOG are not here: made-up ones stand for them", self.errors.getvalue())
        self.assertIn("line 9: Backtest.run() starts no backtest", self.errors.getvalue())
        found = self.sample("""
import copy, numpy as np, pandas as pd
data, again, twice = GOOG.copy(), GOOG.copy(deep=True), copy.deepcopy(GOOG)
assert type(data) is pd.DataFrame and data is not again and data.equals(again) and len(twice) == len(data)
assert list(GOOG.columns) == list(GOOG) == ["Open", "High", "Low", "Close", "Volume"] and "Close" in GOOG
assert isinstance(GOOG.index, pd.DatetimeIndex) and GOOG.index.is_monotonic_increasing and GOOG.index.is_unique
assert str(GOOG.index[0].date()) == "2004-08-19" and str(GOOG.index[-1].date()) == "2013-03-01"
assert (GOOG[["Open", "Close"]].max(axis=1) <= GOOG.High).all() and (GOOG.min(axis=1) == GOOG.Low).all()
assert (GOOG > 0).all().all() and isinstance(GOOG, pd.DataFrame) and len(GOOG.loc["2010":"2011"]) > 500
assert pd.DataFrame(GOOG).equals(data) and len(pd.concat([GOOG, GOOG])) == 2 * len(GOOG) == 2 * len(data)
assert np.asarray(GOOG).shape == (len(GOOG), 5) and len(GOOG.resample("W").agg({"Close": "last"})) > 400
assert len(GOOG.join(EURUSD, rsuffix="2").columns) == 10 and EURUSD.index[1].hour == 10
GOOG["SMA"] = GOOG.Close.rolling(3).mean(); GOOG.dropna(inplace=True); GOOG.columns = list("abcdef")
assert len(GOOG) == len(data) - 2 and list(GOOG) == list("abcdef") and "a" in repr(GOOG) and f"{GOOG}" == str(GOOG)
""")
        self.assertEqual(found.name, "Mine")
        self.assertEqual(self.errors.getvalue().count("made-up ones"), 2, self.errors.getvalue())
        self.assertEqual(repr(GOOG), "<sample GOOG>", "after the file is loaded")
        self.assertNotIsInstance(GOOG, type(found))
        with self.assertRaisesRegex(RuntimeError, "--sample GOOG"):
            GOOG.tail()

    @needs_pandas
    def test_what_fails_on_made_up_prices_ends_the_loading(self):
        fails = "GOOG.Close[GOOG.Close > 1e9].iloc[0]"
        self.assertEqual(self.sample(after=fails).name, "Mine")
        self.assertRegex(self.errors.getvalue(), "line 10: IndexError: .* of GOOG are made up while the file is loaded")
        with self.assertRaisesRegex(StrategyFileError, "it defines Mine .its loading ended at line 10: IndexError"):
            self.sample(after=fails, name="Later")
        text = textwrap.dedent(self.SAMPLE).format(before=fails, after="", run=False)
        error = self.explain(text)
        self.assertIn("line 4: IndexError", str(error))
        self.assertIn("the prices of GOOG are made up", error.data["hint"])
        with self.assertRaises(ZeroDivisionError):
            self.sample(after="1 / 0")
        self.assertFalse(loader.loading)

    def test_a_script_may_go_on_with_the_results(self):
        found = self.sample(after="print(stats['Return [%]'], stats._trades.PnL.sum(), stats._strategy.n)", run=True)
        self.assertEqual(found.name, "Mine")

    def test_the_main_block_does_not_run(self):
        found = self.find("""
            import sys
            from backtester import Strategy

            class Mine(Strategy):
                def init(self): pass
                def next(self): pass

            if __name__ == "__main__":
                raise SystemExit("the main block ran")
            ARGUMENTS = sys.argv
        """)
        self.assertEqual(found.name, "Mine")
        self.assertEqual(sys.argv, [str(self.folder / "strategy_file.py")])


if __name__ == "__main__":
    unittest.main()
