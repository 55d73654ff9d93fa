"""Chooses what price columns and indicators are made of: numpy arrays where numpy is installed, else plain ones."""

import os
import random
import sys


def backend():
    """The module :mod:`numpy_arrays` or :mod:`plain_arrays`; both offer the same functions.

    ``BACKTESTER_NO_NUMPY=1`` in the environment chooses the plain one.
    """
    if not os.environ.get("BACKTESTER_NO_NUMPY"):
        try:
            from . import numpy_arrays

            return numpy_arrays
        except ModuleNotFoundError as missing:
            if missing.name != "numpy":
                raise
    from . import plain_arrays

    return plain_arrays


def prepare_seeding(module):
    """Loads numpy's random numbers if a strategy's module uses numpy, so that :func:`seed` reaches them.

    numpy loads them on first use, which costs a run 20 ms.
    """
    numpy = sys.modules.get("numpy")
    if numpy is not None and any(value is numpy for value in vars(module or os).values()):
        numpy.random  # noqa: B018


def seed(number):
    """Seeds the random numbers of Python and numpy, so that a run with the same seed decides the same."""
    random.seed(number)
    generators = sys.modules.get("numpy.random")
    if generators is not None:
        generators.seed(number & 0xFFFFFFFF)
