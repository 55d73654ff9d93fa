import NIOPosix
import Synchronization

/// Work that blocks its thread (the database, files, starting a strategy), done on threads of its own so that neither the
/// event loops nor Swift's cooperative threads ever wait for it.
final class BlockingWork: Sendable {
  private let threads: NIOThreadPool
  private let pending = Atomic<Int>(0)
  private let maximumPending: Int

  /// Starts the threads.
  ///
  /// - Parameter maximumPending: Most pieces of work that may wait or be under way.
  init(threads count: Int, maximumPending: Int) {
    threads = NIOThreadPool(numberOfThreads: count)
    threads.start()
    self.maximumPending = maximumPending
  }

  /// Does a piece of work.
  ///
  /// - Throws: ``ReplyError/overloaded(_:retryAfter:)`` when too much is waiting, else what `body` throws.
  func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    let before = pending.add(1, ordering: .relaxed).oldValue
    defer { pending.subtract(1, ordering: .relaxed) }
    if before >= maximumPending {
      throw ReplyError.overloaded("The server has too many requests to answer; try again in a moment.", retryAfter: 1)
    }
    return try await threads.runIfActive { try body() }
  }

  /// Ends the threads when what they do is done.
  func stop() async throws { try await threads.shutdownGracefully() }
}

/// Lets a bounded number of requests through at once.
final class RequestGate: Sendable {
  /// Leave to be inside, given back when nobody holds it any more: an answer may be dropped at any point.
  final class Pass: Sendable {
    private let gate: RequestGate

    fileprivate init(_ gate: RequestGate) { self.gate = gate }

    deinit { gate.entered.subtract(1, ordering: .relaxed) }
  }

  private let entered = Atomic<Int>(0)
  private let maximum: Int
  private let sentence: String

  /// - Parameter sentence: What those who are not let through are told.
  init(maximum: Int, sentence: String) {
    self.maximum = maximum
    self.sentence = sentence
  }

  /// Enters.
  ///
  /// - Throws: ``ReplyError/overloaded(_:retryAfter:)``.
  func enter() throws(ReplyError) -> Pass {
    let before = entered.add(1, ordering: .relaxed).oldValue
    let pass = Pass(self)
    if before >= maximum { throw .overloaded(sentence, retryAfter: 2) }
    return pass
  }
}
