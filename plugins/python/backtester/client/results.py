"""What a host answers, as Python has it: plain lists and dicts that can become pandas tables, and runs."""

import math

from ..data import moment

#: States in which nothing more happens to a run.
OVER = frozenset(("completed", "cancelled", "failed", "interrupted", "deleted"))


def pandas():
    """pandas, or None where it is not installed."""
    try:
        import pandas
    except ModuleNotFoundError:
        return None
    return pandas


def _required_pandas():
    found = pandas()
    if found is None:
        raise ModuleNotFoundError("to_pandas() needs pandas, which is not installed: pip install pandas", name="pandas")
    return found


class Records(list):
    """A list of dicts with the protocol's fields: trades, order events, data sets, strategies ..."""

    def to_pandas(self):
        """A DataFrame with a row each; times as timestamps in UTC without a zone."""
        pd = _required_pandas()
        frame = pd.DataFrame(list(self))
        for name in frame.columns:
            if name in ("time", "start", "end", "created", "started", "finished") or name.endswith("_time"):
                frame[name] = pd.to_datetime(frame[name], unit="ms")
        return frame

    def _repr_html_(self):
        from .notebook import table

        return table(self)


class Series(dict):
    """Columns of a run by name, as lists of equal length: ``time`` in epoch milliseconds, a missing number as NaN."""

    def to_pandas(self):
        """A DataFrame; its index is ``time`` where that was asked for, as timestamps in UTC without a zone."""
        pd = _required_pandas()
        columns = {name: values for name, values in self.items() if name != "time"}
        index = pd.DatetimeIndex(pd.to_datetime(self["time"], unit="ms"), name="time") if "time" in self else None
        return pd.DataFrame(columns, index=index)


def decoded(column):
    """The values of a column of the wire, in any of its encodings, as a list; a missing number is NaN."""
    from .. import columns

    if column["encoding"] == columns.JSON:
        values = column["data"]
        if len(values) != column["count"]:
            raise ValueError(f"a column of {column['count']} values carries {len(values)}")
        if column["dtype"] == "f64":
            return [math.nan if value is None else float(value) for value in values]
        return [int(value) if isinstance(value, bool) else value for value in values]
    from array import array
    from sys import byteorder

    values = array({"f64": "d", "i64": "q", "u8": "B"}[column["dtype"]], columns.raw_bytes(column))
    if byteorder == "big":
        values.byteswap()
    return values.tolist()


def series(answer):
    """The answer of runs/series."""
    return Series((name, decoded(column)) for name, column in answer["columns"].items())


class Run:
    """One run, as the host knew it when it answered.

    ``record`` is the whole answer; its fields are attributes too (None when absent): ``run_id``, ``status``,
    ``strategy``, ``dataset``, ``symbols``, ``mode``, ``metrics`` (a dict), ``warnings``, ``request``, ``failure``,
    ``fingerprint``, ``label``, ``tags``, ``sweep_id``, ``bars_done``, ``bars_total``, ``created``, ``started``,
    ``finished`` (epoch milliseconds), ``stderr_tail``, ``timing``, ``lookahead_check``.
    ``equity``, ``trades`` and ``events`` are asked for when first read, and kept.
    """

    def __init__(self, client, record):
        self._client, self.record, self._parts = client, record, {}

    _FIELDS = frozenset(
        "run_id status strategy dataset symbols mode metrics warnings request failure fingerprint label tags sweep_id "
        "bars_done bars_total created started finished stderr_tail timing lookahead_check".split()
    )

    def __getattr__(self, name):
        if name in Run._FIELDS and "record" in self.__dict__:
            return self.record.get(name)
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def __dir__(self):
        return sorted({*super().__dir__(), *Run._FIELDS})

    @property
    def over(self):
        """Whether nothing more will happen to it."""
        return self.status in OVER

    # -- its parts

    def _part(self, name, ask):
        if name not in self._parts:
            part = ask()
            if not self.over:
                return part
            self._parts[name] = part
        return self._parts[name]

    def _curve(self):
        return self._part("equity", lambda: self._client.series(self, ("time", "equity", "drawdown_pct")))

    @property
    def equity(self):
        """Equity and drawdown (percent, negative) after every bar: a DataFrame, or Series without pandas."""
        return _framed(self._curve())

    @property
    def trades(self):
        """The closed trades in closing order: Records."""
        return self._part("trades", lambda: self._client.trades(self))

    @property
    def events(self):
        """The order events: Records."""
        return self._part("events", lambda: self._client.events(self))

    def series(self, columns, **options):
        """Columns of the run: see Client.series."""
        return self._client.series(self, columns, **options)

    def load(self):
        """Fetches equity, trades and events now, so that they outlive the client; returns the run."""
        self._curve(), self.trades, self.events  # noqa: B018
        return self

    # -- its life

    def wait(self, *, progress=None, timeout=None):
        """Waits until the run is over and takes over its record; returns the run. Raises as Client.run does."""
        return self._client.wait(self, progress=progress, timeout=timeout)

    def refresh(self):
        """Asks for the run's record anew; returns the run."""
        self.record, self._parts = self._client.get(self).record, {}
        return self

    def cancel(self, reason=None):
        """Stops the run; returns its state."""
        return self._client.cancel(self, reason)

    def delete(self):
        """Removes the run, which must be over, from the database."""
        return self._client.delete(self)

    # -- showing

    def to_pandas(self):
        """The metrics as a pandas Series named after the run."""
        return _required_pandas().Series(self.metrics or {}, name=self.run_id, dtype=object)

    def __repr__(self):
        said = f"<Run {self.run_id} {self.status}"
        if self.strategy:
            said += f": {self.strategy} on {', '.join(self.symbols or ()) or self.dataset}"
        metrics = self.metrics or {}
        for key, form in (
            ("total_return_pct", "return {:.2f} %"),
            ("sharpe", "Sharpe {:.3f}"),
            ("trades", "{:.0f} trades"),
        ):
            if metrics.get(key) is not None:
                said += ", " + form.format(metrics[key])
        return said + ">"

    def _shown_curve(self):
        """The equity for a chart, or a sentence that says why there is none."""
        from .errors import BacktesterError

        if "equity" in self._parts:
            return self._parts["equity"]
        if self.status != "completed":
            return f"no chart: the run is {self.status}"
        try:
            answer = self._client._ask_now("runs/series", {"run_id": self.run_id, "columns": ["time", "equity"]})
            return series(answer)
        except BacktesterError as error:
            return f"no chart: {error}"

    def _repr_html_(self):
        from .notebook import run

        return run(self.record, self._shown_curve())


class AsyncRun(Run):
    """A run of an AsyncClient: ``await run.equity``, ``await run.trades``, ``await run.wait()`` ..."""

    async def _part(self, name, ask):
        if name not in self._parts:
            part = await ask()
            if not self.over:
                return part
            self._parts[name] = part
        return self._parts[name]

    @property
    def equity(self):
        """Awaitable: equity and drawdown, a DataFrame where pandas is installed, else Series."""

        async def framed():
            return _framed(await self._curve())

        return framed()

    async def load(self):
        """Fetches equity, trades and events now, so that they outlive the client; returns the run."""
        await self._curve()
        await self.trades
        await self.events
        return self

    async def refresh(self):
        """Asks for the run's record anew; returns the run."""
        fresh = await self._client.get(self)
        self.record, self._parts = fresh.record, {}
        return self


def _framed(curve):
    return curve.to_pandas() if pandas() is not None else curve


class Sweep:
    """The trials of a sweep, best first.

    ``sweep_id``, ``status``, ``trials_total``, ``trials_done``, ``trials_failed``; ``trials`` is a list of dicts
    ``{run_id, status, parameters, metrics?, failure?}``. ``complete`` says whether all that ended are in it:
    a host answers at most as many as it was asked for; ``client.runs(sweep_id=…)`` goes over all of them.
    """

    def __init__(self, answer):
        self.record = answer
        self.sweep_id, self.status = answer["sweep_id"], answer["status"]
        self.trials_total, self.trials_done = answer["trials_total"], answer["trials_done"]
        self.trials_failed = answer["trials_failed"]
        self.trials = Records(answer["items"])
        self.complete = len(self.trials) == self.trials_done

    @property
    def best(self):
        """The best trial, a dict; None when none completed."""
        return next((trial for trial in self.trials if trial["status"] == "completed"), None)

    def __len__(self):
        return len(self.trials)

    def __iter__(self):
        return iter(self.trials)

    def rows(self):
        """The trials as flat dicts: parameters, then status and metrics."""
        return Records(
            {
                **trial["parameters"],
                "status": trial["status"],
                **(trial.get("metrics") or {}),
                "run_id": trial["run_id"],
            }
            for trial in self.trials
        )

    def to_pandas(self):
        """A DataFrame with a row a trial: parameters, status, metrics, run_id."""
        frame = self.rows().to_pandas()
        return frame

    def __repr__(self):
        best = self.best
        said = f"<Sweep {self.sweep_id} {self.status}: {self.trials_done} of {self.trials_total} trials"
        if self.trials_failed:
            said += f", {self.trials_failed} failed"
        if best is not None:
            said += ", best " + " ".join(f"{name}={value}" for name, value in best["parameters"].items())
        return said + ">"

    def _repr_html_(self):
        from .notebook import sweep

        return sweep(self)


def shown_time(milliseconds):
    """Epoch milliseconds for people: a date, with the time of day where it has one."""
    when = moment(milliseconds)
    return f"{when:%Y-%m-%d}" if milliseconds % 86_400_000 == 0 else f"{when:%Y-%m-%d %H:%M}"
