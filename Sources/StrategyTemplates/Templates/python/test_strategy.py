"""Drives the strategy as backtester does: python3 -m unittest"""

import json
import math
import os
import subprocess
import sys
import unittest
from pathlib import Path

FOLDER = Path(__file__).parent
# Where backtester keeps its Python package, for when it is not installed.
PACKAGE = "{{python_package}}"
SEARCH_PATH = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), PACKAGE]))


def run(closes, **parameters):
    """The actions on each bar."""
    symbol = {"symbol": "ACME"}
    messages = [
        ("initialize", {"protocol_version": "1.0", "capabilities": {"encodings": ["json"]}}),
        ("run/start", {
            "run_id": "r", "mode": "lockstep", "symbols": [symbol], "start": 0, "end": len(closes), "seed": 1,
            "bars_total": len(closes), "parameters": parameters, "account": {"initial_cash": 10000, "leverage": 1},
            "execution": {"profile": "compat", "spread": 0, "margin": 1},
        }),
    ]
    for index, close in enumerate(closes):
        bar = {"run_id": "r", "index": index, "time": index, "bars": {"ACME": [close, close, close, close, None]}}
        messages.append(("bar/next", bar))
    text = "".join(
        json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}) + "\n"
        for number, (method, params) in enumerate(messages)
    )
    process = subprocess.run(
        [sys.executable, "-m", "backtester", "strategy.py"], input=text, capture_output=True, text=True, cwd=FOLDER,
        env=dict(os.environ, PYTHONPATH=SEARCH_PATH),
    )
    answers = [json.loads(line) for line in process.stdout.splitlines()]
    errors = [answer["error"] for answer in answers if "error" in answer]
    assert not errors and len(answers) == len(messages), (errors, process.stderr)
    return [answer["result"].get("actions", []) for answer in answers[2:]]


class StrategyTest(unittest.TestCase):
    def test_buys_on_the_way_up_and_closes_on_the_way_down(self):
        closes = [100 + 10 * math.sin(index / 8) for index in range(120)]
        done = [action["do"] for actions in run(closes) for action in actions]
        self.assertIn("order", done)
        self.assertIn("close", done)

    def test_does_nothing_before_the_average_is_there(self):
        self.assertEqual(run([100, 90, 110, 80], n=4), [[], [], [], []])


if __name__ == "__main__":
    unittest.main()
