"""Columns of numbers as the wire carries them: JSON arrays, base64, or a file."""

import binascii
import sys
from array import array

from .errors import invalid_params

JSON, BASE64, FILE = "json", "f64le+base64", "f64le+file"
#: Encodings that this package reads.
READS = [JSON, BASE64, FILE]
_CODES = {"f64": ("d", 8), "i64": ("q", 8), "u8": ("B", 1)}


def _size(column):
    return _CODES[column["dtype"]][1] * column["count"]


def _checked(column, size):
    """Refuses a column whose values take another number of bytes than it says."""
    if size != _size(column):
        raise invalid_params(
            f"a column of {column['count']} {column['dtype']} values must have {_size(column)} bytes, received {size}"
        )


def raw_bytes(column):
    """The bytes of a base64 or file column."""
    if column["encoding"] == BASE64:
        data = binascii.a2b_base64(column["data"])
    else:
        with open(column["path"], "rb") as file:
            file.seek(column["offset"])
            data = file.read(_size(column))
    _checked(column, len(data))
    return data


def integers(column):
    """An integer column as a list."""
    if column["encoding"] == JSON:
        return column["data"]
    values = array(_CODES[column["dtype"]][0], raw_bytes(column))
    if sys.byteorder == "big":
        values.byteswap()
    return values.tolist()


def floats(column, backend):
    """A float64 column as the backend's array; missing values are NaN."""
    encoding, count = column["encoding"], column["count"]
    if encoding == JSON:
        values = column["data"]
        if len(values) != count:
            raise invalid_params(f"a column of {count} values carries {len(values)}")
        return backend.from_list(values)
    if encoding == FILE and column["dtype"] == "f64":
        with open(column["path"], "rb") as file:
            file.seek(column["offset"])
            values = backend.from_file(file, count)
        _checked(column, 8 * len(values))
        return values
    return backend.from_bytes(raw_bytes(column))


def encoded(values, dtype, encoding):
    """A list of numbers (bools for ``u8``) as a column; ``encoding`` is JSON or BASE64.

    Numbers must be finite.
    """
    if encoding == JSON:
        data = [bool(v) for v in values] if dtype == "u8" else values
    else:
        packed = array(_CODES[dtype][0], values)
        if sys.byteorder == "big":
            packed.byteswap()
        data = binascii.b2a_base64(packed.tobytes(), newline=False).decode("ascii")
    return {"encoding": encoding, "dtype": dtype, "count": len(values), "data": data}
