import BacktestEngine
import JSONRPC
import PluginHost

extension BacktestReport.Failure {
  /// Sorts what ended a run.
  init(_ cause: any Error) {
    switch cause {
    case let failure as PluginFailure:
      self.init(
        kind: failure.kind.rawValue, message: failure.description, fault: failure.fault.rawValue,
        detail: Self.detail(failure))
    case EngineError.orderRejected:
      self.init(kind: "order_rejected", message: "\(cause)", fault: "strategy")
    default:
      self.init(kind: "strategy_error", message: "\(cause)", fault: "strategy")
    }
  }

  private static func detail(_ failure: PluginFailure) -> JSONValue {
    var detail = JSONValue.object([])
    if let code = failure.exitCode { detail["exit_code"] = .int(Int64(code)) }
    if let signal = failure.signal { detail["signal"] = .int(Int64(signal)) }
    if let pointer = failure.pointer { detail["pointer"] = .string(pointer) }
    if let method = failure.lastMethod { detail["last_method"] = .string(method) }
    if let index = failure.lastIndex { detail["last_index"] = .int(Int64(index)) }
    if let traceback = failure.traceback { detail["traceback"] = .string(traceback) }
    detail["hint"] = .string(failure.hint)
    detail["stderr_tail"] = .string(failure.standardErrorTail)
    detail["last_messages"] = .array(failure.lastMessages.suffix(20).map { .string($0) })
    return detail
  }
}
