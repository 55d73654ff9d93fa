"""Indicator functions that strategy files write themselves, told by their code to be moving averages.

``def SMA(values, n): return pd.Series(values).rolling(n).mean()`` stands in most files written for backtesting.py. A
lock-step run would call it anew on all bars of every bar. A function is taken for one of those below only if it
consists of the same instructions on the same names and constants, and if the module it calls is pandas itself: then
its next value is that of the class, which is equal to the last bit.
"""

import dis
import inspect
import sys

from .indicators import EMA, SMA

_MEANS = (
    "pd.Series(x).rolling(n).mean()",
    "pd.Series(x).rolling(window=n).mean()",
    "x.s.rolling(n).mean()",
)
_EXPONENTIAL_MEANS = (
    "pd.Series(x).ewm(span=n, adjust=False).mean()",
    "x.s.ewm(span=n, adjust=False).mean()",
)
_ENDINGS = ("", ".values", ".to_numpy()")
_NAMES = {"pd", "Series", "s", "rolling", "ewm", "mean", "values", "to_numpy"}


def _exponential(n):
    return EMA(n, 0)


def _instructions(code):
    """What a function of two arguments does, whatever its arguments, its line numbers and its docstring."""
    steps = []
    for step in dis.get_instructions(code):
        if step.opname in ("RESUME", "CACHE", "NOP", "PRECALL", "EXTENDED_ARG"):
            continue
        # A local variable counts by its place, all else by what it stands for.
        known = step.opname.startswith(("LOAD_FAST", "STORE_FAST"))
        steps.append((step.opname, step.arg if known else repr(step.argval)))
    return tuple(steps)


def _templates():
    """The state of each known function, by its instructions as this interpreter compiles them."""
    found = {}
    for forms, state in ((_MEANS, SMA), (_EXPONENTIAL_MEANS, _exponential)):
        for form in (form + ending for form in forms for ending in _ENDINGS):
            for body in (f"return {form}", f"y = {form}\n return y", f"x = {form}\n return x"):
                # A module's own imports are called by other instructions than other names are.
                for start in ("", "import pandas as pd\n"):
                    module = compile(f"{start}def f(x, n):\n {body}\n", "", "exec")
                    code = next(value for value in module.co_consts if hasattr(value, "co_code"))
                    found[_instructions(code)] = state
    return found


_known = None
_UNUSUAL = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS | inspect.CO_GENERATOR | inspect.CO_COROUTINE


def online(function, args, kwargs):
    """What makes an object whose ``update`` continues ``function(*args, **kwargs)`` value by value; None when unknown.

    The first of ``args`` is a column of prices.
    """
    global _known
    declared = getattr(function, "online", None)
    if declared is not None:
        return declared
    code = getattr(function, "__code__", None)
    if code is None or kwargs or len(args) != 2 or type(args[1]) is not int or args[1] < 1:
        return None
    if code.co_argcount != 2 or code.co_kwonlyargcount or not _NAMES.issuperset(code.co_names):
        return None
    if code.co_flags & _UNUSUAL or code.co_freevars or code.co_cellvars:
        return None
    if _known is None:
        _known = _templates()
    state = _known.get(_instructions(code))
    if state is not None and "pd" in code.co_names:
        pandas = sys.modules.get("pandas")
        if pandas is None or function.__globals__.get("pd") is not pandas:
            return None
    if state is _exponential and getattr(args[0], "name", None) == "Volume":
        return None  # a missing volume is passed over otherwise
    return state
