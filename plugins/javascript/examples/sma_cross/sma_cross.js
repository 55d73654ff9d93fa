'use strict';
// Long while the simple average over n1 bars is above the one over n2, short while it is below.
const { run, sma, crossover } = require('../../backtester');

let fast;
let slow;
let cross;

run({
  name: 'sma_cross_js',
  version: '1.0',
  description: 'Long while the simple average over n1 bars is above the one over n2, short while it is below.',
  parameters: {
    n1: { type: 'integer', default: 10, minimum: 1, description: 'Bars of the first average' },
    n2: { type: 'integer', default: 20, minimum: 1, description: 'Bars of the second average' },
  },
  // Decides on prices alone, so that the host may send bars in chunks.
  needsAccount: false,
  warmup: ({ n1, n2 }) => [n1, n2],

  init({ parameters }) {
    fast = sma(parameters.n1);
    slow = sma(parameters.n2);
    cross = crossover();
  },

  onBar(bar, ctx) {
    const crossed = cross.update(fast.update(bar.close), slow.update(bar.close));
    if (ctx.warmup || crossed === 0) return;
    ctx.close();
    if (crossed > 0) ctx.buy();
    else ctx.sell();
  },
});
