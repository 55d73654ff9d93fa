'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');
const { Host, walk } = require('./host');

const example = (name) => path.join(__dirname, '..', 'examples', name, `${name}.js`);
const strategy = (body, head = '') => `const { run, log } = require(process.env.SDK); ${head} run({ name: 'inline', ${body} });`;

test('every mode gives the same orders, run after run in one process', async () => {
  const bars = walk(400);
  const host = new Host(example('sma_cross'));
  const { capabilities } = await host.initialize();
  assert.deepStrictEqual(capabilities.modes, ['lockstep', 'preload', 'streamed', 'vectorized']);
  const expected = await host.actions('lockstep', bars, { n1: 5, n2: 12 });
  assert.ok(expected.length > 20);
  for (const mode of ['preload', 'streamed', 'vectorized', 'lockstep']) {
    assert.deepStrictEqual(await host.actions(mode, bars, { n1: 5, n2: 12 }), expected, mode);
  }
  assert.strictEqual(await host.end(), 0);
});

test('a crossing closes the position and enters in the other direction, by the strict rule', async () => {
  const host = new Host(example('sma_cross'));
  await host.initialize();
  // Averages over 1 and 2 bars: the first is above the second after a rise, below after a fall, equal after none.
  const closes = [10, 9, 11, 11, 12, 8];
  const bars = closes.map((close, i) => ({ time: i * 86400000, row: [close, close, close, close, null] }));
  const actions = await host.actions('lockstep', bars, { n1: 1, n2: 2 });
  assert.deepStrictEqual(actions, [
    { bar_index: 2, do: 'close' }, { bar_index: 2, do: 'order', side: 'buy' },
    { bar_index: 5, do: 'close' }, { bar_index: 5, do: 'order', side: 'sell' },
  ]);
  await host.end();
});

test('la_bomba enters with a bracket when flat and moves a winning stop to the entry', async () => {
  const host = new Host(example('la_bomba'));
  const { capabilities } = await host.initialize();
  assert.deepStrictEqual(capabilities.modes, ['lockstep', 'preload']);
  const bars = [10, 9, 11, 12, 12].map((close, i) => ({ time: i * 86400000, row: [close, close, close, close, 1] }));
  const started = await host.start('lockstep', bars, { parameters: { n1: 1, n2: 2 } });
  assert.strictEqual(started.warmup_bars, 2);
  const state = { account: { cash: 10000, equity: 10000 }, positions: {}, trades: [], orders: [] };
  assert.deepStrictEqual(await host.call('bar/next', host.barParams(bars, 0, { warmup: true, ...state })), {});
  await host.call('bar/next', host.barParams(bars, 1, { warmup: true }));
  const entry = await host.call('bar/next', host.barParams(bars, 2));
  assert.deepStrictEqual(entry, { actions: [{ do: 'order', side: 'buy', stop_loss: 11 * (1 - 0.01), take_profit: 11 * (1 + 0.02) }] });
  const trade = { trade_id: 1, symbol: 'ACME', quantity: 900, entry_price: 11.1, entry_index: 3, stop_loss: 10.89, take_profit: 11.22, tag: null };
  const moved = await host.call('bar/next', host.barParams(bars, 3, { trades: [trade] }));
  assert.deepStrictEqual(moved, { actions: [{ do: 'amend', trade_id: 1, stop_loss: 11.1 }] });
  const kept = await host.call('bar/next', host.barParams(bars, 4, { trades: [{ ...trade, stop_loss: 11.1 }] }));
  assert.deepStrictEqual(kept, {});
  await host.end();
});

test('account, trades and orders stay as last sent until they change', async () => {
  const host = new Host(null, { source: strategy(`
    onBar(bar, ctx) {
      ctx.annotate('cash', ctx.account.cash); ctx.annotate('units', ctx.position); ctx.annotate('orders', ctx.orders.length);
      ctx.annotate('closed', ctx.closed.length); ctx.annotate('events', ctx.events.length); ctx.annotate('none', NaN);
      if (ctx.orders.length) ctx.annotate('stop', ctx.orders[0].stopPrice);
      ctx.annotate('held', ctx.positions.ACME?.quantity);
    }`) });
  await host.initialize();
  const bars = walk(4);
  await host.start('lockstep', bars);
  const trades = [{ trade_id: 1, symbol: 'ACME', quantity: -3, entry_price: 5, entry_index: 0, stop_loss: null, take_profit: null, tag: null }];
  const orders = [{ order_id: 2, client_order_id: null, role: 'stop_loss', symbol: 'ACME', side: 'buy', quantity: 3, limit_price: null, stop_price: 7, stop_loss: null, take_profit: null, tag: null, trade_id: 1 }];
  const full = { account: { cash: 9000, equity: 9000 }, positions: { ACME: [-3, 5, -15, 0] }, trades, orders };
  const note = async (index, extra) => (await host.call('bar/next', host.barParams(bars, index, extra))).annotations;
  const first = await note(0, { warmup: true, events: [{ seq: 0, kind: 'accepted' }], ...full });
  assert.deepStrictEqual(first, { cash: 9000, units: -3, orders: 1, closed: 0, events: 1, none: null, stop: 7, held: -3 });
  assert.deepStrictEqual(await note(1, { events: [] }), { ...first, events: 0 });
  const flat = await note(2, { events: [], account: { cash: 8000, equity: 8000 }, positions: {}, trades: [], orders: [], closed: [{ trade_id: 1, return_pct: 2 }] });
  assert.deepStrictEqual(flat, { cash: 8000, units: 0, orders: 0, closed: 1, events: 0, none: null, held: null });
  await host.end();
});

test('all actions carry the fields they were given', async () => {
  const host = new Host(null, { source: strategy(`
    onBar(bar, ctx) {
      ctx.buy({ quantity: 3, limitPrice: 9.5, stopPrice: 9, stopLoss: 8, takeProfit: 12, tag: 'é', clientOrderId: 'a', type: 'stop_limit', symbol: 'ACME' });
      ctx.sell({ fraction: 0.5, limitPrice: undefined, stopLoss: null });
      ctx.close({ tradeId: 1, portion: 0.25 }); ctx.cancel(7); ctx.cancel('a'); ctx.amend(2, { stopLoss: null, takeProfit: 3 });
    }`) });
  await host.initialize();
  const bars = walk(2);
  await host.start('lockstep', bars);
  assert.deepStrictEqual((await host.call('bar/next', host.barParams(bars, 0))).actions, [
    { do: 'order', side: 'buy', quantity: 3, limit_price: 9.5, stop_price: 9, stop_loss: 8, take_profit: 12, tag: 'é', client_order_id: 'a', type: 'stop_limit', symbol: 'ACME' },
    { do: 'order', side: 'sell', fraction: 0.5 }, { do: 'close', trade_id: 1, portion: 0.25 }, { do: 'cancel', order_id: 7 },
    { do: 'cancel', client_order_id: 'a' }, { do: 'amend', trade_id: 2, stop_loss: null, take_profit: 3 },
  ]);
  await host.end();
});

for (const [name, call, message] of [
  ['NaN', 'ctx.buy({ stopLoss: 0 / 0 })', /stopLoss is NaN/],
  ['Infinity in a chart value', 'ctx.annotate("x", 1 / 0)', /Infinity cannot be sent/],
  ['a misspelt option', 'ctx.buy({ stoploss: 1 })', /no option stoploss.*stopLoss/],
  ['an exception', 'undefinedName()', /ReferenceError: undefinedName/],
  ['a thrown string', 'throw "boo"', /the strategy threw boo/],
  ['an async callback', 'return Promise.resolve()', /onBar\(\) must not be async/],
]) {
  test(`${name} is answered as an error of the strategy, and the process lives on`, async () => {
    const host = new Host(null, { source: strategy(`onBar(bar, ctx) { ${call} }`) });
    await host.initialize();
    const bars = walk(3);
    await host.start('lockstep', bars);
    const { error } = await host.request('bar/next', host.barParams(bars, 0));
    assert.strictEqual(error.code, 2005);
    assert.match(error.message, message);
    assert.strictEqual(error.data.kind, 'strategy_error');
    assert.ok(error.data.traceback.length > 0);
    assert.strictEqual((await host.request('bar/next', host.barParams(bars, 1))).error.code, -32600);
    await host.call('run/end', { run_id: 'r-1', reason: 'failed' });
    await host.start('lockstep', bars);
    assert.strictEqual(await host.end(), 0);
  });
}

test('reading the account without asking for it is an error, not a zero', async () => {
  const host = new Host(null, { source: strategy('needsAccount: false, onBar(bar, ctx) { if (ctx.position === 0) ctx.buy(); }') });
  await host.initialize();
  const bars = walk(2);
  await host.start('lockstep', bars);
  assert.match((await host.request('bar/next', host.barParams(bars, 0))).error.message, /needsAccount: false/);
  await host.end();
});

test('prints of the strategy, of its libraries and at load reach standard error only', async () => {
  const host = new Host(null, { source: strategy(`onBar(bar, ctx) {
    console.log('printed on bar ' + bar.index); process.stdout.write('written');
  }`, `console.log('printed at load');`) });
  await host.initialize();
  const bars = walk(2);
  await host.start('lockstep', bars);
  assert.deepStrictEqual(await host.call('bar/next', host.barParams(bars, 0)), {});
  await host.end();
  assert.match(host.stderr, /printed at load\nprinted on bar 0\nwritten/);
});

test('over pipes, output of a child process and raw writes to descriptor 1 stay out of the conversation', { skip: !fs.existsSync('/dev/fd') }, async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'backtester-js-'));
  const file = path.join(folder, 'stderr.txt');
  fs.mkdirSync(folder, { recursive: true });
  // `file` stands for a regular file as standard error, which must be appended to and not truncated.
  const host = new Host(null, { pipes: file, source: strategy(`onBar(bar, ctx) {
    require('child_process').execFileSync('echo', ['from a child'], { stdio: 'inherit' }); require('fs').writeSync(1, 'raw\\n'); ctx.buy();
  }`) });
  await host.initialize();
  const bars = walk(3);
  await host.start('lockstep', bars);
  for (const index of [0, 1]) {
    assert.deepStrictEqual(await host.call('bar/next', host.barParams(bars, index)), { actions: [{ do: 'order', side: 'buy' }] });
  }
  await host.end();
  assert.strictEqual(fs.readFileSync(file, 'utf8'), 'from a child\nraw\nfrom a child\nraw\n');
  fs.rmSync(folder, { recursive: true });
});

test('a message may arrive byte by byte, several at once, with CR, and inside a character', async () => {
  const host = new Host(null, { source: strategy('onBar(bar, ctx) { ctx.buy({ tag: ctx.run.symbol }); }') });
  await host.initialize();
  await host.start('lockstep', walk(5), { symbols: [{ symbol: 'Ä€😀' }] });
  const line = (id) => Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method: 'bar/next', params: { run_id: 'r-1', index: 0, time: 0, bars: { 'Ä€😀': [1, 1, 1, 1, null] } } }));
  const slow = host.answer();
  for (const byte of Buffer.concat([line(50), Buffer.from('\r\n')])) {
    host.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.strictEqual((await slow).result.actions[0].tag, 'Ä€😀');
  const both = [host.answer(), host.answer()];
  host.write(Buffer.concat([Buffer.from('\n  \r\n'), line(51), Buffer.from('\n'), line(52), Buffer.from('\n')]));
  assert.deepStrictEqual((await Promise.all(both)).map((m) => m.id), [51, 52]);
  await host.end();
});

test('a line of a megabyte is read, and one beyond the limit refused', async () => {
  const host = new Host(example('sma_cross'));
  await host.initialize();
  const bars = walk(3);
  await host.start('lockstep', bars);
  assert.deepStrictEqual(await host.call('bar/next', host.barParams(bars, 0, { padding: 'x'.repeat(1 << 20) })), {});
  const refused = host.answer();
  host.write(Buffer.concat([Buffer.alloc(17 << 20, 120), Buffer.from('\n')]));
  assert.strictEqual((await refused).error.code, 5001);
  assert.deepStrictEqual(await host.call('bar/next', host.barParams(bars, 1)), {});
  await host.end();
});

test('broken messages are answered and survived', async () => {
  const host = new Host(example('sma_cross'));
  const raw = async (text) => {
    const answer = host.answer();
    host.write(text);
    return (await answer).error.code;
  };
  assert.strictEqual((await host.request('bar/next')).error.code, 1001);
  assert.strictEqual((await host.request('initialize', { protocol_version: '99.0' })).error.code, 1002);
  assert.strictEqual((await host.initialize('1.7')).protocol_version, '1.0');
  assert.strictEqual((await host.request('initialize', { protocol_version: '1.0' })).error.code, 1003);
  assert.strictEqual(await raw('{"jsonrpc":"2.0",\n'), -32700);
  assert.strictEqual(await raw(Buffer.from([0x22, 0xff, 0x22, 0x0a])), -32700);
  assert.strictEqual(await raw('\ufeff{"jsonrpc":"2.0","id":1,"method":"shutdown","params":{}}\n'), -32700);
  assert.strictEqual(await raw('[]\n'), -32600);
  assert.strictEqual(await raw('{"id":1,"method":"shutdown","params":{}}\n'), -32600);
  assert.strictEqual(await raw('{"jsonrpc":"2.0","id":1,"method":"shutdown","params":[]}\n'), -32602);
  assert.strictEqual((await host.request('no/such')).error.code, -32601);
  assert.strictEqual((await host.request('bar/next', { run_id: 'other' })).error.code, 3001);
  host.notify('no/such/notification', { x: 1 });
  host.notify('$/cancelRequest', { id: 1 });
  assert.strictEqual((await host.request('shutdown', {}, 'seven')).id, 'seven');
  assert.strictEqual((await host.request('shutdown', {}, 9007199254740991)).id, 9007199254740991);
  await host.end();
});

test('parameters are checked and defaults filled in', async () => {
  const host = new Host(example('la_bomba'));
  const { parameters } = await host.initialize();
  assert.deepStrictEqual(parameters.properties.n1, { type: 'integer', default: 10, minimum: 1, description: 'Bars of the first average' });
  const start = (given) =>
    host.request('run/start', { run_id: 'r', mode: 'lockstep', symbols: [{ symbol: 'ACME' }], bars_total: 60, parameters: given });
  for (const [given, pointer] of [[{ n1: 1.5 }, '/n1'], [{ n2: 0 }, '/n2'], [{ stop_loss_pct: 1 }, '/stop_loss_pct'], [{ n1: '3' }, '/n1'], [{ 'a/b': 1 }, '/a~1b']]) {
    const { error } = await start(given);
    assert.strictEqual(error.code, 4004);
    assert.strictEqual(error.data.pointer, pointer);
  }
  // The second average is never defined on 60 bars when it needs 61, and is not waited for.
  assert.strictEqual((await start({ n2: 61 })).result.warmup_bars, 10);
  assert.strictEqual((await start({})).result.warmup_bars, 50);
  assert.strictEqual((await host.request('run/start', { run_id: 'r', mode: 'streamed', symbols: [], bars_total: 1 })).error.code, 1004);
  await host.end();
});

test('evaluate() works on columns and returns columns', async () => {
  const source = strategy(`
    parameters: { level: 100 },
    evaluate({ time, close, volume }, { level }, run) {
      run.progress(50, 'half'); log('evaluating');
      return { targetPosition: close.map((c) => (c > level ? 2 : -1)), annotations: { close, gap: volume.map((v) => NaN) } };
    }`);
  const bars = walk(120);
  for (const encodings of [['json'], ['json', 'f64le+base64'], ['json', 'f64le+base64', 'f64le+file']]) {
    const host = new Host(null, { source });
    assert.deepStrictEqual((await host.initialize('1.0', encodings)).capabilities.modes, ['vectorized']);
    await host.start('vectorized', bars);
    await host.load(bars, encodings.at(-1));
    const result = await host.call('series/evaluate', { run_id: 'r-1', first_index: 0, count: 120, progress_token: 'p' });
    const { encoding, data } = result.target_position.ACME;
    assert.strictEqual(encoding, encodings.includes('f64le+base64') ? 'f64le+base64' : 'json');
    const values = encoding === 'json' ? data : Array.from({ length: 120 }, (_, i) => Buffer.from(data, 'base64').readDoubleLE(8 * i));
    assert.deepStrictEqual(values, bars.map((b) => (b.row[3] > 100 ? 2 : -1)));
    assert.deepStrictEqual(result.annotations.close, bars.map((b) => b.row[3]));
    assert.ok(result.annotations.gap.every((v) => v === null));
    assert.deepStrictEqual(host.notes.map((n) => n.method), ['$/progress', 'log/message']);
    await host.end();
  }
});

test('a NaN inside a returned action is refused', async () => {
  const host = new Host(null, { source: strategy('evaluate: () => ({ actions: [{ bar_index: 1, do: "order", side: "buy", quantity: NaN }] })') });
  await host.initialize();
  const bars = walk(2);
  await host.start('vectorized', bars);
  await host.load(bars);
  const { error } = await host.request('series/evaluate', { run_id: 'r-1', first_index: 0, count: 2 });
  assert.match(error.message, /quantity is NaN/);
  await host.end();
});

test('streamed annotations have one value a bar', async () => {
  const host = new Host(null, { source: strategy(`needsAccount: false, warmup: () => 2, onBar(bar, ctx) { if (bar.index % 2) ctx.annotate('x', bar.close); ctx.annotate('w', ctx.warmup ? 1 : 0); }`) });
  await host.initialize();
  const bars = walk(5);
  await host.start('streamed', bars);
  const { annotations } = await host.call('bars/next', { run_id: 'r-1', first_index: 0, count: 4, times: [0, 1, 2, 3], bars: { ACME: bars.slice(0, 4).map((b) => b.row) } });
  assert.deepStrictEqual(annotations, { x: [null, bars[1].row[3], null, bars[3].row[3]], w: [1, 1, 0, 0] });
  await host.end();
});

test('several symbols come as one object, a missing bar as null', async () => {
  const host = new Host(null, { source: strategy(`multiSymbol: true, onBar(bars, ctx) {
    for (const symbol in bars) if (bars[symbol]) ctx.buy({ symbol, quantity: bars[symbol].close });
  }`) });
  await host.initialize();
  await host.start('lockstep', walk(2), { symbols: [{ symbol: 'A' }, { symbol: 'B' }] });
  const { actions } = await host.call('bar/next', { run_id: 'r-1', index: 0, time: 0, bars: { A: null, B: [1, 2, 1, 2, null] } });
  assert.deepStrictEqual(actions, [{ do: 'order', side: 'buy', symbol: 'B', quantity: 2 }]);
  assert.deepStrictEqual(await host.call('bar/next', { run_id: 'r-1', index: 1, time: 1, bars: {} }), {});
  await host.end();
});

test('a strategy for one symbol refuses two, and passes over a bar that is missing', async () => {
  const host = new Host(example('sma_cross'));
  await host.initialize();
  const bars = walk(3);
  const refused = await host.request('run/start', { run_id: 'r', mode: 'lockstep', symbols: [{ symbol: 'A' }, { symbol: 'B' }], bars_total: 3 });
  assert.strictEqual(refused.error.code, 1004);
  await host.start('lockstep', bars);
  assert.deepStrictEqual(await host.call('bar/next', { run_id: 'r-1', index: 0, time: 0, bars: { ACME: null } }), {});
  await host.end();
});

test('the end of the input ends the process with code 0, also in the middle of a run', async () => {
  const host = new Host(example('sma_cross'));
  await host.initialize();
  await host.start('lockstep', walk(3));
  host.child.stdin.end();
  assert.strictEqual(await host.exit, 0);
});

test('the file can be imported as an ES module', async () => {
  const imported = await import('../backtester.js');
  for (const name of ['run', 'log', 'sma', 'ema', 'crossover']) assert.strictEqual(typeof imported[name], 'function');
});
