"""Sweeps of the Python client with the program itself, from ordinary code and in asyncio."""

import asyncio
import threading
import unittest

from with_host import EXECUTABLE, PACKAGE, HostTestCase

from backtester import AsyncClient, Client
from backtester.client import BadParameters, RequestCancelled, StrategyStartFailed, UnknownRun, errors

GRID = {"n1": [5, 10, 15], "n2": range(20, 41, 10)}
# Far more trials than are done before they are cancelled.
ENDLESS = {"n1": range(1, 400), "n2": range(400, 800)}


class SweepTests(HostTestCase):
    def setUp(self):
        super().setUp()
        self.client = Client(EXECUTABLE, db=self.db)
        self.addCleanup(self.client.close)

    def test_every_trial_is_the_run_of_its_parameters(self):
        heard = []
        sweep = self.client.sweep("sma_cross", GRID, sample="GOOG", tags="swept", progress=heard.append)
        self.assertEqual((sweep.status, sweep.trials_total, sweep.trials_done, sweep.trials_failed), ("completed", 9, 9, 0))
        self.assertTrue(sweep.complete)
        values = [trial["metrics"]["sharpe"] for trial in sweep]
        self.assertEqual(values, sorted(values, reverse=True))
        self.assertEqual({(t["parameters"]["n1"], t["parameters"]["n2"]) for t in sweep},
                         {(a, b) for a in GRID["n1"] for b in GRID["n2"]})  # fmt: skip
        for trial in (sweep.trials[0], sweep.trials[-1]):
            single = self.client.run("sma_cross", sample="GOOG", parameters=trial["parameters"])
            self.assertEqual(single.metrics, trial["metrics"])
            stored = self.client.get(trial["run_id"])
            self.assertEqual((stored.metrics, stored.sweep_id, stored.tags), (trial["metrics"], sweep.sweep_id, ["swept"]))
        # A sweep as short as this one may be over before there is anything to report.
        self.assertEqual({value["sweep_id"] for value in heard} | {sweep.sweep_id}, {sweep.sweep_id})

    def test_the_best_are_answered_and_all_are_stored(self):
        sweep = self.client.sweep("sma_cross", GRID, sample="FB", minimize="max_drawdown_pct", limit=2)
        self.assertEqual((len(sweep), sweep.trials_done, sweep.complete), (2, 9, False))
        stored = list(self.client.runs(sweep_id=sweep.sweep_id))
        depths = sorted(run.metrics["max_drawdown_pct"] for run in stored)
        self.assertEqual(len(stored), 9)
        self.assertEqual([trial["metrics"]["max_drawdown_pct"] for trial in sweep], depths[:2])

    def test_conditions_sets_and_random_parts(self):
        some = self.client.sweep("sma_cross", {"n1": [10, 20], "n2": [10, 20]}, where="n1 < n2", sample="FB")
        self.assertEqual([trial["parameters"] for trial in some], [{"n1": 10, "n2": 20}])
        # As many as there are when there are fewer.
        few = self.client.sweep("sma_cross", GRID, where="n1 == 5", random=(100, 1), sample="FB")
        self.assertEqual(sorted(trial["parameters"]["n2"] for trial in few), [20, 30, 40])
        sets = self.client.sweep("sma_cross", trials=[{"n1": 3, "n2": 9}, {"n2": 50}], sample="FB")
        self.assertEqual(sorted(t["parameters"]["n2"] for t in sets), [9, 50])
        drawn = [
            {trial["run_id"][-4:]: trial["parameters"] for trial in self.client.sweep(
                "sma_cross", ENDLESS, random=(5, 7), sample="FB")}.values()
            for _ in range(2)
        ]  # fmt: skip
        ordered = [sorted((one["n1"], one["n2"]) for one in part) for part in drawn]
        self.assertEqual(len(ordered[0]), 5)
        self.assertEqual(ordered[0], ordered[1])

    def test_a_strategy_in_a_process_is_swept(self):
        built_in = self.client.sweep("sma_cross", {"n1": [5, 10], "n2": [20, 30]}, sample="FB")
        swept = self.client.sweep(str(PACKAGE / "sma_cross"), {"n1": [5, 10], "n2": [20, 30]}, sample="FB")
        self.assertEqual(
            [(trial["parameters"], trial["metrics"]) for trial in swept],
            [(trial["parameters"], trial["metrics"]) for trial in built_in],
        )

    def test_a_strategy_that_fails_fails_its_trials(self):
        sweep = self.client.sweep(self.misbehaving("crash"), trials=[{}], sample="FB")
        self.assertEqual((sweep.status, sweep.trials_failed, sweep.best), ("completed", 1, None))
        self.assertEqual(sweep.trials[0]["failure"]["kind"], "crashed")
        self.assertEqual([run.status for run in self.client.runs(sweep_id=sweep.sweep_id)], ["failed"])
        with self.assertRaises(StrategyStartFailed):
            self.client.sweep(["/nonexistent/strategy"], trials=[{}], sample="FB")
        self.assert_no_process_left()

    def test_errors_name_their_field(self):
        for arguments, error, pointer in (
            ({"grid": {"n1": [0]}}, BadParameters, "/grid/n1/0"),
            ({"grid": {"n9": [1]}}, BadParameters, "/grid/n9"),
            ({"grid": GRID, "where": "n1 <"}, errors.InvalidParams, "/where"),
            ({"grid": GRID, "where": "n1 > 1000"}, errors.InvalidParams, "/where"),
            ({"grid": GRID, "maximize": "sharp"}, errors.InvalidParams, "/maximize"),
            ({"grid": GRID, "minimize": "sharp"}, errors.InvalidParams, "/minimize"),
            ({"trials": []}, errors.InvalidParams, "/list"),
            ({"trials": [{"n1": 5}, {"n1": "x"}]}, BadParameters, "/list/1"),
            ({"grid": GRID, "concurrency": 100_000}, errors.InvalidParams, "/concurrency"),
        ):
            with self.subTest(arguments=arguments), self.assertRaises(error) as caught:
                self.client.sweep("sma_cross", sample="FB", **arguments)
            self.assertEqual(caught.exception.pointer, pointer)

    def test_it_shows_itself(self):
        sweep = self.client.sweep("sma_cross", GRID, sample="GOOG")
        html = sweep._repr_html_()
        self.assertEqual(html.count("<tr>"), 1 + 9)
        self.assertIn("best n1=10 n2=20", html)
        self.assertEqual(list(sweep.rows()[0])[:3], ["n1", "n2", "status"])

    def test_it_is_cancelled_from_beside_and_what_was_done_is_kept(self):
        begun, ended, sweep_id = threading.Event(), [], []

        def watch(value):
            if value.get("trials_done"):
                sweep_id.append(value["sweep_id"])
                begun.set()

        def wait():
            try:
                ended.append(self.client.sweep("sma_cross", ENDLESS, sample="GOOG", progress=watch).status)
            except RequestCancelled as error:
                ended.append(error)

        thread = threading.Thread(target=wait)
        thread.start()
        self.assertTrue(begun.wait(600))
        self.assertEqual(self.client.cancel(sweep_id[0]), "cancelled")
        thread.join(600)
        self.assertEqual(ended, ["cancelled"])
        self.assertGreater(len(list(self.client.runs(sweep_id=sweep_id[0], limit=5))), 0)
        self.assert_sound()


class AsyncSweepTests(HostTestCase):
    def test_sweeps_beside_runs_and_a_cancelled_task(self):
        async def session():
            async with AsyncClient(EXECUTABLE, db=self.db) as client:
                sweep, run = await asyncio.gather(
                    client.sweep("sma_cross", GRID, sample="GOOG"),
                    client.run("sma_cross", sample="GOOG", n1=10, n2=20),
                )
                self.assertEqual((sweep.status, len(sweep)), ("completed", 9))
                self.assertEqual(sweep.best["parameters"], {"n1": 10, "n2": 20})
                self.assertEqual(sweep.best["metrics"], run.metrics)

                started = asyncio.Event()
                sweep_id = []

                def watch(value):
                    sweep_id.append(value["sweep_id"])
                    if value.get("trials_done"):
                        started.set()

                task = asyncio.ensure_future(client.sweep("sma_cross", ENDLESS, sample="GOOG", progress=watch))
                await asyncio.wait_for(started.wait(), 600)
                task.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await task
                for _ in range(6000):
                    # It is under way until the host no longer knows a sweep of that id.
                    try:
                        self.assertEqual(await client.cancel(sweep_id[0]), "cancelled")
                    except UnknownRun:
                        break
                    await asyncio.sleep(0.1)
                self.assertTrue([trial async for trial in client.runs(sweep_id=sweep_id[0], limit=5)])

        asyncio.run(session())
        self.assert_sound()


if __name__ == "__main__":
    unittest.main()
