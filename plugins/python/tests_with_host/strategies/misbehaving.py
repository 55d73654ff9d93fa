"""A strategy in bare protocol: ``misbehaving.py MODE [TOKEN]``; the token only marks its process.

``ok`` buys once, ``crash`` ends at bar 30 with status 3, ``slow`` takes a twentieth of a second a bar, ``stubborn``
too and takes no notice of SIGTERM, ``daemon`` too and leaves a process in a session of its own.
"""

import json
import os
import signal
import sys
import time

mode = sys.argv[1]
if mode == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if mode == "daemon" and os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 64)
        time.sleep(600)
    os._exit(0)


def answer(message, result):
    data = (json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}) + "\n").encode()
    while data:
        data = data[os.write(1, data) :]


for line in sys.stdin:
    message = json.loads(line)
    method = message.get("method")
    if method == "exit":
        break
    if "id" not in message:
        continue
    result = {}
    if method == "initialize":
        result = {"protocol_version": "1.0", "strategy": {"name": f"{mode}-py"}, "capabilities": {"reuse": True}}
    elif method == "bar/next":
        index = message["params"]["index"]
        if mode == "crash" and index == 30:
            print("crashing as asked", file=sys.stderr, flush=True)
            os._exit(3)
        if mode in ("slow", "stubborn", "daemon"):
            time.sleep(0.05)
        if index == 5:
            result = {"actions": [{"do": "order", "side": "buy"}]}
    answer(message, result)
