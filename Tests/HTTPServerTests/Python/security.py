"""Who is let in, from where, and what a request may name."""
import base64
import os
import subprocess
import tempfile

import requests

from harness import PATIENCE, PROGRAM, ServerCase, main, sample

TOKEN = "correct-horse-battery-staple"


def started(*options):
    """Starts a server that should refuse; its exit code and what it said."""
    ended = subprocess.run([PROGRAM, "--port", "0", *options], capture_output=True, text=True, timeout=PATIENCE)
    return ended.returncode, ended.stderr


class Local(ServerCase):
    options = ("--allow-origin", "https://charts.example", "--allow-host", "charts.example")

    def call(self, method="GET", path="/healthcheck/", **headers):
        return requests.request(method, self.server.api + path, timeout=PATIENCE,
                                headers={name.replace("_", "-"): value for name, value in headers.items()})

    def test_host_must_be_an_address_localhost_or_allowed(self):
        port = self.server.port
        for host, status in [(f"127.0.0.1:{port}", 200), ("localhost", 200), (f"LocalHost:{port}", 200),
                             (f"[::1]:{port}", 200), ("192.168.1.5", 200), ("charts.example", 200),
                             ("evil.example", 421), (f"evil.example:{port}", 421), ("127.0.0.1.evil.example", 421),
                             ("localhost.evil.example", 421), ("localhost@evil.example", 421), ("", 421),
                             ("127.0.0.1:x", 421), ("[::1", 421), ("1.2.3.4.5", 421), ("127.0.0.256", 421)]:
            with self.subTest(host=host):
                self.assertEqual(self.call(Host=host).status_code, status)

    def test_page_of_another_site_cannot_change_anything(self):
        before = self.server.get("/backtests/").json()["count"]
        for origin in ("http://evil.example", "https://evil.example:8000", "null", "http://localhost.evil.example",
                       "file://", "http://", "chrome-extension://abc", "http://127.0.0.1@evil.example"):
            for method, path in [("POST", "/backtest/"), ("POST", "/backtests/"), ("DELETE", "/backtests/x/"),
                                 ("POST", "/backtests/x/cancel/")]:
                with self.subTest(origin=origin, path=path):
                    reply = requests.request(method, self.server.api + path, data=sample(), timeout=PATIENCE,
                                             headers={"Origin": origin})
                    self.assertEqual(reply.status_code, 403)
                    self.assertNotIn("Access-Control-Allow-Origin", reply.headers)
        reply = requests.post(self.server.api + "/backtest/", data=sample(), timeout=PATIENCE,
                              headers={"Sec-Fetch-Site": "cross-site"})
        self.assertEqual(reply.status_code, 403)
        self.assertEqual(self.server.get("/backtests/").json()["count"], before)

    def test_local_and_allowed_pages_may_call(self):
        port = self.server.port
        for origin in ("http://localhost:3000", "http://127.0.0.1:5173", "https://localhost", "http://[::1]:3000",
                       f"http://127.0.0.1:{port}", "https://charts.example"):
            with self.subTest(origin=origin):
                reply = requests.post(self.server.api + "/backtest/", data=sample(), timeout=PATIENCE,
                                      headers={"Origin": origin})
                self.assertEqual(reply.status_code, 200)
                self.assertEqual(reply.headers["Access-Control-Allow-Origin"], origin)
                self.assertIn("Origin", reply.headers["Vary"])
                faulty = requests.post(self.server.api + "/backtest/", data={}, timeout=PATIENCE,
                                       headers={"Origin": origin})
                # The front end shows field errors, so it must be able to read them.
                self.assertEqual((faulty.status_code, faulty.headers["Access-Control-Allow-Origin"]), (400, origin))

    def test_preflight(self):
        asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        reply = requests.options(self.server.api + "/backtest/", timeout=PATIENCE,
                                 headers={**asked, "Origin": "http://localhost:3000"})
        self.assertEqual(reply.status_code, 204)
        self.assertEqual(reply.headers["Access-Control-Allow-Origin"], "http://localhost:3000")
        self.assertIn("POST", reply.headers["Access-Control-Allow-Methods"])
        self.assertIn("Content-Type", reply.headers["Access-Control-Allow-Headers"])
        reply = requests.options(self.server.api + "/backtest/", timeout=PATIENCE,
                                 headers={**asked, "Origin": "http://evil.example"})
        self.assertNotIn("Access-Control-Allow-Origin", reply.headers)
        self.assertNotIn("Access-Control-Allow-Methods", reply.headers)

    def test_every_answer_has_the_security_headers(self):
        for reply in (self.call(), self.call(path="/nothing/"), self.call(Host="evil.example"), self.call("POST")):
            policy = reply.headers["Content-Security-Policy"]
            self.assertIn("default-src 'none'", policy)
            self.assertIn("script-src 'self';", policy)
            self.assertNotIn("unsafe", policy)
            self.assertEqual(reply.headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(reply.headers["X-Frame-Options"], "DENY")

    def test_strategy_is_a_name_and_never_a_path_or_a_command(self):
        with tempfile.TemporaryDirectory() as folder:
            mark = os.path.join(folder, "mark")
            program = os.path.join(folder, "p.py")
            with open(program, "w") as file:
                file.write(f"#!/usr/bin/env python3\nopen({mark!r}, 'w')\n")
            os.chmod(program, 0o755)
            for strategy in (program, f"{program}:Best", "/bin/true", "./p.py", "plugins/python/examples/rsi.py",
                             f"python3 {program}", f"; touch {mark}", f"$(touch {mark})", f"`touch {mark}`", folder,
                             "../../bin/sh", "scripted"):
                with self.subTest(strategy=strategy):
                    reply = self.server.post(json={**sample(capital=1, strategy=strategy[:100]), "command": [program],
                                                   "argv": [program], "script": program, "data": program,
                                                   "parameters": {"script": program} if strategy == "scripted" else {}})
                    self.assertEqual(reply.status_code, 400)
                    self.assertEqual(reply.json()["error"], f"Strategy \"{strategy[:100]}\" not found.")
            self.assertFalse(os.path.exists(mark))


class WithToken(ServerCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        file = os.path.join(cls.folder.name, "token")
        with open(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600), "w") as opened:
            opened.write(TOKEN + "\n")
        cls.options = ("--host", "0.0.0.0", "--token-file", file)
        super().setUpClass()

    def status(self, header):
        headers = {"Authorization": header} if header is not None else {}
        return requests.get(self.server.api + "/backtests/", timeout=PATIENCE, headers=headers)

    def test_nothing_without_the_token(self):
        basic = lambda text: "Basic " + base64.b64encode(text.encode()).decode()
        for header in (None, "", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", f"Bearer {TOKEN.upper()}",
                       f"Token {TOKEN}", TOKEN, basic(f"{TOKEN}:"), basic(TOKEN), basic("user:wrong"), "Basic !!!"):
            with self.subTest(header=header):
                reply = self.status(header)
                self.assertEqual(reply.status_code, 401)
                self.assertIn("Basic", reply.headers["WWW-Authenticate"])
        for method, path in [("POST", "/backtest/"), ("DELETE", "/backtests/x/"), ("GET", "/healthcheck/"),
                             ("GET", "/openapi.json"), ("GET", "/nothing/"), ("GET", "/../../")]:
            self.assertEqual(requests.request(method, self.server.api + path, timeout=PATIENCE).status_code, 401)

    def test_token_is_taken_as_bearer_and_as_password(self):
        self.assertEqual(self.status(f"Bearer {TOKEN}").status_code, 200)
        for user in ("", "me"):
            reply = requests.get(self.server.api + "/backtests/", timeout=PATIENCE, auth=(user, TOKEN))
            self.assertEqual(reply.status_code, 200)

    def test_preflight_needs_no_token(self):
        reply = requests.options(self.server.api + "/backtest/", timeout=PATIENCE,
                                 headers={"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"})
        self.assertEqual(reply.status_code, 204)


class Starting(ServerCase):
    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def test_other_addresses_need_a_token(self):
        for host in ("0.0.0.0", "192.0.2.1", "::", "example.com", "localhost.example.com", "127.evil.example"):
            code, text = started("--host", host)
            self.assertEqual(code, 2)
            self.assertIn("--token-file", text)

    def test_token_file_must_be_private_and_hold_one_long_line(self):
        with tempfile.TemporaryDirectory() as folder:
            for content, mode, part in [(TOKEN, 0o644, "chmod 600"), (TOKEN, 0o640, "chmod 600"), ("short", 0o600, "16"),
                                        ("", 0o600, "16"), (f"{TOKEN}\n{TOKEN}", 0o600, "one line"),
                                        ("ü" * 20, 0o600, "ASCII")]:
                file = os.path.join(folder, "token")
                with open(file, "w") as opened:
                    opened.write(content)
                os.chmod(file, mode)
                code, text = started("--token-file", file)
                self.assertEqual(code, 2)
                self.assertIn(part, text)
            for name in (os.path.join(folder, "none"), folder, "/dev/zero"):
                self.assertEqual(started("--token-file", name)[0], 2)

    def test_options_that_make_no_sense_are_told(self):
        for options, part in [(("--allow-origin", "example"), "--allow-origin"), (("--allow-host", "a:1"), "--allow-host"),
                              (("--port", "70000"), "65535"), (("--workers", "0"), "--workers")]:
            code, text = started(*options)
            self.assertEqual(code, 2)
            self.assertIn(part, text)

    def test_address_in_use_is_told(self):
        import socket
        with socket.create_server(("127.0.0.1", 0)) as taken:
            ended = subprocess.run([PROGRAM, "--port", str(taken.getsockname()[1]), "--db", os.devnull + "x"],
                                   capture_output=True, text=True, timeout=PATIENCE)
            self.assertEqual(ended.returncode, 1)


if __name__ == "__main__":
    main()
