"""Buys when the relative strength index falls below one level and closes when it rises above another."""

from backtester import Strategy
from backtester.indicators import rsi
from backtester.lib import crossover

__version__ = "1.0"


class Rsi(Strategy):
    """Buys weakness, sells strength by Wilder's relative strength index."""

    period = 14
    lower = 30.0
    upper = 70.0

    def init(self):
        self.rsi = self.I(rsi, self.data.Close, self.period, name=f"RSI({self.period})")

    def next(self):
        if not self.position:
            if crossover(self.lower, self.rsi):
                self.buy()
        elif crossover(self.rsi, self.upper):
            self.position.close()
