"""Real symbols: bars from Yahoo, here a server on this machine that repeats recorded replies."""
import http.server
import json
import threading
import urllib.parse

from harness import ROOT, Server, ServerCase, main, sample

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
