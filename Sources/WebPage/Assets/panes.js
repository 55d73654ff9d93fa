"use strict";
// Draws the panes of a chart on a canvas. Each function gets the chart, the pane {top, bottom, scale} and the visible
// rows of a level, `begin` up to `end`.
Backtester.panes = (() => {
  const isNumber = Number.isFinite;

  /** Smallest and largest of columns over the rows, with some room. */
  const range = (columns, begin, end, room = 0.05) => {
    let low = Infinity, high = -Infinity;
    for (const column of columns) {
      for (let row = begin; row < end; row++) {
        const value = column[row];
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    if (!(low <= high)) return [0, 1];
    const margin = high > low ? (high - low) * room : Math.max(Math.abs(high) * 0.01, 0.01);
    return [low > 0 && low - margin <= 0 ? low * 0.98 : low - margin, high + margin];
  };

  /** A line through the extremes of each bucket, interrupted where it has no value. */
  const line = (chart, pane, level, values, begin, end, style) => {
    const { context } = chart;
    context.beginPath();
    let isDown = false;
    for (let row = begin; row < end; row++) {
      const last = values.last[row];
      if (!isNumber(last)) { isDown = false; continue; }
      const x = chart.x(chart.middle(level, row));
      const [low, high] = [values.low[row], values.high[row]];
      // The extreme farther from the end comes first: a line that rises or falls steadily is then drawn steadily.
      const [first, second] = last - low > high - last ? [low, high] : [high, low];
      if (isDown) context.lineTo(x, pane.scale.y(first)); else context.moveTo(x, pane.scale.y(first));
      if (high > low) { context.lineTo(x, pane.scale.y(second)); context.lineTo(x, pane.scale.y(last)); }
      isDown = true;
    }
    context.strokeStyle = style.color;
    context.lineWidth = style.width ?? 1.4;
    context.lineJoin = "round";
    context.setLineDash(style.dash ?? []);
    context.stroke();
    context.setLineDash([]);
  };

  const candles = (chart, pane, level, begin, end) => {
    const { context, colors } = chart;
    const width = chart.x(level.size) - chart.x(0);
    const body = Math.max(1, Math.min(width * 0.7, 18));
    // One path a colour: two strokes and fills for any number of bars.
    for (const [isRise, color] of [[true, colors.gain], [false, colors.loss]]) {
      context.beginPath();
      const bodies = new Path2D();
      for (let row = begin; row < end; row++) {
        const [open, close] = [level.open[row], level.close[row]];
        if ((close >= open) !== isRise) continue;
        const x = chart.x(chart.middle(level, row));
        context.moveTo(x, pane.scale.y(level.high[row]));
        context.lineTo(x, pane.scale.y(level.low[row]));
        const [top, bottom] = [pane.scale.y(Math.max(open, close)), pane.scale.y(Math.min(open, close))];
        bodies.rect(x - body / 2, top, body, Math.max(1, bottom - top));
      }
      context.strokeStyle = context.fillStyle = color;
      context.lineWidth = 1;
      context.stroke();
      context.fill(bodies);
    }
  };

  /** The close as a line over a band from low to high. */
  const closes = (chart, pane, level, begin, end) => {
    const { context, colors } = chart;
    if (level.size > 1) {
      context.beginPath();
      for (let row = begin; row < end; row++) {
        const x = chart.x(chart.middle(level, row));
        context.moveTo(x, pane.scale.y(level.high[row]));
        context.lineTo(x, pane.scale.y(level.low[row]));
      }
      context.strokeStyle = colors.band;
      context.lineWidth = Math.max(1, chart.x(level.size) - chart.x(0));
      context.stroke();
    }
    const values = { low: level.close, high: level.close, last: level.close };
    line(chart, pane, level, values, begin, end, { color: colors.line });
  };

  const volumes = (chart, pane, level, begin, end) => {
    const { context, colors } = chart;
    let most = 0;
    for (let row = begin; row < end; row++) if (level.volume[row] > most) most = level.volume[row];
    if (!(most > 0)) return;
    const height = (pane.bottom - pane.top) * 0.16;
    const width = Math.max(1, (chart.x(level.size) - chart.x(0)) * 0.7);
    context.fillStyle = colors.volume;
    for (let row = begin; row < end; row++) {
      const size = level.volume[row] / most * height;
      if (size > 0) context.fillRect(chart.x(chart.middle(level, row)) - width / 2, pane.bottom - size, width, size);
    }
  };

  const drawdown = (chart, pane, level, begin, end) => {
    const { context, colors } = chart;
    const low = level.lines[1].low;
    const zero = pane.scale.y(0);
    context.beginPath();
    let start = null, x = 0;
    for (let row = begin; row < end; row++) {
      if (!isNumber(low[row])) continue;
      x = chart.x(chart.middle(level, row));
      if (start === null) { start = x; context.moveTo(x, zero); }
      context.lineTo(x, pane.scale.y(low[row]));
    }
    if (start === null) return;
    context.strokeStyle = colors.loss;
    context.lineWidth = 1.2;
    context.stroke();
    context.lineTo(x, zero);
    context.closePath();
    context.fillStyle = colors.lossArea;
    context.fill();
  };

  // Above so many visible trades only a dot each is drawn, above the first number no arrows.
  const MOST_ARROWS = 300, MOST_JOINS = 3000;

  /** Entries and exits, joined per trade: solid for a profit, dashed for a loss, dotted for an open one. */
  const trades = (chart, pane, from, to) => {
    const { context, colors, trades } = chart;
    const visible = trades.visible(from, to);
    const x = (index) => chart.x(index + 0.5);
    const y = (price) => pane.scale.y(price);
    for (const isGain of [true, false]) {
      const joins = new Path2D(), marks = new Path2D();
      const dotted = new Set();
      for (const row of visible) {
        if ((trades.pnl[row] >= 0 || trades.isOpen(row)) !== isGain) continue;
        const [x1, y1] = [x(trades.entry[row]), y(trades.entryPrice[row])];
        const [x2, y2] = trades.isOpen(row) ? [x1, y1] : [x(trades.exit[row]), y(trades.exitPrice[row])];
        if (visible.length > MOST_JOINS) {
          // One dot for all trades that would cover one another.
          const cell = Math.round(x1 / 2) * 8192 + Math.round(y1 / 2);
          if (!dotted.has(cell)) { dotted.add(cell); marks.rect(x1 - 1, y1 - 1, 2, 2); }
          continue;
        }
        joins.moveTo(x1, y1);
        joins.lineTo(x2, y2);
        if (visible.length > MOST_ARROWS) { marks.rect(x1 - 1.5, y1 - 1.5, 3, 3); continue; }
        arrow(marks, x1, y1, trades.size[row] > 0 ? 1 : -1);
        if (!trades.isOpen(row)) marks.rect(x2 - 2.5, y2 - 2.5, 5, 5);
      }
      context.strokeStyle = context.fillStyle = isGain ? colors.gain : colors.loss;
      context.lineWidth = 1.3;
      context.setLineDash(isGain ? [] : [4, 3]);
      context.stroke(joins);
      context.setLineDash([]);
      context.fill(marks);
    }
  };

  /** A triangle below a long entry pointing up, above a short one pointing down. */
  const arrow = (path, x, y, direction, size = 5) => {
    path.moveTo(x, y + 1 * direction);
    path.lineTo(x - size, y + (size * 1.8) * direction);
    path.lineTo(x + size, y + (size * 1.8) * direction);
    path.closePath();
  };

  /** One trade drawn large, with its stop-loss and take-profit. */
  const highlight = (chart, context, pane, row) => {
    const { colors, trades } = chart;
    const [x1, y1] = [chart.x(trades.entry[row] + 0.5), pane.scale.y(trades.entryPrice[row])];
    const isOpen = trades.isOpen(row);
    const [x2, y2] = isOpen ? [chart.plot.right, y1] : [chart.x(trades.exit[row] + 0.5), pane.scale.y(trades.exitPrice[row])];
    const color = isOpen ? colors.ink : trades.pnl[row] >= 0 ? colors.gain : colors.loss;
    context.save();
    context.beginPath();
    context.rect(chart.plot.left, pane.top, chart.plot.right - chart.plot.left, pane.bottom - pane.top);
    context.clip();
    context.fillStyle = colors.selection;
    context.fillRect(x1, pane.top, Math.max(1, x2 - x1), pane.bottom - pane.top);
    context.lineWidth = 1;
    context.setLineDash([2, 3]);
    for (const [price, tone] of [[trades.stopLoss[row], colors.loss], [trades.takeProfit[row], colors.gain]]) {
      if (!isNumber(price)) continue;
      context.strokeStyle = tone;
      context.beginPath();
      context.moveTo(x1, pane.scale.y(price));
      context.lineTo(x2, pane.scale.y(price));
      context.stroke();
    }
    context.setLineDash([]);
    context.strokeStyle = context.fillStyle = color;
    context.lineWidth = 2.4;
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
    const marks = new Path2D();
    arrow(marks, x1, y1, trades.size[row] > 0 ? 1 : -1, 7);
    if (!isOpen) marks.rect(x2 - 4, y2 - 4, 8, 8);
    context.fill(marks);
    context.restore();
  };

  return { range, line, candles, closes, volumes, drawdown, trades, highlight };
})();
