"""Always long or short: turns around at each crossing of two exponential averages."""

from backtester import Strategy
from backtester.indicators import ema
from backtester.lib import crossover

__version__ = "1.0"


class EmaCross(Strategy):
    """Turns around at each crossing of two exponential averages."""

    n1 = 10
    n2 = 20

    def init(self):
        self.fast = self.I(ema, self.data.Close, self.n1, name=f"EMA({self.n1})")
        self.slow = self.I(ema, self.data.Close, self.n2, name=f"EMA({self.n2})")

    def next(self):
        if crossover(self.fast, self.slow):
            self.position.close()
            self.buy()
        elif crossover(self.slow, self.fast):
            self.position.close()
            self.sell()
