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
      // The sum makes 0 of -0.
      ticks.push({ value: n * step + 0, text: number(n * step + 0, decimals) });
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
