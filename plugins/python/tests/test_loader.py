"""Finding the strategy in a file, and files that were written as scripts."""

import contextlib
import io
import sys
import unittest

import support

from backtester import loader
from backtester.errors import StrategyFileError

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
            sys.path[:], sys.argv[:] = path, argv
            for name in set(sys.modules) - modules:
                if str(self.folder) in str(getattr(sys.modules[name], "__file__", "")):
                    del sys.modules[name]

        self.addCleanup(restore)

    def find(self, text, name=None, file="strategy_file.py"):
        self.errors = io.StringIO()
        with contextlib.redirect_stderr(self.errors):
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

    def test_a_script_stops_where_it_looks_at_sample_prices(self):
        found = self.find("""
            from backtester import Strategy
            from backtester.test import GOOG

            class Mine(Strategy):
                def init(self): pass
                def next(self): pass

            data = GOOG.copy()
            print(data.tail())
        """)
        self.assertEqual(found.name, "Mine")
        self.assertIn("line 10: the prices of GOOG are not here", self.errors.getvalue())
        with self.assertRaisesRegex(StrategyFileError, "loading ended at line 3: the prices of GOOG"):
            self.find("""
                from backtester.test import GOOG
                GOOG.tail()
            """)

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
