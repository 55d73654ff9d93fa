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
