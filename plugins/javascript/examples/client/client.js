'use strict';
// Runs a strategy on two samples at once and shows what came of it: node client.js

const { Client } = require('../../client');

async function main() {
  const client = await Client.start();
  try {
    const samples = ['GOOG', 'AAPL'];
    const runs = await Promise.all(samples.map((sample) => client.run('sma_cross', { sample, parameters: { n1: 10, n2: 30 } })));
    for (const [i, run] of runs.entries()) {
      const { equity } = await run.equity();
      console.log(`${samples[i]}: ${run.metrics.total_return_pct.toFixed(2)} %, ${run.metrics.trades} trades, at best ${Math.max(...equity).toFixed(0)}`);
    }
  } finally {
    await client.close();
  }
}

main();
