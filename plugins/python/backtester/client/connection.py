"""A host process and the conversation with it.

Three threads: one writes what is queued, one reads answers and notifications, one drains standard error. Nobody who
asks is ever blocked by a pipe, and any number of threads may ask at once.
"""

import itertools
import json
import logging
import os
import queue
import signal
import subprocess
import threading
import weakref
from collections import deque
from concurrent.futures import Future

from . import framing
from .errors import ClientClosed, HostEnded, failure

log = logging.getLogger("backtester")

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_TAIL_BYTES = 65536
_open = weakref.WeakSet()


class Pending:
    """A request on its way: its id, and a concurrent Future of its result."""

    __slots__ = ("id", "method", "future", "on_progress")

    def __init__(self, number, method, on_progress):
        self.id, self.method, self.on_progress = number, method, on_progress
        self.future = Future()
        # What waits for it may be given up; the answer comes all the same.
        self.future.set_running_or_notify_cancel()


class Connection:
    """Starts a host and exchanges messages with it.

    argv: the program and its arguments. framing: ``lines`` or ``content-length``. on_changed is called with the params
    of each ``runs/changed``, on the reading thread. Raises OSError when the program cannot be started.
    """

    def __init__(self, argv, *, environment=None, cwd=None, how=framing.LINES, keep=False):
        if how not in (framing.LINES, framing.CONTENT_LENGTH):
            raise ValueError(f"framing must be 'lines' or 'content-length', was {how!r}")
        self._framing, self._keep, self._owner = how, keep, os.getpid()
        # A session of its own: Ctrl-C in the terminal is for this process, which then cancels what it waits for.
        self.process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=65536,
            env=environment, cwd=cwd, start_new_session=True,
        )  # fmt: skip
        self._ids = itertools.count(1)
        self._pending = {}
        self._lock = threading.Lock()
        self._outgoing = queue.SimpleQueue()
        self._stderr, self._stderr_size = deque(), 0
        self._listeners = {}
        self._error = None
        self._closing = False
        self._closed = threading.Event()
        self._threads = [
            threading.Thread(target=target, name=f"backtester-{target.__name__.strip('_')}", daemon=True)
            for target in (self._write, self._read, self._drain)
        ]
        _open.add(self)
        for thread in self._threads:
            thread.start()

    # -- asking

    def request(self, method, params, on_progress=None, token=False):
        """Queues a request; returns its Pending.

        ``on_progress`` is called with the value of each report of ``$/progress``, on the reading thread; with ``token``
        the params get the request's id as their ``progress_token``. Raises HostEnded or ClientClosed.
        """
        with self._lock:
            self._check()
            pending = Pending(next(self._ids), method, on_progress)
            if token:
                params = dict(params, progress_token=pending.id)
            text = _text({"jsonrpc": "2.0", "id": pending.id, "method": method, "params": params})
            self._pending[pending.id] = pending
            self._outgoing.put(text)
        return pending

    def notify(self, method, params):
        """Queues a notification; raises HostEnded or ClientClosed."""
        with self._lock:
            self._check()
            self._outgoing.put(_text({"jsonrpc": "2.0", "method": method, "params": params}))

    def cancel(self, pending, reason=None):
        """Asks the host to give up a request; it is still answered. Does nothing when the host is gone."""
        try:
            if not pending.future.done():
                self.notify("$/cancelRequest", dict({"id": pending.id}, **({"reason": reason} if reason else {})))
        except (HostEnded, ClientClosed):
            pass

    def listen(self, run_id, heard):
        """Calls ``heard(status)`` for each ``runs/changed`` of a run, on the reading thread, until ``unlisten``.

        ``heard(None)`` says that the host is gone.
        """
        with self._lock:
            self._listeners.setdefault(run_id, []).append(heard)

    def unlisten(self, run_id, heard):
        """Ends what ``listen`` began."""
        with self._lock:
            heard_by = self._listeners.get(run_id, [])
            if heard in heard_by:
                heard_by.remove(heard)
            if not heard_by:
                self._listeners.pop(run_id, None)

    @property
    def alive(self):
        """Whether requests can be sent."""
        return self._error is None and not self._closing and os.getpid() == self._owner

    @property
    def stderr_tail(self):
        """The last 64 KiB of the host's standard error."""
        return b"".join(list(self._stderr))[-_TAIL_BYTES:].decode("utf-8", "replace")

    def _check(self):
        if os.getpid() != self._owner:
            raise ClientClosed(f"the client belongs to process {self._owner}, which this one was forked from")
        if self._closing:
            raise ClientClosed("the client is closed")
        if self._error is not None:
            raise self._error

    # -- the three threads

    def _write(self):
        pipe = self.process.stdin.fileno()
        while True:
            text = self._outgoing.get()
            if text is None:
                break
            data = memoryview(framing.frame(text, self._framing))
            try:
                while data:
                    data = data[os.write(pipe, data) :]
            except OSError:
                break  # the reading thread sees the end of the host and says why
        try:
            self.process.stdin.close()
        except OSError:
            pass

    def _read(self):
        fault = None
        try:
            while True:
                body = framing.read(self.process.stdout, self._framing)
                if body is None:
                    break
                self._arrived(body)
        except (ValueError, RecursionError) as error:
            fault = str(error)
        except OSError as error:
            fault = f"its output cannot be read: {error}"
        self._ended(fault)

    def _drain(self):
        pipe = self.process.stderr.fileno()
        while True:
            try:
                some = os.read(pipe, 65536)
            except OSError:
                return
            if not some:
                return
            self._stderr.append(some)
            self._stderr_size += len(some)
            while self._stderr_size - len(self._stderr[0]) > _TAIL_BYTES:
                self._stderr_size -= len(self._stderr.popleft())

    def _arrived(self, body):
        try:
            message = json.loads(body)
        except ValueError:
            raise ValueError(f"it wrote something that is no message: {bytes(body[:200])!r}") from None
        if not isinstance(message, dict):
            raise ValueError(f"it wrote something that is no message: {bytes(body[:200])!r}")
        method, params = message.get("method"), message.get("params")
        if method is not None:
            if "id" in message:
                refusal = {"code": -32601, "message": f"a client has no method {method}"}
                self._outgoing.put(_text({"jsonrpc": "2.0", "id": message["id"], "error": refusal}))
            elif isinstance(params, dict):
                self._told(method, params)
            return
        number, error = message.get("id"), message.get("error")
        with self._lock:
            pending = self._pending.pop(number, None) if isinstance(number, int) else None
        if pending is None:
            log.warning("an answer to nothing that was asked: %.300r", message)
        elif error is not None:
            error = error if isinstance(error, dict) else {}
            pending.future.set_exception(
                failure(error.get("code"), str(error.get("message", "an error without message")), error.get("data"))
            )
        else:
            pending.future.set_result(message.get("result"))

    def _told(self, method, params):
        """A notification; what a listener does wrong is logged and harms nobody else."""
        try:
            if method == "$/progress":
                pending, value = self._pending.get(params.get("token")), params.get("value") or {}
                # Begin and end are the caller's own; they carry no figures.
                if pending is not None and pending.on_progress is not None and value.get("kind") == "report":
                    pending.on_progress(value)
            elif method == "runs/changed":
                with self._lock:
                    heard_by = list(self._listeners.get(params.get("run_id"), ()))
                for heard in heard_by:
                    heard(params.get("status"))
            elif method == "log/message":
                log.log(_LEVELS.get(params.get("level"), logging.INFO), "%s", params.get("message"))
        except Exception:
            log.exception("a listener to %s failed", method)

    def _ended(self, fault):
        """The host says no more: everybody who waits is told."""
        if fault is not None and not self._closing:
            self.process.kill()
        try:
            code = self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self._threads[2].join(timeout=1)
        what = f"the backtester host was stopped: {fault}" if fault else f"the backtester host {_ending(code)}"
        with self._lock:
            if self._closing:
                self._error = ClientClosed("the client was closed before the answer came")
            else:
                self._error = HostEnded(what, code, self.stderr_tail)
            waiting, self._pending = list(self._pending.values()), {}
            heard_by = [heard for each in self._listeners.values() for heard in each]
        self._outgoing.put(None)
        for pending in waiting:
            pending.future.set_exception(self._error)
        for heard in heard_by:
            heard(None)

    # -- ending

    def close(self, timeout=10.0):
        """Says goodbye and waits until the host's process is gone; ends it by force after ``timeout`` seconds.

        Every further request, and every one that waits, gets ClientClosed. A second call waits for the first.
        """
        if os.getpid() != self._owner:
            return
        if threading.current_thread() is self._threads[1]:
            # The garbage collector may drop the last reference here, where the answer would have to be read.
            threading.Thread(target=self.close, args=(timeout,), daemon=True).start()
            return
        goodbye = None
        with self._lock:
            first, self._closing = not self._closing, True
            if first and self._error is None:
                goodbye = Pending(next(self._ids), "shutdown", None)
                self._pending[goodbye.id] = goodbye
                self._outgoing.put(_text({"jsonrpc": "2.0", "id": goodbye.id, "method": "shutdown", "params": {}}))
        if not first:
            self._closed.wait(timeout + 10)
            return
        try:
            if goodbye is not None:
                try:
                    goodbye.future.result(timeout)
                except Exception as error:
                    log.debug("shutdown was not answered: %s", error)
                self._outgoing.put(_text({"jsonrpc": "2.0", "method": "exit", "params": {}}))
            self._outgoing.put(None)
            self._end_process(timeout)
        finally:
            if self.process.poll() is None and not self._keep:
                self.process.kill()
                self.process.wait()
            self._closed.set()
        for thread in self._threads:
            thread.join(timeout=1)
        for stream in (self.process.stdout, self.process.stderr):
            # A host that goes on with its runs keeps its ends; a thread may still read these.
            if self.process.poll() is not None and not any(thread.is_alive() for thread in self._threads):
                stream.close()

    def _end_process(self, timeout):
        for end, seconds in ((None, timeout), (self.process.terminate, 3), (self.process.kill, 10)):
            if end is not None:
                if self._keep:
                    return
                end()
            try:
                self.process.wait(seconds)
                return
            except subprocess.TimeoutExpired:
                pass


def _text(message):
    """A message as JSON; ValueError names what JSON cannot carry."""
    try:
        return json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)
    except ValueError as error:
        raise ValueError(f"{message.get('method')} cannot be sent: {error}; NaN and infinities are no JSON") from None


def _plain(value):
    """Numbers of numpy, paths and ranges as JSON knows them."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, (range, set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be sent: {value!r:.80}")


def _ending(code):
    if code is not None and code < 0:
        try:
            name = f" ({signal.Signals(-code).name})"
        except ValueError:
            name = ""
        return f"was ended by signal {-code}{name}"
    return f"ended with code {code}"


def _leave_to_parent():
    """In a forked child: lets go of the hosts' pipes, so that the parent's death still ends them."""
    for connection in list(_open):
        try:
            empty = os.open(os.devnull, os.O_RDWR)
            for stream in (connection.process.stdin, connection.process.stdout, connection.process.stderr):
                if not stream.closed:
                    # Their numbers stay taken: the stream objects still believe in them.
                    os.dup2(empty, stream.fileno(), inheritable=False)
            os.close(empty)
        except (OSError, ValueError):
            pass


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)
