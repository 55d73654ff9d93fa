extension FailureKind {
  /// The error that a waiting client is answered when a run fails this way.
  package var errorCode: ErrorCode {
    switch self {
    case .startFailed: .strategyStartFailed
    case .handshakeFailed, .protocolError: .strategyProtocolError
    case .timeout: .strategyTimeout
    case .crashed: .strategyCrashed
    case .stalled: .strategyStalled
    case .strategyError: .strategyError
    case .lookaheadDetected: .lookaheadDetected
    case .notDeterministic: .notDeterministic
    case .orderRejected: .orderRejected
    case .limitExceeded: .messageTooLarge
    case .dataError: .dataUnavailable
    case .storeError: .storeFailed
    case .hostError: .internalError
    }
  }

  /// Whose fault it is, unless more is known.
  package var usualFault: Fault {
    switch self {
    case .startFailed, .handshakeFailed, .timeout, .crashed, .stalled, .protocolError, .strategyError,
      .lookaheadDetected, .notDeterministic, .orderRejected, .limitExceeded:
      .strategy
    case .dataError: .data
    case .storeError, .hostError: .host
    }
  }
}
