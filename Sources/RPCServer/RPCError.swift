import BacktestService
import JSONRPC
import MarketData
import PluginHost
import RunStore
import StrategyKit
import StrategyProtocol
import TradingModel
import WireText

/// An error that is answered to the client.
struct RPCError: Error {
  var code: ErrorCode
  /// One sentence.
  var message: String
  var data: ErrorData

  init(_ code: ErrorCode, _ message: String, pointer: String? = nil, hint: String? = nil, runID: String? = nil) {
    self.code = code
    self.message = message
    data = ErrorData()
    data.kind = code.name
    data.hint = hint ?? code.hint
    data.retryable = code.isRetryable
    data.pointer = pointer
    data.runID = runID
  }

  /// Sorts any error of the program's parts.
  init(_ error: any Error, pointer: String? = nil) {
    switch error {
    case let error as RPCError: self = error
    case let error as WireError: self.init(.invalidParams, error.description, pointer: error.pointer)
    case let error as QueueError: self.init(.tooManyRuns, "\(error)")
    case let error as ParameterError:
      self.init(.badParameters, "\(error)", pointer: pointer ?? error.pointer)
    case let error as SettingsError: self.init(.invalidParams, "\(error)", pointer: error.pointer)
    case let error as PluginFailure: self.init(error)
    case let error as ServiceError: self.init(error)
    case let error as RunStoreError: self.init(error)
    default: self.init(.internalError, "\(error)")
    }
  }

  private init(_ failure: PluginFailure) {
    self.init(failure.errorCode, failure.message + ".", pointer: failure.pointer, hint: failure.hint)
    data.exitCode = failure.exitCode.map(Int.init)
    data.signal = failure.signal.map(Int.init)
    data.lastMethod = failure.lastMethod
    data.lastIndex = failure.lastIndex
    data.traceback = failure.traceback
    data.stderrTail = failure.standardErrorTail.isEmpty ? nil : failure.standardErrorTail
    if failure.kind == .startFailed, failure.fault == .user { data.pointer = data.pointer ?? "/strategy" }
  }

  private init(_ error: ServiceError) {
    switch error {
    case .unknownStrategy, .localOnly: self.init(.unknownStrategy, "\(error)", pointer: "/strategy")
    case .unknownDataset: self.init(.unknownDataset, "\(error)", pointer: "/dataset")
    case .marketData(let fault):
      self.init(.dataUnavailable, "\(error)", pointer: fault.isUsageError ? "/symbols" : nil)
    case .noBarsInRange: self.init(.noDataInRange, "\(error)", pointer: "/start")
    default: self.init(.dataUnavailable, "\(error)", pointer: "/dataset")
    }
  }

  private init(_ error: RunStoreError) {
    switch error {
    case .unknownRun, .ambiguousRun, .onlyTrials, .isSweep: self.init(.unknownRun, "\(error)", pointer: "/run_id")
    case .invalidQuery: self.init(.invalidParams, "\(error)", pointer: "/cursor")
    default: self.init(.storeFailed, "\(error)")
    }
  }

  /// How the run that a client waits for failed.
  init(_ failure: Failure, runID: String, traceback: String?, pointer: String?) {
    let code = ErrorCode(rawValue: failure.code) ?? .internalError
    self.init(code, failure.message, hint: failure.hint, runID: runID)
    data.retryable = failure.retryable
    data.exitCode = failure.exitCode
    data.signal = failure.signal
    data.lastMethod = failure.lastMethod
    data.lastIndex = failure.lastIndex
    data.stderrTail = failure.stderrTail
    data.traceback = traceback
    data.pointer = pointer
  }

  /// The error as its place in an answer takes it.
  var object: JSONRPCErrorObject {
    let tree = (try? WireValue.encoding(data))?.json
    return JSONRPCErrorObject(code: code.rawValue, message: message, data: tree)
  }
}

extension ParameterError {
  /// Where in a request the parameter stands.
  var pointer: String {
    switch self {
    case .unknown(let name, _, _): WirePath.root.member("parameters").member(name).pointer
    case .missing(let definition, _), .invalid(let definition, _):
      WirePath.root.member("parameters").member(definition.name).pointer
    case .impossible: "/parameters"
    }
  }
}

extension SettingsError {
  /// Where in a request the setting stands.
  fileprivate var pointer: String { name == "cash" ? "/account/initial_cash" : "/execution/\(name)" }
}
