"""``Client``: drives a host from ordinary code, of one thread or of many."""

import queue
import time
from concurrent import futures

from . import progress as bars, session
from .errors import ClientClosed, HostEnded, RequestTimeout
from .methods import _PAGE, Methods
from .results import Run

_SHOWN_WITHIN = 10.0


class Client(Methods):
    """A ``backtester serve`` of one's own.

    ::

        with Client() as client:
            run = client.run("sma_cross", sample="GOOG", n1=10, n2=30)
            print(run.metrics["sharpe"], len(run.trades))

    executable: the program's path; left out, that of BACKTESTER_EXECUTABLE, the PATH, or the checkout's build.
    db: the database of runs; the host's default when left out. arguments: further ones of ``backtester serve``.
    cwd, env: the host's folder, and changes to its environment (None removes a variable).
    on_disconnect: ``cancel`` or ``keep``: what happens to runs under way when the client ends.
    framing: ``lines`` or ``content-length``. timeout: seconds to wait for the answer to what takes no time;
    start_timeout: for the host to start.

    The host is stopped by ``close()``, at the end of a ``with`` block, when the client is forgotten, and when this
    process ends in whatever way. Methods may be called from several threads at once.
    """

    _run_type = Run

    def __init__(self, executable=None, *, timeout=120.0, **options):
        self._timeout = timeout
        self._connection, answer = session.start(self, executable, **options)
        #: What the host said of itself: a dict with ``name`` and ``version``; its capabilities and limits.
        self.host, self.capabilities, self.limits = answer["host"], answer["capabilities"], answer["limits"]

    def close(self):
        """Stops the host and waits until it is gone. Runs that are under way follow ``on_disconnect``."""
        self._connection.close()
        self._remove_files()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def closed(self):
        """Whether nothing can be asked any more."""
        return not self._connection.alive

    @property
    def stderr_tail(self):
        """The end of what the host wrote to its standard error."""
        return self._connection.stderr_tail

    def __repr__(self):
        return f"<Client of {self.host['name']} {self.host['version']}, {'closed' if self.closed else 'open'}>"

    def wait(self, run, *, progress=None, timeout=None):
        """Waits until a run is over; returns it. Raises as ``run`` does."""
        made = run if isinstance(run, Run) else self._made({"run_id": run, "status": "queued"})
        listener, deadline = bars.wanted(progress), _deadline(timeout)
        changes = queue.SimpleQueue()
        self._connection.listen(made.run_id, changes.put)
        try:
            while True:
                made.record = self.get(made).record
                if made.over:
                    return self._finished_again(made)
                if listener is not None:
                    listener(dict(made.record, kind="report"))
                try:
                    # The host tells of changes; asking now and then shows how far it is.
                    changes.get(timeout=max(0.0, min(0.5 if listener else 5.0, _left(deadline))))
                except queue.Empty:
                    if _left(deadline) <= 0:
                        raise RequestTimeout(f"run {made.run_id} was not over after {timeout:g} s") from None
        except BaseException as error:
            if not isinstance(error, (HostEnded, ClientClosed)) and not made.over:
                self._connection.request("runs/cancel", {"run_id": made.run_id})
            raise
        finally:
            self._connection.unlisten(made.run_id, changes.put)
            if isinstance(listener, bars.Bar):
                listener.close()

    def _finished_again(self, run):
        self._finished(run.record)
        return run

    # -- asking

    def _call(self, method, params, convert, *, progress=None, timeout=None, long=False):
        seconds = timeout if timeout is not None or long else self._timeout
        events = queue.SimpleQueue()
        pending = None
        try:
            pending = self._connection.request(
                method, params, events.put if progress else None, token=progress is not None
            )
            if progress is not None:
                pending.future.add_done_callback(lambda _: events.put(None))
                deadline = _deadline(seconds)
                while True:
                    try:
                        value = events.get(timeout=None if deadline is None else max(0.0, _left(deadline)))
                    except queue.Empty:
                        raise futures.TimeoutError from None
                    if value is None:
                        break
                    progress(value)
                seconds = None
            answer = pending.future.result(seconds)
        except futures.TimeoutError:
            self._connection.cancel(pending, "time is over")
            raise RequestTimeout(f"{method} was not answered within {seconds:g} s; it was cancelled") from None
        except BaseException:
            # Ctrl-C, or an exception in the caller's own progress: nobody waits any more, so nothing shall go on.
            if pending is not None and not pending.future.done():
                self._connection.cancel(pending, "interrupted")
                futures.wait([pending.future], timeout=10)
            raise
        finally:
            if isinstance(progress, bars.Bar):
                progress.close()
        return convert(answer)

    def _all(self, method, params, collect):
        return collect(self._each(method, params, lambda item: item, None))

    def _each(self, method, params, convert, limit):
        cursor, given = {}, 0
        while limit is None or given < limit:
            size = _PAGE if limit is None else min(_PAGE, limit - given)
            page = self._call(method, dict(params, limit=size, **cursor), dict)
            for item in page["items"]:
                yield convert(item)
            given += len(page["items"])
            if "next_cursor" not in page:
                return
            cursor = {"cursor": page["next_cursor"]}

    def _ask_now(self, method, params):
        """The answer to what a notebook shows."""
        try:
            return self._connection.request(method, params).future.result(_SHOWN_WITHIN)
        except futures.TimeoutError:
            raise RequestTimeout(f"{method} was not answered") from None


def _deadline(seconds):
    return None if seconds is None else time.monotonic() + seconds


def _left(deadline):
    return float("inf") if deadline is None else deadline - time.monotonic()
