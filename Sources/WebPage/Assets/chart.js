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
      const isLong = tick.text.length > 6 && this.width - plot.right < 60;
      const text = isLong ? Backtester.format.volume(tick.value) : tick.text;
      context.fillText(text + (pane.kind === "drawdown" ? " %" : ""), plot.right + 8, y);
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
