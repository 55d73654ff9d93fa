// swift-format-ignore-file

extension WebAsset {
  /// The files of Assets; written by make_assets.py.
  static let texts: [(name: String, text: StaticString)] = [
    (
"bars.js",
##"""
"use strict";
// Columns of a run and their buckets. A level holds buckets of `size` bars, a power of 2, that begin at multiples of it;
// every bucket keeps its extremes, so nothing is lost to the eye. ChartWindow.swift makes the same ones on a server.
Backtester.bars = (() => {
  /** Reads a packed column: base64 of little-endian floats. */
  const unpack = (column) => {
    if (!column) return new Float64Array(0);
    const bytes = Uint8Array.from(atob(column.f8 ?? column.f4), (letter) => letter.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    if (column.f8 === undefined) {
      return Float64Array.from({ length: bytes.length / 4 }, (_, row) => view.getFloat32(row * 4, true));
    }
    return Float64Array.from({ length: bytes.length / 8 }, (_, row) => view.getFloat64(row * 8, true));
  };

  /** Reads a column of texts: a function from row to text or null. */
  const unpackTexts = (column) => {
    const rows = unpack(column.rows);
    return (row) => rows[row] >= 0 ? column.words[rows[row]] : null;
  };

  /** The number of bars in a bucket when `bars` bars are to be at most `points` buckets. */
  const bucketSize = (bars, points) => {
    let size = 1;
    while (bars / size > Math.max(points, 1)) size *= 2;
    return size;
  };

  /** The level of single bars. A line is {low, high, last}; lines are equity, drawdown, then the overlays. */
  const finest = (columns, lines) => ({
    size: 1, first: 0, count: columns.times.length, ...columns,
    lines: lines.map((values) => ({ low: values, high: values, last: values })),
  });

  const reduced = (values, count, combine) => {
    const result = new Float64Array(count);
    for (let row = 0; row < count; row++) {
      const next = 2 * row + 1;
      result[row] = next < values.length ? combine(values[2 * row], values[next]) : values[2 * row];
    }
    return result;
  };
  const orOther = (combine) => (a, b) => a !== a ? b : b !== b ? a : combine(a, b);
  const smaller = orOther(Math.min);
  const larger = orOther(Math.max);
  const sum = orOther((a, b) => a + b);
  const former = (a) => a;
  const latter = (_, b) => b;
  const latterKnown = (a, b) => b !== b ? a : b;

  /** The level with buckets twice as wide. */
  const coarser = (level) => {
    const count = Math.ceil(level.count / 2);
    const has = level.close.length > 0;
    const half = (values, combine) => has ? reduced(values, count, combine) : values;
    return {
      size: level.size * 2, first: 0, count,
      times: reduced(level.times, count, former),
      open: half(level.open, former), high: half(level.high, larger), low: half(level.low, smaller),
      close: half(level.close, latter), volume: half(level.volume, sum),
      lines: level.lines.map((line) => ({
        low: reduced(line.low, count, smaller), high: reduced(line.high, count, larger),
        last: reduced(line.last, count, latterKnown),
      })),
    };
  };

  /** Falls below the highest value so far, in percent. */
  const drawdowns = (equity) => {
    let peak = -Infinity;
    return equity.map((value) => {
      peak = Math.max(peak, value);
      return peak > 0 ? (value / peak - 1) * 100 : 0;
    });
  };

  /** A column as long as the bars, the missing end being NaN. */
  const padded = (values, count) => {
    if (values.length === count) return values;
    const result = new Float64Array(count).fill(NaN);
    result.set(values.subarray(0, count));
    return result;
  };

  return { unpack, unpackTexts, bucketSize, finest, coarser, drawdowns, padded };
})();

"""##
    ),
    (
"chart.js",
##"""
"use strict";
// The chart of a run: panes one above the other over the same bars, with a navigator below. Bar i covers the stretch
// from i to i + 1, so a view is two fractional bar numbers.
Backtester.Chart = class {
  static LEAST_BARS = 8;

  constructor(run, container, legendBox) {
    this.run = run;
    this.container = container;
    this.trades = new Backtester.Trades(run.trades, run.count);
    this.options = { style: "auto", log: false, trades: true, volume: true, hold: true, hidden: new Set() };
    this.view = { from: 0, to: run.count };
    this.cursor = null;
    this.selected = null;
    this.listeners = [];
    this.source = run.windows ? new Backtester.source.WindowSource(run, () => this.redraw())
      : new Backtester.source.EmbeddedSource(run);
    this.base = Backtester.make("canvas", { "aria-hidden": "true" });
    this.front = Backtester.make("canvas", { "aria-hidden": "true" });
    this.legends = Backtester.make("div", { class: "legends", "aria-hidden": "true" });
    container.append(this.base, this.front, this.legends);
    this.readColors();
    new ResizeObserver(() => this.resize()).observe(container);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { this.readColors(); this.redraw(); });
    addEventListener("beforeprint", () => this.drawForPaper(true));
    addEventListener("afterprint", () => this.drawForPaper(false));
  }

  /** Paper is white, whatever the screen is. */
  drawForPaper(isPaper) {
    document.documentElement.classList.toggle("paper", isPaper);
    this.readColors();
    this.draw();
  }

  readColors() {
    const style = getComputedStyle(document.documentElement);
    this.colors = {};
    for (const name of ["ink", "soft", "grid", "line", "gain", "loss", "band", "volume", "loss-area", "selection", "surface",
      "overlay-1", "overlay-2", "overlay-3", "overlay-4"]) {
      this.colors[name.replace(/-(\w)/, (_, letter) => letter.toUpperCase())] = style.getPropertyValue(`--${name}`).trim();
    }
    this.overlayColors = [1, 2, 3, 4].map((n) => this.colors[`overlay${n}`]);
  }

  /** Calls back with the chart after every change of view, cursor or selection. */
  onChange(listener) { this.listeners.push(listener); }

  // Layout

  resize() {
    const [width, height] = [this.container.clientWidth, this.container.clientHeight];
    if (width === 0 || height === 0) return;
    this.ratio = window.devicePixelRatio || 1;
    for (const canvas of [this.base, this.front]) {
      canvas.width = Math.round(width * this.ratio);
      canvas.height = Math.round(height * this.ratio);
    }
    this.width = width;
    this.height = height;
    const axis = width < 560 ? 52 : 72;
    this.plot = { left: 0, right: width - axis, top: 0, bottom: height - 74 };
    this.navigator = { top: height - 46, bottom: height - 4 };
    this.layPanes();
    this.draw();
  }

  layPanes() {
    const overlays = this.run.overlays.map((overlay, position) => ({ ...overlay, position }));
    const separate = overlays.filter((overlay) => overlay.pane === "separate");
    const panes = [];
    if (this.run.hasBars) panes.push({ kind: "price", weight: 5, overlays: overlays.filter((o) => o.pane === "price") });
    if (separate.length) panes.push({ kind: "indicator", weight: 1.7, overlays: separate });
    panes.push({ kind: "equity", weight: this.run.hasBars ? 2.2 : 4 }, { kind: "drawdown", weight: 1.4 });
    const gap = 14;
    const weights = panes.reduce((sum, pane) => sum + pane.weight, 0);
    const room = this.plot.bottom - this.plot.top - gap * (panes.length - 1);
    let top = this.plot.top;
    for (const pane of panes) {
      pane.top = top;
      pane.bottom = top + room * pane.weight / weights;
      top = pane.bottom + gap;
    }
    this.panes = panes;
    this.legends.replaceChildren(...panes.map((pane) => {
      pane.legend = Backtester.make("p", { class: "legend" });
      pane.legend.style.top = `${pane.top}px`;
      pane.legend.style.maxWidth = `${this.plot.right - 8}px`;
      return pane.legend;
    }));
  }

  x(bar) { return this.plot.left + (bar - this.view.from) / (this.view.to - this.view.from) * (this.plot.right - this.plot.left); }

  /** The bar at a pixel, fractional. */
  bar(x) { return this.view.from + (x - this.plot.left) / (this.plot.right - this.plot.left) * (this.view.to - this.view.from); }

  /** The middle of a bucket, as a bar number. */
  middle(level, row) {
    const start = (level.first + row) * level.size;
    return (start + Math.min(start + level.size, this.run.count)) / 2;
  }

  // Views

  /** Shows bars `from` to `to`, moved and widened where that leaves the data. */
  show(from, to) {
    const count = this.run.count;
    const span = Math.min(Math.max(to - from, Math.min(Backtester.Chart.LEAST_BARS, count)), count);
    const middle = (from + to) / 2;
    const start = Math.min(Math.max(middle - span / 2, 0), count - span);
    this.view = { from: start, to: start + span };
    this.redraw();
  }

  get isWhole() { return this.view.to - this.view.from >= this.run.count - 1e-6; }

  /** Zooms by a factor, keeping the bar at `center` where it is. */
  zoom(factor, center = (this.view.from + this.view.to) / 2) {
    const { from, to } = this.view;
    const span = Math.min(Math.max((to - from) * factor, Math.min(Backtester.Chart.LEAST_BARS, this.run.count)), this.run.count);
    const part = (center - from) / (to - from);
    this.show(center - span * part, center + span * (1 - part));
  }

  pan(bars) { this.show(this.view.from + bars, this.view.to + bars); }

  setCursor(cursor) {
    this.cursor = cursor;
    this.drawFront();
  }

  /** Marks a trade and, unless it is shown already, moves the view to it. */
  select(row, { moves = true } = {}) {
    this.selected = row;
    if (row !== null && moves) {
      const [from, to] = [this.trades.entry[row], this.trades.end(row) + 1];
      const room = Math.max((to - from) * 0.6, 12);
      this.show(from - room, to + room);
    } else {
      this.drawFront();
    }
    this.notify();
  }

  // Drawing

  redraw() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => { this.frame = null; this.draw(); });
  }

  notify() { for (const listener of this.listeners) listener(this); }

  draw() {
    if (!this.plot || !this.source.overview) return;
    const context = this.context = this.base.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    const { from, to } = this.view;
    const width = this.plot.right - this.plot.left;
    const isFine = this.options.style === "candles" || (this.options.style === "auto" && width / (to - from) >= 4);
    const level = this.level = this.source.window(from, to, isFine ? width / 4 : width / 1.25);
    const begin = this.begin = Math.max(0, Math.floor(from / level.size) - level.first);
    const end = this.end = Math.min(level.count, Math.ceil(to / level.size) - level.first);
    this.isCandles = isFine && width / ((to - from) / level.size) >= 3;
    if (end <= begin) return;
    this.hold = this.options.hold && this.run.hasBars ? this.holding(level) : null;
    for (const pane of this.panes) pane.scale = this.scaleOf(pane, level, begin, end);
    this.drawTimes(level, begin, end);
    for (const pane of this.panes) this.drawPane(pane, level, begin, end);
    this.drawNavigator();
    this.drawFront();
    this.notify();
  }

  /** What the account had been worth, had it been invested from the end of the warm-up on. */
  holding(level) {
    if (!this.holdBase) return null;
    const { cash, close } = this.holdBase;
    const values = level.close.map((value) => cash * value / close);
    return { low: values, high: values, last: values };
  }

  scaleOf(pane, level, begin, end) {
    const { range } = Backtester.panes;
    const { valueScale } = Backtester.scales;
    const shown = (pane.overlays ?? []).filter((overlay) => !this.options.hidden.has(overlay.name));
    const lines = shown.map((overlay) => level.lines[2 + overlay.position]);
    let columns;
    switch (pane.kind) {
      case "price": columns = [level.low, level.high]; break;
      case "equity": columns = [level.lines[0].low, level.lines[0].high]; break;
      case "drawdown": {
        const [low] = range([level.lines[1].low], begin, end, 0.08);
        return valueScale(Math.min(low, -0.01), 0, pane.top + 16, pane.bottom);
      }
      default: columns = [];
    }
    for (const line of lines) columns.push(line.low, line.high);
    if (pane.kind === "equity" && this.hold) columns.push(this.hold.last);
    const [low, high] = range(columns, begin, end);
    const isLog = this.options.log && (pane.kind === "price" || pane.kind === "equity");
    return valueScale(low, high, pane.top + 20, pane.bottom - (pane.kind === "price" ? 4 : 2), isLog);
  }

  drawTimes(level, begin, end) {
    const { context, colors, plot } = this;
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = colors.soft;
    context.textAlign = "center";
    context.textBaseline = "top";
    context.strokeStyle = colors.grid;
    context.lineWidth = 1;
    const most = Math.max(2, Math.floor((plot.right - plot.left) / 84));
    let edge = -Infinity;
    for (const tick of Backtester.scales.timeTicks(level, begin, end, most)) {
      const x = Math.round(this.x((level.first + tick.row) * level.size)) + 0.5;
      const half = context.measureText(tick.text).width / 2;
      context.beginPath();
      context.moveTo(x, plot.top);
      context.lineTo(x, plot.bottom);
      context.stroke();
      if (x - half < edge + 8 || x - half < 0 || x + half > plot.right) continue;
      context.fillText(tick.text, x, plot.bottom + 7);
      edge = x + half;
    }
  }

  drawPane(pane, level, begin, end) {
    const { context, colors, plot, options } = this;
    const panes = Backtester.panes;
    const ticks = Backtester.scales.valueTicks(pane.scale, Math.max(2, Math.floor((pane.bottom - pane.top) / 38)));
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.font = "11px system-ui, sans-serif";
    for (const tick of ticks) {
      const y = Math.round(pane.scale.y(tick.value)) + 0.5;
      if (y < pane.top + 8 || y > pane.bottom) continue;
      context.strokeStyle = colors.grid;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(plot.left, y);
      context.lineTo(plot.right, y);
      context.stroke();
      context.fillStyle = colors.soft;
      context.fillText(tick.text + (pane.kind === "drawdown" ? " %" : ""), plot.right + 8, y);
    }
    context.save();
    context.beginPath();
    context.rect(plot.left, pane.top, plot.right - plot.left, pane.bottom - pane.top);
    context.clip();
    if (pane.kind === "price") {
      if (options.volume) panes.volumes(this, pane, level, begin, end);
      if (this.isCandles) panes.candles(this, pane, level, begin, end); else panes.closes(this, pane, level, begin, end);
    }
    for (const overlay of pane.overlays ?? []) {
      if (options.hidden.has(overlay.name)) continue;
      const color = this.overlayColors[overlay.position % 4];
      panes.line(this, pane, level, level.lines[2 + overlay.position], begin, end, { color, width: 1.3 });
    }
    if (pane.kind === "price" && options.trades) panes.trades(this, pane, this.view.from, this.view.to);
    if (pane.kind === "equity") {
      if (this.hold) panes.line(this, pane, level, this.hold, begin, end, { color: colors.soft, width: 1.2, dash: [5, 4] });
      panes.line(this, pane, level, level.lines[0], begin, end, { color: colors.line, width: 1.6 });
    }
    if (pane.kind === "drawdown") panes.drawdown(this, pane, level, begin, end);
    context.restore();
  }

  /** The whole run small, with the visible part framed. */
  drawNavigator() {
    const { context, colors, plot, navigator } = this;
    const level = this.source.overview;
    const values = this.run.hasBars ? level.close : level.lines[0].last;
    const [low, high] = Backtester.panes.range([values], 0, level.count, 0.02);
    const width = plot.right - plot.left;
    const place = (bar) => plot.left + bar / this.run.count * width;
    context.fillStyle = colors.band;
    context.beginPath();
    context.moveTo(plot.left, navigator.bottom);
    for (let row = 0; row < level.count; row++) {
      if (!Number.isFinite(values[row])) continue;
      const y = navigator.bottom - (values[row] - low) / (high - low) * (navigator.bottom - navigator.top - 4);
      context.lineTo(place(this.middle(level, row)), y);
    }
    context.lineTo(plot.right, navigator.bottom);
    context.fill();
    const [left, right] = [place(this.view.from), place(this.view.to)];
    context.fillStyle = colors.selection;
    context.fillRect(left, navigator.top, right - left, navigator.bottom - navigator.top);
    context.strokeStyle = colors.line;
    context.lineWidth = 1;
    context.strokeRect(left + 0.5, navigator.top + 0.5, Math.max(1, right - left - 1), navigator.bottom - navigator.top - 1);
    context.fillStyle = colors.line;
    for (const x of [left, right - 3]) context.fillRect(x, navigator.top + 12, 3, navigator.bottom - navigator.top - 24);
  }

  /** Crosshair, marked trade, zoom selection: what changes without the rest. */
  drawFront() {
    if (!this.level || !this.plot) return;
    const context = this.front.getContext("2d");
    const { colors, plot } = this;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    const price = this.panes.find((pane) => pane.kind === "price");
    for (const row of new Set([this.selected, this.hovered])) {
      if (row !== null && row !== undefined && price?.scale) Backtester.panes.highlight(this, context, price, row);
    }
    if (this.selection) {
      context.fillStyle = colors.selection;
      context.fillRect(this.selection.left, plot.top, this.selection.right - this.selection.left, plot.bottom - plot.top);
    }
    if (this.cursor) this.drawCursor(context);
    Backtester.legend(this);
  }

  drawCursor(context) {
    const { colors, plot, cursor } = this;
    const x = Math.round(this.x(this.middle(this.level, cursor.row))) + 0.5;
    context.strokeStyle = colors.soft;
    context.lineWidth = 1;
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(x, plot.top);
    context.lineTo(x, plot.bottom);
    const pane = this.panes.find((pane) => cursor.y >= pane.top && cursor.y <= pane.bottom);
    if (pane) {
      context.moveTo(plot.left, Math.round(cursor.y) + 0.5);
      context.lineTo(plot.right, Math.round(cursor.y) + 0.5);
    }
    context.stroke();
    context.setLineDash([]);
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "middle";
    const label = (text, left, y, align) => {
      const width = context.measureText(text).width + 10;
      const start = align === "center" ? Math.min(Math.max(left - width / 2, 0), plot.right - width) : left;
      context.fillStyle = colors.ink;
      context.fillRect(start, y - 9, width, 18);
      context.fillStyle = colors.surface;
      context.textAlign = "left";
      context.fillText(text, start + 5, y + 0.5);
    };
    label(Backtester.format.time(this.level.times[cursor.row]), x, plot.bottom + 12, "center");
    if (pane) {
      const value = pane.scale.value(cursor.y);
      label(pane.kind === "drawdown" ? `${value.toFixed(2)} %` : Backtester.format.price(value), plot.right + 2, cursor.y);
    }
  }
};

"""##
    ),
    (
"format.js",
##"""
"use strict";
// Numbers and times as the page shows them everywhere. Times are UTC.
window.Backtester = {};
Backtester.format = (() => {
  const NONE = "–";
  const cache = new Map();
  const fixed = (decimals) => {
    if (!cache.has(decimals)) {
      cache.set(decimals, new Intl.NumberFormat("en-US",
        { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
    }
    return cache.get(decimals);
  };
  const number = (value, decimals = 2) => Number.isFinite(value) ? fixed(decimals).format(value) : NONE;

  /** A price with as many decimals as its size asks for. */
  const price = (value) => {
    const size = Math.abs(value);
    return number(value, size < 0.1 ? 6 : size < 10 ? 4 : 2);
  };

  /** A quantity: fractions only where there are some. */
  const count = (value) => Number.isFinite(value) ? number(value, Number.isInteger(value) ? 0 : 4) : NONE;
  const percent = (value) => Number.isFinite(value) ? number(value, 2) + " %" : NONE;
  const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
  const volume = (value) => Number.isFinite(value) ? compact.format(value) : NONE;

  /** `2004-08-19` at midnight, `2004-08-19 13:30` otherwise. */
  const time = (milliseconds) => {
    if (!Number.isFinite(milliseconds)) return NONE;
    const date = new Date(milliseconds);
    if (Number.isNaN(date.getTime())) return NONE;
    const text = date.toISOString();
    if (milliseconds % 86400000 === 0) return text.slice(0, 10);
    return text.slice(0, 10) + " " + (milliseconds % 60000 === 0 ? text.slice(11, 16) : text.slice(11, 19));
  };

  const duration = (milliseconds) => {
    if (!Number.isFinite(milliseconds)) return NONE;
    const days = milliseconds / 86400000;
    if (days >= 1) return `${number(days, Number.isInteger(days) ? 0 : 1)} ${days === 1 ? "day" : "days"}`;
    const minutes = Math.round(milliseconds / 60000);
    return minutes >= 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes} min`;
  };

  return { NONE, number, price, count, percent, volume, time, duration };
})();

/** Makes an element: `make("td", { class: "number" }, "12")`. Text is set as text, never as HTML. */
Backtester.make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};

"""##
    ),
    (
"icon.svg",
##"""
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><rect width="20" height="20" rx="4" fill="#2456c8"/><path d="m3.5 14 4.2-5.5 3.4 3.2 5-7" fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/></svg>

"""##
    ),
    (
"legend.js",
##"""
"use strict";
// The values at the crosshair, or of the last visible bar, written into each pane.
Backtester.legend = (() => {
  const { make, format } = Backtester;

  const item = (name, text, className, color) => {
    const element = make("span", { class: className ?? false }, make("b", {}, name), ` ${text}`);
    if (color) element.style.color = color;
    return element;
  };

  /** The items of a pane for a row of the chart's level. */
  const items = (chart, pane, row) => {
    const { level, colors, run } = chart;
    const overlays = (pane.overlays ?? []).filter((overlay) => !chart.options.hidden.has(overlay.name))
      .map((overlay) => item(overlay.name, format.price(level.lines[2 + overlay.position].last[row]), null,
        chart.overlayColors[overlay.position % 4]));
    switch (pane.kind) {
      case "price": {
        const change = row > 0 ? (level.close[row] / level.close[row - 1] - 1) * 100 : NaN;
        const prices = [["O", level.open], ["H", level.high], ["L", level.low], ["C", level.close]]
          .map(([name, column]) => item(name, format.price(column[row])));
        const parts = [make("span", { class: "name" }, run.symbol), ...prices];
        if (Number.isFinite(change)) parts.push(make("span", { class: change >= 0 ? "gain" : "loss" }, format.percent(change)));
        if (chart.options.volume && level.volume[row] > 0) parts.push(item("Vol", format.volume(level.volume[row])));
        return [...parts, ...overlays];
      }
      case "equity": {
        const parts = [make("span", { class: "name" }, "Equity"), item("", format.number(level.lines[0].last[row]), null, colors.line)];
        if (chart.hold) parts.push(item("Hold", format.number(chart.hold.last[row])));
        return parts;
      }
      case "drawdown":
        return [make("span", { class: "name" }, "Drawdown"), item("", format.percent(level.lines[1].low[row]), "loss")];
      default: return overlays;
    }
  };

  /** One sentence with the same values, for those who cannot see the chart. */
  const sentence = (chart) => {
    if (!chart.cursor) return "";
    const { level, cursor: { row } } = chart;
    const parts = [format.time(level.times[row])];
    if (chart.run.hasBars) parts.push(`open ${format.price(level.open[row])}`, `high ${format.price(level.high[row])}`,
      `low ${format.price(level.low[row])}`, `close ${format.price(level.close[row])}`);
    parts.push(`equity ${format.number(level.lines[0].last[row])}`, `drawdown ${format.percent(level.lines[1].low[row])}`);
    return parts.join(", ");
  };

  const show = (chart) => {
    const row = Math.min(chart.cursor ? chart.cursor.row : chart.end - 1, chart.level.count - 1);
    const span = chart.level.size > 1 ? [make("span", { class: "quiet" }, `${chart.level.size} bars a point`)] : [];
    chart.panes.forEach((pane, position) => {
      pane.legend.replaceChildren(...items(chart, pane, row), ...(position === 0 ? span : []));
    });
  };
  show.sentence = sentence;
  return show;
})();

"""##
    ),
    (
"page.css",
##"""
/* One style sheet for every page. Colours are variables, so that dark screens, the chart and paper differ in one place;
   every text colour has a contrast of 4.5 or more on the surfaces it is used on. */
:root {
  color-scheme: light;
  --back: #f4f5f7; --surface: #ffffff; --raised: #f8f9fb; --ink: #171a21; --soft: #59606e; --edge: #d9dde4; --grid: #eceef2;
  --line: #2456c8; --accent: #2456c8; --on-accent: #ffffff; --gain: #0b7a55; --loss: #c0303c; --warn: #8a5300;
  --warn-back: #fff6e3; --loss-back: #fdf0f0; --band: #2456c83d; --volume: #59606e33; --loss-area: #c0303c26;
  --selection: #2456c81c; --overlay-1: #b45309; --overlay-2: #7c3aed; --overlay-3: #0e7490; --overlay-4: #be185d;
  --shadow: 0 1px 2px #171a210f, 0 1px 8px #171a210a;
}
@media (prefers-color-scheme: dark) {
  :root:not(.paper) {
    color-scheme: dark;
    --back: #0e1116; --surface: #161a21; --raised: #1c212a; --ink: #e8eaf0; --soft: #9aa3b2; --edge: #2d3440; --grid: #232934;
    --line: #86aaff; --accent: #86aaff; --on-accent: #0e1116; --gain: #3fc796; --loss: #ff7d84; --warn: #f0b45c;
    --warn-back: #2a2213; --loss-back: #2d181b; --band: #86aaff38; --volume: #9aa3b230; --loss-area: #ff7d8426;
    --selection: #86aaff22; --overlay-1: #f0a94b; --overlay-2: #b79bff; --overlay-3: #4cc5dd; --overlay-4: #f58ab5;
    --shadow: none;
  }
}

* { box-sizing: border-box; }
html { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; background: var(--back); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { margin: 0; }
main { max-width: 1280px; margin: 0 auto; padding: 1.25rem 1.25rem 3rem; outline: none; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0.1rem 0 0.3rem; letter-spacing: -0.015em; overflow-wrap: anywhere; }
h1 span { color: var(--soft); font-weight: 400; }
h2 { font-size: 1.05rem; margin: 0 0 0.75rem; }
h2 .count { color: var(--soft); font-weight: 400; margin-left: 0.25rem; }
p { margin: 0 0 0.5rem; }
a { color: var(--accent); text-underline-offset: 0.15em; }
code, pre { font: 0.87em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { margin: 0.4rem 0 0; padding: 0.75rem; background: var(--raised); border: 1px solid var(--edge); border-radius: 6px; overflow: auto; max-height: 22rem; white-space: pre-wrap; overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -999px; top: 0; padding: 0.5rem 1rem; background: var(--accent); color: var(--on-accent); z-index: 10; }
.skip:focus { left: 0; }
.gain { color: var(--gain); }
.loss { color: var(--loss); }
.hint { color: var(--soft); margin-bottom: 0.75rem; }

/* Frame */
.bar { background: var(--surface); border-bottom: 1px solid var(--edge); }
.bar nav { max-width: 1280px; margin: 0 auto; padding: 0 1.25rem; display: flex; gap: 0.25rem; align-items: stretch; }
.bar a { padding: 0.7rem 0.75rem; color: var(--soft); text-decoration: none; border-bottom: 2px solid transparent; }
.bar a:hover { color: var(--ink); }
.bar a[aria-current] { color: var(--ink); border-color: var(--accent); }
.bar .brand { display: flex; gap: 0.5rem; align-items: center; color: var(--ink); font-weight: 650; padding-left: 0; margin-right: 0.75rem; }
.brand svg { color: var(--accent); }
main section, .card { background: var(--surface); border: 1px solid var(--edge); border-radius: 10px; padding: 1.1rem 1.25rem; margin-bottom: 1rem; box-shadow: var(--shadow); }
.made { color: var(--soft); font-size: 0.87rem; text-align: center; padding-top: 1rem; }

/* Controls */
button, .button, select, input, textarea { font: inherit; color: inherit; }
button, .button { display: inline-block; padding: 0.35rem 0.75rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--surface); text-decoration: none; color: var(--ink); cursor: pointer; white-space: nowrap; line-height: 1.4; }
button:hover, .button:hover { background: var(--raised); border-color: var(--soft); }
button:disabled { opacity: 0.45; cursor: default; background: none; border-color: var(--edge); }
button.primary, .button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
button.primary:hover, .button.primary:hover { filter: brightness(1.1); }
button.danger { color: var(--loss); }
button.link { border: 0; padding: 0; background: none; color: var(--accent); text-decoration: underline; text-underline-offset: 0.15em; }
input:not([type=checkbox]):not([type=radio]), select, textarea { padding: 0.4rem 0.6rem; border: 1px solid var(--soft); border-radius: 6px; background: var(--surface); min-width: 0; max-width: 100%; }
input[aria-invalid=true], select[aria-invalid=true] { border-color: var(--loss); box-shadow: 0 0 0 1px var(--loss); }

/* Head of a run */
.title { display: flex; flex-wrap: wrap; gap: 0.75rem 1.5rem; justify-content: space-between; align-items: flex-start; margin-bottom: 1rem; }
.title > div:first-child { min-width: 0; }
.eyebrow { color: var(--soft); margin: 0; display: flex; gap: 0.6rem; align-items: center; flex-wrap: wrap; }
.facts { color: var(--soft); }
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.status { display: inline-flex; align-items: center; gap: 0.4rem; font-size: 0.84rem; color: var(--ink); }
.status::before { content: ""; width: 0.55rem; height: 0.55rem; border-radius: 50%; background: var(--soft); }
.status.completed::before { background: var(--gain); }
.status.failed::before, .status.interrupted::before { background: var(--loss); border-radius: 1px; }
.status.running::before, .status.starting::before { background: var(--accent); }
.status.queued::before { background: none; border: 2px solid var(--soft); }
.status.cancelled::before { background: var(--warn); border-radius: 1px; }
.chips { list-style: none; display: flex; flex-wrap: wrap; gap: 0.35rem; padding: 0; margin: 0.4rem 0 0; font-size: 0.87rem; }
.chips li { background: var(--surface); border: 1px solid var(--edge); border-radius: 999px; padding: 0.08rem 0.65rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.chips span { color: var(--soft); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.2rem, 1fr)); gap: 1px; margin: 0 0 1rem; background: var(--edge); border: 1px solid var(--edge); border-radius: 10px; overflow: hidden; box-shadow: var(--shadow); }
.figures div { background: var(--surface); padding: 0.7rem 0.9rem; display: flex; flex-direction: column; justify-content: space-between; }
.figures dt { color: var(--soft); font-size: 0.84rem; }
.figures dd { margin: 0; font-size: 1.3rem; font-weight: 600; font-variant-numeric: tabular-nums; letter-spacing: -0.01em; white-space: nowrap; }
main .notes { background: var(--warn-back); border-color: var(--warn); }
.notes h2 { color: var(--warn); margin-bottom: 0.25rem; }
.notes ul { margin: 0; padding-left: 1.1rem; overflow-wrap: anywhere; }
main .failure { background: var(--loss-back); border-color: var(--loss); }
.failure h2 { color: var(--loss); }
.failure .message { font-weight: 600; overflow-wrap: anywhere; }
.failure .facts { display: flex; flex-wrap: wrap; gap: 0.25rem 1.75rem; margin: 0.25rem 0 0.75rem; }
.failure .facts dt { font-size: 0.84rem; }
.failure .facts dd { margin: 0; color: var(--ink); }
summary { cursor: pointer; }

/* Chart */
.chart h2 { float: left; margin: 0.2rem 1rem 0 0; }
.chart .hint { clear: both; }
.toolbar { display: flex; flex-wrap: wrap; gap: 0.5rem 0.9rem; margin-bottom: 0.75rem; min-height: 2rem; justify-content: flex-end; }
.toolbar > div { display: flex; flex-wrap: wrap; }
.toolbar button { border-radius: 0; margin-left: -1px; padding: 0.2rem 0.6rem; font-size: 0.87rem; }
.toolbar button:first-child { border-radius: 6px 0 0 6px; margin-left: 0; }
.toolbar button:last-child { border-radius: 0 6px 6px 0; }
.toolbar button:only-child { border-radius: 6px; }
.toolbar button[aria-pressed=true] { background: var(--selection); border-color: var(--accent); position: relative; }
.toolbar button[aria-pressed=false] { color: var(--soft); }
.toolbar .marked::before { content: ""; display: inline-block; width: 0.8rem; height: 3px; background: var(--mark); margin-right: 0.4rem; vertical-align: middle; }
.toolbar .marked[aria-pressed=false]::before { opacity: 0.35; }
.plot { position: relative; clear: both; height: min(46rem, 82vh); min-height: 30rem; touch-action: pan-y; cursor: crosshair; user-select: none; }
.plot.dragging { cursor: grabbing; }
.plot.over-trade { cursor: pointer; }
.plot canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
.legends { position: absolute; inset: 0; pointer-events: none; overflow: hidden; }
.legend { position: absolute; left: 0; margin: 0; display: flex; flex-wrap: wrap; gap: 0 0.7rem; font-size: 0.8rem; line-height: 1.35; font-variant-numeric: tabular-nums; color: var(--ink); text-shadow: 0 0 3px var(--surface), 0 0 3px var(--surface), 0 0 3px var(--surface); }
.legend .name { font-weight: 650; }
.legend b { font-weight: 400; }
.legend .quiet { color: var(--soft); }
.keys { font-size: 0.87rem; color: var(--soft); margin-top: 0.5rem; }
.keys p { margin: 0.25rem 0 0; max-width: 60rem; }
.trouble { color: var(--loss); padding: 1rem; }

/* Tables */
.scroller { overflow-x: auto; margin: 0 -1.25rem; padding: 0 1.25rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.data th, .data td { padding: 0.4rem 0.7rem; text-align: left; white-space: nowrap; border-bottom: 1px solid var(--grid); }
.data th { color: var(--soft); font-weight: 500; font-size: 0.84rem; border-color: var(--edge); }
.data th button, .data th a { border: 0; padding: 0; background: none; color: inherit; font-size: inherit; text-decoration: none; }
.data th button:hover, .data th a:hover { color: var(--ink); }
.data .number { text-align: right; }
.data th[aria-sort] { color: var(--ink); }
.data th[aria-sort=ascending] :is(button, a)::after { content: " ↑"; }
.data th[aria-sort=descending] :is(button, a)::after { content: " ↓"; }
.data th:first-child, .data td:first-child { padding-left: 0; }
.data tbody tr:hover { background: var(--raised); }
.data tr[aria-selected] { cursor: pointer; }
.data tr[aria-selected=true] { background: var(--selection); }
.data td.empty { color: var(--soft); padding: 1rem 0; }
.filters { display: flex; flex-wrap: wrap; gap: 0.5rem 1.25rem; margin-bottom: 0.5rem; font-size: 0.87rem; color: var(--soft); }
.filters select { color: var(--ink); padding: 0.2rem 0.4rem; }
.pager { display: flex; gap: 0.75rem; align-items: center; margin-top: 0.75rem; font-size: 0.87rem; color: var(--soft); }
.pager[hidden] { display: none; }
.groups { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); gap: 1.25rem 2.5rem; align-items: start; }
.metrics caption { text-align: left; font-weight: 600; padding-bottom: 0.35rem; border-bottom: 1px solid var(--edge); }
.metrics th { text-align: left; font-weight: 500; padding: 0.5rem 1rem 0.5rem 0; vertical-align: top; }
.metrics th p { color: var(--soft); font-weight: 400; font-size: 0.84rem; line-height: 1.4; margin: 0.05rem 0 0; }
.metrics td { text-align: right; white-space: nowrap; vertical-align: top; padding: 0.5rem 0; font-weight: 600; }
.metrics tr + tr > * { border-top: 1px solid var(--grid); }
.provenance { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 0.35rem 2.5rem; margin: 0; }
.provenance div { display: grid; grid-template-columns: 9rem 1fr; gap: 0.75rem; }
.provenance dt { color: var(--soft); }
.provenance dd { margin: 0; overflow-wrap: anywhere; }

/* Table of runs and the form */
.search, .fields { display: grid; gap: 0.75rem 1.25rem; }
.search { grid-template-columns: minmax(12rem, 2fr) repeat(3, minmax(7rem, 1fr)) auto; align-items: end; padding: 0.9rem 1.25rem; }
.search label { display: grid; gap: 0.15rem; color: var(--soft); font-size: 0.84rem; min-width: 0; }
.search label > * { color: var(--ink); font-size: 1rem; width: 100%; height: 2.45rem; }
.search .buttons > * { height: 2.45rem; }
.search .buttons { display: flex; gap: 0.5rem; }
.runs th, .runs td { padding: 0.4rem 0.5rem; font-size: 0.93rem; }
.runs .strategy { font-weight: 600; text-decoration: none; }
.runs .strategy:hover { text-decoration: underline; }
.runs .quiet { color: var(--soft); }
.runs td:first-child, .runs th:first-child { padding-right: 0; }
.pager .space { flex: 1; }
.empty { color: var(--soft); margin: 0.5rem 0; }
progress { accent-color: var(--accent); height: 0.7rem; }
.runs progress { width: 5rem; margin-left: 0.4rem; }
.waiting progress { width: 100%; height: 1rem; display: block; margin-bottom: 0.5rem; }
.fields { grid-template-columns: repeat(auto-fill, minmax(min(16rem, 100%), 1fr)); }
.fields + .fields { margin-top: 1rem; }
.field { min-width: 0; }
.field > label { display: block; font-weight: 600; margin-bottom: 0.15rem; }
.field > input:not([type=checkbox]), .field > select { width: 100%; max-width: 22rem; }
.field .hint { font-size: 0.84rem; line-height: 1.35; margin: 0.25rem 0 0; }
.field .fault { color: var(--loss); font-size: 0.87rem; margin: 0.25rem 0 0; font-weight: 600; }
.field.check { display: grid; grid-template-columns: auto 1fr; gap: 0 0.5rem; align-items: baseline; align-content: start; }
.field.check .hint, .field.check .fault { grid-column: 2; margin-top: 0; }
#parameters { margin-top: 0.75rem; }
#parameters[aria-busy] { opacity: 0.5; }
.start .submit { padding: 0.25rem 0 1rem; }
.start .submit button { padding: 0.5rem 2.5rem; font-size: 1.05rem; }
.failure h1 { color: var(--loss); }
.failure ul { margin: 0; padding-left: 1.1rem; }
.failure a { color: inherit; }
@media (max-width: 900px) { .search { grid-template-columns: 1fr 1fr; } .search .wide, .search .buttons { grid-column: 1 / -1; } }

@media (max-width: 640px) {
  html { font-size: 14.5px; }
  main { padding: 0.9rem 0.75rem 2rem; }
  main section, .card { padding: 0.9rem 0.75rem; }
  .scroller { margin: 0 -0.75rem; padding: 0 0.75rem; }
  .bar nav { padding: 0 0.75rem; }
  h1 { font-size: 1.4rem; }
  .figures { grid-template-columns: 1fr 1fr; }
  .figures dd { font-size: 1.15rem; }
  .chart h2 { float: none; }
  .toolbar { justify-content: flex-start; }
  .toolbar button { padding: 0.3rem 0.55rem; }
  .plot { height: 34rem; }
  .provenance div { grid-template-columns: 7.5rem 1fr; }
  .data th, .data td { padding: 0.45rem 0.5rem; }
}

@media print {
  html, body { background: #fff; }
  main { max-width: none; padding: 0; }
  main section, .card, .figures { box-shadow: none; break-inside: avoid; }
  .data tr, .metrics tr { break-inside: avoid; }
  #trades, #events, #metrics { break-inside: auto; }
  .bar, .skip, .toolbar, .actions, .filters, .pager button, .keys { display: none; }
  .scroller { overflow: visible; }
  .data { font-size: 0.75rem; }
  .plot { height: 28rem; }
}
@media (prefers-reduced-motion: no-preference) { button, .button { transition: background 0.12s, border-color 0.12s; } }

"""##
    ),
    (
"page.js",
##"""
"use strict";
// What the table of runs, the form and the page of a run under way do in the browser. All of them work without.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // Selecting runs
  const boxes = () => all("input[name=id][type=checkbox]");
  const showSelection = () => {
    const chosen = boxes().filter((box) => box.checked).length;
    for (const button of all("[data-selected]")) {
      button.disabled = chosen === 0;
      button.textContent = chosen === 0 ? "Delete selected" : `Delete ${chosen} selected`;
    }
    for (const box of all("[data-all]")) {
      box.checked = chosen > 0 && chosen === boxes().length;
      box.indeterminate = chosen > 0 && chosen < boxes().length;
    }
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) for (const box of boxes()) box.checked = event.target.checked;
    if (event.target.matches("[data-all], input[name=id]")) showSelection();
  });

  // While runs are under way the table is fetched again, unless somebody is busy with it.
  const refreshTable = async () => {
    const runs = document.getElementById("runs");
    if (!runs?.hasAttribute("data-active")) return;
    const isBusy = boxes().some((box) => box.checked) || runs.contains(document.activeElement) || document.hidden;
    if (!isBusy) {
      try {
        const response = await fetch(location.href, { headers: { Accept: "text/html" } });
        if (response.ok) {
          const page = new DOMParser().parseFromString(await response.text(), "text/html");
          runs.replaceWith(page.getElementById("runs"));
          showSelection();
        }
      } catch { /* The server is away for a moment; the next time will do. */ }
    }
    setTimeout(refreshTable, 1500);
  };

  // A run under way
  const follow = async (section) => {
    const bar = section.querySelector("progress");
    const text = section.querySelector("[data-progress-text]");
    const { count, volume } = Backtester.format;
    for (;;) {
      try {
        const response = await fetch(section.dataset.progress, { headers: { Accept: "application/json" } });
        if (response.status === 404) return location.reload();
        const progress = await response.json();
        if (progress.finished) return location.reload();
        if (progress.bars_total) {
          bar.max = progress.bars_total;
          bar.value = progress.bars_done;
          const speed = progress.bars_per_second ? `, ${volume(progress.bars_per_second)} bars a second` : "";
          text.textContent = `${count(progress.bars_done)} of ${count(progress.bars_total)} bars${speed}`;
        }
      } catch { text.textContent = "The server does not answer; trying again."; }
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  };

  // Another strategy has other parameters.
  const strategy = document.querySelector("[data-parameters]");
  let latest = 0;
  strategy?.addEventListener("change", async () => {
    const turn = ++latest;
    const place = document.getElementById("parameters");
    place.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(`${strategy.dataset.parameters}?strategy=${encodeURIComponent(strategy.value)}`);
      const text = await response.text();
      if (turn !== latest) return;
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      const page = new DOMParser().parseFromString(text, "text/html");
      place.replaceChildren(...page.body.childNodes);
    } catch (error) {
      if (turn === latest) place.textContent = `The parameters could not be fetched: ${error.message}. Choose the strategy again.`;
    }
    if (turn === latest) place.removeAttribute("aria-busy");
  });

  showSelection();
  setTimeout(refreshTable, 1500);
  all("[data-progress]").forEach(follow);
  document.querySelector("[data-focus]")?.focus();
})();

"""##
    ),
    (
"panes.js",
##"""
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
      for (const row of visible) {
        if ((trades.pnl[row] >= 0 || trades.isOpen(row)) !== isGain) continue;
        const [x1, y1] = [x(trades.entry[row]), y(trades.entryPrice[row])];
        const [x2, y2] = trades.isOpen(row) ? [x1, y1] : [x(trades.exit[row]), y(trades.exitPrice[row])];
        if (visible.length > MOST_JOINS) { marks.rect(x1 - 1, y1 - 1, 2, 2); continue; }
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

"""##
    ),
    (
"pointer.js",
##"""
"use strict";
// Mouse, touch and keyboard on a chart.
Backtester.pointer = (() => {
  const EDGE = 8;

  const place = (chart, event) => {
    const box = chart.container.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  /** The row of the chart's level under a pixel. */
  const rowAt = (chart, x) => {
    const row = Math.floor(chart.bar(x) / chart.level.size) - chart.level.first;
    return Math.min(Math.max(row, chart.begin), chart.end - 1);
  };

  /** The trade drawn nearest to a pixel, within a finger's width of its line. */
  const tradeAt = (chart, { x, y }) => {
    const pane = chart.panes.find((pane) => pane.kind === "price");
    if (!pane || !chart.options.trades || y < pane.top || y > pane.bottom) return null;
    let best = null, bestDistance = 9;
    for (const row of chart.trades.visible(chart.view.from, chart.view.to)) {
      const { trades } = chart;
      const [x1, y1] = [chart.x(trades.entry[row] + 0.5), pane.scale.y(trades.entryPrice[row])];
      const [x2, y2] = trades.isOpen(row) ? [x1, y1] : [chart.x(trades.exit[row] + 0.5), pane.scale.y(trades.exitPrice[row])];
      const length = (x2 - x1) ** 2 + (y2 - y1) ** 2;
      const part = length > 0 ? Math.min(1, Math.max(0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length)) : 0;
      const distance = Math.hypot(x - x1 - part * (x2 - x1), y - y1 - part * (y2 - y1));
      if (distance < bestDistance) [best, bestDistance] = [row, distance];
    }
    return best;
  };

  const attach = (chart, { announce, picked }) => {
    const { container } = chart;
    const pointers = new Map();
    let drag = null, pinch = null;

    const toBars = (pixels) => pixels / (chart.plot.right - chart.plot.left) * (chart.view.to - chart.view.from);
    const navigatorBar = (x) => x / (chart.plot.right - chart.plot.left) * chart.run.count;
    const navigatorX = (bar) => bar / chart.run.count * (chart.plot.right - chart.plot.left);

    const begin = (point, event) => {
      const view = { ...chart.view };
      if (point.y >= chart.navigator.top - 4) {
        const [left, right] = [navigatorX(view.from), navigatorX(view.to)];
        const edge = Math.abs(point.x - left) < EDGE ? "left" : Math.abs(point.x - right) < EDGE ? "right" : null;
        if (edge) return { kind: edge, view };
        if (point.x > left && point.x < right && !chart.isWhole) return { kind: "window", view, start: point };
        return { kind: "range", start: point };
      }
      return event.shiftKey ? { kind: "zoom", start: point } : { kind: "pan", view, start: point };
    };

    const move = (point) => {
      switch (drag.kind) {
        case "pan": {
          const bars = toBars(drag.start.x - point.x);
          chart.show(drag.view.from + bars, drag.view.to + bars);
          break;
        }
        case "window": {
          const bars = navigatorBar(point.x - drag.start.x);
          chart.show(drag.view.from + bars, drag.view.to + bars);
          break;
        }
        case "left": chart.show(Math.min(navigatorBar(point.x), drag.view.to - 2), drag.view.to); break;
        case "right": chart.show(drag.view.from, Math.max(navigatorBar(point.x), drag.view.from + 2)); break;
        case "range": {
          const bars = [navigatorBar(drag.start.x), navigatorBar(point.x)].sort((a, b) => a - b);
          if (bars[1] - bars[0] > 1) chart.show(...bars);
          break;
        }
        case "zoom": {
          const [left, right] = [drag.start.x, point.x].sort((a, b) => a - b);
          chart.selection = { left: Math.max(0, left), right: Math.min(chart.plot.right, right) };
          chart.drawFront();
        }
      }
    };

    const hover = (point, event) => {
      if (!chart.level) return;
      const inside = point.x <= chart.plot.right && point.y <= chart.plot.bottom;
      const trade = inside && event.pointerType !== "touch" ? tradeAt(chart, point) : null;
      chart.hovered = trade;
      container.title = trade === null ? "" : chart.trades.describe(trade);
      container.classList.toggle("over-trade", trade !== null);
      chart.setCursor(inside ? { row: rowAt(chart, point.x), y: point.y } : null);
    };

    container.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !chart.level) return;
      const point = place(chart, event);
      pointers.set(event.pointerId, point);
      container.setPointerCapture(event.pointerId);
      if (pointers.size === 2) {
        const [a, b] = [...pointers.values()];
        pinch = { distance: Math.max(10, Math.abs(a.x - b.x)), view: { ...chart.view }, bar: chart.bar((a.x + b.x) / 2) };
        drag = null;
        return;
      }
      drag = { ...begin(point, event), moved: 0, from: point };
    });

    container.addEventListener("pointermove", (event) => {
      const point = place(chart, event);
      if (pointers.has(event.pointerId)) pointers.set(event.pointerId, point);
      if (pinch && pointers.size === 2) {
        const [a, b] = [...pointers.values()];
        chart.view = { ...pinch.view };
        chart.zoom(pinch.distance / Math.max(10, Math.abs(a.x - b.x)), pinch.bar);
        return;
      }
      if (drag) {
        drag.moved = Math.max(drag.moved, Math.abs(point.x - drag.from.x));
        if (drag.moved > 3) { container.classList.add("dragging"); move(point); }
      }
      hover(point, event);
    });

    const finish = (event) => {
      const point = place(chart, event);
      pointers.delete(event.pointerId);
      if (pointers.size < 2) pinch = null;
      container.classList.remove("dragging");
      if (!drag) return;
      const { kind, moved } = drag;
      drag = null;
      if (kind === "zoom" && chart.selection) {
        const { left, right } = chart.selection;
        chart.selection = null;
        if (right - left > 4) chart.show(chart.bar(left), chart.bar(right)); else chart.drawFront();
      } else if (kind === "pan" && moved <= 3 && event.type === "pointerup") {
        const trade = tradeAt(chart, point);
        chart.select(trade, { moves: false });
        if (trade !== null) picked(trade);
      }
    };
    container.addEventListener("pointerup", finish);
    container.addEventListener("pointercancel", finish);
    container.addEventListener("pointerleave", () => {
      if (drag) return;
      chart.hovered = null;
      chart.setCursor(null);
    });
    container.addEventListener("dblclick", () => chart.show(0, chart.run.count));

    container.addEventListener("wheel", (event) => {
      if (!chart.level) return;
      const scale = event.deltaMode === 1 ? 16 : 1;
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey) {
        event.preventDefault();
        chart.pan(toBars((event.deltaX || event.deltaY) * scale));
        return;
      }
      // When everything is shown, wheeling out scrolls the page: the chart is not a trap.
      if (event.deltaY > 0 && chart.isWhole) return;
      event.preventDefault();
      chart.zoom(Math.exp(Math.max(-200, Math.min(200, event.deltaY * scale)) * 0.0022), chart.bar(place(chart, event).x));
      hover(place(chart, event), event);
    }, { passive: false });

    container.addEventListener("keydown", (event) => {
      if (!chart.level || event.ctrlKey || event.metaKey || event.altKey) return;
      const span = chart.view.to - chart.view.from;
      const step = (rows) => {
        const current = chart.cursor ? chart.cursor.row : rows > 0 ? chart.begin - 1 : chart.end;
        const target = current + rows;
        if (target < chart.begin || target >= chart.end) chart.pan(rows * Math.max(1, span / 10));
        const row = Math.min(Math.max(target, chart.begin), chart.end - 1);
        chart.setCursor({ row, y: chart.cursor?.y ?? -1 });
        announce(Backtester.legend.sentence(chart));
      };
      const trade = (direction) => {
        const order = chart.trades.byEntry;
        if (order.length === 0) return;
        const current = order.indexOf(chart.selected);
        const next = current < 0 ? (direction > 0 ? 0 : order.length - 1)
          : Math.min(Math.max(current + direction, 0), order.length - 1);
        chart.select(order[next]);
        picked(order[next]);
        announce(chart.trades.describe(order[next]));
      };
      const actions = {
        ArrowLeft: () => event.shiftKey ? chart.pan(-span / 5) : step(-1),
        ArrowRight: () => event.shiftKey ? chart.pan(span / 5) : step(1),
        "+": () => chart.zoom(0.7), "=": () => chart.zoom(0.7), "-": () => chart.zoom(1 / 0.7), "_": () => chart.zoom(1 / 0.7),
        0: () => chart.show(0, chart.run.count),
        Home: () => chart.show(0, span), End: () => chart.show(chart.run.count - span, chart.run.count),
        n: () => trade(1), p: () => trade(-1), Escape: () => { chart.select(null); chart.setCursor(null); },
      };
      const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!action) return;
      event.preventDefault();
      action();
    });
  };

  return { attach };
})();

"""##
    ),
    (
"run.js",
##"""
"use strict";
// Puts the page of a run together: data, chart with its tools, tables.
(() => {
  const { make, format, bars } = Backtester;

  const tradesTable = (container, chart) => {
    const { trades } = chart;
    const tone = (row) => trades.isOpen(row) ? "" : trades.pnl[row] > 0 ? "gain" : trades.pnl[row] < 0 ? "loss" : "";
    const number = (title, column, text) => (
      { title, isNumber: true, value: (row) => trades[column][row], text: (row) => text(trades[column][row]) });
    const columns = [
      { title: "Trade", isNumber: true, value: (row) => trades.id[row], text: (row) => format.count(trades.id[row]) },
      { title: "Side", value: (row) => trades.size[row] > 0 ? "long" : "short", text: (row) => trades.size[row] > 0 ? "long" : "short" },
      { ...number("Size", "size", format.count), value: (row) => Math.abs(trades.size[row]), text: (row) => format.count(Math.abs(trades.size[row])) },
      number("Entry", "entryTime", format.time), number("Entry price", "entryPrice", format.price),
      { ...number("Exit", "exitTime", format.time), text: (row) => trades.isOpen(row) ? "open" : format.time(trades.exitTime[row]) },
      number("Exit price", "exitPrice", format.price),
      { ...number("P&L", "pnl", format.number), tone }, { ...number("Return", "return", format.percent), tone },
      { title: "Bars", isNumber: true, value: (row) => trades.end(row) - trades.entry[row], text: (row) => format.count(trades.end(row) - trades.entry[row]) },
      number("Commission", "commission", format.number),
    ];
    const any = (column) => trades[column].some(Number.isFinite);
    if (any("stopLoss")) columns.push(number("Stop-loss", "stopLoss", format.price));
    if (any("takeProfit")) columns.push(number("Take-profit", "takeProfit", format.price));
    if (Array.from({ length: trades.count }).some((_, row) => trades.tag(row))) {
      columns.push({ title: "Tag", value: trades.tag, text: (row) => trades.tag(row) ?? "" });
    }
    return new Backtester.Table(container, {
      caption: "Trades", count: trades.count, columns, openTitle: "Show in the chart",
      filters: [
        { label: "Result", choices: [{ title: "all" }, { title: "profit", test: (row) => trades.pnl[row] > 0 }, { title: "loss", test: (row) => trades.pnl[row] < 0 }, { title: "open", test: (row) => trades.isOpen(row) }] },
        { label: "Side", choices: [{ title: "both" }, { title: "long", test: (row) => trades.size[row] > 0 }, { title: "short", test: (row) => trades.size[row] < 0 }] },
      ],
      open: (row) => {
        chart.select(row);
        chart.container.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
      },
    });
  };

  const eventsTable = (container, events) => {
    const columns = Object.fromEntries(["index", "time", "order", "size", "price", "commission", "trade"].map((name) => [name, bars.unpack(events[name])]));
    const words = Object.fromEntries(["kind", "role", "side", "name", "reason"].map((name) => [name, bars.unpackTexts(events[name])]));
    const number = (title, name, text) => (
      { title, isNumber: true, value: (row) => columns[name][row], text: (row) => text(columns[name][row]) });
    const word = (title, name) => (
      { title, value: words[name], text: (row) => (words[name](row) ?? "").replaceAll("_", " ") });
    const list = [
      number("Time", "time", format.time), number("Bar", "index", format.count), word("Event", "kind"),
      { ...number("Order", "order", format.count), text: (row) => columns.order[row] > 0 ? format.count(columns.order[row]) : format.NONE },
      word("For", "role"), word("Side", "side"),
      { ...number("Size", "size", format.count), text: (row) => columns.size[row] !== 0 ? format.count(columns.size[row]) : format.NONE },
      number("Price", "price", format.price), number("Commission", "commission", format.number),
      number("Trade", "trade", format.count),
    ];
    if (events.name.words.length > 0) list.push(word("Name", "name"));
    list.push({ title: "Reason", value: words.reason, text: (row) => words.reason(row) ?? "" });
    const kinds = [...events.kind.words].sort();
    new Backtester.Table(container, {
      caption: "Order events", count: events.count, columns: list,
      filters: [{ label: "Event", choices: [{ title: "all" }, ...kinds.map((kind) => ({ title: kind.replaceAll("_", " "), test: (row) => words.kind(row) === kind }))] }],
    });
  };

  /** The stretches a run of this length can be looked at in, from the end. */
  const ranges = (run) => {
    const day = 86400000;
    const all = [["1D", day], ["1W", 7 * day], ["1M", 30.5 * day], ["3M", 91 * day], ["6M", 182.5 * day], ["1Y", 365.25 * day], ["5Y", 1826 * day]];
    const fitting = all.filter(([, length]) => length < (run.end - run.start) * 0.9 && length / (run.end - run.start) * run.count >= 8);
    return fitting.slice(-5);
  };

  const tools = (container, chart) => {
    const { run, options } = chart;
    const group = (label, ...children) => make("div", { role: "group", "aria-label": label }, ...children);
    const button = (text, action, attributes = {}) => {
      const element = make("button", { type: "button", ...attributes }, text);
      element.addEventListener("click", action);
      return element;
    };
    const whole = () => chart.show(0, run.count);
    const rangeButtons = ranges(run).map(([text, length]) => button(text, () => {
      chart.show(run.count * (1 - length / (run.end - run.start)), run.count);
    }));
    const toggle = (text, isOn, change, color) => {
      const element = make("button", { type: "button", "aria-pressed": String(isOn) }, text);
      if (color) element.style.setProperty("--mark", color);
      element.classList.toggle("marked", Boolean(color));
      element.addEventListener("click", () => {
        const next = element.getAttribute("aria-pressed") !== "true";
        element.setAttribute("aria-pressed", String(next));
        change(next);
        chart.redraw();
      });
      return element;
    };
    const parts = [group("Range", ...rangeButtons, button("All", whole)),
      group("Zoom", button("−", () => chart.zoom(1.6), { "aria-label": "Zoom out" }), button("+", () => chart.zoom(1 / 1.6), { "aria-label": "Zoom in" }))];
    if (run.hasBars) {
      parts.push(group("Show",
        toggle("Candles", false, (isOn) => { options.style = isOn ? "candles" : "auto"; }),
        toggle("Log", false, (isOn) => { options.log = isOn; }), toggle("Trades", true, (isOn) => { options.trades = isOn; }),
        toggle("Volume", true, (isOn) => { options.volume = isOn; }), toggle("Hold", true, (isOn) => { options.hold = isOn; })));
    } else {
      parts.push(group("Show", toggle("Log", false, (isOn) => { options.log = isOn; })));
    }
    if (run.overlays.length) {
      parts.push(group("Indicators", ...run.overlays.map((overlay, position) => toggle(overlay.name, true, (isOn) => {
        if (isOn) options.hidden.delete(overlay.name); else options.hidden.add(overlay.name);
      }, `var(--overlay-${position % 4 + 1})`))));
    }
    container.replaceChildren(...parts);
  };

  const load = async () => {
    const embedded = document.getElementById("run-data");
    if (embedded) return JSON.parse(embedded.textContent);
    const response = await fetch(document.querySelector("[data-source]").dataset.source, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(`The server answered ${response.status} when asked for the run's data.`);
    return response.json();
  };

  const start = async () => {
    const plot = document.getElementById("chart-plot");
    if (!plot) return;
    try {
      const run = await load();
      const chart = new Backtester.Chart(run, plot);
      Backtester.chart = chart;
      await chart.source.ready();
      chart.holdBase = run.hold;
      const values = document.getElementById("chart-values");
      tools(document.getElementById("chart-tools"), chart);
      const table = tradesTable(document.querySelector("[data-table=trades]"), chart);
      eventsTable(document.querySelector("[data-table=events]"), run.events);
      Backtester.pointer.attach(chart, {
        announce: (text) => { values.textContent = text; }, picked: (row) => table.reveal(row),
      });
      chart.draw();
      plot.dataset.ready = "true";
    } catch (error) {
      plot.replaceChildren(make("p", { class: "trouble", role: "alert" }, `The chart could not be drawn: ${error.message} Reload the page to try again.`));
      console.error(error);
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();

"""##
    ),
    (
"scales.js",
##"""
"use strict";
// From values and bars to pixels, and the round numbers and calendar marks along the axes.
Backtester.scales = (() => {
  const { number } = Backtester.format;

  /** Pixels of values between `top` and `bottom`; logarithmic when asked for and all values are above 0. */
  const valueScale = (low, high, top, bottom, isLogarithmic = false) => {
    const isLog = isLogarithmic && low > 0;
    const to = isLog ? Math.log : (value) => value;
    const back = isLog ? Math.exp : (value) => value;
    const [a, b] = [to(low), to(high)];
    return {
      low, high, top, bottom, isLog,
      y: (value) => bottom - (to(value) - a) / (b - a) * (bottom - top),
      value: (y) => back(a + (bottom - y) / (bottom - top) * (b - a)),
    };
  };

  /** About `wanted` round values with their texts. */
  const valueTicks = (scale, wanted) => {
    const { low, high } = scale;
    if (!(high > low) || !Number.isFinite(high - low)) return [];
    if (scale.isLog && high / low > 4) {
      const steps = high / low > 1000 ? [1] : high / low > 30 ? [1, 3] : [1, 2, 5];
      const ticks = [];
      for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10) {
        for (const step of steps) if (step * power >= low && step * power <= high) ticks.push(step * power);
      }
      return ticks.map((value) => ({ value, text: number(value, value < 1 ? 3 : value < 10 ? 1 : 0) }));
    }
    const rough = (high - low) / wanted;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
    const decimals = Math.min(8, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
    const ticks = [];
    for (let n = Math.ceil(low / step); n * step <= high && ticks.length < 50; n++) {
      ticks.push({ value: n * step, text: number(n * step, decimals) });
    }
    return ticks;
  };

  const minute = 60000, day = 86400000;
  const clock = (date) => date.toISOString().slice(11, 16);
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const dayText = (date) => `${date.getUTCDate()} ${months[date.getUTCMonth()]}`;
  const monthText = (date) => date.getUTCMonth() === 0 ? String(date.getUTCFullYear()) : months[date.getUTCMonth()];
  // Units of the calendar: how long one is about, and a number that is the same for all times in it.
  const units = [
    ...[1, 5, 15, 30, 60, 180, 360, 720].map((n) => (
      { length: n * minute, of: (time) => Math.floor(time / (n * minute)), text: clock, coarse: (time) => Math.floor(time / day), coarseText: dayText })),
    ...[1, 2, 7, 14].map((n) => (
      { length: n * day, of: (time) => Math.floor(time / (n * day)), text: dayText })),
    ...[1, 3, 6].map((n) => ({
      length: n * 30 * day, text: monthText,
      of: (time) => { const date = new Date(time); return Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / n); },
    })),
    ...[1, 2, 5, 10, 20, 50].map((n) => ({
      length: n * 365 * day, of: (time) => Math.floor(new Date(time).getUTCFullYear() / n),
      text: (date) => String(date.getUTCFullYear()),
    })),
  ];

  /** Marks where a unit of the calendar begins: bucket rows of `level` from `begin` to `end`, at most `most` of them. */
  const timeTicks = (level, begin, end, most) => {
    const span = level.times[end - 1] - level.times[begin];
    let chosen = units.findIndex((unit) => span / unit.length <= most);
    if (chosen < 0) chosen = units.length - 1;
    for (; chosen < units.length; chosen++) {
      const unit = units[chosen];
      const ticks = [];
      for (let row = begin + 1; row < end && ticks.length <= most; row++) {
        if (unit.of(level.times[row]) === unit.of(level.times[row - 1])) continue;
        const date = new Date(level.times[row]);
        const isCoarse = unit.coarse && unit.coarse(level.times[row]) !== unit.coarse(level.times[row - 1]);
        ticks.push({ row, text: isCoarse ? unit.coarseText(date) : unit.text(date) });
      }
      if (ticks.length <= most) return ticks;
    }
    return [];
  };

  return { valueScale, valueTicks, timeTicks };
})();

"""##
    ),
    (
"source.js",
##"""
"use strict";
// Where the chart gets its levels from: the page itself, or windows fetched from the server as they are needed.
Backtester.source = (() => {
  const { unpack, bucketSize, finest, coarser, drawdowns, padded } = Backtester.bars;

  /** Everything is in the page; levels are made when first asked for and kept. */
  class EmbeddedSource {
    constructor(run) {
      const times = unpack(run.times);
      const equity = padded(unpack(run.equity), times.length);
      const columns = { times };
      for (const name of ["open", "high", "low", "close", "volume"]) columns[name] = unpack(run[name]);
      const overlays = run.overlays.map((overlay) => padded(unpack(overlay.values), times.length));
      this.levels = [finest(columns, [equity, drawdowns(equity), ...overlays])];
      this.overview = this.level(bucketSize(run.count, 600));
    }

    level(size) {
      while (this.levels[this.levels.length - 1].size < size) {
        this.levels.push(coarser(this.levels[this.levels.length - 1]));
      }
      return this.levels.find((level) => level.size === size);
    }

    /** The buckets for bars `from` to `to`, at most about `points` of them. */
    window(from, to, points) { return this.level(bucketSize(to - from, points)); }

    ready() { return Promise.resolve(); }
  }

  /** A level as the server writes it. */
  const received = (json) => {
    const column = (values) => Float64Array.from(values ?? [], (value) => value ?? NaN);
    const line = (values) => {
      const last = column(values.last);
      return { low: values.low ? column(values.low) : last, high: values.high ? column(values.high) : last, last };
    };
    return {
      size: json.size, first: json.first, count: json.times.length, times: column(json.times),
      open: column(json.open), high: column(json.high), low: column(json.low), close: column(json.close),
      volume: column(json.volume), lines: [line(json.equity), line(json.drawdown), ...json.overlays.map(line)],
    };
  };

  /** Keeps an overview and the last detail; asks for another detail when the view leaves it. */
  class WindowSource {
    constructor(run, changed) {
      this.run = run;
      this.changed = changed;
      this.wanted = null;
      this.detail = null;
    }

    async ready() {
      this.overview = await this.fetch(0, this.run.count, 1500);
    }

    async fetch(from, to, points, signal) {
      const url = `${this.run.windows}?from=${from}&to=${to}&points=${points}`;
      const response = await fetch(url, { signal, headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(`The server answered ${response.status} when asked for the chart's data.`);
      return received(await response.json());
    }

    window(from, to, points) {
      const size = bucketSize(to - from, points);
      const covers = (level) => level && level.first * level.size <= Math.max(0, from)
        && (level.first + level.count) * level.size >= Math.min(to, this.run.count);
      if (covers(this.detail) && this.detail.size === size) return this.detail;
      if (this.overview.size <= size) return this.level(size);
      this.request(from, to, size);
      // Until it has come, the picture is coarser than it could be, never wrong.
      return covers(this.detail) && this.detail.size < this.overview.size ? this.detail : this.overview;
    }

    /** The overview in wider buckets. */
    level(size) {
      this.levels ??= [this.overview];
      while (this.levels[this.levels.length - 1].size < size) this.levels.push(coarser(this.levels[this.levels.length - 1]));
      return this.levels.find((level) => level.size === size);
    }

    request(from, to, size) {
      const margin = to - from;
      const [lower, upper] = [Math.max(0, Math.floor(from - margin)), Math.min(this.run.count, Math.ceil(to + margin))];
      const wanted = `${lower}-${upper}-${size}`;
      if (this.wanted === wanted) return;
      this.wanted = wanted;
      clearTimeout(this.timer);
      this.timer = setTimeout(async () => {
        this.pending?.abort();
        this.pending = new AbortController();
        try {
          this.detail = await this.fetch(lower, upper, Math.ceil((upper - lower) / size), this.pending.signal);
          this.changed();
        } catch (error) {
          if (error.name !== "AbortError") this.wanted = null;
        }
      }, 40);
    }
  }

  return { EmbeddedSource, WindowSource };
})();

"""##
    ),
    (
"tables.js",
##"""
"use strict";
// Long tables in pages, sorted and filtered in the browser.
Backtester.Table = class {
  static PAGE = 25;

  /**
   * `columns`: {title, value(row), text(row), isNumber, tone(row)}; `filters`: {label, choices: [{title, test(row)}]};
   * `open(row)` is called for a row that is activated; without it rows are not.
   */
  constructor(container, { caption, count, columns, filters = [], open = null, openTitle = null }) {
    Object.assign(this, { container, columns, open, openTitle, count, page: 0, sort: null, selected: null });
    this.chosen = filters.map(() => 0);
    this.filters = filters;
    const { make } = Backtester;
    this.body = make("tbody");
    this.heads = columns.map((column, position) => {
      const button = make("button", { type: "button" }, column.title);
      button.addEventListener("click", () => this.sortBy(position));
      return make("th", { scope: "col", class: column.isNumber ? "number" : false }, button);
    });
    const table = make("table", { class: "data" },
      make("caption", { class: "visually-hidden" }, caption), make("thead", {}, make("tr", {}, ...this.heads)), this.body);
    this.status = make("span", { "aria-live": "polite" });
    this.previous = make("button", { type: "button" }, "Previous");
    this.next = make("button", { type: "button" }, "Next");
    this.previous.addEventListener("click", () => this.turn(-1));
    this.next.addEventListener("click", () => this.turn(1));
    container.replaceChildren(
      ...(filters.length ? [make("div", { class: "filters" }, ...filters.map((filter, position) => this.filter(filter, position)))] : []),
      make("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": caption }, table),
      make("div", { class: "pager" }, this.previous, this.status, this.next));
    this.arrange();
  }

  filter(filter, position) {
    const { make } = Backtester;
    const select = make("select", {}, ...filter.choices.map((choice, n) => make("option", { value: n }, choice.title)));
    select.addEventListener("change", () => { this.chosen[position] = Number(select.value); this.page = 0; this.arrange(); });
    return make("label", {}, `${filter.label} `, select);
  }

  sortBy(position) {
    const isSame = this.sort?.position === position;
    const first = this.columns[position].isNumber ? -1 : 1;
    this.sort = !isSame ? { position, direction: first } : this.sort.direction === first ? { position, direction: -first } : null;
    this.page = 0;
    this.arrange();
  }

  turn(pages) {
    this.page = Math.min(Math.max(this.page + pages, 0), this.pages - 1);
    this.render();
  }

  get pages() { return Math.max(1, Math.ceil(this.rows.length / Backtester.Table.PAGE)); }

  /** Filters and sorts; what has no value comes last either way. */
  arrange() {
    const tests = this.filters.map((filter, n) => filter.choices[this.chosen[n]].test).filter(Boolean);
    this.rows = [];
    for (let row = 0; row < this.count; row++) if (tests.every((test) => test(row))) this.rows.push(row);
    if (this.sort) {
      const { value } = this.columns[this.sort.position];
      const { direction } = this.sort;
      const isMissing = (key) => key === null || key === undefined || Number.isNaN(key);
      const keys = new Map(this.rows.map((row) => [row, value(row)]));
      this.rows.sort((a, b) => {
        const [x, y] = [keys.get(a), keys.get(b)];
        if (isMissing(x) || isMissing(y)) return isMissing(x) - isMissing(y) || a - b;
        return (x < y ? -direction : x > y ? direction : 0) || a - b;
      });
    }
    this.heads.forEach((head, position) => {
      if (this.sort?.position === position) head.setAttribute("aria-sort", this.sort.direction > 0 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    });
    this.render();
  }

  render() {
    const { make, format } = Backtester;
    const size = Backtester.Table.PAGE;
    const shown = this.rows.slice(this.page * size, (this.page + 1) * size);
    this.body.replaceChildren(...shown.map((row) => {
      const cells = this.columns.map((column, position) => {
        const text = column.text(row);
        const content = position === 0 && this.open
          ? make("button", { type: "button", class: "link", title: this.openTitle }, text) : text;
        return make("td", { class: [column.isNumber ? "number" : "", column.tone?.(row) ?? ""].join(" ").trim() || false }, content);
      });
      const line = make("tr", { "aria-selected": this.open ? String(row === this.selected) : false, "data-row": row }, ...cells);
      if (this.open) line.addEventListener("click", () => { this.mark(row); this.open(row); });
      return line;
    }));
    if (shown.length === 0) this.body.append(make("tr", {}, make("td", { colspan: this.columns.length, class: "empty" }, this.count === 0 ? "There are none." : "None match.")));
    const first = this.page * size + 1;
    const total = this.rows.length;
    this.status.textContent = total === 0 ? "" : `${format.count(first)}–${format.count(first + shown.length - 1)} of ${format.count(total)}`;
    this.previous.disabled = this.page === 0;
    this.next.disabled = this.page >= this.pages - 1;
    this.container.querySelector(".pager").hidden = this.pages === 1 && this.filters.length === 0;
  }

  /** Marks a row without opening it. */
  mark(row) {
    this.selected = row;
    for (const line of this.body.rows) if (line.dataset.row) line.setAttribute("aria-selected", String(Number(line.dataset.row) === row));
  }

  /** Turns to a row's page and marks it. */
  reveal(row) {
    const position = this.rows.indexOf(row);
    if (position >= 0) {
      this.page = Math.floor(position / Backtester.Table.PAGE);
      this.selected = row;
      this.render();
    }
  }
};

"""##
    ),
    (
"trades.js",
##"""
"use strict";
// A run's trades by row: closed ones in closing order, then those open at the end.
Backtester.Trades = class {
  constructor(packed, count) {
    const { unpack, unpackTexts } = Backtester.bars;
    this.count = packed.count;
    this.bars = count;
    for (const name of ["id", "size", "entry", "exit", "entryTime", "exitTime", "entryPrice", "exitPrice", "pnl", "return",
      "commission", "stopLoss", "takeProfit"]) this[name] = unpack(packed[name]);
    this.tag = unpackTexts(packed.tag);
    this.byEntry = Array.from({ length: this.count }, (_, row) => row).sort((a, b) => this.entry[a] - this.entry[b]);
  }

  isOpen(row) { return !Number.isFinite(this.exit[row]); }

  /** The bar a trade ends on; the last one for an open trade. */
  end(row) { return this.isOpen(row) ? this.bars - 1 : this.exit[row]; }

  /** The rows of the trades that are open on a bar from `from` to `to`. */
  visible(from, to) {
    const rows = [];
    for (let row = 0; row < this.count; row++) if (this.entry[row] <= to && this.end(row) >= from) rows.push(row);
    return rows;
  }

  /** One line about a trade. */
  describe(row) {
    const { price, count, number, percent, time } = Backtester.format;
    const side = `${this.size[row] > 0 ? "Long" : "Short"} ${count(Math.abs(this.size[row]))}`;
    const entry = `${side} at ${price(this.entryPrice[row])} on ${time(this.entryTime[row])}`;
    return this.isOpen(row) ? `Trade ${this.id[row]}: ${entry}, still open`
      : `Trade ${this.id[row]}: ${entry}, out at ${price(this.exitPrice[row])} on ${time(this.exitTime[row])}: `
        + `${number(this.pnl[row])} (${percent(this.return[row])})`;
  }
};

"""##
    ),
  ]
}
