"""``AsyncClient``: drives a host from asyncio code."""

import asyncio
from concurrent import futures

from . import progress as bars, session
from .errors import ClientClosed, HostEnded, RequestTimeout
from .methods import _PAGE, Methods
from .results import AsyncRun

_SHOWN_WITHIN = 10.0


class AsyncClient(Methods):
    """A ``backtester serve`` of one's own, for asyncio; arguments and methods as those of Client.

    ::

        async with AsyncClient() as client:
            runs = await asyncio.gather(*(client.run("sma_cross", sample="GOOG", n1=n) for n in (5, 10, 15)))
            async for run in client.runs(limit=10):
                print(run)

    Cancelling a task that waits for a run cancels the run. Progress callables are called in the event loop.
    """

    _run_type = AsyncRun

    def __init__(self, executable=None, *, timeout=120.0, **options):
        self._timeout, self._options = timeout, dict(options, executable=executable)
        self._connection = None
        self.host = self.capabilities = self.limits = None

    async def start(self):
        """Starts the host, as ``async with`` does; returns the client."""
        if self._connection is None:
            options = dict(self._options)
            # In a thread: starting a process and its first answer take milliseconds.
            self._connection, answer = await asyncio.get_running_loop().run_in_executor(
                None, lambda: session.start(self, options.pop("executable"), **options)
            )
            self.host, self.capabilities, self.limits = answer["host"], answer["capabilities"], answer["limits"]
        return self

    async def close(self):
        """Stops the host and waits until it is gone. Runs that are under way follow ``on_disconnect``."""
        if self._connection is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._connection.close)
        self._remove_files()

    async def __aenter__(self):
        return await self.start()

    async def __aexit__(self, *_):
        await asyncio.shield(self.close())

    @property
    def closed(self):
        """Whether nothing can be asked any more."""
        return self._connection is not None and not self._connection.alive

    @property
    def stderr_tail(self):
        """The end of what the host wrote to its standard error."""
        return self._connection.stderr_tail if self._connection else ""

    def __repr__(self):
        if self._connection is None:
            return "<AsyncClient, not started>"
        return f"<AsyncClient of {self.host['name']} {self.host['version']}, {'closed' if self.closed else 'open'}>"

    async def wait(self, run, *, progress=None, timeout=None):
        """Waits until a run is over; returns it. Raises as ``run`` does."""
        made = run if isinstance(run, AsyncRun) else self._made({"run_id": run, "status": "queued"})
        loop, listener, changed = asyncio.get_running_loop(), bars.wanted(progress), asyncio.Event()

        def heard(_status):
            _tell(loop, changed.set)

        connection = self._started()
        connection.listen(made.run_id, heard)
        deadline = None if timeout is None else loop.time() + timeout
        try:
            while True:
                changed.clear()
                made.record = (await self.get(made)).record
                if made.over:
                    self._finished(made.record)
                    return made
                if listener is not None:
                    listener(dict(made.record, kind="report"))
                left = float("inf") if deadline is None else deadline - loop.time()
                if left <= 0:
                    raise RequestTimeout(f"run {made.run_id} was not over after {timeout:g} s")
                try:
                    await asyncio.wait_for(changed.wait(), max(0.0, min(0.5 if listener else 5.0, left)))
                except asyncio.TimeoutError:
                    pass
        except BaseException as error:
            if not isinstance(error, (HostEnded, ClientClosed)) and not made.over:
                connection.request("runs/cancel", {"run_id": made.run_id})
            raise
        finally:
            connection.unlisten(made.run_id, heard)
            if isinstance(listener, bars.Bar):
                listener.close()

    # -- asking

    def _started(self):
        if self._connection is None:
            raise ClientClosed("the client is not started: use `async with AsyncClient()`, or await client.start()")
        return self._connection

    async def _call(self, method, params, convert, *, progress=None, timeout=None, long=False):
        seconds = timeout if timeout is not None or long else self._timeout
        loop, connection = asyncio.get_running_loop(), self._started()
        pending = connection.request(
            method, params, None if progress is None else lambda value: _tell(loop, progress, value),
            token=progress is not None,
        )  # fmt: skip
        answer = asyncio.wrap_future(pending.future)
        try:
            done, _ = await asyncio.wait([answer], timeout=seconds)
            if not done:
                raise RequestTimeout(f"{method} was not answered within {seconds:g} s; it was cancelled")
            return convert(answer.result())
        except BaseException:
            connection.cancel(pending, "no longer waited for")
            answer.cancel()
            raise
        finally:
            if isinstance(progress, bars.Bar):
                progress.close()

    async def _all(self, method, params, collect):
        items = []
        async for item in self._each(method, params, lambda item: item, None):
            items.append(item)
        return collect(items)

    async def _each(self, method, params, convert, limit):
        cursor, given = {}, 0
        while limit is None or given < limit:
            size = _PAGE if limit is None else min(_PAGE, limit - given)
            page = await self._call(method, dict(params, limit=size, **cursor), dict)
            for item in page["items"]:
                yield convert(item)
            given += len(page["items"])
            if "next_cursor" not in page:
                return
            cursor = {"cursor": page["next_cursor"]}

    def _ask_now(self, method, params):
        """The answer to what a notebook shows, which cannot wait for the event loop."""
        pending = self._started().request(method, params)
        try:
            return pending.future.result(_SHOWN_WITHIN)
        except futures.TimeoutError:
            raise RequestTimeout(f"{method} was not answered") from None


def _tell(loop, function, *arguments):
    """Calls in the event loop; a loop that is closed has nobody left to tell."""
    try:
        loop.call_soon_threadsafe(function, *arguments)
    except RuntimeError:
        pass
