import BacktestEngine
import CBenchmark
import PluginHost
import StrategyKit
import StrategyProtocol
import TradingModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the host said to a strategy in one run, to be said again by a plain C program.
struct RecordedSession {
  /// `initialize` and `initialized`.
  private(set) var handshake: [UInt8] = []
  /// `run/start` to `run/end`.
  private(set) var run: [UInt8] = []
  /// Requests of the run, and the bytes of their answers.
  private(set) var requests = 0
  private(set) var answerBytes = 0

  /// Runs a strategy once and notes every line.
  init(_ command: PluginCommand, _ mode: ExecutionMode, _ engine: BacktestEngine) throws {
    final class Notes {
      var lines: [(isOurs: Bool, bytes: [UInt8])] = []
    }
    let notes = Notes()
    let recorder = try TranscriptRecorder(path: nil) { direction, line in
      notes.lines.append((direction == .toStrategy, Array(line)))
    }
    let plugin = try Plugin(command, options: PluginBenchmark.options, recorder: recorder)
    try PluginBenchmark.run(plugin, mode, engine)
    var isRun = false
    for line in notes.lines {
      if !line.isOurs {
        answerBytes += isRun ? line.bytes.count + 1 : 0
        continue
      }
      let bytes = line.bytes.last == 0x0A ? line.bytes : line.bytes + [0x0A]
      let start = String(decoding: bytes.prefix(80), as: UTF8.self)
      isRun = isRun || start.contains("\"run/start\"")
      if isRun {
        run += bytes
        requests += 1
      } else {
        handshake += bytes
      }
    }
    plugin.close()
  }

  /// Bytes of one request and of one answer, on the average.
  var lineSizes: (request: Int, answer: Int) { (run.count / requests, answerBytes / requests) }
}

/// A strategy process spoken to by a plain C loop that neither looks at the answers nor watches for trouble.
final class PlainParent {
  private var process: ChildProcess
  private let session: RecordedSession
  private let mode: ExecutionMode

  /// Starts the process and shakes hands.
  init(_ command: PluginCommand, _ session: RecordedSession, _ mode: ExecutionMode) throws {
    process = try ChildProcess(command)
    self.session = session
    self.mode = mode
    guard Self.drive(process.input, process.output, session.handshake, answers: 1, window: 2) != nil else {
      throw LeftOut("it did not answer the plain parent")
    }
  }

  /// The process's number.
  var processID: Int32 { process.id }

  /// Says the run's lines once, on one core with the strategy where the host does so too.
  func run() throws {
    if mode == .lockstep || mode == .preload { process.shareCore() }
    defer { PluginConnection.releaseCore() }
    let seconds = Self.drive(
      process.input, process.output, session.run, answers: session.requests, window: mode == .streamed ? 2 : 1)
    if seconds == nil {
      throw LeftOut("it left the plain parent")
    }
  }

  private static func drive(
    _ input: Int32, _ output: Int32, _ lines: [UInt8], answers: Int, window: Int
  ) -> Double? {
    var answerBytes = 0
    let seconds = lines.withUnsafeBytes { bytes in
      cbenchmark_drive(
        input, output, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, answers, window,
        &answerBytes)
    }
    return seconds < 0 ? nil : seconds
  }

  /// Ends the process.
  func close() {
    process.closeInput()
    process.signalGroup(SIGKILL)
    while !process.hasEnded() { usleep(1000) }
    process.closeOutput()
    process.closeErrors()
  }
}
