// Types of client.js. Records are those of the protocol (protocol/v1/host.openrpc.json): names in snake_case, times in
// epoch milliseconds UTC.

import { EventEmitter } from 'node:events';

export type RunStatus = 'queued' | 'starting' | 'running' | 'completed' | 'cancelled' | 'failed' | 'interrupted' | 'deleted';
export type Mode = 'auto' | 'lockstep' | 'preload' | 'streamed' | 'vectorized';
export type Time = number | string | Date;
export type ParameterValue = number | string | boolean;
export type Parameters = Record<string, ParameterValue>;
/** Statistics by the keys of `client.capabilities.metrics`; null where undefined. */
export type Metrics = Record<string, number | null>;
/** A name, a path, or a command. */
export type Strategy = string | string[] | { command: string[]; cwd?: string; env?: Record<string, string> };

export interface StartOptions {
  /** The program; else BACKTESTER_EXECUTABLE, the PATH, or the checkout's build. */
  executable?: string;
  /** The database of runs; the host's default when left out. */
  db?: string;
  /** Further arguments of `backtester serve`. */
  args?: string[];
  cwd?: string;
  /** Changes to the environment; null removes a variable. */
  env?: Record<string, string | null>;
  /** What happens to runs under way when the client ends; 'cancel' when left out. */
  onDisconnect?: 'cancel' | 'keep';
  framing?: 'lines' | 'content-length';
  /** Milliseconds to wait for answers that take no time; 120000 when left out. */
  timeout?: number;
  /** Milliseconds to wait for the host to start; 60000 when left out. */
  startTimeout?: number;
}

export interface Progress {
  kind: 'report';
  message?: string;
  percentage?: number;
  run_id?: string;
  sweep_id?: string;
  bars_done?: number;
  bars_total?: number;
  bars_per_second?: number;
  equity?: number;
  trials_done?: number;
  trials_total?: number;
}

export interface WaitOptions {
  onProgress?: (value: Progress) => void;
  /** Aborting it cancels the work. */
  signal?: AbortSignal;
  /** Milliseconds after which the work is cancelled. */
  timeout?: number;
}

export interface DataOptions {
  sample?: string;
  dataset?: string;
  /** A CSV file. */
  data?: string;
  symbol?: string;
  symbols?: string[];
  timeframe?: string;
  start?: Time;
  /** Not included. */
  end?: Time;
}

export interface TermsOptions {
  parameters?: Parameters;
  cash?: number;
  /** A rate, or a fixed amount and a rate. */
  commission?: number | [number, number] | { fixed: number; rate: number };
  spread?: number;
  margin?: number;
  tradeOnClose?: boolean;
  hedging?: boolean;
  exclusiveOrders?: boolean;
  finalizeTrades?: boolean;
  profile?: 'compat' | 'strict';
  mode?: Mode;
  seed?: number;
  strictOrders?: boolean;
  tags?: string | string[];
}

export type RunPart = 'metrics' | 'request' | 'warnings' | 'stderr_tail' | 'timing';

export interface RunOptions extends DataOptions, TermsOptions, WaitOptions {
  lookaheadCheck?: boolean;
  record?: boolean;
  save?: boolean;
  /** False resolves at once; `run.wait()` waits. */
  wait?: boolean;
  include?: RunPart[];
}

export interface SweepOptions extends DataOptions, TermsOptions, WaitOptions {
  /** Values to try by parameter; one of grid and trials. */
  grid?: Record<string, ParameterValue[]>;
  trials?: Parameters[];
  /** How many combinations of the grid to choose at random. */
  random?: number | { count: number; seed: number };
  /** For example 'n1 < n2'. */
  where?: string;
  maximize?: string;
  minimize?: string;
  concurrency?: number;
  limit?: number;
}

export interface RunFilters {
  status?: RunStatus;
  strategy?: string;
  dataset?: string;
  symbol?: string;
  tag?: string;
  sweepId?: string;
  /** When the runs were created. */
  start?: Time;
  end?: Time;
  /** The most runs to go over. */
  limit?: number;
}

export interface Failure {
  kind: string;
  fault: 'strategy' | 'host' | 'data' | 'user';
  code: number;
  message: string;
  retryable: boolean;
  hint?: string;
  exit_code?: number;
  signal?: number;
  last_method?: string;
  last_index?: number;
  stderr_tail?: string;
}

export interface RunRecord {
  run_id: string;
  status: RunStatus;
  strategy?: string;
  dataset?: string;
  symbols?: string[];
  mode?: Mode;
  sweep_id?: string;
  created?: number;
  started?: number;
  finished?: number;
  bars_done?: number;
  bars_total?: number;
  metrics?: Metrics;
  fingerprint?: string;
  lookahead_check?: 'passed' | 'failed' | 'skipped';
  label?: string;
  tags?: string[];
  failure?: Failure;
  warnings?: string[];
  request?: Record<string, unknown>;
  stderr_tail?: string;
  timing?: Record<string, number>;
}

export interface Trade {
  size: number;
  entry_index: number;
  exit_index: number;
  entry_time: number;
  exit_time: number;
  entry_price: number;
  exit_price: number;
  pnl: number;
  return_pct: number;
  commission: number;
  stop_loss: number | null;
  take_profit: number | null;
  tag: string | null;
  symbol: string;
}

export type EventKind = 'accepted' | 'rejected' | 'triggered' | 'filled' | 'partially_closed' | 'cancelled' | 'expired';

export interface OrderEvent {
  seq: number;
  kind: EventKind;
  index: number;
  time: number;
  order_id: number;
  client_order_id?: string;
  symbol: string;
  side: 'buy' | 'sell';
  [field: string]: unknown;
}

export interface StrategyRecord {
  name: string;
  source: 'builtin' | 'plugin' | 'file';
  modes: string[];
  parameters: { type?: 'object'; properties?: Record<string, { type: string; default?: ParameterValue; [keyword: string]: unknown }> };
  description?: string;
  version?: string;
  language?: string;
  command?: string[];
  cwd?: string;
  env?: Record<string, string>;
  fault?: string;
}

export interface DatasetRecord {
  dataset: string;
  kind: 'sample' | 'cached' | 'imported';
  symbols: string[];
  start: number;
  end: number;
  rows: number;
  sha256: string;
  timeframe?: string;
  currency?: string;
  description?: string;
}

export interface Trial {
  run_id: string;
  status: RunStatus;
  parameters: Parameters;
  metrics?: Metrics;
  failure?: Failure;
}

export interface Sweep {
  sweep_id: string;
  status: RunStatus;
  trials_total: number;
  trials_done: number;
  trials_failed: number;
  /** The best ones, best first; `client.runs({ sweepId })` goes over all of them. */
  items: Trial[];
  best: Trial | null;
}

export interface CheckReport {
  passed: boolean;
  level: string;
  checks: { id: string; level: string; status: 'passed' | 'failed' | 'skipped'; detail?: string }[];
}

export interface SeriesOptions {
  start?: Time;
  end?: Time;
  encoding?: 'json' | 'f64le+base64' | 'f64le+file';
}

/** Numbers as a Float64Array, where a missing one is NaN; `time` as an array of epoch milliseconds. */
export type Series = Record<string, Float64Array | number[]>;

// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export interface Run extends RunRecord {}

export class Run {
  constructor(client: Client, record: RunRecord);
  readonly over: boolean;
  trades(): Promise<Trade[]>;
  events(options?: { kinds?: EventKind[] }): Promise<OrderEvent[]>;
  series(columns: string | string[], options?: SeriesOptions): Promise<Series>;
  /** `{ time, equity, drawdown_pct }` */
  equity(): Promise<Series>;
  wait(options?: WaitOptions): Promise<Run>;
  cancel(reason?: string): Promise<RunStatus>;
  delete(): Promise<RunStatus>;
  refresh(): Promise<Run>;
}

export class Client extends EventEmitter {
  private constructor();
  static start(options?: StartOptions): Promise<Client>;

  readonly host: { name: string; version: string };
  readonly capabilities: { modes: string[]; encodings: string[]; profiles: string[]; metrics: string[] };
  readonly limits: Record<string, number>;
  readonly closed: boolean;
  readonly pid: number;
  readonly stderrTail: string;

  close(): Promise<void>;
  request(method: string, params?: object, options?: WaitOptions): Promise<unknown>;

  strategies(): Promise<StrategyRecord[]>;
  describe(strategy: string): Promise<StrategyRecord>;
  datasets(): Promise<DatasetRecord[]>;
  dataset(dataset: string): Promise<DatasetRecord>;
  discover(): Promise<Record<string, unknown>>;
  check(strategy: Strategy, options?: WaitOptions & { level?: 'core' | 'streamed' | 'vectorized' | 'robust' | 'all'; timeoutScale?: number }): Promise<CheckReport>;

  run(strategy: Strategy, options: RunOptions): Promise<Run>;
  sweep(strategy: Strategy, options: SweepOptions): Promise<Sweep>;
  wait(run: Run | string, options?: WaitOptions): Promise<Run>;

  runs(filters?: RunFilters): AsyncGenerator<Run, void, undefined>;
  get(run: Run | string, options?: { include?: RunPart[] }): Promise<Run>;
  trades(run: Run | string): Promise<Trade[]>;
  events(run: Run | string, options?: { kinds?: EventKind[] }): Promise<OrderEvent[]>;
  series(run: Run | string, columns?: string | string[], options?: SeriesOptions): Promise<Series>;
  cancel(run: Run | string, reason?: string): Promise<RunStatus>;
  delete(run: Run | string): Promise<RunStatus>;

  on(event: 'log', listener: (message: { level: string; message: string; run_id?: string }) => void): this;
  on(event: 'runs/changed', listener: (change: { run_id: string; status: RunStatus }) => void): this;
  on(event: 'end', listener: (error: HostEnded | ClientClosed) => void): this;
}

export function findProgram(named?: string, env?: Record<string, string | undefined>): string;
export function decodeColumn(column: {
  encoding: string; dtype: string; count: number; data?: unknown; path?: string; offset?: number;
}): Float64Array | number[];

export class BacktesterError extends Error {}
export class HostNotFound extends BacktesterError {}
export class ClientClosed extends BacktesterError {}
export class RequestTimeout extends BacktesterError {}
export class HostEnded extends BacktesterError {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stderrTail: string;
}
export class RequestFailed extends BacktesterError {
  readonly code: number;
  readonly kind: string;
  readonly hint?: string;
  readonly retryable: boolean;
  readonly pointer?: string;
  readonly runId?: string;
  readonly data: Record<string, unknown>;
}
export class RunFailed extends RequestFailed {}

/** The class of each code of the protocol. */
export namespace errors {
  class NotInitialized extends RequestFailed {}
  class UnsupportedProtocolVersion extends RequestFailed {}
  class AlreadyInitialized extends RequestFailed {}
  class CapabilityMissing extends RequestFailed {}
  class StrategyStartFailed extends RunFailed {}
  class StrategyCrashed extends RunFailed {}
  class StrategyTimeout extends RunFailed {}
  class StrategyProtocolError extends RunFailed {}
  class StrategyError extends RunFailed {}
  class LookaheadDetected extends RunFailed {}
  class NotDeterministic extends RunFailed {}
  class StrategyStalled extends RunFailed {}
  class OrderRejected extends RunFailed {}
  class UnknownRun extends RequestFailed {}
  class RunNotFinished extends RequestFailed {}
  class RunBusy extends RequestFailed {}
  class UnknownStrategy extends RequestFailed {}
  class UnknownDataset extends RequestFailed {}
  class NoDataInRange extends RequestFailed {}
  class BadParameters extends RequestFailed {}
  class DataUnavailable extends RequestFailed {}
  class MessageTooLarge extends RequestFailed {}
  class TooManyRuns extends RequestFailed {}
  class RateLimited extends RequestFailed {}
  class StoreFailed extends RequestFailed {}
  class ParseError extends RequestFailed {}
  class InvalidRequest extends RequestFailed {}
  class MethodNotFound extends RequestFailed {}
  class InvalidParams extends RequestFailed {}
  class InternalError extends RequestFailed {}
  class RequestCancelled extends RequestFailed {}
}
