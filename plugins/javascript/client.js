'use strict';
// Drive backtests from JavaScript: starts `backtester serve` and speaks JSON-RPC to it. Node 18 or newer, no
// dependencies, this one file; client.d.ts has its types.
//
//   const { Client } = require('./client');
//   const client = await Client.start();
//   const run = await client.run('sma_cross', { sample: 'GOOG', parameters: { n1: 10, n2: 30 } });
//   console.log(run.metrics.sharpe, (await run.trades()).length);
//   await client.close();
//
// CLIENT.md describes it. The messages are those of protocol/v1/host.openrpc.json of the backtester project.

const { spawn } = require('node:child_process');
const { EventEmitter } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');

const PROTOCOL = '1.0';
const VERSION = '1.0.0';
const PAGE = 1000;
const TAIL_BYTES = 65536;

// ------------------------------------------------------------------------------------------------------------- errors

/** Every error code a host answers, and its name: protocol/v1/errors.json. */
const KINDS = {
  '-32700': 'parse_error', '-32600': 'invalid_request', '-32601': 'method_not_found', '-32602': 'invalid_params',
  '-32603': 'internal_error', '-32800': 'request_cancelled', 1001: 'not_initialized',
  1002: 'unsupported_protocol_version', 1003: 'already_initialized', 1004: 'capability_missing',
  2001: 'strategy_start_failed', 2002: 'strategy_crashed', 2003: 'strategy_timeout', 2004: 'strategy_protocol_error',
  2005: 'strategy_error', 2006: 'lookahead_detected', 2007: 'not_deterministic', 2008: 'strategy_stalled',
  2009: 'order_rejected', 3001: 'unknown_run', 3002: 'run_not_finished', 3003: 'run_busy', 4001: 'unknown_strategy',
  4002: 'unknown_dataset', 4003: 'no_data_in_range', 4004: 'bad_parameters', 4005: 'data_unavailable',
  5001: 'message_too_large', 5002: 'too_many_runs', 5003: 'rate_limited', 5004: 'store_failed',
};

/** Anything this client reports. */
class BacktesterError extends Error {
  get name() { return this.constructor.name; }
}

/** The program is nowhere to be found. */
class HostNotFound extends BacktesterError {}

/** The client was closed. */
class ClientClosed extends BacktesterError {}

/** No answer came in the time given; the request was cancelled. */
class RequestTimeout extends BacktesterError {}

/** The host's process is gone, or wrote something that is no message. */
class HostEnded extends BacktesterError {
  constructor(message, exitCode, signal, stderrTail) {
    const tail = stderrTail.trim();
    super(message + (tail ? `\nThe end of its standard error:\n${tail.slice(-2000)}` : ''));
    Object.assign(this, { exitCode, signal, stderrTail });
  }
}

/** The host answered with an error; `data` holds everything that came along. */
class RequestFailed extends BacktesterError {
  constructor(code, message, data) {
    data = data && typeof data === 'object' ? data : {};
    const lines = [message + (data.pointer ? ` [${data.pointer}]` : '')];
    const details = String(data.traceback ?? data.stderr_tail ?? '').trim();
    if (details) lines.push(details.slice(-2000));
    if (data.hint) lines.push(`Hint: ${data.hint}`);
    super(lines.join('\n'));
    this.code = code;
    this.kind = data.kind ?? KINDS[code] ?? 'unknown';
    this.hint = data.hint;
    this.retryable = data.retryable === true;
    this.pointer = data.pointer;
    this.runId = data.run_id;
    this.data = data;
  }
}

/** A run broke off because of its strategy: codes from 2001 to 2999. */
class RunFailed extends RequestFailed {}

/** The class of each code: StrategyCrashed, UnknownRun … */
const errors = {};
const classByCode = {};
for (const [code, kind] of Object.entries(KINDS)) {
  const name = kind.split('_').map((word) => word[0].toUpperCase() + word.slice(1)).join('');
  const Base = code > 2000 && code < 3000 ? RunFailed : RequestFailed;
  classByCode[code] = errors[name] = { [name]: class extends Base {} }[name];
}

function failure(code, message, data) {
  const Class = classByCode[code] ?? (code > 2000 && code < 3000 ? RunFailed : RequestFailed);
  return new Class(code, String(message ?? 'an error without message'), data);
}

// ------------------------------------------------------------------------------------------------------------ program

/**
 * The path of the program: `named`, else BACKTESTER_EXECUTABLE, else the one in the PATH, else what was built last in
 * the checkout this file is a part of.
 */
function findProgram(named, env = process.env) {
  const asked = [[named, 'executable'], [env.BACKTESTER_EXECUTABLE, 'BACKTESTER_EXECUTABLE'], [env.BACKTESTER_BIN, 'BACKTESTER_BIN']];
  const [wanted, origin] = asked.find(([value]) => value) ?? [];
  const folders = (env.PATH ?? '').split(path.delimiter).filter(Boolean);
  if (wanted) {
    const places = wanted.includes(path.sep) ? [path.resolve(wanted)] : folders.map((folder) => path.join(folder, wanted));
    const found = places.find(runnable);
    if (found) return found;
    throw new HostNotFound(`${origin} names ${wanted}, which ${places.some((p) => fs.existsSync(p)) ? 'cannot be executed' : 'is not there'}`);
  }
  const builds = path.join(__dirname, '..', '..', '.build');
  const within = (list) => list.map((folder) => path.join(folder, 'backtester')).filter(runnable);
  const built = within([path.join(builds, 'release'), path.join(builds, 'debug')]);
  const found = within(folders)[0] ?? built.sort((a, b) => fs.statSync(b).mtimeMs - fs.statSync(a).mtimeMs)[0];
  if (found) return found;
  throw new HostNotFound(`the backtester program is not found: it is not in the PATH, and not built in ${builds}. ` +
    'Build it with `swift build -c release`, or set BACKTESTER_EXECUTABLE or the option executable to its path');
}

function runnable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

// --------------------------------------------------------------------------------------------------------- connection

/** Splits bytes into messages, by lines or by Content-Length headers; calls `arrived` with each one's bytes. */
class Splitter {
  constructor(framing, arrived) {
    Object.assign(this, { framing, arrived, chunks: [], size: 0, wanted: null });
  }

  get unfinished() { return this.size > 0 || this.wanted !== null; }

  push(chunk) {
    if (this.framing === 'lines') return this.pushLines(chunk);
    this.chunks.push(chunk);
    this.size += chunk.length;
    while ((this.wanted !== null || this.header()) && this.size >= this.wanted) {
      const all = Buffer.concat(this.chunks, this.size);
      const body = all.subarray(0, this.wanted);
      this.keep(all.subarray(this.wanted));
      this.wanted = null;
      this.arrived(body);
    }
  }

  pushLines(chunk) {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      this.chunks.push(chunk.subarray(from, at));
      const line = this.chunks.length === 1 ? this.chunks[0] : Buffer.concat(this.chunks);
      this.keep(Buffer.alloc(0));
      from = at + 1;
      if (line.toString('latin1', 0, 2).trim()) this.arrived(line);
    }
    if (from < chunk.length) {
      this.chunks.push(chunk.subarray(from));
      this.size += chunk.length - from;
    }
  }

  keep(rest) {
    this.chunks = rest.length ? [rest] : [];
    this.size = rest.length;
  }

  /** Reads a header if it is there; the loop goes on only then. */
  header() {
    const all = Buffer.concat(this.chunks, this.size);
    this.keep(all);
    const end = all.indexOf('\r\n\r\n');
    if (end < 0) {
      if (all.length > 8192) throw new Error('a header of more than 8192 bytes');
      return false;
    }
    const match = /^content-length:[ \t]*([0-9]+)[ \t]*$/im.exec(all.toString('latin1', 0, end));
    if (!match) throw new Error('a header without Content-Length');
    this.wanted = Number(match[1]);
    this.keep(all.subarray(end + 4));
    return true;
  }
}

/** A host process and the conversation with it. */
class Connection {
  constructor(argv, { env, cwd, framing, keep, tell }) {
    Object.assign(this, { framing, keep, tell, pending: new Map(), listeners: new Map(), ids: 0, waiting: 0, closing: false, error: null });
    this.tail = '';
    // A process group of its own: Ctrl-C in the terminal is for this process.
    this.child = spawn(argv[0], argv.slice(1), { env, cwd, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const splitter = new Splitter(framing, (bytes) => this.arrived(bytes));
    this.child.stdout.on('data', (chunk) => {
      if (this.fault) return;
      try {
        splitter.push(chunk);
      } catch (error) {
        this.fault = error.message;
        this.child.kill('SIGKILL');
      }
    });
    this.child.stderr.setEncoding('utf8').on('data', (text) => { this.tail = (this.tail + text).slice(-TAIL_BYTES); });
    this.child.stdin.on('error', () => {}); // its end is told by the process
    this.ended = new Promise((resolve) => {
      const end = (code, signal) => {
        if (this.error) return;
        if (!this.fault && splitter.unfinished && !this.closing) this.fault = 'its output ended inside a message';
        this.over(code, signal);
        resolve();
      };
      this.child.on('error', (error) => {
        this.fault = `it could not be started: ${error.message}`;
        end(null, null);
      });
      this.child.on('close', end);
      // Something it started may hold its pipes open after it.
      this.child.on('exit', (code, signal) => setTimeout(() => end(code, signal), 2000).unref());
    });
    this.hold(false);
  }

  count(change) {
    this.waiting += change;
    if (!this.closing) this.hold(this.waiting > 0);
  }

  /** Keeps this process alive only while something is waited for. */
  hold(on) {
    const verb = on ? 'ref' : 'unref';
    for (const handle of [this.child, this.child.stdin, this.child.stdout, this.child.stderr]) handle[verb]?.();
  }

  send(message) {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }, refuseNaN), 'utf8');
    const parts = this.framing === 'lines' ? [body, Buffer.from('\n')] : [Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body];
    this.child.stdin.write(Buffer.concat(parts));
  }

  check() {
    if (this.closing) throw new ClientClosed('the client is closed');
    if (this.error) throw this.error;
  }

  /** Asks; resolves with the result. `onProgress` gets the reports of $/progress. */
  request(method, params, { onProgress, signal, timeout, last = false } = {}) {
    if (!last) this.check();
    signal?.throwIfAborted();
    const id = ++this.ids;
    this.send({ id, method, params: onProgress ? { ...params, progress_token: id } : params });
    return new Promise((resolve, reject) => {
      let timer;
      const finish = (settle) => (value) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', aborted);
        settle(value);
      };
      const giveUp = (error) => {
        entry.abandoned = true;
        this.count(-1);
        this.cancel(id, error.message);
        entry.reject(error);
      };
      const aborted = () => giveUp(signal.reason ?? new Error('aborted'));
      const entry = { resolve: finish(resolve), reject: finish(reject), onProgress, abandoned: false, giveUp };
      this.pending.set(id, entry);
      this.count(1);
      signal?.addEventListener('abort', aborted, { once: true });
      if (timeout !== undefined && timeout !== null) {
        timer = setTimeout(() => giveUp(new RequestTimeout(`${method} was not answered within ${timeout} ms; it was cancelled`)), timeout);
      }
    });
  }

  notify(method, params) {
    this.check();
    this.send({ method, params });
  }

  cancel(id, reason) {
    if (!this.error && !this.closing) this.send({ method: '$/cancelRequest', params: { id, reason: String(reason) } });
  }

  arrived(bytes) {
    const text = new TextDecoder('utf-8', { fatal: true });
    let message;
    try {
      message = JSON.parse(text.decode(bytes));
    } catch {
      message = null;
    }
    if (message === null || typeof message !== 'object' || Array.isArray(message)) {
      throw new Error(`it wrote something that is no message: ${JSON.stringify(bytes.toString('utf8', 0, 200))}`);
    }
    if (message.method !== undefined) return this.told(message);
    const entry = this.pending.get(message.id);
    if (!entry) return this.tell('log', { level: 'warning', message: `an answer to nothing that was asked: ${bytes.toString('utf8', 0, 300)}` });
    this.pending.delete(message.id);
    if (entry.abandoned) return undefined;
    this.count(-1);
    if (message.error) entry.reject(failure(message.error.code, message.error.message, message.error.data));
    else entry.resolve(message.result);
    return undefined;
  }

  told({ id, method, params = {} }) {
    if (id !== undefined) {
      this.send({ id, error: { code: -32601, message: `a client has no method ${method}` } });
    } else if (method === '$/progress') {
      const entry = this.pending.get(params.token);
      // Begin and end are the caller's own; they carry no figures.
      if (!entry?.onProgress || entry.abandoned || params.value?.kind !== 'report') return;
      try {
        entry.onProgress(params.value);
      } catch (error) {
        entry.giveUp(error); // nobody watches any more, so nothing shall go on
      }
    } else if (method === 'runs/changed') {
      for (const heard of this.listeners.get(params.run_id) ?? []) heard();
      this.tell('runs/changed', params);
    } else if (method === 'log/message') {
      this.tell('log', params);
    }
  }

  /** The host says no more: everybody who waits is told. */
  over(code, signal) {
    const how = signal ? `was ended by signal ${signal}` : `ended with code ${code}`;
    const what = this.fault ? `the backtester host was stopped: ${this.fault}` : `the backtester host ${how}`;
    this.error = this.closing ? new ClientClosed('the client was closed before the answer came') : new HostEnded(what, code, signal, this.tail);
    const waiting = [...this.pending.values()];
    this.pending.clear();
    for (const entry of waiting) if (!entry.abandoned) entry.reject(this.error);
    for (const heard of [...this.listeners.values()].flatMap((set) => [...set])) heard();
    this.tell('end', this.error);
  }

  /** Says goodbye and waits until the process is gone; ends it by force after `timeout` ms. */
  async close(timeout) {
    if (this.closing || this.error) {
      this.closing = true;
      return this.ended;
    }
    this.closing = true;
    this.hold(true);
    const goodbye = this.request('shutdown', {}, { last: true, timeout });
    await goodbye.catch(() => {});
    if (!this.error) this.send({ method: 'exit', params: {} });
    this.child.stdin.end();
    for (const signal of this.keep ? [null] : [null, 'SIGTERM', 'SIGKILL']) {
      if (signal) this.child.kill(signal);
      if (await within(this.ended, signal ? 3000 : timeout)) return undefined;
    }
    this.hold(false); // it goes on with its runs, as was asked for
    return undefined;
  }
}

function refuseNaN(key, value) {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`${key} is ${value}, which JSON cannot carry`);
  return value;
}

function within(promise, ms) {
  let timer;
  const late = new Promise((resolve) => { timer = setTimeout(resolve, ms, false); });
  return Promise.race([promise.then(() => true), late]).finally(() => clearTimeout(timer));
}

// -------------------------------------------------------------------------------------------------------------- values

/** Values of a column of the wire: numbers as a Float64Array (a missing one is NaN), integers and flags as an Array. */
function decodeColumn(column) {
  const { encoding, dtype, count } = column;
  if (encoding === 'json') {
    if (column.data.length !== count) throw new Error(`a column of ${count} values carries ${column.data.length}`);
    return dtype === 'f64' ? Float64Array.from(column.data, (v) => (v === null ? NaN : v)) : column.data.map(Number);
  }
  const size = dtype === 'u8' ? 1 : 8;
  let bytes;
  if (encoding === 'f64le+base64') {
    bytes = Buffer.from(column.data, 'base64');
  } else {
    const file = fs.openSync(column.path, 'r');
    try {
      bytes = Buffer.alloc(size * count);
      bytes = bytes.subarray(0, fs.readSync(file, bytes, 0, bytes.length, column.offset));
    } finally {
      fs.closeSync(file);
    }
  }
  if (bytes.length !== size * count) throw new Error(`a column of ${count} ${dtype} values must have ${size * count} bytes, received ${bytes.length}`);
  if (dtype === 'u8') return [...bytes];
  if (dtype === 'i64') return Array.from({ length: count }, (_, i) => Number(bytes.readBigInt64LE(8 * i)));
  return Float64Array.from({ length: count }, (_, i) => bytes.readDoubleLE(8 * i));
}

/** A time as epoch milliseconds: a number as it is, a Date, or an ISO text; without a zone it is UTC. */
function time(given) {
  if (given === undefined || given === null || Number.isInteger(given)) return given ?? undefined;
  if (given instanceof Date && !Number.isNaN(given.getTime())) return given.getTime();
  if (typeof given === 'string' && /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(given)) {
    const zoned = /T|Z/.test(given.replace(' ', 'T')) && !/(Z|[+-]\d\d:\d\d)$/.test(given) ? `${given}Z` : given;
    const value = Date.parse(zoned.replace(' ', 'T'));
    if (!Number.isNaN(value)) return value;
  }
  throw new RangeError(`a time must be a Date, epoch milliseconds, or look like 2020-01-31 or 2020-01-31T09:30, was ${String(given)}`);
}

const runId = (run) => (typeof run === 'string' ? run : run.run_id);

/** The options of a run and a sweep, by the protocol's names. */
const RUN_OPTIONS = {
  sample: null, dataset: null, data: null, symbol: null, symbols: null, start: null, end: null, parameters: 'parameters',
  timeframe: 'timeframe', mode: 'mode', seed: 'seed', strictOrders: 'strict_orders', cash: null, profile: null,
  commission: null, spread: null, margin: null, tradeOnClose: null, hedging: null, exclusiveOrders: null,
  finalizeTrades: null, tags: null,
};
const WAIT_OPTIONS = ['onProgress', 'signal', 'timeout'];
const ONE_RUN_OPTIONS = { lookaheadCheck: 'lookahead_check', record: 'record', save: 'save', wait: 'wait', include: 'include' };
const SWEEP_OPTIONS = {
  grid: 'grid', trials: 'list', random: 'random', where: 'where', maximize: 'maximize', minimize: 'minimize',
  concurrency: 'concurrency', limit: 'limit',
};

function refuseUnknown(options, ...known) {
  const names = known.flatMap((each) => (Array.isArray(each) ? each : Object.keys(each)));
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw new TypeError(`there is no option ${name}; there are ${names.sort().join(', ')}`);
  }
}

function defined(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null));
}

function runParams(strategy, options, more) {
  const sources = ['sample', 'dataset', 'data'].filter((name) => options[name] !== undefined && options[name] !== null);
  if (sources.length > 1) throw new TypeError(`${sources.join(' and ')} are given: name one source of bars`);
  if (options.symbol && options.symbols) throw new TypeError('symbol and symbols are given: name one of them');
  const symbols = options.symbol ? [options.symbol] : options.symbols;
  if (sources.length === 0 && !symbols?.length) {
    throw new TypeError("where are the bars? Give sample: 'GOOG', dataset: ID, data: FILE or symbol: 'AAPL'");
  }
  const dataset = options.data ? path.resolve(options.data) : options.sample ?? options.dataset;
  const { commission } = options;
  const execution = defined({
    profile: options.profile,
    fill_at: options.tradeOnClose === undefined ? undefined : options.tradeOnClose ? 'close' : 'next_open',
    commission: typeof commission === 'number' ? { fixed: 0, rate: commission } : Array.isArray(commission) ? { fixed: commission[0], rate: commission[1] } : commission,
    spread: options.spread, margin: options.margin, hedging: options.hedging, exclusive_orders: options.exclusiveOrders,
    finalize_trades: options.finalizeTrades,
  });
  const renamed = Object.entries({ ...RUN_OPTIONS, ...more }).filter(([, name]) => name).map(([from, to]) => [to, options[from]]);
  return defined({
    strategy: Array.isArray(strategy) ? { command: strategy } : strategy,
    dataset, symbols, start: time(options.start), end: time(options.end),
    account: options.cash === undefined ? undefined : { initial_cash: options.cash },
    execution: Object.keys(execution).length ? execution : undefined,
    tags: typeof options.tags === 'string' ? [options.tags] : options.tags,
    ...Object.fromEntries(renamed),
  });
}

// ---------------------------------------------------------------------------------------------------------------- runs

const OVER = new Set(['completed', 'cancelled', 'failed', 'interrupted', 'deleted']);

/** A run as the host knew it when it answered: the fields of the protocol's run record, and ways to its parts. */
class Run {
  #client;

  constructor(client, record) {
    this.#client = client;
    Object.assign(this, record);
  }

  /** Whether nothing more will happen to it. */
  get over() { return OVER.has(this.status); }

  trades() { return this.#client.trades(this); }
  events(options) { return this.#client.events(this, options); }
  series(columns, options) { return this.#client.series(this, columns, options); }
  /** `{ time, equity, drawdown_pct }` after every bar. */
  equity() { return this.series(['time', 'equity', 'drawdown_pct']); }
  /** Resolves with this run when it is over; rejects as Client.run does. */
  wait(options) { return this.#client.wait(this, options); }
  cancel(reason) { return this.#client.cancel(this, reason); }
  delete() { return this.#client.delete(this); }

  /** Asks for the record anew; resolves with this run. */
  async refresh() {
    return Object.assign(this, await this.#client.get(this));
  }
}

/** A `backtester serve` of one's own. Events: `log` {level, message}, `runs/changed` {run_id, status}, `end` (error). */
class Client extends EventEmitter {
  #connection;
  #timeout;

  /** Use Client.start(). */
  constructor(connection, timeout, answer) {
    super();
    this.#connection = connection;
    this.#timeout = timeout;
    ({ host: this.host, capabilities: this.capabilities, limits: this.limits } = answer);
  }

  /** Starts a host; resolves with its client. Rejects with HostNotFound, HostEnded, RequestFailed or RequestTimeout. */
  static async start(options = {}) {
    const { executable, db, args = [], cwd, env, onDisconnect = 'cancel', framing = 'lines', timeout = 120_000, startTimeout = 60_000 } = options;
    refuseUnknown(options, ['executable', 'db', 'args', 'cwd', 'env', 'onDisconnect', 'framing', 'timeout', 'startTimeout']);
    if (!['lines', 'content-length'].includes(framing)) throw new TypeError(`framing must be 'lines' or 'content-length', was ${framing}`);
    if (!['cancel', 'keep'].includes(onDisconnect)) throw new TypeError(`onDisconnect must be 'cancel' or 'keep', was ${onDisconnect}`);
    const environment = { ...process.env, ...env };
    delete environment.BACKTESTER_PROTOCOL; // a client inside a strategy is not a strategy, nor is its host
    const argv = [findProgram(executable), 'serve', ...(db ? ['--db', db] : []), ...args];
    let client;
    const connection = new Connection(argv, {
      env: defined(environment), cwd, framing, keep: onDisconnect === 'keep',
      // Later, so that an exception of a listener is not taken for a fault of the host.
      tell: (event, value) => queueMicrotask(() => client?.emit(event, value)),
    });
    try {
      const answer = await connection.request('initialize', {
        protocol_version: PROTOCOL, client: { name: 'backtester-javascript', version: VERSION }, process_id: process.pid,
        capabilities: { progress: true, runs_changed: true, on_disconnect: onDisconnect },
      }, { timeout: startTimeout });
      connection.notify('initialized', {});
      client = new Client(connection, timeout, answer);
      return client;
    } catch (error) {
      await connection.close(2000);
      throw error;
    }
  }

  /** Whether nothing can be asked any more. */
  get closed() { return this.#connection.closing || this.#connection.error !== null; }

  /** The process id of the host. */
  get pid() { return this.#connection.child.pid; }

  /** The end of what the host wrote to its standard error. */
  get stderrTail() { return this.#connection.tail; }

  /** Stops the host; resolves when it is gone. Runs under way follow onDisconnect. */
  close() { return this.#connection.close(10_000); }

  async [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() { await this.close(); }

  /** Any method, with params as they are; resolves with the result as it is. */
  async request(method, params = {}, options = {}) {
    return this.#connection.request(method, params, { timeout: this.#timeout, ...options });
  }

  // -- what there is

  async strategies() { return this.#collect('strategies/list', {}); }
  async describe(strategy) { return this.request('strategies/describe', { strategy }); }
  async datasets() { return this.#collect('datasets/list', {}); }
  async dataset(dataset) { return this.request('datasets/describe', { dataset }); }
  async discover() { return this.request('rpc.discover'); }

  /** Runs the conformance checks on a strategy: `{ passed, level, checks }`. */
  async check(strategy, { level, timeoutScale, ...options } = {}) {
    refuseUnknown(options, WAIT_OPTIONS);
    const params = defined({ strategy: Array.isArray(strategy) ? { command: strategy } : strategy, level, timeout_scale: timeoutScale });
    return this.#connection.request('strategies/check', params, options);
  }

  // -- running

  /** Runs a strategy; resolves with its Run when it is over, or at once with `wait: false`. */
  async run(strategy, options = {}) {
    refuseUnknown(options, RUN_OPTIONS, ONE_RUN_OPTIONS, WAIT_OPTIONS);
    const params = { wait: true, ...runParams(strategy, options, ONE_RUN_OPTIONS) };
    const { onProgress, signal, timeout } = options;
    const record = await this.#connection.request('backtest/run', params, { onProgress: params.wait ? onProgress : undefined, signal, timeout });
    return params.wait ? this.#finished(record) : new Run(this, record);
  }

  /** Runs a strategy once per combination of `grid`, or per item of `trials`; resolves with its best trials. */
  async sweep(strategy, options = {}) {
    refuseUnknown(options, RUN_OPTIONS, SWEEP_OPTIONS, WAIT_OPTIONS);
    if (!options.grid === !options.trials) throw new TypeError('give either grid, the values of each parameter, or trials, a list of parameter sets');
    const { onProgress, signal, timeout } = options;
    const params = { limit: PAGE, ...runParams(strategy, options, SWEEP_OPTIONS), wait: true };
    if (typeof params.random === 'number') params.random = { count: params.random, seed: 0 };
    const answer = await this.#connection.request('backtest/sweep', params, { onProgress, signal, timeout });
    return { ...answer, best: answer.items.find((trial) => trial.status === 'completed') ?? null };
  }

  // -- runs

  /** Goes over the stored runs, newest first, asking for page after page. */
  async *runs(filters = {}) {
    const { limit, start, end, sweepId, ...rest } = filters;
    refuseUnknown(rest, ['status', 'strategy', 'dataset', 'symbol', 'tag']);
    for await (const record of this.#pages('runs/list', defined({ ...rest, sweep_id: sweepId, from: time(start), to: time(end) }), limit)) {
      yield new Run(this, record);
    }
  }

  async get(run, { include } = {}) { return new Run(this, await this.request('runs/get', defined({ run_id: runId(run), include }))); }
  async trades(run) { return this.#collect('runs/trades', { run_id: runId(run) }); }
  async events(run, { kinds } = {}) { return this.#collect('runs/events', defined({ run_id: runId(run), kinds })); }

  /** Columns of a run by name: numbers as Float64Array (a missing one is NaN), `time` as an Array of epoch ms. */
  async series(run, columns = ['time', 'equity'], { start, end, encoding = 'f64le+base64' } = {}) {
    const params = defined({ run_id: runId(run), columns: [].concat(columns), encoding, from: time(start), to: time(end) });
    const answer = await this.request('runs/series', params);
    return Object.fromEntries(Object.entries(answer.columns).map(([name, column]) => [name, decodeColumn(column)]));
  }

  async cancel(run, reason) { return (await this.request('runs/cancel', defined({ run_id: runId(run), reason }))).status; }
  async delete(run) { return (await this.request('runs/delete', { run_id: runId(run) })).status; }

  /** Resolves with a run when it is over; rejects as `run` does. An aborted signal cancels the run. */
  async wait(run, { onProgress, signal, timeout } = {}) {
    const made = run instanceof Run ? run : new Run(this, { run_id: run, status: 'queued' });
    const deadline = timeout === undefined ? Infinity : Date.now() + timeout;
    const connection = this.#connection;
    let wake = () => {};
    const heard = () => wake();
    if (!connection.listeners.has(made.run_id)) connection.listeners.set(made.run_id, new Set());
    connection.listeners.get(made.run_id).add(heard);
    signal?.addEventListener('abort', heard);
    try {
      for (;;) {
        signal?.throwIfAborted();
        let changed = false;
        const changes = new Promise((resolve) => { wake = () => { changed = true; resolve(true); }; });
        Object.assign(made, await this.get(made));
        if (made.over) {
          this.#finished(made);
          return made;
        }
        onProgress?.({ ...made, kind: 'report' });
        if (Date.now() >= deadline) throw new RequestTimeout(`run ${made.run_id} was not over after ${timeout} ms`);
        // The host tells of changes; asking now and then shows how far it is.
        if (!changed) await within(changes, Math.max(1, Math.min(onProgress ? 500 : 5000, deadline - Date.now())));
      }
    } catch (error) {
      if (!made.over && !this.closed) this.cancel(made).catch(() => {});
      throw error;
    } finally {
      signal?.removeEventListener('abort', heard);
      connection.listeners.get(made.run_id).delete(heard);
      if (connection.listeners.get(made.run_id).size === 0) connection.listeners.delete(made.run_id);
    }
  }

  // -- shared parts

  #finished(record) {
    if (record.status === 'failed' && record.failure) {
      const { code, message, kind, ...data } = record.failure;
      throw failure(code, message, { ...data, run_id: record.run_id });
    }
    if (record.status === 'cancelled') throw failure(-32800, 'the run was cancelled', { run_id: record.run_id });
    return record instanceof Run ? record : new Run(this, record);
  }

  async *#pages(method, params, most = Infinity) {
    let cursor = {};
    for (let given = 0; given < most;) {
      const page = await this.request(method, { ...params, limit: Math.min(PAGE, most - given), ...cursor });
      yield* page.items;
      given += page.items.length;
      if (page.next_cursor === undefined) return;
      cursor = { cursor: page.next_cursor };
    }
  }

  async #collect(method, params) {
    const items = [];
    for await (const item of this.#pages(method, params)) items.push(item);
    return items;
  }
}

module.exports = { Client, Run, findProgram, decodeColumn, errors, BacktesterError, HostNotFound, HostEnded, ClientClosed, RequestTimeout, RequestFailed, RunFailed };
