"""How messages are told apart on a pipe: one a line, or with a header as in the Language Server Protocol."""

LINES, CONTENT_LENGTH = "lines", "content-length"


def frame(text, framing):
    """A message's JSON text as the bytes to write."""
    body = text.encode("utf-8")
    return body + b"\n" if framing == LINES else b"Content-Length: %d\r\n\r\n" % len(body) + body


def read(stream, framing):
    """The next message's bytes from a buffered binary stream; None at its end.

    ValueError when a header is wrong or the stream ends inside a message.
    """
    if framing == LINES:
        while True:
            line = stream.readline()
            if not line:
                return None
            if not line.endswith(b"\n"):
                raise ValueError(f"its output ended inside a message: {line[:200]!r}")
            if line.strip():
                return line
    length = None
    while True:
        line = stream.readline(8192)
        if not line:
            if length is None:
                return None
            raise ValueError("its output ended inside a header")
        line = line.strip()
        if not line:
            if length is None:
                raise ValueError("a header without Content-Length")
            break
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            if not value.strip().isdigit():
                raise ValueError(f"a wrong header: {line!r}")
            length = int(value)
        elif not name.replace(b"-", b"").isalnum() or not value:
            raise ValueError(f"no header: {line[:200]!r}")
    body = stream.read(length)
    if len(body) < length:
        raise ValueError("its output ended inside a message")
    return body
