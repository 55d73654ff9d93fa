"""Buys when the MACD line crosses above its signal and closes when it crosses below."""

from backtester import Strategy
from backtester.indicators import macd, macd_signal
from backtester.lib import crossover

__version__ = "1.0"


class Macd(Strategy):
    """Follows crossings of the MACD and its signal line."""

    fast = 12
    slow = 26
    signal = 9

    def init(self):
        spans = (self.fast, self.slow, self.signal)
        self.line = self.I(macd, self.data.Close, *spans, name="MACD", overlay=False)
        self.average = self.I(macd_signal, self.data.Close, *spans, name="signal", overlay=False)

    def next(self):
        if crossover(self.line, self.average):
            if not self.position:
                self.buy()
        elif crossover(self.average, self.line):
            self.position.close()
