package import JSONRPC
package import PluginHost
package import StrategyProtocol

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A strategy's process, its pipes and what passed through them, driven message by message.
///
/// Unlike `PluginConnection` it sends what a host would never send and tells exactly what came back. Standard output and
/// standard error are read together, whatever is being waited for, so that no pipe fills up.
package final class StrategyProbe {
  /// What the kit and its processes share.
  package struct Terms {
    var timeouts: Timeouts
    var cancellation: (@Sendable () -> Bool)?

    /// Makes terms.
    package init(timeouts: Timeouts, cancellation: (@Sendable () -> Bool)?) {
      self.timeouts = timeouts
      self.cancellation = cancellation
    }
  }

  /// How often a long wait is interrupted to look at cancellation and at the process itself.
  private static let slice = Duration.milliseconds(50)
  private static let keptErrors = 64 * 1024
  private static let keptMessages = 20
  /// More than one read can bring, so that only lines nobody waits for are dropped.
  private static let keptLines = 50_000

  private let terms: Terms
  private var process: ChildProcess
  private var framer = LineFramer(maximumLineBytes: Limits.standard.maxMessageBytes)
  private var isErrorOpen = true
  private var errors: [UInt8] = []
  private var traffic: [(direction: String, text: String)] = []
  /// Lines that came and were not looked at yet.
  private(set) var lines: [[UInt8]] = []
  /// Whether more can come on standard output.
  private(set) var isOpen = true
  /// Lines that are no messages.
  private(set) var stray: [String] = []
  /// Number of notifications that came.
  private(set) var notificationCount = 0
  /// The id of the next request.
  private(set) var nextID = 1
  /// Told each message, for tests of what the kit sends.
  var observer: ((String, JSONValue) -> Void)?

  /// Starts the process.
  package init(_ command: PluginCommand, _ terms: Terms) throws {
    self.terms = terms
    do { process = try ChildProcess(command) } catch {
      throw CheckFailure("the command cannot be started: \(error.message)")
    }
  }

  // MARK: Waiting

  private func checkCancellation() throws {
    if terms.cancellation?() == true { throw ConformanceError.cancelled }
  }

  /// Waits a moment, at most until `deadline`, for something to read or, with `forRoom`, to write; reads it.
  private func pump(until deadline: MonotonicTime, forRoom: Bool = false) throws {
    try checkCancellation()
    let limit = min(deadline, .now() + Self.slice)
    var entries = (
      pollfd(fd: isOpen ? process.output : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: isErrorOpen ? process.errors : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: forRoom ? process.input : -1, events: Int16(POLLOUT), revents: 0)
    )
    let left = max(0, limit.nanoseconds(since: .now()) + 999_999) / 1_000_000
    let ready = withUnsafeMutablePointer(to: &entries) { pointer in
      pointer.withMemoryRebound(to: pollfd.self, capacity: 3) { poll($0, 3, Int32(clamping: left)) }
    }
    if ready > 0 {
      if entries.1.revents != 0 { readErrors() }
      if entries.0.revents != 0 { readOutput() }
    } else if isOpen, process.hasEnded() {
      // A grandchild may hold the pipe open for ever; what the process itself wrote is there at once.
      while isOpen, readOutput() {}
      endOutput()
    }
  }

  /// Reads once; `false` when there was nothing.
  @discardableResult private func readOutput() -> Bool {
    var isEmpty = false
    let count = try? framer.fill(atLeast: 64 * 1024) { space throws(DescriptorError) in
      guard let count = try DescriptorIO.readAvailable(process.output, into: space) else {
        isEmpty = true
        return 0
      }
      return count
    }
    if isEmpty { return false }
    while true {
      do {
        guard let line = try framer.nextLine() else { break }
        // While nobody takes lines, a flood must not fill the memory.
        if lines.count < Self.keptLines { lines.append(Array(line)) }
      } catch {
        lines.append(Array("(a line longer than \(Limits.standard.maxMessageBytes) bytes)".utf8))
      }
    }
    if count ?? 0 == 0 { endOutput() }
    return true
  }

  private func endOutput() {
    guard isOpen else { return }
    isOpen = false
    if !framer.pending.isEmpty { lines.append(Array(framer.pending) + Array(" (and no line feed)".utf8)) }
  }

  private func readErrors() {
    withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 16) { buffer in
      guard let count = (try? DescriptorIO.readAvailable(process.errors, into: buffer)) ?? nil else { return }
      if count == 0 { isErrorOpen = false }
      errors.append(contentsOf: buffer[..<count])
      if errors.count > 2 * Self.keptErrors { errors.removeFirst(errors.count - Self.keptErrors) }
    }
  }

  /// Reads for a while, so that what is under way is not lost.
  func linger(_ duration: Duration) {
    let deadline = MonotonicTime.now() + duration
    while isOpen || isErrorOpen, MonotonicTime.now() < deadline {
      guard (try? pump(until: deadline)) != nil else { return }
    }
  }

  /// Waits, and tells whether nothing arrived on standard output.
  func isSilent(for duration: Duration) throws -> Bool {
    let deadline = MonotonicTime.now() + duration
    while lines.isEmpty, isOpen, MonotonicTime.now() < deadline { try pump(until: deadline) }
    return lines.isEmpty
  }

  /// Does nothing for a while, not even read, as a busy host.
  func pause(_ duration: Duration) {
    usleep(
      UInt32(clamping: duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000))
  }

  // MARK: Sending

  /// Writes bytes as they are, within the time a host would wait for a strategy that does not read.
  package func write(_ bytes: [UInt8]) throws {
    let stall = Duration.milliseconds(terms.timeouts.writeStall)
    var rest = bytes[...]
    var deadline = MonotonicTime.now() + stall
    while !rest.isEmpty {
      let count: Int
      do {
        count = try rest.withUnsafeBytes { try DescriptorIO.writeAvailable(process.input, $0) }
      } catch {
        throw CheckFailure("the strategy closed its stdin or ended (\(try ending()))")
      }
      if count > 0 {
        rest = rest.dropFirst(count)
        deadline = .now() + stall
      } else {
        if MonotonicTime.now() > deadline { throw CheckFailure("the strategy does not read its stdin") }
        // Reads meanwhile: two full pipes would wait for each other for ever.
        try pump(until: deadline, forRoom: true)
      }
    }
  }

  /// The line of a message, without its end; noted as sent.
  func encode(_ message: JSONValue) throws -> [UInt8] {
    do {
      let bytes = try message.serialized()
      note("h>s", String(decoding: bytes.prefix(4000), as: UTF8.self), count: bytes.count)
      observer?("h>s", message)
      return bytes
    } catch {
      throw CheckFailure("an answer could not be worked with: it led to \(error)")
    }
  }

  /// A request with the next id, or a given one.
  func request(_ method: String, _ params: JSONValue, id: Int? = nil) -> JSONValue {
    let number = id ?? nextID
    if id == nil { nextID += 1 }
    return ["jsonrpc": "2.0", "id": JSONValue(number), "method": .string(method), "params": params]
  }

  /// Sends a message and a line feed.
  func send(_ message: JSONValue) throws { try write(encode(message) + [0x0A]) }

  /// Sends a request.
  ///
  /// - Returns: The request, for ``answer(to:scale:)``.
  func send(_ method: String, _ params: JSONValue, id: Int? = nil) throws -> JSONValue {
    let message = request(method, params, id: id)
    try send(message)
    return message
  }

  /// Sends a notification.
  func notify(_ method: String, _ params: JSONValue) throws {
    try send(["jsonrpc": "2.0", "method": .string(method), "params": params])
  }

  /// Sends a request and waits for its result.
  func ask(_ method: String, _ params: JSONValue, scale: Double = 1) throws -> JSONValue {
    try result(of: send(method, params), scale: scale)
  }

  // MARK: Receiving

  /// The result of a request; an error fails the check.
  func result(of request: JSONValue, scale: Double = 1) throws -> JSONValue {
    let answer = try answer(to: request, scale: scale)
    if let error = answer["error"] {
      let trace = error["data"]?["traceback"]?.stringValue.map { "\n\($0)" } ?? ""
      throw CheckFailure(
        "\(request["method"]?.stringValue ?? "") was answered with error \(error["code"]?.shown() ?? ""): "
          + "\(error["message"]?.stringValue ?? "")\(trace)")
    }
    return answer["result"] ?? .null
  }

  /// The answer to a request; its envelope is checked, its content is not.
  func answer(to request: JSONValue, scale: Double = 1) throws -> JSONValue {
    let method = request["method"]?.stringValue ?? ""
    let id = request["id"] ?? .null
    let allowance = Duration.milliseconds(Int(Double(milliseconds(for: method)) * scale))
    let deadline = MonotonicTime.now() + allowance
    while true {
      let message = try receive(until: deadline, "the answer to \(method) (id \(id.shown()))", allowance)
      if message["method"] != nil { continue }
      let received = message["id"] ?? .null
      guard received.kind == .number, received.doubleValue == id.doubleValue else {
        throw CheckFailure("asked with the id \(id.shown()), answered with the id \(received.shown())")
      }
      return message
    }
  }

  package func milliseconds(for method: String) -> Int {
    let timeouts = terms.timeouts
    return switch method {
    case "initialize": timeouts.initialize
    case "run/start": timeouts.runStart
    case "bars/next": timeouts.barsNext
    case "series/load": timeouts.seriesLoad
    case "series/evaluate": timeouts.seriesEvaluate
    case "run/end": timeouts.runEnd
    case "shutdown": timeouts.shutdown
    default: timeouts.barNext
    }
  }

  /// The next message, notifications included; lines that are no messages are put aside.
  package func receive(until deadline: MonotonicTime, _ what: String, _ allowance: Duration) throws -> JSONValue {
    while true {
      while lines.isEmpty {
        if !isOpen { throw CheckFailure("the process ended (\(try ending())) while waiting for \(what)") }
        if MonotonicTime.now() >= deadline {
          throw CheckFailure("no answer within \(Self.seconds(allowance)) s while waiting for \(what)")
        }
        try pump(until: deadline)
      }
      if let message = try parse(lines.removeFirst()) { return message }
    }
  }

  private func parse(_ line: [UInt8]) throws -> JSONValue? {
    let text = { String(decoding: line.prefix(200), as: UTF8.self) }
    let message: JSONValue
    do { message = try JSONValue(parsing: line) } catch {
      if Self.mentionsVersion(line) {
        note("s>h", String(decoding: line.prefix(4000), as: UTF8.self), count: line.count)
        throw CheckFailure("a message is not JSON: \(error): \(text())")
      }
      putAside(line)
      return nil
    }
    guard let version = message["jsonrpc"] else {
      putAside(line)
      return nil
    }
    note("s>h", String(decoding: line.prefix(4000), as: UTF8.self), count: line.count)
    observer?("s>h", message)
    guard version == "2.0" else { throw CheckFailure("/jsonrpc must be \"2.0\", received \(version.shown())") }
    if let method = message["method"] {
      if message["id"] != nil {
        throw CheckFailure("the strategy sent a request (\(method.shown())); it may only send notifications")
      }
      try NotificationForm.check(message)
      notificationCount += 1
      return message
    }
    for member in message.objectValue ?? [] where !["jsonrpc", "id", "result", "error"].contains(member.key) {
      throw CheckFailure("/\(member.key) is not a field of an answer")
    }
    guard message["id"] != nil, (message["result"] == nil) != (message["error"] == nil) else {
      throw CheckFailure("an answer must have an id and one of result and error")
    }
    if let error = message["error"] {
      try ErrorForm.check(error)
    } else if let result = message["result"], result.kind != .object {
      throw CheckFailure("/result must be an object, received \(result.noun); {} means nothing")
    }
    return message
  }

  private func putAside(_ line: [UInt8]) {
    let text = String(decoding: line.prefix(8192), as: UTF8.self)
    if stray.count < 1000 { stray.append(text) }
    note("s>h", text, count: line.count)
  }

  private static func mentionsVersion(_ line: [UInt8]) -> Bool {
    let wanted = Array("\"jsonrpc\"".utf8)
    guard line.count >= wanted.count else { return false }
    return (0...(line.count - wanted.count)).contains { line[$0...].starts(with: wanted) }
  }

  // MARK: The end

  /// How the process ended, for a sentence.
  func ending() throws -> String {
    guard try waitForEnd(.milliseconds(500)) else { return "its stdout is closed, the process still runs" }
    return endingText
  }

  /// How a process that has ended did so.
  var endingText: String {
    let (exitCode, signal) = process.ending
    return signal != 0 ? "signal \(signal)" : "exit code \(exitCode)"
  }

  /// Whether the process is gone.
  var hasEnded: Bool { process.hasEnded() }

  /// Whether the process, which has ended, did so by itself with code 0.
  var endedWell: Bool { process.ending.exitCode == 0 && process.ending.signal == 0 }

  /// Waits for the process's end, reading meanwhile; `false` when it still runs.
  func waitForEnd(_ duration: Duration) throws -> Bool {
    let deadline = MonotonicTime.now() + duration
    while !process.hasEnded() {
      if MonotonicTime.now() >= deadline { return false }
      try pump(until: min(deadline, .now() + .milliseconds(10)))
    }
    return true
  }

  func closeInput() { process.closeInput() }

  /// Sends SIGTERM to the process alone, not to its group.
  func terminate() {
    if !process.hasEnded() { _ = kill(process.id, SIGTERM) }
  }

  /// Ends the process and whatever it started; nothing of it is left.
  package func close() {
    if !process.hasEnded() {
      process.signalGroup(SIGKILL)
      // The kernel delivers SIGKILL whatever the process does; a process in an uninterruptible wait is left after this.
      let deadline = MonotonicTime.now() + .seconds(5)
      while !process.hasEnded(), MonotonicTime.now() < deadline { usleep(1000) }
    }
    process.closeInput()
    process.closeOutput()
    process.closeErrors()
    isOpen = false
    isErrorOpen = false
  }

  deinit { close() }

  /// Processor time of the process so far, in seconds; `nil` where the system does not tell.
  var processorSeconds: Double? {
    #if os(Linux)
    guard let file = fopen("/proc/\(process.id)/stat", "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, file)
    // The name stands in brackets and may hold spaces; the fields are counted from behind it.
    let text = String(decoding: bytes[..<count], as: UTF8.self)
    guard let bracket = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: bracket)...].split(separator: " ")
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
    return (user + system) / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
    #else
    return nil
    #endif
  }

  // MARK: Evidence

  private func note(_ direction: String, _ text: String, count: Int) {
    if traffic.count >= Self.keptMessages { traffic.removeFirst() }
    traffic.append((direction, text.count > 2000 ? "\(text.prefix(2000)) … (\(count) bytes)" : text))
  }

  /// What passed last, as text.
  package var lastMessages: [String] { traffic.map { "\($0.direction) \($0.text)" } }

  /// The end of standard error.
  package var errorTail: String { String(decoding: errors.suffix(8192), as: UTF8.self) }

  static func seconds(_ duration: Duration) -> String {
    let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)" : "\(Double(milliseconds) / 1000)"
  }
}
