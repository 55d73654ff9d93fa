"""A client made from an OpenRPC document alone, over Language Server Protocol frames: no line of it knows a backtest.

It calls methods by name, checks params before and results and notifications after by the document's schemas, and
raises what the document does not allow. Only the standard library.
"""

import json
import re
import subprocess
import threading


class Violation(Exception):
    """The other side, or the caller, did not keep to the document."""


class Refused(Exception):
    """An error answer."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.code, self.data = error["code"], error.get("data", {})


class Document:
    """An OpenRPC document: methods and the schemas of what they take and give."""

    def __init__(self, text):
        self.text = text
        self.root = json.loads(text)
        self.methods = {method["name"]: method for method in self.root["methods"]}

    def check_params(self, name, params):
        method = self.methods.get(name)
        if method is None:
            raise Violation(f"there is no method {name}")
        schemas = {param["name"]: param for param in method["params"]}
        for param in method["params"]:
            if param.get("required") and param["name"] not in params:
                raise Violation(f"{name}: {param['name']} is missing")
        for key, value in params.items():
            if key not in schemas:
                raise Violation(f"{name}: there is no param {key}")
            self.check(value, schemas[key]["schema"], f"{name} params/{key}")

    def check_result(self, name, result):
        self.check(result, self.methods[name]["result"]["schema"], f"{name} result")

    def check(self, value, schema, where):
        """The part of JSON Schema that such documents use."""
        if "$ref" in schema:
            target = self.root
            for part in schema["$ref"].lstrip("#/").split("/"):
                target = target[part]
            self.check(value, target, where)
        kinds = schema.get("type")
        if kinds is not None and not any(_is(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
            raise Violation(f"{where}: {value!r:.80} is no {kinds}")
        if "enum" in schema and value not in schema["enum"]:
            raise Violation(f"{where}: {value!r:.80} is none of {schema['enum']}")
        if "const" in schema and value != schema["const"]:
            raise Violation(f"{where}: {value!r:.80} is not {schema['const']!r}")
        if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
            raise Violation(f"{where}: {value!r:.80} does not match {schema['pattern']}")
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            if value < schema.get("minimum", value) or value > schema.get("maximum", value):
                raise Violation(f"{where}: {value!r} is out of range")
        if isinstance(value, list) and isinstance(schema.get("items"), dict):
            for index, item in enumerate(value):
                self.check(item, schema["items"], f"{where}/{index}")
        if isinstance(value, dict):
            known = schema.get("properties", {})
            for key in schema.get("required", []):
                if key not in value:
                    raise Violation(f"{where}: {key} is missing in {sorted(value)}")
            others = schema.get("additionalProperties", True)
            for key, item in value.items():
                if key in known:
                    self.check(item, known[key], f"{where}/{key}")
                elif others is False:
                    raise Violation(f"{where}: {key} is not declared")
                elif isinstance(others, dict):
                    self.check(item, others, f"{where}/{key}")
        for word, enough in (("oneOf", lambda n: n == 1), ("anyOf", bool)):
            if word in schema and not enough(sum(self._fits(value, each, where) for each in schema[word])):
                raise Violation(f"{where}: {value!r:.80} fits the wrong number of {word}")
        for each in schema.get("allOf", []):
            self.check(value, each, where)

    def _fits(self, value, schema, where):
        try:
            self.check(value, schema, where)
        except Violation:
            return False
        return True


def _is(value, kind):
    if kind == "integer":
        return isinstance(value, (int, float)) and not isinstance(value, bool) and float(value).is_integer()
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    kinds = {"string": str, "boolean": bool, "object": dict, "array": list, "null": type(None)}
    return isinstance(value, kinds[kind])


class Client:
    """Talks to a process; each message that comes is checked against the document."""

    def __init__(self, document, argv, **options):
        self.document = document
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options)
        self.ids, self.answers, self.asked, self.notifications = 0, {}, {}, []
        self.violation, self.ended = None, False
        self.changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def ask(self, method, **params):
        """Sends a request; returns its id."""
        self.document.check_params(method, params)
        self.ids += 1
        number = f"ask-{self.ids}" if self.ids % 2 else self.ids
        self.asked[number] = method
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return number

    def notify(self, method, **params):
        self.document.check_params(method, params)
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def answer(self, number, seconds=120):
        """Waits for the answer to a request; its result, or Refused."""
        with self.changed:
            self.changed.wait_for(lambda: number in self.answers or self.violation or self.ended, seconds)
            if self.violation is not None:
                raise self.violation
            if number not in self.answers:
                raise Violation(f"no answer to {self.asked[number]}")
            message = self.answers.pop(number)
        if "error" in message:
            raise Refused(message["error"])
        return message["result"]

    def call(self, method, **params):
        return self.answer(self.ask(method, **params))

    def heard(self, wanted, seconds=120):
        """Waits for a notification that ``wanted(method, params)`` takes; returns its params."""
        with self.changed:

            def found():
                return next((params for method, params in self.notifications if wanted(method, params)), None)

            self.changed.wait_for(lambda: found() is not None or self.violation or self.ended, seconds)
            if self.violation is not None:
                raise self.violation
            if found() is None:
                raise Violation("the notification did not come")
            return found()

    def close(self):
        """Closes the pipes' ends; returns the exit status."""
        self.process.stdin.close()
        status = self.process.wait(timeout=60)
        self.process.stdout.close()
        return status

    def _send(self, message):
        body = json.dumps(message).encode("utf-8")
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def _read(self):
        try:
            while True:
                length = None
                while True:
                    line = self.process.stdout.readline()
                    if not line:
                        return
                    if line == b"\r\n":
                        break
                    match = re.fullmatch(rb"(?i)([a-z-]+): *(.*)\r\n", line)
                    if match is None:
                        raise Violation(f"no header: {line!r:.80}")
                    if match[1].lower() == b"content-length":
                        length = int(match[2])
                self._arrived(json.loads(self.process.stdout.read(length)))
        except (Violation, ValueError, TypeError, KeyError) as error:
            with self.changed:
                self.violation = error if isinstance(error, Violation) else Violation(repr(error))
                self.changed.notify_all()
        finally:
            with self.changed:
                self.ended = True
                self.changed.notify_all()

    def _arrived(self, message):
        if message.get("jsonrpc") != "2.0":
            raise Violation(f"no JSON-RPC 2.0: {message!r:.200}")
        with self.changed:
            if "method" in message:
                if "id" in message:
                    raise Violation(f"a request, which the document does not provide for: {message!r:.200}")
                self.document.check_params(message["method"], message["params"])
                if self.document.methods[message["method"]].get("x-from") != "host":
                    raise Violation(f"{message['method']} is the client's to send")
                self.notifications.append((message["method"], message["params"]))
            else:
                number = message["id"]
                if number not in self.asked or number in self.answers:
                    raise Violation(f"an answer to nothing that was asked: {message!r:.200}")
                if ("result" in message) == ("error" in message):
                    raise Violation(f"neither result nor error, or both: {message!r:.200}")
                if "result" in message:
                    self.document.check_result(self.asked[number], message["result"])
                else:
                    self.document.check(
                        message["error"],
                        {
                            "type": "object",
                            "required": ["code", "message"],
                            "properties": {"code": {"type": "integer"}},
                        },
                        "error",
                    )
                self.answers[number] = message
            self.changed.notify_all()
