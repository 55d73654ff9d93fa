"""La Bomba: trades crossings of two averages with a stop-loss and a take-profit, and moves the stop to break-even."""

from backtester import Strategy
from backtester.indicators import sma
from backtester.lib import crossover

__version__ = "1.0"


class LaBomba(Strategy):
    """SMA crossings with a stop-loss, a take-profit and a stop that moves to break-even."""

    n1 = 10
    n2 = 50
    stop_loss_pct = 0.01
    take_profit_pct = 0.02
    breakeven_pct = 0.01

    def init(self):
        self.fast = self.I(sma, self.data.Close, self.n1, name=f"SMA({self.n1})")
        self.slow = self.I(sma, self.data.Close, self.n2, name=f"SMA({self.n2})")

    def next(self):
        price = self.data.Close[-1]
        for trade in self.trades:
            if trade.is_long:
                gain, losing = price / trade.entry_price - 1, trade.sl < trade.entry_price
            else:
                gain, losing = trade.entry_price / price - 1, trade.sl > trade.entry_price
            if gain >= self.breakeven_pct and losing:
                trade.sl = trade.entry_price
        if self.position:
            return
        if crossover(self.fast, self.slow):
            self.buy(sl=price * (1 - self.stop_loss_pct), tp=price * (1 + self.take_profit_pct))
        elif crossover(self.slow, self.fast):
            self.sell(sl=price * (1 + self.stop_loss_pct), tp=price * (1 - self.take_profit_pct))
