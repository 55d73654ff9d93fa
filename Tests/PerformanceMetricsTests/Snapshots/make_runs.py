#!/usr/bin/env python3
"""Writes runs.json: small runs of the reference engine and the statistics it reports, for ReferenceRunTests.

    pip install backtesting==0.6.6 pandas==3.1.1 numpy==2.4.6
    NPY_DISABLE_CPU_FEATURES=X86_V4 python3 make_runs.py > runs.json

(The variable makes numpy call the C library's exp, log and pow, as we do.) Bars are synthetic; `null` is undefined.
"""
import json, math, warnings
import numpy as np, pandas as pd
from backtesting import Backtest, Strategy

warnings.simplefilter("ignore")
KEYS = {
    "start": "Start", "end": "End", "duration_seconds": "Duration", "exposure_time_pct": "Exposure Time [%]",
    "equity_final": "Equity Final [$]", "equity_peak": "Equity Peak [$]", "commissions": "Commissions [$]",
    "total_return_pct": "Return [%]", "buy_and_hold_return_pct": "Buy & Hold Return [%]",
    "annual_return_pct": "Return (Ann.) [%]", "annual_volatility_pct": "Volatility (Ann.) [%]", "cagr_pct": "CAGR [%]",
    "sharpe": "Sharpe Ratio", "sortino": "Sortino Ratio", "calmar": "Calmar Ratio", "alpha_pct": "Alpha [%]",
    "beta": "Beta", "max_drawdown_pct": "Max. Drawdown [%]", "avg_drawdown_pct": "Avg. Drawdown [%]",
    "max_drawdown_duration_seconds": "Max. Drawdown Duration",
    "avg_drawdown_duration_seconds": "Avg. Drawdown Duration", "trades": "# Trades", "winrate_pct": "Win Rate [%]",
    "best_trade_pct": "Best Trade [%]", "worst_trade_pct": "Worst Trade [%]", "avg_trade_pct": "Avg. Trade [%]",
    "max_trade_duration_seconds": "Max. Trade Duration", "avg_trade_duration_seconds": "Avg. Trade Duration",
    "profit_factor": "Profit Factor", "expectancy_pct": "Expectancy [%]", "sqn": "SQN",
    "kelly_criterion": "Kelly Criterion",
}
# name: (first stamp, pandas frequency or steps in days, bars, volatility a bar, commission, margin, size, warm-up)
RUNS = {
    "daily, every day": ("2011-03-04", "D", 60, .02, 0, 1, .9, 0),
    "business days": ("2004-08-19", "B", 60, .02, .002, 1, .5, 4),
    "business days with a fixed fee": ("2004-08-19", "B", 40, .03, (2, .001), 1, .9, 0),
    "weeks": ("2001-01-01", "W-WED", 45, .04, .001, 1, .9, 0),
    "months": ("1965-06-01", "MS", 40, .06, 0, 1, .9, 2),
    "years": ("1950-01-01", "YS", 25, .1, 0, 1, .9, 0),
    "hours over a weekend": ("2020-02-28 09:30", "h", 70, .01, .001, .5, .9, 0),
    "five minutes in one day": ("2020-02-28 09:30", "5min", 30, .005, 0, 1, .9, 0),
    "uneven days": ("2011-03-04", [1, 1, 3, 7, 2], 50, .02, 0, 1, .9, 0),
    "ruin": ("2012-01-02", "D", 40, .2, .01, .05, .9, 0),
    "no trade": ("2012-01-02", "D", 20, .02, 0, 1, None, 0),
    "steady prices": ("2012-01-02", "D", 12, 0, .001, 1, .9, 0),
    "two bars": ("2012-01-02", "D", 2, .02, 0, 1, .9, 0),
    "one bar": ("2012-01-02", "D", 1, .02, 0, 1, .9, 0),
}


class Flip(Strategy):
    """Buys and sells in turn every few bars."""
    size, wait = .9, 0

    def init(self):
        # An indicator that is defined from bar `wait` on: the warm-up.
        self.mean = self.I(lambda c: pd.Series(c).rolling(self.wait + 1).mean().to_numpy(), self.data.Close, name="m")

    def next(self):
        n = len(self.data)
        if self.size is None or n % 4: return
        if self.position: self.position.close()
        (self.sell if n % 12 == 0 else self.buy)(size=self.size)


def number(x):
    if isinstance(x, pd.Timedelta): return x.total_seconds()
    if isinstance(x, pd.Timestamp): return milliseconds(x)
    x = float(x)
    return x if math.isfinite(x) else None


def milliseconds(t): return int(round(pd.Timestamp(t).timestamp() * 1000))


def run(seed, first, frequency, bars, volatility, commission, margin, size, wait):
    g = np.random.default_rng(seed)
    if isinstance(frequency, str): index = pd.date_range(first, periods=bars, freq=frequency)
    else: index = pd.DatetimeIndex(pd.Timestamp(first) + pd.to_timedelta(np.cumsum([0] + (frequency * bars)[:bars - 1]), "D"))
    c = 100 * np.exp(np.cumsum(g.normal(.002 if volatility else 0, volatility, bars)))
    o = np.concatenate([[100.], c[:-1]])
    data = pd.DataFrame({"Open": o, "High": np.maximum(o, c), "Low": np.minimum(o, c), "Close": c}, index=index).round(2)
    s = Backtest(data, Flip, cash=10000, commission=commission, margin=margin, finalize_trades=True).run(size=size, wait=wait)
    return dict(
        times=[milliseconds(t) for t in index], equity=[float(e) for e in s["_equity_curve"]["Equity"]],
        closes=[float(x) for x in data["Close"]], warm_up_index=wait,
        trades=[dict(entry_index=int(t.EntryBar), exit_index=int(t.ExitBar), pnl=float(t.PnL),
                     return_fraction=float(t.ReturnPct)) for t in s["_trades"].itertuples()],
        metrics={k: (number(s[name]) if name in s else 0.0) for k, name in KEYS.items()})


print("{")
print(",\n".join(f"{json.dumps(name)}: {json.dumps(run(i, *spec))}" for i, (name, spec) in enumerate(RUNS.items())))
print("}")
