/// The `error` of an answer.
package struct ErrorObject: Codable, Equatable, Sendable, WireShape {
  /// A code of errors.json.
  package var code: Int
  /// One sentence: what was wrong, where, what to do.
  package var message: String
  /// Details.
  package var data: ErrorData?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case code
    case message
    case data
  }

  /// Makes it of its fields.
  package init(code: Int, message: String, data: ErrorData? = nil) {
    self.code = code
    self.message = message
    self.data = data
  }
}

/// Details of an error. Which fields are there depends on the code; the host always gives kind, hint and
/// retryable.
package struct ErrorData: Codable, Equatable, Sendable, WireShape {
  /// The error's name in errors.json.
  package var kind: String?
  /// What to do next.
  package var hint: String?
  /// Whether the same request may succeed later.
  package var retryable: Bool?
  /// JSON pointer to the wrong field, from `params` or from `result`.
  package var pointer: String?
  /// Protocol versions the answering side speaks.
  package var supported: [String]?
  /// Protocol version asked for.
  package var requested: String?
  /// Where in the strategy's code an error arose.
  package var traceback: String?
  /// The run concerned.
  package var runID: String?
  /// Exit code of the strategy's process.
  package var exitCode: Int?
  /// Signal that ended the strategy's process.
  package var signal: Int?
  /// The last output of the strategy's process on stderr.
  package var stderrTail: String?
  /// The last method the strategy was asked for.
  package var lastMethod: String?
  /// The last bar the strategy was asked about.
  package var lastIndex: Int?
  /// The bar concerned.
  package var index: Int?
  /// The symbol concerned.
  package var symbol: String?
  /// What was expected.
  package var expected: WireValue?
  /// What was received.
  package var received: WireValue?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case kind
    case hint
    case retryable
    case pointer
    case supported
    case requested
    case traceback
    case runID = "run_id"
    case exitCode = "exit_code"
    case signal
    case stderrTail = "stderr_tail"
    case lastMethod = "last_method"
    case lastIndex = "last_index"
    case index
    case symbol
    case expected
    case received
  }

  /// Makes it of its fields.
  package init(
    kind: String? = nil, hint: String? = nil, retryable: Bool? = nil, pointer: String? = nil,
    supported: [String]? = nil, requested: String? = nil, traceback: String? = nil, runID: String? = nil,
    exitCode: Int? = nil, signal: Int? = nil, stderrTail: String? = nil, lastMethod: String? = nil,
    lastIndex: Int? = nil, index: Int? = nil, symbol: String? = nil, expected: WireValue? = nil,
    received: WireValue? = nil
  ) {
    self.kind = kind
    self.hint = hint
    self.retryable = retryable
    self.pointer = pointer
    self.supported = supported
    self.requested = requested
    self.traceback = traceback
    self.runID = runID
    self.exitCode = exitCode
    self.signal = signal
    self.stderrTail = stderrTail
    self.lastMethod = lastMethod
    self.lastIndex = lastIndex
    self.index = index
    self.symbol = symbol
    self.expected = expected
    self.received = received
  }
}

extension ErrorObject {
  /// Reads an error leniently: `data` may be of any form in JSON-RPC, and an error must not be lost over it.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    code = try container.decode(Int.self, forKey: .code)
    message = try container.decode(String.self, forKey: .message)
    data = try? container.decodeIfPresent(ErrorData.self, forKey: .data)
  }

  /// An error of the protocol with its name, hint and whether to try again; `details` adds what else is known.
  package init(_ code: ErrorCode, message: String, details: (inout ErrorData) -> Void = { _ in }) {
    var data = ErrorData(kind: code.name, hint: code.hint, retryable: code.isRetryable)
    details(&data)
    self.init(code: code.rawValue, message: message, data: data)
  }

  /// The error's code when it is one of the protocol's.
  package var known: ErrorCode? { ErrorCode(rawValue: code) }
}
