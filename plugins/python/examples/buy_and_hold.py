"""Buys with all cash on the first bar it sees and holds to the end."""

from backtester import Strategy

__version__ = "1.0"


class BuyAndHold(Strategy):
    """Buys once and holds."""

    def init(self):
        pass

    def next(self):
        if not self.position and not self.orders:
            self.buy()
