"""CLIENT.md: every block of Python runs, in order, and prints what stands beneath it. The examples run as well."""

import os
import re
import subprocess
import sys
import unittest

from with_host import EXECUTABLE, PACKAGE, HostTestCase


def sections(page, language):
    """[(code, what it prints or None)] of a page."""
    text = page.read_text(encoding="utf-8")
    pattern = rf"^```{language}\n(.*?)^```\n(?:\s*^```text\n(.*?)^```$)?"
    return [(code, printed or None) for code, printed in re.findall(pattern, text, re.M | re.S)]


class PageTests(HostTestCase):
    def run_script(self, *arguments, **options):
        environment = dict(
            os.environ, BACKTESTER_EXECUTABLE=EXECUTABLE, PYTHONPATH=str(PACKAGE), BACKTESTER_DB=str(self.db),
            PYTHONIOENCODING="utf-8",
        )  # fmt: skip
        return subprocess.run(
            [sys.executable, *arguments], cwd=self.folder, env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, encoding="utf-8", timeout=300, **options,
        )  # fmt: skip

    def test_the_blocks_print_what_the_page_shows(self):
        blocks = sections(PACKAGE / "CLIENT.md", "python")
        self.assertEqual(len(blocks), 7)
        separator = "-- next block --"
        code = f"\nprint({separator!r})\n".join(block for block, _ in blocks)
        done = self.run_script("-c", code)
        self.assertEqual(done.returncode, 0, done.stderr)
        printed = done.stdout.split(separator + "\n")
        self.assertEqual(len(printed), len(blocks))
        for (block, expected), actual in zip(blocks, printed):
            with self.subTest(block=block.splitlines()[0]):
                # `...` stands for what differs from run to run.
                pattern = ".*?".join(map(re.escape, (expected or "").split("...")))
                self.assertRegex(actual, f"^(?s:{pattern})$")

    def test_the_example_runs(self):
        done = self.run_script(str(PACKAGE / "examples" / "client" / "notebook.py"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, "<Run .* completed: sma_cross on GOOG")
        self.assertEqual(done.stdout.count("holding gave"), 3)


if __name__ == "__main__":
    unittest.main()
