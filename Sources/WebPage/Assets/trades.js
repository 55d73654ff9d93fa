"use strict";
// A run's trades by row: closed ones in closing order, then those open at the end.
Backtester.Trades = class {
  constructor(packed, count) {
    const { unpack, unpackTexts } = Backtester.bars;
    this.count = packed.count;
    this.bars = count;
    for (const name of ["id", "size", "entry", "exit", "entryTime", "exitTime", "entryPrice", "exitPrice", "pnl", "return",
      "commission", "stopLoss", "takeProfit"]) {
      // A column of nothing but missing values is left out.
      this[name] = packed[name] ? unpack(packed[name]) : new Float64Array(this.count).fill(NaN);
    }
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
