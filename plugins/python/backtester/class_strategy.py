"""Strategies of the class API as the server offers them."""

import sys

from . import arrays, columns, parameters
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
        arrays.prepare_seeding(module)
        self.version = str(getattr(module, "__version__", "")) or None
        self.description = (cls.__dict__.get("__doc__") or "").strip().split("\n\n")[0] or None
        self.defaults = parameters.of_class(cls, Strategy)
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
        return run(self.cls, parameters.checked(self.defaults, message["parameters"]), message, host)
