"""Random numbers of a strategy: the run's seed, or the one that its file sets itself."""

import pathlib
import random
import tempfile
import unittest

import support  # noqa: F401 - finds the package
from support import needs_numpy

from backtester import loader, randomness


class SeedTests(unittest.TestCase):
    def load(self, code):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "strategy_with_seed.py")
            path.write_text(code)
            randomness.before_loading(str(path))
            loader.execute(str(path))
            randomness.after_loading()
        self.addCleanup(randomness._own.clear)

    def drawn(self, number):
        randomness.seed(number)
        return random.random()

    def test_a_run_has_its_own_seed(self):
        self.load("import random\n")
        self.assertEqual(self.drawn(1), random.Random(1).random())
        self.assertNotEqual(self.drawn(1), self.drawn(2))

    def test_speaking_of_a_seed_is_not_seeding(self):
        self.load("import random\ndef seed(): random.seed(42)\n")
        self.assertEqual(self.drawn(1), random.Random(1).random())

    def test_a_seed_of_the_file_is_where_each_run_goes_on(self):
        self.load("import random\nrandom.seed(42)\nfirst = random.random()\n")
        expected = random.Random(42)
        expected.random()
        second = expected.random()
        self.assertEqual([self.drawn(1), self.drawn(2)], [second, second])

    @needs_numpy
    def test_a_seed_for_numpy_is_kept_too(self):
        import numpy

        self.load("import numpy as np\nnp.random.seed(42)\n")
        expected = numpy.random.RandomState(42).random_sample(3).tolist()
        for number in (1, 2):
            randomness.seed(number)
            self.assertEqual(numpy.random.random(3).tolist(), expected)
            self.assertEqual(random.random(), random.Random(number).random())

    @needs_numpy
    def test_numpy_has_the_run_s_seed_otherwise(self):
        import numpy

        self.load("import numpy.random\n")
        randomness.seed(7)
        self.assertEqual(numpy.random.random(), numpy.random.RandomState(7).random_sample())


if __name__ == "__main__":
    unittest.main()
