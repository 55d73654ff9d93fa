"""The conformance kit's own script on the example plugins, at every level."""

import json
import os
import subprocess
import sys
import unittest

import support  # noqa: F401 - finds the package
from fake_host import EXAMPLES, PACKAGE

SCRIPT = PACKAGE.parents[1] / "protocol" / "check_strategy.py"
EXAMPLE_FILES = ["la_bomba.py", "la_bomba_on_bar.py", "sma_cross_on_bar.py", "sma_cross_vectorized.py"]


@unittest.skipUnless(SCRIPT.exists(), "the conformance kit is not beside this package")
class ConformanceTests(unittest.TestCase):
    def test_the_examples_pass_every_check(self):
        for file in EXAMPLE_FILES:
            command = [
                sys.executable,
                str(SCRIPT),
                "--level",
                "all",
                "--json",
                "--",
                sys.executable,
                "-m",
                "backtester",
            ]
            environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
            environment.pop("BACKTESTER_PROTOCOL", None)
            done = subprocess.run(
                [*command, str(EXAMPLES / file)], capture_output=True, env=environment, timeout=900, text=True
            )
            with self.subTest(example=file):
                report = json.loads(done.stdout)
                failed = {c["id"]: c for c in report["checks"] if c["status"] not in ("passed", "skipped")}
                self.assertEqual(failed, {})
                self.assertEqual(done.returncode, 0)
                passed = {check["id"] for check in report["checks"] if check["status"] == "passed"}
                self.assertLessEqual({"core.initialize", "core.shutdown"}, passed)
                if "vectorized" in file:
                    self.assertIn("vectorized.encodings", passed)
                    self.assertIn("vectorized.truncation", passed)
                else:
                    self.assertLessEqual(
                        {"robust.stray_print", "robust.strategy_error", "robust.stderr_flood", "robust.long_line_1m"},
                        passed,
                    )
                if file == "sma_cross_on_bar.py":
                    self.assertIn("streamed.equals_lockstep", passed)


if __name__ == "__main__":
    unittest.main()
