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
