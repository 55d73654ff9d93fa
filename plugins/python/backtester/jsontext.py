"""JSON as the wire wants it: never NaN or an infinity, in either direction; one line, ASCII."""

import json

try:  # reads the same texts, several times faster
    import orjson
except ImportError:
    orjson = None

_INFINITE = "NaN and infinities are no JSON"


def _refuse(constant):
    raise ValueError(f"{_INFINITE}: {constant}")


def _plain(value):
    """A number of numpy as Python's own."""
    if hasattr(value, "item") and not getattr(value, "shape", None):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot be sent: {value!r:.80}")


_scan = json.JSONDecoder(parse_constant=_refuse).scan_once
_encoder = json.JSONEncoder(allow_nan=False, separators=(",", ":"), default=_plain)


def loads(line):
    """The value of one line of UTF-8 bytes; ValueError when it is not exactly one JSON text."""
    text = line.decode("utf-8")
    try:
        value, end = _scan(text, 0)
    except StopIteration:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
    if end != len(text) and text[end:].strip(" \t\r\n"):
        raise ValueError(f"unexpected text after the JSON at character {end}")
    return value


if orjson is not None:
    loads = orjson.loads


def dumps(value):
    """A value as JSON text; ValueError when a number in it is not finite."""
    try:
        return _encoder.encode(value)
    except ValueError as error:
        raise ValueError(f"the answer cannot be sent: {error}; {_INFINITE}") from None


def sendable(text):
    """A text without the halves of characters that UTF-8, and so JSON on the wire, cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def quoted(text):
    """A JSON string."""
    return json.dumps(text)


def number_texts(values):
    """Each number of a list of floats as JSON text; null for NaN and infinities."""
    if orjson is not None and values:
        return orjson.dumps(values).decode("ascii")[1:-1].split(",")
    # Infinities and NaN differ from themselves by NaN.
    return [repr(value) if value - value == 0 else "null" for value in values]


def values_text(values):
    """A JSON object of floats by name; null for NaN and infinities."""
    if orjson is not None:
        text = orjson.dumps(values)
        if text.isascii():
            return text.decode("ascii")
    return "{" + ",".join([quoted(name) + ":" + text for name, text in zip(values, number_texts(values.values()))]) + "}"
