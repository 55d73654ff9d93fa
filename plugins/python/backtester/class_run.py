"""What the runs of the class API share: one :class:`Strategy` object over one symbol's bars."""

from . import arrays, randomness
from .book import Book
from .data import Timeline, clock
from .errors import capability_missing
from .strategy import Strategy


def indicators_of(backend, strategy):
    """The indicators among the attributes of a strategy, by attribute."""
    return {name: value for name, value in vars(strategy).items() if isinstance(value, backend.Indicator)}


class ClassRun:
    """What both kinds of run share."""

    def __init__(self, cls, params, message, host):
        symbols = message["symbols"]
        if len(symbols) != 1:
            raise capability_missing(f"a strategy class trades one symbol, the run has {len(symbols)}")
        self.cls, self.params, self.message, self.host = cls, params, message, host
        self.symbol = symbols[0]["symbol"]
        self.backend = arrays.backend()
        self.strategy = self.data = None
        #: The clock that bars within a day are shown on.
        self.zone = clock(symbols[0].get("timezone"))
        #: The strategy's ``next()``.
        self.decide = None
        randomness.seed(message["seed"])
        self.book = self.make_book()

    def make_timeline(self, times):
        """The times of bars as the strategy sees them."""
        return Timeline(times, self.zone, self.message.get("timeframe"))

    def make_book(self):
        """An account as the run starts with."""
        execution = self.message["execution"]
        return Book(
            self.backend.number,
            lambda bar: self.data._timeline.at(bar),
            self.message["account"]["initial_cash"],
            execution["spread"],
            execution["exclusive_orders"],
            self.message["account"]["leverage"],
        )

    def make_strategy(self, book, data):
        """A strategy object before its ``init()``."""
        book.newest_close = lambda: data.Close[-1]
        Strategy._active = made = self.cls(book, data, dict(self.params))
        return made

    def charted(self, strategy, part):
        """The plotted rows of a strategy's indicators with distinct names; ``part`` cuts what is wanted of each."""
        found = []
        seen = {}
        for indicator in strategy._indicators if self.host.annotate else ():
            if not indicator.plot:
                continue
            try:
                named = self.backend.rows(part(indicator))
            except (TypeError, ValueError):  # not numbers
                continue
            for name, row in named:
                seen[name] = seen.get(name, 0) + 1
                found.append((name if seen[name] == 1 else f"{name} ({seen[name]})", row))
        return found

    def end(self, reason, summary):
        """Ends the run."""
        self.strategy = self.data = Strategy._active = None
        return {}
