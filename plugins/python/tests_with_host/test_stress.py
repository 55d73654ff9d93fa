"""Many requests at once, clients that vanish, a host that is killed: nothing finished is lost, nothing is left over."""

import json
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from with_host import EXECUTABLE, OVER, PACKAGE, HostTestCase, processes

from backtester.client import BacktesterError, Client, HostEnded, StrategyCrashed


class StressTests(HostTestCase):
    def client(self, **options):
        client = Client(EXECUTABLE, db=self.db, **options)
        self.addCleanup(client.close)
        return client

    def statuses(self, client):
        return {run.run_id: run.status for run in client.runs()}

    def test_a_hundred_waiting_requests_of_which_twenty_crash(self):
        client = self.client()

        def ask(number):
            if number % 5:
                return client.run("sma_cross", sample="FB", n1=2 + number % 7, n2=15 + number, progress=False)
            try:
                return client.run(self.misbehaving("crash"), sample="FB", progress=False)
            except StrategyCrashed as error:
                return error

        with ThreadPoolExecutor(100) as pool:
            answers = list(pool.map(ask, range(100)))
        crashed = [answer for answer in answers if isinstance(answer, StrategyCrashed)]
        done = [answer for answer in answers if not isinstance(answer, StrategyCrashed)]
        self.assertEqual((len(done), len(crashed)), (80, 20))
        self.assertEqual({error.data["exit_code"] for error in crashed}, {3})
        self.assertEqual([run.request["parameters"]["n2"] for run in done], [15 + n for n in range(100) if n % 5])
        stored = self.statuses(client)
        self.assertEqual(
            stored, {**{run.run_id: "completed" for run in done}, **{error.run_id: "failed" for error in crashed}}
        )
        # Out of order and beside each other, every run is what it is alone.
        alone = client.run("sma_cross", sample="FB", n1=done[-1].request["parameters"]["n1"], n2=114)
        self.assertEqual(alone.metrics, done[-1].metrics)
        self.assertEqual(alone.fingerprint, done[-1].fingerprint)
        client.close()
        self.assert_no_process_left()
        self.assert_sound()

    def test_clients_that_vanish_take_their_host_and_strategies_with_them(self):
        code = (
            "import sys; sys.path.insert(0, sys.argv[1])\n"
            "import signal, threading\n"
            # A test runner may have blocked signals, and children inherit that.
            "signal.signal(signal.SIGTERM, signal.SIG_DFL)\n"
            "signal.pthread_sigmask(signal.SIG_SETMASK, [])\n"
            "from backtester import Client\n"
            "client = Client(sys.argv[2], db=sys.argv[3])\n"
            "told = threading.Event()\n"
            "def heard(value):\n"
            "    if value.get('bars_done') and not told.is_set(): told.set(); print('running', flush=True)\n"
            "for _ in range(2):\n"
            "    options = dict(sample='GOOG', progress=heard)\n"
            "    threading.Thread(target=client.run, args=(sys.argv[4:],), kwargs=options).start()\n"
        )
        arguments = [str(PACKAGE), EXECUTABLE, str(self.db)]
        clients = [
            subprocess.Popen(
                [sys.executable, "-c", code, *arguments, *self.misbehaving(mode)], stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            for mode in ("slow", "slow", "stubborn", "daemon")
        ]  # fmt: skip
        for client in clients:
            self.assertEqual(client.stdout.readline(), b"running\n")
        for client, end in zip(clients, (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL, signal.SIGTERM)):
            client.send_signal(end)
            client.wait()
            client.stdout.close()
        self.assert_no_process_left(seconds=60)
        self.assert_no_process_left(str(self.db), seconds=60)
        self.assert_sound()
        # Whatever became of the runs, the next host knows that nobody works on them.
        stored = self.statuses(self.client())
        self.assertEqual(len(stored), 8)
        self.assertEqual(set(stored.values()) - {"cancelled", "interrupted"}, set())

    def test_a_killed_host_loses_no_run_that_was_answered(self):
        for fate in range(3):
            client = Client(EXECUTABLE, db=self.db)
            answered, enough = [], threading.Event()

            def ask(number, client=client, answered=answered, enough=enough):
                try:
                    run = client.run("la_bomba", sample="AAPL", cash=10_000 + number, progress=False)
                except HostEnded:
                    return
                answered.append((run.run_id, run.metrics["trades"]))
                if len(answered) >= 3:
                    enough.set()

            threads = [threading.Thread(target=ask, args=(number,)) for number in range(40)]
            for thread in threads:
                thread.start()
            self.assertTrue(enough.wait(300))
            # Each time a little later, to hit different moments of storing.
            time.sleep(0.013 * fate)
            os.kill(client._connection.process.pid, signal.SIGKILL)
            for thread in threads:
                thread.join(60)
            client.close()
            self.assert_sound()
            with Client(EXECUTABLE, db=self.db) as client:
                stored = self.statuses(client)
                self.assertEqual(set(stored.values()) - set(OVER), set())
                for number, trades in answered:
                    self.assertEqual(stored[number], "completed")
                    self.assertEqual(len(client.trades(number)), trades)
                for run in client.runs(status="completed"):
                    # A run is stored whole or not at all.
                    self.assertEqual(len(client.trades(run)), run.metrics["trades"])
                    self.assertEqual(len(client.series(run, "equity")["equity"]), run.bars_total)
                for number in [run.run_id for run in client.runs()]:
                    client.delete(number)
        self.assert_no_process_left(str(self.db))

    @unittest.skipUnless(os.path.isdir("/proc/self"), "daemons are found in /proc")
    def test_a_killed_host_leaves_no_daemon_of_a_strategy(self):
        strategy = self.folder / "strategy"
        strategy.write_text(f"#!/bin/sh\nexec {shlex.join(self.misbehaving('daemon'))}\n")
        strategy.chmod(0o755)
        host = subprocess.Popen(
            [EXECUTABLE, "run", str(strategy), "--sample", "GOOG", "--no-save"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while len(processes(self.mark)) < 2 and time.monotonic() < deadline:  # the strategy and its daemon
            time.sleep(0.02)
        self.assertGreaterEqual(len(processes(self.mark)), 2)
        host.kill()
        host.wait()
        self.assert_no_process_left(seconds=60)

    def test_control_c_in_the_shell_stops_the_run_and_keeps_it(self):
        code = (
            "import sys; sys.path.insert(0, sys.argv[1])\n"
            "import signal\n"
            # As a shell's job has it, whatever started these tests.
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "signal.pthread_sigmask(signal.SIG_SETMASK, [])\n"
            "from backtester import Client\n"
            "heard = lambda value: value.get('bars_done', 0) > 3 and print('running', flush=True)\n"
            "with Client(sys.argv[2], db=sys.argv[3]) as client:\n"
            "    try: client.run(sys.argv[4:], sample='GOOG', progress=heard)\n"
            "    except KeyboardInterrupt: print([run.status for run in client.runs()], flush=True)\n"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(PACKAGE), EXECUTABLE, str(self.db), *self.misbehaving("slow")],
            stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        with process:
            self.assertEqual(process.stdout.readline(), b"running\n")
            # As a terminal does: the whole group of the foreground.
            os.killpg(process.pid, signal.SIGINT)
            lines = process.stdout.read().decode().splitlines()
        self.assertEqual((process.returncode, lines[-1]), (0, "['cancelled']"))
        self.assert_no_process_left()

    def test_a_client_that_never_reads_and_goes_leaves_no_work_behind(self):
        process = subprocess.Popen(
            [EXECUTABLE, "serve", "--db", str(self.db)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.addCleanup(process.kill)
        hello = {"protocol_version": "1.0", "client": {"name": "deaf", "version": "0"}}
        asked = [("initialize", hello)] + [("rpc.discover", {})] * 2000
        text = "".join(
            json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}) + "\n"
            for number, (method, params) in enumerate(asked)
        )

        def ask():
            try:
                os.write(process.stdin.fileno(), text.encode())
            except BrokenPipeError:
                pass

        asking = threading.Thread(target=ask)
        asking.start()
        # The first answers are there and nobody reads them.
        self.assertEqual(process.stdout.read(1), b"{")
        process.stdout.close()
        self.assertEqual(process.wait(60), 1)
        asking.join()
        process.stdin.close()
        self.assert_sound()

    def test_a_broken_database_is_told_at_once(self):
        pathlib.Path(self.db).write_bytes(b"this is no database, but long enough to look at" * 100)
        with self.assertRaises(BacktesterError) as caught:
            with Client(EXECUTABLE, db=self.db) as client:
                client.run("macd", sample="FB")
        self.assertIn("runs.sqlite", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
