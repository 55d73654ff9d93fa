"""Runs of the class API over bars that were all sent before the first decision."""

from time import monotonic

from . import columns
from .class_run import ClassRun, indicators_of
from .data import Data, title
from .errors import invalid_params
from .faults import careless
from .jsontext import dumps, number_texts, quoted

#: The most bars decided on ahead of the host's question, so that its progress and Ctrl-C are not held up.
_MOST_AHEAD = 64
#: How long decisions ahead may take before the host is told that they go on.
_REPORT_SECONDS = 1.0


class PreloadedRun(ClassRun):
    """All bars are sent first, ``init()`` sees them all; then each bar brings only the account."""

    def __init__(self, cls, params, message, host):
        super().__init__(cls, params, message, host)
        self.parts = {}
        self.times = []
        #: Each chart's name as a JSON key, and its values as texts.
        self.charts = []
        self.flat, self.deep = [], []
        #: Shows the first bars to the strategy, as many as it is told.
        self.show = None
        self.total = message["bars_total"]
        #: Lows and highs of all bars, where decisions are made ahead.
        self.lows = self.highs = None
        #: The newest bar decided on, and whether the host has not been told of that decision.
        self.reached, self.is_told = -1, True
        #: What ``next()`` raised on that bar.
        self.failure = None

    def started(self):
        """The answer to run/start."""
        return {"mode": "preload"}

    def load(self, message):
        """Takes a chunk of columns; after the last one prepares the strategy and says how many bars it needs."""
        received = message["columns"]
        count = message["count"]
        if message["offset"] != len(self.times):
            raise invalid_params(
                f"columns from bar {len(self.times)} on were expected, from {message['offset']} received"
            )
        for name, column in received.items():
            if column["count"] != count:
                raise invalid_params(f"column {name} has {column['count']} values instead of {count}")
            if name == "time":
                self.times += columns.integers(column)
            else:
                self.parts.setdefault(title(name), []).append(columns.floats(column, self.backend))
        if not message.get("last"):
            return {"received": count}
        answer = {"received": count, "warmup_bars": self.prepare()}
        if self.book.actions:
            # Orders placed in init() act on the first bar that is decided on: the host asks for them one bar earlier.
            answer["early_orders"] = True
        return answer

    def prepare(self):
        """Runs ``init()`` on all bars; returns the number of bars before the first decision."""
        backend = self.backend
        joined = {name: backend.join(parts) for name, parts in self.parts.items()}
        self.parts = {}
        self.data = Data(backend, self.make_timeline(self.times), joined)
        self.strategy = strategy = self.make_strategy(self.book, self.data)
        self.decide = careless(self.host.fault, strategy.next)
        strategy.init()
        found = indicators_of(backend, strategy)
        warmup = max((backend.first_defined(v) for v in found.values() if not v.scatter), default=0)
        self.flat = [(name, value) for name, value in found.items() if backend.is_flat(value)]
        self.deep = [(name, value) for name, value in found.items() if not backend.is_flat(value)]
        self.show = self.make_show()
        rows = self.charted(strategy, lambda indicator: indicator)
        self.charts = [(quoted(name) + ":", number_texts(row)) for name, row in rows]
        if self.host.next_index:
            self.lows, self.highs = joined["Low"].tolist(), joined["High"].tolist()
        return warmup + 1

    def bar(self, message):
        """Decides on a bar; returns the JSON text of the answer's result."""
        index = message["index"]
        if index <= self.reached:
            return self.answer_decided(message)
        book = self.book
        if len(message) > 3 or book._touched:  # more than run_id, index and time
            book.update(message)
        else:
            book._equity = book._told_equity
        self.show(index + 1)
        self.reached = index
        if message.get("warmup"):
            return self.answer(index)
        self.decide()
        if self.lows is None or book._touched:
            return self.answer(index)
        return self.answer(index, self.decide_ahead(index))

    def make_show(self):
        """A function that shows the first bars to the strategy, as many as it is told."""
        show_data, fields, flat, deep = self.data._set_length, self.strategy.__dict__, self.flat, self.deep
        prefix = self.backend.prefix

        def show(length):
            show_data(length)
            for name, whole in flat:
                fields[name] = whole[:length]
            if deep:
                for name, whole in deep:
                    fields[name] = prefix(whole, length)

        return show

    def decide_ahead(self, index):
        """Decides on the bars after ``index`` as long as it is certain what the host would tell about each of them:
        until a decision falls, or a bar comes on which an order acts. Returns the bar to be asked about next.

        Nothing is guessed: on these bars neither orders nor trades change, and the equity follows from the close.
        """
        band = self.book.quiet_band()
        if band is None:
            return index + 1
        below, above = band
        book, show, decide, lows, highs = self.book, self.show, self.decide, self.lows, self.highs
        has_trades = bool(book.trades)
        last = min(index + _MOST_AHEAD, self.total - 1)
        report_at = monotonic() + _REPORT_SECONDS
        while index < last:
            index += 1
            if not below < lows[index] or not highs[index] < above:
                return index
            show(index + 1)
            if has_trades:
                book.revalue()
            self.reached = index
            try:
                decide()
            except BaseException as error:  # noqa: BLE001 - raised again when the host asks about the bar
                self.failure = error
                self.is_told = False
                return index
            if book._touched:  # as whatever makes an action does
                self.is_told = False
                return index
            if monotonic() > report_at:
                self.host.report_progress(self.message["run_id"])
                report_at = monotonic() + _REPORT_SECONDS
        return index + 1

    def answer_decided(self, message):
        """The answer about a bar that was decided on ahead: nothing may have happened since that was not foreseen."""
        index = message["index"]
        if self.is_told or index != self.reached or not self.book.confirm(message):
            raise RuntimeError(
                f"the account on bar {index} differs from what was foreseen when it was decided on ahead; "
                "please report this, and run with --mode lockstep meanwhile"
            )
        self.is_told = True
        if self.failure is not None:
            raise self.failure
        return self.answer(index)

    def answer(self, index, next_index=0):
        """The JSON text of an answer: actions and charts, or the bar to be asked about next if there are no actions."""
        parts = []
        if self.book.actions and not next_index:  # else they are those of the bar named
            parts.append('"actions":' + dumps(self.book.take_actions()))
        if self.charts:
            parts.append('"annotations":{' + ",".join([key + texts[index] for key, texts in self.charts]) + "}")
        if next_index > index + 1:
            parts.append(f'"next_index":{next_index}')
            if self.charts:
                ahead = [f"{key}[{','.join(texts[index + 1 : next_index])}]" for key, texts in self.charts]
                parts.append('"annotations_ahead":{' + ",".join(ahead) + "}")
        return "{" + ",".join(parts) + "}"
