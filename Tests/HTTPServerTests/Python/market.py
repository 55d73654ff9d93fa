"""Real symbols: bars from Yahoo, here a server on this machine that repeats recorded replies."""
import http.server
import json
import os
import subprocess
import threading
import urllib.parse

import requests

from harness import PATIENCE, PROGRAM, ROOT, Server, ServerCase, main, sample

BODIES = ROOT + "/Tests/MarketDataTests/Fixtures/yahoo/bodies/"


class Yahoo(http.server.BaseHTTPRequestHandler):
    """Knows a year of MSFT, from 2021-02-01 to 2022-01-28; says of any other symbol what Yahoo says."""
    asked = []

    def do_GET(self):
        address = urllib.parse.urlparse(self.path)
        self.asked.append(address.path)
        is_known = address.path in ("/v8/finance/chart/MSFT", "/v8/finance/chart/LACKS")
        with open(BODIES + ("msft-1d-div-252.json" if is_known else "error-404-not-found.json"), "rb") as file:
            body = file.read()
        if address.path.endswith("/LACKS"):
            reply = json.loads(body)
            reply["chart"]["result"][0]["indicators"]["quote"][0].pop("close")
            body = json.dumps(reply).encode()
        self.send_response(200 if is_known else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Market(ServerCase):
    @classmethod
    def setUpClass(cls):
        cls.yahoo = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Yahoo)
        threading.Thread(target=cls.yahoo.serve_forever, daemon=True).start()
        cls.environment = {"BACKTESTER_YAHOO_URL": f"http://127.0.0.1:{cls.yahoo.server_port}"}
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.yahoo.shutdown()
        cls.yahoo.server_close()

    def form(self, **changes):
        return sample(**{"source": None, "ticker": "msft", "startDate": "2021-02-01", "endDate": "2022-01-29", **changes})

    def test_symbol_is_fetched_adjusted_and_cached(self):
        reply = self.server.post(data=self.form())
        self.check(reply, 200)
        result = reply.json()
        with open(BODIES + "msft-1d-div-252.json", encoding="utf-8") as file:
            recorded = json.load(file)["chart"]["result"][0]
        adjusted = recorded["indicators"]["adjclose"][0]["adjclose"]
        close = result["price_chart"]["close"]
        self.assertEqual(len(close), len(adjusted))
        for ours, theirs in zip(close, adjusted):
            self.assertAlmostEqual(ours / theirs, 1, places=9)
        # Midnight UTC of the trading date, though Yahoo stamps the opening.
        self.assertEqual(result["price_chart"]["dates"][0], 1612137600000)
        asked = len(Yahoo.asked)
        again = self.server.post(data=self.form(strategy="EMA"))
        self.check(again, 200)
        self.assertEqual(again.json()["price_chart"]["close"], close)
        self.assertEqual(len(Yahoo.asked), asked)
        run = self.server.get(f"/backtests/{result['run_id']}/").json()
        self.assertEqual((run["ticker"], run["start_date"], run["end_date"]), ("MSFT", "2021-02-01", "2022-01-28"))
        self.assertEqual(run["price_chart"]["close"], close)

    def test_end_date_is_left_out(self):
        self.server.post(data=self.form())
        result = self.server.post(data=self.form(endDate="2022-01-28")).json()
        self.assertEqual(result["price_chart"]["dates"][-1], 1643241600000)

    def test_what_the_cache_holds_is_run_without_the_network(self):
        fetched = self.server.post(data=self.form()).json()
        asked = len(Yahoo.asked)
        listed = {dataset["dataset"]: dataset for dataset in self.server.get("/datasets/").json()}
        self.assertEqual((listed["yahoo:MSFT:1d"]["kind"], listed["yahoo:MSFT:1d"]["start_date"]), ("cached", "2021-02-01"))
        self.assertEqual(listed["sample:GOOG"]["rows"], 2148)
        form = {"strategy": "SMA", "capital": "10000", "dataset": "yahoo:msft:1d"}
        for options in ({"data": form}, {"json": form}, {"data": {**form, "ticker": "", "startDate": ""}}):
            reply = self.server.post(**options)
            self.check(reply, 200)
            for name in ("metrics", "price_chart", "equity_chart", "trades"):
                self.assertEqual(reply.json()[name], fetched[name])
        part = self.server.post(data={**form, "startDate": "2021-06-01", "endDate": "2021-06-03"}).json()
        self.assertEqual(part["price_chart"]["dates"], [1622505600000, 1622592000000])
        self.assertEqual(len(Yahoo.asked), asked)
        reply = self.server.post(data={**form, "dataset": "yahoo:MSFD:1d"})
        self.assertEqual((reply.status_code, list(reply.json())), (400, ["dataset"]))
        self.assertIn("did you mean yahoo:MSFT:1d?", reply.json()["dataset"][0])
        reply = self.server.post(data={**form, "dataset": "../../etc/passwd"})
        self.assertEqual((reply.status_code, list(reply.json())), (400, ["dataset"]))

    def test_imported_file_is_run_by_its_name(self):
        path = os.path.join(self.server.folder.name, "mine.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("Date,Open,High,Low,Close,Volume\n")
            file.writelines(f"2020-01-{day:02},1,{day + 1},1,{day},5\n" for day in range(1, 31))
        subprocess.run(
            [os.path.join(os.path.dirname(PROGRAM), "backtester"), "data", "import", path, "--name", "my bars"],
            check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=PATIENCE,
            env={**os.environ, "XDG_DATA_HOME": self.server.folder.name})
        listed = self.server.get("/datasets/")
        self.assertIn("import:my bars", [dataset["dataset"] for dataset in listed.json()])
        self.assertNotIn(self.server.folder.name, listed.text)
        reply = self.server.post(data={"strategy": "buy_and_hold", "capital": "100", "dataset": "import:my bars"})
        self.check(reply, 200)
        self.assertEqual(reply.json()["price_chart"]["close"], [float(day) for day in range(1, 31)])
        run = self.server.get(f"/backtests/{reply.json()['run_id']}/").json()
        self.assertEqual(run["ticker"], "my bars")
        self.assertIsNotNone(run["price_chart"])
        form = requests.get(self.server.base + "/new", timeout=PATIENCE).text
        self.assertIn('<option value="import:my bars">my bars · 1d · 2020-01-01 – 2020-01-30</option>', form)
        again = requests.get(self.server.base + f"/new?run={reply.json()['run_id']}", timeout=PATIENCE).text
        self.assertIn('<option value="import:my bars" selected>', again)

    def test_run_again_keeps_the_dates(self):
        for ticker in ("msft", "nope"):
            self.server.post(data=self.form(ticker=ticker))
            run = self.server.get("/backtests/?page_size=1").json()["results"][0]["run_id"]
            again = requests.get(self.server.base + f"/new?run={run}", timeout=PATIENCE).text
            self.assertIn(f'name="symbol" type="text" value="{ticker.upper()}"', again)
            self.assertIn('name="from" type="date" value="2021-02-01"', again)
            self.assertIn('name="to" type="date" value="2022-01-29"', again)

    def test_unknown_symbol_is_told_in_the_older_words(self):
        reply = self.server.post(data=self.form(ticker="nope"))
        self.assertEqual((reply.status_code, reply.json()["error"]), (400, "Could not retrieve data for NOPE."))
        self.assertIn("NOPE", reply.json()["detail"])

    def test_column_that_is_missing_is_named(self):
        reply = self.server.post(data=self.form(ticker="LACKS"))
        self.assertEqual((reply.status_code, reply.json()["error"]), (400, "Incomplete data: missing column Close"))

    def test_ticker_is_never_a_path_or_an_address(self):
        before = len(Yahoo.asked)
        for ticker in ("../../../etc", "A/B", "A?B=C", "A#B", "http://127.0.0.1/", "A B", "A%2FB", "A\r\nX: y", "é"):
            with self.subTest(ticker=ticker):
                reply = self.server.post(data=self.form(ticker=ticker))
                self.assertEqual(reply.status_code, 400)
                self.assertIn("Could not retrieve data for", reply.json()["error"])
        self.assertEqual(len(Yahoo.asked), before)


class Unreachable(ServerCase):
    environment = {"BACKTESTER_YAHOO_URL": "http://127.0.0.1:1", "BACKTESTER_HTTP_TIMEOUT": "2"}

    def test_outage_is_told_and_stored(self):
        reply = self.server.post(data=sample(source=None, ticker="MSFT"))
        self.assertEqual((reply.status_code, reply.json()["error"]), (400, "Could not retrieve data for MSFT."))
        runs = self.server.get("/backtests/?status=failed").json()["results"]
        self.assertEqual([run["ticker"] for run in runs], ["MSFT"])
        self.assertTrue(runs[0]["failure"]["message"])


if __name__ == "__main__":
    main()
