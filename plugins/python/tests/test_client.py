"""The client against a stand-in for the host: what is asked, what becomes of answers, and every way to end."""

import asyncio
import gc
import io
import json
import math
import os
import pathlib
import pickle
import signal
import subprocess
import sys
import threading
import time
import unittest
from datetime import date, datetime, timedelta, timezone
from unittest import mock

import support

from backtester import AsyncClient, Client, Strategy, on_bar
from backtester.client import asking, errors, framing, notebook, program, progress
from backtester.client.results import Run, decoded

FAKE = str(support.PACKAGE / "tests" / "fake_server.py")
PROTOCOL = support.PACKAGE.parents[1] / "protocol" / "v1"


class ExampleStrategy(Strategy):
    def init(self):
        pass

    def next(self):
        pass


@on_bar(warmup=5)
def example_function(bar, ctx):
    pass


def fake(**options):
    return Client(FAKE, **options)


def gone(pid, seconds=20.0):
    """Whether a process that is no child of ours ends in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False


class AskingTests(unittest.TestCase):
    def test_times(self):
        self.assertEqual(asking.time("2020-01-02"), 1577923200000)
        self.assertEqual(asking.time("2020-01-02T01:00:00Z"), 1577926800000)
        self.assertEqual(asking.time(date(2020, 1, 2)), 1577923200000)
        self.assertEqual(asking.time(datetime(2020, 1, 2, tzinfo=timezone(timedelta(hours=1)))), 1577919600000)
        self.assertEqual(asking.time(5), 5)
        for wrong, kind in (("yesterday", ValueError), (1.5, TypeError), (True, TypeError)):
            with self.subTest(wrong=wrong), self.assertRaises(kind):
                asking.time(wrong)

    def test_strategies(self):
        self.assertEqual(asking.strategy("sma_cross"), "sma_cross")
        self.assertEqual(asking.strategy(pathlib.Path("a") / "b.py"), os.path.join("a", "b.py"))
        self.assertEqual(asking.strategy(["python3", "x.py"]), {"command": ["python3", "x.py"]})
        self.assertEqual(asking.strategy(ExampleStrategy), f"{os.path.abspath(__file__)}:ExampleStrategy")
        self.assertEqual(asking.strategy(example_function), f"{os.path.abspath(__file__)}:example_function")

        class Local(ExampleStrategy):
            pass

        with self.assertRaisesRegex(ValueError, "top level"):
            asking.strategy(Local)
        with self.assertRaisesRegex(TypeError, "a name, a path"):
            asking.strategy(5)

    def test_every_argument_of_a_run_arrives_under_the_name_of_the_protocol(self):
        with fake() as client:
            run = client.run(
                "echo", dataset="GOOG", symbols=["GOOG"], timeframe="1d", start="2020-01-01", end=date(2021, 1, 1),
                parameters={"seed": 3}, n1=5, cash=5000, commission=(1, 0.001), spread=0.001, margin=0.5,
                trade_on_close=True, hedging=True, exclusive_orders=False, finalize_trades=True, profile="strict",
                mode="lockstep", seed=7, lookahead_check=False, strict_orders=True, record=True, save=False,
                include=["metrics"], tags="first",
            )  # fmt: skip
            asked = run.request
        schema = json.loads((PROTOCOL / "schemas" / "host.json").read_text(encoding="utf-8"))
        known = set(schema["$defs"]["BacktestRunRequest"]["properties"])
        self.assertEqual(known - set(asked), {"progress_token"})
        self.assertEqual(set(asked) - known, set())
        self.assertEqual(asked["parameters"], {"seed": 3, "n1": 5})
        self.assertEqual(asked["execution"]["commission"], {"fixed": 1, "rate": 0.001})
        self.assertEqual(asked["execution"]["fill_at"], "close")
        self.assertEqual((asked["start"], asked["end"]), (1577836800000, 1609459200000))
        self.assertEqual((asked["account"], asked["tags"]), ({"initial_cash": 5000}, ["first"]))
        execution = schema["$defs"]["ExecutionRequest"]["properties"]
        self.assertEqual(set(asked["execution"]), set(execution))

    def test_a_sweep_asks_in_the_protocols_words(self):
        with fake() as client:
            sweep = client.sweep(
                "x", {"n1": range(2, 5), "n2": 20}, sample="GOOG", random=(2, 7), where="n1 < n2", minimize="beta",
                concurrency=2,
            )  # fmt: skip
            asked = sweep.record["asked"]
            self.assertEqual(asked["grid"], {"n1": [2, 3, 4], "n2": [20]})
            self.assertEqual(asked["random"], {"count": 2, "seed": 7})
            self.assertEqual((sweep.best["parameters"], sweep.complete, len(sweep)), ({"n1": 9}, True, 3))
            self.assertEqual(sweep.rows()[1]["sharpe"], 0.584)
            self.assertIn("n1=9", repr(sweep))
            for wrong in ({}, {"grid": {"n1": [1]}, "trials": [{}]}, {"grid": {"n1": []}}):
                with self.subTest(wrong=wrong), self.assertRaises(ValueError):
                    client.sweep("x", sample="GOOG", **wrong)

    def test_wrong_arguments_are_named_before_anything_is_sent(self):
        with fake() as client:
            for arguments, said in (
                ({}, "where are the bars"),
                ({"sample": "A", "dataset": "B"}, "sample and dataset"),
                ({"symbol": "A", "symbols": ["B"]}, "symbol and symbols"),
                ({"sample": "A", "parameters": {"n1": 1}, "n1": 2}, "n1 is given twice"),
                ({"sample": "A", "n1": math.nan}, "NaN"),
                ({"sample": "A", "start": "soon"}, "soon"),
            ):
                with self.subTest(arguments=arguments), self.assertRaisesRegex(ValueError, said):
                    client.run("echo", **arguments)
            self.assertEqual(client.run("echo", sample="GOOG").status, "completed")

    @support.needs_pandas
    def test_a_data_frame_becomes_a_file_that_goes_with_the_client(self):
        import pandas as pd

        frame = pd.DataFrame(
            {"Open": [1.0, 2], "High": [2.0, 3], "Low": [1.0, 1], "Close": [2.0, 2], "Other": 0},
            index=pd.date_range("2020-01-01", periods=2),
        )
        with fake() as client:
            path = client.run("echo", data=frame).request["dataset"]
            with open(path, encoding="utf-8") as file:
                self.assertEqual(file.readline().strip(), "Date,Open,High,Low,Close")
        self.assertFalse(os.path.exists(path))


class ProgramTests(support.FileTestCase):
    def test_the_argument_goes_before_the_environment_before_the_path(self):
        folder = self.folder / "bin"
        folder.mkdir()
        for name in ("backtester", "other"):
            path = folder / name
            path.write_text("#!/bin/sh\n")
            path.chmod(0o755)
        with mock.patch.dict(os.environ, {"PATH": str(folder)}):
            for name in program.VARIABLES:
                os.environ.pop(name, None)
            self.assertEqual(program.find(), str(folder / "backtester"))
            os.environ["BACKTESTER_EXECUTABLE"] = str(folder / "other")
            self.assertEqual(program.find(), str(folder / "other"))
            self.assertEqual(program.find(folder / "backtester"), str(folder / "backtester"))
            os.environ["BACKTESTER_EXECUTABLE"] = str(folder / "none")
            with self.assertRaisesRegex(errors.HostNotFound, "BACKTESTER_EXECUTABLE names .*which is not there"):
                program.find()
            (folder / "other").chmod(0o644)
            with self.assertRaisesRegex(errors.HostNotFound, "cannot be executed"):
                Client(folder / "other")

    def test_a_missing_program_is_told_with_every_place_looked_at(self):
        with (
            mock.patch.dict(os.environ, {"PATH": str(self.folder)}),
            mock.patch.object(program, "_PACKAGE", str(self.folder / "plugins" / "python")),
        ):
            for name in program.VARIABLES:
                os.environ.pop(name, None)
            with self.assertRaisesRegex(errors.HostNotFound, "not in the PATH.*BACKTESTER_EXECUTABLE"):
                Client()
            built = self.folder / ".build" / "debug"
            built.mkdir(parents=True)
            (built / "backtester").write_text("#!/bin/sh\n")
            (built / "backtester").chmod(0o755)
            self.assertEqual(program.find(), str(built / "backtester"))
            older = self.folder / ".build" / "release" / "backtester"
            older.parent.mkdir()
            older.write_text("#!/bin/sh\n")
            older.chmod(0o755)
            os.utime(older, (1, 1))
            self.assertEqual(program.find(), str(built / "backtester"))
            os.utime(older)
            os.utime(built / "backtester", (1, 1))
            self.assertEqual(program.find(), str(older))

    def test_strategies_get_this_python_and_this_package(self):
        with mock.patch.dict(os.environ, {"BACKTESTER_PROTOCOL": "1.0", "PYTHONPATH": "/x"}):
            os.environ.pop("BACKTESTER_PYTHON", None)
            made = program.environment({"A": "1", "HOME": None})
        self.assertEqual(made["BACKTESTER_PYTHON"], sys.executable)
        self.assertEqual(made["PYTHONPATH"], os.pathsep.join((str(support.PACKAGE), "/x")))
        self.assertEqual((made["A"], "HOME" in made, "BACKTESTER_PROTOCOL" in made), ("1", False, False))

    def test_a_strategy_does_not_load_the_client(self):
        code = "import sys, backtester; from backtester import *; print('backtester.client' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], cwd=support.PACKAGE, stdout=subprocess.PIPE)
        self.assertEqual(done.stdout.strip(), b"False")


class FramingTests(unittest.TestCase):
    def test_what_is_framed_is_read(self):
        for how in (framing.LINES, framing.CONTENT_LENGTH):
            bodies = ['{"a":"é\u2028"}', "{}", '{"x":"' + "y" * 200_000 + '"}']
            stream = io.BytesIO(b"".join(framing.frame(body, how) for body in bodies))
            read = [framing.read(stream, how).strip().decode("utf-8") for _ in bodies]
            self.assertEqual(read, bodies)
            self.assertIsNone(framing.read(stream, how))

    def test_what_is_cut_short_or_wrong_is_refused(self):
        for how, data in (
            (framing.LINES, b'{"a":1'),
            (framing.CONTENT_LENGTH, b"Content-Length: 5\r\n\r\n{}"),
            (framing.CONTENT_LENGTH, b"Content-Length: five\r\n\r\n"),
            (framing.CONTENT_LENGTH, b"Content-Type: x\r\n\r\n"),
            (framing.CONTENT_LENGTH, b'{"a":1}\n'),
            (framing.CONTENT_LENGTH, b"Content-Length: 5\r\n"),
        ):
            with self.subTest(data=data), self.assertRaises(ValueError):
                framing.read(io.BytesIO(data), how)

    def test_other_headers_and_blank_lines_are_passed_over(self):
        stream = io.BytesIO(b"Content-Type: a; charset=utf-8\r\ncontent-length: 2\r\n\r\n{}")
        self.assertEqual(framing.read(stream, framing.CONTENT_LENGTH), b"{}")
        self.assertEqual(framing.read(io.BytesIO(b"\n\r\n{}\n"), framing.LINES), b"{}\n")


class ErrorTests(unittest.TestCase):
    def test_there_is_a_class_for_every_code_of_the_protocol(self):
        table = json.loads((PROTOCOL / "errors.json").read_text(encoding="utf-8"))["errors"]
        self.assertEqual({row["code"]: row["name"] for row in table}, errors.KINDS)
        for code, kind in errors.KINDS.items():
            made = errors.failure(code, "said", {})
            self.assertEqual(type(made).__name__.lower(), kind.replace("_", ""))
            self.assertEqual(made.kind, kind)
            self.assertEqual(isinstance(made, errors.RunFailed), 2000 < code < 3000)
        self.assertIs(type(errors.failure(9999, "later")), errors.RequestFailed)
        self.assertIs(type(errors.failure(2999, "later")), errors.RunFailed)

    def test_an_error_says_what_where_and_what_to_do(self):
        made = errors.failure(
            4004, "n1 was 0", {"kind": "bad_parameters", "pointer": "/parameters/n1", "hint": "More."}
        )
        self.assertEqual(str(made), "n1 was 0 [/parameters/n1]\nHint: More.")
        again = pickle.loads(pickle.dumps(made))
        self.assertEqual((type(again), again.pointer, again.code), (type(made), made.pointer, 4004))


class ClientTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = fake()

    @classmethod
    def tearDownClass(cls):
        cls.client.close()

    def test_lists_are_collected_over_their_pages(self):
        self.assertEqual([row["name"] for row in self.client.strategies()], ["s0", "s1", "s2"])
        self.assertEqual(self.client.datasets()[0]["dataset"], "GOOG")
        trades = self.client.trades("r-1")
        self.assertEqual((len(trades), trades[2400]["pnl"]), (2500, 3600.0))
        self.assertEqual(len({run.run_id for run in self.client.runs(status="completed")}), 2500)
        self.assertEqual([run.run_id for run in self.client.runs(limit=3)], ["r-0", "r-1", "r-2"])
        self.assertEqual(next(self.client.runs()).run_id, "r-0")

    def test_single_answers(self):
        self.assertEqual(self.client.describe("macd")["name"], "macd")
        self.assertEqual(self.client.dataset("GOOG"), {"dataset": "GOOG"})
        self.assertEqual(self.client.check("macd", level="core")["level"], "core")
        self.assertEqual(self.client.cancel("r-9"), "cancelled")
        self.assertEqual(self.client.delete("r-9"), "deleted")
        self.assertEqual(self.client.get("r-1").status, "completed")
        self.assertEqual(self.client.request("datasets/describe", {"dataset": "X"}), {"dataset": "X"})
        self.assertEqual(self.client.host["name"], "fake")

    def test_a_large_answer_arrives(self):
        self.assertEqual(len(self.client.discover()["padding"]), 5_000_000)

    def test_series_are_equal_in_every_encoding(self):
        made = [self.client.series("r-1", ("time", "equity"), encoding=e) for e in ("json", "f64le+base64")]
        for series in made:
            self.assertEqual(series["time"], [0, 86400000, 172800000])
            self.assertEqual((series["equity"][0], series["equity"][2]), (10000.0, 10500.25))
            self.assertTrue(math.isnan(series["equity"][1]))
        flags = decoded({"encoding": "json", "dtype": "u8", "count": 2, "data": [True, 0]})
        self.assertEqual(flags, [1, 0])
        with self.assertRaises(ValueError):
            decoded({"encoding": "json", "dtype": "f64", "count": 2, "data": [1]})

    def test_a_run_has_its_record_and_its_parts(self):
        run = self.client.run("sma_cross", sample="GOOG")
        self.assertEqual((run.status, run.metrics["sharpe"], run.failure), ("completed", 0.584, None))
        self.assertEqual(len(run.trades), 2500)
        self.assertIs(run.trades, run.trades)
        self.assertEqual(list(run.equity)[0] if not support.HAS_PANDAS else "time", "time")
        self.assertEqual(run.events[0]["kind"], "filled")
        self.assertRegex(
            repr(run), "^<Run r-[0-9]+ completed: sma_cross on GOOG, return 422.00 %, Sharpe 0.584, 3 trades>$"
        )
        with self.assertRaises(AttributeError):
            run.sharp  # noqa: B018
        self.assertIn("metrics", dir(run))

    def test_errors_are_raised_as_their_class(self):
        with self.assertRaises(errors.StrategyCrashed) as caught:
            self.client.run("crash", sample="GOOG")
        error = caught.exception
        self.assertEqual((error.code, error.run_id, error.data["signal"]), (2002, "r-666", 11))
        self.assertIn("Segmentation fault", str(error))
        self.assertIn("Hint: Read it.", str(error))
        with self.assertRaisesRegex(errors.UnknownStrategy, "did you mean sma_cross"):
            self.client.describe("sma_cros")
        with self.assertRaises(errors.MethodNotFound):
            self.client.request("nonsense")

    def test_progress_is_heard_in_order_by_the_caller(self):
        heard = []
        self.client.run(
            "brief",
            sample="GOOG",
            progress=lambda value: heard.append((value["bars_done"], threading.current_thread())),
        )
        self.assertEqual(heard, [(n, threading.current_thread()) for n in (1, 2, 3)])

    def test_an_exception_in_progress_cancels_the_run(self):
        heard = []

        def stop(value):
            heard.append(value)
            raise KeyError("enough")

        with self.assertRaises(KeyError):
            self.client.run("slow", sample="GOOG", progress=stop)
        self.assertEqual(len(heard), 1)

    def test_a_timeout_cancels_the_request(self):
        with self.assertRaisesRegex(errors.RequestTimeout, "within 0.2 s"):
            self.client.run("slow", sample="GOOG", timeout=0.2)
        with self.assertRaises(errors.RequestTimeout):
            self.client.run("slow", sample="GOOG", timeout=0.2, progress=lambda _: None)

    def test_a_run_that_is_not_waited_for_can_be_waited_for_later(self):
        run = self.client.run("x", sample="GOOG", wait=False)
        self.assertEqual((run.status, run.over), ("queued", False))
        self.assertIs(run.wait(timeout=60), run)
        self.assertEqual(run.status, "completed")
        with self.assertRaises(errors.UnknownRun):
            self.client.wait("r-none")
        with self.assertRaisesRegex(errors.RequestTimeout, "not over after 0.1 s"):
            self.client.wait("r-endless", timeout=0.1)

    def test_many_threads_may_ask_at_once(self):
        answers = []

        def ask(number):
            for each in range(20):
                name = f"{number}-{each}"
                answers.append(self.client.describe(name)["name"] == name)
                answers.append(self.client.run("echo", sample="GOOG", n=name).request["parameters"]["n"] == name)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(answers, [True] * 320)

    def test_messages_can_travel_with_headers(self):
        with fake(framing="content-length") as client:
            self.assertEqual(client.run("echo", sample="GOOG", word="é").request["parameters"], {"word": "é"})
        with self.assertRaisesRegex(ValueError, "framing must be"):
            fake(framing="smoke")

    @support.needs_pandas
    def test_results_become_data_frames(self):
        run = self.client.run("sma_cross", sample="GOOG")
        self.assertEqual(list(run.equity.columns), ["equity", "drawdown_pct"])
        self.assertEqual(str(run.equity.index[1]), "1970-01-02 00:00:00")
        frame = run.trades.to_pandas()
        self.assertEqual((len(frame), str(frame["entry_time"].iloc[1])), (2500, "1970-01-02 00:00:00"))
        self.assertEqual(run.to_pandas()["sharpe"], 0.584)
        sweep = self.client.sweep("x", {"n1": [1]}, sample="GOOG").to_pandas()
        self.assertEqual(list(sweep["n1"]), [0, 9, 5])

    @unittest.skipIf(support.HAS_PANDAS, "pandas is installed")
    def test_without_pandas_to_pandas_says_so(self):
        with self.assertRaisesRegex(ModuleNotFoundError, "pip install pandas"):
            self.client.trades("r-1").to_pandas()


class EndTests(unittest.TestCase):
    def test_a_host_that_dies_tells_everybody_who_waits(self):
        client = fake()
        waiting = [client._connection.request("silence", {}) for _ in range(3)]
        with self.assertRaises(errors.HostEnded) as caught:
            client.run("die", sample="GOOG")
        self.assertEqual(caught.exception.returncode, 3)
        self.assertIn("ended with code 3", str(caught.exception))
        self.assertIn("dying of grief", caught.exception.stderr_tail)
        for each in waiting:
            with self.assertRaises(errors.HostEnded):
                each.future.result(10)
        with self.assertRaises(errors.HostEnded):
            client.describe("x")
        self.assertTrue(client.closed)
        client.close()

    def test_a_signal_is_named(self):
        with fake() as client, self.assertRaisesRegex(errors.HostEnded, r"ended by signal 9 \(SIGKILL\)"):
            client.run("killed", sample="GOOG")

    def test_text_that_is_no_message_ends_the_conversation(self):
        with fake() as client, self.assertRaisesRegex(errors.HostEnded, "Hello, I am no message"):
            client.run("garbage", sample="GOOG")

    def test_a_host_that_cannot_start_says_why(self):
        with self.assertRaisesRegex(errors.HostEnded, "(?s)code 1.*Unknown command"):
            fake(env={"FAKE_MODE": "old"})
        with self.assertRaises(errors.UnsupportedProtocolVersion):
            fake(env={"FAKE_MODE": "version"})
        began = time.monotonic()
        with self.assertRaisesRegex(errors.RequestTimeout, "initialize within 0.3 s"):
            fake(env={"FAKE_MODE": "mute"}, start_timeout=0.3)
        self.assertLess(time.monotonic() - began, 60)

    def test_a_talkative_host_is_drained(self):
        with fake(env={"FAKE_MODE": "noise"}) as client:
            self.assertEqual(client.run("x", sample="GOOG").status, "completed")
            self.assertLessEqual(len(client.stderr_tail), 65536)

    def test_close_ends_the_host_and_whoever_waits(self):
        client = fake()
        process = client._connection.process
        waiting = client._connection.request("silence", {})
        client.close()
        client.close()
        self.assertEqual(process.poll(), 0)
        with self.assertRaises(errors.ClientClosed):
            waiting.future.result(10)
        with self.assertRaisesRegex(errors.ClientClosed, "is closed"):
            client.describe("x")
        self.assertIn("closed", repr(client))

    def test_a_forgotten_client_ends_its_host(self):
        client = fake()
        process = client._connection.process
        del client
        gc.collect()
        self.assertEqual(process.wait(20), 0)

    def test_no_host_outlives_its_client_however_that_ends(self):
        code = (
            "import os, sys; from backtester import Client; client = Client({!r}); "
            "print(client._connection.process.pid, flush=True); {}"
        )
        for end in ("pass", "sys.exit(3)", "1/0", "os._exit(0)", "os.kill(os.getpid(), 9)"):
            with self.subTest(end=end):
                done = subprocess.run(
                    [sys.executable, "-c", code.format(FAKE, end)], cwd=support.PACKAGE, stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL, timeout=60,
                )  # fmt: skip
                self.assertTrue(gone(int(done.stdout)), f"the host outlives {end}")

    @unittest.skipUnless(hasattr(os, "fork"), "there is no fork")
    def test_a_forked_child_neither_uses_nor_keeps_the_host(self):
        code = (
            "import os, sys, time; from backtester import Client; client = Client({!r})\n"
            "child = os.fork()\n"
            "if child == 0:\n"
            "    try: client.describe('x')\n"
            "    except Exception as error: print(type(error).__name__, flush=True)\n"
            "    time.sleep(60); os._exit(0)\n"
            "time.sleep(0.3); print(client.describe('x')['name'], client._connection.process.pid, child, flush=True)\n"
            "os._exit(0)\n"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code.format(FAKE)], cwd=support.PACKAGE, stdout=subprocess.PIPE
        )
        with process:
            self.assertEqual(process.stdout.readline().strip(), b"ClientClosed")
            name, host, child = process.stdout.readline().split()
            try:
                self.assertEqual(name, b"x")
                self.assertTrue(gone(int(host)), "the host outlives its client because of a forked child")
            finally:
                os.kill(int(child), signal.SIGKILL)

    def test_control_c_cancels_the_run_and_leaves_a_working_client(self):
        code = (
            "import signal\n"
            # As a shell's job has it, whatever started these tests.
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])\n"
            "from backtester import Client\n"
            "client = Client({!r})\n"
            "def heard(value):\n"
            "    if value['bars_done'] == 3: print('running', flush=True)\n"
            "try: client.run('slow', sample='GOOG', progress={})\n"
            "except KeyboardInterrupt: print('interrupted', flush=True)\n"
            "print(client.describe('still here')['name'], flush=True)\n"
            "client.close(); print(client._connection.process.returncode, flush=True)\n"
        )
        for heard in ("heard", "print('running', flush=True) or None"):
            with (
                self.subTest(heard=heard),
                subprocess.Popen(
                    [sys.executable, "-c", code.format(FAKE, heard)], cwd=support.PACKAGE, stdout=subprocess.PIPE
                ) as process,
            ):
                self.assertEqual(process.stdout.readline(), b"running\n")
                time.sleep(0.2)
                process.send_signal(signal.SIGINT)
                rest = process.stdout.read().split(b"\n")
                self.assertEqual(rest[:3], [b"interrupted", b"still here", b"0"])


class ShowingTests(unittest.TestCase):
    RECORD = {
        "run_id": "r-<1>", "status": "completed", "strategy": "<script>alert(1)</script>", "dataset": "a&b",
        "metrics": {"sharpe": 0.5, "trades": 3, "profit_factor": None}, "warnings": ["<b>"],
    }  # fmt: skip

    def test_nothing_from_outside_is_markup(self):
        curve = {"time": [0, 86400000], "equity": [10.0, 11.0]}
        failure = {"kind": "<i>", "message": "<u>", "hint": "<s>"}
        for html in (
            notebook.run(dict(self.RECORD, failure=failure), curve),
            notebook.run(self.RECORD, "no <chart>"),
            notebook.table([{"<a>": "<b>"}]),
        ):
            for raw in ("<script", "a&b", ": <b>", "<i>", "<u>", "<s>", "<chart>", "<a>", "r-<1>"):
                self.assertNotIn(raw, html)
        self.assertIn("&lt;script&gt;", notebook.run(self.RECORD, curve))

    def test_the_page_is_well_formed(self):
        from xml.etree import ElementTree

        values = [10_000 + 50 * math.sin(n / 30) * n for n in range(5000)]
        made = notebook.run(self.RECORD, {"time": [86400000 * n for n in range(5000)], "equity": values})
        tree = ElementTree.fromstring(made)
        line = next(element for element in tree.iter() if element.tag.endswith("polyline"))
        points = [tuple(map(float, point.split(","))) for point in line.get("points").split()]
        self.assertLessEqual(len(points), 700)
        self.assertEqual([x for x, _ in points], sorted(x for x, _ in points))
        # The extremes of the curve are at the edges of the picture.
        self.assertEqual((min(y for _, y in points), max(y for _, y in points)), (10.0, 196.0))

    def test_odd_curves_have_a_picture_or_a_reason(self):
        self.assertIn("<svg", notebook.chart([0, 1, 2], [5.0, 5.0, 5.0]))
        self.assertIn("<svg", notebook.chart([0, 1, 2], [5.0, math.nan, 6.0]))
        self.assertIn("no chart", notebook.chart([0], [5.0]))
        self.assertIn("no chart", notebook.chart([], []))

    def test_a_run_shows_itself_while_the_client_lives_and_says_why_not_afterwards(self):
        with fake() as client:
            run, kept = client.run("x", sample="GOOG"), client.run("x", sample="GOOG").load()
            self.assertIn("<svg", run._repr_html_())
            self.assertIn("&lt;b&gt;warning", run._repr_html_())
            self.assertIn("<table", client.sweep("x", {"n1": [1]}, sample="GOOG")._repr_html_())
            self.assertIn("<table", client.datasets()._repr_html_())
        self.assertIn("no chart: the client is closed", run._repr_html_())
        self.assertIn("<svg", kept._repr_html_())
        self.assertIn("no chart: the run is failed", Run(None, {"run_id": "r", "status": "failed"})._repr_html_())

    def test_the_bar_waits_shows_and_wipes(self):
        stream, now = io.StringIO(), [0.0]
        bar = progress.Bar(stream, lambda: now[0])
        bar({"kind": "report", "bars_done": 1, "bars_total": 100})
        self.assertEqual(stream.getvalue(), "")
        now[0] = 5.0
        bar({"kind": "report", "bars_done": 50, "bars_total": 100, "bars_per_second": 1234.5})
        self.assertIn("[############............]  50%  50 of 100 bars  1,234 bars/s  5 s left", stream.getvalue())
        bar({"kind": "report", "percentage": 10.0, "message": "\x1b[31mred"})
        self.assertNotIn("\x1b", stream.getvalue())
        bar.close()
        self.assertTrue(stream.getvalue().endswith(" \r"))
        silent = io.StringIO()
        progress.Bar(silent).close()
        self.assertEqual(silent.getvalue(), "")

    def test_the_bar_is_shown_only_where_somebody_watches(self):
        class Terminal(io.StringIO):
            def isatty(self):
                return True

        with mock.patch.object(sys, "stderr", Terminal()):
            self.assertIsInstance(progress.wanted(None), progress.Bar)
            self.assertIsNone(progress.wanted(False))
        with mock.patch.object(sys, "stderr", io.StringIO()):
            self.assertIsNone(progress.wanted(None))
            self.assertIsInstance(progress.wanted(True), progress.Bar)
            self.assertIs(progress.wanted(print), print)
            shell = type("ZMQInteractiveShell", (), {})()
            with mock.patch.dict(sys.modules, {"IPython": mock.Mock(get_ipython=lambda: shell)}):
                self.assertIsInstance(progress.wanted(None), progress.Bar)


class AsyncTests(unittest.IsolatedAsyncioTestCase):
    async def test_everything_can_be_awaited(self):
        async with AsyncClient(FAKE) as client:
            runs = await asyncio.gather(*(client.run("echo", sample="GOOG", n=n) for n in range(20)))
            self.assertEqual([run.request["parameters"]["n"] for run in runs], list(range(20)))
            self.assertEqual(len(await runs[0].trades), 2500)
            self.assertEqual(len(await runs[0].equity), 3)
            self.assertIs(await runs[0].load(), runs[0])
            self.assertIn("<svg", runs[1]._repr_html_())
            self.assertEqual([run.run_id async for run in client.runs(limit=2)], ["r-0", "r-1"])
            self.assertEqual(len(await client.strategies()), 3)
            self.assertEqual((await client.sweep("x", {"n": [1]}, sample="GOOG")).trials_total, 3)
            self.assertEqual(await client.cancel("r-5"), "cancelled")
            with self.assertRaises(errors.StrategyCrashed):
                await client.run("crash", sample="GOOG")
            heard = []
            await client.run("brief", sample="GOOG", progress=lambda value: heard.append(value["bars_done"]))
            self.assertEqual(heard, [1, 2, 3])
            run = await client.run("x", sample="GOOG", wait=False)
            self.assertEqual((await run.wait(timeout=60)).status, "completed")
            with self.assertRaises(errors.RequestTimeout):
                await client.wait("r-endless", timeout=0.1)
            self.assertIn("open", repr(client))
        self.assertTrue(client.closed)
        with self.assertRaises(errors.ClientClosed):
            await client.describe("x")

    async def test_a_cancelled_task_cancels_its_run(self):
        async with AsyncClient(FAKE) as client:
            told = []
            connection = client._connection
            cancel = connection.cancel
            connection.cancel = lambda pending, reason=None: (told.append(pending), cancel(pending, reason))
            started = asyncio.Event()
            task = asyncio.ensure_future(client.run("slow", sample="GOOG", progress=lambda _: started.set()))
            await started.wait()
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            with self.assertRaises(errors.RequestCancelled):
                await asyncio.wrap_future(told[0].future)
            with self.assertRaises(errors.RequestTimeout):
                await client.run("slow", sample="GOOG", timeout=0.1)

    async def test_a_dead_host_is_told(self):
        async with AsyncClient(FAKE) as client:
            with self.assertRaisesRegex(errors.HostEnded, "grief"):
                await client.run("die", sample="GOOG")
        with self.assertRaisesRegex(errors.ClientClosed, "not started"):
            await AsyncClient(FAKE).describe("x")


if __name__ == "__main__":
    unittest.main()
