"""The conversation itself: framing, handshake, errors, the end of the process, and what must never reach it."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

import support
from fake_host import DEADLINE, EXAMPLES, INITIALIZE, PACKAGE, Process, Refused, bars, run_start, serve_file

SIMPLE = """
    from backtester import on_bar

    @on_bar(needs_account=False)
    def simple(bar, ctx, every=3):
        if ctx.index % every == 0:
            ctx.buy(1)
"""


class ConversationTests(support.FileTestCase):
    def serve(self, text=SIMPLE, **options):
        process = serve_file(self.file(text), **options)
        self.addCleanup(process.__exit__)
        return process

    def refusal(self, call, *arguments):
        with self.assertRaises(Refused) as caught:
            call(*arguments)
        return caught.exception.error

    def test_initialize_describes_the_strategy(self):
        result = self.serve().initialize()
        self.assertEqual(result["protocol_version"], "1.0")
        self.assertEqual(result["strategy"]["name"], "simple")
        self.assertEqual(result["strategy"]["language"], "python")
        self.assertEqual(result["capabilities"]["modes"], ["streamed", "lockstep"])
        self.assertEqual(result["parameters"]["properties"], {"every": {"type": "integer", "default": 3}})

    def test_an_older_minor_version_is_offered_for_a_newer_one(self):
        process = self.serve()
        self.assertEqual(
            process.ask("initialize", {**INITIALIZE, "protocol_version": "1.7"})["protocol_version"], "1.0"
        )

    def test_another_major_version_is_refused_with_both_versions(self):
        error = self.refusal(self.serve().ask, "initialize", {**INITIALIZE, "protocol_version": "99.0"})
        self.assertEqual(error["code"], 1002)
        self.assertEqual(error["data"]["supported"], ["1.0"])
        self.assertEqual(error["data"]["requested"], "99.0")

    def test_requests_out_of_order_are_refused(self):
        process = self.serve()
        data = bars(10)
        self.assertEqual(self.refusal(process.ask, "run/start", run_start("lockstep", data))["code"], 1001)
        process.initialize()
        self.assertEqual(self.refusal(process.ask, "initialize", INITIALIZE)["code"], 1003)
        bar = {"run_id": "nowhere", "index": 0, "time": 0, "bars": {}}
        self.assertEqual(self.refusal(process.ask, "bar/next", bar)["code"], 3001)
        self.assertEqual(self.refusal(process.ask, "run/start", run_start("vectorized", data))["code"], 1004)
        process.run("lockstep", data)

    def test_unknown_requests_are_refused_and_unknown_notifications_ignored(self):
        process = self.serve()
        process.initialize()
        process.tell("x/unknown", {"a": 1})
        process.tell("$/cancelRequest", {"id": 1})
        self.assertEqual(self.refusal(process.ask, "x/unknown", {})["code"], -32601)

    def test_unknown_fields_are_ignored(self):
        process = self.serve()
        process.ask("initialize", {**INITIALIZE, "later": {"a": [1]}})
        process.ask("run/start", run_start("lockstep", bars(10), later=1))

    def test_broken_lines_are_answered_and_survived(self):
        process = self.serve()
        cases = {
            b'{"jsonrpc":\n': -32700,
            b"\xff\xfe\n": -32700,
            b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"x":NaN}}\n': -32700,
            b'\xef\xbb\xbf{"jsonrpc":"2.0","id":1,"method":"shutdown","params":{}}\n': -32700,
            b"[" * 100000 + b"\n": -32700,
            b'{"jsonrpc":"2.0","id":1,"method":"shutdown","params":{}} x\n': -32700,
            b'[{"jsonrpc":"2.0","id":1,"method":"shutdown","params":{}}]\n': -32600,
            b'{"jsonrpc":"2.0","id":1}\n': -32600,
            b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":[]}\n': -32602,
        }
        for line, code in cases.items():
            with self.subTest(line=line[:60]):
                process.write(line)
                self.assertEqual(process.answer()["error"]["code"], code)
        process.initialize()

    def test_missing_fields_are_named(self):
        process = self.serve()
        process.initialize()
        start = run_start("lockstep", bars(10))
        del start["symbols"]
        error = self.refusal(process.ask, "run/start", start)
        self.assertEqual(error["code"], -32602)
        self.assertIn("symbols", error["message"])

    def test_ids_come_back_with_their_type(self):
        process = self.serve()
        process.ask("initialize", INITIALIZE, number="first")
        process.ask("shutdown", {}, number=2**53 - 1)

    def test_lines_may_come_in_any_pieces(self):
        process = self.serve()
        process.initialize()
        request = json.dumps({"jsonrpc": "2.0", "id": 7, "method": "shutdown", "params": {"text": "é\u2028😀"}})
        line = request.encode("utf-8")
        for byte in line + b"\r\n":
            process.write(bytes([byte]))
        self.assertEqual(process.answer()["id"], 7)
        process.write(b"\n\r\n  \n" + line + b"\n" + line + b"\n" + line[:20])
        self.assertEqual(process.answer()["id"], 7)
        self.assertEqual(process.answer()["id"], 7)
        process.write(line[20:] + b"\n")
        self.assertEqual(process.answer()["id"], 7)

    def test_long_lines_are_read(self):
        process = self.serve()
        process.initialize()
        for size in (70_000, 1_048_576, 4_000_000):
            process.ask("shutdown", {"text": "x" * size})

    def test_a_parent_that_does_not_read_yet_loses_nothing(self):
        process = self.serve()
        process.initialize()
        data = bars(400)
        process.ask("run/start", run_start("lockstep", data))
        numbers = []
        for index, row in enumerate(process.rows(data)):
            params = {"run_id": "r", "index": index, "time": data["time"][index], "bars": {"ACME": row}}
            numbers.append(process.send("bar/next", params))
        self.assertEqual([process.answer()["id"] for _ in numbers], numbers)

    def test_two_runs_in_one_process_decide_the_same(self):
        process = self.serve()
        process.initialize()
        self.assertEqual(process.run("lockstep", bars(30)), process.run("lockstep", bars(30), run_id="again"))

    def test_shutdown_and_exit_end_the_process(self):
        process = self.serve()
        process.initialize()
        self.assertEqual(process.ask("shutdown", {}), {})
        process.tell("exit")
        self.assertEqual(process.process.wait(DEADLINE), 0)

    def test_end_of_input_ends_the_process_at_once(self):
        process = self.serve()
        process.initialize()
        before = time.monotonic()
        self.assertEqual(process.finish(), 0)
        self.assertLess(time.monotonic() - before, DEADLINE)

    def test_end_of_input_ends_the_process_with_threads_left(self):
        process = self.serve("""
            import threading, time
            from backtester import on_bar
            threading.Thread(target=time.sleep, args=(600,)).start()

            @on_bar
            def simple(bar, ctx):
                pass
        """)
        process.initialize()
        self.assertEqual(process.finish(), 0)

    @unittest.skipUnless(hasattr(signal, "SIGTERM"), "the system has no SIGTERM")
    def test_sigterm_ends_the_process(self):
        process = self.serve()
        process.initialize()
        process.process.send_signal(signal.SIGTERM)
        self.assertEqual(process.process.wait(DEADLINE), -signal.SIGTERM)


class StandardStreamTests(support.FileTestCase):
    def test_prints_go_to_standard_error_everywhere(self):
        path = self.file("""
            import os, subprocess, sys
            print("while loading")
            subprocess.run([sys.executable, "-c", "print('from a child')"])
            os.write(1, b"by descriptor\\n")
            from backtester import Strategy

            class Loud(Strategy):
                def init(self):
                    print("in init")
                def next(self):
                    sys.stdout.write("in next\\n")
                    print("input:", repr(sys.stdin.read()))
        """)
        for mode in ("preload", "lockstep"):
            with serve_file(path, PYTHONUNBUFFERED="") as process:
                process.initialize()
                process.run(mode, bars(4))
                self.assertEqual(process.finish(), 0)
                said = process.errors.decode()
                for text in ("while loading", "from a child", "by descriptor", "in init", "in next", "input: ''"):
                    self.assertIn(text, said)

    def test_a_file_that_serves_itself_is_protected_from_its_import_on(self):
        path = self.file("""
            from backtester import on_bar, serve
            print("a banner")

            @on_bar(needs_account=False)
            def quiet(bar, ctx):
                pass

            if __name__ == "__main__":
                serve(quiet)
        """)
        with Process(path) as process:
            process.initialize()
            process.run("streamed", bars(20))
            self.assertEqual(process.finish(), 0)
            self.assertIn(b"a banner", process.errors)

    def test_a_flood_of_standard_error_blocks_nothing(self):
        path = self.file("""
            import sys
            from backtester import on_bar

            @on_bar
            def flood(bar, ctx):
                sys.stderr.write("x" * 50_000 + "\\n")
        """)
        with serve_file(path) as process:
            process.initialize()
            process.run("lockstep", bars(20))
            self.assertEqual(process.finish(), 0)
            self.assertGreater(len(process.errors), 19 * 50_000)

    def test_children_do_not_inherit_the_pipes(self):
        path = self.file("""
            import os
            from backtester import on_bar
            passed_on = []
            for number in range(3, 64):
                try:
                    if os.get_inheritable(number):
                        passed_on.append(number)
                except OSError:
                    pass
            print("passed on:", passed_on)
            @on_bar
            def f(bar, ctx):
                pass
        """)
        with serve_file(path) as process:
            process.initialize()
            process.finish()
            self.assertIn(b"passed on: []", process.errors)

    def test_the_cookie_is_not_passed_on(self):
        path = self.file("""
            import os
            from backtester import on_bar
            print("cookie", os.environ.get("BACKTESTER_PROTOCOL"))
            @on_bar
            def f(bar, ctx):
                pass
        """)
        with serve_file(path) as process:
            process.initialize()
            process.finish()
            self.assertIn(b"cookie None", process.errors)

    def test_log_messages_are_notifications(self):
        path = self.file("""
            from backtester import log, on_bar
            @on_bar
            def talks(bar, ctx):
                log("crossed", level="warning", index=ctx.index)
        """)
        with serve_file(path) as process:
            process.initialize()
            process.run("lockstep", bars(3))
            self.assertEqual([note["params"]["data"]["index"] for note in process.notes if note], [1, 2])
            self.assertEqual(process.notes[0]["method"], "log/message")
            self.assertEqual(process.notes[0]["params"]["level"], "warning")

    def test_by_hand_in_a_terminal_it_says_how_to_run_it(self):
        try:
            import pty
        except ImportError:
            self.skipTest("the system has no pseudo-terminals")
        for arguments in (["-m", "backtester", EXAMPLES / "la_bomba.py"], [EXAMPLES / "sma_cross_on_bar.py"]):
            master, slave = pty.openpty()
            environment = {k: v for k, v in os.environ.items() if k != "BACKTESTER_PROTOCOL"}
            environment["PYTHONPATH"] = str(PACKAGE)
            done = subprocess.run(
                [sys.executable, *map(str, arguments)],
                stdin=slave,
                capture_output=True,
                env=environment,
                timeout=DEADLINE,
            )
            os.close(master)
            os.close(slave)
            self.assertEqual(done.returncode, 2)
            self.assertEqual(done.stdout, b"")
            self.assertTrue(done.stderr.startswith(b"usage: backtester run "), done.stderr)

    def test_without_the_cookie_a_pipe_is_served(self):
        with Process("-m", "backtester", EXAMPLES / "la_bomba.py", cookie=False) as process:
            self.assertEqual(process.initialize()["strategy"]["name"], "LaBomba")

    def test_the_folder_of_the_package_can_be_named_instead(self):
        with Process(PACKAGE / "backtester", EXAMPLES / "la_bomba.py", PYTHONPATH="") as process:
            self.assertEqual(process.initialize()["strategy"]["name"], "LaBomba")
            self.assertEqual(process.finish(), 0)


class StrategyErrorTests(support.FileTestCase):
    def test_an_exception_is_answered_and_the_process_serves_the_next_run(self):
        path = self.file("""
            from backtester import Strategy
            class Breaks(Strategy):
                at = 3
                def init(self):
                    pass
                def next(self):
                    if len(self.data) == self.at:
                        1 / 0
        """)
        for mode in ("preload", "lockstep"):
            with serve_file(path) as process:
                process.initialize()
                with self.assertRaises(Refused) as caught:
                    process.run(mode, bars(6), {"at": 3})
                error = caught.exception.error
                self.assertEqual(error["code"], 2005)
                self.assertEqual(error["message"], "ZeroDivisionError: division by zero")
                self.assertEqual(error["data"]["kind"], "strategy_error")
                self.assertIn("1 / 0", error["data"]["traceback"])
                self.assertNotIn("server.py", error["data"]["traceback"])
                with self.assertRaises(Refused) as caught:
                    process.ask("bar/next", {"run_id": "r", "index": 5, "time": 0})
                self.assertEqual(caught.exception.error["code"], -32600)
                process.ask("run/end", {"run_id": "r", "reason": "failed"})
                process.run(mode, bars(6), {"at": 99}, run_id="next")
                self.assertEqual(process.finish(), 0)
                self.assertIn(b"ZeroDivisionError", process.errors)

    def test_whatever_is_raised_ends_the_run_only(self):
        path = self.file("""
            from backtester import Strategy
            class Mute(Exception):
                def __str__(self):
                    raise ValueError("no text")
            class Halt(BaseException):
                pass
            class Breaks(Strategy):
                how = 0
                def init(self):
                    pass
                def next(self):
                    if len(self.data) == 3 and self.how:
                        raise (Mute(), Halt("stop"), KeyboardInterrupt(), ValueError("half \\ud800"))[self.how - 1]
        """)
        with serve_file(path) as process:
            process.initialize()
            for how, message in enumerate(("Mute", "Halt: stop", "KeyboardInterrupt", "ValueError: half ?"), 1):
                with self.subTest(message):
                    with self.assertRaises(Refused) as caught:
                        process.run("preload", bars(6), {"how": how}, run_id=message)
                    self.assertEqual(caught.exception.error["message"], message)
                    self.assertIn("line ", caught.exception.error["data"]["traceback"])
                    process.ask("run/end", {"run_id": message, "reason": "failed"})
            process.run("preload", bars(6), {"how": 0}, run_id="next")
            self.assertEqual(process.finish(), 0)

    def test_sys_exit_in_a_callback_is_an_error_of_the_strategy(self):
        path = self.file("""
            import sys
            from backtester import on_bar
            @on_bar
            def leaves(bar, ctx):
                sys.exit(3)
        """)
        with serve_file(path) as process:
            process.initialize()
            with self.assertRaises(Refused) as caught:
                process.run("lockstep", bars(6))
            self.assertEqual(caught.exception.error["code"], 2005)
            self.assertEqual(process.finish(), 0)

    def test_a_key_error_of_the_strategy_is_not_blamed_on_the_host(self):
        path = self.file("""
            from backtester import Strategy
            class Breaks(Strategy):
                def init(self):
                    self.data["Bid"]
                def next(self):
                    pass
        """)
        with serve_file(path) as process:
            process.initialize()
            with self.assertRaises(Refused) as caught:
                process.run("preload", bars(6))
            self.assertEqual(caught.exception.error["code"], 2005)

    def test_numbers_that_are_no_json_are_refused(self):
        cases = {
            "ctx.buy(1, limit=float('nan'))": "limit_price must be a finite number",
            "ctx.buy(float('inf'))": "quantity must be a finite number",
            "ctx.annotate('x', float('inf'))": "x must be a finite number",
            "ctx._actions.append({'do': 'order', 'side': 'buy', 'quantity': float('nan')})": "NaN",
        }
        for code, text in cases.items():
            with self.subTest(code=code):
                path = self.file(f"""
                    from backtester import on_bar
                    @on_bar
                    def wrong(bar, ctx):
                        {code}
                """)
                with serve_file(path) as process:
                    process.initialize()
                    with self.assertRaises(Refused) as caught:
                        process.run("lockstep", bars(6))
                    self.assertEqual(caught.exception.error["code"], 2005)
                    self.assertIn(text, caught.exception.error["message"])

    def test_a_file_that_fails_to_load_says_so_in_the_handshake(self):
        path = self.file("import nothing_of_that_name\n")
        with serve_file(path) as process:
            with self.assertRaises(Refused) as caught:
                process.initialize()
            self.assertEqual(caught.exception.error["code"], 2005)
            self.assertIn("nothing_of_that_name", caught.exception.error["message"])
            self.assertIn("strategy_file.py", caught.exception.error["data"]["traceback"])
            self.assertEqual(process.finish(), 0)
        with serve_file(self.folder / "missing.py") as process:
            with self.assertRaises(Refused) as caught:
                process.initialize()
            self.assertIn("there is no file", caught.exception.error["message"])

    def test_the_working_directory_is_kept_and_the_files_folder_can_be_imported_from(self):
        self.file("LEVEL = 7\n", "settings_beside.py")
        path = self.file("""
            import os
            from backtester import on_bar
            import settings_beside
            print("folder", os.getcwd(), settings_beside.LEVEL, __name__)
            if __name__ == "__main__":
                raise SystemExit("the main block ran")
            @on_bar
            def f(bar, ctx):
                pass
        """)
        elsewhere = pathlib.Path(os.path.realpath(os.path.dirname(__file__)))
        with serve_file(path, cwd=elsewhere) as process:
            process.initialize()
            self.assertEqual(process.finish(), 0)
            self.assertIn(f"folder {elsewhere} 7 strategy_file".encode(), process.errors)


if __name__ == "__main__":
    unittest.main()
