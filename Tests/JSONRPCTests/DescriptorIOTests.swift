import JSONRPC
import Testing

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// A pipe whose ends are closed with it.
private final class Pipe {
  private(set) var reader: Int32
  private(set) var writer: Int32

  init(nonBlocking: Bool = false) {
    var ends: [Int32] = [0, 0]
    precondition(pipe(&ends) == 0)
    (reader, writer) = (ends[0], ends[1])
    if nonBlocking {
      for end in ends { precondition(fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK) == 0) }
    }
  }

  deinit {
    closeReader()
    closeWriter()
  }

  func closeReader() {
    if reader >= 0 { close(reader) }
    reader = -1
  }

  func closeWriter() {
    if writer >= 0 { close(writer) }
    writer = -1
  }

  func send(_ text: String) throws {
    try Array(text.utf8).withUnsafeBytes { try DescriptorWriter(writer).write($0) }
  }

  func receive(_ most: Int = 100, until deadline: MonotonicTime? = nil) throws -> String {
    var bytes = [UInt8](repeating: 0, count: most)
    let count = try bytes.withUnsafeMutableBytes { try DescriptorIO.read(reader, into: $0, until: deadline) }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}

/// Runs `body` on a thread of its own, as a blocked test would hold one of the few that all tests share.
private func onThread(_ body: @escaping @Sendable () -> Void) -> pthread_t {
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  #if canImport(Darwin)
  var thread: pthread_t?
  #else
  var thread = pthread_t()
  #endif
  let box = Unmanaged.passRetained(Box(body)).toOpaque()
  let result = pthread_create(
    &thread, nil,
    { @Sendable argument in
      #if canImport(Darwin)
      Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
      #else
      if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
      #endif
      return nil
    }, box)
  precondition(result == 0)
  #if canImport(Darwin)
  guard let thread else { fatalError("a thread was started but not returned") }
  return thread
  #else
  return thread
  #endif
}

@Suite(.serialized) struct DescriptorIOTests {
  init() {
    DescriptorIO.ignoreBrokenPipeSignal()
  }

  @Test(arguments: [false, true])
  func whatIsThereIsReadAtOnce(nonBlocking: Bool) throws {
    let pipe = Pipe(nonBlocking: nonBlocking)
    try pipe.send("four")
    #expect(try pipe.receive() == "four")
    try pipe.send("ab")
    #expect(try pipe.receive(1, until: .after(.seconds(10))) == "a")
    #expect(try pipe.receive(1) == "b")
    pipe.closeWriter()
    #expect(try pipe.receive() == "")
    #expect(try pipe.receive(until: .after(.seconds(10))) == "")
  }

  @Test(arguments: [false, true])
  func readingGivesUpAtTheDeadlineAndNotBefore(nonBlocking: Bool) throws {
    let pipe = Pipe(nonBlocking: nonBlocking)
    let start = MonotonicTime.now()
    #expect(throws: DescriptorError.timedOut) { try pipe.receive(until: .after(.milliseconds(30))) }
    #expect(MonotonicTime.now().nanoseconds(since: start) >= 30_000_000)
    #expect(throws: DescriptorError.timedOut) { try pipe.receive(until: start) }
    // What is there already is delivered even when the deadline has passed.
    try pipe.send("x")
    #expect(try pipe.receive(until: start) == "x")
  }

  @Test func nothingAvailableIsNotTheEnd() throws {
    let pipe = Pipe(nonBlocking: true)
    var bytes = [UInt8](repeating: 0, count: 10)
    #expect(try bytes.withUnsafeMutableBytes { try DescriptorIO.readAvailable(pipe.reader, into: $0) } == nil)
    pipe.closeWriter()
    #expect(try bytes.withUnsafeMutableBytes { try DescriptorIO.readAvailable(pipe.reader, into: $0) } == 0)
  }

  @Test func readingFromWhatIsNotOpenFails() {
    var bytes = [UInt8](repeating: 0, count: 10)
    let closed: Int32 = 1_000_000
    #expect(throws: DescriptorError.system(call: "read", code: EBADF)) {
      try bytes.withUnsafeMutableBytes { try DescriptorIO.read(closed, into: $0) }
    }
    #expect(throws: DescriptorError.system(call: "poll", code: EBADF)) {
      try bytes.withUnsafeMutableBytes { try DescriptorIO.read(closed, into: $0, until: .after(.seconds(1))) }
    }
    #expect(throws: DescriptorError.system(call: "write", code: EBADF)) {
      try [1].withUnsafeBytes { try DescriptorWriter(closed, stallLimit: nil).write($0) }
    }
    #expect(DescriptorError.system(call: "read", code: EBADF).description == "read failed: Bad file descriptor.")
  }

  @Test(arguments: [false, true])
  func writingToNobodyIsAnErrorAndNotASignal(nonBlocking: Bool) throws {
    let pipe = Pipe(nonBlocking: nonBlocking)
    pipe.closeReader()
    #expect(throws: DescriptorError.closedByPeer) { try pipe.send("x") }
    #expect(throws: DescriptorError.closedByPeer) {
      try [1].withUnsafeBytes { try DescriptorWriter(pipe.writer, stallLimit: nil).write($0) }
    }
  }

  @Test(arguments: [false, true])
  func aReaderThatStoppedReadingIsAStall(nonBlocking: Bool) throws {
    let pipe = Pipe(nonBlocking: nonBlocking)
    let bytes = [UInt8](repeating: 1, count: 1 << 20)
    let start = MonotonicTime.now()
    var unwritten = 0
    do {
      try bytes.withUnsafeBytes { try DescriptorWriter(pipe.writer, stallLimit: .milliseconds(50)).write($0) }
      Issue.record("a megabyte went into a pipe that nobody reads")
    } catch DescriptorError.stalled(let count) {
      unwritten = count
    }
    #expect(MonotonicTime.now().nanoseconds(since: start) >= 50_000_000)
    #expect(unwritten > 0 && unwritten < bytes.count)
  }

  @Test(arguments: [false, true], [nil, Duration.seconds(20)])
  func longMessagesPassAReaderThatIsSlow(nonBlocking: Bool, stallLimit: Duration?) async throws {
    let pipe = Pipe(nonBlocking: nonBlocking)
    let bytes = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let writer = DescriptorWriter(pipe.writer, stallLimit: stallLimit)
    let reader = pipe.reader
    nonisolated(unsafe) var received: [UInt8] = []
    received.reserveCapacity(bytes.count)
    // The other side reads in odd pieces, on its own thread.
    let count = bytes.count
    let thread = onThread {
      var piece = [UInt8](repeating: 0, count: 7919)
      while received.count < count {
        guard let read = try? piece.withUnsafeMutableBytes({ try DescriptorIO.read(reader, into: $0) }), read > 0 else {
          return
        }
        received += piece[..<read]
      }
    }
    try bytes.withUnsafeBytes { try writer.write($0) }
    pthread_join(thread, nil)
    #expect(received == bytes)
    withExtendedLifetime(pipe) {}
  }

  @Test func flagsAreLeftAsTheyWere() throws {
    let pipe = Pipe()
    let before = fcntl(pipe.writer, F_GETFL)
    try pipe.send("x")
    _ = try pipe.receive(until: .after(.seconds(1)))
    #expect(fcntl(pipe.writer, F_GETFL) == before)
    #expect(fcntl(pipe.reader, F_GETFL) & O_NONBLOCK == 0)
  }

  @Test func severalDescriptorsAreWaitedForAtOnce() throws {
    let first = Pipe()
    let second = Pipe()
    var set = PollSet()
    let one = set.add(first.reader, .readable)
    let two = set.add(second.reader, .readable)
    let out = set.add(first.writer, [])
    #expect(try set.wait(until: .after(.milliseconds(10))) == 0)
    try second.send("x")
    #expect(try set.wait(until: nil) == 1)
    #expect(!set.isReadable(one))
    #expect(set.isReadable(two))
    set.setInterest(.writable, at: out)
    #expect(try set.wait(until: nil) == 2)
    #expect(set.isWritable(out))
    set.setInterest([], at: out)
    set.setInterest([], at: two)
    #expect(try set.wait(until: .after(.milliseconds(10))) == 0)
    #expect(!set.isReadable(two))
    set.setInterest(.readable, at: two)
    #expect(try set.wait(until: nil) == 1)
    #expect(set.isReadable(two))
    first.closeWriter()
    #expect(try set.wait(until: nil) == 2)
    #expect(set.isReadable(one))
  }

  @Test func anEmptySetOnlyWaits() throws {
    var set = PollSet()
    let start = MonotonicTime.now()
    #expect(try set.wait(until: .after(.milliseconds(20))) == 0)
    #expect(MonotonicTime.now().nanoseconds(since: start) >= 20_000_000)
  }

  @Test func aClosedDescriptorInASetIsAnError() {
    var set = PollSet()
    _ = set.add(1_000_000, .readable)
    #expect(throws: DescriptorError.system(call: "poll", code: EBADF)) { try set.wait(until: nil) }
  }

  @Test func signalsDoNotDisturb() throws {
    // A handler without SA_RESTART makes blocking calls return EINTR.
    var action = sigaction()
    #if canImport(Darwin)
    action.__sigaction_u.__sa_handler = { @Sendable _ in }
    #else
    action.__sigaction_handler.sa_handler = { @Sendable _ in }
    #endif
    var old = sigaction()
    #expect(sigaction(SIGUSR1, &action, &old) == 0)
    defer { sigaction(SIGUSR1, &old, nil) }
    let pipe = Pipe()
    let reader = pipe.reader
    nonisolated(unsafe) var results: [Bool] = []
    let thread = onThread {
      var byte: [UInt8] = [0]
      results.append((try? byte.withUnsafeMutableBytes { try DescriptorIO.read(reader, into: $0) }) == 1)
      results.append(
        (try? byte.withUnsafeMutableBytes { try DescriptorIO.read(reader, into: $0, until: .after(.seconds(20))) }) == 1
      )
    }
    for _ in 0..<2 {
      for _ in 0..<10 {
        usleep(2000)
        pthread_kill(thread, SIGUSR1)
      }
      try pipe.send("x")
      usleep(5000)
    }
    pthread_join(thread, nil)
    #expect(results == [true, true])
  }

  @Test func timeIsMonotonicAndSaturates() {
    let now = MonotonicTime.now()
    #expect(MonotonicTime.now() >= now)
    #expect((now + .milliseconds(5)).nanoseconds(since: now) == 5_000_000)
    #expect((now + .milliseconds(-5)) < now)
    #expect((now + .seconds(Int64.max)).nanoseconds == .max)
    #expect((now + .seconds(Int64.min)).nanoseconds == .min)
    #expect((now + .nanoseconds(1)).nanoseconds(since: now) == 1)
  }

  @Test func linesTravelThroughAPipe() throws {
    let pipe = Pipe()
    var writer = JSONWriter()
    var framer = LineFramer()
    let output = DescriptorWriter(pipe.writer)
    for id in 1...100 {
      writer.beginRequest(id: id, method: "bar/next")
      writer.field("close", Double(id) / 4)
      writer.endCall()
      try writer.withLine { try output.write($0) }
      var line: UnsafeBufferPointer<UInt8>?
      while line == nil {
        _ = try framer.fill { try DescriptorIO.read(pipe.reader, into: $0, until: .after(.seconds(10))) }
        line = try framer.nextLine()
      }
      let message = try JSONRPCMessage(decoding: try #require(line))
      #expect(
        message
          == .request(
            id: .number(Int64(id)), method: "bar/next",
            params: ["close": (try JSONValue(parsing: "\(id % 4 == 0 ? "\(id / 4)" : "\(Double(id) / 4)")"))]))
    }
  }
}
