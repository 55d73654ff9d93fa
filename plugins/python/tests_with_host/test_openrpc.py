"""The host as its OpenRPC document describes it, seen by a client that knows nothing else."""

import json
import os
import subprocess
import sys
import unittest

import openrpc_client
from with_host import EXECUTABLE, ROOT, HostTestCase

DOCUMENT = openrpc_client.Document((ROOT / "protocol" / "v1" / "host.openrpc.json").read_text(encoding="utf-8"))


class DocumentTests(unittest.TestCase):
    def examples(self, folder):
        for path in sorted((ROOT / "protocol" / "v1" / "examples" / folder).glob("*.jsonl")):
            asked = {}
            for line in path.read_text(encoding="utf-8").splitlines():
                message = json.loads(line)
                if "method" in message:
                    asked[message.get("id")] = message["method"]
                yield path.stem, asked.get(message.get("id")), message

    def test_the_examples_of_the_protocol_keep_to_the_document(self):
        seen = 0
        for name, method, message in self.examples("host"):
            with self.subTest(example=name, message=str(message)[:80]):
                if "params" in message:
                    DOCUMENT.check_params(method, message["params"])
                elif "result" in message:
                    DOCUMENT.check_result(method, message["result"])
                seen += 1
        self.assertGreater(seen, 50)

    def test_what_does_not_fit_is_seen(self):
        for method, params in (
            ("nonsense", {}),
            ("runs/get", {}),
            ("runs/get", {"run_id": 5}),
            ("runs/get", {"run_id": "r", "color": "red"}),
            ("runs/get", {"run_id": "r", "include": ["everything"]}),
            ("runs/list", {"limit": 0}),
            ("backtest/run", {"strategy": {"command": []}, "dataset": "d", "seed": -1}),
            ("backtest/run", {"strategy": 5, "dataset": "d"}),
        ):
            with self.subTest(method=method, params=params), self.assertRaises(openrpc_client.Violation):
                DOCUMENT.check_params(method, params)
        for method, result in (("runs/cancel", {"run_id": "r"}), ("runs/cancel", []), ("runs/trades", {"items": [{}]})):
            with self.subTest(method=method, result=result), self.assertRaises(openrpc_client.Violation):
                DOCUMENT.check_result(method, result)


class OpenRPCTests(HostTestCase):
    def setUp(self):
        super().setUp()
        self.client = openrpc_client.Client(
            DOCUMENT, [EXECUTABLE, "serve", "--db", str(self.db)], env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
        )
        self.addCleanup(self.stop)

    def stop(self):
        if self.client.process.poll() is None:
            self.client.process.kill()
            self.client.process.wait()
        self.client.process.stdin.close()
        self.client.process.stdout.close()

    def hello(self, **more):
        answer = self.client.call(
            "initialize", protocol_version="1.0", client={"name": "generic", "version": "0"}, **more
        )
        self.client.notify("initialized")
        return answer

    def goodbye(self):
        self.assertEqual(self.client.call("shutdown"), {})
        self.client.notify("exit")
        self.assertEqual(self.client.close(), 0)

    def refused(self, code, method, **params):
        with self.assertRaises(openrpc_client.Refused) as caught:
            self.client.call(method, **params)
        self.assertEqual(caught.exception.code, code, caught.exception)
        for field in ("kind", "hint", "retryable"):
            self.assertIn(field, caught.exception.data, method)
        return caught.exception

    def test_a_whole_session(self):
        self.refused(1001, "strategies/list")
        answer = self.hello()
        self.assertEqual(answer["protocol_version"], "1.0")
        self.refused(1003, "initialize", protocol_version="1.0", client={"name": "x", "version": "0"})
        self.assertEqual(self.client.call("rpc.discover"), DOCUMENT.root)

        page = self.client.call("strategies/list", limit=2)
        names = [item["name"] for item in page["items"]]
        while "next_cursor" in page:
            page = self.client.call("strategies/list", limit=2, cursor=page["next_cursor"])
            names += [item["name"] for item in page["items"]]
        self.assertIn("sma_cross", names)
        self.assertEqual(len(names), len(set(names)))
        self.assertIn("n1", self.client.call("strategies/describe", strategy="sma_cross")["parameters"]["properties"])
        listed = self.client.call("datasets/list")["items"]
        self.assertIn(["GOOG"], [item["symbols"] for item in listed])
        self.assertEqual(self.client.call("datasets/describe", dataset="GOOG")["rows"], 2148)

        run = self.client.call(
            "backtest/run", strategy="sma_cross", dataset="GOOG", parameters={"n1": 10, "n2": 30}, tags=["t"],
            progress_token="p",
        )  # fmt: skip
        self.assertEqual((run["status"], run["metrics"]["trades"]), ("completed", 65))
        self.assertEqual(round(run["metrics"]["total_return_pct"], 2), 422.01)
        self.assertEqual(set(run["metrics"]), set(answer["capabilities"]["metrics"]))
        number = run["run_id"]
        again = self.client.call("runs/get", run_id=number)
        self.assertEqual(
            [again[key] for key in ("metrics", "fingerprint", "status")],
            [run[key] for key in ("metrics", "fingerprint", "status")],
        )
        trades, page = [], {"next_cursor": None}
        while "next_cursor" in page:
            more = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
            page = self.client.call("runs/trades", run_id=number, limit=50, **more)
            trades += page["items"]
        self.assertEqual(len(trades), 65)
        self.assertEqual(trades, sorted(trades, key=lambda trade: trade["exit_time"]))
        series = self.client.call("runs/series", run_id=number, columns=["time", "equity", "drawdown_pct"])
        self.assertEqual(series["columns"]["equity"]["data"][-1], run["metrics"]["equity_final"])
        events = self.client.call("runs/events", run_id=number, kinds=["filled"], limit=5)["items"]
        self.assertEqual({event["kind"] for event in events}, {"filled"})
        listed = self.client.call("runs/list", tag="t", status="completed")["items"]
        self.assertEqual([item["run_id"] for item in listed], [number])
        self.assertEqual(self.client.call("runs/delete", run_id=number)["status"], "deleted")
        self.refused(3001, "runs/get", run_id=number)
        self.goodbye()

    def test_progress_is_told_and_a_waiting_run_can_be_cancelled(self):
        self.hello()
        asked = self.client.ask(
            "backtest/run", strategy={"command": self.misbehaving("slow")}, dataset="GOOG", progress_token=7
        )
        told = self.client.heard(
            lambda method, params: method == "$/progress" and params["token"] == 7 and params["value"].get("bars_done")
        )
        self.assertGreater(told["value"]["bars_total"], told["value"]["bars_done"])
        self.client.notify("$/cancelRequest", id=asked, reason="seen enough")
        with self.assertRaises(openrpc_client.Refused) as caught:
            self.client.answer(asked)
        self.assertEqual(caught.exception.code, -32800)
        number = caught.exception.data["run_id"]
        self.assertEqual(self.client.call("runs/get", run_id=number)["status"], "cancelled")
        self.assert_no_process_left()
        self.goodbye()

    def test_a_run_that_is_not_waited_for_tells_its_changes(self):
        self.hello()
        answer = self.client.call("backtest/run", strategy="macd", dataset="FB", wait=False)
        self.assertIn(answer["status"], ("queued", "starting", "running"))
        self.client.heard(
            lambda method, params: (
                method == "runs/changed" and params == {"run_id": answer["run_id"], "status": "completed"}
            )
        )
        self.assertEqual(self.client.call("runs/get", run_id=answer["run_id"])["status"], "completed")
        slow = self.client.call(
            "backtest/run", strategy={"command": self.misbehaving("slow")}, dataset="GOOG", wait=False
        )["run_id"]
        self.refused(3002, "runs/delete", run_id=slow)
        self.assertEqual(self.client.call("runs/cancel", run_id=slow)["run_id"], slow)
        self.client.heard(
            lambda method, params: method == "runs/changed" and params == {"run_id": slow, "status": "cancelled"}
        )
        self.goodbye()

    def test_wrong_questions_are_answered_with_what_is_wrong(self):
        self.hello()
        wrong = self.refused(4004, "backtest/run", strategy="sma_cross", dataset="GOOG", parameters={"n1": -1})
        self.assertEqual(wrong.data["pointer"], "/parameters/n1")
        self.refused(4001, "backtest/run", strategy="sma_cros", dataset="GOOG")
        self.refused(4002, "backtest/run", strategy="sma_cross", dataset="GOGO")
        self.refused(4003, "backtest/run", strategy="sma_cross", dataset="GOOG", start=0, end=1)
        self.refused(3001, "runs/trades", run_id="nonsense")
        crashed = self.refused(2002, "backtest/run", strategy={"command": self.misbehaving("crash")}, dataset="FB")
        self.assertEqual(crashed.data["exit_code"], 3)
        self.assertIn("crashing as asked", crashed.data["stderr_tail"])
        stored = self.client.call("runs/get", run_id=crashed.data["run_id"])
        self.assertEqual((stored["status"], stored["failure"]["kind"]), ("failed", "crashed"))
        # Past the document: what a generic client would not even send.
        DOCUMENT.methods["nonsense"] = {"name": "nonsense", "params": []}
        self.addCleanup(DOCUMENT.methods.pop, "nonsense")
        self.refused(-32601, "nonsense")
        self.client.asked["typed"] = "backtest/run"
        self.client._send(
            {"jsonrpc": "2.0", "id": "typed", "method": "backtest/run", "params": {"strategy": "macd", "dataset": 5}}
        )
        with self.assertRaises(openrpc_client.Refused) as caught:
            self.client.answer("typed")
        self.assertEqual((caught.exception.code, caught.exception.data["pointer"]), (-32602, "/dataset"))
        self.goodbye()

    def test_the_end_of_the_client_ends_the_host_and_its_strategies(self):
        # A client may close its input and still read answers; it is gone when its process is.
        process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        self.hello(process_id=process.pid)
        self.client.ask("backtest/run", strategy={"command": self.misbehaving("slow")}, dataset="GOOG", progress_token=1)
        self.client.heard(lambda method, params: method == "$/progress" and params["value"].get("bars_done"))
        process.communicate(b"\n")
        self.client.process.wait(timeout=60)
        self.assert_no_process_left()


if __name__ == "__main__":
    unittest.main()
