"""From the arguments of Python to the params of the protocol; shared by the client and its asyncio form."""

import datetime
import inspect
import os
import tempfile

from ..data import milliseconds


def without_none(**params):
    """The params that were given."""
    return {name: value for name, value in params.items() if value is not None}


def run_id(run):
    """The id of a run given as itself, or as an object that has one."""
    return getattr(run, "run_id", run)


def strategy(given):
    """A strategy as the protocol selects it.

    A name, a path, a command as a list, the protocol's own object ``{"command": [...]}``, or a Strategy class or
    marked function of a Python file.
    """
    if isinstance(given, dict):
        return given
    if isinstance(given, (list, tuple)):
        return {"command": [os.fspath(part) for part in given]}
    if isinstance(given, (str, os.PathLike)):
        return os.fspath(given)
    from .. import loader

    if loader.offered(given) is None:
        raise TypeError(
            "strategy must be a name, a path, a command as a list, a Strategy class or a function marked @on_bar or "
            f"@vectorized, was {given!r:.100}"
        )
    target, name = given if isinstance(given, type) else given.function, given.__name__
    try:
        file = os.path.abspath(inspect.getsourcefile(target))
    except TypeError:
        file = ""
    if not os.path.isfile(file) or target.__qualname__ != name:
        raise ValueError(f"the host reads the strategy from a file: put {name} at the top level of one")
    return f"{file}:{name}"


def time(given):
    """A time as epoch milliseconds: an int as it is, an ISO text, a date or a datetime; without a zone it is UTC."""
    if given is None or (isinstance(given, int) and not isinstance(given, bool)):
        return given
    if isinstance(given, str):
        try:
            given = datetime.datetime.fromisoformat(given[:-1] + "+00:00" if given.endswith("Z") else given)
        except ValueError:
            raise ValueError(f"a time must look like 2020-01-31 or 2020-01-31T09:30, was {given!r}") from None
    if isinstance(given, datetime.datetime):
        return milliseconds(given)
    if isinstance(given, datetime.date):
        return milliseconds(datetime.datetime(given.year, given.month, given.day))
    raise TypeError(f"a time must be a text, a date, a datetime or epoch milliseconds, was {given!r:.80}")


def data(*, sample, dataset, data, symbol, symbols, folder):
    """Where the bars come from; exactly one source. ``folder()`` gives a folder for files to be made."""
    named = without_none(sample=sample, dataset=dataset, data=data)
    if len(named) > 1:
        raise ValueError(f"{' and '.join(named)} are given: name one source of bars")
    if symbol is not None and symbols is not None:
        raise ValueError("symbol and symbols are given: name one of them")
    chosen = [symbol] if symbol is not None else list(symbols) if symbols is not None else None
    if not named and not chosen:
        raise ValueError("where are the bars? Give sample='GOOG', dataset=ID, data=FILE or DataFrame, or symbol='AAPL'")
    if data is not None and hasattr(data, "columns"):
        named["data"] = _written(data, folder())
    elif data is not None:
        named["data"] = os.path.abspath(os.fspath(data))
    return without_none(dataset=next(iter(named.values()), None), symbols=chosen)


def _written(frame, folder):
    """A DataFrame as a CSV file of bars; its path."""
    columns = [name for name in ("Open", "High", "Low", "Close", "Volume") if name in frame.columns]
    if len(columns) < 4:
        raise ValueError(f"a DataFrame of bars needs the columns Open, High, Low and Close, has {list(frame.columns)}")
    bars = frame[columns].sort_index()
    bars.index.name = "Date"
    handle, path = tempfile.mkstemp(suffix=".csv", prefix="bars-", dir=folder)
    os.close(handle)
    bars.to_csv(path, date_format="%Y-%m-%dT%H:%M:%S")
    return path


def terms(
    *, cash, commission, spread, margin, trade_on_close, hedging, exclusive_orders, finalize_trades, profile
):  # fmt: skip
    """The account and the execution of a run."""
    if commission is not None and not isinstance(commission, dict):
        fixed, rate = commission if isinstance(commission, (tuple, list)) else (0, commission)
        commission = {"fixed": fixed, "rate": rate}
    execution = without_none(
        profile=profile,
        fill_at=None if trade_on_close is None else "close" if trade_on_close else "next_open",
        commission=commission, spread=spread, margin=margin, hedging=hedging, exclusive_orders=exclusive_orders,
        finalize_trades=finalize_trades,
    )  # fmt: skip
    return without_none(account=without_none(initial_cash=cash) or None, execution=execution or None)


def parameters(given, more):
    """Strategy parameters given as a dict and by keyword."""
    both = sorted(set(given or ()) & set(more))
    if both:
        raise ValueError(f"the parameter {both[0]} is given twice")
    return dict(given or {}, **more) or None


def grid(given):
    """A sweep's values by parameter: a list, a range, or one value."""
    made = {}
    for name, values in given.items():
        if isinstance(values, (str, bool, int, float)):
            values = [values]
        values = values.tolist() if hasattr(values, "tolist") else list(values)
        if not values:
            raise ValueError(f"the grid has no value for {name}")
        made[name] = values
    return made
