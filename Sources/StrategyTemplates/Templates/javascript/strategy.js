'use strict';
// Buys when the close rises above its average over n bars, closes when it falls below.
const { run, sma, crossover } = require('./backtester');

let average;
let cross;

run({
  name: '{{name}}',
  version: '1.0',
  parameters: { n: { type: 'integer', default: 20, minimum: 1, description: 'Bars of the average' } },
  needsAccount: false,
  warmup: ({ n }) => [n],

  init({ parameters }) {
    average = sma(parameters.n);
    cross = crossover();
  },

  onBar(bar, ctx) {
    const crossed = cross.update(bar.close, average.update(bar.close));
    if (ctx.warmup) return;
    if (crossed > 0) ctx.buy();
    if (crossed < 0) ctx.close();
  },
});
