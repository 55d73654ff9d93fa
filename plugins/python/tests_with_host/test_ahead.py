"""Preloaded runs of the class API, which decide ahead of the host's questions, beside lock-step runs, which cannot."""

import itertools
import json
import subprocess
import unittest

from with_host import EXECUTABLE, HERE, HostTestCase

SETTINGS = (
    [],
    ["--commission", "1,0.001", "--spread", "0.001"],
    ["--margin", "0.002"],
    ["--margin", "0.002", "--profile", "strict"],
    ["--hedging", "--margin", "0.2"],
    ["--exclusive-orders"],
    ["--trade-on-close", "--finalize"],
    ["--hedging", "--profile", "strict", "--finalize"],
)


class AheadTests(HostTestCase):
    def outcome(self, mode, *options):
        command = [
            EXECUTABLE, "run", str(HERE / "strategies" / "restless.py"), "--sample", "FB", "--json", "--no-save",
            "--mode", mode, *options,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        report = json.loads(done.stdout)
        return {key: report.get(key) for key in ("status", "failure", "trades", "equity", "order_events", "fingerprint")}

    def test_the_same_run_to_the_last_bit_whatever_the_strategy_does(self):
        traded = ruined = 0
        for settings, (seed, rate) in itertools.product(SETTINGS, ((1, 0.02), (2, 0.1), (3, 0.3))):
            options = [*settings, "--param", f"seed={seed}", "--param", f"rate={rate}"]
            with self.subTest(options):
                ahead, bar_by_bar = self.outcome("preload", *options), self.outcome("lockstep", *options)
                for key, value in bar_by_bar.items():
                    if key == "failure" and value:
                        # The traceback in the message, and the last messages, differ.
                        self.assertEqual(*(failed["message"].splitlines()[0] for failed in (ahead[key], value)))
                    else:
                        self.assertEqual(ahead[key], value, key)
                traded += len(ahead["trades"])
                ruined += ahead["equity"]["equity"][-1] == 0
        self.assertGreater(traded, 100)
        self.assertGreater(ruined, 0)


if __name__ == "__main__":
    unittest.main()
