"""Finds the ``backtester`` program, and makes the environment it is started in."""

import os
import shutil
import sys

from .errors import HostNotFound

#: Environment variables that may name the program; the first one set counts.
VARIABLES = ("BACKTESTER_EXECUTABLE", "BACKTESTER_BIN")

_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def find(named=None):
    """The path of the program.

    ``named`` counts before BACKTESTER_EXECUTABLE (or BACKTESTER_BIN), that before the search path, and last comes what
    was built last in the checkout that this file is a part of. HostNotFound says where was looked.
    """
    asked = [(named, "executable")] if named is not None else []
    asked += [(os.environ[name], name) for name in VARIABLES if os.environ.get(name)]
    for path, origin in asked[:1]:
        path = os.path.expanduser(os.fspath(path))
        found = shutil.which(path)
        if found is None:
            fault = "is a file that cannot be executed" if os.path.isfile(path) else "is not there"
            raise HostNotFound(f"{origin} names {path!r}, which {fault}")
        return os.path.abspath(found)
    found = shutil.which("backtester")
    if found is not None:
        return os.path.abspath(found)
    built = [os.path.join(_checkout(), ".build", kind, "backtester") for kind in ("release", "debug")]
    built = [path for path in built if os.access(path, os.X_OK) and os.path.isfile(path)]
    if built:
        return max(built, key=os.path.getmtime)
    raise HostNotFound(
        "the backtester program is not found: it is not in the PATH, and not built in "
        f"{os.path.join(_checkout(), '.build')}. Build it with `swift build -c release`, or set BACKTESTER_EXECUTABLE "
        "or the argument executable to its path"
    )


def environment(changes=None):
    """The environment of a host: this process's, with this Python and this package for strategies in Python."""
    made = dict(os.environ)
    # A client inside a strategy is not a strategy, nor is its host.
    made.pop("BACKTESTER_PROTOCOL", None)
    made.setdefault("BACKTESTER_PYTHON", sys.executable or "python3")
    made["PYTHONPATH"] = os.pathsep.join(part for part in (_PACKAGE, made.get("PYTHONPATH")) if part)
    for name, value in (changes or {}).items():
        if value is None:
            made.pop(name, None)
        else:
            made[name] = os.fspath(value)
    return made


def _checkout():
    """The folder that holds ``plugins/python`` when this file is in a checkout."""
    return os.path.dirname(os.path.dirname(_PACKAGE))
