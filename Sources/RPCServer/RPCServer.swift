public import BacktestService
import JSONRPC
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Serves one client of the host over JSON-RPC: lines or `Content-Length` frames on two descriptors.
///
/// One thread reads and answers what is answered at once; one writes; runs have the queue's threads; whatever waits for
/// something else than the database (strategies that are asked or checked, series, sweeps) has a thread of its own.
public final class RPCServer: Sendable {
  /// What the server is told by the program around it.
  public struct Configuration: Sendable {
    /// The program's version.
    public var version: String
    /// Where transcripts of strategy processes are written, one file a run; `nil` refuses to write any.
    public var transcriptFolder: String?
    /// Longest message that is accepted, in bytes.
    public var maximumMessageBytes = JSONLimits.maximumMessageBytes
    /// Asked several times a second; `true` ends the server as if the client had vanished.
    public var isInterrupted: @Sendable () -> Bool = { false }

    /// Makes a configuration.
    public init(version: String) { self.version = version }
  }

  private let session: ServerSession
  private let output: OutputQueue
  private let input: Int32
  private let configuration: Configuration
  private let isClientGone: ClientPresence

  /// Prepares serving.
  ///
  /// - Parameters:
  ///   - queue: What runs the backtests.
  ///   - input: Where the client's messages are read.
  ///   - output: Where answers are written.
  public init(queue: RunQueue, input: Int32, output: Int32, configuration: Configuration) {
    let presence = ClientPresence()
    self.input = input
    self.configuration = configuration
    isClientGone = presence
    self.output = OutputQueue(output) { presence.noteGone() }
    session = ServerSession(queue: queue, output: self.output, presence: presence, configuration: configuration)
  }

  /// Serves until the client says `exit`, closes its end or is gone, and every run has ended.
  ///
  /// - Returns: The exit code: 0 after a `shutdown`, else 1.
  public func run() -> Int32 {
    DescriptorIO.ignoreBrokenPipeSignal()
    let output = output
    let written = Monitor(false)
    if !ServiceThread.start({
      output.writeAll()
      written.change { $0 = true }
    }) {
      return 1
    }
    read()
    session.finish()
    output.end()
    written.wait(until: { $0 })
    return session.wasShutDown ? 0 : 1
  }

  private func read() {
    var framer = MessageFramer(maximumMessageBytes: configuration.maximumMessageBytes)
    var isStyleKnown = false
    while !session.hasExited, !isClientGone.isGone, !configuration.isInterrupted() {
      do {
        guard try DescriptorIO.waitReadable(input, until: MonotonicTime.after(.milliseconds(200))) else {
          isClientGone.check()
          continue
        }
        let count = try framer.fill(atLeast: 64 * 1024) { room throws(DescriptorError) in
          try DescriptorIO.read(input, into: room)
        }
        if count == 0 {
          try framer.finish()
          return
        }
        while true {
          do throws(FramingError) {
            let message = try framer.nextMessage()
            if !isStyleKnown, let style = framer.style {
              isStyleKnown = true
              output.setStyle(style)
            }
            guard let message else { break }
            session.receive(message)
          } catch {
            session.refuse(error)
            if !error.isRecoverable { return }
          }
          // What a client that is gone asked for is work for nobody.
          if session.hasExited || isClientGone.isGone { return }
        }
      } catch let error as FramingError {
        session.refuse(error)
        return
      } catch {
        return
      }
    }
  }
}

/// Whether the client is there: its end of the pipe, and its process if it told us its number.
final class ClientPresence: Sendable {
  private let gone = Atomic<Bool>(false)
  private let processID = Atomic<Int>(0)

  var isGone: Bool { gone.load(ordering: .relaxed) }
  func noteGone() { gone.store(true, ordering: .relaxed) }
  func watch(processID id: Int) { processID.store(id, ordering: .relaxed) }

  /// Looks whether the client's process still exists.
  func check() {
    let id = processID.load(ordering: .relaxed)
    if id > 0, let id = Int32(exactly: id), kill(id, 0) != 0, errno == ESRCH { noteGone() }
  }
}
