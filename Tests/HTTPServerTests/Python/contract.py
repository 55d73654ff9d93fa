"""The older backend's contract, and what is added to it, over real HTTP."""
import json
import math
import re
import threading

import requests

from harness import PATIENCE, ServerCase, eventually, main, sample

REQUIRED = ["This field is required."]
METRICS = ["total_return_pct", "cagr_pct", "sharpe", "max_drawdown_pct", "trades", "winrate_pct"]


class Running(ServerCase):
    def test_the_three_forms_of_a_body_give_the_same_result(self):
        replies = [
            self.server.post(data=sample()),
            self.server.post(json=sample(capital=10000)),
            self.server.post(files={name: (None, value) for name, value in sample().items()}),
        ]
        for reply in replies:
            self.check(reply, 200)
        results = [reply.json() for reply in replies]
        ids = {result.pop("run_id") for result in results}
        self.assertEqual(len(ids), 3)
        self.assertEqual(results[0], results[1])
        self.assertEqual(results[0], results[2])

    def test_result_has_the_front_ends_shape(self):
        result = self.server.post(data=sample()).json()
        self.assertEqual(list(result), ["metrics", "price_chart", "equity_chart", "run_id", "trades", "warnings"])
        self.assertEqual(list(result["metrics"]), METRICS)
        for value in result["metrics"].values():
            self.assertEqual(value, round(value, 2))
        self.assertLess(result["metrics"]["max_drawdown_pct"], 0)
        self.assertEqual(result["metrics"]["trades"], len(result["trades"]))
        prices = result["price_chart"]
        self.assertEqual(list(prices), ["dates", "close", "sma1", "sma2", "buy_signals", "sell_signals"])
        count = len(prices["dates"])
        self.assertGreater(count, 1000)
        for series in prices.values():
            self.assertEqual(len(series), count)
        # The averages of 10 and 20 closes, with nothing before there are so many.
        close = prices["close"]
        for name, period in (("sma1", 10), ("sma2", 20)):
            self.assertEqual(prices[name][:period - 1], [None] * (period - 1))
            self.assertTrue(math.isclose(prices[name][500], sum(close[501 - period:501]) / period, rel_tol=1e-12))
        self.assertEqual(result["equity_chart"]["dates"], prices["dates"])
        self.assertEqual(len(result["equity_chart"]["equity"]), count)
        # Days are stamped midnight UTC: 2005-01-03 was the first trading day, 2009-12-31 the last.
        self.assertEqual((prices["dates"][0], prices["dates"][-1]), (1104710400000, 1262217600000))

    def test_signals_are_the_entries_of_trades(self):
        result = self.server.post(data=sample()).json()
        prices = result["price_chart"]
        for trade in result["trades"]:
            name = "buy_signals" if trade["size"] > 0 else "sell_signals"
            self.assertEqual(prices[name][trade["entry_index"]], trade["entry_price"])
            self.assertEqual(prices["dates"][trade["entry_index"]], trade["entry_time"])
        marked = sum(value is not None for name in ("buy_signals", "sell_signals") for value in prices[name])
        # The last one is still open and no closed trade.
        self.assertEqual(marked, len(result["trades"]) + 1)

    def test_strategy_without_averages_draws_none_and_undefined_metrics_are_0(self):
        result = self.server.post(data=sample(strategy="buy_and_hold")).json()
        self.assertEqual((result["price_chart"]["sma1"], result["price_chart"]["sma2"]), ([], []))
        self.assertEqual((result["metrics"]["trades"], result["metrics"]["winrate_pct"]), (0, 0))
        self.assertEqual(sum(value is not None for value in result["price_chart"]["buy_signals"]), 1)

    def test_older_names_of_strategies_mean_the_new_ones(self):
        for older, name in [("SMA", "sma_cross"), ("EMA", "ema_cross"), ("RSI", "rsi"), ("MACD", "macd"),
                            ("LA_BOMBA", "la_bomba"), ("buy_and_hold", "buy_and_hold")]:
            result = self.server.post(data=sample(strategy=older))
            self.check(result, 200)
            run = self.server.get(f"/backtests/{result.json()['run_id']}/").json()
            self.assertEqual(run["strategy"], name)

    def test_ticker_is_trimmed_and_upper_cased(self):
        self.check(self.server.post(data=sample(ticker="  goog ")), 200)

    def test_path_without_the_last_slash_is_the_same(self):
        self.check(self.server.post("/backtest", data=sample()), 200)

    def test_optional_fields_change_the_run(self):
        plain = self.server.post(json=sample(capital=10000)).json()
        dear = self.server.post(json=sample(
            capital=10000, commission=0.01, parameters={"n1": 5, "n2": 30}, profile="strict", finalize=True)).json()
        self.assertNotEqual(plain["metrics"], dear["metrics"])
        run = self.server.get(f"/backtests/{dear['run_id']}/").json()
        self.assertEqual(run["parameters"], {"n1": 5, "n2": 30})
        self.assertEqual((run["request"]["commission"], run["profile"], run["open_trades"]), (0.01, "strict", []))
        form = self.server.post(data=sample(**{"parameters.n1": "5", "parameters.n2": "30", "commission": "0.01",
                                               "profile": "strict", "finalize": "on"})).json()
        self.assertEqual(form["metrics"], dear["metrics"])


class Refusals(ServerCase):
    def test_missing_fields_are_told_by_field(self):
        for options in ({"data": {}}, {"json": {}}, {"files": {"x": (None, "y")}}):
            reply = self.server.post(**options)
            self.check(reply, 400, {name: REQUIRED for name in
                                    ["ticker", "startDate", "endDate", "strategy", "capital"]})

    def test_faulty_field_has_djangos_words(self):
        number, date = ["A valid number is required."], ["Date has wrong format. Use one of these formats instead: YYYY-MM-DD."]
        positive = ["Ensure this value is greater than 0."]
        for field, value, messages in [
            ("ticker", "", ["This field may not be blank."]),
            ("ticker", "   ", ["This field may not be blank."]),
            ("ticker", "A" * 21, ["Ensure this field has no more than 20 characters."]),
            ("ticker", "A" * 10_000, ["Ensure this field has no more than 20 characters."]),
            ("ticker", "A\0B", ["Null characters are not allowed."]),
            ("strategy", "s" * 101, ["Ensure this field has no more than 100 characters."]),
            ("capital", "", number), ("capital", "ten", number), ("capital", "nan", number),
            ("capital", "NaN", number), ("capital", "inf", number), ("capital", "-Infinity", number),
            ("capital", "0x10", number), ("capital", "1e999", number), ("capital", "1,000", number),
            ("capital", "0", positive), ("capital", "-5", positive),
            ("capital", "1" * 1001, ["String value too large."]),
            ("startDate", "01/02/2005", date), ("startDate", "2005-02-30", date), ("startDate", "2005-1-1", date),
            ("endDate", "2005-01-01T00:00", date), ("endDate", "", date),
            ("interval", "7d", ["\"7d\" is not a valid choice."]),
            ("interval", "1h", ["The samples have daily bars; choose 1d, or the source yahoo."]),
            ("source", "/etc/passwd", ["\"/etc/passwd\" is not a valid choice."]),
            ("margin", "0", ["Must be a fraction above 0 and at most 1 (0.5 is 2:1 leverage)."]),
        ]:
            with self.subTest(field=field, value=value[:30]):
                self.check(self.server.post(data=sample(**{field: value})), 400, {field: messages})

    def test_json_of_a_wrong_type_is_told_by_field(self):
        for field, value, messages in [
            ("ticker", None, ["This field may not be null."]), ("ticker", True, ["Not a valid string."]),
            ("ticker", ["GOOG"], ["Not a valid string."]), ("ticker", {"a": 1}, ["Not a valid string."]),
            ("capital", None, ["This field may not be null."]), ("capital", [1], ["A valid number is required."]),
            ("capital", True, ["A valid number is required."]), ("startDate", 5, [
                "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."]),
            ("parameters", [1], ["Expected an object of names and values."]),
        ]:
            with self.subTest(field=field, value=value):
                body = {**sample(capital=10000), field: value}
                self.check(self.server.post(json=body), 400, {field: messages})

    def test_several_faults_come_together(self):
        reply = self.server.post(data=sample(ticker="", capital="x", endDate=None))
        self.check(reply, 400, {"ticker": ["This field may not be blank."], "endDate": REQUIRED,
                                "capital": ["A valid number is required."]})

    def test_sentences_of_the_service(self):
        for changes, sentence in [
            ({"startDate": "2010-01-01", "endDate": "2009-01-01"}, "Start date must be before end date."),
            ({"startDate": "2009-01-01", "endDate": "2009-01-01"}, "Start date must be before end date."),
            ({"ticker": "NOPE"}, "Could not retrieve data for NOPE."),
            ({"startDate": "1990-01-01", "endDate": "1991-01-01"}, "Could not retrieve data for GOOG."),
            ({"strategy": "x"}, "Strategy \"x\" not found."),
        ]:
            with self.subTest(sentence=sentence):
                reply = self.server.post(data=sample(**changes))
                self.assertEqual(reply.status_code, 400)
                self.assertEqual(reply.json()["error"], sentence)

    def test_unknown_or_faulty_parameter_is_told(self):
        for parameters, part in [({"n3": 1}, "n3"), ({"n1": 0}, "n1"), ({"n1": "x"}, "n1"), ({"n1": 1.5}, "n1")]:
            reply = self.server.post(json=sample(capital=1, parameters=parameters))
            self.assertEqual(reply.status_code, 400)
            self.assertIn(part, reply.json()["parameters"][0])

    def test_body_that_cannot_be_read(self):
        for content, type_, detail in [
            (b"{", "application/json", "JSON parse error"), (b"", "application/json", "JSON parse error"),
            (b"\xff\xfe", "application/json", "JSON parse error"), (b"[" * 100_000, "application/json", "JSON parse error"),
            (b'{"capital": NaN}', "application/json", "JSON parse error"),
            (b"ticker=%ff", "application/x-www-form-urlencoded", "UTF-8"),
            (b"x", "multipart/form-data", "boundary"), (b"x", "multipart/form-data; boundary=", "boundary"),
            (b"x", "multipart/form-data; boundary=b", "boundary"),
            (b"--b\r\n\r\n", "multipart/form-data; boundary=b", "not ended"),
            (b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b", "name"),
            (b"--b\r\nContent-Disposition: form-data; name=\"ticker\"\r\n\r\n\xff\r\n--b--",
             "multipart/form-data; boundary=b", "UTF-8"),
            (b"--b\r\n" + b"X: " + b"y" * 10_000 + b"\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b", "too long"),
            (b"&".join(b"a%d=1" % i for i in range(2000)), "application/x-www-form-urlencoded", "1000"),
        ]:
            with self.subTest(content=content[:40], type=type_):
                reply = self.server.post(data=content, headers={"Content-Type": type_})
                self.assertEqual(reply.status_code, 400, reply.text)
                self.assertIn(detail, reply.json()["detail"])

    def test_json_that_is_no_object(self):
        self.check(self.server.post(json=[1]), 400,
                   {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]})

    def test_file_in_the_place_of_a_field(self):
        reply = self.server.post(data=sample(ticker=None), files={"ticker": ("GOOG", b"GOOG")})
        self.check(reply, 400, {"ticker": ["Not a valid string."]})

    def test_unknown_type_path_and_method(self):
        self.check(self.server.post(data=b"x", headers={"Content-Type": "text/plain"}), 415,
                   {"detail": 'Unsupported media type "text/plain" in request.'})
        self.check(self.server.get("/nothing/"), 404, {"detail": "Not found."})
        reply = self.server.get("/backtest/")
        self.check(reply, 405, {"detail": 'Method "GET" not allowed.'})
        self.assertEqual(reply.headers["Allow"], "POST, OPTIONS")

    def test_errors_outside_the_api_are_pages(self):
        for method, path, status in [("GET", "/nothing", 404), ("GET", "/runs/nothing", 404), ("GET", "/apis", 404),
                                     ("GET", "/runs/nothing/extra/deep", 404), ("PUT", "/new", 405)]:
            with self.subTest(path=path):
                reply = requests.request(method, self.server.base + path, timeout=PATIENCE)
                self.assertEqual((reply.status_code, reply.headers["Content-Type"]), (status, "text/html; charset=utf-8"))
                self.assertIn('<a href="/">', reply.text)
        for path in ("/nothing", "/runs/nothing/data"):
            reply = requests.get(self.server.base + path, headers={"Accept": "application/json"}, timeout=PATIENCE)
            self.check(reply, 404, {"detail": "Not found."})


class Stored(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ids = {}
        for strategy, ticker, start in [("SMA", "GOOG", "2005-01-01"), ("EMA", "GOOG", "2006-01-01"),
                                        ("SMA", "IBM", "2007-01-01"), ("RSI", "MSFT", "2008-01-01")]:
            reply = cls.server.post(data=sample(strategy=strategy, ticker=ticker, startDate=start))
            cls.ids[strategy, ticker] = reply.json()["run_id"]

    def listed(self, query=""):
        reply = self.server.get("/backtests/" + query)
        self.check(reply, 200)
        return reply.json()

    def found(self, query):
        names = {id: name for name, id in self.ids.items()}
        return [names[run["run_id"]] for run in self.listed(query)["results"]]

    def test_list_has_the_older_tables_fields(self):
        page = self.listed()
        self.assertEqual((page["count"], page["next"], page["previous"]), (4, None, None))
        run = page["results"][-1]
        self.assertEqual(
            [run[name] for name in ("run_id", "status", "ticker", "start_date", "end_date", "strategy",
                                    "starting_capital", "interval")],
            [self.ids["SMA", "GOOG"], "completed", "GOOG", "2005-01-03", "2009-12-31", "sma_cross", 10000, "1d"])
        for name in METRICS:
            self.assertIn(name, run)
        self.assertRegex(run["created"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

    def test_pages(self):
        first = self.listed("?page_size=3&ticker=")
        self.assertEqual((first["count"], len(first["results"]), first["previous"]), (4, 3, None))
        second = requests.get(first["next"], timeout=PATIENCE).json()
        self.assertEqual((second["count"], len(second["results"]), second["next"]), (4, 1, None))
        self.assertEqual(requests.get(second["previous"], timeout=PATIENCE).json(), first)
        self.assertFalse({run["run_id"] for run in first["results"]} & {run["run_id"] for run in second["results"]})
        for page in ("3", "0", "-1", "x", "999999999999999999999"):
            self.check(self.server.get(f"/backtests/?page={page}&page_size=3"), 404, {"detail": "Invalid page."})

    def test_filters(self):
        for query, names in [
            ("?ticker=goog", {("SMA", "GOOG"), ("EMA", "GOOG")}), ("?strategy=SMA", {("SMA", "GOOG"), ("SMA", "IBM")}),
            ("?strategy=sma_cross&ticker=IBM", {("SMA", "IBM")}), ("?strategy=rsi,ema_cross", {("RSI", "MSFT"), ("EMA", "GOOG")}),
            ("?start_date=2007-01-01", {("SMA", "IBM"), ("RSI", "MSFT")}), ("?end_date=2009-12-31", set(self.ids)),
            ("?end_date=2009-12-30", set()), ("?status=completed", set(self.ids)), ("?status=failed", set()),
            ("?status=failed,completed&ticker=MSFT", {("RSI", "MSFT")}), ("?created_before=2000-01-01", set()),
            ("?ticker=%27%20OR%201%3D1--", set()),
        ]:
            with self.subTest(query=query):
                self.assertEqual(set(self.found(query)), names)

    def test_order(self):
        runs = self.listed("?ordering=-total_return_pct")["results"]
        values = [run["total_return_pct"] for run in runs]
        self.assertEqual(values, sorted(values, reverse=True))
        self.assertEqual([run["run_id"] for run in self.listed("?ordering=total_return_pct")["results"]],
                         [run["run_id"] for run in reversed(runs)])

    def test_faulty_query_is_told(self):
        for query, field in [("?ordering=sharp", "ordering"), ("?status=done", "status"), ("?start_date=x", "start_date"),
                             ("?page_size=0", "page_size"), ("?page_size=x", "page_size")]:
            reply = self.server.get("/backtests/" + query)
            self.assertEqual((reply.status_code, list(reply.json())), (400, [field]))
        self.assertIn("did you mean sharpe", self.server.get("/backtests/?ordering=sharp").json()["ordering"][0])
        self.assertEqual(self.server.get("/backtests/?ticker=%ff").status_code, 400)

    def test_run_has_everything_it_produced(self):
        reply = self.server.post(data=sample(strategy="LA_BOMBA", ticker="AAPL"))
        result = reply.json()
        run = self.server.get(f"/backtests/{result['run_id']}/").json()
        self.assertEqual(run["trades"], result["trades"])
        self.assertEqual(run["equity_chart"], result["equity_chart"])
        for name in ("dates", "close", "buy_signals", "sell_signals"):
            self.assertEqual(run["price_chart"][name], result["price_chart"][name])
        self.assertEqual([overlay["name"] for overlay in run["price_chart"]["overlays"]], ["SMA(10)", "SMA(50)"])
        self.assertEqual(run["price_chart"]["overlays"][0]["values"], result["price_chart"]["sma1"])
        self.assertEqual({name: round(run["metrics"][name] or 0, 2) for name in METRICS}, result["metrics"])
        self.assertEqual([event["sequence"] for event in run["order_events"]], list(range(len(run["order_events"]))))
        filled = [event for event in run["order_events"] if event["kind"] == "filled"]
        self.assertGreaterEqual(len(filled), len(run["trades"]))
        self.check(requests.delete(f"{self.server.api}/backtests/{result['run_id']}/", timeout=PATIENCE), 204)
        for path in ("", "progress/"):
            self.check(self.server.get(f"/backtests/{result['run_id']}/{path}"), 404, {"detail": "Not found."})
        self.check(requests.delete(f"{self.server.api}/backtests/{result['run_id']}/", timeout=PATIENCE), 404)

    def test_head_has_the_headers_of_get(self):
        get, head = (call(self.server.api + "/backtests/", timeout=PATIENCE) for call in (requests.get, requests.head))
        self.assertEqual(head.content, b"")
        self.assertEqual(head.headers["Content-Length"], get.headers["Content-Length"])


class Others(ServerCase):
    options = ("--workers", "1", "--maximum-queued", "2")

    def test_strategies_are_described(self):
        strategies = self.server.get("/strategies/").json()
        names = [strategy["name"] for strategy in strategies]
        self.assertTrue({"sma_cross", "la_bomba", "rsi", "macd", "ema_cross", "buy_and_hold"} <= set(names))
        self.assertNotIn("scripted", names)
        cross = self.server.get("/strategies/SMA/").json()
        self.assertEqual((cross["name"], cross["kind"], cross["aliases"]), ("sma_cross", "built_in", ["SMA"]))
        self.assertEqual(cross["parameters"]["properties"]["n1"]["default"], 10)
        self.assertEqual(cross, strategies[names.index("sma_cross")])
        self.check(self.server.get("/strategies/nothing/"), 404, {"detail": "Not found."})

    def test_healthcheck(self):
        self.check(self.server.get("/healthcheck/"), 200, {"status": "ok"})

    def test_run_is_started_and_watched(self):
        reply = self.server.post("/backtests/", data=sample())
        self.assertEqual(reply.status_code, 202)
        id = reply.json()["run_id"]
        self.assertEqual(reply.headers["Location"], f"/api/v1/backtests/{id}/")
        progress = eventually(
            lambda: (p := self.server.get(f"/backtests/{id}/progress/").json())["finished"] and p, "it never ended")
        self.assertEqual((progress["status"], progress["bars_done"]), ("completed", 1259))
        cancel = self.server.post(f"/backtests/{id}/cancel/")
        self.assertEqual(cancel.status_code, 409)
        self.assertEqual(self.server.post("/backtests/nothing/cancel/").status_code, 404)


if __name__ == "__main__":
    main()
