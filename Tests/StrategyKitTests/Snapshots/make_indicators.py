#!/usr/bin/env python3
"""Writes indicators.json: what pandas answers for the series IndicatorGoldenTests feeds to the indicators.

    pip install pandas==3.1.1 numpy==2.4.6
    python3 make_indicators.py > indicators.json
"""
import json, math
import numpy as np, pandas as pd

g = np.random.default_rng(20240229)
walk = np.round(100 * np.exp(np.cumsum(g.normal(0, .01, 60))), 2)
gaps = walk.copy(); gaps[[3, 4, 20, 41]] = np.nan
SERIES = {
    "prices": walk,
    "ties": np.round(10 + np.cumsum(g.integers(-1, 2, 60)) * .1, 1),
    "constant": np.full(30, 0.1),
    "steps": np.repeat([1.1, 2.3, 0.7, 0.7, 9.9], 8),
    "huge range": 10.0 ** g.uniform(-13, 17, 40),
    "small after large": np.concatenate([np.full(12, 1e9), np.full(20, 1e-7)]),
    "negative": -np.abs(g.normal(0, 1, 40)),
    "signs": g.choice([0.0, -0.0, 1e-300, 1.0, -1.0], 40),
    "gaps": gaps,
    "long": np.round(100 * np.exp(np.cumsum(g.normal(0, .01, 180))), 1),
}


def rsi(v, n):
    """Wilder's RSI; the first averages are numpy means of the first n changes."""
    d = np.diff(v); up, dn = np.maximum(d, 0), np.maximum(-d, 0)
    out = np.full(len(v), np.nan)
    if len(d) < n: return out
    au, ad = up[:n].mean(), dn[:n].mean()
    for i in range(n, len(v)):
        if i > n: au, ad = (au * (n - 1) + up[i - 1]) / n, (ad * (n - 1) + dn[i - 1]) / n
        out[i] = 100.0 if ad == 0 and au > 0 else 50.0 if ad == 0 else 100 - 100 / (1 + au / ad)
    return out


def macd(v, fast, slow, signal):
    c = pd.Series(v)
    line = c.ewm(span=fast, adjust=False).mean() - c.ewm(span=slow, adjust=False).mean()
    sig = line.ewm(span=signal, adjust=False).mean()
    line[: slow - 1] = np.nan; sig[: slow + signal - 2] = np.nan
    return line.to_numpy(), sig.to_numpy()


CASES = [("sma", s, [n]) for s, ns in {"prices": (1, 2, 5, 20), "ties": (4, 10), "constant": (7,), "steps": (3, 8),
                                       "huge range": (5,), "small after large": (6,), "negative": (5,), "signs": (3,),
                                       "gaps": (5,)}.items() for n in ns]
CASES += [("ema", s, [n, w]) for s, n, w in [("prices", 10, 10), ("prices", 1, 1), ("steps", 4, 1), ("constant", 9, 9),
                                             ("huge range", 6, 2), ("gaps", 3, 3), ("gaps", 8, 1)]]
CASES += [("rsi", s, [n]) for s, n in [("prices", 14), ("prices", 3), ("ties", 8), ("constant", 5), ("long", 130)]]
CASES += [("macd", s, p) for s, p in [("prices", [12, 26, 9]), ("steps", [3, 6, 4]), ("ties", [9, 4, 2])]]


def numbers(a): return [None if math.isnan(x) else float(x) for x in a]


def expected(kind, v, p):
    if kind == "sma": return [pd.Series(v).rolling(p[0]).mean()]
    if kind == "ema": return [pd.Series(v).ewm(span=p[0], adjust=False, min_periods=p[1]).mean()]
    return [rsi(v, p[0])] if kind == "rsi" else macd(v, *p)


print("{\"series\": {")
print(",\n".join(f'{json.dumps(k)}: {json.dumps(numbers(v))}' for k, v in SERIES.items()))
print("}, \"cases\": [")
print(",\n".join(json.dumps({"indicator": k, "series": s, "parameters": p,
                              "expected": [numbers(e) for e in expected(k, SERIES[s], p)]}) for k, s, p in CASES))
print("]}")
