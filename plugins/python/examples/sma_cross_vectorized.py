"""SMA crossings as a function of whole columns, without any library."""

from backtester import crossover, serve, vectorized
from backtester.indicators import sma


@vectorized(name="sma_cross_vectorized", version="1.0", warmup=("n1", "n2"))
def sma_cross(data, n1=10, n2=20):
    """Turns around at each crossing of two simple averages."""
    fast, slow = sma(data.close, n1), sma(data.close, n2)
    pairs = [(fast[i - 1 : i + 1], slow[i - 1 : i + 1]) for i in range(len(data))]
    return {
        "entries": [crossover(a, b) for a, b in pairs],
        "short_entries": [crossover(b, a) for a, b in pairs],
        "annotations": {f"SMA({n1})": fast, f"SMA({n2})": slow},
    }


if __name__ == "__main__":
    serve(sma_cross)
