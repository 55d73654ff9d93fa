#!/usr/bin/env python3
"""Checks that everything under protocol/ is true to the schemas.

  examples/       every message validates, against the schema of its method; every method, every error and every field of
                  every message has an example
  examples/invalid/  no message validates
  transcripts/    every line and every message validates, ids count up, every answer has its request
  README.md       every block of JSON validates
  derived files   are up to date (see generate.py)

  python3 protocol/validate.py [FILE.jsonl …]     needs jsonschema (pip install jsonschema); Python 3.9 or later

With files: checks these transcripts instead, e.g. of `backtester run --record FILE`.
"""

import json
import re
import sys
from pathlib import Path

import generate
from generate import HERE, V1, load

try:
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource
except ImportError:
    print("validate.py needs the package jsonschema: pip install jsonschema", file=sys.stderr)
    sys.exit(3)

FILES = ("types", "strategy", "host", "envelope", "transcript")


class Checker:
    def __init__(self):
        self.faults = []
        self.documents = {name: load(f"schemas/{name}.json") for name in FILES}
        self.registry = Registry().with_resources(
            [(f"{name}.json", Resource.from_contents(document)) for name, document in self.documents.items()]
        )
        self.home = {
            name: file for file in ("types", "strategy", "host") for name in self.documents[file]["$defs"]
        }
        self.methods = load("methods.json")
        self.errors = {error["code"]: error["name"] for error in load("errors.json")["errors"]}
        self.validators = {}
        self.fields_seen = set()
        self.counts = {}

    def fault(self, place, text):
        self.faults.append(f"{place}: {text}")

    def count(self, what):
        self.counts[what] = self.counts.get(what, 0) + 1

    def validator(self, reference):
        if reference not in self.validators:
            self.validators[reference] = Draft202012Validator({"$ref": reference}, registry=self.registry)
        return self.validators[reference]

    def problem(self, reference, value):
        """The first fault of a value against a schema, in words; None when there is none."""
        for error in self.validator(reference).iter_errors(value):
            worst = error
            while worst.context:
                worst = max(worst.context, key=lambda inner: len(inner.absolute_path))
            return f"/{'/'.join(map(str, worst.absolute_path))}: {worst.message[:300]}"
        return None

    def named(self, name):
        return f"{self.home[name]}.json#/$defs/{name}"

    def note_fields(self, name, value):
        """Remembers which fields of which types occur."""
        schema = self.documents[self.home[name]]["$defs"][name]
        self.note(schema, value, name)

    def note(self, schema, value, name=None):
        if "$ref" in schema:
            name = generate.target(schema["$ref"])
            return self.note(self.documents[self.home[name]]["$defs"][name], value, name)
        if name == "Action" and isinstance(value, dict):
            name = {"order": "OrderAction", "cancel": "CancelAction", "close": "CloseAction", "amend": "AmendAction"}[value["do"]]
            schema = self.documents["types"]["$defs"][name]
        for part in schema.get("anyOf", []) + schema.get("oneOf", []):
            if "$ref" in part and self.problem(self.named(generate.target(part["$ref"])), value) is None:
                self.note(part, value)
        if isinstance(value, dict):
            for key, inner in value.items():
                if key in schema.get("properties", {}):
                    if name:
                        self.fields_seen.add((name, key))
                    self.note(schema["properties"][key], inner)
                elif isinstance(schema.get("additionalProperties"), dict):
                    self.note(schema["additionalProperties"], inner)
        if isinstance(value, list) and isinstance(schema.get("items"), dict):
            for inner in value:
                self.note(schema["items"], inner)

    # ------------------------------------------------------------ messages

    def entry(self, side, method, answered=None):
        for entry in self.methods[side]:
            if entry["name"] == method and (answered is None or entry["kind"] == "request"):
                return entry
        return None

    def check_message(self, place, message, sides, pending):
        """Checks one message; `pending` maps ids to methods and is kept up to date. True when it is right."""
        kind = (
            "Error" if "error" in message
            else "Result" if "result" in message
            else "Request" if "id" in message
            else "Notification"
        )
        problem = self.problem(f"envelope.json#/$defs/{kind}", message)
        if problem:
            self.fault(place, f"{kind.lower()} {problem}")
            return False
        if kind == "Error":
            error = message["error"]
            if error["code"] not in self.errors:
                self.fault(place, f"error code {error['code']} is not in errors.json")
                return False
            if error.get("data", {}).get("kind", self.errors[error["code"]]) != self.errors[error["code"]]:
                self.fault(place, f"/error/data/kind is not {self.errors[error['code']]}")
                return False
            self.note_fields("ErrorObject", error)
            return True
        if kind == "Result":
            if message["id"] not in pending:
                self.fault(place, f"answers the id {message['id']!r}, which was not asked")
                return False
            candidates = [(side, self.entry(side, pending[message["id"]])) for side in sides]
            schemas = [entry["result"] for _, entry in candidates if entry and "result" in entry]
            value = message["result"]
        else:
            candidates = [(side, self.entry(side, message["method"])) for side in sides]
            schemas = [
                entry["params"] for _, entry in candidates
                if entry and (entry["kind"] == "request") == (kind == "Request")
            ]
            value = message["params"]
            if kind == "Request":
                pending[message["id"]] = message["method"]
        if not schemas:
            self.fault(place, f"there is no {kind.lower()} {message.get('method', pending.get(message.get('id')))}")
            return False
        problems = [(name, self.problem(self.named(name), value)) for name in schemas]
        for name, problem in problems:
            if problem is None:
                self.note_fields(name, value)
                return True
        self.fault(place, f"{problems[0][0]} {problems[0][1]}")
        return False

    # ------------------------------------------------------------ files

    def examples(self):
        for side in ("strategy", "host"):
            for entry in self.methods[side]:
                name = entry["name"].replace("$/cancelRequest", "cancel-request").replace("$/", "").replace("/", "-")
                if not (V1 / "examples" / side / f"{name}.jsonl").exists():
                    self.fault("examples", f"{side} has no file {name}.jsonl")
        for code, name in self.errors.items():
            path = V1 / "examples/errors" / f"{name}.jsonl"
            lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
            if not any(json.loads(line).get("error", {}).get("code") == code for line in lines):
                self.fault("examples/errors", f"no example of {code} {name}")
        for folder, sides in (("strategy", ["strategy"]), ("host", ["host"]), ("errors", ["strategy", "host"])):
            for path in sorted((V1 / "examples" / folder).glob("*.jsonl")):
                pending = {}
                for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                    self.count("examples")
                    message = self.parse(line)
                    if folder == "errors" and "method" in message:
                        # What provokes an error may itself be wrong; only its answer is looked at.
                        pending[message.get("id")] = message["method"]
                        continue
                    self.check_message(f"examples/{folder}/{path.name}:{number}", message, sides, pending)
        for name, file in self.home.items():
            for field in self.documents[file]["$defs"][name].get("properties", {}):
                if (name, field) not in self.fields_seen and name not in ("ParameterSchema", "OpenRPCDocument"):
                    self.fault("examples", f"{name}.{field} occurs in no example")

    @staticmethod
    def parse(line):
        def refuse(word):
            raise ValueError(f"{word} is not JSON")

        return json.loads(line, parse_constant=refuse)

    def invalid(self):
        for path in sorted((V1 / "examples/invalid").glob("*.jsonl")):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                self.count("invalid examples")
                item = json.loads(line)
                trial = Checker.__new__(Checker)
                trial.__dict__.update(self.__dict__, faults=[])
                if "text" in item:
                    try:
                        message = self.parse(item["text"])
                    except ValueError:
                        continue
                    if not isinstance(message, dict):
                        continue
                else:
                    message = item["message"]
                    if item.get("beyond_schema"):
                        # Two fields that contradict each other; the tests of the Swift types see to these.
                        continue
                pending = {message.get("id"): item["answers"]} if "answers" in item else {5: "bar/next"}
                side = "strategy" if path.stem == "lines" else path.stem
                if trial.check_message("", message, [side], pending):
                    self.fault(f"examples/invalid/{path.name}:{number}", f"is taken as valid: {item['why']}")

    def transcript(self, path, label):
        pending, last = {}, 0
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            place = f"{label}:{number}"
            self.count("transcript lines")
            item = self.parse(line)
            kind = "Header" if number == 1 else "Message" if "msg" in item else "Text"
            problem = self.problem(f"transcript.json#/$defs/{kind}", item)
            if problem:
                self.fault(place, problem)
                continue
            if item["seq"] != number - 1:
                self.fault(place, f"seq is {item['seq']} where {number - 1} was expected")
            message = item.get("msg")
            if message is None:
                continue
            if "method" in message and "id" in message:
                if message["id"] != last + 1:
                    self.fault(place, f"the id is {message['id']} where {last + 1} was expected")
                last = message["id"]
            if self.check_message(place, message, ["strategy"], pending):
                entry = self.entry("strategy", message.get("method")) if "method" in message else None
                sender = "h>s" if entry and entry["from"] == "host" else "s>h"
                if item["dir"] != sender:
                    self.fault(place, f"goes {item['dir']} where {sender} was expected")
                if "method" not in message:
                    pending.pop(message["id"], None)
        return len(lines)

    def readme(self):
        page = HERE / "README.md"
        text = page.read_text(encoding="utf-8")
        headings = {
            re.sub(r"[^a-z0-9 _-]", "", line.lstrip("# ").lower()).replace(" ", "-")
            for line in text.splitlines() if line.startswith("#")
        }
        for anchor in sorted(set(re.findall(r"\]\(#([^)]*)\)", text)) - headings):
            self.fault("README.md", f"links to #{anchor}, which is no heading")
        pending = {"strategy": {}, "host": {}}
        marker = re.compile(r"(?:<!-- (check|side): ?([^>]*?) -->\n)?```(jsonl?)\n(.*?)```", re.S)
        for match in marker.finditer(text):
            word, value, kind, block = match.groups()
            place = f"README.md:{text.count(chr(10), 0, match.start()) + 1}"
            self.count("README blocks")
            if kind == "jsonl":
                side = value if word == "side" else "strategy"
                for line in block.splitlines():
                    self.check_message(place, self.parse(line), [side], pending[side])
            elif word == "check":
                for line in block.splitlines() if value.endswith("*") else [block]:
                    problem = self.problem(self.named(value.rstrip("* ")), self.parse(line))
                    if problem:
                        self.fault(place, problem)
            else:
                self.fault(place, "a json block needs <!-- check: NAME --> above it")


def main():
    checker = Checker()
    if sys.argv[1:]:
        for name in sys.argv[1:]:
            checker.transcript(Path(name), name)
    else:
        for file in FILES:
            Draft202012Validator.check_schema(checker.documents[file])
        checker.examples()
        checker.invalid()
        for path in sorted((V1 / "transcripts").glob("*.jsonl")):
            checker.transcript(path, f"transcripts/{path.name}")
        if (HERE / "README.md").exists():
            checker.readme()
        for path in generate.outdated():
            checker.fault(path.relative_to(HERE.parent), "is out of date; run python3 protocol/generate.py")
    for fault in checker.faults:
        print(fault)
    print(", ".join(f"{number} {what}" for what, number in checker.counts.items()), f"{len(checker.faults)} faults", sep="; ")
    return 1 if checker.faults else 0


if __name__ == "__main__":
    sys.exit(main())
