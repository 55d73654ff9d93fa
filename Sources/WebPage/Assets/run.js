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

  // Up to so many order events are fetched with the page; more wait until somebody scrolls to them.
  const FEW_EVENTS = 2000;

  /** The table of order events, which in a page of a server come on their own: there may be far more than anybody reads. */
  const placeEvents = (container, run) => {
    if (run.events) return eventsTable(container, run.events);
    const fetchEvents = async () => {
      container.replaceChildren(make("p", { class: "empty" }, "Loading the order events…"));
      try {
        const response = await fetch(run.eventsAddress, { headers: { Accept: "application/json" } });
        if (!response.ok) throw new Error(`the server answered ${response.status}`);
        eventsTable(container, await response.json());
      } catch (error) {
        const again = make("button", { type: "button" }, "Try again");
        again.addEventListener("click", fetchEvents);
        container.replaceChildren(make("p", { class: "trouble", role: "alert" }, `The order events could not be fetched: ${error.message}. `, again));
      }
    };
    if (run.eventCount <= FEW_EVENTS) return fetchEvents();
    const watch = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      fetchEvents();
    }, { rootMargin: "600px" });
    watch.observe(container);
    container.replaceChildren(make("p", { class: "empty" }, "The order events come when you scroll here."));
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
      placeEvents(document.querySelector("[data-table=events]"), run);
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
