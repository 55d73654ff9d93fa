"""``Backtest`` in a script: what it asks the program for, and the report under backtesting.py's names.

A stand-in for the program records its arguments and answers with a fixed report.
"""

import json
import os
import subprocess
import sys
import unittest

import support
from fake_host import PACKAGE, Process, bars
from support import needs_pandas

REPORT = {
    "run_id": "r", "status": "completed", "request": {},
    "metrics": {
        "start": 0, "end": 172800000, "duration_seconds": 172800, "equity_final": 10500.0, "total_return_pct": 5.0,
        "sharpe": None, "trades": 1, "sqn": 1.5, "max_drawdown_duration_seconds": None,
    },
    "trades": [{
        "size": 10, "entry_index": 1, "exit_index": 2, "entry_time": 86400000, "exit_time": 172800000,
        "entry_price": 100.0, "exit_price": 150.0, "pnl": 500.0, "return_pct": 50.0, "commission": 0,
        "stop_loss": None, "take_profit": 160.0, "tag": "x", "symbol": "GOOG",
    }],
    "equity": {"time": [0, 86400000, 172800000], "equity": [10000.0, 9000.0, 10500.0]},
    "order_events": [], "warnings": [], "fingerprint": "",
}  # fmt: skip

PROGRAM = """#!{python}
import json, os, sys
folder = os.path.dirname(os.path.abspath(__file__))
calls = os.path.join(folder, "calls.jsonl")
with open(calls, "a") as file:
    data = sys.argv[sys.argv.index("--data") + 1] if "--data" in sys.argv else None
    text = open(data).read() if data and os.path.exists(data) else None
    file.write(json.dumps([sys.argv[1:], text]) + "\\n")
if os.environ.get("FAIL"):
    sys.exit("the data of ACME is missing")
report = json.load(open(os.path.join(folder, "report.json")))
arguments = dict(a.split("=", 1) for a in sys.argv if "=" in a)
if "n" in arguments:
    report["metrics"]["sqn"] = -abs(int(arguments["n"]) - 7)
if "--report" in sys.argv:
    with open(sys.argv[sys.argv.index("--report") + 1], "w") as file:
        file.write("page of " + " ".join(b for a, b in zip(sys.argv, sys.argv[1:]) if a == "--param"))
print("a warning", file=sys.stderr)
print(json.dumps(report))
"""

STRATEGY = """
    import sys
    from backtester import Backtest, Strategy
    from backtester.test import GOOG

    class Mine(Strategy):
        n = 1
        def init(self): pass
        def next(self): pass
"""


@unittest.skipUnless(os.name == "posix", "the stand-in is a script with an interpreter line")
class BacktestTests(support.FileTestCase):
    def setUp(self):
        super().setUp()
        self.program = self.folder / "backtester-program"
        self.program.write_text(PROGRAM.format(python=sys.executable))
        self.program.chmod(0o755)
        (self.folder / "report.json").write_text(json.dumps(REPORT))

    def script(self, text, **environment):
        """Runs a script that defines the strategy; returns its output."""
        import textwrap

        path = self.file(textwrap.dedent(STRATEGY) + textwrap.dedent(text), "script.py")
        settings = dict(os.environ, PYTHONPATH=str(PACKAGE), BACKTESTER_BIN=str(self.program), **environment)
        for name in {"BACKTESTER_PROTOCOL", "BROWSER", "DISPLAY", "WAYLAND_DISPLAY"} - set(environment):
            settings.pop(name, None)
        done = subprocess.run(
            [sys.executable, path], capture_output=True, env=settings, timeout=120, text=True, cwd=self.folder
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.errors = done.stderr
        return done.stdout

    def calls(self):
        return [json.loads(line) for line in (self.folder / "calls.jsonl").read_text().splitlines()]

    def test_settings_become_options(self):
        self.script("""
            Backtest(GOOG, Mine, cash=5000, commission=(1, .001), spread=.0002, margin=.5, trade_on_close=True,
                     hedging=True, exclusive_orders=True, finalize_trades=True).run(n=3)
            Backtest("prices.csv", Mine).run()
        """)
        (first, _), (second, _) = self.calls()
        self.assertEqual(first[:2], ["run", f"{self.folder}/script.py:Mine"])
        options = "--json --no-save --sample GOOG --cash 5000.0 --spread 0.0002 --margin 0.5 --commission 1.0,0.001"
        flags = "--param n=3 --trade-on-close --hedging --exclusive-orders --finalize"
        self.assertEqual(first[2:], f"{options} {flags}".split())
        self.assertEqual(
            second[2:],
            "--json --no-save --data prices.csv --cash 10000.0 --spread 0.0 --margin 1.0 --commission 0.0".split(),
        )

    def test_the_report_has_the_original_names(self):
        out = self.script("""
            stats = Backtest(GOOG, Mine).run()
            print(stats["Return [%]"], stats["Sharpe Ratio"], stats["# Trades"], stats["SQN"])
            print(stats["Start"], stats["Duration"])
        """)
        self.assertEqual(out.splitlines()[0], "5.0 nan 1 1.5")
        self.assertTrue(out.splitlines()[1].startswith("1970-01-01 00:00:00 2 days"))
        self.assertIn("a warning", self.errors)

    def test_the_strategy_of_a_report_has_its_parameters(self):
        out = self.script("""
            class Own(Mine):
                n2 = 20
                def __init__(self, broker, data, params):
                    super().__init__(broker, data, params)
                    self.first = data.Close[0]

            def bad(call):
                try:
                    call()
                except (AttributeError, TypeError) as error:
                    print(error)

            backtest = Backtest(GOOG, Own)
            stats = backtest.run(n=3)
            strategy = stats._strategy
            print(strategy, repr(strategy), strategy.n, strategy.n2, isinstance(strategy, Own))
            print(backtest.run()["_strategy"], backtest.optimize(n=range(5, 9), n2=1)["_strategy"], strategy)
            bad(lambda: strategy.data.Close)
            bad(lambda: strategy.data[0])
            bad(lambda: strategy.closed_trades)
            bad(lambda: backtest.run(m=3))
            bad(lambda: Backtest(GOOG, int).run())
        """)
        self.assertEqual(
            out.splitlines()[:2], ["Own(n=3) <Strategy Own(n=3)> 3 20 True", "Own Own(n=7,n2=1) Own(n=3)"]
        )
        for line, text in zip(
            out.splitlines()[2:],
            ("only the parameters", "only the parameters", "only the parameters", "no parameter 'm'", "a subclass of"),
        ):
            self.assertIn(text, line)
        self.assertEqual(len(out.splitlines()), 7)

    def test_plot_writes_the_programs_page(self):
        shown = self.file(f"""\
            #!{sys.executable}
            import sys
            open({str(self.folder / "shown")!r}, "a").write(sys.argv[1] + "\\n")
        """, "browser.py")  # fmt: skip
        shown.chmod(0o755)
        text = """
            backtest = Backtest(GOOG, Mine)
            try:
                backtest.plot()
            except RuntimeError as error:
                print(error)
            first = backtest.run(n=3)
            backtest.optimize(n=[6, 7])
            print(backtest.plot())
            backtest.plot(filename="named", open_browser=False, plot_volume=False, resample="1D")
            backtest.plot(filename="first.html", results=first)
            Mine.path = "x"
            backtest.run(path="a/b:c")
            backtest.plot(open_browser=False)
        """
        out = self.script(text, BROWSER=str(shown))
        first, second = out.splitlines()
        self.assertEqual(first, "plot() shows a run: call run() or optimize() first")
        self.assertEqual(second, f"{self.folder}/Mine(n=7).html")
        for name, page in (
            ("Mine(n=7).html", "n=7"), ("named.html", "n=7"), ("first.html", "n=3"),
            ("Mine(path=a_b_c).html", "path=a/b:c"),
        ):  # fmt: skip
            self.assertEqual((self.folder / name).read_text(), f"page of {page}")
        addresses = (self.folder / "shown").read_text().splitlines()
        self.assertEqual(addresses, [f"file://{self.folder}/Mine%28n%3D7%29.html", f"file://{self.folder}/first.html"])
        self.assertEqual(self.errors.count("a warning"), 4, "once a run, and not again for its page")
        self.assertIn(f"wrote {self.folder}/named.html", self.errors)
        (self.folder / "shown").unlink()
        for browser in ({}, {"BROWSER": "/nowhere/browser"}):
            self.script(text, **browser)
            self.assertIn(f"wrote {self.folder}/Mine(n=7).html", self.errors)

    def test_the_report_without_pandas(self):
        out = self.script("""
            sys.modules["pandas"] = None
            stats = Backtest(GOOG, Mine).run()
            print(stats["Return [%]"], stats._trades[0]["ReturnPct"], stats["_equity_curve"]["Equity"][-1])
            print(*map(str, stats._equity_curve["DrawdownDuration"]), stats._strategy)
            print(stats)
        """)
        self.assertEqual(out.splitlines()[:2], ["5.0 0.5 10500.0", "None None 2 days, 0:00:00 Mine"])
        self.assertIn("Equity Final [$]", out)

    @needs_pandas
    def test_frames_are_written_and_read(self):
        out = self.script("""
            import pandas as pd
            index = pd.DatetimeIndex(["2024-01-02 00:00", "2024-01-01 12:30"], name="when")
            frame = pd.DataFrame({"Open": [1.5, 1], "High": [2, 2], "Low": [1, .1], "Close": [.1 + .2, 1]}, index=index)
            stats = Backtest(frame, Mine).run()
            trade = stats["_trades"].iloc[0]
            print(type(stats).__name__, trade.Size, trade.ReturnPct, trade.EntryTime, trade.Duration, trade.Tag)
            curve = stats["_equity_curve"]
            print(list(curve["DrawdownPct"]), list(stats._trades.columns)[-2:])
            print(list(curve), list(curve.DrawdownDuration.dropna().items()), curve.Equity.dtype, curve.index.name)
            print(frame.index.name, stats._trades.Commission.dtype)
        """)
        self.assertEqual(
            out.splitlines(),
            [
                "Series 10 0.5 1970-01-02 00:00:00 1 days 00:00:00 x",
                f"{[0.0, 1 - 9000 / 10000, 0.0]} ['Duration', 'Tag']",
                "['Equity', 'DrawdownPct', 'DrawdownDuration'] [(Timestamp('1970-01-03 00:00:00'), "
                "Timedelta('2 days 00:00:00'))] float64 when",
                "when float64",
            ],
        )
        self.assertEqual(
            self.calls()[0][1].splitlines(),
            [
                "Date,Open,High,Low,Close",
                "2024-01-01T12:30:00,1.0,2,0.1,1.0",
                "2024-01-02T00:00:00,1.5,2,1.0,0.30000000000000004",
            ],
        )

    def test_optimize_tries_the_grid(self):
        out = self.script("""
            backtest = Backtest(GOOG, Mine)
            best, heat = backtest.optimize(n=range(5, 12), constraint=lambda p: p.n != 7, return_heatmap=True)
            print(best["SQN"], len(heat), max(heat))
            few = backtest.optimize(n=range(5, 12), maximize=lambda s: s["SQN"], max_tries=3, random_state=1)
            print(few["SQN"])
        """)
        self.assertEqual(out.splitlines()[0], "-1 6 -1.0" if support.HAS_PANDAS else "-1 6 (11,)")
        tried = [arguments[arguments.index("--param") + 1] for arguments, _ in self.calls()]
        self.assertEqual(tried[:6], ["n=5", "n=6", "n=8", "n=9", "n=10", "n=11"])
        self.assertEqual(len(tried), 9)

    def test_failures_carry_the_programs_words(self):
        out = self.script(
            """
            try:
                Backtest(GOOG, Mine).run()
            except RuntimeError as error:
                print(error)
            """,
            FAIL="1",
        )
        self.assertIn("ended with status 1:\nthe data of ACME is missing", out)

    def test_what_cannot_run_says_why(self):
        out = self.script("""
            import os
            from backtester.lib import FractionalBacktest, MultiBacktest
            def local():
                class Inner(Mine): pass
                return Inner
            def bad(call):
                try:
                    call()
                except (ValueError, NotImplementedError, FileNotFoundError) as error:
                    print(error)
            bad(lambda: Backtest(GOOG, Mine, commission=lambda size, price: 1))
            bad(lambda: Backtest(GOOG, local()).run())
            bad(lambda: Backtest(GOOG, Mine).optimize())
            bad(lambda: Backtest(GOOG, Mine).optimize(method="sambo", n=[1]))
            bad(lambda: FractionalBacktest(GOOG, Mine).run())
            bad(lambda: MultiBacktest([GOOG], Mine).optimize(n=[1]))
            os.environ["BACKTESTER_BIN"] = "/nowhere/backtester"
            bad(lambda: Backtest(GOOG, Mine).run())
        """)
        lines = out.splitlines()
        self.assertEqual(len(lines), 7, out)
        for line, text in zip(
            lines,
            (
                "commission must be a rate", "at the top level", "needs values", "not available", "not available",
                "optimize each", "BACKTESTER_BIN names",
            ),
        ):  # fmt: skip
            self.assertIn(text, line)

    def test_drawdowns_last_from_peak_to_peak(self):
        from datetime import datetime, timedelta

        from backtester.backtest import _drawdown_durations

        for drawdowns, expected in (  # what backtesting.py 0.6.6 gives, in days
            ([0, 0, 0.1, 0, 0, 0, 0.09, 0.18, 0, 0, 0.08], {3: 2, 8: 3}),
            ([0, 0.1, 0.2], {2: 2}), ([0, 0, 0], {}), ([0], {}), ([0, 0.1], {}), ([0, 0.1, 0, 0.1, 0], {2: 2, 4: 2}),
            ([0, 0.1, 0, 0, 0.04, 0.04, 0], {2: 2, 6: 3}), ([0, 0, 0.04, 0.07], {3: 2}),
        ):  # fmt: skip
            times = [datetime(2020, 1, 1 + day) for day in range(len(drawdowns))]
            found = {bar: took for bar, took in enumerate(_drawdown_durations(times, drawdowns)) if took is not None}
            self.assertEqual(found, {bar: timedelta(days=days) for bar, days in expected.items()})

    def test_undefined_durations_are_undefined(self):
        from backtester.backtest import _span

        self.assertIn(str(_span(None)), ("nan", "NaT"))

    def test_a_script_that_the_host_starts_serves_its_strategy(self):
        import textwrap

        text = """
            if __name__ == "__main__":
                print("a banner")
                stats = Backtest(GOOG, Mine, cash=5000).run()
                print(stats)
        """
        path = self.file(textwrap.dedent(STRATEGY) + textwrap.dedent(text), "script.py")
        with Process(path) as process:
            self.assertEqual(process.initialize()["strategy"]["name"], "Mine")
            process.run("preload", bars(5))
            self.assertEqual(process.finish(), 0)
            self.assertIn(b"a banner", process.errors)


if __name__ == "__main__":
    unittest.main()
