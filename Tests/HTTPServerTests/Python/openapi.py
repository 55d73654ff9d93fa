"""The OpenAPI document against the routes in the source, and against what the server answers."""
import glob
import re

import requests

from harness import PATIENCE, ROOT, ServerCase, main, sample

try:
    import jsonschema
except ImportError:
    jsonschema = None


class Document(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.server.get("/openapi.json").json()

    def resolved(self, schema):
        """The schema with references made local to it."""
        return {**schema, "components": self.document["components"]}

    def schema_of(self, path, method, status):
        response = self.document["paths"][path][method]["responses"][str(status)]
        if "$ref" in response:
            response = self.document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
        return response.get("content", {}).get("application/json", {}).get("schema")

    def holds(self, reply, path, method):
        """Checks that an answer is one the document knows."""
        schema = self.schema_of(path, method, reply.status_code)
        if schema is None:
            self.assertEqual(reply.content, b"")
        else:
            self.assertEqual(reply.headers["Content-Type"], "application/json")
            if jsonschema:
                jsonschema.Draft202012Validator(self.resolved(schema)).validate(reply.json())

    def test_is_version_3_1_and_refers_to_nothing_that_is_not_there(self):
        self.assertEqual(self.document["openapi"], "3.1.0")
        text = requests.get(self.server.api + "/openapi.json", timeout=PATIENCE).text
        for kind, name in re.findall(r'"#/components/(\w+)/(\w+)"', text):
            self.assertIn(name, self.document["components"][kind])
        operations = re.findall(r'"operationId": "(\w+)"', text)
        self.assertEqual(len(operations), len(set(operations)))

    def test_knows_exactly_the_routes_in_the_source(self):
        routes = set()
        for file in glob.glob(ROOT + "/Sources/HTTPServer/REST/*.swift"):
            with open(file, encoding="utf-8") as opened:
                for method, path in re.findall(r'Route\(\.(\w+), "(/api/[^"]*)"', opened.read()):
                    routes.add((method, path.rstrip("/")))
        documented = {(method, path.rstrip("/")) for path, item in self.document["paths"].items()
                      for method in item if method != "parameters"}
        self.assertGreater(len(routes), 10)
        self.assertEqual(routes, documented)

    def test_answers_are_as_described(self):
        result = self.server.post(data=sample(strategy="LA_BOMBA"))
        self.holds(result, "/api/v1/backtest/", "post")
        id = result.json()["run_id"]
        # Without profit in sight and with a rejected order: nulls, reasons and warnings.
        odd = self.server.post(data=sample(strategy="buy_and_hold", capital="5", endDate="2005-03-01"))
        self.holds(odd, "/api/v1/backtest/", "post")
        self.holds(self.server.get(f"/backtests/{odd.json()['run_id']}/"), "/api/v1/backtests/{id}/", "get")
        for body in ({}, sample(ticker="NOPE"), sample(strategy="x"), sample(startDate="2020-01-01")):
            self.holds(self.server.post(data=body), "/api/v1/backtest/", "post")
        self.holds(self.server.post(data=b"{", headers={"Content-Type": "application/json"}), "/api/v1/backtest/", "post")
        self.holds(self.server.post(data=b"x", headers={"Content-Type": "text/csv"}), "/api/v1/backtest/", "post")
        started = self.server.post("/backtests/", data=sample())
        self.assertEqual(started.status_code, 202)
        self.holds(started, "/api/v1/backtests/", "post")
        for query in ("", "?page=7", "?ordering=x", "?page_size=1&ordering=-sharpe"):
            self.holds(self.server.get("/backtests/" + query), "/api/v1/backtests/", "get")
        for name in (id, "none"):
            self.holds(self.server.get(f"/backtests/{name}/"), "/api/v1/backtests/{id}/", "get")
            self.holds(self.server.get(f"/backtests/{name}/progress/"), "/api/v1/backtests/{id}/progress/", "get")
            self.holds(self.server.post(f"/backtests/{name}/cancel/"), "/api/v1/backtests/{id}/cancel/", "post")
            deleted = requests.delete(f"{self.server.api}/backtests/{name}/", timeout=PATIENCE)
            self.holds(deleted, "/api/v1/backtests/{id}/", "delete")
        for path, name in [("/strategies/", None), ("/strategies/{name}/", "rsi"), ("/strategies/{name}/", "none"), ("/datasets/", None),
                           ("/healthcheck/", None), ("/openapi.json", None)]:
            self.holds(self.server.get(path.replace("{name}", name or "")), "/api/v1" + path, "get")
        evil = requests.get(self.server.api + "/backtests/", headers={"Host": "evil.example"}, timeout=PATIENCE)
        self.holds(evil, "/api/v1/backtests/", "get")


if __name__ == "__main__":
    main()
