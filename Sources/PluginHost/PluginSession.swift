import JSONRPC

/// What has been asked of a strategy and what its lines mean: the protocol's state without any I/O or clock.
///
/// The owner tells it what was sent, what arrived and what time it is; it answers with what that means. Tests drive it
/// with made-up lines and times.
struct PluginSession {
  /// A request that waits for its answer.
  struct Call {
    let id: Int
    let name: StaticString
    /// The time allowed for the answer.
    let allowance: Duration
    /// When the wait ends as a timeout; `nil` while the clock does not run for this call.
    var deadline: MonotonicTime?

    var method: String { "\(name)" }
  }

  /// A message the strategy has not taken whole yet.
  private struct Writing {
    var unwritten: Int
    var allowance: Duration
    var deadline: MonotonicTime
  }

  /// What a line was.
  enum Reception {
    /// The answer to a call; the body points into the line.
    case answer(Call, UnsafeBufferPointer<UInt8>)
    /// The strategy refused a call.
    case refusal(Call, JSONRPCErrorObject)
    /// The strategy tells something.
    case notification(method: String, body: UnsafeBufferPointer<UInt8>?)
    /// Text that is no message, tolerated so far.
    case stray
    /// Something the protocol does not allow.
    case violation(PluginFailure)
  }

  /// How much text that is no message is tolerated.
  static let maximumStrayLines = 1000

  private(set) var calls: [Call] = []
  private(set) var strayLines = 0
  /// Sentences for the user, each once.
  private(set) var warnings: [String] = []
  /// The method asked for last, answered or not.
  private(set) var lastMethod: StaticString?
  private var lastID = 0
  private var writing: Writing?
  /// Until when reports of progress extend the wait; `nil` when they do not.
  private var progressLimit: MonotonicTime?

  // MARK: Requests and their clocks

  /// The earliest time at which a wait for an answer ends as a timeout.
  var deadline: MonotonicTime? { calls.first?.deadline }

  /// Notes a request about to be sent. Its clock stands still until it was: the host's own work is not charged.
  ///
  /// - Returns: Its id.
  mutating func open(_ method: StaticString, allowance: Duration) -> Int {
    lastID += 1
    lastMethod = method
    calls.append(Call(id: lastID, name: method, allowance: allowance))
    return lastID
  }

  /// Starts the clock of the newest call, which was sent whole; one that waits for another's answer is charged later.
  mutating func sent(now: MonotonicTime) {
    writing = nil
    if calls.count == 1 { calls[0].deadline = now + calls[0].allowance }
  }

  /// Starts the clock of the call that is next, after its predecessor was answered.
  mutating func restartClock(now: MonotonicTime) {
    guard !calls.isEmpty else { return }
    calls[0].deadline = now + calls[0].allowance
  }

  /// Lets reports of progress extend the wait for the next answer, until `limit` at the latest; `nil` no longer.
  mutating func allowProgress(until limit: MonotonicTime?) { progressLimit = limit }

  /// Ends the waits for all answers at `limit` at the latest, whatever progress is reported.
  mutating func hasten(until limit: MonotonicTime) {
    progressLimit = nil
    for position in calls.indices { calls[position].deadline = min(limit, calls[position].deadline ?? limit) }
  }

  /// Gives the oldest call its whole time again, because the strategy reported progress.
  mutating func progressed(now: MonotonicTime) {
    guard let progressLimit, let call = calls.first, let deadline = call.deadline else { return }
    calls[0].deadline = max(deadline, min(progressLimit, now + call.allowance))
  }

  /// The failure if the oldest call's time is up.
  func expired(now: MonotonicTime) -> PluginFailure? {
    guard let call = calls.first, let deadline = call.deadline, now >= deadline else { return nil }
    let hasProgressed = progressLimit.map { now >= $0 && deadline >= $0 } ?? false
    var failure = PluginFailure(
      .timeout,
      hasProgressed
        ? "The strategy reported progress on \(call.method) without an answer until series_evaluate_max was over"
        : "The strategy did not answer \(call.method) within \(Self.seconds(call.allowance)) s",
      hint: "Raise --timeout-scale if the work takes that long; else look for an endless loop or a wait for input.")
    failure.lastMethod = call.method
    return failure
  }

  // MARK: Writing

  /// Notes that a message could not be delivered at once: from now on every `allowance` some of it must be taken.
  mutating func blocked(unwritten: Int, allowance: Duration, now: MonotonicTime) {
    writing = Writing(unwritten: unwritten, allowance: allowance, deadline: now + allowance)
  }

  /// Notes that the strategy took more of the message.
  mutating func took(unwritten: Int, now: MonotonicTime) {
    guard let allowance = writing?.allowance else { return }
    writing = Writing(unwritten: unwritten, allowance: allowance, deadline: now + allowance)
  }

  /// The failure if the strategy took nothing for too long.
  func stalled(now: MonotonicTime) -> PluginFailure? {
    guard let writing, now >= writing.deadline else { return nil }
    var failure = PluginFailure(
      .stalled,
      "The strategy stopped reading its input; \(writing.unwritten) bytes could not be delivered within \(Self.seconds(writing.allowance)) s",
      hint: "Read standard input in a loop, whatever else is going on.")
    failure.lastMethod = calls.last?.method
    return failure
  }

  // MARK: Lines

  /// The failure of a line longer than the host reads.
  func oversized(_ error: FramingError) -> PluginFailure {
    var failure = PluginFailure(
      .limitExceeded, "The strategy wrote a line that is too long: \(error)",
      hint: "Answer in smaller messages; max_message_bytes is in the initialize request.")
    failure.lastMethod = calls.first?.method
    return failure
  }

  /// Takes a line that is the plain answer to the oldest call in one pass; anything else is left to ``receive(_:)``.
  ///
  /// - Parameter read: Reads the result. What it stored counts only if this returns `true`.
  /// - Returns: Whether it was that answer.
  mutating func receiveResult(
    _ line: UnsafeBufferPointer<UInt8>, _ read: (inout JSONScanner) throws(JSONScanError) -> Void
  ) -> Bool {
    guard let call = calls.first,
      let isAnswer = try? JSONRPCEnvelope.readResult(of: call.id, in: line, read), isAnswer
    else { return false }
    calls.removeFirst()
    return true
  }

  /// Takes a line of the strategy's standard output.
  mutating func receive(_ line: UnsafeBufferPointer<UInt8>) -> Reception {
    let envelope: JSONRPCEnvelope
    do {
      envelope = try JSONRPCEnvelope(line)
    } catch {
      return invalid(error, line)
    }
    switch envelope.kind {
    case .notification:
      return .notification(method: envelope.method?.string ?? "", body: envelope.body)
    case .request:
      return violation(
        "The strategy sent a request (\(envelope.method?.string ?? ""))",
        hint: "A strategy only answers; to tell something use the notification log/message.")
    case .result, .error:
      return answer(envelope)
    }
  }

  private mutating func answer(_ envelope: JSONRPCEnvelope) -> Reception {
    guard let call = calls.first else {
      return violation(
        "The strategy answered id \(envelope.id) when nothing was asked", hint: "Answer each request exactly once.")
    }
    guard matches(envelope.idView, call.id) else {
      if envelope.kind == .error, case .null = envelope.id {
        let message = Self.error(envelope)?.message ?? "no message"
        return violation(
          "The strategy could not read a message of the host: \(message)",
          hint: "Read one line at a time as UTF-8, of any length up to max_message_bytes.")
      }
      return violation(
        "The strategy answered id \(envelope.id) where \(call.id) was asked",
        hint: "Repeat the id of the request in its answer, and answer in the order of the requests.")
    }
    if envelope.kind == .error {
      guard let error = Self.error(envelope) else {
        return violation(
          "The strategy answered \(call.method) with a malformed error", hint: "An error has a code and a message.",
          pointer: "/error")
      }
      calls.removeFirst()
      return .refusal(call, error)
    }
    guard let body = envelope.body, body.first == UInt8(ascii: "{") else {
      return violation(
        "The strategy answered \(call.method) with a result that is no object", hint: "Answer {} for nothing.",
        pointer: "/result")
    }
    calls.removeFirst()
    return .answer(call, body)
  }

  private mutating func matches(_ id: JSONRPCEnvelope.ID, _ expected: Int) -> Bool {
    switch id {
    case .number(let number): return number == Int64(expected)
    case .string(let view):
      guard view.equals(String(expected)) else { return false }
      warnOnce("The strategy sends ids back as strings; it should repeat them as the numbers they are.")
      return true
    case .absent, .null: return false
    }
  }

  private mutating func invalid(_ error: JSONRPCInvalidMessage, _ line: UnsafeBufferPointer<UInt8>) -> Reception {
    let text = String(decoding: line.prefix(4096), as: UTF8.self)
    let looksLikeMessage = text.contains("\"jsonrpc\"")
    // A printed list is no batch of messages.
    if error.isStrayText || error.reason == .batch, !looksLikeMessage {
      strayLines += 1
      if strayLines > Self.maximumStrayLines {
        return .violation(
          PluginFailure(
            .limitExceeded,
            "The strategy wrote more than \(Self.maximumStrayLines) lines to standard output that are no messages",
            hint: "Standard output is the protocol's; print to standard error."))
      }
      warnOnce(
        "The strategy printed to standard output, which is the protocol's: \(text.prefix(120)). Print to standard error."
      )
      return .stray
    }
    if let start = text.range(of: "{\"jsonrpc\""), start != text.startIndex, error.reason != .batch, line[0] != 0xEF {
      return violation(
        "Text stands before a message on the same line: \(text.prefix(80))",
        hint: "Standard output is the protocol's; print to standard error.")
    }
    return violation("The strategy wrote a line that is no valid message: \(error.description)", hint: Self.hint(text))
  }

  private static func hint(_ text: String) -> String {
    text.contains("NaN") || text.contains("Infinity")
      ? "JSON has no NaN or Infinity; write null." : "Write one JSON-RPC 2.0 message a line."
  }

  private static func error(_ envelope: JSONRPCEnvelope) -> JSONRPCErrorObject? {
    guard let body = envelope.body, let value = try? JSONValue(parsing: body) else { return nil }
    return JSONRPCErrorObject(value)
  }

  private func violation(_ message: String, hint: String, pointer: String? = nil) -> Reception {
    .violation(PluginFailure(.protocolError, message, hint: hint, pointer: pointer))
  }

  private mutating func warnOnce(_ sentence: String) {
    let isKnown = warnings.contains { $0.prefix(40) == sentence.prefix(40) }
    if !isKnown { warnings.append(sentence) }
  }

  static func seconds(_ duration: Duration) -> String {
    let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    return seconds == seconds.rounded() ? String(Int(seconds)) : String((seconds * 1000).rounded() / 1000)
  }
}

extension String {
  /// Position of a text, without Foundation.
  fileprivate func range(of text: String) -> String.Index? {
    let bytes = Array(utf8)
    let wanted = Array(text.utf8)
    guard bytes.count >= wanted.count else { return nil }
    for start in 0...(bytes.count - wanted.count) where bytes[start..<start + wanted.count].elementsEqual(wanted) {
      return utf8.index(startIndex, offsetBy: start)
    }
    return nil
  }
}
