"""A strategy that does now and then whatever can be done, and writes what it sees of its account into tags."""

import random

from backtester import Strategy
from backtester.lib import crossover


class Restless(Strategy):
    seed = 1
    rate = 0.05
    n = 5

    def init(self):
        self.average = self.I(lambda values, n: [sum(values[max(0, i - n) : i]) / n for i in range(len(values))],
                              self.data.Close, self.n)  # fmt: skip

    def next(self):
        close = float(self.data.Close[-1])
        # The same numbers on a bar whatever bars were seen before it.
        chance = random.Random(self.seed * 1_000_003 + len(self.data))
        if crossover(self.data.Close, self.average) and chance.random() < self.rate:
            self.position.close()
        while chance.random() < self.rate:
            self.act(chance, close)

    def act(self, chance, close):
        seen = f"{self.equity!r} {self.position.pl!r} {len(self.trades)} {len(self.orders)} {len(self.closed_trades)}"
        what = chance.choice(["market", "limit", "stop", "stop limit", "close", "stop loss", "take profit", "cancel"])
        side, buys = (self.buy, 1) if chance.random() < 0.5 else (self.sell, -1)
        size = chance.choice([0.1, 0.5, 1, 3, 20])
        away = chance.uniform(0.001, 0.04)
        brackets = {}
        if chance.random() < 0.5:
            brackets = {"sl": close * (1 - buys * chance.uniform(0.05, 0.1)), "tp": close * (1 + buys * 0.08)}
        if what == "market":
            side(size=size, tag=seen, **brackets)
        elif what == "limit":
            side(size=size, limit=close * (1 - buys * away), tag=seen, **brackets)
        elif what == "stop":
            side(size=size, stop=close * (1 + buys * away), tag=seen, **brackets)
        elif what == "stop limit":
            side(size=size, stop=close * (1 + buys * away), limit=close * (1 + buys * away * 1.2), tag=seen, **brackets)
        elif what == "close" and self.trades:
            chance.choice(self.trades).close(chance.choice([0.3, 1.0]))
        elif what == "stop loss" and self.trades:
            trade = chance.choice(self.trades)
            trade.sl = chance.choice([None, close * (0.97 if trade.is_long else 1.03)])
        elif what == "take profit" and self.trades:
            trade = chance.choice(self.trades)
            trade.tp = close * (1.05 if trade.is_long else 0.95)
        elif what == "cancel":
            waiting = [order for order in self.orders if not order.is_contingent]
            if waiting:
                chance.choice(waiting).cancel()
