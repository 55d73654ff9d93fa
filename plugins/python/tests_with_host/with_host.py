"""What the tests share that need the built program."""

import os
import pathlib
import sqlite3
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = HERE.parent
ROOT = PACKAGE.parents[1]
if str(PACKAGE) not in sys.path:
    sys.path.insert(0, str(PACKAGE))

from backtester.client import HostNotFound, program  # noqa: E402

try:
    EXECUTABLE, MISSING = program.find(), None
except HostNotFound as missing:
    EXECUTABLE, MISSING = None, str(missing)

MISBEHAVING = [sys.executable, "-u", str(HERE / "strategies" / "misbehaving.py")]
#: What the protocol calls a run that is over.
OVER = ("completed", "cancelled", "failed", "interrupted")


@unittest.skipIf(EXECUTABLE is None, f"not tested with the program: {MISSING}")
class HostTestCase(unittest.TestCase):
    """A test with a folder of its own, a database in it, and a mark for the processes it causes."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="backtester-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(os.path.realpath(folder.name))
        self.db = self.folder / "runs.sqlite"
        self.mark = f"mark-{os.getpid()}-{id(self):x}"

    def misbehaving(self, mode):
        """The command of a strategy whose process can be found again."""
        return [*MISBEHAVING, mode, self.mark]

    def assert_no_process_left(self, mark=None, seconds=30.0):
        """No process whose command line holds the mark is there, or goes soon."""
        deadline = time.monotonic() + seconds
        while True:
            found = processes(mark or self.mark)
            if not found:
                return
            if time.monotonic() > deadline:
                self.fail(f"processes are left: {found}")
            time.sleep(0.05)

    def rows(self, query, *arguments):
        """Rows of the database, read by another program than the host's."""
        connection = sqlite3.connect(self.db, timeout=30)
        try:
            return connection.execute(query, arguments).fetchall()
        finally:
            connection.close()

    def assert_sound(self):
        """The database is neither corrupt nor inconsistent."""
        self.assertEqual(self.rows("PRAGMA integrity_check"), [("ok",)])
        self.assertEqual(self.rows("PRAGMA foreign_key_check"), [])


def processes(mark):
    """{pid: command line} of processes whose command line holds the mark; zombies have none."""
    found = {}
    if os.path.isdir("/proc/self"):
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    line = file.read().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:
                continue
            if mark in line and int(pid) != os.getpid():
                found[int(pid)] = line
    else:
        import subprocess

        listing = subprocess.run(["ps", "-axo", "pid=,command="], stdout=subprocess.PIPE, text=True).stdout
        for row in listing.splitlines():
            pid, _, line = row.strip().partition(" ")
            if mark in line and int(pid) != os.getpid():
                found[int(pid)] = line
    return found
