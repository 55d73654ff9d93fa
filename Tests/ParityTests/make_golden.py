#!/usr/bin/env python3
"""Makes the golden files of the parity tests: the reference engine's own results, case by case.

    python3 -m venv venv
    venv/bin/pip install backtesting==0.6.6 pandas==3.1.1 numpy==2.4.6 arch==8.0.0
    venv/bin/python make_golden.py Golden --oracle PATH/oracle.py --wiki PATH/wiki-stocks.csv.gz

oracle.py runs backtesting.py 0.6.6 and holds the six strategies, `scripted` and the random script maker.
wiki-stocks.csv.gz holds the five stocks that the program embeds (`--sample`); their bars are not written again.
The output depends on nothing but these inputs and versions: two runs give the same bytes.

Writes OUT/README.md, OUT/bars/*.csv and OUT/*.jsonl, one case a line:

    id        unique name
    bars      {"sample": "GOOG", "raw": false} or {"file": "bars/SP500.csv"}
    slice     [from, to): row numbers of the bars used, or null for all of them
    strategy  sma_cross, ema_cross, rsi, macd, la_bomba, buy_and_hold or scripted
    params    the strategy's parameters where they differ from its defaults
    settings  cash, commission (rate or [fixed, rate]), spread, margin, trade_on_close, hedging, exclusive_orders, finalize
    script    the actions of `scripted` (bars counted from the slice's first), else null
    metrics   the reference's names; null = undefined; times in epoch ms, durations in seconds
    trades    closed trades in closing order, each an array in the order of TRADE_COLUMNS; return_pct in percent
    equity    base64 of the equity at every bar, little-endian float64
    rejected  how many actions of the script the reference refused
"""
import os

# numpy's AVX-512 exp, log and pow differ from the C library's in the last bit, and the annualised return magnifies that.
os.environ["NPY_DISABLE_CPU_FEATURES"] = "X86_V4"

import argparse, base64, importlib.metadata, importlib.util, itertools, json, platform, random, shutil, sys, tempfile, warnings
from pathlib import Path
import numpy as np, pandas as pd

TRADE_COLUMNS = ["size", "entry_bar", "exit_bar", "entry_price", "exit_price", "pnl", "return_pct", "commission",
                 "sl", "tp", "entry_time", "exit_time", "tag"]
OHLCV = ["Open", "High", "Low", "Close", "Volume"]
SAMPLES = ["AAPL", "FB", "GOOG", "IBM", "MSFT"]
ORACLE_NAME = {"rsi": "rsi_reversion", "macd": "macd_cross"}
MAX_FILE, MAX_TOTAL = 900 * 1024, 4_000_000

DEFAULTS = dict(cash=10000, commission=0, spread=0, margin=1, trade_on_close=False, hedging=False,
                exclusive_orders=False, finalize=False)
SETTINGS = {  # what differs from DEFAULTS
    "default": {},
    "rate": dict(commission=.002),
    "fixed_rate": dict(commission=[1, .001]),
    "spread": dict(spread=.001),
    "costs_final": dict(commission=.001, spread=.0005, finalize=True),
    "margin_half": dict(margin=.5),
    "margin_tenth": dict(margin=.1, commission=.0005),
    "on_close": dict(trade_on_close=True),
    "on_close_final": dict(trade_on_close=True, commission=.002, finalize=True),
    "hedging": dict(hedging=True),
    "exclusive": dict(exclusive_orders=True, commission=.0005),
    "exclusive_close": dict(exclusive_orders=True, trade_on_close=True, margin=.5),
    "hedging_final": dict(hedging=True, margin=.2, spread=.001, finalize=True),
    "final": dict(finalize=True),
    "ruin": dict(cash=2000, margin=.03, hedging=True),
    "ruin_costs": dict(cash=1500, margin=.05, commission=[2, .001], spread=.0003, finalize=True),
    "everything": dict(cash=250000.5, commission=[2.5, .0007], spread=.0003, margin=.3, trade_on_close=True,
                       hedging=True, exclusive_orders=True, finalize=True),
}
PARAMS = {  # one set is taken per case, in turn; {} = the strategy's defaults
    "sma_cross": [{}, dict(n1=5, n2=15), dict(n1=3, n2=8), dict(n1=10, n2=30)],
    "ema_cross": [{}, dict(n1=5, n2=15), dict(n1=3, n2=8), dict(n1=12, n2=40)],
    "rsi": [{}, dict(period=7, lower=35, upper=60), dict(period=3, lower=20, upper=80), dict(period=21, lower=45, upper=55)],
    "macd": [{}, dict(fast=5, slow=13, signal=4), dict(fast=3, slow=10, signal=16)],
    "la_bomba": [{}, dict(n1=5, n2=20), dict(n1=3, n2=12, stop_loss_pct=.005, take_profit_pct=.03, breakeven_pct=.004),
                 dict(n1=4, n2=16, stop_loss_pct=.02, take_profit_pct=.015, breakeven_pct=.02)],
    "buy_and_hold": [{}],
}
DATASETS = ([dict(sample=s, raw=False) for s in SAMPLES] + [dict(sample="GOOG", raw=True), dict(sample="AAPL", raw=True)]
            + [dict(file=f"bars/{n}.csv") for n in ("SP500", "NASDAQ", "GBM_1H", "GBM_1W", "GBM_5M", "GBM_1MO")])


def label(bars):
    return Path(bars["file"]).stem if "file" in bars else bars["sample"] + ("_raw" if bars["raw"] else "")


def write_bars(out, oracle):
    """Writes the committed bar files: prices in shortest round-trip form, times in ISO form."""
    import arch.data.nasdaq, arch.data.sp500
    frames = {
        "SP500": arch.data.sp500.load(),
        "NASDAQ": arch.data.nasdaq.load(),
        "GBM_1H": oracle.gbm(1500, 7, "1h", vol=.004),
        "GBM_1W": oracle.gbm(600, 13, "W-MON", vol=.025, gap=.004),
        # Ticks of a cent at a price of 10: many equal closes, many touches, many ties of averages.
        "GBM_5M": oracle.gbm(600, 17, "5min", price=10.0, vol=.0008, gap=.0004).round(2),
        "GBM_1MO": oracle.gbm(240, 19, "MS", vol=.05, gap=.008),
    }
    (out / "bars").mkdir(parents=True, exist_ok=True)
    for name, df in frames.items():
        df = df[OHLCV].copy()
        df["Volume"] = df["Volume"].astype("int64")
        df.index.name = "Date"
        daily = (df.index == df.index.normalize()).all()
        df.to_csv(out / "bars" / f"{name}.csv", date_format="%Y-%m-%d" if daily else "%Y-%m-%dT%H:%M:%S", lineterminator="\n")
    arch_files = importlib.metadata.distribution("arch").files
    licence = next(f for f in arch_files if Path(str(f)).name.upper().startswith("LICEN"))
    text = Path(licence.locate()).read_text().replace("\r\n", "\n")
    (out / "bars" / "LICENSE-arch.md").write_text("\n".join(l.rstrip() for l in text.splitlines()) + "\n")


def load_frames(out, wiki):
    """All bars as the reference sees them, read back from the files so that both sides parse the same text."""
    stocks = pd.read_csv(wiki, float_precision="round_trip", parse_dates=["Date"])
    frames = {}
    for bars in DATASETS:
        if "file" in bars:
            df = pd.read_csv(out / bars["file"], index_col=0, parse_dates=True, float_precision="round_trip")[OHLCV]
        else:
            df = stocks[stocks["Ticker"] == bars["sample"]].set_index("Date")
            if not bars["raw"]:
                ratio = df["Adj Close"] / df["Close"]
                for column in ("Open", "High", "Low"): df[column] = df[column] * ratio
                df["Close"] = df["Adj Close"]
            df = df[OHLCV].copy()
        df[OHLCV] = df[OHLCV].astype("float64")
        frames[label(bars)] = df
    return frames


def compact(x):
    """Doubles that are whole numbers as integers; everything else goes through repr, the shortest round-trip form."""
    if isinstance(x, float) and x.is_integer() and abs(x) < 2**53 and str(x) != "-0.0": return int(x)
    if isinstance(x, dict): return {k: compact(v) for k, v in x.items()}
    if isinstance(x, list): return [compact(v) for v in x]
    return x


def reference(oracle, df, case):
    """Runs the reference as oracle.run does and returns its answer in the form of the golden files."""
    s = case["settings"]
    cls = getattr(oracle, ORACLE_NAME.get(case["strategy"], case["strategy"]))
    params = dict(case["params"])
    with tempfile.NamedTemporaryFile("w", suffix=".json") as script:
        if case["script"] is not None:
            json.dump(case["script"], script); script.flush()
            params["script"] = script.name
        commission = tuple(s["commission"]) if isinstance(s["commission"], list) else s["commission"]
        bt = oracle.Backtest(df, cls, cash=s["cash"], commission=commission, spread=s["spread"], margin=s["margin"],
                             trade_on_close=s["trade_on_close"], hedging=s["hedging"],
                             exclusive_orders=s["exclusive_orders"], finalize_trades=s["finalize"])
        stats = bt.run(**params)
    trades = [[float(t.Size), int(t.EntryBar), int(t.ExitBar), float(t.EntryPrice), float(t.ExitPrice), float(t.PnL),
               float(t.ReturnPct) * 100, float(t.Commission), oracle.num(t.SL), oracle.num(t.TP),
               oracle.ms(t.EntryTime), oracle.ms(t.ExitTime),
               None if t.Tag is None or t.Tag != t.Tag else str(t.Tag)] for t in stats["_trades"].itertuples()]
    metrics = {k: oracle.num(v) for k, v in stats.items() if not k.startswith("_") and k not in ("Start", "End")}
    metrics["Start"], metrics["End"] = oracle.ms(stats["Start"]), oracle.ms(stats["End"])
    equity = np.asarray(stats["_equity_curve"]["Equity"], dtype="<f8")
    assert len(equity) == len(df)
    return dict(metrics=metrics, trades=trades, equity=base64.b64encode(equity.tobytes()).decode(),
                rejected=getattr(cls, "rejected", 0) if case["script"] is not None else 0)


def make_case(group, number, bars, cut, strategy, setting, params=None, script=None):
    return dict(id=f"{group}-{number:03}-{strategy}-{label(bars)}-{setting}", bars=bars, slice=cut, strategy=strategy,
                params=params or {}, settings={**DEFAULTS, **SETTINGS[setting]}, script=script)


def strategy_cases(frames):
    """Every setting with every strategy on two data sets; over all, every strategy on every data set."""
    number = itertools.count()
    for k, setting in enumerate(SETTINGS):
        for s, strategy in enumerate(PARAMS):
            for j in (0, 1):
                bars = DATASETS[(2 * k + j + 3 * s) % len(DATASETS)]
                n, length = len(frames[label(bars)]), 180 + 40 * ((k + s + j) % 5)
                first = (k * 397 + s * 173 + j * 61) % max(1, n - length)
                yield make_case("strategy", next(number), bars, [first, min(n, first + length)], strategy, setting,
                                PARAMS[strategy][(k + j) % len(PARAMS[strategy])])


def full_length_cases(frames):
    """Every data set from its first bar to its last."""
    strategies, settings = list(PARAMS), ["default", "rate", "costs_final", "margin_half", "on_close_final", "fixed_rate"]
    for k, bars in enumerate(b for b in DATASETS if label(b) != "AAPL_raw"):  # AAPL is there, adjusted
        strategy = strategies[k % len(strategies)]
        yield make_case("full", k, bars, None, strategy, settings[k % len(settings)])


def edge_cases(frames, oracle):
    """Runs shorter than, as long as and one bar longer than a warm-up; a drawdown on the last bar only; splits."""
    number, goog = itertools.count(), dict(sample="GOOG", raw=False)
    for n in (1, 2, 3, 4):
        for strategy in PARAMS:
            yield make_case("edge", next(number), goog, [0, n], strategy, "final")
    for strategy, lengths in dict(sma_cross=(19, 20, 21, 22, 23), ema_cross=(9, 20, 21), rsi=(14, 15, 16, 17),
                                  macd=(25, 26, 33, 34, 35, 36), la_bomba=(49, 50, 51, 52)).items():
        for n in lengths:
            yield make_case("edge", next(number), goog, [0, n], strategy, "final")
    yield make_case("edge", next(number), goog, [0, 15], "sma_cross", "final")  # only the faster average is ever defined
    yield make_case("edge", next(number), dict(file="bars/GBM_5M.csv"), [0, 280], "sma_cross", "final")  # one calendar day
    yield make_case("edge", next(number), dict(file="bars/GBM_5M.csv"), [0, 330], "sma_cross", "final")  # two
    aapl = dict(sample="AAPL", raw=True)
    for setting in ("default", "ruin", "on_close"):  # the two splits of the unadjusted prices
        yield make_case("edge", next(number), aapl, [40, 110], "buy_and_hold", setting)
        yield make_case("edge", next(number), aapl, [1200, 1290], "sma_cross", setting)
    found = 0
    for first in range(0, 400):
        case = make_case("edge", 0, goog, [first, first + 6], "buy_and_hold", "default")
        answer = reference(oracle, frames["GOOG"].iloc[first:first + 6], case)
        duration = answer["metrics"]["Max. Drawdown Duration"]
        if duration is not None and 0 < duration < 1:  # the reference's quirk: a fraction in place of a duration
            yield make_case("edge", next(number), goog, [first, first + 6], "buy_and_hold", "default")
            found += 1
            if found == 3: break
    assert found == 3


SCRIPT_SHAPES = [(.06, 190), (.12, 130), (.2, 120), (.27, 120), (.09, 150), (.15, 120)]  # rate of actions, bars
REFUSED = [dict(op="buy", size=1.5), dict(op="sell", size=3, sl=.98), dict(op="buy", sl=1.01), dict(op="sell", tp=1.02),
           dict(op="buy", size=2, limit=.99, sl=.995), dict(op="sell", size=.5, stop=.99, tp=.995),
           dict(op="buy", size=1, stop=1.01, limit=1.02, tp=1.015)]


def with_refused(script, bars, seed):
    """The script with an action in about every sixteenth bar added that the reference must refuse."""
    r = random.Random(seed)
    added = [dict(bar=b, **r.choice(REFUSED)) for b in range(2, bars) if r.random() < .06]
    return sorted(script + added, key=lambda action: action["bar"])


def scripted_cases(frames, oracle):
    """Random broker actions over all data sets and settings; every fourteenth run is dense, every fourth has refused ones."""
    settings = list(SETTINGS)
    for k in range(224):
        bars = DATASETS[k % len(DATASETS)]
        setting = settings[(k * 5 + k // len(DATASETS)) % len(settings)]
        rate, length = (.6, 120) if k % 14 == 7 else SCRIPT_SHAPES[k % len(SCRIPT_SHAPES)]
        n = len(frames[label(bars)])
        first = (k * 211) % max(1, n - length)
        last = min(n, first + length)
        script = oracle.make_script(last - first, 1000 + k, rate)
        if k % 4 == 2: script = with_refused(script, last - first, 2000 + k)
        yield make_case("scripted", k, bars, [first, last], "scripted", setting, script=script)


def ties(oracle, df, case):
    """How many bars have the two compared series exactly equal (for rsi: the index equal to a threshold)."""
    cls = getattr(oracle, ORACLE_NAME.get(case["strategy"], case["strategy"]))
    p = lambda name: case["params"].get(name, getattr(cls, name))
    close, strategy = df["Close"].to_numpy(), case["strategy"]
    if strategy in ("sma_cross", "la_bomba", "ema_cross"):
        average = oracle.ema if strategy == "ema_cross" else oracle.sma
        return int((average(close, p("n1")) == average(close, p("n2"))).sum())
    if strategy == "rsi":
        r = oracle.rsi(close, p("period"))
        return int((r == p("lower")).sum() + (r == p("upper")).sum())
    if strategy == "macd":
        ewm = lambda x, n: pd.Series(x).ewm(span=n, adjust=False).mean()
        line = ewm(close, p("fast")) - ewm(close, p("slow"))
        return int((line == ewm(line, p("signal")))[p("slow") + p("signal") - 2:].sum())
    return 0


README = """# Golden results of the reference engine

Made by `make_golden.py` (its first lines say what each field of a case means). Do not edit; make them again with

    python3 -m venv venv
    venv/bin/pip install backtesting==0.6.6 pandas==3.1.1 numpy==2.4.6 arch==8.0.0
    venv/bin/python make_golden.py Golden --oracle PATH/oracle.py --wiki PATH/wiki-stocks.csv.gz

Versions used: {versions}. numpy runs without its AVX-512 code (the script sees to it), so that exp, log and pow are the C library's.

## What is here

| file | cases | bytes |
|---|---|---|
{files}

{cases} cases, {trades} closed trades, {points} equity points; {settings} settings.
Scripted runs: {scripted} with {actions} actions, of which the reference refused {rejected}; {scripted_trades} closed trades,
{partials} of them slices of a larger trade, {bracketed} with a stop-loss or take-profit.
Ruined runs (equity 0 at the end): {ruined}, {scripted_ruined} of them scripted.
Bars on which the two compared series are exactly equal, so that the last bit decides: {ties}, in {tie_cases} cases; none was avoided.
Cases dropped because the reference raised an error: {dropped}.

Columns of `trades`: {columns}.

## Bars

| file | source |
|---|---|
| `bars/SP500.csv`, `bars/NASDAQ.csv` | S&P 500 and Nasdaq Composite, daily, 1999-01-04 to 2018-12-31, from the Python package arch (`arch.data.sp500`, `arch.data.nasdaq`; adjusted close left out). University of Illinois/NCSA Open Source License: `bars/LICENSE-arch.md` |
| `bars/GBM_*.csv` | synthetic: geometric Brownian motion from `oracle.gbm` with fixed seeds (1H hourly, 1W weekly, 5M five minutes in whole cents, 1MO monthly); no rights attached |
| `"sample"` | AAPL, FB, GOOG, IBM, MSFT from Quandl WIKI (public domain), embedded in the program, not repeated here |

`"raw": false` means adjusted: r = adjusted close / close; open, high and low times r; the close is the adjusted close exactly; volume as it is.
In {inside} of the adjusted bars rounding puts the high one last bit below, or the low one last bit above, the open or close.
No data file of backtesting.py is here.
"""


def write_jsonl(out, group, lines):
    """Writes the lines to GROUP.jsonl, or to GROUP-1.jsonl, GROUP-2.jsonl… when they are too long for one file."""
    parts, size = [[]], 0
    for line in lines:
        if size + len(line) + 1 > MAX_FILE: parts.append([]); size = 0
        parts[-1].append(line); size += len(line) + 1
    for k, part in enumerate(parts, 1):
        name = f"{group}.jsonl" if len(parts) == 1 else f"{group}-{k}.jsonl"
        (out / name).write_text("".join(line + "\n" for line in part))
        yield name, len(part)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out", type=Path, help="folder to write; golden files in it are replaced")
    p.add_argument("--oracle", type=Path, required=True, help="path of oracle.py")
    p.add_argument("--wiki", type=Path, required=True, help="path of wiki-stocks.csv.gz")
    a = p.parse_args()
    sys.dont_write_bytecode = True
    spec = importlib.util.spec_from_file_location("oracle", a.oracle)
    oracle = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(oracle)
    warnings.simplefilter("ignore")

    if a.out.exists() and any(a.out.iterdir()):
        readme = a.out / "README.md"
        if not readme.exists() or not readme.read_text().startswith(README[:40]):
            p.error(f"{a.out} has files that are not golden files; name another folder")
        shutil.rmtree(a.out)
    write_bars(a.out, oracle)
    frames = load_frames(a.out, a.wiki)
    inside = sum(int(((df["High"] < df[["Open", "Close"]].max(axis=1)) | (df["Low"] > df[["Open", "Close"]].min(axis=1))).sum())
                 for df in frames.values())

    groups = dict(strategy=strategy_cases(frames), full=full_length_cases(frames), edge=edge_cases(frames, oracle),
                  scripted=scripted_cases(frames, oracle))
    n = dict.fromkeys("cases trades points scripted actions rejected scripted_trades partials bracketed ruined "
                      "scripted_ruined ties tie_cases".split(), 0)
    files, dropped, used = [], [], set()
    for group, cases in groups.items():
        lines = []
        for case in cases:
            df = frames[label(case["bars"])]
            if case["slice"]: df = df.iloc[slice(*case["slice"])]
            try:
                answer = reference(oracle, df, case)
            except Exception as error:
                dropped.append(f"{case['id']} ({type(error).__name__}: {error})")
                continue
            lines.append(json.dumps(compact({**case, **answer}), separators=(",", ":"), allow_nan=False))
            used.add(json.dumps(case["settings"]))
            trades, tied = answer["trades"], ties(oracle, df, case)
            ruined = answer["metrics"]["Equity Final [$]"] == 0
            n["cases"] += 1; n["trades"] += len(trades); n["points"] += len(df); n["ruined"] += ruined
            n["ties"] += tied; n["tie_cases"] += tied > 0
            if case["script"] is not None:
                n["scripted"] += 1; n["actions"] += len(case["script"]); n["rejected"] += answer["rejected"]
                n["scripted_trades"] += len(trades); n["scripted_ruined"] += ruined
                seen = set()  # a slice: another record with the same entry bar, entry price and direction
                for t in trades:
                    key = (t[1], t[3], t[0] > 0)
                    n["partials"] += key in seen; seen.add(key)
                    n["bracketed"] += t[8] is not None or t[9] is not None
        files += write_jsonl(a.out, group, lines)

    versions = ", ".join(f"{m} {importlib.metadata.version(m)}" for m in ("backtesting", "pandas", "numpy", "arch"))
    table = "\n".join(f"| `{name}` | {count} | {(a.out / name).stat().st_size:,} |" for name, count in files)
    (a.out / "README.md").write_text(README.format(
        versions=f"Python {'.'.join(platform.python_version_tuple()[:2])}, {versions}", files=table, settings=len(used), inside=inside,
        dropped="; ".join(dropped) if dropped else "none", columns=", ".join(TRADE_COLUMNS), **n))
    total = sum(f.stat().st_size for f in a.out.rglob("*") if f.is_file())
    print(f"{n['cases']} cases, {n['scripted']} scripted, {total:,} bytes, dropped {len(dropped)}")
    if total > MAX_TOTAL: sys.exit(f"{a.out} has {total:,} bytes, more than {MAX_TOTAL:,}: shorten slices")


if __name__ == "__main__":
    main()
