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
