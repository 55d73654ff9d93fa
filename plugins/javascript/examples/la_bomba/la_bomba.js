'use strict';
// Enters when two simple averages cross, with stop-loss, take-profit and a stop that moves to the entry price.
const { run, sma, crossover } = require('../../backtester');

let p;
let first;
let second;
let cross;

run({
  name: 'la_bomba_js',
  version: '1.0',
  description: 'Enters when two simple averages cross, with stop-loss, take-profit and a break-even stop.',
  parameters: {
    n1: { type: 'integer', default: 10, minimum: 1, description: 'Bars of the first average' },
    n2: { type: 'integer', default: 50, minimum: 1, description: 'Bars of the second average' },
    stop_loss_pct: { type: 'number', default: 0.01, minimum: 0, exclusiveMaximum: 1, description: 'Distance of the stop-loss from the close as a fraction' },
    take_profit_pct: { type: 'number', default: 0.02, minimum: 0, exclusiveMaximum: 1, description: 'Distance of the take-profit from the close as a fraction' },
    breakeven_pct: { type: 'number', default: 0.01, minimum: 0, description: 'Gain from which the stop-loss moves to the entry price, as a fraction' },
  },
  needsEvents: false,
  warmup: ({ n1, n2 }) => [n1, n2],

  init({ parameters }) {
    p = parameters;
    first = sma(p.n1);
    second = sma(p.n2);
    cross = crossover();
  },

  onBar(bar, ctx) {
    const crossed = cross.update(first.update(bar.close), second.update(bar.close));
    if (ctx.warmup) return;
    const price = bar.close;
    for (const { tradeId, quantity, entryPrice, stopLoss } of ctx.trades) {
      const isLong = quantity > 0;
      const gain = isLong ? price / entryPrice - 1 : entryPrice / price - 1;
      if (gain < p.breakeven_pct || stopLoss === null) continue;
      if (isLong ? stopLoss < entryPrice : stopLoss > entryPrice) ctx.amend(tradeId, { stopLoss: entryPrice });
    }
    if (crossed === 0 || ctx.position !== 0) return;
    if (crossed > 0) {
      ctx.buy({ stopLoss: price * (1 - p.stop_loss_pct), takeProfit: price * (1 + p.take_profit_pct) });
    } else {
      ctx.sell({ stopLoss: price * (1 + p.stop_loss_pct), takeProfit: price * (1 - p.take_profit_pct) });
    }
  },
});
