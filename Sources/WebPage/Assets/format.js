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
