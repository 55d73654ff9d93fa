"""Parameters of strategies: their JSON Schema, and the values of a run checked against it."""

import math

from .errors import StrategyFileError, bad_parameters, near_misses

_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}


def kind_of(value):
    """The JSON type of a default value; None when it is no tunable parameter."""
    for python, name in _TYPES.items():
        if type(value) is python:
            return None if python is float and not math.isfinite(value) else name
    module = type(value).__module__
    if module == "numpy" and hasattr(value, "item") and not getattr(value, "shape", None):
        return kind_of(value.item())
    return None


def of_class(cls, base):
    """The parameters of a strategy class: class attributes of type int, float, bool and str, in order of definition.

    Attributes of ``base`` and names that start with an underscore are none.
    """
    found = {}
    for owner in reversed(cls.__mro__):
        if owner is object or issubclass(base, owner):
            continue
        for name in vars(owner):
            if name[:1] != "_" and not hasattr(base, name):
                found[name] = None
    return {name: getattr(cls, name) for name in found if kind_of(getattr(cls, name)) is not None}


def of_function(function, skip):
    """The parameters of a strategy function: its arguments after the first ``skip``, each with a default."""
    import inspect

    found = {}
    for name, argument in list(inspect.signature(function).parameters.items())[skip:]:
        if argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD):
            raise StrategyFileError(f"{function.__name__}() must name its parameters one by one instead of *{name}")
        if argument.default is argument.empty or kind_of(argument.default) is None:
            raise StrategyFileError(
                f"parameter {name} of {function.__name__}() needs a default, a number, a bool or a str: {name}=10"
            )
        found[name] = argument.default
    return found


def schema(defaults):
    """The JSON Schema of parameters given by their defaults."""
    properties = {}
    for name, value in defaults.items():
        plain = value.item() if hasattr(value, "item") else value
        properties[name] = {"type": kind_of(value), "default": plain}
    return {"type": "object", "properties": properties}


def checked(defaults, given):
    """The values of a run: ``given`` over ``defaults``, each of its parameter's type.

    Raises :class:`ProtocolError` 4004 that names the parameter.
    """
    values = dict(defaults)
    for name, value in given.items():
        if name not in defaults:
            raise bad_parameters(name, f"there is no parameter {name!r}." + near_misses(name, list(defaults)))
        kind = kind_of(defaults[name])
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if kind == "integer" and number and value == int(value):
            value = int(value)
        elif kind == "number" and number:
            value = float(value)
        elif not (kind == "boolean" and isinstance(value, bool) or kind == "string" and isinstance(value, str)):
            wanted = {"integer": "a whole number", "number": "a number", "boolean": "true or false", "string": "a text"}
            raise bad_parameters(name, f"parameter {name} must be {wanted[kind]}, was {value!r}")
        values[name] = value
    return values
