"""The classes under the names that ``backtesting.backtesting`` gives them."""

from .backtest import Backtest
from .book import Order, Position, Trade
from .strategy import Strategy

__all__ = ["Backtest", "Order", "Position", "Strategy", "Trade"]
