"""The examples and the README: each strategy runs in every mode it offers, with the same decisions."""

import json
import re
import unittest

import support
from fake_host import EXAMPLES, PACKAGE, Process, bars, serve_file

MODES = {
    "buy_and_hold": ["preload", "lockstep"],
    "ema_cross": ["preload", "lockstep"],
    "la_bomba": ["preload", "lockstep"],
    "la_bomba_on_bar": ["lockstep"],
    "macd": ["preload", "lockstep"],
    "rsi": ["preload", "lockstep"],
    "sma_cross": ["preload", "lockstep"],
    "sma_cross_on_bar": ["streamed", "lockstep"],
    "sma_cross_vectorized": ["vectorized"],
}


def decisions(mode, first, results):
    """What a run decided: [(bar, action without its own name)]."""
    if mode == "vectorized":
        columns = {name: next(iter(results[name].values())) for name in results if name != "annotations"}
        if "entries" not in columns:
            return sorted(columns)
        import base64

        sides = []
        for name, side in (("entries", "buy"), ("short_entries", "sell")):
            column = columns[name]
            flags = column["data"] if column["encoding"] == "json" else base64.b64decode(column["data"])
            sides += [(bar, side) for bar, flag in enumerate(flags) if flag and bar >= first]
        return sorted(sides)
    found = []
    for index, result in results.items():
        for action in result.get("actions", []):
            action = dict(action)
            bar = action.pop("bar_index", index)
            action.pop("client_order_id", None)
            found.append((bar, action))
    return found


class ExampleTests(support.FileTestCase):
    def decide(self, path, modes, data, **options):
        with serve_file(path, **options) as process:
            offered = process.initialize()["capabilities"]["modes"]
            self.assertEqual(offered, modes)
            made = [decisions(mode, *process.run(mode, data, run_id=mode)) for mode in modes]
            self.assertEqual(process.finish(), 0)
            self.assertEqual(process.errors, b"")
        return made

    def test_every_example_decides_the_same_in_every_mode(self):
        data = bars(160, seed=8)
        self.assertEqual({path.stem for path in EXAMPLES.glob("*.py")}, set(MODES))
        for name, modes in MODES.items():
            made = [
                made
                for environment in support.environments()
                for made in self.decide(EXAMPLES / f"{name}.py", modes, data, **environment)
            ]
            with self.subTest(example=name):
                self.assertGreater(len(made[0]), 0 if name in ("buy_and_hold", "rsi") else 3)
                self.assertEqual(made[1:], made[:1] * (len(made) - 1))

    def test_the_apis_agree(self):
        data = bars(160, seed=8)
        by_class = self.decide(EXAMPLES / "sma_cross.py", MODES["sma_cross"], data)[0]
        by_bar = self.decide(EXAMPLES / "sma_cross_on_bar.py", MODES["sma_cross_on_bar"], data)[0]
        by_column = self.decide(EXAMPLES / "sma_cross_vectorized.py", ["vectorized"], data)[0]
        # Flat for ever, the class has nothing to close.
        self.assertEqual(by_class, [(bar, action) for bar, action in by_bar if action["do"] == "order"])
        self.assertEqual(by_column, [(bar, action["side"]) for bar, action in by_class])
        bomba_by_class = self.decide(EXAMPLES / "la_bomba.py", MODES["la_bomba"], data)[0]
        self.assertEqual(bomba_by_class, self.decide(EXAMPLES / "la_bomba_on_bar.py", ["lockstep"], data)[0])

    def test_manifests_start_what_they_say(self):
        manifests = sorted(PACKAGE.glob("*/plugin.json"))
        self.assertEqual(len(manifests), 5)
        for path in manifests:
            manifest = json.loads(path.read_text())
            self.assertEqual(manifest["argv"][0], "python3")
            self.assertEqual(manifest["protocol_version"], "1.0")
            with Process(*manifest["argv"][1:], cwd=path.parent, PYTHONPATH="") as process:
                described = process.initialize()
                self.assertEqual(described["capabilities"]["modes"], manifest["modes"])
                self.assertEqual(described["strategy"]["version"], manifest["version"])
                self.assertEqual(process.finish(), 0)


class ReadmeTests(support.FileTestCase):
    def test_the_blocks_run(self):
        text = (PACKAGE / "README.md").read_text(encoding="utf-8")
        blocks = re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)
        self.assertEqual(len(blocks), 5)
        for number, block in enumerate(blocks):
            if "pandas" in block and not support.HAS_PANDAS:
                continue
            path = self.file(block, f"block{number}.py")
            with self.subTest(block=block.splitlines()[0]), serve_file(path) as process:
                modes = process.initialize()["capabilities"]["modes"]
                made = [decisions(mode, *process.run(mode, bars(160, seed=8), run_id=mode)) for mode in modes]
                self.assertEqual(process.finish(), 0)
                self.assertGreater(len(made[0]), 0)
                self.assertEqual(made[1:], made[:1] * (len(made) - 1))


if __name__ == "__main__":
    unittest.main()
