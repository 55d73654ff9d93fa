"""Price columns and indicators as numpy arrays.

A column or indicator is an ``ndarray`` of a class made for it, which holds its name and time index: so a slice, the
result of arithmetic and of any numpy function keep both, without the cost of ``__array_finalize__`` on every bar.
"""

import numpy as np


class Array(np.ndarray):
    """One value per bar, oldest first; ``[-1]`` is the newest. True and ``float()`` speak of the newest value."""

    name = ""
    _source = None

    def __bool__(self):
        try:
            return bool(self[-1])
        except IndexError:
            return super().__bool__()

    def __float__(self):
        try:
            return float(self[-1])
        except IndexError:
            return super().__float__()

    def __reduce__(self):
        # The classes made by _typed live in one process only.
        return np.asarray(self).__reduce__()

    def __deepcopy__(self, memo):
        return self.copy()

    def to_series(self):
        """The values as a pandas Series over the run's time index."""
        return self.s

    @property
    def s(self):
        """The values as a pandas Series over the run's time index; the first row of several."""
        import pandas as pd

        values = self[0] if self.ndim > 1 else self
        name = self.name if isinstance(self.name, str) else self.name[0]
        return pd.Series(values, index=self._source.index_of(self.shape[-1]), name=name)

    @property
    def df(self):
        """The values as a pandas DataFrame over the run's time index, one column a row."""
        import pandas as pd

        values = np.atleast_2d(np.asarray(self))
        names = [self.name] * len(values) if isinstance(self.name, str) else list(self.name)
        return pd.DataFrame(values.T, index=self._source.index_of(values.shape[-1]), columns=names)


class Indicator(Array):
    """What :meth:`Strategy.I` returns; arithmetic on it gives an indicator again."""

    plot = True
    scatter = False


def _typed(base, source, name, **fields):
    key = (base, repr(name), tuple(fields.items()))
    made = source.types.get(key)
    if made is None:
        made = source.types[key] = type(base.__name__, (base,), {"name": name, "_source": source, **fields})
    return made


def column(values, source, name, length=None):
    """A price column over ``values`` (a float64 array), or the first ``length``, with the time index of ``source``."""
    return values[:length].view(_typed(Array, source, name))


def from_bytes(data):
    """Little-endian float64 bytes as an array."""
    return np.frombuffer(data, "<f8").astype(np.float64)


def from_file(file, count):
    """The next ``count`` little-endian float64 values of an open file as an array; fewer where the file ends."""
    return np.fromfile(file, "<f8", count).astype(np.float64, copy=False)


def from_list(values):
    """A list of numbers, None where missing, as a float64 array with NaN there."""
    return np.array(values, np.float64)


def join(parts):
    """Arrays one after another as one."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def filled(count):
    """An array of ``count`` missing values."""
    return np.full(count, np.nan)


def series(values, source, name):
    """``values`` (a list of floats) as an array that has ``.s`` and ``.df`` but is no indicator."""
    return column(np.array(values, np.float64), source, name)


def indicator(value, source, label, name, length, plot, scatter):
    """What an indicator function returned as an :class:`Indicator`.

    ``label`` names it in messages; ``name`` is a str, or a list of one str a row. Raises ValueError unless the value
    is an array (or several) of ``length`` numbers.
    """
    returned = value
    if type(value).__module__.split(".")[0] == "pandas" and getattr(value, "ndim", 0) == 2:
        value = value.values.T
    if value is not None:
        try:
            value = np.asarray(value, order="C")
        except ValueError:  # rows of different lengths
            value = None
    if value is not None and value.ndim == 2 and value.shape[-1] != length:  # one row a bar
        value = value.T
    if value is None or value.ndim not in (1, 2) or value.shape[-1] != length:
        shape = "none" if value is None else value.shape
        raise ValueError(
            f'indicator "{label}" must return an array as long as the data ({length}), or a tuple of such arrays; '
            f"the result has shape {shape}: {str(returned)[:200]}"
        )
    rows = 1 if value.ndim == 1 else len(value)
    if not isinstance(name, str) and len(name) != rows:
        raise ValueError(f'indicator "{label}" has {rows} arrays, but name= holds {len(name)} names')
    return value.view(_typed(Indicator, source, name, plot=plot, scatter=scatter))


def continued(indicator, values, length):
    """An indicator like ``indicator``, of one row, over the first ``length`` of ``values``."""
    return values[:length].view(type(indicator))


def newest(indicator):
    """The newest value of every row, as an indicator of that one bar."""
    return indicator[..., -1:]


def first_defined(indicator):
    """Index of the first value that is not NaN, the latest over the rows; a row that is all NaN counts as 0."""
    if indicator.ndim == 0:
        return 0
    missing = np.isnan(np.asarray(indicator).astype(float))
    return int(missing.argmin(axis=-1).max()) if missing.size else 0


def never_defined(indicator):
    """Whether some row of the indicator is all NaN."""
    if indicator.ndim == 0 or not indicator.size:
        return False
    return bool(np.isnan(np.asarray(indicator).astype(float)).all(axis=-1).any())


def prefix(array, length):
    """The first ``length`` values, of every row; shares memory."""
    return array[..., :length] if array.ndim else array


def is_flat(array):
    """Whether the array is one row, so that ``array[:length]`` is its prefix."""
    return array.ndim == 1


def rows(indicator):
    """The rows of an indicator with their names, each a list of floats."""
    table = np.atleast_2d(np.asarray(indicator)).astype(float)
    names = [indicator.name] if isinstance(indicator.name, str) else list(indicator.name)
    if len(names) != len(table):
        names = [f"{names[0]}[{k}]" for k in range(len(table))]
    return [(name, row.tolist()) for name, row in zip(names, table)]


#: Makes the numbers of ``equity``, prices and profits, so that dividing them by zero gives infinity as in arrays.
number = np.float64
