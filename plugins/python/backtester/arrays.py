"""Chooses what price columns and indicators are made of: numpy arrays where numpy is installed, else plain ones."""

import os


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
