'use strict';
// Sweeps with the program itself.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, describe, it } = require('node:test');
const { Client, errors, findProgram } = require('../client');

let executable;
let skip = false;
try {
  executable = findProgram();
} catch (error) {
  skip = `not tested with the program: ${error.message}`;
}

const GRID = { n1: [5, 10, 15], n2: [20, 30, 40] };
const range = (from, to) => Array.from({ length: to - from }, (_, place) => from + place);
// Far more trials than are done before they are cancelled.
const ENDLESS = { n1: range(1, 400), n2: range(400, 800) };

describe('sweeps', { skip }, () => {
  let folder;
  let client;
  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'backtester-'));
    client = await Client.start({ executable, db: path.join(folder, 'runs.sqlite') });
  });
  after(async () => {
    await client?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const stored = async (sweepId) => {
    const runs = [];
    for await (const run of client.runs({ sweepId })) runs.push(run);
    return runs;
  };

  it('gives for each trial the run of its parameters', async () => {
    const heard = [];
    const sweep = await client.sweep('sma_cross', { sample: 'GOOG', grid: GRID, onProgress: (value) => heard.push(value) });
    assert.deepEqual([sweep.status, sweep.trials_total, sweep.trials_done, sweep.trials_failed], ['completed', 9, 9, 0]);
    assert.deepEqual(sweep.best.parameters, { n1: 10, n2: 20 });
    const values = sweep.items.map((trial) => trial.metrics.sharpe);
    assert.deepEqual(values, [...values].sort((one, other) => other - one));
    const single = await client.run('sma_cross', { sample: 'GOOG', parameters: sweep.best.parameters });
    assert.deepEqual(single.metrics, sweep.best.metrics);
    assert.equal((await stored(sweep.sweep_id)).length, 9);
    // A sweep as short as this one may be over before there is anything to report.
    for (const value of heard) assert.equal(value.sweep_id, sweep.sweep_id);
  });

  it('answers the best of them, by any metric', async () => {
    const sweep = await client.sweep('sma_cross', { sample: 'FB', grid: GRID, minimize: 'max_drawdown_pct', limit: 2 });
    const depths = (await stored(sweep.sweep_id)).map((run) => run.metrics.max_drawdown_pct).sort((one, other) => one - other);
    assert.deepEqual(sweep.items.map((trial) => trial.metrics.max_drawdown_pct), depths.slice(0, 2));
  });

  it('names the field that is wrong', async () => {
    for (const [options, type, pointer] of [
      [{ grid: { n1: [0] } }, errors.BadParameters, '/grid/n1/0'],
      [{ grid: GRID, where: 'n1 <' }, errors.InvalidParams, '/where'],
      [{ trials: [{ n1: 5 }, { n1: 'x' }] }, errors.BadParameters, '/list/1'],
      [{ grid: GRID, maximize: 'sharp' }, errors.InvalidParams, '/maximize'],
    ]) {
      await assert.rejects(client.sweep('sma_cross', { sample: 'FB', ...options }), (error) => {
        assert.ok(error instanceof type, String(error));
        assert.equal(error.pointer, pointer);
        return true;
      });
    }
  });

  it('is cancelled by a signal, and keeps what was done', async () => {
    const stop = new AbortController();
    let sweepId;
    const onProgress = (value) => {
      sweepId = value.sweep_id;
      if (value.trials_done > 0) stop.abort();
    };
    await assert.rejects(client.sweep('sma_cross', { sample: 'GOOG', grid: ENDLESS, onProgress, signal: stop.signal }));
    // It is over when the host says so, whoever asks.
    await client.cancel(sweepId).catch((error) => assert.ok(error instanceof errors.UnknownRun, String(error)));
    assert.ok((await stored(sweepId)).length > 0);
  });
});
