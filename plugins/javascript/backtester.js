'use strict';
// Write a trading strategy for backtester in JavaScript: Node 18 or newer, no dependencies, this one file.
//
//   const { run, sma, crossover } = require('./backtester');
//   let fast, slow, cross;
//   run({
//     name: 'sma_cross', version: '1.0', needsAccount: false,
//     parameters: { n1: 10, n2: 20 },
//     warmup: ({ n1, n2 }) => [n1, n2],
//     init({ parameters }) { fast = sma(parameters.n1); slow = sma(parameters.n2); cross = crossover(); },
//     onBar(bar, ctx) {
//       const crossed = cross.update(fast.update(bar.close), slow.update(bar.close));
//       if (ctx.warmup || crossed === 0) return;
//       ctx.close();
//       if (crossed > 0) ctx.buy(); else ctx.sell();
//     },
//   });
//
// README.md describes every option. The protocol underneath is in protocol/README.md of the backtester project.

const fs = require('fs');

const PROTOCOL = '1.0';
const SDK = 'backtester-javascript 1.0.0';
/** Longest line taken, in bytes; the host splits what is longer. */
const LONGEST_LINE = 16 * 1024 * 1024;

// ---------------------------------------------------------------------------------------------------- standard streams

let streams = null;

/**
 * Keeps the protocol's bytes apart from everything that is printed. Standard output carries messages, so one stray
 * console.log, of a library or of a child process, would spoil the conversation: from here on all of them go to
 * standard error.
 */
function claimStreams() {
  if (streams) return streams;
  streams = { input: 0, output: 1 };
  // Children of the strategy are not strategies.
  delete process.env.BACKTESTER_PROTOCOL;
  movePipeOfStandardOutput();
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return streams;
}

/**
 * Moves the conversation to a private descriptor and points descriptor 1 at standard error, as dup2 would; Node has no
 * dup2, so the pipe is opened anew. Where that is impossible (a socket, a file, a system without /dev/fd) only prints
 * that pass through process.stdout are caught.
 */
function movePipeOfStandardOutput() {
  const { O_WRONLY, O_APPEND, O_NONBLOCK } = fs.constants;
  let output;
  let error;
  try {
    if (!fs.fstatSync(1).isFIFO()) return;
    // Non-blocking, because opening a pipe whose reader is gone would wait for ever; writeAll copes with it.
    output = fs.openSync('/dev/fd/1', O_WRONLY | O_NONBLOCK);
    error = fs.openSync('/dev/fd/2', O_WRONLY | O_APPEND | O_NONBLOCK);
    fs.closeSync(1);
    // The lowest free number is taken, which is 1, or 0 first if that was closed.
    while (fs.openSync('/dev/fd/2', O_WRONLY | O_APPEND | O_NONBLOCK) < 1);
    fs.closeSync(error);
    streams.output = output;
  } catch {
    if (output !== undefined && streams.output === 1) fs.closeSync(output);
  }
}

const clock = new Int32Array(new SharedArrayBuffer(4));
const pause = () => Atomics.wait(clock, 0, 0, 1);

/** Reads what is there, waiting until there is something; 0 at the end of the input. */
function readSome(buffer, offset) {
  for (;;) {
    try {
      return fs.readSync(streams.input, buffer, offset, buffer.length - offset, null);
    } catch (error) {
      if (error.code === 'EOF') return 0;
      if (error.code !== 'EAGAIN') throw error;
      pause();
    }
  }
}

function writeAll(text) {
  let bytes = Buffer.from(text, 'utf8');
  for (;;) {
    try {
      const count = fs.writeSync(streams.output, bytes, 0, bytes.length);
      if (count === bytes.length) return;
      bytes = bytes.subarray(count);
    } catch (error) {
      // The host is gone; what it would have read matters to nobody.
      if (error.code === 'EPIPE') process.exit(0);
      if (error.code !== 'EAGAIN') throw error;
      pause();
    }
  }
}

/** Calls `handle` with each line of the input, until the input ends. Lines are cut before any byte is decoded. */
function readLines(handle, refuseLongLine) {
  let buffer = Buffer.allocUnsafe(64 * 1024);
  let start = 0;
  let end = 0;
  let scanned = 0;
  let skipping = false;
  for (;;) {
    const found = buffer.indexOf(10, scanned);
    if (found >= 0 && found < end) {
      if (!skipping) handle(buffer, start, found);
      skipping = false;
      start = scanned = found + 1;
      if (start === end) start = end = scanned = 0;
      continue;
    }
    scanned = end;
    if (end - start > LONGEST_LINE) {
      if (!skipping) refuseLongLine();
      skipping = true;
      start = end = scanned = 0;
    }
    if (end === buffer.length) {
      const next = start > 0 && end - start <= buffer.length / 2 ? buffer : Buffer.allocUnsafe(buffer.length * 2);
      buffer.copy(next, 0, start, end);
      buffer = next;
      end -= start;
      scanned = end;
      start = 0;
    }
    const count = readSome(buffer, end);
    if (count === 0) return;
    end += count;
  }
}

/** The text of a line; throws where it is not UTF-8. */
function decode(buffer, start, end) {
  const text = buffer.toString('utf8', start, end);
  // Bytes that are no UTF-8 show as U+FFFD; so does a U+FFFD that was really sent.
  if (text.includes('\uFFFD')) new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(start, end));
  return text;
}

// ------------------------------------------------------------------------------------------------------------- errors

/** An error to answer a request with. */
class ProtocolError extends Error {
  constructor(code, kind, message, data = {}) {
    super(message);
    this.code = code;
    this.data = { kind, ...data };
  }
}

const invalidRequest = (message) => new ProtocolError(-32600, 'invalid_request', message);
const invalidParams = (pointer, message) => new ProtocolError(-32602, 'invalid_params', `${pointer} ${message}`, { pointer });
const capabilityMissing = (message) =>
  new ProtocolError(1004, 'capability_missing', message, { hint: 'choose another mode or strategy', retryable: false });
const badParameter = (name, message) =>
  new ProtocolError(4004, 'bad_parameters', message, {
    pointer: `/${name.replace(/~/g, '~0').replace(/\//g, '~1')}`, hint: 'correct the parameter', retryable: false,
  });

/** What goes wrong in the strategy's own code, in the form the host shows. */
function strategyError(thrown) {
  const isError = thrown instanceof Error;
  const message = isError ? `${thrown.name}: ${thrown.message}` : `the strategy threw ${String(thrown)}`;
  const traceback = (isError && thrown.stack) || message;
  return new ProtocolError(2005, 'strategy_error', message.slice(0, 2000), {
    hint: 'See the traceback.', retryable: false, traceback: traceback.slice(0, 8000),
  });
}

// --------------------------------------------------------------------------------------------------------- parameters

/** Turns { n1: 10 } or { n1: { type, default, minimum, … } } into JSON Schema properties. */
function parameterSchema(parameters) {
  const properties = {};
  const required = [];
  for (const [name, given] of Object.entries(parameters)) {
    const property = given !== null && typeof given === 'object' ? { ...given } : { default: given };
    property.type ??= typeName(property.default);
    if (!['integer', 'number', 'string', 'boolean'].includes(property.type)) {
      throw new TypeError(`parameter ${name} needs a type (integer, number, string or boolean) or a default`);
    }
    if (property.default === undefined) required.push(name);
    properties[name] = property;
  }
  return required.length ? { type: 'object', properties, required } : { type: 'object', properties };
}

function typeName(value) {
  if (typeof value === 'number' && Number.isFinite(value)) return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** The values of a run: what the host gave over the defaults, each of its type and in its range. */
function checkParameters(schema, given) {
  const values = {};
  for (const [name, rule] of Object.entries(schema.properties)) {
    const value = given[name] === undefined ? rule.default : given[name];
    if (value === undefined) throw badParameter(name, `parameter ${name} is required`);
    const isNumeric = rule.type === 'integer' || rule.type === 'number';
    const fits = isNumeric
      ? Number.isFinite(value) && (rule.type === 'number' || Number.isInteger(value))
      : typeof value === rule.type;
    if (!fits) throw badParameter(name, `parameter ${name} was ${JSON.stringify(value)}; it must be of type ${rule.type}`);
    const limits = [
      ['minimum', 'at least', value >= rule.minimum], ['exclusiveMinimum', 'above', value > rule.exclusiveMinimum],
      ['maximum', 'at most', value <= rule.maximum], ['exclusiveMaximum', 'below', value < rule.exclusiveMaximum],
    ];
    for (const [key, words, holds] of limits) {
      if (isNumeric && rule[key] !== undefined && !holds) {
        throw badParameter(name, `parameter ${name} was ${value}; it must be ${words} ${rule[key]}`);
      }
    }
    values[name] = value;
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(schema.properties, name)) {
      const known = Object.keys(schema.properties).join(', ') || 'none';
      throw badParameter(name, `there is no parameter ${name}; there are: ${known}`);
    }
  }
  return values;
}

// ------------------------------------------------------------------------------------------------------------ columns

/** The numbers of a column; NaN where missing. */
function readColumn(column, pointer) {
  const { encoding, dtype, count } = column;
  if (encoding === 'json') {
    if (!Array.isArray(column.data)) throw invalidParams(`${pointer}/data`, 'must be an array');
    return Float64Array.from(column.data, (value) => (value === null ? NaN : Number(value)));
  }
  const size = dtype === 'u8' ? 1 : 8;
  let bytes;
  if (encoding === 'f64le+base64') bytes = Buffer.from(String(column.data), 'base64');
  else if (encoding === 'f64le+file') bytes = readPart(column.path, column.offset, count * size);
  else throw invalidParams(`${pointer}/encoding`, `"${encoding}" is not read here`);
  if (bytes.length !== count * size) throw invalidParams(`${pointer}/data`, `holds ${bytes.length} bytes where count says ${count * size}`);
  if (dtype === 'u8') return Float64Array.from(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    // Halves instead of a BigInt a value: whole numbers of the protocol are exact in a double.
    numbers[i] = dtype === 'i64'
      ? view.getInt32(8 * i + 4, true) * 4294967296 + view.getUint32(8 * i, true)
      : view.getFloat64(8 * i, true);
  }
  return numbers;
}

/** Bytes of a file from an offset on; fewer where it ends before. */
function readPart(path, offset, size) {
  const bytes = Buffer.alloc(size);
  const file = fs.openSync(path, 'r');
  let filled = 0;
  try {
    for (let count = 1; filled < size && count > 0; filled += count) {
      count = fs.readSync(file, bytes, filled, size - filled, offset + filled);
    }
  } finally {
    fs.closeSync(file);
  }
  return bytes.subarray(0, filled);
}

/** A column of numbers or, for dtype u8, of truth values. */
function writeColumn(values, dtype, count, binary, name) {
  if (!values || values.length !== count) {
    throw new TypeError(`evaluate() must return ${count} values for ${name}, returned ${values ? values.length : values}`);
  }
  if (dtype === 'u8') {
    return binary
      ? { encoding: 'f64le+base64', dtype, count, data: Buffer.from(Uint8Array.from(values, (v) => (v ? 1 : 0))).toString('base64') }
      : { encoding: 'json', dtype, count, data: Array.from(values, Boolean) };
  }
  const numbers = Float64Array.from(values, (v) => (v === null || v === undefined ? NaN : Number(v)));
  const infinite = numbers.findIndex((v) => v === Infinity || v === -Infinity);
  if (infinite >= 0) throw new RangeError(`evaluate() returned ${numbers[infinite]} for ${name} at bar ${infinite}`);
  if (!binary) return { encoding: 'json', dtype, count, data: Array.from(numbers, (v) => (Number.isNaN(v) ? null : v)) };
  const bytes = Buffer.allocUnsafe(8 * count);
  numbers.forEach((v, i) => bytes.writeDoubleLE(v, 8 * i));
  return { encoding: 'f64le+base64', dtype, count, data: bytes.toString('base64') };
}

// ------------------------------------------------------------------------------------------------------------ context

const camelNames = new Map();

/** An object of the wire with its keys in camelCase: entry_price becomes entryPrice. */
function camel(object) {
  if (object === null || typeof object !== 'object') return object;
  const result = {};
  for (const key in object) {
    let name = camelNames.get(key);
    if (name === undefined) {
      name = key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
      camelNames.set(key, name);
    }
    result[name] = object[key];
  }
  return result;
}

const ORDER_OPTIONS = {
  clientOrderId: 'client_order_id', symbol: 'symbol', type: 'type', quantity: 'quantity', fraction: 'fraction',
  limitPrice: 'limit_price', stopPrice: 'stop_price', stopLoss: 'stop_loss', takeProfit: 'take_profit', tag: 'tag',
};
const CLOSE_OPTIONS = { tradeId: 'trade_id', symbol: 'symbol', portion: 'portion' };
const AMEND_OPTIONS = { stopLoss: 'stop_loss', takeProfit: 'take_profit' };

/** Puts options into an action under the wire's names; a number that is not finite is refused. */
function addOptions(action, options, names, call, keepsNull) {
  for (const key in options) {
    const value = options[key];
    if (value === undefined || (value === null && !keepsNull)) continue;
    const name = names[key];
    if (name === undefined) throw new TypeError(`${call} has no option ${key}; it has ${Object.keys(names).join(', ')}`);
    if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`${call}: ${key} is ${value}, not a number that can be sent`);
    action[name] = value;
  }
  return action;
}

/** What a strategy sees and can do on one bar. Account, trades and orders are as the broker left them on this bar. */
class Context {
  constructor(run, needsAccount, needsEvents) {
    /** What is known of the run: id, mode, symbols, parameters, seed, barsTotal, account, execution … */
    this.run = run;
    /** The bar, counted from 0. */
    this.index = -1;
    /** Opening time of the bar, epoch milliseconds UTC. */
    this.time = 0;
    /** Whether the bar belongs to the warm-up, during which orders are refused. */
    this.warmup = true;
    this._needsAccount = needsAccount;
    this._needsEvents = needsEvents;
    this._account = { cash: run.account.initialCash, equity: run.account.initialCash };
    this._positions = {};
    this._trades = [];
    this._orders = [];
    this._closed = [];
    this._events = [];
    this._units = 0;
    this._actions = [];
    this._annotations = null;
    this._stamped = run.mode === 'streamed' || run.mode === 'vectorized';
  }

  /** { cash, equity }, valued at the bar's close. */
  get account() { this._accountNeeded('account'); return this._account; }
  /** Per symbol held { quantity, averagePrice, marketValue, unrealizedPnl }. */
  get positions() { this._accountNeeded('positions'); return this._positions; }
  /** Units held over all open trades, below 0 when short; 0 when flat. */
  get position() { this._accountNeeded('position'); return this._units; }
  /** Open trades in opening order: { tradeId, symbol, quantity, entryPrice, entryIndex, stopLoss, takeProfit, tag }. */
  get trades() { this._accountNeeded('trades'); return this._trades; }
  /** Resting orders in the order the broker works them off. */
  get orders() { this._accountNeeded('orders'); return this._orders; }
  /** Trades closed since the bar before. */
  get closed() { this._accountNeeded('closed'); return this._closed; }
  /** What happened to orders since the bar before. */
  get events() {
    if (!this._needsEvents) throw new Error('events are not sent: the strategy declares needsEvents: false');
    return this._events;
  }

  /** Places a buy order; all buying power at any price unless the options say otherwise. */
  buy(options) { this._add(addOptions({ do: 'order', side: 'buy' }, options, ORDER_OPTIONS, 'buy()')); }
  /** Places a sell order; all buying power at any price unless the options say otherwise. */
  sell(options) { this._add(addOptions({ do: 'order', side: 'sell' }, options, ORDER_OPTIONS, 'sell()')); }
  /** Closes the position, or what { tradeId, symbol, portion } says, at the next chance. */
  close(options) { this._add(addOptions({ do: 'close' }, options, CLOSE_OPTIONS, 'close()')); }
  /** Withdraws a resting order, by the broker's number or the strategy's own name. */
  cancel(order) {
    if (typeof order === 'number') this._add({ do: 'cancel', order_id: order });
    else if (typeof order === 'string') this._add({ do: 'cancel', client_order_id: order });
    else throw new TypeError('cancel() takes an orderId (a number) or a clientOrderId (a string)');
  }
  /** Moves a trade's stopLoss or takeProfit; null clears it. */
  amend(tradeId, options) {
    this._add(addOptions({ do: 'amend', trade_id: tradeId }, options, AMEND_OPTIONS, 'amend()', true));
  }
  /** Notes a value for charts on this bar; null or NaN where there is none. */
  annotate(name, value) {
    if (value === Infinity || value === -Infinity) throw new RangeError(`annotate("${name}"): ${value} cannot be sent`);
    const known = value === null || value === undefined || Number.isNaN(value) ? null : Number(value);
    (this._annotations ??= new Map()).set(String(name), known);
  }
  /** Adds a line to the run's log; level is debug, info, warning or error. */
  log(message, level = 'info') { log(message, level); }

  _accountNeeded(name) {
    if (!this._needsAccount) throw new Error(`${name} is not sent: the strategy declares needsAccount: false`);
  }

  _add(action) {
    this._actions.push(this._stamped ? { bar_index: this.index, ...action } : action);
  }

  /** Takes over what a bar/next says about account and orders; what it leaves out is unchanged. */
  _take(params) {
    this._events = params.events ? params.events.map(camel) : [];
    this._closed = params.closed ? params.closed.map(camel) : [];
    if (params.account) this._account = camel(params.account);
    if (params.trades) {
      this._trades = params.trades.map(camel);
      this._units = this._trades.reduce((sum, trade) => sum + trade.quantity, 0);
    }
    if (params.orders) this._orders = params.orders.map(camel);
    if (params.positions) {
      this._positions = {};
      for (const symbol in params.positions) {
        const [quantity, averagePrice, marketValue, unrealizedPnl] = params.positions[symbol];
        this._positions[symbol] = { quantity, averagePrice, marketValue, unrealizedPnl };
      }
    }
  }
}

function makeBar(symbol, index, time, row) {
  if (!row) return null;
  return { symbol, index, time, open: row[0], high: row[1], low: row[2], close: row[3], volume: row[4] ?? null };
}

// ---------------------------------------------------------------------------------------------------------------- run

/** One run: the strategy driven in the mode the host chose. */
class Run {
  constructor(strategy, params, server) {
    this.strategy = strategy;
    this.mode = params.mode;
    this.binary = server.encodings.includes('f64le+base64');
    this.progressToken = undefined;
    this.failed = false;
    this.columns = {};
    const barsTotal = params.bars_total;
    /** What init() and warmup() are told. */
    this.info = {
      id: params.run_id, mode: params.mode, symbols: (params.symbols ?? []).map(camel),
      symbol: params.symbols?.[0]?.symbol, timeframe: params.timeframe, start: params.start, end: params.end, barsTotal,
      parameters: checkParameters(server.schema, params.parameters ?? {}), seed: params.seed,
      account: camel(params.account ?? {}), execution: camel(params.execution ?? {}),
      log, progress: (percentage, message) => this.progress(percentage, message),
    };
    this.symbol = this.info.symbol;
    this.context = new Context(this.info, server.needsAccount, server.needsEvents);
    this.warmupBars = barsNeeded(strategy.warmup?.(this.info.parameters, this.info) ?? 0, barsTotal);
    this.firstDecision = Math.max(1, this.warmupBars);
    synchronous(strategy.init?.(this.info), 'init()');
  }

  /** Shows one bar to the strategy. `rows` holds a row per symbol. */
  step(index, time, rows) {
    const context = this.context;
    context.index = index;
    context.time = time;
    if (this.strategy.multiSymbol) {
      const bars = {};
      for (const { symbol } of this.info.symbols) bars[symbol] = makeBar(symbol, index, time, rows[symbol]);
      synchronous(this.strategy.onBar(bars, context), 'onBar()');
    } else {
      const bar = makeBar(this.symbol, index, time, rows[this.symbol]);
      // Without a bar there is nothing to decide on.
      if (bar) synchronous(this.strategy.onBar(bar, context), 'onBar()');
    }
  }

  /** The JSON text of what the strategy wants done, and forgets it. */
  takeAnswer(annotations) {
    const { _actions: actions } = this.context;
    if (actions.length === 0 && annotations === null) return '{}';
    const parts = [];
    if (actions.length > 0) {
      parts.push(`"actions":${JSON.stringify(actions)}`);
      this.context._actions = [];
    }
    if (annotations !== null) parts.push(`"annotations":${JSON.stringify(Object.fromEntries(annotations))}`);
    return `{${parts.join()}}`;
  }

  /** bar/next */
  bar(params) {
    const context = this.context;
    context.warmup = params.warmup === true;
    context._take(params);
    this.step(params.index, params.time, this.mode === 'preload' ? this.rowsAt(params.index) : params.bars);
    const annotations = context._annotations;
    context._annotations = null;
    return this.takeAnswer(annotations);
  }

  /** bars/next */
  chunk(params) {
    const rows = {};
    const series = this.collect(params.first_index, params.count, (i) => {
      for (const symbol in params.bars) rows[symbol] = params.bars[symbol][i];
      return [params.times[i], rows];
    });
    return this.takeAnswer(series);
  }

  /** Shows `count` bars and gathers their annotations by name, one value a bar. */
  collect(first, count, barAt) {
    const context = this.context;
    let series = null;
    for (let i = 0; i < count; i++) {
      const [time, rows] = barAt(i);
      context.warmup = first + i < this.firstDecision;
      this.step(first + i, time, rows);
      if (context._annotations === null) continue;
      series ??= new Map();
      for (const [name, value] of context._annotations) {
        if (!series.has(name)) series.set(name, new Array(count).fill(null));
        series.get(name)[i] = value;
      }
      context._annotations = null;
    }
    return series;
  }

  /** series/load */
  load(params) {
    const { symbol, offset, count, rows_total: total } = params;
    const columns = (this.columns[symbol] ??= {});
    for (const [name, column] of Object.entries(params.columns)) {
      const values = readColumn(column, `/columns/${name}`);
      if (values.length !== count || offset + count > total) throw invalidParams(`/columns/${name}`, 'does not have the rows that count, offset and rows_total say');
      (columns[name] ??= new Float64Array(total).fill(NaN)).set(values, offset);
    }
    if (params.last === true && this.mode === 'preload') this.warmUp();
    return `{"received":${count}}`;
  }

  /** Shows the bars before the first decision, which the host does not ask about in the mode preload. */
  warmUp() {
    const context = this.context;
    const count = Math.min(this.firstDecision, this.info.barsTotal);
    this.collect(0, count, (i) => [this.columns[this.symbol]?.time[i], this.rowsAt(i)]);
    if (context._actions.length > 0) {
      log(`${context._actions.length} orders placed during the warm-up were dropped; return early while ctx.warmup is true`, 'warning');
      context._actions = [];
    }
  }

  rowsAt(index) {
    const rows = {};
    for (const symbol in this.columns) {
      const { open, high, low, close, volume } = this.columns[symbol];
      if (index < close.length && !Number.isNaN(close[index])) {
        rows[symbol] = [open[index], high[index], low[index], close[index], Number.isNaN(volume[index]) ? null : volume[index]];
      }
    }
    return rows;
  }

  /** series/evaluate */
  evaluate(params) {
    this.progressToken = params.progress_token;
    if (!this.strategy.evaluate) {
      const time = this.columns[this.symbol]?.time;
      return this.takeAnswer(this.collect(params.first_index, params.count, (i) => [time?.[params.first_index + i], this.rowsAt(params.first_index + i)]));
    }
    const columns = this.strategy.multiSymbol ? this.columns : this.columns[this.symbol];
    const output = synchronous(this.strategy.evaluate(columns, this.info.parameters, this.info), 'evaluate()') ?? {};
    return JSON.stringify(this.encodeOutput(output, params.count));
  }

  encodeOutput(output, count) {
    const names = {
      targetPosition: 'target_position', targetWeight: 'target_weight', entries: 'entries', exits: 'exits',
      shortEntries: 'short_entries', shortExits: 'short_exits',
    };
    const result = {};
    for (const [key, value] of Object.entries(output)) {
      if (value === undefined || value === null) continue;
      if (key === 'actions') {
        // JSON.stringify would write null for a NaN without a word.
        for (const action of value) {
          for (const name in action) {
            if (typeof action[name] === 'number' && !Number.isFinite(action[name])) throw new RangeError(`evaluate() returned an action whose ${name} is ${action[name]}`);
          }
        }
        result.actions = value;
      } else if (key === 'annotations') {
        result.annotations = {};
        for (const name in value) result.annotations[name] = writeColumn(value[name], 'f64', count, false, name).data;
      } else if (names[key]) {
        const bySymbol = this.strategy.multiSymbol ? value : { [this.symbol]: value };
        const dtype = key.startsWith('target') ? 'f64' : 'u8';
        result[names[key]] = {};
        for (const symbol in bySymbol) result[names[key]][symbol] = writeColumn(bySymbol[symbol], dtype, count, this.binary, key);
      } else {
        throw new TypeError(`evaluate() returned ${key}; it may return ${Object.keys(names).join(', ')}, actions, annotations`);
      }
    }
    return result;
  }

  progress(percentage, message) {
    if (this.progressToken === undefined) return;
    const value = { kind: 'report', message, percentage };
    if (!(percentage >= 0 && percentage <= 100)) throw new RangeError(`progress(): percentage is ${percentage}; it must be from 0 to 100`);
    notify('$/progress', { token: this.progressToken, value });
  }

  /** run/end */
  end(params) {
    const summary = synchronous(this.strategy.end?.(params.reason, params.summary ?? {}, this.info), 'end()');
    if (summary === undefined || summary === null) return '{}';
    for (const name in summary) {
      if (typeof summary[name] === 'number' && !Number.isFinite(summary[name])) summary[name] = null;
    }
    return JSON.stringify({ summary });
  }
}

/**
 * The bars to be seen before the first decision. Given as a list, one entry an indicator, an entry beyond the bars there
 * are does not count: that indicator is never defined, and not waited for.
 */
function barsNeeded(given, barsTotal) {
  const counts = Array.isArray(given) ? given : [given];
  for (const count of counts) {
    if (!Number.isSafeInteger(count) || count < 0) throw new TypeError(`warmup() must return whole numbers of bars, returned ${count}`);
  }
  return Math.max(0, ...(Array.isArray(given) ? counts.filter((count) => count <= barsTotal) : counts));
}

/** The value a callback returned; an async callback would be answered before it is done. */
function synchronous(value, call) {
  if (value && typeof value.then === 'function') throw new TypeError(`${call} must not be async; the host waits for its answer`);
  return value;
}

// ------------------------------------------------------------------------------------------------------------- server

function send(text) { writeAll(text + '\n'); }

function notify(method, params) { send(JSON.stringify({ jsonrpc: '2.0', method, params })); }

let isIntroduced = false;

/** Adds a line to the run's log; level is debug, info, warning or error. Before the handshake it goes to stderr. */
function log(message, level = 'info') {
  if (!['debug', 'info', 'warning', 'error'].includes(level)) throw new TypeError(`log level ${level} is none of debug, info, warning, error`);
  if (isIntroduced) notify('log/message', { level, message: String(message) });
  else process.stderr.write(`${level}: ${message}\n`);
}

/** One conversation with a host about one strategy. */
class Server {
  constructor(strategy) {
    this.strategy = strategy;
    this.schema = parameterSchema(strategy.parameters ?? {});
    this.needsAccount = strategy.needsAccount ?? true;
    this.needsEvents = strategy.needsEvents ?? this.needsAccount;
    this.modes = [];
    if (strategy.onBar) {
      this.modes.push('lockstep', 'preload');
      if (!this.needsAccount && !this.needsEvents) this.modes.push('streamed', 'vectorized');
    }
    if (strategy.evaluate && !this.modes.includes('vectorized')) this.modes.push('vectorized');
    if (this.modes.length === 0) throw new TypeError('a strategy needs onBar(bar, ctx) or evaluate(columns, parameters)');
    if (typeof strategy.name !== 'string' || !strategy.name || strategy.name.length > 100) throw new TypeError('a strategy needs a name of 1 to 100 characters');
    this.encodings = ['json'];
    this.run = null;
    this.isInitialized = false;
  }

  serve() {
    claimStreams();
    readLines(
      (buffer, start, end) => this.handle(buffer, start, end),
      () => this.refuse(null, new ProtocolError(5001, 'message_too_large', `a line is longer than ${LONGEST_LINE} bytes`)));
    process.exit(0);
  }

  /** Answers one line. */
  handle(buffer, start, end) {
    let id = null;
    try {
      let message;
      try {
        const text = decode(buffer, start, end);
        if (text.length < 16 && text.trim() === '') return;
        message = JSON.parse(text);
      } catch (error) {
        throw new ProtocolError(-32700, 'parse_error', `the line is not JSON: ${error.message}`);
      }
      if (message === null || typeof message !== 'object' || Array.isArray(message)) {
        throw invalidRequest('a message must be an object; batches are not supported');
      }
      if (message.id !== undefined) id = message.id;
      const { method, params } = message;
      if (message.jsonrpc !== '2.0') throw invalidRequest('jsonrpc must be "2.0"');
      if (typeof method !== 'string') throw invalidRequest('the message has no method');
      if (message.id === undefined) {
        if (method === 'exit') process.exit(0);
        return;
      }
      if (params === null || typeof params !== 'object' || Array.isArray(params)) throw invalidParams('/params', 'must be an object');
      const result = this.answer(method, params);
      send(`{"jsonrpc":"2.0","id":${typeof id === 'number' ? id : JSON.stringify(id)},"result":${result}}`);
      if (method === 'initialize') isIntroduced = true;
    } catch (error) {
      if (error instanceof ProtocolError) {
        this.refuse(id, error);
      } else {
        if (this.run) this.run.failed = true;
        process.stderr.write(`${(error && error.stack) || error}\n`);
        this.refuse(id, strategyError(error));
      }
    }
  }

  refuse(id, error) {
    send(JSON.stringify({ jsonrpc: '2.0', id, error: { code: error.code, message: error.message, data: error.data } }));
  }

  /** The JSON text of a request's result. */
  answer(method, params) {
    switch (method) {
      case 'bar/next': return this.running(params, method, 'lockstep', 'preload').bar(params);
      case 'bars/next': return this.running(params, method, 'streamed').chunk(params);
      case 'initialize': return JSON.stringify(this.initialize(params));
      case 'run/start': return JSON.stringify(this.start(params));
      case 'series/load': return this.running(params, method, 'preload', 'vectorized').load(params);
      case 'series/evaluate': return this.running(params, method, 'vectorized').evaluate(params);
      case 'run/end': {
        const run = this.known(params, method);
        this.run = null;
        return run.end(params);
      }
      case 'shutdown': return '{}';
      default: throw new ProtocolError(-32601, 'method_not_found', `unknown method ${method}`);
    }
  }

  known(params, method) {
    this.requireInitialized(method);
    if (this.run === null || this.run.info.id !== params.run_id) {
      throw new ProtocolError(3001, 'unknown_run', `there is no run ${JSON.stringify(params.run_id)}`);
    }
    return this.run;
  }

  running(params, method, ...modes) {
    const run = this.known(params, method);
    if (run.failed) throw invalidRequest(`${method} came after the run failed`);
    if (!modes.includes(run.mode)) throw invalidRequest(`${method} does not belong to a run in the mode ${run.mode}`);
    return run;
  }

  requireInitialized(method) {
    if (!this.isInitialized) throw new ProtocolError(1001, 'not_initialized', `${method} came before initialize`);
  }

  initialize(params) {
    if (this.isInitialized) throw new ProtocolError(1003, 'already_initialized', 'initialize came twice');
    const requested = params.protocol_version;
    if (typeof requested !== 'string' || !/^1\.\d+$/.test(requested)) {
      throw new ProtocolError(1002, 'unsupported_protocol_version', `this strategy speaks protocol ${PROTOCOL}, the host asked for ${requested}`, {
        hint: 'update the strategy’s backtester.js, or the host', retryable: false, supported: [PROTOCOL], requested: String(requested),
      });
    }
    this.isInitialized = true;
    this.encodings = params.capabilities?.encodings ?? ['json'];
    const { name, version, description, multiSymbol, evaluate, outputs, capabilities } = this.strategy;
    return {
      protocol_version: PROTOCOL,
      strategy: { name, version, description, language: 'javascript', sdk: SDK },
      capabilities: {
        modes: this.modes, needs_account: this.needsAccount, needs_events: this.needsEvents,
        multi_symbol: multiSymbol === true, outputs, encodings: ['f64le+file', 'f64le+base64', 'json'],
        max_message_bytes: LONGEST_LINE,
        reuse: true, progress: evaluate !== undefined, ...capabilities,
      },
      parameters: this.schema,
    };
  }

  start(params) {
    this.requireInitialized('run/start');
    this.run = null;
    if (!this.modes.includes(params.mode)) throw capabilityMissing(`${this.strategy.name} cannot run in the mode ${params.mode}; it offers ${this.modes.join(', ')}`);
    if (!this.strategy.multiSymbol && params.symbols?.length > 1) throw capabilityMissing(`${this.strategy.name} trades one symbol, the run has ${params.symbols.length}`);
    this.run = new Run(this.strategy, params, this);
    return { mode: params.mode, warmup_bars: this.run.warmupBars };
  }
}

/**
 * Serves a strategy on standard input and output; never returns.
 *
 * README.md lists what the strategy may hold: name, version, description, parameters, needsAccount, needsEvents,
 * multiSymbol, warmup(), init(), onBar(), evaluate(), end(), capabilities.
 */
function run(strategy) {
  const server = new Server(strategy);
  if (!streams && process.stdin.isTTY) {
    process.stderr.write(`${strategy.name} is a strategy for backtester, which starts it: backtester run ${process.argv[1]} --sample GOOG\n`);
    process.exit(2);
  }
  server.serve();
}

// --------------------------------------------------------------------------------------------------------- indicators

/**
 * Simple moving average, bit for bit as pandas computes rolling(period).mean(), so that ties of two averages fall the same
 * way everywhere: a running sum with one Kahan compensation for values that enter and one for values that leave.
 */
class SimpleMovingAverage {
  constructor(period) {
    if (!Number.isSafeInteger(period) || period < 1) throw new RangeError(`a moving average needs a period of at least 1, received ${period}`);
    this.period = period;
    this._window = new Float64Array(period).fill(NaN);
    this._place = 0;
    this._sum = 0;
    this._addError = 0;
    this._removeError = 0;
    this._missing = period;
    this._negative = 0;
    this._latest = NaN;
    this._repeats = 0;
  }

  /** Takes the next value; returns the mean of the last `period` ones, NaN while there are fewer. */
  update(value) {
    const leaving = this._window[this._place];
    this._window[this._place] = value;
    this._place = this._place + 1 === this.period ? 0 : this._place + 1;
    if (Number.isFinite(leaving)) {
      const y = -leaving - this._removeError;
      const t = this._sum + y;
      this._removeError = t - this._sum - y;
      this._sum = t;
      this._missing++;
      if (leaving < 0 || Object.is(leaving, -0)) this._negative--;
    }
    if (Number.isFinite(value)) {
      const y = value - this._addError;
      const t = this._sum + y;
      this._addError = t - this._sum - y;
      this._sum = t;
      this._missing--;
      if (value < 0 || Object.is(value, -0)) this._negative++;
      this._repeats = value === this._latest ? this._repeats + 1 : 1;
      this._latest = value;
    }
    if (this._missing > 0) return NaN;
    if (this._repeats >= this.period) return this._latest;
    const mean = this._sum / this.period;
    if (mean < 0) return this._negative === 0 ? 0 : mean;
    return this._negative === this.period && mean > 0 ? 0 : mean;
  }
}

/** Exponential moving average: e += α (x − e) written as (1 − α) e + α x, α = 2 / (period + 1), seeded with the first value. */
class ExponentialMovingAverage {
  constructor(period) {
    if (!Number.isSafeInteger(period) || period < 1) throw new RangeError(`a moving average needs a period of at least 1, received ${period}`);
    this.period = period;
    this._alpha = 2 / (period + 1);
    this._value = NaN;
    this._count = 0;
  }

  /** Takes the next value; returns the average, NaN for the first period − 1 values. */
  update(value) {
    this._value = this._count === 0 ? value : (1 - this._alpha) * this._value + this._alpha * value;
    this._count++;
    return this._count < this.period ? NaN : this._value;
  }
}

/** Notices when one series crosses another: a[i−1] < b[i−1] and a[i] > b[i]. A tie or NaN in between is no crossing. */
class Crossover {
  constructor() {
    this._first = NaN;
    this._second = NaN;
  }

  /** Returns 1 when `first` crossed above `second` since the last call, −1 below, else 0. */
  update(first, second) {
    const crossed = this._first < this._second && first > second ? 1 : this._first > this._second && first < second ? -1 : 0;
    this._first = first;
    this._second = second;
    return crossed;
  }
}

const sma = (period) => new SimpleMovingAverage(period);
const ema = (period) => new ExponentialMovingAverage(period);
const crossover = () => new Crossover();

// Under a host nothing may be printed before the first answer, also not by what is loaded after this file.
if (process.env.BACKTESTER_PROTOCOL) claimStreams();

module.exports = { run, log, sma, ema, crossover };
