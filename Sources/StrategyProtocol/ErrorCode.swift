/// Every error of the protocol, both serving sides; mirrored in `protocol/v1/errors.json`.
///
/// Negative codes are JSON-RPC's own, and LSP's for a cancelled request. The thousand of the others says the layer:
/// 1 handshake, 2 strategy, 3 runs, 4 request, 5 limits. A code is never used again for something else.
package enum ErrorCode: Int, CaseIterable, Sendable, Codable {
  /// The line is not JSON.
  case parseError = -32_700
  /// The JSON is not a request, answer or notification; batches are not allowed.
  case invalidRequest = -32_600
  /// There is no such method.
  case methodNotFound = -32_601
  /// The params do not have the form the method asks for; data.pointer names the place.
  case invalidParams = -32_602
  /// The answering side made a mistake of its own.
  case internalError = -32_603
  /// The request was given up because of $/cancelRequest.
  case requestCancelled = -32_800
  /// A request came before initialize.
  case notInitialized = 1001
  /// The two sides speak no common version; data.supported lists this side's, data.requested is the other's.
  case unsupportedProtocolVersion = 1002
  /// initialize came twice.
  case alreadyInitialized = 1003
  /// The request needs something the other side has not declared.
  case capabilityMissing = 1004
  /// The strategy's process could not be started.
  case strategyStartFailed = 2001
  /// The strategy's process ended during the session.
  case strategyCrashed = 2002
  /// The strategy did not answer in time.
  case strategyTimeout = 2003
  /// The strategy wrote something the protocol does not allow; data.pointer names the place.
  case strategyProtocolError = 2004
  /// The strategy's own code failed; data.traceback says where.
  case strategyError = 2005
  /// A decision changed when later bars changed; data.index, symbol, expected and received say which.
  case lookaheadDetected = 2006
  /// Two equal runs gave different answers.
  case notDeterministic = 2007
  /// The strategy stopped reading its input.
  case strategyStalled = 2008
  /// An order was refused and strict_orders was set.
  case orderRejected = 2009
  /// There is no run of that id.
  case unknownRun = 3001
  /// The run is not over yet.
  case runNotFinished = 3002
  /// Something else is being done with the run.
  case runBusy = 3003
  /// There is no strategy of that name.
  case unknownStrategy = 4001
  /// There is no data set of that id.
  case unknownDataset = 4002
  /// There is no bar between start and end.
  case noDataInRange = 4003
  /// A strategy parameter is unknown, missing, mistyped or out of range; data.pointer names it.
  case badParameters = 4004
  /// The market data could not be downloaded or read.
  case dataUnavailable = 4005
  /// A message is longer than the limit.
  case messageTooLarge = 5001
  /// The queue of runs is full.
  case tooManyRuns = 5002
  /// Too many requests in a short time.
  case rateLimited = 5003
  /// The result could not be stored; it is in the answer as far as it exists.
  case storeFailed = 5004

  /// Who may answer it.
  package enum Origin: String, Sendable {
    /// The host only.
    case host
    /// The host and strategies.
    case any
  }

  /// The name on the wire (`error.data.kind`).
  package var name: String { details.name }
  /// What it means, one sentence.
  package var meaning: String { details.meaning }
  /// What to do next, one sentence.
  package var hint: String { details.hint }
  /// Whether the same request may succeed later.
  package var isRetryable: Bool { details.isRetryable }
  /// Who may answer it.
  package var origin: Origin { details.origin }
  /// The protocol version that introduced it.
  package var since: String { "1.0" }

  private struct Details {
    var name: String
    var origin: Origin
    var isRetryable: Bool
    var meaning: String
    var hint: String
  }

  private var details: Details {
    switch self {
    case .parseError:
      Details(
        name: "parse_error", origin: .any, isRetryable: false,
        meaning: "The line is not JSON.",
        hint: "Write one JSON object a line, in UTF-8, without NaN or Infinity.")
    case .invalidRequest:
      Details(
        name: "invalid_request", origin: .any, isRetryable: false,
        meaning: "The JSON is not a request, answer or notification; batches are not allowed.",
        hint: "Send {\"jsonrpc\":\"2.0\",\"id\":…,\"method\":…,\"params\":{…}}.")
    case .methodNotFound:
      Details(
        name: "method_not_found", origin: .any, isRetryable: false,
        meaning: "There is no such method.",
        hint: "Compare the method's name with the specification and the version spoken.")
    case .invalidParams:
      Details(
        name: "invalid_params", origin: .any, isRetryable: false,
        meaning: "The params do not have the form the method asks for; data.pointer names the place.",
        hint: "Correct the field that data.pointer names.")
    case .internalError:
      Details(
        name: "internal_error", origin: .any, isRetryable: false,
        meaning: "The answering side made a mistake of its own.",
        hint: "Report it with the transcript of the session.")
    case .requestCancelled:
      Details(
        name: "request_cancelled", origin: .any, isRetryable: true,
        meaning: "The request was given up because of $/cancelRequest.",
        hint: "Ask again if it is still wanted.")
    case .notInitialized:
      Details(
        name: "not_initialized", origin: .any, isRetryable: false,
        meaning: "A request came before initialize.",
        hint: "Send initialize first.")
    case .unsupportedProtocolVersion:
      Details(
        name: "unsupported_protocol_version", origin: .any, isRetryable: false,
        meaning:
          "The two sides speak no common version; data.supported lists this side's, data.requested is the other's.",
        hint: "Update the side with the older version.")
    case .alreadyInitialized:
      Details(
        name: "already_initialized", origin: .any, isRetryable: false,
        meaning: "initialize came twice.",
        hint: "Send initialize once per process.")
    case .capabilityMissing:
      Details(
        name: "capability_missing", origin: .any, isRetryable: false,
        meaning: "The request needs something the other side has not declared.",
        hint: "Choose another mode, encoding or strategy; capabilities are in the initialize answer.")
    case .strategyStartFailed:
      Details(
        name: "strategy_start_failed", origin: .host, isRetryable: false,
        meaning: "The strategy's process could not be started.",
        hint: "Run the command by hand; check its path, its run permission and its interpreter.")
    case .strategyCrashed:
      Details(
        name: "strategy_crashed", origin: .host, isRetryable: false,
        meaning: "The strategy's process ended during the session.",
        hint: "Read data.stderr_tail; record the run and replay it.")
    case .strategyTimeout:
      Details(
        name: "strategy_timeout", origin: .host, isRetryable: true,
        meaning: "The strategy did not answer in time.",
        hint: "Raise the timeout scale if the work is that long, else look for a loop or a wait for input.")
    case .strategyProtocolError:
      Details(
        name: "strategy_protocol_error", origin: .host, isRetryable: false,
        meaning: "The strategy wrote something the protocol does not allow; data.pointer names the place.",
        hint: "Run the conformance checks on the strategy.")
    case .strategyError:
      Details(
        name: "strategy_error", origin: .any, isRetryable: false,
        meaning: "The strategy's own code failed; data.traceback says where.",
        hint: "Correct the strategy at the place the traceback names.")
    case .lookaheadDetected:
      Details(
        name: "lookahead_detected", origin: .host, isRetryable: false,
        meaning: "A decision changed when later bars changed; data.index, symbol, expected and received say which.",
        hint: "Use only bars up to the one decided on, or run in lock-step.")
    case .notDeterministic:
      Details(
        name: "not_deterministic", origin: .host, isRetryable: false,
        meaning: "Two equal runs gave different answers.",
        hint: "Seed every generator with run/start's seed and iterate in a fixed order.")
    case .strategyStalled:
      Details(
        name: "strategy_stalled", origin: .host, isRetryable: true,
        meaning: "The strategy stopped reading its input.",
        hint: "Read stdin in a loop; do not wait for anything else.")
    case .orderRejected:
      Details(
        name: "order_rejected", origin: .host, isRetryable: false,
        meaning: "An order was refused and strict_orders was set.",
        hint: "Read the reason in the message; correct the order or leave strict_orders off.")
    case .unknownRun:
      Details(
        name: "unknown_run", origin: .any, isRetryable: false,
        meaning: "There is no run of that id.",
        hint: "Take the id from runs/list or from the answer to backtest/run.")
    case .runNotFinished:
      Details(
        name: "run_not_finished", origin: .host, isRetryable: true,
        meaning: "The run is not over yet.",
        hint: "Wait for runs/changed, or cancel the run first.")
    case .runBusy:
      Details(
        name: "run_busy", origin: .host, isRetryable: true,
        meaning: "Something else is being done with the run.",
        hint: "Ask again later.")
    case .unknownStrategy:
      Details(
        name: "unknown_strategy", origin: .host, isRetryable: false,
        meaning: "There is no strategy of that name.",
        hint: "Take a name from strategies/list, or give a path or command.")
    case .unknownDataset:
      Details(
        name: "unknown_dataset", origin: .host, isRetryable: false,
        meaning: "There is no data set of that id.",
        hint: "Take an id from datasets/list, or give symbols.")
    case .noDataInRange:
      Details(
        name: "no_data_in_range", origin: .host, isRetryable: false,
        meaning: "There is no bar between start and end.",
        hint: "Choose a range that overlaps the data set's start and end.")
    case .badParameters:
      Details(
        name: "bad_parameters", origin: .any, isRetryable: false,
        meaning: "A strategy parameter is unknown, missing, mistyped or out of range; data.pointer names it.",
        hint: "Compare with the parameters of strategies/describe.")
    case .dataUnavailable:
      Details(
        name: "data_unavailable", origin: .host, isRetryable: true,
        meaning: "The market data could not be downloaded or read.",
        hint: "Check the symbol, the network and the dates; data already cached works offline.")
    case .messageTooLarge:
      Details(
        name: "message_too_large", origin: .any, isRetryable: false,
        meaning: "A message is longer than the limit.",
        hint: "Send smaller pages or chunks; the limits are in the initialize messages.")
    case .tooManyRuns:
      Details(
        name: "too_many_runs", origin: .host, isRetryable: true,
        meaning: "The queue of runs is full.",
        hint: "Wait for runs to end, or use backtest/sweep.")
    case .rateLimited:
      Details(
        name: "rate_limited", origin: .host, isRetryable: true,
        meaning: "Too many requests in a short time.",
        hint: "Wait and ask again.")
    case .storeFailed:
      Details(
        name: "store_failed", origin: .host, isRetryable: true,
        meaning: "The result could not be stored; it is in the answer as far as it exists.",
        hint: "Check the disk and the path of the database.")
    }
  }
}
