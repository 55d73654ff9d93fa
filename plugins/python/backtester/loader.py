"""Finds the strategy in a Python file."""

import importlib.util
import os
import sys

from .bars import BarStrategy
from .class_strategy import ClassStrategy
from .errors import StrategyFileError, near_misses, strategy_error
from .strategy import Strategy
from .test import Sample
from .vector import VectorStrategy


class StopLoading(BaseException):
    """Ends the execution of a file that starts a backtest of its own, which must not happen while it is served."""


#: Whether a strategy file is being executed.
loading = False


def split(argument):
    """``FILE.py:Name`` as its file and name; the name is None when there is none."""
    path, colon, name = argument.rpartition(":")
    if colon and name.isidentifier() and not os.path.exists(argument):
        return path, name
    return argument, None


def execute(path):
    """Runs a file as a module that is not ``__main__``; returns the module."""
    global loading
    path = os.path.abspath(path)
    if not os.path.isfile(path):
        raise StrategyFileError(f"there is no file {path}")
    folder, stem = os.path.dirname(path), os.path.splitext(os.path.basename(path))[0]
    if folder not in sys.path:
        sys.path.insert(0, folder)
    known = getattr(sys, "stdlib_module_names", ())
    name = stem if stem.isidentifier() and stem not in sys.modules and stem not in known else f"_strategy_{stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise StrategyFileError(f"{path} is no Python file: its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.argv = [path]
    Sample.looked_at.clear()
    loading = True
    try:
        spec.loader.exec_module(module)
    except StopLoading as stop:
        _stopped(module, path, stop, str(stop))
    except Exception as error:
        loading = False
        # Whatever comes of made-up prices is no fault of the strategies that were defined before.
        if not Sample.looked_at or not _defined(module):
            raise
        _stopped(module, path, error, f"{type(error).__name__}: {error} ({_made_up()})")
    finally:
        loading = False
    return module


def _stopped(module, path, error, why):
    """Notes, and says, on which line the execution of a module ended."""
    line = error.__traceback__
    while line.tb_frame.f_code.co_filename != path and line.tb_next is not None:
        line = line.tb_next
    module.__stopped__ = f"line {line.tb_lineno}: {why}"
    print(f"{path}, {module.__stopped__}", file=sys.stderr)


def _made_up():
    return f"the prices of {' and '.join(sorted(Sample.looked_at))} are made up while the file is loaded"


def _how_it_ended(module):
    return f" (its loading ended at {module.__stopped__})" if hasattr(module, "__stopped__") else ""


def offered(value):
    """A strategy class, bar function or vectorized function as the server offers it; None for anything else."""
    if isinstance(value, (BarStrategy, VectorStrategy)):
        return value
    if isinstance(value, type) and issubclass(value, Strategy):
        return ClassStrategy(value)
    return None


def find(module, name=None):
    """The strategy of a module: the one called ``name``, else the only one that the file itself defines."""
    if name is not None:
        value = getattr(module, name, None)
        strategy = None if value is None else offered(value)
        if strategy is None:
            _refuse_the_original(module)
            names = ", ".join(sorted(_defined(module))) or "none"
            raise StrategyFileError(
                f"{module.__file__} has no strategy {name!r}; it defines {names}" + _how_it_ended(module)
            )
        return strategy
    found = _defined(module)
    if not found:
        _refuse_the_original(module)
        _refuse_the_unfinished(module)
        raise StrategyFileError(
            f"{module.__file__} defines no strategy: it needs a subclass of backtester.Strategy with init() and next() "
            "or a function marked @on_bar or @vectorized" + _how_it_ended(module)
        )
    if len(found) > 1:
        names = ", ".join(sorted(found))
        example = sorted(found)[0]
        raise StrategyFileError(
            f"{module.__file__} defines several strategies ({names}): "
            f"name one of them as in {os.path.basename(module.__file__)}:{example}",
            hint="Put a colon and the class behind the file's name.",
        )
    return offered(next(iter(found.values())))


#: The modules of this package that strategy files import.
_MODULES = ("lib", "test", "indicators", "client", "backtester", "_stats", "_util")

_CHANGE_IMPORTS = (
    "Write backtester for backtesting in its imports: from backtester import Strategy, "
    "from backtester.lib import crossover."
)


def _refuse_the_original(module):
    """Says so when a file's strategies are subclasses of backtesting.py's own class, which is installed here."""
    for name, value in vars(module).items():
        if isinstance(value, type) and value.__module__ == module.__name__:
            if any(base.__module__.partition(".")[0] == "backtesting" for base in value.__mro__):
                raise StrategyFileError(
                    f"{module.__file__} imports from backtesting, so that {name} is a strategy of that library",
                    hint=_CHANGE_IMPORTS,
                )


def _refuse_the_unfinished(module):
    """Says what is missing when a file's strategies lack init() or next()."""
    for name, value in vars(module).items():
        missing = sorted(getattr(value, "__abstractmethods__", ()))
        if missing and isinstance(value, type) and issubclass(value, Strategy) and value.__module__ == module.__name__:
            raise StrategyFileError(
                f"{module.__file__} defines no whole strategy: class {name} lacks {' and '.join(m + '()' for m in missing)}",
                hint="Define it; a method that has nothing to do is `pass`.",
            )


def explained(error, path):
    """The error answer for a file that failed while it was loaded: what and where in one sentence."""
    path = os.path.abspath(path)
    hint = "The file fails while it is loaded; correct it."
    frames = error.__traceback__
    line = None
    while frames is not None:
        if frames.tb_frame.f_code.co_filename == path:
            line = frames
            break
        frames = frames.tb_next
    if isinstance(error, SyntaxError) and error.filename:
        # Nothing of the file has run: the place is in the error, and a traceback would only show the loader.
        code = (error.text or "").strip()
        said = f"{error.filename}, line {error.lineno}: {error.msg}" + (f": {code}" if code else "")
        answer = strategy_error(error.with_traceback(line), hint=hint)
    else:
        place = f"{path}, line {line.tb_lineno}: " if line is not None else ""
        answer = strategy_error(error.with_traceback(line or error.__traceback__), hint=hint)
        said = place + str(answer)
    if isinstance(error, ImportError):
        missing, dot, module = (error.name or "").partition(".")
        if missing == "backtesting":
            hint = _CHANGE_IMPORTS
        elif missing == __package__ and dot and isinstance(error, ModuleNotFoundError):
            hint = f"The SDK has no module {error.name}." + near_misses(module, _MODULES)
        elif "relative import" in str(error):
            hint = "A strategy file is no part of a package; import files beside it by their names, without the dot."
        elif isinstance(error, ModuleNotFoundError) and missing:
            hint = f"Install {missing} for {sys.executable}, or put its file beside the strategy's."
    elif Sample.looked_at:
        hint = f"If that comes of it: {_made_up()}, as a strategy gets its bars from the host."
    answer.args = (said[:2000],)
    answer.data["hint"] = hint
    return answer


def _defined(module):
    """The strategies that a file defines, by name; classes that lack init() or next() are no strategies."""
    found = {}
    for name, value in vars(module).items():
        if isinstance(value, (BarStrategy, VectorStrategy)) and value.__module__ == module.__name__:
            found[name] = value
        elif isinstance(value, type) and issubclass(value, Strategy) and value.__module__ == module.__name__:
            if not getattr(value, "__abstractmethods__", None):
                found[value.__name__] = value
    return found
