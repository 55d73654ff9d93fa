/// Why a run failed.
package struct Failure: Codable, Equatable, Sendable, WireShape {
  /// What happened.
  package var kind: FailureKind
  /// Whose fault it is.
  package var fault: Fault
  /// The error code a waiting client is answered.
  package var code: Int
  /// One sentence.
  package var message: String
  /// Whether the same request may succeed later.
  package var retryable: Bool
  /// What to do next.
  package var hint: String?
  /// Exit code of the strategy's process.
  package var exitCode: Int?
  /// Signal that ended it.
  package var signal: Int?
  /// The last method the strategy was asked for.
  package var lastMethod: String?
  /// The last bar it was asked about.
  package var lastIndex: Int?
  /// The last output of the process on stderr.
  package var stderrTail: String?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case kind
    case fault
    case code
    case message
    case retryable
    case hint
    case exitCode = "exit_code"
    case signal
    case lastMethod = "last_method"
    case lastIndex = "last_index"
    case stderrTail = "stderr_tail"
  }

  /// Makes it of its fields.
  package init(
    kind: FailureKind, fault: Fault, code: Int, message: String, retryable: Bool, hint: String? = nil,
    exitCode: Int? = nil, signal: Int? = nil, lastMethod: String? = nil, lastIndex: Int? = nil,
    stderrTail: String? = nil
  ) {
    self.kind = kind
    self.fault = fault
    self.code = code
    self.message = message
    self.retryable = retryable
    self.hint = hint
    self.exitCode = exitCode
    self.signal = signal
    self.lastMethod = lastMethod
    self.lastIndex = lastIndex
    self.stderrTail = stderrTail
  }
}

/// What broke a run off.
package enum FailureKind: String, WireName {
  /// The strategy's process did not start.
  case startFailed = "start_failed"
  /// It did not complete initialize.
  case handshakeFailed = "handshake_failed"
  /// It did not answer in time.
  case timeout
  /// Its process ended.
  case crashed
  /// It stopped reading its input.
  case stalled
  /// It broke the protocol.
  case protocolError = "protocol_error"
  /// It reported an error of its own.
  case strategyError = "strategy_error"
  /// Its answers changed with later bars.
  case lookaheadDetected = "lookahead_detected"
  /// Two equal runs differed.
  case notDeterministic = "not_deterministic"
  /// An order was refused and strict_orders was set.
  case orderRejected = "order_rejected"
  /// A message or list was too large.
  case limitExceeded = "limit_exceeded"
  /// The market data could not be had or used.
  case dataError = "data_error"
  /// The result could not be stored.
  case storeError = "store_error"
  /// The host made a mistake.
  case hostError = "host_error"
}

/// Whose fault a failure is.
package enum Fault: String, WireName {
  /// The strategy's.
  case strategy
  /// The host's.
  case host
  /// The market data's.
  case data
  /// The request's.
  case user
}
