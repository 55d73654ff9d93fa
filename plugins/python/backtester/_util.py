"""The names of ``backtesting._util``, so that files which import them can be served."""

from .data import Data as _Data  # noqa: F401 - imported from here
from .lib import _unavailable


def try_(lazy_func, default=None, exception=Exception):
    """What ``lazy_func()`` returns, or ``default`` where that raises ``exception``."""
    try:
        return lazy_func()
    except exception:
        return default


_INSIDE = "it is a part of backtesting.py's own machinery; write what the file needs of it into the file"

#: Functions of backtesting.py that nothing corresponds to.
_OTHERS = (
    "SharedMemoryManager", "_as_list", "_as_str", "_batch", "_data_period", "_indicator_warmup_nbars",
    "_strategy_indicators", "_tqdm", "patch",
)  # fmt: skip


def __getattr__(name):
    if name in ("_Array", "_Indicator"):
        # Of numpy only where it is in use, which is known when a file asks.
        from . import arrays

        return getattr(arrays.backend(), name[1:])
    if name in _OTHERS:
        return _unavailable(f"{name}()", _INSIDE)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
