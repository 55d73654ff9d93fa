"""Technical indicators without any library, equal to the last bit to what pandas computes.

Each comes in two forms. The class takes one value at a time: ``SMA(20).update(close)`` returns the newest value, NaN
while it is undefined. The function takes all values and returns a list of as many: ``sma(self.data.Close, 20)``; it
suits :meth:`Strategy.I` and the vectorized API.
"""

from collections import deque
from math import copysign, inf, isnan, nan


def _moving_average(n):
    """``update`` and ``extend`` of :class:`SMA`; closures, as their variables are read much faster than attributes."""
    window = deque()
    pop, push = window.popleft, window.append
    total = added = removed = 0.0
    # How many of the newest values are no NaN, are the same value, and how many in the window are negative.
    known = same = negative = 0
    seen = 0
    last = nan

    def update(x):
        """Takes the next value; returns the average."""
        nonlocal total, added, removed, known, same, negative, seen, last
        if seen < n:
            seen += 1
        else:
            old = pop()
            if old == old:
                y = -old - removed
                t = total + y
                removed = t - total - y
                total = t
                if old <= 0 and copysign(1.0, old) < 0:
                    negative -= 1
        push(x)
        if x != x:
            known = 0
            return nan
        known += 1
        y = x - added
        t = total + y
        added = t - total - y
        total = t
        if x <= 0 and copysign(1.0, x) < 0:
            negative += 1
        if x == last:
            same += 1
        else:
            same = 1
            last = x
        if known < n:
            return nan
        if same >= n:
            return x
        mean = total / n
        if mean < 0 and not negative or mean > 0 and negative == n:
            return 0.0
        return mean

    def extend(values):
        """Takes the next values, a list; returns the average after each."""
        nonlocal total, added, removed, known, same, last
        head = max(0, n - seen)
        averages = [update(x) for x in values[:head]]
        values = values[head:]
        # Prices, as nearly always, need no look at signs and gaps.
        plain = len(values) > 8 and not negative and known >= n and min(values) > 0 and sum(values) < inf
        if not plain:
            averages += [update(x) for x in values]
            return averages
        t_total, t_added, t_removed, t_same, t_last = total, added, removed, same, last
        numbers = [*window, *values]
        append = averages.append
        for x, old in zip(values, numbers):
            y = -old - t_removed
            t = t_total + y
            t_removed = t - t_total - y
            t_total = t
            y = x - t_added
            t = t_total + y
            t_added = t - t_total - y
            t_total = t
            if x == t_last:
                t_same += 1
                if t_same >= n:
                    append(x)
                    continue
            else:
                t_same = 1
                t_last = x
                if n == 1:
                    append(x)
                    continue
            mean = t / n
            append(0.0 if mean < 0 else mean)
        total, added, removed, same, last = t_total, t_added, t_removed, t_same, t_last
        known += len(values)
        window.clear()
        window.extend(numbers[len(values) :])
        return averages

    return update, extend


class SMA:
    """Simple moving average of the last ``n`` values, as ``pandas.Series.rolling(n).mean()``.

    A running sum with two Kahan compensations, one for values that enter and one for values that leave the window.
    Undefined for the first n - 1 values and while a NaN is in the window.
    """

    __slots__ = ("n", "update", "extend")

    def __init__(self, n):
        if n < 1:
            raise ValueError(f"an average needs at least 1 value, was {n}")
        self.n = n
        self.update, self.extend = _moving_average(n)


class EMA:
    """Exponential moving average with weight 2 / (n + 1), seeded with the first value; undefined for n - 1 values.

    As ``pandas.Series.ewm(span=n, adjust=False, min_periods=n).mean()`` on values without NaN.
    """

    __slots__ = ("n", "_weight", "_rest", "_mean", "_seen", "_quiet")

    def __init__(self, n, quiet=None):
        """``quiet`` is how many values stay undefined, n - 1 unless given."""
        if n < 1:
            raise ValueError(f"an average needs at least 1 value, was {n}")
        self.n = n
        self._weight = 2 / (n + 1)
        self._rest = 1 - self._weight
        self._mean = nan
        self._seen = 0
        self._quiet = n - 1 if quiet is None else quiet

    def update(self, x):
        """Takes the next value; returns the average."""
        self._seen += 1
        mean = self._mean
        if mean != mean:
            self._mean = mean = x
        elif mean != x:
            self._mean = mean = self._rest * mean + self._weight * x
        return mean if self._seen > self._quiet else nan

    def extend(self, values):
        """Takes the next values, a list; returns the average after each."""
        seen, mean, rest, weight, quiet = self._seen, self._mean, self._rest, self._weight, self._quiet
        averages = []
        append = averages.append
        for x in values:
            seen += 1
            if mean != mean:
                mean = x
            elif mean != x:
                mean = rest * mean + weight * x
            append(mean if seen > quiet else nan)
        self._seen, self._mean = seen, mean
        return averages


def pairwise_sum(values):
    """The sum in numpy's order of additions."""
    n = len(values)
    if n < 8:
        total = 0.0
        for v in values:
            total += v
        return total
    if n > 128:
        half = n // 2 - n // 2 % 8
        return pairwise_sum(values[:half]) + pairwise_sum(values[half:])
    r = list(values[:8])
    full = n - n % 8
    for i in range(8, full, 8):
        for j in range(8):
            r[j] += values[i + j]
    total = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
    for v in values[full:]:
        total += v
    return total


class RSI:
    """Wilder's relative strength index, 0 to 100, seeded with the simple mean of the first ``n`` changes.

    Undefined for the first n values; 100 without losses, 50 without any change.
    """

    __slots__ = ("n", "_previous", "_ups", "_downs", "_up", "_down")

    def __init__(self, n=14):
        if n < 1:
            raise ValueError(f"an average needs at least 1 value, was {n}")
        self.n = n
        self._previous = None
        self._ups, self._downs = [], []
        self._up = self._down = None

    def update(self, x):
        """Takes the next value; returns the index."""
        previous, self._previous = self._previous, x
        if previous is None:
            return nan
        change = x - previous
        up, down = (change, 0.0) if change > 0 else (0.0, -change)
        n = self.n
        if self._up is None:
            self._ups.append(up)
            self._downs.append(down)
            if len(self._ups) < n:
                return nan
            self._up, self._down = pairwise_sum(self._ups) / n, pairwise_sum(self._downs) / n
            self._ups = self._downs = None
        else:
            self._up = (self._up * (n - 1) + up) / n
            self._down = (self._down * (n - 1) + down) / n
        if self._down == 0:
            return 100.0 if self._up > 0 else 50.0
        return 100 - 100 / (1 + self._up / self._down)


class MACD:
    """Difference of two exponential averages, EMA(fast) - EMA(slow), and its own average as the signal line.

    ``update`` returns the line, undefined for slow - 1 values; :attr:`signal` is its EMA, undefined for
    slow + signal - 2 values.
    """

    __slots__ = ("signal", "_fast", "_slow", "_average", "_seen", "_quiet")

    def __init__(self, fast=12, slow=26, signal=9):
        self._fast, self._slow = EMA(fast, 0), EMA(slow, 0)
        self._average = EMA(signal, slow + signal - 2)
        self._seen, self._quiet = 0, slow - 1
        self.signal = nan

    def update(self, x):
        """Takes the next value; returns the line."""
        line = self._fast.update(x) - self._slow.update(x)
        self.signal = self._average.update(line)
        self._seen += 1
        return line if self._seen > self._quiet else nan


class MACDSignal(MACD):
    """The signal line of the MACD as ``update``'s result."""

    __slots__ = ()

    def update(self, x):
        super().update(x)
        return self.signal


#: Those that take many values at once faster than one by one.
EXTENDING = (SMA, EMA)


def extended(state, values):
    """What ``state.update`` returns for each of a list of values."""
    return state.extend(values) if type(state) in EXTENDING else list(map(state.update, values))


def _over(state, values):
    return extended(state, values.tolist() if hasattr(values, "tolist") else list(values))


def sma(values, n):
    """:class:`SMA` of all values."""
    return _over(SMA(n), values)


def ema(values, n):
    """:class:`EMA` of all values."""
    return _over(EMA(n), values)


def rsi(values, n=14):
    """:class:`RSI` of all values."""
    return _over(RSI(n), values)


def macd(values, fast=12, slow=26, signal=9):
    """The line of :class:`MACD` of all values."""
    return _over(MACD(fast, slow, signal), values)


def macd_signal(values, fast=12, slow=26, signal=9):
    """The signal line of :class:`MACD` of all values."""
    return _over(MACDSignal(fast, slow, signal), values)


sma.online, ema.online, rsi.online, macd.online, macd_signal.online = SMA, EMA, RSI, MACD, MACDSignal


def average_true_range(high, low, close, n, partial=False):
    """Simple mean over ``n`` bars of the largest of high - low and the distances of both from the previous close.

    The first bar has no previous close and does not count. Values before the first full window are those of the first
    full window; where none is full they are NaN, or with ``partial`` the mean of the bars there are.
    """
    ranges = []
    previous = nan
    for top, bottom, last in zip(high, low, close):
        widest = max(top - bottom, abs(top - previous), abs(bottom - previous))
        ranges.append(widest if previous == previous else nan)
        previous = last
    if partial and 1 < len(ranges) <= n:
        n = len(ranges) - 1
    means = sma(ranges, n)
    first = next((i for i, v in enumerate(means) if not isnan(v)), 0)
    return [means[first]] * first + means[first:]
