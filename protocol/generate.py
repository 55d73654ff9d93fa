#!/usr/bin/env python3
"""Derives what can be derived from the schemas, methods.json, errors.json and the examples:

  v1/strategy.openrpc.json, v1/host.openrpc.json   one document per serving side
  README.md                                        the tables between <!-- table … --> and <!-- end -->

  python3 protocol/generate.py           writes them
  python3 protocol/generate.py --check   fails when one of them is out of date

Standard library only, Python 3.9 or later.
"""

import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
V1 = HERE / "v1"
SCHEMA_FILES = ("types", "strategy", "host")


def load(path):
    return json.loads((V1 / path).read_text(encoding="utf-8"))


def definitions():
    """Every named schema: name -> (file, schema)."""
    found = {}
    for file in SCHEMA_FILES:
        for name, schema in load(f"schemas/{file}.json")["$defs"].items():
            if name in found:
                raise SystemExit(f"{name} is defined in {found[name][0]}.json and {file}.json; rename one")
            found[name] = (file, schema)
    return found


def target(reference):
    return reference.rsplit("/", 1)[-1]


# ---------------------------------------------------------------- OpenRPC

STRATEGY_ABOUT = """What a strategy serves to its host on its stdin and stdout, and the notifications it may send back.
One JSON-RPC 2.0 message a line (UTF-8, LF), params always an object, no batches. The prose is protocol/README.md."""

HOST_ABOUT = """What `backtester serve` offers on its stdin and stdout, and what it tells its clients unasked.

Framing. Either one JSON-RPC 2.0 message a line (UTF-8, ended by LF, no line feed inside), or Language Server Protocol \
frames (`Content-Length: N`, CR LF, CR LF, then N bytes). The first byte the client sends decides: `{` for lines, `C` for \
frames; answers use the same. Params are always an object (by name); batches are answered with error -32600.

Order. `initialize` first, then the notification `initialized`, then anything, then `shutdown`, the notification `exit`, and \
the host ends. Requests are answered in any order, so match answers by id. An id is an integer or a string and comes back \
with the same type.

Lists. Every list answers `{items, next_cursor?}`; ask again with `cursor` set to `next_cursor` until there is none.

Times are integers, milliseconds since 1970-01-01T00:00:00Z; a bar's time is its open. Money and prices are numbers in the \
currency of the data. A fraction of 0.01 is one per cent; names that end in `_pct` are percentages.

Runs. `backtest/run` answers a run record when the run is over; a run that fails is answered with an error whose \
`data.run_id` names the stored record. With `wait` false it answers at once and `runs/changed` and `runs/get` tell the rest. \
While it waits, `$/cancelRequest` with the request's id cancels the run (error -32800).

Sweeps. `backtest/sweep` answers the best trials when all have ended. Every trial is a run with its `sweep_id`, parameters and \
metrics, listed by `runs/list`; its equity, trades and events are not kept: `backtest/run` with its parameters gives them, equal to \
the last bit. The sweep has no record of its own: `runs/get` is for its trials. One that is cancelled keeps the trials that were \
done; `$/cancelRequest` is answered with error -32800 whose `data.run_id` is the sweep's id.

Columns come as `{encoding, dtype, count, data}`. `json`: data is an array, null is a missing value. `f64le+base64`: data is \
base64 of little-endian values of the dtype (f64, i64, u8), NaN is a missing value.

Errors carry `data.kind` (a stable name), `data.hint` (what to do), `data.retryable`, and `data.pointer`, a JSON pointer into \
params, when a field is wrong. Unknown fields are ignored. Methods with `x-from: host` are notifications the host sends."""


def inline(value):
    """The schema with its references pointing into the OpenRPC document."""
    if isinstance(value, dict):
        return {
            key: f"#/components/schemas/{target(inner)}" if key == "$ref" else inline(inner) for key, inner in value.items()
        }
    return [inline(inner) for inner in value] if isinstance(value, list) else value


def references(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref":
                yield target(inner)
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def first_example(side, method):
    """The first request of a method with its answer, from the examples."""
    path = V1 / "examples" / side / (method.replace("$/", "").replace("/", "-") + ".jsonl")
    name = path.name.replace("cancelRequest", "cancel-request")
    request = None
    for line in path.with_name(name).read_text(encoding="utf-8").splitlines():
        message = json.loads(line)
        if request is None and message.get("method") == method:
            request = message
        elif request is not None and "result" in message and message.get("id") == request.get("id"):
            return request, message
    return request, None


def open_rpc(side):
    known = definitions()
    errors = load("errors.json")["errors"]
    methods = []
    used = set()
    for entry in load("methods.json")[side]:
        params = known[entry["params"]][1]
        required = params.get("required", [])
        method = {
            "name": entry["name"],
            "summary": entry["summary"],
            "description": params["description"],
            "paramStructure": "by-name",
            "params": [
                {
                    "name": name,
                    "required": name in required,
                    "description": schema.get("description", ""),
                    "schema": inline(schema),
                }
                for name, schema in params.get("properties", {}).items()
            ],
        }
        used.update(references(params))
        conditions = {k: inline(v) for k, v in params.items() if k in ("anyOf", "oneOf", "allOf", "not", "dependentRequired")}
        if conditions:
            method["x-params-conditions"] = conditions
        if entry["kind"] == "request":
            result = entry["result"]
            used.add(result)
            method["result"] = {"name": "result", "schema": {"$ref": f"#/components/schemas/{result}"}}
            method["errors"] = [{"$ref": f"#/components/errors/{error['name']}"} for error in errors_of(side, errors)]
        method["x-from"] = entry["from"]
        method["x-since"] = entry["since"]
        request, answer = first_example(side, entry["name"])
        example = {
            "name": "first",
            "params": [{"name": key, "value": value} for key, value in request["params"].items()],
        }
        if answer is not None:
            example["result"] = {"name": "result", "value": answer["result"]}
        method["examples"] = [example]
        methods.append(method)
    used.update(("ErrorObject",))
    pending = list(used)
    while pending:
        for name in references(known[pending.pop()][1]):
            if name not in used:
                used.add(name)
                pending.append(name)
    about = STRATEGY_ABOUT if side == "strategy" else HOST_ABOUT
    return {
        "openrpc": "1.3.2",
        "info": {
            "title": "backtester: strategies" if side == "strategy" else "backtester: clients",
            "version": "1.0",
            "description": about,
            "license": {"name": "MIT"},
        },
        "methods": methods,
        "components": {
            "schemas": {name: inline(known[name][1]) for name in sorted(used)},
            "errors": {
                error["name"]: {
                    "code": error["code"],
                    "message": error["meaning"],
                    "data": {"kind": error["name"], "hint": error["hint"], "retryable": error["retryable"]},
                }
                for error in errors_of(side, errors)
            },
        },
    }


def errors_of(side, errors):
    return [error for error in errors if side == "host" or error["answered_by"] == "any"]


# ---------------------------------------------------------------- tables of the README


def type_text(schema, known):
    """A schema in a few words."""
    if "$ref" in schema:
        name = target(schema["$ref"])
        inner = known[name][1]
        if "enum" in inner and len(inner["enum"]) <= 7:
            return " \\| ".join(f"`{word}`" for word in inner["enum"])
        return f"[{name}](#{name.lower()})"
    if "const" in schema and not isinstance(schema["const"], list):
        return f"`{json.dumps(schema['const'])}`"
    if "anyOf" in schema:
        return " or ".join(type_text(part, known) for part in schema["anyOf"])
    kind = schema.get("type")
    if isinstance(kind, list):
        text = " or ".join(kind)
    elif kind == "array":
        if "const" in schema:
            return f"`{json.dumps(schema['const'])}`"
        text = f"array of {type_text(schema['items'], known)}" if isinstance(schema.get("items"), dict) else "array"
    elif kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        text = f"object of {type_text(schema['additionalProperties'], known)}"
    else:
        text = kind or "any"
    limits = []
    for key, sign in (("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<")):
        if key in schema:
            bound = schema[key]
            limits.append(f"{sign} {'2⁵³ − 1' if bound == 9007199254740991 else bound}")
    if "minLength" in schema and "maxLength" in schema:
        limits.append(f"{schema['minLength']}–{schema['maxLength']} characters")
    elif "maxLength" in schema:
        limits.append(f"at most {schema['maxLength']} characters")
    if "minItems" in schema:
        limits.append(f"at least {schema['minItems']}")
    return f"{text}, {', '.join(limits)}" if limits else text


def field_table(name, known):
    schema = known[name][1]
    if not schema.get("properties"):
        return ["No fields: `{}`."]
    required = schema.get("required", [])
    rows = ["| field | type | | meaning |", "|---|---|---|---|"]
    for field, inner in schema["properties"].items():
        need = "required" if field in required else "optional"
        rows.append(f"| `{field}` | {type_text(inner, known)} | {need} | {inner.get('description', '')} |")
    return rows


def method_table(side):
    rows = ["| method | from | kind | what for |", "|---|---|---|---|"]
    for entry in load("methods.json")[side]:
        rows.append(f"| `{entry['name']}` | {entry['from']} | {entry['kind']} | {entry['summary']} |")
    return rows


def error_table(who):
    rows = ["| code | name | meaning | what to do |", "|---|---|---|---|"]
    for error in load("errors.json")["errors"]:
        if who == "host" or error["answered_by"] == "any":
            rows.append(f"| {error['code']} | `{error['name']}` | {error['meaning']} | {error['hint']} |")
    return rows


def capability_table(side):
    rows = ["| capability | type | when left out | meaning |", "|---|---|---|---|"]
    for flag in load("capabilities.json")["capabilities"]:
        if flag["side"] == side.replace("-", " "):
            default = f"`{json.dumps(flag['default'])}`" if "default" in flag else "always there"
            meaning = re.sub(r"; [^;]* when left out\.$", ".", flag["meaning"])
            rows.append(f"| `{flag['name']}` | {flag['type']} | {default} | {meaning} |")
    return rows


def check_table():
    rows = ["| id | level | claim |", "|---|---|---|"]
    for check in load("checks.json")["checks"]:
        rows.append(f"| `{check['id']}` | {check['level']} | {check['claim']} |")
    return rows


def word_table(name, known):
    schema = known[name][1]
    parts = re.findall(r"`([^`]+)`: ([^`]+?)(?= `|$)", schema["description"])
    return ["| word | meaning |", "|---|---|"] + [f"| `{word}` | {meaning.strip()} |" for word, meaning in parts]


def table(words, known):
    kind, *rest = words
    if kind == "fields":
        return field_table(rest[0], known)
    if kind == "words":
        return word_table(rest[0], known)
    if kind == "methods":
        return method_table(rest[0])
    if kind == "errors":
        return error_table(rest[0])
    if kind == "capabilities":
        return capability_table(rest[0])
    if kind == "checks":
        return check_table()
    raise SystemExit(f"README.md asks for a table that does not exist: {' '.join(words)}")


def readme(text):
    known = definitions()

    def replace(match):
        return "\n".join([match.group(1), *table(match.group(2).split(), known), "<!-- end -->"])

    return re.sub(r"(<!-- table ([^>]*?) -->)\n.*?<!-- end -->", replace, text, flags=re.S)


# ---------------------------------------------------------------- writing


def compact(value, depth=0):
    """JSON with one line for what is short, so that a difference is easy to read."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + 2 * depth <= 120 or not isinstance(value, (dict, list)) or not value:
        return flat
    pad = "  " * (depth + 1)
    if isinstance(value, dict):
        inner = [f"{pad}{json.dumps(key)}: {compact(item, depth + 1)}" for key, item in value.items()]
        return "{\n" + ",\n".join(inner) + "\n" + "  " * depth + "}"
    return "[\n" + ",\n".join(pad + compact(item, depth + 1) for item in value) + "\n" + "  " * depth + "]"


def products():
    """Path -> text of everything derived."""
    found = {V1 / f"{side}.openrpc.json": compact(open_rpc(side)) + "\n" for side in ("strategy", "host")}
    page = HERE / "README.md"
    if page.exists():
        found[page] = readme(page.read_text(encoding="utf-8"))
    return found


def outdated():
    """The derived files that do not hold what they should."""
    return [
        path for path, text in products().items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def main():
    if sys.argv[1:] == ["--check"]:
        stale = outdated()
        for path in stale:
            print(f"{path.relative_to(HERE.parent)} is out of date; run python3 protocol/generate.py", file=sys.stderr)
        return 1 if stale else 0
    if sys.argv[1:]:
        print(__doc__, file=sys.stderr)
        return 2
    for path, text in products().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
