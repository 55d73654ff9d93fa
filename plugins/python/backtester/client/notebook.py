"""Runs, sweeps and tables as HTML, for notebooks. Nothing from outside gets into it unescaped; there is no script."""

import math
from html import escape

from .results import shown_time

_GROUPS = (
    ("Returns", (
        ("total_return_pct", "Return", "%"), ("buy_and_hold_return_pct", "Buy & hold", "%"),
        ("annual_return_pct", "Return (ann.)", "%"), ("cagr_pct", "CAGR", "%"),
        ("equity_final", "Equity final", ""), ("equity_peak", "Equity peak", ""), ("commissions", "Commissions", ""),
    )),
    ("Risk", (
        ("sharpe", "Sharpe ratio", ""), ("sortino", "Sortino ratio", ""), ("calmar", "Calmar ratio", ""),
        ("annual_volatility_pct", "Volatility (ann.)", "%"), ("alpha_pct", "Alpha", "%"), ("beta", "Beta", ""),
        ("max_drawdown_pct", "Max. drawdown", "%"), ("avg_drawdown_pct", "Avg. drawdown", "%"),
    )),
    ("Trades", (
        ("trades", "Trades", "n"), ("winrate_pct", "Win rate", "%"), ("best_trade_pct", "Best trade", "%"),
        ("worst_trade_pct", "Worst trade", "%"), ("avg_trade_pct", "Avg. trade", "%"),
        ("profit_factor", "Profit factor", ""), ("expectancy_pct", "Expectancy", "%"), ("sqn", "SQN", ""),
        ("kelly_criterion", "Kelly criterion", ""), ("exposure_time_pct", "Exposure", "%"),
    )),
)  # fmt: skip
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 720, 220, 70, 24, 10
_MOST_POINTS, _MOST_ROWS = 700, 60


def run(record, curve):
    """A run: what it was, its equity chart, its metrics. ``curve`` is a Series, or a sentence in place of a chart."""
    what = [record.get("strategy"), "on " + record["dataset"] if record.get("dataset") else None]
    title = " ".join(str(part) for part in what if part) or "run"
    parts = [
        f'<div class="backtester-run"><p><b>{escape(title)}</b> '
        f"<code>{escape(str(record.get('run_id')))}</code> {escape(str(record.get('status')))}</p>"
    ]
    failure = record.get("failure")
    if isinstance(failure, dict):
        parts.append(f"<p><b>{escape(str(failure.get('kind')))}</b>: {escape(str(failure.get('message')))}</p>")
        if failure.get("hint"):
            parts.append(f"<p>{escape(str(failure['hint']))}</p>")
    parts += [f"<p>Warning: {escape(str(warning))}</p>" for warning in record.get("warnings") or ()]
    parts.append(f"<p>{escape(curve)}</p>" if isinstance(curve, str) else chart(curve["time"], curve["equity"]))
    metrics = record.get("metrics")
    if metrics:
        parts.append('<div style="display:flex;flex-wrap:wrap;align-items:flex-start;gap:1.5em">')
        for name, rows in _GROUPS:
            cells = "".join(
                f'<tr><td style="text-align:left">{escape(label)}</td>'
                f'<td style="text-align:right">{_number(metrics.get(key), unit)}</td></tr>'
                for key, label, unit in rows
            )
            parts.append(f'<table><thead><tr><th colspan="2">{name}</th></tr></thead><tbody>{cells}</tbody></table>')
        parts.append("</div>")
    return "".join(parts) + "</div>"


def chart(times, values):
    """Values over time as an SVG picture; extremes of thinned out parts are kept."""
    points = [
        (time, value) for time, value in zip(times, values) if isinstance(value, (int, float)) and math.isfinite(value)
    ]
    if len(points) < 2:
        return "<p>no chart: there are fewer than two points</p>"
    first, last = points[0][0], points[-1][0]
    low, high = min(value for _, value in points), max(value for _, value in points)
    below, span = (low, high - low) if high > low else (low - 0.5, 1.0)
    across, up = _WIDTH - _LEFT - 10, _HEIGHT - _BOTTOM - _TOP

    def x(time):
        return round(_LEFT + across * (time - first) / max(1, last - first), 1)

    def y(value):
        return round(_TOP + up * (1 - (value - below) / span), 1)

    line = " ".join(f"{x(time)},{y(value)}" for time, value in _thinned(points))
    labels = "".join(
        f'<text x="{_LEFT - 6}" y="{y(value) + 4}" text-anchor="end">{_number(value, "")}</text>'
        f'<line x1="{_LEFT}" x2="{_WIDTH - 10}" y1="{y(value)}" y2="{y(value)}" stroke="currentColor" opacity="0.15"/>'
        for value in sorted({low, high, points[0][1]} if span * 0.1 < points[0][1] - low < span * 0.9 else {low, high})
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img" '
        'style="max-width:100%;height:auto" font-family="sans-serif" font-size="11" fill="currentColor">'
        f"<title>Equity from {shown_time(first)} to {shown_time(last)}</title>{labels}"
        f'<text x="{_LEFT}" y="{_HEIGHT - 6}">{shown_time(first)}</text>'
        f'<text x="{_WIDTH - 10}" y="{_HEIGHT - 6}" text-anchor="end">{shown_time(last)}</text>'
        f'<polyline points="{line}" fill="none" stroke="#2a78d6" stroke-width="1.5" stroke-linejoin="round"/></svg>'
    )


def table(rows):
    """Dicts as a table, the first rows of it."""
    names = list(dict.fromkeys(name for row in rows[:_MOST_ROWS] for name in row))
    head = "".join(f"<th>{escape(str(name))}</th>" for name in names)
    body = "".join(
        "<tr>" + "".join(f"<td>{_cell(name, row.get(name))}</td>" for name in names) + "</tr>"
        for row in rows[:_MOST_ROWS]
    )
    more = f"<p>… {len(rows) - _MOST_ROWS} more</p>" if len(rows) > _MOST_ROWS else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def sweep(made):
    """A sweep: its best trials."""
    shown = ("sharpe", "total_return_pct", "max_drawdown_pct", "trades")
    rows = [
        {
            **trial["parameters"],
            "status": trial["status"],
            **{key: (trial.get("metrics") or {}).get(key) for key in shown},
        }
        for trial in made.trials[:20]
    ]
    return f"<p><b>{escape(repr(made)[1:-1])}</b></p>{table(rows)}"


def _thinned(points):
    """At most _MOST_POINTS points: of each part the first, lowest, highest and last, in order of time."""
    if len(points) <= _MOST_POINTS:
        return points
    parts = _MOST_POINTS // 4
    kept = []
    for part in range(parts):
        begin, end = len(points) * part // parts, len(points) * (part + 1) // parts
        places = range(begin, end)
        chosen = {begin, end - 1, min(places, key=lambda i: points[i][1]), max(places, key=lambda i: points[i][1])}
        kept += [points[place] for place in sorted(chosen)]
    return kept


def _number(value, unit):
    if not isinstance(value, (int, float)):
        return "–"
    if unit == "n":
        return f"{value:,.0f}"
    if unit == "%":
        return f"{value:,.2f} %"
    return f"{value:,.2f}" if abs(value) >= 100 else f"{value:,.3f}"


def _cell(name, value):
    if value is None:
        return ""
    if isinstance(value, float):
        return escape(f"{value:.6g}")
    if isinstance(value, int) and not isinstance(value, bool) and (name == "time" or name.endswith("_time")):
        return shown_time(value)
    return escape(str(value)[:200])
