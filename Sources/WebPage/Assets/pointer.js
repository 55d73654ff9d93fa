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
