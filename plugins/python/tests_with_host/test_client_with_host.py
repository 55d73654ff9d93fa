"""The Python client and the program itself: what the stand-in cannot show."""

import asyncio
import datetime
import importlib.util
import json
import math
import subprocess
import threading
import unittest

from with_host import EXECUTABLE, HostTestCase, processes

from backtester import AsyncClient, Client, Strategy
from backtester.client import BadParameters, RequestCancelled, StrategyCrashed, StrategyError, UnknownRun, errors

HAS_PANDAS = importlib.util.find_spec("pandas") is not None


class BuyTwice(Strategy):
    """Of this very file: the host reads it from here."""

    wait = 3

    def init(self):
        pass

    def next(self):
        if len(self.data) == self.wait:
            self.buy(size=2)


class Broken(Strategy):
    def init(self):
        pass

    def next(self):
        raise ZeroDivisionError("broken on purpose")


class ClientWithHostTests(HostTestCase):
    def setUp(self):
        super().setUp()
        self.client = Client(EXECUTABLE, db=self.db)
        self.addCleanup(self.client.close)

    def bars(self, rows=40):
        path = self.folder / "bars.csv"
        day = datetime.date(2020, 1, 1)
        lines = ["Date,Open,High,Low,Close,Volume"]
        for n in range(rows):
            price = 100 + 10 * math.sin(n / 5)
            lines.append(
                f"{day + datetime.timedelta(n)},{price:.2f},{price + 1:.2f},{price - 1:.2f},{price + 0.5:.2f},1000"
            )
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def test_a_run_is_what_the_command_line_says_it_is(self):
        run = self.client.run(
            "la_bomba", sample="IBM", commission=(1, 0.001), spread=0.001, margin=0.5, cash=50_000,
            finalize_trades=True, start="2005-01-01", end="2008-01-01",
        )  # fmt: skip
        command = [
            EXECUTABLE, "run", "la_bomba", "--sample", "IBM", "--commission", "1,0.001", "--spread", "0.001",
            "--margin", "0.5", "--cash", "50000", "--finalize", "--from", "2005-01-01",
            "--to", "2008-01-01", "--json", "--no-save",
        ]  # fmt: skip
        report = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        self.assertEqual(run.metrics, report["metrics"])
        self.assertEqual(run.trades, [{k: v for k, v in t.items() if k in run.trades[0]} for t in report["trades"]])
        self.assertEqual(run.fingerprint, report["fingerprint"])
        curve = self.client.series(run, ("time", "equity"))
        self.assertEqual(dict(curve), report["equity"])
        self.assertEqual(len(run.events), len(report["order_events"]))

    def test_series_are_the_same_in_every_encoding(self):
        run = self.client.run("sma_cross", sample="FB")
        columns = ("time", "equity", "drawdown_pct", "close")
        made = [self.client.series(run, columns, encoding=encoding) for encoding in ("json", "f64le+base64")]
        self.assertEqual(made[0], made[1])
        self.assertEqual(len(made[0]["time"]), run.bars_total)
        part = self.client.series(run, "time", start="2012-06-01", end="2012-07-01")["time"]
        self.assertEqual(part, [time for time in made[0]["time"] if 1338508800000 <= time < 1341100800000])

    def test_files_and_frames_are_data(self):
        run = self.client.run("buy_and_hold", data=self.bars())
        self.assertEqual((run.status, run.bars_total), ("completed", 40))
        if HAS_PANDAS:
            import pandas as pd

            frame = pd.read_csv(self.bars(), parse_dates=["Date"], index_col="Date")
            again = self.client.run("buy_and_hold", data=frame)
            self.assertEqual(again.metrics, run.metrics)
            self.assertEqual(list(run.equity.columns), ["equity", "drawdown_pct"])

    def test_a_class_of_this_file_is_a_strategy(self):
        run = self.client.run(BuyTwice, data=self.bars(), parameters={"wait": 5}, finalize_trades=True)
        self.assertEqual([(trade["size"], trade["entry_index"]) for trade in run.trades], [(2, 5)])
        with self.assertRaisesRegex(StrategyError, "(?s)ZeroDivisionError.*test_client_with_host.py"):
            self.client.run(Broken, data=self.bars())

    def test_what_is_not_saved_is_answered_and_gone(self):
        run = self.client.run("macd", sample="FB", save=False)
        self.assertEqual(run.status, "completed")
        self.assertEqual(list(self.client.runs()), [])

    def test_runs_are_found_by_what_they_were(self):
        first = self.client.run("macd", sample="FB", tags=["one", "both"])
        second = self.client.run("rsi", sample="GOOG", tags="both")
        ids = lambda **filters: [run.run_id for run in self.client.runs(**filters)]  # noqa: E731
        self.assertEqual(ids(), [second.run_id, first.run_id])
        self.assertEqual(ids(tag="both"), [second.run_id, first.run_id])
        self.assertEqual(ids(tag="one"), [first.run_id])
        self.assertEqual(ids(strategy="rsi"), [second.run_id])
        self.assertEqual(ids(dataset=first.dataset), [first.run_id])
        self.assertEqual(ids(symbol="GOOG"), [second.run_id])
        self.assertEqual(ids(status="failed"), [])
        self.assertEqual(ids(start=first.created, end=second.created + 1), [second.run_id, first.run_id])
        self.assertEqual(ids(end=first.created), [])
        self.assertEqual(self.client.get(first).metrics, first.metrics)
        self.assertEqual(first.delete(), "deleted")
        self.assertEqual(ids(), [second.run_id])
        with self.assertRaises(UnknownRun):
            first.trades  # noqa: B018

    def test_many_pages_are_one_list(self):
        for cash in range(1000, 1012):
            self.client.run("buy_and_hold", data=self.bars(6), cash=cash)
        every = [run.run_id for run in self.client.runs()]
        paged, cursor = [], {}
        while True:
            page = self.client.request("runs/list", dict(cursor, limit=5))
            paged += [item["run_id"] for item in page["items"]]
            if "next_cursor" not in page:
                break
            cursor = {"cursor": page["next_cursor"]}
        self.assertEqual((len(every), paged), (12, every))

    def test_errors_name_field_and_remedy(self):
        with self.assertRaises(BadParameters) as caught:
            self.client.run("sma_cross", sample="GOOG", n3=1)
        self.assertEqual(caught.exception.pointer, "/parameters/n3")
        self.assertTrue(caught.exception.hint)
        with self.assertRaises(errors.InvalidParams) as caught:
            self.client.run("sma_cross", sample="GOOG", spread=2)
        self.assertEqual(caught.exception.pointer, "/execution/spread")
        with self.assertRaises(StrategyCrashed) as caught:
            self.client.run(self.misbehaving("crash"), sample="FB")
        self.assertIn("crashing as asked", str(caught.exception))
        self.assertEqual(self.client.get(caught.exception.run_id).status, "failed")

    def test_a_run_is_cancelled_from_beside(self):
        run = self.client.run(self.misbehaving("slow"), sample="GOOG", wait=False)
        waiting = []

        def wait():
            try:
                waiting.append(run.wait())
            except RequestCancelled as error:
                waiting.append(error.run_id)

        thread = threading.Thread(target=wait)
        thread.start()
        self.client.cancel(run.run_id, "no longer wanted")
        thread.join(60)
        self.assertEqual(waiting, [run.run_id])
        self.assertEqual(self.client.get(run).status, "cancelled")
        self.assert_no_process_left()

    def test_runs_kept_beyond_the_client_are_finished(self):
        with Client(EXECUTABLE, db=self.db, on_disconnect="keep") as client:
            run = client.run("la_bomba", sample="GOOG", wait=False)
        deadline = threading.Event()
        for _ in range(600):
            if self.client.get(run.run_id).over:
                break
            deadline.wait(0.1)
        self.assertEqual(self.client.get(run.run_id).status, "completed")

    def test_frames_with_headers_do_as_well_as_lines(self):
        with Client(EXECUTABLE, db=self.db, framing="content-length") as client:
            self.assertEqual(client.run("sma_cross", sample="GOOG", n1=10, n2=30).metrics["trades"], 65)

    def test_conformance_checks_run(self):
        heard = []
        report = self.client.check(self.misbehaving("ok"), level="core", progress=heard.append)
        self.assertEqual(report["level"], "core")
        self.assertEqual({check["level"] for check in report["checks"]}, {"core"})

    def test_the_host_is_gone_with_the_client(self):
        pid = self.client._connection.process.pid
        self.client.close()
        self.assertNotIn(pid, processes(str(self.db)))
        self.assertEqual(self.client._connection.process.returncode, 0)
        self.assert_sound()


class AsyncWithHostTests(HostTestCase):
    def test_many_runs_at_once_and_a_cancelled_task(self):
        async def session():
            async with AsyncClient(EXECUTABLE, db=self.db) as client:
                runs = await asyncio.gather(
                    *(client.run("sma_cross", sample="FB", n1=n, n2=20 + n) for n in range(2, 12))
                )
                counts = [run.metrics["trades"] for run in runs]
                self.assertEqual([len(trades) for trades in [await run.trades for run in runs]], counts)
                started = asyncio.Event()
                task = asyncio.ensure_future(
                    client.run(self.misbehaving("slow"), sample="GOOG", progress=lambda _: started.set())
                )
                await asyncio.wait_for(started.wait(), 60)
                task.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await task
                for _ in range(600):
                    newest = [run async for run in client.runs(limit=1)][0]
                    if newest.over:
                        break
                    await asyncio.sleep(0.1)
                self.assertEqual(newest.status, "cancelled")

        asyncio.run(session())
        self.assert_no_process_left()


if __name__ == "__main__":
    unittest.main()
