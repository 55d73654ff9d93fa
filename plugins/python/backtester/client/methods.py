"""The methods of a host, for both clients: what is asked, and what is made of the answer.

``Client`` returns what these methods return, ``AsyncClient`` an awaitable of it (of lists that come in pages: a
generator, or an asynchronous one).
"""

import os
import shutil
import tempfile

from . import asking, progress as bars
from .errors import failure
from .results import Records, Sweep, series

_PAGE = 1000


class Methods:
    """Asks through ``_call``, ``_all`` and ``_each``, which the clients define."""

    _run_type = None
    _folder = None

    # -- what there is

    def strategies(self):
        """All strategies, built in and found, as Records; a broken one has ``fault``."""
        return self._all("strategies/list", {}, Records)

    def describe(self, strategy):
        """One strategy, by name or path: a dict with its ``parameters`` as JSON Schema, ``modes`` ..."""
        return self._call("strategies/describe", {"strategy": asking.strategy(strategy)}, dict)

    def check(self, strategy, *, level=None, timeout_scale=None, progress=None, timeout=None):
        """Runs the conformance checks on a strategy: a dict ``{passed, level, checks}``."""
        params = asking.without_none(strategy=asking.strategy(strategy), level=level, timeout_scale=timeout_scale)
        return self._call(
            "strategies/check", params, lambda answer: dict(answer, checks=Records(answer["checks"])),
            progress=bars.wanted(progress), timeout=timeout, long=True,
        )  # fmt: skip

    def datasets(self):
        """All data sets, samples, downloaded and imported, as Records; ``dataset`` is the id."""
        return self._all("datasets/list", {}, Records)

    def dataset(self, dataset):
        """One data set, by id: a dict."""
        return self._call("datasets/describe", {"dataset": dataset}, dict)

    def discover(self):
        """The OpenRPC document of the host: a dict."""
        return self._call("rpc.discover", {}, dict)

    # -- running

    def run(
        self, strategy, *, sample=None, dataset=None, data=None, symbol=None, symbols=None, timeframe=None, start=None,
        end=None, parameters=None, cash=None, commission=None, spread=None, margin=None, trade_on_close=None,
        hedging=None, exclusive_orders=None, finalize_trades=None, profile=None, mode=None, seed=None,
        lookahead_check=None, strict_orders=None, record=None, save=None, wait=True, include=None, tags=None,
        progress=None, timeout=None, **more,
    ):  # fmt: skip
        """Runs a strategy and returns its Run.

        strategy: a name, a path, a command as a list, or a Strategy class or marked function of a Python file.
        sample, dataset, data or symbol(s): the bars: a sample of the host, a data set's id, a CSV file or a pandas
            DataFrame (columns Open, High, Low, Close and maybe Volume), or what to download. symbols beside a data set
            choose from it; timeframe is the length of a bar to download, start (included) and end (not included) are
            texts like 2020-01-31, dates, datetimes, or epoch milliseconds.
        parameters: the strategy's, as a dict; or by keyword, when they have no name of this list.
        cash, commission (a rate, or a pair of fixed and rate), spread, margin, trade_on_close, hedging,
            exclusive_orders, finalize_trades, profile (compat, strict), mode, seed, lookahead_check, strict_orders,
            record, save, include, tags: as the protocol's backtest/run; its defaults when left out.
        wait: False returns at once; ``run.wait()`` waits.
        progress: a callable that gets dicts with bars_done, bars_total ..., or True or False for a line of text; left
            out, the line is shown in terminals and notebooks.
        timeout: seconds after which the run is cancelled and RequestTimeout raised.

        Raises a RequestFailed of the class of its code; a failed run a RunFailed, which has its ``run_id``. Whoever
        interrupts the waiting (Ctrl-C, a cancelled task) cancels the run.
        """
        params = self._request(
            strategy, sample=sample, dataset=dataset, data=data, symbol=symbol, symbols=symbols, timeframe=timeframe,
            start=start, end=end, mode=mode, seed=seed, strict_orders=strict_orders, tags=tags,
            parameters=asking.parameters(parameters, more),
            terms=asking.terms(
                cash=cash, commission=commission, spread=spread, margin=margin, trade_on_close=trade_on_close,
                hedging=hedging, exclusive_orders=exclusive_orders, finalize_trades=finalize_trades, profile=profile,
            ),
        )  # fmt: skip
        params.update(
            asking.without_none(
                lookahead_check=lookahead_check,
                record=record,
                save=save,
                include=None if include is None else list(include),
            )
        )
        params["wait"] = bool(wait)
        convert = self._finished if wait else self._made
        return self._call(
            "backtest/run",
            params,
            convert,
            progress=bars.wanted(progress) if wait else None,
            timeout=timeout,
            long=True,
        )

    def sweep(
        self, strategy, grid=None, *, trials=None, random=None, where=None, maximize=None, minimize=None, sample=None,
        dataset=None, data=None, symbol=None, symbols=None, timeframe=None, start=None, end=None, parameters=None,
        cash=None, commission=None, spread=None, margin=None, trade_on_close=None, hedging=None, exclusive_orders=None,
        finalize_trades=None, profile=None, mode=None, seed=None, strict_orders=None, concurrency=None, limit=_PAGE,
        tags=None, progress=None, timeout=None,
    ):  # fmt: skip
        """Runs a strategy once per combination of parameters and returns a Sweep, best trials first.

        grid: values to try by parameter, ``{"n1": range(5, 50, 5), "n2": [20, 50]}``; or trials: a list of dicts.
        random: how many combinations of the grid to choose at random, or a pair of that and a seed. where: a
        condition like ``"n1 < n2"``. maximize or minimize: a metric (maximize sharpe when both are left out).
        parameters: fixed values of others. limit: the most trials to answer, up to 1000. The rest as for ``run``.
        """
        if (grid is None) == (trials is None):
            raise ValueError("give either grid, the values of each parameter, or trials, a list of parameter sets")
        params = self._request(
            strategy, sample=sample, dataset=dataset, data=data, symbol=symbol, symbols=symbols, timeframe=timeframe,
            start=start, end=end, mode=mode, seed=seed, strict_orders=strict_orders, tags=tags, parameters=parameters,
            terms=asking.terms(
                cash=cash, commission=commission, spread=spread, margin=margin, trade_on_close=trade_on_close,
                hedging=hedging, exclusive_orders=exclusive_orders, finalize_trades=finalize_trades, profile=profile,
            ),
        )  # fmt: skip
        if random is not None:
            count, choice = random if isinstance(random, (tuple, list)) else (random, 0)
            random = {"count": count, "seed": choice}
        params.update(
            asking.without_none(
                grid=None if grid is None else asking.grid(grid), list=None if trials is None else list(trials),
                random=random, where=where, maximize=maximize, minimize=minimize, concurrency=concurrency, limit=limit,
            )
        )  # fmt: skip
        params["wait"] = True
        return self._call("backtest/sweep", params, Sweep, progress=bars.wanted(progress), timeout=timeout, long=True)

    # -- runs

    def runs(
        self, *, status=None, strategy=None, dataset=None, symbol=None, tag=None, sweep_id=None, start=None, end=None,
        limit=None,
    ):  # fmt: skip
        """Goes over the stored runs, newest first, asking for page after page; at most ``limit``.

        start and end: when they were created. A generator of Runs, from an AsyncClient an asynchronous one.
        """
        params = asking.without_none(
            status=status, strategy=strategy, dataset=dataset, symbol=symbol, tag=tag, sweep_id=sweep_id,
            to=asking.time(end), **{"from": asking.time(start)},
        )  # fmt: skip
        return self._each("runs/list", params, self._made, limit)

    def get(self, run, *, include=None):
        """A run by its id; ``include`` chooses its parts: metrics, request, warnings, stderr_tail, timing."""
        params = asking.without_none(run_id=asking.run_id(run), include=None if include is None else list(include))
        return self._call("runs/get", params, self._made)

    def trades(self, run):
        """All closed trades of a run, in closing order, as Records."""
        return self._all("runs/trades", {"run_id": asking.run_id(run)}, Records)

    def events(self, run, *, kinds=None):
        """All order events of a run as Records; ``kinds`` chooses some: accepted, rejected, filled ..."""
        params = asking.without_none(run_id=asking.run_id(run), kinds=None if kinds is None else list(kinds))
        return self._all("runs/events", params, Records)

    def series(self, run, columns=("time", "equity"), *, start=None, end=None, encoding="f64le+base64"):
        """Columns of a run as Series.

        columns: time, equity, drawdown_pct, position, open, high, low, close, volume, ``annotation:NAME``. start
        (included) and end (not included) are times. encoding is how they travel, and changes nothing else.
        """
        columns = [columns] if isinstance(columns, str) else list(columns)
        params = asking.without_none(
            run_id=asking.run_id(run), columns=columns, encoding=encoding, to=asking.time(end),
            **{"from": asking.time(start)},
        )  # fmt: skip
        return self._call("runs/series", params, series)

    def cancel(self, run, reason=None):
        """Stops a run; returns its state."""
        params = asking.without_none(run_id=asking.run_id(run), reason=reason)
        return self._call("runs/cancel", params, lambda answer: answer["status"])

    def delete(self, run):
        """Removes a run that is over from the database; returns ``deleted``."""
        return self._call("runs/delete", {"run_id": asking.run_id(run)}, lambda answer: answer["status"])

    def request(self, method, params=None, *, timeout=None):
        """Any method of the host, with params as they are; returns the result as it is."""
        return self._call(method, dict(params or {}), lambda answer: answer, timeout=timeout)

    # -- shared parts

    def _request(self, strategy, *, sample, dataset, data, symbol, symbols, start, end, terms, tags, **rest):
        params = {"strategy": asking.strategy(strategy)}
        params.update(
            asking.data(sample=sample, dataset=dataset, data=data, symbol=symbol, symbols=symbols, folder=self._files)
        )
        params.update(asking.without_none(start=asking.time(start), end=asking.time(end), **rest))
        params.update(terms)
        if tags is not None:
            params["tags"] = [tags] if isinstance(tags, str) else list(tags)
        return params

    def _made(self, record):
        return self._run_type(self, record)

    def _finished(self, record):
        """The run of a record; raises what a client that waited for a broken run is told."""
        run = self._made(record)
        if run.status == "failed" and run.failure:
            data = {name: value for name, value in run.failure.items() if name not in ("code", "message", "kind")}
            raise failure(run.failure["code"], run.failure["message"], dict(data, run_id=run.run_id))
        if run.status == "cancelled":
            raise failure(-32800, "the run was cancelled", {"run_id": run.run_id})
        return run

    def _files(self):
        """A folder for files that the host shall read; it goes when the client is closed."""
        if self._folder is None:
            self._folder = tempfile.mkdtemp(prefix="backtester-")
        return self._folder

    def _remove_files(self):
        folder, self._folder = self._folder, None
        if folder is not None and os.path.isdir(folder):
            shutil.rmtree(folder, ignore_errors=True)
