"""Strategies of the class API as the server offers them."""

import copy
import sys

from . import arrays, columns, parameters, randomness
from .errors import StrategyFileError
from .lockstep_run import LockstepRun
from .preloaded_run import PreloadedRun
from .strategy import Strategy


class ClassStrategy:
    """A strategy class as the server offers it."""

    def __init__(self, cls):
        missing = sorted(getattr(cls, "__abstractmethods__", ()))
        if missing:
            raise StrategyFileError(f"class {cls.__name__} does not define {' and '.join(m + '()' for m in missing)}")
        # Loads numpy now: a process is started once and serves many runs.
        self.backend = arrays.backend()
        self.cls = cls
        self.name = cls.__name__
        module = sys.modules.get(cls.__module__)
        randomness.prepare(module)
        self.version = str(getattr(module, "__version__", "")) or None
        self.description = (cls.__dict__.get("__doc__") or "").strip().split("\n\n")[0] or None
        self.defaults = parameters.of_class(cls, Strategy)
        #: What the class and its bases in strategy files hold before any run, by class and name.
        self.attributes = [
            (owner, name, _kept(value))
            for owner in cls.__mro__
            if owner is not object and not issubclass(Strategy, owner) and not owner.__module__.startswith(__package__)
            for name, value in vars(owner).items()
            if type(value) in _KEPT
        ]
        self.capabilities = {
            "modes": ["preload", "lockstep"],
            "needs_account": True,
            "needs_events": False,
            "encodings": columns.READS,
            "reuse": True,
        }

    def start(self, message, host):
        """Starts a run; ``message`` holds the fields of run/start."""
        run = PreloadedRun if message["mode"] == "preload" else LockstepRun
        for owner, name, value in self.attributes:
            # A run may have counted in them, and the next one in this process must not see it.
            setattr(owner, name, _kept(value))
        values = parameters.checked(self.defaults, message["parameters"])
        # Only what differs becomes an attribute of the strategy object: it would hide what next() does to the class's.
        changed = {name: value for name, value in values.items() if not _same(value, self.defaults[name])}
        return run(self.cls, changed, message, host)


#: Types of class attributes that are put back before each run.
_KEPT = (bool, int, float, str, type(None), tuple, list, dict, set)


def _kept(value):
    if type(value) not in (list, dict, set):
        return value
    try:
        return copy.deepcopy(value)
    except Exception:  # noqa: BLE001 - whatever is in it: then it stays what it is
        return value


def _same(value, default):
    return type(value) is type(default) and value == default
