// swift-format-ignore-file
// Written by make_templates.py; StrategyTemplatesTests compares it with the files.

extension StrategyTemplate {
  /// The files of each language, by path.
  static let generated: [String: [(path: String, text: String)]] = [
    "python": [
      ("README.md", ####"""
# {{name}}

A trading strategy in Python: `strategy.py` holds it, `plugin.json` tells backtester how to start it.

```
backtester run . --sample GOOG --param n=50
backtester check .
python3 -m unittest
```

backtester finds its Python package by itself, and the test knows where it was when this folder was made. To import it elsewhere, `pip install` the
folder `plugins/python` of backtester.

"""####),
      ("plugin.json", ####"""
{
  "name": "{{name}}",
  "version": "1.0",
  "protocol_version": "1.0",
  "language": "python",
  "argv": ["python3", "-m", "backtester", "strategy.py"],
  "modes": ["lockstep", "streamed"]
}

"""####),
      ("strategy.py", ####"""
"""Buys when the close rises above its average over n bars, closes when it falls below."""

from backtester import crossover, on_bar


@on_bar(name="{{name}}", version="1.0", warmup="n", needs_account=False)
def strategy(bar, ctx, n=20):
    average = ctx.sma(n)
    closes = ctx.history("close", 2)
    if crossover(closes, average):
        ctx.buy()
    elif crossover(average, closes):
        ctx.close()

"""####),
      ("test_strategy.py", ####"""
"""Drives the strategy as backtester does: python3 -m unittest"""

import json
import math
import os
import subprocess
import sys
import unittest
from pathlib import Path

FOLDER = Path(__file__).parent
# Where backtester keeps its Python package, for when it is not installed.
PACKAGE = "{{python_package}}"
SEARCH_PATH = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), PACKAGE]))


def run(closes, **parameters):
    """The actions on each bar."""
    symbol = {"symbol": "ACME"}
    messages = [
        ("initialize", {"protocol_version": "1.0", "capabilities": {"encodings": ["json"]}}),
        ("run/start", {
            "run_id": "r", "mode": "lockstep", "symbols": [symbol], "start": 0, "end": len(closes), "seed": 1,
            "bars_total": len(closes), "parameters": parameters, "account": {"initial_cash": 10000, "leverage": 1},
            "execution": {"profile": "compat", "spread": 0, "margin": 1},
        }),
    ]
    for index, close in enumerate(closes):
        bar = {"run_id": "r", "index": index, "time": index, "bars": {"ACME": [close, close, close, close, None]}}
        messages.append(("bar/next", bar))
    text = "".join(
        json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}) + "\n"
        for number, (method, params) in enumerate(messages)
    )
    process = subprocess.run(
        [sys.executable, "-m", "backtester", "strategy.py"], input=text, capture_output=True, text=True, cwd=FOLDER,
        env=dict(os.environ, PYTHONPATH=SEARCH_PATH),
    )
    answers = [json.loads(line) for line in process.stdout.splitlines()]
    errors = [answer["error"] for answer in answers if "error" in answer]
    assert not errors and len(answers) == len(messages), (errors, process.stderr)
    return [answer["result"].get("actions", []) for answer in answers[2:]]


class StrategyTest(unittest.TestCase):
    def test_buys_on_the_way_up_and_closes_on_the_way_down(self):
        closes = [100 + 10 * math.sin(index / 8) for index in range(120)]
        done = [action["do"] for actions in run(closes) for action in actions]
        self.assertIn("order", done)
        self.assertIn("close", done)

    def test_does_nothing_before_the_average_is_there(self):
        self.assertEqual(run([100, 90, 110, 80], n=4), [[], [], [], []])


if __name__ == "__main__":
    unittest.main()

"""####),
    ],
    "javascript": [
      ("README.md", ####"""
# {{name}}

A trading strategy in JavaScript, for Node 18 or newer: `strategy.js` holds it, `backtester.js` is the library, `plugin.json` tells backtester how to start it.

```
backtester run . --sample GOOG --param n=50
backtester check .
node --test
```

"""####),
      ("backtester.js", ####"""
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
    hint: 'see the traceback', retryable: false, traceback: traceback.slice(0, 8000),
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
  if (encoding !== 'f64le+base64') throw invalidParams(`${pointer}/encoding`, `"${encoding}" is not read here`);
  const bytes = Buffer.from(String(column.data), 'base64');
  const size = dtype === 'u8' ? 1 : 8;
  if (bytes.length !== count * size) throw invalidParams(`${pointer}/data`, `holds ${bytes.length} bytes where count says ${count * size}`);
  if (dtype === 'u8') return Float64Array.from(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    numbers[i] = dtype === 'i64' ? Number(view.getBigInt64(8 * i, true)) : view.getFloat64(8 * i, true);
  }
  return numbers;
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
        multi_symbol: multiSymbol === true, outputs, encodings: ['f64le+base64', 'json'], max_message_bytes: LONGEST_LINE,
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

"""####),
      ("plugin.json", ####"""
{
  "name": "{{name}}",
  "version": "1.0",
  "protocol_version": "1.0",
  "language": "javascript",
  "argv": ["node", "strategy.js"],
  "modes": ["lockstep", "preload", "streamed", "vectorized"]
}

"""####),
      ("strategy.js", ####"""
'use strict';
// Buys when the close rises above its average over n bars, closes when it falls below.
const { run, sma, crossover } = require('./backtester');

let average;
let cross;

run({
  name: '{{name}}',
  version: '1.0',
  parameters: { n: { type: 'integer', default: 20, minimum: 1, description: 'Bars of the average' } },
  needsAccount: false,
  warmup: ({ n }) => [n],

  init({ parameters }) {
    average = sma(parameters.n);
    cross = crossover();
  },

  onBar(bar, ctx) {
    const crossed = cross.update(bar.close, average.update(bar.close));
    if (ctx.warmup) return;
    if (crossed > 0) ctx.buy();
    if (crossed < 0) ctx.close();
  },
});

"""####),
      ("strategy.test.js", ####"""
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

"""####),
    ],
    "c": [
      (".gitignore", ####"""
strategy

"""####),
      ("Makefile", ####"""
CC ?= cc
CFLAGS ?= -O2 -Wall -Wextra

strategy: strategy.c backtester.h
	$(CC) -std=c99 $(CFLAGS) -o $@ strategy.c

.PHONY: test clean
test: strategy
	sh test.sh

clean:
	rm -f strategy

"""####),
      ("README.md", ####"""
# {{name}}

A trading strategy in C: `strategy.c` holds it, `backtester.h` is the library, `plugin.json` tells backtester how to start what the compiler makes of them.

```
make
backtester run . --sample GOOG --param n=50
backtester check .
make test
```

"""####),
      ("backtester.h", ####"""
/* Write a trading strategy for backtester in C: C99, POSIX, no dependencies, this one header.
 *
 * In exactly one source file define BACKTESTER_IMPLEMENTATION before including it:
 *
 *     #define BACKTESTER_IMPLEMENTATION
 *     #include "backtester.h"
 *
 *     static bt_sma fast, slow;
 *     static bt_crossover cross;
 *
 *     static void init(bt_context *ctx) {
 *       bt_sma_init(&fast, bt_integer(ctx, "n1"));
 *       bt_sma_init(&slow, bt_integer(ctx, "n2"));
 *       bt_crossover_init(&cross);
 *       bt_need_bars(ctx, fast.period);
 *       bt_need_bars(ctx, slow.period);
 *     }
 *
 *     static void on_bar(bt_context *ctx, const bt_bar *bar) {
 *       int crossed = bt_crossover_update(&cross, bt_sma_update(&fast, bar->close), bt_sma_update(&slow, bar->close));
 *       if (ctx->warmup || crossed == 0) return;
 *       bt_close(ctx, 0, 1);
 *       if (crossed > 0) bt_buy(ctx, NULL); else bt_sell(ctx, NULL);
 *     }
 *
 *     static const bt_parameter parameters[] = {
 *       {.name = "n1", .type = BT_INTEGER, .value = 10}, {.name = "n2", .type = BT_INTEGER, .value = 20}, {0}};
 *
 *     int main(void) {
 *       static const bt_strategy strategy = {
 *         .name = "sma_cross", .parameters = parameters, .prices_only = 1, .init = init, .on_bar = on_bar};
 *       return bt_serve(&strategy);
 *     }
 *
 * Build: cc -O2 -o sma_cross sma_cross.c        README.md says more.
 */
#ifndef BACKTESTER_H
#define BACKTESTER_H

#include <math.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BT_PROTOCOL_VERSION "1.0"
#define BT_SDK "backtester-c 1.0.0"

/* A price or volume that is not there; test it with isnan(). */
#define BT_NONE NAN

/* One bar. Prices are in the quote currency per unit; volume is BT_NONE where unknown. */
typedef struct bt_bar {
  const char *symbol;
  long long index; /* counted from 0 */
  long long time;  /* opening, epoch milliseconds UTC */
  double open, high, low, close, volume;
  int is_missing; /* the symbol has no bar at this time */
} bt_bar;

/* An open trade. */
typedef struct bt_trade {
  long long trade_id;
  const char *symbol;
  double quantity; /* units, below 0 when short */
  double entry_price;
  long long entry_index;
  double stop_loss, take_profit; /* BT_NONE where there is none */
  const char *tag;               /* NULL where there is none */
} bt_trade;

/* A resting order. Either quantity or fraction is BT_NONE. */
typedef struct bt_order {
  long long order_id;
  const char *client_order_id; /* NULL where there is none */
  const char *role;            /* entry, close, stop_loss, take_profit */
  const char *symbol;
  const char *side; /* buy, sell */
  double quantity, fraction;
  double limit_price, stop_price, stop_loss, take_profit;
  const char *tag;
  long long trade_id; /* the trade it closes; 0 for an entry */
} bt_order;

/* What happened to an order. */
typedef struct bt_event {
  long long seq;
  const char *kind; /* accepted, rejected, triggered, filled, partially_closed, cancelled, expired */
  long long index, time, order_id;
  const char *client_order_id, *role, *symbol, *side;
  double quantity, price, commission;
  long long trade_id; /* 0 where there is none */
  const char *reason_code, *reason_message;
} bt_event;

/* A closed trade, or the closed part of one. */
typedef struct bt_closed_trade {
  long long trade_id;
  const char *symbol;
  double quantity;
  long long entry_index, exit_index, entry_time, exit_time;
  double entry_price, exit_price, pnl, return_pct, commission, stop_loss, take_profit;
  const char *tag;
} bt_closed_trade;

/* What is known of a run before its first bar. */
typedef struct bt_run {
  const char *run_id;
  const char *mode; /* lockstep, preload, streamed, vectorized */
  const char *const *symbols;
  size_t symbol_count;
  const char *timeframe; /* NULL when unknown */
  long long start, end, bars_total, seed;
  double initial_cash, leverage, spread, margin;
  int hedging, exclusive_orders;
} bt_run;

/* What a strategy sees on one bar. Account, trades and orders show the broker as it is on this bar; what is ordered
 * now shows on the next one. With prices_only they are not sent: numbers are NaN, lists empty. */
typedef struct bt_context {
  const bt_run *run;
  long long index, time;
  int warmup;         /* orders are refused while true */
  const bt_bar *bars; /* one per symbol, in the order of run->symbols */
  double cash, equity;
  double position; /* units held over all open trades, below 0 when short */
  const bt_trade *trades; /* in opening order */
  size_t trade_count;
  const bt_order *orders; /* in the order the broker works them off */
  size_t order_count;
  const bt_event *events; /* since the bar before */
  size_t event_count;
  const bt_closed_trade *closed; /* since the bar before */
  size_t closed_count;
  void *user; /* the strategy's own */
} bt_context;

/* How to trade. What is 0 or NULL is not given: without any of it, all buying power at market. */
typedef struct bt_request {
  const char *symbol;
  double quantity; /* whole units, or … */
  double fraction; /* … part of the buying power when it fills, above 0 and at most 1 */
  double limit_price, stop_price;
  double stop_loss, take_profit; /* of the trade it opens */
  const char *tag;
  const char *client_order_id; /* the strategy's own name for it, unique in the run */
} bt_request;

enum bt_type { BT_INTEGER = 1, BT_NUMBER, BT_STRING, BT_BOOLEAN };
enum bt_rule { BT_MINIMUM = 1, BT_ABOVE = 2, BT_MAXIMUM = 4, BT_BELOW = 8, BT_REQUIRED = 16 };

/* One tunable. The list ends with an entry without name. */
typedef struct bt_parameter {
  const char *name;
  enum bt_type type;
  double value;     /* default of numbers and, as 0 or 1, of booleans */
  const char *text; /* default of strings */
  int rules;        /* BT_MINIMUM or BT_ABOVE with minimum, BT_MAXIMUM or BT_BELOW with maximum, BT_REQUIRED */
  double minimum, maximum;
  const char *description;
} bt_parameter;

typedef struct bt_strategy {
  const char *name; /* 1 to 100 characters */
  const char *version, *description;
  const bt_parameter *parameters;
  int prices_only;    /* decides on prices alone: no account is sent, and the host may send bars in chunks */
  int without_events; /* the account is wanted, order events are not */
  int multi_symbol;   /* can trade several symbols; on_bar then gets NULL where the first one has no bar */
  void (*init)(bt_context *ctx);                      /* once a run: set all state here, a process serves many runs */
  void (*on_bar)(bt_context *ctx, const bt_bar *bar); /* once a bar, warm-up included */
  void (*end)(bt_context *ctx, const char *reason);   /* once a run: completed, cancelled, failed */
  void *user;
} bt_strategy;

/* Serves the strategy on standard input and output until the host says goodbye; returns the exit code. Whatever the
 * program prints meanwhile goes to standard error. */
int bt_serve(const bt_strategy *strategy);

/* Parameters of the run, by name. */
long long bt_integer(bt_context *ctx, const char *name);
double bt_number(bt_context *ctx, const char *name);
int bt_boolean(bt_context *ctx, const char *name);
const char *bt_string(bt_context *ctx, const char *name);

/* In init: an indicator needs this many bars before its first value. Decisions begin after the largest number given;
 * one beyond the bars of the run does not count, as that indicator is never defined. */
void bt_need_bars(bt_context *ctx, long long bars);

/* Orders; they act from the next bar on. */
void bt_buy(bt_context *ctx, const bt_request *request);
void bt_sell(bt_context *ctx, const bt_request *request);
/* Closes a portion (above 0, at most 1) of a trade, or with trade_id 0 of every open trade. */
void bt_close(bt_context *ctx, long long trade_id, double portion);
void bt_cancel(bt_context *ctx, long long order_id);
void bt_cancel_named(bt_context *ctx, const char *client_order_id);
/* Moves a trade's stop-loss or take-profit; BT_NONE clears it. */
void bt_set_stop_loss(bt_context *ctx, long long trade_id, double price);
void bt_set_take_profit(bt_context *ctx, long long trade_id, double price);

/* Notes a value for charts on this bar; BT_NONE where there is none. */
void bt_annotate(bt_context *ctx, const char *name, double value);
/* In end: a number of the strategy's own, stored with the run. */
void bt_summary(bt_context *ctx, const char *name, double value);
#if defined(__GNUC__)
#define BT_PRINTF(place, first) __attribute__((format(printf, place, first)))
#else
#define BT_PRINTF(place, first)
#endif
/* Adds a line to the run's log; level is debug, info, warning or error. */
void bt_log(bt_context *ctx, const char *level, const char *format, ...) BT_PRINTF(3, 4);
/* Ends the run as failed, with this sentence; return from the callback afterwards. */
void bt_fail(bt_context *ctx, const char *format, ...) BT_PRINTF(2, 3);

/* Simple moving average, bit for bit as pandas computes rolling(period).mean(), so that ties of two averages fall the
 * same way everywhere. NaN while there are fewer than period values. init may be called again for the next run. */
typedef struct bt_sma {
  long long period;
  double *window;
  long long place, missing, negative, repeats;
  double sum, add_error, remove_error, latest;
} bt_sma;
void bt_sma_init(bt_sma *average, long long period);
double bt_sma_update(bt_sma *average, double value);
void bt_sma_free(bt_sma *average);

/* Exponential moving average with alpha = 2 / (period + 1), seeded with the first value. */
typedef struct bt_ema {
  long long period, count;
  double value;
} bt_ema;
void bt_ema_init(bt_ema *average, long long period);
double bt_ema_update(bt_ema *average, double value);

/* Notices crossings: 1 when first was below second and is above now, -1 the other way round, else 0. */
typedef struct bt_crossover {
  double first, second;
} bt_crossover;
void bt_crossover_init(bt_crossover *crossover);
int bt_crossover_update(bt_crossover *crossover, double first, double second);

#ifdef __cplusplus
}
#endif
#endif /* BACKTESTER_H */

#if defined(BACKTESTER_IMPLEMENTATION) && !defined(BACKTESTER_IMPLEMENTED)
#define BACKTESTER_IMPLEMENTED

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF /* a fused multiply-add rounds once instead of twice; GCC leaves it out with -std=c99 */
#endif

/* Longest line taken, in bytes; the host splits what is longer. */
#define BT__LONGEST_LINE (16 * 1024 * 1024)
#define BT__DEPTH 64

/* ------------------------------------------------------------------------------------------------------------ memory */

static void *bt__resize(void *memory, size_t count, size_t size) {
  void *larger = NULL;
  if (count <= SIZE_MAX / size) larger = realloc(memory, count > 0 ? count * size : 1);
  if (larger == NULL) {
    fprintf(stderr, "backtester.h: there is no memory for %lu values\n", (unsigned long)count);
    exit(70);
  }
  return larger;
}

/* Text that grows. */
typedef struct bt__text {
  char *bytes;
  size_t count, capacity;
} bt__text;

static void bt__reserve(bt__text *text, size_t space) {
  if (text->capacity - text->count >= space) return;
  size_t capacity = text->capacity * 2 > text->count + space ? text->capacity * 2 : text->count + space + 64;
  text->bytes = (char *)bt__resize(text->bytes, capacity, 1);
  text->capacity = capacity;
}

static void bt__put(bt__text *text, const char *bytes, size_t count) {
  bt__reserve(text, count + 1);
  memcpy(text->bytes + text->count, bytes, count);
  text->count += count;
}

static void bt__puts(bt__text *text, const char *string) { bt__put(text, string, strlen(string)); }

static char *bt__copy(const char *string) {
  size_t size = strlen(string) + 1;
  return (char *)memcpy(bt__resize(NULL, size, 1), string, size);
}

/* ------------------------------------------------------------------------------------------------------- JSON, written */

static void bt__put_integer(bt__text *text, long long value) {
  char digits[32];
  snprintf(digits, sizeof digits, "%lld", value);
  bt__puts(text, digits);
}

/* A finite number in the fewest digits that read back as the same double. */
static void bt__put_number(bt__text *text, double value) {
  char digits[40];
  if (value > -1e15 && value < 1e15 && value == (double)(long long)value && !(value == 0 && 1 / value < 0)) {
    bt__put_integer(text, (long long)value);
    return;
  }
  for (int precision = 15; precision <= 17; precision++) {
    snprintf(digits, sizeof digits, "%.*g", precision, value);
    if (strtod(digits, NULL) == value) break;
  }
  bt__puts(text, digits);
}

static void bt__put_string(bt__text *text, const char *string) {
  bt__put(text, "\"", 1);
  for (const unsigned char *c = (const unsigned char *)string; *c; c++) {
    char escape[8];
    if (*c == '"' || *c == '\\') {
      snprintf(escape, sizeof escape, "\\%c", *c);
    } else if (*c < 0x20) {
      snprintf(escape, sizeof escape, "\\u%04x", *c);
    } else {
      bt__put(text, (const char *)c, 1);
      continue;
    }
    bt__puts(text, escape);
  }
  bt__put(text, "\"", 1);
}

/* ---------------------------------------------------------------------------------------------------------- JSON, read */

/* A value; those of an array follow it, and keys and values of an object in turns. `end` is the node behind all of it. */
typedef struct bt__node {
  char type; /* { [ " 0 t f n */
  size_t start, count;
  size_t end;
} bt__node;

typedef struct bt__reader {
  char *text; /* strings are unescaped in place and closed with a 0 byte */
  size_t size, next;
  bt__node *nodes;
  size_t count, capacity;
  const char *fault;
} bt__reader;

static size_t bt__add_node(bt__reader *r, char type, size_t start) {
  if (r->count == r->capacity) {
    r->capacity = r->capacity * 2 + 64;
    r->nodes = (bt__node *)bt__resize(r->nodes, r->capacity, sizeof *r->nodes);
  }
  bt__node node = {type, start, 0, r->count + 1};
  r->nodes[r->count] = node;
  return r->count++;
}

static int bt__fault(bt__reader *r, const char *fault) {
  if (r->fault == NULL) r->fault = fault;
  return 0;
}

static void bt__skip_space(bt__reader *r) {
  while (r->next < r->size && strchr(" \t\r\n", r->text[r->next]) && r->text[r->next]) r->next++;
}

/* The value of four hexadecimal digits; -1 when they are none. */
static long bt__hex(const char *digits) {
  long value = 0;
  for (int i = 0; i < 4; i++) {
    char c = digits[i];
    int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

static size_t bt__put_utf8(char *out, long code) {
  if (code < 0x80) return out[0] = (char)code, 1;
  if (code < 0x800) return out[0] = (char)(0xC0 | code >> 6), out[1] = (char)(0x80 | (code & 63)), 2;
  if (code < 0x10000) {
    out[0] = (char)(0xE0 | code >> 12), out[1] = (char)(0x80 | (code >> 6 & 63)), out[2] = (char)(0x80 | (code & 63));
    return 3;
  }
  out[0] = (char)(0xF0 | code >> 18), out[1] = (char)(0x80 | (code >> 12 & 63));
  out[2] = (char)(0x80 | (code >> 6 & 63)), out[3] = (char)(0x80 | (code & 63));
  return 4;
}

/* Reads the string whose opening quotation mark is next. */
static int bt__read_string(bt__reader *r) {
  size_t node = bt__add_node(r, '"', r->next + 1);
  size_t from = r->next + 1, to = from;
  for (;;) {
    if (from >= r->size) return bt__fault(r, "a string does not end");
    unsigned char c = (unsigned char)r->text[from];
    if (c == '"') break;
    if (c < 0x20) return bt__fault(r, "a control character stands in a string");
    if (c != '\\') {
      r->text[to++] = r->text[from++];
      continue;
    }
    if (from + 1 >= r->size) return bt__fault(r, "a string does not end");
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    const char *name = strchr(names, r->text[from + 1]);
    if (name && *name) {
      r->text[to++] = values[name - names];
      from += 2;
      continue;
    }
    long code = r->text[from + 1] == 'u' && r->size - from >= 6 ? bt__hex(r->text + from + 2) : -1;
    from += 6;
    if (code >= 0xD800 && code < 0xDC00) {
      long low = r->size - from >= 6 && r->text[from] == '\\' && r->text[from + 1] == 'u' ? bt__hex(r->text + from + 2) : -1;
      code = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) : -1;
      from += 6;
    } else if (code >= 0xDC00 && code < 0xE000) {
      code = -1;
    }
    if (code < 0) return bt__fault(r, "a backslash starts no escape");
    /* Every escape is longer than what it stands for. */
    to += bt__put_utf8(r->text + to, code);
  }
  r->text[to] = 0;
  r->nodes[node].count = to - r->nodes[node].start;
  r->next = from + 1;
  return 1;
}

static int bt__read_digits(bt__reader *r) {
  size_t first = r->next;
  while (r->next < r->size && r->text[r->next] >= '0' && r->text[r->next] <= '9') r->next++;
  return r->next > first;
}

static int bt__read_number(bt__reader *r) {
  size_t node = bt__add_node(r, '0', r->next);
  if (r->text[r->next] == '-') r->next++;
  size_t first = r->next;
  int ok = bt__read_digits(r) && !(r->text[first] == '0' && r->next > first + 1);
  if (ok && r->next < r->size && r->text[r->next] == '.') r->next++, ok = bt__read_digits(r);
  if (ok && r->next < r->size && (r->text[r->next] | 0x20) == 'e') {
    r->next++;
    if (r->next < r->size && (r->text[r->next] == '+' || r->text[r->next] == '-')) r->next++;
    ok = bt__read_digits(r);
  }
  r->nodes[node].count = r->next - r->nodes[node].start;
  return ok ? 1 : bt__fault(r, "a value is none of JSON's");
}

static int bt__read_value(bt__reader *r, int depth) {
  bt__skip_space(r);
  if (r->next >= r->size) return bt__fault(r, "the text ends early");
  char c = r->text[r->next];
  if (c == '"') return bt__read_string(r);
  if (c == '{' || c == '[') {
    if (depth == BT__DEPTH) return bt__fault(r, "it is nested too deep");
    size_t node = bt__add_node(r, c, r->next++);
    char close = c == '{' ? '}' : ']';
    bt__skip_space(r);
    if (r->next < r->size && r->text[r->next] == close) {
      r->next++;
    } else {
      for (;;) {
        if (c == '{') {
          bt__skip_space(r);
          if (r->next >= r->size || r->text[r->next] != '"') return bt__fault(r, "a key is missing");
          if (!bt__read_string(r)) return 0;
          bt__skip_space(r);
          if (r->next >= r->size || r->text[r->next++] != ':') return bt__fault(r, "a colon is missing");
        }
        if (!bt__read_value(r, depth + 1)) return 0;
        bt__skip_space(r);
        if (r->next >= r->size) return bt__fault(r, "the text ends early");
        char mark = r->text[r->next++];
        if (mark == close) break;
        if (mark != ',') return bt__fault(r, "a comma is missing");
      }
    }
    r->nodes[node].end = r->count;
    return 1;
  }
  static const char *const words[] = {"true", "false", "null"};
  for (int i = 0; i < 3; i++) {
    size_t length = strlen(words[i]);
    if (r->size - r->next >= length && memcmp(r->text + r->next, words[i], length) == 0) {
      bt__add_node(r, words[i][0], r->next);
      r->next += length;
      return 1;
    }
  }
  return bt__read_number(r);
}

/* Whether bytes are UTF-8 (Unicode 15, table 3-7). */
static int bt__is_utf8(const char *bytes, size_t size) {
  const unsigned char *b = (const unsigned char *)bytes, *end = b + size;
  while (b < end) {
    if (*b < 0x80) {
      b++;
      continue;
    }
    int rest = *b >= 0xC2 && *b <= 0xDF ? 1 : *b >= 0xE0 && *b <= 0xEF ? 2 : *b >= 0xF0 && *b <= 0xF4 ? 3 : 0;
    if (rest == 0 || end - b <= rest) return 0;
    if ((*b == 0xE0 && b[1] < 0xA0) || (*b == 0xED && b[1] > 0x9F) || (*b == 0xF0 && b[1] < 0x90) || (*b == 0xF4 && b[1] > 0x8F)) return 0;
    for (int i = 1; i <= rest; i++) {
      if ((b[i] & 0xC0) != 0x80) return 0;
    }
    b += rest + 1;
  }
  return 1;
}

/* Reads one line. text[size] must exist; it is overwritten. Returns 0 with a fault when it is not JSON. */
static int bt__read(bt__reader *r, char *text, size_t size) {
  r->text = text, r->size = size, r->next = 0, r->count = 0, r->fault = NULL;
  text[size] = 0;
  if (!bt__is_utf8(text, size)) return bt__fault(r, "it is not UTF-8");
  if (!bt__read_value(r, 0)) return 0;
  bt__skip_space(r);
  return r->next == r->size ? 1 : bt__fault(r, "something follows the value");
}

/* The node of a member; 0, which is the message itself, when there is none. */
static size_t bt__member(const bt__reader *r, size_t object, const char *key) {
  size_t found = 0;
  if (r->nodes[object].type != '{') return 0;
  for (size_t i = object + 1; i < r->nodes[object].end; i = r->nodes[i + 1].end) {
    if (strcmp(r->text + r->nodes[i].start, key) == 0) found = i + 1;
  }
  return found;
}

static char bt__type(const bt__reader *r, size_t node) { return node ? r->nodes[node].type : 0; }

/* The number of a node; NaN when it is none. */
static double bt__double(const bt__reader *r, size_t node) {
  char type = bt__type(r, node);
  if (type == 't' || type == 'f') return type == 't';
  return type == '0' ? strtod(r->text + r->nodes[node].start, NULL) : NAN;
}

static long long bt__integer(const bt__reader *r, size_t node) {
  double value = bt__double(r, node);
  return value >= -9007199254740992.0 && value <= 9007199254740992.0 ? (long long)value : 0;
}

/* The text of a node; NULL when it is none. */
static const char *bt__string(const bt__reader *r, size_t node) {
  return bt__type(r, node) == '"' ? r->text + r->nodes[node].start : NULL;
}

static double bt__number_of(const bt__reader *r, size_t object, const char *key) { return bt__double(r, bt__member(r, object, key)); }
static long long bt__integer_of(const bt__reader *r, size_t object, const char *key) { return bt__integer(r, bt__member(r, object, key)); }
static const char *bt__string_of(const bt__reader *r, size_t object, const char *key) { return bt__string(r, bt__member(r, object, key)); }

/* Number of elements of an array; 0 for anything else. */
static size_t bt__length(const bt__reader *r, size_t array) {
  size_t count = 0;
  if (bt__type(r, array) != '[') return 0;
  for (size_t i = array + 1; i < r->nodes[array].end; i = r->nodes[i].end) count++;
  return count;
}

/* ------------------------------------------------------------------------------------------------------------- server */

/* Values noted for charts under one name: one for each bar of the request being answered. */
typedef struct bt__note {
  char *name;
  double *values;
  size_t capacity;
  int is_used;
} bt__note;

enum { BT__TIME, BT__OPEN, BT__HIGH, BT__LOW, BT__CLOSE, BT__VOLUME, BT__COLUMNS };

/* Everything: one process has one conversation about one strategy. */
static struct {
  const bt_strategy *strategy;
  int input, output;
  int is_initialized;
  bt__reader reader;
  bt__text answer;
  bt__text actions, summary;
  bt__note *notes;
  size_t note_count;
  /* Of the request being answered: its bars, and the one the strategy is looking at. */
  size_t chunk_count, chunk_place;
  char *failure; /* what the strategy failed with, on this request */

  /* Of the run. */
  int is_running, has_failed, is_stamped, is_in_init, is_preload;
  long long warmup_bars, dropped;
  bt_run run;
  bt_context context;
  char **symbols;
  bt_bar *bars;
  double *columns; /* per symbol BT__COLUMNS arrays of bars_total values, once loaded */
  double *parameter_numbers;
  char **parameter_texts;
  bt_trade *trades;
  bt_order *orders;
  bt_event *events;
  bt_closed_trade *closed;
  bt__text trade_strings, order_strings;
} bt__;

static void bt__write(const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(bt__.output, bytes, count);
    if (written >= 0) {
      bytes += written;
      count -= (size_t)written;
    } else if (errno == EAGAIN) {
      struct pollfd room = {bt__.output, POLLOUT, 0};
      poll(&room, 1, -1);
    } else if (errno != EINTR) {
      exit(0); /* the host is gone */
    }
  }
}

/* Ends the message in `text` and sends it with one write. */
static void bt__send(bt__text *text) {
  bt__put(text, "\n", 1);
  bt__write(text->bytes, text->count);
}

static void bt__put_id(bt__text *text, size_t id) {
  const bt__reader *r = &bt__.reader;
  char type = bt__type(r, id);
  if (type == '0') bt__put(text, r->text + r->nodes[id].start, r->nodes[id].count);
  else if (type == '"') bt__put_string(text, bt__string(r, id));
  else bt__puts(text, "null");
}

/* Starts an answer: {"jsonrpc":"2.0","id":7,"result": */
static bt__text *bt__begin(size_t id, const char *member) {
  bt__text *text = &bt__.answer;
  text->count = 0;
  bt__puts(text, "{\"jsonrpc\":\"2.0\",\"id\":");
  bt__put_id(text, id);
  bt__puts(text, ",\"");
  bt__puts(text, member);
  bt__puts(text, "\":");
  return text;
}

/* Answers with an error. `more` is further members of data, each with its comma in front. */
static void bt__refuse(size_t id, int code, const char *kind, const char *message, const char *more) {
  bt__text *text = bt__begin(id, "error");
  bt__puts(text, "{\"code\":");
  bt__put_integer(text, code);
  bt__puts(text, ",\"message\":");
  bt__put_string(text, message);
  bt__puts(text, ",\"data\":{\"kind\":");
  bt__put_string(text, kind);
  bt__puts(text, more);
  bt__puts(text, "}}}");
  bt__send(text);
}

static void bt__refuse_params(size_t id, const char *message) { bt__refuse(id, -32602, "invalid_params", message, ""); }

/* Answers with what the strategy failed with, if it did. */
static int bt__answer_failure(size_t id) {
  if (bt__.failure == NULL) return 0;
  bt__text more = {NULL, 0, 0};
  char place[96];
  snprintf(place, sizeof place, "at bar %lld (time %lld): ", bt__.context.index, bt__.context.time);
  bt__text trace = {NULL, 0, 0};
  bt__puts(&trace, bt__.is_in_init ? "in init: " : place);
  bt__puts(&trace, bt__.failure);
  bt__put(&trace, "", 1);
  bt__puts(&more, ",\"hint\":\"correct the strategy at the place the traceback names\",\"retryable\":false,\"traceback\":");
  bt__put_string(&more, trace.bytes);
  bt__put(&more, "", 1);
  fprintf(stderr, "%s\n", trace.bytes);
  bt__refuse(id, 2005, "strategy_error", bt__.failure, more.bytes);
  free(more.bytes);
  free(trace.bytes);
  free(bt__.failure);
  bt__.failure = NULL;
  bt__.has_failed = 1;
  return 1;
}

static void bt__vfail(const char *format, va_list arguments) {
  if (bt__.failure) return; /* the first one counts */
  char message[1024];
  vsnprintf(message, sizeof message, format, arguments);
  bt__.failure = bt__copy(bt__is_utf8(message, strlen(message)) ? message : "the strategy failed, with a message that is not UTF-8");
}

void bt_fail(bt_context *ctx, const char *format, ...) {
  (void)ctx;
  va_list arguments;
  va_start(arguments, format);
  bt__vfail(format, arguments);
  va_end(arguments);
}

void bt_log(bt_context *ctx, const char *level, const char *format, ...) {
  (void)ctx;
  char message[4096];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  if (!bt__.is_initialized || !bt__is_utf8(message, strlen(message))) {
    fprintf(stderr, "%s: %s\n", level, message);
    return;
  }
  bt__text text = {NULL, 0, 0};
  bt__puts(&text, "{\"jsonrpc\":\"2.0\",\"method\":\"log/message\",\"params\":{\"level\":");
  bt__put_string(&text, level);
  bt__puts(&text, ",\"message\":");
  bt__put_string(&text, message);
  bt__puts(&text, "}}");
  bt__send(&text);
  free(text.bytes);
}

/* --------------------------------------------------------------------------------------------------------- parameters */

static size_t bt__parameter_count(void) {
  size_t count = 0;
  if (bt__.strategy->parameters) {
    while (bt__.strategy->parameters[count].name) count++;
  }
  return count;
}

static size_t bt__find_parameter(bt_context *ctx, const char *name, enum bt_type type) {
  for (size_t i = 0; i < bt__parameter_count(); i++) {
    const bt_parameter *p = &bt__.strategy->parameters[i];
    if (strcmp(p->name, name) == 0 && (p->type == type || (type == BT_NUMBER && p->type == BT_INTEGER))) return i + 1;
  }
  bt_fail(ctx, "the strategy asked for a parameter %s that it does not declare with that type", name);
  return 0;
}

long long bt_integer(bt_context *ctx, const char *name) {
  size_t place = bt__find_parameter(ctx, name, BT_INTEGER);
  return place ? (long long)bt__.parameter_numbers[place - 1] : 1;
}

double bt_number(bt_context *ctx, const char *name) {
  size_t place = bt__find_parameter(ctx, name, BT_NUMBER);
  return place ? bt__.parameter_numbers[place - 1] : 0;
}

int bt_boolean(bt_context *ctx, const char *name) {
  size_t place = bt__find_parameter(ctx, name, BT_BOOLEAN);
  return place ? bt__.parameter_numbers[place - 1] != 0 : 0;
}

const char *bt_string(bt_context *ctx, const char *name) {
  size_t place = bt__find_parameter(ctx, name, BT_STRING);
  return place ? bt__.parameter_texts[place - 1] : "";
}

static const char *const bt__type_names[] = {"", "integer", "number", "string", "boolean"};

static void bt__put_default(bt__text *text, const bt_parameter *p) {
  if (p->type == BT_STRING) bt__put_string(text, p->text ? p->text : "");
  else if (p->type == BT_BOOLEAN) bt__puts(text, p->value != 0 ? "true" : "false");
  else bt__put_number(text, p->value);
}

/* The parameters as JSON Schema. */
static void bt__put_schema(bt__text *text) {
  int required = 0;
  bt__puts(text, "{\"type\":\"object\",\"properties\":{");
  for (size_t i = 0; i < bt__parameter_count(); i++) {
    const bt_parameter *p = &bt__.strategy->parameters[i];
    if (i) bt__puts(text, ",");
    bt__put_string(text, p->name);
    bt__puts(text, ":{\"type\":");
    bt__put_string(text, bt__type_names[p->type]);
    if (p->rules & BT_REQUIRED) {
      required = 1;
    } else {
      bt__puts(text, ",\"default\":");
      bt__put_default(text, p);
    }
    const struct { int rule; const char *key; double value; } limits[] = {
      {BT_MINIMUM, ",\"minimum\":", p->minimum}, {BT_ABOVE, ",\"exclusiveMinimum\":", p->minimum},
      {BT_MAXIMUM, ",\"maximum\":", p->maximum}, {BT_BELOW, ",\"exclusiveMaximum\":", p->maximum}};
    for (size_t k = 0; k < 4; k++) {
      if ((p->rules & limits[k].rule) == 0) continue;
      bt__puts(text, limits[k].key);
      bt__put_number(text, limits[k].value);
    }
    if (p->description) {
      bt__puts(text, ",\"description\":");
      bt__put_string(text, p->description);
    }
    bt__puts(text, "}");
  }
  bt__puts(text, "}");
  if (required) {
    const char *comma = ",\"required\":[";
    for (size_t i = 0; i < bt__parameter_count(); i++) {
      if ((bt__.strategy->parameters[i].rules & BT_REQUIRED) == 0) continue;
      bt__puts(text, comma);
      bt__put_string(text, bt__.strategy->parameters[i].name);
      comma = ",";
    }
    bt__puts(text, "]");
  }
  bt__puts(text, "}");
}

static int bt__refuse_parameter(size_t id, const char *name, const char *problem) {
  char message[512];
  bt__text more = {NULL, 0, 0};
  snprintf(message, sizeof message, "parameter %.200s %s", name, problem);
  bt__text pointer = {NULL, 0, 0};
  bt__puts(&pointer, "/");
  for (const char *c = name; *c; c++) {
    if (*c == '~' || *c == '/') bt__puts(&pointer, *c == '~' ? "~0" : "~1");
    else bt__put(&pointer, c, 1);
  }
  bt__put(&pointer, "", 1);
  bt__puts(&more, ",\"hint\":\"correct the parameter\",\"retryable\":false,\"pointer\":");
  bt__put_string(&more, pointer.bytes);
  bt__put(&more, "", 1);
  bt__refuse(id, 4004, "bad_parameters", bt__is_utf8(message, strlen(message)) ? message : "a parameter is wrong", more.bytes);
  free(more.bytes);
  free(pointer.bytes);
  return 0;
}

/* Takes the values of a run over the defaults; answers with an error and returns 0 when one is wrong. */
static int bt__take_parameters(size_t id, size_t given) {
  const bt__reader *r = &bt__.reader;
  size_t count = bt__parameter_count();
  bt__.parameter_numbers = (double *)bt__resize(bt__.parameter_numbers, count, sizeof(double));
  for (size_t i = 0; i < count; i++) {
    const bt_parameter *p = &bt__.strategy->parameters[i];
    size_t node = given ? bt__member(r, given, p->name) : 0;
    if (node == 0 && (p->rules & BT_REQUIRED)) return bt__refuse_parameter(id, p->name, "is required");
    char type = bt__type(r, node);
    double value = node ? bt__double(r, node) : p->value;
    int fits = node == 0 || (p->type == BT_STRING ? type == '"' : p->type == BT_BOOLEAN ? type == 't' || type == 'f' : type == '0');
    if (p->type == BT_INTEGER && fits) fits = value > -9.1e15 && value < 9.1e15 && value == (double)(long long)value;
    if (!fits) {
      char problem[64];
      snprintf(problem, sizeof problem, "must be of type %s", bt__type_names[p->type]);
      return bt__refuse_parameter(id, p->name, problem);
    }
    if (((p->rules & BT_MINIMUM) && value < p->minimum) || ((p->rules & BT_ABOVE) && value <= p->minimum) ||
        ((p->rules & BT_MAXIMUM) && value > p->maximum) || ((p->rules & BT_BELOW) && value >= p->maximum)) {
      return bt__refuse_parameter(id, p->name, "is out of its range");
    }
    bt__.parameter_numbers[i] = value;
    free(bt__.parameter_texts[i]);
    bt__.parameter_texts[i] = bt__copy(node && p->type == BT_STRING ? bt__string(r, node) : p->text ? p->text : "");
  }
  if (bt__type(r, given) != '{') return 1;
  for (size_t i = given + 1; i < r->nodes[given].end; i = r->nodes[i + 1].end) {
    const char *name = bt__string(r, i);
    size_t known = 0;
    while (known < count && strcmp(bt__.strategy->parameters[known].name, name) != 0) known++;
    if (known == count) return bt__refuse_parameter(id, name, "does not exist");
  }
  return 1;
}

/* ------------------------------------------------------------------------------------------------------------- orders */

/* Opens an action: {"do":"order", with the bar it belongs to where bars come in chunks. */
static bt__text *bt__begin_action(const char *kind) {
  bt__text *text = &bt__.actions;
  bt__puts(text, text->count ? ",{" : "{");
  if (bt__.is_stamped) {
    bt__puts(text, "\"bar_index\":");
    bt__put_integer(text, bt__.context.index);
    bt__puts(text, ",");
  }
  bt__puts(text, "\"do\":\"");
  bt__puts(text, kind);
  bt__puts(text, "\"");
  return text;
}

static void bt__put_member(bt__text *text, const char *name, double value) {
  bt__puts(text, ",\"");
  bt__puts(text, name);
  bt__puts(text, "\":");
  if (isfinite(value)) {
    bt__put_number(text, value);
  } else {
    bt__puts(text, "0");
    bt_fail(&bt__.context, "%s is %s, not a number that can be sent", name, isnan(value) ? "NaN" : "infinite");
  }
}

static void bt__put_text_member(bt__text *text, const char *name, const char *value) {
  if (value == NULL) return;
  bt__puts(text, ",\"");
  bt__puts(text, name);
  bt__puts(text, "\":");
  if (bt__is_utf8(value, strlen(value))) {
    bt__put_string(text, value);
  } else {
    bt__puts(text, "\"\"");
    bt_fail(&bt__.context, "%s is not UTF-8", name);
  }
}

static void bt__order(const char *side, const bt_request *request) {
  bt__text *text = bt__begin_action("order");
  bt__put_text_member(text, "side", side);
  if (request) {
    const struct { const char *name; double value; } numbers[] = {
      {"quantity", request->quantity}, {"fraction", request->fraction}, {"limit_price", request->limit_price},
      {"stop_price", request->stop_price}, {"stop_loss", request->stop_loss}, {"take_profit", request->take_profit}};
    bt__put_text_member(text, "symbol", request->symbol);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
      if (numbers[i].value != 0) bt__put_member(text, numbers[i].name, numbers[i].value);
    }
    bt__put_text_member(text, "tag", request->tag);
    bt__put_text_member(text, "client_order_id", request->client_order_id);
  }
  bt__puts(text, "}");
}

void bt_buy(bt_context *ctx, const bt_request *request) { (void)ctx, bt__order("buy", request); }
void bt_sell(bt_context *ctx, const bt_request *request) { (void)ctx, bt__order("sell", request); }

void bt_close(bt_context *ctx, long long trade_id, double portion) {
  (void)ctx;
  bt__text *text = bt__begin_action("close");
  if (trade_id) bt__put_member(text, "trade_id", (double)trade_id);
  if (portion != 1) bt__put_member(text, "portion", portion);
  bt__puts(text, "}");
}

void bt_cancel(bt_context *ctx, long long order_id) {
  (void)ctx;
  bt__text *text = bt__begin_action("cancel");
  bt__put_member(text, "order_id", (double)order_id);
  bt__puts(text, "}");
}

void bt_cancel_named(bt_context *ctx, const char *client_order_id) {
  (void)ctx;
  bt__text *text = bt__begin_action("cancel");
  bt__put_text_member(text, "client_order_id", client_order_id);
  bt__puts(text, "}");
}

static void bt__amend(long long trade_id, const char *name, double price) {
  bt__text *text = bt__begin_action("amend");
  bt__put_member(text, "trade_id", (double)trade_id);
  if (isnan(price)) {
    bt__puts(text, ",\"");
    bt__puts(text, name);
    bt__puts(text, "\":null");
  } else {
    bt__put_member(text, name, price);
  }
  bt__puts(text, "}");
}

void bt_set_stop_loss(bt_context *ctx, long long trade_id, double price) { (void)ctx, bt__amend(trade_id, "stop_loss", price); }
void bt_set_take_profit(bt_context *ctx, long long trade_id, double price) { (void)ctx, bt__amend(trade_id, "take_profit", price); }

void bt_annotate(bt_context *ctx, const char *name, double value) {
  if (isinf(value)) {
    bt_fail(ctx, "the value %s noted for charts is infinite", name);
    return;
  }
  size_t place = 0;
  while (place < bt__.note_count && strcmp(bt__.notes[place].name, name) != 0) place++;
  if (place == bt__.note_count) {
    if (!bt__is_utf8(name, strlen(name))) {
      bt_fail(ctx, "the name of a value noted for charts is not UTF-8");
      return;
    }
    bt__.notes = (bt__note *)bt__resize(bt__.notes, place + 1, sizeof *bt__.notes);
    bt__note fresh = {bt__copy(name), NULL, 0, 0};
    bt__.notes[place] = fresh;
    bt__.note_count++;
  }
  bt__note *note = &bt__.notes[place];
  if (!note->is_used) {
    if (note->capacity < bt__.chunk_count) {
      note->values = (double *)bt__resize(note->values, bt__.chunk_count, sizeof(double));
      note->capacity = bt__.chunk_count;
    }
    for (size_t i = 0; i < bt__.chunk_count; i++) note->values[i] = NAN;
    note->is_used = 1;
  }
  note->values[bt__.chunk_place] = value;
}

void bt_summary(bt_context *ctx, const char *name, double value) {
  (void)ctx;
  bt__puts(&bt__.summary, bt__.summary.count ? "," : "");
  bt__put_string(&bt__.summary, name);
  bt__puts(&bt__.summary, ":");
  if (isfinite(value)) bt__put_number(&bt__.summary, value);
  else bt__puts(&bt__.summary, "null");
}

void bt_need_bars(bt_context *ctx, long long bars) {
  if (!bt__.is_in_init || bars < 0) {
    bt_fail(ctx, bars < 0 ? "bt_need_bars() was given a number below 0" : "bt_need_bars() was called outside init");
  } else if (bars <= bt__.run.bars_total && bars > bt__.warmup_bars) {
    bt__.warmup_bars = bars;
  }
}

/* ---------------------------------------------------------------------------------------------------------- the account */

/* A symbol as the run's own string, so that it outlives the message. */
static const char *bt__symbol(const bt__reader *r, size_t object) {
  const char *symbol = bt__string_of(r, object, "symbol");
  for (size_t i = 0; symbol && i < bt__.run.symbol_count; i++) {
    if (strcmp(bt__.symbols[i], symbol) == 0) return bt__.symbols[i];
  }
  return "";
}

/* A text as a copy in a pool that was made large enough for all of them. */
static const char *bt__keep(bt__text *pool, const char *string) {
  if (string == NULL) return NULL;
  char *copy = pool->bytes + pool->count;
  bt__put(pool, string, strlen(string) + 1);
  return copy;
}

static void bt__take_trades(const bt__reader *r, size_t list) {
  size_t count = bt__length(r, list), place = 0;
  bt__.trades = (bt_trade *)bt__resize(bt__.trades, count, sizeof(bt_trade));
  bt__.trade_strings.count = 0;
  bt__reserve(&bt__.trade_strings, r->size + 64);
  bt__.context.position = 0;
  for (size_t i = list + 1; place < count; i = r->nodes[i].end, place++) {
    bt_trade trade = {
      bt__integer_of(r, i, "trade_id"), bt__symbol(r, i), bt__number_of(r, i, "quantity"), bt__number_of(r, i, "entry_price"),
      bt__integer_of(r, i, "entry_index"), bt__number_of(r, i, "stop_loss"), bt__number_of(r, i, "take_profit"),
      bt__keep(&bt__.trade_strings, bt__string_of(r, i, "tag"))};
    bt__.trades[place] = trade;
    bt__.context.position += trade.quantity;
  }
  bt__.context.trades = bt__.trades;
  bt__.context.trade_count = count;
}

static void bt__take_orders(const bt__reader *r, size_t list) {
  size_t count = bt__length(r, list), place = 0;
  bt__text *pool = &bt__.order_strings;
  bt__.orders = (bt_order *)bt__resize(bt__.orders, count, sizeof(bt_order));
  pool->count = 0;
  bt__reserve(pool, r->size + 64);
  for (size_t i = list + 1; place < count; i = r->nodes[i].end, place++) {
    bt_order order = {
      bt__integer_of(r, i, "order_id"), bt__keep(pool, bt__string_of(r, i, "client_order_id")),
      bt__keep(pool, bt__string_of(r, i, "role")), bt__symbol(r, i), bt__keep(pool, bt__string_of(r, i, "side")),
      bt__number_of(r, i, "quantity"), bt__number_of(r, i, "fraction"), bt__number_of(r, i, "limit_price"),
      bt__number_of(r, i, "stop_price"), bt__number_of(r, i, "stop_loss"), bt__number_of(r, i, "take_profit"),
      bt__keep(pool, bt__string_of(r, i, "tag")), bt__integer_of(r, i, "trade_id")};
    bt__.orders[place] = order;
  }
  bt__.context.orders = bt__.orders;
  bt__.context.order_count = count;
}

/* Events and closed trades are looked at on this bar only: their texts stay in the message. */
static void bt__take_events(const bt__reader *r, size_t list) {
  size_t count = bt__length(r, list), place = 0;
  bt__.events = (bt_event *)bt__resize(bt__.events, count, sizeof(bt_event));
  for (size_t i = list + 1; place < count; i = r->nodes[i].end, place++) {
    size_t reason = bt__member(r, i, "reason");
    bt_event event = {
      bt__integer_of(r, i, "seq"), bt__string_of(r, i, "kind"), bt__integer_of(r, i, "index"), bt__integer_of(r, i, "time"),
      bt__integer_of(r, i, "order_id"), bt__string_of(r, i, "client_order_id"), bt__string_of(r, i, "role"), bt__symbol(r, i),
      bt__string_of(r, i, "side"), bt__number_of(r, i, "quantity"), bt__number_of(r, i, "price"),
      bt__number_of(r, i, "commission"), bt__integer_of(r, i, "trade_id"), reason ? bt__string_of(r, reason, "code") : NULL,
      reason ? bt__string_of(r, reason, "message") : NULL};
    bt__.events[place] = event;
  }
  bt__.context.events = bt__.events;
  bt__.context.event_count = count;
}

static void bt__take_closed(const bt__reader *r, size_t list) {
  size_t count = bt__length(r, list), place = 0;
  bt__.closed = (bt_closed_trade *)bt__resize(bt__.closed, count, sizeof(bt_closed_trade));
  for (size_t i = list + 1; place < count; i = r->nodes[i].end, place++) {
    bt_closed_trade trade = {
      bt__integer_of(r, i, "trade_id"), bt__symbol(r, i), bt__number_of(r, i, "quantity"), bt__integer_of(r, i, "entry_index"),
      bt__integer_of(r, i, "exit_index"), bt__integer_of(r, i, "entry_time"), bt__integer_of(r, i, "exit_time"),
      bt__number_of(r, i, "entry_price"), bt__number_of(r, i, "exit_price"), bt__number_of(r, i, "pnl"),
      bt__number_of(r, i, "return_pct"), bt__number_of(r, i, "commission"), bt__number_of(r, i, "stop_loss"),
      bt__number_of(r, i, "take_profit"), bt__string_of(r, i, "tag")};
    bt__.closed[place] = trade;
  }
  bt__.context.closed = bt__.closed;
  bt__.context.closed_count = count;
}

/* What a bar/next leaves out is unchanged, but events and closed trades. */
static void bt__take_account(const bt__reader *r, size_t params) {
  size_t account = bt__member(r, params, "account"), list;
  if (account) bt__.context.cash = bt__number_of(r, account, "cash"), bt__.context.equity = bt__number_of(r, account, "equity");
  if ((list = bt__member(r, params, "trades"))) bt__take_trades(r, list);
  if ((list = bt__member(r, params, "orders"))) bt__take_orders(r, list);
  bt__.context.event_count = bt__.context.closed_count = 0;
  if ((list = bt__member(r, params, "events"))) bt__take_events(r, list);
  if ((list = bt__member(r, params, "closed"))) bt__take_closed(r, list);
}

/* ---------------------------------------------------------------------------------------------------------------- bars */

/* Shows the bars in bt__.bars to the strategy. */
static void bt__step(long long index, long long time, int warmup) {
  bt_context *ctx = &bt__.context;
  ctx->index = index, ctx->time = time, ctx->warmup = warmup;
  for (size_t i = 0; i < bt__.run.symbol_count; i++) bt__.bars[i].index = index, bt__.bars[i].time = time;
  const bt_bar *first = bt__.run.symbol_count && !bt__.bars[0].is_missing ? &bt__.bars[0] : NULL;
  /* Without a bar there is nothing to decide on. */
  if (first || bt__.strategy->multi_symbol) bt__.strategy->on_bar(ctx, first);
}

/* Takes one symbol's row [open, high, low, close, volume]; 0 stands for none. */
static void bt__take_row(const bt__reader *r, size_t row, bt_bar *bar) {
  bar->is_missing = bt__length(r, row) < 5;
  if (bar->is_missing) return;
  size_t node = row + 1;
  double *const fields[] = {&bar->open, &bar->high, &bar->low, &bar->close, &bar->volume};
  for (size_t i = 0; i < 5; i++, node = r->nodes[node].end) *fields[i] = bt__double(r, node);
}

static double *bt__column(size_t symbol, int column) {
  return bt__.columns + (symbol * BT__COLUMNS + (size_t)column) * (size_t)bt__.run.bars_total;
}

static void bt__take_loaded_row(long long index) {
  for (size_t i = 0; i < bt__.run.symbol_count; i++) {
    bt_bar *bar = &bt__.bars[i];
    bar->is_missing = bt__.columns == NULL || index < 0 || index >= bt__.run.bars_total || isnan(bt__column(i, BT__CLOSE)[index]);
    if (bar->is_missing) continue;
    bar->open = bt__column(i, BT__OPEN)[index], bar->high = bt__column(i, BT__HIGH)[index];
    bar->low = bt__column(i, BT__LOW)[index], bar->close = bt__column(i, BT__CLOSE)[index];
    bar->volume = bt__column(i, BT__VOLUME)[index];
  }
}

/* Opens a request of `count` bars. */
static void bt__open_chunk(size_t count) {
  bt__.actions.count = 0;
  bt__.chunk_count = count;
  bt__.chunk_place = 0;
  for (size_t i = 0; i < bt__.note_count; i++) bt__.notes[i].is_used = 0;
}

/* Answers a request with the actions and chart values since bt__open_chunk, or with the strategy's failure. */
static void bt__answer_chunk(size_t id, int in_lists) {
  if (bt__answer_failure(id)) return;
  bt__text *text = bt__begin(id, "result");
  bt__puts(text, "{");
  if (bt__.actions.count) {
    bt__puts(text, "\"actions\":[");
    bt__put(text, bt__.actions.bytes, bt__.actions.count);
    bt__puts(text, "]");
  }
  const char *comma = bt__.actions.count ? ",\"annotations\":{" : "\"annotations\":{", *close = "";
  for (size_t i = 0; i < bt__.note_count; i++) {
    bt__note *note = &bt__.notes[i];
    if (!note->is_used) continue;
    bt__puts(text, comma);
    bt__put_string(text, note->name);
    bt__puts(text, in_lists ? ":[" : ":");
    for (size_t k = 0; k < bt__.chunk_count; k++) {
      if (k) bt__puts(text, ",");
      if (isnan(note->values[k])) bt__puts(text, "null");
      else bt__put_number(text, note->values[k]);
    }
    if (in_lists) bt__puts(text, "]");
    comma = ",", close = "}";
  }
  bt__puts(text, close);
  bt__puts(text, "}}");
  bt__send(text);
}

static int bt__is_warmup(long long index) { return index < (bt__.warmup_bars > 1 ? bt__.warmup_bars : 1); }

static void bt__bar_next(size_t id, size_t params) {
  const bt__reader *r = &bt__.reader;
  long long index = bt__integer_of(r, params, "index");
  bt__open_chunk(1);
  bt__take_account(r, params);
  if (bt__.is_preload) {
    bt__take_loaded_row(index);
  } else {
    size_t bars = bt__member(r, params, "bars");
    for (size_t i = 0; i < bt__.run.symbol_count; i++) bt__take_row(r, bars ? bt__member(r, bars, bt__.symbols[i]) : 0, &bt__.bars[i]);
  }
  bt__step(index, bt__integer_of(r, params, "time"), bt__type(r, bt__member(r, params, "warmup")) == 't');
  bt__answer_chunk(id, 0);
}

static void bt__bars_next(size_t id, size_t params) {
  const bt__reader *r = &bt__.reader;
  long long first = bt__integer_of(r, params, "first_index");
  size_t times = bt__member(r, params, "times"), bars = bt__member(r, params, "bars"), count = bt__length(r, times);
  size_t *rows = (size_t *)bt__resize(NULL, bt__.run.symbol_count, sizeof(size_t));
  for (size_t i = 0; i < bt__.run.symbol_count; i++) {
    size_t list = bars ? bt__member(r, bars, bt__.symbols[i]) : 0;
    rows[i] = bt__length(r, list) == count && count ? list + 1 : 0;
  }
  bt__open_chunk(count);
  for (size_t node = times + 1; bt__.chunk_place < count && bt__.failure == NULL; node = r->nodes[node].end, bt__.chunk_place++) {
    for (size_t i = 0; i < bt__.run.symbol_count; i++) {
      bt__take_row(r, rows[i], &bt__.bars[i]);
      if (rows[i]) rows[i] = r->nodes[rows[i]].end;
    }
    long long index = first + (long long)bt__.chunk_place;
    bt__step(index, bt__integer(r, node), bt__is_warmup(index));
  }
  free(rows);
  bt__answer_chunk(id, 1);
}

/* Shows `count` loaded bars from `first` on. */
static void bt__replay(long long first, long long count) {
  bt__open_chunk(count > 0 ? (size_t)count : 0);
  for (long long index = first; index < first + count && bt__.failure == NULL; index++, bt__.chunk_place++) {
    bt__take_loaded_row(index);
    bt__step(index, bt__.columns ? (long long)bt__column(0, BT__TIME)[index] : 0, bt__is_warmup(index));
  }
}

/* Decodes base64 of little-endian values of 8 bytes; returns 0 when the text is not `count` of them. */
static int bt__decode(const char *text, size_t size, size_t count, int is_integer, double *values) {
  unsigned char bytes[8];
  size_t filled = 0, done = 0;
  uint32_t group = 0;
  int bits = 0;
  for (size_t i = 0; i < size && text[i] != '='; i++) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static signed char table[256];
    if (table['B'] == 0) {
      memset(table, -1, sizeof table);
      for (int k = 0; k < 64; k++) table[(unsigned char)alphabet[k]] = (signed char)k;
    }
    int value = table[(unsigned char)text[i]];
    if (value < 0) return 0;
    group = (group << 6 | (uint32_t)value) & 0xFFFFF;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[filled++] = (unsigned char)(group >> bits);
    if (filled < 8) continue;
    if (done == count) return 0;
    uint64_t pattern = 0;
    for (int k = 7; k >= 0; k--) pattern = pattern << 8 | bytes[k];
    if (is_integer) {
      values[done] = pattern >> 63 ? -(double)(~pattern + 1) : (double)pattern;
    } else {
      memcpy(&values[done], &pattern, 8);
    }
    done++;
    filled = 0;
  }
  return filled == 0 && done == count;
}

static void bt__series_load(size_t id, size_t params) {
  static const char *const names[BT__COLUMNS] = {"time", "open", "high", "low", "close", "volume"};
  const bt__reader *r = &bt__.reader;
  size_t symbol = 0, columns = bt__member(r, params, "columns");
  const char *name = bt__string_of(r, params, "symbol");
  while (symbol < bt__.run.symbol_count && (name == NULL || strcmp(bt__.symbols[symbol], name) != 0)) symbol++;
  long long offset = bt__integer_of(r, params, "offset"), count = bt__integer_of(r, params, "count");
  if (symbol == bt__.run.symbol_count || offset < 0 || count < 0 || offset > bt__.run.bars_total || count > bt__.run.bars_total - offset) {
    bt__refuse_params(id, "the rows or the symbol do not belong to the run");
    return;
  }
  if (bt__.columns == NULL) {
    size_t total = bt__.run.symbol_count * BT__COLUMNS * (size_t)bt__.run.bars_total;
    bt__.columns = (double *)bt__resize(NULL, total, sizeof(double));
    for (size_t i = 0; i < total; i++) bt__.columns[i] = NAN;
  }
  for (int k = 0; k < BT__COLUMNS; k++) {
    size_t column = columns ? bt__member(r, columns, names[k]) : 0;
    size_t data = column ? bt__member(r, column, "data") : 0;
    const char *encoding = column ? bt__string_of(r, column, "encoding") : NULL, *dtype = column ? bt__string_of(r, column, "dtype") : NULL;
    double *values = bt__column(symbol, k) + offset;
    int ok = 0;
    if (encoding && strcmp(encoding, "json") == 0) {
      ok = bt__length(r, data) == (size_t)count;
      size_t node = data + 1;
      for (long long i = 0; ok && i < count; i++, node = r->nodes[node].end) values[i] = bt__double(r, node);
    } else if (encoding && strcmp(encoding, "f64le+base64") == 0 && bt__type(r, data) == '"') {
      ok = bt__decode(bt__string(r, data), r->nodes[data].count, (size_t)count, dtype && strcmp(dtype, "i64") == 0, values);
    }
    if (!ok) {
      char message[96];
      snprintf(message, sizeof message, "/columns/%s does not hold count values in an encoding read here", names[k]);
      bt__refuse_params(id, message);
      return;
    }
  }
  if (bt__.is_preload && bt__type(r, bt__member(r, params, "last")) == 't') {
    /* The host does not ask about the bars of the warm-up in this mode. */
    long long first = bt__.warmup_bars > 1 ? bt__.warmup_bars : 1;
    bt__replay(0, first < bt__.run.bars_total ? first : bt__.run.bars_total);
    if (bt__.actions.count) bt_log(&bt__.context, "warning", "orders placed during the warm-up were dropped; return early while ctx->warmup is true");
    if (bt__answer_failure(id)) return;
  }
  bt__text *text = bt__begin(id, "result");
  bt__puts(text, "{\"received\":");
  bt__put_integer(text, count);
  bt__puts(text, "}}");
  bt__send(text);
}

static void bt__series_evaluate(size_t id, size_t params) {
  const bt__reader *r = &bt__.reader;
  long long first = bt__integer_of(r, params, "first_index"), count = bt__integer_of(r, params, "count");
  if (first < 0 || count < 0 || first > bt__.run.bars_total || count > bt__.run.bars_total - first) {
    bt__refuse_params(id, "first_index and count do not lie in the run");
    return;
  }
  bt__replay(first, count);
  bt__answer_chunk(id, 1);
}

/* ------------------------------------------------------------------------------------------------------------ the run */

static void bt__forget_run(void) {
  for (size_t i = 0; i < bt__.run.symbol_count; i++) free(bt__.symbols[i]);
  free(bt__.symbols), free((char *)bt__.run.run_id), free((char *)bt__.run.mode), free((char *)bt__.run.timeframe);
  free(bt__.bars), free(bt__.columns), free(bt__.failure);
  for (size_t i = 0; i < bt__.note_count; i++) free(bt__.notes[i].name), free(bt__.notes[i].values);
  bt__.note_count = 0;
  bt__.symbols = NULL, bt__.bars = NULL, bt__.columns = NULL, bt__.failure = NULL;
  memset(&bt__.run, 0, sizeof bt__.run);
  memset(&bt__.context, 0, sizeof bt__.context);
  bt__.is_running = bt__.has_failed = 0;
}

static int bt__offers(const char *mode) {
  if (strcmp(mode, "lockstep") == 0 || strcmp(mode, "preload") == 0) return 1;
  return bt__.strategy->prices_only && (strcmp(mode, "streamed") == 0 || strcmp(mode, "vectorized") == 0);
}

static void bt__run_start(size_t id, size_t params) {
  const bt__reader *r = &bt__.reader;
  bt__forget_run();
  const char *mode = bt__string_of(r, params, "mode"), *run_id = bt__string_of(r, params, "run_id");
  size_t symbols = bt__member(r, params, "symbols"), count = bt__length(r, symbols);
  double total = bt__number_of(r, params, "bars_total");
  if (run_id == NULL || mode == NULL || !(total >= 0 && total < 1e12)) {
    bt__refuse_params(id, "run/start lacks run_id, mode or bars_total");
    return;
  }
  if (!bt__offers(mode) || (count > 1 && !bt__.strategy->multi_symbol)) {
    bt__refuse(id, 1004, "capability_missing", bt__offers(mode) ? "the strategy trades one symbol" : "the strategy does not offer this mode",
      ",\"hint\":\"choose another mode or strategy\",\"retryable\":false");
    return;
  }
  if (!bt__take_parameters(id, bt__member(r, params, "parameters"))) return;
  size_t account = bt__member(r, params, "account"), execution = bt__member(r, params, "execution");
  const char *timeframe = bt__string_of(r, params, "timeframe");
  bt_run *run = &bt__.run;
  bt__.symbols = (char **)bt__resize(NULL, count, sizeof(char *));
  bt__.bars = (bt_bar *)bt__resize(NULL, count, sizeof(bt_bar));
  for (size_t node = symbols + 1; run->symbol_count < count; node = r->nodes[node].end) {
    const char *symbol = bt__string_of(r, node, "symbol");
    bt_bar bar = {0};
    bt__.symbols[run->symbol_count] = bt__copy(symbol ? symbol : "");
    bar.symbol = bt__.symbols[run->symbol_count];
    bt__.bars[run->symbol_count++] = bar;
  }
  run->run_id = bt__copy(run_id), run->mode = bt__copy(mode), run->timeframe = timeframe ? bt__copy(timeframe) : NULL;
  run->symbols = (const char *const *)bt__.symbols;
  run->start = bt__integer_of(r, params, "start"), run->end = bt__integer_of(r, params, "end");
  run->bars_total = (long long)total, run->seed = bt__integer_of(r, params, "seed");
  if (account) run->initial_cash = bt__number_of(r, account, "initial_cash"), run->leverage = bt__number_of(r, account, "leverage");
  if (execution) {
    run->spread = bt__number_of(r, execution, "spread"), run->margin = bt__number_of(r, execution, "margin");
    run->hedging = bt__type(r, bt__member(r, execution, "hedging")) == 't';
    run->exclusive_orders = bt__type(r, bt__member(r, execution, "exclusive_orders")) == 't';
  }
  bt_context *ctx = &bt__.context;
  ctx->run = run, ctx->bars = bt__.bars, ctx->user = bt__.strategy->user, ctx->index = -1, ctx->warmup = 1;
  ctx->cash = ctx->equity = bt__.strategy->prices_only ? NAN : run->initial_cash;
  ctx->position = bt__.strategy->prices_only ? NAN : 0;
  bt__.is_preload = strcmp(mode, "preload") == 0;
  bt__.is_stamped = strcmp(mode, "streamed") == 0 || strcmp(mode, "vectorized") == 0;
  bt__.warmup_bars = 0;
  bt__.is_running = 1;
  bt__open_chunk(1);
  bt__.is_in_init = 1;
  if (bt__.strategy->init) bt__.strategy->init(ctx);
  if (bt__.actions.count) bt_fail(ctx, "orders were placed in init; place them in on_bar");
  int failed = bt__answer_failure(id);
  bt__.is_in_init = 0;
  if (failed) return;
  bt__text *text = bt__begin(id, "result");
  bt__puts(text, "{\"mode\":");
  bt__put_string(text, mode);
  bt__puts(text, ",\"warmup_bars\":");
  bt__put_integer(text, bt__.warmup_bars);
  bt__puts(text, "}}");
  bt__send(text);
}

static void bt__run_end(size_t id, size_t params) {
  const char *reason = bt__string_of(&bt__.reader, params, "reason");
  bt__.summary.count = 0;
  bt__open_chunk(1);
  if (bt__.strategy->end) bt__.strategy->end(&bt__.context, reason ? reason : "completed");
  if (!bt__answer_failure(id)) {
    bt__text *text = bt__begin(id, "result");
    if (bt__.summary.count) {
      bt__puts(text, "{\"summary\":{");
      bt__put(text, bt__.summary.bytes, bt__.summary.count);
      bt__puts(text, "}}}");
    } else {
      bt__puts(text, "{}}");
    }
    bt__send(text);
  }
  bt__forget_run();
}

static void bt__initialize(size_t id, size_t params) {
  const char *requested = bt__string_of(&bt__.reader, params, "protocol_version");
  if (bt__.is_initialized) {
    bt__refuse(id, 1003, "already_initialized", "initialize came twice", "");
    return;
  }
  if (requested == NULL || strncmp(requested, "1.", 2) != 0) {
    bt__text more = {NULL, 0, 0};
    bt__puts(&more, ",\"hint\":\"update the strategy's backtester.h, or the host\",\"retryable\":false,\"supported\":[\"" BT_PROTOCOL_VERSION "\"],\"requested\":");
    bt__put_string(&more, requested ? requested : "");
    bt__put(&more, "", 1);
    bt__refuse(id, 1002, "unsupported_protocol_version", "this strategy speaks protocol " BT_PROTOCOL_VERSION, more.bytes);
    free(more.bytes);
    return;
  }
  const bt_strategy *s = bt__.strategy;
  bt__text *text = bt__begin(id, "result");
  bt__puts(text, "{\"protocol_version\":\"" BT_PROTOCOL_VERSION "\",\"strategy\":{\"name\":");
  bt__put_string(text, s->name);
  bt__put_text_member(text, "version", s->version);
  bt__put_text_member(text, "description", s->description);
  bt__puts(text, ",\"language\":\"c\",\"sdk\":\"" BT_SDK "\"},\"capabilities\":{\"modes\":[\"lockstep\",\"preload\"");
  if (s->prices_only) bt__puts(text, ",\"streamed\",\"vectorized\"");
  bt__puts(text, "],\"needs_account\":");
  bt__puts(text, s->prices_only ? "false" : "true");
  bt__puts(text, ",\"needs_events\":");
  bt__puts(text, s->prices_only || s->without_events ? "false" : "true");
  bt__puts(text, ",\"multi_symbol\":");
  bt__puts(text, s->multi_symbol ? "true" : "false");
  bt__puts(text, ",\"encodings\":[\"f64le+base64\",\"json\"],\"max_message_bytes\":");
  bt__put_integer(text, BT__LONGEST_LINE);
  bt__puts(text, ",\"reuse\":true},\"parameters\":");
  bt__put_schema(text);
  bt__puts(text, "}}");
  bt__send(text);
  bt__.is_initialized = 1;
}

static void bt__request(size_t id, const char *method, size_t params) {
  static const struct {
    const char *method;
    const char *modes; /* the modes it belongs to */
    void (*answer)(size_t id, size_t params);
  } requests[] = {
    {"bar/next", "lockstep preload", bt__bar_next}, {"bars/next", "streamed", bt__bars_next},
    {"series/load", "preload vectorized", bt__series_load}, {"series/evaluate", "vectorized", bt__series_evaluate},
    {"run/end", "lockstep preload streamed vectorized", bt__run_end}};
  const char *run_id = bt__string_of(&bt__.reader, params, "run_id");
  char message[160];
  snprintf(message, sizeof message, "unknown method %.100s", method);
  if (strcmp(method, "initialize") == 0) {
    bt__initialize(id, params);
    return;
  }
  if (strcmp(method, "shutdown") == 0) {
    bt__text *text = bt__begin(id, "result");
    bt__puts(text, "{}}");
    bt__send(text);
    return;
  }
  size_t place = 0;
  while (place < 5 && strcmp(requests[place].method, method) != 0) place++;
  if (place == 5 && strcmp(method, "run/start") != 0) {
    bt__refuse(id, -32601, "method_not_found", bt__is_utf8(message, strlen(message)) ? message : "unknown method", "");
  } else if (!bt__.is_initialized) {
    bt__refuse(id, 1001, "not_initialized", "initialize must come first", "");
  } else if (place == 5) {
    bt__run_start(id, params);
  } else if (!bt__.is_running || run_id == NULL || strcmp(run_id, bt__.run.run_id) != 0) {
    bt__refuse(id, 3001, "unknown_run", "there is no run of that id", "");
  } else if (strstr(requests[place].modes, bt__.run.mode) == NULL || (bt__.has_failed && place != 4)) {
    bt__refuse(id, -32600, "invalid_request", "the request does not belong to this run: it failed, or its mode has no such request", "");
  } else {
    requests[place].answer(id, params);
  }
}

/* Answers one line; returns 0 when the host says goodbye. */
static int bt__handle(char *line, size_t size) {
  bt__reader *r = &bt__.reader;
  size_t blank = 0;
  while (blank < size && strchr(" \t\r", line[blank]) && line[blank]) blank++;
  if (blank == size) return 1;
  if (!bt__read(r, line, size)) {
    char message[128];
    snprintf(message, sizeof message, "the line is not JSON: %s", r->fault);
    bt__refuse(0, -32700, "parse_error", message, "");
    return 1;
  }
  if (r->nodes[0].type != '{') {
    bt__refuse(0, -32600, "invalid_request", "a message must be an object; batches are not supported", "");
    return 1;
  }
  size_t id = bt__member(r, 0, "id"), params = bt__member(r, 0, "params");
  const char *method = bt__string_of(r, 0, "method"), *version = bt__string_of(r, 0, "jsonrpc");
  if (version == NULL || strcmp(version, "2.0") != 0 || method == NULL) {
    bt__refuse(id, -32600, "invalid_request", method ? "jsonrpc must be \"2.0\"" : "the message has no method", "");
  } else if (id == 0) {
    return strcmp(method, "exit") != 0;
  } else if (bt__type(r, params) != '{') {
    bt__refuse_params(id, "params must be an object");
  } else {
    bt__request(id, method, params);
  }
  return 1;
}

/* Keeps the protocol's bytes apart from what is printed: the conversation moves to private descriptors, descriptor 1
 * becomes standard error, and descriptor 0 is empty. */
static void bt__claim_streams(void) {
  fflush(stdout);
  bt__.input = dup(0), bt__.output = dup(1);
  int empty = open("/dev/null", O_RDWR);
  if (bt__.input < 0 || bt__.output < 0 || empty < 0) {
    fprintf(stderr, "backtester.h: standard input or output is closed\n");
    exit(2);
  }
  fcntl(bt__.input, F_SETFD, FD_CLOEXEC), fcntl(bt__.output, F_SETFD, FD_CLOEXEC);
  dup2(empty, 0);
  if (dup2(2, 1) < 0) dup2(empty, 1);
  if (empty > 2) close(empty);
}

int bt_serve(const bt_strategy *strategy) {
  bt__.strategy = strategy;
  if (isatty(0)) {
    fprintf(stderr, "%s is a strategy for backtester, which starts it: backtester run PATH_OF_THIS_PROGRAM --sample GOOG\n", strategy->name);
    return 2;
  }
  bt__claim_streams();
  bt__.parameter_texts = (char **)bt__resize(NULL, bt__parameter_count(), sizeof(char *));
  for (size_t i = 0; i < bt__parameter_count(); i++) bt__.parameter_texts[i] = NULL;
  size_t capacity = 64 * 1024, start = 0, end = 0, scanned = 0;
  char *buffer = (char *)bt__resize(NULL, capacity, 1);
  int is_skipping = 0, code = 0;
  for (;;) {
    char *found = (char *)memchr(buffer + scanned, '\n', end - scanned);
    if (found) {
      size_t line = start;
      start = scanned = (size_t)(found - buffer) + 1;
      if (!is_skipping && !bt__handle(buffer + line, (size_t)(found - buffer) - line)) break;
      is_skipping = 0;
      continue;
    }
    scanned = end;
    if (end - start > BT__LONGEST_LINE) {
      if (!is_skipping) bt__refuse(0, 5001, "message_too_large", "a line is longer than 16 MiB", "");
      is_skipping = 1;
      start = end = scanned = 0;
    }
    if (start == end) start = end = scanned = 0;
    if (end == capacity && start > 0) {
      memmove(buffer, buffer + start, end - start);
      end -= start, scanned = end, start = 0;
    } else if (end == capacity) {
      capacity *= 2;
      buffer = (char *)bt__resize(buffer, capacity, 1);
    }
    ssize_t count = read(bt__.input, buffer + end, capacity - end);
    if (count > 0) {
      end += (size_t)count;
    } else if (count == 0) {
      break;
    } else if (errno == EAGAIN) {
      struct pollfd more = {bt__.input, POLLIN, 0};
      poll(&more, 1, -1);
    } else if (errno != EINTR) {
      fprintf(stderr, "backtester.h: reading failed: %s\n", strerror(errno));
      code = 1;
      break;
    }
  }
  bt__forget_run();
  for (size_t i = 0; i < bt__parameter_count(); i++) free(bt__.parameter_texts[i]);
  free(bt__.parameter_texts), free(bt__.parameter_numbers), free(bt__.notes), free(bt__.trades), free(bt__.orders);
  free(bt__.events), free(bt__.closed), free(bt__.trade_strings.bytes), free(bt__.order_strings.bytes);
  free(bt__.answer.bytes), free(bt__.actions.bytes), free(bt__.summary.bytes), free(bt__.reader.nodes), free(buffer);
  return code;
}

/* --------------------------------------------------------------------------------------------------------- indicators */

void bt_sma_init(bt_sma *average, long long period) {
  double *window = average->window;
  if (period < 1) period = 1;
  window = (double *)bt__resize(window, (size_t)period, sizeof(double));
  for (long long i = 0; i < period; i++) window[i] = NAN;
  bt_sma fresh = {period, window, 0, period, 0, 0, 0, 0, 0, NAN};
  *average = fresh;
}

void bt_sma_free(bt_sma *average) {
  free(average->window);
  average->window = NULL;
}

/* A running sum with one Kahan compensation for values that enter and one for values that leave. The order of the
 * operations decides the last bit; it must not be compiled with -ffast-math. */
double bt_sma_update(bt_sma *a, double value) {
  double leaving = a->window[a->place];
  a->window[a->place] = value;
  a->place = a->place + 1 == a->period ? 0 : a->place + 1;
  if (isfinite(leaving)) {
    double y = -leaving - a->remove_error, t = a->sum + y;
    a->remove_error = t - a->sum - y;
    a->sum = t;
    a->missing++;
    if (signbit(leaving)) a->negative--;
  }
  if (isfinite(value)) {
    double y = value - a->add_error, t = a->sum + y;
    a->add_error = t - a->sum - y;
    a->sum = t;
    a->missing--;
    if (signbit(value)) a->negative++;
    a->repeats = value == a->latest ? a->repeats + 1 : 1;
    a->latest = value;
  }
  if (a->missing > 0) return NAN;
  if (a->repeats >= a->period) return a->latest;
  double mean = a->sum / (double)a->period;
  if (mean < 0) return a->negative == 0 ? 0 : mean;
  return a->negative == a->period && mean > 0 ? 0 : mean;
}

void bt_ema_init(bt_ema *average, long long period) {
  bt_ema fresh = {period < 1 ? 1 : period, 0, NAN};
  *average = fresh;
}

double bt_ema_update(bt_ema *average, double value) {
  double alpha = 2 / (double)(average->period + 1), kept = (1 - alpha) * average->value, added = alpha * value;
  average->value = average->count == 0 ? value : kept + added;
  average->count++;
  return average->count < average->period ? NAN : average->value;
}

void bt_crossover_init(bt_crossover *crossover) { crossover->first = crossover->second = NAN; }

int bt_crossover_update(bt_crossover *crossover, double first, double second) {
  int crossed = crossover->first < crossover->second && first > second   ? 1
                : crossover->first > crossover->second && first < second ? -1
                                                                         : 0;
  crossover->first = first;
  crossover->second = second;
  return crossed;
}

#endif /* BACKTESTER_IMPLEMENTATION */

"""####),
      ("plugin.json", ####"""
{
  "name": "{{name}}",
  "version": "1.0",
  "protocol_version": "1.0",
  "language": "c",
  "argv": ["./strategy"],
  "modes": ["lockstep", "preload", "streamed", "vectorized"]
}

"""####),
      ("strategy.c", ####"""
/* Buys when the close rises above its average over n bars, closes when it falls below. */
#define BACKTESTER_IMPLEMENTATION
#include "backtester.h"

static bt_sma average;
static bt_crossover cross;

static void init(bt_context *ctx) {
  bt_sma_init(&average, bt_integer(ctx, "n"));
  bt_crossover_init(&cross);
  bt_need_bars(ctx, average.period);
}

static void on_bar(bt_context *ctx, const bt_bar *bar) {
  int crossed = bt_crossover_update(&cross, bar->close, bt_sma_update(&average, bar->close));
  if (ctx->warmup) return;
  if (crossed > 0) bt_buy(ctx, NULL);
  if (crossed < 0) bt_close(ctx, 0, 1);
}

static const bt_parameter parameters[] = {
  {.name = "n", .type = BT_INTEGER, .value = 20, .rules = BT_MINIMUM, .minimum = 1, .description = "Bars of the average"},
  {0}};

int main(void) {
  static const bt_strategy strategy = {
    .name = "{{name}}", .version = "1.0", .parameters = parameters, .prices_only = 1, .init = init, .on_bar = on_bar};
  return bt_serve(&strategy);
}

"""####),
      ("test.sh", ####"""
#!/bin/sh
# Drives the strategy as backtester does; prints nothing but what is wrong.
cd "$(dirname "$0")" || exit 1

# A session of bars whose closes go up and down, $1 of them warm-up.
session() {
  echo '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocol_version":"1.0","host":{"name":"test","version":"1"},"host_pid":1,"capabilities":{"modes":["lockstep"],"encodings":["json"]},"limits":{},"options":{}}}'
  echo '{"jsonrpc":"2.0","id":2,"method":"run/start","params":{"run_id":"r","mode":"lockstep","symbols":[{"symbol":"ACME"}],"time_unit":"ms","fields":["open","high","low","close","volume"],"timestamp":"open","start":0,"end":119,"bars_total":120,"parameters":{"n":'"$1"'},"seed":1,"account":{"initial_cash":10000,"leverage":1},"execution":{"profile":"compat","fill_at":"next_open","commission":{"fixed":0,"rate":0},"spread":0,"margin":1,"hedging":false,"exclusive_orders":false,"finalize_trades":false},"order_types":["market"]}}'
  awk -v warmup="$1" 'BEGIN {
    for (i = 0; i < 120; i++) {
      c = 100 + (i % 40 < 20 ? i % 40 : 40 - i % 40) * 0.7
      printf "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"bar/next\",\"params\":{\"run_id\":\"r\",\"index\":%d,\"time\":%d,\"bars\":{\"ACME\":[%.4f,%.4f,%.4f,%.4f,1]}%s}}\n", i + 3, i, i, c, c, c, c, (i < warmup ? ",\"warmup\":true" : "")
    }
  }'
  echo '{"jsonrpc":"2.0","id":123,"method":"run/end","params":{"run_id":"r","reason":"completed"}}'
}

fail() { echo "FAILED: $1" >&2; echo "$answers" >&2; exit 1; }
answers=$(session 20 | ./strategy)
[ "$(echo "$answers" | grep -c '"result"')" = 123 ] || fail "not every request was answered with a result"
echo "$answers" | grep -q '"do":"order","side":"buy"' || fail "it never bought"
echo "$answers" | grep -q '"do":"close"' || fail "it never closed"
answers=$(session 120 | ./strategy)
echo "$answers" | grep -q '"do"' && fail "it acted before its average was there"
exit 0

"""####),
    ],
    "shell": [
      ("README.md", ####"""
# {{name}}

A trading strategy in shell and awk, without a library: `strategy.sh` speaks the protocol itself, `plugin.json` tells backtester how to start it.

```
backtester run . --sample GOOG --param n=50
backtester check .
sh test.sh
```

"""####),
      ("plugin.json", ####"""
{
  "name": "{{name}}",
  "version": "1.0",
  "protocol_version": "1.0",
  "language": "shell",
  "argv": ["sh", "strategy.sh"],
  "modes": ["lockstep"]
}

"""####),
      ("strategy.sh", ####"""
#!/bin/sh
# Buys when the close rises above its average over n bars, closes when it falls below: a strategy for backtester in shell and
# awk, without any library. The host writes one JSON message a line; each request is answered with one line.

# mawk fills its input buffer before it reads a line unless told otherwise; the others do not know the option.
case $(awk -W version 2>&1 </dev/null) in
  mawk*) set -- awk -W interactive ;;
  *) set -- awk ;;
esac

exec "$@" '
# The value of a key as it stands in a text; "" when it is not there.
function field(text, key) {
  if (!match(text, "\"" key "\" *: *(\"[^\"]*\"|[^],} ]+)")) return ""
  text = substr(text, RSTART, RLENGTH)
  sub(/^"[^"]*" *: */, "", text)
  return text
}
function reply(member, text) {
  printf "{\"jsonrpc\":\"2.0\",\"id\":%s,\"%s\":%s}\n", id, member, text
  fflush()
}
function answer(result) { reply("result", result) }
function refuse(code, kind, message) {
  reply("error", "{\"code\":" code ",\"message\":\"" message "\",\"data\":{\"kind\":\"" kind "\"}}")
}

function start() {
  n = field($0, "n")
  n = n == "" ? 20 : n + 0
  if (field($0, "mode") != "\"lockstep\"") return refuse(1004, "capability_missing", "this strategy runs in lock-step only")
  if (n < 1 || n != int(n)) return refuse(4004, "bad_parameters", "n must be a whole number from 1 on")
  bar = -1; sum = 0; was_above = was_below = 0; split("", price)
  # An average over more bars than there are is never defined and not waited for.
  answer("{\"mode\":\"lockstep\",\"warmup_bars\":" (n <= field($0, "bars_total") + 0 ? n : 0) "}")
}

function next_bar(   row, value, is_above, is_below, rises, falls) {
  # "bars":{"SYMBOL":[open,high,low,close,volume]}
  if (!match($0, /"bars" *: *[{][^[]*\[[^]]*\]/)) return answer("{}")
  row = substr($0, RSTART, RLENGTH); sub(/.*\[/, "", row); split(row, value, ",")
  price[++bar] = value[4] + 0
  sum += price[bar]
  if (bar >= n) sum -= price[bar - n]
  is_above = bar + 1 >= n && price[bar] > sum / n; is_below = bar + 1 >= n && price[bar] < sum / n
  rises = was_below && is_above; falls = was_above && is_below
  was_above = is_above; was_below = is_below
  if (field($0, "warmup") == "true" || !(rises || falls)) return answer("{}")
  if (rises) return answer("{\"actions\":[{\"do\":\"order\",\"side\":\"buy\"}]}")
  answer("{\"actions\":[{\"do\":\"close\"}]}")
}

{ sub(/\r$/, "") }
/^[ \t]*$/ { next }
{
  # What stands before params is the envelope: id and method.
  envelope = $0; sub(/"params".*/, "", envelope)
  id = field(envelope, "id"); method = field(envelope, "method"); gsub(/"/, "", method)
}
!/^ *[{].*[}] *$/ { id = "null"; refuse(/^ *\[/ ? -32600 : -32700, /^ *\[/ ? "invalid_request" : "parse_error", "a line must be one JSON object"); next }
method == "exit" { exit 0 }
id == "" { next }
method == "" { refuse(-32600, "invalid_request", "the message has no method"); next }
method == "initialize" && field($0, "protocol_version") !~ /^"1\./ {
  refuse(1002, "unsupported_protocol_version", "this strategy speaks protocol 1.0"); next
}
method == "initialize" {
  is_initialized = 1
  answer("{\"protocol_version\":\"1.0\"," \
    "\"strategy\":{\"name\":\"{{name}}\",\"version\":\"1.0\",\"language\":\"shell\"}," \
    "\"capabilities\":{\"modes\":[\"lockstep\"],\"needs_account\":false,\"needs_events\":false,\"reuse\":true}," \
    "\"parameters\":{\"type\":\"object\",\"properties\":{" \
    "\"n\":{\"type\":\"integer\",\"default\":20,\"minimum\":1}}}}")
  next
}
method == "shutdown" { answer("{}"); next }
method !~ /^(run\/start|bar\/next|run\/end)$/ { refuse(-32601, "method_not_found", "unknown method"); next }
!is_initialized { refuse(1001, "not_initialized", "initialize must come first"); next }
method == "run/start" { start(); next }
method == "bar/next" { next_bar(); next }
{ answer("{}") }
'

"""####),
      ("test.sh", ####"""
#!/bin/sh
# Drives the strategy as backtester does; prints nothing but what is wrong.
cd "$(dirname "$0")" || exit 1

# A session of bars whose closes go up and down, $1 of them warm-up.
session() {
  echo '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocol_version":"1.0","host":{"name":"test","version":"1"},"host_pid":1,"capabilities":{"modes":["lockstep"],"encodings":["json"]},"limits":{},"options":{}}}'
  echo '{"jsonrpc":"2.0","id":2,"method":"run/start","params":{"run_id":"r","mode":"lockstep","symbols":[{"symbol":"ACME"}],"time_unit":"ms","fields":["open","high","low","close","volume"],"timestamp":"open","start":0,"end":119,"bars_total":120,"parameters":{"n":'"$1"'},"seed":1,"account":{"initial_cash":10000,"leverage":1},"execution":{"profile":"compat","fill_at":"next_open","commission":{"fixed":0,"rate":0},"spread":0,"margin":1,"hedging":false,"exclusive_orders":false,"finalize_trades":false},"order_types":["market"]}}'
  awk -v warmup="$1" 'BEGIN {
    for (i = 0; i < 120; i++) {
      c = 100 + (i % 40 < 20 ? i % 40 : 40 - i % 40) * 0.7
      printf "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"bar/next\",\"params\":{\"run_id\":\"r\",\"index\":%d,\"time\":%d,\"bars\":{\"ACME\":[%.4f,%.4f,%.4f,%.4f,1]}%s}}\n", i + 3, i, i, c, c, c, c, (i < warmup ? ",\"warmup\":true" : "")
    }
  }'
  echo '{"jsonrpc":"2.0","id":123,"method":"run/end","params":{"run_id":"r","reason":"completed"}}'
}

fail() { echo "FAILED: $1" >&2; echo "$answers" >&2; exit 1; }
answers=$(session 20 | sh strategy.sh)
[ "$(echo "$answers" | grep -c '"result"')" = 123 ] || fail "not every request was answered with a result"
echo "$answers" | grep -q '"do":"order","side":"buy"' || fail "it never bought"
echo "$answers" | grep -q '"do":"close"' || fail "it never closed"
answers=$(session 120 | sh strategy.sh)
echo "$answers" | grep -q '"do"' && fail "it acted before its average was there"
exit 0

"""####),
    ],
    "swift": [
      (".gitignore", ####"""
.build/
Package.resolved

"""####),
      ("Package.swift", ####"""
// swift-tools-version: 6.1
import PackageDescription

// A checkout of backtester, which holds StrategyKit.
let backtester = Context.environment["BACKTESTER_PACKAGE"] ?? "{{backtester}}"

let package = Package(
  name: "strategy",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "backtester", path: backtester)],
  targets: [
    .executableTarget(
      name: "strategy",
      dependencies: [
        .product(name: "StrategyKit", package: "backtester"), .product(name: "StrategyServer", package: "backtester"),
      ])
  ],
  swiftLanguageModes: [.v6]
)

"""####),
      ("README.md", ####"""
# {{name}}

A trading strategy in Swift: `AverageCross.swift` holds it as a type that could be compiled into backtester as well, `main.swift` makes it a program,
`plugin.json` tells backtester how to start it.

```
swift build -c release
backtester run . --sample GOOG --param n=50
backtester check .
sh test.sh
```

It is built with the libraries `StrategyKit` and `StrategyServer` of the package `backtester`. `Package.swift` takes them from a checkout of it, whose
folder is named there; the environment variable `BACKTESTER_PACKAGE` names another one. To depend on a published version instead, put
`.package(url: "…/backtester.git", from: "…")` in place of `.package(name: "backtester", path: …)`.

"""####),
      ("Sources/strategy/AverageCross.swift", ####"""
import StrategyKit

/// Buys when the close rises above its average over n bars, closes when it falls below.
struct AverageCross: NamedStrategy {
  static let descriptor = StrategyDescriptor(
    name: "{{name}}", summary: "Long while the close is above its average over n bars.",
    parameters: [.integer("n", 20, minimum: 1, summary: "Bars of the average")])

  private var average: SimpleMovingAverage
  private var crossover = Crossover()
  private var cross = Cross.none

  init(parameters: ParameterValues) { average = SimpleMovingAverage(period: parameters.integer("n")) }

  mutating func prepare(_ run: RunDescription) -> [Int] { [average.period] }

  mutating func observe(_ market: MarketView) {
    cross = crossover.update(market.close, average.update(market.close))
  }

  mutating func next(_ context: inout StrategyContext) {
    switch cross {
    case .above: context.buy()
    case .below: context.closePosition()
    case .none: break
    }
  }
}

"""####),
      ("Sources/strategy/main.swift", ####"""
import StrategyServer

StrategyServer.main(AverageCross.self, needs: .prices)

"""####),
      ("plugin.json", ####"""
{
  "name": "{{name}}",
  "version": "1.0",
  "protocol_version": "1.0",
  "language": "swift",
  "argv": [".build/release/strategy"],
  "modes": ["lockstep", "preload", "streamed", "vectorized"]
}

"""####),
      ("test.sh", ####"""
#!/bin/sh
# Drives the strategy as backtester does; prints nothing but what is wrong.
cd "$(dirname "$0")" || exit 1

# A session of bars whose closes go up and down, $1 of them warm-up.
session() {
  echo '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocol_version":"1.0","host":{"name":"test","version":"1"},"host_pid":1,"capabilities":{"modes":["lockstep"],"encodings":["json"]},"limits":{},"options":{}}}'
  echo '{"jsonrpc":"2.0","id":2,"method":"run/start","params":{"run_id":"r","mode":"lockstep","symbols":[{"symbol":"ACME"}],"time_unit":"ms","fields":["open","high","low","close","volume"],"timestamp":"open","start":0,"end":119,"bars_total":120,"parameters":{"n":'"$1"'},"seed":1,"account":{"initial_cash":10000,"leverage":1},"execution":{"profile":"compat","fill_at":"next_open","commission":{"fixed":0,"rate":0},"spread":0,"margin":1,"hedging":false,"exclusive_orders":false,"finalize_trades":false},"order_types":["market"]}}'
  awk -v warmup="$1" 'BEGIN {
    for (i = 0; i < 120; i++) {
      c = 100 + (i % 40 < 20 ? i % 40 : 40 - i % 40) * 0.7
      printf "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"bar/next\",\"params\":{\"run_id\":\"r\",\"index\":%d,\"time\":%d,\"bars\":{\"ACME\":[%.4f,%.4f,%.4f,%.4f,1]}%s}}\n", i + 3, i, i, c, c, c, c, (i < warmup ? ",\"warmup\":true" : "")
    }
  }'
  echo '{"jsonrpc":"2.0","id":123,"method":"run/end","params":{"run_id":"r","reason":"completed"}}'
}

fail() { echo "FAILED: $1" >&2; echo "$answers" >&2; exit 1; }
answers=$(session 20 | .build/release/strategy)
[ "$(echo "$answers" | grep -c '"result"')" = 123 ] || fail "not every request was answered with a result"
echo "$answers" | grep -q '"do":"order","side":"buy"' || fail "it never bought"
echo "$answers" | grep -q '"do":"close"' || fail "it never closed"
answers=$(session 120 | .build/release/strategy)
echo "$answers" | grep -q '"do"' && fail "it acted before its average was there"
exit 0

"""####),
    ],
  ]
}
