"""Clients that are broken, slow, greedy or gone: the right refusal, and a server that is well afterwards."""
import json
import os
import re
import socket
import threading

import requests

from harness import PATIENCE, ROOT, Server, ServerCase, answer, eventually, main, sample

HOST = b"Host: localhost\r\n"
POST = b"POST /api/v1/backtest/ HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"

# A strategy that takes its time: at 20 ms a bar its run of 1259 bars would last 25 s.
SLOW = '''
import time
from backtester import on_bar, serve

@on_bar(name="slow", version="1.0")
def slow(bar, ctx):
    time.sleep(0.02)

if __name__ == "__main__":
    serve(slow)
'''


def slow_plugin(folder):
    """Makes the plugin `slow`; the folder to look in."""
    path = os.path.join(folder, "slow")
    os.makedirs(path)
    with open(os.path.join(path, "slow.py"), "w") as file:
        file.write(SLOW)
    with open(os.path.join(path, "plugin.json"), "w") as file:
        json.dump({"name": "slow", "version": "1.0", "protocol_version": "1.0", "language": "python",
                   "argv": ["python3", os.path.join(ROOT, "plugins/python/backtester"), "slow.py"],
                   "modes": ["lockstep"]}, file)
    return folder


class Requests(ServerCase):
    options = ("--request-timeout", "1", "--idle-timeout", "1")

    def tearDown(self):
        self.check(self.server.get("/healthcheck/"), 200)

    def refused(self, data, status, part=b""):
        code, text = self.server.talk(data)
        self.assertEqual(code, status, text[:500])
        self.assertIn(part, text)
        body = text.partition(b"\r\n\r\n")[2]
        # Paths of the page are answered with a page.
        if body and b"application/json" in text.lower():
            self.assertEqual(list(json.loads(body)), ["detail"])

    def test_what_is_not_http(self):
        for data in (b"\0\1\2 garbage\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,
                     b"GET /api/v1/backtests/\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n", b"\r\n" * 1000 + b"x\r\n\r\n"):
            with self.subTest(data=data[:30]):
                self.refused(data, 400)

    def test_header_floods(self):
        for header in (b"X: " + b"a" * 100_000, b"\r\n".join(b"X%d: a" % i for i in range(5000)),
                       b"\r\n".join(b"X%d: %s" % (i, b"a" * 4000) for i in range(50)), b"a" * 100_000 + b": x"):
            with self.subTest(header=header[:20]):
                self.refused(b"GET / HTTP/1.1\r\n" + HOST + header + b"\r\n\r\n", 431)
        self.refused(b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 431)

    def test_body_that_says_it_is_too_long_is_refused_unread(self):
        self.refused(POST + b"Content-Length: 1000000000\r\n\r\n{", 413)

    def test_endless_body_is_refused_and_not_kept(self):
        before = self.server.memory()
        with self.server.connect() as connection:
            connection.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n")
            sent, piece = 0, b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
            try:
                # The server stops reading a little behind its limit; a gigabyte never arrives.
                while sent < 1 << 30:
                    connection.sendall(piece)
                    sent += 0x10000
            except OSError:
                pass
            self.assertLess(sent, 1 << 27)
        code, text = self.chunked(b"x" * (2 << 20))
        self.assertEqual(code, 413, text[:300])
        self.assertLess(self.server.memory() - before, 64 << 20)

    def chunked(self, body):
        return self.server.talk(
            POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n")

    def test_two_lengths_or_length_and_chunks_are_refused(self):
        self.refused(POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)
        self.refused(POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", 400)
        self.refused(POST + b"Content-Length: -5\r\n\r\n", 400)

    def test_body_that_drips_is_told_and_cut_off(self):
        with self.server.connect() as connection:
            connection.sendall(POST + b"Content-Length: 100000\r\n\r\n")
            stop = threading.Event()

            def drip():
                while not stop.wait(0.1):
                    try:
                        connection.send(b" ")
                    except OSError:
                        return

            thread = threading.Thread(target=drip)
            thread.start()
            code, text = answer(connection)
            stop.set()
            thread.join()
        self.assertEqual(code, 408, text)

    def test_header_that_drips_is_cut_off(self):
        with self.server.connect() as connection:
            connection.sendall(b"GET /api/v1/healthcheck/ HTTP/1.1\r\nHost: local")
            self.assertEqual(answer(connection), (0, b""))

    def test_idle_connection_is_closed(self):
        with self.server.connect() as connection:
            self.assertEqual(answer(connection), (0, b""))

    def test_path_tricks_find_nothing(self):
        for path in (b"/../../etc/passwd", b"/api/v1/backtests/..%2f..%2fetc%2fpasswd", b"/api/v1/backtests/%2e%2e/",
                     b"/assets/../../Package.swift", b"/assets/..%2f..%2fPackage.swift", b"/assets/%2e%2e%2fPackage.swift",
                     b"/api/v1/backtests/%00", b"/api/v1/backtests/%ff%fe%zz", b"/api/v1/backtests/" + b"a" * 5000,
                     b"/api/v1/strategies/..%2f..%2fbin%2fsh", b"/api/v1/strategies/%2fbin%2ftrue", b"/runs/..%2f..%2fx"):
            with self.subTest(path=path[:60]):
                self.refused(b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n", 404)

    def test_odd_methods_are_refused(self):
        for method in (b"TRACE", b"PUT", b"PATCH", b"BREW"):
            code, _ = self.server.talk(
                method + b" /api/v1/backtests/ HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
            self.assertIn(code, (400, 405))

    def test_pipelined_requests_are_answered_in_order(self):
        request = b"GET /api/v1/%s/ HTTP/1.1\r\n" + HOST + b"\r\n"
        _, text = self.server.talk(request % b"healthcheck" + request % b"nothing" + request % b"healthcheck")
        self.assertEqual(re.findall(rb"HTTP/1.1 (\d+)", text), [b"200", b"404", b"200"])

    def test_many_connections_that_say_nothing_delay_but_do_not_stop_others(self):
        silent = [self.server.connect() for _ in range(300)]
        self.check(self.server.get("/healthcheck/"), 200)
        for connection in silent:
            connection.close()


class Runs(ServerCase):
    @classmethod
    def setUpClass(cls):
        import tempfile
        cls.plugins = tempfile.TemporaryDirectory()
        cls.options = ("--plugin-path", slow_plugin(cls.plugins.name), "--workers", "1", "--maximum-queued", "1")
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.plugins.cleanup()

    def start(self):
        reply = self.server.post("/backtests/", data=sample(strategy="slow", mode="lockstep"))
        self.assertEqual(reply.status_code, 202, reply.text)
        return reply.json()["run_id"]

    def status(self, id):
        return self.server.get(f"/backtests/{id}/progress/").json()["status"]

    def ended(self, id, status):
        eventually(lambda: self.status(id) == status, f"{id} never was {status}")

    def test_run_reports_its_progress_and_is_cancelled(self):
        id = self.start()
        progress = eventually(
            lambda: (p := self.server.get(f"/backtests/{id}/progress/").json())["bars_done"] and p, "no bar was done")
        self.assertEqual((progress["status"], progress["bars_total"], progress["finished"]), ("running", 1259, False))
        delete = requests.delete(f"{self.server.api}/backtests/{id}/", timeout=PATIENCE)
        self.assertEqual(delete.status_code, 409)
        self.assertEqual(self.server.post(f"/backtests/{id}/cancel/").status_code, 202)
        self.ended(id, "cancelled")
        self.assertEqual(self.server.get(f"/backtests/{id}/").json()["status"], "cancelled")

    def test_client_that_hangs_up_cancels_its_run(self):
        body = json.dumps(sample(strategy="slow", mode="lockstep", capital=10000)).encode()
        connection = self.server.connect()
        connection.sendall(POST + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        runs = eventually(lambda: self.server.get("/backtests/?status=queued,starting,running").json()["results"], "it never ran")
        id = runs[0]["run_id"]
        eventually(lambda: self.server.get(f"/backtests/{id}/progress/").json()["bars_done"], "no bar was done")
        connection.close()
        self.ended(id, "cancelled")

    def test_more_runs_than_may_wait_are_told_to_come_back(self):
        first = self.start()
        eventually(lambda: self.status(first) != "queued", "it never left the queue")
        second = self.start()
        for path in ("/backtests/", "/backtest/"):
            reply = self.server.post(path, data=sample(strategy="slow", mode="lockstep"))
            self.assertEqual(reply.status_code, 503, reply.text)
            self.assertGreater(int(reply.headers["Retry-After"]), 0)
        # Others are served meanwhile.
        self.check(self.server.get("/backtests/"), 200)
        for id in (second, first):
            self.server.post(f"/backtests/{id}/cancel/")
            self.ended(id, "cancelled")


class Stopping(ServerCase):
    """Each test stops its own server."""

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def test_stop_cancels_runs_and_answers_those_who_wait(self):
        import tempfile
        with tempfile.TemporaryDirectory() as folder:
            server = Server("--plugin-path", slow_plugin(folder))
            replies = []
            thread = threading.Thread(
                target=lambda: replies.append(server.post(data=sample(strategy="slow", mode="lockstep"))))
            thread.start()
            eventually(lambda: server.get("/backtests/?status=queued,starting,running").json()["results"], "it never ran")
            self.assertEqual(server.stop(), 0)
            thread.join(PATIENCE)
            self.assertEqual(replies[0].status_code, 503, replies[0].text)

    def test_idle_client_does_not_hold_the_server_up(self):
        server = Server()
        session = requests.Session()
        self.assertEqual(session.get(server.api + "/healthcheck/", timeout=PATIENCE).status_code, 200)
        silent = server.connect()
        self.assertEqual(server.stop(), 0)
        silent.close()
        session.close()


if __name__ == "__main__":
    main()
