'use strict';
// The client against the stand-in for the host that the Python client's tests use.

const assert = require('node:assert/strict');
const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { describe, it, before, after } = require('node:test');
const client = require('../client');
const { Client, errors, findProgram } = client;

const FAKE = path.join(__dirname, '..', '..', 'python', 'tests', 'fake_server.py');
const PROTOCOL = path.join(__dirname, '..', '..', '..', 'protocol', 'v1');
const skip = spawnSync('python3', ['--version']).status === 0 ? false : 'python3, which the stand-in is written in, is not installed';
const start = (options) => Client.start({ executable: FAKE, ...options });
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

async function gone(pid) {
  for (let i = 0; i < 400; i++) {
    try {
      process.kill(pid, 0);
      if (fs.readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').pop()[0] === 'Z') return true;
    } catch {
      return true;
    }
    await pause(50);
  }
  return false;
}

describe('client', { skip }, () => {
  let c;
  before(async () => { c = await start(); });
  after(() => c.close());

  it('collects lists over their pages and goes over runs', async () => {
    assert.deepEqual((await c.strategies()).map((s) => s.name), ['s0', 's1', 's2']);
    const trades = await c.trades('r-1');
    assert.equal(trades.length, 2500);
    assert.equal(trades[2400].pnl, 3600);
    const seen = [];
    for await (const run of c.runs({ status: 'completed', limit: 1200 })) seen.push(run.run_id);
    assert.equal(new Set(seen).size, 1200);
    await assert.rejects(async () => { for await (const run of c.runs({ colour: 1 })) assert.fail(run); }, /no option colour/);
  });

  it('answers single questions', async () => {
    assert.equal((await c.describe('macd')).name, 'macd');
    assert.deepEqual(await c.dataset('GOOG'), { dataset: 'GOOG' });
    assert.equal((await c.check('macd', { level: 'core' })).level, 'core');
    assert.equal(await c.cancel('r-9'), 'cancelled');
    assert.equal(await c.delete('r-9'), 'deleted');
    assert.equal((await c.datasets()).length, 1);
    assert.equal((await c.discover()).padding.length, 5_000_000);
    assert.equal((await c.events('r-1', { kinds: ['filled'] }))[0].kind, 'filled');
  });

  it('sends every option of a run under the name of the protocol', async () => {
    const { request } = await c.run('echo', {
      dataset: 'GOOG', symbols: ['GOOG'], timeframe: '1d', start: '2020-01-01', end: new Date(1609459200000),
      parameters: { n1: 5 }, cash: 5000, commission: [1, 0.001], spread: 0.001, margin: 0.5, tradeOnClose: true, hedging: true,
      exclusiveOrders: false, finalizeTrades: true, profile: 'strict', mode: 'lockstep', seed: 7, lookaheadCheck: false,
      strictOrders: true, record: true, save: false, include: ['metrics'], tags: 'first', onProgress() {},
    });
    const schema = JSON.parse(fs.readFileSync(path.join(PROTOCOL, 'schemas', 'host.json'), 'utf8')).$defs;
    assert.deepEqual(Object.keys(request).sort(), Object.keys(schema.BacktestRunRequest.properties).sort());
    assert.deepEqual(Object.keys(request.execution).sort(), Object.keys(schema.ExecutionRequest.properties).sort());
    assert.deepEqual(request.execution.commission, { fixed: 1, rate: 0.001 });
    assert.deepEqual([request.start, request.end], [1577836800000, 1609459200000]);
    assert.deepEqual(request.tags, ['first']);
  });

  it('asks for a sweep in the words of the protocol', async () => {
    const sweep = await c.sweep('x', {
      sample: 'GOOG', grid: { n1: [2, 3] }, random: 2, where: 'n1 < n2', minimize: 'beta', concurrency: 2,
    });
    assert.deepEqual(sweep.asked.random, { count: 2, seed: 0 });
    assert.deepEqual(sweep.asked.grid, { n1: [2, 3] });
    assert.deepEqual(sweep.best.parameters, { n1: 9 });
    await assert.rejects(c.sweep('x', { sample: 'GOOG' }), /either grid/);
  });

  it('names wrong options before anything is sent', async () => {
    for (const [options, said] of [
      [{}, /where are the bars/], [{ sample: 'A', data: 'b' }, /sample and data/], [{ sample: 'A', strat: 1 }, /no option strat/],
      [{ symbol: 'A', symbols: ['B'] }, /symbol and symbols/], [{ sample: 'A', start: 'soon' }, /soon/],
      [{ sample: 'A', cash: NaN }, /initial_cash is NaN/],
    ]) await assert.rejects(c.run('echo', options), said);
    await assert.rejects(start({ framing: 'smoke' }), /framing must be/);
    assert.equal((await c.run('echo', { sample: 'A', start: '2020-01-01 10:00' })).request.start, 1577872800000);
  });

  it('decodes columns alike in every encoding', async () => {
    for (const encoding of ['json', 'f64le+base64']) {
      const series = await c.series('r-1', ['time', 'equity'], { encoding });
      assert.deepEqual(series.time, [0, 86400000, 172800000]);
      assert.deepEqual(series.equity, Float64Array.of(10000, NaN, 10500.25));
    }
    assert.deepEqual(client.decodeColumn({ encoding: 'json', dtype: 'u8', count: 2, data: [true, 0] }), [1, 0]);
    const file = path.join(os.tmpdir(), `column-${process.pid}`);
    fs.writeFileSync(file, Buffer.from(Float64Array.of(9, 1.5).buffer));
    assert.deepEqual(client.decodeColumn({ encoding: 'f64le+file', dtype: 'f64', count: 1, path: file, offset: 8 }), Float64Array.of(1.5));
    fs.unlinkSync(file);
    assert.throws(() => client.decodeColumn({ encoding: 'f64le+base64', dtype: 'f64', count: 2, data: 'AAAA' }), /16 bytes, received 3/);
  });

  it('rejects with the class of the error', async () => {
    await assert.rejects(c.run('crash', { sample: 'GOOG' }), (error) => {
      assert.ok(error instanceof errors.StrategyCrashed && error instanceof client.RunFailed);
      assert.deepEqual([error.code, error.kind, error.runId, error.data.signal], [2002, 'strategy_crashed', 'r-666', 11]);
      assert.match(error.message, /Segmentation fault[^]*Hint: Read it\./);
      assert.equal(error.name, 'StrategyCrashed');
      return true;
    });
    await assert.rejects(c.describe('sma_cros'), errors.UnknownStrategy);
    const table = JSON.parse(fs.readFileSync(path.join(PROTOCOL, 'errors.json'), 'utf8')).errors;
    const names = table.map((row) => row.name.split('_').map((w) => w[0].toUpperCase() + w.slice(1)).join(''));
    assert.deepEqual(Object.keys(errors).sort(), names.sort());
  });

  it('tells progress in order; an exception there cancels the run', async () => {
    const heard = [];
    await c.run('brief', { sample: 'GOOG', onProgress: (value) => heard.push(value.bars_done) });
    assert.deepEqual(heard, [1, 2, 3]);
    await assert.rejects(c.run('slow', { sample: 'GOOG', onProgress() { throw new Error('enough'); } }), /enough/);
  });

  it('cancels a run by signal and by time', async () => {
    const stop = new AbortController();
    const run = c.run('slow', { sample: 'GOOG', signal: stop.signal, onProgress: () => stop.abort() });
    await assert.rejects(run, { name: 'AbortError' });
    await assert.rejects(c.run('slow', { sample: 'GOOG', signal: AbortSignal.abort() }), { name: 'AbortError' });
    await assert.rejects(c.run('slow', { sample: 'GOOG', timeout: 50 }), client.RequestTimeout);
  });

  it('waits later for a run it did not wait for', async () => {
    const run = await c.run('x', { sample: 'GOOG', wait: false });
    assert.deepEqual([run.status, run.over], ['queued', false]);
    assert.equal(await run.wait({ timeout: 60_000 }), run);
    assert.equal(run.status, 'completed');
    await assert.rejects(c.wait('r-endless', { timeout: 50 }), client.RequestTimeout);
    const stop = new AbortController();
    const waiting = c.wait('r-endless-too', { signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    await assert.rejects(waiting, { name: 'AbortError' });
    await assert.rejects(c.wait('r-none'), errors.UnknownRun);
  });

  it('carries many requests at once, by lines and with headers', async () => {
    for (const framing of ['lines', 'content-length']) {
      const each = await start({ framing });
      const runs = await Promise.all(Array.from({ length: 100 }, (_, n) => each.run('echo', { sample: 'GOOG', parameters: { n, word: 'é' } })));
      assert.deepEqual(runs.map((run) => run.request.parameters.n), [...Array(100).keys()]);
      assert.equal(runs[0].request.parameters.word, 'é');
      assert.equal((await each.discover()).padding.length, 5_000_000);
      await each.close();
      assert.ok(await gone(each.pid));
    }
  });

  it('tells everybody who waits when the host dies', async () => {
    const other = await start();
    const ended = new Promise((resolve) => { other.on('end', resolve); });
    const silent = other.request('silence');
    await assert.rejects(other.run('die', { sample: 'GOOG' }), (error) => {
      assert.ok(error instanceof client.HostEnded);
      assert.equal(error.exitCode, 3);
      assert.match(error.message, /ended with code 3[^]*dying of grief/);
      return true;
    });
    await assert.rejects(silent, client.HostEnded);
    assert.ok(await ended instanceof client.HostEnded);
    await assert.rejects(other.describe('x'), client.HostEnded);
    await other.close();
    const killed = await start();
    await assert.rejects(killed.run('killed', { sample: 'GOOG' }), /ended by signal SIGKILL/);
    const noisy = await start();
    await assert.rejects(noisy.run('garbage', { sample: 'GOOG' }), /Hello, I am no message/);
  });

  it('says why a host cannot start', async () => {
    await assert.rejects(start({ env: { FAKE_MODE: 'old' } }), /code 1[^]*Unknown command/);
    await assert.rejects(start({ env: { FAKE_MODE: 'version' } }), errors.UnsupportedProtocolVersion);
    await assert.rejects(start({ env: { FAKE_MODE: 'mute' }, startTimeout: 100 }), client.RequestTimeout);
    const chatty = await start({ env: { FAKE_MODE: 'noise' } });
    assert.equal((await chatty.run('x', { sample: 'GOOG' })).status, 'completed');
    assert.ok(chatty.stderrTail.length <= 65536);
    await chatty.close();
  });

  it('ends the host and whoever waits on close', async () => {
    const other = await start();
    const silent = other.request('silence');
    await Promise.all([other.close(), other.close(), assert.rejects(silent, client.ClientClosed)]);
    await assert.rejects(other.describe('x'), client.ClientClosed);
    assert.ok(await gone(other.pid));
  });

  it('leaves no host behind, however the process ends', async () => {
    const text = (end) => `const { Client } = require(${JSON.stringify(path.join(__dirname, '..', 'client.js'))});
      Client.start({ executable: ${JSON.stringify(FAKE)} }).then((c) => { require('fs').writeSync(1, String(c.pid)); ${end} });`;
    // The first one forgets to close; it must end by itself.
    for (const end of ['', 'process.exit(3)', 'throw new Error("x")', 'process.kill(process.pid, "SIGKILL")', 'process.kill(process.pid, "SIGINT")']) {
      const done = spawnSync(process.execPath, ['-e', text(end)], { encoding: 'utf8', timeout: 60_000 });
      assert.ok(Number(done.stdout) > 0, `${end}: ${done.stderr}`);
      assert.notEqual(done.error?.code, 'ETIMEDOUT', end);
      assert.ok(await gone(Number(done.stdout)), `the host outlives ${end}`);
    }
  });
});

describe('findProgram', () => {
  it('takes the option before the environment before the path', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'program-'));
    const file = path.join(folder, 'backtester');
    fs.writeFileSync(file, '', { mode: 0o755 });
    const other = path.join(folder, 'other');
    fs.writeFileSync(other, '', { mode: 0o644 });
    assert.equal(findProgram(undefined, { PATH: folder }), file);
    assert.equal(findProgram(file, { PATH: '' }), file);
    assert.equal(findProgram(undefined, { PATH: '', BACKTESTER_EXECUTABLE: file }), file);
    assert.throws(() => findProgram(other, { PATH: folder }), /executable names .*cannot be executed/);
    assert.throws(() => findProgram(undefined, { BACKTESTER_EXECUTABLE: '/nowhere/x' }), /BACKTESTER_EXECUTABLE names .*is not there/);
    fs.rmSync(folder, { recursive: true });
  });
});

describe('client.d.ts', () => {
  it('declares what is exported and what a client can do', () => {
    const types = fs.readFileSync(path.join(__dirname, '..', 'client.d.ts'), 'utf8');
    for (const name of Object.keys(client)) assert.match(types, new RegExp(`export (class|const|function|namespace) ${name}\\b`), name);
    for (const Class of [Client, client.Run]) {
      for (const name of Object.getOwnPropertyNames(Class.prototype).filter((n) => n !== 'constructor')) assert.match(types, new RegExp(`\\b${name}[(:]`), name);
    }
    for (const name of Object.keys(errors)) assert.match(types, new RegExp(`class ${name} `), name);
  });
});
