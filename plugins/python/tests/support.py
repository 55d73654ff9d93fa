"""What the tests share: temporary strategy files, and the two kinds of arrays."""

import importlib.util
import os
import pathlib
import sys
import tempfile
import textwrap
import unittest

PACKAGE = pathlib.Path(__file__).resolve().parents[1]
for folder in (str(PACKAGE), str(PACKAGE / "tests")):
    if folder not in sys.path:
        sys.path.insert(0, folder)

HAS_NUMPY = importlib.util.find_spec("numpy") is not None
HAS_PANDAS = importlib.util.find_spec("pandas") is not None
needs_numpy = unittest.skipUnless(HAS_NUMPY, "numpy is not installed")
needs_pandas = unittest.skipUnless(HAS_PANDAS, "pandas is not installed")


def backends():
    """The array modules that can be used here, by name."""
    from backtester import plain_arrays

    found = {"plain": plain_arrays}
    if HAS_NUMPY:
        from backtester import numpy_arrays

        found["numpy"] = numpy_arrays
    return found


def environments():
    """Environments of a strategy process with each kind of arrays."""
    return [{"BACKTESTER_NO_NUMPY": "1"}] + ([{}] if HAS_NUMPY else [])


class FileTestCase(unittest.TestCase):
    """A test that writes strategy files to a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(os.path.realpath(folder.name))

    def file(self, text, name="strategy_file.py"):
        """Writes a file; returns its path."""
        path = self.folder / name
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path
