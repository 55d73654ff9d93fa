'use strict';
const assert = require('node:assert');
const test = require('node:test');
const { sma, ema, crossover } = require('../backtester');

/** The plain mean of the last n values, to compare with up to rounding. */
const plainMean = (values, i, n) => values.slice(i - n + 1, i + 1).reduce((a, b) => a + b, 0) / n;

test('an average is undefined until its window is full, and near the plain mean afterwards', () => {
  const values = Array.from({ length: 300 }, (_, i) => 100 + Math.sin(i) * 7 + (i % 13));
  for (const n of [1, 2, 3, 10, 50]) {
    const average = sma(n);
    values.forEach((value, i) => {
      const mean = average.update(value);
      if (i < n - 1) assert.ok(Number.isNaN(mean));
      else assert.ok(Math.abs(mean - plainMean(values, i, n)) < 1e-10);
    });
  }
});

test('an average agrees with pandas 3.1 in the last bit', () => {
  // pandas.Series([...]).rolling(3).mean(); the plain sum gives 0.20000000000000004 and others instead.
  const values = [0.1, 0.2, 0.3, 0.1, 0.2, 0.7, 1e9, 0.1, 0.2, 0.3, 0.30000000000000004];
  const expected = [0.19999999999999998, 0.19999999999999998, 0.19999999999999998, 0.3333333333333333, 333333333.6333333, 333333333.59999996, 333333333.43333334, 0.19999999999999998, 0.26666666666666666];
  const average = sma(3);
  assert.deepStrictEqual(values.map((v) => average.update(v)).slice(2), expected);
});

test('equal values average to themselves, and values that are not negative never below 0', () => {
  const flat = sma(3);
  for (const value of [1e9, 0.1, 0.1, 0.1]) flat.update(value);
  assert.strictEqual(flat.update(0.1), 0.1);
  const small = sma(2);
  for (const value of [1e17, 1, 0, 0.5]) small.update(value);
  assert.ok(small.update(0) >= 0);
});

test('a missing value makes the average undefined until it has left the window', () => {
  const average = sma(2);
  assert.deepStrictEqual([1, 2, NaN, 4, 5].map((v) => average.update(v)), [NaN, 1.5, NaN, NaN, 4.5]);
});

test('an exponential average starts with the first value', () => {
  const average = ema(3);
  assert.deepStrictEqual([1, 2, 3, 4].map((v) => average.update(v)), [NaN, NaN, 2.25, 3.125]);
});

test('touching is not crossing', () => {
  const cross = crossover();
  const pairs = [[1, 2], [2, 2], [3, 2], [1, 2], [3, 2], [NaN, 2], [1, 2], [1, 2], [2.5, 2]];
  assert.deepStrictEqual(pairs.map(([a, b]) => cross.update(a, b)), [0, 0, 0, -1, 1, 0, 0, 0, 1]);
});

test('a period below 1 is refused', () => {
  assert.throws(() => sma(0), /period of at least 1/);
  assert.throws(() => ema(1.5), /period of at least 1/);
});
