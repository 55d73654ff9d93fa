import BacktestEngine
import Foundation
import StrategyKit
import StrategyProtocol
import TradingModel

@testable import PluginHost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Runs strategies that misbehave, without the program around the host.
enum Hostile {
  /// Whether Python, in which they are written, can be started.
  static let hasPython = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: "\($0)/python3") }

  /// The loop around every behaviour: `m` is the message, `method` its method; `run` starts a new thread of code.
  private static let frame = """
    import json, os, signal, sys, time
    hello = {"protocol_version": "1.0", "strategy": {"name": "hostile"}, "capabilities": {"modes": ["lockstep",
             "preload", "streamed", "vectorized"], "needs_account": False, "needs_events": False}}
    def raw(data):
        data = data.encode() if isinstance(data, str) else data
        while data: data = data[os.write(1, data):]
    def text(m, result): return json.dumps({"jsonrpc": "2.0", "id": m["id"], "result": result}) + "\\n"
    def answer(m, result=None): raw(text(m, hello if m["method"] == "initialize" else result or usual(m)))
    def usual(m): return {"received": m["params"]["count"]} if m["method"] == "series/load" else {}
    def lines():
        rest = b""
        while True:
            block = os.read(0, 65536)
            if not block: return
            *whole, rest = (rest + block).split(b"\\n")
            yield from whole
    def grandchild(code, session=False):
        pid = os.fork()
        if pid == 0:
            if session: os.setsid()
            code(); os._exit(0)
        os.write(2, b"grandchild %d\\n" % pid)
    """

  /// The process's command: it reads messages and does `code` for each request.
  static func command(_ code: String, before: String = "") -> PluginCommand {
    let body = code.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }.joined(separator: "\n")
    let program = """
      \(frame)
      \(before)
      for line in lines():
          m = json.loads(line); method = m["method"]
          if "id" not in m:
              if method == "exit": sys.exit(0)
              continue
      \(body)
      """
    return PluginCommand(arguments: ["python3", "-I", "-S", "-c", program])
  }

  /// How a run went.
  struct Outcome {
    var failure: PluginFailure?
    var run: BacktestRun?
    var warnings: [String] = []
    var processID: Int32 = 0
    /// Lines of the log.
    var log: [String] = []
    /// From the start of the last thing to its end.
    var duration = Duration.zero
  }

  /// Limits that no healthy strategy reaches on a busy machine.
  static var patient: Timeouts {
    var timeouts = Limits.standard.timeoutsMilliseconds
    timeouts.initialize = 60_000
    timeouts.barNext = 60_000
    timeouts.barsNext = 60_000
    timeouts.writeStall = 60_000
    timeouts.runEnd = 60_000
    timeouts.shutdown = 500
    return timeouts
  }

  /// Starts a strategy, runs it over rising bars and ends it.
  static func run(
    _ command: PluginCommand, mode: ExecutionMode = .lockstep, timeouts: Timeouts = patient, bars count: Int = 30
  ) throws -> Outcome {
    let log = Log()
    let series = try BarSeries(
      (0..<count).map {
        let price = 100 + Double($0) / 7
        return Bar(time: Int64($0) * 86_400_000, open: price, high: price, low: price, close: price, volume: 1)
      })
    var outcome = Outcome()
    outcome.duration = ContinuousClock().measure {
      do {
        var options = Plugin.Options(hostVersion: "test", hostProcessID: Int(getpid()))
        options.timeouts = timeouts
        let plugin = try Plugin(command, options: options, hooks: .init(log: { log.add($0) }))
        outcome.processID = plugin.connection.processID
        defer { plugin.close() }
        var strategy = try PluginStrategy(
          plugin, mode: mode, parameters: ParameterValues([], for: plugin.descriptor(named: "hostile")))
        defer { outcome.warnings = strategy.warnings }
        let engine = BacktestEngine(
          instruments: [Instrument(symbol: "ACME")], series: [series], settings: ExecutionSettings(), seed: 1)
        outcome.run = try engine.run(&strategy)
      } catch let failure as PluginFailure {
        outcome.failure = failure
      } catch let interrupted as InterruptedRun {
        outcome.failure = interrupted.cause as? PluginFailure
        outcome.run = interrupted.partial
      } catch {
        outcome.log.append("another error: \(error)")
      }
    }
    outcome.log += log.lines
    return outcome
  }

  /// Whether a process is gone, or waits only for its parent to take note.
  static func isGone(_ process: Int32) -> Bool {
    if process <= 0 || kill(process, 0) != 0 { return true }
    guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let name = status.lastIndex(of: ")")
    else { return false }
    return status[name...].dropFirst(2).first == "Z"
  }

  /// Waits for a process to be gone: what a signal ended takes a moment on a busy machine.
  static func becomesGone(_ process: Int32) -> Bool {
    for _ in 0..<2000 {
      if isGone(process) { return true }
      usleep(10_000)
    }
    return false
  }

  private final class Log: @unchecked Sendable {
    private let lock = NSLock()
    private var kept: [String] = []
    func add(_ line: String) { lock.withLock { kept.append(line) } }
    var lines: [String] { lock.withLock { kept } }
  }
}
