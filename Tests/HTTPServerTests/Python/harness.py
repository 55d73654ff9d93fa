"""Starts the built server for tests and talks to it, by requests or byte by byte."""
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import requests

PROGRAM = os.environ["BACKTESTER_HTTP"]
ROOT = os.path.dirname(os.path.abspath(__file__ + "/../../.."))
# Generous: the machine may be busy with other tests. Nothing here waits this long when all is well.
PATIENCE = 60


class Server:
    """A server on a free port with a database of its own."""

    def __init__(self, *options, environment=None):
        self.folder = tempfile.TemporaryDirectory()
        self.database = os.path.join(self.folder.name, "runs.sqlite")
        self.process = subprocess.Popen(
            [PROGRAM, "--port", "0", "--db", self.database, *options], cwd=ROOT, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "XDG_DATA_HOME": self.folder.name, "XDG_CACHE_HOME": self.folder.name,
                 **(environment or {})})
        self.log = []
        line = self.process.stderr.readline()
        found = re.match(r"Serving on http://(.+):(\d+)/", line)
        if not found:
            self.process.kill()
            raise AssertionError("the server said: " + line + self.process.stderr.read())
        self.port = int(found[2])
        self.base = f"http://127.0.0.1:{self.port}"
        self.api = self.base + "/api/v1"
        # Read on, or the server would stop when the pipe is full.
        self.reader = threading.Thread(target=lambda: self.log.extend(self.process.stderr), daemon=True)
        self.reader.start()

    def stop(self):
        """Asks it to stop; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        self.process.stderr.close()
        self.folder.cleanup()
        return code

    def memory(self):
        """Resident memory in bytes; 0 where /proc does not tell."""
        try:
            with open(f"/proc/{self.process.pid}/statm") as file:
                return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except OSError:
            return 0

    def post(self, path="/backtest/", **options):
        return requests.post(self.api + path, timeout=PATIENCE, **options)

    def get(self, path, **options):
        return requests.get(self.api + path, timeout=PATIENCE, **options)

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.settimeout(PATIENCE)
        return connection

    def talk(self, data):
        """Sends bytes and reads until the server closes the connection; status code and everything it said."""
        with self.connect() as connection:
            try:
                connection.sendall(data)
            except OSError:
                pass  # It may have closed already; what it said is still there.
            return answer(connection)


def answer(connection):
    """Reads until the end; status code (0 for none) and everything that came."""
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionError:
        pass
    found = re.match(rb"HTTP/1\.1 (\d+) ", received)
    return (int(found[1]) if found else 0), received


def eventually(condition, message):
    """Waits for a condition."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(message)


def sample(**changes):
    """A form like the front end's, on bars that need no network."""
    form = {"ticker": "GOOG", "startDate": "2005-01-01", "endDate": "2010-01-01", "strategy": "SMA",
            "capital": "10000", "source": "sample"}
    form.update(changes)
    return {key: value for key, value in form.items() if value is not None}


class ServerCase(unittest.TestCase):
    """Tests that share one server."""
    options = ()
    environment = {}

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.options, environment=cls.environment)

    @classmethod
    def tearDownClass(cls):
        code = cls.server.stop()
        assert code == 0, f"the server ended with {code}: {''.join(cls.server.log)}"

    def check(self, reply, status, body=None):
        self.assertEqual(reply.status_code, status, reply.text)
        if body is not None:
            self.assertEqual(reply.json(), body)


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]], verbosity=1)
