"""The bars that a strategy sees: ``self.data`` of the class API."""

import importlib.util
import sys
from datetime import datetime, timedelta, timezone

_EPOCH = datetime(1970, 1, 1)
_TITLES = {"open": "Open", "high": "High", "low": "Low", "close": "Close", "volume": "Volume"}


def title(field):
    """The name of a column in the class API: ``Close`` for ``close``."""
    return _TITLES.get(field, field)


def moment(milliseconds):
    """Epoch milliseconds as a datetime in UTC without a time zone, as backtesting.py's data has them."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def milliseconds(when):
    """A datetime as epoch milliseconds; without a time zone it is taken as UTC."""
    if when.tzinfo is not None:
        when = when.astimezone(timezone.utc).replace(tzinfo=None)
    return (when - _EPOCH) // timedelta(milliseconds=1)


def clock(name):
    """The time zone of a name such as ``America/New_York`` or ``-05:00``; None for none, or for one not known here."""
    if not name:
        return None
    if name[0] in "+-":
        offset = timedelta(hours=int(name[1:3]), minutes=int(name[4:6]))
        return timezone(-offset if name[0] == "-" else offset)
    try:
        from zoneinfo import ZoneInfo

        return ZoneInfo(name)
    except Exception:  # noqa: BLE001 - whatever this system's table of zones lacks
        print(f"the time zone {name} is not known here (install tzdata), so times are in UTC", file=sys.stderr)
        return None


class Times:
    """Times of bars as datetimes, oldest first: what ``data.index`` is where pandas is not installed."""

    __slots__ = ("_times", "_zone")

    def __init__(self, times, zone=None):
        self._times, self._zone = times, zone

    def __len__(self):
        return len(self._times)

    def __getitem__(self, key):
        if isinstance(key, slice):
            return Times(self._times[key], self._zone)
        return self._moment(self._times[key])

    def _moment(self, time):
        return moment(time) if self._zone is None else datetime.fromtimestamp(time / 1000, self._zone)

    def __iter__(self):
        return map(self._moment, self._times)

    def __repr__(self):
        if not self._times:
            return "Times([])"
        return f"<{len(self)} times from {self[0]} to {self[-1]}>"


class Timeline:
    """The opening times of a run's bars in epoch milliseconds, and the pandas index made of them when asked for."""

    def __init__(self, times, zone=None, timeframe=None):
        """``zone`` is the clock that bars within a day are shown on, UTC without any; ``timeframe`` as in run/start."""
        self.times, self.zone, self.timeframe = times, zone, timeframe
        #: Array classes made for this run; see numpy_arrays.
        self.types = {}
        self._index = None

    def index(self):
        """The whole time index: a pandas DatetimeIndex, or :class:`Times` where pandas is not installed."""
        if self._index is None:
            self._index = self._make_index()
        return self._index

    def _is_daily(self):
        """Whether bars are a day or longer: these have dates, and dates have no clock."""
        if self.timeframe:
            return self.timeframe.endswith(("d", "wk", "mo"))
        return all(time % 86_400_000 == 0 for time in self.times[:100])

    def _make_index(self):
        is_daily = self._is_daily()
        zone = None if is_daily else self.zone
        if importlib.util.find_spec("pandas") is None:
            return Times(self.times, zone)
        import pandas as pd

        index = pd.DatetimeIndex(pd.to_datetime(list(self.times), unit="ms"))
        if hasattr(index, "as_unit"):
            # What read_csv of the same pandas gives.
            index = index.as_unit("ns" if int(pd.__version__.split(".")[0]) < 3 else "us")
        # The names under which yfinance, and most files, have their times: reset_index() makes them columns.
        if zone is not None:
            index = index.tz_localize("UTC").tz_convert(zone)
        return index.rename("Date" if is_daily else "Datetime")

    def index_of(self, length):
        """The time index of the first ``length`` bars."""
        return self.index()[:length]

    def at(self, bar):
        """The time of one bar: a pandas Timestamp, or a datetime where pandas is not installed."""
        return self.index()[bar]


class Data:
    """Price columns up to the newest bar: ``data.Close[-1]`` is the newest close, ``len(data)`` the number of bars.

    While ``init()`` runs, the columns are as long as what the strategy was sent: all bars in a preloaded run.
    """

    def __init__(self, backend, timeline, columns):
        """``columns`` maps titles (``Close``) to the backend's float arrays, one value per bar."""
        self._backend, self._timeline = backend, timeline
        self._columns = {name: backend.column(values, timeline, name) for name, values in columns.items()}
        self._length = len(timeline.times)
        self._frame = self._pip = None
        # Columns that the strategy has used: cut on every bar, as plain attributes are much faster than __getattr__.
        self._used = []
        #: Whether bars are still being added: those behind the newest are room that is not filled yet.
        self._growing = False

    def _set_length(self, length):
        """Shows the first ``length`` bars."""
        fields = self.__dict__
        fields["_length"] = length
        for name, column in self._used:
            fields[name] = column[:length]
        if "index" in fields:
            del fields["index"]
        if self._growing:
            fields["_frame"] = fields["_pip"] = None

    def _known(self):
        """The columns without room for bars to come."""
        if not self._growing:
            return self._columns
        return {name: column[: self._length] for name, column in self._columns.items()}

    def __len__(self):
        return self._length

    def __getattr__(self, name):
        # Called for what is no attribute yet.
        if name[:1] == "_":
            raise AttributeError(name)
        if name == "index":
            value = self._timeline.index_of(self._length)
        else:
            column = self._columns.get(name)
            if column is None:
                raise AttributeError(f"the data has no column {name!r}, it has {', '.join(self._columns)}")
            value = column[: self._length]
            self._used.append((name, column))
        self.__dict__[name] = value
        return value

    def __getitem__(self, name):
        if name not in self._columns:
            raise KeyError(name)
        return getattr(self, name)

    def __repr__(self):
        last = self._length - 1
        if last < 0:
            return "<Data without bars>"
        values = ", ".join(f"{name}={column[last]}" for name, column in self._columns.items())
        return f"<Data i={last} ({self._timeline.at(last)}) {values}>"

    @property
    def df(self):
        """The visible bars as a pandas DataFrame, one column a field, over the time index."""
        import pandas as pd

        if self._frame is None:
            plain = {name: column.tolist() for name, column in self._known().items()}
            self._frame = pd.DataFrame(plain, index=self._timeline.index())
        return self._frame if self._length == len(self._frame) else self._frame.iloc[: self._length]

    @property
    def pip(self):
        """The unit of the last decimal place in which the closes are given, such as 0.01."""
        if self._pip is None:
            places = sorted(len(str(float(c)).partition(".")[2]) for c in self._known()["Close"].tolist())
            middle = len(places) // 2
            median = places[middle] if len(places) % 2 else (places[middle - 1] + places[middle]) / 2
            self._pip = float(10 ** -float(median))
        return self._pip
