import JSONRPC
package import StrategyProtocol

/// Why a strategy process could not be used further, and everything known about it.
public struct PluginFailure: Error, Sendable, CustomStringConvertible {
  /// The kinds, told apart because each has another remedy.
  public enum Kind: String, Sendable {
    /// The program could not be started.
    case startFailed = "start_failed"
    /// It started, but the first exchange failed: no answer, another protocol version, an impossible capability.
    case handshakeFailed = "handshake_failed"
    /// It did not answer in time.
    case timeout
    /// It ended by itself, or a signal ended it.
    case crashed
    /// It stopped reading its input.
    case stalled
    /// It wrote something the protocol does not allow.
    case protocolError = "protocol_error"
    /// Its own code failed and it said so.
    case strategyError = "strategy_error"
    /// A decision changed when later bars changed.
    case lookaheadDetected = "lookahead_detected"
    /// It wrote more than the limits allow.
    case limitExceeded = "limit_exceeded"
    /// The caller gave the wait up.
    case cancelled
    /// The host itself failed: no descriptors left, say.
    case hostError = "host_error"
  }

  /// Who has to act.
  public enum Fault: String, Sendable {
    case strategy
    case host
    case user
  }

  /// What happened.
  public var kind: Kind
  /// Who has to act.
  public var fault: Fault
  /// One sentence about what happened.
  public var message: String
  /// What to do next.
  public var hint: String
  /// Where in the answer the fault lies, as a JSON pointer.
  public var pointer: String?
  /// The process's exit code, when it ended by itself.
  public var exitCode: Int32?
  /// The signal that ended the process.
  public var signal: Int32?
  /// The end of its standard error.
  public var standardErrorTail = ""
  /// The last lines exchanged, `> ` sent and `< ` received, oldest first.
  public var lastMessages: [String] = []
  /// The method that was being answered.
  public var lastMethod: String?
  /// The bar that was being decided on.
  public var lastIndex: Int?
  /// The strategy's own account of where its code failed.
  public var traceback: String?

  init(_ kind: Kind, fault: Fault = .strategy, _ message: String, hint: String, pointer: String? = nil) {
    self.kind = kind
    self.fault = fault
    self.message = message
    self.hint = hint
    self.pointer = pointer
  }

  /// What happened and what to do next.
  public var description: String {
    let place = lastIndex.map { " at bar \($0)" } ?? ""
    var text = "\(message)\(place). \(hint)"
    if let traceback, !traceback.isEmpty { text += "\n\(traceback)" }
    if traceback == nil, !standardErrorTail.isEmpty {
      let lines = standardErrorTail.split(separator: "\n").suffix(12)
      text += "\nThe last lines of its standard error:\n" + lines.map { "  \($0)" }.joined(separator: "\n")
    }
    return text
  }

  /// The protocol's error for it.
  package var errorCode: ErrorCode {
    switch kind {
    case .startFailed, .handshakeFailed: .strategyStartFailed
    case .timeout: .strategyTimeout
    case .crashed: .strategyCrashed
    case .stalled: .strategyStalled
    case .protocolError, .limitExceeded: .strategyProtocolError
    case .strategyError: .strategyError
    case .lookaheadDetected: .lookaheadDetected
    case .cancelled: .requestCancelled
    case .hostError: .internalError
    }
  }

  /// A sentence for a wait status.
  static func ended(exitCode: Int32, signal: Int32) -> String {
    signal != 0 ? "was ended by signal \(signal)" : "ended with exit code \(exitCode)"
  }
}
