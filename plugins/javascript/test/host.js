'use strict';
// A small host that drives a strategy process, for the tests beside it.

const { spawn } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/** Bars of a random walk, prices with two decimals so that averages tie now and then; the same for the same seed. */
function walk(count, seed = 1) {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  const cents = (x) => Math.round(x * 100) / 100;
  const bars = [];
  let close = 100;
  for (let i = 0; i < count; i++) {
    const open = cents(close + (random() - 0.5));
    close = cents(Math.max(5, close + (random() - 0.5) * 4));
    bars.push({ time: 1704067200000 + i * 86400000, row: [open, cents(Math.max(open, close) + random()), cents(Math.min(open, close) - random()), close, Math.floor(random() * 1e6)] });
  }
  return bars;
}

class Host {
  /** Starts `file` (or inline `source`); `pipes` puts real pipes in place of the socket pairs that Node uses. */
  constructor(file, { source, pipes = false } = {}) {
    const argv = source ? ['-e', source] : [file];
    const env = { ...process.env, BACKTESTER_PROTOCOL: '1.0', SDK: path.join(__dirname, '..', 'backtester.js') };
    this.child = pipes
      ? spawn('sh', ['-c', 'cat | "$@" 2>"$STDERR_FILE" | cat', 'sh', process.execPath, ...argv], { env: { ...env, STDERR_FILE: pipes } })
      : spawn(process.execPath, argv, { env });
    this.stderr = '';
    this.lines = [];
    this.notes = [];
    this.waiting = [];
    this.ids = 0;
    let rest = '';
    this.child.stdout.setEncoding('utf8').on('data', (text) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop();
      for (const line of parts) this.arrived(line);
    });
    this.child.stderr.setEncoding('utf8').on('data', (text) => { this.stderr += text; });
    this.exit = new Promise((resolve) => this.child.on('close', (code) => {
      resolve(code);
      for (const waiter of this.waiting.splice(0)) waiter.reject(new Error(`the strategy ended with ${code}: ${this.stderr}`));
    }));
  }

  arrived(line) {
    this.lines.push(line);
    const message = JSON.parse(line);
    if (message.method) this.notes.push(message);
    else this.waiting.shift()?.resolve(message);
  }

  write(bytes) { this.child.stdin.write(bytes); }
  answer() { return new Promise((resolve, reject) => this.waiting.push({ resolve, reject })); }
  notify(method, params = {}) { this.write(JSON.stringify({ jsonrpc: '2.0', method, params }) + '\n'); }

  /** Sends a request and waits for the whole answer. */
  request(method, params = {}, id = ++this.ids) {
    this.write(JSON.stringify({ jsonrpc: '2.0', id, method, params }) + '\n');
    return this.answer();
  }

  /** Sends a request and waits for its result. */
  async call(method, params) {
    const answer = await this.request(method, params);
    if (answer.error) throw new Error(`${method}: ${JSON.stringify(answer.error)}`);
    return answer.result;
  }

  async initialize(version = '1.0', encodings = ['json', 'f64le+base64']) {
    const result = await this.call('initialize', {
      protocol_version: version, host: { name: 'test', version: '0' }, host_pid: process.pid,
      capabilities: { modes: ['lockstep', 'preload', 'streamed', 'vectorized'], encodings }, limits: {}, options: {},
    });
    this.notify('initialized');
    return result;
  }

  start(mode, bars, extra = {}) {
    return this.call('run/start', {
      run_id: 'r-1', mode, symbols: [{ symbol: 'ACME' }], timeframe: '1d', time_unit: 'ms', start: bars[0].time, end: bars.at(-1).time,
      bars_total: bars.length, parameters: {}, seed: 1, account: { currency: 'USD', initial_cash: 10000, leverage: 1 },
      execution: { profile: 'compat', fill_at: 'next_open' }, ...extra,
    });
  }

  barParams(bars, index, extra = {}) {
    return { run_id: 'r-1', index, time: bars[index].time, bars: { ACME: bars[index].row }, ...extra };
  }

  /** Sends all columns; returns the last answer. */
  async load(bars, encoding = 'f64le+base64', chunk = 50) {
    let result;
    for (let offset = 0; offset < bars.length; offset += chunk) {
      const part = bars.slice(offset, offset + chunk);
      const column = (values, dtype) => {
        if (encoding === 'json') return { encoding, dtype, count: values.length, data: values };
        const bytes = Buffer.alloc(8 * values.length);
        values.forEach((v, i) => (dtype === 'i64' ? bytes.writeBigInt64LE(BigInt(v), 8 * i) : bytes.writeDoubleLE(v, 8 * i)));
        if (encoding === 'f64le+file') return this.stored(bytes, { encoding, dtype, count: values.length });
        return { encoding, dtype, count: values.length, data: bytes.toString('base64') };
      };
      const columns = { time: column(part.map((b) => b.time), 'i64') };
      ['open', 'high', 'low', 'close', 'volume'].forEach((name, k) => { columns[name] = column(part.map((b) => b.row[k]), 'f64'); });
      const params = { run_id: 'r-1', symbol: 'ACME', offset, count: part.length, rows_total: bars.length, columns };
      if (offset + part.length === bars.length) params.last = true;
      result = await this.call('series/load', params);
    }
    return result;
  }

  /** A column in a file that also holds something else. */
  stored(bytes, column) {
    this.folder ??= fs.mkdtempSync(path.join(os.tmpdir(), 'backtester-test-'));
    const file = path.join(this.folder, `columns-${this.files = (this.files ?? 0) + 1}`);
    fs.writeFileSync(file, Buffer.concat([Buffer.from('junk'), bytes, Buffer.from('junk')]));
    const sha256 = crypto.createHash('sha256').update(bytes).digest('hex');
    return { ...column, path: file, offset: 4, sha256 };
  }

  /** All actions of a run, each with its bar_index, in a mode; needs no account. */
  async actions(mode, bars, parameters = {}) {
    const started = await this.start(mode, bars, { parameters });
    const first = Math.max(1, started.warmup_bars);
    const found = [];
    const keep = (result, index) => found.push(...(result.actions ?? []).map((a) => ({ bar_index: index, ...a })));
    if (mode === 'streamed') {
      for (let i = 0; i < bars.length; i += 37) {
        const part = bars.slice(i, i + 37);
        keep(await this.call('bars/next', { run_id: 'r-1', first_index: i, count: part.length, times: part.map((b) => b.time), bars: { ACME: part.map((b) => b.row) } }));
      }
    } else if (mode === 'vectorized') {
      await this.load(bars);
      keep(await this.call('series/evaluate', { run_id: 'r-1', first_index: 0, count: bars.length }));
    } else {
      if (mode === 'preload') await this.load(bars, 'json');
      for (let i = mode === 'preload' ? first : 0; i < bars.length; i++) {
        const params = this.barParams(bars, i, i < first ? { warmup: true } : {});
        if (mode === 'preload') delete params.bars;
        keep(await this.call('bar/next', params), i);
      }
    }
    await this.call('run/end', { run_id: 'r-1', reason: 'completed' });
    return found;
  }

  /** Says goodbye; returns the exit code. */
  async end() {
    await this.call('shutdown');
    this.notify('exit');
    this.child.stdin.end();
    if (this.folder) fs.rmSync(this.folder, { recursive: true });
    return this.exit;
  }
}

module.exports = { Host, walk };
