"""The random numbers of a strategy: the same in every run with the same seed."""

import random
import sys

#: The states that a strategy file left behind by seeding the generators itself, by module; empty when it did not.
_own = {}


def before_loading(path):
    """Makes it possible to tell, after a strategy file was loaded, whether it seeded the generators itself.

    Both are given a known state, numpy's only for a file that speaks of seeds, as loading it costs 20 ms.
    """
    _own.clear()
    try:
        with open(path, "rb") as file:
            speaks = b"seed" in file.read()
    except OSError:
        return
    if not speaks:
        return
    random.seed(0)
    _own["random"] = random.getstate()
    try:
        import numpy.random
    except ImportError:
        return
    numpy.random.seed(0)
    _own["numpy.random"] = _numpy_state()


def after_loading():
    """Keeps the states of the generators that the file seeded: its runs go on from there, as a script's would."""
    if "random" in _own and _own["random"] == random.getstate():
        del _own["random"]
    elif "random" in _own:
        _own["random"] = random.getstate()
    if "numpy.random" in _own and _own["numpy.random"] == _numpy_state():
        del _own["numpy.random"]
    elif "numpy.random" in _own:
        _own["numpy.random"] = _numpy_state()


def _numpy_state():
    kind, keys, *rest = sys.modules["numpy.random"].get_state()
    return kind, keys.tobytes(), *rest


def prepare(module):
    """Loads numpy's random numbers if a strategy's module uses numpy, so that :func:`seed` reaches them.

    numpy loads them on first use, which costs a run 20 ms.
    """
    numpy = sys.modules.get("numpy")
    if numpy is not None and any(value is numpy for value in vars(module or random).values()):
        numpy.random  # noqa: B018


def seed(number):
    """Seeds the random numbers of Python and numpy, so that a run with the same seed decides the same.

    A generator that the strategy's file seeded itself goes on from there instead, in every run anew.
    """
    state = _own.get("random")
    if state is None:
        random.seed(number)
    else:
        random.setstate(state)
    generators = sys.modules.get("numpy.random")
    if generators is None:
        return
    state = _own.get("numpy.random")
    if state is None:
        generators.seed(number & 0xFFFFFFFF)
    else:
        import numpy

        kind, keys, *rest = state
        generators.set_state((kind, numpy.frombuffer(keys, numpy.uint32), *rest))
