"""Drives backtests from Python: ``Client`` and ``AsyncClient`` start ``backtester serve`` and speak JSON-RPC to it.

Needs nothing but Python; pandas is used where it is installed. The messages are those of
``protocol/v1/host.openrpc.json`` in the project.
"""

from . import errors
from .aio import AsyncClient
from .errors import *  # noqa: F403
from .results import AsyncRun, Records, Run, Series, Sweep
from .sync import Client

__all__ = ["AsyncClient", "AsyncRun", "Client", "Records", "Run", "Series", "Sweep", *errors.__all__]
