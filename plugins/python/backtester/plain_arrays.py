"""Price columns and indicators without numpy: the same behaviour on Python's own lists, as far as strategies need it.

Arithmetic and comparison go value by value, with another array of the same length or with a number. Division by zero
gives an infinity or NaN as numpy does.
"""

import math
import operator
import statistics
from array import array

from .indicators import pairwise_sum

_NAN = math.nan


def _divide(a, b):
    try:
        return a / b
    except ZeroDivisionError:
        return _NAN if a == 0 or a != a else math.copysign(math.inf, a) * math.copysign(1, b)


def _floor_divide(a, b):
    try:
        return a // b
    except ZeroDivisionError:
        return _divide(a, b)


def _remainder(a, b):
    try:
        return a % b
    except ZeroDivisionError:
        return _NAN


def _power(a, b):
    try:
        result = a**b
    except (ZeroDivisionError, OverflowError):
        return math.inf
    return _NAN if isinstance(result, complex) else result


def _elementwise(function, swapped=False):
    def method(self, other):
        if hasattr(other, "__len__") and not isinstance(other, str):
            if len(other) != len(self):
                raise ValueError(f"arrays of {len(self)} and {len(other)} values cannot be combined")
            pairs = zip(other, self) if swapped else zip(self, other)
            return self._like([function(a, b) for a, b in pairs])
        if not isinstance(other, (int, float)):
            return NotImplemented
        if swapped:
            return self._like([function(other, a) for a in self])
        return self._like([function(a, other) for a in self])

    return method


class Array:
    """One value per bar, oldest first; ``[-1]`` is the newest. True and ``float()`` speak of the newest value.

    A window on a sequence: a slice shares the values with the array it was cut from.
    """

    __slots__ = ("_values", "_start", "_length", "name", "_source")
    __hash__ = None
    ndim = 1

    def __init__(self, values, source=None, name="", start=0, length=None):
        self._values, self._source, self.name, self._start = values, source, name, start
        self._length = len(values) - start if length is None else length

    def _window(self, start, length):
        return type(self)(self._values, self._source, self.name, start, length)

    def _like(self, values):
        return type(self)(values, self._source, self.name)

    def __len__(self):
        return self._length

    def __getitem__(self, key):
        length = self._length
        if isinstance(key, slice):
            start, stop, step = key.indices(length)
            if step == 1:
                return self._window(self._start + start, max(0, stop - start))
            return self._like([self._values[self._start + i] for i in range(start, stop, step)])
        if key < 0:
            key += length
        if not 0 <= key < length:
            raise IndexError(f"index {key - length if key < 0 else key} is outside an array of {length} values")
        return self._values[self._start + key]

    def __setitem__(self, key, value):
        if isinstance(key, slice):
            raise TypeError("only one value at a time can be assigned without numpy")
        if key < 0:
            key += self._length
        if not 0 <= key < self._length:
            raise IndexError(f"there is no value {key} in an array of {self._length} values")
        self._values[self._start + key] = value

    def __iter__(self):
        values, start = self._values, self._start
        return iter(values[start : start + self._length])

    def __array__(self, *arguments, **options):
        import numpy as np

        return np.array(self.tolist(), *arguments, **options)

    def __bool__(self):
        if not self._length:
            raise ValueError("an array without values is neither true nor false: use len()")
        return bool(self[-1])

    def __float__(self):
        return float(self[-1])

    def __repr__(self):
        return f"{type(self).__name__}({self.tolist()!r})"

    @property
    def shape(self):
        """The number of values, as numpy says it."""
        return (self._length,)

    @property
    def size(self):
        """The number of values."""
        return self._length

    def tolist(self):
        """The values as a list."""
        return list(self)

    def copy(self):
        """An array of its own with the same values."""
        return self._like(self.tolist())

    def sum(self):
        """The sum of the values, added in numpy's order."""
        return pairwise_sum(self.tolist())

    def mean(self):
        """The mean of the values."""
        return self.sum() / self._length if self._length else _NAN

    def std(self, ddof=0):
        """The standard deviation; of the population unless ``ddof`` is 1."""
        return statistics.stdev(self) if ddof else statistics.pstdev(self)

    def max(self):
        """The largest value; NaN if any is NaN."""
        values = self.tolist()
        return _NAN if any(v != v for v in values) else max(values)

    def min(self):
        """The smallest value; NaN if any is NaN."""
        values = self.tolist()
        return _NAN if any(v != v for v in values) else min(values)

    def argmax(self):
        """Index of the largest value."""
        values = self.tolist()
        return values.index(max(values))

    def argmin(self):
        """Index of the smallest value."""
        values = self.tolist()
        return values.index(min(values))

    def any(self):
        """Whether any value is true."""
        return any(self)

    def all(self):
        """Whether all values are true."""
        return all(self)

    def to_series(self):
        """The values as a pandas Series over the run's time index."""
        return self.s

    @property
    def s(self):
        """The values as a pandas Series over the run's time index."""
        import pandas as pd

        return pd.Series(self.tolist(), index=self._source.index_of(self._length), name=self.name)

    @property
    def df(self):
        """The values as a pandas DataFrame over the run's time index."""
        return self.s.to_frame()

    __add__ = _elementwise(operator.add)
    __radd__ = _elementwise(operator.add, True)
    __sub__ = _elementwise(operator.sub)
    __rsub__ = _elementwise(operator.sub, True)
    __mul__ = _elementwise(operator.mul)
    __rmul__ = _elementwise(operator.mul, True)
    __truediv__ = _elementwise(_divide)
    __rtruediv__ = _elementwise(_divide, True)
    __floordiv__ = _elementwise(_floor_divide)
    __rfloordiv__ = _elementwise(_floor_divide, True)
    __mod__ = _elementwise(_remainder)
    __rmod__ = _elementwise(_remainder, True)
    __pow__ = _elementwise(_power)
    __rpow__ = _elementwise(_power, True)
    __lt__ = _elementwise(operator.lt)
    __le__ = _elementwise(operator.le)
    __gt__ = _elementwise(operator.gt)
    __ge__ = _elementwise(operator.ge)
    __eq__ = _elementwise(operator.eq)
    __ne__ = _elementwise(operator.ne)
    __and__ = _elementwise(operator.and_)
    __or__ = _elementwise(operator.or_)
    __xor__ = _elementwise(operator.xor)

    def __neg__(self):
        return self._like([-a for a in self])

    def __pos__(self):
        return self._like([+a for a in self])

    def __abs__(self):
        return self._like([abs(a) for a in self])

    def __invert__(self):
        return self._like([not a if isinstance(a, bool) else ~a for a in self])


class Indicator(Array):
    """What :meth:`Strategy.I` returns; arithmetic on it gives an indicator again."""

    __slots__ = ("plot", "scatter")

    def __init__(self, values, source=None, name="", start=0, length=None, plot=True, scatter=False):
        super().__init__(values, source, name, start, length)
        self.plot, self.scatter = plot, scatter

    def _window(self, start, length):
        return Indicator(self._values, self._source, self.name, start, length, self.plot, self.scatter)

    def _like(self, values):
        return Indicator(values, self._source, self.name, plot=self.plot, scatter=self.scatter)


class IndicatorTable(Indicator):
    """Several indicators under one name, as a function gives that returns a tuple; unpacks into its rows."""

    __slots__ = ("_rows",)
    ndim = 2

    def __init__(self, rows, source, name, plot=True, scatter=False):
        super().__init__([], source, name, plot=plot, scatter=scatter)
        self._rows = rows

    def __len__(self):
        return len(self._rows)

    def __iter__(self):
        return iter(self._rows)

    def __getitem__(self, key):
        if isinstance(key, tuple):
            rows = self._rows[key[0]]
            return rows[key[1]] if isinstance(rows, Indicator) else [row[key[1]] for row in rows]
        return self._rows[key]

    def __bool__(self):
        return bool(self._rows[-1])

    def __float__(self):
        return float(self._rows[-1])

    @property
    def shape(self):
        """The numbers of rows and of values a row, as numpy says it."""
        return (len(self._rows), len(self._rows[0]))

    def _like(self, values):
        raise TypeError("arithmetic on several indicators at once needs numpy: work on the rows one by one")

    def tolist(self):
        """The rows as lists."""
        return [row.tolist() for row in self._rows]

    @property
    def s(self):
        """The first row as a pandas Series over the run's time index."""
        return self._rows[0].s

    @property
    def df(self):
        """The rows as the columns of a pandas DataFrame over the run's time index."""
        import pandas as pd

        names = [self.name] * len(self._rows) if isinstance(self.name, str) else list(self.name)
        index = self._source.index_of(len(self._rows[0]))
        return pd.DataFrame(list(zip(*self._rows)), index=index, columns=names)


def column(values, source, name, length=None):
    """A price column over ``values``, or the first ``length``, with the time index of ``source``."""
    return Array(values, source, name, 0, length)


def from_bytes(data):
    """Little-endian float64 bytes as an array."""
    import sys

    values = array("d", data)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def from_file(file, count):
    """The next ``count`` little-endian float64 values of an open file as an array; fewer where the file ends."""
    return from_bytes(file.read(8 * count))


def from_list(values):
    """A list of numbers, None where missing, as an array of doubles with NaN there."""
    try:
        return array("d", values)
    except TypeError:
        return array("d", [_NAN if v is None else v for v in values])


def join(parts):
    """Arrays one after another as one."""
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    return whole


def filled(count):
    """An array of ``count`` missing values."""
    return array("d", [_NAN]) * count


def series(values, source, name):
    """``values`` (a list of floats) as an array that is no indicator."""
    return Array(values, source, name)


def _is_sequence(value):
    return hasattr(value, "__len__") and hasattr(value, "__getitem__") and not isinstance(value, (str, bytes, dict))


def indicator(value, source, label, name, length, plot, scatter):
    """What an indicator function returned as an :class:`Indicator`, or an :class:`IndicatorTable` of several.

    ``label`` names it in messages; ``name`` is a str, or a list of one str a row. Raises ValueError unless the value
    is a sequence (or several) of ``length`` numbers.
    """
    if _is_sequence(value) and len(value) and all(_is_sequence(row) for row in value):
        rows = [list(row) for row in value]
        if len(rows) == length and any(len(row) != length for row in rows):  # one row a bar
            rows = [list(row) for row in zip(*rows)]
        if all(len(row) == length for row in rows):
            names = [name] * len(rows) if isinstance(name, str) else list(name)
            if len(names) != len(rows):
                raise ValueError(f'indicator "{label}" has {len(rows)} arrays, but name= holds {len(names)} names')
            made = [Indicator(row, source, n, plot=plot, scatter=scatter) for row, n in zip(rows, names)]
            return IndicatorTable(made, source, name, plot, scatter)
    elif _is_sequence(value) and len(value) == length:
        if not isinstance(name, str):
            if len(name) != 1:
                raise ValueError(f'indicator "{label}" has 1 array, but name= holds {len(name)} names')
            name = name[0]
        return Indicator(list(value), source, name, plot=plot, scatter=scatter)
    raise ValueError(
        f'indicator "{label}" must return a list or array as long as the data ({length}), or a tuple of such; '
        f"the result is {str(value)[:200]}"
    )


def continued(indicator, values, length):
    """An indicator like ``indicator``, of one row, over the first ``length`` of ``values``."""
    return Indicator(values, indicator._source, indicator.name, 0, length, indicator.plot, indicator.scatter)


def newest(indicator):
    """The newest value of every row, as an indicator of that one bar."""
    if indicator.ndim == 2:
        return IndicatorTable(
            [row[-1:] for row in indicator], indicator._source, indicator.name, indicator.plot, indicator.scatter
        )
    return indicator[-1:]


def _is_missing(value):
    return value is None or value != value


def first_defined(indicator):
    """Index of the first value that is not NaN, the latest over the rows; a row that is all NaN counts as 0."""
    if indicator.ndim == 2:
        return max((first_defined(row) for row in indicator), default=0)
    return next((i for i, v in enumerate(indicator) if not _is_missing(v)), 0)


def never_defined(indicator):
    """Whether some row of the indicator is all NaN."""
    if indicator.ndim == 2:
        return any(never_defined(row) for row in indicator)
    return len(indicator) > 0 and all(_is_missing(v) for v in indicator)


def prefix(array, length):
    """The first ``length`` values, of every row; shares memory."""
    if array.ndim == 2:
        rows = [row[:length] for row in array]
        return IndicatorTable(rows, array._source, array.name, array.plot, array.scatter)
    return array[:length]


def is_flat(array):
    """Whether the array is one row, so that ``array[:length]`` is its prefix."""
    return array.ndim == 1


def rows(indicator):
    """The rows of an indicator with their names, each a list of floats."""
    if indicator.ndim == 1:
        return [(indicator.name, [_NAN if v is None else float(v) for v in indicator])]
    names = [f"{indicator.name}[{k}]" for k in range(len(indicator))]
    if not isinstance(indicator.name, str):
        names = indicator.name
    return [(name, [_NAN if v is None else float(v) for v in row]) for name, row in zip(names, indicator)]


#: Makes the numbers of ``equity``, prices and profits.
number = float
