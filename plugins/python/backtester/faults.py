"""Faults on purpose: the conformance kit asks for them to see that a careless strategy hurts only its own run."""

import sys

#: What can be asked for with ``initialize.options.fault``.
FAULTS = ["print", "raise", "stderr"]


def careless(fault, decide):
    """``decide`` as a careless author would have written it; unchanged unless ``fault`` is one of :data:`FAULTS`."""
    if fault not in FAULTS:
        return decide

    def decide_carelessly(*arguments, **options):
        if fault == "print":
            print("a line printed by the strategy")
        elif fault == "stderr":
            sys.stderr.write("x" * 200_000 + "\n")
        else:
            raise RuntimeError("a failure asked for by the host")
        return decide(*arguments, **options)

    return decide_carelessly
