'use strict';
// Drives the strategy as backtester does: node --test
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const test = require('node:test');

/** The actions on each bar. */
function run(closes, parameters = {}) {
  const messages = [
    ['initialize', { protocol_version: '1.0', capabilities: { encodings: ['json'] } }],
    ['run/start', { run_id: 'r', mode: 'lockstep', symbols: [{ symbol: 'ACME' }], bars_total: closes.length, parameters, account: { initial_cash: 10000 }, execution: {} }],
    ...closes.map((c, index) => ['bar/next', { run_id: 'r', index, time: index, bars: { ACME: [c, c, c, c, null] }, ...(index < (parameters.n ?? 20) ? { warmup: true } : {}) }]),
  ];
  const input = messages.map(([method, params], id) => JSON.stringify({ jsonrpc: '2.0', id, method, params }) + '\n').join('');
  const { stdout, stderr } = spawnSync(process.execPath, ['strategy.js'], { input, cwd: __dirname, encoding: 'utf8' });
  const answers = stdout.trim().split('\n').map((line) => JSON.parse(line));
  assert.deepStrictEqual(answers.filter((a) => a.error).map((a) => a.error), [], stderr);
  assert.strictEqual(answers.length, messages.length);
  return answers.slice(2).map((a) => a.result.actions ?? []);
}

test('it buys on the way up and closes on the way down', () => {
  const closes = Array.from({ length: 120 }, (_, i) => 100 + 10 * Math.sin(i / 8));
  const done = run(closes).flat().map((action) => action.do);
  assert.ok(done.includes('order') && done.includes('close'));
});

test('it does nothing before the average is there', () => {
  assert.deepStrictEqual(run([100, 90, 110, 80], { n: 4 }), [[], [], [], []]);
});
