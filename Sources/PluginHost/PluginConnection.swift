import CProcess
import JSONRPC
import StrategyProtocol
import WireText

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A strategy process and the conversation with it: the thin I/O shell around ``PluginSession``.
///
/// It belongs to one thread, which blocks in poll(2) while the strategy works. Standard output, standard error and,
/// while something is left to write, standard input are watched together, so that neither side can wait for the other
/// with full pipes. Every wait has a deadline.
public final class PluginConnection {
  /// How a connection is watched from outside.
  public struct Hooks: Sendable {
    /// Asked about twenty times a second while waiting; `true` gives the wait up.
    public var isCancelled: (@Sendable () -> Bool)?
    /// Told each line of standard error and each log message.
    public var log: (@Sendable (String) -> Void)?

    /// Makes hooks; none by default.
    public init(isCancelled: (@Sendable () -> Bool)? = nil, log: (@Sendable (String) -> Void)? = nil) {
      self.isCancelled = isCancelled
      self.log = log
    }
  }

  /// Writing to a strategy that is gone must be an error, not the end of whatever program the host is part of.
  private static let prepareProcess: Void = DescriptorIO.ignoreBrokenPipeSignal()
  /// Pieces of output after which a wait is looked at although the strategy keeps writing.
  private static let wakeUpsBeforeLooking = 16
  /// Answers taken at once after which standard error and the process are looked at again.
  private static let asksBeforeLooking = 64
  /// Answers in a row that had to be waited for, after which the next ones are not expected to be there at once.
  private static let waitsBeforeGivingUp = 4
  /// The most bytes a pipe holds on Linux unless an administrator allowed more.
  private static let largestPipe = 1 << 20
  /// How often a long wait is interrupted to look at cancellation and at the process itself.
  private static let slice = Duration.milliseconds(50)

  let command: PluginCommand
  let timeouts: Timeouts
  /// How it is watched from outside.
  public var hooks: Hooks
  @exclusivity(unchecked) var recorder: TranscriptRecorder?
  /// The bar being decided on, for failures.
  @exclusivity(unchecked) var index: Int?
  /// Whether the strategy reads $/cancelRequest while it works.
  var readsCancellations = false
  /// Whether it was asked to give up the present run.
  var isCancelled = false

  @exclusivity(unchecked) private var process: ChildProcess
  // A connection belongs to one thread and no method calls back into it, so what every bar touches goes without the
  // check on each access, which took a twelfth of the host's time.
  @exclusivity(unchecked) private(set) var session = PluginSession()
  @exclusivity(unchecked) private var writer = JSONWriter(capacity: 4096)
  @exclusivity(unchecked) private var framer: LineFramer
  @exclusivity(unchecked) private var ring = MessageRing()
  private var errorLog = StandardErrorLog()
  private var logThrottle = LogThrottle()
  @exclusivity(unchecked) private var hasReachedEnd = false
  /// Times the strategy was heard of since the wait was last looked at.
  @exclusivity(unchecked) private var wakeUps = 0
  /// Questions answered at once, without a look at anything else, since the last look.
  @exclusivity(unchecked) private var unwatched = 0
  /// Answers in a row that were not there at once.
  @exclusivity(unchecked) private var waits = 0
  private var isClosed = false

  /// Starts the process.
  ///
  /// - Throws: ``PluginFailure`` of kind `start_failed`.
  init(
    _ command: PluginCommand, limits: Limits, hooks: Hooks = Hooks(), recorder: TranscriptRecorder? = nil
  ) throws(PluginFailure) {
    self.command = command
    timeouts = limits.timeoutsMilliseconds
    self.hooks = hooks
    self.recorder = recorder
    Self.prepareProcess
    framer = LineFramer(maximumLineBytes: limits.maxMessageBytes)
    process = try ChildProcess(command)
  }

  deinit { close() }

  /// The process's number.
  public var processID: Int32 { process.id }

  // MARK: Calls

  /// Sends a request and waits for its answer.
  ///
  /// - Returns: The result's bytes, valid until the next call.
  /// - Throws: ``PluginFailure``.
  func call(
    _ method: StaticString, allowance milliseconds: Int, params: (inout JSONWriter) -> Void
  ) throws(PluginFailure) -> UnsafeBufferPointer<UInt8> {
    try send(method, allowance: milliseconds, params: params)
    return try receive()
  }

  /// Sends a request without waiting; answers come in order from ``receive()``.
  func send(
    _ method: StaticString, allowance milliseconds: Int, params: (inout JSONWriter) -> Void
  ) throws(PluginFailure) {
    if session.calls.isEmpty, !framer.pending.isEmpty { try takeUnasked() }
    let id = session.open(method, allowance: .milliseconds(milliseconds))
    try write(method, id: id, params)
    session.sent(now: .now())
  }

  /// Takes lines that have come although nothing was asked: notifications may, answers may not.
  private func takeUnasked() throws(PluginFailure) {
    while let line = try nextLine() { _ = try result(of: line) }
  }

  /// Sends a notification.
  func notify(_ method: StaticString, params: (inout JSONWriter) -> Void) throws(PluginFailure) {
    try write(method, id: nil, params)
  }

  /// Waits for the answer to the oldest open request.
  func receive() throws(PluginFailure) -> UnsafeBufferPointer<UInt8> {
    wakeUps = 0
    while true {
      if let line = try nextLine() {
        guard let body = try result(of: line) else { continue }
        if !session.calls.isEmpty { session.restartClock(now: .now()) }
        return body
      }
      try wait(forRoom: false)
    }
  }

  /// Asks about one bar and decodes the actions it answers: as ``send(_:allowance:params:)`` and
  /// ``receive(_:into:)``, but the clock is only looked at when the answer is not there at once.
  ///
  /// On a shared core it nearly always is: the strategy runs as soon as the message is written, and comes to its end
  /// before this thread goes on.
  ///
  /// - Parameter longest: How far reports of progress may extend the wait, milliseconds; `nil` when they do not.
  func ask(
    _ method: StaticString, allowance milliseconds: Int, upTo longest: Int?, _ scanner: ActionScanner,
    into answer: inout BarAnswer, params: (inout JSONWriter) -> Void
  ) throws(PluginFailure) {
    if session.calls.isEmpty, !framer.pending.isEmpty { try takeUnasked() }
    let id = session.open(method, allowance: .milliseconds(milliseconds))
    try write(method, id: id, params)
    // A strategy whose answers are never there at once is only now and then tried for having become quicker.
    if unwatched < Self.asksBeforeLooking, waits < Self.waitsBeforeGivingUp || waits % Self.asksBeforeLooking == 0 {
      unwatched += 1
      readOutput()
      if let line = try nextLine(), try take(line, scanner, into: &answer) {
        waits = 0
        return
      }
    }
    waits &+= 1
    unwatched = 0
    let now = MonotonicTime.now()
    session.sent(now: now)
    session.allowProgress(until: longest.map { now + .milliseconds($0) })
    try receive(scanner, into: &answer)
  }

  /// Waits for the answer to the oldest open request and decodes its actions, in one pass over the line.
  ///
  /// - Throws: ``PluginFailure``, of kind `protocol_error` when the answer's form is wrong.
  func receive(_ scanner: ActionScanner, into answer: inout BarAnswer) throws(PluginFailure) {
    wakeUps = 0
    while true {
      if let line = try nextLine() {
        if try take(line, scanner, into: &answer) { return }
        continue
      }
      try wait(forRoom: false)
    }
  }

  /// Takes a line as the answer to the oldest open request; `false` when it is something else.
  private func take(
    _ line: UnsafeBufferPointer<UInt8>, _ scanner: ActionScanner, into answer: inout BarAnswer
  ) throws(PluginFailure) -> Bool {
    let isRead = session.receiveResult(line) { result throws(JSONScanError) in
      try scanner.readResult(&result, into: &answer)
    }
    if !isRead {
      guard let body = try result(of: line) else { return false }
      do { try scanner.scan(body, into: &answer) } catch { throw finishing(error) }
    }
    if !session.calls.isEmpty { session.restartClock(now: .now()) }
    return true
  }

  /// The next line that has arrived whole.
  private func nextLine() throws(PluginFailure) -> UnsafeBufferPointer<UInt8>? {
    let line: UnsafeBufferPointer<UInt8>?
    do { line = try framer.nextLine() } catch { throw finishing(session.oversized(error)) }
    guard let line else { return nil }
    ring.note("<", line)
    recorder?.record("s>h", line)
    return line
  }

  /// The result in a line that is an answer; `nil` for what else may come.
  private func result(of line: UnsafeBufferPointer<UInt8>) throws(PluginFailure) -> UnsafeBufferPointer<UInt8>? {
    switch session.receive(line) {
    case .answer(_, let body): return body
    case .refusal(let call, let error): throw finishing(refusal(call, error))
    case .notification(let method, let body): heed(method, body)
    case .stray:
      tell("printed to standard output: \(String(decoding: line.prefix(LogThrottle.longestLine), as: UTF8.self))")
    case .violation(var failure):
      failure.lastMethod = failure.lastMethod ?? session.calls.first?.method
      throw finishing(failure)
    }
    return nil
  }

  /// Takes a notification of the strategy; unknown ones are ignored.
  private func heed(_ method: String, _ body: UnsafeBufferPointer<UInt8>?) {
    guard let body, let params = try? JSONValue(parsing: body) else { return }
    switch method {
    case "log/message":
      let level = params["level"]?.stringValue ?? "info"
      tell("\(level): \(params["message"]?.stringValue ?? "")")
    case "$/progress": session.progressed(now: .now())
    default: break
    }
  }

  /// Hands a line to the log, cut and counted as the limits say.
  private func tell(_ line: String) {
    guard let log = hooks.log else { return }
    let second = MonotonicTime.now().nanoseconds / 1_000_000_000
    if logThrottle.admits(second) { log(String(line.prefix(LogThrottle.longestLine))) }
    if let note = logThrottle.note { log(note) }
  }

  /// Lets progress reports extend the wait for the next answer, up to `milliseconds` in all.
  func allowProgress(upTo milliseconds: Int?) {
    session.allowProgress(until: milliseconds.map { .now() + .milliseconds($0) })
  }

  private func refusal(_ call: PluginSession.Call, _ error: JSONRPCErrorObject) -> PluginFailure {
    let code = ErrorCode(rawValue: error.code)
    var failure: PluginFailure
    switch code {
    case .badParameters, .invalidParams:
      failure = PluginFailure(
        .strategyError, fault: .user, "The strategy refused \(call.method): \(error.message)",
        hint: "Correct the parameter; `backtester strategies describe` lists them.")
    case .unsupportedProtocolVersion:
      failure = PluginFailure(
        .handshakeFailed, error.message, hint: error.data?["hint"]?.stringValue ?? "Update the older side.")
    case .capabilityMissing:
      failure = PluginFailure(
        .handshakeFailed, fault: .user, "The strategy cannot do what is asked: \(error.message)",
        hint: "Choose another --mode.")
    default:
      failure = PluginFailure(
        .strategyError, "The strategy's own code failed: \(error.message)",
        hint: error.data?["hint"]?.stringValue ?? "Correct the strategy; its standard error may say more.")
      failure.traceback = error.data?["traceback"]?.stringValue
    }
    failure.pointer = error.data?["pointer"]?.stringValue
    failure.lastMethod = call.method
    return failure
  }

  // MARK: Writing

  private func write(
    _ method: StaticString, id: Int?, _ params: (inout JSONWriter) -> Void
  ) throws(PluginFailure) {
    writer.reset()
    writer.beginObject()
    writer.field("jsonrpc", "2.0" as StaticString)
    if let id { writer.field("id", id) }
    writer.field("method", method)
    writer.key("params")
    params(&writer)
    writer.endObject()
    do {
      try writer.withLine { line in
        ring.note(">", line)
        recorder?.record("h>s", UnsafeBufferPointer(rebasing: line.dropLast()))
        try deliver(UnsafeRawBufferPointer(line))
      }
    } catch let failure as PluginFailure {
      throw failure
    } catch {
      throw PluginFailure(.hostError, fault: .host, "A message could not be written: \(error)", hint: "Report this.")
    }
  }

  /// Writes all bytes, reading what comes meanwhile.
  private func deliver(_ bytes: UnsafeRawBufferPointer) throws(PluginFailure) {
    var rest = bytes
    var isBlocked = false
    while true {
      let count: Int
      do { count = try DescriptorIO.writeAvailable(process.input, rest) } catch { throw brokenPipe() }
      if count == rest.count { return }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      if !isBlocked {
        isBlocked = true
        session.blocked(unwritten: rest.count, allowance: .milliseconds(timeouts.writeStall), now: .now())
      } else if count > 0 {
        session.took(unwritten: rest.count, now: .now())
      } else if let failure = session.stalled(now: .now()) {
        throw finishing(failure)
      }
      try wait(forRoom: true)
    }
  }

  private func brokenPipe() -> PluginFailure {
    drainOutput()
    return ended("closed its standard input")
  }

  // MARK: Waiting

  /// Waits until there is something to read (or, with `forRoom`, to write), and reads it.
  ///
  /// - Throws: The failure when the strategy ended, its time is up, or the caller gave up.
  private func wait(forRoom: Bool) throws(PluginFailure) {
    if hasReachedEnd { throw ended() }
    let limit = MonotonicTime.now() + Self.slice
    let deadline = forRoom ? limit : min(limit, session.deadline ?? limit)
    var entries = (
      pollfd(fd: process.output, events: Int16(POLLIN), revents: 0),
      pollfd(fd: process.errors, events: Int16(POLLIN), revents: 0),
      pollfd(fd: forRoom ? process.input : -1, events: Int16(POLLOUT), revents: 0)
    )
    let left = max(0, deadline.nanoseconds(since: .now()) + 999_999) / 1_000_000
    let ready = withUnsafeMutablePointer(to: &entries) { pointer in
      pointer.withMemoryRebound(to: pollfd.self, capacity: 3) { poll($0, 3, Int32(clamping: left)) }
    }
    if ready > 0 {
      if entries.1.revents != 0 { readErrors() }
      if entries.0.revents != 0 { readOutput() }
      wakeUps += 1
      // Usually the first bytes are the answer. A strategy that writes on and on must not escape its deadline.
      if wakeUps < Self.wakeUpsBeforeLooking { return }
    }
    wakeUps = 0
    try lookAround(forRoom: forRoom)
  }

  /// Looks whether what is waited for can still come, and is still wanted.
  private func lookAround(forRoom: Bool) throws(PluginFailure) {
    if hooks.isCancelled?() == true {
      if !forRoom, readsCancellations { cancelCalls() }
      throw PluginFailure(.cancelled, fault: .user, "The run was cancelled", hint: "Start it again when you like.")
    }
    if process.hasEnded() {
      // A grandchild may hold the pipes open for ever; what the process itself wrote is there at once.
      drainOutput()
      hasReachedEnd = true
      return
    }
    if !forRoom, let failure = session.expired(now: .now()) { throw finishing(failure) }
  }

  /// Asks the strategy to give up what it works on, and waits a while for its answers, so that it may stay in step.
  private func cancelCalls() {
    hooks.isCancelled = nil
    isCancelled = true
    session.hasten(until: .now() + .milliseconds(timeouts.shutdown))
    do {
      for call in session.calls {
        try notify("$/cancelRequest") { writer in
          writer.value(
            message: CancelRequestNotification(id: .int(Int64(call.id)), reason: "the user cancelled the run"))
        }
      }
      while !session.calls.isEmpty {
        guard let line = try nextLine() else {
          try wait(forRoom: false)
          continue
        }
        if case .violation = session.receive(line) { return }
      }
    } catch {
      // It does not answer: it is ended like any other that hangs.
    }
  }

  /// Reads what there is, if anything.
  private func readOutput() {
    var isOver = false
    do {
      _ = try framer.fill(atLeast: 16 * 1024) { space throws(DescriptorError) in
        guard let count = try DescriptorIO.readAvailable(process.output, into: space) else { return 0 }
        isOver = count == 0
        return count
      }
      if isOver { hasReachedEnd = true }
    } catch {
      hasReachedEnd = true
    }
  }

  /// Reads what an ended process left; no more than a pipe can hold, as a process it started may go on writing.
  private func drainOutput() {
    var total = 0
    while total < Self.largestPipe {
      let count = try? framer.fill(atLeast: 16 * 1024) { space throws(DescriptorError) in
        try DescriptorIO.readAvailable(process.output, into: space) ?? 0
      }
      guard let count, count > 0 else { break }
      total += count
    }
    readErrors()
  }

  /// Reads standard error, at most 256 KiB at once so that a flood cannot keep the host from its work.
  private func readErrors() {
    guard process.errors >= 0 else { return }
    let second = MonotonicTime.now().nanoseconds / 1_000_000_000
    withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 16) { buffer in
      for _ in 0..<4 {
        guard let count = try? DescriptorIO.readAvailable(process.errors, into: buffer) else { return }
        if count == 0 {
          process.closeErrors()
          return
        }
        errorLog.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]), second: second) { line in
          recorder?.record("err", text: line)
          hooks.log?(line)
        }
      }
    }
  }

  // MARK: The end

  /// The failure of a process that ended while something was asked of it.
  private func ended(_ act: String = "closed its standard output") -> PluginFailure {
    // Its end of the pipe may be gone a moment before it is; it is given that moment.
    let patience = MonotonicTime.now() + .milliseconds(200)
    while !process.hasEnded(), MonotonicTime.now() < patience { usleep(1000) }
    let hasEnded = process.hasEnded()
    let (exitCode, signal) = process.ending
    let method = session.calls.first?.method
    let during = method.map { " instead of answering \($0)" } ?? ""
    var failure = PluginFailure(
      .crashed,
      hasEnded
        ? "The strategy's process \(PluginFailure.ended(exitCode: exitCode, signal: signal))\(during)"
        : "The strategy \(act)\(during)",
      hint: method == "initialize" ? startHint : "Its standard error may say why; --record FILE keeps the conversation."
    )
    if hasEnded, signal == 0 { failure.exitCode = exitCode }
    if hasEnded, signal != 0 { failure.signal = signal }
    failure.lastMethod = method
    return finishing(failure)
  }

  /// What to do about a process that ended before it said hello.
  private var startHint: String {
    readErrors()
    if errorLog.tail.contains("No module named backtester") {
      return
        "Install the Python library (`python3 -m pip install plugins/python` in the checkout), or name its folder in PYTHONPATH."
    }
    return
      "Run \(command.arguments.map { $0.count > 80 ? "\($0.prefix(80))…" : $0 }.joined(separator: " ")) by hand to see what it says."
  }

  /// Adds what is known about the moment.
  private func finishing(_ failure: PluginFailure) -> PluginFailure {
    readErrors()
    var failure = failure
    failure.standardErrorTail = errorLog.tail
    failure.lastMessages = ring.lines
    failure.lastMethod = failure.lastMethod ?? session.lastMethod.map { "\($0)" }
    failure.lastIndex = index
    return failure
  }

  /// Adds what is known about the moment to a failure found in an answer.
  func explained(_ failure: PluginFailure) -> PluginFailure { finishing(failure) }

  /// The failure of a process that was gone when its run ended well.
  func failureAtTheEnd() -> PluginFailure {
    hasReachedEnd || process.hasEnded()
      ? ended()
      : finishing(
        PluginFailure(
          .protocolError, "The strategy left requests unanswered at the end of the run",
          hint: "Answer each request exactly once."))
  }

  /// What the user should know, one sentence each.
  var warnings: [String] { session.warnings }

  /// Puts this thread and the strategy on one core; see ``ChildProcess/shareCore()``.
  func shareCore() { process.shareCore() }

  /// Lets this thread run on every core again.
  package static func releaseCore() { cprocess_release_core() }

  /// Whether the strategy is alive and nothing is left unanswered, so that it can serve another run.
  var isInStep: Bool { !isClosed && !hasReachedEnd && session.calls.isEmpty && !process.hasEnded() }

  /// Ends the process: asks it to, closes its input, then SIGTERM and SIGKILL to its whole group, each after the
  /// time allowed for a shutdown. Nothing of it is left when this returns.
  ///
  /// - Parameter isGraceful: Whether to ask; a process that hangs or lied is not asked.
  public func close(isGraceful: Bool = true) {
    guard !isClosed else { return }
    isClosed = true
    let allowance = Duration.milliseconds(timeouts.shutdown)
    if isGraceful, isAnswering() {
      hooks.isCancelled = nil
      if (try? call(
        "shutdown", allowance: timeouts.shutdown,
        params: {
          $0.beginObject(); $0.endObject()
        })) != nil
      {
        try? notify("exit") {
          $0.beginObject(); $0.endObject()
        }
      }
      process.closeInput()
      if waitForEnd(allowance) { return finishClosing() }
    }
    process.closeInput()
    process.signalGroup(SIGTERM)
    if !waitForEnd(isGraceful ? allowance : min(allowance, .milliseconds(500))) {
      process.signalGroup(SIGKILL)
      _ = waitForEnd(.seconds(2))
    }
    finishClosing()
  }

  private func isAnswering() -> Bool {
    !hasReachedEnd && session.calls.isEmpty && process.input >= 0 && !process.hasEnded()
  }

  private func finishClosing() {
    process.closeInput()
    process.closeOutput()
    readErrors()
    process.closeErrors()
  }

  /// Waits for the process's end, reading what it still writes.
  private func waitForEnd(_ allowance: Duration) -> Bool {
    let deadline = MonotonicTime.now() + allowance
    while MonotonicTime.now() < deadline {
      if process.hasEnded() { return true }
      var entries = (
        pollfd(fd: process.output, events: Int16(POLLIN), revents: 0),
        pollfd(fd: process.errors, events: Int16(POLLIN), revents: 0)
      )
      _ = withUnsafeMutablePointer(to: &entries) { pointer in
        pointer.withMemoryRebound(to: pollfd.self, capacity: 2) { poll($0, 2, 2) }
      }
      if entries.0.revents != 0 { discardOutput() }
      if entries.1.revents != 0 { readErrors() }
    }
    return process.hasEnded()
  }

  private func discardOutput() {
    guard process.output >= 0 else { return }
    withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 16) { buffer in
      let count = try? DescriptorIO.readAvailable(process.output, into: buffer)
      if let count, count == 0 { process.closeOutput() }
    }
  }
}
